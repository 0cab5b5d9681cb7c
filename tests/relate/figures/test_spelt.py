"""Numbers that are spelt out, in the languages that are watched, and those that only look so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.relate.figures.spelt import spelt

READ = [
    ("en", "Fifteen thousand soldiers, twenty-three of them ill", [15_000, 23]),
    ("en", "two dozen sappers and a hundred lorries", [24, 100]),
    ("en", "half a million euros, two hundred and five letters", [500_000, 205]),
    ("en", "one hundred and twenty thousand; between two and three", [120_000, 2, 3]),
    ("en", "one man, a mule and thousands of sheep", []),
    ("de", "fünfzehntausend Soldaten, dreiundzwanzig Tote", [15_000, 23]),
    ("de", "eine halbe Million, ein Dutzend und achtzig", [500_000, 12, 80]),
    ("de", "ein Mann und einige Millionen", []),
    ("fr", "quinze mille soldats, vingt-trois morts, vingt et un blessés", [15_000, 23, 21]),
    ("fr", "quatre-vingt-dix-sept, soixante-douze, une centaine", [97, 72, 100]),
    ("es", "quince mil soldados, treinta y uno, un centenar, medio millón", [15_000, 31, 100, 500_000]),
    ("pt", "vinte e três pessoas, doze mil soldados, meio milhão", [23, 12_000, 500_000]),
    ("it", "quindici mila soldati e venti mezzi", [15_000, 20]),
    ("ru", "пятнадцать тысяч солдат, двадцать три, шестеро, два миллиона", [15_000, 23, 6, 2_000_000]),
    ("uk", "дев’яти поранених, пів мільйона споживачів", [9, 500_000]),
    ("ar", "خمسة أشخاص، أحد عشر شخصا، ثلاثة آلاف، خمسة وعشرون", [5, 11, 3_000, 25]),
    ("ko", "작업자 여섯 명, 열두 명, 서른 세 명, 한 명", [6, 12, 33, 1]),
    ("ko", "두고 세상에 네", []),
    (None, "fifteen thousand", [15_000]),
    ("xx", "fifteen thousand", []),
]


@pytest.mark.parametrize(("language", "text", "values"), READ)
def test_a_number_is_read(language: str | None, text: str, values: list[float]) -> None:
    assert [number.value for number in spelt(text, language)] == values


_ONES = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905
_EINER = "ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf".split()  # noqa: SIM905
_ZEHNER = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()  # noqa: SIM905


def english(value: int) -> str:
    if value >= 1000:
        rest = f" {english(value % 1000)}" if value % 1000 else ""
        return f"{english(value // 1000)} thousand{rest}"
    if value >= 100:
        rest = f" and {english(value % 100)}" if value % 100 else ""
        return f"{_ONES[value // 100 - 1]} hundred{rest}"
    if value < 20:
        return _ONES[value - 1]
    return _TENS[value // 10 - 2] + (f"-{_ONES[value % 10 - 1]}" if value % 10 else "")


@given(st.integers(2, 999_999))
def test_english_is_read_back(value: int) -> None:
    written = english(value)
    assert [(n.value, n.start, n.end) for n in spelt(f"So {written} came.", "en")] == [
        (value, 3, 3 + len(written))
    ]


@given(st.integers(0, 7), st.integers(0, 8), st.booleans())
def test_german_is_read_back(tens: int, ones: int, thousands: bool) -> None:
    written = f"{_EINER[ones]}und{_ZEHNER[tens]}" + "tausend" * thousands
    value = (10 * (tens + 2) + ones + 1) * (1000 if thousands else 1)
    assert [n.value for n in spelt(f"Es kamen {written} Leute.", "de")] == [value]


@given(st.text(max_size=200), st.sampled_from([None, *{language for language, _, _ in READ if language}]))
def test_any_text_is_read(text: str, language: str | None) -> None:
    for number in spelt(text, language):
        assert 0 <= number.start < number.end <= len(text)
        assert number.value >= 1
