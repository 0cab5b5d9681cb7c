"""Fetching, against real servers on loopback that do all that servers do."""

from __future__ import annotations

import asyncio
import gzip
import re
import resource
import shutil
import socket
import ssl
import subprocess
import threading
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_network
from itertools import pairwise
from pathlib import Path

import brotli
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from backports import zstd

import monitor
from monitor.adapters.http import HttpFetcher, kept_for
from monitor.adapters.shares import HostShares
from monitor.errors import AddressRefused, FetchError
from monitor.model import Response

MONITOR = Path(monitor.__file__).parent
LOOPBACK = ip_network("127.0.0.0/8")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Raw = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def fetcher(**options: object) -> HttpFetcher:
    return HttpFetcher(**{"allow": [LOOPBACK], "total": 5.0, **options})  # type: ignore[arg-type]


@asynccontextmanager
async def serving(handler: Handler, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """A server that gives every request to `handler`; yields its address without a slash."""
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    try:
        yield f"http://{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def raw_server(talk: Raw, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """A server that says exactly what `talk` writes."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass  # the client left, or the test ended
        finally:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


def saying(*parts: bytes, pause: float = 0.0) -> Raw:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)

    return talk


async def fails(url: str, **options: object) -> FetchError:
    async with fetcher(**options) as http:
        with pytest.raises(FetchError) as caught:
            await http.fetch(url)
    assert "\n" not in str(caught.value)
    return caught.value


class Names(AbstractResolver):
    """A name server of one's own: each name's answers, one after the other."""

    def __init__(self, **answers: list[str]) -> None:
        self.answers = answers

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        known = self.answers.get(host.partition(".")[0])
        if not known:
            raise OSError(None, "no such name")
        address = known.pop(0) if len(known) > 1 else known[0]
        return [
            ResolveResult(
                hostname=host,
                host=one,
                port=port,
                family=socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for one in address.split()
        ]

    async def close(self) -> None:
        pass


# --- answers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 304, 400, 401, 403, 404, 410, 418, 429, 500, 503])
async def test_every_status_is_an_answer(status: int) -> None:
    async def handler(request: web.Request) -> web.Response:
        body = None if status == 304 else b"body"
        return web.Response(status=status, body=body, headers={"ETag": '"a"', "Retry-After": "7"})

    async with serving(handler) as server, fetcher() as http:
        answer = await http.fetch(f"{server}/feed#part")
    assert (answer.status, answer.url, answer.permanent_url) == (status, f"{server}/feed", None)
    assert answer.body == (b"" if status == 304 else b"body")
    assert (answer.headers["etag"], answer.headers["retry-after"]) == ('"a"', "7")


async def test_what_is_sent() -> None:
    seen: list[web.Request] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append(request)
        return web.Response(headers={"Set-Cookie": "a=b; Path=/"})

    async with serving(handler) as server, fetcher(contact="https://monitor.example/about") as http:
        for _ in range(2):
            await http.fetch(
                f"{server}/a?b=%2F&c=%d0%9a", {"If-None-Match": 'W/"x, y"', "Accept": "application/rss+xml"}
            )
    assert seen[0].raw_path == "/a?b=%2F&c=%d0%9a"
    assert (
        seen[0].headers["User-Agent"]
        == f"media-monitor/{monitor.__version__} (+https://monitor.example/about)"
    )
    assert seen[0].headers["If-None-Match"] == 'W/"x, y"'
    assert seen[0].headers["Accept"] == "application/rss+xml"
    assert {"gzip", "deflate", "br", "zstd"} <= {
        part.strip() for part in seen[0].headers["Accept-Encoding"].split(",")
    }
    assert "Cookie" not in seen[1].headers


@pytest.mark.parametrize(
    ("written", "sent"),
    [("/новости", "/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8"), ("/a b?c=%", "/a%20b?c=%25"), ("", "/")],
)
async def test_what_needs_quoting_is_quoted(written: str, sent: str) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(text=request.raw_path)

    async with serving(handler) as server, fetcher() as http:
        assert (await http.fetch(server + written)).body.decode() == sent


async def test_headers_sent_twice_are_joined() -> None:
    said = b"HTTP/1.1 200 OK\r\nLink: <a>\r\nLink: <b>\r\nContent-Length: 0\r\n\r\n"
    async with raw_server(saying(said)) as server, fetcher() as http:
        assert (await http.fetch(server)).headers["link"] == "<a>, <b>"


async def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1/")

    async def handler(request: web.Request) -> web.Response:
        return web.Response(body=b"direct")

    async with serving(handler) as server, fetcher() as http:
        assert (await http.fetch(server)).body == b"direct"


# --- encodings and sizes ---------------------------------------------------------------------------

TEXT = "Военные строители отправились в Курск. ".encode() * 500
ENCODINGS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
}


def encoded(body: bytes, encoding: str) -> Handler:
    packed = ENCODINGS[encoding](body)

    async def handler(request: web.Request) -> web.Response:
        return web.Response(body=packed, headers={"Content-Encoding": encoding})

    return handler


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_encodings_are_unpacked(encoding: str) -> None:
    async with serving(encoded(TEXT, encoding)) as server, fetcher() as http:
        assert (await http.fetch(server)).body == TEXT


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_bombs_stop_at_the_limit_of_unpacked_bytes(encoding: str) -> None:
    async with serving(encoded(bytes(40_000_000), encoding)) as server:
        error = await fails(server, max_bytes=1_000_000)
    assert (error.kind, str(error)) == ("size", f"{server} sends more than 1,000,000 bytes")


async def test_a_body_that_announces_too_much_is_not_read() -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(body=bytes(50_000_000))

    async with serving(handler) as server:
        assert (await fails(server)).kind == "size"


async def test_a_body_that_never_ends_stops_at_the_limit() -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        for _ in range(10_000):
            await answer.write(bytes(100_000))
        return answer

    async with serving(handler) as server:
        assert (await fails(server)).kind == "size"


async def test_the_limit_itself_is_allowed_and_may_be_set_for_one_request() -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(body=bytes(1000))

    async with serving(handler) as server, fetcher(max_bytes=1000) as http:
        assert len((await http.fetch(server)).body) == 1000
        with pytest.raises(FetchError, match="more than 999 bytes"):
            await http.fetch(server, max_bytes=999)


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 4\r\n\r\nnope",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\nA: " + b"a" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 50_000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.7\r\n\r\n",
    ],
    ids=[
        "gzip",
        "br",
        "short",
        "chunk-missing",
        "chunk-size",
        "header-size",
        "headers",
        "two-lengths",
        "header",
        "not-http",
    ],
)
async def test_broken_answers_are_protocol_errors(said: bytes) -> None:
    async with raw_server(saying(said)) as server:
        assert (await fails(server)).kind == "protocol"


# --- time ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "talk",
    [
        saying(b"", pause=60),
        saying(*[bytes([c]) for c in b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"], pause=0.1),
        saying(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", *[b"x"] * 99, pause=0.1),
    ],
    ids=["silent", "dripping headers", "dripping body"],
)
async def test_slow_servers_are_left_after_the_total_time(talk: Raw) -> None:
    began = asyncio.get_running_loop().time()
    async with raw_server(talk) as server:
        error = await fails(server, total=0.4)
    assert (error.kind, str(error)) == ("timeout", f"{server}: no complete answer within 0.4 s")
    assert asyncio.get_running_loop().time() - began < 2


async def test_the_total_time_covers_all_redirects_together() -> None:
    async def handler(request: web.Request) -> web.Response:
        await asyncio.sleep(0.2)
        raise web.HTTPFound(f"/{len(request.path)}{request.path}")

    async with serving(handler) as server:
        assert (await fails(server, total=0.5)).kind == "timeout"


async def test_waiting_for_a_turn_costs_no_time() -> None:
    """Six requests of 0.3 s, two at a time, are all answered within a limit of 0.6 s each."""
    here, most = 0, 0

    async def handler(request: web.Request) -> web.Response:
        nonlocal here, most
        here += 1
        most = max(most, here)
        await asyncio.sleep(0.3)
        here -= 1
        return web.Response()

    async with serving(handler) as server, fetcher(total=0.6) as http:
        answers = await asyncio.gather(*(http.fetch(f"{server}/{n}") for n in range(6)))
    assert [answer.status for answer in answers] == [200] * 6
    assert most == 2


async def test_a_host_that_hangs_holds_up_no_other_host() -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(body=b"quick")

    async with (
        raw_server(saying(b"", pause=60)) as stuck,
        serving(handler, "127.0.0.2") as quick,
        fetcher(total=1.0, limit=3) as http,
    ):
        waiting = [asyncio.create_task(http.fetch(stuck)) for _ in range(5)]
        await asyncio.sleep(0.05)
        async with asyncio.timeout(0.5):
            assert (await http.fetch(quick)).body == b"quick"
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def test_the_limit_over_all_hosts_holds() -> None:
    here, most = 0, 0

    async def handler(request: web.Request) -> web.Response:
        nonlocal here, most
        here += 1
        most = max(most, here)
        await asyncio.sleep(0.05)
        here -= 1
        return web.Response()

    async with serving(handler, "0.0.0.0") as server, fetcher(limit=3) as http:
        port = server.rpartition(":")[2]
        await asyncio.gather(*(http.fetch(f"http://127.0.0.{n}:{port}/") for n in range(1, 9)))
    assert most == 3


async def test_requests_to_one_domain_begin_a_pace_apart_whatever_their_hosts_and_purposes() -> None:
    """a.paced.example and b.paced.example are one machine's for all we know; other.example is not."""
    begun: list[tuple[str, float]] = []

    async def handler(request: web.Request) -> web.Response:
        begun.append((request.host.partition(":")[0], asyncio.get_running_loop().time()))
        return web.Response()

    async with serving(handler) as server:
        port = server.rpartition(":")[2]
        names = Names(a=["127.0.0.1 10.0.0.1"], b=["127.0.0.1 10.0.0.1"], other=["127.0.0.1 10.0.0.1"])
        async with fetcher(resolver=names, pace=0.2) as http:  # not all of their addresses are allowed ones
            hosts = ["a.paced.example", "b.paced.example", "a.paced.example", "other.example"]
            await asyncio.gather(*(http.fetch(f"http://{host}:{port}/") for host in hosts))
    assert [host for host, _ in sorted(begun, key=lambda one: one[1])[-2:]] == [
        "b.paced.example",
        "a.paced.example",
    ]
    paced = [at for host, at in begun if host != "other.example"]
    assert all(later - earlier > 0.15 for earlier, later in pairwise(paced))


@pytest.mark.parametrize("host", ["127.0.0.1", "own.example"])
async def test_what_is_allowed_is_asked_without_a_pause(host: str) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response()

    async with serving(handler) as server, fetcher(resolver=Names(own=["127.0.0.1"]), pace=30.0) as http:
        url = f"http://{host}:{server.rpartition(':')[2]}/"
        async with asyncio.timeout(5):
            for _ in range(5):
                await http.fetch(url)


async def test_a_connection_is_used_again() -> None:
    """For a page after its feed, and for the next feed of one host."""
    peers: set[object] = set()

    async def handler(request: web.Request) -> web.Response:
        assert request.transport is not None
        peers.add(request.transport.get_extra_info("peername"))
        return web.Response(body=b"feed")

    async with serving(handler) as server, fetcher() as http:
        for path in ("rss", "page", "rss", "other"):
            await http.fetch(f"{server}/{path}")
    assert len(peers) == 1


@pytest.mark.parametrize(
    ("files", "seconds"),
    [(256, 0.128), (1024, 0.512), (20_000, 10.0), (65_536, 15.0), (resource.RLIM_INFINITY, 15.0)],
)
def test_connections_are_not_kept_longer_than_there_are_files_for(files: int, seconds: float) -> None:
    """1,000 new hosts a second, half of the files."""
    assert kept_for(files) == pytest.approx(seconds)


async def test_a_name_with_many_addresses_is_reached_on_the_first_that_answers() -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(body=b"there")

    async with serving(handler, "127.0.0.4") as server:
        port = server.rpartition(":")[2]
        refusing = " ".join(f"127.0.0.{n}" for n in (1, 2, 3)) + " 10.0.0.1 169.254.169.254 127.0.0.4"
        async with fetcher(resolver=Names(many=[refusing])) as http:
            assert (await http.fetch(f"http://many.example:{port}/")).body == b"there"


class SixAndFour(Names):
    """Names with an address of each kind, the new kind first, as resolvers give them."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await super().resolve(host, port, family)
        return [{**one, "family": socket.AF_INET6 if ":" in one["host"] else socket.AF_INET} for one in found]


@pytest.mark.parametrize("six", ["::1", "2001:db8::1", "fd00::1", "64:ff9b::7f00:1", "2002:7f00:1::"])
async def test_an_address_of_ipv6_that_is_refused_or_dead_leaves_that_of_ipv4(six: str) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(body=b"four")

    async with serving(handler) as server:
        port = server.rpartition(":")[2]
        async with fetcher(resolver=SixAndFour(both=[f"{six} 127.0.0.1"])) as http:
            assert (await http.fetch(f"http://both.example:{port}/")).body == b"four"


async def test_hosts_are_forgotten_when_nobody_waits_for_them() -> None:
    shares = HostShares(2)
    async with shares.of("a"), shares.of("a"), shares.of("b"):
        assert set(shares._shares) == {"a", "b"}
    assert not shares._shares


# --- redirects -------------------------------------------------------------------------------------


def redirects(**steps: tuple[int, str]) -> Handler:
    async def handler(request: web.Request) -> web.Response:
        step = steps.get(request.path.strip("/"))
        if step is None:
            return web.Response(body=b"arrived")
        return web.Response(status=step[0], headers={"Location": step[1]})

    return handler


@pytest.mark.parametrize(
    ("first", "second", "permanent"),
    [(301, 308, True), (308, 308, True), (301, 302, False), (302, 301, False), (303, 307, False)],
)
async def test_permanent_redirects_are_told_from_passing_ones(
    first: int, second: int, permanent: bool
) -> None:
    async with serving(redirects(a=(first, "/b"), b=(second, "c?d=1"))) as server, fetcher() as http:
        answer = await http.fetch(f"{server}/a")
    assert (answer.status, answer.body, answer.url) == (200, b"arrived", f"{server}/c?d=1")
    assert answer.permanent_url == (f"{server}/c?d=1" if permanent else None)


async def test_a_redirect_without_a_target_is_an_answer() -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(status=302, body=b"where?")

    async with serving(handler) as server, fetcher() as http:
        assert (await http.fetch(server)).status == 302


async def test_five_redirects_are_followed_and_a_loop_is_left() -> None:
    chain = {f"s{n}": (302, f"/s{n + 1}") for n in range(5)}
    async with serving(redirects(**chain, loop=(302, "/loop"), long=(302, "/s0"))) as server:
        async with fetcher() as http:
            assert (await http.fetch(f"{server}/s0")).body == b"arrived"
        for path in ("loop", "long"):
            error = await fails(f"{server}/{path}")
            assert (error.kind, str(error)) == ("redirect", f"{server}/{path} redirects more than 5 times")


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "gopher://127.0.0.1:70/",
        "ftp://127.0.0.1/",
        "javascript:alert(1)",
        "data:text/xml,<rss/>",
        "http://",
        "http://user:secret@127.0.0.1/",
        "http://news.example\\@127.0.0.1/",
        "/" + "a" * 5_000,
    ],
)
async def test_redirects_to_what_is_not_the_web_are_refused(location: str) -> None:
    async with serving(redirects(a=(302, location))) as server:
        error = await fails(f"{server}/a")
    assert error.kind == "redirect"
    assert "secret" not in str(error)


async def test_credentials_stay_with_the_origin_they_were_meant_for() -> None:
    seen: dict[str, dict[str, str]] = {}

    async def handler(request: web.Request) -> web.Response:
        seen[request.host.partition(":")[0] + request.path] = dict(request.headers)
        if request.path == "/a":
            raise web.HTTPFound("/b")
        if request.path == "/b":
            raise web.HTTPFound(f"http://127.0.0.2:{request.host.partition(':')[2]}/c")
        return web.Response()

    secrets = {"Authorization": "Bearer x", "Cookie": "a=b", "X-Api-Key": "k"}
    async with serving(handler, "0.0.0.0") as server, fetcher() as http:
        url = server.replace("0.0.0.0", "127.0.0.1") + "/a"
        await http.fetch(url, {**secrets, "If-None-Match": '"a"', "Accept": "text/html"})
    assert secrets.items() <= seen["127.0.0.1/a"].items()
    assert secrets.items() <= seen["127.0.0.1/b"].items()
    elsewhere = seen["127.0.0.2/c"]
    assert not secrets.keys() & elsewhere.keys()
    assert (elsewhere["If-None-Match"], elsewhere["Accept"]) == ('"a"', "text/html")


# --- addresses that are refused, and the sink that must stay silent ---------------------------------


@asynccontextmanager
async def sink() -> AsyncIterator[tuple[int, list[str]]]:
    """A server on 127.0.0.9, which nothing allows; every connection is recorded."""
    connections: list[str] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(str(writer.get_extra_info("peername")))
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.9", 0)
    try:
        yield server.sockets[0].getsockname()[1], connections
    finally:
        server.close()


ONE_HOST = [ip_network("127.0.0.1/32")]


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.9",
        "[::ffff:127.0.0.9]",
        "0x7f000009",
        "2130706441",
        "127.9",
        "0177.0.0.9",
        "①②⑦.0.0.9",
        "127.0.0.9.",
    ],
)
async def test_refused_addresses_are_refused_however_they_are_written(host: str) -> None:
    async with sink() as (port, connections):
        error = await fails(f"http://{host}:{port}/", allow=ONE_HOST)
        assert error.kind in ("refused", "dns", "protocol", "connect")
    assert connections == []


async def test_a_refused_literal_says_how_to_allow_it() -> None:
    async with sink() as (port, connections):
        error = await fails(f"http://127.0.0.9:{port}/", allow=ONE_HOST)
    assert isinstance(error, AddressRefused)
    assert "add it to [network] allow" in str(error)
    assert connections == []


async def test_a_name_of_a_refused_address_is_refused() -> None:
    async with sink() as (port, connections):
        error = await fails(
            f"http://inside.example:{port}/", allow=ONE_HOST, resolver=Names(inside=["127.0.0.9"])
        )
    assert isinstance(error, AddressRefused)
    assert connections == []


async def test_a_name_with_a_good_and_a_refused_address_is_reached_on_the_good_one() -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(body=b"good")

    async with serving(handler) as server:
        port = server.rpartition(":")[2]
        names = Names(both=["10.0.0.9 127.0.0.1"])
        async with fetcher(resolver=names, allow=ONE_HOST) as http:
            assert (await http.fetch(f"http://both.example:{port}/")).body == b"good"


async def test_an_answer_that_flips_after_the_first_request_is_refused() -> None:
    """DNS rebinding: public at first, inside at the second connection."""

    async def handler(request: web.Request) -> web.Response:
        return web.Response(body=b"first", headers={"Connection": "close"})

    async with sink() as (port, connections), serving(handler, "127.0.0.1", port):
        names = Names(flips=["127.0.0.1", "127.0.0.9"])
        async with fetcher(resolver=names, allow=ONE_HOST) as http:
            assert (await http.fetch(f"http://flips.example:{port}/")).body == b"first"
            with pytest.raises(AddressRefused):
                await http.fetch(f"http://flips.example:{port}/")
    assert connections == []


async def test_a_redirect_to_a_refused_address_is_refused() -> None:
    async with sink() as (port, connections):
        steps = redirects(a=(302, f"http://127.0.0.9:{port}/"), b=(301, f"http://[::ffff:127.0.0.9]:{port}/"))
        async with serving(steps) as server:
            for path in ("a", "b"):
                assert isinstance(await fails(f"{server}/{path}", allow=ONE_HOST), AddressRefused)
    assert connections == []


async def test_metadata_is_refused_even_where_everything_is_allowed() -> None:
    error = await fails("http://169.254.169.254/latest/meta-data/", allow=[ip_network("0.0.0.0/0")])
    assert isinstance(error, AddressRefused)


# --- what cannot be reached ------------------------------------------------------------------------


async def test_a_name_without_an_address() -> None:
    error = await fails("http://nowhere.example/", resolver=Names())
    assert error.kind == "dns"
    assert "nowhere.example has no address" in str(error)


async def test_a_closed_fetcher_leaves_no_thread_behind() -> None:
    """A daemon makes a new one at every reload."""

    def resolving() -> list[threading.Thread]:
        return [thread for thread in threading.enumerate() if thread.name.startswith("resolve")]

    before = set(resolving())
    async with fetcher() as http:
        with pytest.raises(FetchError):
            await http.fetch("http://localhost:9/")
        mine = [thread for thread in resolving() if thread not in before]
        assert mine
    for thread in mine:
        thread.join(10)
        assert not thread.is_alive()


async def test_a_port_where_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    error = await fails(f"http://127.0.0.1:{port}/")
    assert error.kind == "connect"


async def test_a_server_that_hangs_up() -> None:
    async with raw_server(saying()) as server:
        error = await fails(server)
    assert (error.kind, str(error)) == ("connect", f"{server}: the server hung up before it answered")


async def test_a_server_without_tls() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()

    async with raw_server(talk) as server:
        error = await fails(server.replace("http:", "https:"))
    assert error.kind == "tls"
    assert re.fullmatch(r"https://[\d.:]+: no TLS with 127\.0\.0\.1: [a-z ]+", str(error))


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes its certificate with openssl")
async def test_a_certificate_that_nobody_vouches_for(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    making = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    naming = ["-subj", "/CN=x", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    subprocess.run(
        [*making, *naming, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True
    )
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    async with raw_server(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), tls) as server:
        url = server.replace("http:", "https:")
        error = await fails(url)
        async with fetcher(ssl_context=ssl.create_default_context(cafile=str(certificate))) as http:
            assert (await http.fetch(url)).status == 200
        names = Names(elsewhere=["127.0.0.1"])
        async with fetcher(
            ssl_context=ssl.create_default_context(cafile=str(certificate)), resolver=names
        ) as http:
            with pytest.raises(FetchError) as other:
                await http.fetch(url.replace("127.0.0.1", "elsewhere.example"))
    assert error.kind == other.value.kind == "tls"
    assert str(error) == f"{url}: 127.0.0.1 shows a certificate that is not valid: self-signed certificate"
    assert "a certificate that is not valid: hostname mismatch" in str(other.value)


@pytest.mark.parametrize(
    "url",
    ["", "news.example/rss", "ftp://127.0.0.1/", "file:///etc/passwd", "http://", "http://[", "http://a b/",
     "http://127.0.0.1\\@x/", "http://127.0.0.1:99999/", "http://user:pw@127.0.0.1/", "http://127.0.0.1/\r\nX: y",
     "http://" + "a" * 70 + ".example/", "http://xn--/"],
)  # fmt: skip
async def test_what_is_no_address_is_said_without_a_request(url: str) -> None:
    error = await fails(url, resolver=Names())
    assert error.kind in ("protocol", "dns")
    assert "pw" not in str(error)


async def test_one_failure_leaves_the_fetcher_usable() -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(body=b"fine")

    async with serving(handler) as server, raw_server(saying(b"junk")) as broken, fetcher() as http:
        results = await asyncio.gather(
            *(http.fetch(url) for url in (broken, server, broken, server, "http://")), return_exceptions=True
        )
    assert [type(result) for result in results] == [FetchError, Response, FetchError, Response, FetchError]


def test_nothing_else_in_the_program_fetches() -> None:
    """A second way to the web would have no guard. Apprise has its own, which send_worker.py guards."""
    clients = re.compile(
        r"ClientSession|urlopen|urllib\.request|http\.client|\bimport (?:requests|httpx|urllib3)\b|fetch_url"
        r"|feedparser\.parse\(\s*[\"']?http"
    )
    found = {
        path.relative_to(MONITOR).as_posix()
        for path in MONITOR.rglob("*.py")
        if clients.search(path.read_text(encoding="utf-8"))
    }
    assert found == {"adapters/http.py", "adapters/send_worker.py"}
