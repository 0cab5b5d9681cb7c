"""Keeps polling within its budget: about hourly, and at the start, the price of a request is solved anew.

What it is solved from is in the database (each feed's rhythm, and how many of its items match), so that every
node finds the same price, and a restart loses nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from monitor.collect.budget import Budget, load_of, relevances, solve
from monitor.collect.due import PollingPolicy
from monitor.pipeline import Pipeline
from monitor.settings import Settings
from monitor.text import duration

log = structlog.get_logger(__name__)

EVERY = timedelta(hours=1)
COUNTED = timedelta(days=45)  # of articles, for their feeds' relevance

Paced = tuple[int, str, tuple[float, ...] | None, float | None]


class PacingStore(Protocol):
    """What is asked of the store. Each method is one transaction and blocks; raises StoreError."""

    def counts(self, since: datetime) -> dict[int, tuple[int, int]]: ...

    def feeds(self) -> list[Paced]: ...

    def left_to_hubs(self, now: datetime) -> set[int]: ...

    def set_relevance(self, wanted: Mapping[int, float], known: Sequence[Paced]) -> int: ...


def polling_of(settings: Settings) -> PollingPolicy:
    """What the settings say of polling."""
    polling = settings.polling
    return PollingPolicy(
        polling.min_interval,
        polling.max_interval,
        requests_per_day=polling.requests_per_day,
        target_delay=polling.target_delay,
    )


class Pacing:
    """The budget in force. `budget` is None until it was solved for the first time."""

    def __init__(self, pipeline: Pipeline, store: PacingStore) -> None:
        self._pipeline, self._store = pipeline, store
        self.budget: Budget | None = None
        self._usual: float | None = None
        self._solved: tuple[PollingPolicy, datetime] | None = None  # for which configuration, and when

    async def tick(self, settings: Settings) -> None:
        """Solve anew where an hour has passed or the configuration has changed; in force with the next poll.

        On a thread of its own: it takes seconds where feeds are many, and nobody waits for it.
        """
        policy, now = polling_of(settings), self._pipeline.clock.now()
        if self._is_due(policy, now):
            await asyncio.to_thread(self.solve, policy, now)
            self._pipeline.policy = replace(self._pipeline.policy, polling=self.in_force(policy))

    def in_force(self, policy: PollingPolicy) -> PollingPolicy:
        """A configuration's policy with the price and relevance that were found last."""
        if self.budget is None:
            return policy
        return replace(policy, tempo=self.budget.tempo, usual_relevance=self._usual)

    def _is_due(self, policy: PollingPolicy, now: datetime) -> bool:
        return self._solved is None or self._solved[0] != policy or now - self._solved[1] >= EVERY

    def solve(self, policy: PollingPolicy, now: datetime) -> Budget:
        """Count, weigh and solve for a configuration's policy; blocks.

        Feeds whose hubs push are polled a few times a day, and have no part in the sum.
        """
        usual, wanted = relevances(self._store.counts(now - COUNTED))
        known = self._store.feeds()
        self._store.set_relevance(wanted, known)
        weighed = replace(policy, usual_relevance=usual)
        at = now.timestamp()
        pushed = self._store.left_to_hubs(now)
        polled = (feed for feed in known if feed[0] not in pushed)
        each = (load_of(key, rhythm, wanted.get(id), weighed, at) for id, key, rhythm, _ in polled)
        loads = [load for load in each if load is not None]
        before = self.budget
        self.budget = solve(loads, weighed)
        self._usual, self._solved = usual, (policy, now)
        if loads:  # or there is no figure yet
            _log(self.budget, before, len(known))
        return self.budget


def _log(budget: Budget, before: Budget | None, feeds: int) -> None:
    says = {
        "feeds": feeds,
        "requests_per_day": round(budget.requests_per_day),
        "delay": duration(budget.delay),
        "budget": budget.reason,
    }
    if not budget.is_kept and (before is None or before.is_kept):
        log.warning("polling cannot keep to its budget", **says)
    elif before is None or before.reason != budget.reason:
        log.info("polling is paced", **says)
    else:
        log.debug("polling is paced", **says)
