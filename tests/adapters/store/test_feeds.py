"""Feeds and the queue: what is due, who works on it, and transaction (a)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.adapters.store import Store
from monitor.model import Entry, Feed, NewEntry, PollOutcome, Standing

LEASE = timedelta(minutes=5)


def claim(
    store: Store, now: datetime, *, limit: int = 100, busy: tuple[str, ...] = (), per_host: int = 10
) -> list[Feed]:
    return store.claim_feeds(now, limit, LEASE, busy, per_host)


def polled(feed: Feed, now: datetime, *items: NewEntry) -> PollOutcome:
    later = replace(feed, due_at=now + timedelta(minutes=15), baseline_at=now, etag='W/"1"', good_at=now)
    return PollOutcome(later, items, "every 15 min")


def prints(store: Store, feed: Feed, *keys: str) -> dict[str, str]:
    return {key: known.fingerprint for key, known in store.known_entries(feed.id, keys).items()}


def item(identity: str, *, text: str = "x", aliases: tuple[str, ...] = (), **more: object) -> NewEntry:
    entry = Entry(identity=identity, url=f"https://a.example/{identity}", title=identity, summary=text)
    return NewEntry(entry, f"print of {text}", Standing.NEW, aliases=aliases, **more)  # type: ignore[arg-type]


def test_a_new_feed_is_due_at_once_and_leased_once(store: Store, now: datetime) -> None:
    assert store.add_feed("https://a.example/rss", "A", ("wire",), now)
    assert not store.add_feed("https://a.example/rss", "A", (), now)
    (feed,) = claim(store, now)
    assert (feed.key, feed.title, feed.tags, feed.baseline_at) == (
        "https://a.example/rss",
        "A",
        ("wire",),
        None,
    )
    assert claim(store, now) == []
    assert len(claim(store, now + LEASE + timedelta(seconds=1))) == 1


def test_what_fails_is_due_when_somebody_says_so_and_not_twice_at_once(store: Store, now: datetime) -> None:
    for name in ("bad", "good"):
        store.add_feed(f"https://{name}.example/rss", "", (), now)
    bad, good = claim(store, now)
    store.record_polls([polled(replace(bad, failures=3), now), polled(good, now)], now)
    store.add_feed("https://gone.example/rss", "", (), now)
    store.remove_feed("https://gone.example/rss", now)
    assert store.polled_feeds(now) == 2
    assert claim(store, now) == []
    assert store.make_due(None, now) == 1
    assert [feed.key for feed in claim(store, now)] == ["https://bad.example/rss"]
    assert store.make_due("https://bad.example/rss", now) == 1
    assert claim(store, now) == [], "it is being polled"
    assert store.make_due("https://good.example/rss", now) == 1
    assert [feed.key for feed in claim(store, now)] == ["https://good.example/rss"]
    assert store.make_due("https://gone.example/rss", now) == 0


def test_only_so_many_of_a_host_and_none_of_a_busy_one(store: Store, now: datetime) -> None:
    for number in range(5):
        store.add_feed(f"https://a.example/{number}", "", (), now)
    store.add_feed("https://b.example/0", "", (), now + timedelta(seconds=1))
    later = now + timedelta(seconds=2)
    assert [feed.url for feed in claim(store, later, per_host=2)] == [
        "https://a.example/0",
        "https://a.example/1",
        "https://b.example/0",
    ]
    assert claim(store, later, busy=("a.example",)) == []


def test_validators_and_new_entries_are_one_transaction(store: Store, now: datetime) -> None:
    store.add_feed("https://a.example/rss", "", (), now)
    (feed,) = claim(store, now)
    assert store.record_polls([polled(feed, now, item("1", aliases=("url:a/1",)), item("2"))], now) == 2
    assert prints(store, feed, "1", "2", "3", "url:a/1") == {
        "1": "print of x",
        "2": "print of x",
        "url:a/1": "print of x",
    }
    ((after, reason),) = store.feeds()
    assert (after.etag, after.baseline_at, reason, after.claim) == ('W/"1"', now, "every 15 min", "")
    queued = store.claim_entries(now, 10, LEASE, (), 10)
    assert [(q.entry.identity, q.attempts, q.standing) for q in queued] == [
        ("1", 1, Standing.NEW),
        ("2", 1, Standing.NEW),
    ]


def test_a_poll_whose_lease_was_lost_changes_nothing(store: Store, now: datetime) -> None:
    store.add_feed("https://a.example/rss", "", (), now)
    (late,) = claim(store, now)
    (current,) = claim(store, now + LEASE + timedelta(seconds=1))
    assert store.record_polls([polled(late, now, item("1"))], now) == 0
    assert store.known_entries(late.id, ["1"]) == {}
    assert store.record_polls([polled(current, now, item("1"))], now) == 1


def test_of_two_polls_of_a_feed_at_once_only_the_one_that_holds_it_counts(
    store: Store, now: datetime
) -> None:
    """A machine that slept for longer than a lease polls a feed again, and both polls come to their end."""
    store.add_feed("https://a.example/rss", "", (), now)
    (before,) = claim(store, now)
    after_sleep = now + LEASE + timedelta(hours=1)
    (again,) = claim(store, after_sleep)
    both = [polled(feed, after_sleep, item("1"), item("2")) for feed in (before, again)]
    assert store.record_polls(both, after_sleep) == 2
    assert store.status(after_sleep)["entries"]["queued"] == 2


def test_a_changed_entry_comes_again_but_not_for_ever(store: Store, now: datetime) -> None:
    store.add_feed("https://a.example/rss", "", (), now)
    (feed,) = claim(store, now)
    store.record_polls([polled(feed, now, item("1", aliases=("url:a/1",)))], now)
    assert len(store.claim_entries(now, 10, LEASE, (), 10)) == 1
    queued = []
    for number in range(8):
        now += timedelta(hours=1)
        (feed,) = claim(store, now)
        change = item("other guid", text=f"v{number}", aliases=("url:a/1",), changed=True, known_as="url:a/1")
        queued.append(store.record_polls([polled(feed, now, change)], now))
        assert prints(store, feed, "1") == {"1": f"print of v{number}"}
    assert queued == [1, 1, 1, 1, 1, 0, 0, 0]
    assert prints(store, feed, "other guid") == {"other guid": "print of v7"}


def test_entries_are_put_back_or_set_aside_by_their_holder_only(store: Store, now: datetime) -> None:
    store.add_feed("https://a.example/rss", "", (), now)
    (feed,) = claim(store, now)
    store.record_polls([polled(feed, now, item("1"))], now)
    (late,) = store.claim_entries(now, 10, LEASE, (), 10)
    (current,) = store.claim_entries(now + LEASE * 2, 10, LEASE, (), 10)
    assert not store.postpone_entry(late, now, "late")
    assert not store.quarantine_entry(late, "late")
    assert store.postpone_entry(current, now + timedelta(hours=1), "its page answered 503")
    assert store.claim_entries(now + timedelta(minutes=30), 10, LEASE, (), 10) == []
    (again,) = store.claim_entries(now + timedelta(hours=2), 10, LEASE, (), 10)
    assert again.attempts == 3
    assert store.quarantine_entry(again, "poison")
    assert store.status(now)["entries"] == {"queued": 0, "quarantined": 1}


def test_entries_without_a_page_wait_for_no_host(store: Store, now: datetime) -> None:
    store.add_feed("https://a.example/rss", "", (), now)
    (feed,) = claim(store, now)
    bare = [NewEntry(Entry(identity=str(n), title="x"), "print", Standing.NEW) for n in range(6)]
    store.record_polls([polled(feed, now, *bare)], now)
    assert len(store.claim_entries(now, 10, LEASE, (), 2)) == 6


def test_the_configuration_adds_retires_and_brings_back(store: Store, now: datetime) -> None:
    store.add_feed("https://by.command/rss", "", (), now)
    store.sync_feeds([("https://a.example/rss", "", ("x",)), ("https://b.example/rss", "B", ())], now)
    store.sync_feeds([("https://b.example/rss", "", ("y",))], now)
    state = {feed.key: (feed.origin, feed.tags, feed.retired_why, feed.title) for feed, _ in store.feeds()}
    assert state == {
        "https://by.command/rss": ("database", (), None, ""),
        "https://a.example/rss": ("config", ("x",), "deleted from the configuration", ""),
        "https://b.example/rss": ("config", ("y",), None, "B"),
    }
    store.sync_feeds([("https://a.example/rss", "", ())], now)
    assert {f.key for f, _ in store.feeds() if f.retired_at is None} == {
        "https://by.command/rss",
        "https://a.example/rss",
    }


def test_what_the_configuration_says_again_changes_nothing(store: Store, now: datetime) -> None:
    configured = [("https://a.example/rss", "A", ("x", "y")), ("https://b.example/rss", "", ())]
    store.sync_feeds(configured, now)
    before = store.feeds()
    store.sync_feeds(configured, now + timedelta(days=1))
    assert store.feeds() == before


def test_a_feed_that_was_removed_by_command_and_is_configured_now_is_polled(
    store: Store, now: datetime
) -> None:
    store.add_feed("https://a.example/rss", "A", ("old",), now)
    store.remove_feed("https://a.example/rss", now)
    store.sync_feeds([("https://a.example/rss", "", ("new",))], now)
    (feed,) = claim(store, now)
    assert (feed.origin, feed.title, feed.tags, feed.retired_why) == ("config", "A", ("new",), None)


def test_more_feeds_than_a_statement_has_room_for(store: Store, now: datetime) -> None:
    many = [(f"https://a.example/{number}", "", ()) for number in range(33_000)]
    assert store.add_feeds(many, now) == 33_000
    assert store.add_feeds([*many[:600], ("https://b.example/", "", ())], now) == 1
    store.sync_feeds(many, now)
    store.sync_feeds(many[:1], now)
    assert store.status(now)["feeds"]["retired"] == 32_999


def test_a_removed_feed_is_polled_no_more(store: Store, now: datetime) -> None:
    store.add_feed("https://a.example/rss", "", (), now)
    assert store.remove_feed("https://a.example/rss", now)
    assert not store.remove_feed("https://a.example/rss", now)
    assert claim(store, now) == []
    assert store.add_feed("https://a.example/rss", "", (), now)
    assert len(claim(store, now)) == 1


def gone(store: Store, now: datetime, *, config: bool = True) -> Feed:
    """A feed that its server has retired."""
    if config:
        store.sync_feeds([("https://a.example/rss", "", ())], now)
    else:
        store.add_feed("https://a.example/rss", "", (), now)
    (feed,) = claim(store, now)
    failing = replace(feed, failures=1, failing_since=now, error="gone (410)", error_kind="gone")
    retired = replace(failing, retired_at=now, retired_why="gone (410)", due_at=now + timedelta(hours=1))
    store.record_polls([PollOutcome(retired, (), "retired: gone (410)")], now)
    return retired


def state(store: Store) -> tuple[str | None, str | None, int]:
    ((feed, _),) = store.feeds()
    return feed.retired_why, feed.error_kind, feed.failures


def test_a_feed_that_is_gone_stays_retired_until_somebody_asks_for_it(store: Store, now: datetime) -> None:
    gone(store, now)
    later = now + timedelta(days=1)
    for _ in range(2):
        store.sync_feeds([("https://a.example/rss", "", ())], later)
        assert state(store) == ("gone (410)", "gone", 1), "also after a restart"
    assert store.make_due(None, later) == 0
    assert claim(store, later) == []
    assert store.make_due("https://a.example/rss", later) == 1
    assert state(store) == (None, None, 0)
    (feed,) = claim(store, later)
    assert feed.failing_since is None


def test_a_feed_that_is_gone_can_be_taken_out_and_added_again(store: Store, now: datetime) -> None:
    gone(store, now, config=False)
    assert store.remove_feed("https://a.example/rss", now)
    assert state(store) == ("removed by command", None, 1)
    assert store.make_due("https://a.example/rss", now) == 0
    assert store.add_feed("https://a.example/rss", "", (), now)
    assert state(store) == (None, None, 0)
    assert [reason for _, reason in store.feeds()] == [""], "it is due, and no longer because it was retired"


def test_a_feed_that_is_gone_and_deleted_from_the_configuration_is_no_trouble(
    store: Store, now: datetime
) -> None:
    gone(store, now)
    store.sync_feeds([], now)
    assert state(store) == ("deleted from the configuration", None, 1)
    store.sync_feeds([("https://a.example/rss", "", ())], now)
    assert state(store) == (None, None, 0)
