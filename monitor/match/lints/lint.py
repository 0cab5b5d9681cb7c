"""What is legal in rule files and probably not meant. Warnings: they never stop a rule.

Each has a name (monitor.match.rulefiles.lintnames), by which a file or a rule switches it off.
`lint_files` reads the files anew; the few lints that cost nothing are made while rules are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import islice

from monitor.errors import Problem
from monitor.match.language import nodes
from monitor.match.language.query import QueryError, parse
from monitor.match.lints.lint_query import Finding, query_findings, superfluous
from monitor.match.lints.logic import Logic, requires_word, shown
from monitor.match.rulefiles.book import is_shared
from monitor.match.rulefiles.lintnames import ignored_in
from monitor.match.rulefiles.rulefile import read_terms
from monitor.match.rulefiles.termlists import BrokenListError, Terms
from monitor.match.rulefiles.yamltree import Source, Tree, read
from monitor.match.rules import Rule

_ENOUGH = 100  # needless items of one list
_LIST_BUDGET = 300_000  # comparisons of terms; longer lists are not looked through to the end


def lint_files(
    files: Mapping[str, str],
    rules: Mapping[str, Rule],
    today: date,
    progress: Callable[[int, int], object] = lambda done, of: None,
) -> list[Problem]:
    """The warnings about `files` (path -> text), whose rules, as far as they could be read, are `rules`.

    What is wrong with a file is said elsewhere: only what can be read is looked at. `progress` is told how
    many files of how many were looked through.
    """
    shared_path = next((path for path in sorted(files) if is_shared(path)), None)
    shared = read_terms(shared_path, files[shared_path]) if shared_path is not None else None
    found: list[Problem] = []
    for number, path in enumerate(sorted(files)):
        progress(number, len(files))
        source = Source(path, files[path])
        tree, problems = read(source)
        if tree is not None and tree.kind == "map" and not problems:
            outer = None if is_shared(path) else shared
            found += _File(source, tree, outer, rules, today).problems()
    progress(len(files), len(files))
    return found


class _File:
    """One file being looked through."""

    def __init__(
        self, source: Source, tree: Tree, shared: Terms | None, rules: Mapping[str, Rule], today: date
    ) -> None:
        self.source, self.tree, self.shared, self.rules, self.today = source, tree, shared, rules, today
        self.terms = Terms(source, tree.get("terms"), [], shared)
        self.terms.check()
        self.ignored = ignored_in(source, tree, [])

    def problems(self) -> Iterator[Problem]:
        lists = (problem for name in self.terms.trees for problem in self.term_list(name))
        yield from (problem for problem in (*self.shadows(), *lists) if problem.lint not in self.ignored)
        rules = self.tree.get("rules")
        for item in rules.items if rules is not None and rules.kind == "list" else ():
            if item.kind == "map":
                ignored = self.ignored | ignored_in(self.source, item, [])
                yield from (problem for problem in self.rule(item) if problem.lint not in ignored)

    def at(self, tree: Tree, lint: str, message: str, hint: str = "") -> Problem:
        return replace(self.source.at(tree, message, hint, level="warning"), lint=lint)

    def within(self, tree: Tree, found: Finding) -> Problem:
        length = max(1, found.end - found.start)
        place = self.source.within(tree, found.start, found.message, found.hint, length)
        return replace(place, level="warning", lint=found.lint)

    # --- term lists

    def shadows(self) -> Iterator[Problem]:
        lists = self.tree.get("terms")
        if lists is None or lists.kind != "map" or self.shared is None:
            return
        for key in lists.keys:
            if key.text in self.shared.trees:
                message = f"this hides the list ${key.text} of {self.shared.source.path}"
                hint = "give it a name of its own, or remove it"
                yield self.at(key, "shadowed-list", message, hint)

    def term_list(self, name: str) -> Iterator[Problem]:
        parsed, tree = self.terms.parsed[name], self.terms.trees[name]
        if parsed is None:
            return
        trees = tree.items if tree.kind == "list" else [tree]
        for item, node in zip(trees, parsed.items, strict=True):
            for found in query_findings(item.text, node, Logic(), self.terms.trees):
                yield self.within(item, found)
        logic = Logic(_LIST_BUDGET)
        places = {id(node): item for item, node in zip(trees, parsed.items, strict=True)}
        for node, other in islice(superfluous(parsed.items, logic.covers, logic), _ENOUGH):
            item, by = places[id(node)], places[id(other)].text.strip()
            if node == other:
                yield self.at(item, "duplicate", f"{by} is in this list already", "remove one")
            else:
                yield self.at(item, "redundant", f"{by} finds all that this finds", "remove it")

    # --- rules

    def rule(self, tree: Tree) -> Iterator[Problem]:
        query = tree.get("query")
        rule_id = tree.get("id")
        if query is not None and query.kind == "scalar" and not query.empty:
            yield from self.query(tree, query)
        rule = self.rules.get(rule_id.text) if rule_id is not None else None
        if rule is not None and rule.path == self.source.path:
            yield from self.policy(tree, rule)

    def query(self, tree: Tree, query: Tree) -> Iterator[Problem]:
        main = self.parsed(query)
        if main is None:
            return
        logic = Logic()
        yield from (self.within(query, found) for found in self.findings(query, main, logic))
        excluded = [(each, self.parsed(each)) for each in _each(tree.get("exclude"))]
        for each, node in excluded:
            if node is not None:
                yield from (self.within(each, found) for found in self.findings(each, node, logic))
                if not logic.never(main) and logic.implies(main, node):
                    yield self.at(each, "never", "this excludes all that the query finds")
        if not requires_word(main):
            message = "this asks for no certain word, so it is evaluated for every article"
            hint = "add what must be there: a word, a phrase, a list"
            yield self.within(query, Finding("costly", *main.at, message, hint))
        yield from self.where(tree, main, logic)

    def findings(self, tree: Tree, node: nodes.Node, logic: Logic) -> Iterator[Finding]:
        return query_findings(tree.text, node, logic, [*self.terms])

    def where(self, tree: Tree, main: nodes.Node, logic: Logic) -> Iterator[Problem]:
        where = tree.get("where")
        lang = where.get("lang") if where is not None and where.kind == "map" else None
        if lang is None:
            return
        asked = [nodes.Filter("lang", ":", each.text) for each in _each(lang) if not each.empty]
        if asked and all(logic.excludes(main, each) for each in asked):
            message = f"the query asks for another language than {' or '.join(shown(each) for each in asked)}"
            yield self.at(lang, "never", message, "no article can satisfy both")

    def parsed(self, tree: Tree) -> nodes.Node | None:
        try:
            return parse(tree.text, self.terms, leading_wildcard=True, may_hold_on_nothing=True)
        except (QueryError, BrokenListError):
            return None  # said where it is an error

    def policy(self, tree: Tree, rule: Rule) -> Iterator[Problem]:
        until = tree.get("enabled_until")
        if until is not None and not rule.enabled(self.today):
            yield self.at(until, "expired", f"{rule.id} runs no more", "a later day, or remove the rule")
        tests = tree.get("tests")
        if tests is None:
            return
        failing = sum(case.is_known_failure for case in rule.tests)
        if failing:
            message = f"{rule.id} fails {failing} of its {len(rule.tests)} cases, as they say"
            key = next((key for key in tests.keys if key.text.startswith("known")), tests.keys[0])
            yield self.at(key, "known-failures", message, "`monitor test` tells when they pass")
        wanted = {(case.title, case.body) for case in rule.tests if case.should_match}
        for case in rule.tests:
            if not case.should_match and (case.title, case.body) in wanted and not case.is_known_failure:
                message = f"{rule.id} shall match and ignore “{_short(case.title or case.body)}”"
                place = self.at(tests.keys[0], "contradicting-tests", message, "remove one of the two")
                yield replace(place, line=case.line, column=0, source="")


def _each(tree: Tree | None) -> list[Tree]:
    return [] if tree is None else tree.items if tree.kind == "list" else [tree]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:59] + "…"
