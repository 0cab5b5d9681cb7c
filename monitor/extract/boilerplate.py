"""What stands in a page's text and is not its article: lists of other articles, appeals, notices, credits.

Rules by line, in the product's nine languages. Precision first: a line goes only where its whole shape says
what it is; a sentence that merely mentions cookies or a newsletter stays.
"""

from __future__ import annotations

import re


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
|latest news|editors?['’] picks?
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
|lesen sie auch|lesen sie dazu auch|mehr zum thema|siehe auch
|lire aussi|à lire aussi|a lire aussi|à lire également|voir aussi|sur le même sujet
|lea también|lee también|lea además|leer también|ver también|te puede interesar
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

# Whole lines that address the reader, not the news. Anchored at their start; a quotation mark keeps a line.
_NOTICES = r"""
|(sign up|subscribe|register)( here| now| today| free)?( (to|for|at)\b.{0,120})?(newsletters?|newsletter
|e-?mails?|alerts?|briefing|updates|channel|inbox|podcast)\b.{0,120}
|(get|receive) .{0,80}\b(in|to) your inbox\b.{0,100}
|(click|tap) here to (subscribe|sign up|join|read|get|download)\b.{0,160}
|subscribe (now|today)[.!]?
|subscribe to (continue|keep) reading.{0,100}
|(this article|this content|the full article) is (only )?(available|reserved) (for
|to) (our )?subscribers.{0,100}
|(already a subscriber|have an account)\?.{0,80}
|(log|sign) in to (continue|read)\b.{0,100}
|(please )?enable javascript\b.{0,160}
|your browser (does not|doesn['’]t) support\b.{0,100}
|(we|this (web)?site|our (web)?site) (use|uses) cookies\b.{0,300}
|(by (continuing|using|clicking)|if you continue)\b.{0,80}\bcookies?\b.{0,200}
|(accept|manage|cookie) (all )?(cookies|preferences|settings)
|follow (us|@\w+|.{2,40}) on (facebook|twitter|x|instagram|telegram|google news|whatsapp|linkedin|youtube
|threads|bluesky|apple news)\b.{0,120}
|join (us|our|the conversation) .{0,20}(on )?(telegram|whatsapp|facebook|viber|channel)\b.{0,100}
|(download|get) (our|the) .{0,30}\bapp\b.{0,80}
|share (this|on|via|article|story)\b.{0,40}
|(advertisement|sponsored|promoted content|story continues below( advertisement)?
|article continues below( advertisement)?)
|the post .{1,300} (first appeared|appeared first) on .{1,100}
|continue reading( ?(→|»|…|\.\.\.)| ["“].{1,200})?
|\[?read (the )?full (story|article)( here)?\]?.{0,40}
|this (article|story|copy) (was|has been) (originally|first|automatically) (published|appeared|posted
|translated)\b.{0,160}
|(copyright )?(©|\(c\)|copyright) ?(by )?\d{4}.{0,160}
|(all )?rights reserved\b.{0,100}
|our standards: the thomson reuters trust principles\.?.{0,60}
|(this )?material may not be published, broadcast, rewritten\b.{0,100}
|\(?(additional )?(reporting|writing|editing) by .{2,200}(;|editing by|writing by|reporting by|\)).{0,200}
|(저작권자|ⓒ|ⓒ).{0,120}
|(뉴스레터|구독).{0,30}(신청|구독하기|하세요|하기)[.!]?
|제보는 .{0,30}(카카오톡|카톡|okjebo|이메일|@).{0,60}
|광고
|(подписывайтесь|подпишитесь|подписаться|присоединяйтесь)\b.{0,160}(канал|телеграм|telegram|рассылк|viber
|whatsapp|дзен|вконтакте|youtube|новост|facebook|google|нас|страниц)\w*.{0,100}
|(следите за|читайте нас|мы в(?= (?:telegram|телеграм|дзен|вконтакте|facebook|twitter)))\b.{0,60}(telegram
|телеграм|дзен|вконтакте|facebook|twitter|канал
|google)\w*.{0,100}
|(если вы )?(нашли|заметили|увидели) (ошибку|опечатку)\b.{0,60}(выделите|ctrl|сообщите|нажмите).{0,100}
|перепечатка\b.{0,160}запрещ\w+.{0,60}
|реклама
|(підписуйтесь|підпишіться|підписатися|приєднуйтесь|долучайтесь)\b.{0,160}(канал|телеграм|telegram
|розсилк|viber|whatsapp|youtube|новин|facebook|google|нас|сторінк)\w*.{0,100}
|(стежте за|читайте нас|ми в(?= (?:telegram|телеграм|facebook|twitter)))\b.{0,60}(telegram|телеграм
|facebook|twitter|канал|google)\w*.{0,100}
|(якщо ви )?(знайшли|помітили|побачили) (орфографічну )?помилку\b.{0,60}(виділіть|ctrl|повідомте
|натисніть).{0,100}
|(版权所有|版權所有|著作權所有)(?!者|人).{0,40}
|(责任编辑|責任編輯|编辑|編輯|责编|校对)\s*[:：].{0,40}
|(点击|點擊)(订阅|訂閱|此处|这里|這裡|关注).{0,60}
|(欢迎|歡迎|请|請)(关注|關注|订阅|訂閱).{0,60}
|广告
|廣告
|(ニュースレター|メルマガ|メールマガジン).{0,40}(登録|購読).{0,40}
|この記事は(有料|会員限定)(記事|会員)?.{0,80}
|(続きを読む|全文を読む|残り\d+文字).{0,30}
|広告
|(写真|画像|動画)を(見る|拡大)
|(abonnieren sie|melden sie sich|jetzt abonnieren|hier abonnieren|bestellen sie)\b.{0,160}(newsletter
|kanal|whatsapp|abo|e-?paper)\b.{0,80}
|(zum newsletter|newsletter abonnieren|jetzt newsletter)\b.{0,80}
|(wir|diese (web)?seite|diese website) (verwenden|verwendet|nutzen|nutzt|setzen|setzt) cookies\b.{0,300}
|folgen sie uns (auf|bei)\b.{0,120}
|(anzeige|werbung)
|(dieser artikel|dieser text) (ist|erschien) .{0,30}(zuerst|abonnenten|kostenpflichtig)\b.{0,120}
|© dpa(-infocom)?,.{0,80}
|(inscrivez-vous|abonnez-vous|je m['’]abonne|recevez)\b.{0,160}(newsletters?|lettre|infolettre|alertes
|chaîne|whatsapp|abonn\w+|mail|gratuitement)\b.{0,80}
|(nous utilisons|ce site utilise) des cookies\b.{0,300}
|suivez-nous sur\b.{0,120}
|(cet article est|article) réservé aux abonnés\b.{0,100}
|il vous reste .{1,12}% de cet article à lire\b.{0,120}
|(publicité|la suite après (cette|la) publicité)
|(suscríb(a|e)(se|te)|regístr(e|a)(se|te)|apúnt(e|a)(se|te)|recib(e|a) (en su|en tu|nuestr\w+|el|la
|las))\b.{0,160}(boletín|boletines
|newsletters?|canal de|whatsapp|alertas|correo electrónico)\b.{0,80}
|(utilizamos|usamos|este sitio (web )?(utiliza|usa)) cookies\b.{0,300}
|(síguenos|síganos) en\b.{0,120}
|(este contenido es|contenido|artículo) (exclusivo|solo) para suscriptores\b.{0,100}
|(publicidad|anuncio)
"""
# Words that no news sentence holds, and, where they need it, what must be with them: a short line with them is
# a notice. Looking for plain words first is ten times faster than one pattern of all.
_MARKED = {
    **dict.fromkeys(
        ("all rights reserved", "все права защищены", "права захищен", "alle rechte vorbehalten"), ""
    ),
    **dict.fromkeys(("tous droits réservés", "todos los derechos reservados", "쿠키를 사용합니다"), ""),
    **dict.fromkeys(("無断転載", "無断複製", "禁無断"), ""),
    "무단": r"무단\s?전재.{0,40}(?:금지|배포)",
    **dict.fromkeys(
        ("카카오톡", "네이버", "텔레그램", "유튜브"), r"(?:구독|추가|채널).{0,30}(?:하세요|하기|주세요)"
    ),
    "cookie": r"(?:мы|сайт|ресурс) использу(?:ем|ет) (?:файлы )?cookies?"
    r"|(?:ми|сайт) використову(?:ємо|є) (?:файли )?cookies?"
    r"|(?:本网站|我们|本站|本網站|我們).{0,12}使用\s?cookies?",
    "クッキー": r"クッキー.{0,10}を使用して",
    "未经": r"未经(?:授权|许可).{0,30}(?:转载|使用)",
    "未經": r"未經(?:授權|許可).{0,30}(?:轉載|使用)",
    "扫": r"(?:扫码|扫描二维码).{0,8}(?:关注|下载|订阅|阅读)",
}
_MARKED_LINES = [(hint, re.compile(pattern)) for hint, pattern in _MARKED.items()]
_NOTICE = re.compile(rf"[-–—*•▶►☞※■◆→>\[(（\s]*(?:{_joined(_NOTICES)})\s*[\])）.!。…]*")
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
    if len(line) > _NOTICE_LENGTH:
        return False
    line = line.lower()  # matching what is lower-case already is several times faster than ignoring case
    if _NOTICE.fullmatch(line) or (len(line) <= 300 and _INLINE.fullmatch(line)):
        return True
    if len(line) <= 220 and any(hint in line and pattern.search(line) for hint, pattern in _MARKED_LINES):
        return True
    return len(line) <= 110 and _PICTURE.fullmatch(line) is not None and _SENTENCE_END.search(line) is None
