"""Rhythm and relevance of feeds, shares of registrable domains, subscriptions, revisions, when entries were listed.

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from monitor.collect.hosts import registrable

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
FEEDS = sa.table("feeds", sa.column("host"))
ENTRIES = sa.table("entries", sa.column("host"), sa.column("state"), sa.column("listed_at"))
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("feeds", sa.Column("rhythm", JSON, nullable=True))
    op.add_column("feeds", sa.Column("relevance", sa.Float(), nullable=True))
    op.add_column("feeds", sa.Column("pushed_until", TIME, nullable=True))
    op.add_column("feeds", sa.Column("read_at", TIME, nullable=True))
    op.add_column("feeds", sa.Column("error_kind", sa.Text(), nullable=True))
    op.add_column("feeds", sa.Column("quiet_since", TIME, nullable=True))
    op.create_index("ix_feeds_host", "feeds", ["host"])
    for name, column in (("failing", "failing_since"), ("quiet", "quiet_since")):
        which = sa.column(column).is_not(None)
        op.create_index(f"ix_feeds_{name}", "feeds", [column], sqlite_where=which, postgresql_where=which)
    _share(FEEDS, sa.true())
    _share(ENTRIES, ENTRIES.c.state == "queued")  # nobody asks for the host of others
    op.add_column("entries", sa.Column("listed_at", TIME, nullable=True))
    # When its feed held an entry last is not known of older ones: now, which only keeps them longer.
    op.execute(sa.update(ENTRIES).values(listed_at=sa.func.current_timestamp()))
    op.create_index("ix_entries_feed_id_listed_at", "entries", ["feed_id", "listed_at"])
    op.create_table(
        "subscriptions",
        sa.Column("feed_id", ID, nullable=False),
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", TIME, nullable=True),
        sa.Column("lease_until", TIME, nullable=True),
        sa.Column("pushed_at", TIME, nullable=True),
        sa.Column("doubted_at", TIME, nullable=True),
        sa.Column("next_at", TIME, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_subscriptions_feed_id_feeds"),
        sa.PrimaryKeyConstraint("feed_id", name="pk_subscriptions"),
        sa.UniqueConstraint("token", name="uq_subscriptions_token"),
    )
    op.create_index("ix_subscriptions_next_at", "subscriptions", ["next_at"])
    op.create_table(
        "revisions",
        sa.Column("article_id", ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("modified", TIME, nullable=True),
        sa.Column("replaced", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_revisions_article_id_articles", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "revision", name="pk_revisions"),
    )


def _share(table: sa.TableClause, which: sa.ColumnElement[bool]) -> None:
    """Requests were counted by host; hosts of one domain count together from now on."""
    connection = op.get_bind()
    hosts = connection.scalars(sa.select(table.c.host).distinct().where(which)).all()
    for host in hosts:
        if (share := registrable(host)) != host:
            connection.execute(sa.update(table).where(which, table.c.host == host).values(host=share))
