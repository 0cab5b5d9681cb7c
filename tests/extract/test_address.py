from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.extract.address import canonical, host, page_address


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTPS://News.Example:443/a", "https://news.example/a"),
        ("http://news.example:80", "http://news.example/"),
        ("http://news.example:8080/a", "http://news.example:8080/a"),
        ("https://news.example/a#top", "https://news.example/a"),
        ("https://news.example/a?utm_source=rss&id=7&utm_Medium=x&b=2", "https://news.example/a?id=7&b=2"),
        ("https://news.example/a?fbclid=1", "https://news.example/a"),
        ("https://news.example/a?b=2&a=1", "https://news.example/a?b=2&a=1"),
        ("https://news.example/a?from=rss&page=2", "https://news.example/a?page=2"),
        ("https://news.example/a?from=2024", "https://news.example/a?from=2024"),
        ("https://news.example/a/amp/", "https://news.example/a"),
        ("https://news.example/a.amp.html", "https://news.example/a.html"),
        ("https://news.example/a?amp=1", "https://news.example/a"),
        ("https://news.example/a?amp=7", "https://news.example/a?amp=7"),
        ("https://news.example/amp", "https://news.example/amp"),
        ("https://www.google.com/amp/s/news.example/a", "https://news.example/a"),
        ("https://news-example.cdn.ampproject.org/c/s/news.example/a", "https://news.example/a"),
        ("https://news.example/%e5%8c%97", "https://news.example/%E5%8C%97"),
        ("https://news.example/北", "https://news.example/%E5%8C%97"),
        ("https://news.example/%7euser", "https://news.example/~user"),
        ("https://news.example/a b", "https://news.example/a%20b"),
        ("https://news.example/100%", "https://news.example/100%25"),
        ("https://Пример.испытание/а", "https://xn--e1afmkfd.xn--80akhbyknj4f/%D0%B0"),
        ("  https://news.example/a\n", "https://news.example/a"),
        ("https://news.example/a\x00b", "https://news.example/ab"),
        ("http://[2001:DB8::1]:8080/a", "http://[2001:db8::1]:8080/a"),
        ("https://news.example:port/a", "https://news.example:port/a"),
        ("mailto:desk@news.example", "mailto:desk@news.example"),
        ("http://[", "http://["),
        ("/relative", "/relative"),
        ("", ""),
    ],
)
def test_one_form(url: str, expected: str) -> None:
    assert canonical(url) == expected


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("http://news.example/a", "https://news.example/a"),
        ("https://m.news.example/a", "https://www.news.example/a"),
        ("https://news.example/a", "https://news.example/a/"),
        ("https://news.example/A", "https://news.example/a"),
    ],
)
def test_pages_that_may_differ_stay_apart(first: str, second: str) -> None:
    assert canonical(first) != canonical(second)


_PIECES = st.sampled_from(
    [
        "a",
        "amp",
        "AMP",
        ".amp",
        ".html",
        "%7e",
        "%",
        "%2f",
        "й",
        " ",
        "?",
        "&",
        "=",
        "#",
        "/",
        ":",
        "@",
        "utm_x",
        "\x01",
    ]
)


@given(st.text(max_size=40) | st.lists(_PIECES, max_size=14).map("".join))
def test_canonical_is_idempotent(tail: str) -> None:
    for url in (
        f"https://news.example/{tail}",
        f"https://{tail}",
        tail,
        f"https://www.google.com/amp/s/n.example/{tail}",
    ):
        assert canonical(canonical(url)) == canonical(url)


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://news.example/a?utm_source=rss", "https://news.example/a"),
        (
            "https://www.google.com/url?rct=j&url=https%3A%2F%2Fnews.example%2Fa&ct=ga",
            "https://news.example/a",
        ),
        ("http://us.rd.yahoo.com/news/*https://news.example/a", "https://news.example/a"),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("", None),
        (None, None),
        ("https://news.example/" + "a" * 5000, None),
    ],
)
def test_where_a_page_is_fetched(link: str | None, expected: str | None) -> None:
    assert page_address(link) == expected


def test_nested_wrappers_end() -> None:
    link = "https://news.example/a"
    for _ in range(3):
        link = "https://www.google.com/url?url=" + link.replace("%", "%25").replace(":", "%3A").replace(
            "&", "%26"
        ).replace("?", "%3F").replace("=", "%3D")
    assert page_address(link) == "https://news.example/a"


@pytest.mark.parametrize(("url", "expected"), [("https://www.News.example:81/a", "news.example"), ("x", "")])
def test_host_names_a_source(url: str, expected: str) -> None:
    assert host(url) == expected
