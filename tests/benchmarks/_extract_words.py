"""Words that made-up news pages are written in, in the product's nine languages; all of it is of our own making."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Tongue:
    """What an outlet of one language writes: its articles, and what stands around them."""

    code: str
    outlet: str
    join: str  # between the parts of a sentence
    end: str
    who: tuple[str, ...]
    did: tuple[str, ...]  # {n}: a number
    why: tuple[str, ...]
    comma: str
    sections: tuple[str, ...]
    related: str  # heading of other articles
    also: str  # before one other article within the text
    cookies: str
    letter: str
    subscribe: str
    share: str
    photo: str
    rights: str
    comments: str
    opinions: tuple[str, ...]
    credit: tuple[str, str]  # an agency's line at the end, and the agency
    dateline: str
    author: str


def sentence(tongue: Tongue, dice: random.Random) -> str:
    """A sentence of 8 to 25 words (Chinese, Japanese: 20 to 50 characters)."""
    first = tongue.join.join((dice.choice(tongue.who), dice.choice(tongue.did)))
    parts = [first, dice.choice(tongue.why)]
    if dice.random() < 0.5:
        parts.append(dice.choice(tongue.why))
    text = tongue.comma.join(dict.fromkeys(parts)).replace("{n}", str(dice.randint(2, 9000)))
    return text[0].upper() + text[1:] + tongue.end


def paragraph(tongue: Tongue, dice: random.Random) -> str:
    space = "" if tongue.code in ("ja", "zh") else " "
    return space.join(sentence(tongue, dice) for _ in range(dice.randint(1, 4)))


def headline(tongue: Tongue, dice: random.Random) -> str:
    text = tongue.join.join((dice.choice(tongue.who), dice.choice(tongue.did)))
    text = text.replace("{n}", str(dice.randint(2, 9000)))
    return text[0].upper() + text[1:]


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";"))


TONGUES = {
    tongue.code: tongue
    for tongue in (
        Tongue(
            "en", "Harbour Times", " ", ".",
            _list("the port authority; two officials; a spokeswoman for the army; residents of the old town; "
                  "the central bank; the opposition; the ferry company; a judge in the capital"),
            _list("rejected the plan to hire {n} guards; announced a review of {n} contracts; postponed the vote; "
                  "opened the new terminal for {n} lorries a day; published figures on {n} accidents; "
                  "warned of delays until spring; signed the agreement after {n} hours"),
            _list("after three days of talks in the old customs house; although heavy rain had closed {n} roads; "
                  "while prices rose by {n} percent; following complaints by {n} households; "
                  "in a letter that reporters have seen; before the deadline on Friday; as neighbours looked on"),
            ", ", _list("World; Politics; Business; Sport; Culture"), "Related articles", "Read also",
            "We use cookies to improve your experience. By continuing to use this site you accept our cookie policy.",
            "Sign up for our newsletter and get the day's news in your inbox.",
            "This article is only available for subscribers. Already a subscriber? Log in.",
            "Share this article", "Photo: Robin Example", "Copyright 2025 Harbour Times. All rights reserved.",
            "Comments", _list("I do not believe a word of it; My uncle drove that ferry for years; Who pays for this"),
            ("Source: Reuters", "Reuters"), "SEOUL, Oct. 24 (Yonhap) -- ", "Robin Example",
        ),
        Tongue(
            "de", "Hafenbote", " ", ".",
            _list("die Hafenbehörde; zwei Beamte; eine Sprecherin der Armee; die Anwohner der Altstadt; "
                  "die Zentralbank; die Opposition; die Reederei; ein Richter in der Hauptstadt"),
            _list("lehnte den Plan für {n} Wachleute ab; kündigte eine Prüfung von {n} Verträgen an; verschob die "
                  "Abstimmung; eröffnete die neue Halle für {n} Lastwagen am Tag; nannte die Zahl von {n} Unfällen; "
                  "warnte vor Verzögerungen bis zum Frühjahr; unterschrieb den Vertrag nach {n} Stunden"),
            _list("nach drei Tagen Verhandlungen im alten Zollhaus; obwohl Regen {n} Straßen gesperrt hatte; "
                  "während die Preise um {n} Prozent stiegen; nach Beschwerden von {n} Haushalten; "
                  "wie aus einem Schreiben hervorgeht; vor Ablauf der Frist am Freitag; unter den Augen der Nachbarn"),
            ", ", _list("Welt; Politik; Wirtschaft; Sport; Kultur"), "Das könnte Sie auch interessieren",
            "Lesen Sie auch",
            "Wir verwenden Cookies, um Ihnen ein besseres Angebot zu machen.",
            "Melden Sie sich für unseren Newsletter an und erhalten Sie die Nachrichten des Tages.",
            "Dieser Artikel ist nur für Abonnenten lesbar. Jetzt abonnieren und weiterlesen.",
            "Artikel teilen", "Foto: Robin Beispiel", "© 2025 Hafenbote. Alle Rechte vorbehalten.",
            "Kommentare", _list("Davon glaube ich kein Wort; Mein Onkel fuhr die Fähre; Wer soll das bezahlen"),
            ("Quelle: dpa", "dpa"), "Berlin (dpa) - ", "Robin Beispiel",
        ),
        Tongue(
            "fr", "Le Courrier du Port", " ", ".",
            _list("l'autorité portuaire; deux fonctionnaires; une porte-parole de l'armée; les habitants du vieux "
                  "quartier; la banque centrale; l'opposition; la compagnie de ferries; un juge de la capitale"),
            _list("a rejeté le projet de {n} gardiens; a annoncé l'examen de {n} contrats; a reporté le vote; "
                  "a ouvert le nouveau terminal pour {n} camions par jour; a publié le bilan de {n} accidents; "
                  "a prévenu de retards jusqu'au printemps; a signé l'accord après {n} heures"),
            _list("après trois jours de négociations dans l'ancienne douane; alors que la pluie avait fermé {n} "
                  "routes; tandis que les prix montaient de {n} pour cent; à la suite de plaintes de {n} foyers; "
                  "selon une lettre consultée par des journalistes; avant l'échéance de vendredi; sous les yeux des "
                  "voisins"),
            ", ", _list("Monde; Politique; Économie; Sport; Culture"), "Articles similaires", "À lire aussi",
            "Nous utilisons des cookies pour améliorer votre expérience sur ce site.",
            "Inscrivez-vous à notre newsletter et recevez l'actualité du jour.",
            "Cet article est réservé aux abonnés. Abonnez-vous pour lire la suite.",
            "Partager cet article", "Crédit photo : Robin Exemple", "© 2025 Le Courrier du Port. Tous droits réservés.",
            "Commentaires", _list("Je n'y crois pas du tout; Mon oncle conduisait ce ferry; Qui va payer"),
            ("Avec AFP", "AFP"), "PARIS (AFP) - ", "Robin Exemple",
        ),
        Tongue(
            "es", "El Correo del Puerto", " ", ".",
            _list("la autoridad portuaria; dos funcionarios; una portavoz del ejército; los vecinos del casco viejo; "
                  "el banco central; la oposición; la compañía de transbordadores; un juez de la capital"),
            _list("rechazó el plan de contratar {n} guardias; anunció la revisión de {n} contratos; aplazó la "
                  "votación; abrió la nueva terminal para {n} camiones al día; publicó los datos de {n} accidentes; "
                  "advirtió de retrasos hasta la primavera; firmó el acuerdo tras {n} horas"),
            _list("tras tres días de conversaciones en la antigua aduana; aunque la lluvia había cerrado {n} "
                  "carreteras; mientras los precios subían un {n} por ciento; después de las quejas de {n} hogares; "
                  "según una carta que han visto periodistas; antes del plazo del viernes; ante la mirada de los "
                  "vecinos"),
            ", ", _list("Mundo; Política; Economía; Deportes; Cultura"), "Noticias relacionadas", "Lea también",
            "Utilizamos cookies para mejorar su experiencia en este sitio.",
            "Suscríbase a nuestro boletín y reciba las noticias del día.",
            "Este contenido es exclusivo para suscriptores. Suscríbase para seguir leyendo.",
            "Compartir este artículo", "Foto: Robin Ejemplo",
            "© 2025 El Correo del Puerto. Todos los derechos reservados.",
            "Comentarios", _list("No me creo nada; Mi tío llevaba ese barco; Quién va a pagar esto"),
            ("Fuente: EFE", "EFE"), "MADRID (EFE) - ", "Robin Ejemplo",
        ),
        Tongue(
            "ru", "Портовый вестник", " ", ".",
            _list("управление порта; двое чиновников; представитель армии; жители старого города; "
                  "центральный банк; оппозиция; паромная компания; судья в столице"),
            _list("отклонили план нанять {n} охранников; сообщили о проверке {n} договоров; отложили голосование; "
                  "открыли новый терминал на {n} грузовиков в день; назвали число аварий, их было {n}; "
                  "предупредили о задержках до весны; подписали соглашение через {n} часов"),
            _list("после трёх дней переговоров в старой таможне; хотя дождь закрыл {n} дорог; "
                  "когда цены выросли на {n} процентов; после жалоб {n} семей; "
                  "как следует из письма, которое видели журналисты; до истечения срока в пятницу; на глазах соседей"),
            ", ", _list("Мир; Политика; Экономика; Спорт; Культура"), "Материалы по теме", "Читайте также",
            "Мы используем файлы cookie, чтобы сделать сайт удобнее для вас.",
            "Подпишитесь на нашу рассылку и получайте новости дня.",
            "Материал доступен только подписчикам. Оформите подписку, чтобы читать дальше.",
            "Поделиться", "Фото: Робин Примеров", "© 2025 Портовый вестник. Все права защищены.",
            "Комментарии", _list("Не верю ни единому слову; Мой дядя водил этот паром; Кто за это заплатит"),
            ("Источник: ТАСС", "TASS"), "МОСКВА, 24 октября. /ТАСС/. ", "Робин Примеров",
        ),
        Tongue(
            "uk", "Портовий вісник", " ", ".",
            _list("управління порту; двоє посадовців; речниця армії; мешканці старого міста; "
                  "центральний банк; опозиція; поромна компанія; суддя у столиці"),
            _list("відхилили план найняти {n} охоронців; повідомили про перевірку {n} договорів; відклали "
                  "голосування; відкрили новий термінал на {n} вантажівок на день; назвали кількість аварій, їх було "
                  "{n}; попередили про затримки до весни; підписали угоду через {n} годин"),
            _list("після трьох днів переговорів у старій митниці; хоча дощ закрив {n} доріг; "
                  "коли ціни зросли на {n} відсотків; після скарг {n} родин; "
                  "як випливає з листа, який бачили журналісти; до завершення строку у п'ятницю; на очах сусідів"),
            ", ", _list("Світ; Політика; Економіка; Спорт; Культура"), "Матеріали за темою", "Читайте також",
            "Ми використовуємо файли cookie, щоб зробити сайт зручнішим для вас.",
            "Підпишіться на нашу розсилку та отримуйте новини дня.",
            "Матеріал доступний лише передплатникам. Оформіть передплату, щоб читати далі.",
            "Поділитися", "Фото: Робін Прикладенко", "© 2025 Портовий вісник. Усі права захищені.",
            "Коментарі", _list("Не вірю жодному слову; Мій дядько водив цей пором; Хто за це заплатить"),
            ("Джерело: Укрінформ", "Ukrinform"), "КИЇВ, 24 жовтня, Укрінформ. ", "Робін Прикладенко",
        ),
        Tongue(
            "ko", "항구일보", " ", ".",
            _list("항만공사는; 당국자 두 명은; 군 대변인은; 구도심 주민들은; 중앙은행은; 야당은; 여객선 회사는; "
                  "수도의 판사는"),
            _list("경비원 {n}명을 뽑는 계획을; 계약 {n}건에 대한 점검을; 표결을; 하루 화물차 {n}대를 받는 새 터미널을; "
                  "사고 {n}건의 통계를; 봄까지 이어질 지연을"),
            _list("옛 세관에서 사흘간 협의한 뒤 발표했다; 비로 도로 {n}곳이 막힌 가운데 설명했다; "
                  "물가가 {n}퍼센트 오르는 사이 다시 검토했다; {n}가구의 민원을 받고 논의했다; "
                  "기자들이 본 서한에서 언급했다; 금요일 시한을 앞두고 공개했다"),
            " ", _list("세계; 정치; 경제; 스포츠; 문화"), "관련 기사", "관련기사",
            "이 사이트는 더 나은 서비스를 위해 쿠키를 사용합니다.",
            "뉴스레터를 구독하세요.",
            "이 기사는 유료 회원 전용입니다. 로그인 후 계속 읽을 수 있습니다.",
            "기사 공유하기", "사진=홍길동 기자", "저작권자 ⓒ 항구일보. 무단 전재 및 재배포 금지",
            "댓글", _list("믿을 수가 없네요; 삼촌이 그 배를 몰았어요; 돈은 누가 내나요"),
            ("출처: 연합뉴스", "Yonhap"), "(서울=연합뉴스) 홍길동 기자 = ", "홍길동",
        ),
        Tongue(
            "ja", "港湾新聞", "", "。",
            _list("港湾局は; 当局者二人は; 軍の報道官は; 旧市街の住民は; 中央銀行は; 野党は; 船会社は; 首都の裁判官は"),
            _list("警備員{n}人を雇う計画について; 契約{n}件の見直しについて; 採決の延期について; "
                  "一日にトラック{n}台を受け入れる新しいターミナルについて; 事故{n}件の統計について; "
                  "春まで続く遅れについて"),
            _list("旧税関で三日間協議した後に発表した; 雨で道路{n}本が通れない中で説明した; "
                  "物価が{n}パーセント上がる間に検討した; {n}世帯の苦情を受けて話し合った; "
                  "記者が見た書簡の中で触れた; 金曜日の期限を前に明らかにした"),
            "、", _list("国際; 政治; 経済; スポーツ; 文化"), "関連記事", "あわせて読みたい",
            "当サイトではサービス向上のためクッキーを使用しています。",
            "メールマガジンに登録して毎日のニュースを受け取りましょう。",
            "この記事は会員限定です。続きを読むには登録が必要です。",
            "この記事をシェア", "写真：例田太郎", "© 2025 港湾新聞 無断転載を禁じます",
            "コメント", _list("まったく信じられない; 叔父があの船を動かしていた; 誰が払うのか"),
            ("配信：共同通信", "Kyodo"), "【東京共同】", "例田太郎",
        ),
        Tongue(
            "zh", "港口日报", "", "。",
            _list("港务局; 两名官员; 军方发言人; 老城居民; 中央银行; 反对党; 轮渡公司; 首都的一名法官"),
            _list("否决了雇用{n}名警卫的计划; 宣布审查{n}份合同; 推迟了表决; 启用了每天接待{n}辆卡车的新码头; "
                  "公布了{n}起事故的数据; 警告延误将持续到春天; 在{n}小时后签署了协议"),
            _list("此前在旧海关大楼谈判了三天; 尽管大雨封闭了{n}条道路; 与此同时物价上涨了百分之{n}; "
                  "此前有{n}户家庭投诉; 记者看到的一封信件这样写道; 赶在星期五的期限之前; 邻居们都在一旁观看"),
            "，", _list("国际; 政治; 财经; 体育; 文化"), "相关新闻", "延伸阅读",
            "本网站使用cookie以改善您的浏览体验。",
            "欢迎订阅我们的新闻邮件，每天获取新闻。",
            "本文仅供订阅用户阅读。请登录后继续阅读。",
            "分享本文", "图片来源：新华社", "版权所有 © 2025 港口日报",
            "评论", _list("我一个字也不信; 我叔叔开过那条船; 谁来付钱"),
            ("来源：新华社", "Xinhua"), "新华社北京10月24日电 ", "林例",
        ),
    )
}  # fmt: skip
