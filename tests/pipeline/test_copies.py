"""Copies from feed to decision: under whom they are folded, that they count as reach, and that none is news."""

from __future__ import annotations

import pytest

from tests.pipeline.conftest import FEED, World

OLD = "Officials met in Geneva to talk about the weather of the coming season."
FIRST = "North Korea has sent 1,000 sappers to Russia to clear mines in the Kursk region, officials in Seoul said."
SECOND = "The men left the port of Rajin on Monday aboard two ships, according to the intelligence service."
THIRD = (
    "They are to stay until the end of the year, and a second group of builders may follow them in spring."
)
FOURTH = (
    "Farmers of the region wait for their fields, most of which nobody has entered since the last harvest."
)
ADDED = (
    "North Korea's state television showed troops in Russia who greeted them with flowers, bread and a song."
)
PAPER, POST = "https://paper.example/rss", "https://post.example/rss"


@pytest.fixture
async def known(world: World) -> World:
    """Three feeds whose past is stored."""
    for number, feed in enumerate((FEED, PAPER, POST)):
        if feed != FEED:
            world.store.add_feed(feed, "", (), world.clock.now())
        world.publish("0", "Weather talks", f"{OLD} Part {number}.", feed=feed)
    await world.go()
    return world


def folded(world: World) -> dict[str, str | None]:
    """Titles of the articles about sappers, each with the title of the article that it is a copy of."""
    rows = world.store.articles(limit=99)
    titles = {article.id: article.title for article, _, _ in rows}
    return {
        article.title: titles[of] if of else None
        for article, _, of in rows
        if not article.title.startswith("Weather")
    }


async def test_a_copy_of_a_copy_is_folded_under_the_first(known: World) -> None:
    known.publish("1", "Sappers for Kursk", FIRST, SECOND, THIRD, FOURTH)
    await known.go()
    known.publish("2", "Pyongyang's men clear mines", FIRST, SECOND, THIRD, FOURTH, ADDED, feed=PAPER)
    await known.go()
    known.publish("3", "Russia has help from Kim", ADDED, SECOND, THIRD, feed=POST)
    await known.go()
    assert folded(known) == {
        "Sappers for Kursk": None,
        "Pyongyang's men clear mines": "Sappers for Kursk",
        "Russia has help from Kim": "Sappers for Kursk",
    }
    assert [decision for _, decision, _ in known.decisions()] == ["alert", "withheld", "withheld"]
    (original,) = {
        article.id for article, _, of in known.store.articles(limit=99) if article.title.startswith("S")
    }
    assert all(f"copy of article {original}" in reason for _, _, reason in known.decisions()[1:])
    assert [alert["kind"] for alert in known.alerts()] == ["new"]


async def test_an_original_that_arrives_after_its_copy_is_folded_under_what_was_told(known: World) -> None:
    """Whoever was told of the copy was told the news; what was published first is no news to them."""
    known.publish("2", "Pyongyang's men clear mines", FIRST, SECOND, THIRD, feed=PAPER, minutes=10)
    await known.go()
    known.publish("1", "Sappers for Kursk", FIRST, SECOND, THIRD, hours=9)
    await known.go()
    assert folded(known) == {
        "Pyongyang's men clear mines": None,
        "Sappers for Kursk": "Pyongyang's men clear mines",
    }
    assert [decision for _, decision, _ in known.decisions()] == ["alert", "withheld"]


async def test_an_outlet_that_copies_is_no_second_source(known: World) -> None:
    known.publish("1", "Sappers for Kursk", FIRST, SECOND, THIRD)
    await known.go()
    known.publish("2", "Sappers for Kursk", FIRST, SECOND, THIRD, feed=PAPER)
    known.publish("3", "Sappers for Kursk", f"POST, Tuesday -- {FIRST}", SECOND, THIRD, feed=POST)
    await known.go()
    assert [decision for _, decision, _ in known.decisions()] == ["alert", "withheld", "withheld"]
    assert len(known.notifier.sent) == 1


async def test_the_agency_of_a_copy_is_named(known: World) -> None:
    known.publish("1", "Sappers for Kursk", FIRST, SECOND, THIRD)
    await known.go()
    known.publish("2", "Sappers leave", f"SEOUL, March 10 (Yonhap) -- {FIRST}", SECOND, THIRD, feed=PAPER)
    await known.go()
    assert known.decisions()[1][2].endswith(", credited to Yonhap")


async def test_a_copy_with_another_figure_is_an_update(known: World) -> None:
    known.publish("1", "Sappers for Kursk", FIRST, SECOND, THIRD)
    await known.go()
    known.publish("2", "More sappers for Kursk", FIRST.replace("1,000", "1,500"), SECOND, THIRD, feed=PAPER)
    await known.go()
    assert folded(known) == {"Sappers for Kursk": None, "More sappers for Kursk": None}
    assert [alert["kind"] for alert in known.alerts()] == ["new", "update"]
    assert "1,500" in known.decisions()[1][2]
