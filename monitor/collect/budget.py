"""The price of a request: one for all feeds, so that together they keep to what the operator wants.

Every feed is polled when the delay of what waits there is worth a request at this price (collect.moment). So
an operator names the one figure that matters, requests a day or the mean delay, and the price that leads to it
is found by bisection; with neither, the price is what PollingPolicy says. What each feed's items are worth is
the chance that one of them matches a rule, drawn towards that of all feeds where little is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from monitor.collect.due import PollingPolicy, phase
from monitor.collect.moment import room_of
from monitor.collect.profile import DAY, PART
from monitor.collect.rhythm import load
from monitor.text import duration

_CHEAPEST, _DEAREST = 1e-3, 5e13  # seconds of tempo
_STEPS = 60  # halvings of the range between them
_CAUTION = 50  # items that are believed to match like any others, beside those that were seen


class Load(NamedTuple):
    """What a feed asks of the budget: `rate` in items a second, `weight` of an item, `evenness` of its day,
    `room` for so many items until one leaves the document unseen.
    """

    rate: float
    weight: float
    evenness: float
    room: float = float("inf")


@dataclass(frozen=True, slots=True)
class Budget:
    """The tempo that keeps to the budget, with what is to be expected of it, and why it is what it is.

    `delay` is the mean time an item waits for its poll, weighted by relevance. `is_kept` is False where the
    bounds of intervals make the wanted figure impossible; the tempo is then the nearest there is.
    What servers ask for (collect.due) is not counted: it makes requests fewer, never more.
    """

    tempo: timedelta
    requests_per_day: float
    delay: timedelta
    is_kept: bool
    reason: str


def load_of(
    key: str, rhythm: Sequence[float] | None, relevance: float | None, policy: PollingPolicy, now: float
) -> Load | None:
    """The load of the feed with this key, rhythm and relevance; None where its rhythm is not known."""
    known = load(rhythm)
    if known is None:
        return None
    profile = known.profile(phase(key) * PART)
    return Load(known.rate(now, profile), policy.weight(relevance), profile.evenness, room_of(known))


def solve(loads: Sequence[Load], policy: PollingPolicy) -> Budget:
    """The tempo for these feeds within the policy's bounds, by what it says of requests or delay."""
    table = np.array(loads, dtype=np.float64).reshape(-1, 4)
    if not len(table) or (policy.requests_per_day is None and policy.target_delay is None):
        return _budget(table, policy, policy.tempo.total_seconds(), True, "the usual tempo")
    low, high = np.log(_CHEAPEST), np.log(_DEAREST)
    for _ in range(_STEPS):
        middle = float(low + high) / 2
        if _is_too_dear(table, policy, float(np.exp(middle))):
            high = middle
        else:
            low = middle
    tempo = float(np.exp(low if policy.requests_per_day is None else high))
    return _judged(_budget(table, policy, tempo, True, ""), policy)


def _is_too_dear(table: npt.NDArray[np.float64], policy: PollingPolicy, tempo: float) -> bool:
    """Whether requests may be cheaper, and more of them made."""
    requests, delay = _expected(table, policy, tempo)
    if policy.requests_per_day is not None:
        return requests <= policy.requests_per_day
    return policy.target_delay is not None and delay > policy.target_delay.total_seconds()


def _judged(budget: Budget, policy: PollingPolicy) -> Budget:
    """With the reason, and whether it is kept."""
    if (wanted := policy.requests_per_day) is not None:
        says = f"{wanted:,} requests a day"
        if budget.requests_per_day > wanted * 1.01:
            least = (
                f"{budget.requests_per_day:,.0f} to read each feed once in {duration(policy.max_interval)}"
            )
            why = f"{says} are too few: it takes {least} and all that it lists"
            return replace(budget, is_kept=False, reason=why)
        return replace(budget, reason=says)
    assert policy.target_delay is not None
    says = f"a mean delay of {duration(policy.target_delay)}"
    if budget.delay > policy.target_delay * 1.01:
        why = f"{says} is too short: every feed once in {duration(policy.min_interval)} takes longer"
        return replace(budget, is_kept=False, reason=why)
    return replace(budget, reason=says)


def _budget(
    table: npt.NDArray[np.float64], policy: PollingPolicy, tempo: float, is_kept: bool, reason: str
) -> Budget:
    requests, delay = _expected(table, policy, tempo)
    return Budget(timedelta(seconds=tempo), requests, timedelta(seconds=delay), is_kept, reason)


def _expected(table: npt.NDArray[np.float64], policy: PollingPolicy, tempo: float) -> tuple[float, float]:
    """Requests a day, and the mean delay in seconds: half an interval, shorter by as much as uneven days save."""
    if not len(table):
        return 0.0, 0.0
    rate, weight, even, room = table.T
    least, most = 1 / policy.max_interval.total_seconds(), 1 / policy.min_interval.total_seconds()
    often = np.clip(np.maximum(even * np.sqrt(rate * weight / tempo), rate / room), least, most)
    delay = (weight * rate * even**2 / (2 * often)).sum() / (weight * rate).sum()
    return float(often.sum() * DAY), float(delay)


def relevances(counts: Mapping[int, tuple[int, int]]) -> tuple[float | None, dict[int, float]]:
    """The share of all items that match, and that of each feed, from (items, matching items) of each.

    A feed's share is the mean of its items and of `_CAUTION` usual ones (a Beta prior): one match of three
    items says little, none of three thousand much. None and nothing where nothing has matched yet.
    """
    items, matching = (sum(count[at] for count in counts.values()) for at in (0, 1))
    if not matching:
        return None, {}
    usual = matching / items
    return usual, {
        feed: (matches + _CAUTION * usual) / (of + _CAUTION) for feed, (of, matches) in counts.items()
    }
