"""Alerts as they are listed and shown: which, in which order, and with everything that was tried."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from monitor.adapters.store import Store, alert_list, schema
from tests import told

HOUR = timedelta(hours=1)


def fill(c: Connection, now: datetime) -> None:
    """Four alerts: one arrived, one half dead, one nobody was to be told of, one notice that waits."""
    one, other = told.story(c, now), told.story(c, now, "Rain")
    arrived = told.alert(c, now - 3 * HOUR, "troops", one)
    told.delivery(c, now, arrived)
    half = told.alert(c, now - 2 * HOUR, "troops", other, kind="update", acked_at=now, acked_by="anna")
    told.delivery(c, now, half)
    told.delivery(c, now, half, "dead", receiver="asia", channel="chat", error="refused for good: 404")
    told.alert(c, now - HOUR, "weather", other, dismissed_at=now, dismissed_by="ben", dismissed_why="film")
    notice = told.alert(c, now, "monitor.feeds", None, kind="notice")
    told.delivery(c, now, notice, "pending", attempts=0)
    words = '{"headline": "a feed fails", "text": "since noon", "thread": "t"}'
    uid = c.scalar(schema.alerts.select().with_only_columns(schema.alerts.c.uid).filter_by(id=notice))
    c.execute(insert(schema.meta).values(key=f"notice:{uid}", value=words))


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        ({}, [4, 3, 2, 1]),
        ({"limit": 2}, [4, 3]),
        ({"rule": "troops"}, [2, 1]),
        ({"since": -HOUR}, [4, 3]),
        ({"receiver": "asia"}, [2]),
        ({"receiver": "desk"}, [4, 2, 1]),
        ({"states": ("dead",)}, [2]),
        ({"states": alert_list.WAITING}, [4]),
        ({"states": ("dead",), "receiver": "desk"}, []),
        ({"unanswered": True}, [4, 1]),
        ({"rule": "nothing"}, []),
    ],
)
def test_which_alerts_are_listed(
    store: Store, now: datetime, which: Mapping[str, Any], expected: list[int]
) -> None:
    asked = {"limit": 50, **which}
    if "since" in asked:
        asked["since"] = now + asked["since"]
    with store.database.write() as c:
        fill(c, now)
        assert [row["id"] for row in alert_list.listed(c, **asked)] == expected


def test_a_row_begins_as_the_design_has_it_and_says_what_people_said(store: Store, now: datetime) -> None:
    with store.database.write() as c:
        fill(c, now)
        notice, refused, half, _ = alert_list.listed(c, limit=50)
    assert list(half)[:6] == ["id", "kind", "rule", "story", "created", "deliveries"]
    assert (half["id"], half["kind"], half["rule"], half["story"]) == (2, "update", "troops", 2)
    assert [list(one)[:5] for one in half["deliveries"]] == [
        ["channel", "state", "attempts", "sent", "error"]
    ] * 2
    assert [(one["receiver"], one["state"], one["error"]) for one in half["deliveries"]] == [
        ("desk", "sent", None),
        ("asia", "dead", "refused for good: 404"),
    ]
    assert half["acked"] == {"by": "anna", "at": now} and half["dismissed"] is None
    assert refused["dismissed"] == {"by": "ben", "at": now, "why": "film"}
    assert refused["title"] == "Rain" and refused["deliveries"] == []
    assert notice["title"] == "a feed fails" and notice["story"] is None


def test_one_alert_is_shown_with_every_attempt_and_what_waits(store: Store, now: datetime) -> None:
    minutes = timedelta(minutes=5)
    with store.database.write() as c:
        one = told.story(c, now)
        first = told.match(c, now, told.article(c, now, "a"), one, "troops")
        alert = told.alert(c, now, "troops", one, first, repeat_every=HOUR, repeat_at=now + HOUR)
        sent = told.delivery(c, now, alert, "leased", attempts=2)
        told.attempt(c, now, sent, "transient", detail="busy", status=503, retry_after=minutes)
        told.attempt(c, now + minutes, sent, None)
        later = told.match(c, now, told.article(c, now, "b"), one, "troops", verdict="held")
        other = told.match(c, now, told.article(c, now, "c"), one, "weather", verdict="held")
        told.hold(c, later, "desk", now + HOUR, "quiet")
        told.hold(c, other, "desk", now + HOUR, "quiet")
        found = alert_list.shown(c, alert)
        assert alert_list.shown(c, alert + 1) is None
        assert alert_list.held_of(c, [first, later]) == {
            later: [{"receiver": "desk", "until": now + HOUR, "why": "quiet"}]
        }
    assert found is not None
    (delivery,) = found["deliveries"]
    assert [(a["outcome"], a["status"], a["retry_after"]) for a in delivery["tries"]] == [
        ("transient", 503, minutes),
        (None, None, None),
    ]
    assert [(item["match"], item["title"], item["reason"]) for item in found["items"]] == [
        (first, "Troops leave, a", "new story")
    ]
    assert [(w["match"], w["receiver"], w["until"], w["why"], w["reason"]) for w in found["waiting"]] == [
        (later, "desk", now + HOUR, "quiet", "15,000 troops")
    ]
    assert (found["repeat_every"], found["repeat_at"]) == (HOUR, now + HOUR)
