"""The terms of a text, all of them and each once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Article
from monitor.relate.features import distinct, features, headline, terms


@given(st.lists(st.sampled_from(["troops", "of", "a", "北", "朝", "군인들이", "Курская", "x", "deployment"])))
def test_the_vocabulary_is_the_terms_each_once(text):
    assert distinct(text) == set(terms(text))


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Port votes for a wider quay", "Port votes for a wider quay"),
        ("Sports News | Port votes for a wider quay | Example Daily", "Port votes for a wider quay"),
        ("港口投票｜例报", "港口投票｜例报"),
        (
            "Port votes for a wider quay after years - Example Daily",
            "Port votes for a wider quay after years",
        ),
        ("Port votes for a wider quay after years – The Daily", "Port votes for a wider quay after years"),
        ("Fire in port - three dead", "Fire in port - three dead"),
        ("Port votes for a wider quay after years - but who is to pay the sixty millions?",) * 2,
        ("A well-known port votes for a wider quay in the north-west",) * 2,
        ("", ""),
        (" | ", ""),
    ],
)
def test_the_headline_of_a_title(title, expected):
    assert headline(title) == expected


def test_the_outlet_beside_a_title_tells_nothing():
    beside = features(Article("Port votes for a wider quay after years - Example Daily", "", language="en"))
    alone = features(Article("Port votes for a wider quay after years", "", language="en"))
    assert (beside.terms, beside.mentions) == (alone.terms, alone.mentions)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("3,000", "3000"),
        ("3.000", "3000"),
        ("12.000", "12000"),
        ("1,234,567", "1234567"),
        ("6.4", "6.4"),
        ("3,14", "3,14"),
    ],
)
def test_a_grouped_number_is_one_however_it_is_written(written, number):
    assert terms([written]) == [number]
    assert distinct([written]) == {number}
