from __future__ import annotations

import asyncio

import pytest

from monitor.adapters.send_turns import NoTurn, Turns


class Service:
    """Sends through `turns`, and answers only when it is told to."""

    def __init__(self, turns: Turns, name: str, server: str | None = None) -> None:
        self.turns, self.name, self.server = turns, name, server
        self.answer = asyncio.Event()
        self.began = 0

    async def send(self) -> None:
        async with self.turns.take(self.name, self.server):
            self.began += 1
            await self.answer.wait()


async def settled() -> None:
    """Let every task go as far as it can."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_one_message_a_channel_at_a_time_and_as_many_as_there_are_places():
    turns = Turns(workers=2, patience=60)
    services = [Service(turns, name) for name in "aab"]
    tasks = [asyncio.create_task(service.send()) for service in services]
    await settled()
    assert [service.began for service in services] == [1, 0, 1]
    services[0].answer.set()
    await settled()
    assert [service.began for service in services] == [1, 1, 1]
    for service in services:
        service.answer.set()
    await asyncio.gather(*tasks)


async def test_channels_known_to_be_slow_leave_places_for_the_quick():
    turns = Turns(workers=4, patience=60, slow=0.0)
    slow = [Service(turns, f"slow {number}") for number in range(9)]
    for service in slow:  # each takes longer than nothing, once
        service.answer.set()
        await service.send()
        service.answer.clear()
    hanging = [asyncio.create_task(service.send()) for service in slow]
    await settled()
    assert sum(service.began == 2 for service in slow) == 1
    quick = Service(turns, "quick")
    sending = asyncio.create_task(quick.send())
    await settled()
    assert quick.began == 1
    for service in [*slow, quick]:
        service.answer.set()
    await asyncio.gather(sending, *hanging)


async def test_nobody_waits_longer_than_patience_allows_and_a_place_comes_back():
    turns = Turns(workers=1, patience=0.0)
    first, second = Service(turns, "a"), Service(turns, "b")
    sending = asyncio.create_task(first.send())
    await settled()
    with pytest.raises(NoTurn):
        await second.send()
    first.answer.set()
    await sending
    patient = Turns(workers=1, patience=60)
    again = Service(patient, "a")
    again.answer.set()
    await again.send()
    await again.send()
    assert again.began == 2


async def test_who_is_cancelled_gives_its_place_back():
    turns = Turns(workers=1, patience=60)
    gone, next_one = Service(turns, "a"), Service(turns, "a")
    sending = asyncio.create_task(gone.send())
    await settled()
    sending.cancel()
    await settled()
    next_one.answer.set()
    await next_one.send()
    assert next_one.began == 1


async def test_one_server_never_has_all_places_by_however_many_channels():
    turns = Turns(workers=8, patience=60)
    at_one = [Service(turns, f"box {number}", "smtp") for number in range(12)]
    tasks = [asyncio.create_task(service.send()) for service in at_one]
    await settled()
    assert sum(service.began for service in at_one) == 6
    assert turns.is_crowded("box 99", "smtp")
    assert not turns.is_crowded("other", "hook")
    other = Service(turns, "other", "hook")
    tasks.append(asyncio.create_task(other.send()))
    await settled()
    assert other.began == 1
    for service in [*at_one, other]:
        service.answer.set()
    await asyncio.gather(*tasks)
    assert not turns.is_crowded("box 99", "smtp")


async def test_slow_channels_are_crowded_when_others_that_are_slow_have_their_places():
    turns = Turns(workers=4, patience=60, slow=0.0)
    slow = [Service(turns, f"slow {number}") for number in range(3)]
    for service in slow:
        service.answer.set()
        await service.send()
        service.answer.clear()
    assert not turns.is_crowded("slow 2")
    tasks = [asyncio.create_task(service.send()) for service in slow[:2]]
    await settled()
    assert turns.is_crowded("slow 2")
    assert not turns.is_crowded("quick")
    for service in slow:
        service.answer.set()
    await asyncio.gather(*tasks)


async def test_slow_channels_take_no_place_from_the_quick_at_their_server():
    turns = Turns(workers=4, patience=60, slow=0.0)
    slow = [Service(turns, f"slow {number}", "smtp") for number in range(3)]
    for service in slow:
        service.answer.set()
        await service.send()
        service.answer.clear()
    quick = [Service(turns, f"quick {number}", "smtp") for number in range(2)]
    tasks = [asyncio.create_task(service.send()) for service in [*slow, *quick]]
    await settled()
    assert [service.began for service in quick] == [1, 1]
    for service in [*slow, *quick]:
        service.answer.set()
    await asyncio.gather(*tasks)
