"""A story from feeds to its time line: rising figures, a copy, a second source, a revision, a seed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.actions.stories import TimeLine, find, row
from monitor.actions.story_show import lines
from monitor.adapters.store.story_lines import StoryLines
from monitor.model import Article, Novelty, Origin, Standing
from monitor.pipeline import Reading
from tests.pipeline.conftest import FEED, World

DAILY = "https://daily.example/rss"
FIRST = (
    "North Korea has sent 1,000 sappers to Russia to clear mines in the Kursk region, officials in Seoul said.",
    "The sappers left the port of Rajin on Monday aboard two ships, according to the intelligence service.",
    "A spokesman for the government called it a grave breach of the resolutions of the Security Council.",
)
MORE = (
    "North Korea has sent 1,500 sappers to Russia to clear mines in the Kursk region, officials in Seoul said.",
    "The sappers left the port of Rajin aboard two ships, according to the intelligence service in Seoul.",
    "Their families were moved from villages near the border to guarded barracks, relatives told reporters.",
)
KNOWN = (
    "Officials in Seoul said that North Korea has sent 1,500 sappers to clear mines in the Kursk region of Russia.",
    "Two ships took the sappers from the port of Rajin, the intelligence service said on Monday.",
)
SEED = Article(
    "North Korea to send sappers",
    "North Korea will send 1,000 sappers to the Kursk region of Russia to clear mines, Sergei Shoigu said.",
    language="en",
    published=datetime(2025, 6, 17, tzinfo=UTC),
    origin=Origin.SEED,
)


@pytest.fixture
async def told(world: World) -> World:
    """A feed is there before; then a report, its copy elsewhere, a second source, a risen figure and nothing new."""
    world.store.add_feed(DAILY, "", (), world.clock.now())
    world.pipeline.settle([Reading("seed:seeds/sappers.txt", SEED)])
    for feed in (FEED, DAILY):
        world.publish("0", "Rain in Lisbon", "It rained in Lisbon on Tuesday.", feed=feed)
    await world.go()
    world.publish("1", "Sappers for Kursk", *FIRST)
    await world.go()
    world.publish("2", "Pyongyang sends 1,000 sappers", *FIRST, feed=DAILY)
    await world.go()
    world.publish("3", "Seoul: 1,500 sappers are in Kursk", *MORE, feed=DAILY)
    await world.go()
    world.publish("4", "What is known of the sappers", *KNOWN)
    await world.go()
    return world


def line_of(world: World, story: int = 2) -> TimeLine:
    return find(StoryLines(world.store.database), story, world.clock.now())


def shown(world: World) -> list[str]:
    return [" ".join([line.text, line.tail]).rstrip() for line in lines(line_of(world), 40)]


async def test_a_story_is_listed_and_read_in_the_order_of_time(told: World) -> None:
    (listed,) = StoryLines(told.store.database).listed(limit=10)
    assert (listed.id, listed.title, listed.reports, listed.copies) == (2, "Sappers for Kursk", 3, 1)
    assert (listed.rules, listed.languages, len(listed.sources)) == ((("troops", 4),), ("en",), 2)

    # Each report says what it added, and the copy is folded.
    first, risen, idle = line_of(told).entries
    assert [copy.article.source for copy in first.copies] == ["daily.example"]
    assert [entry.report.novelty for entry in (first, risen, idle)] == [
        Novelty.STORY,
        Novelty.FIGURE,
        Novelty.NOTHING,
    ]
    said = row(line_of(told))["timeline"]
    assert said[0]["said"] == "the first report: 1,000 troops sent, 2 ships"
    assert said[1]["said"].startswith("1,500 troops sent (1,000 before)")
    assert said[1]["adds"][0]["statements"] == [MORE[2]]
    assert said[2]["said"] == "nothing new"

    # The figures go up.
    sent, ships = line_of(told).courses
    assert (sent.name, [point.value for point in sent.points]) == ("troops sent", [1000, 1500])
    assert [point.sources for point in sent.points] == [("wire.example",), ("daily.example", "wire.example")]
    assert (ships.name, len(ships.points), ships.reports) == ("ships", 1, 3)

    # The seed that it belongs with is named, though it is old.
    ((seed, likeness),) = line_of(told).seeds
    assert (seed.title, seed.id) == ("North Korea to send sappers", 1)
    assert likeness is not None and likeness > 0.3
    # The seed's own story is another: months lie between.
    assert [each.report.article.id for each in line_of(told, 1).entries] == [1]


async def test_a_seed_that_is_added_later_is_linked_by_the_next_report(world: World) -> None:
    world.publish("0", "Rain in Lisbon", "It rained in Lisbon on Tuesday.")
    await world.go()
    world.publish("1", "Sappers for Kursk", *FIRST)
    await world.go()
    world.pipeline.settle([Reading("seed:seeds/sappers.txt", SEED)])
    assert line_of(world, 1).seeds == []
    world.publish("2", "Seoul: 1,500 sappers are in Kursk", *MORE)
    await world.go()
    assert [seed.title for seed, _ in line_of(world, 1).seeds] == ["North Korea to send sappers"]


async def test_the_page_tells_it_at_a_glance(told: World) -> None:
    text = shown(told)
    assert text[0] == "story 2 · Sappers for Kursk"
    at = text.index("time line (UTC)")
    reports = [line for line in text[at:] if line[:2].isdigit() and line[2] == ":"]
    assert [line[7:] for line in reports] == [
        "wire.example: Sappers for Kursk",
        "daily.example: Seoul: 1,500 sappers are in Kursk",
        "wire.example: What is known of the sappers",
    ]
    assert "+ 1 copy: daily.example" in text
    assert "troops sent: 1,000 → 1,500" in text
    assert any(line.startswith("reach         3 reports by 2 sources in en; 1 copy besides") for line in text)


async def test_a_report_that_is_changed_keeps_what_it_said_first(told: World) -> None:
    told.publish("1", "Sappers for Kursk", FIRST[0].replace("1,000", "2,000"), *FIRST[1:])
    await told.go()
    first = line_of(told).entries[0]
    assert [addition.novelty for addition in first.report.additions] == [Novelty.STORY, Novelty.FIGURE]
    assert first.report.additions[1].at == told.clock.now()
    assert any(
        line.startswith("changed ") and "2,000 troops sent (1,500 before)" in line for line in shown(told)
    )
    sent = line_of(told).courses[0]
    assert [point.value for point in sent.points] == [1000, 1500, 2000]


async def test_a_report_that_is_changed_in_nothing_that_matters_is_what_it_was(told: World) -> None:
    before = line_of(told).entries
    told.publish("1", "Sappers for the Kursk region", *FIRST[:2], FIRST[2].replace("grave", "serious"))
    await told.go()
    after = line_of(told).entries
    assert [each.report.additions for each in after] == [each.report.additions for each in before]
    assert [each.report.novelty for each in after] == [each.report.novelty for each in before]


async def test_a_copy_that_is_changed_in_nothing_that_matters_stays_folded(told: World) -> None:
    told.publish(
        "2", "1,000 sappers sent by Pyongyang", *FIRST[:2], FIRST[2] + " It met at noon.", feed=DAILY
    )
    await told.go()
    assert [len(entry.copies) for entry in line_of(told).entries] == [1, 0, 0]


async def test_what_was_there_before_a_feed_was_read_is_marked(world: World) -> None:
    world.publish("1", "Sappers for Kursk", *FIRST, feed=FEED)
    await world.go()
    (entry,) = line_of(world, 1).entries
    assert entry.report.standing is Standing.BASELINE
    assert any("baseline" in line for line in (each.tail for each in lines(line_of(world, 1), 40)))
    assert any("nobody was told of it" in line.text for line in lines(line_of(world, 1), 40))
