"""Whose turn it is to send: one message a channel at a time, and no channel holds the others up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import AsyncExitStack, asynccontextmanager

# Seconds; who took longer the last time is slow until it is quick again. A mail with TLS and a login takes about
# one, a webhook a tenth of that.
SLOW = 2.0


class NoTurn(Exception):
    """No place was free in time."""


class Turns:
    """Shares `workers` places among channels; those that were slow the last time have some more of their own.

    One server, by however many channels, never has more than three quarters of the places. So however many
    services hang, the quick ones go on as if they were not there.

    `patience` is how many seconds anyone waits.
    """

    def __init__(self, workers: int, patience: float, slow: float = SLOW) -> None:
        self._patience = patience
        self._slow_after = slow
        slow_places = max(workers // 3, 1)
        self.places = workers + slow_places  # in all: as many attempts may be under way at once
        self._most_at_server = workers - workers // 4
        self._places = asyncio.Semaphore(workers)
        self._slow_places = asyncio.Semaphore(slow_places)
        self._at_server: dict[Hashable, asyncio.Semaphore] = {}
        self._alone: dict[Hashable, asyncio.Lock] = {}
        self._slow: set[Hashable] = set()

    @asynccontextmanager
    async def take(self, channel: Hashable, server: Hashable = None) -> AsyncIterator[None]:
        """A place for one attempt, by which `server` is asked. Raises NoTurn where none was free in time."""
        async with AsyncExitStack() as held:
            try:
                async with asyncio.timeout(self._patience):
                    await self._wait(held, channel, server)
            except TimeoutError as error:
                raise NoTurn from error
            began = asyncio.get_running_loop().time()
            try:
                yield
            finally:
                took = asyncio.get_running_loop().time() - began
                (self._slow.add if took > self._slow_after else self._slow.discard)(channel)

    async def _wait(self, held: AsyncExitStack, channel: Hashable, server: Hashable) -> None:
        await held.enter_async_context(self._alone.setdefault(channel, asyncio.Lock()))
        if channel in self._slow:  # it takes nothing from the quick ones
            await held.enter_async_context(self._slow_places)
            return
        if server is not None:
            at_server = self._at_server.setdefault(server, asyncio.Semaphore(self._most_at_server))
            await held.enter_async_context(at_server)
        await held.enter_async_context(self._places)

    def is_crowded(self, channel: Hashable, server: Hashable = None) -> bool:
        """Whether the channel would have to wait for others that are slow, or are sent to through its server."""
        if channel in self._slow:
            return self._slow_places.locked()
        at_server = self._at_server.get(server)
        return at_server is not None and at_server.locked()
