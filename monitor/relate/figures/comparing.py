"""Which figures of a report are not those that its story had: changed ones, and the first of their kind.

A toll (so many dead, hurt, missing, held, trapped, fled) is one number in one event: it is compared with the last
one whatever words stand around it, in any language. Other figures are the same thing where unit, what happened
to it and the words nearby agree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from monitor.relate.figures.reading import Figure, exact
from monitor.relate.figures.things import CLASSES, CURRENCIES
from monitor.text import one_line

TOLLS: Final = frozenset({"dead", "hurt", "missing", "held", "trapped", "evacuated", "rescued"})
_FALLING: Final = frozenset({"missing", "trapped", "evacuated"})  # people are found, and return
_PERSONS: Final = frozenset({"people", "troops", "workers", "builders", ""})
_THINGS: Final = CLASSES - {
    "people",
    "workers",
    "builders",
    "percent",
    "km",
    "miles",
    "metres",
    "feet",
    "magnitude",
    "seats",
}
LEAP: Final = 12  # times the old toll; what is more is another event's, unless the same words stand around it
_QUAKES: Final = 0.6  # by how much a magnitude is revised; what differs more is another quake
_LIKELY: Final = (
    0.1  # the share of the larger that the smaller is, where little else speaks for their being one
)
_ROUND: Final = 1000  # from here on, newspapers round
_ROUNDED: Final = 0.01
_ABOUT: Final = 0.05  # "some two dozen" for 23
_COUNTED: Final = 20  # below, "about" so many are so many
_METRIC: Final = {"acres": ("hectares", 0.404686), "miles": ("km", 1.609344), "feet": ("metres", 0.3048)}
_LONGEST: Final = 40  # characters of a source's name
_LARGE: Final = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"))


@dataclass(frozen=True, slots=True)
class Change:
    """The same thing counted, with another value."""

    before: Figure
    now: Figure

    @property
    def reason(self) -> str:
        """One line: "12,000 (Example Wire) → 15,000 troops (sent)", or as the report wrote it: "70 → 69 kayakers"."""
        by = f" ({one_line(self.before.by, _LONGEST)})" if self.before.by else ""
        if self.before.unit != self.now.unit and {self.before.unit, self.now.unit} & _METRIC.keys():
            return f"{counted(self.before)}{by} → {counted(self.now)}"
        return f"{spoken(self.before.value)}{by} → {counted(self.now)}"


@dataclass(frozen=True, slots=True)
class Compared:
    """The figures of a report beside those of its story: `first` are of a kind that the story had none of."""

    changes: tuple[Change, ...] = ()
    first: tuple[Figure, ...] = ()


def counted(figure: Figure) -> str:
    """A figure as a reader is told it: "15,000 troops (sent)", "180 million EUR", "69 kayakers"."""
    unit, happened = figure.unit, f" ({figure.role})" if figure.role else ""
    unit = unit.upper() if unit in CURRENCIES else unit
    return (f"{spoken(figure.value)} {unit}" if figure.unit in CLASSES else figure.text) + happened


def spoken(value: float) -> str:
    """15000.0 as "15,000", 6.25 as "6.25", 2600000.0 as "2.6 million"."""
    for size, name in _LARGE:
        if value >= size:
            return f"{value / size:,.6g} {name}"
    return f"{value:,.0f}" if value == int(value) else f"{value:,}"


def changed(before: Sequence[Figure], now: Sequence[Figure]) -> tuple[Change, ...]:
    """What `now` counts with a value that `before` did not give for the same thing, in the order of `now`."""
    return compared(before, now).changes


def compared(before: Sequence[Figure], now: Sequence[Figure]) -> Compared:
    """The figures of `now` that changed since `before`, and those that are the first of their kind, in order.

    A value that stands beside the new one in `now` has not been replaced, and a value that is another one
    rounded or in other units is no change (14,900 and 15,000; 12,000 acres and 4,900 hectares).
    """
    live = [figure for figure in now if figure.unit and figure.aside not in ("past", "was")]
    tolls = [*_tolls(before, [figure for figure in live if is_toll(figure)])]
    others = [*_others(before, [figure for figure in live if not is_toll(figure)], now)]
    order = {id(figure): at for at, figure in enumerate(now)}
    changes = [change for change in [*tolls, *others] if isinstance(change, Change)]
    first = [figure for figure in tolls if isinstance(figure, Figure)] + _first(before, live)
    return Compared(
        tuple(sorted(changes, key=lambda change: order[id(change.now)])),
        tuple(sorted(first, key=lambda figure: order[id(figure)])),
    )


def known_figure(figure: Figure, before: Iterable[Figure]) -> bool:
    """Whether an earlier figure gives the same value for the same kind of thing."""
    return any(_comparable(old, figure) and _same_value(old, figure) for old in before)


# --- tolls ----------------------------------------------------------------------------------------------


def is_toll(figure: Figure) -> bool:
    """Whether people are counted to whom something happened."""
    return figure.role in TOLLS and _is_person(figure) and figure.aside != "rate"


def _is_person(figure: Figure) -> bool:
    """Whether people may be counted: miners and nurses are, though no table knows them."""
    return figure.unit in _PERSONS or figure.unit not in CLASSES


def _tolls(before: Sequence[Figure], now: Sequence[Figure]) -> Iterator[Change | Figure]:
    """Of each toll the one figure that counts all, if it is another than the story's or the story has none."""
    for role in dict.fromkeys(figure.role for figure in now):
        lead = _leading([figure for figure in now if figure.role == role])
        if known_figure(lead, before):
            continue
        olds = [
            old for old in before if old.role == role and is_toll(old) and old.aside not in ("past", "was")
        ]
        if not olds:
            yield lead
        elif _moved(last := _standing(olds, lead), lead):
            yield Change(last, lead)


def _leading(figures: Sequence[Figure]) -> Figure:
    totals = [figure for figure in figures if figure.aside != "part"] or figures
    return totals[0] if totals[0].role in _FALLING else max(totals, key=lambda figure: figure.value)


def _standing(olds: Sequence[Figure], now: Figure) -> Figure:
    """The toll as the story has it: its latest where it falls, else its highest; as in words most like now's."""
    totals = [figure for figure in olds if figure.aside != "part"] or olds
    last = totals[-1] if now.role in _FALLING else max(totals, key=lambda figure: figure.value)
    return max((old for old in totals if old.value == last.value), key=lambda old: _shared(old, now))


def _moved(last: Figure, now: Figure) -> bool:
    """Whether `now` is the toll `last` risen, fallen or corrected, rather than that of others."""
    shared = _shared(last, now)
    if now.value > last.value:
        return bool(shared) or now.value <= LEAP * max(last.value, 1)
    if now.aside == "part":
        return False
    if now.role in _FALLING:
        return bool(shared) or now.value * LEAP >= last.value
    return shared >= 2 and now.value * 2 >= last.value


def _first(before: Sequence[Figure], now: Sequence[Figure]) -> list[Figure]:
    """Of things that can be sent, lost, built or paid, the first figures: one of each unit."""
    had = {_metric(figure)[0] for figure in before}
    values = {figure.value for figure in before}  # "1,200 positions" after "1,200 jobs"
    found = {
        _metric(figure)[0]: figure
        for figure in reversed(now)
        if figure.unit in _THINGS
        and not figure.aside
        and _metric(figure)[0] not in had
        and figure.value not in values
        and not is_toll(figure)
    }
    return list(found.values())


# --- other figures --------------------------------------------------------------------------------------


def _others(before: Sequence[Figure], now: Sequence[Figure], report: Sequence[Figure]) -> Iterator[Change]:
    """Each new value with the old one that it is most like; each old one is replaced once."""
    still = {(figure.unit, figure.value) for figure in report if figure.aside != "was"}
    olds = [
        old
        for old in before
        if old.unit and old.aside in ("", "rate") and not is_toll(old) and (old.unit, old.value) not in still
    ]
    fresh = [figure for figure in now if figure.aside in ("", "rate") and not known_figure(figure, before)]
    alone = _alone(olds) & _alone(fresh)
    pairs = [(old, new) for new in fresh for old in olds if _same_thing(old, new, new.unit in alone)]
    replaced: set[tuple[str, ...]] = set()
    told: set[tuple[str, float]] = set()
    for old, new in sorted(pairs, key=lambda pair: _likeness(*pair), reverse=True):
        # What was sent, spent or elected is one number; shares and sums may be several.
        was, value = (old.unit, old.role, "" if old.role else exact(old.value)), (new.unit, new.value)
        if was not in replaced and value not in told:
            replaced.add(was)
            told.add(value)
            # A title that says it too comes first.
            yield Change(old, next(f for o, f in pairs if o is old and (f.unit, f.value) == value))


def _alone(figures: Iterable[Figure]) -> set[str]:
    """The units in which only one value is given."""
    values: defaultdict[str, set[float]] = defaultdict(set)
    for figure in figures:
        values[figure.unit].add(figure.value)
    return {unit for unit, given in values.items() if len(given) == 1}


def _comparable(a: Figure, b: Figure) -> bool:
    """Whether they count the same kind of thing."""
    if is_toll(b) and (_is_person(a) or a.role == b.role):
        return a.role in (b.role, "")
    return bool(a.unit) and _metric(a)[0] == _metric(b)[0]


def _same_thing(a: Figure, b: Figure, alone: bool) -> bool:
    """Whether they count one thing; less is asked for where each is the only one with its unit."""
    if a.role != b.role or a.aside != b.aside or _metric(a)[0] != _metric(b)[0]:
        return False
    if a.unit == "magnitude":
        return abs(a.value - b.value) <= _QUAKES
    if alone:
        return _shared(a, b) >= 1 and _likeness(a, b)[1] >= _LIKELY
    return _shared(a, b) >= (1 if a.role and a.unit in CLASSES else 2)


def _shared(a: Figure, b: Figure) -> int:
    """How many words of their surroundings they have in common."""
    return len(set(a.around) & set(b.around))


def _likeness(old: Figure, new: Figure) -> tuple[int, float]:
    """Shared surroundings first, then how near the values are; later figures win a draw by their order."""
    low, high = sorted((abs(_metric(old)[1]), abs(_metric(new)[1])))
    return _shared(old, new), (low / high if high else 1.0)


def _metric(figure: Figure) -> tuple[str, float]:
    unit, factor = _METRIC.get(figure.unit, (figure.unit, 1.0))
    return unit, figure.value * factor


def same_value(a: float, b: float) -> bool:
    """Equal, or one is the other rounded: from 1,000 up, within 1 %, with fewer digits before its zeros."""
    if a == b:
        return True
    low, high = sorted((abs(a), abs(b)))
    return low >= _ROUND and (high - low) / high <= _ROUNDED and _digits(a) != _digits(b)


def _same_value(old: Figure, new: Figure) -> bool:
    """The same value, in the same units or other ones; of "about" so many, within 5 %."""
    a, b = _metric(old)[1], _metric(new)[1]
    low, high = sorted((abs(a), abs(b)))
    off = (high - low) / high if high else 0.0
    if old.unit != new.unit and {old.unit, new.unit} & _METRIC.keys():
        return off <= 2 * _ROUNDED
    if (old.about or new.about) and high >= _COUNTED:
        return off <= _ABOUT
    return same_value(a, b)


def _digits(value: float) -> int:
    return len(exact(value).rstrip("0"))
