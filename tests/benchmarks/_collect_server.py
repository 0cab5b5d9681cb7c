"""Many feeds on loopback: a bare HTTP server, in a process of its own, that answers as fast as it can."""

from __future__ import annotations

import asyncio
import multiprocessing
import multiprocessing.connection
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

HOSTS = 1000
ITEMS = 15
CHANGES_EVERY = 20  # rounds: so 5 % of the feeds have changed in each
MOST_SECONDS = 3600.0


def host(feed: int) -> str:
    """The address that a feed has its share of: enough of them that none waits for its share's turn."""
    at = feed % HOSTS
    return f"127.{1 + at // 250}.{at % 250}.1"


def address(feed: int, port: int) -> str:
    return f"http://{host(feed)}:{port}/{feed}"


def version(feed: int, turn: int) -> int:
    """How often a feed has changed up to a round."""
    return (turn + feed % CHANGES_EVERY) // CHANGES_EVERY


@lru_cache(maxsize=50_000)
def document(feed: int, changes: int) -> bytes:
    """RSS with the newest items first: one more with each change."""
    items = "".join(
        f"<item><guid isPermaLink='false'>{feed}-{n}</guid><title>Report {n} of feed {feed} from the border</title>"
        f"<link>https://site-{feed}.example/news/{n}</link><pubDate>Sun, 22 Nov 2026 {n % 24:02}:00:00 GMT</pubDate>"
        f"<description>{_TEXT.format(n=n, feed=feed)}</description></item>"
        for n in range(ITEMS + changes, changes, -1)
    )
    head = (
        f"<title>Feed {feed}</title><link>https://site-{feed}.example/</link><description>News</description>"
    )
    return f"<?xml version='1.0'?><rss version='2.0'><channel>{head}{items}</channel></rss>".encode()


_TEXT = (
    "&lt;p&gt;The ministry said on Sunday that {n} people of district {feed} had been asked to leave "
    "their houses near the river, which has risen by another 40 centimetres since the morning.&lt;/p&gt;"
)


class _Feeds(asyncio.Protocol):
    turn = 0
    closing = False  # a connection for each request

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._left = transport, b""

    def data_received(self, data: bytes) -> None:
        self._left += data
        while b"\r\n\r\n" in self._left:
            request, _, self._left = self._left.partition(b"\r\n\r\n")
            self._transport.write(self._answer(request))
            if _Feeds.closing:
                self._transport.close()

    def _answer(self, request: bytes) -> bytes:
        feed = int(request.split(b" ", 2)[1][1:])
        changes = version(feed, _Feeds.turn)
        tag = b'"%d-%d"' % (feed, changes)
        ends = b"Connection: close\r\n" if _Feeds.closing else b""
        if tag in request:
            return b"HTTP/1.1 304 Not Modified\r\n%bETag: %b\r\n\r\n" % (ends, tag)
        body = document(feed, changes)
        head = (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
            b"%bETag: %b\r\nContent-Length: %d\r\n\r\n"
        )
        return head % (ends, tag, len(body)) + body


async def _serve(told: multiprocessing.connection.Connection) -> None:
    loop = asyncio.get_running_loop()
    servers, port = [], 0
    for feed in range(HOSTS):
        servers.append(await loop.create_server(_Feeds, host(feed), port, backlog=512))
        port = port or servers[0].sockets[0].getsockname()[1]
    told.send(port)
    deadline = time.monotonic() + MOST_SECONDS
    while time.monotonic() < deadline:
        if told.poll():
            turn = told.recv()
            if turn is None:
                break
            _Feeds.turn = turn
            told.send(turn)
        await asyncio.sleep(0.02)
    for server in servers:
        server.close()


def serve(told: multiprocessing.connection.Connection, closing: bool) -> None:
    more_files()
    _Feeds.closing = closing
    asyncio.run(_serve(told))


def more_files() -> None:
    """As many sockets as the system lets a process have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


class Farm:
    """The server, as others see it."""

    def __init__(self, port: int, told: multiprocessing.connection.Connection) -> None:
        self.port, self._told = port, told

    def turn(self, number: int) -> None:
        """From now on, the feeds are as they are in this round."""
        self._told.send(number)
        assert self._told.recv() == number


@contextmanager
def farm(closing: bool = False) -> Iterator[Farm]:
    """Serves until the block ends, at most an hour; `closing`: every connection takes one request."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs, closing), daemon=True)
    process.start()
    try:
        yield Farm(ours.recv(), ours)
    finally:
        ours.send(None)
        process.join(10)
        process.terminate()
