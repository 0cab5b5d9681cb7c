"""Rules, their matches, and what is told of them to whom."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from monitor.adapters.store.columns import Id, Instant, Json, Seconds
from monitor.adapters.store.schema.base import identity, lease, metadata

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
    identity(),
    Column("uid", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("rule_title", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("story_id", Id, ForeignKey("stories.id")),
    Column("told_in", Id),  # the story in whose thread it was told, where a person moved it to another since
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
    identity(),
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
    identity(),
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
    identity(),
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
    *lease(),
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
    identity(),
    Column("delivery_id", Id, ForeignKey("deliveries.id"), nullable=False),
    Column("started", Instant, nullable=False),
    Column("finished", Instant),
    Column("outcome", Text),  # empty until the answer is known
    Column("detail", Text),
    Column("status", Integer),  # what the service answered: of HTTP or SMTP
    Column("retry_after", Seconds),  # and for how long it asked to be left alone
)
Index("ix_attempts_delivery_id", attempts.c.delivery_id)
