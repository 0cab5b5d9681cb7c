"""One article against all rules: an index says which few rules could match, and only those are looked at.

What the index needs of a rule is its plan (monitor.match.evaluation.plans). A rule whose plan says all that its
query asks is decided by the index alone; the tree of any other is made when an article first meets its
plan, and kept for a while.

Rules that are added or edited are filed in a small index beside the large one, until they are so many
that both are made one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from operator import itemgetter
from types import MappingProxyType

import numpy as np

from monitor.match.evaluation.operators import Proximity, Sloppy
from monitor.match.evaluation.plans import Plan, plan_of
from monitor.match.evaluation.view import View
from monitor.match.index.atoms import Atoms, Found
from monitor.match.index.lexicon import Flags, Numbers
from monitor.match.index.near import near_enough
from monitor.match.index.segment import Columns, Index, Near, Scratch, Segment, Weights
from monitor.match.index.shelves import Counts, Shelf, place, reordered
from monitor.match.index.spans import Evidence
from monitor.match.index.trees import Trees
from monitor.match.rules import Rule
from monitor.model import Article, Match, Span

MOST_BESIDE = 512  # rules filed beside the large index

_NO_PLANS: Mapping[str, Plan] = MappingProxyType({})
# What decided: the atoms, or the distance of two words; None where that can only be said by the tree.
_Why = list[int] | Near | None
_Matched = list[tuple[Rule, _Why]]


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
        matched, found = self._decide(view, explain=True)
        if not matched:
            return ()
        needed = [atom for _, why in matched for atom in _atoms(why)]
        scratch = self._room(self._shelves)
        evidence = Evidence(view, self._atoms.names, found, needed, scratch.room)
        self._scratch.append(scratch)
        return tuple(Match(rule.id, rule.version, self._spans(rule, why, evidence)) for rule, why in matched)

    def _spans(self, rule: Rule, why: _Why, evidence: Evidence) -> tuple[Span, ...]:
        if isinstance(why, list):
            return evidence.spans(why)
        tree = self._trees.get(rule.query)
        # Where the query asks for nothing else, what its plan says is also where it is found.
        if why is not None and isinstance(tree, Sloppy | Proximity):
            return evidence.near(why)
        return evidence.of(tree)

    def matching(self, article: Article) -> tuple[Rule, ...]:
        """The rules that match `article`, in their order, without where: several times as fast as match()."""
        return tuple(map(itemgetter(0), self._decide(View(article))[0]))

    def _decide(self, view: View, explain: bool = False) -> tuple[_Matched, Found]:
        shelves = self._shelves
        found = self._atoms.of(view)
        scratch = self._room(shelves)
        scratch.present[found.atoms] = True
        matched: _Matched = []
        for shelf in shelves:
            segment = shelf.segment  # once: another thread may file the shelf anew
            slots = segment.meeting(segment.candidates(found.atoms, scratch), scratch.present)
            if shelf.dead is not None:
                slots = slots[~shelf.dead[slots]]
            if len(slots):
                slots = self._among(shelf, segment, slots, view, found, scratch)
                matched += self._told(shelf, segment, slots, scratch.present if explain else None)
        scratch.present[found.atoms] = False
        self._scratch.append(scratch)
        self._learn(found.atoms)
        if len(shelves) > 1:
            matched.sort(key=lambda each: place(each[0]))
        return matched, found

    def _among(
        self, shelf: Shelf, segment: Segment, slots: Index, view: View, found: Found, scratch: Scratch
    ) -> Index:
        """Those of `slots`, whose plans are met, that match."""
        open_ = (~segment.is_simple.take(slots)).nonzero()[0]
        if not len(open_):
            return slots
        near, whole, rules = segment.columns.near, segment.columns.whole, shelf.rules
        asked = slots.take(open_).tolist()
        nearness = near_enough([near.get(slot, ()) for slot in asked], found, scratch.room)
        matches = np.ones(len(slots), bool)
        matches[open_] = [
            is_near and bool(whole[slot] or self._trees.get(rules[slot].query).holds(view))
            for slot, is_near in zip(asked, nearness, strict=True)
        ]
        return slots[matches]

    def _told(self, shelf: Shelf, segment: Segment, slots: Index, present: Flags | None) -> _Matched:
        """The rules of `slots`; with what decided, where `present` is given."""
        rules = list(map(shelf.rules.__getitem__, slots.tolist()))
        if present is None:
            return [(rule, None) for rule in rules]
        simple = segment.is_simple.take(slots)
        near, whole = segment.columns.near, segment.columns.whole
        evidence = iter(segment.evidence(slots[simple], present))
        told: list[_Why] = []
        for slot, is_simple in zip(slots.tolist(), simple.tolist(), strict=True):
            checks = near.get(slot, ()) if whole[slot] else ()
            told.append(next(evidence) if is_simple else checks[0] if len(checks) == 1 else None)
        return list(zip(rules, told, strict=True))

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
        self.change(rules, removed, plans)
        self.tidy()

    def change(
        self, rules: Iterable[Rule], removed: Iterable[str] = (), plans: Mapping[str, Plan] = _NO_PLANS
    ) -> None:
        """As `update`, at once: a `tidy` is to follow, for which nobody has to wait."""
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

    def tidy(self) -> None:
        """File all in one index where many rules are beside; for the thread that changes them."""
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
        slots = {rule.id: slot for slot, rule in enumerate(rules)}
        order = [slots[rule.id] for rule in self.rules]
        segment = Segment(columns.only(np.array(order, np.int64)), self._weights())
        self._beside, self._in_order = {}, True
        self._slots = {rule.id: slot for slot, rule in enumerate(self.rules)}
        self._shelves = (Shelf(segment, self.rules),)


def _atoms(why: _Why) -> Sequence[int]:
    return why[2:] if isinstance(why, tuple) else why or ()


def _plan(rule: Rule, plans: Mapping[str, Plan]) -> Plan:
    return plans.get(rule.version) or plan_of(rule.query)
