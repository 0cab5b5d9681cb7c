"""Short reports of events that are alike stay apart, and those of one event meet."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.model import Article, Novelty, Relation
from monitor.relate.doubts import FEWEST_WORDS, OTHERS, trust
from monitor.relate.features import features
from monitor.relate.profile import StoryProfile, vector
from monitor.relate.stories import join, relate
from monitor.relate.words.vocabulary import Vocabulary
from tests.relate._short_pairs import ONE_EVENT, TWO_EVENTS

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def report(language: str, text: str, number: int = 1, hours: float = 0, *, titled: bool = False) -> Article:
    at = NOON + timedelta(hours=hours)
    said = {"title": text, "body": ""} if titled else {"title": "", "body": text}
    return Article(
        **said, language=language, published=at, collected=at, id=number, source=f"outlet {number}"
    )


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    """What a monitor has learnt that collected these reports and no others."""
    learnt = Vocabulary()
    for language, *texts in TWO_EVENTS + ONE_EVENT:
        for text in texts:
            learnt.observe(features(report(language, text)).terms, language)
    return learnt


def opened(article: Article, vocabulary: Vocabulary) -> StoryProfile:
    return join(None, article, features(article), Relation(7, Novelty.STORY, ""), vocabulary, NOON)


def story_of(before: Article, now: Article, vocabulary: Vocabulary) -> int:
    return relate(now, features(now), [opened(before, vocabulary)], [], vocabulary, NOON).story


@pytest.mark.parametrize("titled", [False, True], ids=["text", "headline"])
@pytest.mark.parametrize("swapped", [False, True], ids=["", "swapped"])
@pytest.mark.parametrize(
    ("language", "one", "other", "expected"),
    [(*pair, 0) for pair in TWO_EVENTS] + [(*pair, 7) for pair in ONE_EVENT],
)
def test_short_reports(
    language: str, one: str, other: str, expected: int, swapped: bool, titled: bool, vocabulary: Vocabulary
) -> None:
    first, second = (other, one) if swapped else (one, other)
    before, now = report(language, first, titled=titled), report(language, second, 2, 5, titled=titled)
    assert story_of(before, now, vocabulary) == expected


FIRE = "A wildfire near Almora has destroyed forty houses. Crews from three districts fight the flames."


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        pytest.param("A wildfire near Redding has destroyed twelve houses.", OTHERS, id="another town"),
        pytest.param("The wildfire near Almora has reached Nainital.", 1.0, id="the same and another town"),
        pytest.param(
            "Almora mourns; a wildfire destroyed houses, says Redding's mayor.", 1.0, id="it begins so"
        ),
        pytest.param("A wildfire has destroyed forty houses and a school.", 1.0, id="no town"),
        pytest.param("Wildfire Near Redding Has Destroyed Twelve Houses", 1.0, id="capitals throughout"),
        pytest.param("On a Monday, a wildfire destroyed houses.", 1.0, id="a day is no name"),
        pytest.param("A wildfire is a fire that burns unplanned.", 0.0, id="one word in common"),
        pytest.param("The minister resigned over a tax on sugar.", 0.0, id="nothing in common"),
    ],
)
def test_trust(second: str, expected: float, vocabulary: Vocabulary) -> None:
    found = features(report("en", second, 2))
    assert trust(found, vector(found, vocabulary), opened(report("en", FIRE), vocabulary)) == expected


def test_a_name_is_no_second_word_by_its_sound(vocabulary: Vocabulary) -> None:
    """One name alone, by its letters and by how it sounds, is one thing shared."""
    found = features(report("en", "Quarterly results delight Almora"))
    story = opened(report("en", FIRE), vocabulary)
    unit = vector(found, vocabulary)
    assert len([key for key in unit if " " in key and key in story.weights]) == FEWEST_WORDS
    assert trust(found, unit, story) == 0.0


def test_any_report_of_the_story_may_have_the_name(vocabulary: Vocabulary) -> None:
    first = report("en", FIRE)
    second = report("en", "The wildfire near Almora has reached Nainital, where houses burn.", 2)
    third = features(report("en", "Houses lost in Nainital as the wildfire spreads.", 3))
    story = opened(first, vocabulary)
    assert trust(third, vector(third, vocabulary), story) == OTHERS
    story = join(story, second, features(second), Relation(7, Novelty.SOURCE, ""), vocabulary, NOON)
    assert trust(third, vector(third, vocabulary), story) == 1.0


def test_marks_alone_are_not_doubted(vocabulary: Vocabulary) -> None:
    """A report in another language cannot share words, and its names are written otherwise."""
    found = features(report("ru", "Пожар у города Альмора уничтожил сорок домов."))
    assert trust(found, vector(found, vocabulary), opened(report("en", FIRE), vocabulary)) == 1.0


def test_where_no_names_are_remembered_none_conflict(vocabulary: Vocabulary) -> None:
    """A story of an earlier release has words and no names."""
    found = features(report("en", "A wildfire near Redding has destroyed twelve houses."))
    story = replace(opened(report("en", FIRE), vocabulary), mentions=())
    assert trust(found, vector(found, vocabulary), story) == 1.0


def test_a_doubt_is_said(vocabulary: Vocabulary) -> None:
    before, now = report("en", FIRE), report("en", "A wildfire near Redding has destroyed twelve houses.", 2)
    relation = relate(now, features(now), [opened(before, vocabulary)], [], vocabulary, NOON)
    assert relation.story == 0
    likeness = re.fullmatch(
        r"the nearest story is (0\.\d\d) like it \((0\.\d\d) by its words, but each names others\), below 0\.20",
        relation.reason,
    )
    assert likeness is not None
    assert float(likeness[1]) == pytest.approx(OTHERS * float(likeness[2]), abs=0.006)
