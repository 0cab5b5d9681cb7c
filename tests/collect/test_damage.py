"""What damaged bytes may cost: what they were, and nothing beside it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.parse import parse_feed
from monitor.errors import FeedError
from monitor.model import ParsedFeed

URL = "https://news.example/rss"
TITLES = {
    "russian": [f"Сапёры отправились в Курск, сообщение {n}" for n in range(6)],
    "korean": [f"북한군 러시아 파병 소식 {n}" for n in range(6)],
    "french": [f"L’armée déployée à la frontière, dépêche n° {n}" for n in range(6)],
    "chinese": [f"金正恩出席纪念馆落成仪式 {n}" for n in range(6)],
}
languages = st.sampled_from(sorted(TITLES))


def parse(body: bytes, content_type: str = "") -> ParsedFeed:
    return parse_feed(body, content_type, URL)


def rss(titles: list[str], declared: str | None = "utf-8") -> str:
    items = "".join(f"<item><title>{t}</title><guid>{n}</guid></item>" for n, t in enumerate(titles))
    head = f'<?xml version="1.0" encoding="{declared}"?>\n' if declared else ""
    return f'{head}<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'


def titles_of(feed: ParsedFeed) -> dict[str, str]:
    return {entry.identity: entry.title for entry in feed.entries}


# --- one bad byte ----------------------------------------------------------------------------------


@given(
    languages,
    st.integers(0, 5),
    st.floats(0, 1),
    st.integers(0x80, 0xFF),
    st.sampled_from(["put", "in", "out"]),
)
def test_one_bad_byte_costs_its_own_title_at_most(
    language: str, damaged: int, where: float, byte: int, how: str
) -> None:
    titles = TITLES[language]
    body = rss(titles).encode()
    title = titles[damaged].encode()
    start = body.index(title)
    at = start + int(where * (len(title) - 1))
    bad = {"put": bytes([byte]) + body[at + 1 :], "in": bytes([byte]) + body[at:], "out": body[at + 1 :]}[how]
    read = titles_of(parse(body[:at] + bad))
    assert {guid: said for guid, said in read.items() if guid != str(damaged)} == {
        str(n): said for n, said in enumerate(titles) if n != damaged
    }
    shown = read[str(damaged)].replace("�", "")
    assert len(shown) >= len(titles[damaged]) - 4  # what was near it is still there


@given(languages, st.floats(0, 1))
def test_a_feed_that_breaks_off_at_any_byte_keeps_its_whole_items(language: str, where: float) -> None:
    titles = TITLES[language]
    body = rss(titles).encode()
    first = body.index(b"</item>") + len(b"</item>")
    cut = first + int(where * (len(body) - first))
    whole = body[:cut].count(b"</item>")
    read = titles_of(parse(body[:cut]))
    assert read == {str(n): titles[n] for n in range(whole)}


# --- what is declared and what is ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "really", "declared", "in_http"),
    [
        ("russian", "cp1251", "utf-8", ""),
        ("russian", "cp1251", "windows-1251", ""),
        ("russian", "cp1251", None, "text/xml; charset=windows-1251"),
        ("russian", "koi8-r", "koi8-r", ""),
        ("russian", "koi8-r", "KOI8-R", "application/xml; charset=utf-8"),
        ("russian", "iso8859-5", "ISO-8859-5", ""),
        ("russian", "utf-8", "windows-1252", ""),
        ("russian", "utf-8", "iso-8859-1", "text/xml; charset=iso-8859-1"),
        ("russian", "utf-8", "koi8-r", "text/xml"),
        ("russian", "utf-16", "utf-16", ""),
        ("russian", "utf-16-le", "utf-16", ""),
        ("russian", "utf-16-be", "utf-16", ""),
        ("russian", "utf-16-be", None, ""),
        ("russian", "utf-8-sig", "windows-1251", ""),
        ("korean", "euc-kr", "euc-kr", ""),
        ("korean", "euc-kr", None, "application/rss+xml; charset=EUC-KR"),
        ("korean", "cp949", "ks_c_5601-1987", ""),
        ("korean", "utf-8", "euc-kr", ""),
        ("chinese", "gb2312", "gb2312", ""),
        ("chinese", "gb18030", "GB18030", ""),
        ("chinese", "gbk", "gbk", "text/xml; charset=gbk"),
        ("chinese", "utf-8", "gb2312", ""),
        ("french", "cp1252", "iso-8859-1", ""),
        ("french", "cp1252", "utf-8", ""),
        ("french", "cp1252", None, ""),
        ("french", "utf-8", "iso-8859-1", ""),
        ("french", "utf-8", "us-ascii", "text/xml; charset=us-ascii"),
    ],
)
def test_titles_survive_whatever_is_declared(
    language: str, really: str, declared: str | None, in_http: str
) -> None:
    titles = TITLES[language]
    read = titles_of(parse(rss(titles, declared).encode(really), in_http))
    assert list(read.values()) == titles


@pytest.mark.parametrize(
    ("charset", "label", "title"),
    [
        ("shift_jis", "Shift_JIS", "北朝鮮はロシアに兵士を派遣した"),
        ("cp932", "x-sjis", "北朝鮮はロシアに兵士を派遣した①"),
        ("euc_jp", "EUC-JP", "北朝鮮はロシアに兵士を派遣した"),
        ("big5", "Big5", "北韓士兵抵達俄羅斯"),
        ("cp1253", "windows-1253", "Στρατιώτες στη Ρωσία"),
        ("cp1256", "windows-1256", "جنود في روسيا"),
        ("cp874", "TIS-620", "ทหารในรัสเซีย"),
    ],
)
def test_older_charsets_are_read_as_declared(charset: str, label: str, title: str) -> None:
    read = parse(rss([title], label).encode(charset))
    assert (list(titles_of(read).values()), read.salvaged) == ([title], None)


# --- ill-formed documents --------------------------------------------------------------------------

GOOD = "<item><title>Good</title><guid>good</guid></item>"


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ("<item><title>R&D & AT&T &</title></item>" + GOOD, "R&D & AT&T &"),
        ("<item><title>AT&T & co</title><b></item>" + GOOD, "AT&T & co"),  # for the lenient parser too
        ("<item><title>A &lt; b &nbsp;&ldquo;c&rdquo;</title></item>" + GOOD, "A < b “c”"),
        ("<item><title>Bell\x07 and\x00 null\x1b</title></item>" + GOOD, "Bell and null"),
        ("<item><title>Not closed<link>https://a.example/</link></item>" + GOOD, None),
        ("<item><title>Text</title><description><p>One<br>two</description></item>" + GOOD, "Text"),
        ("<item><title>Wrong</item></title>" + GOOD, "Wrong"),
        ("<item><title>Open</title><description><b>never closed" + GOOD, "Open"),
        ("<item><title>Open</title><item><title>Second</title></item>" + GOOD, "Open"),
        ("<item><title>Void</title><m:x>undeclared</m:x><description><hr></item>" + GOOD, "Void"),
        ("<item><title>Attribute</title><enclosure url=x length=1></item>" + GOOD, "Attribute"),
        ("<item><foo:title>x</foo:title><title>Prefix</title></item>" + GOOD, "Prefix"),
        ("<item><title>Surrogate &#xD83D;&#xDE00; x</title></item>" + GOOD, "Surrogate x"),
        ("<item><title>Twice</title><title>again</title></item>" + GOOD, None),
    ],
)
def test_an_ill_formed_item_is_read_and_hides_no_other(items: str, expected: str | None) -> None:
    read = parse(f"<rss version='2.0'><channel>{items}</channel></rss>".encode())
    assert titles_of(read)["good"] == "Good"
    if expected:
        assert read.entries[0].title == expected


@pytest.mark.parametrize(
    "wrapped",
    [
        "\n\n  {}",
        "<br />\n<b>Warning</b>: Cannot modify header information\n{}",
        "\ufeff\ufeff{}",
        "<!-- cached --><?xml version='1.0'?>{}",
        "{}<!-- 40 queries in 0.3 s -->",
        "{}<script>track()</script></body>",
        "{}\x00\x00\x00",
        "HTTP/1.1 200 OK\r\nServer: x\r\n\r\n{}",
    ],
)
def test_what_stands_around_a_feed_does_not_hide_it(wrapped: str) -> None:
    document = rss(TITLES["russian"], None)
    assert list(titles_of(parse(wrapped.format(document).encode())).values()) == TITLES["russian"]


# --- feedparser ------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [b"/etc/passwd", b"http://127.0.0.1:9/rss", b"file:///etc/passwd"])
def test_a_body_is_never_taken_for_the_name_of_a_file_or_an_address(body: bytes) -> None:
    with pytest.raises(FeedError, match="neither XML nor JSON"):
        parse(body)


def test_a_bomb_on_one_line_is_not_expanded() -> None:
    """feedparser looks for declarations at the beginnings of lines only."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY l0 "lol">{laughs}]>' + rss(["&l11;"], None)
    (entry,) = parse(bomb.encode()).entries
    assert entry.title == "&l11;"


@pytest.mark.parametrize(
    "description",
    [
        "&lt;!--" * 60_000,
        "<![CDATA[" + "<!--" * 100_000 + "]]>",
        "<![CDATA[<p style='" + "a:b;" * 300_000 + "'>x</p>]]>",
        "<![CDATA[" + "<a href='x'>" * 80_000 + "]]>",
        "&" * 300_000,
        "<b>" * 10_000,
        "9" * 500_000,
    ],
    ids=["comments", "raw comments", "style", "links", "ampersands", "nested", "digits"],
)
def test_what_is_made_to_be_slow_is_not(description: str) -> None:
    item = f"<item><pubDate>{'9' * 9_000}</pubDate><description>{description}</description></item>"
    document = f"<rss><channel>{item}</channel></rss>"
    began = time.process_time()
    parse(document.encode())
    assert time.process_time() - began < 5  # half a worker's time; the first of them once took minutes


@given(st.binary(min_size=1, max_size=3_000))
def test_any_bytes_are_a_feed_or_a_feed_error(noise: bytes) -> None:
    for body in (noise, b"<rss><channel><item><title>" + noise, b"\x1f\x8b\x08" + noise, b"<urlset>" + noise):
        try:
            parse(body)
        except FeedError as error:
            assert "\n" not in str(error)
