from __future__ import annotations

import pytest

from monitor.extract.agency import credit_line, dateline, trailing_credit


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Yonhap", "Yonhap"),
        ("연합뉴스", "Yonhap"),
        ("(dpa/AFP)", "dpa"),
        ("Reuters", "Reuters"),
        ("Source: TASS", "TASS"),
        ("Источник: ТАСС", "TASS"),
        ("Джерело: Укрінформ", "Ukrinform"),
        ("(新华社)", "Xinhua"),
        ("来源：新华社", "Xinhua"),
        ("（共同）", "Kyodo"),
        ("EFE", "EFE"),
        ("- Interfax", "Interfax"),
        ("avec AFP", "AFP"),
        ("By Reuters", "Reuters"),
        ("-Yonhap-", "Yonhap"),
        ("[연합뉴스]", "Yonhap"),
        ("Quelle: dpa", "dpa"),
        ("(avec AFP)", "AFP"),
        ("(Con información de EFE)", "EFE"),
        ("(PAP)", "PAP"),
        ("(ANP)", "ANP"),
        # not a credit
        ("PAP", None),
        ("共同", None),
        ("РИА", None),
        ("Reuters reported the news on Friday.", None),
        ("AP Calculus", None),
        ("The agency", None),
        ("", None),
    ],
)
def test_a_line_that_is_a_credit(line: str, expected: str | None) -> None:
    assert credit_line(line) == expected


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        (
            "The monument will be erected, Kim noted.Yonhap",
            ("The monument will be erected, Kim noted.", "Yonhap"),
        ),
        ("He called it “heroic.” Reuters", ("He called it “heroic.”", "Reuters")),
        ("Das teilte das Ministerium mit. (dpa)", ("Das teilte das Ministerium mit.", "dpa")),
        ("Il a refusé. (AFP)", ("Il a refusé.", "AFP")),
        ("式典が行われた。（共同）", ("式典が行われた。", "Kyodo")),
        # a sentence that speaks of the agency keeps it
        ("So reported the state agency (KCNA).", None),
        ("He works for Reuters.", None),
        ("It was first said by Yonhap", None),
        ("Read it in AP", None),
    ],
)
def test_a_credit_after_the_last_sentence(paragraph: str, expected: tuple[str, str] | None) -> None:
    assert trailing_credit(paragraph) == (expected or (paragraph, None))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SEOUL, Oct. 24 (Yonhap) -- North Korea said", "Yonhap"),
        ("MOSCOW, October 24. /TASS/. The ministry", "TASS"),
        ("МОСКВА, 24 октября. /ТАСС/. Министерство", "TASS"),
        ("МОСКВА, 24 окт - РИА Новости. Министерство", "RIA Novosti"),
        ("Москва. 24 октября. INTERFAX.RU - Министерство", "Interfax"),
        ("(서울=연합뉴스) 홍길동 기자 = 북한이", "Yonhap"),
        ("[서울=뉴시스] 북한이", "Newsis"),
        ("新华社平壤10月24日电 朝鲜", "Xinhua"),
        ("【ソウル共同】北朝鮮は", "Kyodo"),
        ("Seoul (dpa) - Nordkorea hat", "dpa"),
        ("PYONGYANG (Reuters) - North Korea", "Reuters"),
        ("Seúl, 24 oct (EFE).- Corea del Norte", "EFE"),
        # text that mentions an agency is not by it
        ("North Korea held a ceremony, the Korean Central News Agency (KCNA) said.", None),
        ("The AP style guide was changed on Friday.", None),
        ("State media said so. (Yonhap) It did.", None),
        ("BERLIN (dpa-AFX) - Der Kurs der Aktie", "dpa"),
        ("Lisboa, 24 out 2025 (Lusa) – O ministro", "Lusa"),
        ("Praha (ČTK) - Prezident", "CTK"),
        ("ANKARA (AA) - Cumhurbaşkanı", "Anadolu"),
        ("(ANSA) - ROMA, 24 OTT - Il presidente", "ANSA"),
        ("[東京 24日 ロイター] - 日経平均", "Reuters"),
    ],
)
def test_datelines(text: str, expected: str | None) -> None:
    assert dateline(text) == expected
