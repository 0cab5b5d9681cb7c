"""Where words stand is the same however it is found."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.match.evaluation.places import starts_and_ends
from monitor.text import word_places

SIGNS = "abSZ09_.:,;'’“” -\n\x1c"
texts = st.text(SIGNS) | st.text(SIGNS + "é北ー\u00ad\u0301İ👍\ud800") | st.text()


@settings(max_examples=500)
@given(texts)
def test_places_are_those_of_the_words(text: str) -> None:
    assert list(zip(*starts_and_ends(text), strict=True)) == word_places(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("U.S. troops", [(0, 3), (5, 11)]),
        ("it's 3.5, l'Aquila’s", [(0, 2), (5, 8), (12, 18)]),
        ("__ _a a__b.c", [(3, 5), (6, 12)]),
    ],
)
def test_where_words_stand(text: str, expected: list[tuple[int, int]]) -> None:
    assert list(zip(*starts_and_ends(text), strict=True)) == expected
