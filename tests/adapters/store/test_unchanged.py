"""Polls that change nothing but when a feed was polled and is due: little is written, and nothing is missing."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime, timedelta
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.adapters.store import Store
from monitor.collect.due import PollingPolicy
from monitor.collect.poll import failed, identity_keys, judge, needs_parsing
from monitor.errors import FetchError
from monitor.model import Entry, Feed, ParsedFeed, PollOutcome, Response

LEASE, POLICY = timedelta(minutes=5), PollingPolicy()
NEVER = timedelta(days=400)
NUMBERS = count()
OWN = {"id", "key", "url", "claim"}

# What a server says: status, validator, body, header that asks for something.
ANSWERS = st.one_of(
    st.builds(
        lambda etag, asks: Response(304, "", {"etag": etag, **asks}),
        st.sampled_from(["1", "2"]),
        st.sampled_from([{}, {"cache-control": "max-age=4000"}, {"retry-after": "900"}]),
    ),
    st.builds(
        lambda etag, body: Response(200, "", {"etag": etag}, body),
        st.sampled_from(["1", "2"]),
        st.sampled_from([b"", b"a", b"ab"]),
    ),
    st.just(Response(304, "", {}, b"", "https://moved.example/rss")),
    st.just(None),
)
PAUSES = st.sampled_from([timedelta(minutes=5), timedelta(hours=3), timedelta(days=2), timedelta(days=40)])


def document(body: bytes, now: datetime) -> ParsedFeed:
    """An entry for each letter."""
    return ParsedFeed("News", tuple(Entry(chr(n), f"https://a.example/{n}", f"Report {n}") for n in body))


def outcome_of(store: Store, feed: Feed, answer: Response | None, now: datetime) -> PollOutcome:
    if answer is None:
        return failed(feed, FetchError("dns", "nobody there"), now, POLICY)
    answer = replace(answer, url=feed.url)
    parsed = document(answer.body, now) if needs_parsing(feed, answer) else None
    known = store.known_entries(feed.id, identity_keys(parsed)) if parsed else {}
    return judge(feed, answer, parsed, known, now, POLICY)


def feeds(store: Store, *keys: str) -> list[Feed]:
    known = {feed.key: feed for feed in store.feeds_by_key(keys)}
    return [known[key] for key in keys]


def claimed(store: Store, keys: tuple[str, ...], now: datetime) -> list[Feed]:
    for key in keys:
        store.make_due(key, now)
    held = {feed.key: feed for feed in store.claim_feeds(now, 1000, LEASE, (), 1000)}
    return [held[key] for key in keys]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(ANSWERS, PAUSES), min_size=1, max_size=6))
def test_what_is_not_written_is_what_was_there(
    store: Store, now: datetime, polls: list[tuple[Response | None, timedelta]]
) -> None:
    """Two feeds have the same polls; of one every column is written each time."""
    number = next(NUMBERS)
    keys = (f"https://a{number}.example/rss", f"https://b{number}.example/rss")
    store.add_feeds([(key, "", ()) for key in keys], now)
    for answer, pause in polls:
        now += pause
        sparing, whole = claimed(store, keys, now)
        outcome = outcome_of(store, sparing, answer, now)
        own = {name: getattr(whole, name) for name in OWN}
        other = replace(outcome, feed=replace(outcome.feed, **own), unchanged=False)
        store.record_polls([outcome, replace(other, entries=())], now)
        a, b = feeds(store, *keys)
        same = [field.name for field in fields(Feed) if field.name not in OWN]
        assert [getattr(a, name) for name in same] == [getattr(b, name) for name in same]
    why, also = (reason for feed, reason in store.feeds() if feed.key in keys)
    assert why == also


def test_what_a_command_changed_while_a_poll_brought_nothing_stays(store: Store, now: datetime) -> None:
    store.add_feeds([("https://a.example/rss", "", ())], now)
    (feed,) = claimed(store, ("https://a.example/rss",), now)
    store.record_polls([outcome_of(store, feed, Response(200, "", {"etag": "1"}, b"a"), now)], now)
    (feed,) = claimed(store, ("https://a.example/rss",), now)
    outcome = outcome_of(store, feed, Response(304, "", {"etag": "1"}), now)
    assert outcome.unchanged
    store.sync_feeds([("https://a.example/rss", "Another title", ("wire",))], now)
    store.remove_feed("https://a.example/rss", now)
    store.record_polls([outcome], now)
    (after,) = feeds(store, "https://a.example/rss")
    assert (after.title, after.tags, after.retired_at, after.etag) == ("Another title", ("wire",), now, "1")
    assert (after.polled_at, after.claim) == (now, "")
