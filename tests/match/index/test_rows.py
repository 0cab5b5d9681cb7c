"""Words are read as analysis reads them, each stands for the atoms it satisfies, and what is kept is bounded."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.match.evaluation.vocabulary import Vocabulary, is_within, pieces
from monitor.match.index.lexicon import GAP, Lexicon
from monitor.match.index.rows import Rows
from monitor.text import words

# Words alone and joined, elided and possessive, in scripts with and without spaces, signs of several or none.
PARTS = [
    "a",
    "b",
    "The",
    "it's",
    "l'ab",
    "U.S.",
    "3.5,",
    "a.b;c",
    "_",
    "é",
    "北京",
    "한국이",
    "กำ",
    "㈱",
    "⒈",
    "!",
    "ﷺ",
]
texts = st.text("abslStd1'’.:,;_- \n\u00a0éßİΣא״\"北ー㈱한กำ⒈👍\u0301\u200d") | st.lists(
    st.sampled_from([*PARTS, "x" * 100, "北" * 90, "a.b;" * 30]), max_size=9
).map(" ".join)


@settings(max_examples=300)
@given(st.lists(st.lists(texts, min_size=1, max_size=3), min_size=1, max_size=4))
def test_texts_are_read_as_their_words(articles: list[list[str]]) -> None:
    lexicon = Lexicon()
    for article in (*articles, *articles):
        numbers = lexicon.read(article).tolist()
        expected = words(article[0])
        for text in article[1:]:
            expected += ["", *words(text)]
        assert [lexicon.names[number] for number in numbers] == expected
        assert [number == GAP for number in numbers] == [not word for word in expected]
        assert lexicon.hashes[numbers].tolist() == list(map(hash, expected))


def test_many_words_are_told_apart() -> None:
    lexicon = Lexicon()
    for number in range(0, 40_000, 500):
        text = " ".join(f"w{n % 30_000}" for n in range(number, number + 500))
        assert [lexicon.names[n] for n in lexicon.read([text]).tolist()] == text.split()
    assert len(lexicon) == 30_001


def test_a_lexicon_knows_when_it_is_full() -> None:
    lexicon = Lexicon(most=40)
    lexicon.read(["a b c " * 100, "x" * 1000 + " " + "x" * 1000])
    assert not lexicon.is_full
    for number in range(10):
        lexicon.read([f"{number}.{number};a{number}, 北京{number}"])
    assert lexicon.is_full


patterns = st.text("ab*?", min_size=1, max_size=7)
asked = st.lists(
    patterns | st.sampled_from(["+a", "+ab", "aab~1", "b~2", "ab", "abba"]), max_size=5, unique=True
)


def satisfies(word: str, asked: str) -> bool:
    if asked[0] == "+":
        return asked[1:] in pieces(word)
    if "~" in asked:
        return is_within(asked[:-2], word, int(asked[-1]))
    return fnmatchcase(word, asked)


@settings(max_examples=300)
@given(asked, st.lists(asked, max_size=3), st.lists(st.text("ab", min_size=1, max_size=6), min_size=1))
@example([], [["abba"], ["ab*"]], ["abba", "abab", "b"])
def test_a_word_satisfies_what_it_would_by_itself(
    early: list[str], late: list[list[str]], some: list[str]
) -> None:
    """Also where it was known before the pattern came."""
    vocabulary, lexicon, every = Vocabulary(), Lexicon(), list(early)
    for number, pattern in enumerate(every):
        vocabulary.add(pattern, number)
    rows = Rows(lexicon, vocabulary)
    numbers = lexicon.read([" ".join(some)])
    for more in ([], *late):
        fresh = [pattern for pattern in dict.fromkeys(more) if pattern not in every]
        for number, pattern in enumerate(fresh, len(every)):
            vocabulary.add(pattern, number)
        rows.added(fresh)
        every += fresh
        for part in (numbers[::2], numbers):
            starts, sizes, atoms = rows.of(part)
            for number, start, size in zip(part.tolist(), starts.tolist(), sizes.tolist(), strict=True):
                word = lexicon.names[number]
                found = sorted(atoms[start : start + size].tolist())
                assert found == [atom for atom, pattern in enumerate(every) if satisfies(word, pattern)]


@pytest.mark.parametrize("text", ["aa*", "a", "a?a*a"])
def test_what_changes_often_does_not_grow(text: str) -> None:
    vocabulary, lexicon = Vocabulary(), Lexicon()
    vocabulary.add("a*", 0)
    rows = Rows(lexicon, vocabulary)
    numbers = lexicon.read([" ".join(f"a{number}" for number in range(50))])
    for number in range(1, 40):
        vocabulary.add(text.replace("a", "a" * number), number)
        rows.added([text.replace("a", "a" * number)])
        _, sizes, atoms = rows.of(numbers)
        assert sizes.min() > 0
        assert len(atoms) <= 4096
