from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.extract.feed_content import from_entry
from monitor.extract.html_text import paragraphs
from monitor.model import Entry

EARLY = datetime(2025, 10, 24, 8, tzinfo=UTC)
LATE = datetime(2025, 10, 24, 9, tzinfo=UTC)


def test_the_article_a_feed_gives() -> None:
    entry = Entry(
        identity="1",
        url="https://www.News.example/a?utm_source=rss",
        title="Bridge & ferry <closed>",
        summary="short",
        content="<p>The bridge is closed.The ferry runs.</p><p>Read also: Other news</p><p>Reuters</p>",
        authors=("Jo Doe", "jo@news.example", "admin", "Jo Doe"),
        tags=("traffic",),
        language="en-GB",
        published=EARLY,
        updated=LATE,
    )
    article = from_entry(entry, "the page answered 500")
    assert article.title == "Bridge & ferry <closed>"
    assert article.body == "The bridge is closed. The ferry runs."
    assert (article.url, article.source, article.agency) == (
        "https://www.news.example/a",
        "news.example",
        "Reuters",
    )
    assert (article.authors, article.tags, article.language) == (("Jo Doe",), ("traffic",), "en")
    assert (article.published, article.modified) == (EARLY, LATE)
    assert article.degraded == "the page answered 500"


def test_an_entry_without_title_gets_one_from_its_text() -> None:
    entry = Entry(
        identity="1", summary="The bridge is closed until May, officials said on Friday. The ferry runs."
    )
    assert from_entry(entry, "x").title == "The bridge is closed until May"


def test_an_entry_with_nothing_is_still_an_article() -> None:
    article = from_entry(Entry(identity="1", url="https://news.example/a"), "x")
    assert (article.title, article.body, article.language) == ("https://news.example/a", "", None)


def test_a_summary_that_repeats_the_title_is_no_text() -> None:
    article = from_entry(
        Entry(identity="1", title="Bridge closed", summary="<p>Bridge closed</p><p>The ferry runs.</p>"), "x"
    )
    assert article.body == "The ferry runs."


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>One.</p><p>Two<br>three</p>", ["One.", "Two", "three"]),
        ("plain\ntext  here\n\n", ["plain", "text here"]),
        ("<ul><li>a</li><li>b</li></ul>c", ["- a", "- b", "c"]),
        ("a<script>alert(1)</script>b<style>p{}</style>c", ["abc"]),
        ("a<!-- hidden -->b", ["ab"]),
        ("<p>a<!-- open <p>b", ["a open", "b"]),
        ("x &lt;b&gt; &amp; y", ["x <b> & y"]),
        ("<table><tr><td>a</td><td>b</td></tr></table>", ["a", "b"]),
        ("<p>a <b>b</b>\n <i>c</i></p>", ["a b c"]),
        ("1 < 2 and 3 > 2", ["1 < 2 and 3 > 2"]),
        ("", []),
        ("<p></p>", []),
        ("a\x00b\ud800c<br>\x01d", ["abc", "d"]),
    ],
)
def test_paragraphs_of_html(html: str, expected: list[str]) -> None:
    assert paragraphs(html) == expected


@pytest.mark.parametrize(
    "piece",
    [
        "<!--",
        "<div>",
        "<",
        "&",
        "<b ",
        "<script>",
        "<a href='",
        "]]>",
        "<p>",
        "</p>",
        "<![CDATA[",
        "<li>",
        "<svg><",
        "&#x0;",
        "<?",
    ],
)
def test_hostile_content_is_read_in_linear_time(piece: str) -> None:
    content = piece * (400_000 // len(piece))
    start = time.process_time()
    from_entry(Entry(identity="1", title=content, content=content), "x")
    assert time.process_time() - start < 3  # measured: .25 s at most; a square would take minutes


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_entry_makes_clean_text(title: str, content: str) -> None:
    article = from_entry(Entry(identity="1", title=title, content=content), "x")
    for text in (article.title, *article.body.split("\n")):
        text.encode("utf-8")
        assert text == " ".join(text.split())
        assert not any(character < " " or character == "\x7f" for character in text)
    assert len(article.title) <= 500
