"""How much a rule usually brings, and whether it brings far more, or nothing any more.

Counted are the stories (for a rule per article: the articles) that a rule tells, of the past hour and of two
weeks before it; a fortnight is what monitors of news take for their baseline, since it holds two weekends.
Were they independent of each other, their number in an hour would be Poisson's: five standard deviations above
its mean are never seen by chance, and four times its mean is far more for who reads it, too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.route.troubles import OpenTrouble

WINDOW = timedelta(hours=1)
BASELINE = timedelta(days=14)
LEAST_SPIKE = 10  # in an hour; fewer are no flood, however rare they usually are
LEAST_OF_UNKNOWN = 60  # where no day of the rule is known yet
_DEVIATIONS, _TIMES = 5.0, 4.0
_ONCE_IN = 1000  # gaps: how rarely chance alone makes a rule as quiet as this
_LEAST_MATCHES = 5  # from which a rhythm can be told
_LEAST_GAP = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Volume:
    """What a rule told: `last` in the past hour, `before` in the `days` (at most 14) that end with it."""

    last: int
    before: int
    days: float

    @property
    def usual(self) -> float | None:
        """How many an hour; None where less than a day is known."""
        return self.before / (24 * self.days) if self.days >= 1 else None


@dataclass(frozen=True, slots=True)
class Surging:
    """What surges, and how much of it there is now: of a rule its volume, of a receiver what came in its window."""

    trouble: OpenTrouble
    volume: Volume


def spike_from(volume: Volume) -> int:
    """From how many in an hour on a rule spikes."""
    usual = volume.usual
    if usual is None:
        return LEAST_OF_UNKNOWN
    return math.ceil(max(LEAST_SPIKE, _TIMES * usual, usual + _DEVIATIONS * math.sqrt(usual)))


def spikes(volume: Volume) -> bool:
    return volume.last >= spike_from(volume)


def calmed_down(volume: Volume) -> bool:
    """Whether a spike is over: at half of what makes one, or it would end and begin again and again."""
    return volume.last <= spike_from(volume) // 2


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a rule matches: `last` when it did, `since` when it began to run as it is.

    `count` matches came in the `days` (at most 14) that ended with the last of them.
    """

    last: datetime | None
    since: datetime
    count: int
    days: float

    @property
    def usual_gap(self) -> timedelta | None:
        """The mean time between two; None where too few are known."""
        return (
            timedelta(days=self.days) / self.count if self.count >= _LEAST_MATCHES and self.days > 0 else None
        )


def overdue_from(rhythm: Rhythm, expect: timedelta) -> datetime | None:
    """From when on a rule that has matched nothing is unusually quiet; None where that cannot be said.

    `expect` is what its rule file says; zero leaves it to its own rhythm: a gap that chance makes once in a
    thousand, and of a day at least.
    """
    start = max(rhythm.last or rhythm.since, rhythm.since)
    if expect > timedelta():
        return start + expect
    usual = rhythm.usual_gap
    return start + max(_LEAST_GAP, math.log(_ONCE_IN) * usual) if usual is not None else None
