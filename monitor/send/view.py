"""An alert as plain values for a template: strings, numbers, lists and dicts, all cleaned and cut to size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitor.model import Alert, AlertItem, Kind, Severity
from monitor.send.excerpt import excerpts, matched_words, plain, preformatted, title_pieces, visible
from monitor.send.markup import safe_link

BADGES: Mapping[Kind, str] = {
    Kind.NEW: "New story",
    Kind.UPDATE: "Update",
    Kind.DIGEST: "Digest",
    Kind.TEST: "Test",
    Kind.NOTICE: "Notice",
    Kind.REPEAT: "Reminder",
}
LIGHTS: Mapping[Severity, str] = {
    Severity.LOW: "⚪",
    Severity.MEDIUM: "🟡",
    Severity.HIGH: "🟠",
    Severity.CRITICAL: "🔴",
}


_QUOTED_ITEMS = 40  # a longer digest gives headlines only, or mail services cut it short


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
    """Everything a template may show."""
    local = _zone(zone)
    items = [_item(alert, item, local, size) for item in alert.items]
    groups: dict[str, list[dict[str, Any]]] = {}
    for item in items[: size.items]:
        groups.setdefault(item["rule_title"], []).append(item)
    return {
        "badge": BADGES[alert.kind],
        "kind": alert.kind.value,
        "severity": alert.severity.value,
        "light": LIGHTS[alert.severity],
        "rule": visible(alert.rule, 80),
        "rule_title": visible(alert.rule_title or alert.rule, size.line),
        "headline": headline(alert, size.title),
        "items": items[: size.items],
        "groups": [{"rule_title": title, "items": members} for title, members in groups.items()],
        "total": len(items),
        "left_out": max(len(items) - size.items, 0),
        **_notice(alert, size),
        "created": when(alert.created, local),
        "uid": visible(alert.uid, 40),
        "short_uid": short_uid(alert),
    }


def _notice(alert: Alert, size: Size) -> dict[str, Any]:
    lines = preformatted(alert.text, size.excerpt)
    shown = size.items * 3
    return {"lines": lines[:shown], "lines_left_out": max(len(lines) - shown, 0)}


def headline(alert: Alert, limit: int = 200) -> str:
    """What the alert says, in one line."""
    if alert.kind is Kind.DIGEST:
        count = len(alert.items)
        return f"{count} {'story' if count == 1 else 'stories'}"
    if alert.items:
        item = alert.items[0]
        return plain(title_pieces(item.article, item.spans, limit))
    return visible(alert.story_title, limit) or "(no title)"


def short_uid(alert: Alert) -> str:
    """Enough of the alert's id to name it in a chat and find it again."""
    return visible(alert.uid)[:8]


def subject(alert: Alert) -> str:
    """The line a locked screen shows: which rule, and what is reported."""
    rule = visible(alert.rule_title or alert.rule, 80)
    if alert.kind is Kind.DIGEST:
        return _digest_subject(alert, rule)
    mark = {Kind.UPDATE: "Update: ", Kind.TEST: "Test: "}.get(alert.kind, "")
    return f"[{rule}] {mark}{headline(alert, 160)}"


def _digest_subject(alert: Alert, rule: str) -> str:
    rules = list(dict.fromkeys(visible(item.rule_title, 80) or rule for item in alert.items)) or [rule]
    if len(rules) == 1:
        return f"[{rules[0]}] Digest: {headline(alert)}"
    return f"[Digest] {headline(alert)}: {', '.join(rules[:3])}{' …' if len(rules) > 3 else ''}"


def _item(alert: Alert, item: AlertItem, local: tzinfo, size: Size) -> dict[str, Any]:
    article = item.article
    url = safe_link(article.url)
    badge = BADGES[item.kind or (Kind.NEW if alert.kind is Kind.DIGEST else alert.kind)]
    reason = visible(item.reason, size.line)
    count = size.excerpts if len(alert.items) <= _QUOTED_ITEMS else 0
    quotes = excerpts(article, item.spans, count, size.excerpt)
    return {
        "badge": badge,
        "kind": (item.kind or alert.kind).value,
        "rule_title": visible(item.rule_title or alert.rule_title or alert.rule, size.line),
        # Marked words shout in a headline; they are marked there only where nothing else is quoted.
        "title": title_pieces(article, () if quotes else item.spans, size.title),
        "excerpts": quotes,
        "words": matched_words(article, item.spans),
        "reason": reason if reason.casefold() != badge.casefold() else "",
        "source": visible(article.source, size.line) or "unknown source",
        "agency": visible(article.agency or "", size.line),
        "language": visible(article.language or "", 8),
        "published": when(article.published, local, alert.created.year) if article.published else "",
        "delay": delay(article.published, item.seen_at),
        "url": url if url and len(url) <= size.url else None,
        "copies": item.copies,
        "degraded": visible(article.degraded or "", size.line),
    }


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


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (
        ZoneInfoNotFoundError,
        ValueError,
        OSError,
    ):  # the configuration reports it; an alert still goes out
        return UTC
