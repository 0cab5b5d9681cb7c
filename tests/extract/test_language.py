from __future__ import annotations

import pytest

from monitor.extract.language import detect, normalise


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("North Korea has sent troops to Russia, South Korea's spy agency said on Friday.", "en"),
        ("북한이 러시아에 병력을 추가로 파병했다고 국가정보원이 밝혔다.", "ko"),
        ("Северная Корея направила военных в Россию, сообщили в министерстве.", "ru"),
        ("Північна Корея відправила військових до Росії, повідомили в міністерстві.", "uk"),
        ("朝鲜向俄罗斯派遣士兵，韩国情报机构周五表示。", "zh"),
        ("北朝鮮がロシアに兵士を派遣したと韓国の情報機関が発表した。", "ja"),
        ("Nordkorea hat nach Angaben aus Seoul Soldaten nach Russland geschickt.", "de"),
        ("La Corée du Nord a envoyé des soldats en Russie, selon les services de Séoul.", "fr"),
        ("Corea del Norte ha enviado soldados a Rusia, según la inteligencia de Seúl.", "es"),
    ],
)
def test_the_products_languages(text: str, language: str) -> None:
    assert detect(text) == language
    assert detect(text, "it") == language


@pytest.mark.parametrize(
    ("text", "declared", "expected"),
    [
        ("Museum in Pyongyang", "de", "de"),  # says the same in two languages
        ("Museum in Pyongyang", "en-GB", "en"),
        ("북한 파병", "en", "ko"),  # a script of its own outweighs what is declared
        ("North Korea sends 15,000 troops to Russia", "ko", "en"),
        ("12345", "fr", "fr"),
        ("", None, None),
        ("https://news.example/museum-in-pyongyang", None, None),
    ],
)
def test_what_is_declared_decides_only_short_texts(
    text: str, declared: str | None, expected: str | None
) -> None:
    assert detect(text, declared) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [("ko-KR", "ko"), ("EN_us", "en"), ("zh-Hans", "zh"), ("wuu", "zh"), ("jp", "ja"), ("ua", "uk"), ("",
    None), (None, None),
     ("kor", "ko"), ("GER", "de"), ("english", None), ("x-default", None), ("en, de", "en")],
)  # fmt: skip
def test_codes_as_they_are_declared(code: str | None, expected: str | None) -> None:
    assert normalise(code) == expected
