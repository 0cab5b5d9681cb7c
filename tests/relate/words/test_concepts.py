"""The concepts: one in every language, and no stem of two things."""

from __future__ import annotations

from collections import Counter

import pytest

from monitor.relate.features import terms
from monitor.relate.words.concept_words import THINGS
from monitor.relate.words.concepts import concepts
from monitor.relate.words.place_words import PLACES
from monitor.text import words


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("killed getötet muertos mortes morts погибли загинули 사망했다 死亡", "+dead"),
        ("earthquake Erdbeben terremoto séisme землетрясение землетрус 지진이 地震", "+earth"),
        ("Russians russischen Россия 러시아는 ロシ", "+russi"),
        ("Spain España Spanien Espagne Испании", "+spain"),
    ],
)
def test_a_thing_is_one_in_every_language(written: str, expected: str) -> None:
    said = [term for word in written.split() for term in terms(words(word))]
    assert len(said) == len(written.split())
    assert set(concepts(said)) == {expected}
    assert len(concepts(said)) == len(said)


def test_what_is_no_concept() -> None:
    assert concepts(["kursk", "15000", "@krsk", "train", "repor", "국"]) == []


def test_a_stem_means_one_thing_and_is_cut_as_terms_are() -> None:
    stems = Counter((THINGS + PLACES).split())
    assert [stem for stem, count in stems.items() if count > 1] == []
    assert [stem for stem in stems if terms(words(stem)) != [stem]] == []
