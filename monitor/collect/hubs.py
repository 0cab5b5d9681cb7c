"""Which hub pushes what is new in a feed, as its answer says (WebSub, section 4; JSON Feed, `hubs`)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit

from monitor.model import ParsedFeed, Response

_MOST_HEADER = 8_000  # characters of a Link header that are read
_MOST_ADDRESS = 2_000
_LINK = re.compile(r"<([^<>]*)>((?:[^,\"<]|\"[^\"]*\")*)")
_PARAMETER = re.compile(r";\s*([^\s=;,\"]+)\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]*))")


def offered(response: Response, parsed: ParsedFeed | None) -> tuple[str, str] | None:
    """Hub and topic that an answer names, ("", "") where it names none, None where it does not say.

    Headers come before the document. An answer without a document, a 304 say, may leave them out.
    """
    hub, topic = header_links(response)
    if hub is None and parsed is not None:
        hub, topic = parsed.hub, None
    if hub is None:
        return ("", "") if parsed is not None else None
    return hub, topic or (parsed.topic if parsed else None) or response.url


def header_links(response: Response) -> tuple[str | None, str | None]:
    """Hub and topic (`rel=hub`, `rel=self`) of the Link headers (RFC 8288)."""
    hubs, topics = [], []
    for target, parameters in _LINK.findall(response.headers.get("link", "")[:_MOST_HEADER]):
        relations = _relations(parameters)
        address = _absolute(target, response.url)
        hubs += [address] if "hub" in relations else []
        topics += [address] if "self" in relations and address else []
    return first_hub(hubs), topics[0] if topics else None


def _relations(parameters: str) -> list[str]:
    """The relation types of a link: those of its first `rel`, others do not count."""
    named = (
        (quoted or bare) for name, quoted, bare in _PARAMETER.findall(parameters) if name.lower() == "rel"
    )
    return next(named, "").lower().split()


def first_hub(hubs: Iterable[str | None]) -> str | None:
    """The hub to ask of those that a feed names: the first by https, else the first."""
    known = [hub for hub in hubs if hub]
    return next((hub for hub in known if is_private(hub)), known[0] if known else None)


def is_private(hub: str) -> bool:
    """Whether nobody between us and the hub can read a secret."""
    return urlsplit(hub).scheme == "https"


def _absolute(target: str, base: str) -> str | None:
    try:
        address = urljoin(base, target.strip())
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and parts.hostname and len(address) <= _MOST_ADDRESS
    except ValueError:
        return None
    return address if usable else None


# --- where hubs reach us -----------------------------------------------------------------------------


def callback_address(address: str) -> str:
    """The public base address of callbacks, as configured; "" for none. Raises ValueError."""
    if not address:
        return ""
    parts = urlsplit(address)
    if _absolute(address, "") is None or "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError(f"{address!r} is no base address; write https://monitor.example/websub, say")
    return address.rstrip("/")


def place_to_listen(place: str) -> str:
    """`host:port` as configured. Raises ValueError."""
    host, colon, port = place.rpartition(":")
    if not (colon and host and port.isascii() and port.isdecimal() and 0 < int(port) < 65_536):
        raise ValueError(f"{place!r} is no place to listen; write 127.0.0.1:8091, say")
    return place
