"""What waits, what is repeated, what was given up, which channels fail, when rules matched last."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.adapters.store import Store, desk_state
from tests import told

HOUR = timedelta(hours=1)


def test_what_waits_is_counted_for_each_receiver_and_reason(store: Store, now: datetime) -> None:
    with store.database.write() as c:
        one = told.story(c, now)
        matches = [told.match(c, now, told.article(c, now, name), one, "troops") for name in "abc"]
        told.hold(c, matches[0], "desk", now + 3 * HOUR, "quiet")
        told.hold(c, matches[1], "desk", now + 2 * HOUR, "quiet")
        told.hold(c, matches[2], "desk", now + 4 * HOUR, "digest")
        told.hold(c, matches[2], "asia", now + HOUR, "group")
        found = desk_state.waiting(c)
    assert found["held"] == [
        {"receiver": "asia", "why": "group", "matches": 1, "next": now + HOUR},
        {"receiver": "desk", "why": "quiet", "matches": 2, "next": now + 2 * HOUR},
        {"receiver": "desk", "why": "digest", "matches": 1, "next": now + 4 * HOUR},
    ]


def test_what_is_repeated_and_what_was_given_up(store: Store, now: datetime) -> None:
    with store.database.write() as c:
        assert desk_state.waiting(c)["repeats"] == {"waiting": 0, "next": None}
        first = told.alert(c, now, "troops", None, repeat_at=now + 2 * HOUR)
        second = told.alert(c, now, "troops", None, repeat_at=now + HOUR)
        told.alert(c, now, "troops", None, repeat_at=now, acked_at=now, acked_by="anna")
        told.delivery(c, now, first, "dead", channel="chat")
        told.delivery(c, now - HOUR, second, "dead", channel="chat")
        told.delivery(c, now, second, "failed")
        found = desk_state.waiting(c)
    assert found["repeats"] == {"waiting": 2, "next": now + HOUR}
    assert found["dead_letters"] == [
        {"receiver": "desk", "channel": "chat", "deliveries": 2, "oldest": now - HOUR}
    ]


def test_when_rules_matched_last(store: Store, now: datetime) -> None:
    with store.database.write() as c:
        one = told.story(c, now)
        for number, (rule, verdict, at) in enumerate(
            [
                ("troops", "alert", now - 3 * HOUR),
                ("troops", "withheld", now - 2 * HOUR),
                ("weather", "silenced", now - HOUR),
                ("ships", "alert", now - desk_state.LATELY - HOUR),
            ]
        ):
            told.match(c, at, told.article(c, at, str(number)), one, rule, verdict=verdict)
        assert desk_state.last_matched(c, now) == {"troops": now - 2 * HOUR, "weather": now - HOUR}
