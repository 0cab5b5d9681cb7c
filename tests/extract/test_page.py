"""Pages against the article a person reads on them: tests/data/pages holds each page beside its article."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import ExtractError
from monitor.extract.page import extract_page
from monitor.extract.seed import read_seed
from monitor.model import Dated, Entry, Origin
from tests.newsroom_pages import article_page

PAGES = Path(__file__).parents[1] / "data" / "pages"
URL = "https://news.example/a"
TEXT = "<p>The bridge over the harbour will be closed from Monday, the city council said on Friday.</p>" * 4
NOON = datetime(2025, 10, 24, 12, tzinfo=UTC)


def page(head: str = "", body: str = TEXT) -> bytes:
    return f"<!DOCTYPE html><html><head>{head}</head><body><article>{body}</article></body></html>".encode()


def entry(**fields: object) -> Entry:
    return replace(Entry(identity="1", url=URL, title="Bridge closed until spring"), **fields)


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.html")), ids=lambda path: path.stem)
def test_the_article_on_a_page(path: Path) -> None:
    expected = read_seed("expected.txt", path.with_suffix(".txt").read_bytes())
    assert expected.body == path.with_suffix(".txt").read_text("utf-8").split("---\n", 2)[2].rstrip("\n")
    article = extract_page(
        path.read_bytes(), "text/html", f"https://news.example/{path.stem}", Entry(identity="1")
    )
    assert article == replace(expected, origin=Origin.FEED, url=article.url, dated=Dated.EXACT)
    assert article.url == (expected.url if path.stem != "read-also" else "https://news.example/read-also")


def test_what_the_feed_says_comes_first() -> None:
    head = (
        '<meta property="og:title" content="Bridge closed! | Harbour Times">'
        '<meta property="og:site_name" content="Harbour Times">'
    )
    article = extract_page(
        page(head), "text/html", URL, entry(published=NOON, authors=("Jo Doe",), tags=("traffic",))
    )
    assert article.title == "Bridge closed until spring"
    assert (article.published, article.authors, article.tags) == (NOON, ("Jo Doe",), ("traffic",))
    assert article.source == "Harbour Times"


@pytest.mark.parametrize(
    ("fed", "expected"),
    [
        ("", "Bridge closed until spring after floods"),
        ("Bridge closed until…", "Bridge closed until spring after floods"),
        ("Another headline...", "Another headline..."),
        ("Harbour Times", "Bridge closed until spring after floods"),
        ("Bridge stays closed - Harbour Times", "Bridge stays closed"),
        ("Bridge of <Sighs> closed", "Bridge of <Sighs> closed"),  # the feed's reader left no markup in it
        ("Bridge\x00\r\nclosed\ud800", "Bridge closed"),
    ],
)
def test_titles(fed: str, expected: str) -> None:
    head = (
        '<meta property="og:title" content="Bridge closed until spring after floods | Harbour Times">'
        '<meta property="og:site_name" content="Harbour Times">'
    )
    assert extract_page(page(head), "text/html", URL, entry(title=fed)).title == expected


@pytest.mark.parametrize(
    ("author", "authors", "agency"),
    [
        ('{"@type": "Person", "name": "Jo Doe"}', ("Jo Doe",), None),
        ('{"@type": "Organization", "name": "Reuters"}', (), "Reuters"),
        ('{"@type": "Organization", "name": "Harbour Times"}', (), None),
        ('[{"@type": "Person", "name": "Jo Doe"}, "dpa"]', ("Jo Doe",), "dpa"),
        ('"Agence France-Presse"', (), "AFP"),
        ('"Reuters Novak"', ("Reuters Novak",), None),
    ],
)
def test_an_agency_that_signs_is_the_agency(
    author: str, authors: tuple[str, ...], agency: str | None
) -> None:
    head = f'<script type="application/ld+json">{{"@type": "NewsArticle", "author": {author}}}</script>'
    article = extract_page(page(head), "text/html", URL, entry())
    assert (article.authors, article.agency) == (authors, agency)


def test_long_titles_are_limited() -> None:
    assert len(extract_page(page(), "text/html", URL, entry(title="x" * 5000)).title) == 500


def test_a_title_from_the_headline_or_the_text() -> None:
    assert (
        extract_page(page(body=f"<h1>Bridge closed</h1>{TEXT}"), "text/html", URL, entry(title="")).title
        == "Bridge closed"
    )
    title = extract_page(page(), "text/html", URL, entry(title="")).title
    assert title == "The bridge over the harbour will be closed from Monday"


@pytest.mark.parametrize(
    ("on_page", "expected"),
    [
        (NOON - timedelta(hours=5), NOON - timedelta(hours=5)),  # the feed dated its edit
        (NOON + timedelta(hours=5), NOON),
        (NOON - timedelta(days=400), NOON),  # a template's date
        (datetime(2025, 10, 24, tzinfo=UTC), NOON),  # only the day
    ],
)
def test_the_feeds_date_or_a_slightly_earlier_one(on_page: datetime, expected: datetime) -> None:
    head = f'<meta property="article:published_time" content="{on_page.isoformat()}">'
    assert extract_page(page(head), "text/html", URL, entry(published=NOON)).published == expected


@pytest.mark.parametrize(
    ("fed", "on_page", "expected", "dated"),
    [
        (NOON, "", NOON, Dated.EXACT),
        (NOON, "2025-10-24T09:00:00", NOON, Dated.EXACT),  # hours off, for all that is known
        (datetime(2025, 10, 24, tzinfo=UTC), "2025-10-24T14:00:00+02:00", NOON, Dated.EXACT),
        (datetime(2025, 10, 24, tzinfo=UTC), "2025-10-24", datetime(2025, 10, 24, tzinfo=UTC), Dated.DAY),
        (None, "2025-10-24T12:00:00", NOON, Dated.NO_ZONE),
        (None, "", datetime(2025, 10, 23, tzinfo=UTC), Dated.GUESS),
    ],
)
def test_how_certain_the_date_is(
    fed: datetime | None, on_page: str, expected: datetime, dated: Dated
) -> None:
    head = f'<meta property="article:published_time" content="{on_page}">'
    body = f'<time datetime="2025-10-23">23 October</time>{TEXT}'
    article = extract_page(page(head, body), "text/html", URL, entry(published=fed))
    assert (article.published, article.dated) == (expected, dated)


def test_dates_of_the_page_where_the_feed_has_none() -> None:
    head = f'<meta property="article:published_time" content="{NOON.isoformat()}">'
    assert extract_page(page(head), "text/html", URL, entry()).published == NOON
    searched = extract_page(
        page(body=f'<time datetime="2025-10-24">24 October</time>{TEXT}'), "text/html", URL, entry()
    )
    assert searched.published == datetime(2025, 10, 24, tzinfo=UTC)
    broken = '<script type="application/ld+json">{"datePublished": "2025-10-24T09:00:00Z", oops</script>'
    searched = extract_page(page(broken), "text/html", URL, entry())
    assert searched.published == datetime(2025, 10, 24, tzinfo=UTC)
    assert extract_page(page(), "text/html", URL, entry(updated=NOON)).published == NOON


@pytest.mark.parametrize(
    ("canonical", "expected"),
    [
        ("https://news.example/bridge", "https://news.example/bridge"),
        ("https://m.news.example/bridge?utm_source=x", "https://m.news.example/bridge"),
        ("https://other.example/bridge", URL),  # nobody else's address is taken
        ("https://news.example/", URL),  # a template that names the home page
        ("javascript:alert(1)", URL),
    ],
)
def test_the_address_a_page_calls_its_own(canonical: str, expected: str) -> None:
    head = f'<link rel="canonical" href="{canonical}">'
    assert extract_page(page(head), "text/html", f"{URL}?utm_source=rss#x", entry()).url == expected


def test_structured_data_holds_what_the_layout_hides() -> None:
    text = "The bridge over the harbour will be closed from Monday, the council said. " * 10
    head = f'<script type="application/ld+json">{{"@type": "NewsArticle", "articleBody": "{text}"}}</script>'
    body = "<p>The bridge will be closed, the council said on Friday. Subscribe to go on.</p>"
    assert len(extract_page(page(head, body), "text/html", URL, entry()).body) > 700


SAID = "\n".join(
    f"Speaker {n} told the council that the bridge over the harbour was closed for reason {n} of the report."
    for n in range(12)
)


@pytest.mark.parametrize(
    "data",
    [
        {"@type": "NewsArticle", "articleBody": SAID},
        {"@type": "NewsArticle", "articleBody": "".join(f"<p>{line}</p>" for line in SAID.split("\n"))},
        {"@graph": [{"@type": "NewsArticle"}, {"@type": "Article", "articleBody": SAID}]},
        {"@type": "LiveBlogPosting", "liveBlogUpdate": [{"articleBody": line} for line in SAID.split("\n")]},
    ],
)
@pytest.mark.parametrize("shown", ["", "<p>We use a lot of words here to ask you for your consent.</p>" * 12])
def test_a_page_that_a_script_draws_is_read_from_its_data(data: dict[str, object], shown: str) -> None:
    head = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    assert extract_page(page(head, shown), "text/html", URL, entry()).body == SAID


def test_the_feeds_own_text_where_the_page_asks_for_consent() -> None:
    fed = entry(content="".join(f"<p>{line}</p>" for line in SAID.split("\n")))
    wall = "".join(
        f"<p>Partner {n} would like to store your data for purpose {n}, and asks.</p>" for n in range(12)
    )
    assert extract_page(page(body=wall), "text/html", URL, fed).body == SAID
    assert extract_page(page(body=wall + wall), "text/html", URL, entry()).body.startswith("Partner 0")


def test_a_teaser_in_the_feed_does_not_replace_the_article() -> None:
    teaser = "What you need to know of the closed bridge, its history, and the people who need it. " * 6
    shown = "".join(f"<p>{line}</p>" for line in SAID.split("\n"))
    assert extract_page(page(body=shown), "text/html", URL, entry(summary=teaser)).body == SAID


@pytest.mark.parametrize(
    ("told", "site", "expected"),
    [
        ("Bridge stays closed - Harbour Times", "Harbour Times", "Bridge stays closed"),
        ("Bridge stays closed | Harbour Times", "Harbour Times", "Bridge stays closed"),
        ("Harbour Times | Bridge stays closed", "Harbour Times", "Bridge stays closed"),
        ("Harbour Times: Bridge stays closed", "Harbour Times", "Harbour Times: Bridge stays closed"),
        ("Bridge stays closed - City Observer", "Harbour Times", "Bridge stays closed - City Observer"),
        ("Minister buys Harbour Times", "Harbour Times", "Minister buys Harbour Times"),
        ("About us - Harbour Times", "Harbour Times", "About us - Harbour Times"),
        ("北朝鮮が部隊を派遣 | 港湾新聞", "港湾新聞", "北朝鮮が部隊を派遣"),
        ("북한군 러시아 파병 - 항구일보", "항구일보", "북한군 러시아 파병"),
    ],
)
def test_a_title_loses_its_site_and_nothing_else(told: str, site: str, expected: str) -> None:
    head = f'<meta property="og:title" content="{told}"><meta property="og:site_name" content="{site}">'
    assert extract_page(page(head), "text/html", URL, entry(title="")).title == expected


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"%PDF-1.7", "application/pdf", "not a page"),
        (b"", "text/html", "empty"),
        (b"\x00\x00", "text/html", "empty"),
        (b"<html><body></body></html>", "text/html", "no article"),
        (b"<!-- only a comment -->", "text/html", "."),
        (b"<p>short</p>", "text/html", "no article"),
        (b"<p>" + b"x " * 2_100_000, "text/html", "too large"),
        (bytes(range(256)) * 50, "text/html", "."),
    ],
)
def test_pages_without_an_article(body: bytes, content_type: str, reason: str) -> None:
    with pytest.raises(ExtractError, match=reason):
        extract_page(body, content_type, URL, entry())


@pytest.mark.parametrize("box", ["<div>", "<div class='x'>\n", "<table><tr><td>"])
def test_an_article_under_hundreds_of_boxes_is_found(box: str) -> None:
    article = extract_page(page(body=box * 400 + TEXT), "text/html", URL, entry())
    assert article.body.startswith("The bridge over the harbour")


def test_controls_in_a_page_do_not_reach_the_article() -> None:
    dirty = page(body=TEXT.replace("harbour", "har\x00bour\x07\x1b[31m")).replace(
        b"council", b"coun\xed\xa0\x80cil"
    )
    article = extract_page(dirty, "text/html", URL, entry())
    assert not any(character < " " for character in article.body.replace("\n", ""))
    assert "har" in article.body
    article.body.encode("utf-8")


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: page(body=text)))
def test_any_bytes_are_an_article_or_an_error_of_ours(body: bytes) -> None:
    try:
        article = extract_page(body, "text/html", URL, entry())
    except ExtractError as error:
        assert "\n" not in str(error)
    else:
        assert article.body


def test_generated_pages_come_out_whole() -> None:
    for n in range(5):
        title, body = article_page(n)
        assert 30_000 <= len(body) <= 60_000
        article = extract_page(body, "text/html; charset=utf-8", f"https://news.example/{n}", entry(title=""))
        assert article.title == title
        assert 300 <= len(article.body.split()) <= 650
        assert body == article_page(n)[1]
        for line in article.body.split("\n"):
            assert f"<p>{line}</p>".encode() in body


def test_modules_for_the_main_process_do_not_load_trafilatura() -> None:
    names = ["address", "body", "dates", "decode", "feed_content", "headline", "language", "metadata", "seed"]
    imports = "; ".join(f"import monitor.extract.{name}" for name in names)
    code = f"import sys; {imports}; print('trafilatura' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "False"
