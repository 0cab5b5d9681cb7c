"""Rules come, change and go while the engine runs; it decides as if it had been made anew."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.match.engine import Engine
from monitor.match.evaluation.plans import plan_of
from monitor.match.language import nodes
from monitor.match.language.lexer import QueryError
from monitor.match.language.nodes import unparse
from monitor.match.rules import Rule, version_of
from monitor.model import Article, Severity
from tests.match import slow
from tests.match.strategies import articles, queries


def rule(name: str, tree: nodes.Node, line: int = 0) -> Rule:
    query = unparse(tree)
    return Rule(name, name, Severity.LOW, query, version_of(query), line=line)


names = st.sampled_from("abcdef")
batches = st.tuples(
    st.dictionaries(names, st.tuples(queries, st.integers(0, 3)), max_size=3),
    st.frozensets(names, max_size=2),
)


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(names, queries, max_size=4),
    st.lists(batches, min_size=1, max_size=4),
    st.lists(articles, min_size=1, max_size=2),
    st.sampled_from((0, 2, 512)),
)
def test_updates_leave_what_a_new_engine_would_be(
    first: dict[str, nodes.Node], changes: list[object], texts: list[Article], beside: int
) -> None:
    trees = dict(first)
    engine = Engine((rule(name, tree) for name, tree in first.items()), most_beside=beside)
    for added, removed in changes:  # type: ignore[misc]
        engine.update((rule(name, tree, line) for name, (tree, line) in added.items()), removed)
        for name in removed:
            trees.pop(name, None)
        trees |= {name: tree for name, (tree, _) in added.items()}
        assert {each.id for each in engine.rules} == trees.keys()
        assert list(engine.rules) == sorted(engine.rules, key=lambda each: (each.path, each.line, each.id))
        anew = Engine(engine.rules)
        for article in texts:
            assert engine.match(article) == anew.match(article)
            matched = [match.rule for match in engine.match(article)]
            assert set(matched) == {name for name, tree in trees.items() if slow.holds(tree, article)}
            assert matched == [each.id for each in engine.rules if each.id in matched]
            assert [each.id for each in engine.matching(article)] == matched


A = rule("a", nodes.Word("alpha"))
B = rule("b", nodes.Word("beta"))
BROKEN = replace(B, query="(beta", version="broken")
ARTICLE = Article("", "alpha beta gamma")


def test_one_unsound_rule_changes_nothing() -> None:
    engine = Engine([A])
    with pytest.raises(QueryError):
        engine.update([rule("a", nodes.Word("gone")), BROKEN], ["a"])
    assert engine.rules == (A,)
    assert [match.rule for match in engine.match(ARTICLE)] == ["a"]


def test_what_is_told_of_a_rule_changes_without_its_query() -> None:
    engine = Engine([A, B])
    told = replace(A, title="Another title", line=7)
    engine.update([told])
    assert engine.rules == (B, told)
    assert engine.matching(ARTICLE) == (B, told)


def test_a_rule_comes_back_after_it_was_removed() -> None:
    engine = Engine([A, B])
    engine.update([], ["a", "unknown"])
    assert engine.matching(ARTICLE) == (B,)
    engine.update([A])
    assert engine.matching(ARTICLE) == (A, B)


def test_a_plan_that_is_known_is_not_worked_out_again() -> None:
    """A rule whose query could not be read is taken with its plan: nothing parses it until it is needed."""
    plans = {"broken": plan_of("beta")}
    assert Engine([BROKEN], plans).matching(ARTICLE) == (BROKEN,)
    engine = Engine([])
    engine.update([BROKEN], plans=plans)
    assert engine.matching(ARTICLE) == (BROKEN,)


def test_a_rule_is_found_by_words_that_were_known_before_it_came() -> None:
    engine = Engine([A])
    assert engine.matching(ARTICLE) == (A,)
    late = [
        rule("prefix", nodes.Word("gam*")),
        rule("inner", nodes.Word("g?mma")),
        rule("edit", nodes.Fuzzy("gamna", 1)),
        rule("phrase", nodes.Phrase(("be*", "gamma"))),
        rule("piece", nodes.Raw("gamma")),
        rule("word", nodes.Word("gamma")),
    ]
    for each in late:
        engine.update([each])
        assert each in engine.matching(ARTICLE)
    assert len(engine.matching(ARTICLE)) == 1 + len(late)


def test_filing_anew_by_what_was_learnt_changes_no_decision() -> None:
    rules = [rule(f"r{i}", nodes.And((nodes.Word(f"w{i % 7}"), nodes.Word(f"w{i % 11}")))) for i in range(77)]
    engine, texts = Engine(rules), [Article("", f"w{i % 5} w{i % 3} w{i % 2}") for i in range(150)]
    for article in texts:
        assert {each.id for each in engine.matching(article)} == {
            each.id for each in rules if all(word in article.body for word in each.query.split(" AND "))
        }


def test_what_is_put_off_until_there_is_time_changes_no_decision() -> None:
    engine = Engine([B, A], most_beside=1)
    late = [rule(name, nodes.Word("gamma"), line) for line, name in enumerate("xyz")]
    engine.change(late, ["b"])
    before = engine.matching(ARTICLE)
    engine.tidy()
    assert before == engine.matching(ARTICLE) == engine.rules
    assert [each.id for each in before] == ["a", "x", "y", "z"]


def test_threads_match_while_rules_change() -> None:
    """Each sees the rules before a change or those after it, whatever is learnt and filed anew meanwhile."""
    fixed = [rule(f"r{i:02}", nodes.Word(f"w{i}")) for i in range(40)]
    engine = Engine(fixed, most_beside=3)
    article = Article("", " ".join(f"w{i}" for i in range(0, 40, 2)) + " late words")
    always = {each.id for each in fixed[::2]}
    stop = Event()

    def match() -> int:
        count = 0
        while not stop.is_set() and count < 5_000:
            found = {match.rule for match in engine.match(article)}
            assert found - always <= {"late"}
            assert always <= found
            count += 1
        return count

    with ThreadPoolExecutor(3) as pool:
        running = [pool.submit(match) for _ in range(3)]
        try:
            for number in range(30):
                engine.update(
                    [rule("late", nodes.Phrase(("late", "w*"))), rule(f"x{number}", nodes.Word("no"))]
                )
                engine.update([], ["late"])
        finally:
            stop.set()
        assert all(each.result() for each in running)
