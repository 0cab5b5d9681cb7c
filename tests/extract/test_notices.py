"""What pages say to their readers, in nine languages, beside news that speaks of the same things."""

from __future__ import annotations

import pytest

from monitor.extract.boilerplate import is_notice

SAID_TO_READERS = """
This article is only available for subscribers. Already a subscriber? Log in.
The full article is available to our paying members.
Already a subscriber?
To continue reading, please log in or create a free account.
You have read 3 of your 5 free articles this month.
Share this article
Dieser Artikel ist nur für Abonnenten lesbar. Jetzt abonnieren und weiterlesen.
Sie möchten weiterlesen? Testen Sie unser Angebot einen Monat lang.
Bereits Abonnent? Hier anmelden
Jetzt registrieren und kostenlos weiterlesen
Artikel teilen
Melden Sie sich für unseren Newsletter an und erhalten Sie die Nachrichten des Tages.
Cet article est réservé aux abonnés. Abonnez-vous pour lire la suite.
La suite est réservée à nos abonnés.
Déjà abonné ? Connectez-vous
Pour lire la suite, connectez-vous ou abonnez-vous.
Partager cet article
Este contenido es exclusivo para suscriptores. Suscríbase para seguir leyendo.
¿Ya eres suscriptor? Inicia sesión
Para seguir leyendo, suscríbete por un euro.
Compartir esta noticia
Материал доступен только подписчикам. Оформите подписку, чтобы читать дальше.
Статья доступна только для зарегистрированных пользователей.
Чтобы прочитать целиком, войдите или оформите подписку.
Уже есть подписка? Войти
Поделиться
Матеріал доступний лише передплатникам. Оформіть передплату, щоб читати далі.
Стаття доступна тільки для підписників.
Щоб читати далі, увійдіть або передплатіть.
Поділитися новиною
이 기사는 유료 회원 전용입니다. 로그인 후 계속 읽을 수 있습니다.
해당 콘텐츠는 구독자만을 위한 콘텐츠입니다.
로그인하면 기사 전문을 볼 수 있습니다.
기사 공유하기
この記事は会員限定です。続きを読むには登録が必要です。
この記事の続きは有料会員限定です。
続きを読むにはログインしてください。
この記事をシェア
本文仅供订阅用户阅读。请登录后继续阅读。
登入後繼續閱讀全文
阅读全文请订阅
分享本文
欢迎订阅我们的新闻邮件，每天获取新闻。
"""

NEWS = """
This article of the treaty is only about subscribers of the defunct fund, the court ruled on Friday.
Already a subscriber to the theory, the minister said he would not change course.
Subscribers to the service rose by 12 percent, the company said.
You have read the reports, the senator told the commission; now read the footnotes.
To continue reading the meters by hand costs 3 million a year, the utility said.
Share prices in Seoul fell by two percent on Monday.
Der Artikel 5 des Vertrags ist nur ein Anfang, sagte der Minister.
Bereits Abonnenten der ersten Stunde klagten gegen die Preiserhöhung.
Der Konzern zählt acht Millionen Abonnenten und will weiter wachsen.
Cet article du code pénal est contesté par les avocats.
Déjà abonnée aux podiums, la skieuse a gagné sa cinquième course.
Pour lire l'avenir du port, les ingénieurs ont bâti une maquette.
Este contenido de azufre es el más alto que se ha medido en el puerto.
Ya es suscriptor del tratado el gobierno de la isla, dijo la ministra.
Материал доступен следователям с понедельника, сообщили в прокуратуре.
Чтобы прочитать показания счётчиков, служба наняла сто человек.
Поделиться опытом приехали моряки из пяти стран.
Матеріал доступний слідчим з понеділка, повідомили в прокуратурі.
Щоб прочитати показники лічильників, служба найняла сто людей.
이 기사는 지난달 구속됐고 회사는 해고를 결정했다고 경찰이 밝혔다.
구독자 수가 백만 명을 넘었다고 회사가 발표했다.
この記事は裁判で証拠として採用され、被告は争っている。
会員制の施設は全国に二百か所ある。
本文由三个部分组成，专家在会上说。
订阅用户增加了百分之十二，公司星期五表示。
登录月球后的第三天，飞船传回了照片。
"""


def lines(table: str) -> list[str]:
    return table.strip().split("\n")


@pytest.mark.parametrize("line", lines(SAID_TO_READERS))
def test_what_is_said_to_readers_is_no_news(line: str) -> None:
    assert is_notice(line)


@pytest.mark.parametrize("line", lines(NEWS))
def test_news_of_the_same_things_stays(line: str) -> None:
    assert not is_notice(line)
