"""Turns: how many at once, how far apart, in which order, and that shares are forgotten but not too soon."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from monitor.adapters.shares import HostShares


class Turns:
    """What had its turn when, by the event loop's clock."""

    def __init__(self, shares: HostShares) -> None:
        self.shares = shares
        self.begun: list[tuple[str, float]] = []
        self.here = self.most = 0

    async def take(self, what: str, share: str = "a", pace: float | None = None, lasts: float = 0.0) -> None:
        async with self.shares.of(share, pace):
            self.begun.append((what, asyncio.get_running_loop().time()))
            self.here += 1
            self.most = max(self.most, self.here)
            await asyncio.sleep(lasts)
            self.here -= 1

    @property
    def order(self) -> list[str]:
        return [what for what, _ in self.begun]

    @property
    def gaps(self) -> list[float]:
        return [later - earlier for (_, earlier), (_, later) in pairwise(self.begun)]


async def test_requests_begin_a_pace_apart_in_the_order_in_which_they_came() -> None:
    """Feeds and pages mixed: neither kind waits for all of the other."""
    turns = Turns(HostShares(2, 0.05))
    asked = ["feed 1", "feed 2", "page 1", "feed 3", "page 2", "page 3", "feed 4", "page 4"]
    await asyncio.gather(*(turns.take(what) for what in asked))
    assert turns.order == asked
    assert min(turns.gaps) >= 0.049
    assert sum(turns.gaps) < 2


async def test_long_requests_are_so_many_at_once_and_the_pace_holds_as_well() -> None:
    turns = Turns(HostShares(2, 0.02))
    await asyncio.gather(*(turns.take(str(n), lasts=0.1) for n in range(6)))
    assert turns.most == 2
    assert min(turns.gaps) >= 0.019


async def test_a_share_that_waits_holds_up_no_other() -> None:
    turns = Turns(HostShares(1, 30))
    await turns.take("first")
    waiting = asyncio.create_task(turns.take("second"))
    async with asyncio.timeout(5):
        await turns.take("elsewhere", share="b")
    assert turns.order == ["first", "elsewhere"]
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_without_a_pace_nothing_waits() -> None:
    turns = Turns(HostShares(2, 30))
    async with asyncio.timeout(5):
        await asyncio.gather(*(turns.take(str(n), pace=0) for n in range(100)))


async def test_a_turn_may_ask_for_a_longer_way_to_the_next() -> None:
    turns = Turns(HostShares(1, 0.01))
    await asyncio.gather(turns.take("slow", pace=0.2), turns.take("next"))
    assert turns.gaps[0] >= 0.199


async def test_a_cancelled_wait_takes_no_turn() -> None:
    turns = Turns(HostShares(1, 0.05))
    first, second, third = (asyncio.create_task(turns.take(what)) for what in "abc")
    await first
    second.cancel()
    await third
    assert turns.order == ["a", "c"]
    assert turns.gaps[0] < 1


async def test_a_share_is_forgotten_once_its_next_request_might_begin() -> None:
    """Else the memory of hosts would grow for ever; sooner, and the next request would come too early."""
    turns = Turns(HostShares(2, 0.1))
    await turns.take("first")
    assert set(turns.shares._shares) == {"a"}
    await turns.take("second")
    assert turns.gaps[0] >= 0.099
    async with asyncio.timeout(5):
        while turns.shares._shares:
            await asyncio.sleep(0.02)
