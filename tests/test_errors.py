"""Errors say where and what, and survive the way from a worker process."""

from __future__ import annotations

import pickle

import pytest

from monitor.errors import Problem, SeedError

PROBLEM = Problem("rules/a.yaml", 4, 9, "there is no key 'quary'", "did you mean 'query'?", "    quary: x", 5)


def test_a_problem_is_shown_with_its_line_and_a_caret() -> None:
    assert PROBLEM.report().splitlines() == [
        "rules/a.yaml:4:9: error: there is no key 'quary' (did you mean 'query'?)",
        "  4 |     quary: x",
        "    |         ^^^^^",
    ]


CARETS = [  # line, column, length; the line as shown, the line of carets below it
    ("a: 北韓 AND titel:x", 11, 6, "a: 北韓 AND titel:x", " " * 12 + "^^^^^^"),
    ("a: 북한 x", 4, 2, "a: 북한 x", "   ^^^^"),
    ("a: e\u0301 x", 7, 1, "a: e\u0301 x", "     ^"),
    ("\tx", 2, 1, " x", " ^"),
    ("\x1b[2Jx\u202ey", 7, 1, "\ufffd[2Jx\ufffdy", "      ^"),
    ("a" * 89 + "bcd", 90, 1, "… " + "a" * 85 + "bcd", " " * 87 + "^"),
    ("b" + "a" * 200, 1, 200, "b" + "a" * 87 + " …", "^" * 90),
    ("a" * 100 + "bc" + "a" * 100, 101, 2, "… " + "a" * 30 + "bc" + "a" * 54 + " …", " " * 32 + "^^"),
]


@pytest.mark.parametrize(("line", "column", "length", "shown", "caret"), CARETS)
def test_the_caret_stands_under_what_it_means_and_long_lines_are_cut(
    line: str, column: int, length: int, shown: str, caret: str
) -> None:
    report = Problem("a.yaml", 7, column, "wrong", source=line, length=length).report()
    assert report.splitlines()[1:] == [f"  7 | {shown}", f"    | {caret}"]


def test_a_warning_names_the_lint_it_is() -> None:
    problem = Problem("a.yaml", 1, 2, "not used", "remove it", level="warning", lint="unused-list")
    assert str(problem) == "a.yaml:1:2: warning: not used (remove it) [unused-list]"


def test_a_problem_without_a_place_is_one_line() -> None:
    assert Problem("seeds/x.txt", 0, 0, "it is empty").report() == "seeds/x.txt: error: it is empty"


def test_what_a_worker_raises_arrives_whole() -> None:
    error = pickle.loads(pickle.dumps(SeedError([PROBLEM, PROBLEM])))
    assert isinstance(error, SeedError)
    assert error.problems == [PROBLEM, PROBLEM]
    assert str(error) == str(SeedError([PROBLEM, PROBLEM]))
