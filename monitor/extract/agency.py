"""Which news agency a text credits: in a line of its own at the end, in a dateline, or in brackets.

Agencies are named as they call themselves in English, so that one agency is one name in every language.
"""

from __future__ import annotations

import re

# Canonical name -> how it is written. Latin and Cyrillic names match at word edges, the others anywhere a
# credit may stand.
AGENCIES: dict[str, tuple[str, ...]] = {
    "Yonhap": ("Yonhap News Agency", "Yonhap News", "Yonhap", "연합뉴스TV", "연합뉴스", "연합", "韓聯社",
        "韩联社", "聯合ニュース", "Рёнхап", "Ренхап", "Йонхап", "Ёнхап"),
    "Newsis": ("Newsis", "뉴시스"),
    "News1": ("News1", "뉴스1"),
    "KCNA": ("Korean Central News Agency", "KCNA", "조선중앙통신", "朝鮮中央通信", "朝鮮中央通訊社",
        "朝中社", "ЦТАК", "ЦТАК-КЦНА"),
    "Reuters": ("Thomson Reuters", "Reuters", "REUTERS", "Рейтер", "Рейтерс", "로이터통신", "로이터",
        "路透社", "路透", "ロイター通信", "ロイター", "rtr"),
    "AFP": ("Agence France-Presse", "Agence France Presse", "AFP", "АФП", "法新社", "AFP通信",
        "AFP=時事", "AFP통신", "afp"),
    "AP": ("Associated Press", "The Associated Press", "AP", "AP통신", "美联社", "美聯社", "AP通信"),
    "dpa": ("Deutsche Presse-Agentur", "dpa-AFX", "dpa", "DPA", "德新社"),
    "TASS": ("ITAR-TASS", "TASS", "ИТАР-ТАСС", "ТАСС", "타스통신", "타스", "塔斯社", "タス通信",
        "タス"),
    "Interfax": ("Interfax-Ukraine", "Interfax", "INTERFAX.RU", "Интерфакс-Украина", "Интерфакс",
        "Інтерфакс-Україна", "Інтерфакс", "인테르팍스", "国际文传电讯社", "インタファクス通信"),
    "RIA Novosti": ("RIA Novosti", "RIA", "РИА Новости", "РИА", "리아노보스티", "俄新社", "ロシア通信"),
    "Xinhua": ("Xinhua News Agency", "Xinhua", "新华社", "新華社", "新华网", "신화통신", "신화사",
        "Синьхуа"),
    "China News Service": ("China News Service", "中新社", "中新网"),
    "CNA": ("Central News Agency", "中央社"),
    "Kyodo": ("Kyodo News", "Kyodo", "共同通信", "共同社", "共同", "교도통신", "Киодо", "Кёдо"),
    "Jiji": ("Jiji Press", "Jiji", "時事通信", "時事"),
    "EFE": ("Agencia EFE", "EFE"),
    "Europa Press": ("Europa Press",),
    "ANSA": ("ANSA",),
    "Ukrinform": ("Ukrinform", "Укринформ", "Укрінформ"),
    "UNN": ("УНН",),
    "UNIAN": ("UNIAN", "УНИАН", "УНІАН"),
    "Anadolu": ("Anadolu Agency", "Anadolu", "AA"),
    "UPI": ("United Press International", "UPI"),
    "IANS": ("IANS",),
    "PTI": ("PTI",),
    "APA": ("APA",),
    "Belga": ("Belga",),
    "Bloomberg": ("Bloomberg News", "Bloomberg"),
    "Lusa": ("Agência Lusa", "Lusa"),
    "PAP": ("PAP",),
    "CTK": ("ČTK",),
    "ANP": ("ANP",),
    "Keystone-SDA": ("Keystone-SDA", "sda"),
    "BelTA": ("BelTA", "БЕЛТА", "БелТА"),
}  # fmt: skip
_ARABIC = {
    "Yonhap": ("يونهاب",),
    "Reuters": ("رويترز",),
    "AFP": ("وكالة الصحافة الفرنسية", "فرانس برس", "الفرنسية", "أ ف ب"),
    "AP": ("أسوشيتد برس", "أسوشييتد برس"),
    "TASS": ("تاس",),
    "Xinhua": ("شينخوا",),
    "Anadolu": ("الأناضول",),
}
# Too short or too common to stand for an agency where nothing but a bare name says so.
_NEEDS_BRACKETS = {
    "AA", "APA", "rtr", "afp", "共同", "時事", "연합", "タス", "РИА", "RIA", "中央社", "PTI", "PAP", "ANP", "sda",
}  # fmt: skip

_NAME_OF = {
    written: name for names in (AGENCIES, _ARABIC) for name, forms in names.items() for written in forms
}
_FORMS = "|".join(re.escape(form) for form in sorted(_NAME_OF, key=len, reverse=True))
_OTHERS = r"(?:agencies|wires|Agenturen|agences|agencias|агентства|агенції|وكالات|الجزيرة)"
_JOIN = r"\s*(?:[/,;+&|]|\band\b|\bund\b|\bet\b|\by\b|\bи\b|·)\s*"
_LIST = rf"(?:{_FORMS})(?:{_JOIN}(?:{_FORMS}|{_OTHERS}))*"

_LABEL = (
    r"(?:source|sources|agency|credit|by|from|via|quelle|quellen|mit material von|avec|fuente"
    r"|con información de|источник|"
    r"джерело|المصدر|по материалам|за матеріалами|по данным|출처|자료|来源|來源|消息来源|出典|配信|提供)"
)
_INITIALS = (
    r"(?:[a-zäöü]{2,4}(?:\s?[,/]\s?[a-zäöü]{2,4}){0,3}\s?[/,]\s?)"  # "mas/dpa": who edited what it sent
)
_CREDIT_LINE = re.compile(
    rf"(?i:[-–—*•\s]*)(?:{_INITIALS}|(?P<label>(?:[A-ZÀ-Þ][\w'’.-]*\s){{0,4}}(?i:avec|mit)\s|(?i:{_LABEL})\s*[:：]?\s*))?(?P<open>[(\[（【/<«—–-]\s*(?i:{_LABEL}\s*[:：]?\s*)?)?(?P<names>{_LIST})"
    rf"(?P<close>\s*[)\]）】/>»–—-])?\s*(?:[.。]|\d{{4}}|news agency)?"
)
_TAIL_BRACKETS = re.compile(rf"[(\[（【]\s*(?P<names>{_LIST})\s*[)\]）】]\s*[.。]?\s*$")
_TAIL_BARE = re.compile(rf"(?P<end>[.!?…。][\"”’»」』)]*)\s*[-–—]*\s*(?P<names>{_LIST})\s*$")
# A dateline opens the text: at most this many characters of place and date stand before its agency.
_DATELINE = re.compile(
    rf"""(?x)^[(\[【（]?(?:[^.!?。！？\n]|\.(?=\s\d)|(?<=\d)\.){{0,60}}?
    (?: [(\[（]\s*(?P<a>{_LIST})\s*[)\]）]\s*[-–—:.]
      | \.?\s*[/／]\s*(?P<b>{_LIST})\s*[/／]
      | =\s*(?P<c>{_LIST})\s*[)\]）]
      | \s[-–—]\s*(?P<d>{_LIST})\s*[.:]
    )"""
)
_SHORT_SENTENCES = re.compile(
    rf"^(?:[А-ЯЁІЇЄҐA-Z][\w\s-]{{2,30}}\.\s*)(?:\d{{1,2}}\s\w+\.?\s*)(?:[-–—/]\s*)?(?P<names>{_LIST})\b"
)
_OPENING = re.compile(
    r"""(?x)^(?: (?P<cyrillic>ТАСС|УНН|Укринформ|Укрінформ|Интерфакс|РИА\ Новости),\s\d{1,2}\s\w+
      | 【?\s*(?P<cjk>新华社|新華社|中新社|中新网|韩联社|韓聯社)\s*\w{2,12}(?:\d{1,2}月)?\d{1,2}日[电電]
      | 【[^】]{0,12}?(?P<ja>共同|時事|聯合ニュース|ロイター|AFP=時事|AFP|新華社|タス)】
      | [\[［][^\]］\n]{2,14}日\s*(?P<dated>ロイター|AFP|時事|共同)[\]］]
      | [^.\n]{0,20}\d{1,2}월\s*\d{1,2}일발\s*(?P<ko>조선중앙통신) )"""
)
_PATTERNS = (_DATELINE, _SHORT_SENTENCES, _OPENING)
_AFTER_DATELINE = re.compile(r"(?:[\s)\]]*[가-힣][가-힣 ·]{1,20}(?:기자|특파원)\s*=)?[\s\-–—:.=/,)\]】）]*")


def name_of(written: str) -> str:
    """The English name of the (first) agency written in a credit."""
    match = re.match(rf"\W*({_FORMS})", written)
    return _NAME_OF[match[1]] if match else written


def credit_line(line: str) -> str | None:
    """The agency, where `line` is nothing but its credit: "Yonhap", "(dpa/AFP)", "Источник: ТАСС"."""
    if len(line) > 80:
        return None
    match = _CREDIT_LINE.fullmatch(line.strip())
    if match is None or (match["names"] in _NEEDS_BRACKETS and not (match["label"] or match["open"])):
        return None
    return name_of(match["names"])


def trailing_credit(paragraph: str) -> tuple[str, str | None]:
    """`paragraph` without the agency credited after its last sentence, and that agency.

    A name in brackets must follow a full stop (or stand before the last one), a bare one must run on from it.
    """
    tail = paragraph[-80:]
    bare = _TAIL_BARE.search(tail)
    if bare and bare["names"] not in _NEEDS_BRACKETS:
        return paragraph[: len(paragraph) - len(tail) + bare.end("end")], name_of(bare["names"])
    bracketed = _TAIL_BRACKETS.search(tail)
    before = paragraph[: len(paragraph) - len(tail) + bracketed.start()].rstrip() if bracketed else ""
    if bracketed and before.endswith((".", "!", "?", "…", "。", '"', "”", "»", "」")):
        return before, name_of(bracketed["names"])
    return paragraph, None


def titled_credit(title: str) -> tuple[str, str | None]:
    """`title` without the agency in brackets at its end, as portals write, and that agency."""
    match = _TAIL_BRACKETS.search(title)
    if match is None or not title[: match.start()].strip():
        return title, None
    return title[: match.start()].rstrip(), name_of(match["names"])


def dateline(first_paragraph: str) -> str | None:
    """The agency in a dateline: "SEOUL, Oct. 24 (Yonhap) --", "(서울=연합뉴스)", "МОСКВА, 24 окт. /ТАСС/"."""
    match = _dateline(first_paragraph)
    return name_of(next(name for name in match.groups() if name)) if match else None


def without_dateline(first_paragraph: str) -> str:
    """The text after the dateline that names an agency, and after its Korean reporter's name."""
    match = _dateline(first_paragraph)
    after = _AFTER_DATELINE.match(first_paragraph, match.end()) if match else None
    return first_paragraph[after.end() :] if after else first_paragraph


def _dateline(text: str) -> re.Match[str] | None:
    opening = text[:140]
    return next((match for pattern in _PATTERNS if (match := pattern.match(opening))), None)
