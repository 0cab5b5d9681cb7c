"""How many of each feed's items match, and what is written down of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import insert

from monitor.adapters.store import Store
from monitor.adapters.store.relevance import FeedPace
from monitor.adapters.store.schema import articles, entries, matches

DAY = timedelta(days=1)
numbers: Iterator[int] = count(1)


def bring(store: Store, feed: int, seen: datetime, *rules: str, queued: bool = False) -> None:
    """An entry of a feed, with its article and what that matches."""
    with store.database.write() as c:
        number, article = next(numbers), None
        if not queued:
            row = {"key": f"k{number}", "title": "T", "body": "", "source": "", "collected": seen}
            row |= {"origin": "feed", "authors": [], "feed_tags": [], "tags": [], "revision": 1}
            article = c.execute(insert(articles).values(row)).inserted_primary_key[0]
        entry = {"feed_id": feed, "fingerprint": "f", "host": "h", "standing": "new", "state": "done"}
        entry |= {"attempts": 1, "changes": 0, "seen_at": seen, "next_at": seen, "article_id": article}
        c.execute(insert(entries).values(entry))
        for rule in rules:
            match = {"rule": rule, "rule_version": "1", "article_id": article, "revision": 1, "spans": []}
            match |= {"matched": seen, "verdict": "alert", "reason": "new"}
            c.execute(insert(matches).values(match))


@pytest.fixture
def ids(store: Store, now: datetime) -> dict[str, int]:
    for name in ("a", "b", "c"):
        store.add_feed(f"https://{name}.example/rss", "", (), now)
    return {key[8]: id for id, key, _, _ in FeedPace(store.database).feeds()}


def test_articles_and_those_that_match_are_counted_for_each_feed(
    store: Store, now: datetime, ids: dict[str, int]
) -> None:
    bring(store, ids["a"], now, "one", "two")  # a match is an article's, whatever the number of rules
    bring(store, ids["a"], now)
    bring(store, ids["b"], now)
    bring(store, ids["b"], now, queued=True)  # no article yet
    bring(store, ids["b"], now - 9 * DAY, "one")  # too long ago
    assert FeedPace(store.database).counts(now - DAY) == {ids["a"]: (2, 1), ids["b"]: (1, 0)}
    assert FeedPace(store.database).counts(now - 10 * DAY) == {ids["a"]: (2, 1), ids["b"]: (2, 1)}


def test_only_what_changed_is_written(store: Store, now: datetime, ids: dict[str, int]) -> None:
    pace = FeedPace(store.database)

    def write(**wanted: float) -> int:
        return pace.set_relevance({ids[name]: share for name, share in wanted.items()}, pace.feeds())

    assert write(a=0.5, b=0.1) == 2
    assert write(a=0.51, b=0.2) == 1  # two hundredths more change nothing
    found = {id: relevance for id, _, _, relevance in FeedPace(store.database).feeds()}
    assert found == {ids["a"]: 0.5, ids["b"]: 0.2, ids["c"]: None}
    assert write(a=0.5) == 1  # of b nothing is known any more


def test_retired_feeds_cost_nothing(store: Store, now: datetime, ids: dict[str, int]) -> None:
    store.remove_feed("https://a.example/rss", now)
    assert {id for id, *_ in FeedPace(store.database).feeds()} == {ids["b"], ids["c"]}


def test_feeds_come_in_the_order_of_their_ids(store: Store, ids: dict[str, int]) -> None:
    pace = FeedPace(store.database)
    pace.set_relevance({ids["a"]: 0.5}, pace.feeds())  # a changed row stands behind the others in PostgreSQL
    assert [id for id, *_ in pace.feeds()] == sorted(ids.values())
