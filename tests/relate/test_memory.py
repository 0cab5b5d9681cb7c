"""What a process remembers of stories: what the store says, no longer than it is asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.model import Article, Novelty, Relation
from monitor.relate.features import features
from monitor.relate.memory import STORY_LASTS, StoryMemory, unchanged
from monitor.relate.profile import StoryProfile
from monitor.relate.stories import join
from monitor.relate.words.vocabulary import Vocabulary

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
REPORT = Article(
    "Sappers sent to Kursk", "Pyongyang sent 1,000 sappers to clear mines near Kursk.", published=NOW
)


def story(number: int, article: Article = REPORT) -> StoryProfile:
    opened = Relation(number, Novelty.STORY, "new")
    return join(None, article, features(article), opened, Vocabulary(), NOW)


def test_what_changed_in_the_store_is_taken_over() -> None:
    memory = StoryMemory()
    memory.refresh([(7, 3, story(7).dump())], NOW)
    assert memory.revisions == {7: 3}
    assert memory.get(7) == story(7)
    assert [known.id for known in memory.near(features(REPORT))] == [7]
    memory.refresh([(7, 4, story(7).dump())], NOW)
    assert memory.revisions == {7: 4}


def test_a_story_that_is_over_is_no_candidate() -> None:
    memory = StoryMemory()
    memory.remember(story(7), 1, NOW)
    memory.refresh([], NOW + STORY_LASTS + DAY)
    assert memory.near(features(REPORT)) == []


def test_an_old_report_that_came_today_is_not_read_again_at_every_turn() -> None:
    """The store calls its story active; by its report's date it is over."""
    memory = StoryMemory()
    memory.refresh([(7, 1, story(7).dump())], NOW + STORY_LASTS + DAY)
    assert memory.get(7) is None
    assert memory.revisions == {7: 1}


def test_memory_does_not_grow_with_the_years() -> None:
    memory = StoryMemory()
    for day in range(100):
        memory.refresh([(day, 1, story(day).dump()), (1000, day, story(1000).dump())], NOW + day * DAY)
    assert set(memory.revisions) == {*range(85, 100), 1000}
    assert memory.revisions[1000] == 99


@pytest.mark.parametrize("data", [b"", b"{", b'{"format": 99}', b'{"format": 2}'])
def test_what_a_newer_release_wrote_is_left_alone(data: bytes) -> None:
    """Its story begins to remember anew with its next report; until then it is not read at every turn."""
    memory = StoryMemory()
    memory.refresh([(7, 3, data), (8, 1, story(8).dump())], NOW)
    assert (memory.get(7), memory.get(8), memory.revisions) == (None, story(8), {7: 3, 8: 1})


def test_after_a_failure_everything_is_read_anew() -> None:
    memory = StoryMemory()
    memory.remember(story(7), 1, NOW)
    memory.forget()
    assert memory.revisions == {}
    assert memory.get(7) is None


def test_a_revision_says_the_same_or_not() -> None:
    assert unchanged(REPORT, Article(REPORT.title, REPORT.body, source="Elsewhere"))
    assert not unchanged(REPORT, Article(REPORT.title, REPORT.body + " More."))
