"""What the index brings up is never too little, what it decides by itself is right, and what it keeps is bounded."""

from __future__ import annotations

from fnmatch import fnmatchcase

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.match.evaluation.plans import Plan, plan_of, plan_of_tree
from monitor.match.evaluation.view import View
from monitor.match.index.atoms import Atoms
from monitor.match.index.lexicon import Lexicon
from monitor.match.index.phrases import Phrases
from monitor.match.index.rows import Rows
from monitor.match.index.segment import Columns, Scratch, Segment
from monitor.match.index.trees import Trees
from monitor.match.language import nodes
from monitor.model import Article
from tests.match import slow
from tests.match.strategies import articles, queries


def met(plans: list[Plan], article: Article, weights: list[float]) -> tuple[list[int], list[int], Segment]:
    """Which plans an article brings up, which of these it meets, and the segment."""
    atoms = Atoms()
    columns = Columns.of(plans, atoms)
    segment = Segment(columns, np.resize(np.array(weights, np.float32), len(atoms)))
    scratch = Scratch(len(atoms), len(plans))
    present = atoms.of(View(article)).atoms
    scratch.present[present] = True
    candidates = segment.candidates(present, scratch)
    return sorted(candidates.tolist()), segment.meeting(candidates, scratch.present).tolist(), segment


@settings(max_examples=300, deadline=None)
@given(
    st.lists(queries, min_size=1, max_size=5), articles, st.lists(st.floats(0.1, 9), min_size=1, max_size=7)
)
def test_whatever_is_thought_rare_nothing_is_missed(
    trees: list[nodes.Node], article: Article, weights: list[float]
) -> None:
    found, decided, segment = met([plan_of_tree(tree) for tree in trees], article, weights)
    hold = {index for index, tree in enumerate(trees) if slow.holds(tree, article)}
    assert hold <= set(decided) <= set(found)
    assert len(found) == len(set(found))
    assert {index for index in decided if segment.is_simple[index]} <= hold


@pytest.mark.parametrize(
    ("query", "title", "body", "brought_up"),
    [
        ("title:storm", "A storm", "x", True),
        ("title:storm", "x", "A storm", False),
        ('"north korea"', "x", "north of korea", False),
        ('"north korea*"', "x", "North Koreans", True),
        ('"north korea"', "north", "korea", False),
        ('raw:"KPA"', "x", "kpa.org", True),
        ("金正恩", "x", "金正恩は", True),
        ("金正恩", "x", "金は正恩", False),
        ("NOT a", "x", "x", True),
        ("lang:en", "x", "x", True),
    ],
)
def test_what_brings_a_rule_up(query: str, title: str, body: str, brought_up: bool) -> None:
    found, _, _ = met([plan_of(query)], Article(title, body), [1.0])
    assert bool(found) == brought_up


def test_an_authors_words_are_no_words_of_the_text() -> None:
    article = Article("", "x", authors=("Kim Lee", "Jo Park"))
    queries_ = ["kim", "author:kim", 'author:"kim lee"', 'author:"lee jo"', "title:kim"]
    found, _, _ = met([plan_of(query) for query in queries_], article, [1.0])
    assert found == [1, 2]


phrases = st.lists(st.sampled_from(("a", "b", "ab", "a*", "?b", "*a")), min_size=2, max_size=4)


@settings(max_examples=300)
@given(
    st.lists(phrases, max_size=4, unique_by=tuple),
    st.lists(phrases, max_size=4, unique_by=tuple),
    st.lists(st.sampled_from(("a", "b", "ab", "ba", "")), max_size=9),
)
def test_phrases_are_found_where_they_stand(
    early: list[list[str]], late: list[list[str]], words: list[str]
) -> None:
    known, lexicon = Phrases(), Lexicon()
    asked = [list(each) for each in dict.fromkeys(map(tuple, (*early, *late)))]
    for part in (asked[: len(early)], asked[len(early) :]):
        for phrase in part:
            known.add(phrase, asked.index(phrase))
        known.refresh()
    expected = {
        (number, start, start + len(phrase))
        for number, phrase in enumerate(asked)
        for start in range(len(words) - len(phrase) + 1)
        if all(word and fnmatchcase(word, key) for word, key in zip(words[start:], phrase, strict=False))
    }
    numbers = lexicon.read([" ".join(part) for part in _parted(words)])
    found = known.find(numbers, lexicon, Rows(lexicon, known.patterns))
    assert set(found) == expected
    assert len(found) == len(expected)


def _parted(words: list[str]) -> list[list[str]]:
    """The texts between empty words."""
    parts: list[list[str]] = [[]]
    for word in words:
        if word:
            parts[-1].append(word)
        else:
            parts.append([])
    return parts


def test_trees_are_kept_within_bounds() -> None:
    trees = Trees(limit=50)
    article = Article("", "w3 w4")
    for number in range(200):
        operator = trees.get(f"w{number} NEAR/0 w{number + 1}")
        assert operator.holds(View(article)) == (number == 3)
        assert len(trees) <= 53
    assert trees.get("w3 NEAR/0 w4").holds(View(article))


def test_equal_queries_share_their_tree() -> None:
    trees = Trees()
    assert trees.get("a NEAR/3 b") is trees.get("a NEAR/3 b")
