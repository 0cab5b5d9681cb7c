"""Bytes of a page to text, and what is no page at all refused early."""

from __future__ import annotations

import re

from monitor.errors import ExtractError
from monitor.text import word_set
from monitor.text.charsets import decode

MAX_BYTES = 16_000_000
MAX_HEAD = 300_000  # bytes of a page that hold its head; what it says of itself is a tenth of that
MAX_CHARACTERS = 4_000_000  # beyond this the extractor's time grows with the square of the size
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd]")
_SIGNATURES = {
    "a PDF document": (b"%PDF-",),
    "an image": (b"\x89PNG", b"GIF8", b"\xff\xd8\xff"),
    "a media file": (b"RIFF", b"OggS", b"ID3"),
    "an office document": (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"{\\rtf"),
    "compressed data": (b"\x1f\x8b", b"7z\xbc\xaf", b"BZh9"),
    "a program": (b"\x7fELF",),
}
_PAGE_TYPES = word_set(
    "text/html application/xhtml+xml text/plain application/xml text/xml application/octet-stream "
    "binary/octet-stream application/x-httpd-php text/htm html"
)


def page_text(body: bytes, content_type: str) -> str:
    """The page as text. Raises ExtractError where it is no page: another type, empty, too large, binary."""
    _refuse_other_types(body, content_type)
    if len(body) > MAX_BYTES:
        raise ExtractError(f"the page is too large: {len(body) / 1e6:.0f} MB, at most {MAX_BYTES / 1e6:.0f}")
    text, _ = decode(body, content_type)
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
