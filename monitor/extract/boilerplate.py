"""What stands in a page's text and is not its article: lists of other articles, appeals, notices, credits.

Rules by line, in the product's nine languages. Precision first: a line goes only where its whole shape says
what it is; a sentence that merely mentions cookies or a newsletter stays.
"""

from __future__ import annotations

import functools
import re

from monitor.extract.notices import MARKED, NOTICES


def _joined(table: str) -> str:
    """A table of alternatives, written one language a line, as one pattern."""
    return table.replace("\n", "").strip("|")


# Headings of lists of other articles, as a line of their own or before a colon.
_HEADINGS = r"""
|also read|read also|read more|read next|read this next|see also|related|related articles?|related stories
|related news|related links
|related topics|related content|related coverage|related reading|more on this( story| topic)?
|more from .{2,40}|more stories|more news
|more like this|you may also like|you might also like|you might also be interested in
|recommended( for you| reading| stories)?
|recommended articles|further reading|most read|most popular|popular now|trending( now)?|top stories
|latest( news| stories| headlines)?|editors?['’] picks?
|don['’]t miss|must read|don['’]t miss these|what to read next|other news|also on .{2,30}|in other news
|관련\s?기사|관련\s?뉴스|관련\s?콘텐츠|많이 본 (뉴스|기사)|인기\s?기사|추천\s?기사|추천\s?뉴스
|함께 (읽으면
|볼만한|보면).{0,12}|주요\s?뉴스|핫\s?뉴스
|실시간 주요뉴스|이 시각 .{0,6}뉴스
|читайте также|читайте ещ[её]|читайте далее|читать также|читать дальше|смотрите также|смотри также|по теме
|материалы по теме|новости по теме|ещ[её] по теме
|похожие (материалы|новости|статьи)|другие новости|похожее|рекомендуем|вам может быть интересно
|вас может заинтересовать|самое читаемое|популярное|главное сегодня|см\. также|подробнее по теме
|читайте також|читайте ще|дивіться також|дивись також|за темою|матеріали за темою|новини за темою
|більше за темою|схожі (новини|матеріали)|інші новини|рекомендуємо|вам може бути цікаво
|вас може зацікавити|популярне|також читайте
|相关阅读|相关新闻|相关报道|相关链接|相关文章|延伸阅读|推荐阅读|更多阅读|热门新闻|更多新闻|相關新聞
|相關報導
|相關閱讀|延伸閱讀|推薦閱讀|更多新聞|更多报道|更多報導
|関連記事|関連ニュース|関連リンク|関連トピックス?|あわせて読みたい|合わせて読みたい|こちらもおすすめ
|おすすめ記事|おすすめの記事|人気記事|次に読む|アクセスランキング|最新記事
|lesen sie auch|lesen sie (hier )?mehr|lesen sie dazu auch|lies auch|auch interessant
|das könnte sie auch interessieren|das könnte dich auch interessieren|mehr zum thema|weitere artikel
|weitere nachrichten|weitere meldungen
|siehe auch|zum thema|passend zum thema|meistgelesen|mehr dazu|verwandte (artikel|themen)|ähnliche artikel
|empfohlene artikel
|lire aussi|à lire aussi|a lire aussi|à lire également|lire également|voir aussi|à voir aussi
|sur le même sujet|sur le même thème|dans la même rubrique|articles (liés|similaires|associés|connexes)
|les plus lus|à découvrir|pour aller plus loin|notre sélection d['’]articles
|lea también|lee también|lea además|leer también|lea más|leer más|más información|ver también|vea también
|véase también|noticias relacionadas|artículos relacionados|contenido relacionado|te puede interesar
|le puede interesar|también te puede interesar|te recomendamos|lo más leído|más noticias
|temas relacionados
|اقرأ أيضا|اقرأ أيضاً|اقرأ المزيد|مواضيع ذات صلة|أخبار ذات صلة|الأكثر قراءة
"""
_HEADING = f"(?:{_joined(_HEADINGS)})"
_MARK = r"[-–—*•▶►▷☞※■◆○●◇➡→»>#\[\]<〈《【(（\s]*"
_HEADING_LINE = re.compile(rf"{_MARK}{_HEADING}\s*[\])>〉》】）]*\s*[:：.…>»▶►→]*\s*")
# "Read also: Another headline": only headings that are said of other articles, never "Related: ..." prose.
_POINTERS = r"""
|also read|read also|read more|read next|see also|related|related (?:articles?|stories|news|coverage)
|more on this( story)?|관련\s?기사|관련\s?뉴스
|читайте также|читайте ещ[её]|смотрите также|по теме|материалы по теме|читайте також|читайте ще
|дивіться також|за темою
|相关阅读|相关新闻|相关报道|延伸阅读|推荐阅读|相關新聞|延伸閱讀|関連記事|関連ニュース|あわせて読みたい
|合わせて読みたい
|lesen sie auch|lesen sie (?:hier )?mehr|lesen sie dazu auch|mehr zum thema|mehr dazu|siehe auch
|lire aussi|à lire aussi|a lire aussi|à lire également|voir aussi|sur le même sujet
|lea también|lee también|lea además|leer también|ver también|te puede interesar
|اقرأ أيضا|اقرأ أيضاً|اقرأ المزيد
"""
_INLINE = re.compile(
    rf"{_MARK}(?:{_joined(_POINTERS)})\s*[\])】）]?\s*(?:[:：|>»▶►→]|[-–—]\s)\s*\S.{{0,260}}"
)

# The surest of these, after the end of a sentence in the same line.
_RUN_IN = re.compile(
    r"(?<=[.!?…。\"”’»)])\s*(?:read also|also read|читайте также|читайте ещ[её]|читайте також|читайте ще|lesen sie auch"
    r"|lire aussi|à lire aussi|lea también|관련\s?기사|相关阅读|相关新闻|延伸阅读|関連記事|あわせて読みたい)\s?[:：]",
    re.I,
)

_MARKED_LINES = [(hint, re.compile(pattern)) for hint, pattern in MARKED.items()]
_NOTICE = re.compile(rf"[-–—*•▶►☞※■◆→>\[(（\s]*(?:{_joined(NOTICES)})\s*[\])）.!。…]*")
_PICTURE_WORDS = r"""
|photos?|photograph|image|images|picture|file photo|photo credit|image credit|picture credit|image source
|credit
|video|watch|사진|자료사진|영상|фото|фотография|иллюстрация|видео|світлина|відео|ілюстрація
|图片来源|图片|图|圖|圖片來源|摄影|視頻|视频|資料写真|写真|画像|提供写真
|foto|bild|symbolbild|archivbild|bildquelle|crédits?( photo)?|image d['’]illustration|imagen|vídeo|crédito
"""
_PICTURE = re.compile(
    rf"[\[(（<【]?\s*(?:{_joined(_PICTURE_WORDS)})\s*(?:(?:by|von|par|de)\s|[:：=/©|])\s*.{{1,90}}"
)
# Alone at the end: a reporter's mail address, a line of dashes, "(END)".
_TRAILER = re.compile(
    r"(?:[\w·. ]{0,30}\s)?[\w.+-]+@[\w-]+\.[\w.-]+\s*|[-–—*_=#~•·.\s]{3,}"
    r"|\(?(?:end|끝|ends|fin|конец|完|了|ende)\)?"
)
# Below a Korean picture: "▲ 24일 원산항 모습. 항구일보DB". The same mark leads lists.
_PICTURED = re.compile(r"[▲△▼].{2,90}(?:모습|사진|제공|db|캡처|자료|ⓒ).{0,20}")
_BULLET = re.compile(r"[-–—*•▶►▷☞※■◆○●◇➡→»>·]\s*\S|\d{1,2}[.)]\s\S")
_SENTENCE_END = re.compile(r"[.!?…。！？다][\"”’»」』)\]]*$")

_ITEM_LENGTH = 250  # the longest headline of another article
_MOST_ITEMS = 15
_LIST_LENGTH = 2000  # characters of the longest list of other articles
_NOTICE_LENGTH = 420


def cut(lines: list[str]) -> list[str]:
    """`lines` (one paragraph each) without what is not the article. Repeating it changes nothing."""
    while True:
        kept = _without_run_in_list(_without_notices(_without_lists(lines)))
        if kept == lines:
            return kept
        lines = kept


def _without_lists(lines: list[str]) -> list[str]:
    kept: list[str] = []
    position = 0
    while position < len(lines):
        if len(lines[position]) <= 80 and _HEADING_LINE.fullmatch(lines[position].lower()):
            position = _list_end(lines, position)
        else:
            kept.append(lines[position])
            position += 1
    return kept


def _list_end(lines: list[str], heading: int) -> int:
    """Where the list under `heading` ends: after its items, or with the text if all the rest is a list."""
    if _is_closing_list(lines, heading):
        return len(lines)
    end = heading + 1
    bulleted = end < len(lines) and _BULLET.match(lines[end]) is not None
    while end < len(lines) and end - heading <= _MOST_ITEMS and _item(lines[end], bulleted):
        end += 1
    return end


def _is_closing_list(lines: list[str], heading: int) -> bool:
    """Whether everything after `heading` is a list: late in the text, short lines, most of them no sentences.

    One pointer in the middle of an article is followed by its further sentences, which must stay.
    """
    if not 3 <= len(lines) - heading - 1 <= _MOST_ITEMS:
        return False
    rest = lines[heading + 1 :]
    if max(map(len, rest)) > _ITEM_LENGTH or sum(map(len, lines[:heading])) < sum(map(len, rest)):
        return False
    items = sum(_BULLET.match(line) is not None or _SENTENCE_END.search(line) is None for line in rest)
    return items * 2 >= len(rest)


def _item(line: str, bulleted: bool) -> bool:
    """Whether `line` is the headline of another article: bulleted like its neighbours, or no sentence."""
    if bulleted:
        return _BULLET.match(line) is not None
    return len(line) <= _ITEM_LENGTH and _SENTENCE_END.search(line) is None


def _without_run_in_list(lines: list[str]) -> list[str]:
    """`lines` without a list of other articles that ran into the last paragraph, in a text that lost its lines."""
    last = lines[-1] if lines else ""
    before = sum(map(len, lines)) - len(last)
    for match in _RUN_IN.finditer(last):
        if before + match.start() >= len(last) - match.start() and len(last) - match.end() <= _LIST_LENGTH:
            return [*lines[:-1], last[: match.start()].rstrip()]
    return lines


def _without_notices(lines: list[str]) -> list[str]:
    kept = [line for line in lines if not is_notice(line)]
    while kept and len(kept[-1]) < 80 and _TRAILER.fullmatch(kept[-1].lower()):
        kept.pop()
    return kept


def is_notice(line: str) -> bool:
    """Whether the whole `line` is an appeal, a notice, a caption's credit, or points to another article."""
    return len(line) <= _NOTICE_LENGTH and _is_notice(line)


@functools.lru_cache(maxsize=1000)  # lines are looked at again until nothing is left to cut
def _is_notice(line: str) -> bool:
    line = line.lower()  # matching what is lower-case already is several times faster than ignoring case
    if _NOTICE.fullmatch(line) or (len(line) <= 300 and _INLINE.fullmatch(line)):
        return True
    if len(line) <= 220 and any(hint in line and pattern.search(line) for hint, pattern in _MARKED_LINES):
        return True
    if len(line) > 110:
        return False
    return (_PICTURE.fullmatch(line) or _PICTURED.fullmatch(line)) is not None and _SENTENCE_END.search(
        line
    ) is None
