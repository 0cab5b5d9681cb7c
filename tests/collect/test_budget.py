"""One price for all feeds: what the operator wants of requests or delay is what comes out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.budget import Load, load_of, relevances, solve
from monitor.collect.due import PollingPolicy
from monitor.collect.rhythm import Rhythm

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
POLICY = PollingPolicy()


def loads(*per_day: float, weight: float = 1.0, evenness: float = 1.0) -> list[Load]:
    return [Load(rate / 86_400, weight, evenness) for rate in per_day]


def test_without_a_budget_the_tempo_is_the_usual_one() -> None:
    found = solve(loads(12.0, 1.0), POLICY)
    assert (found.tempo, found.is_kept) == (POLICY.tempo, True)
    # Every sqrt(120 * 2) = 15.5 minutes and every sqrt(1440 * 2) = 53.7 minutes.
    assert found.requests_per_day == pytest.approx(1440 / 15.49 + 1440 / 53.67, rel=0.001)
    assert found.delay / MINUTE == pytest.approx((12 * 15.49 + 53.67) / 13 / 2, rel=0.001)


def test_requests_a_day_are_what_is_spent() -> None:
    feeds = loads(100, 10, 1, 0.1, 0.01, 5, 5, 5)
    found = solve(feeds, replace(POLICY, requests_per_day=200))
    assert found.is_kept
    assert found.requests_per_day == pytest.approx(200, rel=0.001)
    assert found.reason == "200 requests a day"


def test_a_target_delay_is_the_mean_delay() -> None:
    found = solve(loads(100, 10, 1, 0.1, 5, 5), replace(POLICY, target_delay=20 * MINUTE))
    assert found.is_kept
    assert found.delay / MINUTE == pytest.approx(20, rel=0.001)


@pytest.mark.parametrize(
    ("wish", "tells"),
    [
        (
            {"requests_per_day": 2},
            "2 requests a day are too few: it takes 3 to read each feed once in 24 h and all that it lists",
        ),
        (
            {"target_delay": MINUTE},
            "a mean delay of 60 s is too short: every feed once in 5 min takes longer",
        ),
    ],
)
def test_what_the_bounds_do_not_allow_is_said_and_come_near(wish: dict[str, object], tells: str) -> None:
    found = solve(loads(100, 10, 1), replace(POLICY, **wish))  # type: ignore[arg-type]
    assert not found.is_kept
    assert found.reason == tells
    nearest = 3.0 if "requests_per_day" in wish else 3 * 288.0
    assert found.requests_per_day == pytest.approx(nearest, rel=0.001)


def test_no_feeds_cost_nothing() -> None:
    for policy in (POLICY, replace(POLICY, requests_per_day=5), replace(POLICY, target_delay=HOUR)):
        found = solve([], policy)
        assert (found.requests_per_day, found.tempo, found.is_kept) == (0.0, POLICY.tempo, True)


@given(
    st.lists(
        st.builds(
            Load,
            st.floats(1e-12, 10.0),
            st.floats(0.1, 100.0),
            st.floats(0.3, 1.0),
            st.just(float("inf")) | st.floats(0.1, 1000.0),
        ),
        min_size=1,
        max_size=20,
    ),
    st.integers(1, 10_000_000),
)
def test_the_budget_is_never_exceeded_where_it_can_be_kept(feeds: list[Load], wanted: int) -> None:
    found = solve(feeds, replace(POLICY, requests_per_day=wanted))
    assert found.tempo > timedelta()
    if found.is_kept:
        assert found.requests_per_day <= wanted * 1.01
    else:
        # Each once a day, or before entries leave it, if not sooner than every five minutes: fewer there cannot be.
        fewest = sum(min(max(feed.rate / feed.room * 86_400, 1), 288) for feed in feeds)
        assert found.requests_per_day <= fewest * 1.001


@given(st.lists(st.floats(1e-9, 1.0), min_size=2, max_size=20), st.integers(1, 5000))
def test_more_requests_are_less_delay(rates: list[float], wanted: int) -> None:
    feeds = [Load(rate, 1.0, 1.0) for rate in rates]
    few, many = (solve(feeds, replace(POLICY, requests_per_day=n)) for n in (wanted, 2 * wanted))
    assert many.delay <= few.delay * 1.001


def test_a_load_is_known_where_the_rhythm_is() -> None:
    assert load_of("k", None, None, POLICY, 0.0) is None
    assert load_of("k", (1.0, 2.0), None, POLICY, 0.0) is None
    rhythm = Rhythm(9e8, 8e8, 300.0, 300.0, 300.0, 300 * 3600.0, parts=(25.0,) * 12, days=(300 / 7,) * 7)
    found = load_of("k", rhythm.dump(), 0.04, replace(POLICY, usual_relevance=0.01), 9e8)
    assert found == (pytest.approx(1 / 3600, rel=0.02), 4.0, 1.0, float("inf"))


def test_short_documents_cost_requests_that_no_price_saves() -> None:
    (feed,) = loads(100)
    short = feed._replace(room=2.0)
    found = solve([feed, short], replace(POLICY, requests_per_day=60))
    assert found.is_kept
    assert found.requests_per_day == pytest.approx(60, rel=0.001)
    assert solve([short], replace(POLICY, requests_per_day=20)).requests_per_day == pytest.approx(50)


def test_relevance_is_the_share_that_matches_with_caution() -> None:
    usual, found = relevances({1: (1000, 50), 2: (3, 1), 3: (996, 0), 4: (1, 0)})
    assert usual == pytest.approx(51 / 2000)
    assert found[1] == pytest.approx((50 + 50 * 0.0255) / 1050)
    assert usual < found[2] < 2 * usual  # one of three is luck
    assert found[3] < usual / 15  # none of a thousand is not
    assert found[4] == pytest.approx(usual, rel=0.03)


@pytest.mark.parametrize("counts", [{}, {1: (500, 0)}])
def test_where_nothing_has_matched_all_feeds_are_alike(counts: dict[int, tuple[int, int]]) -> None:
    assert relevances(counts) == (None, {})
