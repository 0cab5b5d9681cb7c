from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.extract.boilerplate import cut, is_notice

ARTICLE = [
    "The ministry said on Friday that the bridge would be closed for repairs until the spring of next year.",
    "Residents of both banks will have to use the ferry, which runs every hour, or drive 40 kilometres.",
    "A spokesman said that the work had been postponed twice because of the floods.",
]
NOTICES = {
    "en": [
        "Sign up for our daily newsletter",
        "Subscribe to our newsletter to get the latest news in your inbox.",
        "We use cookies to improve your experience. By continuing you accept our policy.",
        "This site uses cookies.",
        "Follow us on Facebook and Twitter",
        "Advertisement",
        "Story continues below advertisement",
        "The post Bridge to be closed first appeared on Harbour Times.",
        "Continue reading →",
        "© 2025 Harbour Times. All rights reserved.",
        "Copyright 2025 Harbour Times",
        "Photo: Robin Example / Reuters",
        "Read also: Ferry breaks down again",
        "READ MORE: Ferry breaks down again",
        "Related: Ferry breaks down again",
        "(Reporting by Robin Example; Editing by Jo Sample)",
        "Our Standards: The Thomson Reuters Trust Principles.",
        "Already a subscriber? Log in",
    ],
    "ko": [
        "무단 전재 및 재배포 금지",
        "<저작권자(c) 신문, 무단 전재-재배포 금지>",
        "관련기사: 다리 폐쇄",
        "뉴스레터 구독하기",
        "사진=연합뉴스",
        "광고",
    ],
    "ru": [
        "Подписывайтесь на наш Telegram-канал",
        "Читайте также: Паром снова сломался",
        "Мы используем cookie для удобства",
        "Фото: ТАСС",
        "Нашли ошибку? Выделите её и нажмите Ctrl+Enter",
        "Все права защищены",
        "Реклама",
    ],
    "uk": [
        "Підписуйтесь на наш Telegram-канал",
        "Читайте також: Пором знову зламався",
        "Якщо ви помітили помилку, виділіть її",
        "Фото: Укрінформ",
        "Усі права захищені",
    ],
    "zh": [
        "相关阅读：渡轮再次停航",
        "责任编辑：王小明",
        "未经授权不得转载",
        "版权所有",
        "广告",
        "图片来源：新华社",
    ],
    "ja": [
        "関連記事：フェリーがまた故障",
        "無断転載を禁じます",
        "写真：共同",
        "続きを読む",
        "広告",
        "ニュースレターに登録する",
    ],
    "de": [
        "Abonnieren Sie unseren Newsletter",
        "Lesen Sie auch: Fähre fällt erneut aus",
        "Wir verwenden Cookies, um unsere Seite zu verbessern.",
        "Foto: dpa",
        "Alle Rechte vorbehalten.",
        "Anzeige",
    ],
    "fr": [
        "Inscrivez-vous à notre newsletter",
        "À lire aussi : Le bac encore en panne",
        "Nous utilisons des cookies pour améliorer votre expérience.",
        "Crédit photo : AFP",
        "Tous droits réservés",
        "Publicité",
    ],
    "es": [
        "Suscríbete a nuestro boletín",
        "Lea también: El transbordador vuelve a fallar",
        "Utilizamos cookies para mejorar su experiencia.",
        "Imagen: EFE",
        "Síguenos en Facebook",
        "Publicidad",
    ],
}
NEWS = [
    "The regulator fined the company because it used cookies without consent, officials said.",
    '"We use cookies to improve your experience," the company told the court, which did not believe it.',
    "Subscribers of the newspaper sued its publisher over the price of the newsletter.",
    "The minister said the copyright law of 2025 would be changed before the summer.",
    "The photo shows the bridge before it was closed.",
    "Related companies were fined as well, the regulator said in a statement on Friday.",
    "Read more slowly, the teacher told her class.",
    "Follow the money, the inspector told reporters on Tuesday.",
    "The post was left vacant after the general retired.",
    "Подписанный договор вступит в силу в мае, сообщили в министерстве.",
    "Реклама табака запрещена с мая, сообщило министерство здравоохранения.",
    "Фото разрушенного моста опубликовало министерство.",
    "Читайте также эту книгу, посоветовал министр школьникам и студентам во время встречи в четверг.",
    "광고 시장이 올해 크게 성장했다고 업계가 밝혔다.",
    "关注朝鲜局势的专家表示，情况仍不明朗。",
    "Die Anzeige wurde am Freitag bei der Polizei erstattet.",
    "La publicité pour le tabac est interdite depuis mai.",
    "La publicidad del tabaco está prohibida desde mayo.",
    "Sign language interpreters will be at every meeting, the mayor said.",
    "Advertisement revenue fell by a third, the group said.",
    "编辑部周五收到炸弹威胁，警方正在调查。",
    "版权所有者周五起诉了这家公司。",
    "제보는 지난주 경찰에 접수됐다고 시가 밝혔다.",
    "Нашли ошибку в расчётах моста, сообщил министр в пятницу.",
    "Знайшли помилку в розрахунках мосту, повідомив міністр.",
    "Мы в пятницу открываем новый канал, сказал мэр журналистам.",
    "Melden Sie sich bei der Polizei, wenn Sie etwas gesehen haben, bat sie am Freitag.",
    "Recibe el presidente al canciller con noticias de la guerra.",
    "Pictures of the leader were shown in the square.",
]


@pytest.mark.parametrize("line", [line for lines in NOTICES.values() for line in lines])
def test_notices_go(line: str) -> None:
    assert cut([*ARTICLE, line]) == ARTICLE
    assert cut([ARTICLE[0], line, *ARTICLE[1:]]) == ARTICLE


@pytest.mark.parametrize("line", NEWS)
def test_news_about_such_things_stays(line: str) -> None:
    assert not is_notice(line)
    assert cut([*ARTICLE, line]) == [*ARTICLE, line]


@pytest.mark.parametrize(
    "heading",
    [
        "Read also:", "READ ALSO", "Related articles", "See also", "You may also like", "관련기사",
        "많이 본 뉴스", "Читайте также:",
        "По теме", "Читайте також:", "Матеріали за темою", "相关阅读", "相關新聞：", "関連記事",
        "あわせて読みたい", "Lesen Sie auch:",
        "Mehr zum Thema", "À lire aussi :", "Sur le même sujet", "Lea también:", "Noticias relacionadas",
        "▶ Read also",
    ],
)  # fmt: skip
def test_lists_of_other_articles_go(heading: str) -> None:
    bulleted = [
        "- A landslide claims seven lives, officials say.",
        "- Weekly affairs in parliament",
        "- A crisis deepens.",
    ]
    assert cut([*ARTICLE, heading, *bulleted]) == ARTICLE
    assert cut([*ARTICLE, heading, "Ferry breaks down again", "Harvest begins early"]) == ARTICLE
    assert cut([ARTICLE[0], heading, *bulleted, *ARTICLE[1:]]) == ARTICLE
    assert cut([ARTICLE[0], heading, "Ferry breaks down again", *ARTICLE[1:]]) == ARTICLE
    assert cut([*ARTICLE, heading]) == ARTICLE


def test_a_closing_list_without_bullets_may_hold_a_sentence() -> None:
    items = [
        "Teenagers take up farming, a concept of 1965.",
        "Weekly affairs in parliament",
        "Landslide in the north",
    ]
    assert cut([*ARTICLE, "Read also:", *items]) == ARTICLE


def test_a_list_that_ran_into_the_last_sentence_goes() -> None:
    text = " ".join(ARTICLE)
    for glue in (
        ".Read also:- A landslide. - Weekly affairs",
        ". READ ALSO: A landslide",
        ". Читайте також: Зсув",
    ):
        assert cut([text + " The end" + glue]) == [text + " The end."]
        assert cut([*ARTICLE, "The end" + glue]) == [*ARTICLE, "The end."]
    early = "It is closed. Read also: Other news. " + text
    assert cut([early]) == [early]


def test_sentences_after_a_pointer_stay() -> None:
    assert cut([ARTICLE[0], "Read also:", *ARTICLE[1:]]) == ARTICLE


def test_a_list_that_belongs_to_the_article_stays() -> None:
    lines = [*ARTICLE, "The ministry named three reasons:", "- floods", "- a lack of steel", "- the frost"]
    assert cut(lines) == lines


def test_trailers_go() -> None:
    assert cut([*ARTICLE, "hong@news.example", "(END)"]) == ARTICLE


@given(
    st.lists(
        st.sampled_from(
            [*ARTICLE, *NEWS, "Read also:", "- x", "short", "End", "a@b.example", "Advertisement"]
        ),
        max_size=12,
    )
)
def test_cutting_twice_changes_nothing_and_order_stays(lines: list[str]) -> None:
    kept = cut(lines)
    assert cut(kept) == kept
    rest = iter(lines)
    assert all(line in rest for line in kept)


def test_hostile_numbers_of_headings_are_linear() -> None:
    assert cut([*ARTICLE, *["Read also:", "x"] * 50_000]) == ARTICLE
