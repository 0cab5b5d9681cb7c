"""Sitemaps as feeds: those for news, plain ones, compressed ones, and indexes of them."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect import sitemap
from monitor.collect.parse import parse_feed
from monitor.collect.sitemap import (
    MAX_ENTRIES,
    children_to_read,
    newest,
    remembered,
    request_headers,
    with_children,
)
from monitor.errors import FeedError
from monitor.model import Entry, ParsedFeed, Response

URL = "https://www.news.example/sitemap.xml"
NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
  xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"
  xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"
  xmlns:video="http://www.google.com/schemas/sitemap-video/1.1">
  <url>
    <loc>https://www.news.example/2026/bridge?a=1&amp;b=2</loc>
    <image:image>
      <image:loc>https://cdn.example/bridge.jpg</image:loc>
      <image:title>A photograph</image:title></image:image>
    <video:video><video:title>A film</video:title>
      <video:publication_date>2001-01-01</video:publication_date></video:video>
    <lastmod>2026-11-21T09:00:00Z</lastmod>
    <n:news>
      <n:publication><n:name>Harbour Times</n:name><n:language>en-GB</n:language></n:publication>
      <n:publication_date>2026-11-21T10:30:00+03:00</n:publication_date>
      <n:title><![CDATA[Bridge & quay "open"]]></n:title>
      <n:keywords>bridge, harbour</n:keywords>
    </n:news>
  </url>
  <url><loc>/2026/quay</loc><n:news><n:publication><n:name>Harbour Times</n:name><n:language>ru</n:language>
    </n:publication><n:publication_date>2026-11-20</n:publication_date><n:title>Причал открыт</n:title></n:news></url>
</urlset>"""


def parse(body: bytes | str, url: str = URL) -> ParsedFeed:
    return parse_feed(body.encode() if isinstance(body, str) else body, "application/xml", url)


def urlset(*urls: str) -> str:
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{"".join(urls)}</urlset>'


def url(loc: str, lastmod: str = "") -> str:
    return f"<url><loc>{loc}</loc>{f'<lastmod>{lastmod}</lastmod>' if lastmod else ''}</url>"


def index(*children: tuple[str, str]) -> ParsedFeed:
    listed = "".join(
        f"<sitemap><loc>{loc}</loc>{f'<lastmod>{at}</lastmod>' if at else ''}</sitemap>"
        for loc, at in children
    )
    return parse(f"<sitemapindex>{listed}</sitemapindex>")


# --- what a sitemap says ---------------------------------------------------------------------------


def test_a_news_sitemap_says_title_date_and_language_of_each_article() -> None:
    feed = parse(NEWS)
    assert (feed.title, feed.format, feed.salvaged) == ("Harbour Times", "news sitemap", None)
    bridge, quay = feed.entries
    assert bridge.identity == bridge.url == "https://www.news.example/2026/bridge?a=1&b=2"
    assert bridge.title == 'Bridge & quay "open"'
    assert bridge.published == datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
    assert bridge.updated == datetime(2026, 11, 21, 9, tzinfo=UTC)
    assert (bridge.language, bridge.tags) == ("en", ("bridge", "harbour"))
    assert (quay.url, quay.title, quay.language) == (
        "https://www.news.example/2026/quay",
        "Причал открыт",
        "ru",
    )


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace('xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"', ""),
        lambda text: (
            text.replace("<n:", "<news:").replace("</n:", "</news:").replace("xmlns:n=", "xmlns:news=")
        ),
        lambda text: text.replace(' xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"', ""),
        lambda text: text.replace("a=1&amp;b", "a=1&b"),
        lambda text: "Warning: mysql_connect()\n" + text,
        lambda text: text.replace("</urlset>", ""),
        lambda text: text + "<!-- generated in 0.3 s -->\n<script>x</script>",
        lambda text: text.replace("<loc>/2026", "<loc>\n  /2026"),
    ],
    ids=[
        "prefix undeclared",
        "other prefix",
        "no namespace",
        "ampersand",
        "junk",
        "cut off",
        "tail",
        "blanks",
    ],
)
def test_a_damaged_news_sitemap_says_the_same(damage) -> None:
    assert damage(NEWS) != NEWS
    for entry, expected in zip(parse(damage(NEWS)).entries, parse(NEWS).entries, strict=True):
        assert replace(entry, fingerprint="") == replace(expected, fingerprint="")


def test_a_plain_sitemap_says_where_and_when_changed() -> None:
    feed = parse(urlset(url("https://www.news.example/a", "2026-11-21"), url(""), url("ftp://x.example/a")))
    assert (feed.title, feed.format) == ("news.example", "sitemap")
    first, second = feed.entries
    assert (first.url, first.title, first.published) == ("https://www.news.example/a", "", None)
    assert first.updated == datetime(2026, 11, 21, tzinfo=UTC)
    assert second.url is None  # only addresses of the web are asked for


def test_prefixed_elements_are_read() -> None:
    document = (
        '<s:urlset xmlns:s="http://www.sitemaps.org/schemas/sitemap/0.9">'
        "<s:url><s:loc>https://www.news.example/a</s:loc></s:url></s:urlset>"
    )
    assert [entry.url for entry in parse(document).entries] == ["https://www.news.example/a"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-11-21", datetime(2026, 11, 21, tzinfo=UTC)),
        ("2026-11-21T07:30Z", datetime(2026, 11, 21, 7, 30, tzinfo=UTC)),
        ("2026-11-21T07:30:15.123+05:45", datetime(2026, 11, 21, 1, 45, 15, 123_000, tzinfo=UTC)),
        (" 2026-11-21 10:30:00 +0300 ", datetime(2026, 11, 21, 7, 30, tzinfo=UTC)),
        ("Sat, 21 Nov 2026 10:30:00 +0300", datetime(2026, 11, 21, 7, 30, tzinfo=UTC)),
        ("2026-13-45", None),
        ("1970-01-01", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("soon", None),
    ],
)
def test_dates(written: str, read: datetime | None) -> None:
    assert parse(urlset(url("https://a.example/", written))).entries[0].updated == read


def test_an_empty_sitemap_is_a_feed_without_entries() -> None:
    assert parse("<urlset></urlset>").entries == ()
    assert parse("<urlset/>").entries == ()


# --- size ------------------------------------------------------------------------------------------


def test_of_a_large_sitemap_the_newest_are_kept_wherever_they_stand() -> None:
    many = [f"2026-{1 + n % 12:02d}-{1 + n % 28:02d}" for n in range(MAX_ENTRIES + 500)]
    feed = parse(urlset(*(url(f"https://a.example/{n}", date) for n, date in enumerate(many))))
    kept = [entry.updated.strftime("%Y-%m-%d") for entry in feed.entries if entry.updated]
    assert kept == sorted(many, reverse=True)[:MAX_ENTRIES]
    assert feed.salvaged is None


@given(
    st.lists(
        st.tuples(st.integers(0, 999), st.none() | st.integers(0, 30)), max_size=60, unique_by=lambda x: x[0]
    ),
    st.integers(0, 40),
)
def test_none_that_is_kept_is_older_than_one_that_is_left_out(
    written: list[tuple[int, int | None]], most: int
) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    entries = [
        Entry(str(name), updated=None if day is None else start + timedelta(days=day))
        for name, day in written
    ]
    kept = newest(entries, most)
    left = [entry for entry in entries if entry not in kept]
    assert len(kept) == min(most, len(entries)) == len({entry.identity for entry in kept})
    dates = [entry.updated for entry in kept if entry.updated]
    assert all(dates[-1] >= entry.updated for entry in left if entry.updated and dates)
    assert not (any(entry.updated for entry in left) and any(entry.updated is None for entry in kept))
    undated = [entry for entry in entries if entry.updated is None]
    kept_undated = [entry for entry in kept if entry.updated is None]
    if len(kept_undated) >= 2:
        assert (kept_undated[0], kept_undated[-1]) == (undated[0], undated[-1])


def test_a_compressed_sitemap_is_unpacked() -> None:
    half = len(NEWS) // 2
    members = gzip.compress(NEWS[:half].encode()) + gzip.compress(NEWS[half:].encode())
    assert parse(members).entries == parse(gzip.compress(NEWS.encode())).entries == parse(NEWS).entries


def test_a_compressed_sitemap_that_was_cut_off_keeps_its_whole_items() -> None:
    packed = gzip.compress(urlset(*(url(f"https://a.example/{n}/{n * n}") for n in range(2000))).encode())
    entries = parse(packed[: len(packed) // 2]).entries
    assert 100 < len(entries) < 2000
    assert {entry.url for entry in entries} <= {f"https://a.example/{n}/{n * n}" for n in range(2000)}


def test_a_bomb_is_refused() -> None:
    bomb = gzip.compress(b"<urlset>" + bytes(sitemap.MAX_BYTES), compresslevel=1)
    with pytest.raises(FeedError, match="compressed data of more than 50,000,000 bytes"):
        parse(bomb)
    many = gzip.compress(bytes(10_000_000), compresslevel=1) * 6
    with pytest.raises(FeedError, match="compressed data of more than 50,000,000 bytes"):
        parse(many)


def test_damaged_compressed_data_is_said() -> None:
    with pytest.raises(FeedError, match="compressed data that is damaged"):
        parse(b"\x1f\x8b" + b"\x08" + bytes(20) + b"\xff" * 30)


@given(st.text(alphabet="<>/&;![]CDATA \"'=urlsetocmdnw:#x0\ud7ff\x01é2-", max_size=300))
def test_any_text_is_a_sitemap_or_a_feed_error(noise: str) -> None:
    for body in (
        f"<urlset>{noise}</urlset>",
        f"<sitemapindex><sitemap>{noise}",
        f"<urlset><url><loc>{noise}",
    ):
        try:
            feed = parse(body)
        except FeedError as error:
            assert "\n" not in str(error)
            continue
        assert len({entry.identity for entry in feed.entries}) == len(feed.entries)


# --- indexes ---------------------------------------------------------------------------------------

BASE = "https://www.news.example/"
LAST = datetime(2026, 11, 21, 12, tzinfo=UTC)


def chosen(feed: ParsedFeed, good_at: datetime | None = None) -> list[str]:
    return [child.removeprefix(BASE) for child in children_to_read(feed, good_at)]


def test_an_index_lists_sitemaps_and_no_entries() -> None:
    feed = index(("/a.xml", "2026-11-20"), (BASE + "b.xml.gz", ""))
    assert (feed.format, feed.entries) == ("sitemap index", ())
    assert [(child.url, child.updated) for child in feed.children] == [
        (BASE + "a.xml", datetime(2026, 11, 20, tzinfo=UTC)),
        (BASE + "b.xml.gz", None),
    ]


@pytest.mark.parametrize(
    ("children", "read"),
    [
        (
            [("a", "2026-01-01"), ("b", "2026-03-01"), ("c", "2026-02-01"), ("d", "2025-01-01")],
            ["b", "c", "a"],
        ),
        ([("old", "2026-01-01"), ("news", "2025-01-01")], ["news", "old"]),  # news before others
        ([("post1", ""), ("post9", ""), ("post10", ""), ("post2", "")], ["post10", "post9", "post2"]),
        ([("2026-9", ""), ("2025-12", ""), ("2026-11", "")], ["2026-11", "2026-9", "2025-12"]),
        ([("category", "2026-05-01"), ("posts", "2026-01-01"), ("images", "2026-05-01")], ["posts"]),
        ([("tag", ""), ("images", "")], ["tag", "images"]),
        ([("a", ""), ("a", ""), ("a", "")], ["a"]),
        ([("javascript:alert(1)", "")], []),
        ([], []),
    ],
)
def test_a_few_of_them_are_read_at_a_poll(children: list[tuple[str, str]], read: list[str]) -> None:
    assert chosen(index(*((f"/{loc}" if ":" not in loc else loc, at) for loc, at in children))) == read


def test_what_has_not_changed_since_the_last_good_poll_is_not_read_again() -> None:
    feed = index(
        ("/old", "2026-11-19"), ("/today", "2026-11-21"), ("/silent", ""), ("/later", "2026-11-21T13:00:00Z")
    )
    assert chosen(feed, LAST) == ["later", "today", "silent"]
    assert chosen(index(("/old", "2026-11-19T12:00:00Z")), LAST) == []


def test_a_sitemap_of_an_index_is_asked_for_by_the_date_of_the_last_good_poll() -> None:
    assert request_headers(None) == {}
    assert request_headers(LAST) == {"If-Modified-Since": "Fri, 20 Nov 2026 12:00:00 GMT"}


def test_an_index_is_remembered_only_where_it_says_when_its_sitemaps_change() -> None:
    answer = Response(200, URL, {"etag": '"a"', "last-modified": "x", "retry-after": "9"}, b"<index>")
    dated, undated = index(("/a", "2026-11-20")), index(("/a", "2026-11-20"), ("/b", ""))
    assert remembered(answer, dated, complete=True) == answer
    for again in (remembered(answer, undated, complete=True), remembered(answer, dated, complete=False)):
        assert again == Response(200, URL, {"retry-after": "9"}, b"")


def test_an_index_has_the_entries_of_what_was_read_each_once() -> None:
    one, two = Entry("1", updated=LAST), Entry("2", updated=LAST + timedelta(hours=1))
    read = [
        ParsedFeed("Harbour Times", (one,), format="news sitemap", salvaged="cut off"),
        ParsedFeed("news.example", (replace(one, title="again"), two), format="sitemap"),
    ]
    whole = with_children(index(("/a", "")), read)
    assert whole.entries == (two, one)
    assert (whole.title, whole.salvaged) == ("Harbour Times", "cut off")
    assert with_children(index(("/a", "")), []).entries == ()
