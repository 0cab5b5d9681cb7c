"""Claiming, marking and resting: of whole channels, in a real database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from monitor.adapters.store import Store, alerts
from monitor.model import ChannelState, Delivery, Fault, Kind, Outcome, SendResult, Severity
from monitor.model import DeliveryState as State
from monitor.send.keys import delivery_key
from monitor.send.pace import Rates, rates_of
from monitor.send.retry import GIVE_UP_AFTER, after

LEASE = timedelta(minutes=3)
OK = SendResult(Outcome.SENT, "200 OK", status=200)
DOWN = SendResult(Outcome.TRANSIENT, "could not connect")
BUSY = SendResult(Outcome.TRANSIENT, "429", timedelta(minutes=20), 429)
GONE = SendResult(Outcome.PERMANENT, "404 no_service", status=404, fault=Fault.ADDRESS)
LOCKED = SendResult(Outcome.TRANSIENT, "535 bad password", status=535, fault=Fault.SETTINGS)
TOO_LONG = SendResult(Outcome.PERMANENT, "400 too long", status=400, fault=Fault.MESSAGE)


class Office:
    """Sends what is due, by answers that the test gives; time is the test's."""

    def __init__(self, store: Store, now: datetime) -> None:
        self.store, self.now = store, now
        self.rates = Rates()

    def alert(self, *channels: str) -> int:
        with self.store.database.write() as c:
            number = alerts.add(
                c,
                kind=Kind.NEW,
                rule="r",
                rule_title="R",
                severity=Severity.HIGH,
                story=None,
                once=None,
                items=(),
                channels=[("desk", channel) for channel in channels],
                make_key=delivery_key,
                now=self.now,
            )
        assert number is not None
        return number

    def due(self, **options: int) -> list[Delivery]:
        limit = options.get("limit", 100)
        claimed = self.store.claim_deliveries(self.now, limit, LEASE, (), self.rates)
        return [delivery for delivery, _ in claimed]

    def end(self, delivery: Delivery, result: SendResult) -> State:
        assert delivery.created is not None
        retry = after(delivery.attempts, result, self.now, 0.5, delivery.created, delivery.failures)
        assert self.store.finish_attempt(delivery, result, retry, self.now)
        return retry.state

    def send(self, result: SendResult) -> int:
        """Send what is due now, one after the other, until nothing is; how many attempts that took."""
        number = 0
        while claimed := self.due():
            for delivery in claimed:
                self.end(delivery, result)
                number += 1
        return number

    def states(self) -> list[str]:
        rows = reversed(self.store.alerts(limit=1000))
        return [delivery["state"] for row in rows for delivery in row["deliveries"]]

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def office(store: Store, now: datetime) -> Office:
    return Office(store, now)


def test_the_oldest_of_each_channel_is_claimed_however_many_wait_for_one(office: Office) -> None:
    for _ in range(300):
        office.alert("flooded")
    office.alert("other")
    assert sorted(delivery.channel for delivery in office.due(limit=2)) == ["flooded", "other"]


def test_a_dead_server_is_asked_by_one_delivery_at_a_time_and_all_go_when_it_answers(office: Office) -> None:
    for _ in range(100):
        office.alert("a")
    attempts = 0
    for _ in range(60):
        attempts += office.send(DOWN)
        office.later(minutes=1)
    assert attempts < 20
    office.later(minutes=6)
    assert office.send(OK) == 100
    assert set(office.states()) == {"sent"}
    assert office.store.troubled_channels() == []


def test_a_probe_of_one_node_keeps_the_others_from_trying(office: Office) -> None:
    office.alert("a")
    office.alert("a")
    office.end(office.due()[0], DOWN)
    office.later(minutes=1)
    assert len(office.due()) == 1
    assert office.due() == []


def test_what_a_service_asks_for_rests_its_channel_and_no_other(office: Office) -> None:
    for _ in range(3):
        office.alert("a", "b")
    first = {delivery.channel: delivery for delivery in office.due()}
    office.end(first["a"], BUSY)
    office.end(first["b"], OK)
    office.later(minutes=19)
    assert {delivery.channel for delivery in office.due()} == {"b"}
    office.later(minutes=2)
    assert "a" in {delivery.channel for delivery in office.due()}


def test_a_message_that_is_refused_leaves_the_channel_alone(office: Office) -> None:
    office.alert("a")
    office.alert("a")
    assert office.end(office.due()[0], TOO_LONG) is State.DEAD
    assert office.send(OK) == 1
    assert sorted(office.states()) == ["dead", "sent"]


def test_a_channel_that_is_gone_takes_what_waits_with_it_and_brings_it_back(office: Office) -> None:
    for _ in range(5):
        office.alert("a")
    office.alert("b")
    claimed = {delivery.channel: delivery for delivery in office.due()}
    office.end(claimed["a"], GONE)
    office.end(claimed["b"], OK)
    assert sorted(office.states()) == ["dead"] * 5 + ["sent"]
    (health,) = office.store.troubled_channels()
    assert (health.channel, health.state, health.error) == ("a", ChannelState.DEAD, "404 no_service")
    errors = [d["error"] for row in office.store.alerts(limit=10) for d in row["deliveries"] if d["error"]]
    assert all("404 no_service" in error for error in errors)
    office.alert("a")
    assert office.send(OK) == 0, "it rests"
    office.later(minutes=10)
    assert office.send(OK) == 6
    assert set(office.states()) == {"sent"}


def test_a_delivery_refused_twice_does_not_come_back(office: Office) -> None:
    office.alert("a")
    office.end(office.due()[0], GONE)
    for answer in (OK, GONE, OK):
        office.later(hours=2)
        office.alert("a")
        while claimed := office.due():
            again = claimed[0].id == 1
            office.end(claimed[0], GONE if again else answer)
            office.later(hours=2)
            assert office.now.year < 2030
    assert office.states()[0] == "dead"


def test_a_refused_login_waits_until_the_configuration_is_read_again(office: Office) -> None:
    for _ in range(3):
        office.alert("a")
    office.end(office.due()[0], LOCKED)
    assert office.due() == []
    assert office.store.troubled_channels()[0].state is ChannelState.LOCKED
    office.store.retry_deliveries(office.now, [("desk", "a")])
    assert office.send(OK) == 3


def test_what_died_with_a_channel_goes_by_the_address_that_replaces_it(office: Office) -> None:
    office.alert("old")
    office.end(office.due()[0], GONE)
    office.store.use_channels([("desk", "new")], office.now)
    (delivery,) = office.due()
    moved = office.store.readdress_delivery(delivery, [("desk", "new")])
    assert moved is not None
    assert office.end(moved, OK) is State.SENT


def test_a_rate_holds_the_rest_back_and_says_until_when(office: Office) -> None:
    office.rates = Rates({("desk", "a"): (2, timedelta(minutes=1)), ("desk", "b"): None})
    for _ in range(5):
        office.alert("a", "b")
    assert office.send(OK) == 2 + 5
    turn = office.store.next_in_turn(office.now, office.rates)
    assert turn == office.now + timedelta(seconds=30)
    office.now = turn
    assert office.send(OK) == 1
    for _ in range(2):
        office.now = office.store.next_in_turn(office.now, office.rates) or office.now
        office.send(OK)
    assert set(office.states()) == {"sent"}
    assert office.store.next_in_turn(office.now, office.rates) is None


def test_channels_of_one_login_use_up_its_rate_together(office: Office) -> None:
    """Each of three recipients has two mails; the server takes three a minute of their login."""
    each = {("desk", name): (3, timedelta(minutes=1)) for name in "abc"} | {("desk", "hook"): None}
    office.rates = rates_of(each, {("desk", name): "login#1" for name in "abc"})
    for _ in range(2):
        office.alert("a", "b", "c", "hook")
    assert office.send(OK) == 3 + 2
    turn = office.store.next_in_turn(office.now, office.rates)
    assert turn == office.now + timedelta(seconds=20)
    office.now = turn
    assert office.send(OK) == 1
    office.store.use_channels(each, office.now)
    assert office.due() == [], "a reload fills nothing up"
    office.later(minutes=1)
    assert office.send(OK) == 2
    assert set(office.states()) == {"sent"}


def test_a_claim_takes_no_more_of_a_login_than_there_is(office: Office) -> None:
    each = {("desk", name): (2, timedelta(minutes=1)) for name in "abc"}
    office.rates = rates_of(each, {("desk", name): "login#1" for name in "ab"})
    office.alert("a", "b", "c")
    assert len(office.due(limit=1)) == 1
    assert len(office.due()) == 2  # the other of the login, and the one with a rate of its own
    office.alert("a", "b", "c")
    assert len(office.due()) == 1


def test_a_login_is_known_to_nobody_as_a_channel(office: Office) -> None:
    office.rates = rates_of({("desk", "a"): (1, timedelta(minutes=1))}, {("desk", "a"): "login#1"})
    office.alert("a")
    office.end(office.due()[0], DOWN)
    assert [one.channel for one in office.store.troubled_channels()] == ["a"]


def test_what_a_service_answered_is_kept(office: Office) -> None:
    office.alert("a")
    office.end(office.due()[0], BUSY)
    with office.store.database.read() as c:
        rows: Sequence[object] = c.exec_driver_sql("SELECT status, retry_after FROM attempts").all()
    assert rows == [(429, 1200.0)]


def test_nothing_is_lost_however_a_channel_fails(office: Office) -> None:
    """Whatever answers come for a day, all is sent in the end, but what was refused for good."""
    script = [DOWN, GONE, OK, LOCKED, BUSY, DOWN, DOWN, OK, GONE, OK]
    for number in range(40):
        office.alert("a", "b")
        for delivery in office.due():
            office.end(delivery, script[(number + delivery.id) % len(script)])
        office.later(minutes=36)
    for _ in range(50):
        office.later(hours=1)
        office.send(OK)
    assert set(office.states()) <= {"sent", "dead"}
    assert office.states().count("sent") >= 70
    assert timedelta(days=1) < GIVE_UP_AFTER
