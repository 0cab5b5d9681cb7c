"""The full-text index, still empty: search.prepare fills it, in transactions of its own.

Revision: 0002, after 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE article_words USING fts5"
            "(words, content='', detail=none, columnsize=0, tokenize='ascii')"
        )
        op.execute("CREATE VIRTUAL TABLE article_vocabulary USING fts5vocab(article_words, row)")
        return
    op.execute(
        "CREATE TABLE article_words (article_id BIGINT CONSTRAINT pk_article_words PRIMARY KEY"
        " CONSTRAINT fk_article_words_article_id REFERENCES articles (id) ON DELETE CASCADE,"
        " words TSVECTOR NOT NULL)"
    )
    op.execute("CREATE INDEX ix_article_words_words ON article_words USING gin (words)")
