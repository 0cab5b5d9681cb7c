"""Alerts to render: reports made up for these tests."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.model import Alert, AlertItem, Article, Kind, Severity, Span

PUBLISHED = datetime(2026, 11, 21, 8, 12, tzinfo=UTC)
MUSEUM = Article(
    title="Museum for those who fought in Kursk opens in Pyongyang",
    body=(
        "A museum for soldiers who fought in the Kursk region opened on Saturday. Entry is free.\n"
        "Officials said that 15,000 troops had been sent to Russia since October."
    ),
    url="https://news.example/museum?id=3&lang=en",
    source="Example Wire",
    agency="EW",
    language="en",
    published=PUBLISHED,
)


def spans(article: Article, *words: str) -> tuple[Span, ...]:
    """Where the words stand in the article."""
    return tuple(
        sorted(
            Span(field, found.start(), found.end())
            for field, text in (("title", article.title), ("body", article.body))
            for word in words
            for found in re.finditer(re.escape(word), text)
        )
    )


def item(article: Article = MUSEUM, *words: str, **more: Any) -> AlertItem:
    words = words or ("soldiers", "Kursk", "troops", "sent to", "Russia")
    given: dict[str, Any] = {"reason": "new story", "seen_at": PUBLISHED + timedelta(minutes=4), **more}
    return AlertItem(article, spans(article, *words), **given)


def alert(*items: AlertItem, **more: Any) -> Alert:
    shipped = Alert(
        uid="5e0f6f1c9a3b4d7e",
        kind=Kind.NEW,
        rule="kpa-memorial",
        rule_title="Memorials",
        severity=Severity.HIGH,
        story=4,
        story_uid="a81c",
        story_title="Museum opens",
        items=items or (item(),),
        created=PUBLISHED + timedelta(minutes=4),
    )
    return replace(shipped, **more)
