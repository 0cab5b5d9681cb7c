"""How a word is written in a term list so that its other forms are found: stems, wildcards, transcription."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from monitor.match.drafting.background import common_with
from monitor.match.drafting.reading import is_cyrillic, is_hangul, is_latin
from monitor.match.drafting.small_words import COMMON_KOREAN, ENDINGS, PARTICLES

LEAST_STEM: Final = 4  # letters before a wildcard
LONGEST_WORD: Final = 40  # letters; what is longer is no word
_CYRILLIC_ENDING = re.compile(
    "(?:иями|ями|ами|ого|его|ому|ему|ыми|ими|ией|ьями|ої|ею|ою|ах|ях|ов|ев|ів|їв|ой|ей|ий|ый|ая|яя|ое|ее|ую|юю|ые|ие|"
    "ым|им|ых|их|ом|ем|ам|ям|ия|ию|ии|ья|ью|ам|а|я|о|е|ы|и|у|ю|ь|й|і|ї)$"
)
_CYRILLIC_SOFT = re.compile("(?<=[^аеиоуыэюя]и)(?:ями|ей|ем|ям|ях|я|ю|и)$")
_CYRILLIC_VERB = re.compile(
    "(?:лись|лось|лась|ться|тся|ется|ются|ила|или|ило|ала|али|ало|ило|ить|ать|ять|еть|ил|ал|ит|ят|ют|ут|ет)$"
)
_ENGLISH_ENDING = re.compile("(?:ingly|ings|ing|edly|ed|ies|(?<![suo])s|(?<=sh)es|(?<=ch)es|(?<=ss)es|y)$")
_GERMAN_ENDING = re.compile("(?:ungen|ung|en|er|es|em|e|(?<=[elr])n|s)$")
_ROMANCE_ENDING = re.compile("(?:aient|ait|ant|ees|ee|es|er|os|as|s|e|o|a)$")


def stem(word: str, language: str | None) -> str:
    """What a folded word's forms share; the word itself where nothing is known of its endings."""
    if is_hangul(word):
        return korean_stem(word)
    if is_cyrillic(word):
        if (soft := _CYRILLIC_SOFT.sub("", word)) != word:
            return soft  # России, Россия: the и stays
        short = _CYRILLIC_ENDING.sub("", _CYRILLIC_VERB.sub("", word))
        return short if len(short) >= LEAST_STEM else _CYRILLIC_ENDING.sub("", word)
    if not is_latin(word) or "'" in word or len(word) <= LEAST_STEM:
        return word
    ending = {"en": _ENGLISH_ENDING, "de": _GERMAN_ENDING, "fr": _ROMANCE_ENDING, "es": _ROMANCE_ENDING}.get(
        language or "en"
    )
    if ending is None:
        ending = _ROMANCE_ENDING if language in ("it", "pt", "ro", "ca") else None
    short = ending.sub("", word) if ending else word
    if (
        language in ("en", None)
        and len(short) > LEAST_STEM
        and short[-1] == short[-2]
        and short[-1] in "bdgmnprt"
    ):
        short = short[:-1]  # stopp(ed)
    return short if len(short) >= LEAST_STEM else word


_SURNAMES = frozenset("김이박최강윤장임신권황송류홍문")


def korean_stem(word: str) -> str:
    """A Korean word without its particle or ending, at least two syllables; a name of three stays whole."""
    if len(word) == 3 and word[0] in _SURNAMES:
        return word
    for ending in (*ENDINGS, *PARTICLES):
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            return word[: -len(ending)]
    return word


def forms(seen: Collection[str], language: str | None) -> tuple[str, ...]:
    """`seen`, the forms of one word, as patterns: one wildcard where that is safe, else as they are."""
    shortest = min((stem(word, language) for word in seen), key=len)
    least = 2 if is_hangul(shortest) else LEAST_STEM
    whole = min(seen, key=len)
    for prefix in (shortest, whole) if len(whole) > len(shortest) else (whole,):
        if all(word.startswith(prefix) for word in seen) and wildcard_is_safe(prefix, seen, least):
            return (f"{prefix}*",)
    return tuple(sorted(seen))


def wildcard_is_safe(prefix: str, seen: Collection[str] = (), least: int = LEAST_STEM) -> bool:
    """Whether `prefix*` is long enough and finds no common word but those in `seen`."""
    if len(prefix) < least or not prefix.isalnum() or prefix[-1].isdigit():
        return False
    if is_hangul(prefix):
        return prefix not in COMMON_KOREAN
    return all(word in seen for word in common_with(prefix))


# --- the same name in another script ---------------------------------------------------------------

_FROM_CYRILLIC = {
    **dict(zip("абвгдезийклмнопрстуфхыэіїєґ", "abvgdeziiklmnoprstufhyeiieg", strict=True)),
    **{
        "ё": "e",
        "ж": "zh",
        "ц": "ts",
        "ч": "ch",
        "ш": "sh",
        "щ": "sh",
        "ъ": "",
        "ь": "",
        "ю": "iu",
        "я": "ia",
    },
}
_INITIALS = [
    "g",
    "kk",
    "n",
    "d",
    "tt",
    "r",
    "m",
    "b",
    "pp",
    "s",
    "ss",
    "",
    "j",
    "jj",
    "ch",
    "k",
    "t",
    "p",
    "h",
]
_VOWELS = [
    "a",
    "ae",
    "ia",
    "iae",
    "eo",
    "e",
    "ieo",
    "ie",
    "o",
    "wa",
    "wae",
    "oe",
    "io",
    "u",
    "wo",
    "we",
    "wi",
    "iu",
    "",
    "ui",
    "i",
]
_FINALS = [
    "",
    "g",
    "kk",
    "gs",
    "n",
    "nj",
    "nh",
    "d",
    "l",
    "lg",
    "lm",
    "lb",
    "ls",
    "lt",
    "lp",
    "lh",
    "m",
    "b",
    "bs",
    "s",
    "ss",
    "ng",
    "j",
    "ch",
    "k",
    "t",
    "p",
    "h",
]
_KANA = {
    **dict(zip("アイウエオンヴー", ["a", "i", "u", "e", "o", "n", "v", ""], strict=True)),
    **{
        sign: consonant + vowel
        for row, consonant in zip(
            (
                "カキクケコ",
                "ガギグゲゴ",
                "サシスセソ",
                "ザジズゼゾ",
                "タチツテト",
                "ダヂヅデド",
                "ナニヌネノ",
                "ハヒフヘホ",
                "バビブベボ",
                "パピプペポ",
                "マミムメモ",
                "ラリルレロ",
            ),
            ["k", "g", "s", "z", "t", "d", "n", "h", "b", "p", "m", "r"],
            strict=True,
        )
        for sign, vowel in zip(row, "aiueo", strict=True)
    },
    **dict(
        zip(
            "ヤユヨワァィゥェォャュョッ",
            ["ia", "iu", "io", "wa", "a", "i", "u", "e", "o", "a", "u", "o", ""],
            strict=True,
        )
    ),
}


def transcribed(text: str) -> str:
    """`text`, folded, in Latin letters as far as they tell its sound; other scripts give ""."""
    if is_latin(text):
        return re.sub(r"[^a-z]", "", text)
    if is_cyrillic(text):
        return "".join(_FROM_CYRILLIC.get(sign, "") for sign in text)
    if is_hangul(text):
        return "".join(map(_syllable, text))
    return "".join(_KANA.get(sign, "") for sign in text)


def _syllable(sign: str) -> str:
    code = ord(sign) - 0xAC00
    if not 0 <= code < 11_172:
        return ""
    return _INITIALS[code // 588] + _VOWELS[code % 588 // 28] + _FINALS[code % 28]


_SOUND = str.maketrans(
    {"c": "k", "q": "k", "w": "v", "f": "p", "b": "p", "g": "k", "d": "t", "l": "r", "j": "z", "x": "k"}
)


def skeleton(text: str) -> str:
    """The consonants of a name, as alike as different scripts let them be: Kursk, Курск, 쿠르스크 are krsk."""
    latin = (
        transcribed(text)
        .replace("ch", "z")
        .replace("sh", "s")
        .replace("zh", "z")
        .replace("ts", "s")
        .replace("kh", "h")
    )
    plain = re.sub("[aeiouyh]", "", latin.translate(_SOUND))
    return re.sub(r"(.)\1+", r"\1", plain)
