"""Where in an article a rule matched: from the atoms that its plan found, or from the operators of its tree."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.match import operators as ops
from monitor.match.phrases import Hit
from monitor.match.view import View
from monitor.model import Span

MAX_SPANS = 500  # a match; more would show nobody anything

_FIELDS = ("title", "body")
_Place = tuple[int, int, int]  # the text's number, and its characters [start, end)


class Evidence:
    """The places of atoms in one article, worked out once however many rules ask for them.

    `names` are all atoms by number, `hits` where phrases stand (monitor.match.atoms.Atoms.of).
    """

    def __init__(self, view: View, names: list[str], hits: list[Hit]) -> None:
        self._view, self._names = view, names
        self._hits: dict[int, list[Hit]] = {}
        for hit in hits:
            self._hits.setdefault(hit[0], []).append(hit)
        self._places: dict[int, list[_Place]] = {}
        self._spans: dict[tuple[int, ...], tuple[Span, ...]] = {}

    def spans(self, atoms: Iterable[int]) -> tuple[Span, ...]:
        """Where any of `atoms` stands, in order; what overlaps made one."""
        key = tuple(atoms)
        found = self._spans.get(key)
        if found is None:
            found = self._spans[key] = _spans(
                [place for atom in dict.fromkeys(key) for place in self._of(atom)]
            )
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


def spans_of(operator: ops.Operator, view: View) -> tuple[Span, ...]:
    """Where what `operator` asks for stands in an article for which it holds."""
    marks: ops.Marks = [[] for _ in view.streams]
    operator.collect(view, marks)
    return _spans([(number, *place) for number, own in enumerate(marks[:2]) for place in own])


def _spans(places: list[_Place]) -> tuple[Span, ...]:
    if len(places) == 1:
        number, start, end = places[0]
        return (Span(_FIELDS[number], start, end),)
    merged: list[_Place] = []
    for place in sorted(set(places)):
        if merged and place[0] == merged[-1][0] and place[1] < merged[-1][2]:
            merged[-1] = (*merged[-1][:2], max(place[2], merged[-1][2]))
        else:
            merged.append(place)
    return tuple(Span(_FIELDS[number], start, end) for number, start, end in merged[:MAX_SPANS])
