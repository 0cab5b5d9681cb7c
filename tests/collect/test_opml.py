"""Subscription lists in and out."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.collect import opml
from monitor.collect.opml import OpmlFeed, read_opml, read_subscriptions, write_opml
from monitor.errors import InvalidInput
from monitor.text import one_line

A, B = "https://a.example/rss", "https://b.example/rss"


def listed(body: str) -> bytes:
    return f'<?xml version="1.0"?><opml version="2.0"><head/><body>{body}</body></opml>'.encode()


def test_folders_and_categories_become_tags() -> None:
    body = f"""
      <outline text="World">
        <outline text="Asia" title="East Asia">
          <outline type="rss" text="A" xmlUrl="{A}" category="/wire/,war"/>
        </outline>
      </outline>
      <outline text="B" xmlUrl="{B}"/>"""
    assert read_opml(listed(body)) == [
        OpmlFeed(A, "A", ("World", "East Asia", "wire", "war")),
        OpmlFeed(B, "B", ()),
    ]


def test_a_feed_in_two_folders_is_one_feed_with_both_tags() -> None:
    one, two = f'<outline xmlUrl="{A}"/>', f'<outline text="A" xmlUrl="{A}"/>'
    body = f'<outline text="X">{one}</outline><outline text="Y">{two}</outline>'
    assert read_opml(listed(body)) == [OpmlFeed(A, "A", ("X", "Y"))]


@pytest.mark.parametrize(
    "outline",
    [
        '<outline text="folder"/>',
        '<outline type="link" url="https://a.example/"/>',
        '<outline type="include" url="https://a.example/other.opml"/>',
        '<outline xmlUrl="javascript:alert(1)"/>',
        '<outline xmlUrl="file:///etc/passwd"/>',
        '<outline xmlUrl="/relative"/>',
        '<outline xmlUrl=""/>',
        "<other/><!-- comment --><?pi?>",
    ],
)
def test_what_is_no_feed_is_passed_over(outline: str) -> None:
    assert read_opml(listed(outline)) == []


def test_bare_ampersands_in_addresses_are_read() -> None:
    (feed,) = read_opml(listed('<outline text="R&D" xmlUrl="https://a.example/?a=1&b=2"/>'))
    assert feed.url == "https://a.example/?a=1&b=2"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not OPML"),
        (b"\x00\xff", "not OPML"),
        (b"<html></html>", "root element is not <opml>"),
        (b"<opml><head/></opml>", "without a <body>"),
    ],
)
def test_what_is_no_list_is_said(data: bytes, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        read_opml(data)


def test_entities_are_not_expanded() -> None:
    entities = '<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">'
    body = f'<opml><body><outline text="x&b;y&f;&amp;" xmlUrl="{A}"/></body></opml>'
    assert read_opml(f"<!DOCTYPE opml [{entities}]>{body}".encode()) == [OpmlFeed(A, "x&b;y&f;&")]


def test_a_million_outlines_are_refused() -> None:
    outline = '<outline xmlUrl="https://a/{}"/>'
    many = listed("".join(outline.format(n) for n in range(opml.MAX_FEEDS + 1)))
    with pytest.raises(InvalidInput, match="more than 200,000 feeds"):
        read_opml(many)


def test_a_file_of_more_than_the_limit_is_refused_unread() -> None:
    with pytest.raises(InvalidInput, match="larger than 32 MB"):
        read_opml(b"<" * (opml.MAX_BYTES + 1))


def test_folders_nested_too_deep_are_refused() -> None:
    deep = '<outline text="x">' * 40 + "</outline>" * 40
    with pytest.raises(InvalidInput, match="nested more than 32 deep"):
        read_opml(listed(deep))


def test_a_list_that_was_written_reads_the_same() -> None:
    feeds = [
        OpmlFeed(A, 'R&D <"now">', ("wire", "war", "a,b")),
        OpmlFeed(B, "", ()),
        OpmlFeed("https://c.example/?a=1&b=новости", "C", ("wire",)),
    ]
    assert {feed.url: feed for feed in read_opml(write_opml(feeds).encode())} == {f.url: f for f in feeds}


# As the store holds them: one clean line each.
NAMES = st.text(max_size=20).map(one_line)
TAGS = st.lists(NAMES.filter(bool), max_size=4, unique=True).map(tuple)


@given(
    st.lists(
        st.builds(OpmlFeed, st.integers(0, 99).map(lambda n: f"https://a.example/?n={n}&x=ж"), NAMES, TAGS),
        max_size=8,
        unique_by=lambda feed: feed.url,
    )
)
@example([OpmlFeed(A, "]]>&amp;<a", ("a,b", "/c/", "d/e", '"', "é", "\u202eb", "0"))])
def test_round_trip(feeds: list[OpmlFeed]) -> None:
    again = read_opml(write_opml(feeds).encode())
    assert sorted(again, key=lambda feed: feed.url) == sorted(feeds, key=lambda feed: feed.url)


def test_folders_are_nested_and_shared() -> None:
    written = write_opml([OpmlFeed(A, "A", ("World", "Asia")), OpmlFeed(B, "", ("World",))])
    assert (
        written
        == f"""<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0">
  <head>
    <title>Feeds</title>
  </head>
  <body>
    <outline text="World">
      <outline text="Asia">
        <outline type="rss" text="A" xmlUrl="{A}" />
      </outline>
      <outline type="rss" text="{B}" xmlUrl="{B}" />
    </outline>
  </body>
</opml>
"""
    )


def test_more_tags_than_folders_may_be_nested_do_not_make_a_list_that_cannot_be_read() -> None:
    (feed,) = read_opml(write_opml([OpmlFeed(A, "A", tuple(map(str, range(50))))]).encode())
    assert feed.tags == tuple(map(str, range(opml.MAX_DEPTH - 1)))


@pytest.mark.parametrize(
    ("document", "read"),
    [
        (  # OPML 1.0, attributes in the spelling of its time
            f'<opml version="1.0"><body><outline text="A" type="rss" xmlurl="{A}" htmlurl="https://a.example"/></body></opml>',
            [OpmlFeed(A, "A")],
        ),
        (  # 1.1: only a title, and the type says which kind of feed
            f'<opml version="1.1"><body><outline title="A" type="atom" xmlURL="{A}"/></body></opml>',
            [OpmlFeed(A, "A")],
        ),
        (  # a mail program: the feed stands in a folder that is its account
            f'<opml version="1.0" xmlns:fz="urn:forumzilla:"><body><outline type="rss" text="A" fz:quickMode="false">'
            f'<outline type="rss" title="A" text="A" xmlUrl="{A}" htmlUrl="https://a.example"/></outline></body></opml>',
            [OpmlFeed(A, "A", ("A",))],
        ),
        (  # names in capitals, elements in a namespace of their own
            f'<OPML xmlns="urn:x"><BODY><OUTLINE TEXT="Asia"><OUTLINE TEXT="A" XMLURL="{A}"/></OUTLINE></BODY></OPML>',
            [OpmlFeed(A, "A", ("Asia",))],
        ),
        (  # settings of a reader beside its feeds, and a feed whose address is called url
            f'<opml version="2.0"><body><outline text="prefs"><outline text="KEY" value="1"/></outline>'
            f'<outline text="A" type="rss" url="{A}"/></body></opml>',
            [OpmlFeed(A, "A")],
        ),
        (
            f'<opml version="2.0"><body><outline text="{A}" title="" xmlUrl=" {A} "/></body></opml>',
            [OpmlFeed(A)],  # its address is no name
        ),
    ],
    ids=["1.0", "1.1", "mail program", "capitals", "settings", "unnamed"],
)
def test_dialects(document: str, read: list[OpmlFeed]) -> None:
    assert read_opml(document.encode()) == read


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "windows-1251"])
def test_charsets(charset: str) -> None:
    outlines = f'<outline text="Война"><outline text="Курск" xmlUrl="{A}"/></outline>'
    document = f'<?xml version="1.0" encoding="{charset}"?><opml><body>{outlines}</body></opml>'
    assert read_opml(document.encode(charset)) == [OpmlFeed(A, "Курск", ("Война",))]


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("feed://a.example/rss", "http://a.example/rss"),
        ("feed:https://a.example/rss", A),
        ("FEED:http://a.example/rss", "http://a.example/rss"),
        ("itpc://a.example/rss", "http://a.example/rss"),
        (" https://a.example/rss\n", A),
    ],
)
def test_addresses_of_readers_are_repaired(written: str, url: str) -> None:
    assert read_opml(listed(f'<outline xmlUrl="{written}"/>')) == [OpmlFeed(url)]


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", "file:///etc/passwd", "/relative", "a.example/rss"]
)
def test_what_cannot_be_polled_is_said(target: str) -> None:
    found = read_subscriptions(listed(f'<outline text="x" xmlUrl="{target}"/><outline xmlUrl="{A}"/>'))
    assert found.feeds == (OpmlFeed(A),)
    assert found.refused == (f"{target!r} is no address of a feed",)
