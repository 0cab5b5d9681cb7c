"""How a feed does: tables of rows, and silences beside simulated rhythms."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.collect import rhythm
from monitor.collect.health import State, advice, health, pace, quiet_since, worth_telling
from monitor.model import Feed

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)  # a Friday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WEEK = 7 * DAY
URL = "https://news.example.org/rss"
WELL = Feed(1, URL, URL, baseline_at=NOW - 90 * DAY, good_at=NOW, polled_at=NOW, new_at=NOW, interval=HOUR)
FAILING = replace(
    WELL, failures=9, failing_since=NOW - 30 * HOUR, error="x", error_kind="dns", good_at=NOW - 31 * HOUR
)


def known(times: Sequence[datetime], since: datetime | None = None) -> Feed:
    """A feed that published at these times, as its dates tell."""
    found = rhythm.begun(times[-1].timestamp(), [moment.timestamp() for moment in times], 0.0)
    if since is not None:
        found = replace(found, since=since.timestamp())
    return replace(WELL, rhythm=found.dump(), new_at=times[-1] + 5 * MINUTE, baseline_at=times[0])


def poisson(
    rate: Callable[[datetime], float], begin: datetime, end: datetime, seed: int = 1
) -> Iterator[datetime]:
    """Moments at which something comes, by a rate a day that changes with the time (thinning)."""
    chance = random.Random(seed)
    most = max(rate(begin + hour * HOUR) for hour in range(24 * 7))
    moment = begin
    while (moment := moment + chance.expovariate(most) * DAY) < end:
        if chance.random() * most < rate(moment):
            yield moment


def steadily(rate: float) -> Callable[[datetime], float]:
    return lambda _: rate


def on_weekdays(rate: float) -> Callable[[datetime], float]:
    return lambda moment: rate * 24 / 10 if moment.weekday() < 5 and 7 <= moment.hour < 17 else 0.0


# --- states ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "state", "since", "why"),
    [
        ({}, State.OK, None, ""),
        ({"good_at": None, "polled_at": None}, State.NEW, None, "not read yet"),
        (
            {"failures": 1, "failing_since": NOW, "error": "no feed", "good_at": None},
            State.FAILING,
            NOW,
            "no feed",
        ),
        ({"retired_at": NOW, "retired_why": "removed by command"}, State.RETIRED, NOW, "removed by command"),
        (
            {"retired_at": NOW, "retired_why": "gone (410)", "error_kind": "gone", "failures": 1},
            State.GONE,
            NOW,
            "gone (410)",
        ),
        ({"quiet_since": NOW - 3 * DAY}, State.QUIET, NOW - 3 * DAY, "nothing new for 3 d"),
        ({"quiet_since": NOW - 3 * DAY, "failures": 1, "failing_since": NOW}, State.FAILING, NOW, ""),
    ],
)
def test_a_feed_has_one_state(
    changes: dict[str, object], state: State, since: datetime | None, why: str
) -> None:
    found = health(replace(WELL, **changes))  # type: ignore[arg-type]
    assert (found.state, found.since, found.why) == (state, since, why)


def test_the_delay_is_half_the_distance_of_polls() -> None:
    assert health(WELL).delay == HOUR / 2
    assert health(replace(WELL, interval=None)).delay is None
    assert health(replace(WELL, retired_at=NOW)).delay is None
    assert health(FAILING).delay is None


@pytest.mark.parametrize(
    ("rate", "words"),
    [(480, "480 a day"), (1, "1 a day"), (0.9, "6 a week"), (1 / 7, "1 a week"), (0.05, "one in 20 days")],
)
def test_a_rate_in_words(rate: float, words: str) -> None:
    assert pace(rate) == words


# --- quiet -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rate", "silence", "quiet"),
    [
        (5.0, 3 * DAY, True),
        (5.0, DAY, False),
        (50.0, 23 * HOUR, False),  # a day at least
        (50.0, 25 * HOUR, True),
        (1.0, 5 * DAY, False),
        (1.0, 30 * DAY, True),
        (1 / 7, 40 * DAY, False),  # a weekly feed on holiday
    ],
)
def test_silence_is_held_against_a_feeds_own_rate(rate: float, silence: timedelta, quiet: bool) -> None:
    last = NOW - silence
    feed = known([*poisson(steadily(rate), last - 80 * DAY, last), last])
    assert quiet_since(feed, NOW) == (feed.new_at if quiet else None)


def test_a_weekend_is_no_silence_where_weekends_bring_nothing() -> None:
    """From Friday evening to Monday morning, and over a long weekend too."""
    friday = datetime(2026, 11, 20, 16, 50, tzinfo=UTC)
    feed = known([*poisson(on_weekdays(30), friday - 10 * WEEK, friday), friday])
    for hours in range(24, 64):  # until Monday at eight
        assert quiet_since(feed, friday + hours * HOUR) is None, hours
    assert quiet_since(feed, friday + 5 * DAY) == feed.new_at, "but on Wednesday it is one"


def test_a_feed_with_little_history_is_never_quiet() -> None:
    friday = datetime(2026, 11, 20, 16, 50, tzinfo=UTC)
    new = known([*poisson(on_weekdays(30), friday - 2 * DAY, friday), friday])
    for days in (1, 2, 3, 18):
        assert quiet_since(new, friday + days * DAY) is None
    rare = known([NOW - (200 - 20 * n) * DAY for n in range(5)], NOW - 200 * DAY)
    assert quiet_since(rare, NOW + 365 * DAY) is None
    assert quiet_since(replace(WELL, rhythm=None, new_at=None), NOW + 365 * DAY) is None


def test_a_feed_that_publishes_in_fits_is_not_quiet_between_them() -> None:
    """Twenty items on one day of a fortnight: their number says nothing of the pause."""
    times = [NOW - (12 - fit) * 2 * WEEK + n * 40 * MINUTE for fit in range(12) for n in range(6)]
    feed = known(times)
    assert feed.new_at is not None
    for days in range(1, 15):
        assert quiet_since(feed, feed.new_at + days * DAY) is None, days


@settings(deadline=None)  # two months of a feed take a while
@given(st.floats(0.1, 4), st.integers(0, 10_000))
def test_a_steady_feed_is_hardly_ever_taken_for_quiet(rate: float, seed: int) -> None:
    times = list(poisson(steadily(rate), NOW - 60 * DAY, NOW, seed))
    if len(times) < 3:
        return
    feed = known(times)
    # Seven gaps, by what it happened to bring in the sixty days: one of a thousand pauses is as long.
    following = times[-1] + timedelta(days=min(7 * 60 / len(times), 30))
    assert quiet_since(feed, following) is None


def test_what_was_not_polled_was_not_silent() -> None:
    """A monitor that stood still for a month: its first poll brings what came, so nothing is quiet."""
    last = NOW - 30 * DAY
    feed = known([*poisson(steadily(5), last - 80 * DAY, last), last])
    came = rhythm.observed(rhythm.load(feed.rhythm), last.timestamp(), NOW.timestamp(), 20, [], 0.0)  # type: ignore[arg-type]
    assert quiet_since(replace(feed, rhythm=came.dump(), new_at=NOW), NOW) is None


# --- who is told -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, True),
        ({"failures": 2}, False),
        ({"failing_since": NOW - 23 * HOUR}, False),
        ({"interval": 12 * HOUR}, False),  # polled twice a day: a day and a half
        ({"interval": 12 * HOUR, "failing_since": NOW - 37 * HOUR}, True),
        ({"polled_at": NOW - 20 * HOUR}, False),  # stood still since: it failed for ten hours that were seen
        ({"failing_since": None}, False),
        ({"retired_at": NOW}, False),
        ({"retired_at": NOW, "error_kind": "gone", "failures": 1}, True),
    ],
)
def test_a_feed_is_told_of_that_fails_for_long(changes: dict[str, object], told: bool) -> None:
    assert worth_telling(replace(FAILING, **changes)) is told  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rate", "hours", "told"), [(50, 5, False), (50, 7, True), (30, 7, False), (30, 9, True)]
)
def test_a_busy_feed_is_missed_sooner(rate: float, hours: int, told: bool) -> None:
    """Ten items' time, but six hours at least."""
    last = NOW - hours * HOUR
    feed = known([*poisson(steadily(rate), last - 80 * DAY, last), last])
    failing = replace(feed, failures=5, failing_since=last, polled_at=NOW, error_kind="answer")
    assert worth_telling(failing) is told


def test_a_quiet_feed_is_told_of_and_one_that_is_well_is_not() -> None:
    assert worth_telling(replace(WELL, quiet_since=NOW - WEEK))
    assert not worth_telling(WELL)


@pytest.mark.parametrize(
    "kind", ["dns", "connect", "timeout", "tls", "proxy", "feed", "worker", "answer", None]
)
def test_what_to_do_is_one_line(kind: str | None) -> None:
    assert "\n" not in advice(replace(FAILING, error_kind=kind)) != ""


@pytest.mark.parametrize(("status", "said"), [(401, True), (403, True), (404, False), (500, False)])
def test_a_feed_that_lets_us_in_no_more_is_a_matter_of_its_access(status: int, said: bool) -> None:
    failing = replace(FAILING, error_kind="answer", error=f"https://wire.example/rss answered ({status})")
    assert ("password" in advice(failing)) is said
