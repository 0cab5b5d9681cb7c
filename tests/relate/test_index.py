"""The index over stories gives what comparing all of them would give."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.relate.index import StoryIndex
from monitor.relate.profile import StoryProfile, cosine

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def profile(story: int, weights: Mapping[str, float], last: datetime = NOON) -> StoryProfile:
    return StoryProfile(story, "", weights, 1, 0, last, last)


vectors = st.dictionaries(
    st.sampled_from([f"en {word}" for word in "abcdefgh"]), st.floats(0.1, 5), min_size=1, max_size=5
)


@given(st.lists(vectors, max_size=12), vectors, st.integers(1, 12))
def test_nearest_agrees_with_comparing_all(
    stories: list[dict[str, float]], asked: dict[str, float], most: int
) -> None:
    profiles = [profile(i, weights) for i, weights in enumerate(stories, 1)]
    index = StoryIndex()
    for each in profiles:
        index.add(each)
    found = [cosine(asked, each) for each in index.nearest(asked, most)]
    everything = sorted((score for each in profiles if (score := cosine(asked, each))), reverse=True)
    assert found == pytest.approx(everything[:most])


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"de brucke": 0.9, "@krsk": 0.5, "+bridg": 0.5}, [2, 1]),  # two marks, and one
        ({"en bridge": 0.7, "@krsk": 0.6, "+bridg": 0.1}, [1, 2]),  # words count for more
        ({" bridge": 1.0}, []),  # in no known language
    ],
)
def test_a_story_in_another_language_is_found_by_its_marks(asked: dict[str, float], found: list[int]) -> None:
    index = StoryIndex()
    index.add(profile(1, {"en bridge": 1.0, "@krsk": 0.6, "@rajn": 0.8}))
    index.add(profile(2, {"ru мост": 1.0, "@krsk": 0.6, "+bridg": 0.8}))
    assert [p.id for p in index.nearest(asked)][: len(found)] == found


def test_a_story_is_found_by_its_present_words_only() -> None:
    index = StoryIndex()
    index.add(profile(1, {"en kursk": 1.0, "en museum": 1.0}))
    index.update(profile(1, {"en kursk": 1.0, "en bridge": 1.0}))
    assert index.nearest({"en museum": 1.0}) == []
    assert [p.id for p in index.nearest({"en bridge": 1.0})] == [1]
    index.remove(1)
    index.remove(1)
    assert (len(index), index.nearest({"en kursk": 1.0}), index.get(1)) == (0, [], None)


def test_a_story_is_added_once() -> None:
    index = StoryIndex()
    index.add(profile(1, {"en kursk": 1.0}))
    with pytest.raises(ValueError, match="story 1"):
        index.add(profile(1, {"en kursk": 1.0}))


def test_old_stories_expire() -> None:
    index = StoryIndex()
    index.add(profile(1, {"en kursk": 1.0}, NOON - timedelta(days=20)))
    index.add(profile(2, {"en kursk": 1.0}, NOON))
    index.expire(NOON - timedelta(days=14))
    assert [p.id for p in index.nearest({"en kursk": 1.0})] == [2]


def test_languages_come_and_go_with_their_stories() -> None:
    """Only where a story lacks the article's language are marks asked."""
    asked = {"en bridge": 0.7, "@krsk": 0.6, "+bridg": 0.4}
    abroad = profile(2, {"ru мост": 1.0, "@krsk": 0.6, "+bridg": 0.8})
    index = StoryIndex()
    index.add(profile(1, {"en bridge": 1.0, "@krsk": 0.6}))
    assert [p.id for p in index.nearest(asked)] == [1]
    index.add(abroad)
    assert [p.id for p in index.nearest(asked)] == [1, 2]
    index.update(profile(2, {"en museum": 1.0, **abroad.weights}))  # it has a report in English by now
    assert [p.id for p in index.nearest(asked)] == [1]
    index.update(abroad)
    index.remove(1)
    assert [p.id for p in index.nearest(asked)] == [2]
