"""Rule files as an analyst mistypes them: each mistake is said at its place, with what was probably meant."""

from __future__ import annotations

import pytest

from monitor.errors import Problem
from monitor.match.rulefiles.book import load_rules


def errors(text: str, **more: str) -> list[Problem]:
    files = {"a.yaml": text, **{f"{name}.yaml": each for name, each in more.items()}}
    return list(load_rules(files, frozenset({"desk"})).errors)


QUERIES = [  # query in a block below line 3, line:column, message, hint
    ("north NEAR korea", "4:13", "a proximity needs its distance", "NEAR/5"),
    ("north NEAR5 korea", "4:13", "a proximity is written with a slash", "NEAR/5"),
    ("north NEAR:5 korea", "4:13", "a proximity is written with a slash", "NEAR/5"),
    ("north WITHIN/5 korea", "4:13", "WITHIN is no operator", "NEAR/5"),
    ("north ADJ4 korea", "4:13", "ADJ is no operator", "ONEAR/3"),
    ("north ANDNOT korea", "4:13", "ANDNOT is no operator", "AND NOT"),
    ("north BUT NOT korea", "4:13", "BUT is no operator", "AND NOT"),
    ("north XOR korea", "4:13", "XOR is no operator", "(a NOT b) OR (b NOT a)"),
    ("north SAME korea", "4:13", "SAME is no operator", "w/p"),
    ("north NEAR/x korea", "4:13", "a proximity needs its distance", "NEAR/5"),
    ("north NOT/5 korea", "4:13", "NOT/5 is no operator", "did you mean NOT NEAR/5?"),
    ("north | korea", "4:13", "| is no operator", "did you mean OR?"),
    ("north & korea", "4:13", "& is no operator", "did you mean AND?"),
    ("north + korea", "4:13", "+ is no operator", "did you mean AND?"),
    ("a AND «north korea»", "4:13", "« opens no phrase", '"north …"'),
    ("'north korea' AND a", "4:7", "' opens no phrase", '"north …"'),
    ("George W Bush", "4:14", "an operator is missing", '"George W"'),
    ("the first lady", "4:11", "an operator is missing", '"the first"'),
    ("atleast(3, x)", "4:7", "atleast needs its number", "atleast3(x)"),
    ("atleast4 x", "4:7", "atleast4 needs its number", "atleast4(x)"),
    ("FIRST(10, x)", "4:7", "FIRST needs its number", "FIRST/3(x)"),
    ("2 OF (a OR b)", "4:7", "2 of 1 alternatives", "2 OF (a, b, c)"),
    ("a NEAR/3 NOT b", "4:16", "NOT cannot stand here", "a NOT NEAR/3 b"),
    ("a AND  # the word", "4:14", "there is no word in this", "# begins no comment"),
    ("headline:x", "4:7", "there is no field headline:", "did you mean title:?"),
    ("x AND source:y", "4:13", "there is no field source:", "did you mean site:?"),
    ("Title:x", "4:7", "there is no field Title:", "did you mean title:?"),
    ("x AND lang:Korean", "4:13", "korean is no language code", "did you mean ko?"),
    ("korea AND troops OR men", "4:24", "AND and OR are mixed", "parentheses"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "place", "message", "hint"), QUERIES)
def test_what_other_products_write_otherwise_is_known(
    query: str, place: str, message: str, hint: str
) -> None:
    (found,) = errors(f"rules:\n  - id: a\n    query: |\n      {query}\n")
    assert found.place == f"a.yaml:{place}"
    assert message in found.message
    assert hint in found.hint


RULE = "rules:\n  - id: a\n    query: x\n"
KEYS = [
    ("rules:\n  - name: a\n    id: a\n    query: x\n", "2:5", "no key name", "id: a-short-name"),
    (RULE + "    headline: x\n", "4:5", "no key headline", "did you mean title?"),
    (RULE + "    priority: high\n", "4:5", "no key priority", "did you mean severity?"),
    (RULE + "    to: desk\n", "4:5", "no key to", "alert: {to: [desk]}"),
    (RULE + "    lang: en\n", "4:5", "no key lang", "where: {lang: [en, ko]}"),
    (RULE + "    terms: {t: [x]}\n", "4:5", "no key terms", "beside rules:"),
    (RULE + "    enabled: false\n", "4:5", "no key enabled", "enabled_until:"),
    (RULE + "    <<: {title: x}\n", "4:5", "no key <<", "no merge keys"),
    (RULE + "    tests: {should_match: [x]}\n", "4:13", "no key should_match", "did you mean match?"),
    (RULE + "    tests: {not_match: [x]}\n", "4:13", "no key not_match", "did you mean ignore?"),
    (RULE + "    tests: {match: [{text: x}]}\n", "4:22", "no key text", "did you mean body?"),
    (RULE + "    tests: {match: [He said: stop]}\n", "4:21", "no key He said", "needs quotes"),
    (RULE + "    tests: {match: [{body: x, lang: korean}]}\n", "4:37", "no language code", "did you mean ko?"),
    (RULE + "    tests: {match: [{url: x}]}\n", "4:21", "no text in this test", "body:"),
    (RULE + "    tests: {match: [{body: [x]}]}\n", "4:28", "body: is a text", ""),
    (RULE + "    where: {domain: a.org}\n", "4:13", "no key domain", "did you mean site?"),
    (RULE + "    alert: {receiver: desk}\n", "4:13", "no key receiver", "did you mean to?"),
    (RULE + '    alert: {to: "desk, ops"}\n', "4:17", "no receiver desk, ops", "to: [desk, ops]"),
    (RULE + "    enabled_until: 1.2.2027\n", "4:20", "year first", "did you mean 2027-02-01?"),
    (RULE + "    severity: HIGH\n", "4:15", "HIGH is no severity", "did you mean high?"),
    ("rules:\n  - id: KPA Russia\n    query: x\n", "2:9", "cannot be an id", "did you mean kpa-russia?"),
    ("rules:\n  - id: a\n    query: [x, y]\n", "3:12", "query: is one text", "word OR"),
    ("rules:\n  - id: a\n    query: x AND # y\n", "3:14", "something must follow", "# is a comment to YAML"),
    ("terms:\n  DPRK: [x]\nrules:\n  - id: a\n    query: $dprk\n", "5:12", "$dprk", "did you mean $DPRK?"),
    ("terms:\n  t: [x, null]\n", "2:10", "null is nothing to YAML", "'null'"),
    ("terms:\n  t: [x, ~]\n", "2:10", "~ is nothing to YAML", "'~'"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "place", "message", "hint"), KEYS)
def test_keys_and_values_have_hints(text: str, place: str, message: str, hint: str) -> None:
    found = errors(text)
    problem = next(each for each in found if message in each.message)
    assert problem.place == f"a.yaml:{place}"
    assert hint.lower() in problem.hint.lower()
    assert len({each.place for each in found}) == len(found), "one error a place"


def test_what_can_be_seen_of_a_broken_query_is_said_at_once() -> None:
    text = (
        "terms: {broken: [a AND], near: [x]}\nrules:\n  - id: a\n    query: |\n"
        "      titel:x AND $neer AND lang:xx AND\n      (朝鲜 and y OR $broken OR $near OR title:z)\n"
        "    exclude: [bdy:q, $none]\n"
    )
    assert [(each.place, each.hint) for each in errors(text)] == [
        ("a.yaml:1:20", ""),
        ("a.yaml:5:7", "did you mean title:?"),
        ("a.yaml:5:19", "did you mean $near?"),
        ("a.yaml:5:29", "two letters, as in en, ko, zh"),
        ("a.yaml:6:11", "AND"),
        ("a.yaml:7:15", "did you mean body:?"),
        ("a.yaml:7:22", ""),
    ]


PLACES = [  # how the query is written, where its wrong field stands
    ("'北韓 AND titel:x'", "3:20"),
    ('"\\"a b\\" AND\\n titel:x"', "3:27"),
    ('"\\u5317 AND titel:x"', "3:24"),
    ('"a\\x20AND\\ttitel:x"', "3:23"),
    ("'it''s AND titel:x'", "3:23"),
    ("'a AND\t\ttitel:x'", "3:20"),
    ("a AND\n      b AND\n      titel:x", "5:7"),
    ("|\n      a AND\n        titel:x", "5:9"),
    ("|-\n\n      a AND\n\n      titel:x", "7:7"),
    (">-\n      ab AND\n      (c OR titel:x)", "5:13"),
    (">\n      'ab' AND\n\n      titel:x", "6:7"),
    ('"a AND \\\n      titel:x"', "4:7"),
    ('"a\n      AND titel:x"', "4:11"),
]


@pytest.mark.parametrize(("written", "place"), PLACES)
def test_a_place_in_a_query_is_a_place_in_the_file(written: str, place: str) -> None:
    (found,) = errors(f"rules:\n  - id: a\n    query: {written}\n")
    assert (found.place, found.hint) == (f"a.yaml:{place}", "did you mean title:?")
