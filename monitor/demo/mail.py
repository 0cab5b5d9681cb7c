"""What an alert's mail says, read back from the message as it arrived. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import EmailMessage
from html.parser import HTMLParser

from monitor.model import Kind
from monitor.send.view import BADGES

_LIST_ID = re.compile(r"<([^<>.\s]+)")
_REASON = re.compile(r"^(?:What is new|Why now): (.+)$", re.MULTILINE)
_LINK = re.compile(r"^https?://\S+$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Run:
    """Running text of a sentence; `marked` where it made the rule match."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class AlertMail:
    """An alert as its reader sees it. Empty fields were not found: then it may be no alert at all."""

    subject: str
    rule: str
    kind: Kind | None
    reason: str
    url: str
    sentence: tuple[Run, ...]  # the first one that matched


def read_alert(message: EmailMessage) -> AlertMail:
    """Read rule (List-Id), kind (the badge), reason, link and the highlighted sentence of a mail."""
    text, html = _part(message, "plain"), _part(message, "html")
    rule = _LIST_ID.search(message.get("List-Id", ""))
    reason, link = _REASON.search(text), _LINK.search(text)
    return AlertMail(
        subject=" ".join(str(message.get("Subject", "")).split()),
        rule=rule[1] if rule else "",
        kind=next((kind for kind, badge in BADGES.items() if text.startswith(badge.upper())), None),
        reason=reason[1].strip() if reason else "",
        url=link[0] if link else "",
        sentence=_first_quote(html),
    )


def _part(message: EmailMessage, subtype: str) -> str:
    body = message.get_body((subtype,))
    return "" if body is None else "\n".join(str(body.get_content()).splitlines()).strip()


def _first_quote(html: str) -> tuple[Run, ...]:
    reader = _Quotes()
    reader.feed(html)
    reader.close()
    return tuple(reader.pieces)


class _Quotes(HTMLParser):
    """Collects the pieces of the first block quote."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[Run] = []
        self._inside = self._done = self._marked = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "blockquote":
            self._inside = not self._done
        elif tag == "mark":
            self._marked = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "blockquote":
            self._inside, self._done = False, True
        elif tag == "mark":
            self._marked = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.pieces.append(Run(data, self._marked))
