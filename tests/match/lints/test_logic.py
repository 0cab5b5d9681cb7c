"""What is said of a query without any article is true of every article."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.match.language import nodes
from monitor.match.language.query import parse
from monitor.match.lints.logic import Logic, least_words, requires_word, texts, word_within
from monitor.model import Article
from tests.match import slow
from tests.match.strategies import articles, queries, spans, words

NEVER = [
    "a AND NOT a",
    "a AND b AND NOT (a OR c)",
    '"x y" AND NOT x',
    "troops AND NOT troop*",
    "(a OR b) AND NOT (a OR b OR c)",
    "(a AND b) NOT (b AND a)",
    "(a NEAR/2 b) AND NOT (a NEAR/5 b)",
    "(a NEAR/2 b) AND NOT b",
    "title:a AND NOT a",
    "lead:a AND NOT body:a",
    "FIRST/5(a) AND NOT a",
    "FIRST/5(a) AND NOT FIRST/9(a)",
    "atleast3(a) AND NOT atleast2(a OR b)",
    "Kim AND NOT Kin~1",
    "lang:en AND lang:ko AND a",
    "lang:en AND (lang:ko OR lang:ja) AND a",
    "words:>500 AND words:<300 AND a",
    "words:[300 TO 200] AND a",
    "words:<0 AND a",
    "a AND NOT words:>=0",
    "2 OF (a, b AND NOT b)",
    'FIRST/3("a b c d")',
    "FIRST/1(a NEAR/3 b)",
    "FIRST/5(title:a)",
    "title:a NEAR/3 body:b",
    "title:a w/s author:b",
    'raw:"+" NEAR/3 a',
    "a OR (b AND NOT b)",
]


@pytest.mark.parametrize("query", NEVER[:-1])
def test_what_can_never_match_is_seen(query: str) -> None:
    assert Logic().never(parse(query, may_hold_on_nothing=True))


@pytest.mark.parametrize(
    "query",
    [
        *("a OR (b AND NOT b)", "a AND NOT b", "troop* AND NOT troops", "x AND NOT \"x y\"", "a AND NOT title:a"),
        *("(a OR b) AND NOT a", "title:(a NEAR/3 b)", 'FIRST/4("a b c d")', "a NEAR/3 a", "a NOT NEAR/3 a"),
        *("words:>300 AND words:<302 AND a", "lang:en-GB AND lang:en AND a", "site:a.org AND site:b.org AND a"),
        *("a NOT NEAR/3 title:b", 'raw:"C++" NEAR/3 a', "tag:x AND tag:y AND a", "body:a NEAR/3 lead:b"),
        *("(a AND b) NOT (b AND c)", "(a NEAR/5 b) NOT (a NEAR/2 b)", "(a NEAR/5 b) NOT (a ONEAR/5 b)"),
    ],
)  # fmt: skip
def test_what_can_match_is_not_called_impossible(query: str) -> None:
    node = parse(query, may_hold_on_nothing=True)
    assert not Logic().never(node)
    assert not Logic().always(node)


@pytest.mark.parametrize(
    "query", ["words:>=0", "a OR NOT a", 'a OR NOT "a b"', "NOT (a AND NOT a)", "NOT words:<0"]
)
def test_what_always_holds_is_seen(query: str) -> None:
    assert Logic().always(parse(query, may_hold_on_nothing=True))


WITHIN = [
    ("troops", "troop*", True),
    ("troop*", "troo*", True),
    ("tr?op*", "tr*", True),
    ("tr?op*", "tro*", False),
    ("troop*", "troops", False),
    ("troo*", "troop*", False),
    ("*oops", "*oops", True),
    ("*troops", "*oops", False),
    ("t?", "t*", True),
    ("t*", "t?", False),
]


@pytest.mark.parametrize(("one", "other", "within"), WITHIN)
def test_patterns_within_patterns(one: str, other: str, within: bool) -> None:
    assert word_within(one, other) is within


def test_a_query_beyond_the_budget_is_not_judged() -> None:
    node = parse(" AND ".join(f"w{i}" for i in range(400)) + " AND NOT w399")
    assert Logic().never(node)
    assert not Logic(budget=100).never(node)


@given(queries, st.lists(articles, min_size=1, max_size=6))
def test_never_and_always_are_true(query: nodes.Node, tried: list[Article]) -> None:
    logic = Logic()
    never, always = logic.never(query), logic.always(query)
    if never or always:
        assert not (never and always)
        assert {slow.holds(query, article) for article in tried} == {bool(always)}


@given(queries, queries, articles)
def test_what_follows_from_a_query_holds_where_it_does(
    one: nodes.Node, other: nodes.Node, article: Article
) -> None:
    logic = Logic()
    for left, right in ((one, other), (one, nodes.Or((one, other))), (nodes.And((one, other)), other)):
        if logic.implies(left, right) and slow.holds(left, article):
            assert slow.holds(right, article)
        if logic.excludes(left, right):
            assert not (slow.holds(left, article) and slow.holds(right, article))


patterns = st.sampled_from(("ab", "abc", "b", "a*", "ab*", "a?", "*b"))
small = st.one_of(
    st.builds(nodes.Word, patterns, st.sampled_from(("", "lead", "body"))),
    st.builds(nodes.Fuzzy, words, st.just(1)),
    st.builds(nodes.Phrase, st.sampled_from((("ab", "b"), ("a*", "b"), ("b", "ab"))), st.integers(0, 2)),
)  # fmt: skip
joined = st.recursive(
    small,
    lambda inner: st.one_of(
        st.builds(nodes.Near, inner, inner, st.integers(0, 3), st.just("w"), st.booleans(), st.booleans()),
        st.builds(lambda a, b: nodes.Or((a, b)), inner, inner),
    ),
    max_leaves=3,
)


@given(joined, joined, articles)
def test_what_covers_is_found_at_all_places_of_the_other(
    one: nodes.Node, other: nodes.Node, article: Article
) -> None:
    logic = Logic()
    for kind in ("title", "body"):
        text = slow.Text(kind, getattr(article, kind))
        if logic.covers(one, other):
            assert slow.spans(one, text) <= slow.spans(other, text)
    if logic.implies(one, other) and slow.holds(one, article):
        assert slow.holds(other, article)


@given(spans, articles)
def test_texts_and_lengths_of_places_are_true(node: nodes.Node, article: Article) -> None:
    for kind, content in (("title", article.title), ("body", article.body)):
        found = slow.spans(node, slow.Text(kind, content))
        assert not found or kind in texts(node)
        assert all(end - start >= least_words(node) for start, end in found)


@given(queries)
def test_what_requires_a_word_does_not_hold_without_any(query: nodes.Node) -> None:
    if requires_word(query):
        assert not slow.holds(query, Article("", "", language="en", tags=("Wire",)))
