"""One article against all rules: an index says which few rules could match, and only those are looked at.

What the index needs of a rule is its plan (monitor.match.plans). A rule whose plan says all that its
query asks is decided by the index alone; the tree of any other is made when an article first meets its
plan, and kept for a while.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from itertools import count
from types import MappingProxyType

import numpy as np

from monitor.match import operators as ops
from monitor.match.atoms import Atoms
from monitor.match.compiler import Compiler
from monitor.match.plans import Plan, frequency, plan_of
from monitor.match.query import parse_canonical
from monitor.match.rules import Rule
from monitor.match.segment import Columns, Near, Scratch, Segment
from monitor.match.view import View
from monitor.model import Article, Match, Span

MAX_SPANS = 500  # a match; more would show nobody anything
MAX_OPERATORS = 200_000  # kept; about 100 MB

_NO_PLANS: Mapping[str, Plan] = MappingProxyType({})


class Engine:
    """All rules, filed. `plans` are those known already, by the version of the rule.

    Raises QueryError where a rule's query is none.
    """

    def __init__(self, rules: Iterable[Rule], plans: Mapping[str, Plan] = _NO_PLANS) -> None:
        self.rules = tuple(rules)
        self._atoms = Atoms()
        columns = Columns.of(
            (plans.get(rule.version) or plan_of(rule.query) for rule in self.rules), self._atoms
        )
        weights = np.array([frequency(name) for name in self._atoms.names], np.float32)
        self._main = Segment(columns, weights)
        self._numbers = count()
        self._trees = _Trees(self._numbers)
        self._scratch: list[Scratch] = []

    def match(self, article: Article) -> tuple[Match, ...]:
        """The matches of `article`, in the order of the rules."""
        view = View(article)
        return tuple(
            Match(rule.id, rule.version, _spans(self._trees.get(rule), view)) for rule in self._decided(view)
        )

    def matching(self, article: Article) -> tuple[Rule, ...]:
        """The rules that match `article`, in their order; where in its text is not worked out."""
        return tuple(self._decided(View(article)))

    def _decided(self, view: View) -> list[Rule]:
        atoms, _ = self._atoms.of(view)
        scratch = self._room()
        scratch.present[atoms] = 1
        main = self._main
        slots = main.meeting(main.candidates(atoms, scratch), scratch.present)
        scratch.present[atoms] = 0
        self._scratch.append(scratch)
        return [
            self.rules[slot]
            for slot in slots.tolist()
            if (slot not in main.near or _are_near(main.near[slot], view))
            and (main.whole[slot] or self._trees.get(self.rules[slot]).holds(view))
        ]

    def _room(self) -> Scratch:
        """Room for an article. Several threads may match at the same time, each in its own."""
        needed = len(self._atoms), len(self._main)
        try:
            scratch = self._scratch.pop()
        except IndexError:
            return Scratch(*needed)
        return scratch if scratch.fits(*needed) else Scratch(*needed)


def _are_near(checks: tuple[Near, ...], view: View) -> bool:
    for low, high, left, right in checks:
        if not any(_is_near(stream.positions, low, high, left, right) for stream in view.streams[:2]):
            return False
    return True


def _is_near(positions: dict[str, list[int]], low: int, high: int, left: str, right: str) -> bool:
    lefts, rights = positions.get(left), positions.get(right)
    if not lefts or not rights:
        return False
    if len(lefts) > len(rights):
        lefts, rights, low, high = rights, lefts, -high, -low
    for place in lefts:
        at = bisect_left(rights, place + low)
        if at < len(rights) and rights[at] <= place + high:
            return True
    return False


class _Trees:
    """The operators of those rules that were candidates lately."""

    def __init__(self, numbers: count[int]) -> None:
        self._compiler = Compiler(numbers)
        self._made: dict[str, ops.Operator] = {}
        self._numbers = numbers

    def get(self, rule: Rule) -> ops.Operator:
        made = self._made.get(rule.query)
        if made is None:
            if self._compiler.size >= MAX_OPERATORS:
                self._compiler, self._made = Compiler(self._numbers), {}
            made = self._made[rule.query] = self._compiler.operator(parse_canonical(rule.query))
        return made


def _spans(operator: ops.Operator, view: View) -> tuple[Span, ...]:
    marks: ops.Marks = [[] for _ in view.streams]
    operator.collect(view, marks)
    found = [
        Span(kind, *place)
        for kind, own in zip(("title", "body"), marks, strict=False)
        for place in _merged(own)
    ]
    return tuple(found[:MAX_SPANS])


def _merged(places: ops.Places) -> ops.Places:
    """`places` in order, those that overlap made one."""
    merged: ops.Places = []
    for start, end in sorted(set(places)):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
