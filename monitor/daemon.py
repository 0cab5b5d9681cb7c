"""The daemon: what runs when, and how it stops. The only import of apscheduler.

The scheduler only ticks: when something is due is in the database. Each tick lets a lane claim what is due
and work on it, up to so much at once; what lanes finish is stored in batches.

    poll lane     due feeds          ─▶ record   transaction (a)
    read lane     queued entries     ─▶ settle   transaction (b)
    send lane     open deliveries    ─▶ mark
"""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from monitor.adapters.store.feeds import host_of
from monitor.adapters.systemd import Systemd
from monitor.adapters.watch import FolderWatch
from monitor.app import App, create_store
from monitor.config import Settings, load_config
from monitor.errors import MonitorError, StoreError
from monitor.model import Alert, Delivery, DeliveryState, Feed, PollOutcome, QueuedEntry
from monitor.pipeline import Postponed, Reading

log = structlog.get_logger(__name__)

T = TypeVar("T")

# Leases outlast the longest work of their kind: a poll or a page may wait for its host's turn behind
# others, be redirected five times within its total time, and be parsed; a delivery has one attempt.
POLL_LEASE = READ_LEASE = timedelta(minutes=10)
SEND_LEASE = timedelta(minutes=3)
PER_HOST = 4  # of one host in a lane at once: two under way and two that wait for their turn
GATHER_SECONDS = 0.05  # in which what many tasks end with becomes one transaction
WAKE_SECONDS = 0.05  # in which the ends of many tasks lead to one claim
READS, SENDS, BATCH = 128, 16, 100
STOP_SECONDS = 8.0  # for what is in flight, of the 10 in which the daemon is gone
# Seconds between attempts to store what was done, in a database that is full or locked for a while; together
# much less than a lease, so that nobody else has the work by then.
STORE_WAITS = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, *(30.0,) * 7)
COMPLAIN_SECONDS = 30.0  # how often a lane repeats that it cannot claim work
STUCK_SECONDS = 300.0  # a lane that has not come to an end of anything for so long does no more work


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


class Tick:
    """Work that the scheduler begins now and then, as a task of its own, and not while the last is under way.

    The scheduler only knows how to cancel what it runs itself; ours is let come to its end.
    """

    def __init__(self, name: str, work: Callable[[], Awaitable[object]]) -> None:
        self.name, self._work = name, work
        self._task: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name=self.name)

    async def _run(self) -> None:
        try:
            await self._work()
        except Exception:
            # A defect: loud, and the next tick tries again.
            log.exception("unexpected error", tick=self.name)

    async def close(self, seconds: float) -> None:
        """Wait for what is under way; cancel it where `seconds` were not enough."""
        if self._task is not None and not self._task.done():
            await asyncio.wait({self._task}, timeout=seconds)
            self._task.cancel()


class Batcher(Generic[T]):
    """Stores what many tasks finish, as much as there is in one transaction, one transaction at a time."""

    def __init__(self, store: Callable[[list[T]], Awaitable[object]], most: int = BATCH) -> None:
        self._store, self._most = store, most
        self.open = True
        self._waiting: list[tuple[T, asyncio.Future[None]]] = []
        self._storing: asyncio.Task[None] | None = None

    async def add(self, item: T) -> None:
        """Returns when the item is stored; raises what storing its batch raised."""
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, stored))
        if self._storing is None or self._storing.done():
            self._storing = asyncio.create_task(self._store_all())
        await stored

    async def _store_all(self) -> None:
        await asyncio.sleep(GATHER_SECONDS)
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


class Daemon:
    """The lanes over one app, with the ticks that drive them."""

    def __init__(self, app: App, config: Path | None = None, systemd: Systemd | None = None) -> None:
        self.app, self.config = app, config
        self.systemd = systemd or Systemd({})
        self.pipeline = app.pipeline
        self.outcomes: Batcher[PollOutcome] = Batcher(self._record)
        self.readings: Batcher[Reading] = Batcher(self._settle)
        concurrency = app.settings.polling.concurrency
        self.polling: Lane[Feed] = Lane(
            "poll", concurrency, self._claim_feeds, self._poll, lambda feed: host_of(feed.url)
        )
        self.reading: Lane[QueuedEntry] = Lane(
            "read", READS, self._claim_entries, self._read, lambda item: host_of(item.entry.url)
        )
        self.sending: Lane[tuple[Delivery, Alert]] = Lane(
            "send", SENDS, self._claim_deliveries, self._send, lambda item: item[0].channel, per_group=1
        )
        self.lanes: tuple[Lane[Any], ...] = (self.polling, self.reading, self.sending)
        self._watch = FolderWatch(app.settings.rules)
        self._day = app.clock.now().date()
        self.delivered = 0
        self._stop = asyncio.Event()
        self._reloading = asyncio.Lock()
        self._listening = self._watching = False
        self._reload_wanted = False
        self._background: set[asyncio.Task[None]] = set()
        self._ticks: list[Tick] = []

    # --- running -----------------------------------------------------------------------------------

    def listen(self) -> None:
        """Obey signals from now on: while the app is still being loaded, what they ask for comes after that."""
        if self._listening:
            return
        self._listening = True
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        loop.add_signal_handler(signal.SIGHUP, self._reload_soon)

    def _reload_soon(self) -> None:
        if not self._watching:
            self._reload_wanted = True
            return
        task = asyncio.create_task(self.reload())
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def run(self) -> None:
        """Work until SIGTERM or SIGINT; SIGHUP reloads."""
        self.listen()
        scheduler = self._scheduler()
        scheduler.start()
        self.systemd.ready("watching")
        polled = await self.app.offload(self.app.store.polled_feeds, self.app.clock.now())
        log.info("watching", feeds=polled, rules=len(self.pipeline.rules.rules))
        self._watching = True
        if self._reload_wanted:
            self._reload_soon()
        for lane in self.lanes:
            lane.wake()
        try:
            await self._stop.wait()
        finally:
            self.systemd.stopping()
            log.info("stopping, finishing what is in flight", **{lane.name: lane.busy for lane in self.lanes})
            scheduler.shutdown(wait=False)
            self.outcomes.open = self.readings.open = False
            await asyncio.gather(
                *(lane.close(STOP_SECONDS) for lane in self.lanes),
                *(tick.close(STOP_SECONDS) for tick in self._ticks),
            )
            await asyncio.gather(self.outcomes.close(), self.readings.close())

    async def once(self) -> dict[str, int]:
        """Poll what is due, carry everything through to delivery, and say how much was done.

        Deliveries that fail are tried again at the next call, when they are due.
        """
        await self.app.offload(self.pipeline.release)
        await self.app.seeds_settled()
        while True:
            before = sum(lane.done for lane in self.lanes)
            for lane in self.lanes:
                await lane.fill()
                await lane.drain()
            if sum(lane.done for lane in self.lanes) == before:
                return {lane.name: lane.done for lane in self.lanes} | {"delivered": self.delivered}

    def stop(self) -> None:
        self._stop.set()

    async def reload(self) -> None:
        """Read configuration and rules again; a broken configuration leaves the old one in force."""
        async with self._reloading:
            self.systemd.reloading()
            try:
                settings: Settings = load_config(self.config) if self.config else self.app.settings
                await self.app.reload(settings)
                log.info("reloaded")
            except MonitorError as error:
                log.error("not reloaded, what was in force stays", why=str(error))
            finally:
                self.systemd.ready("watching")
        for lane in self.lanes:
            lane.wake()

    # --- ticks -------------------------------------------------------------------------------------

    def _scheduler(self) -> AsyncIOScheduler:
        # A late tick is run late, not skipped, and many late ones are one: due times are in the database.
        scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        works: list[tuple[str, Callable[[], Awaitable[object]], float]] = [
            *((lane.name, lane.fill, 1.0) for lane in self.lanes),
            ("rules", self._look_at_rules, 1.0),
            ("digests", self._release, 30.0),
            ("housekeeping", self._keep_house, 60.0),
        ]
        if self.systemd.watchdog_seconds:
            works.append(("watchdog", self._ping, self.systemd.watchdog_seconds / 2))
        for name, work, seconds in works:
            self._ticks.append(tick := Tick(name, work))
            scheduler.add_job(tick.begin, "interval", seconds=seconds, id=name)
        return scheduler

    async def _look_at_rules(self) -> None:
        if self._watch.folder != self.app.settings.rules:
            self._watch = FolderWatch(self.app.settings.rules)
        if await asyncio.to_thread(self._watch.changed, self.app.clock.now()):
            await self._guarded(self.app.reload_rules)

    async def _guarded(self, work: Callable[[], Awaitable[object]]) -> None:
        """A tick whose expected errors are lines in the log: the next tick tries again."""
        try:
            await work()
        except MonitorError as error:
            log.error("failed", why=str(error))

    async def _release(self) -> None:
        await self._guarded(partial(self.app.offload, self.pipeline.release))
        self.sending.wake()

    async def _keep_house(self) -> None:
        await self._guarded(partial(self.app.offload, self._keep_house_now))
        if self.app.clock.now().date() != self._day:
            self._day = self.app.clock.now().date()
            await self._guarded(self.app.reload_rules)  # a rule may run until yesterday only

    def _keep_house_now(self) -> None:
        before = self.app.clock.now() - self.app.settings.storage.keep
        dropped = self.app.store.drop_unmatched(before)
        if dropped:
            log.info("dropped texts that matched nothing", articles=dropped)
        self.app.store.checkpoint()
        self.app.refresh_clock()

    async def _ping(self) -> None:
        """Tell the watchdog that the daemon makes progress; being here shows that the event loop does."""
        now = asyncio.get_running_loop().time()
        stuck = [lane.name for lane in self.lanes if now - lane.finished_at > STUCK_SECONDS]
        if stuck:
            log.critical("no progress; the watchdog is not told that all is well", lanes=stuck)
        else:
            self.systemd.alive()

    async def _claimed(self, claim: Callable[..., list[T]], *args: Any) -> list[T]:
        """What there is to do; nothing once the daemon stops, also where the database made the claim wait."""

        def claim_unless_stopping() -> list[T]:
            return [] if self._stop.is_set() else claim(*args)

        return await self.app.offload(claim_unless_stopping)

    # --- what the lanes do -------------------------------------------------------------------------

    async def _claim_feeds(self, room: int, full: Collection[str]) -> Sequence[Feed]:
        now = self.app.clock.now()
        return await self._claimed(self.app.store.claim_feeds, now, room, POLL_LEASE, full, PER_HOST)

    async def _poll(self, feed: Feed) -> None:
        outcome = await self.pipeline.poll(feed)
        await self.outcomes.add(outcome)
        if outcome.entries:
            self.reading.wake()

    async def _record(self, outcomes: list[PollOutcome]) -> None:
        await self.app.offload(self.pipeline.record, outcomes)

    async def _claim_entries(self, room: int, full: Collection[str]) -> Sequence[QueuedEntry]:
        now = self.app.clock.now()
        return await self._claimed(self.app.store.claim_entries, now, room, READ_LEASE, full, PER_HOST)

    async def _read(self, queued: QueuedEntry) -> None:
        read = await self.pipeline.read(queued)
        if isinstance(read, Postponed):
            await self.app.offload(self.app.store.postpone_entry, queued, read.at, read.why)
        else:
            await self.readings.add(read)

    async def _settle(self, readings: list[Reading]) -> None:
        if await self.app.offload(self.pipeline.settle, readings):
            self.sending.wake()

    async def _claim_deliveries(self, room: int, full: Collection[str]) -> Sequence[tuple[Delivery, Alert]]:
        now = self.app.clock.now()
        return await self._claimed(self.app.store.claim_deliveries, now, room, SEND_LEASE, full)

    async def _send(self, item: tuple[Delivery, Alert]) -> None:
        if await self.pipeline.deliver(*item) is DeliveryState.SENT:
            self.delivered += 1


async def run(
    settings: Settings, config: Path, *, once: bool, since: timedelta | None
) -> dict[str, int] | None:
    """`monitor run`: until it is told to stop, or, with `once`, until what is due is done."""
    store = create_store(settings, "`run --once`" if once else "a daemon")
    app = App(settings, store, since)
    try:
        daemon = Daemon(app, config, None if once else Systemd())
        if not once:
            daemon.listen()
        await app.load(to_stay=not once)
        if once:
            return await daemon.once()
        await daemon.run()
        return None
    finally:
        with suppress(asyncio.CancelledError):
            await app.close()
