from __future__ import annotations

import pytest
from hypothesis import given, settings

from monitor.errors import RuleError
from monitor.match.evaluation.plans import Plan, plan_of
from monitor.match.language import nodes
from monitor.match.language.nodes import unparse
from monitor.match.language.query import parse
from tests.match.strategies import queries

# query, what is required, what is excluded, whether that is all
PLANS = [
    ('(a OR "b c" OR d*) AND NOT (e OR f)', [("a", "b c", "d*")], ("e", "f"), True),
    ("title:(a OR b) AND author:kim", [("t/a", "t/b"), ("a/kim",)], (), True),
    ('"north * korea now"', [("north",), ("korea now",)], (), False),
    ('"a b"~3', [("a",), ("b",)], (), True),
    ('"a b a"~3', [("a",), ("b",), ("a",)], (), False),
    ("a NEAR/3 b", [("a",), ("b",)], (), True),
    ("a NEAR/3 (b OR c)", [("a",), ("b", "c")], (), False),
    ("a NOT NEAR/3 b", [("a",)], (), False),
    ('raw:"KPA"', [("+kpa",)], (), False),
    ("x AND NOT (a AND b)", [("x",)], (), False),
    ("x OR (a AND NOT b)", [("x", "a")], (), False),
    ("2 OF (a, a, a)", [("a",)], (), False),
    ("2 OF (a, b)", [("a",), ("b",)], (), True),
    ("lead:a", [("a",)], (), False),
    ("lang:en AND words:>3", [], (), False),
    ("x OR lang:en", [], (), False),
    ("Matsegora~1", [("matsegora~1",)], (), True),
]


@pytest.mark.parametrize(("query", "required", "excluded", "whole"), PLANS)
def test_what_a_query_requires(query: str, required: list[object], excluded: object, whole: bool) -> None:
    plan = plan_of(unparse(parse(query)))
    assert set(plan.required) == set(required)
    assert plan.excluded == excluded
    assert plan.is_whole == whole


@settings(max_examples=50)
@given(queries)
def test_a_plan_can_be_kept(tree: nodes.Node) -> None:
    plan = plan_of(unparse(tree))
    assert Plan.load(plan.dump()) == plan


def test_what_is_no_query_has_no_plan() -> None:
    with pytest.raises(RuleError):
        plan_of("(a")


def test_what_is_no_plan_is_refused() -> None:
    with pytest.raises(ValueError, match="text"):
        Plan.load(["a"])
