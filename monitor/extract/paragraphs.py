"""Sentences that ran together are parted, and a text that lost its paragraphs gets them back."""

from __future__ import annotations

import re

from monitor.text import sentences, word_set

# Where a sentence may have run into the next: an end mark, quotes and brackets, a letter, with no space.
_JOINT = re.compile(r"(?P<mark>[.!?…]+)(?P<quotes>[\"“”'’‘«»„)\](\[]*)(?=[^\W\d_])")
_OPENING = "“‘«„(["
_LONGEST_WORD = 40
_NEXT_WORD = re.compile(r"[^\W\d_]+")
_INITIALS = re.compile(r"(?:[A-ZА-ЯЁІЇЄҐ]\.){2,}")
# What stands after a dot inside names of sites and files; also capitalised at times: "Booking.Com".
_SUFFIXES = word_set(
    "com net org info gov edu int mil biz news tv io ai app dev me uk us eu de fr es it ru ua kr jp cn tw "
    "kp pl by kz html htm php asp aspx jsp js pdf doc docx xls xlsx txt jpg jpeg png gif mp3 mp4 zip exe "
    "xml json py ру рф укр"
)
_WEB_WORD = re.compile(r"(?:https?:|www\.|[@/\\_=])\S*$", re.I)
_SPACE = re.compile(r"\s")

_PARAGRAPH_SENTENCES = 3
_LONG_PARAGRAPH = 900  # characters; longer ones in a text without paragraphs are divided
_UNPARTED = 400  # a text shorter than this is one paragraph


def part_sentences(text: str, joint: str = " ") -> str:
    """`text` with `joint` wherever one sentence ran into the next: "Friday.The North" -> "Friday. The North".

    Initials, abbreviations, numbers, addresses and file names stay whole.
    """
    parts: list[str] = []
    start = 0
    straight = 0  # how many straight quotation marks stand before `scanned`
    scanned = 0
    for match in _JOINT.finditer(text):
        if not _ends_sentence(text, match):
            continue
        straight += text.count('"', scanned, match.start("quotes"))
        scanned = match.start("quotes")
        cut = match.start("quotes") + _closing(match["quotes"], straight % 2 == 1)
        if text[cut - 1].isspace():
            continue
        parts.append(text[start:cut])
        start = cut
    parts.append(text[start:])
    return joint.join(parts)


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    """Whether a sentence ends at `match` and another starts: judged by the words on both sides."""
    first = text[match.end()]
    if not (first.isupper() or _hangul(first)):
        return False
    word = _word_before(text, match.start())
    closed = match.start() > 0 and text[match.start() - 1] in '"”’»)]%'
    if not closed and not _whole_word(word):
        return False
    if _hangul(first):
        return word.endswith(("다", "요", "까"))
    after = _NEXT_WORD.match(text, match.end())
    assert after is not None  # the pattern looks ahead to a letter
    begins = _starts_sentence(text, after) and (bool(match["quotes"]) or after[0].lower() not in _SUFFIXES)
    return begins and not _in_web_word(text, match.start())


def _word_before(text: str, end: int) -> str:
    start = end
    while 0 < start > end - _LONGEST_WORD and (text[start - 1].isalnum() or text[start - 1] in "'’-"):
        start -= 1
    return text[start:end]


def _whole_word(word: str) -> bool:
    """Whether a full stop after `word` is one: two small letters or more, a long capital word, or a year."""
    if word.isdigit():
        return len(word) >= 4
    letters = word.lstrip("0123456789-'’")
    return len(letters) >= 2 and (
        letters[-1].islower() or _hangul(letters[-1]) or (letters.isupper() and len(letters) >= 3)
    )


def _starts_sentence(text: str, after: re.Match[str]) -> bool:
    word = after[0]
    if len(word) > 1:
        return word[1:].islower() or len(word) > 2
    following = text[after.end() : after.end() + 1]
    return following in {" ", "'", "’"} or _INITIALS.match(text, after.start()) is not None


def _hangul(character: str) -> bool:
    return "\uac00" <= character <= "\ud7a3"


def _in_web_word(text: str, position: int) -> bool:
    """Whether the run of characters around `position` is an address, a path or a mail address."""
    before = _SPACE.split(text[max(0, position - 120) : position])[-1]
    after = _SPACE.split(text[position : position + 60], maxsplit=1)[0]
    return _WEB_WORD.search(before) is not None or "@" in after


def _closing(quotes: str, inside: bool) -> int:
    """How many of `quotes` belong to the sentence that ends; `inside`: within straight quotation marks."""
    count = 0
    for quote in quotes:
        if quote in _OPENING or (quote in "\"'" and not (inside and quote == '"')):
            break
        if quote == '"':
            inside = False
        count += 1
    return count


def restore(lines: list[str]) -> list[str]:
    """`lines` (one paragraph each) with sentences parted, and with paragraphs where the text has none.

    In a text without paragraphs a missing space is where a line break was lost, so it becomes one; what is
    still long after that is divided every few sentences.
    """
    if len(lines) != 1 or len(lines[0]) < _UNPARTED:
        return [part_sentences(line) for line in lines]
    lost = part_sentences(lines[0], "\n").split("\n")
    return [paragraph for line in lost for paragraph in _divided(line)]


def _divided(line: str) -> list[str]:
    if len(line) <= _LONG_PARAGRAPH:
        return [line]
    found = sentences(line)
    groups = [
        found[start : start + _PARAGRAPH_SENTENCES] for start in range(0, len(found), _PARAGRAPH_SENTENCES)
    ]
    return [line[group[0][0] : group[-1][1]] for group in groups]
