"""Stories as they are read: listed with their reach, and one with its reports, alerts, edits and seeds."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from monitor.adapters.store import Store
from monitor.adapters.store.additions import to_document
from monitor.adapters.store.schema import articles, stories, story_edits
from monitor.adapters.store.story_lines import StoryLines
from monitor.model import Added, Counted, Novelty, Origin, Relation, Standing
from tests import told

HOUR = timedelta(hours=1)


def adds(novelty: Novelty, **added: Any) -> dict[str, Any]:
    return to_document(Relation(1, novelty, "why", added=Added(**added)))


@pytest.fixture
def lines(store: Store, now: datetime) -> StoryLines:
    """Story 1: a report that was told, a copy of it, a second report in Korean, which a digest told; story 2: one
    report of a day ago; story 3: a seed; story 4 was merged into story 1.
    """
    with store.database.write() as c:
        one = told.story(c, now)
        two = told.story(c, now - 24 * HOUR, "Floods in Lisbon")
        three = told.story(c, now, "An example")
        four = told.story(c, now, "Soldiers leave")
        c.execute(update(stories).where(stories.c.id == four).values(merged_into=one))
        seed = told.article(c, now, "seed", origin="seed", source="", standing=None, story_id=three)
        first = told.article(
            c, now, "first", story_id=one, agency="Agency", published=now - 2 * HOUR, novelty="story",
            adds=adds(
                Novelty.STORY, figures=(Counted(12000, "troops", "sent", "12,000 troops"),), seeds=((seed, 0.4),)
            ),
        )  # fmt: skip
        copy = told.article(
            c,
            now,
            "copy",
            story_id=one,
            copy_of=first,
            source="Post",
            novelty="copy",
            adds=adds(Novelty.COPY),
        )
        second = told.article(
            c, now, "second", story_id=one, source="AGENCY", language="ko", standing="old", novelty="figure",
            adds=adds(Novelty.FIGURE, seeds=((seed, 0.6), (first, 0.9))), placed_by="kim",
        )  # fmt: skip
        other = told.article(
            c, now - 24 * HOUR, "other", story_id=two, title="Floods", novelty=None, adds=None
        )
        matches = [told.match(c, now, each, one, "troops") for each in (first, second)]
        told.match(c, now, first, one, "ships", verdict="withheld", reason="seeds are dry", kind=None)
        told.match(c, now, copy, one, "troops", verdict="withheld", reason=f"copy of article {first}: 94 %")
        told.match(c, now, other, two, "floods")
        alert = told.alert(c, now, "troops", one, matches[0])
        told.delivery(c, now, alert, receiver="desk", channel="mail")
        told.alert(c, now + HOUR, "digest", None, *matches, kind="digest")
        told.alert(c, now + HOUR, "troops", one, matches[0], kind="repeat", repeats=alert)
        edit = {"story_id": one, "at": now, "author": "kim", "action": "merge", "why": "the same"}
        c.execute(insert(story_edits).values(edit | {"details": {"merged": four, "articles": [second]}}))
        earlier = {"story_id": four, "at": now - HOUR, "author": "lee", "action": "rename", "why": None}
        c.execute(
            insert(story_edits).values(earlier | {"details": {"title": "Soldiers leave", "before": "x"}})
        )
    return StoryLines(store.database)


def test_the_list_begins_with_the_newest_activity_and_counts_copies_apart(
    lines: StoryLines, now: datetime
) -> None:
    first, second = lines.listed(limit=10)
    assert (first.id, first.title, first.reports, first.copies, first.seeds) == (1, "Troops leave", 2, 1, 0)
    # The agency is whose report it is, however an outlet spells it.
    assert (first.sources, set(first.languages)) == (("Agency",), {"en", "ko"}) or first.sources == (
        "AGENCY",
    )
    assert (first.first, first.last, first.active) == (now - 2 * HOUR, now, now)
    assert first.rules == (("troops", 3), ("ships", 1))
    assert first.alerts == 2  # an alert and a digest; a reminder tells nothing more
    assert (second.id, second.reports, second.rules, second.alerts) == (2, 1, (("floods", 1),), 0)


NARROWED: list[tuple[dict[str, Any], list[int]]] = [
    ({"limit": 1}, [1]),
    ({"rule": "floods"}, [2]),
    ({"rule": "rain"}, []),
    ({"words": ("Lisbon",)}, [2]),
    ({"words": ("leave", "second")}, [1]),  # of an article's title
    ({"words": ("leave", "Lisbon")}, []),
    ({"words": ("%",)}, []),
    ({"words": ("_roops",)}, []),
    ({"words": ("example",)}, []),  # it holds but a seed
    ({"words": ("Soldiers",)}, []),  # it was merged
]


def test_the_list_is_narrowed(lines: StoryLines) -> None:
    for which, found in NARROWED:
        assert [each.id for each in lines.listed(**{"limit": 10} | which)] == found, which


def test_the_list_since_a_time(lines: StoryLines, now: datetime) -> None:
    assert [each.id for each in lines.listed(limit=10, since=now - HOUR)] == [1]


def test_a_number_leads_to_its_story_and_a_merged_one_to_the_other(lines: StoryLines) -> None:
    assert [lines.find(number) for number in (1, 2, 4, 99)] == [1, 2, 1, None]


def test_a_ring_of_merges_ends(store: Store, lines: StoryLines) -> None:
    """None can be made by a command; a database that was edited by hand must not hang a reader."""
    with store.database.write() as c:
        c.execute(update(stories).where(stories.c.id == 1).values(merged_into=4))
    assert lines.find(1) in (1, 4)


def test_a_story_is_read_with_all_that_is_known_of_it(lines: StoryLines, now: datetime) -> None:
    story = lines.read(1)
    first, copy, second = story.reports
    assert (story.id, story.title, story.named_by, story.merged) == (1, "Troops leave", None, (4,))
    assert (first.article.agency, first.article.body, first.novelty) == ("Agency", "", Novelty.STORY)
    assert first.additions[0].added.figures == (Counted(12000, "troops", "sent", "12,000 troops"),)
    assert [(each.rule, each.verdict, each.alerts) for each in first.matches] == [
        ("troops", "alert", (1, 2)),
        ("ships", "withheld", ()),
    ]
    assert (copy.copy_of, copy.novelty) == (first.article.id, Novelty.COPY)
    assert (second.standing, second.placed_by, second.article.language) == (Standing.OLD, "kim", "ko")


def test_what_was_told_of_a_story_to_whom(lines: StoryLines) -> None:
    told_of_it = lines.read(1).told
    assert [(each.id, each.kind) for each in told_of_it] == [(1, "new"), (2, "digest"), (3, "repeat")]
    assert told_of_it[0].deliveries == (("desk", "mail", "sent"),)


def test_edits_of_the_story_and_of_those_that_became_part_of_it(lines: StoryLines) -> None:
    edits = lines.read(1).edits
    assert [(each.story, each.author, each.action, each.why) for each in edits] == [
        (4, "lee", "rename", ""),
        (1, "kim", "merge", "the same"),
    ]
    assert edits[1].details["merged"] == 4


def test_the_seeds_it_is_like_are_seeds_and_as_like_as_any_report_was(lines: StoryLines) -> None:
    ((seed, likeness),) = lines.read(1).seeds
    assert (seed.origin, seed.title, likeness) == (Origin.SEED, "Troops leave, seed", 0.6)


def test_an_older_story_without_what_was_added_is_read(lines: StoryLines) -> None:
    (report,) = lines.read(2).reports
    assert (report.additions, report.novelty, lines.read(2).seeds) == ((), None, ())


def test_where_the_originals_are_that_are_elsewhere(store: Store, lines: StoryLines) -> None:
    with store.database.write() as c:
        c.execute(update(articles).where(articles.c.copy_of.is_not(None)).values(story_id=2))
    assert lines.read(2).originals == {2: 1}


def test_the_place_of_an_article(store: Store, lines: StoryLines, now: datetime) -> None:
    with store.database.write() as c:
        alone = told.article(c, now, "alone")
    place = lines.place_of(4)
    assert place is not None
    assert (place.story, place.title, place.novelty, place.copy_of) == (
        1,
        "Troops leave",
        Novelty.FIGURE,
        None,
    )
    assert lines.place_of(alone) is None and lines.place_of(99) is None
