"""The one way to the web: every request for a feed or a page goes through here and its address guard."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from monitor import __version__
from monitor.adapters.guard import AddressGuard, Network, refusal
from monitor.errors import FetchError
from monitor.model import Response
from monitor.text import one_line

MAX_REDIRECTS = 5
MAX_URL = 4_000  # characters
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_NEEDS_QUOTING = re.compile(r"[^!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]|%(?![0-9A-Fa-f]{2})")
_NEVER = re.compile(r"[\x00-\x1f\x7f\\]")
_READ = 64 * 1024
# What follows a redirect to another origin. Everything else (Authorization, Cookie, …) stays behind.
_PORTABLE = frozenset({"accept", "accept-language", "a-im", "if-none-match", "if-modified-since"})
_RESOLVER_THREADS = 32


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class ThreadResolver(AbstractResolver):
    """The system's resolver in threads of its own, so that dead name servers hold up nothing else."""

    def __init__(self, threads: int = _RESOLVER_THREADS) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="resolve")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(
            self._threads, lambda: socket.getaddrinfo(host, port, family, socket.SOCK_STREAM)
        )
        numeric = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        return [
            ResolveResult(
                hostname=host,
                host=str(address[0]),
                port=int(address[1]),
                family=af,
                proto=proto,
                flags=numeric,
            )
            for af, _, proto, _, address in found
        ]

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


class HostShares:
    """At most so many requests to one host at a time; the others wait their turn, in order."""

    def __init__(self, share: int) -> None:
        self._share = share
        self._hosts: dict[str, tuple[asyncio.Semaphore, int]] = {}

    @asynccontextmanager
    async def of(self, host: str) -> AsyncIterator[None]:
        turns, users = self._hosts.get(host) or (asyncio.Semaphore(self._share), 0)
        self._hosts[host] = turns, users + 1
        try:
            async with turns:
                yield
        finally:
            users = self._hosts[host][1] - 1
            if users:
                self._hosts[host] = turns, users
            else:
                del self._hosts[host]


class HttpFetcher:
    """Implements ports.Fetcher with aiohttp. To be made in a running event loop, and closed.

    `max_bytes` counts decoded bytes; `total` (seconds) runs from the moment a request has its turn to
    the last byte of its last redirect, `connect` covers each TCP and TLS handshake. `per_host` and
    `limit` bound simultaneous requests to a host and in all.
    """

    def __init__(
        self,
        *,
        allow: Sequence[Network] = (),
        max_bytes: int = 5_000_000,
        total: float = 30.0,
        connect: float = 5.0,
        per_host: int = 2,
        limit: int = 200,
        contact: str = "",
        resolver: AbstractResolver | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._max_bytes = max_bytes
        self._total = total
        self._hosts = HostShares(per_host)
        self._all = asyncio.Semaphore(limit)
        self._resolver = resolver or ThreadResolver()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                socket_factory=AddressGuard(allow).socket_factory,
                resolver=self._resolver,
                use_dns_cache=False,
                limit=0,
                keepalive_timeout=2,  # long enough for a feed's new pages, short enough not to hoard sockets
                ssl=ssl_context or True,
            ),
            headers={"User-Agent": f"media-monitor/{__version__}" + (f" (+{contact})" if contact else "")},
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, connect=2 * connect, sock_connect=connect),
            trust_env=False,
            raise_for_status=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._session.close()
        await self._resolver.close()  # aiohttp closes only one that it made itself

    async def fetch(
        self, url: str, headers: Mapping[str, str] | None = None, *, max_bytes: int | None = None
    ) -> Response:
        """The answer at the end of at most MAX_REDIRECTS redirects, whatever its status.

        Raises FetchError, whose message names the address and what to do where that is known.
        """
        target, sent = _checked(url), dict(headers or {})
        cap = self._max_bytes if max_bytes is None else max_bytes
        left, permanent, hops = self._total, True, 0
        while True:
            answer, location, left = await self._hop(target, sent, cap, left)
            if location is None:
                return _response(answer, target, permanent and hops > 0)
            following = _checked(location, target)
            if (hops := hops + 1) > MAX_REDIRECTS:
                raise FetchError("redirect", f"{url} redirects more than {MAX_REDIRECTS} times")
            if following.origin() != target.origin():
                sent = {name: value for name, value in sent.items() if name.lower() in _PORTABLE}
            permanent = permanent and answer.status in _PERMANENT
            target = following

    async def _hop(
        self, target: URL, headers: Mapping[str, str], cap: int, left: float
    ) -> tuple[_Answer, str | None, float]:
        """One request in its turn; waiting for it costs none of the time that is `left`."""
        loop = asyncio.get_running_loop()
        async with self._hosts.of(target.host or ""), self._all:
            began = loop.time()
            with _explained(target, self._total):
                async with asyncio.timeout(left):
                    answer, location = await self._request(target, headers, cap)
            return answer, location, max(left - (loop.time() - began), 0.0)

    async def _request(self, target: URL, headers: Mapping[str, str], cap: int) -> tuple[_Answer, str | None]:
        async with self._session.get(target, headers=headers, allow_redirects=False) as answer:
            found = {name.lower(): ", ".join(answer.headers.getall(name)) for name in answer.headers}
            if answer.status in _REDIRECTS and (location := answer.headers.get("Location")):
                answer.close()
                return _Answer(answer.status, found, b""), location
            return _Answer(answer.status, found, await _body(answer, target, cap)), None


async def _body(answer: aiohttp.ClientResponse, target: URL, cap: int) -> bytes:
    """The decoded body. A bomb is noticed while it is unpacked, a long body before it is read."""
    announced = answer.content_length
    chunks: list[bytes] = []
    size = announced if announced and "Content-Encoding" not in answer.headers else 0
    if size <= cap:
        size = 0
        async for chunk in answer.content.iter_chunked(_READ):
            size += len(chunk)
            chunks.append(chunk)
            if size > cap:
                break
    if size > cap:
        answer.close()
        raise FetchError("size", f"{target} sends more than {cap:,} bytes")
    return b"".join(chunks)


def _response(answer: _Answer, final: URL, permanent: bool) -> Response:
    url = str(final)
    return Response(answer.status, url, answer.headers, answer.body, url if permanent else None)


def _checked(address: str, base: URL | None = None) -> URL:
    """`address` (against `base`, the address that redirected to it) as one that may be requested."""
    kind = "redirect" if base else "protocol"
    shown = ascii(address[:200])[1:-1]
    where = f"{base} redirects to {shown}" if base else shown
    if len(address) > MAX_URL or _NEVER.search(address):
        raise FetchError(kind, f"{where}: not a usable address")
    try:
        address = address.strip()
        # What needs no quoting is sent as it was written: some addresses are signed.
        target = URL(address, encoded=not _NEEDS_QUOTING.search(address))
        target = base.join(target) if base else target
        host, _ = target.host, target.port
    except (ValueError, UnicodeError):
        raise FetchError(kind, f"{where}: not a usable address") from None
    if target.scheme not in ("http", "https") or not host:
        raise FetchError(kind, f"{where}: only http and https addresses are read")
    if target.user or target.password:
        raise FetchError(kind, f"{target.host}: an address with a user name or password in it is not read")
    return target.with_fragment(None)


@contextmanager
def _explained(target: URL, total: float) -> Iterator[None]:
    """Every way in which a request fails, as a FetchError with one line."""
    try:
        yield
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        if refused := refusal(error):
            raise type(refused)(f"{target}: {refused}") from None
        kind, what = _explanation(error, total)
        raise FetchError(kind, one_line(f"{target}: {what}")) from error


def _explanation(error: Exception, total: float) -> tuple[str, str]:
    host = getattr(error, "host", "the host")
    match error:
        case aiohttp.ConnectionTimeoutError():
            return "timeout", "no connection in time"
        case TimeoutError():
            return "timeout", f"no complete answer within {total:g} s"
        case aiohttp.ClientConnectorDNSError():
            return "dns", f"{host} has no address, or the name server does not answer"
        case aiohttp.ClientConnectorCertificateError():
            return "tls", f"{host} shows a certificate that is not valid: {error.certificate_error}"
        case aiohttp.ClientSSLError():
            return "tls", f"no TLS with {host}: {error}"
        case aiohttp.ClientConnectorError():
            return "connect", f"no connection to {host}: {error.os_error.strerror or error.os_error}"
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientOSError():
            return "connect", "the server hung up before it answered"
        case aiohttp.ClientPayloadError():
            return "protocol", f"the answer broke off or cannot be unpacked: {error}"
        case aiohttp.ClientResponseError():
            return "protocol", f"the answer is not HTTP: {error.message}"
        case aiohttp.InvalidURL():
            return "protocol", "not a usable address"
    return "connect", str(error) or type(error).__name__
