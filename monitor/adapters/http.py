"""The one way to the web: every request for a feed or a page goes through here and its address guard.

Through a proxy, the guard sees the proxy's address only: what is behind names is the proxy's to refuse then,
and what is an address by itself is still refused here.
"""

from __future__ import annotations

import asyncio
import re
import resource
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_network
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from monitor import __version__
from monitor.adapters.guard import AddressGuard, Network
from monitor.adapters.http_errors import REFUSED_BY_PROXY, explained
from monitor.adapters.resolver import OwnNames, ThreadResolver
from monitor.adapters.shares import HostShares
from monitor.collect.access import FeedAccess, Proxy, same_origin
from monitor.collect.hosts import registrable
from monitor.errors import FetchError
from monitor.model import Response

MAX_REDIRECTS = 5
MAX_URL = 4_000  # characters
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_UNCHANGED = frozenset({307, 308})  # redirects after which a form is sent again
_NEEDS_QUOTING = re.compile(r"[^!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]|%(?![0-9A-Fa-f]{2})")
_NEVER = re.compile(r"[\x00-\x1f\x7f\\]")
_READ = 64 * 1024
_HOSTS_A_SECOND = 1000  # new ones, at the most
_LONGEST_KEPT = 15.0
# What follows a redirect to another origin. Everything else (Authorization, Cookie, …) stays behind.
_PORTABLE = frozenset({"accept", "accept-language", "user-agent", "if-none-match", "if-modified-since"})
# The operator's own proxy may be anywhere but where a cloud hands out credentials.
_EVERYWHERE = (ip_network("0.0.0.0/0"), ip_network("::/0"))


@dataclass(frozen=True, slots=True)
class _Request:
    """One request of the at most six that an address may take."""

    target: URL
    headers: Mapping[str, str]
    proxy: Proxy | None
    most: int  # bytes of its answer, decoded
    form: Mapping[str, str] | None = None  # to be posted


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class HttpFetcher:
    """Implements ports.Fetcher with aiohttp. To be made in a running event loop, and closed.

    `max_bytes` counts decoded bytes; `total` (seconds) runs from the moment a request has its turn to
    the last byte of its last redirect, `connect` covers each TCP and TLS handshake. `per_host` bounds
    simultaneous requests to a registrable domain, `pace` is the seconds between their beginnings (not for
    what is in `allow`), `limit` bounds all simultaneous requests. `proxy` is for all but those whose access
    says otherwise.
    """

    def __init__(
        self,
        *,
        allow: Sequence[Network] = (),
        max_bytes: int = 5_000_000,
        total: float = 30.0,
        connect: float = 5.0,
        per_host: int = 2,
        pace: float = 0.5,
        limit: int = 200,
        contact: str = "",
        proxy: Proxy | None = None,
        resolver: AbstractResolver | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._max_bytes = max_bytes
        self._total = total
        self._proxy = proxy
        self._shares = HostShares(per_host, pace)
        self._all = asyncio.Semaphore(limit)
        self._names = OwnNames(resolver or ThreadResolver(), allow)
        self._guard = AddressGuard(allow)
        agent = f"media-monitor/{__version__}" + (f" (+{contact})" if contact else "")
        self._direct = self._session(self._guard, agent, connect, ssl_context)
        self._proxied = self._session(AddressGuard(_EVERYWHERE), agent, connect, ssl_context)

    def _session(
        self, guard: AddressGuard, agent: str, connect: float, ssl_context: ssl.SSLContext | None
    ) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                socket_factory=guard.socket_factory,
                resolver=self._names,
                use_dns_cache=False,
                limit=0,
                keepalive_timeout=kept_for(resource.getrlimit(resource.RLIMIT_NOFILE)[0]),
                ssl=ssl_context or True,
            ),
            headers={"User-Agent": agent},
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
        await self._direct.close()
        await self._proxied.close()
        await self._names.close()  # aiohttp closes only a resolver that it made itself

    async def fetch(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        max_bytes: int | None = None,
        access: FeedAccess | None = None,
        permit: Callable[[str], Awaitable[None]] | None = None,
    ) -> Response:
        """The answer at the end of at most MAX_REDIRECTS redirects, whatever its status.

        `access` is of the feed that the request is for; what of it is secret stays with whom it is meant for
        (collect.access). `permit` is asked before each of the requests, and forbids it with a FetchError.
        Raises FetchError, whose message names the address and what to do where that is known.
        """
        most = self._max_bytes if max_bytes is None else max_bytes
        first = _Request(_checked(url), dict(headers or {}), self._proxy, most)
        return await self._follow(_with_access(first, access), permit)

    async def post(self, url: str, form: Mapping[str, str], *, max_bytes: int = 100_000) -> Response:
        """The answer to a form (application/x-www-form-urlencoded), whatever its status.

        Redirects that keep the method (307, 308) are followed, but not out of TLS: the form holds a secret;
        others are the answer. Raises FetchError.
        """
        return await self._follow(_Request(_checked(url), {}, self._proxy, max_bytes, form), None)

    async def _follow(self, ask: _Request, permit: Callable[[str], Awaitable[None]] | None) -> Response:
        url, left, permanent, hops = ask.target, self._total, True, 0
        while True:
            if permit is not None:
                await permit(str(ask.target))
            answer, location, left = await self._hop(ask, left)
            if location is None or (ask.form is not None and answer.status not in _UNCHANGED):
                return _response(answer, ask.target, permanent and hops > 0)
            following = _checked(location, ask.target)
            if (hops := hops + 1) > MAX_REDIRECTS:
                raise FetchError("redirect", f"{url} redirects more than {MAX_REDIRECTS} times")
            if ask.form is not None and (ask.target.scheme, following.scheme) == ("https", "http"):
                raise FetchError("redirect", f"{url} redirects a form with a secret to where there is no TLS")
            permanent = permanent and answer.status in _PERMANENT
            ask = _redirected(ask, following)

    async def _hop(self, ask: _Request, left: float) -> tuple[_Answer, str | None, float]:
        """One request in its turn; waiting for it costs none of the time that is `left`."""
        loop, host = asyncio.get_running_loop(), ask.target.raw_host or ""
        pace = 0.0 if self._names.knows_as_own(host) else None
        async with self._shares.of(registrable(host), pace), self._all:
            began = loop.time()
            with explained(ask.target, self._total):
                async with asyncio.timeout(left):
                    answer, location = await self._request(ask)
            return answer, location, max(left - (loop.time() - began), 0.0)

    async def _request(self, ask: _Request) -> tuple[_Answer, str | None]:
        async with self._asked(ask) as answer:
            found = _headers(answer)
            if ask.proxy and answer.status == 407:
                raise FetchError("proxy", f"{ask.target}: {REFUSED_BY_PROXY}")
            if answer.status in _REDIRECTS and (location := answer.headers.get("Location")):
                answer.close()
                return _Answer(answer.status, found, b""), location
            return _Answer(answer.status, found, await _body(answer, ask.target, ask.most)), None

    def _asked(self, ask: _Request) -> aiohttp.client._RequestContextManager:
        method = "GET" if ask.form is None else "POST"
        if ask.proxy is None:
            return self._direct.request(
                method, ask.target, headers=ask.headers, data=ask.form, allow_redirects=False
            )
        self._guard.check_target(ask.target.raw_host or "", ask.target.port or 0)
        # To the proxy itself where it opens a tunnel, else with the request, of which it takes it.
        password = {"Proxy-Authorization": ask.proxy.authorization} if ask.proxy.authorization else {}
        tunnel = ask.target.scheme == "https"
        return self._proxied.request(
            method,
            ask.target,
            headers={**ask.headers, **({} if tunnel else password)},
            data=ask.form,
            allow_redirects=False,
            proxy=ask.proxy.url,
            proxy_headers=password if tunnel else None,
        )


async def ask_own(target: URL, total: float) -> int:
    """The status that an address of the operator's own answers to GET, within `total` seconds.

    It may be anywhere but where a cloud hands out credentials, and is not redirected. Raises FetchError,
    whose message names no more of the address than its origin.
    """
    guard = AddressGuard(_EVERYWHERE)
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(socket_factory=guard.socket_factory, use_dns_cache=False),
        headers={"User-Agent": f"media-monitor/{__version__}"},
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=total),
        trust_env=False,
    ) as session:
        with explained(target.origin(), total):
            async with session.get(target, allow_redirects=False) as answer:
                return answer.status


def _with_access(ask: _Request, access: FeedAccess | None) -> _Request:
    if access is None:
        return ask
    agent = {"User-Agent": access.user_agent} if access.user_agent else {}
    own = {**agent, **access.secrets_for(str(ask.target))}
    replaced = {name.lower() for name in own}
    kept = {name: value for name, value in ask.headers.items() if name.lower() not in replaced}
    return replace(ask, headers={**kept, **own}, proxy=None if access.direct else access.proxy or ask.proxy)


def _redirected(ask: _Request, target: URL) -> _Request:
    """The request at another address. What was meant for one origin stays behind at the next, for good."""
    if same_origin(target, ask.target):
        return replace(ask, target=target)
    portable = {name: value for name, value in ask.headers.items() if name.lower() in _PORTABLE}
    return replace(ask, target=target, headers=portable)


def kept_for(files: int) -> float:
    """For how many seconds a connection is kept for the next request to its host.

    As long as aiohttp does by itself, but not so long that at many new hosts a second the `files` that this
    process may open (RLIMIT_NOFILE) run out: then no host could be asked any more.
    """
    unlimited = files == resource.RLIM_INFINITY
    return _LONGEST_KEPT if unlimited else min(files / 2 / _HOSTS_A_SECOND, _LONGEST_KEPT)


def _headers(answer: aiohttp.ClientResponse) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in answer.headers.items():
        key = name.lower()
        found[key] = f"{found[key]}, {value}" if key in found else value
    return found


async def _body(answer: aiohttp.ClientResponse, target: URL, cap: int) -> bytes:
    """The decoded body. A bomb is noticed while it is unpacked, a long body before it is read."""
    if answer.content.at_eof():
        return b""
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
