"""When a feed is polled next: its own rate, the server's wishes, the operator's bounds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.due import NextPoll, PollFacts, PollingPolicy, back_off, next_due, phase
from monitor.collect.rhythm import Rhythm, load, rate_per_day
from monitor.model import Feed
from monitor.text import duration

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)  # a Saturday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
POLICY = PollingPolicy(spread=0.0)
FEED = Feed(1, "k", "https://news.example/rss")


def polled(
    gap: timedelta = 2 * HOUR, *, last: timedelta = HOUR, events: int = 200, **changes: object
) -> Feed:
    """A feed with an entry every `gap`, the last of them `last` ago, polled `last` ago too."""
    newest = (NOW - last).timestamp()
    rhythm = Rhythm(newest, max(newest - events * gap.total_seconds(), 0))
    rhythm = replace(
        rhythm,
        items=events,
        events=events,
        squares=events,
        time=events * gap.total_seconds(),
        parts=(events / 12,) * 12,
        days=(events / 7,) * 7,
        last=((gap.total_seconds(), 0.0),) * 12,
    )
    known = replace(FEED, good_at=NOW - last, new_at=NOW - last, baseline_at=NOW - 9 * DAY)
    return replace(known, rhythm=rhythm.dump(), **changes)  # type: ignore[arg-type]


def due_in(feed: Feed, facts: PollFacts, policy: PollingPolicy = POLICY, jitter: float = 0.0) -> timedelta:
    return next_due(feed, facts, policy, NOW, jitter).at - NOW


def after(feed: Feed, plan: NextPoll, now: datetime, new: int = 0) -> Feed:
    """The feed as `judge` leaves it."""
    return replace(
        feed,
        interval=plan.interval,
        rhythm=plan.rhythm,
        good_at=now,
        baseline_at=feed.baseline_at or now,
        new_at=now if new else feed.new_at,
    )


CALM = next_due(polled(), PollFacts(), POLICY, NOW, 0.0).interval


def about(expected: timedelta, share: float = 0.05) -> object:
    return pytest.approx(expected / MINUTE, rel=share)


# --- the feed's own rate ---------------------------------------------------------------------------


def test_a_feed_without_history_starts_modestly() -> None:
    plan = next_due(FEED, PollFacts(), POLICY, NOW, 0.0)
    assert (plan.interval, plan.at) == (15 * MINUTE, NOW + 15 * MINUTE)
    assert plan.reason == "every 15 min: its rate is not known yet"


@pytest.mark.parametrize(
    ("gap", "expected"),
    [(MINUTE, 5 * MINUTE), (50 * MINUTE, 10 * MINUTE), (200 * MINUTE, 20 * MINUTE), (9.37 * DAY, HOUR)],
)
def test_its_own_dates_tell_the_first_interval(gap: timedelta, expected: timedelta) -> None:
    published = tuple(NOW - n * gap for n in reversed(range(30)))
    assert due_in(FEED, PollFacts(published=published)) / MINUTE == about(expected, 0.1)


def test_dates_in_the_future_tell_nothing() -> None:
    published = tuple(NOW + n * MINUTE for n in range(1, 10))
    assert due_in(FEED, PollFacts(published=published)) == 15 * MINUTE


def test_the_interval_is_the_root_of_the_gap_and_the_price() -> None:
    assert due_in(polled(2 * HOUR), PollFacts()) / MINUTE == about((120 * 2) ** 0.5 * MINUTE)
    dear = replace(POLICY, tempo=8 * MINUTE)
    assert due_in(polled(2 * HOUR), PollFacts(), dear) / MINUTE == about((120 * 8) ** 0.5 * MINUTE)


def test_a_burst_is_not_a_rate() -> None:
    """Twenty at once count as five: five of the last hundred."""
    calm = due_in(polled(), PollFacts())
    burst = due_in(polled(), PollFacts(new=20))
    assert 0.95 * calm < burst < calm
    dated = due_in(polled(), PollFacts(new=20, appeared=(NOW - MINUTE,) * 20))
    assert 0.95 * calm < dated < calm


def test_bursts_that_are_the_habit_count_in_full() -> None:
    """Twenty at once every twenty hours are an entry an hour, and polled as such."""
    feed, now = FEED, NOW - 60 * DAY
    while now < NOW:
        new = 20 if int((now - NOW) / (20 * HOUR)) != int((now + HOUR - NOW) / (20 * HOUR)) else 0
        plan = next_due(feed, PollFacts(new=new, appeared=(now - MINUTE,) * new), POLICY, now, 0.0)
        feed, now = after(feed, plan, now, new), now + HOUR
    assert rate_per_day(feed.rhythm) == pytest.approx(24, rel=0.1)


def simulated(gap: timedelta, days: float, feed: Feed = FEED, start: datetime = NOW) -> list[timedelta]:
    """The intervals of a feed with an undated entry every `gap`."""
    now, last, intervals = start, start, []
    while now < start + days * DAY:
        brought = (now - last) // gap
        last += brought * gap
        plan = next_due(feed, PollFacts(new=brought), POLICY, now, 0.0)
        feed = after(feed, plan, now, brought)
        intervals.append(plan.interval)
        now = plan.at
    return intervals


def test_steady_feeds_settle_at_the_root_of_their_gap() -> None:
    intervals = simulated(2 * HOUR, 20)
    settled = intervals[len(intervals) // 2 :]
    mean = sum(settled, timedelta()) / len(settled)
    assert 14 * MINUTE < mean < 17 * MINUTE  # sqrt(120 * 2) is 15.5 minutes


def test_silence_makes_polls_rarer_up_to_the_bound() -> None:
    feed, now, last = polled(7 * MINUTE, last=timedelta()), NOW, 3 * MINUTE
    while now < NOW + 90 * DAY:
        plan = next_due(feed, PollFacts(), POLICY, now, 0.0)
        assert plan.interval >= last
        feed, now, last = after(feed, plan, now), plan.at, plan.interval
    # By then it is thought to speak every 30 to 90 days: the root of that and of two minutes.
    assert (43_200 * 2) ** 0.5 * MINUTE < last < (129_600 * 2) ** 0.5 * MINUTE
    bounded = replace(POLICY, max_interval=2 * HOUR)
    assert next_due(feed, PollFacts(), bounded, now, 0.0).interval == 2 * HOUR
    assert "nothing new for 90 d" in plan.reason


def test_one_quiet_hour_does_not_slow_a_busy_feed_down() -> None:
    assert due_in(polled(2 * HOUR, last=3 * HOUR), PollFacts()) < 16 * MINUTE


@pytest.mark.parametrize(("before", "then"), [(DAY, 30 * MINUTE), (30 * MINUTE, DAY)])
def test_a_feed_that_changes_its_character_is_known_anew_soon(before: timedelta, then: timedelta) -> None:
    """Within twenty of its new gaps, though hundreds of the old ones are remembered."""
    feed = polled(before, last=timedelta())
    settled = simulated(then, 20 * (then / DAY), feed)[-1]
    fresh = ((then / MINUTE) * 2) ** 0.5 * MINUTE
    assert fresh / 1.5 < settled < 1.5 * fresh


def test_nothing_scrolls_off_a_short_document() -> None:
    """A document of one entry is polled as often as may be, one of a hundred by its rate."""
    short = due_in(polled(12 * MINUTE), PollFacts(listed=1, document=True), replace(POLICY, tempo=HOUR))
    long = due_in(polled(12 * MINUTE, events=2000), PollFacts(listed=100), replace(POLICY, tempo=HOUR))
    assert short == POLICY.min_interval
    assert long / MINUTE == about((12 * 60) ** 0.5 * MINUTE)


def test_a_document_of_which_nothing_is_known_is_read_again_soon() -> None:
    feed = polled(DAY, last=4 * HOUR)
    assert due_in(feed, PollFacts(new=20, listed=20), replace(POLICY, tempo=DAY)) <= HOUR
    assert due_in(feed, PollFacts(new=19, listed=20), replace(POLICY, tempo=DAY)) > HOUR


def test_polls_are_spread() -> None:
    policy = PollingPolicy(spread=0.1)
    calm = due_in(polled(), PollFacts(), policy, 0.0)
    assert due_in(polled(), PollFacts(), policy, 0.5) / calm == pytest.approx(1.05)


@given(jitter=st.floats(0, 1, exclude_max=True))
def test_the_busiest_feeds_are_spread_a_little_only(jitter: float) -> None:
    """At the shortest interval every second of it is delay, of the most items."""
    wait = due_in(polled(MINUTE, last=timedelta()), PollFacts(), PollingPolicy(spread=0.1), jitter)
    assert wait / (5 * MINUTE) == pytest.approx(1 + 0.02 * jitter)


# --- relevance -------------------------------------------------------------------------------------


def test_feeds_are_polled_by_the_root_of_their_relevance() -> None:
    policy = replace(POLICY, usual_relevance=0.01)
    usual, four_times = (due_in(polled(relevance=share), PollFacts(), policy) for share in (0.01, 0.04))
    assert usual / four_times == pytest.approx(2)


@pytest.mark.parametrize("relevance", [None, float("nan"), -1.0])
def test_a_feed_of_unknown_relevance_is_a_usual_one(relevance: float | None) -> None:
    policy = replace(POLICY, usual_relevance=0.01)
    assert due_in(polled(relevance=relevance), PollFacts(), policy) == due_in(polled(), PollFacts())


def test_a_feed_that_never_matched_is_not_starved() -> None:
    policy = replace(POLICY, usual_relevance=0.01)
    never = due_in(polled(relevance=0.0), PollFacts(), policy)
    assert 3 < never / due_in(polled(), PollFacts()) < 3.2


# --- what servers ask for --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "expected", "why"),
    [
        (PollFacts(asked=2 * HOUR), 2 * HOUR, "the feed asks"),
        (PollFacts(fresh_for=3 * HOUR), 3 * HOUR, "the server asks"),
        (PollFacts(asked=2 * HOUR, fresh_for=3 * HOUR), 3 * HOUR, "the server asks"),
        (PollFacts(asked=MINUTE), CALM, "nothing new"),  # a floor, never a ceiling
        (PollFacts(asked=30 * DAY), DAY, "the feed asks"),  # but not beyond the operator's bound
        (PollFacts(retry_after=20 * HOUR), 20 * HOUR, "Retry-After"),
        (PollFacts(retry_after=90 * DAY), DAY, "Retry-After"),
        (PollFacts(retry_after=MINUTE), CALM, "nothing new"),
        (PollFacts(skip_hours=frozenset({12, 13})), 2 * HOUR, "not to be read before"),
        (PollFacts(skip_days=frozenset({5})), 12 * HOUR, "not to be read before"),
        (PollFacts(skip_days=frozenset({5, 6})), DAY, "not to be read before"),
        (PollFacts(skip_hours=frozenset(range(24))), CALM, "nothing new"),
        (PollFacts(skip_days=frozenset(range(7))), CALM, "nothing new"),
    ],
)
def test_floors(facts: PollFacts, expected: timedelta, why: str) -> None:
    plan = next_due(polled(), facts, POLICY, NOW, 0.0)
    assert plan.at - NOW == expected
    assert why in plan.reason


def test_floors_do_not_distort_the_interval() -> None:
    plan = next_due(polled(), PollFacts(asked=9 * HOUR, fresh_for=8 * HOUR), POLICY, NOW, 0.0)
    assert plan.interval == CALM


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        (PollFacts(asked=2 * HOUR), 2 * HOUR),
        (PollFacts(skip_hours=frozenset({12, 13})), 2 * HOUR),
        (PollFacts(skip_days=frozenset({5})), 12 * HOUR),
    ],
)
def test_what_a_document_asks_for_holds_until_the_next_document(wish: PollFacts, expected: timedelta) -> None:
    """A 304 brings no document: the last one still says how often, and when not, it wants to be read."""
    feed = after(polled(), next_due(polled(), wish, POLICY, NOW, 0.0), NOW - HOUR)
    assert due_in(feed, PollFacts(document=False)) == expected
    assert due_in(feed, PollFacts()) < 20 * MINUTE  # and a document that asks nothing takes it back


@pytest.mark.parametrize(
    "facts",
    [
        PollFacts(asked=2 * HOUR),
        PollFacts(fresh_for=2 * HOUR),
        PollFacts(retry_after=2 * HOUR),
        PollFacts(skip_hours=frozenset({12, 13})),
    ],
)
def test_those_who_wait_for_the_same_moment_do_not_come_together(facts: PollFacts) -> None:
    spread = {due_in(polled(), facts, PollingPolicy(), jitter / 10) for jitter in range(10)}
    assert len(spread) == 10
    assert 2 * HOUR == min(spread) < max(spread) <= 2.2 * HOUR


def test_feeds_change_their_pace_at_moments_of_their_own() -> None:
    assert len({phase(f"https://news.example/{n}") for n in range(100)}) == 100
    assert all(0 <= phase(key) < 1 for key in ("", "a", "\ud800"))


def test_retry_after_wins_over_the_longest_interval() -> None:
    policy = replace(POLICY, max_interval=HOUR)
    assert due_in(polled(), PollFacts(retry_after=5 * HOUR), policy) == 5 * HOUR


durations = st.timedeltas(min_value=timedelta(), max_value=timedelta(days=400))
dates = st.datetimes(timezones=st.just(UTC))
near = st.datetimes(datetime(2026, 11, 14), datetime(2026, 11, 28), timezones=st.just(UTC))  # noqa: DTZ001
rhythms = st.none() | st.lists(st.floats() | st.floats(0, 1e12) | st.just(1.0), max_size=60).map(tuple)


@st.composite
def all_facts(draw: st.DrawFn) -> PollFacts:
    some = st.none() | durations
    moments = st.lists(dates | near, max_size=30).map(tuple)
    return PollFacts(
        draw(st.integers(0, 5000)),
        draw(moments),
        draw(some),
        draw(some),
        draw(some),
        draw(st.frozensets(st.integers(0, 23))),
        draw(st.frozensets(st.integers(0, 6))),
        draw(moments),
        draw(st.integers(0, 10_000)),
        draw(st.booleans()),
    )


@st.composite
def any_feed(draw: st.DrawFn) -> Feed:
    """New, known, or with anything at all for a rhythm."""
    feed = draw(
        st.sampled_from([FEED, polled(), polled(MINUTE), polled(9 * DAY), polled(HOUR, last=40 * DAY)])
    )
    if draw(st.booleans()):
        feed = replace(feed, rhythm=draw(rhythms))
    elif feed.rhythm:  # a few values of it wrong
        wrong = draw(st.dictionaries(st.integers(1, len(feed.rhythm) - 1), st.floats(0, 1e11), max_size=3))
        feed = replace(feed, rhythm=tuple(wrong.get(n, value) for n, value in enumerate(feed.rhythm)))
    return replace(feed, relevance=draw(st.none() | st.floats()))


@given(
    feed=any_feed(),
    facts=all_facts(),
    tempo=st.timedeltas(timedelta(microseconds=1), timedelta(days=100_000)),
    jitter=st.floats(0, 1, exclude_max=True),
)
def test_due_times_keep_to_the_bounds(feed: Feed, facts: PollFacts, tempo: timedelta, jitter: float) -> None:
    policy = PollingPolicy(tempo=tempo, usual_relevance=0.01)
    plan = next_due(feed, facts, policy, NOW, jitter)
    assert policy.min_interval <= plan.interval <= policy.max_interval
    assert plan.at - NOW >= policy.min_interval
    assert plan.at - NOW <= max(policy.max_interval, DAY)
    assert plan.at.utcoffset() == timedelta()
    if facts.retry_after:
        assert plan.at - NOW >= min(facts.retry_after, DAY)
    for floor in (facts.fresh_for, facts.asked if facts.document else None):
        if floor:
            assert plan.at - NOW >= policy.clamp(floor)
    assert plan.reason and "\n" not in plan.reason
    assert load(plan.rhythm) is not None


@given(feed=any_feed(), facts=all_facts())
def test_what_servers_ask_for_never_changes_what_is_known_of_a_feed(feed: Feed, facts: PollFacts) -> None:
    silent = replace(facts, retry_after=None, fresh_for=None)
    asked, plain = next_due(feed, facts, POLICY, NOW, 0.0), next_due(feed, silent, POLICY, NOW, 0.0)
    assert (asked.rhythm, asked.interval) == (plain.rhythm, plain.interval)
    assert asked.at >= plain.at


@given(gaps=st.tuples(durations, durations).map(sorted), last=st.timedeltas(timedelta(), MINUTE))
def test_a_busier_feed_is_never_polled_more_rarely(gaps: list[timedelta], last: timedelta) -> None:
    busy, calm = (due_in(polled(max(gap, MINUTE), last=last), PollFacts()) for gap in gaps)
    assert busy <= calm + timedelta(seconds=1)


# --- failures --------------------------------------------------------------------------------------


def test_failures_back_off_to_a_day_and_never_stop() -> None:
    feed = polled(interval=15 * MINUTE)
    waits = [back_off(feed, n, POLICY, NOW, 0.5)[0] - NOW for n in (1, 2, 3, 4, 7, 8, 50, 5_000)]
    assert waits == [15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 16 * HOUR, DAY, DAY, DAY]


def test_back_off_says_why() -> None:
    assert back_off(polled(interval=15 * MINUTE), 1, POLICY, NOW, 0.5)[1] == "in 15 min: it failed"
    assert (
        back_off(polled(interval=15 * MINUTE), 3, POLICY, NOW, 0.5)[1] == "in 60 min: failed 3 times in a row"
    )


def test_back_off_is_spread_by_a_quarter() -> None:
    feed = polled(interval=HOUR)
    assert back_off(feed, 1, POLICY, NOW, 0.0)[0] - NOW == 45 * MINUTE
    assert HOUR < back_off(feed, 1, POLICY, NOW, 0.999)[0] - NOW < 75 * MINUTE


@pytest.mark.parametrize(("asked", "wait"), [(MINUTE, 15 * MINUTE), (5 * HOUR, 5 * HOUR), (90 * DAY, DAY)])
def test_retry_after_is_a_floor_for_failures(asked: timedelta, wait: timedelta) -> None:
    assert back_off(polled(interval=15 * MINUTE), 1, POLICY, NOW, 0.5, asked)[0] - NOW == wait


@given(failures=st.integers(1, 10_000), jitter=st.floats(0, 1, exclude_max=True), interval=durations)
def test_back_off_keeps_to_the_bounds(failures: int, jitter: float, interval: timedelta) -> None:
    wait = back_off(polled(interval=interval), failures, POLICY, NOW, jitter)[0] - NOW
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
