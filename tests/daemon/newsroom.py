"""A newsroom on loopback in which everything can go wrong, and sinks for what the daemon sends.

Every site has an address of its own (127.0.1.n), so that the share per host is a share per site.
"""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from itertools import count
from typing import Any

from aiohttp import web

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]

_SYLLABLES = "ba de fi go hu ka le mi no pu ra se ti vo wa zy bra cle dri flo gru ple sto tra"


def words(seed: str, number: int) -> list[str]:
    """Words of no language, others for every seed: no two texts are copies or tell one story."""
    dice = random.Random(seed)
    return ["".join(dice.choices(_SYLLABLES.split(), k=3)) for _ in range(number)]


def sentence(seed: str, number: int = 12) -> str:
    return " ".join(words(seed, number)).capitalize() + "."


@dataclass(frozen=True)
class Piece:
    """An article: `title` and `summary` as its feed has them, `text` as its page has it."""

    slug: str
    title: str
    summary: str = ""
    text: tuple[str, ...] = ()
    dated: bool = True
    guid: bool = True
    link: bool = True


def piece(slug: str, title: str = "", summary: str = "", **kind: Any) -> Piece:
    """An article about a quagga, unless title and summary say otherwise."""
    text = tuple(" ".join(sentence(f"{slug}{n}{m}") for m in range(4)) for n in range(4))
    return Piece(slug, title or f"A quagga at {slug}", summary or sentence(slug, 20), text, **kind)


def rss(base: str, *pieces: Piece, now: datetime | None = None) -> str:
    now = now or datetime.now(UTC)
    items = "".join(_item(base, item, now) for item in pieces)
    head = '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel><title>Site</title>'
    return f"{head}{items}</channel></rss>"


def _item(base: str, item: Piece, now: datetime) -> str:
    parts = [f"<title>{escape(item.title)}</title>", f"<description>{escape(item.summary)}</description>"]
    if item.guid:
        parts.append(f'<guid isPermaLink="false">{item.slug}</guid>')
    if item.link:
        parts.append(f"<link>{base}/page/{item.slug}</link>")
    if item.dated:
        parts.append(f"<pubDate>{format_datetime(now - timedelta(minutes=3))}</pubDate>")
    return f"<item>{''.join(parts)}</item>"


def html(item: Piece) -> str:
    text = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in item.text)
    title = escape(item.title)
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{title}</title></head>"
        f"<body><article><h1>{title}</h1>{text}</article></body></html>"
    )


# --- answers ---------------------------------------------------------------------------------------


def gives(
    body: str | bytes, media: str = "application/rss+xml", headers: Mapping[str, str] | None = None
) -> Answer:
    data = body.encode() if isinstance(body, str) else body

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(body=data, headers={"Content-Type": media, **(headers or {})})

    return answer


def says(status: int, headers: Mapping[str, str] | None = None, reason: str | None = None) -> Answer:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers=dict(headers or {}), reason=reason)

    return answer


async def hangs(_: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError("never")


def streams(size: int, media: str, start: bytes = b"") -> Answer:
    """An answer without an announced length that goes on for `size` bytes."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": media})
        await response.prepare(request)
        await response.write(start)
        chunk = b"<item><title>filler</title></item>" * 2000
        with suppress(ConnectionError):  # who asked has hung up, which is what is wanted
            for _ in range(0, size, len(chunk)):
                await response.write(chunk)
        return response

    return answer


# --- the servers -----------------------------------------------------------------------------------


@dataclass
class Site:
    """One web site: what it answers to a path, and what it was asked."""

    name: str
    base: str
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: dict[str, list[dict[str, str]]] = field(default_factory=lambda: defaultdict(list))

    @property
    def feed_url(self) -> str:
        return f"{self.base}/feed"

    def feed(self, answer: Answer) -> None:
        self.answers["/feed"] = answer

    def publish(self, *pieces: Piece, feed: bool = True) -> None:
        """A feed of these pieces, and their pages."""
        if feed:
            self.feed(gives(rss(self.base, *pieces)))
        for item in pieces:
            self.answers.setdefault(f"/page/{item.slug}", gives(html(item), "text/html; charset=utf-8"))

    def page(self, slug: str, answer: Answer) -> None:
        self.answers[f"/page/{slug}"] = answer

    def hits(self, path: str = "/feed") -> int:
        return len(self.asked[path])


@dataclass
class Newsroom:
    """All sites. One application serves them; the address that was connected to says which is meant."""

    sites: dict[str, Site] = field(default_factory=dict)
    runner: web.AppRunner | None = None
    _numbers: Iterable[int] = field(default_factory=lambda: count(1))
    _by_host: dict[str, Site] = field(default_factory=dict)

    async def site(self, name: str) -> Site:
        """A new site on an address of its own."""
        assert self.runner is not None
        number = next(iter(self._numbers))
        host = f"127.0.{1 + number // 250}.{1 + number % 250}"
        before = len(self.runner.addresses)
        await web.TCPSite(self.runner, host, 0).start()
        port = self.runner.addresses[before][1]
        site = Site(name, f"http://{host}:{port}")
        self.sites[name] = self._by_host[f"{host}:{port}"] = site
        return site

    async def handle(self, request: web.Request) -> web.StreamResponse:
        site = self._by_host[request.host]
        site.asked[request.path].append({k.lower(): v for k, v in request.headers.items()})
        answer = site.answers.get(request.path)
        return await answer(request) if answer else web.Response(status=404)


@asynccontextmanager
async def newsroom() -> AsyncIterator[Newsroom]:
    room = Newsroom()
    app = web.Application()
    app.router.add_get("/{path:.*}", room.handle)
    room.runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2, handler_cancellation=True)
    await room.runner.setup()
    try:
        yield room
    finally:
        await room.runner.cleanup()


@dataclass
class Sink:
    """An HTTP receiver: what arrived at each path, and how each path answers (200 where nothing is said)."""

    base: str = ""
    got: dict[str, list[tuple[dict[str, str], Any]]] = field(default_factory=lambda: defaultdict(list))
    answers: dict[str, Answer] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return self.base.removeprefix("http://")

    async def handle(self, request: web.Request) -> web.StreamResponse:
        headers = {k.lower(): v for k, v in request.headers.items()}
        self.got[request.path].append((headers, await request.json()))
        answer = self.answers.get(request.path)
        return await answer(request) if answer else web.Response(text="taken")

    def titles(self, path: str) -> list[str]:
        return [body["title"] for _, body in self.got[path]]


@asynccontextmanager
async def sink() -> AsyncIterator[Sink]:
    found = Sink()
    app = web.Application(client_max_size=1 << 24)
    app.router.add_post("/{path:.*}", found.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield found
    finally:
        await runner.cleanup()
