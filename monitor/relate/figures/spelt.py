"""Numbers spelt out, in the languages that are watched: fifteen thousand, dreiundzwanzig, пятеро, 여섯 명.

"One" alone is left out nearly everywhere: it is an article or a pronoun more often. What follows decides whether
a number counts anything (see figures), so that words which mean something else too ("acht", "neuf") do no harm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from monitor.relate.figures.things import MULTIPLIERS
from monitor.text import fold, word_set


def _listed(first: int, step: int, words: str) -> dict[str, int]:
    """Values in steps; a "/" parts the forms of one."""
    return {form: first + step * at for at, forms in enumerate(words.split()) for form in forms.split("/")}


def _german() -> dict[str, int]:
    """German writes a number as one word."""
    ones = _listed(1, 1, "ein zwei drei vier fünf sechs sieben acht neun")
    teens = _listed(10, 1, "zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn")
    tens = _listed(20, 10, "zwanzig dreißig/dreissig vierzig fünfzig sechzig siebzig achtzig neunzig")
    joined = {f"{one}und{ten}": ones[one] + value for ten, value in tens.items() for one in ones}
    small = ones | teens | tens | joined | {"hundert": 100}
    hundreds = {f"{one}hundert": 100 * value for one, value in ones.items()}
    thousands = {f"{word}tausend": 1000 * value for word, value in (small | hundreds).items()}
    del small["ein"]
    return small | hundreds | thousands | {"tausend": 1000, "zweier": 2, "dreier": 3, "dutzend": 12}


_ENGLISH: Final = (
    _listed(
        1, 1,
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen",
    )
    | _listed(20, 10, "twenty thirty forty fifty sixty seventy eighty ninety hundred")
    | {"dozen": 12}
)  # fmt: skip
_FRENCH: Final = (
    _listed(2, 1, "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize")
    | _listed(20, 10, "vingt/vingts trente quarante cinquante soixante")
    | {"cent": 100, "cents": 100, "dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20}
    | {"trentaine": 30, "cinquantaine": 50, "centaine": 100}
)
_SPANISH: Final = (
    _listed(
        2, 1,
        "dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete "
        "dieciocho diecinueve veinte veintiuno/veintiún/veintiuna veintidós veintitrés veinticuatro veinticinco "
        "veintiséis veintisiete veintiocho veintinueve",
    )
    | _listed(30, 10, "treinta cuarenta cincuenta sesenta setenta ochenta noventa cien/ciento/centenar")
    | _listed(200, 100, "doscientos/doscientas trescientos/trescientas cuatrocientos/cuatrocientas "
              "quinientos/quinientas seiscientos/seiscientas setecientos/setecientas ochocientos/ochocientas "
              "novecientos/novecientas")
    | {"decena": 10, "docena": 12, "veintena": 20}
)  # fmt: skip
_PORTUGUESE: Final = (
    _listed(
        2, 1,
        "dois/duas três quatro cinco seis sete oito nove dez onze doze treze quatorze/catorze quinze "
        "dezesseis/dezasseis dezessete/dezassete dezoito dezenove/dezanove",
    )
    | _listed(20, 10, "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa cem/cento/centena")
    | _listed(200, 100, "duzentos/duzentas trezentos/trezentas quatrocentos/quatrocentas quinhentos/quinhentas "
              "seiscentos/seiscentas setecentos/setecentas oitocentos/oitocentas novecentos/novecentas")
    | {"dezena": 10, "dúzia": 12}
)  # fmt: skip
_ITALIAN: Final = _listed(
    2, 1,
    "due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici "
    "diciassette diciotto diciannove venti",
) | _listed(30, 10, "trenta quaranta cinquanta sessanta settanta ottanta novanta cento/centinaio")  # fmt: skip
_RUSSIAN: Final = (
    _listed(
        2, 1,
        "два/две/двух/двум/двое/двоих три/трех/трём/трёх/трем/трое/троих четыре/четырех/четырёх/четырем/четверо/"
        "четверых пять/пяти/пятеро/пятерых шесть/шести/шестеро/шестерых семь/семи/семеро/семерых восемь/восьми/"
        "восьмеро/восьмерых девять/девяти/девятеро десять/десяти/десятеро/десяток одиннадцать/одиннадцати "
        "двенадцать/двенадцати/дюжина тринадцать/тринадцати четырнадцать/четырнадцати пятнадцать/пятнадцати "
        "шестнадцать/шестнадцати семнадцать/семнадцати восемнадцать/восемнадцати девятнадцать/девятнадцати",
    )
    | _listed(
        20, 10,
        "двадцать/двадцати тридцать/тридцати сорок/сорока пятьдесят/пятидесяти шестьдесят/шестидесяти "
        "семьдесят/семидесяти восемьдесят/восьмидесяти девяносто сто/ста/сотня/сотню/сотни",
    )
    | _listed(200, 100, "двести/двухсот триста/трехсот/трёхсот четыреста/четырехсот/четырёхсот пятьсот/пятисот "
              "шестьсот/шестисот семьсот/семисот восемьсот/восьмисот девятьсот/девятисот")
)  # fmt: skip
_UKRAINIAN: Final = (
    _listed(
        2, 1,
        "два/дві/двох/двом/двоє три/трьох/трьом/троє чотири/чотирьох/чотирьом/четверо п'ять/п'яти/п'ятьох/п'ятеро "
        "шість/шести/шістьох/шестеро сім/семи/сімох/семеро вісім/восьми/вісьмох/восьмеро "
        "дев'ять/дев'яти/дев'ятьох/дев'ятеро десять/десяти/десятьох/десятеро/десяток одинадцять/одинадцяти "
        "дванадцять/дванадцяти тринадцять/тринадцяти чотирнадцять/чотирнадцяти п'ятнадцять/п'ятнадцяти "
        "шістнадцять/шістнадцяти сімнадцять/сімнадцяти вісімнадцять/вісімнадцяти дев'ятнадцять/дев'ятнадцяти",
    )
    | _listed(20, 10, "двадцять/двадцяти тридцять/тридцяти сорок/сорока п'ятдесят/п'ятдесяти шістдесят/шістдесяти "
              "сімдесят/сімдесяти вісімдесят/вісімдесяти дев'яносто сто/ста/сотня/сотні/сотню")
    | _listed(200, 100, "двісті/двохсот триста/трьохсот чотириста/чотирьохсот п'ятсот/п'ятисот шістсот/шестисот "
              "сімсот/семисот вісімсот/восьмисот дев'ятсот/дев'ятисот")
)  # fmt: skip
_ARABIC: Final = (
    _listed(
        3, 1, "ثلاثة/ثلاث أربعة/أربع خمسة/خمس ستة/ست سبعة/سبع ثمانية/ثماني/ثمان تسعة/تسع عشرة/عشر/عشرات"
    )
    | _listed(20, 10, "عشرون/عشرين ثلاثون/ثلاثين أربعون/أربعين خمسون/خمسين ستون/ستين سبعون/سبعين "
              "ثمانون/ثمانين تسعون/تسعين مئة/مائة")
    | {"أحد": 1, "إحدى": 1, "اثنا": 2, "اثني": 2, "اثنتا": 2, "اثنتي": 2, "مئتان": 200, "مئتين": 200}
)  # fmt: skip
del _ARABIC["عشرات"]  # dozens

_VALUES: Final = MappingProxyType(
    {
        "en": _ENGLISH, "de": _german(), "fr": _FRENCH, "es": _SPANISH, "pt": _PORTUGUESE, "it": _ITALIAN,
        "ru": _RUSSIAN, "uk": _UKRAINIAN, "ar": _ARABIC,
    }
)  # fmt: skip
# Between tens and ones; in Arabic it is written onto the word behind it.
_JOINS: Final = MappingProxyType({"en": "and", "fr": "et", "es": "y", "pt": "e", "it": "e"})
_AND: Final = "و"
_ONE: Final = word_set("a an one ein eine einer einem un una uno une um uma один одна одну одного")
_HALF: Final = word_set("half halbe halben halbes demi medio media meio meia mezzo пів")
# What is a number without another in front: "mil soldados"; "thousand" and "Million" are not.
_ALONE: Final = word_set("mil mille тысяча тысячу миллион мільйон тисяча тисячу ألف مليون مليار")
_NOT_ALONE: Final = frozenset({"hundred", "dozen"})  # "a hundred", "two hundred", but not "the hundred"
_FRENCH_TENS: Final = (60, 80)  # soixante-douze, quatre-vingt-dix

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_GAPS: Final = frozenset({" ", "-", "\u00a0", "\u202f"})
_KOREAN = re.compile(
    r"(?<![가-힣])(?:(열|스무|서른|마흔|쉰)\s?)?(한|두|세|네|다섯|여섯|일곱|여덟|아홉|열|스무)\s?(?=명|채|척|곳|사람)"
)
_KOREAN_VALUES: Final = MappingProxyType(
    _listed(1, 1, "한 두 세 네 다섯 여섯 일곱 여덟 아홉 열") | _listed(20, 10, "스무 서른 마흔 쉰")
)


class Spelt(NamedTuple):
    """A number that a text spells out at code points [start, end)."""

    value: float
    start: int
    end: int


class _Word(NamedTuple):
    text: str
    start: int
    end: int


def spelt(text: str, language: str | None) -> Iterator[Spelt]:
    """The numbers above one that `text` spells out, in order. Of an unknown language, those that are English."""
    language = language or "en"
    if language == "ko":
        yield from _korean(text)
    values = _VALUES.get(language)
    if values is None:
        return
    lowered = text.lower().replace("’", "'").replace("ʼ", "'")
    if len(lowered) != len(text):  # a few capitals grow, and places would be wrong
        return
    said = set(_WORD.findall(lowered))
    if values.keys().isdisjoint(said) and (_HALF | _ALONE).isdisjoint(said):
        return
    words = [_Word(found[0], *found.span()) for found in _WORD.finditer(lowered)]
    at = 0
    begins = values.keys() | _HALF | _ALONE | _ONE
    while at < len(words):
        if words[at].text not in begins:
            at += 1
            continue
        reading = _Reading(lowered, words, at, values, _JOINS.get(language, ""))
        value, end = reading.read()
        if value > 1:
            yield Spelt(value, words[at].start, words[end - 1].end)
        at = max(end, at + 1)


def _korean(text: str) -> Iterator[Spelt]:
    """Korean numerals count what has a counter behind it; there even "one" is a number."""
    for found in _KOREAN.finditer(text):
        tens = _KOREAN_VALUES[found[1]] if found[1] else 0
        yield Spelt(tens + _KOREAN_VALUES[found[2]], found.start(), found.end(2))


class _Reading:
    """A number that begins at a word, read word by word: `_total` of what is scaled, `_part` of what is not yet."""

    def __init__(
        self, text: str, words: Sequence[_Word], at: int, values: Mapping[str, int], join: str
    ) -> None:
        self._text, self._words, self._values, self._join = text, words, values, join
        self._at = at
        self._total, self._part, self._least = 0.0, 0.0, float("inf")

    def read(self) -> tuple[float, int]:
        """The value, 0 where there is none, and the word behind it."""
        if not self._begin():
            return 0.0, self._at
        while self._at < len(self._words) and self._next():
            pass
        return self._total + self._part, self._at

    def _begin(self) -> bool:
        word = self._words[self._at].text
        if word in _HALF:
            return self._begin_with(0.5)
        if word in self._values and word not in _NOT_ALONE:
            self._part = self._values[word]
        elif word in _ALONE:
            self._total = self._least = _scale(word)
        elif word in _ONE:
            return self._begin_with(1.0)
        else:
            return False
        self._at += 1
        return True

    def _begin_with(self, share: float) -> bool:
        """ "A dozen", "half a million", "eine halbe Million": a share of what is only counted with one in front."""
        at = self._at + 1
        if at < len(self._words) and self._close(at) and (word := self._words[at].text) in _ONE | _HALF:
            share = 0.5 if word in _HALF else share
            at += 1
        if at >= len(self._words) or not self._close(at):
            return False
        word = self._words[at].text
        value = _scale(word) or self._values.get(word, 0)
        if value < 10:
            return False
        self._part, self._at = 0.0, at + 1
        self._total, self._least = share * value, value
        return True

    def _next(self) -> bool:
        """Take the next word, if it goes on with the number."""
        at, joined = self._at, False
        if self._words[at].text == self._join and at + 1 < len(self._words) and self._close(at):
            at, joined = at + 1, True
        if not self._close(at):
            return False
        word = self._words[at].text
        if word.startswith(_AND) and word[1:] in self._values:
            word, joined = word[1:], True
        value = 1 if joined and word in _ONE else self._values.get(word) or _scale(word)
        if not value or not self._takes(value, joined):
            return False
        self._at = at + 1
        return True

    def _close(self, at: int) -> bool:
        return self._text[self._words[at - 1].end : self._words[at].start] in _GAPS

    def _takes(self, value: int, joined: bool) -> bool:
        part = self._part
        if value >= 1000:
            if joined or value >= self._least or not (part or self._total < 1000 <= self._least):
                return False
            self._total, self._part, self._least = self._total + part * value, 0.0, value
        elif value in (12, 100) and 1 <= part < 10 and not joined:
            self._part = part * value
        elif value == 20 and part == 4 and not joined:  # quatre-vingts
            self._part = 80
        elif _adds(part, value, joined) or (part == 0 and self._least > value):
            self._part = part + value
        else:
            return False
        return True


def _scale(word: str) -> int:
    return MULTIPLIERS.get(fold(word), 0)


def _adds(part: float, value: int, joined: bool) -> bool:
    """Whether a smaller value is added: "hundred five", "vierzig zwei", "soixante-douze", "خمسة وعشرون"."""
    tens = part % 100
    if part >= 100 and tens == 0:
        return value < 100
    if tens in _FRENCH_TENS and value < 20:
        return True
    if tens in (10, 70, 90) and 7 <= value <= 9:  # dix-sept
        return not joined
    if 1 <= part < 10 and value % 10 == 0:  # ones before tens, and before ten
        return joined == (value > 10)
    return tens >= 20 and tens % 10 == 0 and value < 10
