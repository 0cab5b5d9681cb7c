"""The daemon: what runs when, and how it stops. The only import of apscheduler.

The scheduler only ticks: when something is due is in the database. Each tick lets a lane claim what is due
and work on it, up to so much at once; what lanes finish is stored in batches.

    poll lane     due feeds          ─▶ record   transaction (a)
    read lane     queued entries     ─▶ settle   transaction (b)
    send lane     open deliveries    ─▶ mark
"""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from monitor.adapters.heartbeat import Heartbeat
from monitor.adapters.systemd import Systemd
from monitor.adapters.watch import FolderWatch, seconds_since_edit
from monitor.app import App, create_store
from monitor.collect.hosts import share_of
from monitor.collect.news import KNOWN_FOR
from monitor.config import Settings, load_config
from monitor.errors import MonitorError
from monitor.lanes import PER_HOST, Batcher, Lane
from monitor.model import Alert, Delivery, DeliveryState, Feed, PollOutcome, QueuedEntry
from monitor.pipeline import Postponed, Reading

log = structlog.get_logger(__name__)

T = TypeVar("T")

# Leases outlast the longest work of their kind: a poll or a page may wait for its host's turn behind
# others, be redirected five times within its total time, and be parsed; a delivery has one attempt.
POLL_LEASE = READ_LEASE = timedelta(minutes=10)
SEND_LEASE = timedelta(minutes=3)
READS, SENDS = 128, 32  # under way at once
_AHEAD = 3  # times as many feeds as are asked at once are claimed, or wait to be stored together
STOP_SECONDS = 8.0  # for what is in flight, of the 10 in which the daemon is gone
MOST_SECONDS_OF_EDITS = 5  # for which a reload by signal waits
_GARBAGE = (10_000, 20, 20)  # objects until it is looked for in the young ones; lookings until in older ones
STUCK_SECONDS = 300.0  # a lane that has not come to an end of anything for so long does no more work


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


class Daemon:
    """The lanes over one app, with the ticks that drive them."""

    def __init__(self, app: App, config: Path | None = None, systemd: Systemd | None = None) -> None:
        self.app, self.config = app, config
        self.systemd, self.pipeline = systemd or Systemd({}), app.pipeline
        self.outcomes: Batcher[PollOutcome] = Batcher(self._record)
        self.readings: Batcher[Reading] = Batcher(self._settle)
        concurrency = app.settings.polling.concurrency
        self._asking = asyncio.Semaphore(concurrency)
        self.polling: Lane[Feed] = Lane(
            "poll", _AHEAD * concurrency, self._claim_feeds, self._poll, lambda feed: share_of(feed.url)
        )
        self.reading: Lane[QueuedEntry] = Lane(
            "read", READS, self._claim_entries, self._read, lambda item: share_of(item.entry.url)
        )
        self.sending: Lane[tuple[Delivery, Alert]] = Lane(
            "send", SENDS, self._claim_deliveries, self._send, lambda item: item[0].channel, per_group=1
        )
        self.lanes: tuple[Lane[Any], ...] = (self.polling, self.reading, self.sending)
        self._watch = FolderWatch(app.settings.rules)
        self._rules_wanted = False  # an edit was seen that is not in force yet
        self._day = app.clock.now().date()
        self._heartbeat = Heartbeat(app.store.database, app.offload, app.clock)
        app.push.on_news = self.reading.wake
        self.delivered = self.well_polled = 0
        self._due_by: datetime | None = None  # of the feeds that a single run polls
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
            loop.add_signal_handler(number, self.stop)
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
                self.app.push.close(STOP_SECONDS),
            )
            await asyncio.gather(self.outcomes.close(), self.readings.close())

    async def once(self) -> dict[str, int]:
        """Poll what is due, carry everything through to delivery, and say how much was done.

        Deliveries that fail are tried again at the next call, when they are due.
        """
        await self.app.offload(self.pipeline.release)
        await self.app.seeds_settled()
        # What falls due again meanwhile is the next call's: short intervals would keep this one for ever.
        self._due_by = self.app.clock.now()
        while True:
            before = sum(lane.done for lane in self.lanes)
            for lane in self.lanes:
                await lane.fill()
                await lane.drain()
            if sum(lane.done for lane in self.lanes) == before and not await self.pipeline.turn_comes():
                break
        await self._report_health(at_once=True)
        # Nobody is there to release later what only waits for other updates of its story.
        await self.app.offload(self.pipeline.release, groups=True)
        self.sending.wake()
        await self.sending.drain()
        done = {lane.name: lane.done for lane in self.lanes}
        return done | {"delivered": self.delivered, "well_polled": self.well_polled}

    def stop(self) -> None:
        """End: what is in flight is finished, rules that are being read are not."""
        self._stop.set()
        self.pipeline.stop()
        self.app.stop_reading_rules()

    @property
    def is_stopping(self) -> bool:
        return self._stop.is_set()

    async def reload(self) -> None:
        """Read configuration and rules again; a broken configuration leaves the old one in force."""
        async with self._reloading:
            self.systemd.reloading()
            try:
                settings: Settings = load_config(self.config) if self.config else self.app.settings
                await _quiet(settings.rules)
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
            ("release", self._release, 2.0),
            ("hubs", partial(self._guarded, self.app.push.tick), 2.0),
            ("housekeeping", self._keep_house, 60.0),
            ("health", self._report_health, 60.0),
            ("heartbeat", self._beat, 5.0),
        ]
        if self.systemd.watchdog_seconds:
            works.append(("watchdog", self._ping, self.systemd.watchdog_seconds / 2))
        for name, work, seconds in works:
            self._ticks.append(tick := Tick(name, work))
            scheduler.add_job(tick.begin, "interval", seconds=seconds, id=name)
        return scheduler

    async def _look_at_rules(self) -> None:
        if self._watch.folder != self.app.settings.rules:
            self._watch, self._rules_wanted = FolderWatch(self.app.settings.rules), True
        self._rules_wanted |= await asyncio.to_thread(self._watch.changed, self.app.clock.now())
        if self._rules_wanted:
            await self._guarded(self._reload_rules)

    async def _reload_rules(self) -> None:
        await self.app.reload_rules()
        self._rules_wanted = False

    async def _guarded(self, work: Callable[[], Awaitable[object]]) -> None:
        """A tick whose expected errors are lines in the log: the next tick tries again."""
        try:
            await work()
        except MonitorError as error:
            log.error("failed", why=str(error))

    async def _release(self) -> None:
        await self._guarded(self._release_held)

    async def _release_held(self) -> None:
        if await self.app.offload(self.pipeline.release):
            self.sending.wake()

    async def _keep_house(self) -> None:
        await self._guarded(partial(self.app.offload, self._keep_house_now))
        await self._guarded(partial(self.app.pacing.tick, self.app.settings))
        if self.app.clock.now().date() != self._day:
            self._day, self._rules_wanted = (
                self.app.clock.now().date(),
                True,
            )  # a rule may run until yesterday
        # What could not be read may be readable now without an edit: the disk is back, or the network.
        self._rules_wanted |= self.app.rules_unread

    def _keep_house_now(self) -> None:
        now, keep = self.app.clock.now(), self.app.settings.storage.keep
        dropped = self.app.store.drop_unmatched(now - keep)
        if dropped:
            log.info("dropped texts that matched nothing", articles=dropped)
        self.app.store.forget_entries(now - max(keep, KNOWN_FOR))
        self.app.store.checkpoint()
        self.app.refresh_clock()

    async def _report_health(self, *, at_once: bool = False) -> None:
        """Tell the operator of feeds that fail, are quiet or gone, and of a network that is away."""
        report = partial(self.pipeline.report_health, at_once=at_once)
        await self._guarded(partial(self.app.offload, report))
        self.sending.wake()

    async def _ping(self) -> None:
        """Tell the watchdog that the daemon makes progress; being here shows that the event loop does."""
        if stuck := self._stuck():
            log.critical("no progress; the watchdog is not told that all is well", lanes=stuck)
        else:
            self.systemd.alive()

    async def _beat(self) -> None:
        """Tell whoever minds the heartbeat the same, where the database, which holds all alerts, takes them too."""
        unwell = [f"no progress of the {name} lane" for name in self._stuck()]
        await self._heartbeat.tick(self.app.settings.heartbeat, unwell)

    def _stuck(self) -> list[str]:
        """The lanes that make no progress."""
        now = asyncio.get_running_loop().time()
        return [lane.name for lane in self.lanes if now - lane.finished_at > STUCK_SECONDS]

    async def _claimed(self, claim: Callable[..., list[T]], *args: Any) -> list[T]:
        """What there is to do; nothing once the daemon stops, also where the database made the claim wait."""

        def claim_unless_stopping() -> list[T]:
            return [] if self._stop.is_set() else claim(*args)

        return await self.app.offload(claim_unless_stopping)

    # --- what the lanes do -------------------------------------------------------------------------

    async def _claim_feeds(self, room: int, full: Collection[str]) -> Sequence[Feed]:
        now = self._due_by or self.app.clock.now()
        if not (room := self.pipeline.watch.feeds_allowed(room, now)):
            return []
        return await self._claimed(self.app.store.claim_feeds, now, room, POLL_LEASE, full, PER_HOST)

    async def _poll(self, feed: Feed) -> None:
        async with self._asking:
            outcome = await self.pipeline.poll(feed)
        self.well_polled += outcome.feed.good_at != feed.good_at
        await self.outcomes.add(outcome)
        if outcome.entries:
            self.reading.wake()

    async def _record(self, outcomes: list[PollOutcome]) -> None:
        await self.app.offload(self.pipeline.record, outcomes)

    async def _claim_entries(self, room: int, full: Collection[str]) -> Sequence[QueuedEntry]:
        now = self.app.clock.now()
        if not (room := self.pipeline.watch.pages_allowed(room)):
            return []
        return await self._claimed(self.app.store.claim_entries, now, room, READ_LEASE, full, PER_HOST)

    async def _read(self, queued: QueuedEntry) -> None:
        read = await self.pipeline.read(queued)
        if isinstance(read, Postponed):
            put_back = partial(self.app.store.postpone_entry, spent=read.spent)
            await self.app.offload(put_back, queued, read.at, read.why)
        elif read is not None:
            await self.readings.add(read)

    async def _settle(self, readings: list[Reading]) -> None:
        if await self.app.offload(self.pipeline.settle, readings):
            self.sending.wake()

    async def _claim_deliveries(self, room: int, full: Collection[str]) -> Sequence[tuple[Delivery, Alert]]:
        full = {*full, *self.app.notifier.crowded()}
        return await self._claimed(self.pipeline.claim_deliveries, room, SEND_LEASE, full)

    async def _send(self, item: tuple[Delivery, Alert]) -> None:
        if await self.pipeline.deliver(*item) is DeliveryState.SENT:
            self.delivered += 1


async def _quiet(folder: Path) -> None:
    """Wait until nobody has written a rule file for a second, but not for ever: half an edit is none."""
    for _ in range(MOST_SECONDS_OF_EDITS):
        if not 0 <= await asyncio.to_thread(seconds_since_edit, folder) < 1:
            return
        await asyncio.sleep(1)


def look_rarely_for_garbage() -> None:
    """For a process that is all daemon: what was loaded stays, and what polls leave behind is freed as it goes.

    What only the collector finds is little, and to look for it as often as Python does by itself costs a sixth
    of the processor time of polling.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GARBAGE)


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
        try:
            await app.load(to_stay=not once)
        except MonitorError:
            if daemon.is_stopping:
                return None
            raise
        look_rarely_for_garbage()
        if once:
            return await daemon.once()
        await daemon.run()
        return None
    finally:
        with suppress(asyncio.CancelledError):
            await app.close()
