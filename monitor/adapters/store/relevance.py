"""How many of each feed's items match: what the budget of polling is shared out by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, func, select, update

from monitor.adapters.store.database import Database
from monitor.adapters.store.schema import entries, feeds, matches

# Beyond so many of the newest entries nothing is counted: what is newest says most, and a count must end.
MOST_ENTRIES = 2_000_000
_WORTH_WRITING = 0.05  # of the former value; a smaller change changes no interval worth speaking of

# id, key, rhythm, relevance
Paced = tuple[int, str, tuple[float, ...] | None, float | None]


class FeedPace:
    """What polling is paced by. Each method is one transaction and blocks; raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def counts(self, since: datetime) -> dict[int, tuple[int, int]]:
        """Of each feed with articles seen since then: how many, and how many of them match a rule."""
        with self._database.read() as connection:
            return _counts(connection, since)

    def feeds(self) -> list[Paced]:
        """Every polled feed with what is known of its pace, in the order of their ids."""
        columns = (feeds.c.id, feeds.c.key, feeds.c.rhythm, feeds.c.relevance)
        with self._database.read() as connection:
            asked = select(*columns).where(feeds.c.retired_at.is_(None)).order_by(feeds.c.id)
            rows = connection.execute(asked)
            return [(id, key, tuple(rhythm) if rhythm else None, share) for id, key, rhythm, share in rows]

    def left_to_hubs(self, now: datetime) -> set[int]:
        """The feeds whose hubs are relied on to push what is new."""
        with self._database.read() as connection:
            return set(connection.scalars(select(feeds.c.id).where(feeds.c.pushed_until > now)))

    def set_relevance(self, wanted: Mapping[int, float], known: Sequence[Paced]) -> int:
        """Write down the chance that an item of a feed matches, where it has changed; of how many feeds.

        A feed that is not in `wanted` is one of which nothing is known any more.
        """
        rows = [
            {"b_id": id, "b_relevance": wanted.get(id)}
            for id, _key, _rhythm, before in known
            if _differ(before, wanted.get(id))
        ]
        if rows:
            with self._database.write() as connection:
                connection.execute(_SET, rows)
        return len(rows)


_SET = update(feeds).where(feeds.c.id == bindparam("b_id")).values(relevance=bindparam("b_relevance"))


def _differ(before: float | None, after: float | None) -> bool:
    if before is None or after is None:
        return before is not after
    return abs(after - before) > _WORTH_WRITING * before


def _counts(connection: Connection, since: datetime) -> dict[int, tuple[int, int]]:
    newest = connection.scalar(select(func.max(entries.c.id))) or 0
    which = and_(
        entries.c.id > newest - MOST_ENTRIES, entries.c.seen_at >= since, entries.c.article_id.is_not(None)
    )
    # Not by the index of feeds: looking each entry up in the order of feeds takes SQLite six times as long.
    feed = (entries.c.feed_id + 0).label("feed")
    items = connection.execute(select(feed, func.count()).where(which).group_by(feed))
    matching = select(matches.c.article_id).distinct().where(matches.c.matched >= since).subquery()
    joined = matching.join(entries, entries.c.article_id == matching.c.article_id)
    number = func.count().label("number")
    matched = select(entries.c.feed_id, number).select_from(joined).where(which)
    of = {row.feed_id: row.number for row in connection.execute(matched.group_by(entries.c.feed_id))}
    return {feed: (number, of.get(feed, 0)) for feed, number in items}
