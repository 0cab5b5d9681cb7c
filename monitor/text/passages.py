"""Where paragraphs and sentences begin and end."""

from __future__ import annotations

import re

from monitor.text.lines import word_set

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
