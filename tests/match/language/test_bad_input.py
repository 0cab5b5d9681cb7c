"""Rule files that are broken on purpose or by accident: each is one clear error, soon, and the others are read."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.match.engine import Engine
from monitor.match.lints.lint import lint_files
from monitor.match.rulefiles.book import load_rules
from monitor.match.rulefiles.rulefile import MAX_PROBLEMS
from monitor.model import Article

GOOD = "rules:\n  - id: good\n    query: kpa AND troops\n    seeds: [s]\n"


def rule(query: str) -> str:
    return f"rules:\n  - id: a\n    query: |\n      {query}\n    seeds: [s]\n"


def lists(*items: str) -> str:
    return "terms:\n" + "".join(f"  l{n}: {each}\n" for n, each in enumerate(items)) + rule("$l0")


ONE_ERROR = {
    "parentheses": (rule("(" * 10_000 + "x" + ")" * 10_000), "4:67", "nested more than 60 deep"),
    "NOTs": (rule("NOT " * 10_000 + "x"), "4:247", "nested more than 60 deep"),
    "minus": (rule("-" * 10_000 + "x"), "4:67", "nested more than 60 deep"),
    "a megabyte of query": (rule("x OR " * 180_000 + "x"), "4:7", "at most 200,000 characters"),
    "a megabyte of rules": ("#" * 1_000_001, "1:1", "at most 1,000,000 characters"),
    "a large expression": (rule("/" + "(a?){100}" * 100 + "/ AND x"), "4:7", "this expression is too slow"),
    "a large repeat": (rule("/(x{900}){900}/ AND x"), "4:7", "this is no RE2 expression"),
    "an expression of anything": (rule("/(a*)*/ AND x"), "4:7", "matches the empty text"),
    "a list of itself": (lists("[$l0]"), "2:7", "refers to itself: $l0 -> $l0"),
    "lists in a ring": (lists("[$l1]", "[x, $l2]", "[$l0]"), "2:7", "$l0 -> $l1 -> $l2 -> $l0"),
    "lists within lists": (lists(*(f"[$l{n + 1}]" for n in range(30)), "[x]"), "22:8", "nested more than 20 deep"),
    "a lone surrogate": (rule("x \ud800 y"), "4:9", "the character U+D800 cannot stand in it"),
    "NUL": (rule("x \0 y"), "4:9", "the character U+0000 cannot stand in it"),
    "a surrogate escaped": ('rules:\n  - id: a\n    query: "x\\ud800"\n', "3:12", "control character"),
    "anchors": ("terms:\n  a: &a [x, x]\n  b: [*a, *a]\n", "2:6", "a value cannot begin with &"),
    "merge keys": ("rules:\n  - <<: {title: x}\n    id: a\n    query: x\n", "2:5", "no key <<"),
    "documents": ("rules: []\n---\nrules: []\n", "2:1", "one document"),
    "brackets": ("rules: " + "[" * 20_000, "1:27", "nested more than 20 deep"),
    "blocks": ("\n".join(" " * n + "a:" for n in range(200)), "21:21", "nested more than 20 deep"),
    "dashes": ("- " * 10_000, "1:41", "nested more than 20 deep"),
    "a table of keys": ("? " * 10_000, "1:3", "a key is a word"),
    "tabs": ("\t" * 10_000, "1:1", "a tab cannot indent"),
    "a page": ("<html><body>404</body></html>\n", "1:1", "a rule file holds"),
    "a merge": ("<<<<<<< HEAD\nrules: []\n=======\n", "1:1", "a merge left its marks"),
    "a type": ("rules: !!python/object/apply:os.system [x]\n", "1:8", "a value cannot begin with !"),
}  # fmt: skip


@pytest.mark.parametrize("name", ONE_ERROR)
def test_each_is_one_error_and_the_other_files_are_read(name: str) -> None:
    text, place, said = ONE_ERROR[name]
    book = load_rules({"a.yaml": text, "good.yaml": GOOD})
    assert [problem.place for problem in book.errors] == [f"a.yaml:{place}"]
    assert said in book.errors[0].message
    assert len(book.errors[0].report()) < 1_000
    assert [rule.id for rule in book.rules] == ["good"]
    assert lint_files({"a.yaml": text}, {}, date(2026, 11, 22)) == []


LEGAL = [
    rule("a" + "*a" * 500 + "*b"),
    rule("a" + "?" * 3_000),
    rule('"' + "* " * 50 + 'x"'),
    rule("x OR " * 4_000 + "x"),
    rule(" AND ".join(f"w{n}" for n in range(2_000)) + " AND NOT w1"),
    rule("500 OF (" + ", ".join(f"w{n}" for n in range(1_000)) + ")"),
    rule("(" * 20 + "a" + " NEAR/9999 b)" * 20),
    rule("/(a+)+b/ AND x"),
    rule("x\u200b AND y"),
    rule("x\u00a0AND\u00a0y"),
]


@pytest.mark.parametrize("text", LEGAL, ids=range(len(LEGAL)))
def test_what_is_strange_but_legal_runs(text: str) -> None:
    book = load_rules({"a.yaml": text})
    assert book.errors == ()
    Engine(book.rules).match(Article("a" * 500, "a " * 50 + "a" * 5_000 + " x y b"))
    assert len(lint_files({"a.yaml": text}, {}, date(2026, 11, 22))) <= 50


WRONG_TYPES = [
    "[x]",
    "{x: y}",
    "[[x]]",
    "",
    "~",
    "12",
    "1.5",
    "true",
    "no",
    "2027-01-01",
    "'' ",
    "[]",
    "{}",
    "[~]",
]
KEYS = [
    *("title", "severity", "query", "exclude", "where", "seeds", "alert", "tests", "owner", "tags"),
    *("description", "enabled_until", "leading_wildcard", "lint", "id"),
]  # fmt: skip


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("value", WRONG_TYPES)
def test_any_type_at_any_key_is_read_or_refused_at_its_place(key: str, value: str) -> None:
    given = {"id": "a", "query": "x", key: value}
    text = "rules:\n  - " + "\n    ".join(f"{name}: {each}" for name, each in given.items()) + "\n"
    book = load_rules({"a.yaml": text, "good.yaml": GOOD})
    assert "good" in [rule.id for rule in book.rules]
    assert all(problem.path == "a.yaml" and problem.line > 1 for problem in book.errors)
    assert len(book.rules) == (1 if book.errors else 2)
    for part in (
        "alert: {to: %s}",
        "alert: {per: %s}",
        "where: {lang: %s}",
        "tests: {match: %s}",
        "lint: {ignore: %s}",
    ):
        load_rules({"a.yaml": f"rules:\n  - id: a\n    query: x\n    {part % value}\n"})
    load_rules({"a.yaml": f"terms: {value}\nrules: {value}\nlint: {value}\n"})
    load_rules({"a.yaml": f"terms: {{t: {value}}}\n"})


def test_what_yaml_calls_a_truth_value_or_a_date_is_a_word() -> None:
    words = "[NO, no, Yes, on, true, 2027-01-01, 12:30, 1e3, 0x1F, .inf, =]"
    book = load_rules({"a.yaml": f"terms:\n  t: {words}\nrules:\n  - id: a\n    query: $t\n    seeds: [s]\n"})
    assert [problem.message for problem in book.errors] == ["there is no word in this"]
    book = load_rules(
        {"a.yaml": f"terms:\n  t: {words[:-4]}]\nrules:\n  - id: a\n    query: $t\n    seeds: [s]\n"}
    )
    assert book.errors == ()
    found = Engine(book.rules).match(Article("", "Oslo, NO"))
    assert [match.rule for match in found] == ["a"]


def test_a_file_of_nothing_but_errors_is_given_up() -> None:
    text = "rules:\n" + "".join(f"  - id: r{n}\n    query: titel:x\n" for n in range(5_000))
    book = load_rules({"a.yaml": text, "good.yaml": GOOD})
    assert len(book.errors) == MAX_PROBLEMS + 2
    assert "the rest of this file is not looked at" in book.errors[-1].message
    assert ("a.yaml", "") in book.broken
    items = "terms:\n  t: [" + "x AND, " * 5_000 + "x]\n"
    assert len(load_rules({"a.yaml": items}).errors) == MAX_PROBLEMS + 1
    twice = "terms:\n" + "  t: [x]\n" * 5_000
    assert len(load_rules({"a.yaml": twice}).errors) < 30


def test_a_file_half_written_at_any_place_is_read_or_has_errors_and_keeps_its_rules() -> None:
    text = (
        "terms: {t: [kpa, 'raw:\"X\"']}\n"
        + rule("($t OR x) AND y")
        + "    tests:\n      match: ['a: b', \"c\"]\n"
    )
    before = load_rules({"a.yaml": text})
    assert [each.id for each in before.rules] == ["a"]
    gone = 0
    for cut in range(len(text)):
        book = load_rules({"a.yaml": text[:cut]})
        running = {each.id for each in book.with_last_good(before.rules).rules}
        gone += not running
        assert running == {"a"} or not book.errors
    assert gone < text.index("- id: a") + 10, "only where no rule is written yet, or its id is half written"


WHOLE = """\
terms:
  dprk: ["North Korea*", DPRK, 북한*, 'raw:"KPA"']   # who
  sport: [football*, $dprk]
rules:
  - id: troops
    title: "Troops: sent"
    severity: high
    query: |
      ($dprk NEAR/6 (troop* OR soldier*))
      AND "sent to"~3 NOT title:sport
    exclude: [$sport, '金 OR /kp[ao]+x/']
    where: {lang: [en, ko], site: example.org}
    alert: {to: [desk], per: digest}
    enabled_until: 2027-01-31
    lint: {ignore: [chain]}
    tests:
      match: ["North Korean troops.", {title: T, body: >
        folded}]
      known_miss: ['it''s']
"""


@given(st.data())
def test_a_file_with_a_slip_of_the_keyboard_has_its_problems_where_there_is_text(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(WHOLE) - 1))
    end = data.draw(st.integers(at, min(at + 3, len(WHOLE))))
    typed = data.draw(st.text(alphabet="ab AND:'\"[]{}()|>#&*!~$/\n\t-?%@`\\,北", max_size=3))
    text = WHOLE[:at] + typed + WHOLE[end:]
    book = load_rules({"a.yaml": text}, frozenset({"desk"}))
    lines = text.split("\n")
    for problem in (*book.problems, *lint_files({"a.yaml": text}, {}, date(2026, 11, 22))):
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
        assert problem.source == lines[problem.line - 1].rstrip("\r")
        assert "\n" not in problem.message
    if not book.errors:
        Engine(book.rules)
