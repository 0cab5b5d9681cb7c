"""Articles, what they said before, what copies of them are known by, and their stories."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from monitor.adapters.store.columns import Id, Instant, Json
from monitor.adapters.store.schema.base import identity, metadata

articles = Table(
    "articles",
    metadata,
    identity(),
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
    Column("adds", Json),  # what it said that no earlier report of its story had said
    Column("placed_by", Text),  # who put it into its story by hand
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
    identity(),
    Column("uid", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),  # its first report's, or what a person called it
    Column("named_by", Text),  # who called it that
    Column("profile", LargeBinary, nullable=False),
    Column(
        "revision", Integer, nullable=False
    ),  # counts the profile's changes, so that nodes reread only those
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("merged_into", Id, ForeignKey("stories.id")),  # by hand: nothing joins it any more
)
Index("ix_stories_last_at", stories.c.last_at)
_merged = stories.c.merged_into.is_not(None)
Index("ix_stories_merged_into", stories.c.merged_into, sqlite_where=_merged, postgresql_where=_merged)

# What people made of stories: split, merged, renamed.
story_edits = Table(
    "story_edits",
    metadata,
    identity(),
    Column("story_id", Id, ForeignKey("stories.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("author", Text, nullable=False),
    Column("action", Text, nullable=False),  # split | merge | rename
    Column("why", Text),
    Column("details", Json, nullable=False),
)
Index("ix_story_edits_story_id", story_edits.c.story_id)
