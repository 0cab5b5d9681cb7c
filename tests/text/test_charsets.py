"""Bytes to characters: what is declared, what is true, and what one bad byte may do (nothing)."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.text.charsets import decode

RUSSIAN = "Военные строители отправились в Курскую область, сообщило агентство"
JAPANESE = "北朝鮮はロシアに兵士を派遣した"


def feed(title: str, declared: str | None = None) -> str:
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    return f"{head}<rss><channel><title>{title}</title></channel></rss>"


@pytest.mark.parametrize(
    ("really", "in_document", "in_http"),
    [
        ("utf-8", None, None),
        ("utf-8", "utf-8", "text/xml; charset=utf-8"),
        ("utf-8", "windows-1251", None),  # converted on the way, the declaration forgotten
        ("utf-8", "utf-8", "text/xml; charset=iso-8859-1"),  # the default of old servers
        ("utf-8", None, "text/xml; charset=us-ascii"),
        ("windows-1251", "windows-1251", None),
        ("windows-1251", None, 'text/xml; charset="windows-1251"'),
        ("windows-1251", "windows-1251", "text/xml; charset=ISO-8859-1"),
        ("windows-1251", "windows-1251", "text/xml; charset=utf-8"),
        ("windows-1251", "utf-8", None),  # wrongly declared
        ("windows-1251", None, None),
        ("windows-1251", "iso-8859-1", None),
        ("windows-1251", "no-such-charset", "text/xml; charset=rot13"),
        ("koi8-r", "koi8-r", None),
        ("koi8-r", "utf-8", None),
        ("utf-16", "utf-16", None),
        ("utf-16-le", "utf-16", None),
        ("utf-16-be", None, None),
        ("utf-32", None, None),
        ("utf-32-be", None, None),
    ],
)
def test_the_text_survives(really: str, in_document: str | None, in_http: str | None) -> None:
    body = feed(RUSSIAN, in_document).encode(really)
    assert RUSSIAN in decode(body, in_http or "")[0]


@pytest.mark.parametrize("charset", ["shift_jis", "euc-jp", "iso-2022-jp"])
@pytest.mark.parametrize("where", ["document", "http"])
def test_japanese_charsets(charset: str, where: str) -> None:
    body = feed(JAPANESE, charset if where == "document" else None).encode(charset)
    text, repaired = decode(body, f"text/xml; charset={charset}" if where == "http" else "")
    assert JAPANESE in text
    assert repaired is None


@pytest.mark.parametrize(
    ("title", "charset"),
    [
        ("金正恩出席纪念馆落成仪式", "gb2312"),
        ("북한군 러시아 파병", "euc-kr"),
        ("L’armée déployée à la frontière", "cp1252"),
        ("Wojska zostały wysłane, źródła donoszą", "iso-8859-2"),
    ],
)
def test_undeclared_charsets_are_guessed_from_short_texts_too(title: str, charset: str) -> None:
    if charset == "iso-8859-2":
        title = title.replace("’", "'")
    text, repaired = decode(feed(title).encode(charset))
    assert title in text
    assert repaired


@pytest.mark.parametrize("times", [1, 2, 8])
@pytest.mark.parametrize("declared", [None, "utf-8"])
def test_a_few_accented_letters_are_read_as_browsers_would(declared: str | None, times: int) -> None:
    """Statistics of two letters say anything, also charsets that no page was ever in."""
    text, repaired = decode(feed("<b>reportéd by ill.</b>" * times, declared).encode("latin-1"))
    assert text.count("reportéd") >= times
    assert repaired


@pytest.mark.parametrize("bad", [b"\xff", b"\xd0", b"\x80", b"\xe2\x80", b"\xf0\x9f\x98"])
@pytest.mark.parametrize("declared", [None, "utf-8", "iso-8859-1"])
def test_one_bad_byte_costs_one_character_and_not_the_charset(bad: bytes, declared: str | None) -> None:
    body = feed(RUSSIAN, declared).encode()
    at = body.index("Курскую".encode())
    text, repaired = decode(body[:at] + bad + body[at:])
    assert text.replace("�", "").count(RUSSIAN) == 1
    assert repaired == "bytes that are not UTF-8"


def test_a_body_cut_within_a_character_stays_utf8() -> None:
    text, _ = decode(feed(RUSSIAN).encode()[: feed(RUSSIAN).encode().index("агентство".encode()) + 1])
    assert text.startswith(feed(RUSSIAN)[:40])


def test_replacement_characters_that_the_text_holds_are_no_damage() -> None:
    assert decode("<rss>�� и текст</rss>".encode()) == ("<rss>�� и текст</rss>", None)


@pytest.mark.parametrize("declared", [None, "utf-8", "windows-1251"])
@pytest.mark.parametrize("in_http", ["windows-1251", "iso-8859-1", "gbk", "utf-8"])
def test_a_few_characters_of_utf8_are_enough_to_know_it(declared: str | None, in_http: str) -> None:
    """Servers claim a charset for whatever they serve. Of gbk alone the bytes could really be."""
    if (declared, in_http) not in ((None, "gbk"), ("windows-1251", "gbk")):
        document = feed("It’s “fine”", declared)
        assert decode(document.encode(), f"text/html; charset={in_http}") == (document, None)


@pytest.mark.parametrize(
    "name", ["hex", "punycode", "utf-7", "idna", "undefined", "nonsense", "zip", "rot13"]
)
def test_codecs_that_are_no_character_sets_are_ignored(name: str) -> None:
    text, _ = decode(b"<p>caf\xe9 " + b"x" * 300, f"text/html; charset={name}")
    assert text == "<p>café " + "x" * 300


def test_two_chinese_characters_in_gbk_that_happen_to_be_valid_utf8() -> None:
    body = feed("陆陆", "gbk").encode("gbk")
    body.decode("utf-8")  # the trap: it is valid
    assert "陆陆" in decode(body)[0]


@given(st.binary(max_size=400), st.text(max_size=60))
@example(b"caf\xe9", "text/xml; charset=undefined")
@example(codecs.BOM_UTF16_LE + b"\x00", "text/xml; charset=utf-16")
@example(b"<\x00\x00", "charset=idna")
@example(b"\xff\xff<?xml encoding='punycode'?>", "charset=base64")
def test_never_raises(body: bytes, content_type: str) -> None:
    text, _ = decode(body, content_type)
    assert isinstance(text, str)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200))
def test_valid_utf8_is_read_as_it_is(title: str) -> None:
    document = "<rss>" + title
    assert decode(document.encode()) == (document, None)
