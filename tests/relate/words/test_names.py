"""Names as they sound: one name in several scripts is one, and words of no capital are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.relate.words.names import mentions, names


@pytest.mark.parametrize(
    "spellings",
    [
        "Zelensky Zelenskyy Selenskyj Zelenski Зеленский Зеленського 젤렌스키 ゼレンスキー",
        "Putin Poutine Путин Путина 푸틴 プーチン",
        "Kursk Koursk Курск Курской 쿠르스크 クルスク",
        "Durant Дюрант Дюрэнт",
        "Samoa Самоа",
        "Lavrov Lawrow Lavrow Лавров Лаврову",
    ],
)
def test_a_name_is_one_in_every_script(spellings: str) -> None:
    found = names(" ".join(spellings.split()))
    assert len(found) == len(spellings.split())
    assert len(set(found)) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the troops crossed a river", []),
        ("войска перешли реку", []),
        ("They met Li Wu in Ur", ["@they"]),  # what is short sounds like too much
        ("Kursk and Kursk again", ["@krsk", "@krsk"]),
        ("朝鮮軍がウクライナのクルスクに", ["@akrn", "@krsk"]),
        ("", []),
    ],
)
def test_what_is_a_name(text: str, expected: list[str]) -> None:
    assert names(text) == expected


def test_different_names_stay_apart() -> None:
    found = names(
        "Kursk Kherson Kharkiv Donetsk Luhansk Pyongyang Vladivostok Shanghai Sanaa Zelensky Lavrov"
    )
    assert len(set(found)) == len(found) == 11


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    assert all(sound.startswith("@") and sound.isascii() and 4 <= len(sound) <= 6 for sound in names(text))


def test_tables_are_bounded() -> None:
    assert len(names("Kursk " * 5000)) == 400


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (
            "en",
            "Many fires burn near Almora, in Redding and Samoa since Tuesday, third of March",
            {"almor", "reddi", "samoa"},
        ),
        ("en", "Smoke rises. Crews left. “Quiet” at last: Nobody hurt", set()),  # they only begin sentences
        ("en", "Fire Near Almora Destroys Forty Houses", set()),  # a headline in capitals throughout
        ("en", "The WHO warns of H5N1 in the EU", {"who", "h5n1"}),  # two letters are too few
        ("es", "Detienen en Sevilla a dos hombres", {"sevil"}),
        ("fr", "Séisme ressenti à Évian", {"evian"}),
        ("ru", "Пожар на складе в Омске", {"омске"}),
        ("de", "Die Feuerwehr löscht ein Lagerhaus in Kiel", {"kiel"}),  # every noun has a capital
        ("de", "Nach Angaben der Polizei kam der Fahrer in Haft, in der Nacht brannten Häuser", set()),
        (
            "de",
            "In Zagreb sprach gestern Minister Ivo Kralj vor Anhängern",
            {"zagre", "minis", "ivo", "kralj"},
        ),
        ("de", "Ein Zug aus München entgleiste bei Bern, Rettung von Kindern und Helfern", {"munch", "bern"}),
        (None, "Fires near Almora", set()),
        ("ja", "京都で山火事、40棟が焼ける", set()),
        ("en", "", set()),
    ],
)
def test_the_names_that_a_text_mentions(language, text, expected):
    assert mentions(text, language) == expected


def test_names_are_read_where_a_report_begins():
    assert mentions(
        "The crews from Almora left. " + "They fought the flames. " * 100 + "So did Redding", "en"
    ) == {"almor"}
