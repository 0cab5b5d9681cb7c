"""What each report adds to its story, and what people make of stories: split, merged, renamed.

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    # In place: SQLite adds no constraint to a table but with a column, and a copy of this one cannot take the place
    # of what articles and alerts refer to.
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.execute(
        f"ALTER TABLE stories ADD COLUMN merged_into {kind}"
        " CONSTRAINT fk_stories_merged_into_stories REFERENCES stories (id)"
    )
    op.add_column("stories", sa.Column("named_by", sa.Text(), nullable=True))
    merged = sa.text("merged_into IS NOT NULL")
    op.create_index(
        "ix_stories_merged_into", "stories", ["merged_into"], sqlite_where=merged, postgresql_where=merged
    )
    op.add_column("articles", sa.Column("adds", JSON, nullable=True))
    op.add_column("articles", sa.Column("placed_by", sa.Text(), nullable=True))
    op.add_column("alerts", sa.Column("told_in", ID, nullable=True))
    op.create_table(
        "story_edits",
        sa.Column("id", ID, nullable=False),
        sa.Column("story_id", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("details", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_story_edits"),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_story_edits_story_id_stories"),
    )
    op.create_index("ix_story_edits_story_id", "story_edits", ["story_id"])
