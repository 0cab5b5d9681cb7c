"""Made-up pages of all layouts, also those that extractors lose, against what a reader would read on them."""

from __future__ import annotations

import pytest

from monitor.extract.page import extract_page
from tests.benchmarks._extract_pages import Page, hard_pages, pages
from tests.benchmarks._extract_words import TONGUES
from tests.benchmarks.extract import Found, measured

HARD = [one for n, one in enumerate(hard_pages()) if n % 2]  # nine layouts in nine languages: every other
EVERYDAY = pages(6 * len(TONGUES))[::5]


@pytest.mark.parametrize("page", [*EVERYDAY, *HARD], ids=lambda page: f"{page.layout} {page.language}")
def test_the_text_of_a_page_and_no_other(page: Page) -> None:
    article = extract_page(page.html, "text/html; charset=utf-8", page.url, page.entry)
    precision, recall, _ = measured(article.body, page.text).scores()
    assert recall == 1.0
    assert precision >= 0.95  # a short text with an agency's line
    assert (article.title, article.language) == (page.title, page.language)


def test_words_are_counted_as_often_as_they_stand() -> None:
    assert measured("a b b c", "b b b d") == Found(2, 4, 4)
    assert Found(2, 4, 5).scores() == (0.5, 0.4, pytest.approx(4 / 9))
    assert Found().scores() == (0, 0, 0)
    assert measured("", "a") + measured("a", "") == Found(0, 1, 1)


def test_the_same_number_gives_the_same_page() -> None:
    assert pages(7) == pages(7)
    assert len({page.html for page in pages(60)}) == 60
    assert pages(3, seed=1) != pages(3)
