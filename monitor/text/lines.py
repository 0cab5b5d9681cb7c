"""Lines as people and databases can bear them: cleaned, on one line; and lengths of time in words."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta

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


def duration(length: timedelta) -> str:
    """About how long, in one unit: 45 s, 12 min, 3 h, 2 d. What is negative counts as nothing."""
    seconds = max(length.total_seconds(), 0)
    for unit, size, limit in (("s", 1, 90), ("min", 60, 90 * 60), ("h", 3600, 48 * 3600)):
        if seconds < limit:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 86_400:.0f} d"


def word_set(words: str) -> frozenset[str]:
    """The words of a table written as one string, which reads better than a hundred quotation marks."""
    return frozenset(words.split())
