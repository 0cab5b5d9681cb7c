"""The channels of a receiver: one for each Apprise address and each recipient in it.

One address with two recipients is two channels, because a service's answer is true for one recipient
only: were they one, a refusal by the second would make the first receive everything again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from monitor.send.forms import Form, form_of, mask, scheme_of

# A server, with its login if any. Else a slash cut a password in two, and its end would pass for a recipient.
_HOST = re.compile(r"(.*@)?([^:@]*|\[.*\])(:\d+)?")
_TARGETS = {
    "tgram": re.compile("."),
    "slack": re.compile("[#@+]"),
    "matrix": re.compile("[#!]"),
    "matrixs": re.compile("[#!]"),
}


@dataclass(frozen=True, slots=True)
class Channel:
    """One address and one recipient. `name` is safe to show and keys deliveries; `url` holds secrets."""

    receiver: str
    name: str
    url: str = field(repr=False)
    form: Form


def expand(receiver: str, urls: Sequence[str]) -> tuple[Channel, ...]:
    """The channels of a receiver, in the order of its addresses, each once."""
    channels = [_channel(receiver, *single) for url in urls for single in split_recipients(url.strip())]
    return tuple({channel.name: channel for channel in reversed(channels)}.values())[::-1]


def expand_all(receivers: Mapping[str, Sequence[str]]) -> tuple[Channel, ...]:
    """The channels of all receivers, by name."""
    return tuple(channel for name, urls in receivers.items() for channel in expand(name, urls))


def _channel(receiver: str, url: str, recipient: str) -> Channel:
    return Channel(receiver, mask(url, recipient), url, form_of(url))


def split_recipients(url: str) -> list[tuple[str, str]]:
    """The address once for each recipient, with the recipient where it may be shown ("" where not).

    Mail names its recipients in the path and in `to`; Telegram, Slack and Matrix their chats, channels
    and rooms in the path, beside tokens. Other services are sent to as one. Copies (`cc`, `bcc`)
    stay with the first recipient, or they would come twice.
    """
    scheme = scheme_of(url)
    if scheme in ("mailto", "mailtos"):
        return _split_mail(url)
    if scheme in _TARGETS:
        return _split_path(url, _TARGETS[scheme])
    return [(url, "")]


def _split_mail(url: str) -> list[tuple[str, str]]:
    parts = _parts(url)
    if parts is None or not _HOST.fullmatch(parts[1]):
        return [(url, "")]
    scheme, netloc, path, query, fragment = parts
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    named = [address for key, _, value in pairs if key.lower() == "to" for address in _list(unquote(value))]
    in_path = [unquote(segment) for segment in path.split("/") if segment]
    recipients = list(dict.fromkeys(in_path + named))
    if not recipients:
        return [(url, _own_address(netloc, pairs))]
    kept = ["".join(pair) for pair in pairs if pair[0].lower() != "to"]
    alone = [item for item in kept if item.split("=")[0].lower() not in ("cc", "bcc")]
    singles = []
    for number, recipient in enumerate(recipients):
        rest = [*(kept if number == 0 else alone), "to=" + quote(recipient, safe="@")]
        singles.append((urlunsplit((scheme, netloc, "/", "&".join(rest), fragment)), recipient))
    return singles


@lru_cache(maxsize=4096)
def login_of(url: str) -> str:
    """A name, safe to show, of the login at a mail server that an address sends by; "" where it uses none.

    Servers count what a login sends, whoever receives it.
    """
    parts = _parts(url) if scheme_of(url) in ("mailto", "mailtos") else None
    if parts is None:
        return ""
    given, _, host = parts[1].rpartition("@")
    named = {
        key.lower(): unquote(value) for key, _, value in (pair.partition("=") for pair in parts[3].split("&"))
    }
    user = named.get("user") or unquote(given.partition(":")[0])
    server = named.get("smtp") or host.partition(":")[0]
    if not user:
        return ""
    return f"login#{sha256(f'{user}@{server}'.casefold().encode('utf-8', 'replace')).hexdigest()[:8]}"


def server_of(url: str) -> str:
    """What is asked to send by an address, so far as it can be told: scheme and host; never to be shown."""
    scheme, _, rest = url.partition("://")
    host = re.split("[/?#]", rest, maxsplit=1)[0].rpartition("@")[2]
    return f"{scheme.lower()}://{host.lower()}"


def _own_address(netloc: str, pairs: Iterable[tuple[str, str, str]]) -> str:
    """Where mail without a recipient goes: to the sender itself, as Apprise does it."""
    sender = next((unquote(value) for key, _, value in pairs if key.lower() == "from" and "@" in value), "")
    user, _, host = netloc.rpartition("@")
    name = unquote(user.partition(":")[0])
    return sender or (name if "@" in name else f"{name}@{host.partition(':')[0]}" if name else "")


def _split_path(url: str, is_target: re.Pattern[str]) -> list[tuple[str, str]]:
    address, question, query = url.partition("?")  # by hand: `#` before a room starts no fragment here
    scheme, _, rest = address.partition("://")
    host, *segments = rest.split("/")
    targets = [segment for segment in segments if is_target.match(unquote(segment))]
    if len(targets) < 2:
        return [(url, "")]
    fixed = [segment for segment in segments if segment and segment not in targets]
    return [("/".join([f"{scheme}://{host}", *fixed, target]) + question + query, "") for target in targets]


def _parts(url: str) -> tuple[str, str, str, str, str] | None:
    try:
        return tuple(urlsplit(url))  # type: ignore[return-value]
    except ValueError:
        return None


def _list(text: str) -> list[str]:
    return [item.strip() for item in text.replace(";", ",").split(",") if item.strip()]
