"""Feeds that publish at fixed minutes: found by the last moments at which something was published.

A feed goes by the clock where nearly all of its last publications fall into a small part of an hour, half
an hour or a day; by chance that happens to one feed in millions. It is polled right after.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

REMEMBERED = 12  # moments
_ENOUGH = 8  # all of which must fit; of two more, one may be astray: by chance in one of millions each
_DIFFERENT = 6  # periods in which the moments must lie: those of one busy hour are no sign of a clock
# Periods, in seconds, with how much of each counts as one moment. The longest comes first: what is published by
# the hour is published by the half hour too.
PERIODS = {86_400.0: 2400.0, 3600.0: 300.0, 1800.0: 150.0}
_GRACE = 20.0  # seconds from a publication to its place in the feed


class Clock(NamedTuple):
    """Every `period` seconds something may come; `end` seconds into it, it is there. `share`: of all items."""

    period: float
    end: float
    share: float

    def slot_after(self, time: float) -> float:
        """The first moment after `time` at which something is there, if anything came."""
        return (math.floor((time - self.end) / self.period) + 1) * self.period + self.end


NO_CLOCK = Clock(0.0, 0.0, 0.0)


def clock(times: Sequence[float]) -> Clock:
    """By which clock a feed goes; NO_CLOCK if by none. A time of 0 is a publication whose moment is unknown."""
    known = [time for time in times if time > 0]
    fitting = len(times) - max(len(times) - _ENOUGH, 0) // 2
    if len(times) < _ENOUGH or len(known) < fitting:
        return NO_CLOCK
    for period, width in PERIODS.items():
        phases = sorted(time % period for time in known)
        found = _narrowest(phases, fitting, period)
        if found[0] <= width and len({time // period for time in known}) >= _DIFFERENT:
            return _clock(phases, len(times), period, width, found)
    return NO_CLOCK


def _narrowest(phases: Sequence[float], count: int, period: float) -> tuple[float, float]:
    """The shortest arc that holds so many phases, and where it begins."""
    round_twice = [*phases, *(phase + period for phase in phases)]
    arcs = ((round_twice[at + count - 1] - round_twice[at], phases[at]) for at in range(len(phases)))
    return min(arcs)


def _clock(phases: Sequence[float], of: int, period: float, width: float, arc: tuple[float, float]) -> Clock:
    length, begin = arc
    within = [far for phase in phases if (far := (phase - begin) % period) <= width]
    end = begin + max(length, *within) * 1.1 + _GRACE
    return Clock(period, end % period, len(within) / (of + 1))
