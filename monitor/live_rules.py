"""The rules that run, as they change: which are remembered, which take over, and what they match.

Everything here blocks; the daemon reads and compiles rules on a thread of their own.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from monitor.errors import InvalidInput, Problem
from monitor.match.evaluation.plans import Plan
from monitor.match.in_force import Change, RulesInForce, compiled, unsound
from monitor.match.rules import Rule, RuleBook
from monitor.model import Article, Match
from monitor.ports import Store

log = structlog.get_logger(__name__)

# A change of more rules makes a new index beside the old one, which goes on meanwhile; a smaller one
# changes the index in place, while nothing is matched.
FEW_RULES = 500


def last_good(store: Store) -> dict[str, Rule]:
    """The rules that the store remembers, by id.

    Without what another version of this program wrote in a way unknown to this.
    """
    rules = {}
    for document in store.last_good_rules():
        try:
            rules[document["id"]] = Rule.load(document)
        except (KeyError, ValueError, TypeError) as error:
            log.warning("a remembered rule cannot be read", rule=document.get("id"), why=repr(error))
    return rules


def with_last_good(book: RuleBook, before: Mapping[str, Rule]) -> RuleBook:
    """The book with the last good version of each rule that is broken or cannot be read (promise 6).

    `before` are the rules that ran until now, or did when the daemon ended.
    """
    # A folder that cannot be read breaks every file that was in it.
    folders = [problem.path.rstrip("/") + "/" for problem in book.errors if (problem.path, "") in book.broken]
    below = {(rule.path, "") for rule in before.values() if rule.path.startswith(tuple(folders))}
    return replace(book, broken=book.broken | below).with_last_good(list(before.values()))


def remember(book: RuleBook, before: Mapping[str, Rule], store: Store, now: datetime) -> dict[str, Rule]:
    """Store the rules of the book as those that run now; they by id. `before` is what the store remembers."""
    rules = {rule.id: rule for rule in book.rules}
    changed = [rule.dump() for rule in book.rules if before.get(rule.id) != rule]
    if changed or before.keys() - rules.keys():
        store.remember_rules(changed, now, before.keys() - rules.keys())
    return rules


class LiveRules:
    """The rules in force, for those who match articles while others replace rules."""

    def __init__(self, in_force: RulesInForce | None = None) -> None:
        self._in_force = in_force or RulesInForce.none()
        # The index is not changed while it is used, and the rules that go with it are taken with its answer.
        self._index = threading.Lock()

    @property
    def rules(self) -> Mapping[str, Rule]:
        """Those in force, by id."""
        return self._in_force.rules

    def use(self, rules: Sequence[Rule], plans: Mapping[str, Plan]) -> list[Problem]:
        """Put rules in force; what is wrong with those that cannot be. Blocks, one call at a time.

        `plans` are those that are known already, by version.
        """
        change = Change.between(self._in_force.rules, rules)
        if len(change.fresh) + len(change.gone) > FEW_RULES:
            in_force, problems = compiled(change, plans)
            with self._index:
                self._in_force = in_force
            _leave_in_peace()
            return problems
        try:
            self._change_index(change, plans)
        except InvalidInput:
            found = unsound(change.fresh)
            self._change_index(change.without(found), plans)
            return [problem for each in found.values() for problem in each]
        return []

    def _change_index(self, change: Change, plans: Mapping[str, Plan]) -> None:
        engine = self._in_force.engine
        with self._index:
            if change.fresh or change.gone:
                engine.change(change.fresh, change.gone, plans)
            self._in_force = RulesInForce(change.rules, engine)
        engine.tidy()  # takes a while where rules are many; matching goes on meanwhile

    def match(self, articles: Sequence[Article]) -> tuple[RulesInForce, list[tuple[Match, ...]]]:
        """The matches of each article, with the rules that made them. Blocks while rules are replaced."""
        with self._index:
            return self._in_force, [self._in_force.engine.match(article) for article in articles]

    def matching(self, article: Article) -> tuple[Rule, ...]:
        """The rules that an article matches, without where: for much less work than `match`."""
        with self._index:
            return self._in_force.engine.matching(article)


def _leave_in_peace() -> None:
    """What was loaded stays: to look through it for garbage again and again would stop everything each time."""
    gc.collect()
    gc.freeze()
