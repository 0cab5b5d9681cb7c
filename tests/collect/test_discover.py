"""Where a site's feeds are: pages, robots.txt, usual places, and what was found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect import discover
from monitor.collect.discover import (
    Candidate,
    Found,
    How,
    distinct,
    in_robots,
    read_page,
    same,
    the_one,
    unwrapped,
    usual_places,
    with_scheme,
)
from monitor.model import Entry

URL = "https://www.news.example/world/asia"


def candidates(html: str, url: str = URL) -> list[str]:
    return [candidate.url for candidate in read_page(html.encode(), "text/html", url).candidates]


def alternate(href: str, kind: str = "application/rss+xml", more: str = "") -> str:
    return f'<link rel="alternate" type="{kind}" href="{href}" {more}>'


# --- addresses -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("news.example", "https://news.example"),
        ("news.example/rss?a=b", "https://news.example/rss?a=b"),
        (" news.example:8080/x ", "https://news.example:8080/x"),
        ("localhost:8080", "https://localhost:8080"),
        ("http://news.example", "http://news.example"),
        ("feed://news.example/rss", "http://news.example/rss"),
        ("feed:https://news.example/rss", "https://news.example/rss"),
        ("Feed:HTTPS://news.example/rss", "HTTPS://news.example/rss"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("mailto:a@news.example", "mailto:a@news.example"),
        ("ftp://news.example", "ftp://news.example"),
    ],
)
def test_addresses_as_people_write_them(written: str, read: str) -> None:
    assert with_scheme(written) == read


@given(st.text(max_size=40))
def test_only_addresses_that_name_a_reader_are_unwrapped(written: str) -> None:
    once = unwrapped("https://" + written)
    assert once == ("https://" + written).strip()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://news.example/rss", "https://www.news.example/rss/"),
        ("https://News.example:443/rss", "https://news.example/rss"),
    ],
)
def test_addresses_of_one_feed(one: str, other: str) -> None:
    assert same(one) == same(other)


def test_the_query_tells_feeds_apart() -> None:
    assert same("https://news.example/?feed=rss2") != same("https://news.example/?feed=atom")


# --- pages -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind",
    [
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/feed+json",
        "APPLICATION/RSS+XML; charset=utf-8",
        "text/rss",
    ],
)
def test_every_type_of_feed_is_declared(kind: str) -> None:
    assert candidates(alternate("/a", kind)) == ["https://www.news.example/a"]


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<link type=application/rss+xml rel=alternate href=/a>", True),
        ("<LINK REL='ALTERNATE nofollow' TYPE='application/rss+xml' HREF='/a'>", True),
        ("<link rel=feed href=/a>", True),
        (alternate("/a.rss", "application/xml"), True),
        (alternate("/a", "application/json"), False),  # an interface for programs
        (alternate("/a", "application/json+oembed"), False),
        (alternate("/a", "text/html", 'hreflang="de"'), False),
        ("<link rel=alternate href=/a hreflang=de>", False),
        ("<link rel='alternate stylesheet' type='application/rss+xml' href=/a>", False),
        ("<link rel=stylesheet href=/feed.css>", False),
        (alternate("javascript:alert(1)"), False),
        (alternate("data:text/xml,x"), False),
        (alternate(""), False),
        ("<body>" + alternate("/a"), True),
        ("<!-- " + alternate("/a") + " -->", False),
    ],
)
def test_what_a_page_declares(html: str, found: bool) -> None:
    assert bool(candidates(html)) is found


@pytest.mark.parametrize(
    ("anchor", "found"),
    [
        ('<a href="/rss">Subscribe</a>', True),
        ('<a href="/news.rss">x</a>', True),
        ('<a href="/feeds/world.xml">x</a>', True),
        ('<a href="/?feed=rss2">x</a>', True),
        ('<a href="/x?format=rss">x</a>', True),
        ('<a href="/services">RSS</a>', True),
        ('<a href="/services" title="RSS feeds"><img src="i.png"></a>', True),
        ('<a href="feed://www.news.example/a">x</a>', True),
        ('<a href="/sitemap-news.xml">x</a>', True),
        ('<a href="/feed-the-world">Charity</a>', False),
        ('<a href="/feedback">Feedback</a>', False),
        ('<a href="/rss.png">x</a>', False),
        ('<a href="/pressrss-feature">x</a>', False),
        ('<a href="/a">An article of some length about what RSS was, and what became of it</a>', False),
        ('<a href="https://www.facebook.com/rss">RSS</a>', False),
        ("<a>RSS</a>", False),
    ],
)
def test_which_links_look_like_feeds(anchor: str, found: bool) -> None:
    assert bool(candidates(anchor)) is found


def test_declared_before_linked_before_other_sites_and_comments_last() -> None:
    html = (
        '<base href="https://base.example/x/"><title>Harbour &amp; Coast</title>'
        + alternate("/comments/feed", more='title="Comments"')
        + alternate("main.xml", more='title="All &lt;b&gt;news&lt;/b&gt;"')
        + '<a href="https://other.example/rss">x</a><a href="https://news.example/rss">World</a>'
        + '<a href="main.xml">RSS</a>'
    )
    page = read_page(html.encode(), "", URL)
    assert page.title == "Harbour & Coast"
    assert [(c.url, c.how, c.title) for c in page.candidates] == [
        ("https://base.example/x/main.xml", How.DECLARED, "All news"),
        ("https://news.example/rss", How.LINKED, "World"),
        ("https://other.example/rss", How.LINKED, "x"),
        ("https://base.example/comments/feed", How.DECLARED, "Comments"),
    ]


def test_a_page_that_links_a_thousand_feeds_is_cut() -> None:
    assert (
        len(candidates("".join(f'<a href="/feed/{n}">x</a>' for n in range(1000))))
        == discover.MOST_CANDIDATES
    )


@given(st.text(alphabet="<>/&;!\"'= linkahrefbsetypo:#x0\ud7ff\x01é", max_size=300))
def test_any_text_is_a_page(noise: str) -> None:
    for html in (
        noise,
        f'<link rel="alternate" type="application/rss+xml" href="{noise}">',
        f"<a href='{noise}'>RSS",
    ):
        for url in candidates(html):
            assert url.startswith(("http://", "https://"))


def test_bytes_that_are_no_page_name_nothing() -> None:
    for body in (b"", b"\x00" * 100, b"\x89PNG\r\n" + bytes(range(256)), b"{}"):
        assert read_page(body, "", URL).candidates == ()


# --- elsewhere -------------------------------------------------------------------------------------


def test_robots_name_sitemaps_news_first() -> None:
    text = (
        "User-agent: *\nDisallow: /\nSitemap: https://www.news.example/sitemap.xml\r\n"
        "  SITEMAP :/news/sitemap.xml.gz # ours\n#Sitemap: /commented.xml\nSitemap: ftp://x.example/s.xml\n"
        "Sitemap: https://www.news.example/sitemap.xml"
    )
    assert [(c.url, c.how) for c in in_robots(text, URL)] == [
        ("https://www.news.example/news/sitemap.xml.gz", How.ROBOTS),
        ("https://www.news.example/sitemap.xml", How.ROBOTS),
    ]


def test_usual_places_are_those_of_the_section_then_of_the_site() -> None:
    places = [place.url.removeprefix("https://www.news.example") for place in usual_places(URL + "/?x=1")]
    assert places[:4] == ["/world/asia/feed", "/world/asia/rss", "/feed", "/rss"]
    assert usual_places("https://www.news.example/")[0].url == "https://www.news.example/feed"
    assert len(places) == len(set(places)) <= 12


# --- what was found --------------------------------------------------------------------------------

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def feed(url: str, *links: str, days: float = 1, title: str = "News", how: How = How.DECLARED) -> Found:
    entries = tuple(
        Entry(link, url=f"https://news.example/{link}", published=NOW - n * timedelta(days=days))
        for n, link in enumerate(links)
    )
    return discover.found(Candidate(url, how), url, discover.ParsedFeed(title, entries, format="RSS 2.0"))


@pytest.mark.parametrize(
    ("days", "number", "rate"),
    [(1, 11, 1.0), (0.5, 3, 2.0), (7, 2, 1 / 7), (0, 5, None), (1, 1, None), (1, 0, None)],
)
def test_the_rate_is_that_of_the_listed_items(days: float, number: int, rate: float | None) -> None:
    found = feed("https://news.example/rss", *map(str, range(number)), days=days)
    assert found.rate == pytest.approx(rate)
    assert found.newest == (NOW if number else None)


def test_a_feed_in_two_formats_is_one_to_choose_from() -> None:
    rss, atom = feed("https://news.example/rss", "a", "b"), feed("https://news.example/atom", "b", "a")
    other = feed("https://news.example/sport", "c")
    assert distinct([rss, atom, other]) == [rss, other]
    assert the_one([rss, atom]) == rss
    assert the_one([rss, other]) is None
    assert the_one([]) is None


def test_comments_are_not_what_is_meant_unless_there_is_nothing_else() -> None:
    news = feed("https://news.example/feed", "a")
    comments = feed("https://news.example/comments/feed", "b", title="Comments on News")
    assert the_one([news, comments]) == news
    assert the_one([comments]) == comments


def test_empty_feeds_are_not_taken_for_one() -> None:
    one, two = feed("https://news.example/1"), feed("https://news.example/2")
    assert distinct([one, two]) == [one, two]
