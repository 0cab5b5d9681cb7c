"""Pages that are looked at again, and how certain the date of an article is.

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    again = sa.text("state = 'again'")
    op.create_index("ix_entries_again", "entries", ["next_at"], sqlite_where=again, postgresql_where=again)
    op.add_column("articles", sa.Column("dated", sa.Text(), nullable=True))
