from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import Problem
from monitor.match.engine import Engine
from monitor.match.explaining.explain import explain
from monitor.match.language.canonical import MAX_EXPANDED
from monitor.match.language.query import MAX_DEPTH, MAX_LENGTH, parse, unparse
from monitor.match.rulefiles.book import load_rules
from monitor.match.rules import Rule, RuleBook
from monitor.model import Article, Per, Severity

GOOD = """\
terms:
  dprk: ["North Korea*", DPRK, 북한*]
rules:
  - id: troops
    title: Troops sent
    severity: high
    query: |
      ($dprk NEAR/6 troop*)
      AND $russia
    exclude: [$sport, football]
    where: {lang: [en, ko], site: example.org}
    seeds: [seeds/one.txt]
    alert: {to: [desk], per: digest, repeat: 4h, expect: usual}
    owner: desk@example.org
    tags: [wire]
    enabled_until: 2027-01-31
    tests:
      match: ["North Korean troops in Russia.", {title: T, body: B, lang: ko}]
      ignore: [Nothing.]
      known_miss: [The troops.]
"""
SHARED = """\
terms:
  russia: [Russia*, Kursk]
  sport: [football*, "World Cup"]
"""


def book(text: str, **more: str) -> RuleBook:
    return load_rules({"rules/a.yaml": text, **{f"rules/{name}.yaml": each for name, each in more.items()}})


def test_a_rule_file_becomes_rules() -> None:
    found = load_rules({"rules/a.yaml": GOOD, "rules/terms.yaml": SHARED}, frozenset({"desk"}))
    assert found.problems == ()
    (rule,) = found.rules
    assert (rule.id, rule.title, rule.severity, rule.owner) == (
        "troops",
        "Troops sent",
        Severity.HIGH,
        "desk@example.org",
    )
    assert (rule.policy.to, rule.policy.per) == (("desk",), Per.DIGEST)
    assert (rule.policy.repeat, rule.policy.expect) == (timedelta(hours=4), timedelta())
    assert Rule.load(rule.dump()) == rule == Rule.of_row(rule.row(), rule.path)
    assert (rule.seeds, rule.tags, rule.path, rule.line) == (("seeds/one.txt",), ("wire",), "rules/a.yaml", 4)
    assert rule.query == (
        '((("north korea*" OR dprk OR 북한*) NEAR/6 troop*) AND (russia* OR kursk))'
        ' AND NOT (football* OR "world cup") AND NOT football'
        ' AND (lang:"en" OR lang:"ko") AND site:"example.org"'
    )
    assert unparse(parse(rule.query)) == rule.query
    assert [(test.expect, test.title, test.body, test.lang) for test in rule.tests] == [
        ("match", "", "North Korean troops in Russia.", None),
        ("match", "T", "B", "ko"),
        ("ignore", "", "Nothing.", None),
        ("known_miss", "", "The troops.", None),
    ]
    assert rule.enabled(date(2027, 1, 31))
    assert not rule.enabled(date(2027, 2, 1))
    assert Rule.load(json.loads(json.dumps(rule.dump()))) == rule


def test_the_version_changes_with_the_meaning_only() -> None:
    def version(query: str, **lists: str) -> str:
        made = "".join(f"  {name}: {items}\n" for name, items in lists.items())
        return book(f"terms:\n{made}  z: z\nrules:\n  - id: a\n    query: '{query}'\n").rules[0].version

    assert version("x  AND y") == version("x && (Y)")
    assert version("$t AND y", t="[x]") == version("x AND y")
    assert version("$t AND y", t="[x]") != version("$t AND y", t="[x, w]")
    plain = book("rules:\n  - id: a\n    query: x\n").rules[0].version
    assert plain != book("rules:\n  - id: a\n    query: x\n    exclude: y\n").rules[0].version
    assert plain != book("rules:\n  - id: a\n    query: x\n    where: {lang: en}\n").rules[0].version
    assert (
        plain
        == book("rules:\n  - id: a\n    query: x\n    title: Other\n    alert: {per: digest}\n")
        .rules[0]
        .version
    )


RULE = "rules:\n  - id: a\n    query: x\n    seeds: [s.txt]\n"
WRONG = [  # text, line:column, said
    ("rules:\n  - id: a\n\tquery: x\n", "3:1", "a tab cannot indent YAML (use spaces)"),
    ("rules:\n  - id: a\n    id: b\n    query: x\n", "3:5", "the key id is given twice"),
    (RULE + "    sevrity: high\n", "5:5", "did you mean severity?"),
    (RULE + "    severity: hgh\n", "5:15", "did you mean high?"),
    (RULE + "    alert: {to: [dsk]}\n", "5:18", "did you mean desk?"),
    (RULE + "    alert: {per: storry}\n", "5:18", "did you mean story?"),
    (RULE + "    alert: {repeat: soon}\n", "5:21", "repeat: 'soon' is no duration (write 4h, say)"),
    (RULE + "    alert: {repeat: 20s}\n", "5:21", "repeat: 20s is too short, less than 1m (write 4h, say)"),
    (RULE + "    alert: {repeat: 1s}\n", "5:21", "repeat: 1s is too short"),
    (RULE + "    alert: {expect: [7d]}\n", "5:21", "write usual, or 14d, say"),
    (RULE + "    alert: desk\n", "5:12", "alert: {to: [desk], per: story}"),
    (RULE + "    where: {lang: english}\n", "5:19", "did you mean en?"),
    (RULE + "    where: {language: en}\n", "5:13", "did you mean lang?"),
    (RULE + "    tests: {macth: [x]}\n", "5:13", "did you mean match?"),
    (RULE + "    tests: {match: [{bdy: x}]}\n", "5:22", "did you mean body?"),
    (RULE + "    tests: {match: [[x]]}\n", "5:21", "a test is a text"),
    (RULE + "    enabled_until: soon\n", "5:20", "2027-01-31"),
    (RULE + "    exclude: [a b]\n", "5:17", '"a b"'),
    (RULE + "    leading_wildcard: maybe\n", "5:23", "one of true, false"),
    (RULE + "  - id: a\n    query: y\n", "5:9", "it is used at rules/a.yaml:2:9"),
    (RULE + "  - id: B C\n    query: y\n", "5:9", "small letters"),
    (RULE + "  - query: y\n", "5:5", "a rule needs an id"),
    (RULE + "  - id: b\n", "5:5", "a rule needs a query"),
    (RULE + "  - b\n", "5:5", "begin each rule"),
    ("ruels: []\n", "1:1", "did you mean rules?"),
    ("rules: {id: a}\n", "1:8", "rules: is a list"),
    ("- id: a\n", "1:1", "a rule file holds terms: and rules:"),
    ("rules:\n  - id: a\n    query: 'x AND $nope'\n", "3:19", "there is no term list $nope"),
    ("terms: {nope2: [y]}\nrules:\n  - id: a\n    query: $nope\n", "4:12", "did you mean $nope2?"),
    ('rules:\n  - id: a\n    query: x AND "y\n', "3:18", "never closed"),
    ('rules:\n  - id: a\n    query: "x\n', "3:12", "never closed"),
    ('rules:\n  - id: a\n    query: "x y" AND z\n', "3:18", "query: |"),
    ("rules:\n  - id: a\n    query: |\n      x AND\n      (y OR titel:z)\n", "5:13", "did you mean title:?"),
    ("rules:\n  - id: a\n    query: >\n      x AND\n\n      y z\n", "6:9", '"y z"'),
    ('rules:\n  - id: a\n    query: "\\"x y\\" AND\n      b c"\n', "4:9", '"b c"'),
    ("rules:\n  - id: a\n    query: '''x'' y'\n", "3:19", "an operator is missing"),
    ("terms:\n  a: [$b]\n  b: [$a]\nrules: []\n", "2:6", "$a -> $b -> $a"),
    ("terms:\n  a: []\nrules: []\n", "2:6", "the term list a is empty"),
    ("terms:\n  a: [x AND]\nrules: []\n", "2:9", "something must follow AND"),
    ("terms:\n  a: [['x']]\nrules: []\n", "2:7", "an item of a list"),
    ("terms: [a]\n", "1:8", "terms: holds named lists"),
    ("terms:\n  slow: ['*x']\nrules:\n  - id: a\n    query: y AND $slow\n", "5:18", "leading_wildcard"),
    ("rules:\n  - id: a\n    query: &q x\n", "3:12", "anchors"),
    ("rules:\n  - id: a\n    query: *q\n", "3:12", "aliases"),
    ("rules:\n  - id: a\n    query: !!python/object x\n", "3:12", "tags"),
    ("rules: []\n---\nrules: []\n", "2:1", "one document"),
    ("rules: " + "[" * 30 + "\n", "1:27", "nested more than 20 deep"),
    ("rules: " + "[" * 20_000, "1:27", "nested more than 20 deep"),
    ("x" * 1_000_001, "1:1", "at most 1,000,000 characters"),
    ("rules:\n  - id: a\n    query: " + "(" * 10_000 + "x\n", "3:72", "nested more than 60 deep"),
    ("rules:\n  - id: a\n    query: " + "x AND " * 150_000 + "x\n", "3:12", "at most 200,000 characters"),
    ('rules:\n  - id: a\n    query: "x\\ud800"\n', "3:12", "control character"),
    ('rules:\n  - id: a\n    query: "x\\0"\n', "3:12", "control character"),
    ("rules:\n  - id: a\n    query: '\ud800'\n", "3:13", "this is no YAML: the character U+D800"),
    ("rules:\n  - id: a\n    query:\tx y\n", "3:11", "a tab cannot stand here"),
    ("rules:\r\n  - id: a\r\n    query: |\r\n      x AND\r\n      titel:y\r\n", "5:7", "did you mean title:?"),
    ("rules: \x00\n", "1:8", "this is no YAML: the character U+0000"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "place", "said"), WRONG, ids=range(len(WRONG)))
def test_each_mistake_is_one_error_at_its_place(text: str, place: str, said: str) -> None:
    found = load_rules({"rules/a.yaml": text}, frozenset({"desk"}))
    assert [problem.place for problem in found.errors] == [f"rules/a.yaml:{place}"]
    assert said in str(found.errors[0])


def with_list(items: int, letters: int, uses: int) -> str:
    """A rule that uses one list of `items` words of so many letters so many times."""
    words = ", ".join(f"w{n}{'x' * letters}" for n in range(items))
    query = " AND ".join(["$long"] * uses)
    return f"terms: {{long: [{words}]}}\nrules:\n  - id: a\n    query: {query}\n    tests: {{match: [x]}}\n"


@pytest.mark.parametrize(("items", "letters", "uses"), [(500, 40, 99), (2, 190_000, 40)])
def test_lists_that_make_a_query_too_long_are_one_error_at_the_rule(
    items: int, letters: int, uses: int
) -> None:
    found = load_rules({"rules/a.yaml": with_list(items, letters, uses)})
    assert [problem.place for problem in found.problems] == ["rules/a.yaml:4:12"]
    assert f"over {MAX_EXPANDED:,} characters" in str(found.problems[0])
    assert found.rules == ()
    assert found.broken == {("rules/a.yaml", "a")}


def test_lists_may_make_a_query_longer_than_a_person_may_write() -> None:
    (rule,) = load_rules({"rules/a.yaml": with_list(500, 40, 40)}).rules
    assert MAX_LENGTH < len(rule.query) <= MAX_EXPANDED
    article = Article(title="", body=f"w7{'x' * 40}")
    assert [match.rule for match in Engine([rule]).match(article)] == ["a"]
    assert explain(rule.query, article).held


def test_what_is_joined_to_a_query_may_make_it_deeper_than_a_person_may_write() -> None:
    deep = "(x OR y)"
    for _ in range(MAX_DEPTH // 2 - 1):
        deep = f"(y AND (x OR {deep}))"
    text = f"rules:\n  - id: a\n    query: x AND {deep}\n    exclude: [{deep.replace('x', 'z').replace('y', 'z')}]\n"
    (rule,) = load_rules({"rules/a.yaml": text}).rules
    assert [match.rule for match in Engine([rule]).match(Article(title="", body="x y"))] == ["a"]


def test_all_problems_of_all_files_are_found_at_once() -> None:
    found = book(
        RULE + "    sevrity: x\n  - id: b\n    query: a b\n",
        b="rules:\n\t- id: c\n",
        c="rules:\n  - id: d\n    query: y AND\n",
    )
    assert [problem.place for problem in found.errors] == [
        "rules/a.yaml:5:5",
        "rules/a.yaml:7:14",
        "rules/b.yaml:2:1",
        "rules/c.yaml:3:14",
    ]


def test_a_broken_list_is_reported_once_and_breaks_the_rules_that_use_it() -> None:
    found = book(
        "terms:\n  t: [a AND]\nrules:\n  - id: a\n    query: x AND $t\n  - id: b\n    query: y AND $t\n"
    )
    assert len(found.errors) == 1
    assert found.rules == ()
    assert {rule_id for _, rule_id in found.broken} == {"a", "b"}


def test_words_that_yaml_would_read_otherwise_stay_words() -> None:
    found = book(
        "terms:\n  t: [NO, yes, 12:30, 0x1F, null_, 1_000]\nrules:\n  - id: '1'\n    query: $t\n    seeds: [s]\n"
    )
    assert found.problems == ()
    assert found.rules[0].query == 'no OR yes OR "12 30" OR 0x1f OR null_ OR 1_000'


WARNED = [
    ("rules:\n  - id: a\n    query: x\n", "2:9", "neither tests nor seeds"),
    ("rules:\n  - id: a\n    query: x OR and\n    seeds: [s]\n", "3:17", "the operator is AND"),
    ("terms:\n  t: [x]\n" + RULE, "2:6", "no rule uses the term list $t"),
]


@pytest.mark.parametrize(("text", "place", "said"), WARNED)
def test_what_is_probably_not_meant_is_a_warning(text: str, place: str, said: str) -> None:
    found = book(text)
    assert found.errors == ()
    assert [problem.place for problem in found.warnings] == [f"rules/a.yaml:{place}"]
    assert said in str(found.warnings[0])
    assert len(found.rules) == 1


def test_a_list_used_by_a_used_list_is_used() -> None:
    assert (
        book("terms:\n  t: [x]\n  u: [$t, y]\nrules:\n  - id: a\n    query: $u\n    seeds: [s]\n").problems
        == ()
    )


# --- promise 6: the last good version runs on -------------------------------------------------------

TWO = "rules:\n  - id: a\n    query: one\n  - id: b\n    query: two\n"


@pytest.mark.parametrize(
    ("edited", "running"),
    [
        ("rules:\n  - id: a\n    query: one AND\n  - id: b\n    query: three\n", {"a": "one", "b": "three"}),
        ("rules:\n  - id: a\n\tquery: new\n", {"a": "one", "b": "two"}),
        ("rules:\n  - id: b\n    query: 'x\n", {"a": "one", "b": "two"}),
        (
            "rules:\n  - id: a\n    query: x\n    query: y\n  - id: c\n    query: z\n",
            {"a": "one", "b": "two"},
        ),
        ("rules:\n  - id: a\n    query: new\n", {"a": "new"}),
        ("rules:\n  - id: a\n    query: x AND\n", {"a": "one"}),
        ("", {}),
    ],
)
def test_the_last_good_version_of_a_broken_rule_runs_on(edited: str, running: dict[str, str]) -> None:
    before = book(TWO).rules
    now = book(edited).with_last_good(before)
    assert {rule.id: rule.query for rule in now.rules} == running
    assert now.kept == {rule.id for rule in now.rules if rule in before}


def test_rules_of_an_unreadable_file_or_list_run_on() -> None:
    before = book("rules:\n  - id: a\n    query: $t\n", terms="terms:\n  t: [x, y]\n").rules
    problem = Problem("rules/a.yaml", 0, 0, "cannot be read")
    assert load_rules({}, None, [problem]).with_last_good(before).rules == before
    assert load_rules({}, None, [Problem("rules", 0, 0, "gone")]).with_last_good(before).rules == before
    broken = book("rules:\n  - id: a\n    query: $t\n", terms="terms:\n\tt: [x]\n")
    assert [problem.path for problem in broken.errors] == ["rules/terms.yaml"]
    assert [rule.query for rule in broken.with_last_good(before).rules] == ["x OR y"]
    assert load_rules({}).with_last_good(before).rules == ()


def test_a_rule_that_moved_to_another_file_runs_once() -> None:
    before = book(TWO).rules
    now = book("rules:\n\t- id: a\n", b="rules:\n  - id: a\n    query: new\n").with_last_good(before)
    assert {rule.id: rule.query for rule in now.rules} == {"a": "new", "b": "two"}


@given(st.text(alphabet="terms: rules-idquy\n\t[]{}'\"|>#&*!$a", max_size=60))
def test_any_text_is_a_book(text: str) -> None:
    found = load_rules({"rules/a.yaml": text})
    assert all(problem.line >= 1 for problem in found.problems)


@given(st.integers(0, 200), st.sampled_from(("\n", "\x00", "\t", "'", '"', "[", "}", "(")))
def test_a_half_written_file_never_fails_otherwise(cut: int, more: str) -> None:
    load_rules({"rules/a.yaml": GOOD[: cut * 4] + more, "rules/terms.yaml": SHARED})


def test_warnings_keep_no_rule_of_a_long_file_from_running() -> None:
    found = load_rules(
        {"r/a.yaml": "rules:\n" + "".join(f"  - id: r{n}\n    query: x\n" for n in range(300))}
    )
    assert (len(found.rules), found.errors) == (300, ())
