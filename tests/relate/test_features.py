"""The terms of a text, all of them and each once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.relate.features import distinct, terms


@given(st.lists(st.sampled_from(["troops", "of", "a", "北", "朝", "군인들이", "Курская", "x", "deployment"])))
def test_the_vocabulary_is_the_terms_each_once(text):
    assert distinct(text) == set(terms(text))
