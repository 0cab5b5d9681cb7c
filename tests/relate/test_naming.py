"""Names as texts write them, in scripts with capitals and without."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Article
from monitor.relate.features import features
from monitor.relate.naming import new_names

NAMED = [
    ("en", "Yesterday the captain, Rogelio Magtibay, spoke on Monday in Manila.", ["Rogelio Magtibay", "Manila"]),
    ("en", "Union leader Per Lindqvist said so in April. OSCE observers agreed.", ["Per Lindqvist", "OSCE"]),
    ("en", "Nobody was there. Everything was quiet.", []),
    ("de", "Nach Angaben von Bahnchef Richard Lutz waren Schwellen der Polizei Anwohnern bekannt.", ["Richard Lutz"]),
    ("fr", "Selon le procureur Thierry Dran, le feu est éteint.", ["Thierry Dran"]),
    ("ru", "Вчера задержан начальник цеха Олег Сырвачев.", ["Олег Сырвачев"]),
    ("ko", "이성권 의원은 국방부 장관과 만났다.", ["이성권"]),
    ("ja", "静岡県知事と運営会社の大川誠社長が会見した。", ["大川誠"]),
    ("zh", "外交部发言人毛宁表示，董事长李建国说，关税影响了出口。", ["毛宁", "李建国"]),
    ("ar", "وزار رئيس الوزراء مصطفى مدبولي موقع الحادث", ["مصطفى مدبولي"]),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "names"), NAMED)
def test_names_are_found(language: str, text: str, names: list[str]) -> None:
    unseen = frozenset(features(Article("", text, language=language)).terms)
    found = new_names(text, language, unseen)
    assert [name for _, name in found] == names
    assert all(text.startswith(name, start) or name in text for start, name in found)
    assert new_names(text, language, frozenset()) == []


def test_a_known_name_with_a_new_last_word_is_another() -> None:
    text = "The ships of the owner, Polillo Fast Lines, and those of Polillo Island stay in port."
    unseen = frozenset(features(Article("", text, language="en")).terms) - {"polil", "islan"}
    assert [name for _, name in new_names(text, "en", unseen)] == ["Polillo Fast Lines"]


@given(st.text(max_size=200), st.sampled_from(["en", "de", "ru", "ko", "ja", "zh", "ar", None]))
def test_any_text_is_read(text: str, language: str | None) -> None:
    unseen = frozenset(features(Article("", text, language=language)).terms)
    assert all(name in text for _, name in new_names(text, language, unseen))
