"""The simulation of `python -m tests.benchmarks polling` in small: what the policy must be, not how fast."""

from __future__ import annotations

from tests.benchmarks._polling_run import Ours, Result, simulate
from tests.benchmarks.polling import make

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
