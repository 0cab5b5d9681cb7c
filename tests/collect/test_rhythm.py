"""What is known of a feed's rate, day and minutes, and that it is kept and read back."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.clockwork import NO_CLOCK, clock
from monitor.collect.moment import Why, moment, room_of
from monitor.collect.profile import DAY, PART, Profile, profile
from monitor.collect.rhythm import Document, Rhythm, begun, load, observed, rate_per_day

HOUR = 3600.0
MONDAY = 1_767_571_200.0  # 2026-01-05, 00:00
FLAT = Profile()


def fed(times: list[float], shift: float = 0.0) -> Rhythm:
    """A feed whose items came, dated, at these times, polled right after each."""
    rhythm = Rhythm(times[0], times[0])
    for time in times[1:]:
        rhythm = observed(rhythm, rhythm.at, time + 1, 1, [time], shift)
    return rhythm


# --- the rate --------------------------------------------------------------------------------------


@pytest.mark.parametrize("gap", [600.0, 7 * HOUR, 3.3 * DAY])
def test_the_rate_of_a_steady_feed(gap: float) -> None:
    times = [MONDAY + n * gap for n in range(200)]
    assert fed(times).rate(times[-1], FLAT) == pytest.approx(1 / gap, rel=0.1)
    assert rate_per_day(fed(times).dump()) == pytest.approx(DAY / gap, rel=0.02)


def test_dates_of_the_first_document_tell_what_polls_would_have() -> None:
    times = [MONDAY + n * 5.1 * HOUR for n in range(20)]
    assert begun(times[-1], times[::-1], 0.0).rate(times[-1], FLAT) == fed(times).rate(times[-1], FLAT)


@pytest.mark.parametrize(
    "dates", [[], [MONDAY], [MONDAY, MONDAY - HOUR], [MONDAY + DAY] * 9, [-6e10, 2e11, 0.0]]
)
def test_too_few_dates_tell_nothing(dates: list[float]) -> None:
    assert begun(MONDAY, dates, 0.0) == Rhythm(MONDAY, MONDAY)


def test_an_entry_dated_before_the_last_poll_came_at_an_unknown_time() -> None:
    before, now = MONDAY, MONDAY + 4 * HOUR
    for dates in ([], [MONDAY - DAY], [now + DAY]):
        found = observed(Rhythm(before, before), before, now, 1, dates, 0.0)
        assert (found.at, found.last) == (MONDAY + 2 * HOUR, ((2 * HOUR, 0.0),))
    found = observed(Rhythm(before, before), before, now, 1, [MONDAY + HOUR], 0.0)
    assert (found.at, found.last) == (MONDAY + HOUR, ((HOUR, MONDAY + HOUR),))


def test_a_silence_is_counted_though_nothing_was_written_down() -> None:
    rhythm = fed([MONDAY + n * HOUR for n in range(100)])
    rates = [
        rhythm.rate(rhythm.at + silent, FLAT) for silent in (0.0, HOUR, 5 * HOUR, DAY, 9 * DAY, 99 * DAY)
    ]
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] < 3 / (99 * DAY)
    assert rhythm.highest_rate(rhythm.at + DAY, FLAT) > 0.6 / HOUR  # it may come back


def usual(gap: float = 660.0, listed: float = 20.0) -> Rhythm:
    """A feed with an item every eleven minutes, in a document of twenty."""
    known = fed([MONDAY + n * gap for n in range(150)])
    return replace(known, document=Document(listed))


@pytest.mark.parametrize(("every", "listed"), [(30.0, 20), (60.0, 20), (90.0, 20), (60.0, 200)])
def test_one_poll_tells_that_a_feed_became_many_times_as_busy(every: float, listed: int) -> None:
    """Though its items come so close together that the gaps between clumps of them show little of it."""
    before = usual(listed=listed)
    now = before.at + 1320
    came = [now - n * every for n in range(1, int(1320 / every))][:listed]
    found = observed(before, before.at, now, len(came), came, 0.0)
    assert 2.5 * before.rate(before.at, FLAT) < found.rate(now, FLAT) < 1.2 / every


@given(st.lists(st.floats(0, 119), min_size=1, max_size=99), st.floats(120, DAY))
def test_what_is_released_at_once_is_never_a_busier_feed(offsets: list[float], waited: float) -> None:
    before = usual()
    now = before.at + waited
    came = [now - 119 + offset for offset in offsets]
    found = observed(before, before.at, now, len(came), came, 0.0)
    assert found.rate(now, FLAT) < 1.06 * before.rate(before.at, FLAT)


@pytest.mark.parametrize("count", [1, 4, 6, 8])
def test_a_few_more_than_usual_are_chance(count: int) -> None:
    """Two are to be expected in these 22 minutes; eight or more come once in 900 polls."""
    before = usual()
    now = before.at + 1320
    came = [before.at + 1320 / count * n for n in range(1, count + 1)]
    found = observed(before, before.at, now, count, came, 0.0)
    assert found.rate(now, FLAT) < 1.1 * before.rate(before.at, FLAT)


@given(st.lists(st.floats(0, 3 * DAY), min_size=1, max_size=60), st.integers(0, 30))
def test_what_a_poll_finds_never_makes_a_feed_busier_than_its_items_are(
    offsets: list[float], listed: int
) -> None:
    before = usual(listed=listed)
    now = before.at + 3 * DAY
    came = sorted(before.at + offset for offset in offsets)
    found = observed(before, before.at, now, len(came), came, 0.0)
    shown = now - came[0] if len(came) >= listed else 3 * DAY
    busiest = max(before.rate(before.at, FLAT), (len(came) + 1) / max(shown, 60.0))
    assert found.rate(now, FLAT) <= 1.06 * busiest


@pytest.mark.parametrize("rhythm", [None, (), (1.0,) * 5, Rhythm(MONDAY, MONDAY).dump()])
def test_no_rate_is_shown_before_there_is_one(rhythm: tuple[float, ...] | None) -> None:
    assert rate_per_day(rhythm) is None


# --- the day and the week --------------------------------------------------------------------------


def workdays(weeks: int) -> list[float]:
    """Twelve items each working day, from 08:00 to 14:00."""
    days = [MONDAY + day * DAY for day in range(7 * weeks) if day % 7 < 5]
    return [
        day + 8 * HOUR + n * HOUR / 2 + (977 * n + day // DAY * 331) % 1500 for day in days for n in range(12)
    ]


def test_the_hours_and_days_of_a_feed_are_learned() -> None:
    rhythm = fed(workdays(6))
    found = rhythm.profile(0.0)
    noon, night = MONDAY + 11 * HOUR, MONDAY + 3 * HOUR
    assert found.at(noon) > 3
    assert found.at(night) < 0.2
    assert found.at(noon + 5 * DAY) < 0.3 * found.at(noon)


def test_a_night_is_no_silence() -> None:
    rhythm = fed(workdays(6)[:-24])  # until Wednesday, 13:30
    day, next_day = rhythm.profile(0.0), rhythm.at + 18 * HOUR
    assert rhythm.rate(next_day, day) == pytest.approx(rhythm.rate(rhythm.at, day), rel=0.1)
    assert rhythm.rate(next_day, FLAT) < 0.95 * rhythm.rate(rhythm.at, FLAT)


def test_polls_are_dense_by_day_and_come_at_once_when_the_day_ends() -> None:
    rhythm = fed(workdays(6))
    monday = MONDAY + 42 * DAY
    waits = {
        hour: moment(rhythm, monday + hour * HOUR, 0.0, 600.0, monday, monday + 9 * DAY)[0] / HOUR
        - monday / HOUR
        for hour in (0, 10, 13.9, 16)
    }
    assert waits[10] - 10 < 0.6
    assert waits[0] > 4  # nothing before the morning
    assert 13.9 < waits[13.9] <= 14.2  # what came before two is found at two
    assert waits[16] > 24


def test_what_few_items_show_is_chance() -> None:
    parts = [3.0, 1, 2, 0, 1, 4, 2, 1, 0, 2, 3, 1]
    assert profile(parts, [4.0, 2, 3, 3, 2, 3, 3], 1.0, 90 * DAY, 0.0).is_flat
    assert not profile([20 * count for count in parts], [3.0] * 7, 1.0, 90 * DAY, 0.0).is_flat
    assert profile([20 * count for count in parts], [3.0] * 7, 99.0, 90 * DAY, 0.0).is_flat  # bursts
    assert profile([20 * count for count in parts], [3.0] * 7, 1.0, DAY, 0.0).is_flat  # a day is no rule


@given(
    parts=st.lists(st.floats(0, 1e6), min_size=12, max_size=12),
    days=st.lists(st.floats(0, 1e6), min_size=7, max_size=7),
    begin=st.floats(0, 4e9),
    length=st.floats(0, 9 * DAY),
    shift=st.floats(0, PART),
)
def test_a_profile_is_a_factor_of_mean_one_over_all_of_the_time(
    parts: list[float], days: list[float], begin: float, length: float, shift: float
) -> None:
    found = profile(parts, days, 1.0, 99 * DAY, shift)
    for factors in (found.parts, found.days):
        assert factors is None or math.fsum(factors) / len(factors) == pytest.approx(1)
        assert factors is None or min(factors) > 0
    pieces = list(found.pieces(begin, begin + length))
    assert math.fsum(end - start for start, end, _ in pieces) == pytest.approx(length, abs=1e-3)
    felt = math.fsum((end - start) * factor for start, end, factor in pieces)
    assert found.elapsed(begin, begin + length) == pytest.approx(felt, rel=1e-6, abs=1e-2)
    assert 0 < found.evenness <= 1 + 1e-9


# --- what a document holds --------------------------------------------------------------------------


def holding(listed: int, at_once: float) -> Rhythm:
    """A feed with a hundred events, a day apart, each of so many items."""
    known = Rhythm(MONDAY, MONDAY, items=100 * at_once, events=100, squares=100 * at_once**2, time=100 * DAY)
    return replace(known, document=Document(listed))


@pytest.mark.parametrize(("listed", "at_once"), [(20, 1), (20, 2), (100, 1), (100, 10), (1000, 50)])
def test_as_many_may_wait_as_leave_room_for_chance(listed: int, at_once: int) -> None:
    """6.5 standard deviations below what the document holds, of a variance of `at_once` times the mean."""
    room = room_of(holding(listed, at_once))
    assert room + 6.5 * (at_once * room) ** 0.5 == pytest.approx(listed, rel=0.01)


@pytest.mark.parametrize(
    ("listed", "at_once", "room"), [(0, 1, float("inf")), (1, 1, 1 / 12), (12, 9, 1.0), (24, 24, 2.0)]
)
def test_a_document_too_short_for_that_is_read_when_a_twelfth_is_new(
    listed: int, at_once: int, room: float
) -> None:
    assert room_of(holding(listed, at_once)) == pytest.approx(room)


@given(st.integers(1, 5000), st.floats(1, 50), st.floats(1, 50))
def test_the_more_comes_at_once_the_less_may_wait(listed: int, one: float, other: float) -> None:
    more, less = (room_of(holding(listed, size)) for size in (max(one, other), min(one, other)))
    assert listed / 12 <= more + 1e-9
    assert more <= less + 1e-9
    assert less < listed


# --- the clock -------------------------------------------------------------------------------------


@pytest.mark.parametrize("period", [1800.0, 3600.0, DAY])
def test_fixed_minutes_are_found_and_polled_right_after(period: float) -> None:
    published = [MONDAY + 7 * 60 + n * period + (n % 3) * 20 for n in range(60)]
    rhythm = fed(published)
    assert rhythm.clock.period == period
    now = published[-1] + 120
    slot = rhythm.clock.slot_after(now)
    assert 0 < slot - (published[-1] + period) < 120
    assert moment(rhythm, now, 0.0, period / 4, now + 300, slot + 60) == (slot, Why.CLOCK)
    # Cheaper, it looks in between too: a feed may change its minutes.
    assert moment(rhythm, now, 0.0, period / 100, now + 300, slot + 60)[0] < slot


def test_a_busy_hour_is_no_clock() -> None:
    """All within forty minutes of a day, but of one day."""
    assert clock([MONDAY + n * 200.0 for n in range(12)]) == NO_CLOCK


def test_publications_whose_time_is_unknown_are_not_by_the_clock() -> None:
    times = [MONDAY + n * HOUR for n in range(12)]
    assert clock(times).period
    assert clock([0.0, 0.0, 0.0, *times[3:]]) == NO_CLOCK
    assert clock(times[:7]) == NO_CLOCK


@given(st.lists(st.floats(1e9, 1e9 + 30 * DAY), min_size=12, max_size=12))
def test_a_slot_comes_after_and_within_a_period(times: list[float]) -> None:
    found = clock([time - time % HOUR for time in times])
    if found.period:
        assert 0 < found.slot_after(2e9) - 2e9 <= found.period + 1e-3


# --- keeping ---------------------------------------------------------------------------------------


def test_a_rhythm_comes_back_as_it_was_kept() -> None:
    rhythm = replace(fed(workdays(3)), document=Document(20, 3600, 2**23 + 1, 96))
    again = load(rhythm.dump())
    assert again is not None
    assert again.dump() == rhythm.dump()
    assert again.document == rhythm.document
    assert again.rate(rhythm.at, FLAT) == pytest.approx(rhythm.rate(rhythm.at, FLAT), rel=1e-5)
    assert len(repr(rhythm.dump())) < 700  # of each feed's row


@given(st.lists(st.floats(), max_size=70))
def test_whatever_is_no_rhythm_is_no_history(values: list[float]) -> None:
    assert load(values) is None or values[0] == 1.0
    assert load([2.0, *values]) is None
    assert load([1.0, *values, -1.0]) is None


gaps = st.lists(st.tuples(st.floats(0, 30 * DAY), st.integers(0, 300)), min_size=1, max_size=40)


@given(gaps, st.floats(0, PART), st.booleans())
def test_any_history_gives_a_rate_that_can_be_kept(
    history: list[tuple[float, int]], shift: float, dated: bool
) -> None:
    now, rhythm = MONDAY, Rhythm(MONDAY, MONDAY)
    for gap, new in history:
        dates = [now + gap * share for share in (0.2, 0.5, 1.0)] if dated else []
        rhythm = observed(rhythm, now, now + gap, new, dates, shift)
        now += gap
        felt = rhythm.profile(shift)
        assert 0 < rhythm.rate(now, felt) < 1
        assert rhythm.at <= now
    kept = load(rhythm.dump())
    assert kept is not None
    at, _ = moment(kept, now, shift, 120.0, now + 300, now + DAY)
    assert now <= at <= now + DAY + 1
