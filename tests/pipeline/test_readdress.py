"""What waits for a receiver goes by the address that it has when it is sent; without a receiver, to the last resort."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select
from structlog.testing import capture_logs

from monitor.adapters.store.desk import AlertDesk
from monitor.adapters.store.replay import DEAD, Which
from monitor.adapters.store.schema import deliveries
from monitor.model import DeliveryState, Outcome, SendResult
from monitor.route.telling import ReceiverPolicy
from monitor.send.channels import expand_all
from monitor.send.keys import delivery_key
from tests.pipeline.conftest import RULES, World

OLD, NEW, OTHER = "json://127.0.0.1:9/desk", "json://127.0.0.1:9/new", "json://127.0.0.1:9/other"
DOWN = SendResult(Outcome.TRANSIENT, "could not connect")


async def told_in_vain(world: World, *addresses: str, results: list[SendResult]) -> None:
    """A pipeline of these addresses, an alert, and what became of the first attempts."""
    world.pipeline = world.make_pipeline(RULES, addresses)
    world.publish("old", "Rain", "It rains.")
    await world.go()  # the baseline
    world.publish("a", "North Korea sends troops to Russia", "North Korea has sent troops to Russia.")
    world.notifier.script = results
    await world.poll()
    world.pipeline.settle(await world.read())
    for delivery, alert in world.store.claim_deliveries(world.clock.now(), 10, timedelta(minutes=3), ()):
        await world.pipeline.deliver(delivery, alert)


def states(world: World) -> list[str]:
    return [d["state"] for row in world.alerts() for d in row["deliveries"]]


async def test_a_changed_address_takes_what_waits_under_the_same_key(world: World) -> None:
    await told_in_vain(world, OLD, results=[DOWN])
    assert states(world) == ["failed"]
    world.pipeline = world.make_pipeline(RULES, [NEW])
    world.clock.move(minutes=1)
    await world.send()
    assert states(world) == ["sent"]
    (_, first, message), (_, second, again) = world.notifier.sent
    assert first != second and message.key == again.key


async def test_a_channel_that_has_its_own_delivery_takes_no_other(world: World) -> None:
    await told_in_vain(world, OLD, OTHER, results=[DOWN, SendResult(Outcome.SENT, "ok")])
    assert sorted(states(world)) == ["failed", "sent"]
    world.pipeline = world.make_pipeline(RULES, [OTHER])
    world.clock.move(minutes=1)
    await world.send()
    assert sorted(states(world)) == ["dead", "sent"]
    (gone,) = [d for row in world.alerts() for d in row["deliveries"] if d["state"] == "dead"]
    assert gone["error"].endswith("any more")


async def test_a_receiver_that_is_mended_is_tried_at_once(world: World) -> None:
    await told_in_vain(world, OLD, results=[DOWN])
    assert not world.store.claim_deliveries(world.clock.now(), 10, timedelta(minutes=3), ())
    assert world.store.retry_deliveries(world.clock.now()) == 1
    await world.send()
    assert states(world) == [DeliveryState.SENT.value]
    assert world.store.retry_deliveries(world.clock.now()) == 0


# --- receivers that are taken out of the configuration -------------------------------------------------

NIGHT = "json://127.0.0.1:9/night"
FOR_NIGHT = RULES.replace("    tests:", "    alert: {to: [night]}\n    tests:")
FOR_BOTH = RULES.replace("    tests:", "    alert: {to: [night, desk]}\n    tests:")


def configure(world: World, rules: str, receivers: Mapping[str, str], default: tuple[str, ...]) -> None:
    """A pipeline of these rules and receivers."""
    world.pipeline = world.make_pipeline(rules)
    channels = expand_all({name: [url] for name, url in receivers.items()})
    world.pipeline.policy = replace(
        world.pipeline.policy,
        channels={(channel.receiver, channel.name): channel for channel in channels},
        receivers=dict.fromkeys(receivers, ReceiverPolicy()),
        default=default,
    )
    world.store.use_channels(world.pipeline.policy.channels, world.clock.now())


async def waiting_for_night(world: World, rules: str) -> None:
    """An alert that night, and by some rules desk too, has not been sent yet."""
    configure(world, rules, {"night": NIGHT, "desk": OLD}, ("desk",))
    world.publish("old", "Rain", "It rains.")
    await world.go()  # the baseline
    world.publish("a", "North Korea sends troops to Russia", "North Korea has sent troops to Russia.")
    await world.poll()
    world.pipeline.settle(await world.read())


def delivered(world: World) -> list[tuple[str, str, str]]:
    """Receiver, state and complaint of each delivery of the only alert."""
    (alert,) = world.alerts()
    with world.store.database.read() as connection:
        columns = deliveries.c.receiver, deliveries.c.state, func.coalesce(deliveries.c.error, "")
        query = select(*columns).where(deliveries.c.alert_id == alert["id"]).order_by(deliveries.c.id)
        return [(receiver, state, error) for receiver, state, error in connection.execute(query)]


async def test_what_waits_for_a_receiver_that_is_gone_goes_to_the_last_resort_under_its_key(
    world: World,
) -> None:
    await waiting_for_night(world, FOR_NIGHT)
    (waits,) = world.store.claim_deliveries(world.clock.now(), 10, timedelta(minutes=3), ())
    world.store.free_leases()
    configure(world, FOR_NIGHT, {"desk": OLD}, ("desk",))
    await world.send()
    assert delivered(world) == [("desk", "sent", "")]
    ((receiver, _, message),) = world.notifier.sent
    assert (receiver, message.key) == ("desk", waits[0].key)


async def test_who_is_told_anyway_is_not_told_twice(world: World) -> None:
    await waiting_for_night(world, FOR_BOTH)
    configure(world, FOR_BOTH, {"desk": OLD}, ("desk",))
    await world.send()
    gone = "receiver 'night' is not in monitor.toml any more; told anyway: desk"
    assert sorted(delivered(world)) == [("desk", "sent", ""), ("night", "dead", gone)]
    assert [receiver for receiver, _, _ in world.notifier.sent] == ["desk"]


async def test_where_nobody_is_left_it_is_kept_until_somebody_is(world: World) -> None:
    await waiting_for_night(world, FOR_NIGHT)
    configure(world, FOR_NIGHT, {}, ())
    with capture_logs() as logged:
        await world.send()
    ((receiver, state, why),) = delivered(world)
    assert (receiver, state) == ("night", "dead")
    assert why == "receiver 'night' is not in monitor.toml any more, and no other is; name one and replay it"
    assert [line["event"] for line in logged if line["log_level"] == "critical"] == [
        "nobody is told: name a receiver under [alerts] default"
    ]
    configure(world, FOR_NIGHT, {"desk": OLD}, ("desk",))
    assert AlertDesk(world.store.database, delivery_key).replay(Which(None, DEAD), world.clock.now())
    await world.send()
    assert delivered(world) == [("desk", "sent", "")]
