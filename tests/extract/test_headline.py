from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.extract.headline import from_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The bridge is closed, state media reported Friday. More.", "The bridge is closed"),
        ("The bridge is closed, according to the mayor.\nMore.", "The bridge is closed"),
        ("The bridge, built in 1900, is closed. More.", "The bridge, built in 1900, is closed"),
        ("Мост закрыт, сообщил городской совет. Ещё.", "Мост закрыт"),
        ("Міст закрито, повідомила рада. Ще.", "Міст закрито"),
        ("다리가 통제된다고 시가 밝혔다. 또.", "다리가 통제된다고 시가 밝혔다"),
        ("桥梁周五关闭。更多。", "桥梁周五关闭"),
        ("Is the bridge closed? Yes.", "Is the bridge closed?"),
        ("He left the U.S. for good. More.", "He left the U.S. for good"),
        ("SEOUL, Oct. 24 (Yonhap) -- The bridge is closed. More.", "The bridge is closed"),
        ("(서울=연합뉴스) 홍길동 기자 = 다리가 통제된다. 또.", "다리가 통제된다"),
        ("МОСКВА, 24 октября. /ТАСС/. Мост закрыт. Ещё.", "Мост закрыт"),
        ("...\n:\nThe bridge is closed.", "The bridge is closed"),
        ("...", ""),
        ("no full stop", "no full stop"),
        ("", ""),
    ],
)
def test_the_first_sentence(text: str, expected: str) -> None:
    assert from_text(text) == expected


def test_long_sentences_end_at_a_clause() -> None:
    clause = (
        "the bridge over the harbour will be closed to all traffic from Monday until the spring of next year"
    )
    assert from_text(f"{clause}; {clause}; {clause}.") == clause


def test_long_sentences_without_clauses_end_at_a_word() -> None:
    title = from_text("word " * 100)
    assert title.endswith(" word…")
    assert len(title) <= 181


@given(st.text(max_size=400))
def test_a_headline_is_one_short_line(text: str) -> None:
    title = from_text(text)
    assert len(title) <= 181
    assert title == " ".join(title.split())
