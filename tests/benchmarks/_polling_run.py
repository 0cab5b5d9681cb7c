"""The simulation: every feed is polled when its policy says, and every item waits until a poll finds it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

import numpy as np

from monitor.collect.budget import load_of, solve
from monitor.collect.due import PollFacts, PollingPolicy, next_due
from monitor.model import Feed
from tests.benchmarks._polling_world import DAY, LISTED, START, Floats, World

WARM_UP = 21.0  # days
FREQUENCIES = (1.0, 288.0)  # polls a day that the policy's bounds allow


class Peer(Protocol):
    """A policy. Asked after each poll of feed `which` at `now`: when is the next?"""

    def first(self, which: int, now: float, listed: Sequence[float]) -> float: ...

    def after(self, which: int, now: float, listed: Sequence[float], new: Sequence[float]) -> float: ...

    def midnight(self, now: float) -> None: ...


class Ours:
    """The policy that runs, called as a poll calls it; its tempo is solved each day, as housekeeping does."""

    def __init__(self, world: World, requests: float) -> None:
        self.requests = requests
        usual = float((world.rates * world.weights).sum() / world.rates.sum()) if len(world.weights) else None
        self.policy = PollingPolicy(usual_relevance=usual)
        self.feeds = [
            Feed(n, f"https://news.example/{world.name}/{n}", "", relevance=weight)
            for n, weight in enumerate(world.weights if usual else [None] * len(world.rates))
        ]
        self.random = np.random.default_rng(5).random

    def first(self, which: int, now: float, listed: Sequence[float]) -> float:
        return self._next(which, now, listed, ())

    def after(self, which: int, now: float, listed: Sequence[float], new: Sequence[float]) -> float:
        return self._next(which, now, listed, new)

    def _next(self, which: int, now: float, listed: Sequence[float], new: Sequence[float]) -> float:
        feed, moment = self.feeds[which], datetime.fromtimestamp(now, UTC)
        dates = tuple(datetime.fromtimestamp(time, UTC) for time in new)
        past = () if feed.good_at else tuple(datetime.fromtimestamp(time, UTC) for time in listed)
        facts = PollFacts(
            len(new), past, appeared=dates, listed=len(listed), document=bool(new) or not feed.good_at
        )
        plan = next_due(feed, facts, self.policy, moment, self.random())
        self.feeds[which] = Feed(  # much cheaper than to replace what changed
            feed.id,
            feed.key,
            feed.url,
            relevance=feed.relevance,
            rhythm=plan.rhythm,
            interval=plan.interval,
            good_at=moment,
            baseline_at=feed.baseline_at or moment,
            new_at=moment if new else feed.new_at,
        )
        return plan.at.timestamp()

    def midnight(self, now: float) -> None:
        loads = [load_of(feed.key, feed.rhythm, feed.relevance, self.policy, now) for feed in self.feeds]
        known = [found for found in loads if found is not None]
        budget = round(self.requests * len(known))
        self.policy = replace(
            self.policy, tempo=solve(known, replace(self.policy, requests_per_day=budget)).tempo
        )


@dataclass(frozen=True)
class Result:
    """`requests` a feed and day, mean `delay` in minutes, items `lost` of those `found`, all of the measured
    weeks. With these requests, `ideal` is the least delay that any fixed intervals reach, `bounded` the least
    of those from 5 minutes to 24 hours, `uniform` what equal intervals do. `unavoidable` are the items that
    are lost where every feed is polled each 5 minutes.
    """

    requests: float
    delay: float
    lost: int
    found: int
    ideal: float
    bounded: float
    uniform: float
    unavoidable: int


def simulate(world: World, policy: Peer, progress: Callable[[float], None] = lambda share: None) -> Result:
    """Poll the world from START on; what happens after the warm-up counts."""
    feeds = len(world.rates)
    random = np.random.default_rng(3)
    added = world.added if len(world.added) else random.random(feeds) / 24
    due = [START + day * DAY for day in added]
    items = [times.tolist() for times in world.items]
    summed = [np.concatenate([[0.0], np.cumsum(times - START)]).tolist() for times in world.items]
    seen = [0] * feeds
    started = [False] * feeds
    weights = world.weights if len(world.weights) else np.ones(feeds)
    counted, requests, found, lost, delays, weight = START + WARM_UP * DAY, 0, 0, 0, 0.0, 0.0
    for day in range(int(world.days)):
        midnight = START + (day + 1) * DAY
        for which in range(feeds):
            times, at = items[which], seen[which]
            now = due[which]
            while now < midnight:
                before = at
                at = bisect_right(times, now, at)
                if not started[which]:
                    started[which] = True
                    now = policy.first(which, now, times[max(at - LISTED, 0) : at])
                    requests += now >= counted
                    continue
                if now >= counted:
                    requests += 1
                    missed = max(at - before - LISTED, 0)
                    lost += missed
                    got = at - before - missed
                    found += got
                    delays += weights[which] * (
                        got * (now - START) - (summed[which][at] - summed[which][before + missed])
                    )
                    weight += weights[which] * got
                if at == before:
                    now = policy.after(which, now, (), ())
                    continue
                listed = times[max(at - LISTED, 0) : at]
                now = policy.after(which, now, listed, listed[before - at :])
            seen[which], due[which] = at, now
        policy.midnight(midnight)
        progress((day + 1) / world.days)
    measured = world.days - WARM_UP
    alive = np.clip(world.days - added, 0, measured) / measured
    spent = requests / measured
    least = bounds(world.rates, weights, alive, spent)
    return Result(
        spent / alive.sum(), delays / max(weight, 1e-9) / 60, lost, found, *least, unavoidable(world)
    )


def bounds(rates: Floats, weights: Floats, alive: Floats, requests: float) -> tuple[float, float, float]:
    """The least mean delay in minutes of fixed intervals, of those within the policy's bounds, and that of
    equal ones, for so many requests a day.

    Minimising sum(w r / 2f) / sum(w r) where sum(f) is given: f ~ sqrt(w r), and at the bound where that is
    beyond it.
    """
    total = float((alive * weights * rates).sum())
    root = np.sqrt(weights * rates)
    ideal = float((alive * root).sum()) ** 2 / (2 * requests * total)
    low, high = -30.0, 30.0
    for _ in range(100):
        middle = (low + high) / 2
        often = np.clip(root * np.exp(middle), *FREQUENCIES)
        low, high = (low, middle) if (alive * often).sum() > requests else (middle, high)
    bounded = float((alive * weights * rates / (2 * often)).sum()) / total
    return ideal * 1440, bounded * 1440, float(alive.sum()) / (2 * requests) * 1440


def unavoidable(world: World) -> int:
    """How many items more than a document holds come within the same 5 minutes, after the warm-up."""
    lost = 0
    for times in world.items:
        slots = ((times - START - WARM_UP * DAY) * FREQUENCIES[1] // DAY).astype(np.int64)
        lost += int(np.maximum(np.bincount(slots[slots >= 0]) - LISTED, 0).sum())
    return lost
