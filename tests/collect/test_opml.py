"""Subscription lists in and out."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect import opml
from monitor.collect.opml import OpmlFeed, read_opml, write_opml
from monitor.errors import InvalidInput

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
    read = {feed.url: feed for feed in read_opml(write_opml(feeds).encode())}
    assert read[A] == OpmlFeed(A, 'R&D <"now">', ("wire", "war", "a b"))  # a comma separates categories
    assert read[B].title == B
    assert read[feeds[2].url].tags == ("wire",)


@given(
    st.lists(
        st.builds(
            OpmlFeed,
            st.integers(0, 99).map(lambda n: f"https://a.example/{n}"),
            st.text(alphabet=st.characters(categories=["L", "N", "P"]), min_size=1, max_size=20),
            st.lists(st.text(alphabet="abcшü", min_size=1, max_size=5), max_size=3, unique=True).map(tuple),
        ),
        max_size=8,
        unique_by=lambda feed: feed.url,
    )
)
def test_round_trip(feeds: list[OpmlFeed]) -> None:
    expected = {(f.url, unicodedata.normalize("NFC", f.title), f.tags) for f in feeds}
    got = {(f.url, f.title, f.tags) for f in read_opml(write_opml(feeds).encode())}
    assert {(u, t, tuple(unicodedata.normalize("NFC", x) for x in g)) for u, t, g in expected} == got
