"""Errors say where and what, and survive the way from a worker process."""

from __future__ import annotations

import pickle

from monitor.errors import Problem, SeedError

PROBLEM = Problem("rules/a.yaml", 4, 9, "there is no key 'quary'", "did you mean 'query'?", "    quary: x", 5)


def test_a_problem_is_shown_with_its_line_and_a_caret() -> None:
    assert PROBLEM.report().splitlines() == [
        "rules/a.yaml:4:9: error: there is no key 'quary' (did you mean 'query'?)",
        "  4 |     quary: x",
        "    |         ^^^^^",
    ]


def test_a_problem_without_a_place_is_one_line() -> None:
    assert Problem("seeds/x.txt", 0, 0, "it is empty").report() == "seeds/x.txt: error: it is empty"


def test_what_a_worker_raises_arrives_whole() -> None:
    error = pickle.loads(pickle.dumps(SeedError([PROBLEM, PROBLEM])))
    assert isinstance(error, SeedError)
    assert error.problems == [PROBLEM, PROBLEM]
    assert str(error) == str(SeedError([PROBLEM, PROBLEM]))
