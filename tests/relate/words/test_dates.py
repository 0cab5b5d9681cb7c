"""Dates are one key in every language, and what only looks like one is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.relate.words.dates import dates


@pytest.mark.parametrize(
    "written",
    [
        "on 5 March", "the 5th of March", "on March 5, 2026", "Mar. 5 at noon", "am 5. März", "le 5 mars 2026",
        "el 5 de marzo", "em 5 de março", "il 5 marzo", "5 марта", "5 березня", "3월 5일", "3月5日",
    ],
)  # fmt: skip
def test_a_date_is_one_in_every_language(written: str) -> None:
    assert [key for key, _ in dates(written)] == ["=3-5"]


@pytest.mark.parametrize(
    "text",
    [
        "20 marines marched 5 km",
        "you may 5 times",
        "5 decades",
        "May 32",
        "0 May",
        "1.5 mar",
        "Mar 5.5",
        "3月45日",
        "",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert dates(text) == []


def test_it_is_kept_as_written() -> None:
    assert dates("From March 5th to 12 April.") == [("=3-5", "March 5th"), ("=4-12", "12 April")]


@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    assert all(key.startswith("=") and written in text for key, written in dates(text))
