"""Which characters the bytes of a feed or page mean, decided before any parser sees them.

A parser that decides for itself lets one bad byte turn a whole feed into another charset, and every
Cyrillic or accented keyword is silently missed. Here the bytes themselves have the first word (a byte
order mark, validity as UTF-8), then what was declared (WHATWG's reading of the labels), then a guess.
"""

from __future__ import annotations

import codecs
import re

import chardet

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark begins it
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SHAPES = (  # how "<?" or "<r" looks without a mark
    (re.compile(rb"(?:\s\x00)*<\x00[^\x00]\x00"), "utf-16-le"),
    (re.compile(rb"(?:\x00\s)*\x00<\x00[^\x00]"), "utf-16-be"),
    (re.compile(rb"<\x00\x00\x00"), "utf-32-le"),
    (re.compile(rb"\x00\x00\x00<"), "utf-32-be"),
)
_DECLARED_HTTP = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_DECLARED_XML = re.compile(rb"<\?xml[^>]{0,200}?\bencoding\s*=\s*[\"']\s*([\w.:-]+)", re.I)
_DECLARED_HTML = re.compile(rb"<meta[^>]{0,200}?\bcharset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_NON_ASCII_RUN = re.compile(rb"[^\x00-\x7f][^<>&]{0,400}")
_ESCAPES = ("iso2022", "hz")
# Two bytes a character: a short text in one of these may be valid UTF-8 by accident, in the others hardly ever.
_DOUBLE = ("gb", "big5", "cp932", "cp949", "euc", "shift", "johab")
# Python also knows codecs that make no text, that always fail, or that are slow on purpose-made bytes: the
# declared are taken from these alone. UTF-16 and UTF-32 would have been seen by their shape.
_CHARACTER_SETS = re.compile(r"(?:utf-8|iso8859|iso2022|cp|koi8|gb|hz|big5|euc|shift|mac|tis|johab|ascii).*")

# https://encoding.spec.whatwg.org: what browsers read under these labels is a superset of them.
_READ_AS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
_LABELS = {  # of that standard, which Python does not know
    "sjis": "cp932",
    "windows-31j": "cp932",
    "ms932": "cp932",
    "windows-949": "cp949",
    "windows-874": "cp874",
    "dos-874": "cp874",
    "ksc_5601": "cp949",
    "chinese": "gb18030",
    "unicode-1-1-utf-8": "utf-8",
    "utf8mb4": "utf-8",
}
_GUESS_SAMPLE = 20_000  # bytes
# What browsers read, by the same standard: a guess that no browser would make (cp850, EBCDIC) is a wrong one.
_GUESSES = [
    *("ibm866", "koi8-r", "koi8-u", "macintosh", "x-mac-cyrillic"),
    *("big5", "euc-jp", "euc-kr", "gb18030", "gbk", "iso-2022-jp", "shift_jis"),
    *(f"iso-8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)),
    *(f"windows-{page}" for page in (874, *range(1250, 1259))),
]


def decode(body: bytes, content_type: str = "") -> tuple[str, str | None]:
    """The text of `body`, and what had to be repaired, in a few words, or None. Never raises."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return _read(body[len(mark) :], name)
    for shape, name in _SHAPES:
        if shape.match(body):
            return _read(body, name)
    declared = _declared(body, content_type)
    if body.isascii():
        escaped = next((name for name in declared if name.startswith(_ESCAPES)), None)
        return _read(body, escaped) if escaped else (body.decode("ascii"), None)
    return _decode_unmarked(body, declared)


def _decode_unmarked(body: bytes, declared: list[str]) -> tuple[str, str | None]:
    doubtful = [] if "utf-8" in declared else [name for name in declared if name.startswith(_DOUBLE)]
    if not doubtful and (text := _strictly(body, ["utf-8"])) is not None:
        return text, None
    good, bad = _utf8_census(body)
    if not bad and (good >= 10 or _strictly(body, doubtful) is None):
        return body.decode("utf-8"), None
    if bad and good >= 10 * bad:
        return _read(body, "utf-8")
    legacy = [name for name in declared if name != "utf-8" and not (name == "cp1252" and _dense(body))]
    if (text := _strictly(body, legacy)) is not None:
        return text, None
    if good > bad:
        return _read(body, "utf-8")
    return _guess(body, legacy)


def _dense(body: bytes) -> bool:
    """Whether most letters are above ASCII, which no text in Western European letters is."""
    sample = b"".join(_NON_ASCII_RUN.findall(body[:400_000]))
    letters = len(re.findall(rb"[A-Za-z]", sample))
    return len(sample) > 20 and len(sample.translate(None, bytes(range(128)))) > letters


def _strictly(body: bytes, names: list[str]) -> str | None:
    """`body` in the first of these charsets that all of it fits."""
    for name in names:
        try:
            return body.decode(name)
        except UnicodeDecodeError:
            continue
    return None


def _read(body: bytes, name: str) -> tuple[str, str | None]:
    """`body` as `name`, bad bytes replaced; the note says how many there were."""
    try:
        return body.decode(name), None
    except UnicodeDecodeError:
        text = body.decode(name, errors="replace")
    return text, f"bytes that are not {name.upper()}"


def _utf8_census(body: bytes) -> tuple[int, int]:
    """How many multi-byte characters of `body` are valid UTF-8, and how many places are not."""
    text = body.decode("utf-8", errors="replace")
    bad = text.count("�") - body.count(b"\xef\xbf\xbd")
    ascii_count = len(body.translate(None, bytes(range(128, 256))))
    return len(text) - ascii_count - bad, bad


def _declared(body: bytes, content_type: str) -> list[str]:
    """Declared charsets as Python names, the most believable first.

    HTTP comes before the document (RFC 7303), unless it names the default of old servers.
    """
    head = body[:4096]
    http = _codec(match[1]) if (match := _DECLARED_HTTP.search(content_type)) else None
    inside = next(
        (_codec(m[1].decode("ascii")) for p in (_DECLARED_XML, _DECLARED_HTML) if (m := p.search(head))), None
    )
    order = [inside, http] if http in ("cp1252", None) else [http, inside]
    return [name for name in order if name]


def _codec(label: str) -> str | None:
    label = label.lower().removeprefix("x-")
    try:
        name = codecs.lookup(_LABELS.get(label, label)).name
    except (LookupError, ValueError):
        return None
    return _READ_AS.get(name, name) if _CHARACTER_SETS.fullmatch(name) else None


def _guess(body: bytes, legacy: list[str]) -> tuple[str, str | None]:
    """The charset of bytes that are neither UTF-8 nor what was declared, by statistics of their letters."""
    sample = b"\n".join(m[0] for m in _NON_ASCII_RUN.finditer(body[:400_000]))[:_GUESS_SAMPLE]
    guess = chardet.detect(sample, include_encodings=_GUESSES)["encoding"] or ""
    name = _codec(guess) or (legacy[0] if legacy else "cp1252")
    return body.decode(name, errors="replace"), f"no valid charset; read as {name}"
