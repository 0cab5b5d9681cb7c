"""Feeds that move, over a real server: an address is rewritten when a feed was read there for a day, not before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from ipaddress import ip_network

import pytest
from aiohttp import web

from monitor.adapters.http import HttpFetcher
from monitor.model import Feed
from tests.fakes import Item, rss
from tests.pipeline.conftest import World

LOGIN = "<!doctype html><html><body>Log in</body></html>"


@dataclass
class Server:
    """A server on loopback: what it answers to each path, a redirect as (status, path)."""

    paths: dict[str, str | tuple[int, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    base: str = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        answer = self.paths.get(request.path)
        if answer is None:
            return web.Response(status=410 if request.path.startswith("/gone") else 404)
        if isinstance(answer, tuple):
            return web.Response(status=answer[0], headers={"Location": answer[1]})
        media = "text/html" if answer is LOGIN else "application/rss+xml"
        return web.Response(text=answer, content_type=media)


@pytest.fixture
async def server(world: World) -> AsyncIterator[Server]:
    """A server with a feed at /old, and the world's pipeline over a real fetcher; /old was read once."""
    found = Server()
    application = web.Application()
    application.router.add_get("/{path:.*}", found.handle)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    found.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    item = Item("1", "A report", f"{found.base}/1", "Text", world.clock.now())
    found.paths["/old"] = found.paths["/new"] = rss(item)
    async with HttpFetcher(allow=[ip_network("127.0.0.0/8")], pace=0.0) as fetcher:
        world.pipeline.fetcher = fetcher
        world.store.remove_feed("https://wire.example/rss", world.clock.now())
        world.store.add_feed(f"{found.base}/old", "", (), world.clock.now())
        await polled(world)
        yield found
    await runner.cleanup()


async def polled(world: World, hours: float = 1) -> Feed:
    """The feed after it was polled, so many hours later."""
    world.clock.move(hours=hours)
    (feed, *_) = [
        one for one, _ in world.store.feeds() if one.key.endswith("/old") or one.key.endswith("/gone")
    ]
    world.store.make_due(feed.key, world.clock.now())
    for claimed in world.store.claim_feeds(
        world.clock.now(), 9, world.clock.now() - world.clock.now(), (), 9
    ):
        world.pipeline.record([await world.pipeline.poll(claimed)])
    return next(one for one, _ in world.store.feeds() if one.key == feed.key)


@pytest.mark.parametrize("status", [301, 308])
async def test_a_permanent_redirect_is_believed_after_a_day(
    world: World, server: Server, status: int
) -> None:
    server.paths["/old"] = (status, "/new")
    feed = await polled(world)
    assert (feed.url, feed.redirect_url) == (f"{server.base}/old", f"{server.base}/new")
    assert (await polled(world, 23)).url == f"{server.base}/old"
    feed = await polled(world, 2)
    assert (feed.key, feed.url, feed.redirect_url) == (f"{server.base}/old", f"{server.base}/new", None)
    server.asked.clear()
    assert (await polled(world)).failures == 0
    assert server.asked == ["/new"]
    assert world.store.status(world.clock.now())["entries"]["queued"] == 1, "nothing came twice"


@pytest.mark.parametrize("status", [302, 303, 307])
async def test_a_redirect_for_now_changes_nothing(world: World, server: Server, status: int) -> None:
    server.paths["/old"] = (status, "/new")
    for _ in range(3):
        feed = await polled(world, 25)
    assert (feed.url, feed.redirect_url, feed.failures) == (f"{server.base}/old", None, 0)


async def test_a_redirect_that_flips_back_within_the_day_changes_nothing(
    world: World, server: Server
) -> None:
    document = server.paths["/old"]
    for _ in range(4):
        server.paths["/old"] = (301, "/new")
        await polled(world, 20)
        server.paths["/old"] = document
        feed = await polled(world, 1)
        assert (feed.url, feed.redirect_url, feed.redirect_since) == (f"{server.base}/old", None, None)


async def test_a_redirect_that_changes_its_mind_begins_anew(world: World, server: Server) -> None:
    server.paths["/newer"] = server.paths["/new"]
    server.paths["/old"] = (301, "/new")
    await polled(world, 20)
    server.paths["/old"] = (301, "/newer")
    feed = await polled(world, 20)
    assert (feed.url, feed.redirect_url) == (f"{server.base}/old", f"{server.base}/newer")
    assert (await polled(world, 25)).url == f"{server.base}/newer"


async def test_a_login_page_is_never_the_new_address(world: World, server: Server) -> None:
    server.paths |= {"/old": (301, "/login"), "/login": LOGIN}
    for _ in range(4):
        feed = await polled(world, 25)
        assert (feed.url, feed.redirect_url) == (f"{server.base}/old", None)
    assert feed.failures == 4
    assert feed.error_kind == "feed"


async def test_a_feed_that_becomes_a_login_page_on_the_way_is_not_followed(
    world: World, server: Server
) -> None:
    server.paths["/old"] = (301, "/new")
    await polled(world)
    server.paths["/new"] = LOGIN
    for _ in range(3):
        assert (await polled(world, 25)).url == f"{server.base}/old"


async def test_a_redirect_in_circles_is_a_failure(world: World, server: Server) -> None:
    server.paths |= {"/old": (301, "/new"), "/new": (301, "/old")}
    feed = await polled(world, 25)
    assert (feed.url, feed.redirect_url, feed.error_kind) == (f"{server.base}/old", None, "redirect")
    assert "redirects more than 5 times" in (feed.error or "")


async def test_a_feed_that_is_gone_is_asked_for_no_more_until_somebody_wants_it(
    world: World, server: Server
) -> None:
    world.store.remove_feed(f"{server.base}/old", world.clock.now())
    server.paths["/gone"] = server.paths["/old"]
    configured = [(f"{server.base}/gone", "", ())]
    world.store.sync_feeds(configured, world.clock.now())

    async def poll_due() -> int:
        claimed = world.store.claim_feeds(
            world.clock.move(days=2), 9, world.clock.now() - world.clock.now(), (), 9
        )
        for feed in claimed:
            world.pipeline.record([await world.pipeline.poll(feed)])
        return len(claimed)

    def state() -> tuple[bool, str | None]:
        feed = next(one for one, _ in world.store.feeds() if one.key.endswith("/gone"))
        return feed.retired_at is not None, feed.error_kind

    assert await poll_due() == 1
    document = server.paths.pop("/gone")
    assert await poll_due() == 1
    world.store.sync_feeds(configured, world.clock.now())
    assert state() == (True, "gone")
    assert await poll_due() == 0, "also after a restart"
    server.paths["/gone"] = document
    assert world.store.make_due(f"{server.base}/gone", world.clock.now()) == 1
    assert await poll_due() == 1
    assert state() == (False, None)
