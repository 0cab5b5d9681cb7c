"""Numbers as news writes them, read from a text: what may count something, and nothing else.

    15,000 · 15.000 · 15 000 · 15 тыс. · 1.5 million · 1만 5천 · 1.5万 · 一万五千 · fifteen thousand

What is a date, a time, an age, a score, a name, a version or a telephone number is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Final

from monitor.relate.figures.spelt import spelt
from monitor.relate.figures.things import MULTIPLIERS
from monitor.text import fold


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number at code points [start, end). `range`: another one follows that counts the same thing.

    `year`: it could be a year; `named`: it directly follows a name (Flight 370). Both are figures only
    where a known thing is counted.
    """

    value: float
    start: int
    end: int
    range: bool = False
    year: bool = False
    named: bool = False


MOST: Final = 1000  # numbers read of a text, of each way to write them: pages of tables are no news
LARGEST: Final = 10**16  # beyond, it is an id, and a float would not hold it exactly

# Languages that write 1.5 with a point; only there can "1.500" be one and a half.
_POINT = frozenset({"en", "zh", "ja", "ko", "th", "he"})
# Languages that do not group thousands by a plain space.
_UNSPACED_GROUPS = frozenset({"en", "zh", "ja", "ko", "th"})

_GROUPED = r"\d{1,3}(?P<sep>[.,'’\u00a0\u202f\u2009%s])\d{3}(?:(?P=sep)\d{3})*(?!\d)(?:[.,]\d{1,2}(?!\d))?"
_PLAIN = r"\d+(?:[.,]\d+)?"
_DIGITS = re.compile(rf"(?P<grouped>{_GROUPED % ''})|{_PLAIN}")
_DIGITS_SPACED = re.compile(rf"(?P<grouped>{_GROUPED % ' '})|{_PLAIN}")

_MONTHS = (
    r"(?:jan(?:uary|uar|vier)?|feb(?:ruary|ruar)?|f[eé]v(?:rier)?|m[aä]r(?:ch|z|s)?|apr(?:il)?|avr(?:il)?|ma[iy]|jun[ei]?|juin|"
    r"jul[iy]?|juil(?:let)?|aug(?:ust)?|ao[uû]t|sept?(?:ember|embre)?|o[ck]t(?:ober|obre)?|nov(?:ember|embre)?|"
    r"de[czć](?:ember)?|d[eé]c(?:embre)?|jän(?:ner)?|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|"
    r"noviembre|diciembre|janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|novembro|dezembro|"
    r"январ[ья]|феврал[ья]|марта?|апрел[ья]|ма[йя]|июн[ья]|июл[ья]|августа?|сентябр[ья]|октябр[ья]|ноябр[ья]|декабр[ья]|"
    r"січн[яі]|лютого|березня|квітня|травня|червня|липня|серпня|вересня|жовтня|листопада|грудня)"
)
_MONTH_AFTER = re.compile(rf"(?:\.|st|nd|rd|th|er)?\s*(?:de\s+|of\s+)?{_MONTHS}\b", re.IGNORECASE)
_MONTH_BEFORE = re.compile(rf"\b{_MONTHS}\.?\s*(?:\d{{1,2}}(?:st|nd|rd|th)?,?\s*)?$", re.IGNORECASE)
_TIME_AFTER = re.compile(
    r"\s*-?(?:[ap]\.?m\b|uhr\b|o'clock|hrs?\b|gmt\b|utc\b|kst\b|h\d\d\b|h\b|years?\b|year-|months?\b|weeks?\b|days?\b|hours?\b|"
    r"minutes?\b|seconds?\b|jahre?n?\b|monate?n?\b|wochen?\b|tagen?\b|tage\b|stunden?\b|minuten?\b|ans?\b|années?\b|mois\b|"
    r"semaines?\b|jours?\b|heures?\b|años?\b|mes(?:es)?\b|semanas?\b|d[ií]as?\b|horas?\b|anos?\b|"
    r"год|года|лет\b|месяц|недел|дн(?:ей|я|ів|і)\b|сут(?:ки|ок)|час|минут|рок[иу]в?\b|років|місяц|тижн|годин|хвилин|"
    r"ساع|يوم|أيام|أسبوع|أسابيع|شهر|أشهر|شهور|سنة|سنوات|عام|أعوام|دقيق|دقائق)",
    re.IGNORECASE,
)
# What may be a date, a time, a duration or an age, and up to which value: 1219分 and 775 시 are none.
_EAST_TIME = re.compile(
    r"\s?(?:(?P<hour>[時时点點](?!間|间)|시(?![민부군장내도즌간]))|(?P<sixty>[分秒초]|분(?!의))|(?P<month>[月월])|"
    r"(?P<day>[日号號]|일(?![본반부]))|(?P<age>[歳岁歲]|세(?![대계]))|(?P<year>[年년](?!産))|"
    r"(?P<long>시간|時間|小时|小時|개월|個月|个月|주년|周年|週間|주간|天))"
)
_EAST_MOST = {"hour": 30, "sixty": 99, "month": 12, "day": 31, "age": 130, "year": 2100, "long": 9999}
_CENTURY = re.compile(r"\s*(?:г\.|гг\.|р\.|рр\.)")
_LABEL_BEFORE = re.compile(
    r"(?:\b(?:no|nr|num|art|article|section|chapter|page|p|route|flight|room|channel|phase|part|group|gate|aged|age)\.?|№|#|§|第)\s*$",
    re.IGNORECASE,
)
_RANGE_WORDS = re.compile(r"\s(?:to|or|bis|oder|à|ou|a|o|до|или|або)\s(?=\w)", re.IGNORECASE)
_NAME_BEFORE = re.compile(r"[A-ZА-ЯЁІЇЄ][\w'’-]+\s$")
_LATIN_WORD = re.compile(r"[^\W\d_\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+")
_STRONG = re.compile(r"-(?:strong|member|man)\b", re.IGNORECASE)
_RANGE = re.compile(
    r"\s*(?:[-–—~〜～]|to|and|or|or even|bis|und|à|a|y|до|и|або|에서|から|至|到)\s*(?=\d)", re.IGNORECASE
)
_PHONE_BEFORE = re.compile(r"\+\d[\d\s()/.-]*$")

_MYRIADS = {
    "조": 10**12,
    "兆": 10**12,
    "억": 10**8,
    "億": 10**8,
    "亿": 10**8,
    "만": 10**4,
    "万": 10**4,
    "萬": 10**4,
}
_SMALL = {"천": 1000, "千": 1000, "백": 100, "百": 100, "십": 10, "十": 10}
_EAST = re.compile(r"\s?(?:(\d[\d,]{0,15}(?:\.\d{1,9})?)\s?)?([조兆억億亿만万萬천千백百])")
_EAST_REST = re.compile(r"\s?(\d[\d,]{0,5})(?![\d,.]|\s?[년월일시분年月日時时])")

_HAN_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2, "兩": 2}
_HAN = re.compile(
    r"(?<![第\d〇零一二三四五六七八九十百千万萬亿億两兩])"
    r"[一二三四五六七八九十百千两兩][〇零一二三四五六七八九十百千万萬亿億两兩]{0,16}(?=[余餘多]?[人名位枚辆輛架艘座棟栋台户戸户]|世帯)|"
    r"(?<=百分之)[一二三四五六七八九十百]{1,5}"
)


def numerals(text: str, language: str | None = None) -> Iterator[Numeral]:
    """The numbers of `text` that may count something, in order; of a table, the first thousand."""
    found = list(islice(_digit_numerals(text, language), MOST))
    if not text.isascii():
        found += islice(_han_numerals(text), MOST)
    found += islice(_spelt_numerals(text, language), MOST)
    end = -1
    for number in sorted(found, key=lambda number: number.start):
        if number.start >= end:
            yield number
            end = number.end


def _digit_numerals(text: str, language: str | None) -> Iterator[Numeral]:
    pattern = _DIGITS if language in _UNSPACED_GROUPS else _DIGITS_SPACED
    position = 0
    while found := pattern.search(text, position):
        number = _read(text, found, language)
        position = number.end if number else found.end()
        if number:
            yield number


def _read(text: str, found: re.Match[str], language: str | None) -> Numeral | None:
    start, end = found.span()
    value = _value(found[0], found["sep"] if found["grouped"] else None, language)
    before, after = text[max(start - 24, 0) : start], text[end : end + 24]
    if value is None or _bound_before(before):
        return None
    value, end = _multiplied(text, value, end, money=before.rstrip().endswith(("$", "€", "£", "¥")))
    if value > LARGEST:
        return None
    scaled = end > found.end()
    after = text[end : end + 24]
    ranged = _RANGE.match(after) is not None
    if not scaled and _bound_after(before, after, value, grouped=bool(found["grouped"]), ranged=ranged):
        return None
    bare = found[0].isdecimal() and not scaled
    return Numeral(
        value=float(value),
        start=start,
        end=end,
        range=ranged,
        year=bare and len(found[0]) == 4 and 1900 <= value <= 2099,
        named=bare and _NAME_BEFORE.search(before) is not None,
    )


def _value(written: str, separator: str | None, language: str | None) -> Decimal | None:
    """The number as written, by the language's way to group and to mark decimals; None if it is none."""
    if len(written) > 20:
        return None
    if separator == "." and written.count(".") == 1 and (language in _POINT or written.startswith("0")):
        return Decimal(written.replace(",", ""))
    if separator:
        written = written.replace(separator, "")
    return Decimal(written.replace(",", "."))


def _bound_before(before: str) -> bool:
    """Whether the digits belong to what stands in front: G20, Hwasong-20, 3.1.4, No. 5, +49."""
    last, previous = before[-1:], before[-2:-1]
    if _LATIN_WORD.match(last) or (last and last in "_#№§:/+@=&~^"):
        return True
    if last in "-–" and last:
        # A range (10,000-12,000) is read; a name (Hwasong-20) and a telephone number (555-1234) are not.
        return not previous.isdigit() or not _RANGE_LEFT.search(before)
    if last in ".," and last and previous.isdigit():
        return True
    return (_LABEL_BEFORE.search(before) or _PHONE_BEFORE.search(before)) is not None


_RANGE_LEFT = re.compile(r"(?<![-–\d.,])(?:\d{1,3}[.,]\d{3}|\d+0)[-–]$")


def _bound_after(before: str, after: str, value: Decimal, *, grouped: bool, ranged: bool) -> bool:
    """Whether what follows makes the digits a date, a time, an age, an ordinal or part of a longer id."""
    if re.match(r"[:/.,]\d", after) or (re.match(r"[-–]\d", after) and not (grouped or value % 10 == 0)):
        return True
    if re.match(r"[-–]\d", after) and not ranged:
        return True
    if re.match(r"-[^\W\d]", after) and not _STRONG.match(after):
        return True
    if _TIME_AFTER.match(after) or _CENTURY.match(after) or _eastern_time(after, value):
        return True
    if value <= 31 and (_MONTH_AFTER.match(after) or _MONTH_BEFORE.search(before)):
        return True
    if 1900 <= value <= 2099 and not grouped and (_MONTH_BEFORE.search(before)):
        return True
    glued = _LATIN_WORD.match(after)
    return glued is not None and glued[0].lower() not in ("km", "kg", "m", "mm", "cm", "t", "ha")


def _eastern_time(after: str, value: Decimal) -> bool:
    found = _EAST_TIME.match(after)
    return found is not None and value <= _EAST_MOST[found.lastgroup or ""]


def _multiplied(text: str, value: Decimal, end: int, *, money: bool) -> tuple[Decimal, int]:
    """`value` times the multiplier words that follow, and where they end."""
    if _EAST.match(text, end):
        return _eastern(text, value, end)
    for _ in range(2):  # "mil millones"
        found = _NEXT_WORD.match(text, end)
        factor = MULTIPLIERS.get(fold(found[1])) if found else None
        if found and money and found[1].lower() in ("m", "mm"):  # anywhere else "100m" is a distance
            factor = 10**6
        if not found or not factor or (found[1] == "k" and text[end] != "k"):
            break
        value, end = (
            value * factor,
            found.end(1) + (found[0].endswith(".") and fold(found[1]) in _ABBREVIATED),
        )
    return value, end


_NEXT_WORD = re.compile(r"[ \u00a0\u202f-]?([^\W\d_]+)\.?")
_ABBREVIATED = frozenset({"тыс", "тис", "млн", "млрд", "трлн", "mio", "mrd", "tsd"})


def _eastern(text: str, value: Decimal, end: int) -> tuple[Decimal, int]:
    """Korean, Chinese and Japanese units of 10^4: 1만 5천, 2천500만, 1.5万."""
    total, section, pending = Decimal(0), Decimal(0), value
    while found := _EAST.match(text, end):
        if found[1]:
            pending = Decimal(found[1].replace(",", ""))
        unit = found[2]
        if unit in _SMALL:
            section += (pending or 1) * _SMALL[unit]
        else:
            total += (section + pending) * _MYRIADS[unit]
            section = Decimal(0)
        pending, end = Decimal(0), found.end()
    rest = _EAST_REST.match(text, end)
    if rest and int(rest[1].replace(",", "") or 0) < 10000:
        pending, end = Decimal(rest[1].replace(",", "")), rest.end()
    return total + section + pending, end


def _han_numerals(text: str) -> Iterator[Numeral]:
    """Numbers in Chinese characters in front of a counter: 一万五千名."""
    for found in _HAN.finditer(text):
        total, section, digit = 0, 0, 0
        for character in found[0]:
            if character in _HAN_DIGITS:
                digit = _HAN_DIGITS[character]
            elif character in _SMALL:
                section, digit = section + (digit or 1) * _SMALL[character], 0
            else:
                total, section, digit = total + (section + digit) * _MYRIADS[character], 0, 0
        yield Numeral(float(total + section + digit), *found.span())


def _spelt_numerals(text: str, language: str | None) -> Iterator[Numeral]:
    """Number words that are no time, duration or age."""
    for value, start, end in spelt(text, language):
        if not _TIME_AFTER.match(text[end : end + 24]):
            yield Numeral(value, start, end, range=_RANGE_WORDS.match(text, end) is not None)
