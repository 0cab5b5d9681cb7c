"""What is answered to one alert of a rule in a story holds for all of them, and for nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, func, select

from monitor.adapters.store import Store, answers
from monitor.adapters.store import alerts as outbox
from monitor.adapters.store.schema import alerts, deliveries, held, matches
from monitor.model import Kind, Severity
from monitor.route.troubles import Trouble
from monitor.send.keys import delivery_key
from tests import told

HOUR = timedelta(hours=1)
NOW_THERE = {"desk": ["mail"], "asia": ["chat", "pager"], "anna": ["her mail"], "rain": ["mail"]}


def acked(c: Connection) -> dict[int, str | None]:
    return {row.id: row.acked_by for row in c.execute(select(alerts.c.id, alerts.c.acked_by))}


def test_an_acknowledgement_is_of_the_rule_in_the_story_and_stops_its_repeats(
    store: Store, now: datetime
) -> None:
    with store.database.write() as c:
        one, other = told.story(c, now), told.story(c, now, "Rain")
        first = told.alert(c, now, "troops", one, repeat_at=now)
        second = told.alert(c, now, "troops", one, kind="update", repeat_at=now)
        elsewhere = told.alert(c, now, "troops", other, repeat_at=now)
        of_others = told.alert(c, now, "weather", one, repeat_at=now)
        assert answers.ack(c, second, "anna", now) == [first, second]
        assert acked(c) == {first: "anna", second: "anna", elsewhere: None, of_others: None}
        repeated = c.scalars(select(alerts.c.id).where(alerts.c.repeat_at.is_not(None)))
        assert set(repeated) == {elsewhere, of_others}


def test_who_was_first_is_on_it_and_what_came_later_is_acknowledged_by_who_says_so(
    store: Store, now: datetime
) -> None:
    with store.database.write() as c:
        one = told.story(c, now)
        first = told.alert(c, now, "troops", one)
        answers.ack(c, first, "anna", now)
        assert answers.ack(c, first, "ben", now + HOUR) == []
        later = told.alert(c, now, "troops", one, kind="update", repeat_at=now)
        assert answers.ack(c, first, "ben", now + HOUR) == [later]
        assert acked(c) == {first: "anna", later: "ben"}


def test_what_has_no_story_is_acknowledged_with_its_repeats(store: Store, now: datetime) -> None:
    with store.database.write() as c:
        notice = told.alert(c, now, "monitor.feeds", None, kind="notice", repeat_at=now)
        again = told.alert(c, now, "monitor.feeds", None, kind="repeat", repeats=notice)
        other = told.alert(c, now, "monitor.feeds", None, kind="notice")
        assert answers.ack(c, again, "anna", now) == [notice, again]
        assert acked(c) == {notice: "anna", again: "anna", other: None}


def test_a_dismissal_is_kept_in_words_and_can_be_undone(store: Store, now: datetime) -> None:
    with store.database.write() as c:
        one, other = told.story(c, now), told.story(c, now, "Rain")
        first = told.alert(c, now, "troops", one, repeat_at=now)
        told.alert(c, now, "troops", other)
        assert answers.dismissed(c, "troops", one) is None
        assert answers.dismiss(c, first, "anna", "a film", now) == [first]
        said = answers.dismissed(c, "troops", one)
        assert said == "anna said so, 2026-03-10 09:30 UTC (a film)"
        assert answers.dismissed(c, "troops", other) is None
        assert answers.dismissed(c, "weather", one) is None
        assert acked(c)[first] == "anna"
        assert c.scalar(select(alerts.c.repeat_at).where(alerts.c.id == first)) is None
        assert answers.undo_dismiss(c, first) == [first]
        assert answers.dismissed(c, "troops", one) is None
        assert answers.undo_dismiss(c, first) == []


def test_nothing_that_waits_is_told_of_what_was_dismissed(store: Store, now: datetime) -> None:
    with store.database.write() as c:
        one = told.story(c, now)
        new = told.match(c, now, told.article(c, now, "a"), one, "troops")
        first = told.alert(c, now, "troops", one, new)
        waits = told.match(c, now, told.article(c, now, "b"), one, "troops", verdict="held", kind="update")
        others = told.match(c, now, told.article(c, now, "c"), one, "weather", verdict="held")
        told.hold(c, new, "asia", now + HOUR, "quiet")
        told.hold(c, waits, "desk", now + HOUR)
        told.hold(c, others, "desk", now + HOUR)
        answers.dismiss(c, first, "anna", "", now)
        assert list(c.scalars(select(held.c.match_id))) == [others]
        rows = c.execute(select(matches.c.id, matches.c.verdict, matches.c.reason))
        found = {id: (verdict, reason) for id, verdict, reason in rows}
    assert found[new] == ("alert", "new story"), "somebody was told of it"
    assert found[waits] == ("withheld", "not relevant: anna said so, 2026-03-10 09:30 UTC")
    assert found[others][0] == "held"


def test_precision_counts_stories_however_many_alerts_told_them(store: Store, now: datetime) -> None:
    with store.database.write() as c:
        stories = [told.story(c, now, f"story {number}") for number in range(3)]
        for one in stories:
            told.alert(c, now, "troops", one)
        told.alert(c, now, "troops", stories[0])  # to somebody else, after quiet hours
        update = told.alert(c, now, "troops", stories[0], kind="update")
        told.alert(c, now, "weather", stories[1])
        before = told.story(c, now, "long ago")
        told.alert(c, now - 48 * HOUR, "weather", before)
        told.alert(c, now, "digest", None, kind="digest")
        answers.dismiss(c, update, "anna", "", now)
        assert answers.precision(c, now - HOUR) == {"troops": (3, 1), "weather": (1, 0)}


def channels(c: Connection, one: int) -> list[tuple[str, str]]:
    rows = c.execute(select(deliveries).where(deliveries.c.alert_id == one))
    return sorted((row.receiver, row.channel) for row in rows)


def test_the_others_hear_of_it_in_the_thread_of_the_story(store: Store, now: datetime) -> None:
    with store.database.write() as c:
        one = told.story(c, now)
        first = told.alert(c, now, "troops", one)
        second = told.alert(c, now, "troops", one, kind="update")
        told.delivery(c, now, first, receiver="desk", channel="mail")
        told.delivery(c, now, second, receiver="desk", channel="mail")
        told.delivery(c, now, second, "pending", receiver="asia", channel="chat")
        told.delivery(c, now, first, "dead", receiver="asia", channel="pager")
        told.delivery(c, now, first, receiver="anna", channel="her mail")
        elsewhere = told.alert(c, now, "weather", one)
        told.delivery(c, now, elsewhere, receiver="rain", channel="mail")
        said = ("anna is on it: Troops leave", "since half past nine")
        told_to = answers.tell_others(
            c, first, "anna", said, NOW_THERE, {"asia": now + HOUR}, delivery_key, now
        )
        assert told_to == [("asia", "chat"), ("desk", "mail")], "not who says so, nor what nothing reaches"
        notice = c.scalar(select(func.max(alerts.c.id)))
        assert notice is not None and channels(c, notice) == told_to
        due = {row.receiver: row.next_at for row in c.execute(select(deliveries).filter_by(alert_id=notice))}
        assert due == {"asia": now + HOUR, "desk": now}, "quiet hours are kept"
        shown, original = outbox.load(c, notice), outbox.load(c, first)
    assert (shown.kind, shown.severity, shown.rule, shown.story) == (
        Kind.NOTICE,
        Severity.LOW,
        "troops",
        None,
    )
    assert (shown.story_title, shown.text) == said
    assert shown.story_uid == original.story_uid, "one thread"


def test_nobody_is_told_where_nobody_was(store: Store, now: datetime) -> None:
    with store.database.write() as c:
        first = told.alert(c, now, "troops", told.story(c, now))
        assert answers.tell_others(c, first, "anna", ("", ""), NOW_THERE, {}, delivery_key, now) == []
        assert c.scalar(select(func.count()).select_from(alerts)) == 1


def test_who_is_on_a_notice_is_said_in_its_own_thread(store: Store, now: datetime) -> None:
    trouble = Trouble("a", "a is broken", "line 3", ("desk",))
    store.report_troubles("rules", [trouble], lambda _: None, {"desk": ["mail"]}, now)
    with store.database.write() as c:
        assert answers.ack(c, 1, "anna", now) == [1]
        answers.tell_others(c, 1, "anna", ("anna is on it", ""), NOW_THERE, {}, delivery_key, now)
        begun, notice = outbox.load(c, 1), outbox.load(c, 2)
    assert notice.story_uid == begun.story_uid and notice.story_uid
    assert begun.acked_by == "anna" and begun.acked_at == now


@pytest.mark.parametrize(
    ("configured", "expected"),
    [
        ({"desk": ["mail", "chat"]}, [("desk", "mail")]),
        ({"desk": ["new mail", "chat"]}, [("desk", "chat"), ("desk", "new mail")]),
        ({"desk": []}, []),
        ({"other": ["mail"]}, []),
    ],
)
def test_who_has_moved_hears_of_it_where_it_is_now(
    store: Store, now: datetime, configured: dict[str, list[str]], expected: list[tuple[str, str]]
) -> None:
    with store.database.write() as c:
        first = told.alert(c, now, "troops", told.story(c, now))
        told.delivery(c, now, first, receiver="desk", channel="mail")
        assert answers.tell_others(c, first, "anna", ("", ""), configured, {}, delivery_key, now) == expected
