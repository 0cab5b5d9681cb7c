"""Bytes of a page to text, and what is no page at all refused early."""

from __future__ import annotations

import codecs
import re

from monitor.errors import ExtractError


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


MAX_BYTES = 16_000_000
MAX_CHARACTERS = 4_000_000  # beyond this the extractor's time grows with the square of the size
# Names on the web mean the larger sets that browsers read them as (WHATWG Encoding Standard).
_AS_BROWSERS_DO = {
    **{
        "iso8859-1": "cp1252",
        "ascii": "cp1252",
        "iso8859-9": "cp1254",
        "tis-620": "cp874",
        "iso8859-11": "cp874",
    },
    **{"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "euc_kr": "cp949", "shift_jis": "cp932"},
}
# Python also knows codecs that make no text, or are slow on purpose-made bytes (punycode): never used here.
_CHARACTER_SETS = re.compile(
    r"(?:utf-(?:8|16|32)|iso8859|iso2022|cp|koi8|gb|hz|big5|euc|shift|mac|tis|johab|ascii).*"
)
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd]")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_META = re.compile(rb"<meta[^<>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.I)
_XML = re.compile(rb"^\s*<\?xml[^<>]{0,100}?encoding\s*=\s*[\"']([\w.:-]{2,40})", re.I)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SIGNATURES = {
    "a PDF document": (b"%PDF-",),
    "an image": (b"\x89PNG", b"GIF8", b"\xff\xd8\xff"),
    "a media file": (b"RIFF", b"OggS", b"ID3"),
    "an office document": (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"{\\rtf"),
    "compressed data": (b"\x1f\x8b", b"7z\xbc\xaf", b"BZh9"),
    "a program": (b"\x7fELF",),
}
_PAGE_TYPES = _set(
    "text/html application/xhtml+xml text/plain application/xml text/xml application/octet-stream "
    "binary/octet-stream application/x-httpd-php text/htm html"
)


def page_text(body: bytes, content_type: str) -> str:
    """The page as text. Raises ExtractError where it is no page: another type, empty, too large, binary."""
    _refuse_other_types(body, content_type)
    if len(body) > MAX_BYTES:
        raise ExtractError(f"the page is too large: {len(body) / 1e6:.0f} MB, at most {MAX_BYTES / 1e6:.0f}")
    text = _decoded(body, content_type)
    if len(text) > MAX_CHARACTERS:
        text = without_scripts(text)
    if len(text) > MAX_CHARACTERS:
        raise ExtractError(f"the page is too large: {len(text) / 1e6:.1f} million characters, at most 4")
    if len(_NO_TEXT.findall(text, 0, 4000)) * 10 > min(len(text), 4000):
        raise ExtractError("not a page: it is binary data")
    return text


def _refuse_other_types(body: bytes, content_type: str) -> None:
    kind = content_type.partition(";")[0].strip().lower()
    if kind and kind not in _PAGE_TYPES:
        raise ExtractError(f"not a page: it is {kind[:80]}")
    if not body.strip(b"\x00 \t\r\n\f\xef\xbb\xbf"):
        raise ExtractError("the page is empty")
    for name, signatures in _SIGNATURES.items():
        if body.startswith(signatures):
            raise ExtractError(f"not a page: it is {name}")


def _decoded(body: bytes, content_type: str) -> str:
    """By byte order mark; as UTF-8 if it fits, which it hardly does by accident; as declared; by a guess."""
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    declared = _declared(body, content_type)
    first = [declared] if declared and declared.startswith(("iso2022", "hz", "utf-16", "utf-32")) else []
    for candidate in [*first, "utf-8", declared]:
        if candidate and (text := _strictly(body, candidate)) is not None:
            return text
    return _best_guess(body, declared)


def _declared(body: bytes, content_type: str) -> str | None:
    head = body[:4096]
    names = [match[1] for match in (_CHARSET.search(content_type),) if match]
    names += [
        match[1].decode("ascii", "replace") for match in (_META.search(head), _XML.search(head)) if match
    ]
    for name in names:
        try:
            known = codecs.lookup(name).name
        except (LookupError, ValueError):
            continue
        if not _CHARACTER_SETS.fullmatch(known):
            continue
        # A page that could be read to find "utf-16" in its meta element is not UTF-16.
        if not (known.startswith("utf-16") and name is not names[0]):
            return _AS_BROWSERS_DO.get(known, known)
    return None


def _strictly(body: bytes, encoding: str) -> str | None:
    try:
        return body.decode(encoding)
    except UnicodeDecodeError:
        return None


def _best_guess(body: bytes, declared: str | None) -> str:
    """The declared set with its few bad bytes replaced; else UTF-8 likewise; else a statistical guess."""
    for encoding in (declared, "utf-8"):
        text = body.decode(encoding, "replace") if encoding else ""
        if text and text.count("\ufffd") * 200 < len(text):
            return text
    from charset_normalizer import from_bytes  # slow, and hardly ever needed

    guess = from_bytes(body[:20_000]).best()
    return body.decode(guess.encoding if guess else "cp1252", "replace")


def without_scripts(text: str) -> str:
    """`text` without scripts (structured data is kept), styles and comments. Linear, whatever is unclosed."""
    for opening, closing in (
        ("<!--", "-->"),
        ("<script", "</script"),
        ("<style", "</style"),
        ("<svg", "</svg"),
    ):
        text = _without(text, opening, closing)
    return text


def _without(text: str, opening: str, closing: str) -> str:
    lower = text.lower()
    if len(lower) != len(text):  # a few letters change length; then only lower-case tags are found
        lower = text
    kept, position = [], 0
    while (start := lower.find(opening, position)) >= 0 and (end := lower.find(closing, start)) >= 0:
        after = lower.find(">", end) + 1 or len(text)
        data = "ld+json" in lower[start : start + 200]
        kept.append(text[position : after if data else start])
        position = after
    kept.append(text[position:])
    return "".join(kept)
