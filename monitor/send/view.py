"""An alert as plain values for a template: strings, numbers, lists and dicts, all cleaned and cut to size."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import accumulate
from typing import Any
from unicodedata import bidirectional
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitor.model import Alert, AlertItem, Kind
from monitor.send.excerpt import Excerpt, excerpts, matched_words, preformatted, title_pieces, visible
from monitor.send.markup import safe_link
from monitor.send.wording import (
    BADGES,
    LIGHTS,
    acked,
    badge,
    counts,
    escalation,
    headline,
    held_since,
    how_to,
    is_spike,
    news,
    reason_of,
    reminder,
    rule_title,
    sources,
    story_name,
    subject,
)

_QUOTED_ITEMS = 40  # a longer digest gives headlines only, or mail services cut it short
_LONGEST_NOTICE = 60_000  # characters; they cut a longer one, too
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,2}")


@dataclass(frozen=True, slots=True)
class Size:
    """How much of each part is shown, in characters. Chats try smaller sizes until the message fits."""

    title: int = 200
    excerpt: int = 360
    excerpts: int = 3
    line: int = 160  # reasons, names, sources
    url: int = 2000
    items: int = 500

    def scaled(self, factor: float) -> Size:
        return Size(
            max(int(self.title * factor), 8),
            int(self.excerpt * factor),
            self.excerpts,
            max(int(self.line * factor), 8),
            self.url,
            max(int(self.items * factor), 1),
        )


MAIL = Size()
CHAT = Size(title=180, excerpt=320, excerpts=1, line=90, url=400, items=8)


def view(alert: Alert, zone: str, size: Size = MAIL) -> dict[str, Any]:
    """Everything a template may show; `variables.VARIABLES` says what each of it is."""
    local = zone_named(zone)
    items = [_item(alert, item, local, size) for item in alert.items[: size.items]]
    return {
        "badge": badge(alert),
        "kind": alert.kind.value,
        "severity": alert.severity.value,
        "light": LIGHTS[alert.severity],
        "rule": visible(alert.rule, 80),
        "rule_title": rule_title(alert, size.line),
        "headline": headline(alert, size.title),
        "story_name": story_name(alert, size.title),
        "subject": subject(alert, local),
        "news": news(alert, size.line),
        "sources": sources(alert, size.line),
        "items": items,
        "groups": _groups(alert, items),
        "counts": counts(alert, limit=size.line) if alert.kind is Kind.DIGEST else "",
        "is_spike": is_spike(alert),
        "held_since": held_since(alert, local),
        "total": len(alert.items),
        "left_out": max(len(alert.items) - size.items, 0),
        **_notice(alert, size),
        "escalation": escalation(alert),
        "acked": acked(alert, local),
        "reminder": reminder(alert, local),
        "how_to": [{"what": what, "command": command} for what, command in how_to(alert)],
        "created": when(alert.created, local),
        "id": alert.id,
        "uid": visible(alert.uid, 40),
        "short_uid": short_uid(alert),
    }


def _groups(alert: Alert, items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The items that are shown by their rule, those of the rule that brought most first."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for item in items:
        groups.setdefault(item["rule_title"], []).append(item)
    ordered = (
        sorted(groups.items(), key=lambda group: -len(group[1]))
        if alert.kind is Kind.DIGEST
        else groups.items()
    )
    return [{"rule_title": title, "items": members, "count": len(members)} for title, members in ordered]


def _notice(alert: Alert, size: Size) -> dict[str, Any]:
    lines = preformatted(alert.text, size.excerpt)
    ends = list(accumulate(len(line) + 1 for line in lines))
    shown = min(size.items * 3, sum(end <= _LONGEST_NOTICE for end in ends))
    return {"lines": lines[:shown], "lines_left_out": len(lines) - shown}


def short_uid(alert: Alert) -> str:
    """Enough of the alert's id to name it in a chat and find it again."""
    return visible(alert.uid)[:8]


def _item(alert: Alert, item: AlertItem, local: tzinfo, size: Size) -> dict[str, Any]:
    article = item.article
    url = safe_link(article.url)
    count = size.excerpts if len(alert.items) <= _QUOTED_ITEMS else 0
    quotes = excerpts(article, item.spans, count, size.excerpt)
    return {
        "badge": BADGES[item.kind or (Kind.NEW if alert.kind is Kind.DIGEST else alert.kind)],
        "kind": (item.kind or alert.kind).value,
        "rule_title": visible(item.rule_title, size.line) or rule_title(alert, size.line),
        "title": visible(article.title, size.title) or "(no title)",
        # Marked words shout in a headline; they are marked there only where nothing else is quoted.
        "marked_title": _pieces(title_pieces(article, () if quotes else item.spans, size.title)),
        "excerpts": [_pieces(quote) for quote in quotes],
        "words": list(matched_words(article, item.spans)),
        "reason": reason_of(item, size.line),
        "source": visible(article.source, size.line) or "unknown source",
        "agency": visible(article.agency or "", size.line),
        "language": _language(article.language),
        "rtl": _runs_left(article.title + " " + article.body[:200]),
        "published": when(article.published, local, alert.created.year) if article.published else "",
        "delay": delay(article.published, item.seen_at),
        "url": url if url and len(url) <= size.url else None,
        "copies": item.copies,
        "degraded": visible(article.degraded or "", size.line),
    }


def _pieces(excerpt: Excerpt) -> list[dict[str, Any]]:
    return [{"text": piece.text, "marked": piece.marked} for piece in excerpt]


def _language(given: str | None) -> str:
    """A language tag (BCP 47), as HTML's `lang` takes it; empty where it is none."""
    return (given or "").replace("_", "-") if _LANGUAGE.fullmatch(given or "") else ""


def _runs_left(text: str) -> bool:
    """Whether text runs from right to left: by its first letter that says so (Unicode UAX 9, rule P2)."""
    strong = (bidirectional(sign) for sign in text)
    return next((found in ("R", "AL") for found in strong if found in ("L", "R", "AL")), False)


def when(moment: datetime, local: tzinfo, year_known: int | None = None) -> str:
    """`Sun 22 Nov 2026, 17:12 KST (08:12 UTC)`; without the year where it is `year_known`."""
    try:
        here, utc = moment.astimezone(local), moment.astimezone(UTC)
    except OverflowError:  # the first or last day a calendar can name
        return moment.isoformat()
    year = "" if here.year == year_known else f" {here.year}"
    text = f"{here:%a} {here.day} {here:%b}{year}, {here:%H:%M} {here.tzname()}"
    if here.utcoffset() == utc.utcoffset():
        return text
    return f"{text} ({utc:%H:%M} UTC)" if here.date() == utc.date() else f"{text} ({utc:%a %H:%M} UTC)"


def delay(published: datetime | None, seen: datetime | None) -> str:
    """How long after its publication an article was found, where that says something."""
    if (
        published is None
        or seen is None
        or not 0 <= (seconds := (seen - published).total_seconds()) < 172_800
    ):
        return ""
    if seconds < 7200:
        return f"found {max(round(seconds / 60), 1)} min after publication"
    return f"found {round(seconds / 3600)} h after publication"


def zone_named(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (
        ZoneInfoNotFoundError,
        ValueError,
        OSError,
    ):  # the configuration reports it; an alert still goes out
        return UTC


__all__ = ["BADGES", "CHAT", "MAIL", "Size", "delay", "short_uid", "view", "when"]
