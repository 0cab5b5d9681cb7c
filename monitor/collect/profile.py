"""When within a day and a week a feed publishes: its usual rate times a factor for the hour and the weekday.

Counts in twelve parts of a day and in seven weekdays. What few counts show is mostly chance, so both are
drawn towards flat by what chance would explain (James & Stein 1961, for counts: 1 - (bins - 1)/chi^2): a
feed without a pattern has exactly none. All times are seconds since 1970, in UTC.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

DAY = 86_400.0
PARTS = 12  # of a day
PART = DAY / PARTS
_LEAST = 0.02  # a feed may always bring something
_HOURS_AFTER, _DAYS_AFTER = 3 * DAY, 14 * DAY  # of observation; sooner a part would look like a pattern
_EXACT = 21 * DAY  # over more than this, hours and weekdays no longer matter


@dataclass(frozen=True, slots=True)
class Profile:
    """Factors on the usual rate. `shift` moves where a part begins, in seconds: each feed has its own, so
    that not all feeds change their pace at the same moment.
    """

    parts: tuple[float, ...] | None = None
    days: tuple[float, ...] | None = None
    shift: float = 0.0

    @property
    def is_flat(self) -> bool:
        return self.parts is None and self.days is None

    def at(self, time: float) -> float:
        factor = self.parts[int((time + self.shift) % DAY // PART)] if self.parts else 1.0
        return factor * self.of_day(time)

    def of_day(self, time: float) -> float:
        """The factor of the weekday alone."""
        return self.days[weekday(time, self.shift)] if self.days else 1.0

    def pieces(self, begin: float, end: float) -> Iterator[tuple[float, float, float]]:
        """The stretches of [begin, end] with a factor each, as (begin, end, factor)."""
        if self.is_flat:
            yield begin, end, 1.0
            return
        while begin < end:
            edge = ((begin + self.shift) // PART + 1) * PART - self.shift
            until = min(edge, end) if edge > begin else end
            yield begin, until, self.at((begin + until) / 2)
            begin = until

    def elapsed(self, begin: float, end: float) -> float:
        """The time between two moments as the feed feels it: a night is short."""
        if self.is_flat or not 0 < end - begin <= _EXACT:
            return max(end - begin, 0.0)
        felt, first = 0.0, ((begin + self.shift) // DAY + 1) * DAY - self.shift
        last = max((end + self.shift) // DAY * DAY - self.shift, first)
        if last > first:  # whole days in between, in which the parts come to one
            days = range(round((last - first) / DAY))
            felt = DAY * sum(self.of_day(first + (day + 0.5) * DAY) for day in days)
            ends = [(begin, first), (last, end)]
        else:
            ends = [(begin, end)]
        return felt + sum(
            (until - since) * factor for a, b in ends for since, until, factor in self.pieces(a, b)
        )

    @property
    def evenness(self) -> float:
        """The mean of the factors' square roots: how many polls a feed needs beside an even one."""
        found = 1.0
        for factors in (self.parts, self.days):
            found *= sum(factor**0.5 for factor in factors) / len(factors) if factors else 1.0
        return found


def part(time: float, shift: float) -> int:
    return int((time + shift) % DAY // PART)


def weekday(time: float, shift: float) -> int:
    return int((time + shift) // DAY % 7)


def profile(
    parts: Sequence[float], days: Sequence[float], clumping: float, observed: float, shift: float
) -> Profile:
    """What the counts show beyond chance. `clumping` is how many items usually come at once, `observed` for
    how many seconds the feed is known.
    """
    return Profile(
        _factors(parts, clumping) if observed >= _HOURS_AFTER else None,
        _factors(days, clumping) if observed >= _DAYS_AFTER else None,
        shift,
    )


def _factors(counts: Sequence[float], clumping: float) -> tuple[float, ...] | None:
    mean = sum(counts) / len(counts)
    if mean <= 0:
        return None
    chi = sum((count - mean) ** 2 for count in counts) / (mean * clumping)
    if chi <= len(counts) - 1:
        return None
    keep = (1 - (len(counts) - 1) / chi) / mean
    factors = [max(1 + keep * (count - mean), _LEAST) for count in counts]
    scale = len(counts) / sum(factors)
    return tuple(factor * scale for factor in factors)
