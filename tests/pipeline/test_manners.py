"""What a site's robots.txt and a feed's own access make of an entry's journey."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.adapters.robots import RobotsCache
from monitor.collect.access import feed_access
from monitor.errors import FetchError
from monitor.model import Response
from tests.fakes import InProcessWorkers
from tests.pipeline.conftest import FEED, World

ROBOTS = "https://wire.example/robots.txt"
NEWS = ("Twelve people talked about the weather in the town hall.", "It rained for most of the day.")
TROOPS = (
    "North Korea sends sappers to Russia, officials said on Sunday.",
    "They are to clear mines in Kursk.",
)


@pytest.fixture
async def polled(world: World) -> World:
    """A world after its feed's first poll, that has asked for no robots.txt yet."""
    world.publish("0", "Weather talks", *NEWS)
    await world.go()
    world.pipeline.robots = RobotsCache(world.fetcher, InProcessWorkers(), world.clock)
    return world


def says(world: World, text: bytes, status: int = 200) -> None:
    world.fetcher.answers[ROBOTS] = Response(status, ROBOTS, {}, text)


async def test_a_page_that_is_not_allowed_is_not_asked_for_and_what_the_feed_gives_is_matched(
    polled: World,
) -> None:
    says(polled, b"user-agent: *\ndisallow: /\n")
    polled.publish("1", "North Korean sappers go to Russia", *TROOPS)
    await polled.poll()
    (reading,) = await polled.read()
    assert reading.article.degraded == f"{ROBOTS} does not allow its page"
    assert "https://wire.example/1" not in [url for url, _ in polled.fetcher.asked]
    polled.pipeline.settle([reading])
    assert [title for title, _, _ in polled.decisions()] == ["North Korean sappers go to Russia"]


async def test_feeds_are_polled_whatever_robots_txt_says(polled: World) -> None:
    says(polled, b"user-agent: *\ndisallow: /\n")
    before = len(polled.fetcher.asked)
    await polled.poll()
    assert [url for url, _ in polled.fetcher.asked[before:]] == [FEED]


async def test_an_entry_waits_while_nobody_can_say_and_is_read_in_full_when_somebody_can(
    polled: World,
) -> None:
    says(polled, b"", 503)
    polled.publish("1", "Weather talks go on", *NEWS)
    await polled.poll()
    assert await polled.read() == []
    says(polled, b"user-agent: *\nallow: /\n")
    polled.clock.move(minutes=2)
    (reading,) = await polled.read()
    assert reading.article.degraded is None
    assert "It rained for most of the day." in reading.article.body


async def test_an_entry_that_waited_long_enough_is_what_its_feed_gives(polled: World) -> None:
    polled.fetcher.answers[ROBOTS] = FetchError("timeout", f"{ROBOTS}: no complete answer within 30 s")
    polled.publish("1", "Weather talks go on", *NEWS)
    await polled.poll()
    for _ in range(2):
        assert await polled.read() == []
        polled.clock.move(minutes=6)
    (reading,) = await polled.read()
    assert reading.article.degraded == (
        f"{ROBOTS} cannot be read now: {ROBOTS}: no complete answer within 30 s"
    )


async def test_an_entry_that_matches_already_does_not_wait(polled: World) -> None:
    says(polled, b"", 503)
    polled.publish("1", "North Korean sappers go to Russia", *TROOPS)
    await polled.poll()
    (reading,) = await polled.read()
    assert (reading.article.degraded or "").endswith("it answered 503")


async def test_the_access_of_a_feed_is_for_its_polls_its_pages_and_their_robots_txt(polled: World) -> None:
    access = feed_access(FEED, username="anna", password="s", user_agent="Reader/1")
    assert access is not None
    polled.pipeline.policy = replace(polled.pipeline.policy, access={FEED: access})
    before = len(polled.fetcher.asked)
    polled.publish("1", "Weather talks go on", *NEWS)
    await polled.poll()
    await polled.read()
    asked = [url for url, _ in polled.fetcher.asked[before:]]
    assert asked == [FEED, ROBOTS, "https://wire.example/1"]
    assert polled.fetcher.accesses[before:] == [access] * 3


async def test_the_access_of_a_feed_is_for_no_other(polled: World) -> None:
    access = feed_access("https://other.example/rss", username="anna", password="s")
    assert access is not None
    polled.pipeline.policy = replace(polled.pipeline.policy, access={access.url: access})
    polled.publish("1", "Weather talks go on", *NEWS)
    await polled.go()
    assert set(polled.fetcher.accesses) == {None}
