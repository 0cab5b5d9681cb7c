"""Words as queries and stories compare them: analysed, with their places in the text."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from monitor.text.lines import word_set
from monitor.text.wordbreak import ASCII_WORD, IGNORED, PLAIN_WORD, any_word, word_pattern


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
