"""Figures: what is counted, what is none, and what changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.relate.figures.comparing import changed, spoken
from monitor.relate.figures.reading import exact, figures

FIGURES = [
    ("en", "North Korea has sent around 15,000 troops to Russia.", 15_000, "troops", "sent"),
    ("en", "Some 600 North Korean soldiers are believed to have been killed.", 600, "troops", "dead"),
    ("en", "More than 4,000 troops were injured.", 4_000, "troops", "hurt"),
    ("en", "Fifteen thousand soldiers are on their way.", 15_000, "troops", ""),
    ("en", "Two dozen sappers arrived.", 24, "troops", ""),
    ("en", "At least six were killed in the blast.", 6, "people", "dead"),
    ("en", "12 people were killed.", 12, "people", "dead"),
    ("en", "The bridge cost $2.6 million.", 2_600_000, "usd", ""),
    ("en", "The bridge cost 2.6 million dollars.", 2_600_000, "usd", ""),
    ("en", "A fund of €5bn was set up.", 5e9, "eur", ""),
    ("en", "A deal of $200MM is near.", 200e6, "usd", ""),
    ("en", "She ran 100m and more.", 100, "metres", ""),
    ("en", "The quake killed at least three people and injured others.", 3, "people", "dead"),
    ("en", "Exports rose by 12.5% in spring.", 12.5, "percent", ""),
    ("en", "Exports rose by 12.5 percent in spring.", 12.5, "percent", ""),
    ("en", "The dose is 1.500 percent.", 1.5, "percent", ""),
    ("en", "It used 1,200 drones.", 1_200, "drones", ""),
    ("en", "A quake of magnitude 6.1 shook the coast.", 6.1, "magnitude", ""),
    ("en", "The depot is 600km away.", 600, "km", ""),
    ("en", "Police arrested 40 civilians.", 40, "people", "held"),
    ("de", "Nordkorea hat 15.000 Soldaten nach Russland entsandt.", 15_000, "troops", "sent"),
    ("de", "Es kostet 1,5 Millionen Euro.", 1_500_000, "eur", ""),
    ("de", "Etwa 600 Soldaten wurden getötet.", 600, "troops", "dead"),
    ("fr", "La Corée du Nord a envoyé 15 000 soldats.", 15_000, "troops", "sent"),
    ("fr", "Elle a envoyé 15\u202f000 militaires en Russie.", 15_000, "troops", "sent"),
    ("es", "Corea del Norte envió 15.000 soldados.", 15_000, "troops", "sent"),
    ("es", "Costó 3 mil millones de dólares.", 3e9, "usd", ""),
    ("pt", "Foram enviados 12 mil soldados.", 12_000, "troops", "sent"),
    ("ru", "КНДР направила 15 тыс. военных в Россию.", 15_000, "troops", "sent"),
    ("ru", "КНДР направила 15 тысяч солдат в Россию.", 15_000, "troops", "sent"),
    ("ru", "Погибли 600 человек.", 600, "people", "dead"),
    ("ru", "Ущерб составил 2,5 млн долларов.", 2_500_000, "usd", ""),
    ("uk", "КНДР відправила 12 тис. військових.", 12_000, "troops", "sent"),
    ("ko", "북한은 병력 1만 5천 명을 파병했다.", 15_000, "troops", "sent"),
    ("ko", "북한군 1만5000명이 파견됐다.", 15_000, "troops", "sent"),
    ("ko", "북한군 15,000여 명이 파견됐다.", 15_000, "troops", "sent"),
    ("ko", "주민 600명이 사망했다.", 600, "people", "dead"),
    ("ko", "사업비는 2천500만 달러이다.", 25_000_000, "usd", ""),
    ("zh", "朝鲜派遣了1.5万名士兵。", 15_000, "troops", "sent"),
    ("zh", "朝鲜派遣了一万五千名士兵。", 15_000, "troops", "sent"),
    ("zh", "事故造成600人死亡。", 600, "people", "dead"),
    ("ja", "北朝鮮は兵士1万5千人をロシアに派遣した。", 15_000, "troops", "sent"),
    ("ja", "北朝鮮は兵士15,000人をロシアに派遣した。", 15_000, "troops", "sent"),
    ("de", "Das Land hat 12.000 Soldaten in die Region Kursk verlegt.", 12_000, "troops", ""),
    ("de", "Die Bundeswehr ist mit 400 Soldaten im Einsatz.", 400, "troops", ""),
    ("de", "Nach dem Dammbruch sind 8.000 Menschen evakuiert worden.", 8_000, "people", "evacuated"),
    ("en", "In all, 12 people die each day.", 12, "people", "dead"),
    ("en", "A total of 200 people are there.", 200, "people", ""),
    ("en", "The army fired 200 mortar shells.", 200, "shells", ""),
    ("en", "The Pope blessed 300 people.", 300, "people", ""),
    ("fr", "Il y a 12 blessés.", 12, "people", "hurt"),
    ("pt", "Há 12 mortos.", 12, "people", "dead"),
    ("en", "A 15,000-strong contingent of troops is there.", 15_000, "troops", ""),
    ("ru", "Речь идёт о 12 тысячах солдат.", 12_000, "troops", ""),
    ("uk", "Йдеться про понад 12 тисячах солдатів.", 12_000, "troops", ""),
    ("ko", "파병 규모는 1만2천 명이다.", 12_000, "people", "sent"),
    ("ko", "무너진 9층 건물에서 47명이 숨졌다.", 47, "people", "dead"),
    (None, "15 000 soldats", 15_000, "troops", ""),
    (None, "15.000 soldados", 15_000, "troops", ""),
    (None, "15,000 soldiers", 15_000, "troops", ""),
]


@pytest.mark.parametrize(("language", "text", "value", "unit", "role"), FIGURES)
def test_a_number_and_what_it_counts(
    language: str | None, text: str, value: float, unit: str, role: str
) -> None:
    found = figures(text, language)
    assert [(f.value, f.unit, f.role) for f in found] == [(value, unit, role)]


@pytest.mark.parametrize(
    ("language", "text", "toll"),
    [
        ("en", "An earthquake of magnitude 6.4 kills 12 in Malatya.", 12),
        ("de", "Das Beben der Stärke 6,4 hat 31 Menschen getötet.", 31),
        ("ru", "При землетрясении магнитудой 6,4 погибли 17 человек.", 17),
        ("ko", "규모 6.4 지진으로 47명이 숨졌다.", 47),
        ("ja", "マグニチュード6.4の地震で47人が死亡した。", 47),
    ],
)
def test_a_magnitude_is_no_toll(language: str, text: str, toll: float) -> None:
    found = [(f.value, f.unit, f.role) for f in figures(text, language)]
    assert found == [(6.4, "magnitude", ""), (toll, "people", "dead")]


def test_what_happened_to_others_beyond_the_next_number_is_not_said_of_these() -> None:
    found = figures("주민 8천 명이 대피하고 2명이 숨졌다.", "ko")
    assert [(f.value, f.role) for f in found] == [(8_000, "evacuated"), (2, "dead")]


@pytest.mark.parametrize(
    "text",
    [
        "The builder of the nine-storey block was arrested.",
        "Er wohnt im 9-stöckigen Haus.",
        "9층 건물이 무너졌다.",
        "On 24 October 2025 it rained.",
        "On October 24, 2025, it rained.",
        "On 2025-10-24 at 10:32 it rained.",
        "On 24.10.2025 it rained.",
        "On 24/10/2025 it rained.",
        "It was 1999 and then 2024.",
        "At 10 a.m. it began; at 7 p.m. it ended.",
        "A 35-year-old man waited for 24 hours and 3 days.",
        "The Hwasong-20 and the F-16 were shown at G20 with COVID-19 rules.",
        "Call +1 555-123-4567 or +49 30 123456.",
        "Version 3.1.4 at 192.168.0.1 is article No. 5, chapter 7 and §12.",
        "They won 3-2 after 6:4.",
        "The 21st of them came 3rd on Route 66.",
        "Am 24. Oktober um 14 Uhr war Schluss.",
        "Le 23 octobre à 10h30 il pleuvait.",
        "24 октября 2025 года в 10:30 прошел 21-й день.",
        "2025년 10월 24일 오전 9시 30분에 시작했다.",
        "2025年10月23日上午9时开幕，第三人称。",
        "Tokyo 2020 was held a year late.",
        "See https://news.example/2025/1234567 for one more.",
        "",
    ],
)
def test_what_is_no_figure(text: str) -> None:
    assert [f.text for f in figures(text)] == []


@pytest.mark.parametrize(
    ("language", "text", "values"),
    [
        ("ja", "予算は1219分の資料にある。", [1219]),
        ("ko", "회의는 775 시부의 예산을 다뤘다.", [775]),
        ("ko", "주변 120세대와 109가구가 대피했다.", [120, 109]),
        ("ja", "5日午後2時42分ごろ、52歳の男性が23分後に", []),
        ("ko", "오후 3시 46분께 52세 남성이 3시간 뒤", []),
        ("en", "In 2009 a pit killed no one, and 2016 was calm.", []),
        ("pt", "O prejuízo é de R$ 12 milhões.", [12_000_000]),
    ],
)
def test_what_only_looks_like_a_time_is_a_figure(language: str, text: str, values: list[float]) -> None:
    assert [figure.value for figure in figures(text, language)] == values


def test_both_ends_of_a_range_count_the_same() -> None:
    found = figures("Between 10,000 and 12,000 troops are there; 3,000-4,000 workers follow.", "en")
    assert [(f.value, f.unit) for f in found] == [
        (10_000, "troops"),
        (12_000, "troops"),
        (3_000, "workers"),
        (4_000, "workers"),
    ]


def test_spans_point_into_the_text() -> None:
    text = "Nothing new in the north. It sent 15,000 troops. Nobody knows more."
    (figure,) = figures(text, "en")
    assert text[figure.start : figure.end] == "15,000"
    assert text[slice(*figure.sentence)].strip() == "It sent 15,000 troops."
    assert figure.text == "15,000 troops"


def reasons(before: str, now: str, languages: tuple[str, str] = ("en", "en")) -> list[str]:
    return [c.reason for c in changed(figures(before, languages[0]), figures(now, languages[1]))]


CHANGED = [
    (
        "North Korea has sent around 12,000 troops to Russia.",
        "North Korea has by now sent 15,000 soldiers to Russia, Seoul said.",
        ["12,000 → 15,000 troops (sent)"],
    ),
    (
        "Six people were killed when the bridge over the river collapsed.",
        "Nine people were killed when the bridge over the river collapsed.",
        ["6 → 9 people (dead)"],
    ),
    (
        "Thieves took jewels worth $137 million from the store in Paris.",
        "Thieves took jewels worth $160 million from the store in Paris.",
        ["137 million → 160 million USD"],
    ),
    (
        "A delegation of 70 kayakers travels to the games in Tokyo.",
        "A delegation of 69 kayakers travels to the games in Tokyo.",
        ["70 → 69 kayakers"],
    ),
    (
        "It sent 15,000 troops to Russia. Some 600 soldiers were killed in Russia.",
        "It sent 15,000 troops to Russia. Some 700 soldiers were killed in Russia.",
        ["600 → 700 troops (dead)"],
    ),
]
UNCHANGED = [
    ("The North sent 15,000 troops to Russia.", "The North sent 15,000 troops to Russia."),
    ("The North sent 15,000 troops to Russia.", "The North sent fifteen thousand soldiers to Russia."),
    ("The North sent 15,000 troops to Russia.", "Of those sent to Russia, 600 soldiers were killed."),
    (
        "The North sent 15,000 troops to Russia.",
        "The North sent 15,000 troops, with 600 soldiers more sent to Russia.",
    ),
    ("The North sent 14,900 troops to Russia.", "The North sent almost 15,000 troops to Russia."),
    ("The North sent 15,000 troops to Russia.", "The North sent 200 drones to Russia."),
    ("The North sent 15,000 troops to Russia.", "The North sent troops to Russia."),
    ("The North sent troops to Russia.", "The North sent 15,000 troops to Russia."),
    ("Some 30 workers cleaned the harbour of oil.", "In the capital 90 workers danced in a hall."),
]


@pytest.mark.parametrize(("before", "now", "expected"), CHANGED)
def test_a_changed_figure(before: str, now: str, expected: list[str]) -> None:
    assert reasons(before, now) == expected


@pytest.mark.parametrize(("before", "now"), UNCHANGED)
def test_no_figure_changed(before: str, now: str) -> None:
    assert reasons(before, now) == []


def test_a_figure_changed_within_korean() -> None:
    before, now = "북한은 러시아에 병력 1만 2천 명을 파병했다.", "북한은 러시아에 병력 1만 5천 명을 파병했다."
    assert reasons(before, now, ("ko", "ko")) == ["12,000 → 15,000 troops (sent)"]


def test_a_value_seen_earlier_is_no_change() -> None:
    """An outlet that repeats the first toll after the second was told brings nothing new."""
    seen = figures("Six people were killed on the bridge. Later nine people were killed on the bridge.", "en")
    assert changed(seen, figures("Six people were killed on the bridge.", "en")) == ()


@given(st.text(max_size=300), st.sampled_from([None, "en", "de", "ko", "ja"]))
def test_any_text_is_read(text: str, language: str | None) -> None:
    for figure in figures(text, language):
        assert 0 <= figure.start < figure.end <= len(text)
        assert exact(figure.value)
    assert changed(figures(text, language), figures(text, language)) == ()


@pytest.mark.parametrize(
    "text",
    [
        "9" * 300_000,
        "1 " * 100_000,
        "1," * 100_000,
        "1,111" * 50_000,
        "1-" * 100_000,
        "+1 " * 50_000,
        "five " * 50_000,
        "一" * 100_000,
        "一人" * 50_000,
        "1만" * 50_000,
        "1만" + "9" * 300_000,
        "9" * 400 + "만 명",
    ],
)
def test_hostile_numbers_are_read_in_bounded_time_and_number(text: str) -> None:
    found = figures(text)
    assert len(found) <= 3000
    assert all(figure.value < 1e17 for figure in found)


@given(st.integers(min_value=1_000, max_value=999_999))
def test_however_a_number_is_grouped(value: int) -> None:
    for separator in ",.\u00a0\u202f ":
        written = f"{value:,}".replace(",", separator)
        assert [f.value for f in figures(f"Es sind {written} Soldaten", "de")] == [value]


@pytest.mark.parametrize(
    ("value", "text"), [(15_000.0, "15,000"), (6.25, "6.25"), (0.5, "0.5"), (2_600_000.0, "2.6 million")]
)
def test_spoken(value: float, text: str) -> None:
    assert spoken(value) == text
