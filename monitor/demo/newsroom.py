"""The newsroom: a web server on loopback that publishes the edition by its timetable.

`due` is the schedule, a pure function. Publishing starts once every feed has been read, because what a
feed holds at its first poll is its baseline.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import count

from aiohttp import web

from monitor.demo.articles import Edition, Outlet, Piece, Published
from monitor.demo.pages import address, article_page, feed, front_page

BULLETIN_EVERY = timedelta(seconds=20)


def utc_now() -> datetime:
    return datetime.now(UTC)


def due(timetable: Sequence[Piece], after: timedelta, until: timedelta) -> tuple[Piece, ...]:
    """The pieces that come out later than `after` and not later than `until`, counted from the start."""
    return tuple(piece for piece in timetable if piece.at is not None and after < piece.at <= until)


def until_next(timetable: Sequence[Piece], elapsed: timedelta) -> timedelta | None:
    """How long it is to the next piece of the timetable; None after the last."""
    waits = (piece.at - elapsed for piece in timetable if piece.at is not None and piece.at > elapsed)
    return min(waits, default=None)


@dataclass
class Newsroom:
    """What is published at the moment, and which feeds were read. `bases` are known once it is served."""

    edition: Edition
    started: datetime
    bases: dict[str, str] = field(default_factory=dict)
    current: dict[tuple[str, str], Published] = field(default_factory=dict)  # (outlet, page) -> newest text
    reads: dict[str, int] = field(default_factory=dict)  # outlet -> answers to a request for its feed
    baseline_read: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        for piece in self.edition.backlog:
            self.publish(piece, self.started - (piece.ago or timedelta()))

    def publish(self, piece: Piece, now: datetime) -> Published:
        """Put the piece at its address; a correction replaces what stood there and keeps its first date."""
        key = (piece.outlet.key, piece.page)
        before = self.current.get(key)
        self.current[key] = Published(piece, before.published if before else now, now)
        return self.current[key]

    def of(self, outlet: Outlet) -> list[Published]:
        """What the outlet has published, newest first."""
        mine = (item for item in self.current.values() if item.piece.outlet == outlet)
        return sorted(mine, key=lambda item: item.updated, reverse=True)

    def feed_urls(self) -> list[str]:
        return [f"{self.bases[outlet.key]}/feed" for outlet in self.edition.outlets]

    def locate(self, piece: Piece) -> str:
        """The address of the piece's page."""
        return address(self.bases[piece.outlet.key], piece)

    def saw_read(self, outlet: Outlet) -> None:
        self.reads[outlet.key] = self.reads.get(outlet.key, 0) + 1
        if len(self.reads) == len(self.edition.outlets):
            self.baseline_read.set()


def outlet_app(room: Newsroom, outlet: Outlet) -> web.Application:
    """The web site of one outlet: its front page, its feed, its articles."""

    def base() -> str:
        return room.bases[outlet.key]

    async def feed_handler(request: web.Request) -> web.StreamResponse:
        body, media = feed(outlet, room.of(outlet), base())
        updated = max((item.updated for item in room.of(outlet)), default=room.started)
        response = _conditional(request, body, media, updated)
        room.saw_read(outlet)
        return response

    async def front_handler(request: web.Request) -> web.StreamResponse:
        body = front_page(outlet, room.of(outlet), base()).encode()
        return _conditional(request, body, "text/html; charset=utf-8", room.started)

    async def page_handler(request: web.Request) -> web.StreamResponse:
        item = room.current.get((outlet.key, request.match_info["page"]))
        if item is None:
            raise web.HTTPNotFound(text="no such article\n")
        if item.piece.fails:
            raise web.HTTPInternalServerError(text="the content system is down\n")
        others = [other for other in room.of(outlet) if other is not item]
        body = article_page(item, others, base()).encode()
        return _conditional(request, body, "text/html; charset=utf-8", item.updated)

    app = web.Application()
    app.router.add_get("/", front_handler)
    app.router.add_get("/feed", feed_handler)
    app.router.add_get("/news/{page}.html", page_handler)
    return app


def _conditional(request: web.Request, body: bytes, media: str, updated: datetime) -> web.Response:
    """The body with its validators, or 304 where the reader has it (RFC 9110, 13.1: the ETag goes first)."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    changed = format_datetime(updated.astimezone(UTC).replace(microsecond=0), usegmt=True)
    validators = {"ETag": etag, "Last-Modified": changed}
    if "If-None-Match" in request.headers:
        fresh = etag in (tag.strip() for tag in request.headers["If-None-Match"].split(","))
    else:
        fresh = request.headers.get("If-Modified-Since") == changed
    if fresh:
        return web.Response(status=304, headers=validators)
    response = web.Response(body=body, headers=validators | {"Content-Type": media})
    response.enable_compression()
    return response


@asynccontextmanager
async def serve(room: Newsroom) -> AsyncIterator[Newsroom]:
    """Serve every outlet on an address and a port of its own, and set the newsroom's `bases`.

    Addresses are 127.0.0.2 and up, so that a share per host is a share per outlet; where a machine has
    only 127.0.0.1 (macOS), that one with another port each.
    """
    runners: list[web.AppRunner] = []
    try:
        for number, outlet in enumerate(room.edition.outlets, start=2):
            runner = web.AppRunner(outlet_app(room, outlet), access_log=None, shutdown_timeout=1)
            await runner.setup()
            runners.append(runner)
            host, port = await _bind(runner, [f"127.0.0.{number}", "127.0.0.1"])
            room.bases[outlet.key] = f"http://{host}:{port}"
        yield room
    finally:
        for runner in runners:
            await runner.cleanup()


async def _bind(runner: web.AppRunner, hosts: Sequence[str]) -> tuple[str, int]:
    """Listen on the first of the hosts that this machine has. Raises OSError where it has none."""
    for host in hosts[:-1]:
        try:
            await web.TCPSite(runner, host, 0).start()
        except OSError:
            continue
        return host, runner.addresses[0][1]
    await web.TCPSite(runner, hosts[-1], 0).start()
    return hosts[-1], runner.addresses[0][1]


async def publish_all(
    room: Newsroom,
    tell: Callable[[Published], None],
    ready: Callable[[Piece], Awaitable[None]],
    *,
    now: Callable[[], datetime] = utc_now,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Publish the timetable from now on, telling of each piece, and return after the last.

    A piece that is due still waits until it is `ready`, and all later ones wait as long.
    """
    start, done = now(), timedelta()
    while (wait := until_next(room.edition.timetable, done)) is not None:
        await sleep(max((start + done + wait - now()).total_seconds(), 0))
        reached = max(now() - start, done + wait)  # a sleep may end a little early
        for piece in due(room.edition.timetable, done, reached):
            asked = now()
            await ready(piece)
            start += now() - asked
            tell(room.publish(piece, now()))
        done = reached


async def publish_bulletins(
    room: Newsroom,
    tell: Callable[[Published], None],
    *,
    now: Callable[[], datetime] = utc_now,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Publish a bulletin every so often, for ever."""
    for number in count():
        await sleep(BULLETIN_EVERY.total_seconds())
        tell(room.publish(room.edition.bulletin(number), now()))
