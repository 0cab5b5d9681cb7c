"""Silences, acknowledgements, repeats, why matches wait, how channels do, what services answered.

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _alerts()
    _held()
    op.create_index("ix_matches_rule_matched", "matches", ["rule", "matched"])
    op.create_index("ix_deliveries_receiver_created", "deliveries", ["receiver", "created"])
    _outbox()
    op.add_column("attempts", sa.Column("status", sa.Integer(), nullable=True))
    op.add_column("attempts", sa.Column("retry_after", sa.Float(), nullable=True))
    op.create_table(
        "silences",
        sa.Column("id", ID, nullable=False),
        sa.Column("matcher", JSON, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("created", TIME, nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.Column("wakes", sa.Integer(), nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_silences"),
    )
    op.create_index("ix_silences_until", "silences", ["until"])
    op.create_table(
        "channels",
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("rest_until", TIME, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", TIME, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("good_at", TIME, nullable=True),
        sa.Column("tokens", sa.Float(), nullable=True),
        sa.Column("tokens_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("receiver", "channel", name="pk_channels"),
    )


def _outbox() -> None:
    is_open = sa.text("state IN ('pending', 'leased', 'failed', 'unknown')")
    is_leased = sa.text("state = 'leased'")
    for name, columns, which in (
        ("ix_deliveries_waiting", ["receiver", "channel", "next_at"], is_open),
        ("ix_deliveries_leased", ["receiver", "channel"], is_leased),
    ):
        op.create_index(name, "deliveries", columns, sqlite_where=which, postgresql_where=which)


def _alerts() -> None:
    for column in (
        sa.Column("repeat_every", sa.Float(), nullable=True),
        sa.Column("repeat_at", TIME, nullable=True),
        sa.Column("repeats", ID, nullable=True),
        sa.Column("acked_at", TIME, nullable=True),
        sa.Column("acked_by", sa.Text(), nullable=True),
        sa.Column("dismissed_at", TIME, nullable=True),
        sa.Column("dismissed_by", sa.Text(), nullable=True),
        sa.Column("dismissed_why", sa.Text(), nullable=True),
    ):
        op.add_column("alerts", column)
    which = sa.column("repeat_at").is_not(None)
    op.create_index(
        "ix_alerts_repeat_at", "alerts", ["repeat_at"], sqlite_where=which, postgresql_where=which
    )
    op.create_index("ix_alerts_rule_created", "alerts", ["rule", "created"])


def _held() -> None:
    """What is held knows why from now on; until now it could only be for a digest."""
    op.rename_table("held", "held_before")
    op.drop_index("ix_held_until", "held_before")
    if op.get_bind().dialect.name == "postgresql":  # there names belong to the schema, not to the table
        for kind, name in (("pk", "pk_held"), ("fk", "fk_held_match_id")):
            op.execute(f"ALTER TABLE held_before RENAME CONSTRAINT {name} TO {kind}_held_before")
    op.create_table(
        "held",
        sa.Column("match_id", ID, nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("rule_title", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("repeat_every", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["match_id"], ["matches.id"], name="fk_held_match_id"),
        sa.PrimaryKeyConstraint("match_id", "receiver", name="pk_held"),
    )
    op.execute(
        "INSERT INTO held (match_id, receiver, until, why, severity, rule_title, reason)"
        " SELECT held_before.match_id, held_before.receiver, held_before.until, 'digest', 'low', matches.rule,"
        " matches.reason"
        " FROM held_before JOIN matches ON matches.id = held_before.match_id"
    )
    op.drop_table("held_before")
    op.create_index("ix_held_until", "held", ["until"])
    op.create_index("ix_held_receiver", "held", ["receiver"])
