from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.extract.paragraphs import part_sentences, restore


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("reported Friday.The North held", "reported Friday. The North held"),
        ("the agency (KCNA).During a speech", "the agency (KCNA). During a speech"),
        ('Kursk region."Just one year', 'Kursk region. "Just one year'),
        ('"heroes and patriots."He disclosed', '"heroes and patriots." He disclosed'),
        ("said the KCNA.Since October", "said the KCNA. Since October"),
        ("“Never.”Kim said", "“Never.” Kim said"),
        ("Really?Yes!Good", "Really? Yes! Good"),
        ("left.I am here", "left. I am here"),
        ("в пятницу.Северная Корея", "в пятницу. Северная Корея"),
        ("у п’ятницю.Північна Корея", "у п’ятницю. Північна Корея"),
        ("밝혔다.북한은", "밝혔다. 북한은"),
        ("in 2024.The war", "in 2024. The war"),
        # whole as they are
        ("U.S.A. and U.N.Security", "U.S.A. and U.N.Security"),
        ("J.K.Rowling wrote", "J.K.Rowling wrote"),
        ("e.g.this, i.e.that", "e.g.this, i.e.that"),
        ("at 3.5 percent, 15.000 troops", "at 3.5 percent, 15.000 troops"),
        ("Booking.com and Booking.Com", "Booking.com and Booking.Com"),
        ("see https://news.example/Some.Page.Here now", "see https://news.example/Some.Page.Here now"),
        ("write to Jo.Doe@News.Example", "write to Jo.Doe@News.Example"),
        ("the file Report.Pdf", "the file Report.Pdf"),
        ("written in Node.js", "written in Node.js"),
        ("6.25전쟁", "6.25전쟁"),
        ("他说。她说。", "他说。她说。"),
    ],
)
def test_missing_spaces(text: str, expected: str) -> None:
    assert part_sentences(text) == expected


@given(st.text(alphabet='aB다. "”(!?1И\n', max_size=60) | st.text(max_size=60))
def test_nothing_but_spaces_is_added_and_once(text: str) -> None:
    parted = part_sentences(text)
    assert parted.replace(" ", "") == text.replace(" ", "")
    assert part_sentences(parted) == parted


def test_a_text_without_paragraphs_gets_them_where_breaks_were_lost() -> None:
    first = "The ministry announced the plan on Friday. " * 6 + "It starts in May."
    second = "Two officials had objected to it for months. " * 6 + "They were overruled."
    assert restore([first + second]) == [first, second]


def test_a_long_text_without_any_trace_of_paragraphs_is_divided_at_sentences() -> None:
    sentence = "The ministry announced the new plan for the harbour on Friday, officials said."
    lines = restore([" ".join([sentence] * 20)])
    assert len(lines) == 7
    assert " ".join(lines) == " ".join([sentence] * 20)
    assert set(lines[:-1]) == {" ".join([sentence] * 3)}


def test_a_text_with_paragraphs_keeps_them() -> None:
    assert restore(["One.Two is long.", "Three."]) == ["One. Two is long.", "Three."]


def test_short_texts_stay_one_paragraph() -> None:
    assert restore(["Reported Friday.The North held it."]) == ["Reported Friday. The North held it."]


def test_joints_are_found_in_linear_time() -> None:
    assert part_sentences("word.The " * 50_000) == "word. The " * 50_000
