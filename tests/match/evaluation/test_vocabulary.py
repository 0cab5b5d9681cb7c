from __future__ import annotations

from fnmatch import fnmatchcase

from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.match.evaluation.vocabulary import is_like

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


@given(
    st.lists(st.sampled_from("ab?"), min_size=1, max_size=4), st.text("ab", min_size=1, max_size=4), st.data()
)
def test_in_a_long_word_a_pattern_is_what_it_says(piece: list[str], block: str, data: st.DataObject) -> None:
    word = block * 1_500
    for place in data.draw(st.lists(st.integers(0, len(word) - 1), max_size=4)):
        word = word[:place] + "c" + word[place + 1 :]
    end = data.draw(st.sampled_from(("", "c", "b", "?c")))
    pattern = f"*{''.join(piece)}{end}*{data.draw(st.sampled_from(('', 'a', 'c')))}"
    assert is_like(pattern, word) == fnmatchcase(word, pattern)
