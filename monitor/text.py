"""Text as every stage sees it: cleaned lines, words, sentences, paragraphs. Pure; knows no article."""

from __future__ import annotations

import re
import unicodedata

_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_BREAKS = re.compile("\r\n?|[\x85\u2028\u2029]")
_SPACES = re.compile(r"\s+")


def clean(text: str) -> str:
    """`text` without what databases, mail and terminals choke on: controls, NUL, lone surrogates.

    Line ends become newlines; composed to NFC, so that the same word is the same characters.
    """
    return unicodedata.normalize("NFC", _UNSAFE.sub("", _BREAKS.sub("\n", text)))


def one_line(text: str, limit: int = 500) -> str:
    """`text` cleaned, on one line, and no longer than `limit` characters (an ellipsis shows the cut)."""
    line = _SPACES.sub(" ", clean(text)).strip()
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
