from __future__ import annotations

from array import array
from fnmatch import fnmatchcase

from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.match.evaluation.vocabulary import Vocabulary, is_like

patterns = st.text("ab*?", min_size=1, max_size=7)
texts = st.text("ab", max_size=9)


@settings(max_examples=300)
@given(patterns, texts)
@example("*a?b*ab", "aabab")
@example("a*?*b", "ab")
def test_a_pattern_is_what_it_says(pattern: str, word: str) -> None:
    assert is_like(pattern, word) == fnmatchcase(word, pattern)


def test_a_long_word_is_no_matter() -> None:
    assert not is_like("*a?b*" * 10, "a" * 20_000)


@settings(max_examples=200)
@given(
    st.lists(patterns, max_size=5, unique=True),
    st.lists(patterns, max_size=5, unique=True),
    st.lists(texts.filter(bool), min_size=1),
)
def test_a_word_satisfies_what_it_would_by_itself(
    early: list[str], late: list[str], words: list[str]
) -> None:
    """Also where it was known before the pattern came."""
    vocabulary, asked = Vocabulary(), list(dict.fromkeys((*early, *late)))
    for number, pattern in enumerate(asked[: len(early)]):
        vocabulary.add(pattern, number)
    vocabulary.refresh()
    for word in words[::2]:
        assert vocabulary.known[word] is vocabulary.known[word]
    for number, pattern in enumerate(asked[len(early) :], len(early)):
        vocabulary.add(pattern, number)
    vocabulary.refresh()
    for word in words:
        found = sorted(array("i", vocabulary.known[word]))
        assert found == [number for number, pattern in enumerate(asked) if fnmatchcase(word, pattern)]


def test_what_is_known_is_bounded() -> None:
    vocabulary = Vocabulary(most=10)
    vocabulary.add("a*", 0)
    vocabulary.refresh()
    for number in range(100):
        assert array("i", vocabulary.known[f"a{number}"]) == array("i", [0])
    assert len(vocabulary.known) <= 10
    assert "a" * 1000 not in vocabulary.known
    assert vocabulary.known["a" * 1000]
    assert "a" * 1000 not in vocabulary.known
