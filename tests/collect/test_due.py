"""When a feed is polled next: its own rate, the server's wishes, the operator's bounds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.due import PollFacts, PollingPolicy, back_off, next_due
from monitor.model import Feed
from monitor.text import duration

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)  # a Saturday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
POLICY = PollingPolicy(spread=0.0)
FEED = Feed(1, "k", "https://news.example/rss")


def polled(interval: timedelta, *, new: timedelta = DAY, good: timedelta | None = None) -> Feed:
    """A feed polled `good` ago (default: its interval) whose last new entry came `new` ago."""
    good = good or interval
    return replace(FEED, interval=interval, good_at=NOW - good, new_at=NOW - new, baseline_at=NOW - 9 * DAY)


def due_in(feed: Feed, facts: PollFacts, policy: PollingPolicy = POLICY, jitter: float = 0.0) -> timedelta:
    return next_due(feed, facts, policy, NOW, jitter)[1] - NOW


# --- the feed's own rate ---------------------------------------------------------------------------


def test_a_feed_without_history_starts_modestly() -> None:
    interval, due_at, reason = next_due(FEED, PollFacts(), POLICY, NOW, 0.0)
    assert (interval, due_at) == (15 * MINUTE, NOW + 15 * MINUTE)
    assert reason == "every 15 min: its rate is not known yet"


@pytest.mark.parametrize(
    ("gap", "expected"),
    [(MINUTE, 5 * MINUTE), (50 * MINUTE, 10 * MINUTE), (200 * MINUTE, 20 * MINUTE), (9 * DAY, HOUR)],
)
def test_its_own_dates_tell_the_first_interval(gap: timedelta, expected: timedelta) -> None:
    published = tuple(NOW - n * gap for n in reversed(range(10)))
    assert due_in(FEED, PollFacts(published=published)) == expected


def test_dates_in_the_future_tell_nothing() -> None:
    published = tuple(NOW + n * MINUTE for n in range(1, 10))
    assert due_in(FEED, PollFacts(published=published)) == 15 * MINUTE


def test_a_burst_moves_the_interval_by_a_quarter_of_the_way() -> None:
    # Six new entries in 75 minutes: a gap of 12.5 minutes, so 5 minutes between polls (sqrt(12.5 * 2));
    # on the way from 80 minutes to 5, in logarithms, a quarter is 40.
    assert due_in(polled(80 * MINUTE, new=75 * MINUTE), PollFacts(new=6)) == 40 * MINUTE


def test_steady_feeds_settle_at_the_root_of_their_gap() -> None:
    now, feed, last_new, brought = NOW, polled(15 * MINUTE), NOW, 0
    intervals = []
    while now < NOW + 20 * DAY:
        brought = (now - last_new) // (2 * HOUR)
        last_new += brought * 2 * HOUR
        interval, due_at, _ = next_due(feed, PollFacts(new=brought), POLICY, now, 0.0)
        feed = replace(feed, interval=interval, good_at=now, new_at=now if brought else feed.new_at)
        intervals.append(interval)
        now = due_at
    settled = intervals[len(intervals) // 2 :]
    mean = sum(settled, timedelta()) / len(settled)
    assert 14 * MINUTE < mean < 17 * MINUTE  # sqrt(120 * 2) is 15.5 minutes


def test_silence_makes_polls_rarer_up_to_the_bound() -> None:
    feed, now = polled(15 * MINUTE, new=timedelta()), NOW
    last = feed.interval
    while now < NOW + 90 * DAY:
        interval, now, reason = next_due(feed, PollFacts(), POLICY, now, 0.0)
        assert last is not None and interval >= last
        feed, last = replace(feed, interval=interval, good_at=now), interval
    assert 4.5 * HOUR < interval < 5 * HOUR  # sqrt(90 days / 3 * 2 minutes)
    assert due_in(feed, PollFacts(), replace(POLICY, max_interval=2 * HOUR)) == 2 * HOUR
    assert "nothing new for" in reason


def test_one_quiet_hour_does_not_slow_a_busy_feed_down() -> None:
    assert due_in(polled(15 * MINUTE, new=HOUR), PollFacts()) == 15 * MINUTE


def test_polls_are_spread() -> None:
    policy = PollingPolicy(spread=0.1)
    assert due_in(polled(HOUR, new=HOUR), PollFacts(), policy, 0.0) == HOUR
    assert due_in(polled(HOUR, new=HOUR), PollFacts(), policy, 0.5) == HOUR + 3 * MINUTE


# --- what servers ask for --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "expected", "why"),
    [
        (PollFacts(asked=2 * HOUR), 2 * HOUR, "the feed asks"),
        (PollFacts(fresh_for=3 * HOUR), 3 * HOUR, "the server asks"),
        (PollFacts(asked=2 * HOUR, fresh_for=3 * HOUR), 3 * HOUR, "the server asks"),
        (PollFacts(asked=MINUTE), 15 * MINUTE, "nothing new"),  # a floor, never a ceiling
        (PollFacts(asked=30 * DAY), DAY, "the feed asks"),  # but not beyond the operator's bound
        (PollFacts(retry_after=20 * HOUR), 20 * HOUR, "Retry-After"),
        (PollFacts(retry_after=90 * DAY), DAY, "Retry-After"),
        (PollFacts(retry_after=MINUTE), 15 * MINUTE, "nothing new"),
        (PollFacts(skip_hours=frozenset({12, 13})), 2 * HOUR, "not to be read before"),
        (PollFacts(skip_days=frozenset({5})), 12 * HOUR, "not to be read before"),
        (PollFacts(skip_days=frozenset({5, 6})), DAY, "not to be read before"),
        (PollFacts(skip_hours=frozenset(range(24))), 15 * MINUTE, "nothing new"),
        (PollFacts(skip_days=frozenset(range(7))), 15 * MINUTE, "nothing new"),
    ],
)
def test_floors(facts: PollFacts, expected: timedelta, why: str) -> None:
    _, due_at, reason = next_due(polled(15 * MINUTE, new=HOUR), facts, POLICY, NOW, 0.0)
    assert due_at - NOW == expected
    assert why in reason


def test_floors_do_not_distort_the_interval() -> None:
    interval, _, _ = next_due(polled(15 * MINUTE, new=HOUR), PollFacts(asked=9 * HOUR), POLICY, NOW, 0.0)
    assert interval == 15 * MINUTE


def test_retry_after_wins_over_the_longest_interval() -> None:
    policy = replace(POLICY, max_interval=HOUR)
    assert due_in(polled(15 * MINUTE), PollFacts(retry_after=5 * HOUR), policy) == 5 * HOUR


durations = st.timedeltas(min_value=timedelta(), max_value=timedelta(days=400))


@given(
    interval=durations,
    silence=durations,
    new=st.integers(0, 5000),
    asked=st.none() | durations,
    fresh=st.none() | durations,
    retry=st.none() | durations,
    hours=st.frozensets(st.integers(0, 23)),
    days=st.frozensets(st.integers(0, 6)),
    jitter=st.floats(0, 1, exclude_max=True),
)
def test_due_times_keep_to_the_bounds(
    interval: timedelta,
    silence: timedelta,
    new: int,
    asked: timedelta | None,
    fresh: timedelta | None,
    retry: timedelta | None,
    hours: frozenset[int],
    days: frozenset[int],
    jitter: float,
) -> None:
    policy = PollingPolicy()
    facts = PollFacts(new, (), retry, fresh, asked, hours, days)
    feed = polled(interval, new=silence, good=min(silence, interval))
    kept, due_at, reason = next_due(feed, facts, policy, NOW, jitter)
    assert policy.min_interval <= kept <= policy.max_interval
    assert due_at - NOW >= policy.min_interval
    assert due_at - NOW <= max(policy.max_interval, DAY)
    if retry:
        assert due_at - NOW >= min(retry, DAY)
    assert reason and "\n" not in reason


# --- failures --------------------------------------------------------------------------------------


def test_failures_back_off_to_a_day_and_never_stop() -> None:
    feed = polled(15 * MINUTE)
    waits = [back_off(feed, n, POLICY, NOW, 0.5)[0] - NOW for n in (1, 2, 3, 4, 7, 8, 50, 5_000)]
    assert waits == [15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 16 * HOUR, DAY, DAY, DAY]


def test_back_off_says_why() -> None:
    assert back_off(polled(15 * MINUTE), 1, POLICY, NOW, 0.5)[1] == "in 15 min: it failed"
    assert back_off(polled(15 * MINUTE), 3, POLICY, NOW, 0.5)[1] == "in 60 min: failed 3 times in a row"


def test_back_off_is_spread_by_a_quarter() -> None:
    feed = polled(HOUR)
    assert back_off(feed, 1, POLICY, NOW, 0.0)[0] - NOW == 45 * MINUTE
    assert HOUR < back_off(feed, 1, POLICY, NOW, 0.999)[0] - NOW < 75 * MINUTE


@pytest.mark.parametrize(("asked", "wait"), [(MINUTE, 15 * MINUTE), (5 * HOUR, 5 * HOUR), (90 * DAY, DAY)])
def test_retry_after_is_a_floor_for_failures(asked: timedelta, wait: timedelta) -> None:
    assert back_off(polled(15 * MINUTE), 1, POLICY, NOW, 0.5, asked)[0] - NOW == wait


@given(failures=st.integers(1, 10_000), jitter=st.floats(0, 1, exclude_max=True), interval=durations)
def test_back_off_keeps_to_the_bounds(failures: int, jitter: float, interval: timedelta) -> None:
    wait = back_off(polled(interval), failures, POLICY, NOW, jitter)[0] - NOW
    assert POLICY.min_interval <= wait <= DAY


@pytest.mark.parametrize(
    ("interval", "said"),
    [
        (timedelta(seconds=5), "5 s"),
        (12 * MINUTE, "12 min"),
        (3 * HOUR, "3 h"),
        (9 * DAY, "9 d"),
        (-HOUR, "0 s"),
    ],
)
def test_durations_in_words(interval: timedelta, said: str) -> None:
    assert duration(interval) == said
