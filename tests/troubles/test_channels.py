"""A channel that fails is told of through others, once, and once when it works again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.adapters.store import Store
from monitor.collect.due import PollingPolicy
from monitor.policy import Policy
from monitor.route.telling import ReceiverPolicy
from monitor.send.channels import expand_all
from monitor.troubles.channels import ChannelWatch
from tests.adapters.store.test_outbox import DOWN, GONE, LOCKED, OK, Office

DESK, SPARE, OPS = "json://127.0.0.1:9/desk", "json://127.0.0.1:9/spare", "json://127.0.0.1:9/ops"


def policy_of(**receivers: list[str]) -> Policy:
    channels = expand_all(receivers)
    return Policy(
        polling=PollingPolicy(),
        channels={(channel.receiver, channel.name): channel for channel in channels},
        receivers=dict.fromkeys(receivers, ReceiverPolicy()),
        default=(),
        operator=("ops",) if "ops" in receivers else (),
    )


class Watched(Office):
    def __init__(self, store: Store, now: datetime, policy: Policy) -> None:
        super().__init__(store, now)
        self.policy, self.watch = policy, ChannelWatch(store)
        self.names = [name for _, name in policy.channels]

    def look(self) -> list[tuple[str, str]]:
        """What is told of channels now: by which, but the first, and its headline."""
        self.watch.report(self.policy, self.now)
        told = []
        while claimed := self.store.claim_deliveries(self.now, 100, timedelta(minutes=3), self.names[:1]):
            for delivery, alert in claimed:
                told.append((delivery.channel, alert.story_title))
                self.end(delivery, OK)
        return told

    def fail_first(self, *answers: object) -> None:
        """An alert to the first channel, which answers so, and so on."""
        self.alert(self.names[0])
        for answer in answers:
            (delivery,) = self.due()
            self.end(delivery, answer)  # type: ignore[arg-type]
            self.later(minutes=6)


@pytest.fixture
def three(store: Store, now: datetime) -> Watched:
    return Watched(store, now, policy_of(desk=[DESK, SPARE], ops=[OPS]))


def test_a_refused_channel_is_told_by_all_others_once_and_again_when_it_works(three: Watched) -> None:
    three.fail_first(GONE)
    told = three.look()
    first, spare, ops = three.names
    assert sorted(channel for channel, _ in told) == sorted([spare, ops])
    assert all(headline.startswith(f"desk is not reached: {first} refuses") for _, headline in told)
    assert three.look() == []
    three.later(hours=2)
    three.alert(first)
    assert three.send(OK) == 2, "what died with it comes back too"
    told = three.look()
    assert {channel for channel, _ in told} >= {spare, ops}
    assert all(headline == f"desk is reached again by {first}" for _, headline in told)
    assert three.look() == []


def test_a_login_that_is_refused_is_told_at_once(three: Watched) -> None:
    three.fail_first(LOCKED)
    assert "does not accept the login" in three.look()[0][1]


def test_a_channel_that_only_fails_is_told_after_a_quarter_of_an_hour(three: Watched) -> None:
    three.fail_first(DOWN, DOWN)
    assert three.look() == []
    (delivery,) = three.due()
    three.end(delivery, DOWN)
    three.later(minutes=4)
    assert {channel for channel, _ in three.look()} == set(three.names[1:])


def test_where_nobody_can_be_told_it_does_not_count_as_told(store: Store, now: datetime) -> None:
    alone = Watched(store, now, policy_of(desk=[DESK]))
    alone.fail_first(GONE)
    assert alone.look() == []
    assert store.open_troubles("channels") == []
    together = policy_of(desk=[DESK], ops=[OPS])
    alone.policy = replace(together, operator=("ops",))
    assert [headline.partition(":")[0] for _, headline in alone.look()] == ["desk is not reached"]
