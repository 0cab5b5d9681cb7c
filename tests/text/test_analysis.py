from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.text import clean, one_line, paragraphs, sentences, tokenize, word_places, words

WORDS = [
    ("North Korea's troops", ["north", "korea", "troops"]),
    ("the soldiers' families", ["the", "soldiers", "families"]),
    ("O’Brien and O'Brien", ["o'brien", "and", "o'brien"]),
    ("l'armée dell’Ucraina, qu'il", ["armee", "ucraina", "il"]),
    ("Łódź, Đorđe, Ørsted, Straße, naïve", ["lodz", "dorde", "orsted", "strasse", "naive"]),
    ("U.S. troops", ["u.s", "troops"]),
    ("3.5 million, 12,000; 7:30", ["3.5", "million", "12,000", "7", "30"]),
    ("re:start foo-bar a_b __", ["re:start", "foo", "bar", "a_b"]),
    ("북한군이 러시아에", ["북한군이", "러시아에"]),
    ("朝鲜军队", ["朝", "鲜", "军", "队"]),
    ("ロシアとKPAの", ["ロ", "シ", "ア", "と", "kpa", "の"]),
    ("ＫＰＡ ｶﾞ", ["kpa", "ガ"]),
    ("Сапёры Й й", ["сапёры", "й", "й"]),
    ("ΣΊΣΥΦΟΣ σίσυφος", ["σίσυφοσ", "σίσυφοσ"]),
    ("İstanbul", ["istanbul"]),
    ("co\u00adoperation", ["cooperation"]),
    ("किताबें", ["किताबें"]),
    ("go 👍🏽 🇰🇷", ["go", "👍🏽", "🇰🇷"]),
    ('צה"ל', ['צה"ל']),
    ("ג'ורג' ג׳ורג׳", ["ג'ורג'", "ג׳ורג׳"]),
    ("ปี2567มี BTSสยาม", ["ปี", "2567", "มี", "bts", "สยาม"]),
    ("٣٫٥ ١٬٠٠٠", ["٣٫٥", "١٬٠٠٠"]),
    ("1\u00ad:한 a\u00ad:한", ["1", "한", "a:한"]),
    ("ａ＿ｂ", ["a_b"]),
    ("10㌔ ㈱ 5㎏", ["10", "キ", "ロ", "株", "5", "kg"]),
    ("〆切", ["〆", "切"]),
    ("★ Boeing® 737™", ["★", "boeing", "737"]),
    ("🏴\U000e0067\U000e0062\U000e007f", ["🏴\U000e0067\U000e0062\U000e007f"]),
    ("", []),
    ("… — !?", []),
]


@pytest.mark.parametrize(("text", "expected"), WORDS)
def test_words_are_analysed(text: str, expected: list[str]) -> None:
    assert words(text) == expected
    assert [token.text for token in tokenize(text)] == expected


@given(st.text(alphabet="abslZ19＇.:,;'’·_-  \u00a0éяЯא׳\u00ad北ーｶﾞ㌔한กำ٫＿İΣσ\u0301👍…“”"))
def test_a_tokens_place_analyses_to_the_token(text: str) -> None:
    tokens = tokenize(text)
    assert [token.text for token in tokens] == words(text)
    assert [(token.start, token.end) for token in tokens] == word_places(text)
    # A sign that is two words ("ヿ") gives them one place.
    places = list(dict.fromkeys((token.start, token.end) for token in tokens))
    for (start, end), previous_end in zip(places, [0, *(end for _, end in places)], strict=False):
        assert previous_end <= start < end <= len(text)


# Signs that count as letters or emoji and fold to several words, to a part of one, or to none.
@given(st.text() | st.text(alphabet="a1' .·,ﾞ㈠⒈ヿゟ‼⅟Ŀﷺﹰﱞ🈁🄀ͺ一²½ำ①㉑"))
def test_an_analysed_word_analyses_to_itself(text: str) -> None:
    assert [words(word) for word in words(text)] == [[word] for word in words(text)]
    tokens = tokenize(text)
    assert [token.text for token in tokens] == words(text)
    assert [(token.start, token.end) for token in tokens] == word_places(text)


# What scripts do to words: marks, ligatures, widths, jamo, elisions, joiners, figures, brackets, signs of several.
MIXED = (
    "abslStd1٣²½'’‘＇.:,;·-_＿ \n\u00a0éÉǿłßﬁﬀİıΣσςяЁё\u0301\u0323\u00ad\u200d\u200c\ufe0f北々〆ーｶﾞ㌔㈱カ\u3099"
    '한ᄒ\u1161\u11ab가กำ\u0e48א׳״"\u05b0👍🏽🇰🇷⃣❤क\u094d\u0937“”…—´ª№Ⅷⓐ①'
)


@given(st.text(MIXED, max_size=12) | st.text(max_size=12), st.data())
@example("1❤d'\u3099a", None)
def test_what_stands_where_words_stand_are_these_words(text: str, data: st.DataObject | None) -> None:
    tokens = tokenize(text)
    some = [(0, len(tokens) - 1), (len(tokens) - 1, len(tokens) - 1)]
    if data and tokens:
        first = data.draw(st.integers(0, len(tokens) - 1))
        some = [(first, data.draw(st.integers(first, len(tokens) - 1)))]
    for first, last in some if tokens else []:
        start, end = tokens[first].start, tokens[last].end
        inside = [token.text for token in tokens if start <= token.start and token.end <= end]
        assert words(text[start:end]) == inside


@given(st.text())
def test_any_text_has_words_sentences_and_paragraphs(text: str) -> None:
    for found in (sentences(text), paragraphs(text)):
        covered = "".join("".join(text[start:end].split()) for start, end in found)
        assert covered == "".join(text.split())
        assert all(start < end for start, end in found)


SENTENCES = [
    ("He left the U.S. on Friday.The North is 3.5 km.", ["He left the U.S. on Friday.", "The North is 3.5 km."]),
    ("Mr. Kim met Dr. Lee at 5 p.m. Talks failed!", ["Mr. Kim met Dr. Lee at 5 p.m. Talks failed!"]),
    ("He met Lee at 5 p.m. The talks failed!", ["He met Lee at 5 p.m.", "The talks failed!"]),
    ("U.S. President Smith. U.S. Army", ["U.S. President Smith.", "U.S. Army"]),
    ("“They left.” Kim said so.", ["“They left.”", "Kim said so."]),
    ('"Is it over?" he asked.', ['"Is it over?" he asked.']),
    ("the agency (KCNA).During a speech", ["the agency (KCNA).", "During a speech"]),
    ("See Example.com now. Go", ["See Example.com now.", "Go"]),
    ("朝鲜派兵。俄说“好。”他走了！北京", ["朝鲜派兵。", "俄说“好。”", "他走了！", "北京"]),
    ("金氏は「行く。」と述べた。次の文。", ["金氏は「行く。」と述べた。", "次の文。"]),
    ("평양에서 열렸다. 북한군은 갔다.러시아로", ["평양에서 열렸다.", "북한군은 갔다.", "러시아로"]),
    ("Am 24. Oktober kam er. Er ging.", ["Am 24. Oktober kam er.", "Er ging."]),
    ("He got 40.9%. Munteanu spoke.", ["He got 40.9%.", "Munteanu spoke."]),
    ("В. Путин уехал. Он вернулся.", ["В. Путин уехал.", "Он вернулся."]),
    ("One line\n  Two. Three\n\n", ["One line", "Two.", "Three"]),
    ("", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), SENTENCES)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == expected


def test_paragraphs_are_lines() -> None:
    text = " One. Two.\n\n\tThree "
    assert [text[start:end] for start, end in paragraphs(text)] == ["One. Two.", "Three"]


def test_cleaning_drops_what_databases_choke_on() -> None:
    assert clean("a\x00b\ud800c\r\nd\u2028e\u0301") == "abc\nd\n\u00e9"
    assert one_line("a\r\n b" + "c" * 600, limit=10) == "a bcccccc…"


HOSTILE = ["_", "_ é", ".", "a.", "a", "é", "金。", "l'", "a's", "a\u0301", "1,", 'a."', "A b. "]


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_long_text_of_anything_is_read_in_one_pass(piece: str) -> None:
    # Quadratic time would take minutes here.
    text = piece * (200_000 // len(piece))
    assert len(words(text)) <= len(text)
    assert len(sentences(text)) <= len(text)
