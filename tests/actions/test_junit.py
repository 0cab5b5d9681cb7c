"""The JUnit document, read with a real XML parser."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from monitor.actions.junit import junit, write_junit
from monitor.actions.testing import CaseResult, State, run_tests
from monitor.errors import Problem, SeedError, UsageError
from monitor.match.rulefiles.book import load_rules

RULES = """\
rules:
  - id: troops
    query: DPRK AND troops
    seeds: [seeds/gone.txt]
    tests:
      match: [DPRK troops, "<b>&\\"'DPRK"]
      ignore: [DPRK troops]
      known_miss: [soldiers, DPRK troops]
"""


def no_seed(path: Path) -> bytes:
    raise SeedError(Problem(str(path), 0, 0, "this file cannot be read"))


def test_each_file_is_a_suite_and_each_case_says_where_it_stands() -> None:
    book = load_rules({"rules/a.yaml": RULES, "rules/b.yaml": "rules:\n  - id: b\n    query: x AND\n"})
    root = etree.fromstring(junit(run_tests(book.rules, no_seed), book.errors))
    assert root.tag == "testsuites"
    assert {name: root.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "7",
        "failures": "3",
        "errors": "1",
        "skipped": "1",
    }
    assert [(suite.get("name"), suite.get("tests"), suite.get("errors")) for suite in root] == [
        ("rules/a.yaml", "6", "0"),
        ("rules/b.yaml", "1", "1"),
    ]
    cases = root.findall("testsuite/testcase")
    found = [
        (case.get("classname"), case.get("file"), case.get("line"), [each.tag for each in case])
        for case in cases
    ]
    assert found == [
        ("troops", "rules/seeds/gone.txt", None, ["failure"]),
        ("troops", "rules/a.yaml", "6", []),
        ("troops", "rules/a.yaml", "6", ["failure"]),
        ("troops", "rules/a.yaml", "7", ["failure"]),
        ("troops", "rules/a.yaml", "8", ["skipped"]),
        ("troops", "rules/a.yaml", "8", ["system-out"]),
        ("rules/b.yaml", "rules/b.yaml", "3", ["error"]),
    ]
    said = [case[0].get("message") for case in cases if len(case) and case[0].tag in ("failure", "error")]
    assert said == [
        "this file cannot be read",
        "no troops",
        "it matched on “DPRK”, “troops”",
        "something must follow AND",
    ]
    assert cases[0][0].text.startswith("rules/seeds/gone.txt\n"), "a seed is a file, without a line"
    assert "<b>&\"'DPRK" in cases[2][0].text
    assert cases[2].get("name") == "match 2: <b>&\"'DPRK"
    assert "rules/b.yaml:3:14" in cases[6][0].text


anything = st.text(st.characters(exclude_categories=()), max_size=30)


@given(anything, anything, st.sampled_from(State))
def test_any_text_makes_a_document(text: str, why: str, state: State) -> None:
    result = CaseResult("r", "match", 1, state, text, "a.yaml", 3, (why,), "a.yaml")
    (case,) = etree.fromstring(junit([result])).iter("testcase")
    assert case.get("line") == "3"
    if text.isalnum() and text.isascii() and text:
        assert case.get("name") == f"match 1: {text}"


def test_a_file_that_cannot_be_written_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written: no such file"):
        write_junit(tmp_path / "none" / "x.xml", [])
    write_junit(tmp_path / "x.xml", [])
    assert etree.parse(tmp_path / "x.xml").getroot().get("tests") == "0"
