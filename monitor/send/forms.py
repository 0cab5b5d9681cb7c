"""What kind of channel an Apprise address is, how much it takes, and what may be shown of it.

An Apprise address is `scheme://…`; the scheme says the service. Addresses hold secrets almost anywhere
(user part, host, path, query), so a channel's name is built only from parts known to be none.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit


class Markup(StrEnum):
    """How a service writes bold, and what it would misread."""

    MAIL = "mail"  # text and HTML, both
    MRKDWN = "mrkdwn"  # Slack's own
    MARKDOWN = "markdown"  # CommonMark
    HTML = "html"  # <b> and nothing else
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Form:
    """The shape a message has on a service. `limit` is what we send, in characters, not what it takes."""

    service: str
    markup: Markup
    limit: int = 900
    public_host: bool = False  # the address's host is a host name, not a token
    titled: bool = False  # the subject is shown beside the text, which need not repeat it
    long: bool = False  # takes as much as there is to tell
    airy: bool = False  # a line break must be an empty line

    @property
    def is_mail(self) -> bool:
        return self.markup is Markup.MAIL


GENERIC = Form("other", Markup.TEXT)
_FORMS: dict[str, Form] = {
    **dict.fromkeys(
        ("mailto", "mailtos"), Form("mail", Markup.MAIL, 200_000, public_host=True, titled=True, long=True)
    ),
    **{
        scheme: Form(scheme.rstrip("s"), Markup.TEXT, 8000, public_host=True, titled=True, long=True)
        for scheme in ("json", "jsons", "xml", "xmls", "form", "forms")
    },
    "slack": Form("slack", Markup.MRKDWN),
    "discord": Form("discord", Markup.MARKDOWN),
    "tgram": Form("telegram", Markup.HTML),
    **dict.fromkeys(("mmost", "mmosts"), Form("mattermost", Markup.MARKDOWN, public_host=True)),
    **dict.fromkeys(("workflow", "workflows"), Form("teams", Markup.MARKDOWN, airy=True)),
    **dict.fromkeys(("matrix", "matrixs"), Form("matrix", Markup.TEXT, public_host=True)),
    **dict.fromkeys(("ntfy", "ntfys"), Form("ntfy", Markup.TEXT, titled=True)),
    "pover": Form("pushover", Markup.TEXT, titled=True),
    **dict.fromkeys(("gotify", "gotifys"), Form("gotify", Markup.TEXT, public_host=True, titled=True)),
}
_SCHEME = re.compile("[a-z0-9][a-z0-9+.-]{0,19}")
_SECRET_KEYS = {"pass", "password", "pwd", "token", "secret", "key", "apikey"}


def form_of(url: str) -> Form:
    """The form of an address, by its scheme; the generic short text where the service has none of its own."""
    return _FORMS.get(scheme_of(url), GENERIC)


def form_named(service: str) -> Form:
    """The form of a service by name: "mail", "slack" …; the generic one where it has none."""
    return next((form for form in _FORMS.values() if form.service == service), GENERIC)


def all_forms() -> tuple[Form, ...]:
    """Every form there is, each once."""
    return tuple(dict.fromkeys((*_FORMS.values(), GENERIC)))


def scheme_of(url: str) -> str:
    return url.split(":", 1)[0].strip().lower()


def mask(url: str, recipient: str = "") -> str:
    """A name for a channel that shows no secret and stays the same while its address and recipient do.

    `mail:desk@news.example#0f3a9c12`. The hash keeps channels apart that look alike; a password is not
    part of it, so that a new password leaves the name, and with it every delivery, as it was, and so
    that nobody can try passwords against a name.
    """
    form, parts = form_of(url), _split(url)
    shown = recipient or (_host(parts) if form.public_host else "")
    service = form.service if form is not GENERIC else _scheme_shown(url)
    digest = hashlib.sha256(_identity(url, parts, recipient).encode("utf-8", "replace")).hexdigest()[:8]
    return f"{service}:{_plain(shown)}#{digest}" if shown else f"{service}#{digest}"


def _scheme_shown(url: str) -> str:
    scheme = scheme_of(url)
    return scheme if "://" in url and _SCHEME.fullmatch(scheme) else "?"


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url.strip())
    except ValueError:  # an unclosed bracket in the host: not an address, and still needs a name
        return urlsplit("")


def _host(parts: SplitResult) -> str:
    """Host and port, or nothing where a slash in a password may have made part of it look like the host."""
    if "@" not in parts.netloc and "@" in parts.path:
        return ""
    return parts.netloc.rsplit("@", 1)[-1].lower()


def _identity(url: str, parts: SplitResult, recipient: str) -> str:
    """What tells one channel from another: everything but its passwords."""
    if not parts.scheme:
        return url + recipient
    user = parts.netloc.rpartition("@")[0].partition(":")[0]
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    query = sorted((key, value) for key, value in pairs if key.lower() not in _SECRET_KEYS)
    where = (parts.scheme.lower(), user, _host(parts), unquote(parts.path), parts.fragment)
    return repr((*where, query, recipient))


def _plain(text: str) -> str:
    """`text` as one word of visible ASCII, short: what a table and a log line can hold."""
    return "".join(c if c.isascii() and (c.isalnum() or c in "@.-_+:") else "?" for c in text)[:60]
