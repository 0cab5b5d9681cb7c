"""The simulation of `python -m tests.benchmarks polling` in small: what the policy must be, not how fast."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmarks._polling_peers import PEERS
from tests.benchmarks._polling_run import DAY, START, Ours, Result, bounds, simulate, unavoidable
from tests.benchmarks._polling_world import World, part, poisson
from tests.benchmarks.polling import OURS, VARIANTS, Run, beside, make, missed

FEEDS, DAYS, REQUESTS = 20, 28, 24.0


def result(world: str) -> Result:
    made = make(world, FEEDS, DAYS, seed=4)
    return simulate(made, Ours(made, REQUESTS))


def test_steady_feeds_are_polled_near_the_best_that_is_possible() -> None:
    found = result("B")
    assert found.lost == 0
    assert found.delay < 1.1 * found.ideal
    assert 0.9 * REQUESTS < found.requests < 1.05 * REQUESTS


def test_feeds_that_publish_by_the_clock_wait_less_than_any_fixed_interval_allows() -> None:
    found = result("B clockwork")
    assert found.lost == 0
    assert found.delay < found.ideal


def jumped(rate: float, times: float) -> World:
    """Three feeds that are so many times as busy from the 23rd day on."""
    random = np.random.default_rng(11)
    at = START + 23 * DAY
    items = []
    for _ in range(3):
        before, then = poisson(rate, DAYS, random), poisson(rate * times, DAYS, random)
        items.append(np.concatenate([before[before < at], then[then >= at]]))
    return World("jump", DAYS, np.array([rate * (2 + 5 * times) / 7] * 3), items)


def test_of_feeds_that_become_many_times_as_busy_only_the_first_items_are_lost() -> None:
    """Those that came before the first poll after the change: not what comes once it is known."""
    rate = 160.0
    world = jumped(rate, 10)
    found = simulate(world, Ours(world, 100))
    until_the_first_poll = 10 * rate * 2 / 100  # items in two intervals of a hundredth of a day
    assert found.lost <= 3 * max(until_the_first_poll - 20, 0)
    assert found.found > 3 * 5 * rate * 8


# --- the simulation itself -------------------------------------------------------------------------


rates = st.lists(st.floats(0.001, 500), min_size=1, max_size=30).map(np.array)


@given(rates, st.floats(1.0, 288.0))
def test_no_fixed_intervals_are_better_than_the_bound(each: np.ndarray, often: float) -> None:
    ones = np.ones(len(each))
    ideal, bounded, equal = bounds(each, ones, ones, often * len(each))
    assert 0 < ideal <= bounded * (1 + 1e-6)
    assert bounded <= equal * (1 + 1e-6)
    assert equal == pytest.approx(1440 / often / 2)


@pytest.mark.parametrize(
    ("each", "requests", "expected"),
    [
        ([9.0, 9.0], 20, (72.0, 72.0, 72.0)),  # every 144 minutes
        ([16.0, 1.0], 10, (1440 * 25 / 20 / 17, 1440 * 25 / 20 / 17, 144.0)),  # 8 and 2 times a day
        ([400.0, 0.01], 101, (None, 1440 * (400 / 200 + 0.01 / 2) / 400.01, None)),  # 100 and once, at least
    ],
)
def test_the_bounds_of_some_lists(
    each: list[float], requests: float, expected: tuple[float | None, float, float | None]
) -> None:
    ones = np.ones(len(each))
    found = bounds(np.array(each), ones, ones, requests)
    for value, should in zip(found, expected, strict=True):
        assert should is None or value == pytest.approx(should, rel=1e-6)


def test_what_no_poll_could_find_is_counted() -> None:
    """25 within a second are five more than a document holds; 25 within half an hour are none."""
    at = START + 22 * DAY
    world = World("burst", 28, np.ones(2), [at + np.arange(25) / 25, at + np.arange(25) * 72.0])
    assert unavoidable(world) == 5


@given(st.integers(1, 40), st.integers(1, 60))
@settings(max_examples=20)
def test_a_part_of_a_world_has_slow_and_busy_feeds_alike(feeds: int, count: int) -> None:
    world = make("A weighted", feeds, DAYS, seed=3)
    found = part(world, count)
    assert len(found.rates) == len(found.items) == len(found.weights) == min(count, feeds)
    assert len({id(items) for items in found.items}) == len(found.items)
    if count == 1:
        assert found.rates[0] == np.sort(world.rates)[feeds // 2]


def test_ours_is_given_what_another_policy_spent() -> None:
    peer = Run("B", "CommaFeed", 5, 23, 24.0, 1)
    _, spent, _ = peer()
    again = beside(peer, spent, 3)
    assert again is not None
    assert (again.policy, again.beside, again.part, again.requests) == (OURS, "CommaFeed", 3, spent.requests)
    assert beside(again, spent, 3) is None
    _, ours, _ = again()
    assert ours.requests == pytest.approx(spent.requests, rel=0.1)
    assert ours.delay < ours.uniform


@pytest.mark.parametrize("name", PEERS)
def test_every_policy_finds_what_a_calm_feed_publishes(name: str) -> None:
    world = World("calm", DAYS, np.array([4.0]), [START + np.arange(0.1, DAYS, 0.25) * DAY])
    found = simulate(world, PEERS[name](1))
    assert (found.lost, found.found) == (0, pytest.approx(4 * (DAYS - 21), abs=4))
    assert 0 < found.delay < 1440


def test_what_was_missed_is_said() -> None:
    good = Result(24, 10, 0, 1000, 10, 10, 20, 0)
    late = Result(24, 11, 3, 997, 10, 10, 20, 1)
    run = {name: Run(name, OURS, 5, 49, 24, 1) for name in ("A", "B", *(f"B {name}" for name in VARIANTS))}
    assert missed({made: (good, 1.0) for made in run.values() if made.world != "B day-night"}) == []
    assert missed({run["A"]: (late, 1.0)}) == [
        "A: 1.100 x the bound, not 1.06",
        "A: 3 of 1,000 items lost (1 where every feed is polled each 5 minutes)",
    ]
    assert missed({run["B day-night"]: (good, 1.0)}) == []
    assert missed({Run("A", "CommaFeed", 5, 49, 24, 1): (late, 1.0)}) == []
