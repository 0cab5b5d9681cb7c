"""Text as every stage sees it: cleaned lines, words, sentences, paragraphs. Pure; knows no article."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple

from monitor.wordbreak import ASCII_WORD, IGNORED, PLAIN_WORD, any_word, word_pattern
from monitor.wordbreak import CJK_SIGN as CJK_SIGN

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


# --- words -----------------------------------------------------------------------------------------


class Token(NamedTuple):
    """A word: its analysed text, and the code points [start, end) of the original that it was."""

    text: str
    start: int
    end: int


_APOSTROPHES = str.maketrans("’‘", "''")
# Articles and pronouns that French and Italian elide before a vowel: no part of the word that follows.
ELIDED = word_set(
    "l m t qu n s j d c jusqu quoiqu lorsqu puisqu "  # French
    "all dall dell nell sull coll pell gl agl dagl degl negl sugl un v"  # Italian
)
_IGNORED_RUN = re.compile(f"[{IGNORED}]+")
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
_JOINER = "\u200d"


def _analysed(word: str) -> str:
    """`word`, as found in a text, folded: one word nearly always, else none or several, parted by spaces."""
    # What is longer than any word is not worth remembering.
    return _remembered(word) if len(word) <= _LONGEST else _remembered.__wrapped__(word)


@lru_cache(maxsize=1 << 16)
def _remembered(word: str) -> str:
    folded = fold(word)
    return folded if folded.isascii() and folded.isalnum() else _settled(word, folded, any_word())


def _settled(word: str, folded: str, pattern: re.Pattern[str]) -> str:
    """`folded`, with only words left: some characters fold to several ("⒈" to "1.", "ヿ" to "コト")."""
    if _JOINER in word and not word[0].isalnum():
        # What joins emoji to one ("👩‍👧") is not seen, and yet no part of them can go without it.
        emoji = _JOINER.join(map(fold, word.strip(_JOINER).split(_JOINER)))
        if pattern.fullmatch(emoji):
            return emoji
    return folded if pattern.fullmatch(folded) else " ".join(pattern.findall(folded))


def _bare(word: str) -> tuple[int, int]:
    """How much of a folded word with an apostrophe is elided articles in front, and possessive behind."""
    front, last = 0, len(word)
    while word.endswith("'s", front, last) and last > front + 2:
        last -= 2
    while (end := word.find("'", front, last - 1)) > 0 and word[front:end] in ELIDED:
        if not word[end + 1].isalnum():
            break
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


def plainer(text: str) -> str:
    """`text` with the same words at the same places, in ASCII where only its typography was not."""
    for sign, plain in _TYPOGRAPHY:
        text = text.replace(sign, plain)
    return text


def words(text: str) -> list[str]:
    """The analysed words of `text` in order: `[t.text for t in tokenize(text)]`, several times faster."""
    text = plainer(text)
    pattern = word_pattern(text)
    if pattern is ASCII_WORD:
        found = pattern.findall(text.lower())
    elif pattern is PLAIN_WORD:
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
    text = plainer(text)
    make = tuple.__new__  # a third of the time of Token(...)
    tokens = []
    for found in word_pattern(text).finditer(text):
        word = _analysed(found[0])
        start, end = found.span()
        if not word or " " in word:
            tokens += [make(Token, (_strip(part), start, end)) for part in word.split()]
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
    text = plainer(text)
    pattern = word_pattern(text)
    if pattern is not ASCII_WORD and pattern is not PLAIN_WORD:
        return [(token.start, token.end) for token in tokenize(text)]
    places = [found.span() for found in pattern.finditer(text)]
    if "'" in text:
        for index, (start, end) in enumerate(places):
            if "'" in (word := text[start:end]):
                front, back = _bare(_analysed(word))
                places[index] = start + front, end - back
    return places


def pattern_words(text: str, wildcards: str = "*?") -> list[Token]:
    """As tokenize(), for a search pattern: the characters in `wildcards` count as letters."""
    text = plainer(text)
    pattern = any_word(wildcards)
    tokens = []
    for found in pattern.finditer(text):
        word = _settled(found[0], fold(found[0]), pattern)
        start, end = found.span()
        if not word or " " in word:
            tokens += [Token(_strip(part), start, end) for part in word.split()]
        else:
            front, back = _bare(word)
            tokens.append(Token(word[front : len(word) - back], start + front, end - back))
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
    dotted = "." in word and all(len(part) < 3 for part in word.split(".")) and not word.endswith("%")
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
