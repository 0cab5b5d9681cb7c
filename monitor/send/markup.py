"""Bold and escaping, as each kind of service writes them.

What a feed gives is text. Whatever in it a service would take for markup, a mention or a link is
escaped, so that the message reads as it was written, and nobody can be pinged by a headline.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from monitor.send.forms import Markup

_COMMONMARK = re.compile(r"([\\`*_\[\]<>~|#])")
_MENTION = re.compile(r"@(?=[\w&!]|$)")  # at an end, too: what follows may be put beside it
_NO_BREAK = "\u2060"  # word joiner: invisible, and no mention goes across it
_BOLD = {Markup.MRKDWN: ("*", "*"), Markup.MARKDOWN: ("**", "**"), Markup.HTML: ("<b>", "</b>")}
_URL_SAFE = "%/:=&?~#+!$,;'@()*[]"
_LONGEST_URL = 2000


def escape(text: str, markup: Markup) -> str:
    """`text` so that a service of this markup shows it as it stands."""
    if markup is Markup.MAIL:
        return text
    calm = _MENTION.sub("@" + _NO_BREAK, text)
    if markup is Markup.MARKDOWN:
        return _COMMONMARK.sub(r"\\\1", calm)
    return html.escape(calm, quote=False) if markup in (Markup.HTML, Markup.MRKDWN) else calm


def bold(text: str, markup: Markup) -> str:
    """`text`, not yet escaped, in bold where the service knows how; the space around it stays outside."""
    core = text.strip()
    before, after = _BOLD.get(markup, ("", ""))
    if not core:
        return escape(text, markup)
    left, right = text[: text.index(core)], text[text.index(core) + len(core) :]
    return f"{left}{before}{escape(core, markup)}{after}{right}"


def link(url: str, markup: Markup) -> str:
    """An address that `safe_link` passed, as the service links it."""
    if markup is Markup.MARKDOWN:  # named, or the escapes of its text would become part of it
        return f"[Read the article]({url.replace('(', '%28').replace(')', '%29')})"
    return html.escape(url, quote=False) if markup in (Markup.HTML, Markup.MRKDWN) else url


def highlight(pieces: Iterable[Mapping[str, Any]], markup: Markup) -> str:
    """Pieces (`text`, `marked`) with the matches in bold; the text of a mail marks them with asterisks."""
    if markup is Markup.MAIL:
        return "".join(f"**{piece['text']}**" if piece["marked"] else piece["text"] for piece in pieces)
    return "".join(
        bold(piece["text"], markup) if piece["marked"] else escape(piece["text"], markup) for piece in pieces
    )


def safe_link(url: str | None) -> str | None:
    """`url` where it is one that may be clicked: http(s) with a host, quoted; else None."""
    if not url or len(url) > _LONGEST_URL:
        return None
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname
        quoted = quote(url.strip(), safe=_URL_SAFE)
    except (ValueError, UnicodeError):  # a broken host or port, a lone surrogate
        return None
    return quoted if parts.scheme in ("http", "https") and host and "@" not in parts.netloc else None
