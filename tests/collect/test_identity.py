"""When two entries are the same, and when one has changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.collect.identity import fingerprint, title_key, told_apart, url_key
from monitor.model import Entry

REPORT = Entry("1", title="12,000 troops sent to Kursk", content="<p>The ministry said so on Friday.</p>")


@pytest.mark.parametrize(
    "other",
    [
        replace(REPORT, title="12,000 Troops Sent to Kursk!"),
        replace(REPORT, content="<div>\n The ministry  said so on Friday.</div><img src='pixel?r=17'>"),
        replace(REPORT, content=REPORT.content + "<p>7 comments</p>"),
        replace(REPORT, content=REPORT.content + "<p>1,204 views</p><p>Shares: 12</p>"),
        replace(REPORT, content="<small>3 min read</small>" + REPORT.content),
        replace(REPORT, content="<script>var seen = 5;</script>" + REPORT.content + "<!-- built 08:15 -->"),
        replace(REPORT, identity="2", url="https://x.example/", tags=("war",)),
    ],
)
def test_what_says_the_same_has_the_same_fingerprint(other: Entry) -> None:
    assert fingerprint(other) == fingerprint(REPORT)


@pytest.mark.parametrize(
    "other",
    [
        replace(REPORT, title="15,000 troops sent to Kursk"),
        replace(REPORT, content="<p>The ministry denied it on Friday.</p>"),
        replace(REPORT, content=REPORT.content + "<p>More will follow.</p>"),
        replace(REPORT, content=REPORT.content + "<p>15 died.</p>"),
        replace(REPORT, content=""),
    ],
)
def test_what_says_something_else_has_another(other: Entry) -> None:
    assert fingerprint(other) != fingerprint(REPORT)


def test_a_count_in_the_midst_of_a_long_text_is_news() -> None:
    filler = "<p>" + "The ministry said so on Friday. " * 20 + "</p>"
    one, two = (replace(REPORT, content=f"{filler}<p>It got {n} votes.</p>{filler}") for n in (7, 8))
    assert fingerprint(one) != fingerprint(two)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://news.example/a", "https://news.example/a"),
        ("https://www.news.example/a/", "https://news.example/a"),
        ("https://news.example:443/a", "https://NEWS.example/a"),
        ("https://news.example/a?id=7&utm_source=rss&utm_medium=feed", "https://news.example/a?id=7"),
        ("https://news.example/a?fbclid=x#utm_campaign=y", "https://news.example/a"),
        ("https://news.example/a?from=rss", "https://news.example/a"),
    ],
)
def test_addresses_of_one_page(one: str, other: str) -> None:
    assert url_key(one) == url_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://news.example/a?id=7", "https://news.example/a?id=8"),
        ("https://news.example/live#post-7", "https://news.example/live#post-8"),
        ("https://news.example/a", "https://news.example/A"),
        ("https://news.example/a", "https://m.news.example/a"),
    ],
)
def test_addresses_of_different_pages(one: str, other: str) -> None:
    assert url_key(one) != url_key(other)


def test_no_address_has_no_key() -> None:
    assert url_key(None) is None
    assert url_key("") is None


def test_short_titles_name_too_many_things_to_be_a_key() -> None:
    assert title_key("In brief") is None
    assert title_key("Weather") is None
    assert title_key("Troops sent to Kursk") == title_key("Troops  sent to KURSK.")


def test_entries_of_one_guid_and_different_links_are_told_apart() -> None:
    entries = [Entry("1", url="a"), Entry("1", url="b"), Entry("1", url="a"), Entry("2", url="a")]
    assert [e.identity for e in told_apart(entries)] == ["1 a", "1 b", "2"]
