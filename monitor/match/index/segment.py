"""The index over many rules: which of them an article meets the plans of.

Each rule is filed under the atoms of that of its clauses which is likely to be the rarest. Those of an
article bring up candidates, whose other clauses are then held against the article, all in a few passes
over arrays.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from monitor.match.evaluation.plans import TREE, Plan
from monitor.match.index.atoms import Atoms
from monitor.match.index.lexicon import Flags, Numbers
from monitor.match.index.rows import ranges

Index = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float32]
Near = tuple[int, int, int, int]  # some second word from so many to so many words after some first; atoms


@dataclass(frozen=True, slots=True)
class Columns:
    """Plans as arrays: the atoms of all clauses one after another, with where clauses and rules begin."""

    atoms: Numbers
    clause_sizes: Index
    excluding: Flags  # a clause: whether it names what must not be there
    rule_sizes: Index  # in clauses
    whole: Flags  # a rule: whether its plan says all of it
    near: dict[int, tuple[Near, ...]]

    @classmethod
    def of(cls, plans: Iterable[Plan], atoms: Atoms) -> Columns:
        numbers, sizes, rule_sizes = array("i"), array("i"), array("i")
        excluding, whole = bytearray(), bytearray()
        near: dict[int, tuple[Near, ...]] = {}
        number = atoms.number.__getitem__
        for index, plan in enumerate(plans):
            before = len(sizes)
            whole.append(1)
            for line in plan.text.split("\n"):
                sign = line[:1]
                if sign == TREE:
                    whole[-1] = 0
                elif sign == "~":
                    near[index] = (*near.get(index, ()), _near(line, atoms))
                elif sign:
                    excludes = sign == "!"
                    own = (line[1:] if excludes else line).split("|")
                    numbers.extend(map(number, own))
                    sizes.append(len(own))
                    excluding.append(excludes)
            rule_sizes.append(len(sizes) - before)
        atoms.refresh()
        return cls(
            np.array(numbers, np.int32),
            np.array(sizes, np.int64),
            np.array(excluding, bool),
            np.array(rule_sizes, np.int64),
            np.array(whole, bool),
            near,
        )

    def __len__(self) -> int:
        return len(self.rule_sizes)

    def only(self, rules: Index) -> Columns:
        """The columns of these rules, in this order."""
        clauses = ranges(_starts(self.rule_sizes)[rules], self.rule_sizes[rules])
        kept = self.near.keys() & set(rules.tolist()) if self.near else ()
        place = {int(old): new for new, old in enumerate(rules.tolist())} if kept else {}
        return Columns(
            self.atoms[ranges(_starts(self.clause_sizes)[clauses], self.clause_sizes[clauses])],
            self.clause_sizes[clauses],
            self.excluding[clauses],
            self.rule_sizes[rules],
            self.whole[rules],
            {place[old]: self.near[old] for old in kept},
        )

    def plus(self, other: Columns) -> Columns:
        shift = len(self)
        return Columns(
            np.concatenate((self.atoms, other.atoms)),
            np.concatenate((self.clause_sizes, other.clause_sizes)),
            np.concatenate((self.excluding, other.excluding)),
            np.concatenate((self.rule_sizes, other.rule_sizes)),
            np.concatenate((self.whole, other.whole)),
            {**self.near, **{shift + index: checks for index, checks in other.near.items()}},
        )


def _near(line: str, atoms: Atoms) -> Near:
    low, high, left, right = line[1:].split(" ")
    return int(low), int(high), atoms.number[left], atoms.number[right]


def _starts(sizes: Index | Flags) -> Index:
    """Where pieces of these sizes begin, and as the last where they end."""
    starts = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=starts[1:])
    return starts


class Scratch:
    """Room for one article at a time; all of `present` and `room` is false between articles."""

    __slots__ = ("present", "room", "stamps")

    def __init__(self, atoms: int, rules: int) -> None:
        self.present: Flags = np.zeros(atoms, bool)
        self.room: Flags = np.zeros(atoms, bool)
        self.stamps: Index = np.zeros(rules, np.int64)

    def fits(self, atoms: int, rules: int) -> bool:
        return len(self.present) >= atoms and len(self.stamps) >= rules

    def once(self, found: Index) -> Index:
        """`found` without repeats: of equal numbers only the last to leave its stamp stays."""
        order = np.arange(len(found))
        self.stamps[found] = order
        return found[self.stamps.take(found) == order]


class Segment:
    """Plans, filed. `weights` says of each atom how common it is; it decides about speed alone."""

    def __init__(self, columns: Columns, weights: Weights) -> None:
        self.columns = columns = _by_cost(columns, weights)
        self.is_simple = columns.whole.copy()
        self.is_simple[list(columns.near)] = False
        rule_starts, clause_starts = _starts(columns.rule_sizes), _starts(columns.clause_sizes)
        self._clause_starts = clause_starts[:-1]
        first = rule_starts[:-1]
        # The first clause is the one under which a rule is filed, where there is one that requires something.
        filed = np.zeros(len(columns), bool)
        some = columns.rule_sizes > 0
        filed[some] = ~columns.excluding[first[some]]
        self._always = np.flatnonzero(~filed)
        self._rest_starts = first + filed
        self._rest_sizes = columns.rule_sizes - filed
        requiring = _starts(~columns.excluding)
        positive = requiring[rule_starts[1:]] - requiring[first]
        self._required_starts = clause_starts[first]
        self._required_sizes = clause_starts[first + positive] - clause_starts[first]
        self._file(np.flatnonzero(filed), first, len(weights))

    def _file(self, rules: Index, first: Index, atoms: int) -> None:
        sizes = self.columns.clause_sizes[first[rules]]
        under = self.columns.atoms[ranges(self._clause_starts[first[rules]], sizes)]
        order = np.argsort(under, kind="stable")
        self._posted = np.repeat(rules, sizes)[order]
        self._posting_sizes = np.bincount(under, minlength=atoms)
        self._posting_starts = _starts(self._posting_sizes)[:-1]

    def __len__(self) -> int:
        return len(self.columns)

    def candidates(self, atoms: Numbers, scratch: Scratch) -> Index:
        """The rules under whose rarest clause the article has something, each once; and those without one."""
        if len(scratch.present) > len(self._posting_sizes):
            atoms = atoms[atoms < len(self._posting_sizes)]
        sizes = self._posting_sizes.take(atoms)
        found = self._posted.take(ranges(self._posting_starts.take(atoms), sizes))
        if len(self._always):
            found = np.concatenate((found, self._always))
        return scratch.once(found)

    def meeting(self, rules: Index, present: Flags) -> Index:
        """Those of the candidates `rules` whose other clauses are met too, in order.

        The cheapest of these clauses leaves few of them, so that only few are asked for all.
        """
        sizes = self._rest_sizes.take(rules)
        met, asked = rules[sizes == 0], rules[sizes > 0]
        if len(asked):
            asked = asked[self._are_met(self._rest_starts.take(asked), present)]
            sizes = self._rest_sizes.take(asked)
            met, asked = np.concatenate((met, asked[sizes == 1])), asked[sizes > 1]
        if len(asked):
            sizes = self._rest_sizes.take(asked) - 1
            failed = ~self._are_met(ranges(self._rest_starts.take(asked) + 1, sizes), present)
            alive = np.ones(len(asked), bool)
            alive[np.arange(len(asked)).repeat(sizes)[failed]] = False
            met = np.concatenate((met, asked[alive]))
        met.sort()
        return met

    def _are_met(self, clauses: Index, present: Flags) -> Flags:
        columns = self.columns
        sizes = columns.clause_sizes.take(clauses)
        ends = sizes.cumsum()
        begins = ends - sizes
        places = np.arange(ends[-1])
        places += (self._clause_starts.take(clauses) - begins).repeat(sizes)
        some: Flags = np.logical_or.reduceat(present.take(columns.atoms.take(places)), begins)
        return some != columns.excluding.take(clauses)

    def evidence(self, rules: Index, present: Flags) -> list[list[int]]:
        """For each of `rules` the required atoms that are present."""
        sizes = self._required_sizes.take(rules)
        atoms = self.columns.atoms.take(ranges(self._required_starts.take(rules), sizes))
        there = present.take(atoms)
        # Not reduceat: of a size of 0 it makes the next number.
        ends = _starts(there)[_starts(sizes)].tolist()
        found = atoms[there].tolist()
        return [found[start:end] for start, end in pairwise(ends)]


def _by_cost(columns: Columns, weights: Weights) -> Columns:
    """`columns` with the clauses of each rule in the order of their cost, what excludes last."""
    if not len(columns.atoms):
        return columns
    cost = np.add.reduceat(weights[columns.atoms], _starts(columns.clause_sizes)[:-1])
    cost[columns.excluding] = np.inf
    owners = np.repeat(np.arange(len(columns)), columns.rule_sizes)
    order = np.lexsort((cost, owners))
    return Columns(
        columns.atoms[ranges(_starts(columns.clause_sizes)[order], columns.clause_sizes[order])],
        columns.clause_sizes[order],
        columns.excluding[order],
        columns.rule_sizes,
        columns.whole,
        columns.near,
    )
