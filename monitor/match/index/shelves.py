"""Rules with their index: what the engine keeps in a large shelf and in a small one beside it."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence

import numpy as np

from monitor.match.index.lexicon import Flags, Numbers
from monitor.match.index.segment import Index, Segment, Weights
from monitor.match.rules import Rule

_LEARNT = 1_000  # articles after which little is new
_FEW = 200  # rules are put in order one by one up to so many


class Shelf:
    """Rules by their number in an index. `dead` marks those that are no longer in force; None for none.

    Only `segment` ever changes: the same rules, filed another way.
    """

    __slots__ = ("dead", "rules", "segment")

    def __init__(self, segment: Segment, rules: Sequence[Rule], dead: Flags | None = None) -> None:
        self.segment = segment
        self.rules = rules
        self.dead = dead

    def living(self) -> Index:
        return np.arange(len(self.rules)) if self.dead is None else np.flatnonzero(~self.dead)


class Counts:
    """How many of the articles so far had each atom. Guesses count as much as ten articles do."""

    def __init__(self) -> None:
        self._seen: Numbers = np.zeros(0, np.int32)
        self._articles = 0
        self._counted = 0
        self._enough = 64

    def learn(self, atoms: Numbers, known: int) -> bool:
        """Count an article; whether rules should be filed anew by what was learnt. `known` is how many atoms are.

        Of later articles every eighth is enough.
        """
        self._articles += 1
        if self._articles > _LEARNT and self._articles % 8:
            return False
        seen = self._seen
        if len(seen) < known:
            seen = self._seen = np.concatenate((seen, np.zeros(known - len(seen), np.int32)))
        seen[atoms] += 1
        self._counted += 1
        if self._counted < self._enough:
            return False
        self._enough = 8 * self._counted
        return True

    def weights(self, guesses: Weights) -> Weights:
        """How common each atom is; `guesses` are in percent."""
        weights = guesses / np.float32(10)
        weights[: len(self._seen)] += self._seen[: len(weights)]
        return weights / np.float32(self._counted + 10)


def place(rule: Rule) -> tuple[str, int, str]:
    return rule.path, rule.line, rule.id


def reordered(rules: tuple[Rule, ...], gone: Sequence[Rule], come: Sequence[Rule]) -> tuple[Rule, ...]:
    """`rules`, which stand in order, without those that are `gone` and with those that `come`, in order."""
    if len(gone) + len(come) > _FEW:
        left = {rule.id for rule in gone}
        return tuple(sorted((*(rule for rule in rules if rule.id not in left), *come), key=place))
    found = list(rules)
    for rule in gone:
        del found[bisect_left(found, place(rule), key=place)]
    for rule in come:
        insort(found, rule, key=place)
    return tuple(found)
