"""Push from end to end: a hub and our listener on loopback, the pipeline over a real store, injected time."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest

from monitor.adapters.http import HttpFetcher
from monitor.adapters.store import Store
from monitor.collect import websub
from monitor.collect.websub import State, Subscription
from monitor.config import Settings, WebSubSettings
from monitor.model import Response
from monitor.push import Push
from tests.fakes import Item, rss
from tests.hub import Hub, hub
from tests.pipeline.conftest import FEED, World
from tests.pipeline.test_journey import OLD, OTHER, REPORT


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def settings_of(port: int, address: str | None = None) -> Settings:
    place = f"127.0.0.1:{port}"
    address = f"http://{place}/websub" if address is None else address
    return Settings(websub=WebSubSettings(address=address, listen=place))


@dataclass
class Newsroom(World):
    """The pipeline's world with a hub that its feed names. Pages are scripted, forms go over the network."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.news = 0
        self.push = Push(self.pipeline, self.store)
        self.push.on_news = self._count

    def _count(self) -> None:
        self.news += 1

    def offer(self, hub_url: str) -> None:
        """Let the feed's next answers name this hub, or none where it is ""."""
        answer = self.fetcher.answers[FEED]
        assert isinstance(answer, Response)
        link = {"link": f'<{hub_url}>; rel="hub", <{FEED}>; rel="self"'} if hub_url else {}
        self.fetcher.answers[FEED] = replace(answer, headers={"content-type": "application/rss+xml"} | link)

    @property
    def subscription(self) -> Subscription:
        (found,) = self.store.subscriptions().values()
        return found

    async def ask(self) -> None:
        """A tick, and its end."""
        await self.push.tick()
        await self.push._asking.drain(5)

    def item(self, guid: str, title: str, *paragraphs: str) -> str:
        """An item as a hub pushes it: in a document of its own. Its page is at its address."""
        link = f"https://wire.example/{guid}"
        self.fetcher.page(link, title, *paragraphs)
        return rss(Item(guid, title, link, paragraphs[0], self.clock.now()))

    def entries(self) -> int:
        return len(self.store.articles(limit=100))


@asynccontextmanager
async def subscribed(store: Store, there: Hub) -> AsyncIterator[Newsroom]:
    """A feed with a baseline, whose hub was asked and has verified."""
    world = Newsroom(store)
    store.add_feed(FEED, "", ("wire",), world.clock.now())
    async with HttpFetcher(allow=[ip_network("127.0.0.0/8")], total=5.0) as http:
        world.fetcher.post = http.post  # type: ignore[method-assign]
        await world.push.use(settings_of(free_port()))
        try:
            world.publish("0", "Weather talks", *OLD)
            world.offer(there.url)
            await world.go()
            await world.ask()
            yield world
        finally:
            await world.push.close()


async def test_a_push_is_told_in_one_round_and_the_poll_adds_nothing(store: Store) -> None:
    async with hub() as there, subscribed(store, there) as world:
        (form,) = there.asked
        assert form["hub.topic"] == FEED and form["hub.mode"] == "subscribe"
        assert form["hub.lease_seconds"] == "864000" and "hub.secret" not in form, "its address is no https"
        assert there.heard == [(200, there.challenge)]
        known = world.subscription
        assert known.state is State.ACTIVE and known.lease_until == world.clock.now() + timedelta(days=10)

        assert await there.push(world.item("1", "Sappers for Kursk", *REPORT)) == 204
        world.pipeline.settle(await world.read())
        await world.send()
        assert world.decisions() == [("Sappers for Kursk", "alert", "new story")]
        assert len(world.notifier.sent) == 1 and world.news == 1

        pages = len(world.fetcher.asked)
        assert await there.push(world.item("1", "Sappers for Kursk", *REPORT)) == 204
        world.publish("1", "Sappers for Kursk", *REPORT)
        world.offer(there.url)
        for _ in range(6):
            await world.go()
        asked = [url for url, _ in world.fetcher.asked[pages:]]
        assert asked == [FEED], "polled once in six hours, and no page again"
        assert len(world.notifier.sent) == 1 and world.news == 1
