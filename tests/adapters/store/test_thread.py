"""What an alert takes from those told before it: its subject, how grave they were, who is on it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from monitor.adapters.store import Store, answers
from monitor.adapters.store.alerts import load
from monitor.model import Severity
from monitor.send.wording import mail_subject
from tests import told

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("severities", "escalated"),
    [
        (["medium"], None),
        (["medium", "medium"], None),
        (["medium", "critical"], Severity.MEDIUM),
        (["medium", "critical", "critical"], None),
        (["high", "low", "critical"], Severity.HIGH),
        (["high", "medium"], None),
    ],
)
def test_an_update_is_an_escalation_where_it_is_graver_than_all_before(
    store: Store, now: datetime, severities: list[str], escalated: Severity | None
) -> None:
    with store.database.write() as c:
        one, other = told.story(c, now), told.story(c, now, "Rain")
        told.alert(c, now, "weather", other, severity="low")
        for number, severity in enumerate(severities):
            rule = "troops" if number % 2 else "weather"  # whichever rule told it
            last = told.alert(c, now, rule, one, kind="update" if number else "new", severity=severity)
        assert load(c, last).escalated_from is escalated


def test_an_escalation_is_of_what_its_receiver_was_told(store: Store, now: datetime) -> None:
    """The chief hears of grave news only; the archive heard the least of it."""
    with store.database.write() as c:
        one = told.story(c, now)
        for severity, receivers in (("low", ["desk", "archive"]), ("medium", ["desk"])):
            earlier = told.alert(c, now, "troops", one, severity=severity, kind="update")
            for receiver in receivers:
                told.delivery(c, now, earlier, receiver=receiver)
        last = told.alert(c, now, "troops", one, kind="update", severity="critical")
        for receiver in ("desk", "archive", "chief"):
            told.delivery(c, now, last, "pending", receiver=receiver, channel=f"mailto to {receiver}")
        assert load(c, last).escalated_from is Severity.MEDIUM
    claimed = store.claim_deliveries(now, 10, HOUR, ())
    assert {delivery.receiver: alert.escalated_from for delivery, alert in claimed} == {
        "desk": Severity.MEDIUM,
        "archive": Severity.LOW,
        "chief": None,
    }


def test_who_is_on_a_story_is_said_in_what_follows_of_the_same_rule(store: Store, now: datetime) -> None:
    with store.database.write() as c:
        one = told.story(c, now)
        first = told.alert(c, now, "troops", one)
        answers.ack(c, first, "anna", now + HOUR)
        later = told.alert(c, now + 2 * HOUR, "troops", one, kind="update")
        other = told.alert(c, now + 2 * HOUR, "weather", one)
        assert [(load(c, id).acked_by, load(c, id).acked_at) for id in (first, later, other)] == [
            ("anna", now + HOUR),
            ("anna", now + HOUR),
            ("", None),
        ]


def test_a_repeat_says_when_it_was_told_first(store: Store, now: datetime) -> None:
    with store.database.write() as c:
        one = told.story(c, now)
        first = told.alert(c, now, "troops", one)
        again = told.alert(c, now + HOUR, "troops", one, kind="repeat", repeats=first)
        of_none = told.alert(c, now + HOUR, "troops", None, kind="repeat", repeats=first)
        assert (load(c, first).first_told, load(c, again).first_told, load(c, of_none).first_told) == (
            None,
            now,
            now,
        )
        assert load(c, again).repeats == first


def test_what_follows_has_the_title_of_the_rules_first_alert_of_the_story(
    store: Store, now: datetime
) -> None:
    with store.database.write() as c:
        one = told.story(c, now, "A seed's title")
        found = [told.match(c, now, told.article(c, now, name), one, "troops") for name in "abc"]
        first = told.alert(c, now, "troops", one, *found[:2])
        later = told.alert(c, now, "troops", one, found[2], kind="update")
        elsewhere = told.alert(c, now, "weather", one, found[2])
        assert [load(c, id).thread_title for id in (first, later, elsewhere)] == ["", "Troops leave, a", ""]
        subjects = [mail_subject(load(c, id)) for id in (first, later, elsewhere)]
        assert subjects == [
            "[Troops] Troops leave, a",
            "Re: [Troops] Troops leave, a",
            "[Troops] Troops leave, c",
        ]
