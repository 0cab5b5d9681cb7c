"""Names as a text writes them: of people, places and organisations, as far as writing alone tells.

Where capitals mark names, by capitals (in German, where they mark every noun, by two in a row); in Chinese,
Japanese, Korean and Arabic by the title or the office beside them ("泉谷満寿裕市長", "이성권 의원").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from itertools import islice
from typing import Final

from monitor.relate.features import distinct
from monitor.relate.words.dates import MONTHS, dates
from monitor.relate.words.function_words import function_words
from monitor.relate.words.names import names as sounds
from monitor.text import fold, sentences, word_set, words

_CAPITAL: Final = "A-ZÀ-ÖØ-ÞĀ-ŽА-ЯЁІЇЄҐ"
_LONGEST: Final = 4  # words
_MOST: Final = 400  # names read of a text: tables of results are no news
_PHRASE = re.compile(
    rf"(?<![\w'’-])[{_CAPITAL}][\w'’-]+"
    rf"(?:\s(?:(?:of|de|da|do|del|von|van|bin|al)\s)?[{_CAPITAL}][\w'’-]+){{0,{_LONGEST - 1}}}"
)
_GERMAN = re.compile(rf"(?<![\w'’-])[{_CAPITAL}][\w'’-]+(?:\s[{_CAPITAL}][\w'’-]+){{1,{_LONGEST - 1}}}")
_ARTICLE = re.compile(
    r"\b(?:de[rnms]|die|das|eine[rnms]?|ein)\s$", re.IGNORECASE
)  # "der Polizei Anwohnern" is no name
_KOREAN = re.compile(
    r"(?<![가-힣])([김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민진지엄채원천방공현][가-힣]{1,2})\s"
    r"(?:대변인|장관|총리|대통령|의원|위원장|시장|지사|대표|회장|교수|검사|판사|대사|씨|감독|사장|청장|차관|총장|후보|소장|대장)"
)
_KOREAN_OFFICES = re.compile(r"[부청처궁당국위군구시도원]$")
_JAPANESE = re.compile(
    r"([一-龥]{2,6}|[ァ-ヺー]{3,12}(?:・[ァ-ヺー]{2,12})?)(?:首相|大統領|知事|市長|町長|村長|社長|会長|長官|報道官|氏|さん|容疑者|"
    r"被告|選手|教授|議員|監督)"
)
_JAPANESE_OFFICES = re.compile(r"[県市都府町村国省庁党社新副前元部局官長]$")
_CHINESE = re.compile(
    r"(?:发言人|部长|总统|总理|主席|董事长|书记|市长|省长|局长|外长|首相|大臣|秘书长|总裁|教授)"
    r"([一-龥]{1,6}·[一-龥]{1,6}|[一-龥]{2,4}?)(?=说|表示|称|指出|宣布|认为|强调|透露|介绍|告诉|在|，|对)"
)
_ARABIC = re.compile(
    r"(?:رئيس الوزراء|الرئيس|الوزير|وزير(?:ة)? \w+|المتحدث(?:ة)?(?: باسم \w+)?|السفير|المحافظ|الجنرال|النائب)"
    r"\s(\w+\s\w+)"
)
_BY_TITLE: Final = {"ko": _KOREAN, "ja": _JAPANESE, "zh": _CHINESE, "ar": _ARABIC}
_OFFICES: Final = {"ko": _KOREAN_OFFICES, "ja": _JAPANESE_OFFICES}
_DAYS: Final = word_set(
    "monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag "
    "sonntag lundi mardi mercredi jeudi vendredi samedi dimanche"
)


def new_names(text: str, language: str | None, unseen: AbstractSet[str]) -> list[tuple[int, str]]:
    """The names of `text` that are made of `unseen` terms, in order, with where they stand; at most 400.

    A known name with a new last word is another one.
    """
    pattern = _BY_TITLE.get(language or "")
    if pattern is not None:
        found = _titled(text, pattern, _OFFICES.get(language or ""), unseen)
    else:
        found = _capital(text, language, unseen)
    return list(islice(found, _MOST))


def _capital(text: str, language: str | None, unseen: AbstractSet[str]) -> Iterator[tuple[int, str]]:
    firsts = {start for start, _ in sentences(text)}
    idle = function_words(language) | {word for _, day in dates(text) for word in distinct(words(day))}
    for found in (_GERMAN if language == "de" else _PHRASE).finditer(text):
        name = _bare(found[0], idle, language)
        alone = " " not in name
        if alone and found.start() in firsts and not name.isupper():
            continue  # any word begins a sentence with a capital
        if (
            language == "de"
            and name.count(" ") < 2
            and _ARTICLE.search(text, max(found.start() - 8, 0), found.start())
        ):
            continue
        if name and _is_new(name, idle, unseen):
            yield found.start(), name


def _titled(
    text: str, pattern: re.Pattern[str], office: re.Pattern[str] | None, unseen: AbstractSet[str]
) -> Iterator[tuple[int, str]]:
    for found in pattern.finditer(text):
        name = found[1]
        if office is not None and office.search(name):
            continue
        if distinct(words(name)) <= unseen:
            yield found.start(1), name


def _bare(name: str, idle: AbstractSet[str], language: str | None) -> str:
    """A name without the word that only begins the sentence, and in German without the office in front of it."""
    parts = name.split(" ")
    if len(parts) > 1 and distinct(words(parts[0])) <= idle:
        parts = parts[1:]
    if language == "de" and len(parts) > 2 and len(parts[0]) > 3:
        parts = parts[1:]
    return "" if language == "de" and len(parts) < 2 else " ".join(parts)


def _is_new(name: str, idle: AbstractSet[str], unseen: AbstractSet[str]) -> bool:
    said = [distinct(words(part)) for part in name.split(" ")]
    if any(fold(part) in MONTHS or fold(part) in _DAYS for part in name.split(" ")):
        return False
    fresh = [run for run in said if run and run <= unseen and not run & idle]
    if not fresh or not said[-1] <= unseen or 3 * len(fresh) < 2 * len(said):
        return False
    return set(sounds(name.split(" ")[-1])) <= unseen
