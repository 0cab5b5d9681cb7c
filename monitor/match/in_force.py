"""The rules that run, and how they become others: only what changed is compiled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from monitor.errors import InvalidInput, Problem
from monitor.match.engine import Engine
from monitor.match.evaluation.plans import Plan
from monitor.match.rules import Rule

_NO_PLANS: Mapping[str, Plan] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """The rules and the index over them. Replaced as a whole when rules change."""

    rules: Mapping[str, Rule]
    engine: Engine

    @classmethod
    def none(cls) -> RulesInForce:
        return cls({}, Engine(()))


@dataclass(frozen=True, slots=True)
class Change:
    """What the index has to learn: `rules` are all that run from now on, `fresh` those that are new to it in
    this version, `gone` the ids of those that run no more."""

    rules: Mapping[str, Rule]
    fresh: tuple[Rule, ...]
    gone: frozenset[str]

    @classmethod
    def between(cls, before: Mapping[str, Rule], rules: Iterable[Rule]) -> Change:
        now = {rule.id: rule for rule in rules}
        fresh = tuple(
            rule
            for rule in now.values()
            if (old := before.get(rule.id)) is None or old.version != rule.version
        )
        return cls(now, fresh, frozenset(before.keys() - now.keys()))

    def without(self, ids: Iterable[str]) -> Change:
        """The change with rules left out that cannot run: an older version of them goes too."""
        left_out = frozenset(ids)
        rules = {id: rule for id, rule in self.rules.items() if id not in left_out}
        fresh = tuple(rule for rule in self.fresh if rule.id not in left_out)
        return Change(rules, fresh, self.gone | left_out)


def compiled(change: Change, plans: Mapping[str, Plan] = _NO_PLANS) -> tuple[RulesInForce, list[Problem]]:
    """A new index over all rules of `change`; one whose query is not understood harms no other.

    `plans` are those that are known, by version. The rules of a file were understood when it was read: it
    is those that were stored by another version of this program that may not be.
    """
    rules = list(change.rules.values())
    try:
        return RulesInForce(change.rules, Engine(rules, plans)), []
    except InvalidInput:
        problems = unsound(rules)
    change = change.without(problems)
    in_force = RulesInForce(change.rules, Engine(change.rules.values(), plans))
    return in_force, [problem for found in problems.values() for problem in found]


def unsound(rules: Sequence[Rule]) -> dict[str, list[Problem]]:
    """What is wrong with each rule that no index takes, by id."""
    found: dict[str, list[Problem]] = {}
    for rule in rules:
        try:
            Engine([rule])
        except InvalidInput as error:
            found[rule.id] = [replace(each, path=rule.path, line=rule.line) for each in error.problems]
    return found
