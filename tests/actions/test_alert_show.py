"""One alert as people read it: what was tried, why it was given up, and what can be done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.actions.alert_show import advice, answer_of, lines, title_of, why_dead

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
KNOWN = {("desk", "mail"), ("asia", "chat")}


def attempt(outcome: str | None, status: int | None = None, **more: Any) -> dict[str, Any]:
    tried = {"started": NOW, "finished": NOW + timedelta(seconds=3) if outcome else None, "outcome": outcome}
    return {**tried, "status": status, "detail": "said", "retry_after": None, **more}


def delivery(state: str, *tries: dict[str, Any], **more: Any) -> dict[str, Any]:
    sent = {"id": 1, "receiver": "desk", "channel": "mail", "state": state, "attempts": len(tries)}
    return {
        **sent,
        "sent": NOW if state == "sent" else None,
        "error": None,
        "next": None,
        "tries": tries,
        **more,
    }


def alert(*deliveries: dict[str, Any], **more: Any) -> dict[str, Any]:
    values = {
        "id": 12,
        "kind": "new",
        "rule": "troops",
        "story": 3,
        "created": NOW,
        "deliveries": deliveries,
        "severity": "high",
        "title": "Troops leave",
        "matches": 1,
        "acked": None,
        "dismissed": None,
        "repeats": None,
        "repeat_at": None,
        "repeat_every": None,
        "text": "",
        "items": [],
        "waiting": [],
    }
    return values | more


def said(found: dict[str, Any], level: str | None = None) -> list[str]:
    return [text for one, _, text in lines(found, KNOWN, NOW) if level in (None, one)]


def test_what_it_told_to_whom_and_when() -> None:
    item = {
        "match": 5,
        "rule": "troops",
        "story": 3,
        "article": 9,
        "title": "Troops leave",
        "url": "https://wire.example/a",
        "source": "Wire",
        "published": NOW,
        "reason": "new story",
    }
    found = alert(delivery("sent", attempt("sent", 250)), items=[item, item | {"rule": "rain", "url": None}])
    assert said(found) == [
        "alert 12 · new · high · troops · story 3",
        "Troops leave",
        "made 2026-03-10 09:30 UTC",
        "its story as a time line: monitor stories show 3",
        "what it told",
        "Wire, 2026-03-10 09:30 UTC: Troops leave",
        "new story (match 5, article 9)",
        "https://wire.example/a",
        "Wire, 2026-03-10 09:30 UTC: Troops leave",
        "rain: new story (match 5, article 9)",
        "to whom",
        "desk  mail: sent 2026-03-10 09:30 UTC",
        "2026-03-10 09:30:00  sent 250, after 3 s: said",
    ]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (
            delivery("pending", next=NOW),
            "desk  mail: waits to be sent; due since 2026-03-10 09:30 UTC: is a daemon running?",
        ),
        (delivery("pending", next=NOW + HOUR), "desk  mail: waits to be sent; next try 2026-03-10 10:30 UTC"),
        (delivery("leased", next=NOW), "desk  mail: is being sent"),
        (delivery("failed", next=NOW + HOUR), "desk  mail: failed; next try 2026-03-10 10:30 UTC"),
        (
            delivery("unknown", next=NOW + HOUR),
            "desk  mail: may have arrived, there was no answer; next try 2026-03-10 10:30 UTC",
        ),
    ],
)
def test_what_is_under_way(sent: dict[str, Any], expected: str) -> None:
    assert expected in said(alert(sent), "warn")


def test_an_attempt_says_how_long_it_took_and_what_the_service_asked_for() -> None:
    busy = attempt("transient", 429, detail="slow down", retry_after=5 * timedelta(minutes=1))
    found = said(alert(delivery("failed", busy, attempt(None), next=NOW + HOUR)), "note")
    assert "2026-03-10 09:30:00  transient 429, after 3 s: slow down; asked for 5 min of rest" in found
    assert "2026-03-10 09:30:00  under way" in found


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (404, "refused for good: gone (it knows no such address, chat or hook)"),
        (535, "refused for good: gone (the mail server refuses the login)"),
        (507, "refused for good: gone (the service is out of order)"),
        (418, "refused for good: gone"),
        (None, "refused for good: gone"),
    ],
)
def test_why_it_was_given_up(status: int | None, expected: str) -> None:
    assert (
        why_dead(delivery("dead", attempt("permanent", status), error="refused for good: gone")) == expected
    )


def test_the_last_answer_counts() -> None:
    tries = attempt("transient", 503), attempt("permanent", 401), attempt("transient", None)
    assert "does not know the login" in why_dead(delivery("dead", *tries, error="given up"))


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (
            delivery("dead", attempt("permanent", 404)),
            "mend its address in [receivers.desk], monitor notify desk tries it, then monitor alerts replay 12",
        ),
        (
            delivery("dead", attempt("transient", 503)),
            "monitor notify desk tries it, then monitor alerts replay 12",
        ),
        (
            delivery("dead", next=NOW),
            "it is sent when something gets through to desk again; "
            "monitor notify desk shows whether it is mended, then monitor alerts replay 12",
        ),
        (
            delivery("dead", channel="old mail"),
            "desk has no such address any more; what comes next goes to those it has",
        ),
        (
            delivery("dead", receiver="gone"),
            "monitor.toml has no receiver gone any more; put it back, then monitor alerts replay 12",
        ),
    ],
)
def test_what_can_be_done(sent: dict[str, Any], expected: str) -> None:
    assert advice(12, sent, KNOWN) == expected
    assert f"→ {expected}" in said(alert(sent), "warn")


def test_what_people_said_and_what_is_repeated() -> None:
    waits = {"repeat_at": NOW + HOUR, "repeat_every": 2 * HOUR}
    repeats = "told again 2026-03-10 10:30 UTC, then every 2 h, until somebody acknowledges it: monitor alerts ack 12"
    assert repeats in said(alert(**waits))
    acked = alert(acked={"by": "anna", "at": NOW}, **waits)
    assert "anna is on it since 2026-03-10 09:30 UTC" in said(acked, "ok")
    assert repeats not in said(acked)
    assert answer_of(acked) == "anna is on it" and answer_of(alert()) == ""
    refused = alert(dismissed={"by": "ben", "at": NOW, "why": "a film"}, acked={"by": "ben", "at": NOW})
    assert answer_of(refused) == "not relevant"
    assert any(
        line.startswith("not relevant, said ben, 2026-03-10 09:30 UTC: a film; ") for line in said(refused)
    )


def test_who_is_told_later_and_why() -> None:
    waiting = {
        "match": 7,
        "receiver": "desk",
        "until": NOW + HOUR,
        "why": "quiet",
        "title": "More leave",
        "reason": "15,000 troops",
    }
    expected = "desk is told 2026-03-10 10:30 UTC, after its quiet hours: “More leave” (15,000 troops)"
    assert expected in said(alert(waiting=[waiting]), "warn")


def test_nobody_was_to_be_told_and_a_notice_has_words() -> None:
    assert "nobody: no receiver was configured for it" in said(alert(), "warn")
    notice = said(alert(kind="notice", story=None, text="line one\nline two"))
    assert notice[0] == "alert 12 · notice · high · troops"
    assert notice[3:5] == ["line one", "line two"]


@pytest.mark.parametrize(
    ("title", "matches", "expected"),
    [("Troops\nleave", 1, "Troops leave"), (None, 1, "1 report"), (None, 7, "7 reports")],
)
def test_a_digest_is_named_by_what_it_holds(title: str | None, matches: int, expected: str) -> None:
    assert title_of(alert(title=title, matches=matches)) == expected
