"""Where in an article a rule matched: from the atoms that its plan found, or from the operators of its tree."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.match.evaluation import operators as ops
from monitor.match.evaluation.view import View
from monitor.match.index.atoms import Found
from monitor.match.index.phrases import Hit
from monitor.model import Span

MAX_SPANS = 500  # a match; more would show nobody anything

_FIELDS = ("title", "body")
_Place = tuple[int, int, int]  # the text's number, and its characters [start, end)


class Evidence:
    """The places of atoms in one article, worked out once however many rules ask for them.

    `names` are all atoms by number, `found` those of the article.
    """

    def __init__(self, view: View, names: list[str], found: Found) -> None:
        self._view, self._names = view, names
        self._hits: dict[int, list[Hit]] = {}
        for text in found.texts:
            for hit in text.hits:
                self._hits.setdefault(hit[0], []).append(hit)
        self._places: dict[int, list[_Place]] = {}
        self._spans: dict[tuple[int, ...], tuple[Span, ...]] = {}
        self._made = _Made()

    def spans(self, atoms: Iterable[int]) -> tuple[Span, ...]:
        """Where any of `atoms` stands, in order; what overlaps made one."""
        key = tuple(atoms)
        found = self._spans.get(key)
        if found is None:
            places = {place for atom in key for place in self._of(atom)}
            found = self._spans[key] = tuple(map(self._made.__getitem__, _merged(places)))
        return found

    def _of(self, atom: int) -> list[_Place]:
        found = self._places.get(atom)
        if found is None:
            found = self._places[atom] = self._look(atom)
        return found

    def _look(self, atom: int) -> list[_Place]:
        scope, _, text = self._names[atom].rpartition("/")
        if scope == "a":
            return []  # authors' names are no part of what is shown
        view = self._view
        if " " not in text:
            streams = view.streams[: 1 if scope else 2]
            return [
                (stream.number, *stream.characters(place, place + 1))
                for stream in streams
                for place in view.places(text, stream)
            ]
        title, body = view.streams[:2]
        gap = len(title.words) + 1
        return [
            (0, *title.characters(start, end))
            if start < gap
            else (1, *body.characters(start - gap, end - gap))
            for _, start, end in self._hits[atom]
        ]

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
