"""What answers mean for a feed and its entries: tables of values, no network, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.due import PollingPolicy
from monitor.collect.identity import fingerprint, told_apart
from monitor.collect.poll import (
    body_hash,
    failed,
    identity_keys,
    is_success,
    judge,
    needs_parsing,
    request_headers,
)
from monitor.errors import AddressRefused, FeedError, FetchError, MonitorError, WorkerError
from monitor.model import Entry, Feed, Known, NewEntry, ParsedFeed, PollOutcome, Response, Standing

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
POLICY = PollingPolicy(spread=0.0)
URL = "https://news.example/rss"
FRESH = Feed(1, URL, URL)
KNOWN = replace(FRESH, baseline_at=NOW - 9 * DAY, good_at=NOW - HOUR, new_at=NOW - HOUR, interval=15 * MINUTE)


def entry(n: int | str, **changes: object) -> Entry:
    made = Entry(f"guid-{n}", f"https://news.example/{n}", f"Report number {n} from the border", f"Text {n}")
    return replace(made, **{"published": NOW - HOUR, **changes})  # type: ignore[arg-type]


def document(*entries: Entry) -> ParsedFeed:
    return ParsedFeed("News", tuple(told_apart(entries)))


def answer(status: int = 200, body: bytes = b"<rss/>", **headers: str) -> Response:
    return Response(status, URL, {name.replace("_", "-"): value for name, value in headers.items()}, body)


def poll(feed: Feed, parsed: ParsedFeed | None, store: Store | None = None, **options: object) -> PollOutcome:
    known = store.known(identity_keys(parsed)) if store and parsed else {}
    given = {"now": NOW, "policy": POLICY, "jitter": 0.0, **options}
    response = given.pop("response", answer())
    return judge(feed, response, parsed, known, **given)  # type: ignore[arg-type]


class Store:
    """What the database remembers of a feed's entries: key -> fingerprint, through the entry."""

    def __init__(self, *seen: Entry) -> None:
        self.keys: dict[str, int] = {}
        self.prints: list[str] = []
        if seen:
            self.add(poll(KNOWN, document(*seen)).entries)

    def known(self, keys: Sequence[str]) -> dict[str, Known]:
        return {
            key: Known(self.prints[self.keys[key]], self.keys[key], NOW) for key in keys if key in self.keys
        }

    def add(self, items: Sequence[NewEntry]) -> None:
        for item in items:
            if item.known_as:
                self.prints[self.keys[item.known_as]] = item.fingerprint
                at = self.keys[item.known_as]
            else:
                at = len(self.prints)
                self.prints.append(item.fingerprint)
            for key in (item.entry.identity, *item.aliases):
                self.keys.setdefault(key, at)


def standings(outcome: PollOutcome) -> list[tuple[str, Standing, bool]]:
    return [(item.entry.identity, item.standing, item.changed) for item in outcome.entries]


# --- the request -----------------------------------------------------------------------------------


def test_validators_are_echoed_exactly_and_both() -> None:
    odd = replace(KNOWN, etag='W/"a,b "', last_modified="Sat, 21 Nov 2026 25:61:00 CET")
    headers = request_headers(odd)
    assert headers["If-None-Match"] == 'W/"a,b "'
    assert headers["If-Modified-Since"] == "Sat, 21 Nov 2026 25:61:00 CET"


def test_without_validators_nothing_is_conditional() -> None:
    assert set(request_headers(FRESH)) == {"Accept"}


def test_an_empty_etag_is_a_validator_too() -> None:
    assert request_headers(replace(KNOWN, etag=""))["If-None-Match"] == ""


# --- entries ---------------------------------------------------------------------------------------


def test_the_first_parsed_poll_is_the_baseline() -> None:
    outcome = poll(FRESH, document(entry(1), entry(2, published=None)))
    assert standings(outcome) == [("guid-1", Standing.BASELINE, False), ("guid-2", Standing.BASELINE, False)]
    assert outcome.feed.baseline_at == NOW
    assert outcome.feed.new_at is None


@pytest.mark.parametrize(
    ("published", "standing"),
    [
        (NOW - 2 * DAY, Standing.NEW),
        (NOW - 3 * DAY, Standing.NEW),
        (NOW - 3 * DAY - MINUTE, Standing.BASELINE),
        (NOW + DAY, Standing.NEW),  # a date in the future is taken for now
        (None, Standing.BASELINE),
    ],
)
def test_since_asks_for_the_past_at_the_first_poll(published: datetime | None, standing: Standing) -> None:
    outcome = poll(FRESH, document(entry(1, published=published)), since=3 * DAY)
    assert outcome.entries[0].standing is standing


def test_an_empty_first_poll_is_a_baseline_too() -> None:
    first = poll(FRESH, document())
    second = poll(first.feed, document(entry(1)))
    assert standings(second) == [("guid-1", Standing.NEW, False)]


@pytest.mark.parametrize(
    ("published", "standing"),
    [
        (NOW - 7 * DAY, Standing.NEW),
        (NOW - 7 * DAY - MINUTE, Standing.OLD),
        (NOW + 400 * DAY, Standing.NEW),
        (None, Standing.NEW),
    ],
)
def test_entries_of_more_than_a_week_ago_are_only_stored(
    published: datetime | None, standing: Standing
) -> None:
    assert poll(KNOWN, document(entry(1, published=published))).entries[0].standing is standing


def test_an_entry_that_only_says_when_it_was_updated_counts_from_then() -> None:
    stale = entry(1, published=None, updated=NOW - 30 * DAY)
    assert poll(KNOWN, document(stale)).entries[0].standing is Standing.OLD


def test_known_entries_are_not_news() -> None:
    outcome = poll(KNOWN, document(entry(3), entry(2), entry(1)), Store(entry(1), entry(2)))
    assert standings(outcome) == [("guid-3", Standing.NEW, False)]
    assert outcome.feed.new_at == NOW


def test_a_known_entry_that_says_something_else_has_changed() -> None:
    outcome = poll(KNOWN, document(entry(1, summary="15,000 troops")), Store(entry(1)))
    (item,) = outcome.entries
    assert item.changed
    assert item.known_as == "guid-1"
    assert outcome.feed.new_at == KNOWN.new_at  # a change says nothing about the rate


def test_a_change_is_told_once() -> None:
    store, changed = Store(entry(1)), document(entry(1, summary="15,000 troops"))
    store.add(poll(KNOWN, changed, store).entries)
    assert poll(KNOWN, changed, store).entries == ()


# --- identities that change ------------------------------------------------------------------------


def test_new_guids_for_known_links_are_no_news() -> None:
    store = Store(*(entry(n) for n in range(9)))
    renamed = document(*(entry(n, identity=f"new-scheme:{n}") for n in range(9)))
    assert poll(KNOWN, renamed, store).entries == ()


def test_new_guids_and_tracking_parameters_are_no_news() -> None:
    store = Store(*(entry(n) for n in range(9)))
    renamed = document(
        *(entry(n, identity=f"x{n}", url=f"http://www.news.example/{n}/?utm_source=rss") for n in range(9))
    )
    assert poll(KNOWN, renamed, store).entries == ()


def test_new_guids_and_new_links_for_known_titles_are_no_news_in_a_flood() -> None:
    store = Store(*(entry(n) for n in range(8)))
    moved = [entry(n, identity=f"x{n}", url=f"https://new.example/?p={n}") for n in range(8)]
    fresh = entry("fresh", identity="x-fresh", url="https://new.example/?p=fresh")
    assert standings(poll(KNOWN, document(fresh, *moved), store)) == [("x-fresh", Standing.NEW, False)]


def test_a_known_title_alone_is_news() -> None:
    """ "Report number 1 …" may be a column's title every week: beside known entries it is a new one."""
    store = Store(*(entry(n) for n in range(8)))
    again = entry(1, identity="other", url="https://news.example/other")
    outcome = poll(KNOWN, document(again, *(entry(n) for n in range(2, 8))), store)
    assert standings(outcome) == [("other", Standing.NEW, False)]


def test_after_a_flood_the_entries_stay_known_though_their_titles_change() -> None:
    store = Store(*(entry(n) for n in range(8)))
    moved = [entry(n, identity=f"x{n}", url=f"https://new.example/?p={n}", summary="More") for n in range(8)]
    first = poll(KNOWN, document(*moved), store)
    assert all(item.changed for item in first.entries)
    store.add(first.entries)
    retitled = [replace(item, title=f"Another title for report {n}") for n, item in enumerate(moved)]
    assert all(item.changed for item in poll(KNOWN, document(*retitled), store).entries)


def test_a_link_that_all_entries_share_makes_none_of_them_known() -> None:
    """Live pages: every entry points at the same address."""
    live = "https://news.example/live"
    store = Store(entry(1, url=live), entry(2, url=live))
    outcome = poll(KNOWN, document(entry(3, url=live), entry(2, url=live), entry(1, url=live)), store)
    assert standings(outcome) == [("guid-3", Standing.NEW, False)]


def test_another_entry_at_the_same_address_is_news() -> None:
    """A live page whose first entry has scrolled off, or was there at the baseline."""
    live = "https://news.example/live"
    store = Store(entry(1, url=live), entry(2))
    outcome = poll(KNOWN, document(entry(3, url=live), entry(2)), store)
    assert standings(outcome) == [("guid-3", Standing.NEW, False)]


def test_the_same_report_under_another_guid_is_no_news() -> None:
    store = Store(entry(1), entry(2))
    assert poll(KNOWN, document(entry(1, identity="1?v=2"), entry(2)), store).entries == ()


def test_links_that_change_at_every_poll_are_no_news_and_their_changes_are_seen() -> None:
    """Without guids the link is the identity, and some links carry a session."""

    def at(poll_number: int, n: int, **changes: object) -> Entry:
        url = f"https://news.example/{n}?utm_term={poll_number}"
        return entry(n, identity=url, url=url, **changes)

    store = Store(*(at(1, n) for n in range(5)))
    again = document(*(at(2, n) for n in range(4)), at(2, 4, summary="15,000 troops"))
    (item,) = poll(KNOWN, again, store).entries
    assert (item.changed, item.known_as) == (True, "url:news.example/4")


def test_keys_cover_identity_link_and_title() -> None:
    keys = identity_keys(document(entry(1), Entry("only", title="Short")))
    assert keys[:2] == ["guid-1", "url:news.example/1"]
    assert keys[2].startswith("title:")
    assert keys[3:] == ["only"]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3), st.sampled_from("abc")), max_size=12))
def test_polling_the_same_document_twice_brings_nothing_the_second_time(
    rows: list[tuple[int, int, str]],
) -> None:
    """Whatever guids, links and titles a document repeats or shares."""
    made = [
        Entry(f"g{guid}", f"https://news.example/{link}", f"The same old title {text}", text)
        for guid, link, text in rows
    ]
    parsed = document(*made)
    store = Store()
    store.add(poll(KNOWN, parsed, store).entries)
    assert poll(KNOWN, parsed, store).entries == ()


# --- the feed after an answer ----------------------------------------------------------------------


def test_a_200_replaces_validators() -> None:
    feed = replace(KNOWN, etag='"old"', last_modified="then")
    outcome = poll(feed, document(), response=answer(etag='"new"'))
    assert (outcome.feed.etag, outcome.feed.last_modified) == ('"new"', None)
    assert outcome.feed.body_hash == body_hash(b"<rss/>")


def test_a_304_keeps_what_it_does_not_repeat() -> None:
    feed = replace(KNOWN, etag='"old"', last_modified="then", body_hash="h", failures=3, error="x")
    outcome = poll(feed, None, response=answer(304, b"", last_modified="now"))
    assert (outcome.feed.etag, outcome.feed.last_modified, outcome.feed.body_hash) == ('"old"', "now", "h")
    assert (outcome.feed.failures, outcome.feed.error, outcome.feed.good_at) == (0, None, NOW)
    assert outcome.entries == ()


def test_the_same_bytes_need_no_parsing_and_refresh_the_validators() -> None:
    first = poll(FRESH, document(entry(1)), response=answer(etag='"a"')).feed
    again = answer(etag='"b"')
    assert not needs_parsing(first, again)
    outcome = poll(first, None, response=again)
    assert outcome.feed.etag == '"b"'
    assert outcome.entries == ()
    assert needs_parsing(first, answer(body=b"<rss></rss>"))
    assert not needs_parsing(first, answer(304, b""))


def test_the_same_bytes_are_parsed_until_there_is_a_baseline() -> None:
    assert needs_parsing(replace(FRESH, body_hash=body_hash(b"<rss/>")), answer())


def test_the_first_title_stays_the_one_that_was_given() -> None:
    assert poll(FRESH, document()).feed.title == "News"
    assert poll(replace(FRESH, title="Ours"), document()).feed.title == "Ours"


def test_recovery_forgets_the_failure() -> None:
    broken = failed(KNOWN, FetchError("dns", "no address"), NOW - DAY, POLICY).feed
    feed = poll(broken, document()).feed
    assert (feed.failures, feed.failing_since, feed.error) == (0, None, None)


def test_what_the_server_asks_decides_when_it_is_due() -> None:
    outcome = poll(KNOWN, document(), response=answer(cache_control="max-age=7200"))
    assert outcome.feed.due_at == NOW + 2 * HOUR
    assert "the server asks" in outcome.reason
    outcome = poll(KNOWN, None, response=answer(304, b"", retry_after="36000"))
    assert outcome.feed.due_at == NOW + 10 * HOUR


# --- redirects -------------------------------------------------------------------------------------

MOVED = "https://news.example/feed.xml"


def redirected(feed: Feed, to: str | None, now: datetime) -> Feed:
    return poll(feed, document(), response=replace(answer(), permanent_url=to), now=now).feed


def test_a_permanent_redirect_rewrites_the_address_after_it_held_for_a_day() -> None:
    feed = redirected(KNOWN, MOVED, NOW)
    assert (feed.url, feed.redirect_url, feed.redirect_since) == (URL, MOVED, NOW)
    feed = redirected(feed, MOVED, NOW + DAY - MINUTE)
    assert (feed.url, feed.redirect_since) == (URL, NOW)
    feed = redirected(feed, MOVED, NOW + DAY)
    assert (feed.url, feed.redirect_url, feed.redirect_since) == (MOVED, None, None)
    assert feed.key == URL


def test_a_redirect_that_changes_its_target_starts_again() -> None:
    feed = redirected(redirected(KNOWN, MOVED, NOW), MOVED + "2", NOW + DAY)
    assert (feed.url, feed.redirect_url, feed.redirect_since) == (URL, MOVED + "2", NOW + DAY)


def test_a_redirect_that_ends_is_forgotten() -> None:
    feed = redirected(redirected(KNOWN, MOVED, NOW), None, NOW + HOUR)
    assert (feed.url, feed.redirect_url, feed.redirect_since) == (URL, None, None)


def test_a_304_behind_a_redirect_counts() -> None:
    feed = redirected(KNOWN, MOVED, NOW)
    response = replace(answer(304, b""), permanent_url=MOVED)
    assert poll(feed, None, response=response, now=NOW + DAY).feed.url == MOVED


# --- failures --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("problem", "says"),
    [
        (answer(404), f"{URL} has no feed there (404)"),
        (answer(403), f"{URL} refuses us (403)"),
        (answer(429), f"{URL} says that we come too often (429)"),
        (answer(500), f"{URL} has trouble of its own (500)"),
        (answer(503), f"{URL} has trouble of its own (503)"),
        (answer(206), f"{URL} answered 206"),
        (FetchError("timeout", "no complete answer within 30 s"), "no complete answer within 30 s"),
        (AddressRefused("10.0.0.1 is no public address"), "10.0.0.1 is no public address"),
        (FeedError("an HTML page,\nnot a feed"), "an HTML page, not a feed"),
        (WorkerError("timeout", "took more than 10 s"), "took more than 10 s"),
    ],
)
def test_failures_are_counted_and_explained(problem: MonitorError | Response, says: str) -> None:
    feed = replace(KNOWN, etag='"a"', body_hash="h")
    first = failed(feed, problem, NOW, POLICY, 0.5)
    assert first.entries == ()
    assert first.feed.error == says
    assert (first.feed.failures, first.feed.failing_since) == (1, NOW)
    assert (first.feed.etag, first.feed.body_hash, first.feed.good_at) == ('"a"', "h", KNOWN.good_at)
    assert first.feed.due_at == NOW + 15 * MINUTE
    second = failed(first.feed, problem, NOW + HOUR, POLICY, 0.5)
    assert (second.feed.failures, second.feed.failing_since) == (2, NOW)
    assert second.feed.retired_at is None


def test_410_retires_the_feed_and_says_so() -> None:
    outcome = failed(KNOWN, answer(410), NOW, POLICY)
    assert outcome.feed.retired_at == NOW
    assert outcome.feed.retired_why == f"{URL} says that the feed is gone for good (410)"
    assert outcome.reason.startswith("retired: ")


@pytest.mark.parametrize("status", [429, 503])
def test_failures_obey_retry_after(status: int) -> None:
    outcome = failed(KNOWN, answer(status, retry_after="7200"), NOW, POLICY, 0.5)
    assert outcome.feed.due_at == NOW + 2 * HOUR
    assert "Retry-After" in outcome.reason


def test_only_200_and_304_are_read() -> None:
    assert [status for status in range(100, 600) if is_success(answer(status))] == [200, 304]


def test_fingerprints_come_from_the_parser_where_it_made_them() -> None:
    made = replace(entry(1), fingerprint="from the worker")
    assert poll(KNOWN, document(made)).entries[0].fingerprint == "from the worker"
    assert poll(KNOWN, document(entry(1))).entries[0].fingerprint == fingerprint(entry(1))
