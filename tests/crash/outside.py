"""The world outside of the daemon: a newsroom, a mail server and webhooks, and the ledger of all they saw.

What was published and what arrived is counted here alone. Every service can fail in the ways of real ones;
what it had received by then, and whether it said so, stands in the ledger.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from email.utils import format_datetime
from hashlib import sha256

from aiohttp import web

from tests.daemon.newsroom import Piece, html, piece, rss

# What a service may do instead of its work. "cut": it has the message and hangs up without a word; "mute":
# it has it and stays silent; "torn": it hangs up in the middle of it; "deaf": it takes no connection.
SERVICE_FAULTS = ("refused", "cut", "mute", "torn", "error", "later")
SITE_FAULTS = ("refused", "torn", "error", "later", "mute")
RECEIVED = frozenset({"acknowledged", "cut", "mute"})  # the message is there, whatever the sender knows
HOOKS = ("hook-a", "hook-b", "hook-c")
MAILS = ("desk", "night", "daily", "busy", "pager")
CHANNELS = ("desk", *HOOKS)
FEEDS = ("north", "south", "west")
# Whom a rule tells (see `configuration`): pairs of an article about the word, and each of these, are expected.
TOLD: dict[str, tuple[str, ...]] = {
    "quagga": ("desk", "hook-a"),
    "okapi": CHANNELS,
    "zebra": (),  # nobody asks for it
    "vicuna": ("night",),  # in quiet hours until they end
    "tapir": ("daily",),  # in digests
    "dugong": ("busy",),  # two at once, the others in one
    "gerenuk": ("pager",),  # and again, until somebody answers
    "narwhal": (),  # silenced
}
AT_ONCE = ("quagga", "okapi", "zebra")
LATER = ("vicuna", "tapir", "dugong", "gerenuk", "narwhal")
LISTED = 60  # items that a feed holds, the newest first
SLUG = re.compile(r"/page/(kx[a-z]{5}xk)\b")  # by its address: a title may be that of another's story
DEAF_SECONDS = 5.0  # longer than any client here waits


@dataclass(frozen=True)
class Receipt:
    """One message at a service, and what it made of it."""

    at: float  # seconds, of the monotonic clock
    channel: str
    key: str
    slugs: frozenset[str]
    how: str


@dataclass
class Ledger:
    """What was published, and what arrived where."""

    published: dict[str, tuple[str, str]] = field(default_factory=dict)  # slug: feed, what it is about
    receipts: list[Receipt] = field(default_factory=list)

    def expected(self) -> set[tuple[str, str]]:
        """Every pair (channel, slug) that is to arrive."""
        return {(c, slug) for slug, (_, about) in self.published.items() for c in TOLD[about]}

    def arrived(self) -> set[tuple[str, str]]:
        return {(r.channel, slug) for r in self.receipts if r.how in RECEIVED for slug in r.slugs}

    def by_key(self) -> dict[str, list[Receipt]]:
        """What was received under each key, in order."""
        found: dict[str, list[Receipt]] = defaultdict(list)
        for receipt in self.receipts:
            if receipt.how in RECEIVED:
                found[receipt.key].append(receipt)
        return found


@dataclass
class Outside:
    """The servers on loopback, and how they misbehave at the moment."""

    now: Callable[[], datetime]  # the daemon's clock, by which articles are dated
    ledger: Ledger = field(default_factory=Ledger)
    faults: dict[str, str] = field(default_factory=dict)  # of a channel, of "feeds", of "pages"
    on_receipt: Callable[[str], None] = lambda _: (
        None
    )  # told "arrived" before it is answered, then "answered"
    _pieces: dict[str, list[Piece]] = field(default_factory=lambda: {feed: [] for feed in FEEDS})
    _runner: web.AppRunner | None = None
    _sites: dict[str, tuple[str, int, web.TCPSite | None]] = field(default_factory=dict)
    _smtp: asyncio.Server | None = None
    _smtp_port: int = 0

    # --- the servers -------------------------------------------------------------------------------

    async def __aenter__(self) -> Outside:
        app = web.Application(client_max_size=1 << 24)
        app.router.add_get("/{kind}/{name}", self._read)
        app.router.add_post("/{channel}", self._take)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        for number, name in enumerate((*FEEDS, *HOOKS)):
            await self._listen(name, f"127.0.2.{number + 1}", 0)
        self._smtp = await asyncio.start_server(self._mail, "127.0.0.1", 0)
        self._smtp_port = self._smtp.sockets[0].getsockname()[1]
        for feed in FEEDS:
            self._pieces[feed].append(piece(f"old-{feed}", title="Nothing yet"))
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        if self._smtp is not None:
            self._smtp.close()
        await self._runner.cleanup()

    async def _listen(self, name: str, host: str, port: int) -> None:
        assert self._runner is not None
        site = web.TCPSite(self._runner, host, port, reuse_address=True)
        await site.start()
        assert site._server is not None
        port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
        self._sites[name] = host, port, site

    def base(self, name: str) -> str:
        host, port, _ = self._sites[name]
        return f"http://{host}:{port}"

    @property
    def smtp_port(self) -> int:
        return self._smtp_port

    async def misbehave(self, faults: dict[str, str]) -> None:
        """Fail like this from now on; {} is health."""
        self.faults = faults
        for name, (host, port, site) in list(self._sites.items()):
            away = faults.get(name if name in HOOKS else "feeds") == "refused"
            if away and site is not None:
                await site.stop()
                self._sites[name] = host, port, None
            elif not away and site is None:
                await self._listen(name, host, port)
        deaf = faults.get("desk") == "refused"
        if deaf and self._smtp is not None:
            self._smtp.close()
            self._smtp = None
        elif not deaf and self._smtp is None:
            self._smtp = await asyncio.start_server(self._mail, "127.0.0.1", self._smtp_port)

    # --- the newsroom ------------------------------------------------------------------------------

    def publish(self, abouts: Iterable[str], chance: random.Random) -> list[str]:
        """An article about each of the words, on one of the feeds; their slugs."""
        slugs = []
        for about in abouts:
            feed, slug = chance.choice(FEEDS), _slug(len(self.ledger.published))
            self.ledger.published[slug] = feed, about
            self._pieces[feed].insert(0, piece(slug, title=f"The {about} {slug}"))
            slugs.append(slug)
        return slugs

    async def _read(self, request: web.Request) -> web.StreamResponse:
        kind, name = request.match_info["kind"], request.match_info["name"]
        if kind == "feed":
            feed = next(
                feed for feed, (host, *_) in self._sites.items() if request.host.startswith(host + ":")
            )
            listed = self._pieces[feed][:LISTED]
            body = rss(self.base(feed), *listed, now=self.now() + timedelta(minutes=3)).encode()
            tag = f'"{len(self._pieces[feed])}"'
            if request.headers.get("If-None-Match") == tag and not self.faults.get("feeds"):
                return web.Response(status=304, headers={"ETag": tag})
            media, headers = "application/rss+xml", {"ETag": tag}
        else:
            found = [p for pieces in self._pieces.values() for p in pieces if p.slug == name]
            if not found:
                raise web.HTTPNotFound
            body, media, headers = html(found[0]).encode(), "text/html", {}
        return await self._misread(
            request, self.faults.get("feeds" if kind == "feed" else "pages"), body, media, headers
        )

    async def _misread(
        self, request: web.Request, fault: str | None, body: bytes, media: str, headers: dict[str, str]
    ) -> web.StreamResponse:
        if fault == "error":
            return web.Response(status=500)
        if fault == "later":
            return web.Response(status=429, headers={"Retry-After": "5"})
        if fault == "mute":
            await asyncio.sleep(DEAF_SECONDS)
        if fault == "torn":
            headers = headers | {"Content-Type": media, "Content-Length": str(len(body))}
            torn = web.StreamResponse(headers=headers)
            await torn.prepare(request)
            await torn.write(body[: len(body) // 2])
            _hang_up(request)
            return torn
        return web.Response(body=body, headers=headers | {"Content-Type": f"{media}; charset=utf-8"})

    # --- the webhooks ------------------------------------------------------------------------------

    async def _take(self, request: web.Request) -> web.StreamResponse:
        channel = request.match_info["channel"]
        fault = self.faults.get(channel)
        if fault == "torn":
            await request.content.readany()
            _hang_up(request)
            return web.Response()
        text = (await request.read()).decode()
        key = request.headers.get("Idempotency-Key", "")
        if fault == "error":
            self._note(channel, key, text, "refused")
            return web.Response(status=500, text="not now")
        if fault == "later":
            self._note(channel, key, text, "refused")
            wait = chance_of(key).choice(
                ("2", format_datetime(self.now() + timedelta(seconds=40), usegmt=True))
            )
            return web.Response(status=429, headers={"Retry-After": wait})
        how = fault if fault in RECEIVED else "acknowledged"
        self._note(channel, key, text, how)
        if how == "cut":
            _hang_up(request)
        if how == "mute":
            await asyncio.sleep(DEAF_SECONDS)
        return web.Response(text="taken")

    def _note(self, channel: str, key: str, text: str, how: str) -> None:
        slugs = frozenset(SLUG.findall(text))
        self.ledger.receipts.append(Receipt(time.monotonic(), channel, key, slugs, how))
        if how == "acknowledged":
            self.on_receipt("arrived")

    # --- the mail server ---------------------------------------------------------------------------

    async def _mail(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, ValueError):
            await self._converse(reader, writer)
        writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        fault = self.faults.get("desk")
        if fault == "later":
            writer.write(b"421 come back later\r\n")
            await writer.drain()
            return
        writer.write(b"220 crash\r\n")
        channel = ""
        while line := await reader.readline():
            word = line[:4].upper().strip()
            if word == b"DATA":
                writer.write(b"354 go on\r\n")
                if fault == "torn":
                    await reader.readline()
                    return
                message = await _message(reader)
                if not await self._taken(channel, message, fault, writer):
                    return
            elif word == b"RCPT" and fault != "error":
                channel = line.partition(b"<")[2].partition(b"@")[0].decode()
                writer.write(b"250 fine\r\n")
            elif word == b"RCPT" and fault == "error":
                writer.write(b"451 not now\r\n")
            elif word == b"QUIT":
                writer.write(b"221 bye\r\n")
                await writer.drain()
                return
            else:
                writer.write(b"250 fine\r\n")
            await writer.drain()

    async def _taken(
        self, channel: str, message: bytes, fault: str | None, writer: asyncio.StreamWriter
    ) -> bool:
        """Note a mail; whether the sender is answered."""
        parsed = message_from_bytes(message, policy=default)
        key = str(parsed["Message-ID"]).strip("<>").partition("@")[0]
        part = parsed.get_body(("plain", "html"))
        text = f"{parsed['Subject']} {part.get_content() if part else ''}"
        how = fault if fault in RECEIVED else "acknowledged"
        self._note(channel, key, text, str(how))
        if how == "mute":
            await asyncio.sleep(DEAF_SECONDS)
        if how != "acknowledged":
            return False
        writer.write(b"250 taken\r\n")
        return True


async def _message(reader: asyncio.StreamReader) -> bytes:
    lines = []
    while (line := await reader.readuntil(b"\n")) != b".\r\n":
        lines.append(line[1:] if line.startswith(b"..") else line)
    return b"".join(lines)


def _hang_up(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


def _slug(number: int) -> str:
    """A word of letters only, since numbers are figures that a story may tell of."""
    letters = ""
    for _ in range(5):
        number, rest = divmod(number, 26)
        letters = chr(97 + rest) + letters
    return f"kx{letters}xk"


def chance_of(name: str) -> random.Random:
    """The same luck for the same name, in every process."""
    return random.Random(sha256(name.encode()).digest())


def configuration(outside: Outside, database: str, more: str = "") -> str:
    """monitor.toml of a daemon that watches this world, with time limits of a second. `more` is TOML."""
    hooks = {
        name: f"json://{outside.base(name).removeprefix('http://')}/{name}?cto=2&rto=2" for name in HOOKS
    }
    server = f"mailto://127.0.0.1:{outside.smtp_port}/?from=m@x.example&mode=insecure&cto=2&rto=2"
    mails = {name: f"{server}&to={name}@x.example" for name in MAILS}
    return (
        f'database = "{database}"\n'
        + "".join(f'[[feeds]]\nurl = "{outside.base(feed)}/feed/{feed}"\n' for feed in FEEDS)
        + f"""
[polling]
min_interval = "200ms"
max_interval = "400ms"
[network]
allow = ["127.0.0.0/8"]
timeout = "1s"
robots = false
[receivers.desk]
urls = ["{mails["desk"]}", "{hooks["hook-a"]}"]
flood = "100000/1m"
[receivers.wire]
urls = ["{hooks["hook-b"]}", "{hooks["hook-c"]}"]
flood = "100000/1m"
[receivers.night]
urls = ["{mails["night"]}"]
quiet = ["00:00-05:00", "06:00-11:00", "12:00-17:00", "18:00-23:00"]
flood = "100000/1m"
[receivers.daily]
urls = ["{mails["daily"]}"]
digest = "0 */3 * * *"
[receivers.busy]
urls = ["{mails["busy"]}"]
flood = "2/10m"
[receivers.pager]
urls = ["{mails["pager"]}"]
flood = "100000/1m"
[alerts]
default = ["desk"]
{more}
"""
    )


_RULE = """
  - id: {0}
    title: The {0}
    query: {0}
    alert: {{{1}}}
    tests: {{match: [a {0}], ignore: [a horse]}}
"""
RULES = "rules:" + "".join(
    _RULE.format(word, alert)
    for word, alert in {
        "quagga": "per: article",
        "okapi": "per: article, to: [desk, wire]",
        "vicuna": "per: article, to: [night]",
        "tapir": "per: digest, to: [daily]",
        "dugong": "per: article, to: [busy]",
        "gerenuk": "per: article, to: [pager], repeat: 2h",
        "narwhal": "per: article, to: [desk]",
    }.items()
)
