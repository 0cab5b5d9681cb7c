"""The vocabulary: rare words weigh more, and it stays bounded."""

from __future__ import annotations

import math

import pytest

from monitor.relate.features import terms
from monitor.relate.words.vocabulary import Vocabulary


def test_rare_words_weigh_more() -> None:
    learnt = Vocabulary()
    for article in (["the", "kursk"], ["the", "quay"], ["the", "the", "quay"]):
        learnt.observe(article)
    assert learnt.idf("unseen") > learnt.idf("kursk") > learnt.idf("quay") > learnt.idf("the") > 0
    # As if 50 articles more had been seen, none of them with "quay" and every second with "the".
    assert learnt.idf("quay") == pytest.approx(math.log(1 + 54 / 2.5))
    assert learnt.idf("the") == pytest.approx(math.log(1 + 54 / 28.5))
    assert learnt.documents == 3


def test_a_word_has_weight_before_anything_is_learnt() -> None:
    assert Vocabulary().idf("kursk") > 0


def test_a_common_word_of_a_rare_language_is_common() -> None:
    learnt = Vocabulary()
    for _ in range(9800):
        learnt.observe(["the"], "en")
    for _ in range(200):
        learnt.observe(["война"], "ru")
    assert learnt.idf("война", "ru") < 1.2 < 3 < learnt.idf("война")
    assert learnt.idf("война", "xx") == learnt.idf("война", None) == learnt.idf("война")


def test_the_rarest_words_are_forgotten_when_there_are_too_many() -> None:
    learnt = Vocabulary(most_terms=8)
    learnt.observe(["the", "of"])
    learnt.observe(["the", "of", *"abcdefg"])
    assert len(learnt) == 6
    assert learnt.idf("the") < learnt.idf("g")


def test_counts_are_halved_when_there_are_many() -> None:
    learnt = Vocabulary(most_documents=4)
    for _ in range(4):
        learnt.observe(["the"])
    assert (learnt.documents, len(learnt)) == (2, 1)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["troops", "troop", "a", "kpa"], ["troop", "troop", "kpa"]),
        (["военных", "военные"], ["военн", "военн"]),
        (["朝", "鲜", "军", "kpa", "人"], ["朝鲜", "鲜军", "kpa"]),
        (["북한군은"], ["북한군은"]),
        ([], []),
    ],
)
def test_terms(words: list[str], expected: list[str]) -> None:
    assert terms(words) == expected


@pytest.mark.parametrize("word", ["the", "der", "les", "los", "что", "що"])
def test_function_words_are_common_before_anything_is_learnt(word: str) -> None:
    """Or on a program's first day two reports are one story because both say "of the"."""
    assert Vocabulary().idf(word) < Vocabulary().idf("kursk") / 4
