"""A trouble is told once when it begins and once when it has ended, whatever happens in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.adapters.store import Store
from monitor.model import Alert, Kind, Severity
from monitor.route.troubles import OpenTrouble, Trouble

LEASE = timedelta(minutes=5)
CHANNELS = {"desk": ["mail", "chat"], "asia": ["mail of asia"]}
BROKEN = Trouble("/r/a:b%_.yaml", "a is broken", "line 3\n  ^ here", ("desk", "gone"))


def report(store: Store, now: datetime, *found: Trouble, kind: str = "rules") -> None:
    store.report_troubles(kind, found, lambda one: (f"{one.trouble.subject} works", "again"), CHANNELS, now)


def notices(store: Store, now: datetime) -> list[tuple[str, Alert]]:
    """What is to be sent, oldest first."""
    found = []
    while claimed := store.claim_deliveries(now, 100, LEASE, ()):
        found += [(delivery.channel, alert) for delivery, alert in claimed]
    return sorted(found, key=lambda one: (one[1].id, one[0]))


def test_a_trouble_began_when_it_did_and_not_when_it_was_worth_telling(store: Store, now: datetime) -> None:
    before = now - timedelta(days=1)
    for minute in range(2):
        report(store, now + timedelta(minutes=minute), replace(BROKEN, since=before))
        assert [one.since for one in store.open_troubles()] == [before]
    assert len(notices(store, now)) == 2


def test_a_trouble_is_told_once_when_it_begins_and_once_when_it_has_ended(
    store: Store, now: datetime
) -> None:
    for minute in range(3):
        report(store, now + timedelta(minutes=minute), BROKEN)
    begun = notices(store, now)
    assert [channel for channel, _ in begun] == ["chat", "mail"]
    alert = begun[0][1]
    assert (alert.kind, alert.severity, alert.rule) == (Kind.NOTICE, Severity.HIGH, "monitor.rules")
    assert (alert.story_title, alert.text, alert.items) == ("a is broken", "line 3\n  ^ here", ())
    (open_one,) = store.open_troubles()
    assert open_one == OpenTrouble("rules", BROKEN, now, alert.story_uid or "", now)
    later = now + timedelta(minutes=1)
    for _ in range(2):
        report(store, later)
    ended = notices(store, later)
    assert [(channel, one.story_title, one.text) for channel, one in ended] == [
        ("chat", "/r/a:b%_.yaml works", "again"),
        ("mail", "/r/a:b%_.yaml works", "again"),
    ]
    assert ended[0][1].story_uid == alert.story_uid, "one thread"
    assert store.open_troubles() == []


def test_what_breaks_again_is_told_again_and_what_breaks_otherwise_is_not(
    store: Store, now: datetime
) -> None:
    report(store, now, BROKEN)
    otherwise = Trouble(BROKEN.subject, "a is broken otherwise", "line 9", ("asia",))
    report(store, now + timedelta(minutes=1), otherwise)
    assert len(notices(store, now)) == 2
    (open_one,) = store.open_troubles("rules")
    assert (open_one.trouble.headline, open_one.trouble.receivers) == (
        "a is broken otherwise",
        ("desk", "gone"),
    )
    assert open_one.since == now
    report(store, now)
    report(store, now, BROKEN)
    assert [one.story_title for _, one in notices(store, now)][-1] == "a is broken"
    assert len(store.alerts(limit=10)) == 3


def test_each_kind_looks_after_its_own(store: Store, now: datetime) -> None:
    report(store, now, BROKEN)
    report(store, now + timedelta(seconds=1), BROKEN, Trouble("other", "o", ""), kind="rules2")
    report(store, now, kind="rules2")
    report(store, now, kind="rule")
    assert [(one.kind, one.trouble.subject) for one in store.open_troubles()] == [("rules", BROKEN.subject)]


def test_a_trouble_that_nobody_can_be_told_of_is_listed_all_the_same(store: Store, now: datetime) -> None:
    report(store, now, Trouble("x", "x fails", "", ()))
    (listed,) = store.alerts(limit=10)
    assert (listed["kind"], listed["rule"], listed["deliveries"]) == ("notice", "monitor.rules", [])
