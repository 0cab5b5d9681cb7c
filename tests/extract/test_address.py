from __future__ import annotations

import base64
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.extract.address import canonical, host, own, page_address


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


def google_news(url: str) -> str:
    """A link as Google News wrote them: field 1 is 19, field 4 the address."""
    size = len(url)
    length = bytes([size]) if size < 128 else bytes([size & 0x7F | 0x80, size >> 7])
    message = b"\x08\x13\x22" + length + url.encode() + b"\xd2\x01\x00"
    return "https://news.google.com/rss/articles/" + base64.urlsafe_b64encode(message).decode().rstrip("=")


TARGET = "https://news.example/2025/10/24/bridge-closed?id=7"
QUOTED = "https%3A%2F%2Fnews.example%2F2025%2F10%2F24%2Fbridge-closed%3Fid%3D7"


@pytest.mark.parametrize(
    "link",
    [
        f"https://www.google.com/url?sa=t&rct=j&url={QUOTED}&usg=x",
        f"https://google.co.uk/url?q={QUOTED}",
        google_news(TARGET) + "?oc=5",
        f"http://www.bing.com/news/apiclick.aspx?ref=FexRss&aid=&url={QUOTED}&c=1",
        f"https://l.facebook.com/l.php?u={QUOTED}%26fbclid%3Dabc&h=x",
        f"https://l.instagram.com/?u={QUOTED}&e=x",
        f"https://out.reddit.com/?url={QUOTED}&token=x",
        f"https://vk.com/away.php?to={QUOTED}",
        f"https://t.umblr.com/redirect?z={QUOTED}&t=x",
        f"https://www.youtube.com/redirect?event=x&q={QUOTED}",
        f"https://www.linkedin.com/redir/redirect?url={QUOTED}",
        f"https://duckduckgo.com/l/?uddg={QUOTED}&rut=x",
        f"https://eur03.safelinks.protection.outlook.com/?url={QUOTED}&data=x",
        f"https://slack-redir.net/link?url={QUOTED}",
        f"https://link.zhihu.com/?target={QUOTED}",
        f"https://urldefense.com/v3/__{TARGET}__;!!x$",
        f"https://r.search.yahoo.com/_ylt=x/RV=2/RE=1/RO=10/RU={QUOTED}/RK=2/RS=x",
        f"http://us.rd.yahoo.com/news/*{TARGET}",
        f"https://href.li/?{TARGET}",
        f"https://web.archive.org/web/20251024120000/{TARGET}",
        TARGET + "&utm_source=rss&utm_medium=feed&at_medium=RSS&ocid=x&fbclid=1#comments",
        TARGET + "&outputType=amp",
        TARGET.replace("?", "/amp/?"),
        f"https://news-example.cdn.ampproject.org/v/s/{TARGET.removeprefix('https://')}&amp_js_v=0.1",
        f"https://www.google.com/amp/s/{TARGET.removeprefix('https://')}",
    ],
)
def test_one_article_by_all_its_addresses(link: str) -> None:
    assert page_address(link) == TARGET
    assert page_address(TARGET) == TARGET


@pytest.mark.parametrize(
    "link",
    [
        "https://www.google.com/url?q=javascript:alert(1)",
        "https://www.google.com/url?q=news.example/a",
        "https://news.example/url?q=https%3A%2F%2Fother.example%2Fa",
        "https://google.evil.example/url?q=https%3A%2F%2Fother.example%2Fa",
        "https://news.google.com/rss/articles/CBMiAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "https://news.google.com/rss/articles/" + "A" * 2000,
        google_news("https://news.example/a")[:-9],
        "https://t.co/abc",
        "https://feedproxy.google.com/~r/news/~3/abc/",
    ],
)
def test_what_forwards_to_nothing_that_is_known_stays(link: str) -> None:
    assert page_address(link) == canonical(link)


def test_a_long_address_in_google_news() -> None:
    target = "https://news.example/" + "bridge-" * 40
    assert page_address(google_news(target)) == target


@given(
    st.sampled_from(["https://www.google.com/url?q=", "https://href.li/?", "http://x.yahoo.com/a/*"]),
    st.text(),
)
def test_where_a_page_is_fetched_is_final(wrapper: str, tail: str) -> None:
    for link in (wrapper + "https://news.example/" + tail, wrapper + tail, tail):
        found = page_address(link)
        assert found is None or page_address(found) == found


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


FORMS = (
    "{}",
    "{}&utm_source=rss&fbclid=1",
    "{}&outputType=amp",
    "{}#comments",
    "https://www.google.com/url?q={quoted}",
    "https://l.facebook.com/l.php?u={quoted}&h=x",
)
ARTICLES = st.builds(
    "https://{}.example/{}?id={}".format,
    st.sampled_from(["news", "www.news", "m.news", "nachrichten"]),
    st.sampled_from(["a", "2025/10/24/bridge", "bridge.html", "%EA%B0%80", "가", "index.php"]),
    st.integers(0, 99),
)


@given(ARTICLES, st.sampled_from(FORMS))
def test_decoration_and_forwarding_change_nothing(link: str, form: str) -> None:
    decorated = form.format(link, quoted=quote(link, safe=""))
    assert page_address(decorated) == canonical(link)
    assert canonical(canonical(decorated)) == canonical(decorated)


@given(ARTICLES, ARTICLES)
def test_other_articles_stay_others(one: str, other: str) -> None:
    same = unquote(one) == unquote(other)
    assert (canonical(one) == canonical(other)) == same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://news.example/?p=123", "https://news.example/?p=124"),
        ("https://news.example/view.php?id=17", "https://news.example/view.php?id=18"),
        ("https://news.example/#!/article/17", "https://news.example/#!/article/18"),
        ("https://news.example/app#/a/17", "https://news.example/app#/a/18"),
        ("https://news.example/a?page=2", "https://news.example/a"),
        ("https://news.example/article?ref=4711", "https://news.example/article?ref=4712"),
        ("https://news.example/A", "https://news.example/a"),
    ],
)
def test_what_names_another_article_is_kept(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize(
    ("declared", "fetched", "link", "expected"),
    [
        ("/2025/ferry", "https://news.example/amp/x", "", "https://news.example/2025/ferry"),
        ("//www.news.example/ferry", "https://m.news.example/f", "", "https://www.news.example/ferry"),
        ("http://news.example/ferry", "https://news.example/ferry", "", "https://news.example/ferry"),
        ("http://news.example/ferry", "http://news.example/f", "", "http://news.example/ferry"),
        ("", "https://news.example/f?utm_source=x", "https://t.co/abc", "https://news.example/f"),
        ("https://other.example/f", "https://news.example/f", "", "https://news.example/f"),
        ("/", "https://news.example/f", "", "https://news.example/f"),
        ("http://[", "https://news.example/f", "", "https://news.example/f"),
        ("/", "https://news.example/", "https://news.example/#!/a/17", "https://news.example/#!/a/17"),
        ("/b", "https://news.example/b", "https://news.example/#!/a/17", "https://news.example/b"),
        ("https://news.example/f", "", "", "https://news.example/f"),
    ],
)
def test_the_own_address_of_a_page(declared: str, fetched: str, link: str, expected: str) -> None:
    assert own(declared, fetched, link) == expected
