"""What is said of texts that are no YAML: at the place that has to be changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.match.rulefiles.yamltree import Source, read

R = "rules:\n  - id: a\n"
ALIGN = "same column; indent with spaces"
WRONG = [  # text, line:column, said, hint
    (R + "    title: Korea: troops\n", "3:17", "ends a key, and this line has one", 'title: "Korea: troops"'),
    (R + "    query: x AND words: > 300\n", "3:23", "ends a key, and this line has one", "query: |"),
    ("rules:\n  - id:a\n    query: x\n", "2:7", "a space must follow this colon", "id: a"),
    ("rules:\n  -id: a\n    query: x\n", "2:3", "a space must follow this dash", "- id:"),
    (R + "     query: x\n", "3:6", "query: begins in column 6, and id: above it in column 5", ALIGN),
    (R + "   query: x\n", "3:4", "query: begins in column 4, and id: above it in column 5", ALIGN),
    (R + '    query: "North Korea" AND x\n', "3:26", 'the " before this ended the value', "query: |"),
    (R + "    query: 'x' AND 'y'\n", "3:16", "the ' before this ended the value", "query: |"),
    (R + "    query: 'People's Army'\n", "3:20", "the quote before this ended the text", "''"),
    (R + "    query: 'x\n", "3:12", "this quote is never closed", "query: |"),
    (R + "    query: *soldat\n", "3:12", "a value cannot begin with *", "quote it: '*soldat'"),
    (R + "    query: &soldat x\n", "3:12", "a value cannot begin with &", "quote it: '&soldat'"),
    (R + "    query: !x\n", "3:12", "a value cannot begin with !", "quote it: '!x'"),
    (R + "    query: @kim\n", "3:12", "a value cannot begin with @", "quote it: '@kim'"),
    (R + "    query: `kim`\n", "3:12", "a value cannot begin with `", "quote it: '`kim`'"),
    ("terms:\n  t: [*soldat, x]\n", "2:7", "a value cannot begin with *", "quote it: '*soldat'"),
    ("terms:\n  t: [a, b\nrules:\n  - id: a\n", "2:6", "this [ is never closed", "end the list with ]"),
    ("terms:\n  t: [a, b\n", "2:6", "this [ is never closed", "end the list with ]"),
    ("rules: [", "1:8", "this [ is never closed", "end the list with ]"),
    ("rules:\n  - {\n", "2:5", "this { is never closed", "end the list with }"),
    ("terms:\n  t: [a, \nrules:\n  - id: a\n", "2:6", "this [ is never closed", "end the list with ]"),
    ('terms:\n  t: [a, "b" "c"]\n', "2:14", "a comma is missing before this", "quotes"),
    (R + "    query: |\n    x AND y\n", "4:5", "must be indented deeper than query:", ""),
    (R + "    query\n", "3:5", "this line has no key", "key: value"),
    ("rules:\n<<<<<<< HEAD\n  - id: a\n=======\n  - id: b\n>>>>>>> other\n", "2:1", "a merge", "keep one"),
    (R + "\tquery: x\n", "3:1", "a tab cannot indent YAML", "use spaces"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "place", "said", "hint"), WRONG)
def test_each_is_one_error_where_the_change_is_to_be_made(
    text: str, place: str, said: str, hint: str
) -> None:
    _, problems = read(Source("a.yaml", text))
    assert [problem.place for problem in problems] == [f"a.yaml:{place}"]
    assert said in problems[0].message
    assert hint in problems[0].hint


def test_a_key_without_a_value_is_where_what_is_missing_is_missed() -> None:
    tree, problems = read(Source("a.yaml", "terms:\n  t:\n  u: [x]\n"))
    assert problems == []
    assert tree is not None
    empty = tree.items[0].items[0]
    assert (empty.empty, empty.start, empty.end) == (True, 9, 10)


@given(st.text(alphabet="a: -|>[]{}'\"\n\t#&*!@`%,?", max_size=40))
def test_whatever_is_wrong_has_its_place_within_the_text(text: str) -> None:
    _, problems = read(Source("a.yaml", text))
    assert all(1 <= problem.line <= text.count("\n") + 1 and problem.column >= 1 for problem in problems)
