"""How telling stands, as a value and in lines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from monitor.actions.telling_status import gather, lines, quiet_rules
from monitor.adapters.store import Store, answers, schema
from monitor.adapters.store.desk import AlertDesk
from monitor.match.rulefiles.book import load_rules
from monitor.route.matchers import read_matcher
from monitor.route.volume import Rhythm
from monitor.send.keys import delivery_key
from tests import told

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOTHING: dict[str, Any] = {
    "precision": [],
    "silences": [],
    "held": [],
    "repeats": {"waiting": 0, "next": None},
    "dead_letters": [],
    "channels": [],
    "quiet_rules": [],
}


def test_nothing_to_say_is_no_line(store: Store, now: datetime) -> None:
    assert gather(store, (), now) == NOTHING
    assert list(lines(NOTHING, now)) == []


def test_everything_is_gathered(store: Store, now: datetime) -> None:
    rules = load_rules(
        {"a.yaml": "rules: [{id: troops, query: troops, alert: {expect: 2d}, tests: {match: [troops]}}]"}
    ).rules
    store.remember_rules([rule.dump() for rule in rules], now - 30 * DAY)
    with store.database.write() as c:
        stories = [told.story(c, now, str(number)) for number in range(3)]
        for one in stories:
            told.alert(c, now - DAY, "troops", one, repeat_at=now + HOUR)
        answers.dismiss(c, 1, "anna", "", now)
        matched = told.match(c, now - 3 * DAY, told.article(c, now), stories[0], "troops")
        told.hold(c, matched, "desk", now + HOUR, "quiet")
        told.delivery(c, now - HOUR, 2, "dead", channel="chat")
        failing = {"receiver": "desk", "channel": "chat", "state": "dead", "failures": 4, "error": "404"}
        c.execute(insert(schema.channels).values(failing | {"failing_since": now - HOUR}))
    desk = AlertDesk(store.database, delivery_key)
    desk.add_silence(read_matcher({"rule": "troops"}), "an exercise", "anna", now, now + DAY, wakes=False)
    state = gather(store, rules, now)
    assert state["precision"] == [{"rule": "troops", "told": 3, "dismissed": 1}]
    assert state["quiet_rules"] == [{"rule": "troops", "since": now - 3 * DAY, "rate": None}]
    said = dict.fromkeys(text for _, text in lines(state, now))
    for expected in (
        "given up    1 for desk by chat, since 2026-03-10 08:30 UTC: `monitor alerts list --dead --receiver desk`",
        "channels    desk chat refuses for good since 2026-03-10 08:30 UTC, 4 times in a row: 404",
        "held        1 match for desk, told 2026-03-10 10:30 UTC, after its quiet hours",
        "repeats     2 alerts are told again until somebody acknowledges them, next 2026-03-10 10:30 UTC: "
        "`monitor alerts list --unacked`",
        "silences    1 until 2026-03-11 09:30 UTC: rule=troops (an exercise, anna)",
        "quiet rules troops has matched nothing for 3 d",
        "relevance   troops: 2 of 3 relevant, 90 days",
    ):
        assert expected in said


def rhythm(last: timedelta, since: timedelta, count: int, days: float) -> Rhythm:
    return Rhythm(NOW - last, NOW - since, count, days)


@pytest.mark.parametrize(
    ("found", "expect", "quiet"),
    [
        (rhythm(2 * DAY, 30 * DAY, 140, 14), {}, True),  # ten a day: a gap of two days is never chance
        (rhythm(DAY / 2, 30 * DAY, 140, 14), {}, False),
        (rhythm(5 * DAY, 30 * DAY, 14, 14), {}, False),  # one a day: a gap of five days may be
        (rhythm(8 * DAY, 30 * DAY, 14, 14), {}, True),
        (rhythm(8 * DAY, 30 * DAY, 3, 14), {}, False),  # too few to tell
        (rhythm(8 * DAY, 30 * DAY, 3, 14), {"r": 7 * DAY}, True),
        (rhythm(6 * DAY, 30 * DAY, 3, 14), {"r": 7 * DAY}, False),
        (rhythm(8 * DAY, HOUR, 140, 14), {}, False),  # it was edited an hour ago
    ],
)
def test_which_rules_are_quiet(found: Rhythm, expect: dict[str, timedelta], quiet: bool) -> None:
    assert bool(quiet_rules({"r": found}, expect, NOW)) is quiet


def test_the_quietest_comes_first() -> None:
    found = quiet_rules(
        {"a": rhythm(2 * DAY, 30 * DAY, 140, 14), "b": rhythm(9 * DAY, 30 * DAY, 14, 14)}, {}, NOW
    )
    assert [(one["rule"], one["since"], one["rate"]) for one in found] == [
        ("b", NOW - 9 * DAY, 1.0),
        ("a", NOW - 2 * DAY, 10.0),
    ]


def test_of_many_the_first_are_listed_and_the_worst_rules_first() -> None:
    judged = [{"rule": f"r{number}", "told": 10, "dismissed": number} for number in range(8)]
    shown = list(lines(NOTHING | {"precision": judged}, NOW))
    assert [text.split(":")[0].split()[-1] for _, text in shown[:5]] == ["r7", "r6", "r5", "r4", "r3"]
    assert [level for level, _ in shown[:3]] == ["warn", "warn", "ok"]
    assert shown[5][1].strip() == "… and 2 more: `monitor status --json`", "nobody has judged r0"


def test_a_channel_that_rests_does_not_fail() -> None:
    resting = {
        "receiver": "desk",
        "channel": "chat",
        "since": None,
        "failures": 0,
        "error": "",
        "state": "good",
    }
    state = NOTHING | {"channels": [resting | {"rest_until": NOW + HOUR, "good": NOW}]}
    assert [text for _, text in lines(state, NOW)] == [
        "channels    desk chat rests until 2026-03-10 10:30 UTC: its service asked for it"
    ]
    assert list(lines(state, NOW + 2 * HOUR)) == []
