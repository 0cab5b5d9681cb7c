"""What fills the sentences of a text: figures, names and negations, by which a correction is told from a copy.

    "The army sent 12,000 troops to Kursk."  ->  "the army sent # troops to @", filled with 12000 and kursk

A sentence with these masked is its form. Texts that share a form and fill it otherwise do not say the same,
however much of them is the same: one corrects the other, or both fill in what an outlet writes every day.
Every number counts here, dates, scores and ages too: none of them changes when a text is merely copied.
"""

from __future__ import annotations

import re
import zlib
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Final, NamedTuple

from monitor.relate.copies.shingles import by_character
from monitor.relate.figures.reading import exact
from monitor.relate.figures.things import MULTIPLIERS
from monitor.relate.words.function_words import function_words
from monitor.text import words

FIGURES: Final = 12  # figures kept of a text, the first ones
FORMS: Final = 48  # sentences kept of a text, the first ones
_FEWEST_WORDS: Final = 5  # of a form, masks apart; what is shorter ("photo by @") is in many texts
_MASKED: Final = 0.5  # a sentence more of which is masked is a list of names or results
_TITLED: Final = 0.5  # a line with this share of capitals is a headline: they tell no names in it
_NOUNS: Final = 0.22  # a text with this share of capitals writes all its nouns so, as German does

_HANGUL = "\uac00"
_NOTS: Final = (
    "not never nor nicht nie niemals ne pas jamais non não nunca jamás не нет ни ні немає nie niet geen "
    "안 못 不 没 沒 未 無 无 非 لا لم لن ليس"
)
_NEGATIONS: Final[Mapping[str, str]] = MappingProxyType(  # and what stands there without them
    dict.fromkeys(_NOTS.split(), "")
    | {"no": "", "cannot": "can", "can't": "can", "won't": "will", "shan't": "shall"}
    | {f"kein{end}": f"ein{end}" for end in ("", "e", "er", "en", "em", "es")}
)
_SPELT: Final = (  # 2, 3, ... as English, German, French, Spanish, Italian, Portuguese, Russian and Ukrainian write it
    "two zwei deux dos due dois duas два две двух дві двох 두 二 两 兩",
    "three drei trois tres tre três три трех трёх трьох 세 三",
    "four vier quatre cuatro quattro quatro четыре четырех четырёх чотири 네 四",
    "five fünf cinq cinco cinque пять пяти п'ять 다섯 五",
    "six sechs seis шесть шести шість 여섯 六",
    "seven sieben sept siete sette sete семь семи сім 일곱 七",
    "eight acht huit ocho otto oito восемь восьми вісім 여덟 八",
    "nine neun neuf nueve nove девять девяти дев'ять 아홉 九",
    "ten zehn dix diez dieci dez десять десяти 열 十",
    "eleven elf onze одиннадцать",
    "twelve zwölf douze doce dodici doze двенадцать",
    "thirteen dreizehn", "fourteen vierzehn", "fifteen fünfzehn quinze", "sixteen sechzehn", "seventeen siebzehn",
    "eighteen achtzehn", "nineteen neunzehn", "twenty zwanzig vingt veinte venti vinte двадцать",
)  # fmt: skip
_NUMBERS: Final[Mapping[str, str]] = MappingProxyType(
    {words(name)[0]: str(value) for value, names in enumerate(_SPELT, 2) for name in names.split()}
    | {
        name: str(10 * n)
        for n, name in enumerate(["thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 3)
    }
)
_NOBODY: Final = frozenset[str]()
_TELLING: Final = frozenset({*_NEGATIONS, *_NUMBERS})
_NONE, _SOME = "없", "있"  # Korean denies within a word
_PARTING: Final = "xpartingx"
_BETWEEN: Final = f"\n{_PARTING}\n"
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_CAPITAL = re.compile(
    r"[^\W\d_a-zа-яёіїєґ\u00aa-\u00bf\u00df-\u00f6\u00f8-\u00ff\u0590-\u0fff\u1100-\uffff]\w+"
)
_FIRST = re.compile(r"\W*")
_END = re.compile(r"""[.!?…]+["'”’»)\]]*\s+|[。！？｡]+[」』”’）】》〉"]*\s*""")
# "SEOUL, Oct. 24 (Yonhap) -- ": place, day and agency are the outlet's to write.
_DATELINE = re.compile(r"[^!?\n]{0,90}?(?:\s--?\s|\s?[–—]\s|=\s|\)\s?[-–—:]\s?)")
_DAY = re.compile(r"\d{1,2}|(?:19|20)\d\d")


class Figure(NamedTuple):
    """Hashes of 24 bits: of the words before a number, of those behind (0: too few to tell a place), its value."""

    before: int
    behind: int
    value: int


class Filled(NamedTuple):
    """A sentence: hashes of 24 bits of its form, of 10 of its figures, of 14 of its names and negations (0: none)."""

    form: int
    filling: int

    @property
    def figures(self) -> int:
        return self.filling >> 14

    @property
    def names(self) -> int:
        return self.filling & 0x3FFF


class Text(NamedTuple):
    """The words of a text in order, and what fills it."""

    words: list[str]
    figures: list[Figure]
    sentences: list[Filled]


def read(text: str, language: str | None = None, *, named: bool = True) -> Text:
    """The words and fillings of `text`, which is one line. `named`: a capital tells a name (in no headline).

    Linear in the length of the text; the words are those of text.words().
    """
    run: list[str] = []
    places: list[tuple[int, int, str]] = []
    filled: list[Filled] = []
    capitals = [found.span() for found in _CAPITAL.finditer(text)] if named else []
    nouns = language == "de" or len(capitals) > _NOUNS * (text.count(" ") + 1)
    idle = function_words(language)
    parts, at, korean = _parts(text), 0, _NONE in text
    for (start, end, told), own in zip(parts, _words_of(text, parts), strict=True):
        if told and (len(places) < FIGURES or len(filled) < FORMS):
            until = bisect_left(capitals, (end, end), at)
            names = _names(text, start, capitals[at:until], len(own), nouns) - idle if until > at else _NOBODY
            at = until
            figures, sentence = _fillings(own, names, korean)
            places += [(first + len(run), last + len(run), value) for first, last, value in figures]
            if sentence and len(filled) < FORMS:
                filled.append(sentence)
        run += own
    return Text(run, [_placed(run, place) for place in places[:FIGURES]], filled)


def _parts(text: str) -> list[tuple[int, int, bool]]:
    """The sentences, and whether they tell anything: a dateline does not.

    What text.sentences() would not part, as after "U.S.", is parted alike in every copy of it.
    """
    ends = [found.end() for found in _END.finditer(text)]
    dateline = _DATELINE.match(text)
    first = 0
    if dateline and all(map(_DAY.fullmatch, _DIGITS.findall(dateline[0]))):
        first = dateline.end()
    edges = [first, *[end for end in ends if first < end < len(text)], len(text)]
    parts = [(start, end, True) for start, end in pairwise(edges) if start < end]
    return [(0, first, False), *parts] if first else parts


def _words_of(text: str, parts: Sequence[tuple[int, int, bool]]) -> list[list[str]]:
    """The words of each part: of all at once, parted by a word of our own, as each call of words() costs."""
    found = words(_BETWEEN.join([text[start:end] for start, end, _ in parts]))
    ends = [index for index, word in enumerate(found) if word == _PARTING]
    if len(ends) != len(parts) - 1:  # the text has that word too
        return [words(text[start:end]) for start, end, _ in parts]
    return [found[start + 1 : end] for start, end in zip([-1, *ends], [*ends, len(found)], strict=True)]


def _names(
    text: str, start: int, capitals: Sequence[tuple[int, int]], own: int, nouns: bool
) -> frozenset[str]:
    """The words of a sentence of `own` words, from `start` on, that its capitals tell to be names.

    Its first is none unless another follows; where all nouns have a capital, only two in a row are one.
    """
    if len(capitals) > _TITLED * own:
        return _NOBODY
    opening = _FIRST.match(text, start)
    first = opening.end() if opening else start
    kept = []
    for index, (begin, end) in enumerate(capitals):
        followed = index + 1 < len(capitals) and capitals[index + 1][0] - end == 1
        follows = index > 0 and begin - capitals[index - 1][1] == 1
        if followed or (follows if nouns or begin == first else begin != first):
            kept.append(text[begin:end])
    return frozenset(words(" ".join(kept))) if kept else _NOBODY


def _fillings(
    own: Sequence[str], names: frozenset[str], korean: bool
) -> tuple[list[tuple[int, int, str]], Filled | None]:
    """The figures of a sentence (words [first, last), value), and the sentence if its form can be known again."""
    masked = [
        index
        for index, word in enumerate(own)
        if not word.isalpha() or word in _TELLING or word in names or (korean and _NONE in word)
    ]
    if not masked:
        return [], _filled(own, (), ())
    form, said = list(own), list[str]()
    figures: list[tuple[int, int, str]] = []
    for index in masked:
        word = own[index]
        if word in _NEGATIONS or _NONE in word or word.endswith("n't"):
            form[index] = _NEGATIONS.get(word, word.replace(_NONE, _SOME).removesuffix("n't"))
            said.append("not")
        elif word in _NUMBERS or _DIGITS.search(word):
            form[index] = "#" if word in _NUMBERS else _DIGITS.sub("#", word)
            if figures and figures[-1][1] == index:
                first, _, value = figures.pop()
                figures.append((first, index + 1, value + _value(word)))
            else:
                figures.append((index, index + 1, _value(word)))
        elif word in names:
            form[index] = "@"
            said.append(word)
    figures = [_multiplied(own, figure) for figure in figures]
    values = [value for _, _, value in figures]
    return figures, _filled(form, values, said)


def _filled(form: Sequence[str], values: Sequence[str], said: Sequence[str]) -> Filled | None:
    """None for a sentence that is too short, or masked too far, to be known by its form."""
    plain = len(form) - form.count("") - form.count("#") - form.count("@")
    if plain < max(_FEWEST_WORDS, (1 - _MASKED) * len(form)):
        return None
    if plain < 2 * _FEWEST_WORDS and by_character(form):
        return None
    shape = " ".join(filter(None, form))
    for sign in ("@", "#"):
        while f"{sign} {sign}" in shape:
            shape = shape.replace(f"{sign} {sign}", sign)
    filling = (_hash24(" ".join(values)) & 0xFFC000 if values else 0) | (
        _hash24(" ".join(said)) >> 10 if said else 0
    )
    return Filled(_hash24(shape), filling)


def _value(word: str) -> str:
    """A number as one string, however it is grouped; another word's digits with the word, as in 1만."""
    if word in _NUMBERS:
        return _NUMBERS[word]
    if _GROUPED.fullmatch(word):
        return word.replace(",", "").replace(".", "")
    return (
        ",".join(_value(part) for part in _DIGITS.findall(word))
        if not word[-1].isdigit()
        else word.replace(",", ".")
    )


def _multiplied(own: Sequence[str], figure: tuple[int, int, str]) -> tuple[int, int, str]:
    """ "15", "thousand" as 15000."""
    first, last, value = figure
    factor = MULTIPLIERS.get(own[last]) if last < len(own) else None
    if not factor:
        return figure
    try:
        return first, last + 1, exact(float(value) * factor)
    except ValueError:
        return figure


def _placed(run: Sequence[str], place: tuple[int, int, str]) -> Figure:
    """Hashes of the two words (four characters) before a figure, those behind, and its value."""
    first, last, value = place
    before, behind = run[max(first - 4, 0) : first], run[last : last + 4]
    before = before if by_character(before) else before[-2:]
    behind = behind if by_character(behind) else behind[:2]
    return Figure(_context(before), _context(behind), _hash24(value))


def _context(near: Sequence[str]) -> int:
    """0 where too little is there to say that two places are the same. Other digits are masked."""
    letters = sum(len(word) * (2 if word >= _HANGUL else 1) for word in near)  # a syllable is as good as two
    if len(near) < 2 or letters < 4:
        return 0
    return _hash24(" ".join("#" if any(c.isdigit() for c in word) else word for word in near)) or 1


def _hash24(text: str) -> int:
    return zlib.crc32(text.encode()) & 0xFFFFFF
