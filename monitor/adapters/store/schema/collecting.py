"""Feeds, what hubs push, and the entries of feeds."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, Table, Text

from monitor.adapters.store.columns import Id, Instant, Json, Seconds
from monitor.adapters.store.schema.base import identity, lease, metadata

feeds = Table(
    "feeds",
    metadata,
    identity(),
    Column("key", Text, nullable=False, unique=True),
    Column("url", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("tags", Json, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_hash", Text),
    Column("baseline_at", Instant),
    Column("interval", Seconds),
    Column("rhythm", Json),
    Column("relevance", Float),
    Column("pushed_until", Instant),
    Column("due_at", Instant, nullable=False),
    Column("due_reason", Text),
    Column("polled_at", Instant),
    Column("good_at", Instant),
    Column("read_at", Instant),
    Column("new_at", Instant),
    Column("failures", Integer, nullable=False),
    Column("failing_since", Instant),
    Column("error", Text),
    Column("error_kind", Text),
    Column("quiet_since", Instant),
    Column("redirect_url", Text),
    Column("redirect_since", Instant),
    Column("retired_at", Instant),
    Column("retired_why", Text),
    *lease(),
)
Index("ix_feeds_host", feeds.c.host)
_fails, _quiet = feeds.c.failing_since.is_not(None), feeds.c.quiet_since.is_not(None)
Index("ix_feeds_failing", feeds.c.failing_since, sqlite_where=_fails, postgresql_where=_fails)
Index("ix_feeds_quiet", feeds.c.quiet_since, sqlite_where=_quiet, postgresql_where=_quiet)
Index(
    "ix_feeds_due_at",
    feeds.c.due_at,
    sqlite_where=feeds.c.retired_at.is_(None),
    postgresql_where=feeds.c.retired_at.is_(None),
)

# WebSub: what hubs are asked to push, and whether they do.
subscriptions = Table(
    "subscriptions",
    metadata,
    Column("feed_id", Id, ForeignKey("feeds.id"), primary_key=True),
    Column("hub", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("token", Text, nullable=False, unique=True),  # the unguessable part of our callback's address
    Column("secret", Text, nullable=False),
    Column("state", Text, nullable=False),  # offered | asked | active | denied | silent | ended
    Column("asked_at", Instant),
    Column("lease_until", Instant),
    Column("pushed_at", Instant),
    Column("doubted_at", Instant),  # when a poll found what should have been pushed
    Column("next_at", Instant),  # when the hub is asked again
    Column("failures", Integer, nullable=False),
    Column("error", Text),
)
Index("ix_subscriptions_next_at", subscriptions.c.next_at)

entries = Table(
    "entries",
    metadata,
    identity(),
    Column("feed_id", Id, ForeignKey("feeds.id"), nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("document", Json),  # the entry as the feed gave it; dropped once it is an article
    Column("host", Text, nullable=False),
    Column("standing", Text, nullable=False),
    Column("state", Text, nullable=False),  # queued | done | again: its page is looked at again | quarantined
    Column("attempts", Integer, nullable=False),
    Column("changes", Integer, nullable=False),  # how often it was re-read because the feed changed it
    Column("seen_at", Instant, nullable=False),
    Column("listed_at", Instant),  # when its feed last held it, a week or so behind
    Column("next_at", Instant, nullable=False),
    Column("error", Text),
    Column("article_id", Id, ForeignKey("articles.id", ondelete="SET NULL")),
    *lease(),
)
_queued, _again = entries.c.state == "queued", entries.c.state == "again"
Index("ix_entries_queued", entries.c.next_at, sqlite_where=_queued, postgresql_where=_queued)
Index("ix_entries_again", entries.c.next_at, sqlite_where=_again, postgresql_where=_again)
_aside = entries.c.state == "quarantined"
Index("ix_entries_quarantined", entries.c.id, sqlite_where=_aside, postgresql_where=_aside)
Index("ix_entries_article_id", entries.c.article_id)
Index("ix_entries_feed_id_listed_at", entries.c.feed_id, entries.c.listed_at)

# Everything an entry is known by: its identity, and the aliases that keep a feed which changes its
# guids from flooding.
entry_keys = Table(
    "entry_keys",
    metadata,
    Column("feed_id", Id, ForeignKey("feeds.id"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("entry_id", Id, ForeignKey("entries.id"), nullable=False),
)
Index("ix_entry_keys_entry_id", entry_keys.c.entry_id)
