"""Every format of feeds, as its own standard writes it and as publishers do: prefixes, bases, links, enclosures."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.collect.parse import parse_feed
from monitor.model import Entry, ParsedFeed

URL = "https://news.example/world/feed"
DATE = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
SAID = "Sappers & builders leave"


def parse(document: str, url: str = URL) -> ParsedFeed:
    return parse_feed(document.encode(), "", url)


def only(document: str, url: str = URL) -> Entry:
    (entry,) = parse(document, url).entries
    return entry


def rss(version: str, item: str) -> str:
    return f"""<?xml version="1.0"?><rss version="{version}"><channel><title>Border</title>
      <link>https://news.example/</link><description>d</description><language>en</language>
      <item><title>Sappers &amp; builders leave</title><link>https://news.example/a</link>{item}</item>
      </channel></rss>"""


RDF = """<?xml version="1.0"?><{p}:RDF xmlns:{p}="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="{ns}"
      xmlns:w="http://purl.org/dc/elements/1.1/"><channel><title>Border</title><link>https://news.example/</link>
      </channel><item><title>Sappers &amp; builders leave</title><link>https://news.example/a</link>{inner}</item>
      </{p}:RDF>"""

ATOM03 = """<?xml version="1.0"?><f:feed version="0.3" xmlns:f="http://purl.org/atom/ns#"><f:title>Border</f:title>
      <f:entry><f:id>tag:a</f:id><f:title mode="escaped">Sappers &amp;amp; builders leave</f:title>
      <f:link rel="alternate" type="text/html" href="https://news.example/a"/>
      <f:issued>2026-11-21T07:30:00Z</f:issued></f:entry></f:feed>"""

ATOM10 = """<?xml version="1.0"?><a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:title>Border</a:title>
      <a:entry><a:id>tag:a</a:id><a:title type="html"><![CDATA[Sappers &amp; builders leave]]></a:title>
      <a:link href="https://news.example/a"/><a:published>2026-11-21T08:30:00+01:00</a:published></a:entry></a:feed>"""

JSON = """{{"version": "https://jsonfeed.org/version/{v}", "title": "Border",
      "items": [{{"id": "a",
      "url": "https://news.example/a",
      "title": "Sappers & builders leave", "date_published": "2026-11-21T07:30:00Z"}}]}}"""

DATED = "<pubDate>Sat, 21 Nov 2026 07:30:00 GMT</pubDate>"


@pytest.mark.parametrize(
    ("document", "name", "published"),
    [
        (RDF.format(p="r", ns="http://my.netscape.com/rdf/simple/0.9/", inner=""), "RSS 0.90", None),
        (rss("0.91", DATED), "RSS 0.91", DATE),
        (rss("0.92", "<category domain='x'>war</category>" + DATED), "RSS 0.92", DATE),
        (
            rss("0.93", "<expirationDate>Sat, 28 Nov 2026 07:30:00 GMT</expirationDate>" + DATED),
            "RSS 0.93",
            DATE,
        ),
        (rss("0.94", DATED), "RSS 0.94", DATE),
        (
            RDF.format(p="x", ns="http://purl.org/rss/1.0/", inner="<w:date>2026-11-21T07:30Z</w:date>"),
            "RSS 1.0",
            DATE,
        ),
        (rss("2.0", DATED), "RSS 2.0", DATE),
        (rss("2.0.1", DATED), "RSS 2.0", DATE),
        (ATOM03, "Atom 0.3", DATE),
        (ATOM10, "Atom 1.0", DATE),
        (JSON.format(v="1"), "JSON Feed 1.0", DATE),
        (JSON.format(v="1.1"), "JSON Feed 1.1", DATE),
    ],
)
def test_every_version_is_known_and_gives_the_same(
    document: str, name: str, published: datetime | None
) -> None:
    feed = parse(document)
    (entry,) = feed.entries
    assert (feed.format, feed.title, feed.salvaged) == (name, "Border", None)
    assert (entry.title, entry.url, entry.published) == (SAID, "https://news.example/a", published)


def test_an_rss_feed_without_a_version_is_still_rss() -> None:
    assert parse(rss("", DATED).replace(' version=""', "")).format == "RSS"


# --- modules, under whatever prefix ----------------------------------------------------------------

MODULES = (
    'xmlns:c0="http://purl.org/rss/1.0/modules/content/" xmlns:d="http://purl.org/dc/elements/1.1/" '
    'xmlns:m="http://search.yahoo.com/mrss/" xmlns:at="http://www.w3.org/2005/Atom" '
    'xmlns:t="http://purl.org/dc/terms/"'
)


def modular(item: str) -> Entry:
    return only(f'<rss version="2.0" {MODULES}><channel><title>x</title><item>{item}</item></channel></rss>')


def test_modules_are_known_by_their_namespace_whatever_their_prefix() -> None:
    entry = modular(
        "<title>x</title><link>/a</link><description>short</description><d:creator>Ann Roe</d:creator>"
        "<d:date>2026-11-21T07:30:00Z</d:date><d:subject>war</d:subject>"
        "<c0:encoded><![CDATA[<p>All of it & more.</p>]]></c0:encoded>"
    )
    assert entry.content == "<p>All of it & more.</p>"
    assert (entry.summary, entry.authors, entry.tags) == ("short", ("Ann Roe",), ("war",))
    assert entry.published == DATE


@pytest.mark.parametrize(
    "written",
    [
        "<title>The report</title><m:title>A photograph</m:title>",
        "<m:group><m:content url='v.mp4'><m:title>A film</m:title></m:content></m:group><title>The report</title>",
        "<title>The report</title><m:content url='p.jpg'><m:title>A photograph</m:title>"
        "<m:description>Seen from above</m:description></m:content><description>Text</description>",
    ],
    ids=["after", "before", "described"],
)
def test_what_media_say_of_themselves_is_not_what_the_article_says(written: str) -> None:
    entry = modular(written + "<link>/a</link>")
    assert entry.title == "The report"
    assert "above" not in entry.text


@pytest.mark.parametrize("order", [1, -1])
def test_the_words_under_a_photograph_do_not_hide_the_article_s(order: int) -> None:
    parts = [
        "<description>Text</description>",
        "<m:description type='plain'>Seen from above, over the bay</m:description>",
    ]
    entry = modular("<title>x</title>" + "".join(parts[::order]))
    assert (entry.summary, entry.content) == ("Text", "")


def test_where_nothing_else_is_said_the_words_under_a_film_are_the_text() -> None:
    entry = modular("<title>x</title><m:group><m:description>What the film shows</m:description></m:group>")
    assert entry.text == "What the film shows"


def test_the_link_of_an_item_is_not_the_address_of_its_media() -> None:
    entry = modular(
        "<title>x</title><m:thumbnail url='https://cdn.example/t.jpg'/><m:content url='https://cdn.example/p.jpg'/>"
        "<enclosure url='https://cdn.example/a.mp3' type='audio/mpeg' length='1'/><link>https://news.example/a</link>"
    )
    assert entry.url == "https://news.example/a"


def test_an_item_with_nothing_but_an_enclosure_is_an_entry() -> None:
    entry = modular("<enclosure url='https://cdn.example/a.mp3' type='audio/mpeg' length='1'/>")
    assert entry.url == "https://cdn.example/a.mp3"
    assert entry.identity


# --- links -----------------------------------------------------------------------------------------


def atom(inner: str, attributes: str = "") -> str:
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}><title>x</title>'
        f"<entry><id>tag:a</id><title>x</title>{inner}</entry></feed>"
    )


@pytest.mark.parametrize(
    ("links", "url"),
    [
        ("<link href='/a'/>", "https://news.example/a"),
        ("<link rel='self' href='/self'/><link rel='alternate' href='/a'/>", "https://news.example/a"),
        ("<link rel='enclosure' href='/p.jpg'/><link href='/a'/>", "https://news.example/a"),
        (
            "<link rel='alternate' type='text/html' href='/a'/><link rel='replies' href='/replies'/>"
            "<link rel='via' href='https://wire.example/a'/>",
            "https://news.example/a",
        ),
        (
            "<link rel='related' href='https://other.example/b'/><link rel='alternate' href='/a'/>",
            "https://news.example/a",
        ),
        (
            "<link rel='http://www.iana.org/assignments/relation/alternate' href='/a'/>",
            "https://news.example/a",
        ),
    ],
)
def test_of_several_links_the_article_s_own_is_taken(links: str, url: str) -> None:
    assert only(atom(links)).url == url


@pytest.mark.parametrize(
    ("attributes", "link", "url"),
    [
        ("xml:base='https://base.example/x/'", "<link href='a'/>", "https://base.example/x/a"),
        ("xml:base='/x/'", "<link href='a'/>", "https://news.example/x/a"),
        (
            "xml:base='https://base.example/x/'",
            "<link xml:base='y/' href='a'/>",
            "https://base.example/x/y/a",
        ),
        (
            "xml:base='https://base.example/x/'",
            "<link href='https://news.example/a'/>",
            "https://news.example/a",
        ),
        ("xml:base='javascript:alert(1)//'", "<link href='/a'/>", "https://news.example/a"),
    ],
)
def test_relative_links_have_the_base_that_is_declared(attributes: str, link: str, url: str) -> None:
    assert only(atom(link, attributes)).url == url


def test_rss_has_a_base_too() -> None:
    document = rss("2.0", "").replace("<item>", "<item xml:base='https://base.example/x/'>")
    assert only(document.replace("<link>https://news.example/a", "<link>a")).url == "https://base.example/x/a"


def test_the_article_at_its_publisher_is_told_from_where_an_aggregator_keeps_it() -> None:
    entry = only(
        rss("2.0", "<f:origLink>https://paper.example/a</f:origLink>").replace(
            "<rss", "<rss xmlns:f='http://rssnamespace.org/feedburner/ext/1.0'"
        )
    )
    assert entry.url == "https://news.example/a"


# --- text ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (
            '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>A <b>b</b></p></div></content>',
            "<p>A <b>b</b></p>",
        ),
        (
            '<content type="xhtml" xmlns:h="http://www.w3.org/1999/xhtml"><h:div><h:p>A</h:p></h:div></content>',
            "<p>A</p>",
        ),
        ('<content type="html">&lt;p&gt;A &amp;amp; B&lt;/p&gt;</content>', "<p>A &amp; B</p>"),
        ('<content type="html"><![CDATA[<p>A &amp; B</p>]]></content>', "<p>A &amp; B</p>"),
        ("<content>A &amp;lt; B</content>", "A &lt; B"),
        ('<summary type="text">1 &lt; 2</summary>', "1 &lt; 2"),
    ],
)
def test_texts_of_atom_are_html_whatever_their_type(content: str, text: str) -> None:
    assert text in only(atom(content)).text


@pytest.mark.parametrize(
    ("document", "language"),
    [
        (rss("2.0", DATED), "en"),
        (rss("2.0", DATED).replace("<item>", "<item xml:lang='ko'>"), "ko"),
        (atom("", "xml:lang='ru-RU'"), "ru"),
        (RDF.format(p="r", ns="http://purl.org/rss/1.0/", inner="<w:language>fr-CA</w:language>"), "fr"),
    ],
)
def test_an_entry_has_its_own_language_or_its_feed_s(document: str, language: str) -> None:
    assert only(document).language == language
