from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.collect import again
from monitor.model import Article, Entry, PageState, QueuedEntry, Response, Standing

SEEN = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
URL = "https://news.example/a"


def queued(standing: Standing = Standing.NEW) -> QueuedEntry:
    return QueuedEntry(1, 1, URL, "", (), Entry("1", URL), standing, 1, SEEN, "")


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (0, 1),
        (0.4, 1),
        (0.6, 6),  # it would be right after this one
        (1, 6),
        (5, 6),
        (6, 24),
        (24, 72),
        (71, 72),
        (72, None),
        (1000, None),
    ],
)
def test_looks_by_age(age: float, expected: float | None) -> None:
    at = again.next_look(queued(), SEEN + timedelta(hours=age))
    assert at == (SEEN + timedelta(hours=expected) if expected else None)


@pytest.mark.parametrize(
    ("age", "expected"),
    [(0, 0.25), (0.12, 0.25), (0.2, 1), (0.25, 1), (0.99, 6), (7, 24), (72, None)],
)
def test_looks_at_a_page_that_was_never_read(age: float, expected: float | None) -> None:
    at = again.next_look(queued(), SEEN + timedelta(hours=age), unread=True)
    assert at == (SEEN + timedelta(hours=expected) if expected else None)


@pytest.mark.parametrize("standing", [one for one in Standing if one is not Standing.NEW])
def test_only_news_is_looked_at_again(standing: Standing) -> None:
    assert again.next_look(queued(standing), SEEN) is None


def test_validators_are_echoed_exactly() -> None:
    page = again.page_state(Response(200, URL, {"etag": 'W/"a, b"', "last-modified": "yesterday"}, b"x"))
    assert again.request_headers(page) == {"If-None-Match": 'W/"a, b"', "If-Modified-Since": "yesterday"}
    assert again.request_headers(again.UNREAD) == {}


@pytest.mark.parametrize(
    ("first", "now", "expected"),
    [
        ("1,000 sent, sources say", "1,000 sent, sources say", "Troops sent"),  # the feed's, as before
        ("1,000 sent, sources say", "1,500 sent, sources say", "1,500 sent, sources say"),
        ("Troops Sent", "TROOPS SENT", "Troops sent"),
        ("", "1,500 sent", "Troops sent"),  # nobody knows what it was
        ("1,000 sent", "", "Troops sent"),
    ],
)
def test_a_headline_that_was_changed_since_is_the_title(first: str, now: str, expected: str) -> None:
    article = Article("Troops sent", "…", headline=now)
    page = PageState(None, None, "x", first)
    read, after = again.reread(article, Response(200, URL, {}, b"y"), page)
    assert read.title == expected
    assert again.reread(replace(article, title="Troops sent"), Response(200, URL), after)[0].title == expected


def test_a_page_that_was_never_read_is_new_whatever_it_answers() -> None:
    assert again.is_changed(again.UNREAD, Response(200, URL, {}, b""))
    assert not again.is_changed(again.UNREAD, Response(404, URL))


@pytest.mark.parametrize(
    ("response", "changed", "gone"),
    [
        (Response(200, URL, {}, b"other"), True, False),
        (Response(200, URL, {"etag": "other"}, b"page"), False, False),
        (Response(304, URL), False, False),
        (Response(500, URL, {}, b"other"), False, False),
        (Response(403, URL, {}, b"other"), False, False),
        (Response(404, URL, {}, b"other"), False, True),
        (Response(410, URL, {}, b"other"), False, True),
    ],
)
def test_what_an_answer_says(response: Response, changed: bool, gone: bool) -> None:
    page = again.page_state(Response(200, URL, {}, b"page"))
    assert (again.is_changed(page, response), again.gone(response, SEEN) is not None) == (changed, gone)


def test_when_a_page_was_gone_is_said() -> None:
    said = "its page was gone on 2026-03-10 09:30 UTC: it answered 410"
    assert again.gone(Response(410, URL), SEEN) == said
