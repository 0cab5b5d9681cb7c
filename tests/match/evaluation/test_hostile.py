"""Articles and queries made to be slow: each is decided soon, and rightly."""

from __future__ import annotations

import random
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.match.engine import Engine
from monitor.match.language import nodes
from monitor.match.language.query import QueryError, parse, unparse
from monitor.match.rules import Rule, version_of
from monitor.model import Article, Severity

SIZE = 100_000  # words of an article
LIMIT = 5.0  # seconds of the processor; each takes less than a tenth of it, and took from 10 to 1000 once
LETTERS = random.Random(1).choices("abcdefghij", k=SIZE)
TEXTS = {
    "one word": "a " * SIZE,
    "two words": "a b " * (SIZE // 2),
    "any of two": " ".join(random.Random(2).choices("ab", k=SIZE)),
    "any of ten": " ".join(LETTERS),
    "between": "a b b b b b z " * (SIZE // 7),
    "one long word": "a" * SIZE,
    "pairs in one word": "ab" * SIZE,
}
SLOW = [  # query, text, whether it matches
    ('"' + "a " * 100 + '"~50', "one word", True),
    ('"' + "a " * 100 + '"~50', "two words", False),
    ('"' + "a b " * 50 + '"~10', "any of two", True),
    ('"' + "a b " * 49 + 'a z"~10', "any of two", False),
    ('"' + "a b c " * 30 + '"~5000', "any of ten", True),
    ('"' + "? * " * 25 + 'zz"~50', "any of ten", False),
    ('"' + "? a* " * 25 + 'b"~50', "any of two", True),
    ('"' + "a " * 5_000 + '"', "one word", True),
    ('"' + "a " * 5_000 + 'b"', "two words", False),
    ("a NEAR/0 zz", "any of ten", False),
    ("b ONEAR/0 (a ONEAR/0 a)", "two words", False),
    ("a NOT NEAR/10000 a", "one word", False),
    ("a NOT NEAR/10000 b", "any of two", False),
    ("b NOT NEAR/0 (a NEAR/9000 z)", "between", False),
    ("(b NEAR/9000 b) NOT NEAR/0 (a NEAR/9000 z)", "between", False),
    ("(b NEAR/9 b) NEAR/20 z", "between", True),
    ("b w/s (b NEAR/9000 z)", "between", True),
    ("a NOT w/s b", "any of ten", False),
    ("(a OR b) w/p (c OR d)", "any of ten", True),
    ("a*" + "a?" * 1_000 + "b*", "one long word", False),
    ("a" + "*a?a" * 300 + "*c", "pairs in one word", False),
    ("/[ab]/ NEAR/1 /[ab]/", "any of two", True),
    ("/(a?){100}b/", "pairs in one word", True),
    ("/(a?){100}b/", "one long word", False),
]


def rule(node: nodes.Node) -> Rule:
    text = unparse(node)
    return Rule("r", "r", Severity.LOW, text, version_of(text))


@pytest.mark.parametrize(("query", "text", "decision"), SLOW, ids=range(len(SLOW)))
def test_no_article_takes_long(query: str, text: str, decision: bool) -> None:
    engine = Engine([rule(parse(query))])
    article = Article("", TEXTS[text])
    start = process_time()
    assert bool(engine.match(article)) == decision
    assert process_time() - start < LIMIT


def test_a_phrase_with_slop_has_only_so_many_words() -> None:
    parse('"' + "a " * 100 + '"~3')
    parse('"' + "a " * 101 + '"')
    with pytest.raises(QueryError, match="at most 100 words; this one has 101") as caught:
        parse('x AND "' + "a " * 101 + '"~3')
    assert caught.value.start == len("x AND ")


@given(st.data())
def test_a_long_phrase_in_a_long_text_is_found_where_it_stands(data: st.DataObject) -> None:
    block = data.draw(st.lists(st.sampled_from("ab"), min_size=1, max_size=4))
    words = block * 150
    for place in data.draw(st.lists(st.integers(0, len(words) - 1), max_size=5)):
        words[place] = data.draw(st.sampled_from("abc"))
    start = data.draw(st.integers(0, len(words) - 100))
    phrase = words[start : start + 100]
    if data.draw(st.booleans()):
        phrase[data.draw(st.integers(0, 99))] = data.draw(st.sampled_from("ab?"))
    node = nodes.Phrase(tuple(phrase))
    article = Article("", " ".join(words))
    is_there = any(
        all(asked in ("?", word) for asked, word in zip(phrase, words[i : i + 100], strict=True))
        for i in range(len(words) - 99)
    )
    assert bool(Engine([rule(node)]).match(article)) == is_there
