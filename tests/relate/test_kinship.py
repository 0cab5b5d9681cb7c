"""Which seeds a story belongs with: those it is like, however long ago they were news."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.model import Article, Novelty, Relation
from monitor.relate.features import features, vocabulary_of
from monitor.relate.kinship import KIN_ABROAD, SeedMemory, kin
from monitor.relate.profile import StoryProfile
from monitor.relate.stories import join, threshold
from monitor.relate.words.vocabulary import Vocabulary

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
SAPPERS = Article(
    "Sappers for Kursk",
    "North Korea will send 1,000 sappers to clear mines in the Kursk region of Russia, Alexander Matsegora said.",
    language="en",
)
AGAIN = Article(
    "More sappers on their way to Kursk",
    "North Korea has sent another 1,000 sappers to the Kursk region, where they clear mines, Alexander Matsegora said.",
    language="en",
)
TARIFFS = Article(
    "Tariffs on steel are raised", "Tariffs on steel from Canada rise to 25 percent in May.", language="en"
)
RUSSIAN = Article(
    "Мацегора: КНДР направит 1000 сапёров в Курскую область",
    "КНДР направит 1000 сапёров для разминирования в Курскую область, сообщил посол Александр Мацегора.",
    language="ru",
)
RUSSIAN_ELSEWHERE = Article(
    "Пошлины на сталь", "Канада повысит пошлины на сталь до 25 процентов.", language="ru"
)
SEEDS = [
    (1, features(SAPPERS)),
    (2, features(TARIFFS)),
    (3, features(RUSSIAN)),
    (4, features(RUSSIAN_ELSEWHERE)),
]


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    learnt = Vocabulary()
    for article in (SAPPERS, AGAIN, TARIFFS, RUSSIAN, RUSSIAN_ELSEWHERE):
        learnt.observe(vocabulary_of(article.title, article.body), article.language)
    return learnt


def story(article: Article, vocabulary: Vocabulary, at: datetime = NOON) -> StoryProfile:
    return join(None, article, features(article), Relation(7, Novelty.STORY, ""), vocabulary, at)


def test_a_story_belongs_with_the_seed_that_it_is_like_the_likest_first(vocabulary: Vocabulary) -> None:
    found = kin(SEEDS, story(AGAIN, vocabulary), vocabulary)
    assert [id for id, _ in found] == [1, 3]
    assert found[0][1] >= threshold(len(SEEDS[0][1].terms)) and KIN_ABROAD <= found[1][1] < found[0][1]


def test_the_time_between_does_not_matter(vocabulary: Vocabulary) -> None:
    """A seed has no time here at all: the story may be of yesterday or years old."""
    years_ago = story(AGAIN, vocabulary, NOON - timedelta(days=2000))
    assert kin(SEEDS, years_ago, vocabulary) == kin(SEEDS, story(AGAIN, vocabulary), vocabulary)


def test_in_another_language_names_and_numbers_decide(vocabulary: Vocabulary) -> None:
    found = kin(SEEDS[:2], story(RUSSIAN, vocabulary), vocabulary)
    assert [id for id, _ in found] == [1]


def test_a_story_of_something_else_belongs_with_none(vocabulary: Vocabulary) -> None:
    rain = Article("Heavy rain in Lisbon", "Heavy rain flooded streets in Lisbon on Tuesday.", language="en")
    assert kin(SEEDS, story(rain, vocabulary), vocabulary) == ()
    assert kin([], story(AGAIN, vocabulary), vocabulary) == ()


def test_seeds_are_remembered_until_they_may_have_changed() -> None:
    memory = SeedMemory()
    assert memory.of("troops") is None
    memory.remember("troops", {1: features(SAPPERS)})
    memory.remember("rain", {})
    known = memory.of("troops")
    assert known is not None and list(known) == [1] and memory.of("rain") == {}
    memory.forget(["troops"])
    assert memory.of("troops") is None and memory.of("rain") == {}
    memory.forget()
    assert memory.of("rain") is None
