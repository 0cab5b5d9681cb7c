"""Who is told: the receivers that the rule names, those of the routes that hold, else the default.

Routes are tried in their order, as Alertmanager tries those of one level: the first that holds is taken, and
the search goes on after it only where it says `continue`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.route.hours import Hours, end_of
from monitor.route.matchers import Facts, Matcher, first_unmet


@dataclass(frozen=True, slots=True)
class Timing:
    """When updates are told, and what nobody has acknowledged is told again.

    The first update of a story waits `group_wait` for others; the next go out together, ever later after the
    last, up to `group_interval`. `repeat` None repeats nothing.
    """

    group_wait: timedelta = timedelta(seconds=15)
    group_interval: timedelta = timedelta(minutes=5)
    repeat: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """Receivers for what `matcher` holds of, at certain hours if any are named. None in a timing: as otherwise."""

    matcher: Matcher
    to: tuple[str, ...]
    goes_on: bool = False
    during: tuple[Hours, ...] = ()
    group_wait: timedelta | None = None
    group_interval: timedelta | None = None
    repeat: timedelta | None = None
    place: str = ""  # where it is written: "route 2"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was asked on the way to the receivers, and what came of it."""

    asked: str
    holds: bool
    why: str
    to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Routing:
    """Who is told, each once, in order, with the timing of each; and why."""

    receivers: tuple[str, ...]
    timings: dict[str, Timing] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()

    def timing(self, receiver: str) -> Timing:
        return self.timings.get(receiver, Timing())


def route(
    facts: Facts,
    named: Sequence[str],
    routes: Sequence[Route],
    default: Sequence[str],
    known: Collection[str],
    now: datetime,
    timing: Timing = Timing(),
    repeat: timedelta | None = None,
) -> Routing:
    """The receivers of a match.

    `named` are those of its rule, and `repeat` its own; `timing` is what holds where no route says otherwise.
    Names that the configuration does not know are left out (`check` reports them): where none is left, the
    default is told rather than nobody. Empty only where the default names none either.
    """
    timings: dict[str, Timing] = {}
    steps: list[Step] = []
    own = Timing(timing.group_wait, timing.group_interval, repeat or timing.repeat)
    for name in named:
        if name in known:
            timings.setdefault(name, own)
    if named:
        steps.append(Step("the rule's own receivers", bool(timings), "alert: to", tuple(timings)))
    for each, unmet in _tried(facts, routes, now):
        steps.append(
            Step(each.place or str(each.matcher), unmet is None, unmet or str(each.matcher), each.to)
        )
        if unmet is None:
            for name in each.to:
                if name in known:
                    timings.setdefault(name, _timing(each, own, repeat))
    if not timings:
        timings = {name: own for name in default if name in known}
        steps.append(Step("the default", bool(timings), "neither rule nor route names one", tuple(timings)))
    return Routing(tuple(timings), timings, tuple(steps))


def _tried(facts: Facts, routes: Sequence[Route], now: datetime) -> Iterator[tuple[Route, str | None]]:
    """Each route that is tried, with what does not hold of it."""
    for each in routes:
        unmet = first_unmet(each.matcher, facts)
        if unmet is None and each.during and end_of(each.during, now) is None:
            unmet = f"it is not {' or '.join(hours.text for hours in each.during)}"
        yield each, unmet
        if unmet is None and not each.goes_on:
            return


def _timing(each: Route, own: Timing, repeat: timedelta | None) -> Timing:
    return Timing(
        own.group_wait if each.group_wait is None else each.group_wait,
        own.group_interval if each.group_interval is None else each.group_interval,
        repeat or each.repeat or own.repeat,
    )
