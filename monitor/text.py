"""Text as every stage sees it: cleaned lines, words, sentences, paragraphs. Pure; knows no article."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple

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


# --- words -----------------------------------------------------------------------------------------
# Unicode Standard Annex 29 as Lucene's StandardTokenizer applies it: letters and digits run together,
# a point or apostrophe joins letters, a point or comma joins digits, ideographs and emoji stand alone,
# scripts without spaces (Thai, Khmer ...) stay whole runs. Katakana stand alone too, so that a Japanese
# term is found inside running text.


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


class Token(NamedTuple):
    """A word: its analysed text, and the code points [start, end) of the original that it was."""

    text: str
    start: int
    end: int


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
    "\u00b2\u00b3\u00b9\u00bc-\u00be\u013f\u0140\u037a\u0e33\u0eb3\u203c\u2049\u2070-\u2089\u2150-\u215f\u2189"
    "\u2460-\u249b\u24ea\u309f\u30ff\u3192-\u3195\u3200-\u33ff"
    "\ufc5e-\ufc63\ufdfa\ufdfb\ufe70-\ufe7e\uff9e\uff9f\U0001f100-\U0001f10a\U0001f201"
)
# Characters that belong to the one before them and are not seen: format controls, variation selectors.
_IGNORED = (
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


_ASCII_WORD = re.compile(
    r"(?:(?<!_)_++)?[A-Za-z0-9]\w*(?:(?:(?<=[A-Za-z])[.:'](?=[A-Za-z])|(?<=[0-9])[.,;'](?=[0-9]))\w+)*",
    re.ASCII,
)
# The same for alphabets beyond ASCII, as long as nothing of _SPECIAL occurs.
_PLAIN_WORD = re.compile(
    r"(?:(?<!_)_++)?[^\W_]\w*(?:(?:(?<=[^\W\d_])[.:'’‘·](?=[^\W\d_])|(?<=\d)[.,;'’‘](?=\d))\w+)*"
)
_MID_LETTER = ".:'’‘·\u0387\u055f\u05f4\u2024\u2027\ufe13\ufe52\ufe55\uff07\uff0e\uff1a"
_MID_NUMBER = ".,;'’‘\u037e\u0589\u060c\u060d\u066b\u066c\u07f8\u2024\u2044\ufe10\ufe14\ufe50\ufe52\ufe54\uff07\uff0c\uff0e\uff1b"


def _special_regex() -> re.Pattern[str]:
    """One character that _PLAIN_WORD does not know how to treat, or that lower() does not fold as fold()."""
    rare = "".join(sorted(set(_MID_LETTER + _MID_NUMBER) - set(".:,;'’‘·")))
    others = f"{_marks()}{_IGNORED}{_FOLDED_APART}{CJK}{_EMOJI}{_UNSPACED}{_LETTERS_TOO}{_TIES[1:]}"
    return re.compile(f"[İΣ\u05d0-\u05ea{rare}{others}\U0001f1e6-\U0001f1ff]")


def _word_regex(extra: str) -> re.Pattern[str]:
    """The words of any text; `extra` are characters that count as letters and digits as well."""
    tail = f"[{_marks()}{_IGNORED}]*+"
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
    unspaced = rf"{f'[{extra}]*+' if extra else ''}[{_UNSPACED}][{extra}{_UNSPACED}{_marks()}{_IGNORED}]*+"
    emoji = rf"[{_EMOJI}][\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]*+"
    return re.compile(
        rf"[{CJK}]{tail}|{unspaced}|{spaced}{hebrew_abbreviation}"
        rf"|{emoji}(?:\u200d{emoji})*|[\U0001f1e6-\U0001f1ff]{{2}}"
    )


@lru_cache(maxsize=1)
def _special() -> re.Pattern[str]:
    return _special_regex()


@lru_cache(maxsize=2)
def _any_word(extra: str = "") -> re.Pattern[str]:
    return _word_regex(extra)


def _word_pattern(text: str) -> re.Pattern[str]:
    if text.isascii():
        return _ASCII_WORD
    # Searching the few different characters is much faster than searching the text.
    return _any_word() if _special().search("".join(set(text))) else _PLAIN_WORD


@lru_cache(maxsize=1)
def _unsettled() -> re.Pattern[str]:
    return re.compile(f"[{_FOLDED_APART}]")


_APOSTROPHES = str.maketrans("’‘", "''")
# Articles and pronouns that French and Italian elide before a vowel: no part of the word that follows.
ELIDED = word_set(
    "l m t qu n s j d c jusqu quoiqu lorsqu puisqu "  # French
    "all dall dell nell sull coll pell gl agl dagl degl negl sugl un v"  # Italian
)
_IGNORED_RUN = re.compile(f"[{_IGNORED}]+")
_LATIN_MARKS = re.compile("([a-z])[\u0300-\u036f]+")


def _bases() -> dict[int, str]:
    """Latin letters with diacritics, and the plain letters they are folded to."""
    table = {ord("ł"): "l", ord("ø"): "o", ord("đ"): "d"}
    for code in (*range(0xDF, 0x250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFD", chr(code)).translate(table)[0]
        if base.isascii() and base.isalpha():
            table[code] = base
    table[ord("ǿ")] = "o"
    return table


_BASES = _bases()


def fold(text: str) -> str:
    """`text` as words are compared: NFKC, case-folded, no Latin diacritics; other scripts keep theirs."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize(
        "NFKC", unicodedata.normalize("NFKC", _IGNORED_RUN.sub("", text)).casefold()
    )
    return _LATIN_MARKS.sub(r"\1", folded.translate(_BASES)).translate(_APOSTROPHES)


_LONGEST = 80


def _analysed(word: str) -> str:
    """`word`, as found in a text, folded: one word nearly always, else none or several, parted by spaces.

    What is longer than any word is not worth remembering.
    """
    return _remembered(word) if len(word) <= _LONGEST else _remembered.__wrapped__(word)


@lru_cache(maxsize=1 << 16)
def _remembered(word: str) -> str:
    """Some characters fold to several ("⒈" to "1.", "ヿ" to "コト"): only words stay."""
    folded = fold(word)
    if folded.isascii() and folded.isalnum():
        return folded
    pattern = _any_word()
    return folded if pattern.fullmatch(folded) else " ".join(pattern.findall(folded))


def _bare(word: str) -> tuple[int, int]:
    """How much of a folded word with an apostrophe is elided articles in front, and possessive behind."""
    front, last = 0, len(word)
    while word.endswith("'s", front, last) and last > front + 2:
        last -= 2
    while (end := word.find("'", front, last - 1)) > 0 and word[front:end] in ELIDED:
        front = end + 1
    return front, len(word) - last


def _strip(word: str) -> str:
    front, back = _bare(word)
    return word[front : len(word) - back]


# Typography that most English texts have and no word needs: with it gone the fast path serves them too.
_TYPOGRAPHY = (
    ("’", "'"),
    ("‘", "'"),
    ("“", '"'),
    ("”", '"'),
    ("–", "-"),
    ("—", "-"),
    ("…", " "),
    ("\xa0", " "),
)


def _plainer(text: str) -> str:
    """`text` with the same words at the same places, in ASCII where only its typography was not."""
    for sign, plain in _TYPOGRAPHY:
        text = text.replace(sign, plain)
    return text


def words(text: str) -> list[str]:
    """The analysed words of `text` in order: `[t.text for t in tokenize(text)]`, several times faster."""
    text = _plainer(text)
    pattern = _word_pattern(text)
    if pattern is _ASCII_WORD:
        found = pattern.findall(text.lower())
    elif pattern is _PLAIN_WORD:
        found = [word if word.isascii() else _analysed(word) for word in pattern.findall(text.lower())]
    else:
        found = " ".join([_analysed(word) for word in pattern.findall(text)]).split()
    if "'" in text or "\uff07" in text:
        return [_strip(word) if "'" in word else word for word in found]
    return found


def tokenize(text: str) -> list[Token]:
    """The words of `text`, analysed, with their places.

    Analysis is NFKC, case folding, and folding of Latin diacritics and of ł ø đ; an English possessive
    and a French or Italian elided article are no part of the word. Chinese and Japanese text gives a
    token a character; Korean words stay whole.
    """
    text = _plainer(text)
    make = tuple.__new__  # a third of the time of Token(...)
    tokens = []
    for found in _word_pattern(text).finditer(text):
        word = _analysed(found[0])
        start, end = found.span()
        if not word or " " in word:
            tokens += [make(Token, (part, start, end)) for part in word.split()]
            continue
        if "'" in word:
            # Folding may change a word's length, but not within an elided article or a possessive.
            front, back = _bare(word)
            word = word[front : len(word) - back]
            start, end = start + front, end - back
        tokens.append(make(Token, (word, start, end)))
    return tokens


def word_places(text: str) -> list[tuple[int, int]]:
    """Where the words of `text` stand: `[(t.start, t.end) for t in tokenize(text)]`, faster."""
    text = _plainer(text)
    pattern = _word_pattern(text)
    if pattern is not _ASCII_WORD and _unsettled().search(text):
        return [(token.start, token.end) for token in tokenize(text)]
    places = [found.span() for found in pattern.finditer(text)]
    if "'" in text or "\uff07" in text:
        for index, (start, end) in enumerate(places):
            word = text[start:end]
            if "'" in word or "\uff07" in word:
                front, back = _bare(_analysed(word))
                places[index] = start + front, end - back
    return places


def pattern_words(text: str, wildcards: str = "*?") -> list[Token]:
    """As tokenize(), for a search pattern: the characters in `wildcards` count as letters."""
    tokens = []
    for found in _any_word(wildcards).finditer(text):
        folded = fold(found[0])
        parts = _any_word(wildcards).findall(folded)
        if parts != [folded]:
            tokens += [Token(part, *found.span()) for part in parts]
            continue
        front, back = _bare(folded) if "'" in folded else (0, 0)
        tokens.append(Token(folded[front : len(folded) - back], found.start() + front, found.end() - back))
    return tokens


# --- sentences and paragraphs ----------------------------------------------------------------------

_END = re.compile(
    # a full stop in Latin script with what closes after it, or an ideographic one, which needs no space
    r"""(?P<stop>[.!?…]+)(?P<close>["'”’»)\]]*)(?P<gap>\s*)|[。！？｡]+(?P<wide>[」』”’）】》〉"]*)\s*"""
)
_LAST_WORD = re.compile(r"[^\s\"“”„«»()\[\]]+$")
_OPENING = "\"'“‘„«([—–-¿¡ "
_TITLES = word_set(
    "mr mrs ms mx messrs dr prof gen col lt sgt capt cmdr adm maj brig gov sen rep pres rev hon st fr sr sra "
    "dra mme mlle mgr vs no nos nr fig art vol pp approx ca cf bzw hr sta ee uu им ул г-н гр м вул ім"
)
_MAYBE = word_set(
    "inc ltd co corp jr sr bros plc llc etc dept est jan feb mar apr jun jul aug sep sept oct nov "
    "dec mon tue wed thu fri sat sun p.m a.m ph.d usw т.д т.п г гг тыс млн млрд руб"
)
_STARTERS = word_set(
    "the a an it its he she they we i you this that these those there in on at as but and if when while "
    "after before since for from by with according however meanwhile his her their our no not what who "
    "der die das er sie es ein eine im am le la les il elle un une el los las en "
    "он она они это в на по"
)
_MONTHS = word_set(
    "january february march april may june july august september october november december januar februar "
    "märz april mai juni juli august september oktober november dezember jänner"
)
_FIRST_WORD = re.compile(r"[^\W\d_]+")


def _abbreviated(before: str, after: str) -> bool:
    """Whether a point between these two belongs to the word before it, rather than ending a sentence."""
    last = _LAST_WORD.search(before)
    if last is None:
        return False
    word = last[0].casefold()
    following = _FIRST_WORD.search(after[:40])
    starts_sentence = following is not None and following[0].casefold() in _STARTERS
    if word.isdigit():
        return len(word) < 3 and following is not None and following[0].casefold() in _MONTHS
    if word in _TITLES:
        return True
    dotted = "." in word and all(len(part) < 3 for part in word.split("."))
    if word in _MAYBE or dotted or (len(word) == 1 and word.isalpha() and not _is_cjk(word)):
        return not starts_sentence
    return False


def _is_cjk(character: str) -> bool:
    return "\u2e80" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7a3"


def _ends(line: str, found: re.Match[str]) -> bool:
    """Whether the sentence ends at what `found` found in `line`."""
    after = line[found.end() : found.end() + 60]
    if not after:
        return False
    if found["stop"] is None:
        # A quotation that the sentence goes on after: 「…。」と述べた
        return not (found["wide"] and "\u3041" <= after[0] <= "\u3096")
    first = after.lstrip(_OPENING)[:1]
    if not found["gap"]:
        # Sentences run together: "on Friday.The North". Both neighbours must look like words.
        before = line[max(found.start() - 3, 0) : found.start()]
        word = bool(found["close"]) or before[-1:].isdigit() or before[-1:] == ")"
        word = (
            word
            or (before[-2:].isalpha() and before[-1:].islower())
            or (before.isalpha() and before.isupper())
        )
        runs_on = word and after[:1].isupper() and after[1:2].islower()
        return runs_on or (_follows_cjk(line, found) and _is_cjk(after[0]))
    if first.islower():
        return False
    return (
        found["stop"] != "."
        or bool(found["close"])
        or not _abbreviated(line[max(found.start() - 40, 0) : found.start()], after)
    )


def _follows_cjk(line: str, found: re.Match[str]) -> bool:
    return found.start() > 0 and _is_cjk(line[found.start() - 1])


def paragraphs(text: str) -> list[tuple[int, int]]:
    """Where the paragraphs of `text` stand: its lines, without the space around them, but for empty ones."""
    found = []
    start = 0
    for line in text.split("\n"):
        bare = line.strip()
        if bare:
            front = start + len(line) - len(line.lstrip())
            found.append((front, front + len(bare)))
        start += len(line) + 1
    return found


def sentences(text: str) -> list[tuple[int, int]]:
    """Where the sentences of `text` stand, without the space around them. None crosses a line.

    A point ends a sentence unless it abbreviates ("U.S.", "Mr.", "24. Oktober"), stands within a number,
    or the text goes on in lower case. "Friday.The North" is two sentences.
    """
    found = []
    for first, last in paragraphs(text):
        line = text[first:last]
        start = 0
        for mark in _END.finditer(line):
            if _ends(line, mark):
                end = mark.end() - len(mark[0]) + len(mark[0].rstrip())
                found.append((first + start, first + end))
                start = mark.end()
        found.append((first + start, last))
    return found
