"""What pages say to their readers and not of the news: appeals, paywalls, cookies, shares, rights. In nine languages.

Lines of a pattern each, a language after the other; matched on lower case.
"""

from __future__ import annotations

# Whole lines that address the reader, not the news. Anchored at their start; a quotation mark keeps a line.
NOTICES = r"""
|(sign up|subscribe|register)( here| now| today| free)?( (to|for|at)\b.{0,120})?(newsletters?|newsletter
|e-?mails?|alerts?|briefing|updates|channel|inbox|podcast)\b.{0,120}
|(get|receive) .{0,80}\b(in|to) your inbox\b.{0,100}
|(click|tap) here to (subscribe|sign up|join|read|get|download)\b.{0,160}
|subscribe (now|today)[.!]?
|subscribe to (continue|keep) reading.{0,100}
|(this|the full) (article|content|story|text) is (only |exclusively )?(available|reserved|accessible
|free)? ?(only
|exclusively)? ?(for|to) (our |paying |premium |registered )*(subscribers|members|readers).{0,120}
|(already an? (\w+ )?(subscriber|member)|have an account|not a subscriber( yet)?)\?.{0,100}
|(please )?(log|sign) in (or (subscribe|register|sign up) )?to (continue|keep|read)\b.{0,100}
|(to (continue|keep) reading|to read (on|more|the (full|whole) (article|story))),? (please )?(log|sign
|subscribe
|register|create|become|buy|choose)\b.{0,120}
|(register|subscribe|sign up|create an account)( now| for free)? to (continue|keep|unlock|read)\b.{0,100}
|(unlock|get) (this|the full) (article|story)\b.{0,80}
|you have (reached|read|used|\d+) .{0,40}free (articles?|stories)\b.{0,120}
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
|to (play|watch|view|see) this (video|content|live stream)\b.{0,120}
|(keep|continue) reading (for|with)\b.{0,80}
|unlimited (digital )?access\b.{0,100}
|cancel (at )?any ?time\b.{0,40}
|(is|was) this (page|article|story|information) (useful|helpful|interesting)\?
|report (a problem with|an? (error|correction|mistake|typo) (in|on)) (this|the) (page|article|story).{0,40}
|have you been affected\b.{0,80}\?.{0,120}
|(do you have|got) (a (news )?(story|tip)|more information)\b.{0,40}\?.{0,160}
|(up|watch|listen) next|reuse this content|suggested topics:?|purchase licensing rights.{0,40}
|explore more( on these topics)?|(filed|archived|posted) (in|under)\b.{0,100}
|(tags|topics|keywords)\s?:\s?.{0,160}
|.{2,60}\(@\w{1,20}\)(\s.{0,40}\b\d{4})?
|(저작권자|ⓒ|ⓒ).{0,120}
|(뉴스레터|구독).{0,30}(신청|구독하기|하세요|하기)[.!]?
|이 기사는 언론사에서 .{0,30}섹션으로 분류했습니다
|기사\s?제보.{0,60}|(제보|문의)\s?[:：].{0,60}
|.{0,12}(네이버|카카오|구글).{0,16}(채널|뉴스).{0,8}(구독|추가)(하기)?
|(이|해당|본) (기사|콘텐츠|글)(는|은) .{0,20}(유료|구독자|회원|프리미엄|멤버십)\s?.{0,10}(전용
|위한|공개|볼 수|읽을 수).{0,80}
|(로그인|구독|회원\s?가입)(하고|하면|하시면| 후에?| 하면).{0,20}(계속|전문|전체|기사
|무료).{0,10}(읽|보|볼|이용|확인)\S{0,10}.{0,40}
|(이미 )?(구독|회원)\s?(중이신가요|이신가요|이세요)\?.{0,60}
|(이 )?기사\s?(를 )?공유(하기)?|공유하기|스크랩(하기)?
|제보는 .{0,30}(카카오톡|카톡|okjebo|이메일|@).{0,60}
|광고
|что думаешь\?.{0,30}|последние новости|теги\s?[:：].{0,160}|темы\s?[:：].{0,160}
|сообщить об (ошибке|опечатке).{0,60}
|(подписывайтесь|подпишитесь|подписаться|присоединяйтесь)\b.{0,160}(канал|телеграм|telegram|рассылк|viber
|whatsapp|дзен|вконтакте|youtube|новост|facebook|google|нас|страниц)\w*.{0,100}
|(следите за|читайте нас|мы в(?= (?:telegram|телеграм|дзен|вконтакте|facebook|twitter)))\b.{0,60}(telegram
|телеграм|дзен|вконтакте|facebook|twitter|канал
|google)\w*.{0,100}
|(если вы )?(нашли|заметили|увидели) (ошибку|опечатку)\b.{0,60}(выделите|ctrl|сообщите|нажмите).{0,100}
|перепечатка\b.{0,160}запрещ\w+.{0,60}
|(этот |эта |данный |полный )?(материал|статья|текст|контент|продолжение)( статьи)? (доступ\w+
|открыт\w*) (только |лишь
|исключительно )*(для )?(наши[хм] |платны[хм] )?(подписчик|зарегистрированн|пользовател)\w*.{0,120}
|(оформите|купите|активируйте|продлите) подписку\b.{0,120}
|(чтобы|для того чтобы) (читать|прочитать|продолжить|дочитать)\b.{0,40},? .{0,20}(подпи|войдите|зарегистр
|оформ|авториз)\w*
.{0,80}
|(уже есть подписка|уже подписан\w*|вы уже подписчик)\?.{0,80}
|(войдите|зарегистрируйтесь|авторизуйтесь|подпишитесь),? (или \w+ )?(чтобы|для)\b.{0,80}
|поделиться( (новостью|статьёй|статьей|материалом|ссылкой|в соцсетях|с друзьями))?
|реклама
|останні новини|теми\s?[:：].{0,160}|мітки\s?[:：].{0,160}
|(підписуйтесь|підпишіться|підписатися|приєднуйтесь|долучайтесь)\b.{0,160}(канал|телеграм|telegram
|розсилк|viber|whatsapp|youtube|новин|facebook|google|нас|сторінк)\w*.{0,100}
|(стежте за|читайте нас|ми в(?= (?:telegram|телеграм|facebook|twitter)))\b.{0,60}(telegram|телеграм
|facebook|twitter|канал|google)\w*.{0,100}
|(цей |ця |повний )?(матеріал|стаття|текст|контент|продовження)( статті)? (доступ\w+|відкрит\w*) (тільки\s
|лише\s|виключно\s)*(для )?(наших? |нашим |платним )?(передплатник|підписник|зареєстрован|користувач)\w*.{0,120}
|(оформіть|придбайте|активуйте) (перед|під)п[ли]\w+\b.{0,120}
|(щоб|для того щоб) (читати|прочитати|продовжити|дочитати)\b.{0,40},? .{0,20}(підпи|передпла|увійд|зареєстр
|оформ|авториз)
\w*.{0,80}
|(вже є передплата|вже передплатили|ви вже (перед|під)п\w+)\?.{0,80}
|(увійдіть|зареєструйтесь|авторизуйтесь|підпишіться),? (або \w+ )?(щоб|для)\b.{0,80}
|поділитися( (новиною|статтею|матеріалом|посиланням|в соцмережах|з друзями))?
|(якщо ви )?(знайшли|помітили|побачили) (орфографічну )?помилку\b.{0,60}(виділіть|ctrl|повідомте
|натисніть).{0,100}
|分享让更多人看到|我要反馈|(内容)?举报|纠错|阅读原文|返回(首页|顶部|列表)
|(文章)?(关键词|关键字|标签)\s?[:：].{0,80}|原标题\s?[:：].{0,100}
|海量资讯.{0,40}|(点击|長按|长按)(查看|进入|下载).{0,40}
|(版权所有|版權所有|著作權所有)(?!者|人).{0,40}
|(责任编辑|責任編輯|编辑|編輯|责编|校对)\s*[:：].{0,40}
|(点击|點擊)(订阅|訂閱|此处|这里|這裡|关注).{0,60}
|(本文|此文|全文|本篇文章|该文|該文)(仅|僅|只)?(供|限|对|對|为|為).{0,8}(订阅|訂閱|会员|會員|付费|付費|注册|註冊).{0,40}
|(请|請)?(登录|登入|订阅|訂閱|注册|註冊)(后|後|以)?.{0,8}(继续|繼續)?(阅读|閱讀|查看|浏览|瀏覽)(全文|更多)?.{0,20}
|(阅读|閱讀|查看)(全文|更多)(请|請|需).{0,30}
|(分享|转发|轉發)(本文|此文|到|至).{0,20}
|(欢迎|歡迎).{0,4}(订阅|訂閱|关注|關注).{0,60}
|(欢迎|歡迎|请|請)(关注|關注|订阅|訂閱).{0,60}
|广告
|廣告
|最終更新\s?[:：].{0,30}|.{0,20}の?(記事|ニュース)(一覧)?をもっと(見る|読む)
|(ニュースレター|メルマガ|メールマガジン).{0,40}(登録|購読).{0,40}
|この記事は(有料|会員限定)(記事|会員)?.{0,80}
|(続きを読む|全文を読む|残り\d+文字).{0,30}
|広告
|(この|本)(記事|コンテンツ)(の続き|の全文)?は.{0,12}(会員|有料|購読|登録).{0,12}(限定|専用|のみ|向け|必要).{0,60}
|(続き|全文|この先)(を(読む|お読みになる)(に|ため)|は).{0,20}(登録|ログイン|会員|購読).{0,40}
|(会員|登録|購読)(登録|会員)?(すると|の方は|済みの方は).{0,30}(ログイン|続き|全文|読め).{0,30}
|(この)?(記事|ニュース)を(シェア|共有|保存|印刷)(する)?
|(写真|画像|動画)を(見る|拡大)
|empfohlener (externer|redaktioneller) inhalt
|an dieser stelle finden sie (einen |externe )?.{0,20}inhalte?\b.{0,300}
|(diesen |den )?(externen )?inhalt (anzeigen|laden).{0,60}
|ich bin damit einverstanden, dass mir externe inhalte\b.{0,200}
|zur startseite|schlagwörter\s?:.{0,160}
|(abonnieren sie|melden sie sich|jetzt abonnieren|hier abonnieren|bestellen sie)\b.{0,160}(newsletter
|kanal|whatsapp|abo|e-?paper)\b.{0,80}
|(zum newsletter|newsletter abonnieren|jetzt newsletter)\b.{0,80}
|(wir|diese (web)?seite|diese website) (verwenden|verwendet|nutzen|nutzt|setzen|setzt) cookies\b.{0,300}
|folgen sie uns (auf|bei)\b.{0,120}
|(anzeige|werbung)
|(dieser|diesen|der) (ganze |vollständige )?(artikel|beitrag|text|inhalt)e? (ist|steht|können sie
|lesen sie) .{0,40}(nur
|exklusiv)\b.{0,20}(abonnent\w*|abonnement|mitglieder|plus|registrierte|leser\w*)\b.{0,120}
|(sie (möchten|wollen)|um) (weiterlesen|weiterzulesen|den ganzen artikel .{0,20}lesen)\b.{0,120}
|(sie sind )?(bereits|schon|noch kein) (digital)?(abonnent\w*|abo|kunde|registriert)\?.{0,80}
|(jetzt|gleich|hier) (weiterlesen|registrieren|anmelden|einloggen|freischalten)\b.{0,100}
|(diesen )?(artikel|beitrag) (teilen|drucken|merken|vorlesen|anhören)
|melden sie sich\b.{0,60}\bnewsletter\b.{0,120}
|(dieser artikel|dieser text) (ist|erschien) .{0,30}(zuerst|abonnenten|kostenpflichtig)\b.{0,120}
|© dpa(-infocom)?,.{0,80}
|temps de lecture\b.{0,30}|lecture \d+ min.{0,10}|l['’]actu en vidéo|(sujets|mots-clés|thèmes)\s?:.{0,160}
|(inscrivez-vous|abonnez-vous|je m['’]abonne|recevez)\b.{0,160}(newsletters?|lettre|infolettre|alertes
|chaîne|whatsapp|abonn\w+|mail|gratuitement)\b.{0,80}
|(nous utilisons|ce site utilise) des cookies\b.{0,300}
|suivez-nous sur\b.{0,120}
|(cet article est|article) réservé aux abonnés\b.{0,100}
|il vous reste .{1,12}% de cet article à lire\b.{0,120}
|(publicité|la suite après (cette|la) publicité)
|(cet article|ce contenu|la suite de cet article|la suite|l['’]intégralité de cet article) est (exclusive
ment |uniquement
)?réservée? (à nos|aux) (abonnés|membres|adhérents)\b.{0,120}
|(déjà abonnée?|pas encore abonnée?|vous êtes déjà abonnée?) ?\?.{0,100}
|pour (lire|continuer|poursuivre)\b.{0,40}(la suite|lecture|lire|article),? .{0,30}(abonnez|connectez
|inscrivez|créez
|identifiez)\b.{0,100}
|(abonnez|connectez|inscrivez|identifiez)-vous (pour|afin de) (lire|continuer|poursuivre|accéder)\b.{0,100}
|(partager|imprimer|écouter) (cet |l['’])article
|archivado en\b.{0,100}|(etiquetas|temas)\s?:.{0,160}
|tu suscripción se está usando\b.{0,160}|¿quieres añadir otro usuario\b.{0,100}
|(suscríb(a|e)(se|te)|regístr(e|a)(se|te)|apúnt(e|a)(se|te)|recib(e|a) (en su|en tu|nuestr\w+|el|la
|las))\b.{0,160}(boletín|boletines
|newsletters?|canal de|whatsapp|alertas|correo electrónico)\b.{0,80}
|(utilizamos|usamos|este sitio (web )?(utiliza|usa)) cookies\b.{0,300}
|(síguenos|síganos) en\b.{0,120}
|(este contenido es|contenido|artículo) (exclusivo|solo) para suscriptores\b.{0,100}
|(publicidad|anuncio)
|(este|el) (contenido|artículo|texto) (es|está) (disponible )?(exclusiv|sol|reservad
|únicamente)\w* (solo )?(para|a) .{0,20}
(suscriptores|abonados|socios)\b.{0,120}
|¿(ya|todavía no|aún no) (es|eres|está|estás) (suscriptor|suscrito|abonado|socio)\w*\?.{0,100}
|para (seguir|continuar) leyendo,? .{0,20}(suscr|inici|regístr|hazte|identif|acced)\w*.{0,100}
|(suscríb|regístr|inici|identifíqu|identifíc)\w*( sesión)? para (seguir|continuar|leer|acceder)\b.{0,100}
|(compartir|imprimir|escuchar)( (este|el) artículo| (esta|la) noticia)
"""
# Words that no news sentence holds, and, where they need it, what must be with them: a short line with
# them is a notice. Looking for plain words first is ten times faster than one pattern of all.
MARKED = {
    "newsletter": r"\b(?:sign up|subscribe)(?: here| now| today| below| for free)?\W*$"
    r"|newsletters? (?:here|now|below)\W*$",
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
