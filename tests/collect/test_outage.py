"""An outage of our own, told from feeds that fail: what is known after each poll of a sequence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.hosts import share_of
from monitor.collect.outage import (
    LONGEST_WAIT,
    PROBE_EVERY,
    SHORTEST_WAIT,
    Network,
    heard,
    is_network,
    missed,
    phase,
    postponed,
    resumed,
    room,
    spread_after,
)
from monitor.errors import AddressRefused, FeedError, FetchError, MonitorError, WorkerError
from monitor.model import Feed, Response

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))


def feed(number: int, share: str, **more: object) -> Feed:
    url = f"https://{share}/{number}"
    well = {"good_at": NOW - HOUR, "interval": 15 * MINUTE, **more}
    return Feed(number, url, url, **well)  # type: ignore[arg-type]


def after(*polls: str, network: Network | None = None, every: timedelta = SECOND) -> Network:
    """What is known after these polls, a second apart: `a.org` is a poll that found nobody, `+a.org` an answer."""
    network = network or Network()
    for number, poll in enumerate(polls):
        share, now = poll.removeprefix("+"), NOW + number * every
        known = network.failed.values()
        well = next((one for one in known if share_of(one.url) == share), feed(hash(share) % 10**9, share))
        network = heard(network, share) if poll.startswith("+") else missed(network, well, share, now)
    return network


def shares(count: int, sign: str = "", begin: int = 0) -> list[str]:
    return [f"{sign}s{number}.org" for number in range(begin, begin + count)]


@pytest.mark.parametrize(
    ("polls", "away"),
    [
        ([], False),
        (["a.org", "b.org"], False),
        (["a.org", "b.org", "c.org"], True),
        (["a.org", "b.org", "+x.org", "c.org"], False),
        (["a.org"] * 50, False),  # one host, however often
        (["a.org", "b.org", "a.org", "b.org", "c.org"], True),
        (["a.org", "b.org", "c.org", "+a.org"], False),
        (["+a.org", "+b.org", "a.org", "b.org"], True),  # two were all that ever answered
        (["+a.org", "a.org"], False),  # of one host alone nobody can say
        ([*shares(12, "+"), *shares(3)], True),
        ([*shares(40, "+"), *shares(9)], False),  # a quarter of forty
        ([*shares(40, "+"), *shares(10)], True),
        ([*shares(500, "+"), *shares(19)], False),
        ([*shares(500, "+"), *shares(20)], True),
        # A provider is down: a third of all shares fail, but others answer in between.
        ([poll for n in range(300) for poll in (f"s{n}.org", f"s{n + 1}.org", f"+x{n}.org")], False),
    ],
)
def test_many_shares_fall_silent_and_nobody_answers(polls: list[str], away: bool) -> None:
    assert after(*polls).is_away is away


def test_an_outage_began_when_the_first_fell_silent() -> None:
    assert after("+x.org", "a.org", "b.org", "c.org").since == NOW + SECOND


def test_failures_that_are_hours_apart_are_no_outage() -> None:
    assert not after("a.org", "b.org", "c.org", every=3 * HOUR).is_away
    assert after("a.org", "b.org", "c.org", every=HOUR).is_away


def test_what_failed_before_or_never_worked_says_nothing_of_the_network() -> None:
    network = Network()
    for number, more in enumerate(({"failures": 3}, {"good_at": None}) * 10):
        network = missed(network, feed(number, f"s{number}.org", **more), f"s{number}.org", NOW)
    assert not network.is_away
    assert network == Network(), "and is not to be forgiven either"


def test_a_share_that_died_alone_is_not_waited_for() -> None:
    """Three hosts, one of them dead for good: the two others falling silent is all there can be."""
    network = after("+a.org", "+b.org", "+c.org", "c.org", "+a.org", "+b.org")
    dead = feed(3, "c.org", failures=1)
    network = missed(network, dead, "c.org", NOW)
    assert not network.is_away
    assert after("a.org", "b.org", network=network).is_away


def test_the_feeds_that_failed_are_remembered_as_they_were() -> None:
    first, again = feed(1, "a.org"), feed(1, "a.org", failures=1, failing_since=NOW)
    sick = feed(2, "b.org", failures=4, failing_since=NOW - DAY)
    network = missed(missed(missed(Network(), first, "a.org", NOW), sick, "b.org", NOW), again, "a.org", NOW)
    assert network.failed == {1: first, 2: sick}
    outcome = postponed(
        feed(9, "c.org"), replace(network, since=NOW), NOW + HOUR, 0.5, (first, sick, feed(9, "x"))
    )
    assert outcome.forgiven == (first, sick)


@given(st.floats(0, 1, exclude_max=True), st.integers(0, 9))
def test_a_poll_that_an_outage_made_impossible_leaves_the_feed_as_it_was(
    jitter: float, failures: int
) -> None:
    before = feed(1, "a.org", failures=failures, etag='"x"', polled_at=NOW - HOUR, claim="token")
    outcome = postponed(before, resumed(NOW - HOUR), NOW, jitter)
    assert replace(outcome.feed, due_at=before.due_at) == before
    assert outcome.feed.due_at is not None
    assert SHORTEST_WAIT <= outcome.feed.due_at - NOW <= LONGEST_WAIT
    assert outcome.entries == ()
    assert outcome.reason == "nobody answered anywhere for 60 min: our own network; tried again in minutes"


def test_while_the_network_is_away_a_feed_is_tried_now_and_then() -> None:
    assert room(Network(), 70, NOW) == (70, Network())
    away = after("a.org", "b.org", "c.org")
    began = away.tried_at
    assert began is not None
    assert room(away, 70, began + PROBE_EVERY - SECOND)[0] == 0
    tried = 0
    for second in range(1, 3601):
        allowed, away = room(away, 70, began + second * SECOND)
        tried += allowed
    assert tried == 120
    assert room(resumed(NOW), 70, NOW)[0] == 1, "at a start it is tried at once"
    assert room(resumed(NOW), 0, NOW)[0] == 0


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        *((FetchError(kind, "x"), True) for kind in ("dns", "connect", "timeout", "tls", "proxy")),
        *((FetchError(kind, "x"), False) for kind in ("size", "redirect", "protocol")),
        (AddressRefused("x"), False),
        (FeedError("x"), False),
        (WorkerError("timeout", "x"), False),
        *((Response(status, "https://a.org/"), True) for status in (502, 504, 511)),
        *((Response(status, "https://a.org/"), False) for status in (404, 410, 429, 500, 503)),
    ],
)
def test_which_failures_may_be_our_own(problem: MonitorError | Response, expected: bool) -> None:
    assert is_network(problem) is expected


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=200))
def test_an_answer_ends_any_outage_and_nothing_else_does(polls: list[tuple[int, bool]]) -> None:
    network = Network()
    for number, (share, answered) in enumerate(polls):
        before = network
        name = f"s{share}.org"
        if answered:
            network = heard(network, name)
            assert (network.is_away, network.silent, network.failed) == (False, {}, {})
            assert network.answered[-1] == name
        else:
            network = missed(network, feed(share, name), name, NOW + number * SECOND)
            assert network.is_away >= before.is_away
            assert network.is_away is (before.is_away or len(network.silent) >= network.needed)
        assert len(network.answered) == len(set(network.answered)) <= 80


def test_what_is_remembered_does_not_grow_with_the_number_of_feeds() -> None:
    network = Network()
    for number in range(3_000):
        network = missed(network, feed(number, "one.org", failures=0), "one.org", NOW)
    assert not network.is_away
    assert len(network.failed) == 1_000
    assert len(after(*shares(3_000, "+")).answered) == 80


def spread(count: int, away: timedelta, interval: timedelta | None) -> list[float]:
    return sorted((spread_after(n, interval, away, NOW) - NOW).total_seconds() for n in range(1, count + 1))


@pytest.mark.parametrize(
    ("away", "interval", "over"),
    [
        (10 * MINUTE, HOUR, 10 * MINUTE),
        (8 * HOUR, HOUR, 30 * MINUTE),
        (8 * HOUR, 5 * MINUTE, 5 * MINUTE),
        (8 * HOUR, None, 30 * MINUTE),
    ],
)
def test_feeds_that_waited_are_polled_spread_out(
    away: timedelta, interval: timedelta | None, over: timedelta
) -> None:
    times = spread(1_000, away, interval)
    assert times[0] >= 0
    assert times[-1] < over.total_seconds()
    tenths = [sum(low <= time / over.total_seconds() * 10 < low + 1 for time in times) for low in range(10)]
    assert all(80 <= tenth <= 120 for tenth in tenths), tenths


@given(st.integers(1, 2**40))
def test_a_feeds_place_is_its_own(feed_id: int) -> None:
    assert 0 <= phase(feed_id) < 1


def test_neighbours_have_places_far_apart() -> None:
    def gaps(places: Iterable[float]) -> list[float]:
        found = sorted(places)
        return [later - sooner for sooner, later in pairwise(found)]

    assert max(gaps(phase(number) for number in range(1, 101))) < 0.03
