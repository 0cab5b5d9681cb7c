"""Names as they sound, so that one in Latin letters meets itself in Cyrillic, Hangul or katakana.

    Zelensky · Selenskyj · Зеленский · 젤렌스키 · ゼレンスキー  ->  @srnsk

A name is reduced to its first consonants, after the manner of Soundex (Russell 1918), with the letters
merged that languages do not tell apart or write in several ways. It is a hint beside a word, never a
proof: short names, and those that another language translates (Germany, Deutschland), do not meet.

Besides, whom and which places a text mentions, by the capitals inside its sentences: what tells two fires apart.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from monitor.text import fold, word_set, words

_LONGEST: Final = 5  # consonants: endings of cases and particles come later
_FEWEST: Final = 3
_SHORT: Final = 4  # letters of a name that has fewer consonants
_MOST: Final = 400  # names read of a text: tables of results are no news

_NAME = re.compile(r"\b[^\W\d_a-zа-яёіїєґ\u1100-\uffff][^\W\d_]+")  # most likely with a capital
_HANGUL = re.compile("[가-힣]{2,}")
_KATAKANA = re.compile("[ァ-ヺー]{3,}")

_CYRILLIC = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфыэіїєґ", "abvgdezijklmnoprstufyeijeg", strict=True))
    | {
        "ё": "e",
        "ж": "z",
        "х": "h",
        "ц": "s",
        "ч": "c",
        "ш": "s",
        "щ": "s",
        "ъ": "",
        "ь": "",
        "ю": "iu",
        "я": "ia",
    }
)
_INITIALS = ["g", "k", "n", "d", "t", "r", "m", "b", "p", "s", "s", "", "s", "s", "c", "k", "t", "p", "h"]
_FINALS = ["", *"kkknnntrkmrrrprmppttnttktph"]
_KANA_ROWS = {
    "a": "アイウエオァィゥェォー", "k": "カキクケコ", "g": "ガギグゲゴ", "s": "サシスセソ", "z": "ザジズゼゾ",
    "t": "タチツテト", "d": "ダヂヅデド", "n": "ナニヌネノ", "h": "ハヒフヘホ", "b": "バビブベボ", "p": "パピプペポ",
    "m": "マミムメモ", "r": "ラリルレロ", "i": "ヤユヨャュョ", "v": "ワヴヷ",
}  # fmt: skip
_KANA = str.maketrans(
    {sign: row for row, signs in _KANA_ROWS.items() for sign in signs} | {"ン": "n", "ッ": ""}
)

_MERGED = (
    ("sch", "s"), ("tch", "c"), ("sh", "s"), ("ch", "c"), ("ck", "k"), ("ph", "p"), ("th", "t"), ("kh", "k"),
    ("gh", "k"), ("ts", "s"), ("tz", "s"), ("zh", "s"), ("qu", "k"), ("x", "ks"),
)  # fmt: skip
_ALIKE = str.maketrans("cqgzjvwfl", "kkksibbpr")
_VOWELS = re.compile("[aeiouyh]+")
_REPEATED = re.compile(r"(.)\1+")


_LEAD: Final = 800  # characters: whom a report is about stands in its first sentences
_STEM: Final = 5  # letters, as terms are cut
_LONG_WORD = re.compile(r"\b[^\W\d_]{4,}")
_TITLED: Final = 0.75  # of the longer words begin with a capital: a headline in which they tell no names
_INSIDE = re.compile(r"(?<=[\w,;] )[^\W\d_a-zß-öø-ÿа-яёіїєґ\u0600-\uffff][\w'’]{2,}")  # a sentence, that is
_NOUNS_CAPITAL: Final = frozenset({"de", "lb"})
# Where all nouns have a capital: two in a row, and what follows a word for where without an article between.
_TWO = re.compile(r"(?<=[a-zäöüß,;] )[A-ZÄÖÜ][a-zäöüß-]{2,}(?: [A-ZÄÖÜ][a-zäöüß-]{2,}){1,2}\b")
_WHERE = re.compile(
    r"\b(?:[Ii]n|[Bb]ei|[Nn]ahe|[Aa]us|[Nn]ach|[Vv]or|[Uu]m|[Vv]on)\s+([A-ZÄÖÜ][a-zäöüß]{2,})(?![\w-])"
)
_PLACES: Final = word_set("Aachen Bayern Bern Luzern München Tunis")  # that end as common nouns do
_NO_PLACE = re.compile(
    r"(?:ung|ungen|heit|heiten|keit|keiten|schaft|schaften|tion|tionen|nis|nisse|tum|ismus|chen|innen|ern|ende|enden)$"
    r"|^(?:ang(?:aben|riff|riffen|st)|haft|kraft|folge|zukunft|k[uü]rze|sicht|bezug|form|frage|not|ruhe|anspruch|"
    r"protesten?|unf[aä]llen?|unfall|feuer|regen|schnee|sturm|krieg|gericht|polizei|beginn|ende|monaten?|wochen?|"
    r"tagen?|stunden?|jahren?|minuten?|sekunden?|millionen?|milliarden?|meter|metern|kilometern?|prozent|euro|"
    r"dollar|teilen|gruppen|fl[uü]ssen?|h[aä]usern?|autos?|anfang|mitte|schulen?|kliniken?|krankenh[aä]usern?)$"
)
_DAYS: Final = frozenset(
    day[:_STEM]
    for day in word_set(
        "monday tuesday wednesday thursday friday saturday sunday "
        "january february march april may june july august september october november december "
        "montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar marz mai juni juli oktober "
        "dezember"
    )
)


def mentions(text: str, language: str | None) -> frozenset[str]:
    """The names that stand inside the sentences at the beginning of `text`, as terms: folded, five letters each.

    None where capitals tell no names: in a headline that has them throughout, and where the language is unknown. In
    German, where they mark every noun, by two in a row and by where something happened ("in Kiel").
    """
    if language is None:
        return frozenset()
    lead = text[:_LEAD]
    if language in _NOUNS_CAPITAL:
        return _among_nouns(lead)
    longer = _LONG_WORD.findall(lead)
    if sum(word[0].isupper() for word in longer) > _TITLED * len(longer):
        return frozenset()
    found = {term[:_STEM] for name in _INSIDE.findall(lead) for term in words(name)[:1] if len(term) > 2}
    return frozenset(found - _DAYS)


def _among_nouns(lead: str) -> frozenset[str]:
    """The names of a text in which all nouns have a capital, as far as their neighbours tell."""
    found = [word for pair in _TWO.findall(lead) for word in pair.split()]
    found += [word for word in _WHERE.findall(lead) if word in _PLACES or not _NO_PLACE.search(word.lower())]
    return frozenset({term[:_STEM] for name in found for term in words(name)[:1]} - _DAYS)


def names(text: str) -> list[str]:
    """The names of a text as they sound, in order, each as often as it stands there."""
    found = [sound for word in _NAME.findall(text)[:_MOST] if (sound := _sound(word))]
    if not text.isascii():
        found += [sound for word in _HANGUL.findall(text)[:_MOST] if (sound := _sound(word))]
        found += [sound for word in _KATAKANA.findall(text)[:_MOST] if (sound := _sound(word))]
    return found


@lru_cache(maxsize=1 << 15)
def _sound(word: str) -> str:
    """ "@" and the consonants of a word, or its first letters where it has few; "" where neither says much."""
    letters = _latin(word)
    if not letters or not letters.isascii():
        return ""
    plain = letters
    for written, heard in _MERGED:
        letters = letters.replace(written, heard)
    letters = letters.translate(_ALIKE)
    first = "a" if letters[:1] in "aeiouyh" else letters[:1]
    consonants = _REPEATED.sub(r"\1", first + _VOWELS.sub("", letters[1:]))
    if len(consonants) >= _FEWEST:
        return "@" + consonants[:_LONGEST]
    return "@" + plain[:_SHORT] if len(plain) >= _SHORT else ""


def _latin(word: str) -> str:
    if "가" <= word[0] <= "힣":
        return "".join(_syllable(ord(sign) - 0xAC00) for sign in word if "가" <= sign <= "힣")
    if "ァ" <= word[0] <= "ヺ":
        return word.translate(_KANA)
    return fold(word).translate(_CYRILLIC) if word[0].isupper() else ""


def _syllable(number: int) -> str:
    """A Hangul syllable by the arithmetic of Unicode: initial, vowel (as "a"), final."""
    return _INITIALS[number // 588] + "a" + _FINALS[number % 28]
