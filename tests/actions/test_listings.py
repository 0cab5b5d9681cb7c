from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.actions.listings import published_in_words
from monitor.model import Article, Dated

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("published", "dated", "words"),
    [
        (NOON, Dated.EXACT, "2026-03-10 12:00 UTC"),
        (NOON, None, "2026-03-10 12:00 UTC"),  # stored before that was known
        (NOON, Dated.NO_ZONE, "2026-03-10 12:00 UTC, if its zone is UTC"),
        (NOON.replace(hour=0), Dated.DAY, "2026-03-10"),
        (NOON.replace(hour=0), Dated.GUESS, "2026-03-10, found on the page"),
        (None, None, ""),
    ],
)
def test_no_more_is_said_of_a_date_than_is_known(
    published: datetime | None, dated: Dated | None, words: str
) -> None:
    assert published_in_words(Article("Title", "Text", published=published, dated=dated)) == words
