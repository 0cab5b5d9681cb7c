"""What a poll means for other feeds than its own, and which feeds are in trouble."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from monitor.adapters.store import Store
from monitor.adapters.store.schema import feeds
from monitor.collect.outage import NOBODY
from monitor.model import Entry, Feed, NewEntry, PollOutcome, Standing

LEASE = timedelta(minutes=5)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def poll_all(store: Store, now: datetime, *urls: str, due: timedelta = 10 * MINUTE) -> dict[str, Feed]:
    """Feeds that were read at `now` and are due again `due` later."""
    store.add_feeds([(url, "", ()) for url in urls], now)
    claimed = store.claim_feeds(now, 1000, LEASE, (), 1000)
    later = [replace(feed, due_at=now + due, good_at=now, polled_at=now) for feed in claimed]
    store.record_polls([PollOutcome(feed, (), "every 20 min") for feed in later], now)
    return {feed.key: feed for feed in claimed}


def due(store: Store) -> dict[str, datetime]:
    return {feed.key: feed.due_at for feed, _ in store.feeds() if feed.due_at}


def tired(feed: Feed, now: datetime, until: datetime) -> PollOutcome:
    """The outcome of a poll that was answered with 429."""
    failed = replace(feed, failures=1, failing_since=now, due_at=until, polled_at=now)
    return PollOutcome(failed, (), "the server said Retry-After", rest_until=until)


# --- rest ------------------------------------------------------------------------------------------


def test_a_share_that_asks_for_a_rest_gets_it_from_all_its_feeds(store: Store, now: datetime) -> None:
    mine = [f"https://{name}.reddit.com/rss" for name in ("a", "b", "c", "d")]
    poll_all(store, now, *mine, "https://else.org/rss")
    poll_all(store, now, "https://old.reddit.com/late", due=5 * HOUR)
    before = due(store)
    (first, *_) = store.claim_feeds(now + 11 * MINUTE, 1, LEASE, (), 10)
    until = now + 2 * HOUR
    store.record_polls([tired(first, now, until)], now)
    after = due(store)
    others = [after[url] for url in mine if url != first.key]
    assert all(until <= at <= until + 10 * MINUTE for at in others)
    assert len(set(others)) == len(others), "and not all at once"
    assert after["https://else.org/rss"] == before["https://else.org/rss"]
    assert after["https://old.reddit.com/late"] == before["https://old.reddit.com/late"]
    reasons = {feed.key: reason for feed, reason in store.feeds()}
    assert next(reasons[url] for url in mine if url != first.key) == (
        "not before 2026-03-10 11:30 UTC: reddit.com asked for a rest"
    )
    assert [feed.key for feed in store.claim_feeds(now + HOUR, 10, LEASE, (), 10)] == ["https://else.org/rss"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 86_400), st.integers(1, 60))
def test_a_rest_never_lasts_more_than_a_day(store: Store, now: datetime, seconds: int, count: int) -> None:
    poll_all(store, now, *(f"https://s{number}.reddit.com/rss" for number in range(count)))
    claimed = store.claim_feeds(now + DAY * 2, 1, timedelta(), (), 10)
    store.record_polls([tired(claimed[0], now, now + timedelta(seconds=seconds))], now)
    for url, at in due(store).items():
        assert at <= now + DAY or url == claimed[0].key
    with store.database.write() as c:
        c.exec_driver_sql("DELETE FROM feeds")


def test_what_is_retired_stays_out_of_it(store: Store, now: datetime) -> None:
    poll_all(store, now, "https://a.reddit.com/rss", "https://b.reddit.com/rss")
    store.remove_feed("https://b.reddit.com/rss", now)
    before = due(store)["https://b.reddit.com/rss"]
    (first,) = store.claim_feeds(now + HOUR, 1, LEASE, (), 10)
    store.record_polls([tired(first, now, now + 3 * HOUR)], now)
    assert due(store)["https://b.reddit.com/rss"] == before


# --- an outage that becomes known ------------------------------------------------------------------


def test_what_failed_on_account_of_an_outage_is_as_it_was(store: Store, now: datetime) -> None:
    known = poll_all(store, now, "https://a.org/rss", "https://b.net/rss", "https://c.com/rss")
    claimed = {feed.key: feed for feed in store.claim_feeds(now + HOUR, 9, LEASE, (), 9)}
    for failures, key in ((1, "https://a.org/rss"), (5, "https://b.net/rss")):
        failing = replace(claimed[key], failures=failures, failing_since=now, error="no address")
        failing = replace(failing, error_kind="dns", due_at=now + DAY)
        store.record_polls([PollOutcome(failing, (), "it failed")], now)
    probe = claimed["https://c.com/rss"]
    sick = replace(
        known["https://b.net/rss"], failures=4, failing_since=now - DAY, error="x", error_kind="tls"
    )
    well, recovered = known["https://a.org/rss"], replace(known["https://c.com/rss"], failures=2)
    soon = now + 3 * MINUTE
    outcome = PollOutcome(
        replace(probe, due_at=soon), (), "the network is away", forgiven=(well, sick, recovered)
    )
    store.record_polls([outcome], now)
    found = {feed.key: feed for feed, _ in store.feeds()}
    a, b, c = (found[key] for key in sorted(found))
    assert (a.failures, a.failing_since, a.error, a.error_kind, a.due_at) == (0, None, None, None, soon)
    assert (b.failures, b.failing_since, b.error, b.error_kind) == (4, now - DAY, "x", "tls")
    assert (c.failures, c.due_at) == (0, soon), "whoever has been read meanwhile does not fail again"


def test_overdue_feeds_are_spread_in_steps_and_each_once(store: Store, now: datetime) -> None:
    poll_all(store, now, *(f"https://s{number}.org/rss" for number in range(50)), due=MINUTE)
    poll_all(store, now, "https://later.org/rss", due=DAY)
    later = now + 2 * HOUR
    assert [store.spread_overdue(2 * HOUR, later, 20) for _ in range(4)] == [20, 20, 10, 0]
    waits = [at - later for url, at in due(store).items() if url != "https://later.org/rss"]
    assert all(timedelta() < wait <= 31 * MINUTE for wait in waits)
    assert due(store)["https://later.org/rss"] == now + DAY


# --- who is in trouble -----------------------------------------------------------------------------


@pytest.fixture
def troubled(store: Store, now: datetime) -> Store:
    """A feed in each state."""
    states = {
        "https://ok.org/": {"good_at": now},
        "https://new.org/": {},
        "https://failing.org/": {
            "failures": 3,
            "failing_since": now - DAY,
            "error": "x",
            "error_kind": "dns",
        },
        "https://just.org/": {"good_at": now, "failures": 1, "failing_since": now, "error_kind": "dns"},
        "https://quiet.org/": {"good_at": now, "quiet_since": now - 9 * DAY},
        "https://gone.org/": {"failures": 1, "failing_since": now, "error_kind": "gone", "retired_at": now},
    }
    store.add_feeds([(url, "", ()) for url in (*states, "https://removed.org/")], now)
    store.remove_feed("https://removed.org/", now)
    claimed = store.claim_feeds(now, 100, LEASE, (), 10)
    done = [replace(feed, due_at=now + DAY, **states[feed.key]) for feed in claimed]  # type: ignore[arg-type]
    store.record_polls([PollOutcome(feed, (), "") for feed in done], now)
    return store


def test_feeds_are_counted_by_state(troubled: Store, now: datetime) -> None:
    assert troubled.status(now)["feeds"] == {
        "polled": 5,
        "ok": 1,
        "new": 1,
        "failing": 2,
        "quiet": 1,
        "gone": 1,
        "retired": 1,
        "due": 0,
    }


def test_troubled_feeds_are_found(troubled: Store, now: datetime) -> None:
    def names(feeds: list[Feed]) -> list[str]:
        return sorted(feed.key.removeprefix("https://").removesuffix(".org/") for feed in feeds)

    assert names(troubled.troubled_feeds(now - HOUR)) == ["failing", "gone", "quiet"]
    assert names(troubled.troubled_feeds(now)) == ["failing", "gone", "just", "quiet"]
    assert names(troubled.feeds_by_key(["https://ok.org/", "https://none.org/"])) == ["ok"]


def test_a_feeds_newest_entries(store: Store, now: datetime) -> None:
    store.add_feed("https://a.org/rss", "", (), now)
    (feed,) = store.claim_feeds(now, 1, LEASE, (), 1)
    items = [
        NewEntry(Entry(str(n), title=f"Title {n}"), "p", Standing.NEW, aliases=(f"url:{n}",))
        for n in range(5)
    ]
    store.record_polls([PollOutcome(replace(feed, due_at=now + DAY), tuple(items), "")], now)
    found = store.recent_entries(feed.id, 2)
    assert [(row["title"], row["state"], row["article"]) for row in found] == [
        ("Title 4", "queued", None),
        ("Title 3", "queued", None),
    ]


def test_what_was_put_off_for_want_of_a_network_goes_on_within_seconds(store: Store, now: datetime) -> None:
    store.add_feeds([(f"https://{n}.example/rss", "", ()) for n in range(40)], now)
    reason = f"{NOBODY} for 4 min: our own network; tried again in minutes"
    with store.database.write() as c:
        put_off = update(feeds).where(feeds.c.id % 2 == 0)
        c.execute(put_off.values(due_at=now + timedelta(minutes=4), due_reason=reason))
        c.execute(update(feeds).where(feeds.c.id % 2 == 1).values(due_at=now + timedelta(minutes=4)))
    assert store.resume_postponed(now) == 20
    waits = {feed.id: feed.due_at - now for feed, _ in store.feeds() if feed.due_at}
    resumed = {wait for id, wait in waits.items() if id % 2 == 0}
    assert max(resumed) <= timedelta(seconds=20) and len(resumed) == 20, "each at a moment of its own"
    assert {wait for id, wait in waits.items() if id % 2} == {timedelta(minutes=4)}
    assert store.resume_postponed(now) == 0
