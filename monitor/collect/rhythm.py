"""How often a feed brings something new: an estimate that is carried from poll to poll in `Feed.rhythm`.

The rate is the posterior mean of a Gamma-Poisson model with forgetting: items over the time in which they
came, both fading, so that about the last hundred items count, or the last 90 days. What makes it hold for
real feeds:

- A burst counts as little more than is usual at once (`_counted`), until bursts are the feed's habit.
- Time runs at the pace of the feed's own day and week (`Profile`): a night is no silence.
- The gaps between the last few events are kept. Where they differ from what is usual by more than chance
  allows (a likelihood ratio test), the feed has changed its character: what was before is forgotten. So it
  is where one poll brings far more items than could be expected, and not at once (`_outrun`).
- Publications at fixed minutes are recognised (`Clock`).
- Polls that bring nothing need not be written down: how long nothing came is known from the time.

An entry came when it says, if that is since the poll before; else at an unknown moment since that poll.
Times are seconds since 1970, durations seconds, rates per second.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from monitor.collect.clockwork import NO_CLOCK, PERIODS, REMEMBERED, Clock, clock
from monitor.collect.profile import DAY, PARTS, Profile, part, profile, weekday

_VERSION = 1.0
_CLUMP = 300.0  # items less than this apart came at once
_APART = 30.0  # items as far apart were not released together, though a busy feed has several in each clump
_MEMORY_ITEMS, _MEMORY = 100.0, (5 * DAY, 90 * DAY)
_PROFILE_MEMORY = 35 * DAY
# What is believed of a feed of which nothing is known. Its items tell how fast it is: the more, the less belief.
_PRIOR_ITEMS, _PRIOR_TIME = 0.3, 0.15 * DAY
_MOST_AT_ONCE = 100  # what is more is an import
_HIGHEST = 0.5  # items a second; what seems more is a clock that stood still
_CHANGED = 20.0  # twice the logarithm of the likelihoods' ratio; by chance in one of 20,000 cases
_FEW = 5  # items a poll brings, apart from each other, that are no sign of a change whatever the rate was
_NO_SILENCE = 3.0  # usual gaps without an event, which say nothing
_OLDEST = 400 * DAY  # dates of longer ago say nothing of now


class Document(NamedTuple):
    """What a feed's last document held and asked for: a 304 brings none, and asks for the same."""

    listed: float = 0.0  # entries
    asked: float = 0.0  # seconds between polls, at least; 0 where unsaid
    skip_hours: float = 0.0  # as a number whose bit n stands for hour n
    skip_days: float = 0.0


NO_DOCUMENT = Document()


@dataclass(frozen=True, slots=True)
class Rhythm:
    """All that is remembered. `at` is the last event, up to which `time` (as the feed feels it) is counted."""

    at: float
    since: float  # when observation began
    items: float = 0.0
    events: float = 0.0  # moments at which one or more items came
    squares: float = 0.0  # of how many came at once
    time: float = 0.0
    document: Document = NO_DOCUMENT
    clock: Clock = NO_CLOCK
    parts: tuple[float, ...] = (0.0,) * PARTS
    days: tuple[float, ...] = (0.0,) * 7
    last: tuple[
        tuple[float, float], ...
    ] = ()  # the last events: time since the one before, and when; 0 if unknown

    @property
    def at_once(self) -> float:
        """How many items usually come at once."""
        return self.items / self.events if self.events >= 1 else 1.0

    @property
    def clumping(self) -> float:
        """The variance of how many items come in a time, beside their mean: 1 where they come one by one."""
        if self.items <= 0 or self.time <= 0:
            return 1.0
        by_chance = self.items / self.time * _CLUMP  # come at once in a feed whose items come one by one
        return max(self.squares / self.items - by_chance, 1.0)

    def profile(self, shift: float) -> Profile:
        return profile(self.parts, self.days, self.clumping, self.at - self.since, shift)

    def rate(self, now: float, profile: Profile) -> float:
        """Items a second that may be expected from `now` on, in a usual hour."""
        silent = profile.elapsed(self.at, now)
        if silent * self.events > _NO_SILENCE * self.time:
            return self._as_lately(silent)._rate(silent)
        return self._rate(silent)

    def highest_rate(self, now: float, profile: Profile) -> float:
        """The rate that it may come back to: as `rate`, but no silence alone means that it has changed."""
        return self._rate(profile.elapsed(self.at, now))

    def _rate(self, silent: float) -> float:
        keep, time = self._fade(silent)
        items = self.items * keep
        return min((items + _PRIOR_ITEMS) / (time + _PRIOR_TIME / (1 + items)), _HIGHEST)

    def _fade(self, silent: float) -> tuple[float, float]:
        """What remains of the counts, and the time counted, after so long."""
        memory = _MEMORY_ITEMS * (self.time + _PRIOR_TIME) / (self.items + _PRIOR_ITEMS)
        memory = min(max(memory, _MEMORY[0]), _MEMORY[1])
        keep = math.exp(-silent / memory)
        return keep, self.time * keep + memory * (1 - keep)

    def _as_lately(self, silent: float = 0.0) -> Rhythm:
        """As the last few events tell it, where they came so much faster or slower, `silent` included, than
        is usual that it is no chance; one usual gap is added to them, so that the change is not overdone.
        """
        if self.events < 1 or self.time <= 0:
            return self
        usual, time = self.time / self.events, self.time + silent
        most, found, lasted = _CHANGED, -1, silent
        for number, span in enumerate((0.0, *(gap for gap, _ in reversed(self.last)))):
            lasted += span
            before, time_before = self.events - number, time - lasted
            if before <= 0 or time_before <= 0:
                break  # there is nothing to compare it with
            rate = self.events / time
            surprise = 2 * (_surprise(number, rate * lasted) + _surprise(before, rate * time_before))
            if surprise > most:
                most, found, span_found = surprise, number, lasted
        if found < 0:
            return self
        share = (found + 1) / self.events
        items, squares = self.items * share, self.squares * share
        return replace(self, items=items, squares=squares, events=found + 1, time=span_found - silent + usual)

    def after(self, moment: float, count: int, known: bool, shift: float) -> Rhythm:
        """With an event: `count` items at `moment`; `known` where the feed itself says when."""
        silent = self.profile(shift).elapsed(self.at, moment)
        keep, time = self._fade(silent)
        counted = min(count, 3 + 2 * self.at_once)
        fade = math.exp(-max(moment - self.at, 0.0) / _PROFILE_MEMORY)
        return replace(
            self,
            at=max(moment, self.at),
            items=self.items * keep + counted,
            events=self.events * keep + 1,
            squares=self.squares * keep + min(count, _MOST_AT_ONCE) ** 2,
            time=time,
            parts=_counted_in(self.parts, part(moment, shift), fade, counted),
            days=_counted_in(self.days, weekday(moment, shift), fade, counted),
            last=(*self.last, (max(silent, 1.0), moment if known else 0.0))[-REMEMBERED:],
        )._as_lately()

    def dump(self) -> tuple[float, ...]:
        """As it is kept in a feed's row; `load` reads it."""
        head = (self.at, self.since, self.items, self.events, self.squares, self.time)
        kept = (*head, *self.document, *self.clock, *self.parts, *self.days)
        last = (round(value) for event in self.last for value in event)
        return (_VERSION, *(round(value, 3) for value in kept), *last)


def _surprise(number: float, expected: float) -> float:
    return number * math.log(number / expected) if number else 0.0


def _counted_in(counts: Sequence[float], at: int, fade: float, count: float) -> tuple[float, ...]:
    faded = [value * fade for value in counts]
    faded[at] += count
    return tuple(faded)


_HEAD, _DOCUMENT, _CLOCK = 7, 11, 14  # where parts of a dump end
_PARTS_END = _CLOCK + PARTS
_LENGTH = _PARTS_END + 7


def load(values: Sequence[float] | None) -> Rhythm | None:
    """What `dump` made; None where there is nothing, or something of another version, or nonsense."""
    if not values or values[0] != _VERSION or not 0 <= len(values) - _LENGTH <= 2 * REMEMBERED:
        return None
    if not (min(values) >= 0 and max(values) < 1e12 and math.isfinite(sum(values))):  # finite: no NaN either
        return None
    at, since, items, events, squares, time = values[1:_HEAD]
    return Rhythm(
        at,
        since,
        items,
        events,
        squares,
        time,
        Document(*values[_HEAD:_DOCUMENT]),
        _clock(values[_DOCUMENT:_CLOCK]),
        tuple(values[_CLOCK:_PARTS_END]),
        tuple(values[_PARTS_END:_LENGTH]),
        tuple(zip(values[_LENGTH::2], values[_LENGTH + 1 :: 2], strict=False)),
    )


def _clock(values: Sequence[float]) -> Clock:
    return Clock(*values) if values[0] in PERIODS and values[2] < 1 else NO_CLOCK


def begun(now: float, dates: Sequence[float], shift: float) -> Rhythm:
    """What the dates of a feed's first document tell; without any, that it is known from `now` on."""
    past = sorted(date for date in dates if now - _OLDEST < date <= now)
    if len(past) < 3:
        return Rhythm(now, now)
    start = Rhythm(past[0], past[0])
    return _after_all(start, _clumps(past[1:]), shift)


def observed(
    rhythm: Rhythm, before: float, now: float, new: int, dates: Sequence[float], shift: float
) -> Rhythm:
    """With a poll at `now` that brought `new` entries, `dates` of which say when; the poll before it was at
    `before`.
    """
    if new <= 0:
        return rhythm
    dated = sorted(date for date in dates if max(before, rhythm.at) < date <= now)[-new:]
    found = _after_all(rhythm, _clumps(dated), shift)
    if undated := new - len(dated):
        middle = max((before + now) / 2, found.at)
        found = _with_clock(found.after(min(middle, now), undated, False, shift))
    return _outrun(rhythm, found, dated, before, now, shift)


def _outrun(
    known: Rhythm, found: Rhythm, dated: Sequence[float], before: float, now: float, shift: float
) -> Rhythm:
    """`found`, or what these items alone tell, where they are too many for the rate `known` before them.

    The events of a feed with an item a minute are as long as clumps are, so that their gaps do not show how
    much busier it became, and what is missing by then has left the document. Only items that are apart count:
    what a publisher releases at once is no rate.
    """
    if len(dated) < _FEW or known.items < 1 or known.time <= 0:
        return found
    apart = sum(1 for _ in _clumps(dated, _APART))
    felt = known.profile(shift)
    seen = dated[0] if len(dated) >= known.document.listed > 0 else before  # a full document shows no more
    lasted, time = felt.elapsed(seen, now), known.time + felt.elapsed(known.at, before)
    rate = (known.items + apart) / (time + lasted)
    if apart < _FEW or apart <= rate * lasted:
        return found
    surprise = 2 * (_surprise(apart, rate * lasted) + _surprise(known.items, rate * time))
    if surprise <= _CHANGED:
        return found
    sizes = [count for _, count in _clumps(dated)]
    squares, usual = sum(size**2 for size in sizes), time / known.items
    return replace(found, items=len(dated), events=len(sizes), squares=squares, time=lasted + usual)


def _after_all(rhythm: Rhythm, clumps: Iterator[tuple[float, int]], shift: float) -> Rhythm:
    for moment, count in clumps:
        rhythm = rhythm.after(moment, count, True, shift)
    return _with_clock(rhythm)


def _with_clock(rhythm: Rhythm) -> Rhythm:
    return replace(rhythm, clock=clock([moment for _, moment in rhythm.last]))


def _clumps(times: Sequence[float], width: float = _CLUMP) -> Iterator[tuple[float, int]]:
    """Items that came at once, less than `width` seconds apart, as the first one's time and their number."""
    begin = 0
    for at in range(1, len(times) + 1):
        if at == len(times) or times[at] - times[begin] >= width:
            yield times[begin], at - begin
            begin = at


def rate_per_day(values: Sequence[float] | None) -> float | None:
    """Items a day that a feed with this `Feed.rhythm` usually brings; None where too little is known.

    Over the time up to the last of them: how long it has been silent since is another question.
    """
    known = load(values)
    if known is None or known.events < 2 or known.time <= 0:
        return None
    return known.items / known.time * DAY
