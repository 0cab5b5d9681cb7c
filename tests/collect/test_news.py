"""What publishers change, poll after poll, through judge and the store: nothing floods, and no news is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from monitor.adapters.store import Database, Store, migrate
from monitor.adapters.store.entries import MOST_KEYS
from monitor.collect.due import PollingPolicy
from monitor.collect.identity import fingerprint, told_apart
from monitor.collect.news import BULK
from monitor.collect.poll import identity_keys, judge
from monitor.model import Entry, ParsedFeed, Response
from monitor.send.keys import delivery_key

START = datetime.fromisoformat("2026-03-10T09:30:00+00:00")
LEASE, HOUR, DAY = timedelta(minutes=5), timedelta(hours=1), timedelta(days=1)
URL = "https://news.example/rss"
POLICY = PollingPolicy()


def entry(n: int | str, **changes: object) -> Entry:
    """A report that was published in the hours before the first poll, unless `published` says otherwise."""
    age = (n if isinstance(n, int) else 0) * HOUR
    text = f"Text {n} of some length on what was seen at the border. " * 5
    made = Entry(f"guid-{n}", f"https://news.example/{n}", f"Report number {n} from the border", text)
    return replace(made, **{"published": START - age - HOUR, **changes})  # type: ignore[arg-type]


@dataclass
class Feed:
    """A feed of a real store, polled hour by hour."""

    store: Store
    now: datetime = START
    queued: int = 0  # in all

    def poll(self, entries: Sequence[Entry], *, hours: float = 1) -> dict[str, list[str]]:
        """What a document with these entries brings: the titles under `changed`, or the standing of what is new."""
        self.now += timedelta(hours=hours)
        self.store.make_due(URL, self.now)
        (feed,) = self.store.claim_feeds(self.now, 1, LEASE, (), 10)
        parsed = ParsedFeed(
            "News", tuple(told_apart(replace(e, fingerprint=fingerprint(e)) for e in entries))
        )
        known = self.store.known_entries(feed.id, identity_keys(parsed))
        body = repr((entries, self.now)).encode()
        outcome = judge(feed, Response(200, URL, {}, body), parsed, known, self.now, POLICY, jitter=0.0)
        queued = self.store.record_polls([outcome], self.now)
        assert queued <= len(outcome.entries), "what changes all the time waits"
        self.queued += queued
        found: dict[str, list[str]] = {}
        for item in outcome.entries:
            kind = "changed" if item.changed else item.standing.value
            found.setdefault(kind, []).append(item.entry.title)
        self._read()
        return found

    def _read(self) -> None:
        for queued in self.store.claim_entries(self.now, 1000, LEASE, (), 1000):
            with self.store.settlement(self.now) as tx:
                tx.finish_entries([(queued, None)])  # type: ignore[list-item]


@pytest.fixture
def feed(tmp_path) -> Feed:
    database = Database(f"sqlite:///{tmp_path / 'monitor.db'}")
    migrate.upgrade(database)
    store = Store(database, delivery_key)
    store.add_feed(URL, "", (), START)
    yield Feed(store)
    database.close()


OLD = [entry(n) for n in range(10)]


def fresh(**changes: object) -> Entry:
    return entry("fresh", **{"published": START + 90 * timedelta(minutes=1), **changes})


def site(n: int, form: str) -> str:
    return form.format(n=n)


# What a publisher makes of all entries at once. Beside them stands one that is really new.
CHANGES = {
    "all guids": lambda n, e: replace(e, identity=f"urn:new:{n}"),
    "http to https, as guid and link": lambda n, e: replace(e, identity=e.url, url=e.url),
    "tracking parameters": lambda n, e: replace(e, url=f"{e.url}?utm_source=rss&utm_campaign={n}"),
    "guids and tracking parameters": lambda n, e: replace(e, identity=f"x{n}", url=f"{e.url}?fbclid={n}"),
    "the scheme of links, which are guids": lambda n, e: replace(
        e, identity=f"https://news.example/a/2026/{n}.html", url=f"https://news.example/a/2026/{n}.html"
    ),
    "www": lambda n, e: replace(e, identity=f"w{n}", url=f"https://www.news.example/{n}"),
    "another domain and guids": lambda n, e: replace(
        e, identity=f"d{n}", url=f"https://other.example/?p={n}"
    ),
    "another domain, guids and all dates": lambda n, e: replace(
        e, identity=f"d{n}", url=f"https://other.example/?p={n}", published=START + HOUR
    ),
    "another domain, guids and no date any more": lambda n, e: replace(
        e, identity=f"d{n}", url=f"https://other.example/?p={n}", published=None
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_changes_of_all_entries_is_no_news_and_what_is_new_beside_them_is(change, feed: Feed) -> None:
    feed.poll(OLD)
    changed = [change(n, e) for n, e in enumerate(OLD)]
    new = change(99, fresh())
    assert feed.poll([new, *changed]) == {"new": [new.title]}
    assert feed.poll([new, *changed]) == {}
    assert feed.poll(OLD) == {}, "and back again"


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_was_renamed_stays_known_when_more_and_more_has_its_new_name(change, feed: Feed) -> None:
    feed.poll(OLD)
    listed = list(OLD)  # the newest last: each keeps its number
    for number in range(12):
        new = fresh(title=f"What is new at {number}", published=feed.now)
        new = replace(new, identity=f"new-{number}", url=f"https://news.example/new-{number}")
        listed.append(new)
        assert feed.poll([change(n, e) for n, e in enumerate(listed)]) == {"new": [new.title]}


def test_an_entry_is_not_remembered_under_ever_more_names(feed: Feed) -> None:
    """A feed that makes up its guids and links anew at every poll."""
    for poll in range(3 * MOST_KEYS):
        made = [
            replace(e, identity=f"{poll}-{e.identity}", url=f"https://news.example/{poll}/{n}")
            for n, e in enumerate(OLD)
        ]
        assert feed.poll(made).keys() == ({"baseline"} if poll == 0 else set())
    with feed.store.database.read() as c:
        (keys,) = c.exec_driver_sql("SELECT count(*) FROM entry_keys").one()
    assert keys <= len(OLD) * (MOST_KEYS + 2)


def test_titles_that_are_edited_are_changes(feed: Feed) -> None:
    feed.poll(OLD)
    edited = [replace(OLD[0], title="Report number zero, corrected"), *OLD[1:]]
    assert feed.poll(edited) == {"changed": ["Report number zero, corrected"]}
    assert feed.poll(edited) == {}


def test_the_order_does_not_matter_and_what_comes_back_is_known(feed: Feed) -> None:
    feed.poll(OLD)
    assert feed.poll(OLD[::-1]) == {}
    assert feed.poll(OLD[5:]) == {}
    assert feed.poll([]) == {}
    assert feed.poll(OLD) == {}


@pytest.mark.parametrize("texts", ["the same", "others"])
def test_two_versions_behind_one_address_do_not_flood(texts: str, feed: Feed) -> None:
    """Two machines that number their items differently; one of them may give summaries only."""
    a, b = list(OLD), [replace(e, identity=f"b-{n}") for n, e in enumerate(OLD)]
    if texts == "others":
        b = [replace(e, summary=e.summary[:60]) for e in b]
    feed.poll(a)
    told: list[str] = []
    feed.queued = 0
    for turn in range(12):
        n = f"turn {turn // 2}"
        new = fresh(
            identity=f"guid-{n}", url=f"https://news.example/{turn // 2}-new", title=f"What is new at {n}"
        )
        new = replace(new, published=feed.now)
        a, b = ([new, *a], [replace(new, identity=f"b-{n}"), *b]) if turn % 2 == 0 else (a, b)
        found = feed.poll(b if turn % 2 else a)
        assert set(found) <= {"new", "changed"}
        told += found.get("new", [])
    assert told == [f"What is new at turn {n}" for n in range(6)], "each once"
    again = feed.queued - len(told)
    assert again <= (0 if texts == "the same" else 5 * len(a)), "a few times, then once a day"


def test_one_guid_for_all(feed: Feed) -> None:
    """Every item has the site's address as its guid."""
    same = [replace(e, identity="https://news.example/") for e in OLD]
    feed.poll(same)
    new = replace(fresh(), identity="https://news.example/")
    assert feed.poll([new, *same[:9]]) == {"new": [new.title]}
    assert feed.poll([new]) == {}
    another = replace(
        fresh(), identity="https://news.example/", url="https://news.example/z", title="Other news of today"
    )
    assert feed.poll([replace(another, summary="Something else")]) == {"new": ["Other news of today"]}
    assert feed.poll([replace(another, summary="Something else"), new]) == {}


def test_one_guid_and_one_link_for_all(feed: Feed) -> None:
    same = [replace(e, identity="home", url="https://news.example/") for e in OLD]
    feed.poll(same)
    new = replace(fresh(), identity="home", url="https://news.example/")
    assert feed.poll([new, *same[:9]]) == {"new": [new.title]}
    assert feed.poll([new, *same[:9]]) == {}
    (queued,) = queued_now(feed, [replace(new, title="News that is newer still"), new, *same[:8]])
    assert not queued.has_page, "what stands at the link is not its own page"


def queued_now(feed: Feed, entries: Sequence[Entry]) -> list[Entry]:
    feed.now += HOUR
    feed.store.make_due(URL, feed.now)
    (one,) = feed.store.claim_feeds(feed.now, 1, LEASE, (), 10)
    parsed = ParsedFeed("News", tuple(told_apart(replace(e, fingerprint=fingerprint(e)) for e in entries)))
    known = feed.store.known_entries(one.id, identity_keys(parsed))
    outcome = judge(one, Response(200, URL, {}, b"x"), parsed, known, feed.now, POLICY)
    feed.store.record_polls([outcome], feed.now)
    return [q.entry for q in feed.store.claim_entries(feed.now, 100, LEASE, (), 100)]


def test_guids_by_place_in_the_document(feed: Feed) -> None:
    def placed(entries: Sequence[Entry]) -> list[Entry]:
        return [replace(e, identity=str(place)) for place, e in enumerate(entries)]

    feed.poll(placed(OLD))
    new = fresh()
    assert feed.poll(placed([new, *OLD[:9]])) == {"new": [new.title]}
    assert feed.poll(placed([new, *OLD[:9]])) == {}


def test_what_stands_twice_in_a_document_comes_once(feed: Feed) -> None:
    feed.poll(OLD)
    new = fresh()
    assert feed.poll([new, new, replace(new, identity="other-guid"), *OLD]) == {"new": [new.title]}


def test_a_few_bad_guids_among_good_ones(feed: Feed) -> None:
    """One in twenty has the guid of another, or none of its own."""
    many = [entry(n) for n in range(40)]
    bad = [replace(e, identity="guid-0") if n % 20 == 5 else e for n, e in enumerate(many)]
    feed.poll(bad)
    new = fresh()
    assert feed.poll([new, *bad]) == {"new": [new.title]}
    assert feed.poll([new, *many]) == {}


def test_a_feed_that_was_empty_at_first_and_is_full_again(feed: Feed) -> None:
    feed.poll([])
    new = fresh()
    assert feed.poll([new, *OLD], hours=2) == {"new": [new.title], "baseline": [e.title for e in OLD]}
    assert feed.poll([new, *OLD]) == {}


def test_a_first_item_after_an_empty_beginning_is_news(feed: Feed) -> None:
    feed.poll([])
    assert feed.poll([fresh(published=None)]) == {"new": [fresh().title]}


def test_a_feed_that_begins_anew_tells_only_what_is_new(feed: Feed) -> None:
    """Another system, with other guids, links and titles."""
    feed.poll([*OLD, fresh()])
    feed.poll([*OLD, fresh(), entry("a", published=START + 2 * HOUR)], hours=2)
    moved = [
        entry(15 + n, identity=f"z{n}", url=f"https://z.example/{n}", title=f"Z: message of the day {n}")
        for n in range(9)
    ]
    new = entry("newest", published=START + 29 * HOUR)
    found = feed.poll([new, *moved], hours=30)
    assert found.pop("new") == [new.title]
    assert found == {"baseline": [e.title for e in moved]}


@pytest.mark.parametrize(
    "dated", [None, START + 61 * timedelta(minutes=1)], ids=["undated", "one date for all"]
)
def test_a_backlog_without_believable_dates_is_told_in_a_digest(dated: datetime | None, feed: Feed) -> None:
    feed.poll(OLD)
    backlog = [entry(1000 + n, published=dated) for n in range(500)]
    new = fresh()
    found = feed.poll([new, *OLD, *backlog])
    assert found == {"new": [new.title], "bulk": [e.title for e in backlog]}


def test_a_busy_feed_after_a_downtime_is_no_backlog(feed: Feed) -> None:
    spread = [entry(f"d{n}", published=START + n * timedelta(minutes=7)) for n in range(3 * BULK)]
    feed.poll(OLD)
    assert feed.poll([*spread, *OLD], hours=12) == {"new": [e.title for e in spread]}


def test_other_news_under_a_usual_title_is_news(feed: Feed) -> None:
    """A small feed whose few columns have the same titles every day, with links and guids of the day."""

    def day(n: int) -> list[Entry]:
        towns = ("Berlin", "Hamburg", "Munich")
        return [
            Entry(
                f"{town}-{n}",
                f"https://news.example/{town}/{n}",
                f"Weather forecast for {town}",
                f"Rain of {n} mm is expected.",
                published=START + n * DAY,
            )
            for town in towns
        ]

    feed.poll(day(0))
    for n in range(1, 9):
        feed.now = START + n * DAY
        assert feed.poll(day(n)) == {"new": [e.title for e in day(n)]}


def test_what_its_feed_changes_for_ever_is_read_again_once_a_day(feed: Feed) -> None:
    feed.poll(OLD)
    read = 0
    for hour in range(24 * 5):
        changed = replace(OLD[0], summary=f"At {hour} o'clock the river stands at {hour} cm and rises. " * 9)
        feed.now += HOUR
        read += len(queued_now(feed, [changed, *OLD[1:]]))
        feed._read()
        with feed.store.database.write() as c:
            c.exec_driver_sql(
                "UPDATE entries SET state = 'done', claim = NULL, lease_until = NULL WHERE claim IS NOT NULL"
            )
    assert 8 <= read <= 16
