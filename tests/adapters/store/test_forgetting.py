"""What is remembered of entries and articles, and for how long: nothing grows without bound, nothing old comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.adapters.store import Store
from monitor.adapters.store import entries as entry_rows
from monitor.adapters.store.articles import drop_unmatched
from monitor.model import (
    Article,
    Decision,
    Entry,
    Feed,
    Match,
    NewEntry,
    Origin,
    PollOutcome,
    Standing,
    Verdict,
)

LEASE = timedelta(minutes=5)
DAY = timedelta(days=1)
KEEP = 90 * DAY


def item(identity: str) -> NewEntry:
    entry = Entry(identity=identity, url=f"https://a.example/{identity}", title=identity)
    return NewEntry(entry, "print", Standing.NEW, aliases=(f"url:a.example/{identity}",))


def feed_with(store: Store, now: datetime, *identities: str, url: str = "https://a.example/rss") -> Feed:
    """A feed whose first document held these entries, all of them read since."""
    store.add_feed(url, "", (), now)
    (feed,) = store.claim_feeds(now, 1, LEASE, (), 10)
    document(store, feed, now, *(item(identity) for identity in identities))
    for queued in store.claim_entries(now, 100, LEASE, (), 100):
        with store.settlement(now) as tx:
            (article,) = tx.add_articles([(queued.entry.identity, Article("t", "b", collected=now), None)])
            tx.finish_entries([(queued, article)])
    return feed


def document(store: Store, feed: Feed, now: datetime, *items: NewEntry) -> None:
    """A poll that brings a document with what is known of it, and with new `items`."""
    known = store.known_entries(feed.id, [i.entry.identity for i in items])
    polled = replace(feed, baseline_at=feed.baseline_at or now, read_at=now, due_at=now + DAY)
    listed = tuple(one.entry for one in known.values())
    store.record_polls([PollOutcome(polled, items, "", listed=listed)], now)


def remembered(store: Store, feed: Feed, *identities: str) -> list[str]:
    return sorted(store.known_entries(feed.id, identities))


def poll_again(store: Store, now: datetime, *identities: str) -> None:
    (feed,) = store.claim_feeds(now, 1, LEASE, (), 10)
    document(store, feed, now, *(item(identity) for identity in identities))


def test_what_its_feed_no_longer_lists_is_forgotten_with_its_keys(store: Store, now: datetime) -> None:
    feed = feed_with(store, now, "gone", "there")
    later = now + 100 * DAY
    assert store.forget_entries(later - KEEP) == 0, "its last document lists both"
    poll_again(store, later, "there")
    assert store.forget_entries(later - KEEP) == 1
    assert remembered(store, feed, "gone", "url:a.example/gone", "there") == ["there"]
    assert store.forget_entries(later + 900 * DAY) == 0, "as long as it is listed"


def test_what_left_its_feed_lately_is_remembered(store: Store, now: datetime) -> None:
    feed = feed_with(store, now, "1", "2")
    poll_again(store, now + 89 * DAY)
    assert store.forget_entries(now + 89 * DAY - KEEP) == 0
    assert remembered(store, feed, "1", "2") == ["1", "2"]


def test_what_waits_to_be_read_is_not_forgotten(store: Store, now: datetime) -> None:
    feed = feed_with(store, now)
    poll_again(store, now + 2 * DAY, "waits")
    poll_again(store, now + 100 * DAY)
    assert store.forget_entries(now + 99 * DAY) == 0
    assert remembered(store, feed, "waits") == ["waits"]


def test_a_feed_that_was_retired_for_long_begins_anew(store: Store, now: datetime) -> None:
    feed = feed_with(store, now, "1")
    store.remove_feed(feed.key, now + DAY)
    assert store.forget_entries(now) == 0
    assert store.forget_entries(now + 2 * DAY) == 1
    store.add_feed(feed.key, "", (), now + 200 * DAY)
    (again,) = store.claim_feeds(now + 200 * DAY, 1, LEASE, (), 10)
    assert again.baseline_at is None and again.etag is None, "its next document is a baseline"


def test_a_few_feeds_at_a_time_and_a_few_entries_go_until_all_is_done(store: Store, now: datetime) -> None:
    for number in range(5):
        feed_with(store, now, *(f"{number}-{n}" for n in range(7)), url=f"https://a.example/{number}")
    later = now + 100 * DAY
    for feed in store.claim_feeds(later, 9, LEASE, (), 10):
        document(store, feed, later)
    forgotten = []
    for _ in range(40):
        with store.database.write() as connection:
            forgotten.append(entry_rows.forget(connection, later - KEEP, most_feeds=2, limit=3))
    assert max(forgotten) == 3
    assert sum(forgotten) == 35


def kept(store: Store) -> list[str]:
    return sorted(article.title for article, *_ in store.articles(limit=99))


def test_texts_that_matched_nothing_go_and_what_stays_is_looked_at_once(store: Store, now: datetime) -> None:
    for day in range(6):
        collected = now + day * DAY
        with store.settlement(collected) as tx:
            for name in ("nothing", "matched", "seed"):
                origin = Origin.SEED if name == "seed" else Origin.FEED
                article = Article(f"{day} {name}", "b", collected=collected, origin=origin)
                (id,) = tx.add_articles([(article.title, article, None)])
                if name == "matched":
                    match = Match("rule", "1", ())
                    withheld = Decision(Verdict.WITHHELD, "no")
                    tx.add_match(match, replace(article, id=id), tx.open_story("s"), withheld)
    for before, dropped in ((2, [1, 1, 0]), (4, [1, 1, 0]), (1, [0, 0]), (9, [0, 0, 1, 1, 0])):
        found = []
        for _ in dropped:
            with store.database.write() as connection:
                found.append(drop_unmatched(connection, now + before * DAY, limit=3))
        assert found == dropped, before
    assert kept(store) == sorted(f"{day} {name}" for day in range(6) for name in ("matched", "seed"))


def test_what_an_article_said_goes_with_it(store: Store, now: datetime) -> None:
    with store.settlement(now) as tx:
        (id,) = tx.add_articles([("a", Article("One", "said", collected=now, modified=now), None)])
        tx.revise_article(Article("Two", "said", id=id, revision=2))
        tx.revise_article(Article("Two", "said", id=id, revision=3, url="https://a.example/2"))
        tx.revise_article(Article("Two", "says", id=id, revision=3))
    found = [(before.revision, before.title, before.body, before.modified) for before in store.revisions(id)]
    assert found == [(1, "One", "said", now), (3, "Two", "said", None)]
    assert store.drop_unmatched(now + DAY) == 1
    assert store.revisions(id) == []
