"""Figures: numbers in a text together with what they count, and which of them changed.

    "North Korea has sent around 15,000 troops"  ->  15000 troops (sent)

Dates, years, clock times, durations, ages, scores, telephone numbers, versions and names with a number
in them (Hwasong-20, COVID-19, Tokyo 2020) are no figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest

from monitor.relate.numerals import Numeral, numerals
from monitor.relate.things import CLASSES, CURRENCIES, FILLERS, SIGNS, role, thing, unspaced
from monitor.text import sentences, words

_AFTER = 60  # characters looked at behind a number for what it counts
_BEFORE = 40
_RUN = 4  # words between a number and the noun it counts: "15,000 elite North Korean troops"
_REACH = 6  # words either side that are a figure's surroundings
_STEM = 5  # letters; the cut that stories use too
_SHOWN = 40
_CLAUSE = re.compile(r"[.,;:!?()\[\]\"“”«»…。、，；：！？（）「」\n]|\s[-–—]\s")
# A number's own comma is none between clauses.
_ROLE_CLAUSE = re.compile(r"[;:()\n…。；：（），、]|,(?!\d)|\s[-–—]\s")
_DIGIT = re.compile(r"\d")
# "killing at least three people and injuring others": what is beyond a conjunction is farther off.
_JOINS = frozenset(["and", "while", "und", "et", "y", "e", "и", "та"])
_JOIN = 4
_LARGE = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"))


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and what it counts.

    `unit` is a class of things ("troops") or the stem of the word counted, "" where none is named; `role`
    is what happened to them ("sent", "dead") or "". `text` is how the report wrote it. [start, end) are
    code points of the number and its multiplier, `sentence` those of the sentence. `around` are the stems
    of the words nearby, the nearest first.
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


@dataclass(frozen=True, slots=True)
class Change:
    """The same thing counted, with another value."""

    before: Figure
    now: Figure

    @property
    def reason(self) -> str:
        """One line: "12,000 -> 15,000 troops (sent)", or as the report wrote it: "70 -> 69 deportistas"."""
        unit, role = self.now.unit, f" ({self.now.role})" if self.now.role else ""
        unit = unit.upper() if unit in CURRENCIES else unit
        now = f"{spoken(self.now.value)} {unit}" if self.now.unit in CLASSES else self.now.text
        return f"{spoken(self.before.value)} -> {now}{role}"


def spoken(value: float) -> str:
    """15000.0 as "15,000", 6.25 as "6.25", 2600000.0 as "2.6 million"."""
    for size, name in _LARGE:
        if value >= size:
            return f"{value / size:,.6g} {name}"
    return f"{value:,.0f}" if value == int(value) else f"{value:,}"


def figures(text: str, language: str | None = None) -> tuple[Figure, ...]:
    """The figures of `text` in order. `language` (ISO 639-1) settles whether "1.500" is 1500 or 1.5."""
    return tuple(_figures(text, language))


def _figures(text: str, language: str | None) -> Iterator[Figure]:
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
        counted = found[index + 1] if number.range and index + 1 < len(found) else number
        figure = _figure(text, number, counted, sentence)
        if figure:
            yield figure


def _figure(text: str, number: Numeral, counted: Numeral, sentence: tuple[int, int]) -> Figure | None:
    last = max(sentence[1], counted.end)
    behind = text[counted.end : min(counted.end + _AFTER, last)]
    before = text[max(number.start - _BEFORE, sentence[0]) : number.start]
    unit, shown = _unit(before, behind, text[number.start : number.end], number)
    if (number.year or number.named) and unit not in CLASSES:
        return None
    before_words = words(text[max(number.start - 3 * _BEFORE, sentence[0]) : number.start])[-_REACH - 2 :]
    behind_words = words(text[counted.end : min(counted.end + 2 * _AFTER, last)])[: _REACH + 2]
    return Figure(
        value=number.value,
        unit=unit,
        role=_role(before, behind),
        text=(text[number.start : counted.end] + shown)[:_SHOWN].strip(),
        start=number.start,
        end=number.end,
        sentence=sentence,
        around=_around(before_words, behind_words, shown),
    )


def _unit(before: str, behind: str, written: str, number: Numeral) -> tuple[str, str]:
    """What is counted, and the text behind the number that says so."""
    for sign in (before.rstrip()[-1:], behind.lstrip()[:1], written[:1], written[-1:]):
        if sign in SIGNS:
            return SIGNS[sign], ""
    clause = _CLAUSE.split(behind, maxsplit=1)[0]
    if unspaced(clause[:8]):
        return _unspaced_unit(before, clause)
    run = words(clause)[: _RUN + 2]
    picked = _named_thing(run)
    if picked:
        return thing(run[picked - 1]) or "people", _upto(clause, picked)
    if unspaced(before[-12:]):
        return thing(before[-12:].strip()), ""
    if before.rstrip().lower().endswith(("magnitude", "magnitude of", "магнитудой", "magnitud", "stärke")):
        return "magnitude", ""
    return next(((word[:_STEM], _upto(clause, 1)) for word in run if _counts(word)), ("", ""))


def _named_thing(run: Sequence[str]) -> int:
    """How many words of `run` lead to a known thing, or to "killed", "wounded" for people; 0 if none."""
    steps = 0
    for index, word in enumerate(run, 1):
        if thing(word):
            return index
        if role(word) in ("dead", "hurt", "missing"):
            return index
        steps += word not in FILLERS
        if steps >= _RUN or _DIGIT.search(word):
            return 0
    return 0


def _unspaced_unit(before: str, clause: str) -> tuple[str, str]:
    """In Korean, Chinese, Japanese: a noun near the number says more than the counter behind it."""
    near = clause[:10].lstrip(" 余餘多여")
    specific = thing("　" + near)  # the space keeps single characters from counting as counters
    counter = thing(near)
    if specific and specific != "people":
        return specific, clause[:6]
    if counter in ("people", "") and (ahead := thing("　" + before[-12:])) not in ("", "people"):
        return ahead, clause[:1]
    return specific or counter, clause[:1]


def _upto(clause: str, count: int) -> str:
    """The first `count` words of `clause` as they stand."""
    found = re.match(rf"(?:\W*[\w'’-]+){{1,{count}}}", clause)
    return found[0] if found else ""


def _counts(word: str) -> bool:
    return word not in FILLERS and not _DIGIT.search(word) and len(word) > 2


def _role(before: str, behind: str) -> str:
    """The nearest word that says what happened, in front of the number or behind it, within the clause."""
    ahead, after = _ROLE_CLAUSE.split(before)[-1], _ROLE_CLAUSE.split(behind, maxsplit=1)[0]
    if unspaced(after) or unspaced(ahead):
        return role("　" + after[:16]) or role("　" + ahead[-16:])
    # What follows is meant more often than what precedes: "sent 15,000 troops, killed 600".
    places = [*_roles(words(after)[:9], 0.0), *_roles(words(ahead)[:-6:-1], 0.5)]
    return min(places)[1] if places else ""


def _roles(run: Sequence[str], distance: float) -> Iterator[tuple[float, str]]:
    """The roles that the words of `run` name, with how far off they are."""
    for word in run:
        if word in _JOINS:
            distance += _JOIN
        if name := role(word):
            yield distance, name
        distance += 1


def _around(before: Sequence[str], behind: Sequence[str], counted: str) -> tuple[str, ...]:
    """Stems of the words near, those that name what is counted left out."""
    named = {*words(counted), ""}
    near = [word for pair in zip_longest(reversed(before), behind, fillvalue="") for word in pair]
    stems = [w[:_STEM] for w in near if w not in named and _counts(w) and (len(w) > 3 or not w.isascii())]
    return tuple(dict.fromkeys(stems))[:_REACH]


def changed(before: Sequence[Figure], now: Sequence[Figure]) -> tuple[Change, ...]:
    """What `now` counts with a value that `before` did not give for the same thing, in the order of `now`.

    The same thing is the same unit and role, and without a role also the same surroundings. A value
    that stands beside the new one in `now` has not been replaced, and a value that is another one
    rounded is no change (14,900 and 15,000).
    """
    still = {(figure.unit, figure.value) for figure in now}
    changes: list[Change] = []
    for figure in now:
        peers = [old for old in before if old.unit == figure.unit and old.unit]
        if any(same_value(old.value, figure.value) for old in peers):
            continue
        replaced = [old for old in peers if (old.unit, old.value) not in still and _same_thing(old, figure)]
        if replaced and not any(change.now.value == figure.value for change in changes):
            changes.append(Change(max(replaced, key=lambda old: _likeness(old, figure)), figure))
    return tuple(changes)


def _same_thing(a: Figure, b: Figure) -> bool:
    if a.role != b.role:
        return False
    shared = len(set(a.around) & set(b.around))
    return shared >= (1 if a.role else 2) + (a.unit not in CLASSES)


def _likeness(old: Figure, new: Figure) -> tuple[int, float]:
    """Shared surroundings first, then how near the values are; later figures win a draw by their order."""
    low, high = sorted((abs(old.value), abs(new.value)))
    return len(set(old.around) & set(new.around)), (low / high if high else 1.0)


def same_value(a: float, b: float) -> bool:
    """Equal, or one is the other rounded: from 1,000 up, within 1 %, with fewer digits before its zeros."""
    if a == b:
        return True
    low, high = sorted((abs(a), abs(b)))
    return low >= 1000 and (high - low) / high <= 0.01 and _digits(a) != _digits(b)


def _digits(value: float) -> int:
    return len(exact(value).rstrip("0"))


def exact(value: float) -> str:
    """`value` as one string whatever way it was written, for hashing and storing."""
    return format(Decimal(repr(value)).normalize(), "f")
