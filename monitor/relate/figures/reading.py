"""Figures: numbers in a text together with what they count, as a text gives them.

    "North Korea has sent around 15,000 troops"  ->  15000 troops (sent)

Dates, years, clock times, durations, ages, scores, telephone numbers, versions and names with a number
in them (Hwasong-20, COVID-19, Tokyo 2020) are no figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise, zip_longest

from monitor.relate.figures.asides import ABOUT_WORDS, OPENING, about, aside
from monitor.relate.figures.numerals import Numeral, numerals
from monitor.relate.figures.things import CLASSES, FILLERS, SIGNS, role, thing, unspaced
from monitor.relate.words.function_words import FUNCTION_WORDS
from monitor.text import sentences, words

_AFTER = 60  # characters looked at behind a number for what it counts
_BEFORE = 40
_RUN = 4  # words between a number and the noun it counts: "15,000 elite North Korean troops"
_REACH = 6  # words either side that are a figure's surroundings
_STEM = 5  # letters; the cut that stories use too
_SHOWN = 40
_CLAUSE = re.compile(r"[.,;:!?،؛؟()\[\]\"“”«»…。、，；：！？（）「」\n]|\s[-–—]\s")
# A number's own comma is none between clauses.
_ROLE_CLAUSE = re.compile(r"[;:،؛()\n…。；：（），、]|,(?!\d)|\s[-–—]\s")
_DIGIT = re.compile(r"\d")
# "rose to (at least) 17", "sind 6.100", "выросло до шести": the number counts what stands in front.
_RISES_TO = re.compile(
    r"\b(?:to|at|reached|reaches|reaching|exceeds?|now|is|was|stands at|auf|bei|beträgt|betrug|à|"
    r"de|est|a|en|es|son|em|para|são|é|до|на|составило|составляет|достигло|сягнула|إلى|بلغ|بلغت)\s"
    rf"(?:(?:{ABOUT_WORDS}|at least|mindestens|au moins|al menos|pelo menos|как минимум|just|only|nur)\s)?$|[—–:]\s?$",
    re.IGNORECASE,
)
_PER_CENT = re.compile(r"\s(?:per|pour|por)\s?(?:cent|ciento|cento)\b", re.IGNORECASE)
_TOTAL_CLAUSE = re.compile(r"[;:()\n…]\s|\s[-–—]\s")
_HAPPENED = frozenset({"dead", "hurt", "missing", "held", "evacuated", "trapped"})
_PERSONAL = frozenset({"troops", "workers", "builders", "cases"})  # what people counted by 명 may be
# In front of a magnitude, which no quake has had of more than ten.
_MAGNITUDES = (
    "magnitude", "magnitude of", "magnitud", "magnitud de", "magnitude de", "stärke", "stärke von", "магнитудой",
    "магнитуды", "магнітудою", "규모", "震级", "マグニチュード",
)  # fmt: skip
_GREATEST = 10.5
# "a nine-storey block", "9층 건물": it says what one is like.
_DESCRIBES = re.compile(r"[-‐‑](?!strong|magnitude|troop|soldier|member)[^\W\d_]|\s?[층階層层]")
_DOLLARS = {"R": "brl", "A": "aud", "C": "cad", "HK": "hkd", "NT": "twd", "S": "sgd"}
_IN = re.compile(r"\b(?:in|im|en|em|of|since|seit|depuis|desde|в|у|з|с|عام|سنة)\s$", re.IGNORECASE)  # a year
_ADJACENT = 3
_FAR = 120
_CLOSE = 20  # characters next to the number
_RANGE = 12  # characters at most between the two numbers of a range
# "killing at least three people and injuring others": what is beyond a conjunction is farther off.
_JOINS = frozenset(["and", "while", "und", "et", "y", "e", "и", "та"])
_JOIN = 4


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and what it counts.

    `unit` is a class of things ("troops") or the stem of the word counted, "" where none is named; `role`
    is what happened to them ("sent", "dead") or "". `text` is how the report wrote it. [start, end) are
    code points of the number and its multiplier, `sentence` those of the sentence. `around` are the stems
    of the words nearby, the nearest first. `about`: it is said to be no exact number. `aside` says why it is not
    what the story counts now: "past" (last year), "part" (of another, or beside it: "including 3 children",
    "2 more bodies"), "was" (from 12 to 17), "rate" (a year), or "". `by` is whose report gave it, where that is known.
    """

    value: float
    unit: str
    role: str
    text: str
    start: int
    end: int
    sentence: tuple[int, int]
    around: tuple[str, ...] = ()
    field: str = "body"  # title | body
    about: bool = False
    aside: str = ""  # past | part | was | rate
    by: str = ""


def figures(text: str, language: str | None = None, year: int | None = None) -> tuple[Figure, ...]:
    """The figures of `text` in order. `language` (ISO 639-1) settles whether "1.500" is 1500 or 1.5.

    `year` is that of the report, if it is known: what it says of earlier ones is of the past.
    """
    return tuple(_figures(text, language, year))


def _figures(text: str, language: str | None, year: int | None) -> Iterator[Figure]:
    found = list(numerals(text, language))
    if not found:
        return
    spans = sentences(text)
    at = 0
    for index, number in enumerate(found):
        while at + 1 < len(spans) and spans[at + 1][0] <= number.start:
            at += 1
        sentence = spans[at] if spans else (0, len(text))
        # "between 10,000 and 15,000 troops": the first of a range counts what the second counts.
        other = found[index + 1] if number.range and index + 1 < len(found) else number
        counted = other if other.start <= number.end + _RANGE else number
        figure = _figure(text, number, counted, sentence, year, language)
        if figure:
            yield figure


def _figure(
    text: str,
    number: Numeral,
    counted: Numeral,
    sentence: tuple[int, int],
    year: int | None,
    language: str | None,
) -> Figure | None:
    last = max(sentence[1], counted.end)
    written = text[number.start : number.end]
    far_behind = text[counted.end : min(counted.end + 2 * _AFTER, last)]
    far_before = text[max(number.start - _FAR, sentence[0]) : number.start]
    before, behind = far_before[-_BEFORE:], far_behind[:_AFTER]
    if _DESCRIBES.match(behind):
        return None
    unit, shown = _unit(before, behind, written, number, language)
    if number.year and (unit not in CLASSES or not shown or _IN.search(before[-_CLOSE:])):
        return None
    what = "" if unit == "magnitude" else _role(before, behind, language)
    if unit not in CLASSES and (total := _total(far_before, language)):
        unit, shown, what = total[0], "", total[1] or what
    if (
        not unit
        and what in _HAPPENED
        and any(role(word, language) == what for word in words(before)[-_ADJACENT:])
    ):
        unit = "people"  # "kills 5, injures 60"
    rounded = about(before, written, behind)
    if number.named and unit not in CLASSES and not rounded:
        return None
    shown = (text[number.start : counted.end] + shown)[:_SHOWN].strip()
    figure = Figure(number.value, unit, what, shown, number.start, number.end, sentence, about=rounded)
    if not unit:  # it is compared with none
        return figure
    opening = text[sentence[0] : min(sentence[0] + OPENING, number.start)]
    return replace(
        figure,
        around=_around(far_before, far_behind, shown),
        aside=aside(opening, far_before, far_behind, year),
    )


def _unit(before: str, behind: str, written: str, number: Numeral, language: str | None) -> tuple[str, str]:
    """What is counted, and the text behind the number that says so."""
    for sign in (before.rstrip()[-1:], behind.lstrip()[:1], written[:1], written[-1:]):
        if sign in SIGNS:
            return _DOLLARS.get(before.rstrip()[-3:-1].lstrip() if sign == "$" else "", SIGNS[sign]), ""
    if percent := _PER_CENT.match(behind):
        return "percent", percent[0]
    if number.value < _GREATEST and before.rstrip().lower().endswith(_MAGNITUDES):
        return "magnitude", ""
    clause = _CLAUSE.split(behind, maxsplit=1)[0]
    if unspaced(clause[:8]):
        return _unspaced_unit(before, clause)
    run = words(clause)[: _RUN + 2]
    picked = _named_thing(run, language)
    if picked and not (number.year and not thing(run[picked - 1])):
        return thing(run[picked - 1]) or "people", _upto(clause, picked)
    if unspaced(before[-12:]):
        return thing(before[-12:].strip()), ""
    for word in run:
        if word not in FILLERS and word[:_STEM] in FUNCTION_WORDS:
            break  # "17 on Wednesday" counts nothing that is named here
        if _counts(word):
            return word[:_STEM], _upto(clause, 1)
    return "", ""


def _named_thing(run: Sequence[str], language: str | None) -> int:
    """How many words of `run` lead to a known thing, or to "killed", "wounded" for people; 0 if none."""
    steps = 0
    for index, word in enumerate(run, 1):
        if thing(word):
            return index
        if role(word, language) in _HAPPENED:
            return index
        steps += word not in FILLERS
        if steps >= _RUN or _DIGIT.search(word):
            return 0
    return 0


def _total(before: str, language: str | None) -> tuple[str, str] | None:
    """ "The number of people killed … rose to 17": what is counted and what happened, in front of the number."""
    if not _RISES_TO.search(before[-2 * _CLOSE :]):
        return None
    clause = _TOTAL_CLAUSE.split(before)[-1]
    if unspaced(clause[-8:]):
        return None
    run = words(clause)[::-1]
    what = next((name for word in run if (name := role(word, language))), "")
    unit = next((name for word in run if (name := thing(word)) in CLASSES), "")
    return (unit or ("people" if what in _HAPPENED else ""), what) if unit or what else None


def _unspaced_unit(before: str, clause: str) -> tuple[str, str]:
    """In Korean, Chinese, Japanese: a noun near the number says more than the counter behind it."""
    near = clause[:10].lstrip(" 余餘多여")
    specific = thing("　" + near)  # the space keeps single characters from counting as counters
    counter = thing(near)
    if specific and specific != "people":
        return specific, clause[:6]
    ahead = thing("　" + before[-12:])
    if (
        ahead in _PERSONAL
        if counter == "people"
        else counter == "" and ahead not in ("", "people", "magnitude")
    ):
        return ahead, clause[:1]
    return specific or counter, clause[:1]


def _upto(clause: str, count: int) -> str:
    """The first `count` words of `clause` as they stand."""
    found = re.match(rf"(?:\W*[\w'’-]+){{1,{count}}}", clause)
    return found[0] if found else ""


def _counts(word: str) -> bool:
    return word not in FILLERS and not _DIGIT.search(word) and len(word) > 2


def _role(before: str, behind: str, language: str | None) -> str:
    """The nearest word that says what happened, in front of the number or behind it, within the clause."""
    ahead, after = _ROLE_CLAUSE.split(before)[-1], _ROLE_CLAUSE.split(behind, maxsplit=1)[0]
    if unspaced(after) or unspaced(ahead):
        # "8천 명이 대피하고 2명이 숨졌다": what stands beyond another number happened to those.
        return role("　" + _DIGIT.split(after[:16])[0]) or role("　" + _DIGIT.split(ahead[-16:])[-1])
    # What follows is meant more often than what precedes: "sent 15,000 troops, killed 600".
    places = [
        *_roles(words(after)[:9], 0.0, language),
        *_roles(words(ahead)[:-6:-1], 0.5, language),
    ]
    return min(places)[1] if places else ""


def _roles(run: Sequence[str], distance: float, language: str | None) -> Iterator[tuple[float, str]]:
    """The roles that the words of `run` name, with how far off they are."""
    for word in run:
        if word in _JOINS:
            distance += _JOIN
        if name := role(word, language):
            yield distance, name
        distance += 1


def _around(before: str, behind: str, counted: str) -> tuple[str, ...]:
    """Stems of the words near, the nearest first, those that name what is counted left out.

    Of Chinese and Japanese pairs of characters, as stories take them; of Korean words the first two syllables,
    since particles follow.
    """
    ahead, after = words(before)[-2 * _REACH :], words(behind)[: 2 * _REACH]
    if any(_is_single(word) for word in ahead[-3:] + after[:3]):
        ahead, after = _pairs(ahead), _pairs(after)
    named = {*words(counted), ""}
    near = [
        word
        for pair in zip_longest(reversed(ahead[-_REACH - 2 :]), after[: _REACH + 2], fillvalue="")
        for word in pair
    ]
    stems = [_stem(word) for word in near if word not in named and _tells(word)]
    return tuple(dict.fromkeys(stems))[: _REACH + 2]


def _is_single(word: str) -> bool:
    return len(word) == 1 and word > "\u2e7f"


def _pairs(run: Sequence[str]) -> list[str]:
    return [a + b for a, b in pairwise(run) if a > "\u3400" and b > "\u3400"]


def _stem(word: str) -> str:
    return word[:2] if "가" <= word[0] <= "힣" else word[:_STEM]


def _tells(word: str) -> bool:
    if word > "\u3400":
        return len(word) > 1 and not _DIGIT.search(word)
    return _counts(word) and word[:_STEM] not in FUNCTION_WORDS and (len(word) > 3 or not word.isascii())


def exact(value: float) -> str:
    """`value` as one string whatever way it was written, for hashing and storing."""
    return format(Decimal(repr(value)).normalize(), "f")
