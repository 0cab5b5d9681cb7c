"""The tables. Every time is an aware UTC datetime; every JSON column holds plain lists and objects.

`alembic upgrade head` and `metadata.create_all` give the same database; a test says so.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from monitor.adapters.store import full_text
from monitor.adapters.store.columns import Id, Instant, Json, Seconds

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[Any]:
    return Column("id", Id, primary_key=True)


def _lease() -> list[Column[Any]]:
    """Who works on a row, and until when that is believed. `claim` is a random token, so that a worker
    whose lease ran out cannot mark what another has taken over."""
    return [Column("claim", Text), Column("lease_until", Instant)]


meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

feeds = Table(
    "feeds",
    metadata,
    _id(),
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
    *_lease(),
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
    _id(),
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
    *_lease(),
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

articles = Table(
    "articles",
    metadata,
    _id(),
    # Its canonical address, or seed:path, or entry:feed:identity.
    Column("key", Text, nullable=False, unique=True),
    Column("url", Text),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("agency", Text),
    Column("authors", Json, nullable=False),
    Column("language", Text),
    Column("published", Instant),
    Column("dated", Text),  # how certain that is: exact | zone unknown | day | guess
    Column("modified", Instant),
    Column("collected", Instant, nullable=False),
    Column("origin", Text, nullable=False),
    Column("standing", Text),  # of the entry that brought it; empty for seeds and imports
    Column("feed_url", Text),
    Column("feed_tags", Json, nullable=False),
    Column("tags", Json, nullable=False),
    Column("degraded", Text),
    Column("revision", Integer, nullable=False),
    Column("story_id", Id, ForeignKey("stories.id")),
    Column("copy_of", Id, ForeignKey("articles.id", ondelete="SET NULL")),
    Column("novelty", Text),
)
Index("ix_articles_collected", articles.c.collected)
Index("ix_articles_story_id", articles.c.story_id)
Index("ix_articles_copy_of", articles.c.copy_of)

# What an article said before its publisher changed it.
revisions = Table(
    "revisions",
    metadata,
    Column("article_id", Id, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("modified", Instant),
    Column("replaced", Instant, nullable=False),
)

signatures = Table(
    "signatures",
    metadata,
    Column("article_id", Id, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("signature", LargeBinary, nullable=False),
)

bands = Table(
    "bands",
    metadata,
    Column("band", BigInteger, primary_key=True),
    Column("article_id", Id, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
)
Index("ix_bands_article_id", bands.c.article_id)

stories = Table(
    "stories",
    metadata,
    _id(),
    Column("uid", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("profile", LargeBinary, nullable=False),
    Column(
        "revision", Integer, nullable=False
    ),  # counts the profile's changes, so that nodes reread only those
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
)
Index("ix_stories_last_at", stories.c.last_at)

# The last good version of each rule, term lists expanded.
rules = Table(
    "rules",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("document", Json, nullable=False),
    Column("since", Instant, nullable=False),
)

alerts = Table(
    "alerts",
    metadata,
    _id(),
    Column("uid", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("rule_title", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("story_id", Id, ForeignKey("stories.id")),
    Column("once", Text, unique=True),  # what is told at most once: rule and story, rule and article
    Column("created", Instant, nullable=False),
    Column("repeat_every", Seconds),  # while nobody has acknowledged it
    Column("repeat_at", Instant),
    Column("repeats", Id),  # the alert that this one repeats
    Column("acked_at", Instant),
    Column("acked_by", Text),
    Column("dismissed_at", Instant),
    Column("dismissed_by", Text),
    Column("dismissed_why", Text),
)
_repeated = alerts.c.repeat_at.is_not(None)
Index("ix_alerts_repeat_at", alerts.c.repeat_at, sqlite_where=_repeated, postgresql_where=_repeated)
Index("ix_alerts_rule_created", alerts.c.rule, alerts.c.created)
Index("ix_alerts_story_id_rule", alerts.c.story_id, alerts.c.rule)

matches = Table(
    "matches",
    metadata,
    _id(),
    Column("rule", Text, nullable=False),
    Column("rule_version", Text, nullable=False),
    Column("article_id", Id, ForeignKey("articles.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("spans", Json, nullable=False),
    Column("matched", Instant, nullable=False),
    Column("story_id", Id, ForeignKey("stories.id")),
    Column("verdict", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("kind", Text),
    UniqueConstraint("rule", "rule_version", "article_id", "revision"),
)
Index("ix_matches_article_id_rule", matches.c.article_id, matches.c.rule)
Index("ix_matches_story_id", matches.c.story_id)
Index("ix_matches_rule_matched", matches.c.rule, matches.c.matched)

# What an alert tells. A match may be in several alerts: the digests of several receivers.
alert_matches = Table(
    "alert_matches",
    metadata,
    Column("alert_id", Id, ForeignKey("alerts.id"), primary_key=True),
    Column("match_id", Id, ForeignKey("matches.id"), primary_key=True),
    Column("reason", Text, nullable=False),
)
Index("ix_alert_matches_match_id", alert_matches.c.match_id)

# Matches that a receiver is told of later: why they wait, until when, and what their alert will be.
held = Table(
    "held",
    metadata,
    Column("match_id", Id, ForeignKey("matches.id"), primary_key=True),
    Column("receiver", Text, primary_key=True),
    Column("until", Instant, nullable=False),
    Column("why", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("rule_title", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("repeat_every", Seconds),
)
Index("ix_held_receiver", held.c.receiver)
Index("ix_held_until", held.c.until)

# What is not told, although it matches: time-boxed, with its reason.
silences = Table(
    "silences",
    metadata,
    _id(),
    Column("matcher", Json, nullable=False),
    Column("reason", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("created", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("wakes", Integer, nullable=False),  # 1: something new in a story is told all the same
    Column("ended_at", Instant),
    Column("ended_why", Text),
)
Index("ix_silences_until", silences.c.until)

# How each channel does: when it may be sent to again, and since when it fails.
channels = Table(
    "channels",
    metadata,
    Column("receiver", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("state", Text, nullable=False),  # good | failing | locked | dead
    Column("rest_until", Instant),
    Column("failures", Integer, nullable=False),  # in a row
    Column("failing_since", Instant),
    Column("error", Text),
    Column("good_at", Instant),
    Column("tokens", Float),  # what is left of its rate limit, as it was at `tokens_at`
    Column("tokens_at", Instant),
)

deliveries = Table(
    "deliveries",
    metadata,
    _id(),
    Column("alert_id", Id, ForeignKey("alerts.id"), nullable=False),
    Column("receiver", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created", Instant, nullable=False),
    Column("next_at", Instant),
    Column("sent", Instant),
    Column("error", Text),
    *_lease(),
    UniqueConstraint("alert_id", "receiver", "channel"),
)
Index("ix_deliveries_receiver_created", deliveries.c.receiver, deliveries.c.created)
_open = deliveries.c.state.in_(["pending", "leased", "failed", "unknown"])
Index("ix_deliveries_open", deliveries.c.next_at, sqlite_where=_open, postgresql_where=_open)
Index(
    "ix_deliveries_waiting",
    deliveries.c.receiver,
    deliveries.c.channel,
    deliveries.c.next_at,
    sqlite_where=_open,
    postgresql_where=_open,
)
_leased = deliveries.c.state == "leased"
Index(
    "ix_deliveries_leased",
    deliveries.c.receiver,
    deliveries.c.channel,
    sqlite_where=_leased,
    postgresql_where=_leased,
)

attempts = Table(
    "attempts",
    metadata,
    _id(),
    Column("delivery_id", Id, ForeignKey("deliveries.id"), nullable=False),
    Column("started", Instant, nullable=False),
    Column("finished", Instant),
    Column("outcome", Text),  # empty until the answer is known
    Column("detail", Text),
    Column("status", Integer),  # what the service answered: of HTTP or SMTP
    Column("retry_after", Seconds),  # and for how long it asked to be left alone
)
Index("ix_attempts_delivery_id", attempts.c.delivery_id)

full_text.install(metadata)
