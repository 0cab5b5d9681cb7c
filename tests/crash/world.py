"""A daemon that is killed over and over, the world around it, and what came of everything in the end."""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, func, make_url, select

from monitor.adapters.store import Database
from monitor.adapters.store.schema import alerts, articles, attempts, deliveries, entries, held
from monitor.errors import StoreError
from monitor.model import Kind
from tests.crash.life import OUTSIDE, Order, SkippingClock
from tests.crash.outside import AT_ONCE, FEEDS, RECEIVED, RULES, Ledger, Outside, Receipt, configuration
from tests.daemon.harness import monitor
from tests.postgres import Server

ROOT = Path(__file__).parents[2]
LONGEST_LIFE = 8.0  # seconds, also where the point is never reached
LONGEST_DRAIN = 120.0
LONGEST_DEATH = 10.0  # until the last process of a daemon that was killed has noticed
READ = (
    "done",
    "again",
)  # states of entries that are articles; of the latter the page is looked at again one day
# One thread each: what is forked has none but its own.
_ENVIRONMENT = {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


@dataclass(frozen=True)
class Kill:
    """A kill, and which keys a receiver had by then that were not marked as sent."""

    at: float  # seconds, of the monotonic clock: when nothing of that life was left
    point: str
    unmarked: frozenset[str]


@dataclass
class Books:
    """What one world came to. Pairs are (channel, article)."""

    expected: int = 0
    lost: set[tuple[str, str]] = field(default_factory=set)
    spurious: set[tuple[str, str]] = field(default_factory=set)
    duplicates: int = 0
    unexplained: list[str] = field(default_factory=list)  # duplicates within no bound, a line each
    between: int = 0  # receipts that were acknowledged, and a kill came before we had marked them
    overrun: int = 0  # leases that ran out while their message was being sent
    unanswered: int = 0  # receipts whose acknowledgement was lost on its way
    points: Counter[str] = field(default_factory=Counter)  # kills by point
    refused: int = 0  # starts that the database refused
    wrong: list[str] = field(default_factory=list)  # what else does not agree

    @property
    def kills(self) -> int:
        return self.points.total()

    @property
    def bound(self) -> int:
        """How many duplicates there may be."""
        return self.between + self.unanswered + self.overrun

    @property
    def is_sound(self) -> bool:
        return (
            not (self.lost or self.spurious or self.unexplained or self.wrong)
            and self.duplicates <= self.bound
        )

    def add(self, other: Books) -> None:
        self.expected += other.expected
        self.lost |= other.lost
        self.spurious |= other.spurious
        self.duplicates += other.duplicates
        self.unexplained += other.unexplained
        self.between += other.between
        self.unanswered += other.unanswered
        self.overrun += other.overrun
        self.points += other.points
        self.refused += other.refused
        self.wrong += other.wrong


class World:
    """A folder, a database and the outside of one daemon. `async with` starts and ends it."""

    def __init__(
        self,
        folder: Path,
        name: str,
        *,
        database: str = "",
        before: tuple[str, ...] = (),
        more: str = "",
        inside: bool = False,
        shipped: bool = False,
        senders: int = 2,
    ) -> None:
        """`before` is a command that runs the daemons; `inside` where it gives them a file system of their own.

        `shipped` daemons are the program as it is, with its own clock and nothing wrapped.
        """
        self._shipped, self._senders = shipped, senders
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.name, self._before, self._more = folder, name, before, more
        self._database = database or f"sqlite:///{folder / 'monitor.db'}"
        self.clock = SkippingClock.make(folder / "clock")
        self.outside = Outside(self.clock.now)
        self.chance = random.Random(name)
        self.abouts = AT_ONCE
        self.server: Server | None = None  # PostgreSQL, where whoever made the world runs one
        self.kills: list[Kill] = []
        self.refused = 0
        self.ended: list[Kill] = []  # lives that ended by themselves, before their work was marked
        self.overrun: list[str] = []  # keys of what was being sent when a lease ran out
        self.pid: int | None = None
        self._inside = inside
        self._nursery: asyncio.subprocess.Process | None = None

    @property
    def ledger(self) -> Ledger:
        return self.outside.ledger

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text("utf-8", "replace")

    async def __aenter__(self) -> World:
        await self.outside.__aenter__()
        (self.folder / "rules").mkdir(exist_ok=True)
        (self.folder / "rules" / "rules.yaml").write_text(RULES, "utf-8")
        config = configuration(self.outside, self._database, self._more)
        (self.folder / "monitor.toml").write_text(config, "utf-8")
        if not self._shipped:
            self._nursery = await self._start_nursery()
        await self._finish(lambda: "watching" in self.log and self._is_idle())  # the baseline
        return self

    async def _start_nursery(self) -> asyncio.subprocess.Process:
        nursery = await asyncio.create_subprocess_exec(
            *self._before,
            *(sys.executable, "-m", "tests.crash.nursery"),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, **_ENVIRONMENT},
        )
        await self._said(nursery)
        return nursery

    async def __aexit__(self, *_: object) -> None:
        self.kill()
        if self._nursery is not None:
            assert self._nursery.stdin is not None
            self._nursery.stdin.close()
            await self._nursery.wait()
        await self.outside.__aexit__(None, None, None)

    # --- lives -------------------------------------------------------------------------------------

    async def _said(self, nursery: asyncio.subprocess.Process) -> str:
        assert nursery.stdout is not None
        line = (await nursery.stdout.readline()).decode().strip()
        assert line, f"the nursery has ended: {self.log[-2000:]}"
        return line

    async def _ordered(self, nursery: asyncio.subprocess.Process, order: Order) -> int:
        """The process of a daemon that begins to live now."""
        assert nursery.stdin is not None
        asked = {**asdict(order), "log": str(self.folder / "log")}
        nursery.stdin.write(json.dumps(asked).encode() + b"\n")
        return int(await self._said(nursery))

    async def _born(
        self, point: str = "", nth: int = 1, skips: float = 0.0, busy_seconds: float = 5.0
    ) -> asyncio.Task[int]:
        """Start a daemon; the task ends with its exit status, or the negative number of the signal that killed it."""
        if self._shipped:
            return await self._born_as_shipped()
        assert self._nursery is not None
        nursery = self._nursery
        pid = self.pid = await self._ordered(nursery, self._order(point, nth, skips, busy_seconds))

        async def ended() -> int:
            status = os.waitstatus_to_exitcode(int(await self._said(nursery)))
            await _all_of(pid)
            self.pid = None
            return status

        return asyncio.create_task(ended())

    def _order(self, point: str = "", nth: int = 1, skips: float = 0.0, busy_seconds: float = 5.0) -> Order:
        return Order(str(self.folder / "monitor.toml"), point, nth, skips, busy_seconds, self._senders)

    @asynccontextmanager
    async def another_node(self) -> AsyncIterator[int]:
        """A second daemon on the same PostgreSQL, by its process's id; killed when the block ends."""
        nursery = await self._start_nursery()
        pid = await self._ordered(nursery, self._order())
        try:
            yield pid
        finally:
            os.kill(pid, signal.SIGKILL)
            await self._said(nursery)
            await _all_of(pid)
            assert nursery.stdin is not None
            nursery.stdin.close()
            await nursery.wait()
            await self._bury("anywhere")

    async def outlast_leases(self) -> None:
        """Let so much time pass at once that every lease runs out, also of those who still work."""
        states = await self._states()
        self.overrun += [key for key, state in states.items() if state == "leased"]
        self.clock.skip(timedelta(minutes=11))

    async def _born_as_shipped(self) -> asyncio.Task[int]:
        with (self.folder / "log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "monitor", "-c", str(self.folder / "monitor.toml"), "run"),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **_ENVIRONMENT},
                start_new_session=True,
            )
        pid = self.pid = process.pid

        async def ended() -> int:
            status = await process.wait()
            await _all_of(pid)
            self.pid = None
            return status

        return asyncio.create_task(ended())

    def kill(self) -> None:
        if self.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    async def live(
        self,
        point: str = "",
        nth: int = 1,
        *,
        seconds: float = LONGEST_LIFE,
        news: int = 2,
        meanwhile: Callable[[], object] = lambda: None,
        busy_seconds: float = 5.0,
        skips: float = 120.0,
    ) -> None:
        """A life that ends at the nth `point`, or after `seconds`, always by SIGKILL. `news` articles come in it."""
        self.outside.on_receipt = self._trap_outside(point, nth)
        early = self.chance.random() < 0.5
        if early:
            self.publish(news)
        life = await self._born("" if point in OUTSIDE else point, nth, skips, busy_seconds)
        deadline = time.monotonic() + seconds
        meanwhile()
        await asyncio.wait({life}, timeout=min(self.chance.uniform(0, 0.8), seconds))
        if not early:
            self.publish(news)
        await asyncio.wait({life}, timeout=max(deadline - time.monotonic(), 0))
        reached = life.done()
        self.kill()
        status = await life
        self.outside.on_receipt = lambda _: None
        if status == 0:
            self.refused += 1  # it could not start, or go on: the database was not to be had
            self.ended.append(await self._ended("refused"))
            return
        assert status == -signal.SIGKILL, f"{self.name}: a life ended by itself: {self.log[-3000:]}"
        await self._bury(point if reached and point else "anywhere")

    def publish(self, number: int) -> None:
        self.outside.publish(self.chance.choices(self.abouts, k=number), self.chance)

    async def command(self, *arguments: str) -> None:
        """A command beside the daemon, as the operator types it."""
        said = await asyncio.to_thread(monitor, self.folder / "monitor.toml", *arguments)
        assert said.code == 0, said.text

    def _trap_outside(self, point: str, nth: int) -> Callable[[str], None]:
        """Kill as a message arrives, before it is answered; or right after the answer has gone out."""
        left = nth

        def told(_: str) -> None:
            nonlocal left
            left -= 1
            if left == 0 and point == "arrived":
                self.kill()
            elif left == 0 and point == "answered":
                asyncio.get_running_loop().call_soon(self.kill)

        return told

    async def _bury(self, point: str) -> None:
        self.kills.append(await self._ended(point))

    async def _ended(self, point: str) -> Kill:
        """What the dead daemon had not marked of what receivers have."""
        states = await self._states()
        unmarked = {key for key in self.ledger.by_key() if states.get(key) not in (None, "sent")}
        return Kill(time.monotonic(), point, frozenset(unmarked))

    async def _states(self) -> dict[str, str]:
        """Every delivery's state by its key, as soon as the database is to be had."""
        for _ in range(300):
            with suppress(StoreError), self._reading() as c:
                return {row.key: row.state for row in c.execute(select(deliveries.c.key, deliveries.c.state))}
            await asyncio.sleep(0.1)
        raise AssertionError(f"{self.name}: the database has gone")

    # --- the end -----------------------------------------------------------------------------------

    async def drain(self) -> Books:
        """Let a daemon finish everything in a healthy world; what it all came to."""
        await self.outside.misbehave({})
        status = await self._finish(
            lambda: self.ledger.expected() <= self.ledger.arrived() and self._is_idle()
        )
        books = self._books()
        if status not in (
            0,
            -signal.SIGTERM,
        ):  # the other node may have done it all before this one had begun
            books.wrong.append(f"the last daemon ended with {status}: {self.log[-2000:]}")
        return books

    async def _finish(self, is_done: Callable[[], bool]) -> int:
        """A daemon that runs until it is done, or for LONGEST_DRAIN, and is then told to stop; its exit status."""
        life = await self._born(skips=7 * 86400.0)
        deadline = time.monotonic() + LONGEST_DRAIN
        while time.monotonic() < deadline and not life.done():
            await asyncio.sleep(0.1)
            if is_done():
                break
        if self.pid is not None:
            os.kill(self.pid, signal.SIGTERM)
        return await life

    def _is_idle(self) -> bool:
        """Whether every article is stored and nothing is left to send."""
        with self._reading() as c:
            done = c.scalar(select(func.count()).where(entries.c.state.in_(READ)))
            open_ = c.scalar(select(func.count()).where(deliveries.c.state.not_in(["sent", "dead"])))
            held_ = c.scalar(select(func.count()).select_from(held))
        return done == len(self.ledger.published) + len(FEEDS) and not (open_ or held_)

    def _books(self) -> Books:
        ledger = self.ledger
        expected, arrived = ledger.expected(), ledger.arrived()
        books = Books(len(expected), expected - arrived, arrived - expected)
        books.points.update(kill.point for kill in self.kills)
        books.refused, books.overrun = self.refused, len(self.overrun)
        repeats = self._repeats()
        told: dict[tuple[str, str], str] = {}
        for key, receipts in ledger.by_key().items():
            for receipt in receipts:
                for slug in receipt.slugs:
                    if key not in repeats and told.setdefault((receipt.channel, slug), key) != key:
                        books.spurious.add((receipt.channel, slug))  # told twice, under another name
            self._count(books, key, receipts)
        self._agree(books)
        return books

    def _repeats(self) -> set[str]:
        """The keys of messages that repeat what nobody answered."""
        of_repeats = deliveries.join(alerts, alerts.c.id == deliveries.c.alert_id)
        with self._reading() as c:
            found = select(deliveries.c.key).select_from(of_repeats).where(alerts.c.kind == Kind.REPEAT.value)
            return set(c.scalars(found))

    def _count(self, books: Books, key: str, receipts: list[Receipt]) -> None:
        """Duplicates of one key. Each receipt may lead to one more, if it has a reason to be repeated."""
        books.duplicates += len(receipts) - 1
        for receipt, following in zip_longest(receipts, receipts[1:]):
            until = following.at if following else float("inf")
            unmarked = any(
                key in kill.unmarked and receipt.at <= kill.at <= until for kill in (*self.kills, *self.ended)
            )
            books.unanswered += receipt.how != "acknowledged"
            books.between += receipt.how == "acknowledged" and unmarked
            if following and receipt.how == "acknowledged" and not unmarked and key not in self.overrun:
                books.unexplained.append(f"{self.name}: {receipt} and {following}")
            if following and (receipt.channel, receipt.slugs) != (following.channel, following.slugs):
                books.wrong.append(f"{self.name}: one key for {receipt} and {following}")

    def _agree(self, books: Books) -> None:
        """The database is sound, and says what the ledger says."""
        published = len(self.ledger.published) + len(FEEDS)
        with self._reading() as c:
            if c.dialect.name == "sqlite":
                for pragma, fine in (("integrity_check", [("ok",)]), ("foreign_key_check", [])):
                    if (found := [tuple(row) for row in c.exec_driver_sql(f"PRAGMA {pragma}")]) != fine:
                        books.wrong.append(f"{self.name}: PRAGMA {pragma}: {found}")
            stored = c.scalar(select(func.count()).select_from(articles))
            if stored != published:
                books.wrong.append(f"{self.name}: {stored} articles, {published} published")
            states = dict(
                map(tuple, c.execute(select(entries.c.state, func.count()).group_by(entries.c.state)))
            )
            if not states.keys() <= set(READ) or sum(states.values()) != published:
                books.wrong.append(f"{self.name}: entries {states}, {published} published")
            for state, count in c.execute(
                select(deliveries.c.state, func.count()).group_by(deliveries.c.state)
            ):
                if state != "sent":
                    books.wrong.append(f"{self.name}: {count} deliveries {state}")
            if open_ := c.scalar(select(func.count()).where(attempts.c.outcome.is_(None))):
                books.wrong.append(f"{self.name}: {open_} attempts without an outcome")
            keys = set(c.scalars(select(deliveries.c.key)))
        if unknown := {r.key for r in self.ledger.receipts if r.how in RECEIVED} - keys:
            books.wrong.append(f"{self.name}: keys that no delivery has: {sorted(unknown)[:3]}")

    @property
    def nursery_pid(self) -> int:
        assert self._nursery is not None
        return self._nursery.pid

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """The database as it is now, read from outside of the daemon."""
        with TemporaryDirectory() as place:
            database = Database(self._copied(Path(place)) if self._inside else self._database)
            try:
                with database.read() as connection:
                    yield connection
            finally:
                database.close()

    def _copied(self, place: Path) -> str:
        """A copy out of the daemon's own file system: SQLite would look for the name in ours."""
        path = make_url(self._database).database
        for suffix in ("", "-wal"):  # in this order: what the WAL has more is left out of the other
            with suppress(FileNotFoundError):
                shutil.copyfile(f"/proc/{self.nursery_pid}/root{path}{suffix}", place / f"copy.db{suffix}")
        return f"sqlite:///{place / 'copy.db'}"


async def _all_of(daemon: int) -> None:
    """Until every process of a dead daemon has ended: its senders notice moments later, and may send till then."""
    deadline = time.monotonic() + LONGEST_DEATH
    while left := [one for one in _session(daemon) if one != daemon]:
        assert time.monotonic() < deadline, f"processes {left} outlive their daemon"
        await asyncio.sleep(0.01)


def _session(leader: int) -> Iterator[int]:
    """The processes of a session that live."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                state, _, _, session = (entry / "stat").read_text("utf-8").rpartition(")")[2].split()[:4]
                if int(session) == leader and state not in "ZX":
                    yield int(entry.name)
