from __future__ import annotations

import codecs

import pytest

from monitor.errors import ExtractError
from monitor.extract.decode import MAX_BYTES, page_text, without_scripts

RUSSIAN = "<p>Северная Корея направила военных строителей в Курскую область.</p>"
KOREAN = "<p>북한이 러시아에 군사 건설 인력을 보냈다고 밝혔다.</p>"
JAPANESE = "<p>北朝鮮がロシアに兵士を派遣したと発表した。</p>"


@pytest.mark.parametrize(
    ("text", "encoding", "content_type"),
    [
        (RUSSIAN, "utf-8", "text/html"),
        (RUSSIAN, "utf-8", "text/html; charset=windows-1251"),  # the server is wrong
        (RUSSIAN, "cp1251", "text/html; charset=windows-1251"),
        (RUSSIAN, "cp1251", 'text/html; charset="cp1251"'),
        (RUSSIAN, "koi8-r", "text/html; charset=KOI8-R"),
        (RUSSIAN, "utf-16", "text/html"),
        (KOREAN, "cp949", "text/html; charset=EUC-KR"),
        (JAPANESE, "shift_jis", "text/html;charset=Shift_JIS"),
        (JAPANESE, "iso-2022-jp", "text/html; charset=iso-2022-jp"),
        ("<p>“quoted” – café</p>", "cp1252", "text/html; charset=iso-8859-1"),
        ("<p>朝鲜</p>", "gb18030", "text/html; charset=gb2312"),
    ],
)
def test_character_sets(text: str, encoding: str, content_type: str) -> None:
    assert page_text(text.encode(encoding), content_type) == text


@pytest.mark.parametrize(
    "head",
    [
        '<meta charset="windows-1251">',
        "<meta http-equiv=Content-Type content='text/html; charset=windows-1251'>",
    ],
)
def test_the_set_that_the_page_declares(head: str) -> None:
    assert page_text((head + RUSSIAN).encode("cp1251"), "text/html") == head + RUSSIAN


def test_nothing_declared_is_guessed() -> None:
    text = RUSSIAN * 20
    assert page_text(text.encode("cp1251"), "text/html") == text


def test_a_few_bad_bytes_do_not_spoil_a_page() -> None:
    body = (RUSSIAN * 20).encode() + b"\xff"
    assert page_text(body, "text/html") == RUSSIAN * 20 + "\ufffd"


def test_a_byte_order_mark_is_no_text() -> None:
    assert page_text(codecs.BOM_UTF8 + b"<p>x</p>", "text/html") == "<p>x</p>"


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"%PDF-1.7 ...", "text/html", "PDF"),
        (b"...", "application/pdf", "application/pdf"),
        (b"\x89PNG\r\n", "text/html", "image"),
        (b"x", "image/png", "image/png"),
        (b"x", "application/json; charset=utf-8", "application/json"),
        (b"PK\x03\x04", "application/octet-stream", "office"),
        (b"", "text/html", "empty"),
        (b" \r\n\x00", "text/html", "empty"),
        (b"a\x00\x01\x00" * 500, "text/html", "binary"),
        (b"<p>x</p>" * 600_000, "text/html", "too large"),
        (b" " + b"x" * MAX_BYTES, "text/html", "too large"),
    ],
)
def test_what_is_no_page(body: bytes, content_type: str, reason: str) -> None:
    with pytest.raises(ExtractError, match=reason):
        page_text(body, content_type)


def test_a_huge_script_does_not_lose_the_article() -> None:
    page = "<script>" + "var x = 1;" * 500_000 + "</script >" + RUSSIAN
    assert page_text(page.encode(), "text/html") == RUSSIAN


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("a<!-- b -->c<SCRIPT>d</SCRIPT>e<style x>f</style>g", "aceg"),
        (
            '<script type="application/ld+json">{}</script>x',
            '<script type="application/ld+json">{}</script>x',
        ),
        ("a<script>b", "a<script>b"),
        ("<!--" * 100_000, "<!--" * 100_000),
        ("<script " * 100_000, "<script " * 100_000),
    ],
)
def test_scripts_go(page: str, expected: str) -> None:
    assert without_scripts(page) == expected
