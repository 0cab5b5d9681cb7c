"""The tables. Every time is an aware UTC datetime; every JSON column holds plain lists and objects.

`alembic upgrade head` and `metadata.create_all` give the same database; a test says so.
"""

from __future__ import annotations

from monitor.adapters.store import full_text
from monitor.adapters.store.schema.base import meta, metadata
from monitor.adapters.store.schema.collecting import entries, entry_keys, feeds, subscriptions
from monitor.adapters.store.schema.reading import articles, bands, revisions, signatures, stories, story_edits
from monitor.adapters.store.schema.telling import (
    alert_matches,
    alerts,
    attempts,
    channels,
    deliveries,
    held,
    matches,
    rules,
    silences,
)

__all__ = [
    "alert_matches",
    "alerts",
    "articles",
    "attempts",
    "bands",
    "channels",
    "deliveries",
    "entries",
    "entry_keys",
    "feeds",
    "held",
    "matches",
    "meta",
    "metadata",
    "revisions",
    "rules",
    "signatures",
    "silences",
    "stories",
    "story_edits",
    "subscriptions",
]

full_text.install(metadata)
