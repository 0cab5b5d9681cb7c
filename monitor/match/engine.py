"""One article against all rules: an index says which few rules could match, and only those are looked at.

What the index needs of a rule is its plan (monitor.match.evaluation.plans). A rule whose plan says all that its
query asks is decided by the index alone; the tree of any other is made when an article first meets its
plan, and kept for a while.

Rules that are added or edited are filed in a small index beside the large one, until they are so many
that both are made one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from operator import itemgetter
from types import MappingProxyType

import numpy as np

from monitor.match.evaluation.plans import Plan, plan_of
from monitor.match.evaluation.view import View
from monitor.match.index.atoms import Atoms, Numbers
from monitor.match.index.near import near_enough
from monitor.match.index.phrases import Hit
from monitor.match.index.segment import Columns, Flags, Index, Scratch, Segment, Weights
from monitor.match.index.shelves import Counts, Shelf, place, reordered
from monitor.match.index.spans import Evidence
from monitor.match.index.trees import Trees
from monitor.match.rules import Rule
from monitor.model import Article, Match

MOST_BESIDE = 512  # rules filed beside the large index

_NO_PLANS: Mapping[str, Plan] = MappingProxyType({})
_Found = list[tuple[Rule, list[int] | None]]  # with the atoms that decided; None where the tree did


class Engine:
    """All rules, filed. `plans` are those known already, by the version of the rule.

    Rules have different ids. Matches come in the order of `rules`, which is the one given; from the first
    `update` on it is by path, line and id. Several threads may match at the same time, also while another
    updates: an article is held against the rules before or against those after.

    `most_beside` is how many may be filed beside the large index. Raises QueryError where a rule's query
    is none.
    """

    def __init__(
        self, rules: Iterable[Rule], plans: Mapping[str, Plan] = _NO_PLANS, most_beside: int = MOST_BESIDE
    ) -> None:
        self.rules = tuple(rules)
        self._most_beside = most_beside
        self._atoms = Atoms()
        self._trees = Trees()
        self._counts = Counts()
        self._scratch: list[Scratch] = []
        columns = Columns.of((_plan(rule, plans) for rule in self.rules), self._atoms)
        self._beside: dict[str, tuple[Rule, Plan]] = {}
        self._slots = {rule.id: slot for slot, rule in enumerate(self.rules)}
        self._shelves: tuple[Shelf, ...] = (Shelf(Segment(columns, self._weights()), self.rules),)
        self._in_order = all(place(a) < place(b) for a, b in pairwise(self.rules))

    # --- matching

    def match(self, article: Article) -> tuple[Match, ...]:
        """The matches of `article`, in the order of the rules."""
        view = View(article)
        found, hits = self._decide(view, explain=True)
        evidence = Evidence(view, self._atoms.names, hits)
        return tuple(
            Match(
                rule.id,
                rule.version,
                evidence.of(self._trees.get(rule.query)) if atoms is None else evidence.spans(atoms),
            )
            for rule, atoms in found
        )

    def matching(self, article: Article) -> tuple[Rule, ...]:
        """The rules that match `article`, in their order, without where: three times as fast as match()."""
        return tuple(map(itemgetter(0), self._decide(View(article))[0]))

    def _decide(self, view: View, explain: bool = False) -> tuple[_Found, list[Hit]]:
        shelves = self._shelves
        atoms, hits = self._atoms.of(view)
        scratch = self._room(shelves)
        scratch.present[atoms] = True
        found: _Found = []
        for shelf in shelves:
            segment = shelf.segment  # once: another thread may file the shelf anew
            slots = segment.meeting(segment.candidates(atoms, scratch), scratch.present)
            found += self._among(shelf, segment, slots, view, scratch.present if explain else None)
        scratch.present[atoms] = False
        self._scratch.append(scratch)
        self._learn(atoms)
        if len(shelves) > 1:
            found.sort(key=lambda each: place(each[0]))
        return found, hits

    def _among(
        self, shelf: Shelf, segment: Segment, slots: Index, view: View, present: Flags | None
    ) -> _Found:
        """Those of `slots`, whose plans are met, that match; with their atoms where `present` is given."""
        if shelf.dead is not None:
            slots = slots[~shelf.dead[slots]]
        simple = segment.is_simple[slots]
        decided, open_ = slots[simple], slots[~simple].tolist()
        near, whole = segment.columns.near, segment.columns.whole
        atoms = segment.evidence(decided, present) if present is not None else None
        found = (
            dict(zip(decided.tolist(), atoms or [], strict=False))
            if atoms
            else dict.fromkeys(decided.tolist())
        )
        rules = shelf.rules
        for slot, is_near in zip(
            open_, near_enough([near.get(slot, ()) for slot in open_], view), strict=True
        ):
            if is_near and (whole[slot] or self._trees.get(rules[slot].query).holds(view)):
                found[slot] = None
        order = sorted(found)
        return list(zip(map(rules.__getitem__, order), map(found.__getitem__, order), strict=True))

    def _room(self, shelves: tuple[Shelf, ...]) -> Scratch:
        """Room for an article. Several threads may match at the same time, each in its own."""
        needed = len(self._atoms), max(len(shelf.segment) for shelf in shelves)
        try:
            scratch = self._scratch.pop()
        except IndexError:
            return Scratch(*needed)
        return scratch if scratch.fits(*needed) else Scratch(*needed)

    def _learn(self, atoms: Numbers) -> None:
        """File the rules anew when so much more is known of what is rare that it is worth it."""
        if self._counts.learn(atoms, len(self._atoms)):
            weights = self._weights()
            for shelf in self._shelves:
                shelf.segment = Segment(shelf.segment.columns, weights)

    def _weights(self) -> Weights:
        return self._counts.weights(np.frombuffer(self._atoms.guesses, np.float32))

    # --- changing the rules

    def update(
        self, rules: Iterable[Rule], removed: Iterable[str] = (), plans: Mapping[str, Plan] = _NO_PLANS
    ) -> None:
        """Add `rules`, or put them in the place of those with their ids, and drop those with the ids `removed`.

        For one thread at a time. Raises QueryError where a rule's query is none; then nothing has changed.
        """
        new = {rule.id: rule for rule in rules}
        concerned = dict.fromkeys((*new, *removed))
        old = {name: rule for name in concerned if (rule := self._in_force(name)) is not None}
        versions = {name: rule.version for name, rule in old.items()}
        changed = {
            name: (rule, _plan(rule, plans))
            for name, rule in new.items()
            if versions.get(name) != rule.version
        }
        self._put(new, changed, [name for name in old if name not in new])
        if self._in_order:
            self.rules = reordered(self.rules, list(old.values()), list(new.values()))
        else:
            kept = [rule for rule in self.rules if rule.id not in concerned]
            self.rules = tuple(sorted((*kept, *new.values()), key=place))
        if len(self._beside) > self._most_beside or not self._in_order:
            self._make_one()

    def _in_force(self, name: str) -> Rule | None:
        """The rule with this id."""
        if name in self._beside:
            return self._beside[name][0]
        slot = self._slots.get(name)
        main = self._shelves[0]
        return None if slot is None or (main.dead is not None and main.dead[slot]) else main.rules[slot]

    def _put(self, new: dict[str, Rule], changed: dict[str, tuple[Rule, Plan]], gone: list[str]) -> None:
        """File what is `changed` beside; of the others in `new` only what is told of them is different."""
        main = self._shelves[0]
        rules, beside = list(main.rules), self._beside | changed
        dead = np.zeros(len(rules), bool) if main.dead is None else main.dead.copy()
        for name in gone:
            beside.pop(name, None)
        for name in (*gone, *changed):
            if name in self._slots:
                dead[self._slots[name]] = True
        for name, rule in new.items():
            if name in beside:
                beside[name] = rule, beside[name][1]
            else:
                rules[self._slots[name]] = rule
        self._beside = beside
        columns = Columns.of((plan for _, plan in beside.values()), self._atoms)
        small = Shelf(Segment(columns, self._weights()), [rule for rule, _ in beside.values()])
        self._shelves = (Shelf(main.segment, rules, dead), small)

    def _make_one(self) -> None:
        """File all rules in one index, in their order."""
        main, small = self._shelves[0], self._shelves[-1]
        living = main.living()
        columns = main.segment.columns.only(living).plus(small.segment.columns)
        rules = [*(main.rules[slot] for slot in living.tolist()), *small.rules]
        order = sorted(range(len(rules)), key=lambda slot: place(rules[slot]))
        segment = Segment(columns.only(np.array(order, np.int64)), self._weights())
        self._beside, self._in_order = {}, True
        self._slots = {rule.id: slot for slot, rule in enumerate(self.rules)}
        self._shelves = (Shelf(segment, self.rules),)


def _plan(rule: Rule, plans: Mapping[str, Plan]) -> Plan:
    return plans.get(rule.version) or plan_of(rule.query)
