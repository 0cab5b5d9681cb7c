"""Where words begin and end in a text, in every script: regular expressions, and the tables behind them.

Unicode Standard Annex 29 as Lucene's StandardTokenizer applies it: letters and digits run together, a
point or apostrophe joins letters, a point or comma joins digits, ideographs and emoji stand alone,
scripts without spaces (Thai, Khmer ...) stay whole runs. Katakana stand alone too, so that a Japanese
term is found inside running text.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

CJK = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3038-\u303b\u3041-\u3096\u309d-\u309f"
    "\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3200-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d"
    "\U0001b000-\U0001b16f\U00020000-\U000323af"
)
CJK_SIGN = re.compile(f"[{CJK}]")  # one character of Chinese or Japanese
# Extended_Pictographic of Unicode Technical Standard 51. © ® ™ are marks upon a name, and no words.
_EMOJI = (
    "\u203c\u2049\u2139\u2194-\u2199\u21a9\u21aa\u231a\u231b\u2328\u2388\u23cf\u23e9-\u23f3\u23f8-\u23fa"
    "\u25aa\u25ab\u25b6\u25c0\u25fb-\u25fe\u2600-\u2605\u2607-\u2612\u2614-\u2685\u2690-\u2705\u2708-\u2712"
    "\u2714\u2716\u271d\u2721\u2728\u2733\u2734\u2744\u2747\u274c\u274e\u2753-\u2755\u2757\u2763-\u2767"
    "\u2795-\u2797\u27a1\u27b0\u27bf\u2934\u2935\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u3030\u303d"
    "\U0001f000-\U0001f0ff\U0001f10d-\U0001f10f\U0001f12f\U0001f16c-\U0001f171\U0001f17e\U0001f17f\U0001f18e"
    "\U0001f191-\U0001f19a\U0001f1ad-\U0001f1e5\U0001f201-\U0001f20f\U0001f21a\U0001f22f"
    "\U0001f232-\U0001f23a\U0001f23c-\U0001f23f\U0001f249-\U0001f3fa\U0001f400-\U0001f53d"
    "\U0001f546-\U0001f64f\U0001f680-\U0001f6ff\U0001f774-\U0001f77f\U0001f7d5-\U0001f7ff"
    "\U0001f80c-\U0001f80f\U0001f848-\U0001f84f\U0001f85a-\U0001f85f\U0001f888-\U0001f88f"
    "\U0001f8ae-\U0001f8ff\U0001f90c-\U0001f93a\U0001f93c-\U0001f945\U0001f947-\U0001faff"
    "\U0001fc00-\U0001fffd"
)
# Thai, Lao, Burmese, Khmer and their kin are written without spaces: a run of them is one word, apart
# from the letters and digits of other scripts (Line_Break=SA).
_UNSPACED = (
    "\u0e01-\u0e33\u0e40-\u0e46\u0e81-\u0eb3\u0ebd-\u0ec6\u0edc-\u0edf\u1000-\u102a\u103f\u1050-\u1055"
    "\u105a-\u105d\u1061\u1065\u1066\u106e-\u1070\u1075-\u1081\u108e\u1780-\u17b3\u17d7\u17dc"
    "\u1950-\u19c9\u1a20-\u1a54\u1aa7\ua9e0-\ua9ef\ua9fa-\ua9fe\uaa60-\uaa7a\uaa7e-\uaadd"
    "\U00011700-\U0001171a"
)
_LETTERS_TOO = "\u05f3\u24b6-\u24e9"  # letters that `\w` leaves out: the Hebrew geresh, circled letters
_TIES = "_\u203f\u2040\u2054\ufe33\ufe34\ufe4d-\ufe4f\uff3f"  # what underlines run together
# Signs that may fold to several words, or to none: "⒈" to "1.", "㈠" to "(一)", marks that stand alone.
_FOLDED_APART = (
    "\u00b2\u00b3\u00b9\u00bc-\u00be\u013f\u0140\u037a\u0e33\u0eb3\u203c\u2049\u2070-\u2089"
    "\u2150-\u215f\u2189\u2460-\u249b\u24ea\u309f\u30ff\u3192-\u3195\u3200-\u33ff\ufc5e-\ufc63\ufdfa"
    "\ufdfb\ufe70-\ufe7e\uff9e\uff9f\U0001f100-\U0001f10a\U0001f201"
)
# Characters that belong to the one before them and are not seen: format controls, variation selectors.
IGNORED = (
    "\u00ad\u061c\u200c-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef"
)
# Where combining marks are found; looking through all of Unicode would cost a tenth of a second.
_MARK_BLOCKS = (
    *((0x300, 0x1DFF), (0x20D0, 0x20FF), (0x2CEF, 0x2DFF), (0x302A, 0x309A), (0xA66F, 0xABEF)),
    *((0xFB1E, 0xFB1F), (0xFE20, 0xFE2F), (0x10A01, 0x10AE6), (0x11000, 0x11FFF), (0x1E000, 0x1E94A)),
)


def _marks() -> str:
    """A character class of every combining mark: `\\w` leaves them out, words do not."""
    marks = [
        code
        for first, last in _MARK_BLOCKS
        for code in range(first, last + 1)
        if unicodedata.category(chr(code))[0] == "M"
    ]
    ranges: list[list[int]] = []
    for code in marks:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"{chr(a)}-{chr(b)}" for a, b in ranges) + "\uff9e\uff9f"


ASCII_WORD = re.compile(
    r"(?:(?<!_)_++)?[A-Za-z0-9]\w*(?:(?:(?<=[A-Za-z])[.:'](?=[A-Za-z])|(?<=[0-9])[.,;'](?=[0-9]))\w+)*",
    re.ASCII,
)
# The same for alphabets beyond ASCII, as long as nothing of _SPECIAL occurs.
PLAIN_WORD = re.compile(
    r"(?:(?<!_)_++)?[^\W_]\w*(?:(?:(?<=[^\W\d_])[.:'’‘·](?=[^\W\d_])|(?<=\d)[.,;'’‘](?=\d))\w+)*"
)
_MID_LETTER = ".:'’‘·\u0387\u055f\u05f4\u2024\u2027\ufe13\ufe52\ufe55\uff07\uff0e\uff1a"
_MID_NUMBER = (
    ".,;'’‘\u037e\u0589\u060c\u060d\u066b\u066c\u07f8"
    "\u2024\u2044\ufe10\ufe14\ufe50\ufe52\ufe54\uff07\uff0c\uff0e\uff1b"
)


def _special_regex() -> re.Pattern[str]:
    """One character that PLAIN_WORD does not know how to treat, or that lower() does not fold as fold()."""
    rare = "".join(sorted(set(_MID_LETTER + _MID_NUMBER) - set(".:,;'’‘·")))
    others = f"{_marks()}{IGNORED}{_FOLDED_APART}{CJK}{_EMOJI}{_UNSPACED}{_LETTERS_TOO}{_TIES[1:]}"
    return re.compile(f"[İΣ\u05d0-\u05ea{rare}{others}\U0001f1e6-\U0001f1ff]")


def _word_regex(extra: str) -> re.Pattern[str]:
    """The words of any text; `extra` are characters that count as letters and digits as well."""
    tail = f"[{_marks()}{IGNORED}]*+"
    letters = rf"[^\W\d_\uff9e\uff9f{CJK}{_UNSPACED}]"
    letter = rf"(?={letters}|[{_LETTERS_TOO}{extra}])"
    digit = rf"(?=[\d{extra}])"
    between_letters, between_digits = f"[{_MID_LETTER}]{tail}{letter}", f"[{_MID_NUMBER}]{tail}{digit}"
    parts = [
        rf'[\u05d0-\u05ea]++{tail}(?:{between_letters}|"(?=[\u05d0-\u05ea]))?',
        rf"(?:{letters}++|[{_LETTERS_TOO}]++){tail}(?:{between_letters})?",
        rf"\d++{tail}(?:{between_digits})?",
        rf"[{_TIES}]++{tail}",
    ]
    if extra:
        parts.append(f"[{extra}]++(?:{between_letters}|{between_digits})?")
    # No possessive repeats of groups: CPython up to 3.11.4 loses their place (gh-106052).
    spaced = rf"(?:(?<![{_TIES}])[{_TIES}]++{tail})?(?:{letter}|(?=\d))(?:{'|'.join(parts)})+"
    hebrew_abbreviation = r"(?:(?<=[\u05d0-\u05ea\u0591-\u05c7])')?"
    unspaced = rf"{f'[{extra}]*+' if extra else ''}[{_UNSPACED}][{extra}{_UNSPACED}{_marks()}{IGNORED}]*+"
    emoji = rf"[{_EMOJI}][\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]*+"
    return re.compile(
        rf"[{CJK}]{tail}|{unspaced}|{spaced}{hebrew_abbreviation}"
        rf"|{emoji}(?:\u200d{emoji})*|[\U0001f1e6-\U0001f1ff]{{2}}"
    )


@lru_cache(maxsize=1)
def _special() -> re.Pattern[str]:
    return _special_regex()


@lru_cache(maxsize=2)
def any_word(extra: str = "") -> re.Pattern[str]:
    """The words of a text in any script. The characters in `extra` count as letters and digits."""
    return _word_regex(extra)


def word_pattern(text: str) -> re.Pattern[str]:
    """The fastest expression that finds the words of `text`.

    With ASCII_WORD and PLAIN_WORD, `text.lower()` has its words at the same places.
    """
    if text.isascii():
        return ASCII_WORD
    # Searching the few different characters is much faster than searching the text.
    return any_word() if _special().search("".join(set(text))) else PLAIN_WORD
