"""One life of the real daemon, with a trap that kills it at a named point, and a clock that skips idle hours.

The program itself knows nothing of this: its ports are wrapped here. Feeds and pages are read in the daemon
itself, because it makes no difference to what is stored where something was computed; messages are sent by
the real processes.
"""

from __future__ import annotations

import asyncio
import mmap
import os
import signal
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event, func, select, true

from monitor import log
from monitor.adapters.notifier import AppriseNotifier
from monitor.adapters.store import Database, Settlement, Store, migrate
from monitor.adapters.store.schema import channels, deliveries, entries, feeds, held
from monitor.app import App, policy_of
from monitor.config import load_config
from monitor.daemon import Daemon
from monitor.errors import MonitorError, StoreError
from monitor.model import Outcome
from monitor.send.keys import delivery_key
from tests.daemon.newsroom import html, piece, rss
from tests.fakes import InProcessWorkers

# The store's transactions by the name of their points: "settle: statement", ": before commit", ": after commit".
TRANSACTIONS = {
    "free_leases": "start",
    "sync_feeds": "sync",
    "claim_feeds": "claim feeds",
    "record_polls": "record",  # transaction (a)
    "claim_entries": "claim entries",
    "postpone_entry": "postpone",
    "settlement": "settle",  # transaction (b)
    "release_held": "release",  # what was held becomes alerts
    "report_troubles": "report",
    "claim_deliveries": "claim deliveries",
    "finish_attempt": "mark",
}
STEPS = ("statement", "before commit", "after commit")
POINTS = (
    *(
        f"{name}: {step}"
        for name in ("record", "claim entries", "settle", "claim deliveries", "mark")
        for step in STEPS
    ),
    "start: before commit",
    "claim feeds: after commit",
    "fetched",  # a feed or a page is here
    "parsed",  # a feed's bytes are entries, nothing is stored
    "extracted",  # a page is an article
    "rendered",  # a message is about to be sent
    "acknowledged",  # the receiver has the message and we know it, nothing is marked
)
RELEASES = tuple(f"release: {step}" for step in STEPS)  # only where something is held
# Points that lie outside, at the receiver: told by the ledger, not by the trap.
OUTSIDE = ("arrived", "answered")


class Trap:
    """Kills the process at a point, the nth time it comes there."""

    def __init__(self, point: str, nth: int) -> None:
        self._point, self._left = point, nth
        self._here = threading.local()  # which transaction is under way in this thread

    def at(self, point: str) -> None:
        if point == self._point:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def transaction(self, name: str) -> Iterator[None]:
        self._here.name = name
        try:
            yield
        finally:
            self._here.name = ""
        self.at(f"{name}: after commit")

    def within(self, step: str) -> None:
        if name := getattr(self._here, "name", ""):
            self.at(f"{name}: {step}")

    def watch(self, database: Database) -> None:
        event.listen(database.engine, "commit", lambda *_: self.within("before commit"))
        event.listen(database.engine, "after_cursor_execute", lambda *_: self.within("statement"))


def _trapped(method: str, name: str) -> Callable[..., Any]:
    def call(self: TrappedStore, *args: Any, **kwargs: Any) -> Any:
        with self.trap.transaction(name):
            return getattr(Store, method)(self, *args, **kwargs)

    return call


class TrappedStore(Store):
    """The store, with the trap around its transactions."""

    def __init__(self, database: Database, trap: Trap) -> None:
        super().__init__(database, delivery_key)
        self.trap = trap
        trap.watch(database)

    @contextmanager
    def settlement(self, now: datetime) -> Iterator[Settlement]:
        with self.trap.transaction("settle"), super().settlement(now) as tx:
            yield tx


for _method, _name in TRANSACTIONS.items():
    if _method != "settlement":
        setattr(TrappedStore, _method, _trapped(_method, _name))


class Trapped:
    """Anything whose named methods are followed by a point of the trap."""

    def __init__(self, inner: Any, trap: Trap, **points: str) -> None:
        self._inner, self._trap, self._points = inner, trap, points

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name not in self._points:
            return found

        async def call(*args: Any, **kwargs: Any) -> Any:
            result = await found(*args, **kwargs)
            self._trap.at(self._points[name])
            return result

        return call


class TrappedNotifier(Trapped):
    """The notifier, with the trap before a message leaves and after it was taken."""

    async def send(self, *args: Any) -> Any:
        self._trap.at("rendered")
        result = await self._inner.send(*args)
        if result.outcome is Outcome.SENT:
            self._trap.at("acknowledged")
        return result


class Workers(InProcessWorkers):
    """Workers that need not be started."""

    def start(self) -> None: ...

    async def close(self) -> None: ...


def read_like_a_worker() -> None:
    """Import and use what workers need, so that who is forked from here has it."""
    from monitor.collect.parse import parse_feed
    from monitor.extract.page import extract_page

    item = piece("warm")
    parsed = parse_feed(
        rss("http://127.0.0.1", item).encode(), "application/rss+xml", "http://127.0.0.1/feed"
    )
    extract_page(html(item).encode(), "text/html", "http://127.0.0.1/page", parsed.entries[0])


class SkippingClock:
    """The machine's clock, set forward by as many seconds as the file says, which all lives of a world share."""

    def __init__(self, file: Path) -> None:
        with file.open("r+b") as opened:
            self._ahead = mmap.mmap(opened.fileno(), 8)

    @staticmethod
    def make(file: Path) -> SkippingClock:
        file.write_bytes(struct.pack("d", 0.0))
        return SkippingClock(file)

    @property
    def ahead(self) -> timedelta:
        return timedelta(seconds=struct.unpack("d", self._ahead[:8])[0])

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def skip(self, by: timedelta) -> None:
        self._ahead[:8] = struct.pack("d", (self.ahead + by).total_seconds())


@dataclass(frozen=True)
class Order:
    """What is to become of a life: killed at the nth `point` ("": only from outside), and how far it may skip."""

    config: str
    point: str = ""
    nth: int = 1
    skips: float = 0.0  # seconds of idle time
    busy_seconds: float = 5.0
    senders: int = 2  # processes that send


def begin(order: Order) -> None:
    """Live, in this process, until killed or told to stop."""
    log.set_up("info", "text")
    with suppress(MonitorError):  # said in the log; whoever waits for this life sees it end
        asyncio.run(_live(order))


async def _live(order: Order) -> None:
    config = Path(order.config)
    settings, trap = load_config(config), Trap(order.point, order.nth)
    database = Database(settings.database, busy_seconds=order.busy_seconds)
    database.claim_presence()
    migrate.upgrade(database)
    store, clock = TrappedStore(database, trap), SkippingClock(config.parent / "clock")
    if database.is_sqlite:
        store.free_leases()
    app = App(settings, store, clock=clock)
    pipeline = app.pipeline
    app.workers = Workers()  # type: ignore[assignment]
    pipeline.workers = Trapped(app.workers, trap, parse_feed="parsed", extract="extracted")  # type: ignore[assignment]
    pipeline.fetcher = Trapped(app.fetcher, trap, fetch="fetched")  # type: ignore[assignment]
    app.notifier = AppriseNotifier(policy_of(settings).channels.values(), workers=order.senders)
    pipeline.notifier = TrappedNotifier(app.notifier, trap)  # type: ignore[assignment]
    try:
        daemon = Daemon(app, config)
        daemon.listen()
        await app.load()
        skipping = asyncio.create_task(_skip_idle_time(daemon, clock, order.skips))
        await daemon.run()
        skipping.cancel()
    finally:
        await app.close()


# When work that is not due yet falls due, and when what a dead daemon had falls to the next one.
_DUES: tuple[tuple[Any, Any], ...] = (
    (deliveries.c.next_at, deliveries.c.state.in_(["pending", "failed", "unknown"])),
    (deliveries.c.lease_until, deliveries.c.state == "leased"),
    (entries.c.next_at, entries.c.state == "queued"),
    (entries.c.lease_until, entries.c.state == "queued"),
    (held.c.until, true()),
    (channels.c.rest_until, true()),
    (feeds.c.due_at, feeds.c.retired_at.is_(None)),
    (feeds.c.lease_until, feeds.c.retired_at.is_(None)),
)


async def _skip_idle_time(daemon: Daemon, clock: SkippingClock, left: float) -> None:
    """Set the clock forward to the next work whenever there is none, by no more than `left` seconds in all."""
    app, idle = daemon.app, 0
    while left > 0:
        await asyncio.sleep(0.05)
        idle = 0 if any(lane.busy for lane in (daemon.reading, daemon.sending)) else idle + 1
        if idle < 4:
            continue
        with suppress(StoreError):
            soon = clock.now() + timedelta(seconds=0.5)
            due = await app.offload(_next_due, app.store.database, soon, daemon.polling.busy > 0)
            if due is not None:
                step = min((due - clock.now()).total_seconds() + 0.01, left)
                clock.skip(timedelta(seconds=step))
                left, idle = left - step, 0
                for lane in daemon.lanes:
                    lane.wake()


def _next_due(database: Database, soon: datetime, polling: bool) -> datetime | None:
    with database.read() as c:
        dues = [
            c.scalar(select(func.min(at)).where(at > soon, waits))
            for at, waits in _DUES
            if not (polling and at is feeds.c.lease_until)  # those are our own
        ]
    return min((due for due in dues if due is not None), default=None)
