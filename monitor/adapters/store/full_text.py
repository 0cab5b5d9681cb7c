"""The tables of the full-text index (search.py), which the two databases know by their own means."""

from __future__ import annotations

from sqlalchemy import DDL, MetaData, event

INDEX_TABLES = ("article_words", "article_vocabulary")
_INDEX = {
    "sqlite": (
        "CREATE VIRTUAL TABLE article_words USING fts5"
        "(words, content='', detail=none, columnsize=0, tokenize='ascii')",
        "CREATE VIRTUAL TABLE article_vocabulary USING fts5vocab(article_words, row)",
    ),
    "postgresql": (
        "CREATE TABLE article_words (article_id BIGINT CONSTRAINT pk_article_words PRIMARY KEY"
        " CONSTRAINT fk_article_words_article_id REFERENCES articles (id) ON DELETE CASCADE,"
        " words TSVECTOR NOT NULL)",
        "CREATE INDEX ix_article_words_words ON article_words USING gin (words)",
    ),
}


def install(metadata: MetaData) -> None:
    """Create and drop the index with the other tables."""
    for dialect, statements in _INDEX.items():
        for statement in statements:
            _on(metadata, "after_create", statement, dialect)
        for table in reversed(INDEX_TABLES):
            _on(metadata, "before_drop", f"DROP TABLE IF EXISTS {table}", dialect)


def _on(metadata: MetaData, moment: str, statement: str, dialect: str) -> None:
    event.listen(metadata, moment, DDL(statement).execute_if(dialect=dialect))  # type: ignore[no-untyped-call]
