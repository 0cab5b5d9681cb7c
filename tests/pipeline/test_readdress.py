"""What waits for a receiver goes by the address that the receiver has when it is sent."""

from __future__ import annotations

from datetime import timedelta

from monitor.model import DeliveryState, Outcome, SendResult
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
