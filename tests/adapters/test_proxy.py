"""Through a proxy, and with a feed's own secrets: who sees what, and what is refused all the same."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path

import pytest
from aiohttp import web

from monitor.adapters.http import HttpFetcher
from monitor.collect.access import feed_access, read_proxy
from monitor.errors import AddressRefused, FetchError
from tests.adapters.test_http import raw_server, serving

PASSWORD = "Basic YW5uYTpDQU5BUlk="  # base64 of anna:CANARY
FEED = "http://news.example/rss"


@dataclass
class Proxy:
    """An HTTP proxy that opens tunnels to one server, and answers itself for every name otherwise."""

    address: str
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    answers: dict[str, bytes] = field(default_factory=dict)  # by the request's first line
    tunnel: tuple[str, int] = ("127.0.0.1", 9)

    @property
    def lines(self) -> list[str]:
        return [line for line, _ in self.seen]

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").splitlines()
        pairs = (line.split(": ", 1) for line in head[1:] if line)
        self.seen.append((head[0], {name.lower(): value for name, value in pairs}))
        if head[0] in self.answers:
            writer.write(self.answers[head[0]])
        elif head[0].startswith("CONNECT"):
            writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
            there, back = await asyncio.open_connection(*self.tunnel)
            await asyncio.gather(_copy(reader, back), _copy(there, writer))
        else:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nproxy")
        await writer.drain()

    @property
    def with_password(self) -> str:
        return self.address.replace("//", "//anna:CANARY@")


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while data := await source.read(65536):
        target.write(data)
        await target.drain()
    target.close()


@asynccontextmanager
async def proxying() -> AsyncIterator[Proxy]:
    proxy = Proxy("")
    async with raw_server(proxy.talk) as address:
        proxy.address = address
        yield proxy


def through(proxy: str, **options: object) -> HttpFetcher:
    """A fetcher that nothing private is allowed to, and its proxy."""
    return HttpFetcher(**{"proxy": read_proxy(proxy), "total": 5.0, "pace": 0.0, **options})  # type: ignore[arg-type]


def redirect(location: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


async def test_a_private_proxy_of_the_operators_is_used_and_told_its_password() -> None:
    async with proxying() as proxy, through(proxy.with_password) as http:
        assert (await http.fetch(FEED)).body == b"proxy"
    ((line, headers),) = proxy.seen
    assert line == f"GET {FEED} HTTP/1.1"
    assert (headers["host"], headers["proxy-authorization"]) == ("news.example", PASSWORD)


async def test_the_proxy_of_a_feed_goes_before_the_general_one_and_direct_means_none() -> None:
    async def own(request: web.Request) -> web.Response:
        return web.Response(body=b"direct")

    loopback = [ip_network("127.0.0.0/8")]
    async with (
        proxying() as general,
        proxying() as special,
        serving(own) as server,
        through(general.address, allow=loopback) as http,
    ):
        await http.fetch(FEED, access=feed_access(FEED, proxy=special.address))
        assert (general.lines, special.lines) == ([], [f"GET {FEED} HTTP/1.1"])
        assert (await http.fetch(server, access=feed_access(server, proxy="direct"))).body == b"direct"
        await http.fetch(FEED, access=feed_access(FEED, user_agent="Reader/1"))
        await http.fetch("http://other.example/page")
    assert general.lines == [f"GET {FEED} HTTP/1.1", "GET http://other.example/page HTTP/1.1"]
    assert general.seen[0][1]["user-agent"] == "Reader/1"
    assert general.seen[1][1]["user-agent"].startswith("media-monitor/")


async def test_redirects_go_through_the_proxy_too_without_the_secrets() -> None:
    access = feed_access(
        FEED, username="anna", password="CANARY", cookies={"c": "CANARY"}, user_agent="Reader/1"
    )
    async with proxying() as proxy, through(proxy.with_password) as http:
        proxy.answers[f"GET {FEED} HTTP/1.1"] = redirect("http://other.example/x")
        proxy.answers["GET http://other.example/x HTTP/1.1"] = redirect(FEED + "?back")
        await http.fetch(FEED, access=access)
    first, second, back = (headers for _, headers in proxy.seen)
    assert (first["authorization"], first["cookie"]) == (PASSWORD, "c=CANARY")
    for headers in (second, back):  # gone for good, also where the way leads back
        assert not {"authorization", "cookie"} & headers.keys()
    assert [headers["user-agent"] for _, headers in proxy.seen] == ["Reader/1"] * 3
    assert [headers["proxy-authorization"] for _, headers in proxy.seen] == [PASSWORD] * 3


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[fe80::1%25eth0]/",
        "http://0x7f000001/",
        "http://2130706433/",
        "http://127.1/",
        "http://0177.0.0.1/",
        "http://①②⑦.0.0.1/",
        "http://127.0.0.1./",
        "http://localhost/",
        "http://LOCALHOST./",
        "http://a.localhost/",
        "http://metadata.google.internal/computeMetadata/v1/",
        "http://metadata.google.internal./",
        "http://instance-data/",
        "http://8.8.8.8:22/",
        "https://127.0.0.1/",
        "https://metadata.goog/",
    ],
)
async def test_what_is_private_by_itself_is_not_even_told_to_the_proxy(target: str) -> None:
    async with proxying() as proxy, through(proxy.address) as http:
        with pytest.raises(FetchError) as caught:
            await http.fetch(target)
        assert isinstance(caught.value, AddressRefused) or caught.value.kind == "protocol"
        proxy.answers[f"GET {FEED} HTTP/1.1"] = redirect(target)
        with pytest.raises(FetchError) as caught:
            await http.fetch(FEED)
        assert isinstance(caught.value, AddressRefused) or caught.value.kind in ("protocol", "redirect")
    assert proxy.lines == [f"GET {FEED} HTTP/1.1"]


async def test_what_is_allowed_is_asked_for_through_the_proxy() -> None:
    async with proxying() as proxy, through(proxy.address, allow=[ip_network("10.0.0.0/8")]) as http:
        await http.fetch("http://10.1.2.3:8080/rss")
    assert proxy.lines == ["GET http://10.1.2.3:8080/rss HTTP/1.1"]


async def test_a_metadata_service_is_no_proxy() -> None:
    async with through("http://169.254.169.254") as http:
        with pytest.raises(AddressRefused, match="metadata"):
            await http.fetch(FEED)


async def test_a_feed_with_a_proxy_opens_no_way_for_others() -> None:
    """Its proxy is private, and reached; what is at the same address is refused to everybody else."""
    async with proxying() as proxy, HttpFetcher(pace=0.0) as http:
        await http.fetch(FEED, access=feed_access(FEED, proxy=proxy.address))
        with pytest.raises(AddressRefused):
            await http.fetch(proxy.address)
    assert len(proxy.seen) == 1


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """TLS for a server called news.example, and for its clients."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    making = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    naming = ["-subj", "/CN=x", "-addext", "subjectAltName=DNS:news.example,IP:127.0.0.1", "-days", "2"]
    subprocess.run(
        [*making, *naming, "-keyout", str(key), "-out", str(cert)],
        check=True,
        capture_output=True,
        timeout=30,
    )
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(cert, key)
    return server, ssl.create_default_context(cafile=str(cert))


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes its certificate with openssl")
async def test_through_a_tunnel_the_feeds_secrets_are_not_the_proxys_nor_its_password_the_feeds(
    tmp_path: Path,
) -> None:
    server_tls, client_tls = certificate(tmp_path)
    heads: list[str] = []

    async def feed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append((await reader.readuntil(b"\r\n\r\n")).decode().lower())
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfeed")
        await writer.drain()

    url = "https://news.example/rss"
    access = feed_access(url, headers={"X-Key": "CANARY"})
    async with raw_server(feed, server_tls) as server, proxying() as proxy:
        proxy.tunnel = ("127.0.0.1", int(server.rpartition(":")[2]))
        async with through(proxy.with_password, ssl_context=client_tls) as http:
            assert (await http.fetch(url, access=access)).body == b"feed"
    ((line, headers),) = proxy.seen
    assert (line, headers["proxy-authorization"]) == ("CONNECT news.example:443 HTTP/1.1", PASSWORD)
    assert "x-key" not in headers
    assert "x-key: canary" in heads[0]
    assert "proxy-authorization" not in heads[0]


@pytest.mark.parametrize(
    ("url", "line", "answer", "said"),
    [
        (FEED, f"GET {FEED} HTTP/1.1", 407, "the proxy asks for another name and password (407)"),
        (
            "https://news.example/",
            "CONNECT news.example:443 HTTP/1.1",
            407,
            "asks for another name and password",
        ),
        (
            "https://news.example/",
            "CONNECT news.example:443 HTTP/1.1",
            503,
            "opens no connection to it: it answered 503",
        ),
    ],
)
async def test_what_a_proxy_refuses_is_said_as_the_proxys(
    url: str, line: str, answer: int, said: str
) -> None:
    async with proxying() as proxy, through(proxy.with_password) as http:
        proxy.answers[line] = f"HTTP/1.1 {answer} No\r\nContent-Length: 0\r\n\r\n".encode()
        with pytest.raises(FetchError) as caught:
            await http.fetch(url)
    assert caught.value.kind == "proxy"
    assert said in str(caught.value)


@pytest.mark.parametrize("target", [FEED, "https://news.example/rss"])
async def test_no_error_holds_a_secret_not_even_in_its_traceback(target: str) -> None:
    access = feed_access(
        target,
        username="anna",
        password="CANARY",
        headers={"X-Key": "CANARY"},
        proxy="http://anna:CANARY@127.0.0.1:9",
    )
    async with proxying() as broken, HttpFetcher(total=5.0, pace=0.0) as http:
        broken.answers = {f"GET {FEED} HTTP/1.1": b"junk", "CONNECT news.example:443 HTTP/1.1": b"junk"}
        junk = feed_access(target, username="anna", password="CANARY", proxy=broken.with_password)
        for one in (access, junk):
            with pytest.raises(FetchError) as caught:
                await http.fetch(target, access=one)
            error: BaseException | None = caught.value
            words = "".join(traceback.format_exception(caught.value))
            while error is not None:
                words += repr(error) + str(error) + repr(error.args)
                error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
            assert "CANARY" not in words
            assert PASSWORD not in words


# --- without a proxy -------------------------------------------------------------------------------


async def test_a_feeds_secrets_reach_its_own_server_beside_the_validators() -> None:
    heads: list[dict[str, str]] = []

    async def handler(request: web.Request) -> web.Response:
        heads.append({name.lower(): value for name, value in request.headers.items()})
        return web.Response()

    async with serving(handler) as server, HttpFetcher(allow=[ip_network("127.0.0.0/8")]) as http:
        access = feed_access(
            server,
            username="anna",
            password="CANARY",
            headers={"accept": "text/xml", "X-Key": "k"},
            cookies={"a": "1"},
            user_agent="Reader/1",
        )
        await http.fetch(server, {"Accept": "*/*", "If-None-Match": '"x"'}, access=access)
        await http.fetch(server)
    first, second = heads
    assert {
        name: first[name]
        for name in ("authorization", "accept", "x-key", "cookie", "user-agent", "if-none-match")
    } == {
        "authorization": PASSWORD,
        "accept": "text/xml",
        "x-key": "k",
        "cookie": "a=1",
        "user-agent": "Reader/1",
        "if-none-match": '"x"',
    }
    assert not {"authorization", "x-key", "cookie"} & second.keys()


async def test_a_redirect_away_loses_the_secrets_and_one_within_the_origin_keeps_them() -> None:
    seen: list[tuple[str, bool]] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append((request.host.partition(":")[0] + request.path, "Authorization" in request.headers))
        port = request.host.partition(":")[2]
        to = {"/a": "/b", "/b": f"http://127.0.0.2:{port}/c", "/c": f"http://127.0.0.1:{port}/d"}.get(
            request.path
        )
        if to:
            raise web.HTTPFound(to)
        return web.Response()

    async with serving(handler, "0.0.0.0") as server, HttpFetcher(allow=[ip_network("127.0.0.0/8")]) as http:
        url = server.replace("0.0.0.0", "127.0.0.1") + "/a"
        await http.fetch(url, access=feed_access(url, username="anna", password="CANARY"))
    assert seen == [
        ("127.0.0.1/a", True),
        ("127.0.0.1/b", True),
        ("127.0.0.2/c", False),
        ("127.0.0.1/d", False),
    ]


async def test_each_request_on_the_way_is_asked_for_before_it_is_made() -> None:
    asked: list[str] = []

    async def permit(url: str) -> None:
        asked.append(url)
        if url.endswith("/no"):
            raise FetchError("robots", "no")

    async def handler(request: web.Request) -> web.Response:
        raise web.HTTPFound({"/a": "/b", "/b": "/no"}[request.path])

    async with serving(handler) as server, HttpFetcher(allow=[ip_network("127.0.0.0/8")]) as http:
        with pytest.raises(FetchError, match="no"):
            await http.fetch(f"{server}/a", permit=permit)
    assert asked == [f"{server}/a", f"{server}/b", f"{server}/no"]
