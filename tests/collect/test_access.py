"""How feeds of one's own are asked: which request carries which secret, and that none is ever shown."""

from __future__ import annotations

from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.access import (
    FeedAccess,
    Proxy,
    basic,
    check_cookie,
    check_header,
    feed_access,
    read_cookies,
    read_proxy,
)

FEED = "https://feeds.news.example/rss"


def access(url: str = FEED) -> FeedAccess:
    found = feed_access(
        url, username="anna", password="pässword:1", headers={"X-Key": "k"}, cookies={"a": "1", "b": "2"}
    )
    assert found is not None
    return found


PASSWORD = {"Authorization": "Basic YW5uYTpww6Rzc3dvcmQ6MQ=="}  # base64 of `anna:pässword:1` in UTF-8
REST = {"X-Key": "k", "Cookie": "a=1; b=2"}


@pytest.mark.parametrize(
    ("feed", "target", "carried"),
    [
        (FEED, FEED, {**PASSWORD, **REST}),
        (FEED, "https://feeds.news.example:443/other?x=1", {**PASSWORD, **REST}),
        (FEED, "https://FEEDS.news.example/", {**PASSWORD, **REST}),
        (FEED, "https://www.news.example/page", REST),
        (FEED, "https://news.example/page", REST),
        (FEED, "http://feeds.news.example/rss", {}),  # another scheme
        (FEED, "https://feeds.news.example:8443/rss", {}),  # another port
        (FEED, "https://other.example/", {}),
        (FEED, "https://feeds.news.example.evil.example/", {}),
        (FEED, "https://evilnews.example/", {}),
        ("https://alice.github.io/rss", "https://bob.github.io/", {}),  # handed out to strangers
        ("https://a.co.uk/rss", "https://b.co.uk/", {}),
        ("https://github.io/rss", "https://bob.github.io/", {}),
        ("http://192.0.2.1/rss", "http://192.0.2.1/page", {**PASSWORD, **REST}),
        ("http://192.0.2.1/rss", "http://203.0.2.1/page", {}),
        ("http://intranet/rss", "http://intranet/page", {**PASSWORD, **REST}),
        ("http://intranet/rss", "http://extranet/page", {}),
        ("https://новости.рф/rss", "https://xn--b1amnebsh.xn--p1ai/page", {**PASSWORD, **REST}),
        ("https://новости.рф/rss", "https://www.xn--b1amnebsh.xn--p1ai/page", REST),
    ],
)
def test_who_is_told_what(feed: str, target: str, carried: dict[str, str]) -> None:
    assert access(feed).secrets_for(target) == carried


@given(st.text(st.characters(codec="utf-8", exclude_characters=":")), st.text(st.characters(codec="utf-8")))
def test_name_and_password_arrive_as_they_were_written(name: str, password: str) -> None:
    said = b64decode(basic(name, password).removeprefix("Basic ")).decode()
    assert said == f"{name}:{password}"


def test_an_authorization_of_ones_own_stays_with_the_feeds_origin() -> None:
    found = feed_access(FEED, headers={"authorization": "Bearer t", "X-Key": "k"})
    assert found is not None
    assert found.secrets_for(FEED) == {"Authorization": "Bearer t", "X-Key": "k"}
    assert found.secrets_for("https://www.news.example/") == {"X-Key": "k"}


def test_a_feed_like_any_other_needs_no_access() -> None:
    assert feed_access(FEED) is None
    assert feed_access(FEED, robots=False) == FeedAccess(FEED, robots=False)
    assert feed_access(FEED, proxy="direct") == FeedAccess(FEED, direct=True)


def test_words_for_it_hold_no_secret() -> None:
    found = feed_access(
        FEED,
        username="anna",
        password="CANARY",
        headers={"X": "CANARY"},
        cookies={"c": "CANARY"},
        proxy="http://anna:CANARY@proxy.example:3128",
    )
    for words in (repr(found), str(found), f"{found}"):
        assert FEED in words
        assert "CANARY" not in words
        assert basic("anna", "CANARY") not in words


@pytest.mark.parametrize(
    ("written", "proxy"),
    [
        ("http://proxy.example:3128", Proxy("http://proxy.example:3128")),
        ("http://proxy.example", Proxy("http://proxy.example")),
        ("https://proxy.example/", Proxy("https://proxy.example")),
        ("http://10.0.0.1:3128", Proxy("http://10.0.0.1:3128")),
        ("http://[fd00::1]:3128", Proxy("http://[fd00::1]:3128")),
        ("http://anna:s%40crt@proxy.example:3128", Proxy("http://proxy.example:3128", "Basic YW5uYTpzQGNydA==")),
    ],
)  # fmt: skip
def test_addresses_of_proxies(written: str, proxy: Proxy) -> None:
    found = read_proxy(written)
    assert (found.url, found.authorization) == (proxy.url, proxy.authorization)


@pytest.mark.parametrize(
    "written",
    ["proxy.example:3128", "ftp://proxy.example", "http://", "http://[", "http://proxy.example/path",
     "socks5://anna:CANARY@proxy.example:1080", "ftp://anna:CANARY@proxy.example", "http://a:CANARY@p:99999"],
)  # fmt: skip
def test_what_is_no_address_of_a_proxy(written: str) -> None:
    with pytest.raises(ValueError, match=r"write http://proxy\.example:3128") as caught:
        read_proxy(written)
    assert "CANARY" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Key", "abc"),
        ("Authorization", "Bearer a.b-c=="),
        ("Referer", "https://x.example/"),
        ("X-Empty", ""),
    ],
)
def test_headers_that_may_be_set(name: str, value: str) -> None:
    check_header(name, value)


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("Host", "CANARY", "connection's own"),
        ("content-length", "CANARY", "connection's own"),
        ("Transfer-Encoding", "CANARY", "connection's own"),
        ("Proxy-Authorization", "CANARY", "connection's own"),
        ("Accept-Encoding", "CANARY", "connection's own"),
        ("If-None-Match", "CANARY", "connection's own"),
        ("Cookie", "CANARY", "cookies = "),
        ("User-Agent", "CANARY", "user_agent = "),
        ("X Key", "CANARY", "no name of a header"),
        ("X:", "CANARY", "no name of a header"),
        ("", "CANARY", "no name of a header"),
        ("X", "CANARY\r\nHost: inside", "line break"),
        ("X", "CANARY\n", "line break"),
        ("X", "CANARY\x00", "holds what"),
        ("X", " CANARY", "spaces"),
    ],
)
def test_headers_that_may_not_be_set(name: str, value: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as caught:
        check_header(name, value)
    assert "CANARY" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"), [("a", "b"), ("a", ""), ("session", "a%3Db=="), ("q", '"quoted"')]
)
def test_cookies_that_may_be_set(name: str, value: str) -> None:
    check_cookie(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("", "CANARY"),
        ("a b", "CANARY"),
        ("a=b", "CANARY"),
        ("a", "CANARY; b=c"),
        ("a", "CANARY b"),
        ("a", "CANARY\n"),
    ],
)
def test_cookies_that_may_not_be_set(name: str, value: str) -> None:
    with pytest.raises(ValueError, match="cookie") as caught:
        check_cookie(name, value)
    assert "CANARY" not in str(caught.value)


NETSCAPE = """# Netscape HTTP Cookie File
.news.example\tTRUE\t/\tTRUE\t1900000000\tsession\ts1
#HttpOnly_feeds.news.example\tFALSE\t/\tTRUE\t0\ttoken\tt=1
www.news.example\tFALSE\t/\tTRUE\t0\tother\to1
.other.example\tTRUE\t/\tTRUE\t0\tforeign\tf1
example\tFALSE\t/\tTRUE\t0\tsuffix\tf2
"""


@pytest.mark.parametrize(
    ("text", "cookies"),
    [
        ("a=1\nb=2\n", {"a": "1", "b": "2"}),
        ("a=1; b=2=3", {"a": "1", "b": "2=3"}),
        ("Cookie: a=1; b=2\r\n", {"a": "1", "b": "2"}),
        ("# a note\n\na=1;\n", {"a": "1"}),
        ("", {}),
        (NETSCAPE, {"session": "s1", "token": "t=1"}),
    ],
)
def test_files_of_cookies(text: str, cookies: dict[str, str]) -> None:
    assert read_cookies(text, FEED) == cookies


def test_a_line_that_is_no_cookie_is_named_by_its_number() -> None:
    with pytest.raises(ValueError, match="line 2 is no cookie; write name=value") as caught:
        read_cookies("a=1\nCANARY\n", FEED)
    assert "CANARY" not in str(caught.value)
