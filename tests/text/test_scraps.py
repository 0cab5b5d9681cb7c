"""Text out of scraps of HTML: what is markup goes, what only looks like it stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.scraps import body_text, plain_line, title_text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<script>alert(1)</script>News", "News"),
        ("News<script src=//x>", "News"),
        ("<noscript><img src=x></noscript>News", "News"),
        ("<b>Bold</b> news", "Bold news"),
        ("A<br>B", "A B"),
        ("Fish &amp; chips &#8211; again", "Fish & chips – again"),
        ("1 < 2", "1 < 2"),
        ("if x<y and y>z", "if x<y and y>z"),
        ("Kim <Jong> Un", "Kim <Jong> Un"),
        ("&lt;b&gt;Escaped once too often&lt;/b&gt;", "Escaped once too often"),
        ("Line\r\none\u2028two\x00\x07", "Line one two"),
        ("x" * 5000, "x" * 499 + "…"),
        ("<" * 5000, "<" * 499 + "…"),
    ],
)
def test_titles_become_a_line_of_text(markup: str, text: str) -> None:
    assert plain_line(markup) == text


@given(st.text(alphabet="xyz <>;/!\"'", max_size=60))
def test_what_holds_no_tag_of_html_and_no_entity_is_left_as_it_is(text: str) -> None:
    assert title_text(text) == text


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<p>One</p><p>Two</p>", ["One", "Two"]),
        ("<unknown>One</unknown> &amp; two", ["One", "&", "two"]),
        ("One <!-- <p>hidden</p> --> two", ["One", "two"]),
        ("One <style>p {}</style>two", ["One", "two"]),
        ("One <!-- never closed", ["One"]),
    ],
)
def test_a_body_keeps_its_words(markup: str, words: list[str]) -> None:
    assert body_text(markup).split() == words
