"""What stands at the beginning and at the end of a page's text and is not its article: headline, date, byline.

The same line in the middle of a text may be the article's own: the date of a chronicle, a name as a heading.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.extract.agency import credit_line

_SHORT = 100  # characters; what is longer is a sentence
_DEEP = 6  # lines among which a headline may stand that a menu came before
_SENTENCE_END = re.compile(r"[.!?…。！？다][\"”’»」』)\]]*$")

# What a line that only says when holds. Looked for in lower case.
_LABELS = r"""
|published|updated|posted|last|modified|created|on|at|from|date|time|all news|first|o['’]clock
|veröffentlicht|aktualisiert|stand|um|am|den|uhr|publié|publiée|modifié|mis|mise|à|jour|le|publicado|actualizado|el|a
|las|de|del
|опубликовано|обновлено|опубліковано|оновлено|вчера|сегодня|вчора|сьогодні|года|року|мск|в|о|об|г|р
|입력|수정|송고|등록|승인|기사입력|기사수정|업데이트|최종|최종수정|발행|게재|오전|오후|배포
|发布时间|发布|发表于|更新时间|更新|时间|發布時間|發布|上午|下午|北京时间
|配信|公開|投稿|掲載|更新日時|公開日時|午前|午後|日本時間
|am|pm|utc|gmt|bst|est|edt|et|pst|pdt|pt|cst|kst|jst|msk|cet|cest|eet|eest|ist
"""
_MONTHS = (
    r"(?:jan|feb|fév|fev|mar|mär|mrz|apr|avr|abr|may|mai|jun|juin|jul|juil|aug|aoû|ago|sep|oct|okt|nov|dec|dez|déc|dic"
    r"|ene|янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек"
    r"|січ|лют|бер|квіт|трав|черв|лип|серп|вер|жовт|лист|груд)[^\W\d_]{0,8}"
)
_WEEKDAYS = (
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo"
    r"|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье"
    r"|понеділок|вівторок|середа|четвер|п['’ʼ]ятниця|субота|неділя"
    r"|[월화수목금토일]요일|星期[一二三四五六日天]|[月火水木金土日]曜日"
)
_WHEN = re.compile(  # possessive: what it does not know is not looked for in other ways
    rf"(?:[ap]\.m\.|(?<![^\W\d_])(?:{_LABELS.replace(chr(10), '').strip('|')}|{_MONTHS}|{_WEEKDAYS})(?![^\W\d_])"
    r"|\d{1,4}(?:st|nd|rd|th|er|h|t)?|[年月日时分時년월일시분초]|[(（][月火水木金土日월화수목금토일][)）]"
    r"|배포|配信|更新|公開|[\s.,:：;|/()（）\[\]–—\-·•+~]|z\b)++"
)
_DATED = re.compile(rf"\d[.:/\-年년월月]\s?\d|\d\s?(?:{_MONTHS})|(?:{_MONTHS})\s?\d|\d{{4}}")

_NAME = r"[A-ZÀ-ÞА-ЯЁІЇЄҐ][\w'’.-]*"
_BYLINE = re.compile(
    rf"(?:By|BY|by|Von|VON|von|Par|PAR|Por|POR|Автор|Автори|Авторы|Текст|Text|Words by|Written by|Reported by)\s?:?\s+"
    rf"{_NAME}(?:\s{_NAME}){{0,4}}(?:(?:,| and | & | und | et | y | и | та | for | in |\s?\|\s?).{{2,70}})?"
)
_REPORTER = re.compile(
    r"[\[(【]?(?:[가-힣A-Za-z]{2,12}[=\s])?[가-힣]{2,4}\s?(?:(?:선임|인턴|수습|전문|객원|사진)\s?)?(?:기자|특파원|논설위원|앵커)"
    r"(?:\s?[=/]?\s?[\w.+-]+@[\w.-]+)?[\])】]?"
    r"|(?:本报|本報)?(?:记者|記者|作者|通讯员|文|撰文)\s?[:：/|]?\s?[\u3400-\u9fff·、\s]{2,16}"
    r"|【[^】。]{2,14}(?:記者|特派員)?】|[（(]?(?:[\u3040-\u9fff]{2,8}[=＝・\s])?[\u3400-\u9fff]{2,5}(?:記者|特派員)[）)]?"
)
_DESK = re.compile(
    r"\(?(?:ATTN|EDS|LEAD|RECASTS|UPDATES|ADDS|CORRECTS)\b[:,].{0,160}|-\s?\d\s?-|\(?(?:END|MORE)\)?|#{2,}"
    r"|(?:Source|Editor|Reporter|来源|來源|编辑|責任編輯|责编|Источник|Джерело|Quelle|Fuente|출처)\s?[:：]\s?[^.。]{2,30}"
    r"|(?:https?://|www\.)\S+(?:\s*\([^)]{0,40}\))?|\d{1,3}\s?(?:views?|comments?|shares?)"
)
_LEFTOVER = re.compile(r"[▶▷☞►■◆]\s?\S.{0,160}")  # pointers and appeals below Korean articles


def trim(lines: Sequence[str], title: str = "", names: Sequence[str] = ()) -> list[str]:
    """`lines` (a paragraph each) without what heads and closes them; at least one is left. Idempotent."""
    known = {_plain(name) for name in (title, *names) if name}
    kept = list(lines)
    before: list[str] = []
    while kept != before:
        before = kept
        kept = _below_headline(kept, title)
        if len(kept) > 1 and _is_edge(kept[0], known):
            kept = kept[1:]
        if len(kept) > 1 and (_is_edge(kept[-1], known) or _is_leftover(kept[-1])):
            kept = kept[:-1]
    return kept


def _below_headline(lines: list[str], title: str) -> list[str]:
    """`lines` below their headline, where what stands before it is no text."""
    wanted = _plain(title)
    if not wanted:
        return lines
    for place, line in enumerate(lines[: min(_DEEP, len(lines) - 1)]):
        if _plain(line) == wanted:
            return lines[place + 1 :]
        if len(line) > _SHORT or _SENTENCE_END.search(line):
            break
    return lines


def _is_edge(line: str, names: set[str]) -> bool:
    if credit_line(line):  # that says something of the article
        return False
    if len(line) > _SHORT:
        return len(line) <= 180 and _DESK.fullmatch(line) is not None
    return (
        _plain(line) in names
        or is_date(line)
        or _REPORTER.fullmatch(line) is not None
        or _DESK.fullmatch(line) is not None
        or (_SENTENCE_END.search(line) is None and _BYLINE.fullmatch(line) is not None)
    )


def is_date(line: str) -> bool:
    """Whether `line` only says when: "Published 24 October 2025, 10:12", "입력 2025.10.24 10:12"."""
    line = line.lower()
    return len(line) <= _SHORT and _DATED.search(line) is not None and _WHEN.fullmatch(line) is not None


def _is_leftover(line: str) -> bool:
    return _LEFTOVER.fullmatch(line) is not None and _SENTENCE_END.search(line) is None


def _plain(line: str) -> str:
    return " ".join(line.split()).rstrip(".").casefold()
