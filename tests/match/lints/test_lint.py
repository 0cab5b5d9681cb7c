"""Lints: what is legal and probably not meant, each by its name, at its place, and only where it is so."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import Problem
from monitor.match.language import nodes
from monitor.match.lints.lint import lint_files
from monitor.match.lints.lint_query import superfluous
from monitor.match.lints.logic import Logic
from monitor.match.rulefiles.book import load_rules
from monitor.match.rulefiles.lintnames import LINTS
from monitor.model import Article
from tests.match import slow
from tests.match.strategies import articles, queries

TODAY = date(2026, 11, 22)


def warnings(text: str, shared: str = "") -> list[Problem]:
    """All warnings of a file without errors."""
    files = {"a.yaml": text} | ({"terms.yaml": shared} if shared else {})
    book = load_rules(files)
    assert book.errors == ()
    lints = lint_files(files, {rule.id: rule for rule in book.rules}, TODAY)
    return [each for each in (*book.warnings, *lints) if each.path == "a.yaml"]


def rule(query: str, more: str = "") -> str:
    return f"terms: {{t: [kpa, army], u: [x]}}\nrules:\n  - id: a\n    query: |\n      {query}\n    seeds: [s]\n{more}"


ALWAYS_SHOWN = {"unused-list"}  # the lists of `rule` are there for some queries only

QUERIES = [  # query, lint, column and length of what is underlined, said, hint
    ("a AND NOT a", "never", (7, 11), "a and NOT a exclude each other", ""),
    ("x OR (a AND NOT (a OR b))", "never", (12, 20), "exclude each other", ""),
    ("x AND lang:en AND lang:ko", "never", (7, 25), 'lang:"en" and lang:"ko" exclude', ""),
    ("x AND words:>500 AND words:<300", "never", (7, 31), "words:>500 and words:<300", ""),
    ('x OR FIRST/3("a b c d")', "never", (12, 18), "4 words long", ""),
    ("title:x NEAR/3 body:y", "never", (7, 21), "one text", ""),
    ("x AND words:>=0", "always", (13, 9), "every text has as many words", "remove it"),
    ("x AND (y OR NOT y)", "always", (13, 12), "either y or NOT y", ""),
    ("troop* OR troops", "redundant", (17, 6), "troop* finds all", "remove it"),
    ("(troop* OR troops) NEAR/3 x", "redundant", (18, 6), "troop* finds all", ""),
    ('"north korea" OR korea', "redundant", (7, 13), "korea finds all", ""),
    ("$t OR kpa", "redundant", (13, 3), "$t finds all", ""),
    ("troop* AND troops", "redundant", (7, 6), "troops says this as well", ""),
    ("Łódź OR lodz", "duplicate", (15, 4), "this is Łódź again", ""),
    ("2 OF (x, y, X)", "duplicate", (19, 1), "counts twice", ""),
    ("x OR and", "lowercase-operator", (12, 3), "looked for as a word", "AND"),
    ('x OR "$t forces"', "list-in-quotes", (13, 2), "within quotes $t is text", "ONEAR"),
    ("x AND words>300", "missing-colon", (13, 9), "words>300 is looked for as text", "words:>300"),
    ("body:(x OR title:y)", "inner-field", (18, 6), "looks in the title only", ""),
    ("x OR a*", "short-stem", (12, 2), "a* finds too many words", "three letters"),
    ("x OR ?eutsch", "short-stem", (12, 7), "as slow as a leading *", ""),
    ("x OR troop!", "other-wildcard", (12, 6), "! is no wildcard: only the word troop", "did you mean troop*?"),
    ("x OR analy$", "other-wildcard", (12, 6), "$ is no wildcard", "did you mean analy*?"),
    ("kim~1 OR x", "wide-edit", (7, 5), "most words of 3 letters", ""),
    ("Seoul~2 OR x", "wide-edit", (7, 7), "most words of 5 letters", ""),
    (r"x AND /\bвойска\b/", "ascii-regex", (13, 12), r"\b knows the letters a to z only", r"(^|\PL)"),
    (r"x AND /росси\w+/", "ascii-regex", (13, 10), r"\w knows the letters a to z only", r"[\pL\pN_]"),
    ("x AND /[a-z]+\\d/", "open-regex", (13, 10), "three letters", ""),
    ("/kp[ao]-troops/ OR x", "costly", (7, 20), "evaluated for every article", "add what"),
    ("lang:ko AND words:>300", "costly", (7, 22), "evaluated for every article", ""),
    ("x" * 70 + " OR y", "long-word", (7, 70), "70 letters", "spaces"),
    ("(x w/s y) w/s z", "chain", (7, 15), "z is found before or after, not between x and y", "(x w/s y) AND"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "lint", "place", "said", "hint"), QUERIES)
def test_a_query_that_is_probably_not_meant_is_warned_of(
    query: str, lint: str, place: tuple[int, int], said: str, hint: str
) -> None:
    (found,) = [each for each in warnings(rule(query)) if each.lint not in ALWAYS_SHOWN]
    assert (found.lint, found.level) == (lint, "warning")
    assert (found.line, found.column, found.length) == (5, *place)
    assert said in found.message
    assert hint in found.hint


@pytest.mark.parametrize("lint", ["never", "chain", "short-stem", "lowercase-operator"])
@pytest.mark.parametrize("whole_file", [True, False])
def test_a_lint_is_switched_off_for_a_rule_or_a_file(lint: str, whole_file: bool) -> None:
    query = next(query for query, name, *_ in QUERIES if name == lint)
    more = f"lint: {{ignore: [unused-list, {lint}]}}\n"
    text = rule(query) + (more if whole_file else f"    {more}")
    assert [each.lint for each in warnings(text) if each.lint not in ALWAYS_SHOWN] == []
    other = text.replace(f", {lint}", ", expired")
    assert [each.lint for each in warnings(other) if each.lint not in ALWAYS_SHOWN] == [lint]


FINE = [
    *("x AND NOT y", "troops OR soldiers", '"north korea" OR koreans', "x AND NOT title:x", "/kpa-\\d+/ AND x"),
    *('("north korea" OR korea) NEAR/3 x', "北* AND x", "북* OR x", "л?тчик* OR x", "x w/s y", "(x NEAR/3 y) w/s z"),
    *("body:(x OR y) OR title:x", "FIRST/3(x) OR x NEAR/3 y", "title:x OR body:x", "words:>300 AND x", "raw:and OR x"),
    *("NOT x AND y", "site:a.org AND x", "Matsegora~1 OR x", "2 OF (x, y, z)", '"x $5" OR y', "(x NEAR/2 y) ONEAR/2 z"),
    "x OR Yahoo!",
]  # fmt: skip


@pytest.mark.parametrize("query", FINE)
def test_a_query_that_may_well_be_meant_is_not(query: str) -> None:
    assert [each for each in warnings(rule(query)) if each.lint not in ALWAYS_SHOWN] == []


TESTED = "rules:\n  - id: a\n    query: $t\n    seeds: [s]\n"
LISTS = [
    ("[kpa, KPA]", "duplicate", (1, 18), "kpa is in this list already"),
    ("[Kremlin, Kreml*]", "redundant", (1, 13), "Kreml* finds all that this finds"),
    ('[army, "X y", x y]', "duplicate", (1, 26), "X y is in this list already"),
    ("[kpa, near/3 army]", "lowercase-operator", (1, 18), "near/3 is looked for as words"),
    ("[kpa, titel:x]", "unknown-field", (1, 18), "titel: is no field"),
    ("[kpa, a AND NOT a]", "never", (1, 18), "exclude each other"),
]


@pytest.mark.parametrize(("items", "lint", "place", "said"), LISTS)
def test_lists_are_looked_through(items: str, lint: str, place: tuple[int, int], said: str) -> None:
    (found,) = warnings(f"terms: {{t: {items}}}\n{TESTED}")
    assert (found.lint, found.line, found.column) == (lint, *place)
    assert said in found.message
    assert warnings(f"terms: {{t: {items}}}\nlint: {{ignore: {lint}}}\n{TESTED}") == []


SHARED = "terms: {t: [x, y]}\n"
RULES = [
    ("terms: {t: [z]}\n" + TESTED, "shadowed-list", 1, "hides the list $t of terms.yaml"),
    (TESTED + "    enabled_until: 2026-11-21\n", "expired", 5, "a runs no more"),
    (TESTED + "    exclude: [x OR y]\n", "never", 5, "excludes all that the query finds"),
    (TESTED + "    exclude: [a, b AND NOT b]\n", "never", 5, "exclude each other"),
    (TESTED.replace("$t", "$t AND lang:en") + "    where: {lang: [ko, ja]}\n", "never", 5, "another language"),
    (TESTED + "    tests:\n      match: [x]\n      known_miss: [z]\n", "known-failures", 7, "a fails 1 of its 2 cases"),
    (TESTED + "    tests: {known_miss: [x]}\n", "known-failures", 5, "a fails 1 of its 1 cases"),
    (TESTED + "    tests:\n      match: [x]\n      ignore: [z,\n        x]\n", "contradicting-tests", 8, "“x”"),
    (TESTED.replace("    seeds: [s]\n", ""), "no-tests", 2, "neither tests nor seeds"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "lint", "line", "said"), RULES)
def test_rules_are_looked_at_with_all_that_belongs_to_them(
    text: str, lint: str, line: int, said: str
) -> None:
    (found,) = warnings(text, SHARED)
    assert (found.lint, found.line) == (lint, line)
    assert said in found.message
    assert warnings(text + f"lint: {{ignore: [{lint}]}}\n", SHARED) == []


def test_a_rule_runs_on_its_last_day() -> None:
    assert warnings(TESTED + "    enabled_until: 2026-11-22\n", SHARED) == []


def test_every_lint_has_its_case_here() -> None:
    tested = {row[1] for row in (*QUERIES, *LISTS, *RULES)} | {"unused-list"}
    assert tested == set(LINTS)


def test_an_unused_list_is_named() -> None:
    found = warnings("terms: {u: [x]}\n" + TESTED, SHARED)
    assert [(each.lint, each.message) for each in found] == [("unused-list", "no rule uses the term list $u")]


def test_an_unknown_lint_is_an_error() -> None:
    (error,) = load_rules({"a.yaml": TESTED.replace("$t", "x") + "    lint: {ignore: [unused]}\n"}).errors
    assert (error.line, error.column, error.message) == (5, 21, "there is no lint unused")
    (error,) = load_rules({"a.yaml": "lint: {off: [never]}\n"}).errors
    assert error.message == "lint: has no key off"


def test_broken_files_have_no_lints() -> None:
    files = {
        "a.yaml": "rules:\n\t- id: a\n",
        "b.yaml": "rules:\n  - id: b\n    query: x AND\n",
        "c.yaml": "- x\n",
    }
    assert lint_files(files, {}, TODAY) == []


@given(st.lists(queries, min_size=2, max_size=4), articles)
def test_without_what_is_superfluous_the_same_is_found(parts: list[nodes.Node], article: Article) -> None:
    logic = Logic()
    needless = [part for part, _ in superfluous(parts, logic.implies, logic)]
    kept = list(parts)
    for part in reversed(needless):
        kept.reverse()
        kept.remove(part)
        kept.reverse()
    assert kept
    assert any(slow.holds(part, article) for part in parts) == any(slow.holds(part, article) for part in kept)


@given(st.text(max_size=40), st.text(alphabet="terms: rules-idquy\n[]{}'\"|$ANDORT*~/()", max_size=80))
def test_any_text_can_be_looked_through(word: str, text: str) -> None:
    for each in (text, f"terms: {{t: [{word!r}]}}\n", f"rules:\n  - id: a\n    query: |\n      {text}\n"):
        for problem in lint_files({"a.yaml": each}, {}, TODAY):
            assert problem.lint in LINTS
