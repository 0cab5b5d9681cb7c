"""From damaged text to XML that a strict parser takes."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.repair import MAX_ENTRIES, repair
from monitor.errors import FeedError


def rss(inner: str) -> str:
    return f"<rss><channel>{inner}</channel></rss>"


def item(title: str) -> str:
    return f"<item><title>{title}</title></item>"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("AT&T & co", "AT&T & co"),
        ("a&nbsp;b &mdash; &eacute;", "a\u00a0b — é"),
        ("&lt;b&gt; &amp;amp; &quot;", '<b> &amp; "'),
        ("&LT;script>", "<script>"),  # a name of HTML whose character is XML's own
        ("&nosuchname; &#8212; &#x2014;", "&nosuchname; — —"),
        ("zero&#0; bell&#x7; surrogate&#xD800; far&#99999999;", "zero bell surrogate far"),
        ("<![CDATA[AT&T &nbsp; <b>]]>", "AT&T &nbsp; <b>"),
        ("<!-- a & b -->c & d", "c & d"),
        ("bell\x07 null\x00 end", "bell null end"),
        ("/?a=1&copy=2&b=3", "/?a=1&copy=2&b=3"),
    ],
)
def test_references(written: str, read: str) -> None:
    root = ElementTree.fromstring(repair(rss(item(written))).text)
    assert root.findtext(".//item/title") == read


@pytest.mark.parametrize(
    "before",
    [
        "",
        "\ufeff \n",
        '<?xml version="1.0" encoding="koi8-r"?>\n<?xml-stylesheet href="a.xsl"?>',
        "<!-- made by <rss> machine -->",
        '<!DOCTYPE rss PUBLIC "-//N//DTD RSS 0.91//EN" "http://dtd.example/rss>0.91.dtd">',
        '<!DOCTYPE rss [<!ENTITY a "]>"><!-- ]> --><!ENTITY b "&a;&a;">]>',
        "Warning: mysql_connect(): too many connections <br />\n",
    ],
)
def test_whatever_stands_before_the_root_is_left_out(before: str) -> None:
    assert repair(before + rss(item("x"))).text == rss(item("x"))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("hello", "neither XML nor JSON"),
        ("<html><body>x</body></html>", "HTML page"),
        ("<!DOCTYPE html><HTML><p>", "HTML page"),
        ("<!DOCTYPE html><meta charset=utf-8><title>x</title>", "HTML page"),
        ("<div>404</div>", "HTML page"),
        ("<opml></opml>", "root element is <opml>"),
        ('<!DOCTYPE rss [<!ENTITY a "b">' + "x" * 100, "never ends"),
    ],
)
def test_what_is_no_feed_says_what_it_is(text: str, why: str) -> None:
    with pytest.raises(FeedError, match=why):
        repair(text)


def test_a_cut_off_document_loses_its_last_item_only() -> None:
    whole = rss(item("one") + item("two") + item("three"))
    for cut in range(whole.index("three"), whole.index("</rss>")):
        repaired = repair(whole[:cut])
        titles = [node.text for node in ElementTree.fromstring(repaired.text).iter("title")]
        expected = ["one", "two"] if cut < whole.index("</channel>") else ["one", "two", "three"]
        assert titles == expected
        assert any("cut off" in wrong for wrong in repaired.wrong)


def test_a_document_cut_in_its_closing_tag_keeps_everything() -> None:
    whole = "<feed><entry><title>a</title></entry></feed>"
    assert repair(whole[:-1]).text == whole


def test_entries_beyond_the_limit_are_left_out() -> None:
    repaired = repair(rss("".join(item(str(n)) for n in range(MAX_ENTRIES + 2))))
    titles = [node.text for node in ElementTree.fromstring(repaired.text).iter("title")]
    assert titles == [str(n) for n in range(MAX_ENTRIES)]
    assert repaired.wrong == ("more than 5,000 entries, the rest left out",)


def test_exactly_the_limit_is_fine() -> None:
    assert repair(rss(item("x") * MAX_ENTRIES)).wrong == ()


def test_items_outside_the_channel_are_closed_as_their_root_wants() -> None:
    text = '<r:RDF xmlns:r="u"><channel></channel>' + item("a") + "<item><ti"
    assert repair(text).text.endswith(item("a") + "</r:RDF>")


def test_a_well_formed_document_is_left_as_it_is() -> None:
    text = rss(item("a &amp; b") + item("<![CDATA[c]]>"))
    assert repair(text) == type(repair(text))(text, ())


@given(st.text(alphabet="<>&;!-[]CDATA/\"'? rsiteml#x0\x00", max_size=200))
def test_never_fails_but_for_a_feed_error(noise: str) -> None:
    for text in (noise, rss(noise)):
        try:
            repair(text)
        except FeedError as error:
            assert "\n" not in str(error)
