"""Whose machines an address asks: requests to one share are counted together, so that nobody gets more than its.

A share is the registrable domain by the public part of the Public Suffix List (its registries', not the
domains that companies hand out under their own): hosts behind one service are one share, however many
names it has. Without a public suffix it is the host itself, or the IP address.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cache, lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(only_icann=True)


def share_of(url: str | None) -> str:
    """The share that a request to `url` counts against; "" where there is no address to ask."""
    try:
        host = (urlsplit(url).hostname or "") if url else ""
    except ValueError:
        return ""
    return registrable(host)


@cache
def _known_suffixes() -> PublicSuffixList:
    return PublicSuffixList(only_icann=True, accept_unknown=False)


def is_public(share: str) -> bool:
    """Whether a share is a registered domain, not a machine of one's own: no IP address, no `bridge.lan`."""
    return (
        not _is_address(share)
        and bool(_known_suffixes().privatesuffix(share))
        and not share.endswith(".arpa")
    )


@lru_cache(maxsize=65_536)
def registrable(host: str) -> str:
    """The registrable domain of a host name: `bbc.co.uk` of `news.bbc.co.uk`. In lower case, ASCII where it can be."""
    host = host.strip(".").lower()
    if not host or _is_address(host):
        return host
    with suppress(UnicodeError):
        host = host.encode("idna").decode("ascii")
    domain = _suffixes().privatesuffix(host)
    return str(domain) if domain else host


def _is_address(host: str) -> bool:
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
