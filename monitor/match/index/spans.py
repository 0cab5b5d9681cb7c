"""Where in an article a rule matched: from the atoms that its plan found, or from the operators of its tree."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from monitor.match.evaluation import operators as ops
from monitor.match.evaluation.view import View
from monitor.match.index.atoms import Found
from monitor.match.index.lexicon import Flags
from monitor.match.index.phrases import Hit
from monitor.match.index.segment import Near
from monitor.model import Span

MAX_SPANS = 500  # a match; more would show nobody anything

_FIELDS = ("title", "body")
_Place = tuple[int, int, int]  # the text's number, and its characters [start, end)


class Evidence:
    """The places of atoms in one article, worked out once however many rules ask for them.

    `names` are all atoms by number, `found` those of the article, `needed` those that will be asked for;
    `room` is for each atom false, before and after.
    """

    def __init__(
        self, view: View, names: list[str], found: Found, needed: Iterable[int], room: Flags
    ) -> None:
        self._view, self._found = view, found
        asked = set(needed)
        title = [atom for atom in asked if names[atom].startswith("t/")]
        self._words = found.texts[0].where(list(asked), room) if asked else {}
        if title and len(found.texts) > 1:
            self._words |= found.texts[1].where(title, room)
        self._hits: dict[int, list[Hit]] = {}
        for text in found.texts:
            for hit in text.hits:
                if hit[0] in asked:
                    self._hits.setdefault(hit[0], []).append(hit)
        self._authors = {atom for atom in asked if names[atom].startswith("a/")}
        self._places: dict[int, list[_Place]] = {}
        self._spans: dict[tuple[int, ...], tuple[Span, ...]] = {}
        self._made = _Made()

    def spans(self, atoms: Iterable[int]) -> tuple[Span, ...]:
        """Where any of `atoms` stands, in order; what overlaps made one."""
        key = tuple(atoms)
        found = self._spans.get(key)
        if found is None:
            places = {place for atom in key for place in self._of(atom)}
            merged = _merged(places) if len(places) > 1 else places
            found = self._spans[key] = tuple(map(self._made.__getitem__, merged))
        return found

    def near(self, check: Near) -> tuple[Span, ...]:
        """Where the words of `check` stand, each near one of the other in the same text."""
        low, high, left, right = check
        lefts, rights = self._words.get(left, []), self._words.get(right, [])
        found = {place for place in lefts if self._has(rights, place, low, high)}
        found.update(place for place in rights if self._has(lefts, place, -high, -low))
        places = {self._characters(place, place + 1) for place in found}
        return tuple(map(self._made.__getitem__, _merged(places)))

    def _has(self, others: list[int], place: int, low: int, high: int) -> bool:
        title = self._found.title
        near = others[bisect_left(others, place + low) : bisect_right(others, place + high)]
        return any((other > title) == (place > title) for other in near)

    def _of(self, atom: int) -> list[_Place]:
        found = self._places.get(atom)
        if found is None:
            found = self._places[atom] = self._look(atom)
        return found

    def _look(self, atom: int) -> list[_Place]:
        if atom in self._authors:
            return []  # authors' names are no part of what is shown
        ranges = [(place, place + 1) for place in self._words.get(atom, ())]
        ranges += [(start, end) for _, start, end in self._hits.get(atom, ())]
        return [self._characters(start, end) for start, end in ranges]

    def _characters(self, start: int, end: int) -> _Place:
        before = self._found.title + 1
        if start < before:
            return (0, *self._view.streams[0].characters(start, end))
        return (1, *self._view.streams[1].characters(start - before, end - before))

    def of(self, operator: ops.Operator) -> tuple[Span, ...]:
        """Where what `operator` asks for stands, which holds for the article."""
        marks: ops.Marks = [[] for _ in self._view.streams]
        operator.collect(self._view, marks)
        places = {(number, *place) for number, own in enumerate(marks[:2]) for place in own}
        return tuple(map(self._made.__getitem__, _merged(places)))


class _Made(dict[_Place, Span]):
    """Spans by place: many rules match at the same one."""

    def __missing__(self, place: _Place) -> Span:
        number, start, end = place
        span = self[place] = Span(_FIELDS[number], start, end)
        return span


def _merged(places: set[_Place]) -> list[_Place]:
    """`places` in order, what overlaps made one, at most MAX_SPANS."""
    merged: list[_Place] = []
    number = reached = -1
    for place in sorted(places):
        if place[0] == number and place[1] < reached:
            reached = max(place[2], reached)
            merged[-1] = (number, merged[-1][1], reached)
        else:
            merged.append(place)
            number, reached = place[0], place[2]
    return merged[:MAX_SPANS]
