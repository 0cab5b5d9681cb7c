from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.extract.head import enriched
from monitor.model import Entry

URL = "https://news.example/a?utm_source=rss"
SAID = "Two of four vessels failed the inspection."
HEAD = (
    '<html lang="en"><head><title>Ferries halved | Site</title><meta property="og:title" content="Ferries halved">'
    f'<meta property="og:description" content="{SAID}"><meta name="author" content="Jane Doe">'
    '<link rel="canonical" href="/2025/ferry"><meta property="article:published_time" content="2025-10-24T10:00Z">'
    "</head><body>" + "<p>x" * 100_000
)


def test_what_a_page_says_of_itself_fills_what_its_feed_leaves_out() -> None:
    entry = enriched(Entry("1", URL), HEAD.encode(), "text/html", URL)
    assert entry == Entry(
        "1",
        "https://news.example/2025/ferry",
        "Ferries halved",
        content=SAID,
        authors=("Jane Doe",),
        language="en",
        published=datetime(2025, 10, 24, 10, tzinfo=UTC),
    )


def test_the_feed_is_believed_and_the_longer_text_taken() -> None:
    at = datetime(2025, 10, 23, tzinfo=UTC)
    fed = Entry("1", URL, "Ferries", summary="Halved.", authors=("Sam Roe",), language="de", published=at)
    entry = enriched(fed, HEAD.encode(), "text/html", URL)
    assert (entry.title, entry.authors, entry.language, entry.published) == (
        "Ferries",
        ("Sam Roe",),
        "de",
        at,
    )
    assert entry.text == SAID
    longer = Entry("1", URL, "Ferries", content=f"{SAID} {SAID}")
    assert enriched(longer, HEAD.encode(), "text/html", URL).text == longer.text


@pytest.mark.parametrize("body", [b"", b"%PDF-1.7", b"\x00" * 50, b"<html>", b"<!--"])
def test_what_is_no_page_adds_nothing(body: bytes) -> None:
    entry = Entry("1", "https://news.example/a", "Ferries", summary="Halved.")
    assert enriched(entry, body, "", "https://news.example/a") == entry


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: f"<head>{text}</head>".encode()))
def test_it_never_fails(body: bytes) -> None:
    assert enriched(Entry("1", URL), body, "text/html", URL).identity == "1"
