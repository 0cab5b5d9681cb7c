"""Stored articles, read again in their order: a few at a time, so that nobody waits for whoever reads much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select

from monitor.adapters.store.additions import additions
from monitor.adapters.store.articles import article_of
from monitor.adapters.store.schema import articles
from monitor.model import Article, Novelty, Relation, Standing


@dataclass(frozen=True, slots=True)
class Stored:
    """An article with what was decided of it when it came; `relation` is None where it matched nothing then."""

    article: Article
    standing: Standing | None
    relation: Relation | None


@dataclass(frozen=True, slots=True)
class Extent:
    """The articles that were collected in [since, until): how many, between which ids, and when the first."""

    since: datetime
    until: datetime
    count: int
    first: int
    last: int
    first_at: datetime | None


def extent(connection: Connection, since: datetime, until: datetime) -> Extent:
    query = select(
        func.count(), func.min(articles.c.id), func.max(articles.c.id), func.min(articles.c.collected)
    )
    count, first, last, first_at = connection.execute(query.where(_within(since, until))).one()
    return Extent(since, until, count, first or 1, last or 0, first_at)


def oldest(connection: Connection) -> datetime | None:
    """When the oldest article that is still stored was collected."""
    return connection.scalar(select(func.min(articles.c.collected)))


def read(connection: Connection, within: Extent, ids: Sequence[int]) -> list[Stored]:
    """Those of `ids` that are still there and `within`, in their order."""
    return _stored(connection, within, articles.c.id.in_(ids), len(ids))


def read_after(connection: Connection, within: Extent, after: int, limit: int) -> list[Stored]:
    """The next `limit` articles behind an id, in their order."""
    return _stored(connection, within, articles.c.id.between(after + 1, within.last), limit)


def _stored(connection: Connection, within: Extent, which: ColumnElement[bool], limit: int) -> list[Stored]:
    query = (
        select(articles)
        .where(which, _within(within.since, within.until))
        .order_by(articles.c.id)
        .limit(limit)
    )
    return [
        Stored(
            article_of(row),
            Standing(row.standing) if row.standing else None,
            _relation(row) if row.story_id else None,
        )
        for row in connection.execute(query)
    ]


def _relation(row: Row[Any]) -> Relation:
    """Where an article was put, and what it added then; no sentences where that is not known."""
    relation = Relation(row.story_id, Novelty(row.novelty), "", copy_of=row.copy_of)
    told = [each for each in additions(row.adds) if each.at is None][-1:]
    return replace(relation, reason=told[0].reason, added=told[0].added) if told else relation


def _within(since: datetime, until: datetime) -> ColumnElement[bool]:
    return (articles.c.collected >= since) & (articles.c.collected < until)
