"""What comes in heaps, and what shares its link: told all the same, each as itself."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from monitor.adapters.store.schema import alert_matches
from monitor.collect.news import BULK
from monitor.model import Response
from tests.fakes import Item, rss
from tests.pipeline.conftest import FEED, World

TOWNS = [
    f"{first}{last}"
    for first in ("Kur", "Bel", "Ore", "Vor", "Lip", "Tam")
    for last in ("sk", "gorod", "onez", "ol", "ov", "yan")
]


def report(world: World, number: int) -> Item:
    """A report of its own words, all of the same minute."""
    town = TOWNS[number]
    text = " ".join(f"{town}{word}" for word in range(40))
    said = f"Pyongyang has sent {number + 3} soldiers to {town} in Russia: {text}."
    link = f"https://wire.example/{town}"
    return Item(town, f"Soldiers for {town}", link, said, world.clock.now() - timedelta(minutes=7))


async def test_a_backlog_of_one_minute_waits_for_the_digest_and_nothing_of_it_is_lost(world: World) -> None:
    world.publish("0", "Weather talks", "It rains.")
    await world.go()
    world.clock.move(minutes=40)
    heap = [report(world, number) for number in range(BULK + 3)]
    world.fetcher.feed(FEED, *heap)
    await world.go()
    assert len(world.decisions()) == len(heap)
    held = [
        title for title, decision, reason in world.decisions() if decision == "held" and "very many" in reason
    ]
    rest = [decision for _, decision, _ in world.decisions() if decision != "held"]
    assert held and set(rest) <= {"withheld"} and world.notifier.sent == []
    world.clock.move(days=1)
    world.pipeline.release()
    await world.send()
    assert len(world.notifier.sent) == 1
    assert [alert["kind"] for alert in world.alerts()] == ["digest"]
    with world.store.database.read() as connection:
        told = connection.scalar(select(func.count()).select_from(alert_matches))
    assert told == len(held), "also what the message has no room for"


async def test_entries_that_share_a_link_are_what_their_feed_says_of_each(world: World) -> None:
    """A live page: its address is no article, and is not asked for."""
    world.publish("0", "Weather talks", "It rains.")
    await world.go()
    live = "https://wire.example/live"
    world.fetcher.page(live, "Live", "Pyongyang has sent soldiers to Russia, and everything else of today.")
    said = [report(world, number) for number in range(3)]
    items = [Item(one.guid, one.title, f"{live}#{one.guid}", one.text, one.published) for one in said]
    answer = Response(200, FEED, {"content-type": "application/rss+xml"}, rss(*items).encode())
    world.fetcher.answers[FEED] = answer
    await world.go()
    assert [url for url, _ in world.fetcher.asked if url.startswith(live)] == []
    bodies = {article.title: article.body for article, *_ in world.store.articles(limit=9)}
    assert all(one.guid in bodies[one.title] for one in said), "an article each"
    assert len([title for title, *_ in world.decisions() if title.startswith("Soldiers for")]) == 3
