"""Figures that do not stand for the present, and sentences that tell what was."""

from __future__ import annotations

import pytest

from monitor.relate.figures.asides import background
from monitor.relate.figures.reading import figures

ASIDES = [
    ("en", "In 1987, more than 4,300 people died at sea.", "past"),
    ("en", "Last year 3,000 labourers worked there.", "past"),
    ("en", "Since 2022 some 9,000 people have died.", ""),
    ("en", "By 2019 dollars it is 12 million dollars.", ""),
    ("en", "Among the dead, including three children, was nobody.", "part"),
    ("en", "Divers found five more bodies.", "part"),
    ("en", "More than 40 bodies were found.", ""),
    ("en", "The toll rose from 12 people to many, 17 in all.", "was"),
    ("en", "It sells 1,500 drones instead of 1,200 drones.", "was"),
    ("en", "Lightning kills 2,500 people every year.", "rate"),
    ("de", "2016 wurden zwölf Menschen getötet.", "past"),
    ("de", "Darunter sind 16 Soldaten.", "part"),
    ("fr", "En 1995, 300 personnes étaient mortes.", "past"),
    ("es", "En octubre pasado, otros 16 migrantes murieron.", "past"),
    ("pt", "Em 2011, mais de 900 pessoas morreram.", "past"),
    ("ru", "В 2019 году пострадали 116 человек.", "past"),
    ("ko", "지난해 9명이 숨졌다.", "past"),
    ("ko", "공병 1천 명 추가 파병", "part"),
    ("zh", "其中3人死亡。", "part"),
    ("ja", "去年は5人が死亡した。", "past"),
    ("ar", "وكان زلزال عام 1999 قد أودى بحياة 17 ألف شخص", "past"),
]


@pytest.mark.parametrize(("language", "text", "why"), ASIDES)
def test_why_a_figure_does_not_count_now(language: str, text: str, why: str) -> None:
    assert why in {figure.aside for figure in figures(text, language, 2026)}
    if not why:
        assert {figure.aside for figure in figures(text, language, 2026)} == {""}


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("15,000 troops came", True),
        ("about 15,000 troops came", False),
        ("Quelque 150 pompiers sont venus", False),
        ("some two dozen soldiers came", False),
        ("15,000여 명의 병력", False),
        ("约300人", False),
    ],
)
def test_what_is_no_exact_number(text: str, exact: bool) -> None:
    (figure,) = figures(text)
    assert figure.about is not exact


@pytest.mark.parametrize(
    ("sentence", "year", "is_background"),
    [
        ("In 2018 the Carr fire burned down the town.", 2026, True),
        ("In 2018 the Carr fire burned down the town.", 2018, False),
        ("2016 waren bei einem Zusammenstoß zwölf Menschen gestorben.", 2026, True),
        ("Prosecutors arrested a man who sold steel bolts in 2019.", 2026, False),
        ("Since 2021 its rafts have not been inspected.", 2026, False),
        ("지난해에는 비가 많이 왔다.", 2026, True),
    ],
)
def test_what_tells_what_was(sentence: str, year: int, is_background: bool) -> None:
    assert background(sentence, year) is is_background
