"""The figures of a story over time: for each thing that was counted, who gave which value when.

A value belongs to the course of the value that it changed, as was decided when it was reported; one that changed
nothing to a course that has it already. So two things that are counted in the same words stay apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from monitor.model import Counted
from monitor.relate.figures.comparing import TOLLS, same_value, spoken
from monitor.relate.figures.things import CLASSES, CURRENCIES

_LATEST: Final = 30  # courses of one kind of thing in which a rounded value is looked for
_Kind = tuple[str, str]  # unit and role


@dataclass(frozen=True, slots=True)
class Given:
    """What was given at a time: figures, by a source, in the report with the id `article`."""

    at: datetime
    source: str
    article: int
    figures: tuple[Counted, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """A value of a course: when it was first given so, and by which reports after another, the first first."""

    at: datetime
    value: float
    text: str
    sources: tuple[str, ...]
    articles: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """One thing counted, in the order of time. Neighbouring points differ; a value may come back."""

    unit: str
    role: str
    points: tuple[Point, ...]

    @property
    def reports(self) -> int:
        return len({article for point in self.points for article in point.articles})

    @property
    def name(self) -> str:
        """What is counted: "troops sent"; as the last report wrote it where it is none of the known things."""
        return thing(self.unit, self.points[-1].text) + (f" {self.role}" if self.role else "")


def courses(given: Iterable[Given]) -> tuple[Course, ...]:
    """The courses of what was `given`, in the order given: those that moved first, each of most reports first."""
    found = _Courses()
    for each in given:
        found.take(each)
    return tuple(sorted(found.all, key=lambda course: (len(course.points) < 2, -course.reports)))


class _Courses:
    """Courses as they grow, found by what they count and the values they had."""

    def __init__(self) -> None:
        self.all: list[Course] = []
        self._of: defaultdict[_Kind, list[int]] = defaultdict(list)
        self._had: dict[tuple[_Kind, float], int] = {}  # the course that had a value last

    def take(self, given: Given) -> None:
        """Each figure goes on with its course, or begins one; a report moves a course once."""
        taken: set[int] = set()
        # What changed says where it belongs; what did not is then the next best.
        for figure in sorted(given.figures, key=lambda figure: figure.before is None):
            place = self._place(figure)
            if place is None:
                place = len(self.all)
                self.all.append(Course(figure.unit, figure.role, (_point(given, figure),)))
                for kind in _kinds(figure):
                    self._of[kind].append(place)
            elif place not in taken:
                self.all[place] = _continued(self.all[place], given, figure)
            else:
                continue
            taken.add(place)
            self._had |= {(kind, figure.value): place for kind in _kinds(figure)}

    def _place(self, figure: Counted) -> int | None:
        """The course that had the value which a figure changed or repeats; of large ones, also one rounded."""
        value = figure.value if figure.before is None else figure.before
        for kind in _kinds(figure):
            if (known := self._had.get((kind, value))) is not None:
                return known
            latest = reversed(self._of[kind][-_LATEST:])
            found = (place for place in latest if same_value(self.all[place].points[-1].value, value))
            if (place := next(found, None)) is not None:
                return place
        return None


def _kinds(figure: Counted) -> list[_Kind]:
    """What a figure counts. A toll is one whatever the word for those it counts: people, soldiers, miners."""
    toll = [("", figure.role)] if figure.role in TOLLS else []
    return [(figure.unit, figure.role), *toll]


def _point(given: Given, figure: Counted) -> Point:
    return Point(given.at, figure.value, figure.text, (given.source,), (given.article,))


def _continued(course: Course, given: Given, figure: Counted) -> Course:
    last = course.points[-1]
    if not same_value(last.value, figure.value):
        return replace(course, points=(*course.points, _point(given, figure)))
    again = replace(
        last,
        sources=tuple(dict.fromkeys((*last.sources, given.source))),
        articles=tuple(dict.fromkeys((*last.articles, given.article))),
    )
    return replace(course, points=(*course.points[:-1], again))


# --- in words --------------------------------------------------------------------------------------


def in_words(figure: Counted) -> str:
    """ "20,000 troops sent (15,000 before)"; as the report wrote it where what it counts is no known thing."""
    role = f" {figure.role}" if figure.role else ""
    before = f" ({spoken(figure.before)} before)" if figure.before is not None else ""
    if figure.unit not in CLASSES:
        return f"{figure.text}{role}{before}"
    return f"{spoken(figure.value)} {thing(figure.unit, '')}{role}{before}"


def thing(unit: str, text: str) -> str:
    """What a unit is called: a currency by its code, a known thing by its name, else the last word of `text`."""
    if unit in CLASSES:
        return unit.upper() if unit in CURRENCIES else unit
    last = text.split()[-1:]
    return last[0] if last and not last[0][:1].isdigit() else unit
