"""The full-text index: which articles hold a word, so that a rule can be tried on the past without reading it all.

It keeps the keywords of monitor.match.index.narrow, analysed by ourselves, so that it finds what the engine would:
SQLite in a contentless FTS5 table that knows neither places nor lengths (about 600 bytes an article),
PostgreSQL as a tsvector. What it finds may be too much, never too little:

- Articles up to the id in `meta` under MISSING are not in it yet. It is filled from the newest to the oldest.
- `meta` says under ANALYSIS by which analysis it was written. Where that is not this program's (another
  version of it, or of Unicode), it is not used or written until `prepare` has begun it anew.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Connection, TextClause, bindparam, delete, func, select, text
from sqlalchemy.dialects import postgresql, sqlite

from monitor.adapters.store.database import STORY_LOCK, Database, in_chunks
from monitor.adapters.store.postings import Ids, Postings, encoded
from monitor.adapters.store.schema import articles, meta
from monitor.match.index import narrow

ANALYSIS, MISSING = "words.analysis", "words.missing"
OURS = f"{narrow.ANALYSIS}/{unicodedata.unidata_version}"
BATCH = 500  # articles that are indexed in one transaction
CHECKPOINT = 20 * BATCH  # after so many the WAL is folded in: nobody else does it meanwhile
NEWEST = 100_000  # articles in which frequencies are counted

Progress = Callable[[int, int], object]  # how many articles are done, of how many


class Texts(NamedTuple):
    """What of a stored article is indexed."""

    id: int
    title: str
    body: str
    authors: Sequence[str]


# --- writing: within the transaction that writes the articles ---------------------------------------


def add(connection: Connection, items: Iterable[Texts]) -> None:
    """Index stored articles."""
    missing = _to_write(connection)
    rows = [(item.id, _keywords(item)) for item in items if missing is not None and item.id > missing]
    if not rows:
        return
    if _is_sqlite(connection):
        connection.exec_driver_sql(
            "INSERT INTO article_words (rowid, words) VALUES (?, ?)",
            [(id, encoded(found)) for id, found in rows],
        )
    else:
        connection.execute(_ADD, [{"id": id, "words": list(found)} for id, found in rows])


_ADD = text(
    "INSERT INTO article_words (article_id, words) VALUES (:id, array_to_tsvector(:words)) "
    "ON CONFLICT (article_id) DO UPDATE SET words = excluded.words"
).bindparams(bindparam("words", type_=postgresql.ARRAY(postgresql.TEXT)))


def forget(connection: Connection, ids: Sequence[int]) -> None:
    """Take articles out of the index, before they are changed or deleted.

    FTS5 keeps no texts, so it has to be told what it indexed; PostgreSQL deletes with the article.
    """
    if not _is_sqlite(connection):
        return
    missing = _to_write(connection)
    if missing is None:
        return
    for chunk in in_chunks(id for id in ids if id > missing):
        rows = [(item.id, encoded(_keywords(item))) for item in _texts(connection, articles.c.id.in_(chunk))]
        connection.exec_driver_sql(
            "INSERT INTO article_words (article_words, rowid, words) VALUES ('delete', ?, ?)", rows
        )


def _keywords(item: Texts) -> frozenset[str]:
    return narrow.keywords((item.title, item.body, *item.authors))


def _texts(connection: Connection, which: Any) -> list[Texts]:
    query = select(articles.c.id, articles.c.title, articles.c.body, articles.c.authors).where(which)
    return [Texts(*row) for row in connection.execute(query.order_by(articles.c.id))]


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


# --- what it covers --------------------------------------------------------------------------------


def missing(connection: Connection) -> int | None:
    """The highest id that is not indexed yet, 0 where all are; None where the index cannot be used."""
    known = dict(
        connection.execute(select(meta.c.key, meta.c.value).where(meta.c.key.in_([ANALYSIS, MISSING]))).all()
    )
    return int(known[MISSING]) if known.get(ANALYSIS) == OURS and MISSING in known else None


def _to_write(connection: Connection) -> int | None:
    """As `missing`; an index that another analysis began is given up, since ours would not go with it."""
    found = missing(connection)
    if found is None:
        connection.execute(delete(meta).where(meta.c.key.in_([ANALYSIS, MISSING])))
    return found


def prepare(database: Database, progress: Progress | None = None) -> None:
    """Have every article indexed: begin anew where another analysis was used, then fill in what is missing.

    A transaction is BATCH articles; what was done stays done where this is broken off.
    """
    with database.read() as connection:
        if missing(connection) == 0:
            return
    with database.write(STORY_LOCK) as connection:
        if missing(connection) is None:
            _begin_anew(connection)
        total = _count(connection, articles.c.id <= missing(connection))
    done = 0
    while True:
        with database.write(STORY_LOCK) as connection:
            indexed = fill(connection, BATCH)
        if not indexed:
            return
        done += indexed
        if done % CHECKPOINT == 0:
            database.checkpoint()
        if progress is not None:
            progress(done, max(done, total))


def _count(connection: Connection, which: Any) -> int:
    return connection.scalar(select(func.count()).select_from(articles).where(which)) or 0


def _begin_anew(connection: Connection) -> None:
    if _is_sqlite(connection):
        connection.exec_driver_sql("INSERT INTO article_words (article_words) VALUES ('delete-all')")
    else:
        connection.exec_driver_sql("DELETE FROM article_words")
    newest = connection.scalar(select(func.max(articles.c.id))) or 0
    _note(connection, {ANALYSIS: OURS, MISSING: str(newest)})


def _note(connection: Connection, values: dict[str, str]) -> None:
    dialect = sqlite if _is_sqlite(connection) else postgresql
    statement: Any = dialect.insert(meta)
    statement = statement.on_conflict_do_update(
        index_elements=["key"], set_={"value": statement.excluded.value}
    )
    connection.execute(statement, [{"key": key, "value": value} for key, value in values.items()])


def fill(connection: Connection, limit: int) -> int:
    """Index up to `limit` articles that are not yet indexed, the newest of them; how many there were."""
    upto = missing(connection)
    if not upto:
        return 0
    newest = select(articles.c.id).where(articles.c.id <= upto).order_by(articles.c.id.desc()).limit(limit)
    found = list(connection.scalars(newest))
    _note(connection, {MISSING: str(found[-1] - 1 if found else 0)})
    for chunk in in_chunks(reversed(found)):
        add(connection, _texts(connection, articles.c.id.in_(chunk)))
    return len(found)


# --- asking ----------------------------------------------------------------------------------------


def candidates(connection: Connection, condition: narrow.Condition, first: int, last: int) -> Ids | None:
    """Ids from `first` to `last`, in order, of all articles that may meet `condition`; None where it cannot say.

    Deleted articles may be among them.
    """
    upto = missing(connection)
    if upto is None:
        return None
    if _is_sqlite(connection):
        found = Postings(connection, max(first, upto + 1), last).candidates(condition)
    else:
        found = _in_tsvectors(connection, condition, max(first, upto + 1), last)
    if upto < first:
        return found
    rest = select(articles.c.id).where(articles.c.id.between(first, min(upto, last))).order_by(articles.c.id)
    return np.concatenate((np.fromiter(connection.scalars(rest), np.int64), found))


def _in_tsvectors(connection: Connection, condition: narrow.Condition, first: int, last: int) -> Ids:
    asked = f"({_tsquery(condition)}) | {_tsquery(narrow.Has(narrow.ANYTHING))}"
    found = np.fromiter(connection.scalars(_meeting(connection, "article_id"), {"asked": asked}), np.int64)
    return np.sort(found[(found >= first) & (found <= last)])


def _meeting(connection: Connection, wanted: str) -> TextClause:
    """A query for articles by their words alone, which only the index on these can answer.

    The planner takes tsvectors for short, since they are stored apart from their rows, and would rather read
    all of them.
    """
    connection.execute(text("SET LOCAL enable_seqscan = off"))
    return text(f"SELECT {wanted} FROM article_words WHERE words @@ CAST(:asked AS tsquery)")  # noqa: S608


def _tsquery(condition: narrow.Condition) -> str:
    match condition:
        case narrow.Has(word=word, prefix=prefix):
            quoted = word.replace("\\", "\\\\").replace("'", "''")
            return f"'{quoted}'" + (":*" if prefix else "")
        case narrow.AllOf(parts=parts):
            return " & ".join(f"({_tsquery(part)})" for part in parts)
        case narrow.AnyOf(parts=parts):
            return " | ".join(f"({_tsquery(part)})" for part in parts)


def document_frequencies(connection: Connection, words: Iterable[str]) -> dict[str, int]:
    """How many of the `counted` articles hold each of these analysed words (monitor.text.words).

    A word of more than narrow.LONGEST characters is counted with all that begin alike.
    """
    first, _ = counted(connection)
    found = {}
    for word in set(words):
        key = word[: narrow.LONGEST]
        if _is_sqlite(connection):
            found[word] = Postings(connection, first, _LAST).count(key)
        else:
            asked = {"asked": _tsquery(narrow.Has(key)), "first": first}
            counting = _meeting(connection, "count(*) FILTER (WHERE article_id >= :first)")
            found[word] = connection.scalar(counting, asked) or 0
    return found


_LAST = 2**63 - 1


def counted(connection: Connection) -> tuple[int, int]:
    """The articles in which frequencies are counted, the newest that are indexed: the first id, and how many."""
    upto = missing(connection)
    if upto is None:
        return 1, 0
    ids = (
        select(articles.c.id)
        .where(articles.c.id > upto)
        .order_by(articles.c.id.desc())
        .limit(NEWEST)
        .subquery()
    )
    first, number = connection.execute(select(func.min(ids.c.id), func.count())).one()
    return first or 1, number
