"""What was given up is tried again under its own key, and nothing else is touched."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, insert, select, update

from monitor.adapters.store import Store, replay
from monitor.adapters.store.replay import DEAD, EVEN_SENT, NOT_ARRIVED, Which
from monitor.adapters.store.schema import channels, deliveries
from monitor.model import Outcome, SendResult
from monitor.send.retry import after
from tests import told

HOUR = timedelta(hours=1)
STATES = ("sent", "dead", "failed", "unknown", "pending", "leased")


def fill(c: Connection, now: datetime) -> None:
    """Alert 1 by six channels, a state each; alert 2 dead at another receiver, and long ago."""
    first, second = told.alert(c, now, "troops", None), told.alert(c, now, "troops", None)
    for state in STATES:
        told.delivery(c, now, first, state, channel=state, attempts=12, error="why")
    told.delivery(c, now - 48 * HOUR, second, "dead", receiver="asia", channel="dead")


def due(c: Connection) -> list[tuple[int, str]]:
    query = select(deliveries.c.alert_id, deliveries.c.channel).where(deliveries.c.state == "pending")
    return sorted((row.alert_id, row.channel) for row in c.execute(query))


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        (Which(None, DEAD), [(1, "dead"), (2, "dead")]),
        (Which(None, DEAD, receiver="desk"), [(1, "dead")]),
        (Which(None, DEAD, channel="other"), []),
        (Which((2,), DEAD), [(2, "dead")]),
        (Which((1,), NOT_ARRIVED), [(1, "dead"), (1, "failed"), (1, "unknown")]),
        (Which((1,), EVEN_SENT), [(1, "dead"), (1, "failed"), (1, "sent"), (1, "unknown")]),
        (Which((1,), EVEN_SENT, channel="sent"), [(1, "sent")]),
        (Which((), EVEN_SENT), []),
    ],
)
def test_which_deliveries_are_tried_again(
    store: Store, now: datetime, which: Which, expected: list[tuple[int, str]]
) -> None:
    with store.database.write() as c:
        fill(c, now)
        assert replay.replay(c, which, now + HOUR) == expected
        assert due(c) == sorted([*expected, (1, "pending")])


def test_old_ones_are_left_alone_where_only_new_ones_are_asked_for(store: Store, now: datetime) -> None:
    with store.database.write() as c:
        fill(c, now)
        assert replay.replay(c, Which(None, DEAD, since=now - HOUR), now) == [(1, "dead")]


def test_a_replayed_delivery_is_claimed_at_once_under_its_key_and_tried_as_often_as_a_new_one(
    store: Store, now: datetime
) -> None:
    with store.database.write() as c:
        alert = told.alert(c, now - 96 * HOUR, "troops", None, kind="test")
        delivery = told.delivery(c, now - 96 * HOUR, alert, "dead", attempts=40, error="given up")
        told.attempt(c, now - HOUR, delivery, "transient", detail="busy")
        key = c.scalar(select(deliveries.c.key))
        replay.replay(c, Which((alert,), DEAD), now)
        row = c.execute(select(deliveries)).one()
    assert (row.state, row.key, row.error, row.next_at, row.attempts) == ("pending", key, None, now, 0)
    assert row.created == now - 96 * HOUR, "a flood counts what was made, not what was tried again"
    busy = SendResult(Outcome.TRANSIENT, "busy")
    assert after(1, busy, now, 0.5, row.created).at is not None, "it is not given up again at once"


def test_the_states_of_alerts_and_every_channel_there_was(store: Store, now: datetime) -> None:
    with store.database.write() as c:
        fill(c, now)
        assert {id: sorted(states) for id, states in replay.states(c, [1, 2, 3]).items()} == {
            1: sorted(STATES),
            2: ["dead"],
        }
        assert replay.known_channels(c) == {("asia", "dead"), *(("desk", state) for state in STATES)}


def test_a_channel_that_rests_is_woken_and_others_rest_on(store: Store, now: datetime) -> None:
    with store.database.write() as c:
        fill(c, now)
        for receiver, channel in (("desk", "dead"), ("asia", "dead")):
            row = {"receiver": receiver, "channel": channel, "state": "dead", "failures": 3, "error": "404"}
            c.execute(insert(channels).values(row | {"failing_since": now, "rest_until": now + HOUR}))
        c.execute(update(deliveries).where(deliveries.c.channel != "dead").values(state="sent"))
    assert store.claim_deliveries(now, 10, HOUR, ()) == []
    with store.database.write() as c:
        replay.replay(c, Which((1,), DEAD), now)
    ((claimed, _),) = store.claim_deliveries(now, 10, HOUR, ())
    assert (claimed.alert_id, claimed.receiver, claimed.channel) == (1, "desk", "dead")
