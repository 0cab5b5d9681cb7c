"""An outlet is called by its name, by its feed's title, or by its host: the first of these that is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.collect.outlets import outlet
from monitor.model import Article, Entry, QueuedEntry, Standing

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("source", "url", "title", "feed", "called"),
    [
        ("The Daily", "https://daily.example/1", "Daily: all", "https://daily.example/rss", "The Daily"),
        ("daily.example", "https://www.daily.example/1", "Daily", "https://feeds.daily.example/rss", "Daily"),
        ("", "https://daily.example/1", " Daily\n News ", "https://daily.example/rss", "Daily News"),
        (
            "127.0.1.5",
            "http://127.0.1.5:8080/1",
            "Example Wire",
            "http://127.0.1.5:8080/feed",
            "Example Wire",
        ),
        ("daily.example", "https://daily.example/1", "", "https://daily.example/rss", "daily.example"),
        (
            "daily.example",
            "https://daily.example/1",
            "Headlines",
            "https://gathers.example/rss",
            "daily.example",
        ),
        ("", "https://www.daily.example/1", "Headlines", "https://gathers.example/rss", "daily.example"),
        ("", None, "Example Wire", "https://wire.example/rss", "Example Wire"),
        ("", "http://[", "", "http://[", ""),
        ("", "https://daily.example/1", "x" * 500, "https://daily.example/rss", "x" * 99 + "…"),
    ],
)
def test_an_outlet_is_called_by_what_is_known_best(
    source: str, url: str | None, title: str, feed: str, called: str
) -> None:
    entry = Entry(identity="1", url=url)
    queued = QueuedEntry(1, 1, feed, title, (), entry, Standing.NEW, 1, NOW, "claim")
    article = Article(title="T", body="", url=url, source=source, degraded="its page answered 500")
    assert outlet(article, queued) == called
    assert outlet(replace(article, degraded=None), queued) == (source or called)
