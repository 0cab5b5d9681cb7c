"""Figures that are not what a story counts now: of the past, part of another one, replaced, a rate; and rounded ones.

    In 1987, more than 4,300 died · 12 dead, including 3 children · from 12 to 17 · 2,500 every year · about 15,000

A handful of phrases in each language. What they miss is taken for a figure of today, which costs an update too
many; what they find by mistake is no changed figure, but its sentence can still be a new statement.
"""

from __future__ import annotations

import re
from typing import Final

NEAR: Final = 60  # characters in front of or behind a number in which a phrase can be about it
_CLOSE: Final = 24  # characters next to the number
OPENING: Final = 28  # characters at a sentence's start in which a year is that of the whole sentence

ABOUT_WORDS: Final = (
    "about|around|some|roughly|approximately|nearly|almost|over|an estimated|estimated|up to|more than|less than|"
    "fewer than|close to|etwa|rund|circa|knapp|fast|gut|ungefähr|mehr als|über|weniger als|bis zu|environ|quelque|"
    "quelques|près de|plus de|moins de|presque|unos|unas|cerca de|casi|más de|menos de|alrededor de|aproximadamente|"
    "mais de|quase|около|примерно|почти|более|свыше|порядка|близько|майже|понад|приблизно|більше|"
    "نحو|حوالي|قرابة|زهاء|أكثر من|ما يقرب من"
)
_ABOUT = re.compile(rf"(?:\b(?:{ABOUT_WORDS})|약|대략|约|約|近|超过|超過|およそ|ほぼ)\s?$")
_ABOUT_BEHIND = re.compile(r"\s?(?:or so|[여余餘多]|以上|이상|余り)")
_COLLECTIVE = re.compile(
    r"dozen|dutzend|dizaine|douzaine|quinzaine|vingtaine|trentaine|cinquantaine|centaine|"
    r"centenar|centena|decena|"
    r"docena|veintena|dezena|dúzia|centinaio|сотн|десятк|дюжин"
)

# A year where it is named as one, or begins a sentence ("2016 waren"): elsewhere "1,600 were hurt" may be written so.
_YEAR = re.compile(
    r"(?:^|(?<=[(（])|\b(?:in|im|en|em|nel|of|year|jahr|jahre|jahres|année|año|ano|year|v|в|у|de|"
    r"since|until|by|from|seit|bis|ab|"
    r"depuis|d'ici|jusqu'en|desde|hasta|para|até|с|со|з|із|до|к|عام|سنة|منذ|حتى|\w+(?:ary|ber|"
    r"ril|uar|uary|июля|июня|мая|ля|ря|та))"
    r"\s)(1[89]\d\d|20\d\d)(?![\d]|[.,]\d|\s?%)|(?<!\d)(1[89]\d\d|20\d\d)(?=\s?(?:[年년]|год|г\.|"
    r"року|році|р\.))"
)
_FOUR_DIGITS = re.compile(r"\d{4}")
# In front of a year, these say that it lasts until now, or is yet to come.
_SINCE = re.compile(
    r"\b(?:since|until|by|from|seit|bis|ab|depuis|d'ici|jusqu'en|desde|hasta|para|até|с|со|з|із|"
    r"до|к|منذ|حتى)\s(?:\w+\s)?$"
)
_SINCE_BEHIND = re.compile(r"\s?(?:年|년)?\s?(?:以来|以後|以降|이후|이래|부터|から|까지|まで|起)")
_PAST = re.compile(
    r"\b(?:last|previous|a)\s(?:year|month|autumn|spring|summer|winter|decade)(?:\s(?:earlier|"
    r"before))?\b(?<!\ba year)(?<!\ba month)"
    r"|\b(?:years?|months|decades?)\s(?:ago|earlier)\b"
    r"|\b(?:vergangene|vorige|letzte)[nrs]?\s(?:jahr|monat|herbst|sommer|winter|frühjahr)\w*|"
    r"\bvor\s\w+\s(?:jahren|monaten)\b"
    r"|\b(?:an|année|mois)\sderni(?:er|ère)\b|\bil\sy\sa\s\w+\s(?:ans|mois)\b|\b(?:año|"
    r"mes)\spasado\b|\bhace\s\w+\s(?:años|meses)\b"
    r"|\b(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|"
    r"diciembre)\spasado\b"
    r"|\b(?:ano|mês)\spassado\b|\bhá\s\w+\s(?:anos|meses)\b|\bпрошл(?:ом|ого)\s(?:году|года|"
    r"месяце|месяца)\b|\bлет\sназад\b"
    r"|\bминул(?:ого|ому)\s(?:року|році|місяця)\b|\bторік\b|\bроків\sтому\b|(?:العام|الشهر)\sالماضي"
    r"|지난해|작년|지난달|년\s전|去年|昨年|前年|上个月|上月|先月|年前"
)
_RATE = re.compile(
    r"\b(?:every|each|per|a|an)\s(?:year|day|month|week|hour)\b|\b(?:annually|daily|yearly|"
    r"jährlich|täglich|ежегодно|щороку)\b"
    r"|\b(?:pro|jedes)\s(?:jahr|tag|monat|woche)\b|\b(?:par|chaque)\s(?:an|année|jour|mois)\b|"
    r"\b(?:al|cada)\s(?:año|día|mes)\b"
    r"|\b(?:por|cada)\s(?:ano|dia|mês)\b|\bв\s(?:год|день|месяц)\b|\bна\s(?:рік|день)\b|매년|연간|每年|"
    r"每天|毎年|毎日|سنويا"
)
_PART_BEFORE = re.compile(
    r"(?:\b(?:including|among (?:them|the dead|whom)|of (?:them|whom|these)|darunter|davon|"
    r"unter (?:ihnen|den toten)|von (?:ihnen|denen)|"
    r"dont|parmi (?:eux|elles|lesquels)|y compris|entre (?:ell[oa]s|los (?:muertos|heridos)|"
    r"l[oa]s que|eles|elas)|"
    r"inclu(?:idos|idas|yendo|indo)|de (?:ell[oa]s|los cuales|los que)|в том числе|из (?:них|"
    r"которых)|среди них|включая|"
    r"у тому числі|з (?:них|яких)|серед них|من بينهم|بينهم|منهم)\b|其中|うち|가운데|"
    r"이\s?중)[\s,:（]{0,3}(?:\w+\s){0,2}$"
)
_PART_BEHIND = re.compile(
    r"[^.,;。，；]{0,16}?(?:\b(?:of (?:them|whom)|von (?:ihnen|denen)|davon|d'entre (?:eux|elles)|"
    r"de (?:ell[oa]s|entre ellos)|del[ea]s|"
    r"из них|з них|منهم|بينهم)\b|추가|追加)"
)
_MORE_BEFORE = re.compile(
    r"(?:\b(?:another|(?:an )?additional|(?:a )?further|extra|weitere[nr]?|zusätzlich(?:e[nr]?)?|"
    r"autres|d'autres|otr[oa]s|outr[oa]s|"
    r"ещё|еще|дополнительно|ще)|추가로|추가|另有|另外|另|还有|新增|さらに|新たに|ほかに)\s?$"
)
_MORE_BEHIND = re.compile(
    r"\s(?:more(?!\sthan)|additional|further|extra|others?|weitere[nr]?|zusätzliche[nr]?|autres|"
    r"de plus|más(?!\sde\b)|"
    r"otr[oa]s|outr[oa]s|a mais|дополнительн|других|آخر)"
)
_INSTEAD = re.compile(
    r"(?:\b(?:instead of|compared (?:with|to)|up from|down from|statt|gegenüber|contre|au lieu de|frente a|"
    r"en (?:lugar|vez) de|em vez de|вместо|замість|بدلا من)|[从由])\s?[$€£]?$"
    r"|\b(?:first|original|earlier|previous|initial|originally|previously|initially|ursprünglich|"
    r"bisher|zuvor|zunächst|"
    r"initial|initialement|précédemment|auparavant|anteriores?|anterior|inicial|inicialmente|"
    r"ранее|раніше|прежн\w+)\b"
    r"(?:\s\w+){0,3}\s?[$€£]?$"
)
_FROM = re.compile(r"\b(?:from|von|de|du|desde|с|со|з|із|من)\s?(?:\w{2,5}\s)?[$€£r]{0,2}\s?$")
_TO_BEHIND = re.compile(
    r"[^.;]{0,24}?\s(?:to|auf|à|a|para|до|إلى)\s\D{0,16}\d|\D{0,4}(?:에서|"
    r"から)[^。.]{0,12}\d"
)
_TO_BEFORE = re.compile(r"\s(?:to|auf|à|a|para|до|إلى)\s\D{0,14}\d[\d.,]*\D{0,24}$")
_BREAK = re.compile(r"[,;:，；：、–—]\s|[，；：、]")


def about(before: str, written: str, behind: str) -> bool:
    """Whether a number `written` so, between these texts, is said to be no exact one."""
    return (
        _ABOUT.search(before[-_CLOSE:].lower()) is not None
        or _ABOUT_BEHIND.match(behind) is not None
        or ((written.isalpha() or " " in written) and _COLLECTIVE.search(written.lower()) is not None)
    )


def aside(opening: str, before: str, behind: str, year: int | None) -> str:
    """Why a number does not stand for the present: "past", "was", "part", "rate"; or "".

    `before` and `behind` are what stands next to it in its sentence, `opening` how the sentence begins in front of
    it. `year` is when the report was published; years before it are past, and all are where it is not known.
    """
    before, behind, opening = before[-NEAR:].lower(), behind[:NEAR].lower(), opening[:OPENING].lower()
    close = before[-_CLOSE:]
    clause_before, clause_behind = _BREAK.split(before)[-1], _BREAK.split(behind, maxsplit=1)[0]
    if any(_past(text, year) for text in (opening, clause_before, clause_behind)):
        return "past"
    if _replaced(before, behind):
        return "was"
    if _PART_BEFORE.search(before) or _MORE_BEFORE.search(close):
        return "part"
    if _MORE_BEHIND.match(behind) or _PART_BEHIND.match(behind):
        return "part"
    return "rate" if _RATE.search(clause_behind) or _RATE.search(clause_before) else ""


def background(sentence: str, year: int | None) -> bool:
    """Whether a sentence opens with a time long past: it tells what was, for those who do not know."""
    return _past(sentence[:OPENING].lower(), year)


def _replaced(before: str, behind: str) -> bool:
    """ "From 12 to 17", "17 instead of 12": whether the number is the old one."""
    close = before[-_CLOSE:]
    if _INSTEAD.search(before[-2 * _CLOSE :]):
        return True
    goes_on = _TO_BEHIND.match(behind)
    if goes_on and ("에서" in goes_on[0] or "から" in goes_on[0]):
        return True
    if _ABOUT.search(close):  # "more than", "plus de", "أكثر من"
        return False
    return _FROM.search(close) is not None and bool(goes_on or _TO_BEFORE.search(before))


def _past(text: str, year: int | None) -> bool:
    """Whether `text` names a year that is over, or says "last year"."""
    if _PAST.search(text):
        return True
    return _FOUR_DIGITS.search(text) is not None and any(
        (year is None or int(found[1] or found[2]) < year)
        and not _SINCE.search(text[: found.end() - 4])
        and not _SINCE_BEHIND.match(text, found.end())
        for found in _YEAR.finditer(text)
    )
