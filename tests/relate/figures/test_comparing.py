"""Which figures changed: tolls whatever words and language, other things by what stands around them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.relate.figures.comparing import compared, counted
from monitor.relate.figures.reading import figures

# before (language, text), now (language, text), changes, first figures
CASES = [
    (
        ("en", "The blast killed at least 12 people."),
        ("en", "Death toll climbs to 17"),
        ["12 → 17 people (dead)"],
        [],
    ),
    (
        ("en", "Twelve dead as ferry sinks"),
        ("en", "Seventeen people died, police said."),
        ["12 → 17 people (dead)"],
        [],
    ),
    (
        ("en", "41 people were missing."),
        ("en", "36 people are still missing."),
        ["41 → 36 people (missing)"],
        [],
    ),
    (
        ("de", "Drei Menschen kamen ums Leben."),
        ("de", "Die Zahl der Toten ist auf fünf gestiegen."),
        ["3 → 5 people (dead)"],
        [],
    ),
    (
        ("ru", "Погибли четыре человека."),
        ("ru", "Число погибших увеличилось до шести."),
        ["4 → 6 people (dead)"],
        [],
    ),
    (
        ("pt", "Oito pessoas morreram."),
        ("pt", "Subiu para 23 o número de mortos."),
        ["8 → 23 people (dead)"],
        [],
    ),
    (
        ("ja", "1人が死亡、21人がけがをした。"),
        ("ja", "けが人は33人に増えた。"),
        ["21 → 33 people (hurt)"],
        [],
    ),
    (("zh", "井下15人被困。"), ("zh", "仍有11人被困。"), ["15 → 11 people (trapped)"], []),
    (("ar", "لقي خمسة أشخاص مصرعهم"), ("ar", "ارتفعت الحصيلة إلى 11 قتيلا"), ["5 → 11 people (dead)"], []),
    (
        ("en", "About 600 of the soldiers were killed."),
        ("de", "Rund 2.000 Soldaten wurden getötet."),
        ["600 → 2,000 troops (dead)"],
        [],
    ),
    (("en", "It covers 12,000 acres of forest."), ("en", "It covers 4,900 hectares."), [], []),
    (
        ("en", "It covers 12,000 acres of forest near Redding."),
        ("en", "Now 25,000 acres of forest near Redding burn."),
        ["12,000 → 25,000 acres"],
        [],
    ),
    (
        ("en", "The bid of $3.4 billion for the bank"),
        ("en", "The bid for the bank is $3.7 billion instead of $3.4 billion."),
        ["3.4 billion → 3.7 billion USD"],
        [],
    ),
    (("en", "12 people died."), ("en", "12 people died, including three children."), [], []),
    (("en", "12 people died."), ("en", "In 1987 more than 4,300 people died."), [], []),
    (("en", "12 people died."), ("en", "Lightning kills 2,500 people every year."), [], []),
    (("en", "12 people died."), ("en", "Divers found two more bodies."), [], []),
    (("en", "23 miners were trapped."), ("en", "Some two dozen miners are trapped."), [], []),
    (("en", "More than 500 people died."), ("en", "525 people died."), [], []),
    (
        ("en", "The bridge fell."),
        ("en", "Two people died and 30 were injured."),
        [],
        ["2 people (dead)", "30 people (hurt)"],
    ),
    (
        ("en", "North Korea will send 5,000 military builders to Kursk."),
        ("en", "North Korea will send 6,000 military builders to Kursk."),
        ["5,000 → 6,000 builders (sent)"],
        [],
    ),
    (("en", "The lava flows on."), ("en", "It destroyed at least 60 homes."), [], ["60 homes"]),
    (("en", "The lava flows on."), ("en", "It is 35 km away and 12 percent wider."), [], []),
]


@pytest.mark.parametrize(("before", "now", "changes", "first"), CASES)
def test_what_changed(
    before: tuple[str, str], now: tuple[str, str], changes: list[str], first: list[str]
) -> None:
    found = compared(figures(before[1], before[0], 2026), figures(now[1], now[0], 2026))
    assert [
        change.reason[: len(said)] for change, said in zip(found.changes, changes, strict=True)
    ] == changes
    assert [counted(figure) for figure in found.first] == first


FORMS = {
    "en": ["{0:,} troops", "{0} troops", "about {0:,} troops"],
    "de": ["{0:,} Soldaten", "{0} Soldaten"],
    "ru": ["{1:g} тыс. военных", "{0} военных"],
    "uk": ["{1:g} тис. військових"],
    "ko": ["병력 {1:g}천 명", "병력 {2:g}만 명", "병력 {0:,}명"],
    "ja": ["兵士{2:g}万人", "兵士{0:,}人"],
    "zh": ["{2:g}万名士兵", "{0}名士兵"],
    "ar": ["{1:g} ألف جندي", "{0} جندي"],
    "es": ["{1:g} mil soldados"],
    "pt": ["{1:g} mil soldados"],
}


@given(st.integers(11, 98).map(lambda thousands: thousands * 1000), st.sampled_from(sorted(FORMS)), st.data())
def test_one_number_in_every_form_is_one_value(value: int, language: str, data: st.DataObject) -> None:
    """Neither form nor language makes another number of it."""
    form = data.draw(st.sampled_from(FORMS[language]))
    written = form.format(value, value / 1000, value / 10_000)
    if language == "de":
        written = written.replace(",", ".")
    (here,) = figures(written, language)
    assert (here.value, here.unit) == (value, "troops")
    (there,) = figures(f"{value:,} soldiers", "en")
    assert compared([there], [here]).changes == ()


@given(st.text(max_size=200), st.sampled_from(["en", "de", "ko", "ja", "ar", None]))
def test_a_text_changes_nothing_of_itself(text: str, language: str | None) -> None:
    found = figures(text, language)
    assert compared(found, found) == compared((), ())
