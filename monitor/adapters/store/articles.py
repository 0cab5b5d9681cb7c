"""Articles: the texts, and what they are known by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from monitor.adapters.store import search
from monitor.adapters.store.additions import revised, to_document
from monitor.adapters.store.cursors import move_cursor, read_cursor
from monitor.adapters.store.database import in_chunks
from monitor.adapters.store.documents import storable
from monitor.adapters.store.schema import articles, entries, matches, revisions
from monitor.model import Article, Dated, Novelty, Origin, Relation, Revision, Standing, Verdict

_DROPPED = "drop"  # which article was looked at last for whether it may be dropped


def article_of(row: Any) -> Article:
    return Article(
        id=row.id,
        title=row.title,
        body=row.body,
        url=row.url,
        source=row.source,
        agency=row.agency,
        authors=tuple(row.authors),
        language=row.language,
        published=row.published,
        dated=Dated(row.dated) if row.dated else None,
        modified=row.modified,
        collected=row.collected,
        origin=Origin(row.origin),
        feed_url=row.feed_url,
        feed_tags=tuple(row.feed_tags),
        tags=tuple(row.tags),
        degraded=row.degraded,
        revision=row.revision,
    )


def _values(article: Article, now: datetime) -> dict[str, Any]:
    return {
        "url": storable(article.url) if article.url else None,
        "title": storable(article.title),
        "body": storable(article.body),
        "source": storable(article.source),
        "agency": storable(article.agency) if article.agency else None,
        "authors": [storable(author) for author in article.authors],
        "language": article.language,
        "published": article.published,
        "dated": article.dated.value if article.dated else None,
        "modified": article.modified,
        "collected": article.collected or now,
        "origin": article.origin.value,
        "feed_url": article.feed_url,
        "feed_tags": [storable(tag) for tag in article.feed_tags],
        "tags": [storable(tag) for tag in article.tags],
        "degraded": article.degraded,
        "revision": article.revision,
    }


def ids_of(connection: Connection, keys: Sequence[str]) -> dict[str, int]:
    """The articles that are known by one of `keys`."""
    found: dict[str, int] = {}
    for chunk in in_chunks(keys):
        query = select(articles.c.key, articles.c.id).where(articles.c.key.in_(chunk))
        found.update((key, id) for key, id in connection.execute(query))
    return found


def add(
    connection: Connection, items: Sequence[tuple[str, Article, Standing | None]], now: datetime
) -> list[int]:
    """Store new articles (key, article, standing of its entry); their ids, in the same order."""
    if not items:
        return []
    rows = [
        {"key": storable(key), "standing": standing.value if standing else None, **_values(article, now)}
        for key, article, standing in items
    ]
    statement = insert(articles).returning(articles.c.id, sort_by_parameter_order=True)
    ids = list(connection.scalars(statement, rows))
    search.add(connection, (_texts(id, row) for id, row in zip(ids, rows, strict=True)))
    return ids


def _texts(id: int, values: Mapping[str, Any]) -> search.Texts:
    return search.Texts(id, values["title"], values["body"], values["authors"])


def revise(connection: Connection, article: Article, now: datetime) -> None:
    """Replace the text of a stored article by a later revision of it."""
    values = _values(article, now)
    del values["collected"], values["origin"]
    _remember_what_it_said(connection, article.id, values, now)
    search.forget(connection, [article.id])
    connection.execute(update(articles).where(articles.c.id == article.id).values(values))
    search.add(connection, [_texts(article.id, values)])


def _remember_what_it_said(
    connection: Connection, article_id: int, after: Mapping[str, Any], now: datetime
) -> None:
    """Keep the text that a revision is about to replace, where it says something else."""
    said = (articles.c.title, articles.c.body, articles.c.revision, articles.c.modified)
    before = connection.execute(select(*said).where(articles.c.id == article_id)).one()
    if (before.title, before.body) == (after["title"], after["body"]):
        return
    row = {"article_id": article_id, **before._mapping, "replaced": now}
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(revisions).values(row).on_conflict_do_nothing())


def revisions_of(connection: Connection, article_id: int) -> list[Revision]:
    """What an article said before its publisher changed it, oldest first."""
    query = select(revisions).where(revisions.c.article_id == article_id).order_by(revisions.c.revision)
    return [
        Revision(row.revision, row.title, row.body, row.modified, row.replaced)
        for row in connection.execute(query)
    ]


def load(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[Article, Standing | None]]:
    """Articles, each with the standing it was stored with."""
    query = select(articles).where(articles.c.id.in_(list(ids)))
    return {
        row.id: (article_of(row), Standing(row.standing) if row.standing else None)
        for row in connection.execute(query)
    }


def seeds_of(connection: Connection, rule: str) -> list[Article]:
    """The stored seeds that a rule matched.

    What is withheld for being a seed says so first: an article's origin stands behind its text, and a rule may
    have matched very many.
    """
    said_so = (matches.c.verdict == Verdict.WITHHELD.value, matches.c.reason.startswith("seed"))
    theirs = select(matches.c.article_id).where(matches.c.rule == rule, *said_so)
    query = select(articles).where(articles.c.id.in_(theirs), articles.c.origin == Origin.SEED.value)
    return [article_of(row) for row in connection.execute(query.order_by(articles.c.id))]


def promote(connection: Connection, article_id: int) -> None:
    """An article of the past was brought as news by another feed: it may be told after all."""
    connection.execute(
        update(articles).where(articles.c.id == article_id).values(standing=Standing.NEW.value)
    )


def relation_of(connection: Connection, article_id: int) -> Relation | None:
    """Where a stored article was put, if it was: its story, what it added, whose copy it is."""
    query = select(articles.c.story_id, articles.c.novelty, articles.c.copy_of).where(
        articles.c.id == article_id
    )
    row = connection.execute(query).one()
    if row.story_id is None:
        return None
    return Relation(row.story_id, Novelty(row.novelty), "", copy_of=row.copy_of)


def place(connection: Connection, article_id: int, relation: Relation) -> None:
    """Say which story an article belongs to, what it adds, and whose copy it is."""
    _placed(connection, article_id, relation, to_document(relation))


def place_again(connection: Connection, article_id: int, relation: Relation, now: datetime) -> None:
    """Say what an article adds that its publisher changed. What adds nothing leaves what was said of it before."""
    if relation.novelty is Novelty.NOTHING:
        return
    before = connection.scalar(select(articles.c.adds).where(articles.c.id == article_id))
    _placed(connection, article_id, relation, revised(before, relation, now))


def _placed(connection: Connection, article_id: int, relation: Relation, adds: dict[str, Any]) -> None:
    values = {
        "story_id": relation.story,
        "novelty": relation.novelty.value,
        "copy_of": relation.copy_of,
        "adds": adds,
    }
    connection.execute(update(articles).where(articles.c.id == article_id).values(values))


# --- keeping and dropping --------------------------------------------------------------------------


def drop_unmatched(connection: Connection, before: datetime, limit: int = 1000) -> int:
    """Look at up to `limit` articles collected before a time, and delete those that matched nothing; how many.

    Each call goes on where the last one ended: what stays, because it matched, is not looked at again, or
    every call would read the matches of years.
    """
    until, id = _dropped_until(connection, before)
    rows = _collected_after(connection, until, id, before, limit)
    stays = [row for row in rows if row.matched or row.origin == Origin.SEED.value]
    if stays:  # what goes need not be passed by, and SQLite may give its id again
        move_cursor(connection, _DROPPED, f"{stays[-1].collected.isoformat()} {stays[-1].id}")
    ids = [row.id for row in rows if not row.matched and row.origin != Origin.SEED.value]
    if ids:
        search.forget(connection, ids)
        connection.execute(update(entries).where(entries.c.article_id.in_(ids)).values(article_id=None))
        connection.execute(delete(articles).where(articles.c.id.in_(ids)))
    return len(ids)


def _collected_after(
    connection: Connection, after: datetime, after_id: int, before: datetime, limit: int
) -> Sequence[Any]:
    """The next articles in the order of their collection, and whether they matched."""
    matched = exists().where(matches.c.article_id == articles.c.id)
    until, id = articles.c.collected, articles.c.id
    which = (until >= after, or_(until > after, id > after_id), until < before)
    query = select(id, until, articles.c.origin, matched.label("matched")).where(*which)
    return connection.execute(query.order_by(until, id).limit(limit)).all()


def _dropped_until(connection: Connection, before: datetime) -> tuple[datetime, int]:
    """When the article that was kept last was collected, and its id.

    From the beginning where that is not before `before`: a clock was wrong, or texts are kept for longer now.
    """
    until, _, id = (read_cursor(connection, _DROPPED) or "").partition(" ")
    if not until or datetime.fromisoformat(until) >= before:
        return datetime.fromtimestamp(0, UTC), 0
    return datetime.fromisoformat(until), int(id)


# --- for people ------------------------------------------------------------------------------------


def listed(
    connection: Connection,
    *,
    limit: int,
    since: datetime | None = None,
    origin: str | None = None,
    text: str | None = None,
) -> list[tuple[Article, int | None, int | None]]:
    """Articles with their story and the article they are a copy of, newest first."""
    query = select(articles).order_by(articles.c.id.desc()).limit(limit)
    if since is not None:
        query = query.where(articles.c.collected >= since)
    if origin is not None:
        query = query.where(articles.c.origin == origin)
    if text is not None:
        query = query.where(
            or_(
                articles.c.title.icontains(text, autoescape=True),
                articles.c.body.icontains(text, autoescape=True),
            )
        )
    return [(article_of(row), row.story_id, row.copy_of) for row in connection.execute(query)]


def find(connection: Connection, name: str, keys: Sequence[str]) -> Article | None:
    """The article with this id, address or key."""
    which: ColumnElement[bool] = or_(articles.c.key.in_([name, *keys]), articles.c.url == name)
    if name.isdecimal() and len(name) < 19:
        which = articles.c.id == int(name)
    row = connection.execute(select(articles).where(which).limit(1)).one_or_none()
    return article_of(row) if row is not None else None


def counts(connection: Connection) -> Mapping[str, int]:
    """How many articles are stored, and how many of them are degraded."""
    query = select(func.count(), func.count().filter(articles.c.degraded.is_not(None)))
    total, degraded = connection.execute(query).one()
    return {"stored": total, "degraded": degraded}


def newest(connection: Connection) -> datetime | None:
    return connection.scalar(select(func.max(articles.c.collected)))


def sample(connection: Connection, limit: int) -> list[tuple[str, str, str | None]]:
    """Title, text and language of the newest articles, for learning how common words are."""
    newest_first = select(articles.c.title, articles.c.body, articles.c.language).order_by(
        articles.c.id.desc()
    )
    return [(row.title, row.body, row.language) for row in connection.execute(newest_first.limit(limit))]
