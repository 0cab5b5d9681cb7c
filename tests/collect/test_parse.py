"""Whole feed documents, as publishers write them and as they should not."""

from __future__ import annotations

import gzip
import json
import unicodedata
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from monitor.collect.parse import MAX_FIELD, parse_feed
from monitor.errors import FeedError
from monitor.model import Entry, ParsedFeed

FEEDS = Path(__file__).parent.parent / "data" / "feeds"
URL = "https://news.example/world/rss.xml"


def parse(body: bytes | str, content_type: str = "", url: str = URL) -> ParsedFeed:
    return parse_feed(body.encode() if isinstance(body, str) else body, content_type, url)


def rss(items: str, head: str = "") -> str:
    return f'<rss version="2.0"><channel><title>News</title>{head}{items}</channel></rss>'


def only(items: str) -> Entry:
    (entry,) = parse(rss(items)).entries
    return entry


# --- formats ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(path.name for path in FEEDS.iterdir()))
def test_every_format_gives_the_same_report(name: str) -> None:
    """The files in data/feeds all hold this one report, each in its own format."""
    feed = parse((FEEDS / name).read_bytes())
    (entry,) = feed.entries
    assert feed.title == "Border & Coast"
    assert feed.site_url == "https://news.example/"
    assert feed.salvaged is None
    assert entry.title == "Sappers & builders leave for Kursk"
    assert entry.url == "https://news.example/2026/sappers?id=7&lang=en"
    assert entry.published == datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
    assert "<p>A thousand sappers left on Friday.</p>" in entry.text
    if not name.startswith(("rss091", "rdf")):
        assert entry.identity == "tag:news.example,2026:7"
        assert entry.authors == ("Ann Roe",)


def test_the_hints_of_an_rss_feed() -> None:
    head = (
        "<language>en-GB</language><ttl>30</ttl><skipHours><hour>0</hour><hour>24</hour><hour>23</hour>"
        "<hour>99</hour></skipHours><skipDays><day>Saturday</day><day>Sunday</day><day>Caturday</day></skipDays>"
    )
    feed = parse(rss("<item><title>x</title></item>", head))
    assert feed.language == "en"
    assert feed.min_interval == timedelta(minutes=30)
    assert feed.skip_hours == {0, 23}
    assert feed.skip_days == {5, 6}


@pytest.mark.parametrize(
    ("period", "frequency", "expected"),
    [
        ("hourly", "2", timedelta(minutes=30)),
        ("daily", "", timedelta(days=1)),
        ("daily", "0", timedelta(days=1)),
        ("sometimes", "1", None),
        ("", "", None),
    ],
)
def test_the_syndication_module(period: str, frequency: str, expected: timedelta | None) -> None:
    feed = parse(
        '<rss xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel><title>x</title>'
        f"<sy:updatePeriod>\n {period} </sy:updatePeriod><sy:updateFrequency>{frequency}</sy:updateFrequency>"
        "</channel></rss>"
    )
    assert feed.min_interval == expected


@pytest.mark.parametrize("ttl", ["-5", "soon", "", "1e9", "99999999999999"])
def test_a_ttl_that_is_no_number_of_minutes_is_ignored(ttl: str) -> None:
    assert parse(rss("", f"<ttl>{ttl}</ttl>")).min_interval is None


def test_a_feed_without_entries_is_a_feed() -> None:
    assert parse(rss("")).entries == ()


# --- what is no feed -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "an empty body"),
        (b" \r\n\x00", "an empty body"),
        (b"<!doctype html><html><head><title>News</title></head></html>", "an HTML page"),
        (b"\n<html lang=en><body>Not found</body></html>", "an HTML page"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "a PNG image"),
        (b"%PDF-1.7 ...", "a PDF"),
        (gzip.compress(gzip.compress(b"<rss/>", mtime=0), mtime=0), "compressed data"),
        (b'{"error": "not found"}', "JSON, but not a JSON Feed"),
        (b'{"items": [1, "a", {"name": "x"}]}', "JSON, but not a JSON Feed"),
        (b'[{"id": 1}]', "JSON, but not a JSON Feed"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": [', "JSON that is cut off"),
        (b"[" * 100_000, "JSON that is cut off"),
        (b"Internal error", "neither XML nor JSON"),
        (b"<?xml version='1.0'?><opml/>", "root element is <opml>"),
        (bytes(range(256)) * 20, "neither XML nor JSON"),
    ],
)
def test_what_is_no_feed_is_said_in_one_line(body: bytes, what: str) -> None:
    with pytest.raises(FeedError, match=what) as caught:
        parse(body)
    assert str(caught.value).startswith(f"{URL} answered with ")
    assert "\n" not in str(caught.value)


# --- damage ----------------------------------------------------------------------------------------

CYRILLIC = "Сапёры отправились в Курск"


def test_one_bad_byte_does_not_hide_the_other_entries() -> None:
    body = rss(f"<item><title>Bad X byte</title></item><item><title>{CYRILLIC}</title></item>").encode()
    feed = parse(body.replace(b"X", b"\xff"))
    assert [entry.title for entry in feed.entries] == ["Bad � byte", CYRILLIC]
    assert feed.salvaged == "bytes that are not UTF-8"


def test_a_truncated_feed_keeps_its_whole_items() -> None:
    body = rss("".join(f"<item><title>{CYRILLIC} {n}</title><guid>{n}</guid></item>" for n in range(9)))
    feed = parse(body.encode()[: body.encode().index(b"<guid>7")])
    assert [entry.identity for entry in feed.entries] == [str(n) for n in range(7)]
    assert feed.salvaged == "cut off, the last item left out"


def test_an_ill_formed_feed_is_read_leniently() -> None:
    feed = parse(rss("<item><title>One</title><b></item><item><title>Two</title></item>"))
    assert [entry.title for entry in feed.entries] == ["One", "Two"]
    assert feed.salvaged == "ill-formed XML"


def test_named_entities_and_bare_ampersands_do_not_make_a_feed_ill_formed() -> None:
    assert only("<item><title>AT&T&nbsp;&mdash; R&D</title></item>").title == "AT&T — R&D"


@pytest.mark.parametrize(
    "internal",
    [
        '<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;"><!ENTITY x "&b;&b;&b;&b;&b;&b;&b;&b;">',
        '<!ENTITY x SYSTEM "file:///etc/passwd">',
        '<!ENTITY x SYSTEM "http://127.0.0.1:9/">',
        '<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;<!ENTITY x "boom">',
        f'<!ENTITY x "{"boom" * 10_000}">',
    ],
    ids=["laughs", "file", "http", "parameter", "quadratic"],
)
@pytest.mark.parametrize("charset", ["utf-8", "utf-16"])
def test_declared_entities_are_never_expanded(internal: str, charset: str) -> None:
    title = "see &x; " * 20
    document = f"<!DOCTYPE rss [{internal}]>" + rss(f"<item><title>{title}</title></item>")
    (entry,) = parse(document.encode(charset)).entries
    assert entry.title == title.strip()


# --- fields ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Plain", "Plain"),
        ("&lt;b&gt;Bold&lt;/b&gt; &amp;amp; more", "Bold & more"),
        ("<![CDATA[<i>CDATA</i> &amp; co]]>", "CDATA & co"),
        ("&amp;lt;b&amp;gt;twice&amp;lt;/b&amp;gt;", "twice"),
        ("1 &lt; 2 and 3 &gt; 2", "1 < 2 and 3 > 2"),
        ("Kim &lt;Jong&gt; Un", "Kim <Jong> Un"),
        ("one&lt;br/&gt;two\n  three\t four", "one two three four"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;News", "News"),
        ("&lt;img src=x onerror=alert(1)&gt;News", "News"),
        ("bell&#7; null&#0; line\u2028sep", "bell null line sep"),
        ("e\u0301", "é"),
        ("", ""),
    ],
)
def test_titles_are_one_line_of_text(written: str, title: str) -> None:
    assert only(f"<item><title>{written}</title><guid>1</guid></item>").title == title


def test_long_fields_are_bounded() -> None:
    entry = only(
        f"<item><title>{'T' * 5_000}</title><guid>{'g' * 5_000}</guid>"
        f"<description>{'d' * (MAX_FIELD + 9)}</description><author>{'a' * 900}</author></item>"
    )
    assert len(entry.title) == 500
    assert entry.title.endswith("…")
    assert len(entry.identity) < 100
    assert len(entry.summary) == MAX_FIELD
    assert all(len(author) <= 200 for author in entry.authors)


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("https://other.example/a", "https://other.example/a"),
        ("//cdn.example/a", "https://cdn.example/a"),
        ("/a?b=1&amp;c=2", "https://news.example/a?b=1&c=2"),
        ("a.html", "https://news.example/world/a.html"),
        (" \n https://news.example/a\n b ", "https://news.example/ab"),
        ("https://news.example/новости", "https://news.example/новости"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("mailto:a@b.example", None),
        ("https://", None),
        ("#top", None),  # the feed itself
        ("https://[", None),
        ("https://news.example/" + "a" * 3_000, None),
    ],
)
def test_links_are_absolute_and_of_the_web(written: str, url: str | None) -> None:
    assert only(f"<item><title>x</title><link>{written}</link></item>").url == url


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Sat, 21 Nov 2026 10:30:00 +0300", datetime(2026, 11, 21, 7, 30, tzinfo=UTC)),
        ("Sat, 21 Nov 2026 07:30:00 GMT", datetime(2026, 11, 21, 7, 30, tzinfo=UTC)),
        ("2026-11-21T10:30:00+03:00", datetime(2026, 11, 21, 7, 30, tzinfo=UTC)),
        ("2026-11-21", datetime(2026, 11, 21, tzinfo=UTC)),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("Sat, 21 Nov 0026 10:00:00 GMT", None),
        ("Fri, 21 Nov 2126 10:00:00 GMT", None),
        ("yesterday", None),
        ("9" * 10_000, None),
        ("", None),
    ],
)
def test_dates_are_aware_and_believable(written: str, expected: datetime | None) -> None:
    assert only(f"<item><title>x</title><pubDate>{written}</pubDate></item>").published == expected


def test_plain_text_of_atom_becomes_html_so_that_all_texts_are_html() -> None:
    feed = parse(
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><entry><id>1</id>'
        '<content type="text">a &lt; b\nc</content></entry></feed>'
    )
    assert feed.entries[0].content == "a &lt; b\nc"


def test_the_longest_content_wins_and_is_kept_raw() -> None:
    entry = parse(
        '<rss xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><item><guid>1</guid>'
        "<description>short</description><content:encoded><![CDATA[<p>long</p><script>x</script>]]>"
        "</content:encoded></item></channel></rss>"
    ).entries[0]
    assert entry.summary == "short"
    assert entry.text == "<p>long</p><script>x</script>"


# --- identity --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inner", "identity", "url"),
    [
        ("<guid isPermaLink='false'>g7</guid><link>/a</link>", "g7", "https://news.example/a"),
        ("<guid>https://news.example/p/7</guid>", "https://news.example/p/7", "https://news.example/p/7"),
        ("<guid>7</guid>", "7", None),  # permalink by default, and no address
        ("<link>/a</link>", "https://news.example/a", "https://news.example/a"),
    ],
)
def test_an_entry_is_known_by_guid_else_link(inner: str, identity: str, url: str | None) -> None:
    entry = only(f"<item><title>x</title>{inner}</item>")
    assert (entry.identity, entry.url) == (identity, url)


def test_an_entry_without_either_is_known_by_what_it_says() -> None:
    one = only("<item><title>A  title</title><description>&lt;p&gt;Text&lt;/p&gt;</description></item>")
    same = only("<item><title>A title</title><description>&lt;div&gt;Text &lt;/div&gt;</description></item>")
    other = only("<item><title>A title</title><description>Other text</description></item>")
    assert one.identity == same.identity != other.identity
    assert one.identity.startswith("hash:")


def test_one_guid_used_for_several_links_is_told_apart() -> None:
    items = [f"<item><guid isPermaLink='false'>1</guid><link>/{name}</link></item>" for name in "aba"]
    feed = parse(rss("".join(items)))
    assert [entry.url for entry in feed.entries] == ["https://news.example/a", "https://news.example/b"]
    assert len({entry.identity for entry in feed.entries}) == 2


def test_the_same_entry_twice_is_one() -> None:
    assert len(parse(rss("<item><guid>1</guid><title>x</title></item>" * 2)).entries) == 1


# --- JSON Feed -------------------------------------------------------------------------------------


def json_feed(*items: object) -> ParsedFeed:
    document = {"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": items}
    return parse(json.dumps(document), "application/feed+json")


def test_json_text_becomes_paragraphs() -> None:
    entry = json_feed({"id": 7, "content_text": "a < b\n\nc", "title": "x < y"}).entries[0]
    assert entry.identity == "7"
    assert entry.content == "<p>a &lt; b</p><p>c</p>"
    assert entry.title == "x < y"


@pytest.mark.parametrize(
    ("declared", "code"),
    [("en-US", "en"), ("ko_KR", "ko"), ("fil", "fil"), ("DEU", "deu"), ("x", None), ("", None), (5, None)],
)
def test_json_languages_are_codes_as_in_xml(declared: object, code: str | None) -> None:
    assert json_feed({"id": 1, "title": "T", "language": declared}).entries[0].language == code


def test_json_titles_are_text_although_some_write_html() -> None:
    feed = json_feed({"id": 1, "title": "<b>Fish</b> &amp; chips <Jong>"})
    assert feed.entries[0].title == "Fish & chips <Jong>"


@pytest.mark.parametrize(
    "item",
    [
        {"id": {"a": 1}, "url": ["x"], "title": None, "authors": "me", "tags": {"a": 1}, "content_text": 5},
        {"id": "\ud800\u0000", "title": "a\u0000b\ud83d", "date_published": "soon"},
        {"id": True, "author": {"name": 3}, "date_published": "9999-12-31T23:59:59-14:00"},
        {"id": 1e400, "language": 5},
    ],
)
def test_json_of_wrong_types_is_read_as_far_as_it_goes(item: object) -> None:
    feed = json_feed(item, {"id": "good", "title": "Good"})
    assert feed.entries[-1].title == "Good"
    for entry in feed.entries:
        (entry.title + entry.identity + entry.summary + entry.content).encode()


def test_items_that_are_no_objects_are_skipped() -> None:
    assert [entry.identity for entry in json_feed(None, 3, "x", {"id": "good"}).entries] == ["good"]


# --- properties ------------------------------------------------------------------------------------


@given(st.text(alphabet="<>/&;![]CDATA \"'=itemrsslnkgudcp#x0\ud7ff\x01é", max_size=300))
def test_any_text_is_a_feed_or_a_feed_error(noise: str) -> None:
    for body in (noise, rss(noise), f'{{"items": [{{"id": "{noise}", "title": "x"}}]}}'):
        try:
            feed = parse(body)
        except FeedError as error:
            assert "\n" not in str(error)
            continue
        assert len({entry.identity for entry in feed.entries}) == len(feed.entries)
        for entry in feed.entries:
            assert entry.identity
            assert entry.fingerprint
            assert "\n" not in entry.title


def encoded_twice(title: str) -> bool:
    """UTF-8 that was taken for Latin-1 and encoded again; feedparser undoes that."""
    try:
        title.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return False
    return True


def test_text_that_was_encoded_twice_is_undone() -> None:
    assert only("<item><title>dÃ©ploiement</title><guid>1</guid></item>").title == "déploiement"


@given(
    title=st.text(alphabet=st.characters(categories=["L", "N", "Zs"], exclude_characters="\xa0"), min_size=1),
    charset=st.sampled_from(["utf-8", "utf-16"]),
)
def test_titles_come_through_whatever_the_charset(title: str, charset: str) -> None:
    assume(title.isascii() or not encoded_twice(title))
    (entry,) = parse(rss(f"<item><title>{title}</title><guid>1</guid></item>").encode(charset)).entries
    expected = unicodedata.normalize("NFC", " ".join(title.split()))
    assert entry.title == expected if len(expected) <= 500 else entry.title.endswith("…")
