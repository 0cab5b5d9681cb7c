"""Lanes: work that is claimed when it is due, done so much at once, and stored in batches.

A lane knows neither what its work is nor where it comes from; the daemon gives it both.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from functools import partial
from typing import Generic, TypeVar

import structlog

from monitor.errors import MonitorError, StoreError

log = structlog.get_logger(__name__)

T = TypeVar("T")

PER_HOST = 4  # of one host in a lane at once: two under way and two that wait for their turn
BATCH = 100  # what is stored in one transaction at most
GATHER_SECONDS = 0.05  # in which what many tasks end with becomes one transaction
WAKE_SECONDS = 0.01  # in which the ends of many tasks lead to one claim
# Seconds between attempts to store what was done, in a database that is full or locked for a while; together
# much less than a lease, so that nobody else has the work by then.
STORE_WAITS = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, *(30.0,) * 7)
COMPLAIN_SECONDS = 30.0  # how often a lane repeats that it cannot claim work


class Lane(Generic[T]):
    """Work of one kind: claims what is due, so much at once, and so much of one group (a host, a channel)."""

    def __init__(
        self,
        name: str,
        most: int,
        claim: Callable[[int, Collection[str]], Awaitable[Sequence[T]]],
        work: Callable[[T], Awaitable[None]],
        group: Callable[[T], str],
        per_group: int = PER_HOST,
    ) -> None:
        self.name, self.most = name, most
        self._claim, self._work, self._group, self._per_group = claim, work, group, per_group
        self._tasks: set[asyncio.Task[None]] = set()
        self._groups: Counter[str] = Counter()
        self._filling = asyncio.Lock()
        self.finished_at = asyncio.get_running_loop().time()
        self._waking: set[asyncio.Task[None]] = set()
        self._complain_at = 0.0
        self.open = True
        self.done = 0

    @property
    def busy(self) -> int:
        return len(self._tasks)

    async def fill(self) -> None:
        """Claim and begin whatever is due and has room."""
        if self._filling.locked():
            return
        async with self._filling:
            while self.open and (room := self.most - len(self._tasks)) > 0:
                full = {group for group, count in self._groups.items() if count >= self._per_group and group}
                try:
                    items = await self._claim(room, full)
                except StoreError as error:
                    self._complain(error)
                    break
                if self._complain_at:
                    self._complain_at = 0.0
                    log.info("work is claimed again", lane=self.name)
                for item in items:
                    self._begin(item)
                if len(items) < room:
                    break
        if len(self._tasks) < self.most:
            self.finished_at = asyncio.get_running_loop().time()  # a full lane gets on only by ending work

    def _complain(self, error: StoreError) -> None:
        """Say now and then, not at every tick, that there is no work because the database gives none."""
        now = asyncio.get_running_loop().time()
        if now >= self._complain_at:
            self._complain_at = now + COMPLAIN_SECONDS
            log.error("cannot claim work, tried again", lane=self.name, why=str(error))

    def _begin(self, item: T) -> None:
        group = self._group(item)
        self._groups[group] += 1
        task = asyncio.create_task(self._run(item), name=self.name)
        self._tasks.add(task)
        task.add_done_callback(partial(self._end, group))

    def _end(self, group: str, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._groups[group] -= 1
        if not self._groups[group]:
            del self._groups[group]
        self.done += 1
        self.finished_at = asyncio.get_running_loop().time()
        if self.open and len(self._tasks) <= self.most // 2:
            self.wake()

    def wake(self) -> None:
        """Look for work soon rather than at the next tick; what wakes it in the same moment is one claim."""
        if self.open and not self._waking:
            filling = asyncio.create_task(self._fill_soon(), name=f"{self.name}-fill")
            self._waking.add(filling)
            filling.add_done_callback(self._waking.discard)

    async def _fill_soon(self) -> None:
        await asyncio.sleep(WAKE_SECONDS)
        await self.fill()

    async def _run(self, item: T) -> None:
        try:
            await self._work(item)
        except StoreError as error:
            log.error(
                "not stored; it is done again when its lease has run out", lane=self.name, why=str(error)
            )
        except MonitorError as error:
            log.error("failed", lane=self.name, why=str(error))
        except Exception:
            # A defect: loud, and the lease brings the work back; its neighbours go on.
            log.exception("unexpected error", lane=self.name)

    async def drain(self, seconds: float | None = None) -> bool:
        """Wait until nothing is in flight; False where `seconds` were not enough."""
        deadline = None if seconds is None else asyncio.get_running_loop().time() + seconds
        while waiting := self._tasks | self._waking:
            left = None if deadline is None else deadline - asyncio.get_running_loop().time()
            if left is not None and left <= 0:
                return False
            await asyncio.wait(waiting, timeout=left, return_when=asyncio.ALL_COMPLETED)
        return True

    async def close(self, seconds: float) -> bool:
        """Claim nothing more and let what is in flight end; cancel what has not after `seconds`."""
        self.open = False
        ended = await self.drain(seconds)
        for task in self._tasks | self._waking:
            task.cancel()
        return ended


class Batcher(Generic[T]):
    """Stores what many tasks finish, as much as there is in one transaction, one transaction at a time."""

    def __init__(self, store: Callable[[list[T]], Awaitable[object]], most: int = BATCH) -> None:
        self._store, self._most = store, most
        self.open = True
        self._waiting: list[tuple[T, asyncio.Future[None]]] = []
        self._storing: asyncio.Task[None] | None = None
        self._enough = asyncio.Event()

    async def add(self, item: T) -> None:
        """Returns when the item is stored; raises what storing its batch raised."""
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, stored))
        if self._storing is None or self._storing.done():
            self._enough.clear()
            self._storing = asyncio.create_task(self._store_all())
        if len(self._waiting) >= self._most:
            self._enough.set()
        await stored

    async def _store_all(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._enough.wait(), GATHER_SECONDS)
        while self._waiting:
            batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            try:
                await self._persist([item for item, _ in batch])
            except BaseException as error:
                for _, stored in batch:
                    if not stored.done():
                        stored.set_exception(
                            error if isinstance(error, Exception) else RuntimeError("stopped")
                        )
                if not isinstance(error, Exception):
                    raise
            else:
                for _, stored in batch:
                    if not stored.done():
                        stored.set_result(None)

    async def _persist(self, items: list[T]) -> None:
        """Store a batch, also in a database that is full or locked for a while: meanwhile work pauses."""
        for wait in STORE_WAITS:
            try:
                await self._store(items)
            except StoreError as error:
                if not self.open:
                    raise
                log.error("cannot store, tried again", items=len(items), seconds=wait, why=str(error))
                await asyncio.sleep(wait)
            else:
                return
        await self._store(items)

    async def close(self) -> None:
        """Give up what could not be stored by now: its leases bring it back."""
        if self._storing is not None:
            self._storing.cancel()
            await asyncio.gather(self._storing, return_exceptions=True)
