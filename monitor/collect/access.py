"""How a feed of the operator's own is asked: password, headers, cookies, proxy; and which requests carry what.

    password, Authorization     the feed's own origin (scheme, host and port) only
    other headers, cookies      its origin, and what a browser calls the same site: the same scheme and port,
                                the same registrable domain, where `a.github.io` and `b.github.io` are two
    proxy, user agent           every request for the feed, its pages, and where they redirect to

All but the last line stays behind, for good, when a request is redirected to another origin. None of it is
ever stored, logged or shown: `repr` leaves it out, and there is no other way to words.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:  # imported where it is used: commands that only read the configuration start sooner
    from publicsuffixlist import PublicSuffixList
    from yarl import URL

DIRECT = "direct"  # as a proxy: none, where all others have one

# Header names that are the connection's or ours (RFC 9110, 7.6.1): another value breaks limits or validators.
_OURS = frozenset(
    {"accept-encoding", "connection", "content-length", "host", "if-modified-since", "if-none-match"}
    | {"if-range", "keep-alive", "proxy-authorization", "proxy-connection", "range", "te", "trailer"}
    | {"transfer-encoding", "upgrade"}
)
_INSTEAD = {"cookie": "write cookies = {…}", "user-agent": 'write user_agent = "…"'}
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VALUE = re.compile(
    r"[\x21-\x7e\x80-\U0010ffff](?:[\t\x20-\x7e\x80-\U0010ffff]*[\x21-\x7e\x80-\U0010ffff])?|"
)
_COOKIE = re.compile(
    r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*|\"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*\""
)
_NETSCAPE = 7  # fields of a line in a browser's cookies.txt


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy that the operator trusts: `url` without the password, which is in `authorization`."""

    url: str
    authorization: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class FeedAccess:
    """What the requests for a feed carry. `url` is the feed's address as configured: whose all of it is."""

    url: str
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    cookies: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    authorization: str = field(default="", repr=False)
    proxy: Proxy | None = None
    direct: bool = False  # no proxy, though all others have one
    user_agent: str = ""
    robots: bool = True  # whether its pages are subject to their site's robots.txt

    def secrets_for(self, url: str) -> dict[str, str]:
        """The headers that a request for `url` carries, if it is not one that was redirected to."""
        from yarl import URL

        own, target = URL(self.url), URL(url)
        if not _same_site(own, target):
            return {}
        found = dict(self.headers)
        if self.cookies:
            found["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies)
        if self.authorization and same_origin(own, target):
            found["Authorization"] = self.authorization
        return found


@cache
def _suffixes() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()  # with the domains that companies hand out under their own


def same_origin(one: URL, other: URL) -> bool:
    """Whether two addresses are one server's: scheme, host and port (RFC 6454)."""
    return (one.scheme, one.raw_host, one.port) == (other.scheme, other.raw_host, other.port)


def _same_site(one: URL, other: URL) -> bool:
    if same_origin(one, other):
        return True
    domain = _domain(one.raw_host)
    return (
        (one.scheme, one.port) == (other.scheme, other.port)
        and domain is not None
        and (domain == _domain(other.raw_host))
    )


def _domain(host: str | None) -> str | None:
    """The registrable domain of a name; None for an address, or where there is none."""
    if not host or ":" in host or host.rpartition(".")[2].isdigit():
        return None
    return _suffixes().privatesuffix(host)


def basic(username: str, password: str) -> str:
    """The value of an Authorization header (RFC 7617)."""
    return "Basic " + b64encode(f"{username}:{password}".encode()).decode("ascii")


def read_proxy(address: str) -> Proxy:
    """`http://user:password@proxy.example:3128` as a proxy. Raises ValueError, without the password in it."""
    from yarl import URL

    try:
        url = URL(address)
        host, port = url.host, url.port
    except ValueError:
        raise ValueError("it is no address of a proxy; write http://proxy.example:3128") from None
    if url.scheme.startswith("socks"):
        raise ValueError("proxies of HTTP are used, not those of SOCKS; write http://proxy.example:3128")
    if url.scheme not in ("http", "https") or not host or not port or url.path not in ("", "/"):
        raise ValueError("it is no address of a proxy; write http://proxy.example:3128")
    authorization = basic(url.user or "", url.password or "") if url.user or url.password else ""
    return Proxy(str(url.origin()), authorization)


def check_header(name: str, value: str) -> None:
    """Raises ValueError, without the value in it, for a header that cannot be sent or must not be changed."""
    if not _TOKEN.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a header")
    if name.lower() in _OURS:
        raise ValueError(f"the header {name} is the connection's own and cannot be set")
    if instead := _INSTEAD.get(name.lower()):
        raise ValueError(f"{name} has a key of its own: {instead}")
    if not _VALUE.fullmatch(value):
        raise ValueError(f"the value of {name} holds what no header may: a line break, or spaces around it")


def check_cookie(name: str, value: str) -> None:
    """Raises ValueError, without the value in it, for what RFC 6265 (4.1.1) does not take for a cookie."""
    if not _TOKEN.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a cookie")
    if not _COOKIE.fullmatch(value):
        raise ValueError(f"the value of the cookie {name} holds what no cookie may; percent-encode it")


def read_cookies(text: str, url: str) -> dict[str, str]:
    """The cookies in a file: `name=value`, one a line or parted by `;`, or a browser's cookies.txt.

    Of the latter, those that a browser would send to `url`'s host. Raises ValueError with the line's number.
    """
    host = (urlsplit(url).hostname or "").lower()
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        fields = line.rstrip("\r\n").removeprefix("#HttpOnly_").split("\t")
        if len(fields) == _NETSCAPE:
            if _is_for(fields[0].lower(), host):
                found[fields[5]] = fields[6]
        elif not line.strip().startswith("#"):
            for pair in filter(None, (part.strip() for part in line.removeprefix("Cookie:").split(";"))):
                name, equals, value = pair.partition("=")
                if not equals:
                    raise ValueError(f"line {number} is no cookie; write name=value")
                found[name.strip()] = value.strip()
    return found


def _is_for(domain: str, host: str) -> bool:
    """RFC 6265, 5.1.3: a leading dot is how cookies.txt says that subdomains are meant too."""
    return host == domain.removeprefix(".") or (domain.startswith(".") and host.endswith(domain))


def feed_access(
    url: str,
    *,
    username: str = "",
    password: str = "",
    headers: Mapping[str, str] | None = None,
    cookies: Mapping[str, str] | None = None,
    proxy: str = "",
    user_agent: str = "",
    robots: bool = True,
) -> FeedAccess | None:
    """The access of the feed at `url`; None where it is asked like any other. Raises ValueError for a bad proxy."""
    if robots and not (username or password or headers or cookies or proxy or user_agent):
        return None
    written = dict(headers or {})
    bearer = next((written.pop(name) for name in list(written) if name.lower() == "authorization"), "")
    return FeedAccess(
        url,
        tuple(written.items()),
        tuple((cookies or {}).items()),
        basic(username, password) if username else bearer,
        read_proxy(proxy) if proxy and proxy != DIRECT else None,
        proxy == DIRECT,
        user_agent,
        robots,
    )
