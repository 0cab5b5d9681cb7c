"""The demonstration: the real daemon and the shipped rules, a newsroom and a mailbox on loopback.

The daemon is a process of its own, started with the command that a service would run. Nothing leaves the
machine and nothing stays on it: everything lives in a temporary folder.
"""

from __future__ import annotations

import asyncio
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from rich.console import Console

from monitor.demo.articles import Edition, Piece, load_edition
from monitor.demo.daemon import LOG, Daemon, prepare, running
from monitor.demo.mail import AlertMail, read_alert
from monitor.demo.mailbox import Mailbox, Receipt, open_mailbox
from monitor.demo.newsroom import Newsroom, publish_all, publish_bulletins, serve, utc_now
from monitor.demo.show import Show
from monitor.demo.verdict import Told, Verdict, expected_of, judge
from monitor.errors import DemoError
from monitor.model import Kind
from monitor.text import one_line

BASELINE_SECONDS = 60.0  # for the daemon to start and read every feed once
ARRIVAL_SECONDS = 30.0  # after the last publication, for the last expected alert
QUIET_SECONDS = 3.0  # then, in which nothing may follow
SPARE_SECONDS = 30.0  # beyond what a step should take, before it is given up
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Play:
    """What a running demonstration knows: the newsroom, what arrived, and where it is shown."""

    room: Newsroom
    show: Show
    received: list[Told] = field(default_factory=list)
    first_at: datetime | None = None
    arrival: asyncio.Event = field(default_factory=asyncio.Event)

    def on_receipt(self, receipt: Receipt) -> None:
        """Recognise a mail, remember it, show it."""
        mail = read_alert(receipt.message)
        piece = find_piece(self.room, mail)
        self.received.append(Told(mail.rule, mail.kind, piece.slug if piece else mail.subject))
        self.first_at = self.first_at or receipt.at
        item = self.room.current.get((piece.outlet.key, piece.page)) if piece else None
        self.show.mail(mail, receipt.at, item.updated if item else None)
        self.arrival.set()

    async def told_before(self, piece: Piece) -> None:
        """Return once what the piece follows was told, or will not be any more: then the verdict says it."""
        with suppress(TimeoutError):
            async with asyncio.timeout(ARRIVAL_SECONDS):
                while piece.follows and piece.follows not in (told.piece for told in self.received):
                    self.arrival.clear()
                    await self.arrival.wait()

    def verdict(self) -> Verdict:
        return judge(expected_of(self.room.edition), self.received)


def find_piece(room: Newsroom, mail: AlertMail) -> Piece | None:
    """The piece that a mail tells of, by its link; of two at one address an update means the later one."""
    pieces = [*room.edition.backlog, *room.edition.timetable]
    here = [piece for piece in pieces if mail.url and room.locate(piece) == mail.url]
    if not here:
        return None
    return here[-1] if mail.kind is Kind.UPDATE else here[0]


async def demo(once: bool, console: Console | None = None) -> int:
    """Play the demonstration and return its exit code: 0 if exactly the expected alerts arrived, else 1.

    Unless `once`, the newsroom goes on publishing until a signal ends it: then 128 and the signal's number.
    """
    room = Newsroom(load_edition(), utc_now())
    play = Play(room, Show(console or Console(), room.started))
    with tempfile.TemporaryDirectory(prefix="monitor-demo-") as folder, _signals() as received:
        try:
            return await _play(play, Path(folder), once=once)
        except asyncio.CancelledError:
            if not received:
                raise
            return 128 + received[0]


async def _play(play: Play, folder: Path, *, once: bool) -> int:
    play.show.opening(play.room.edition, folder)
    try:
        async with serve(play.room), open_mailbox(Mailbox(play.on_receipt)) as mailbox:
            config = prepare(folder, play.room.feed_urls(), mailbox.port)
            play.show.step(utc_now(), f"The daemon starts: monitor -c {config} run")
            async with running(config) as daemon:
                await _act(play, daemon)
                if not once:
                    play.show.summary(play.verdict(), play.first_at)
                    play.show.afterwards(folder)
                    await daemon.watch(publish_bulletins(play.room, play.show.published))
    except DemoError as error:
        play.show.summary(play.verdict(), play.first_at)
        play.show.failure(str(error), tail(folder / LOG))
        return 1
    verdict = play.verdict()
    play.show.summary(verdict, play.first_at)
    if not verdict.exact:
        play.show.failure("These are not the expected alerts.", tail(folder / LOG))
    return 0 if verdict.exact else 1


async def _act(play: Play, daemon: Daemon) -> None:
    """The timetable, from the first poll until all has arrived or the time is up, and then some quiet."""
    room, show = play.room, play.show
    await daemon.watch(room.baseline_read.wait(), BASELINE_SECONDS, "The daemon has not read every feed")
    show.step(
        utc_now(),
        f"Every feed was read: what was there before, {len(room.edition.backlog)} articles, alerts nobody",
    )
    await daemon.watch(
        publish_all(room, show.published, play.told_before), _length(room.edition), "Publishing is stuck"
    )
    await daemon.watch(_all_arrived(play))
    await daemon.watch(asyncio.sleep(QUIET_SECONDS))


async def _all_arrived(play: Play) -> None:
    """Return when nothing is missing, or no more can be waited for: the verdict says which."""
    with suppress(TimeoutError):
        async with asyncio.timeout(ARRIVAL_SECONDS):
            while play.verdict().missing:
                play.arrival.clear()
                await play.arrival.wait()


def _length(edition: Edition) -> float:
    """In seconds: the last publication, every wait for a piece that is followed, and some to spare."""
    last = max((piece.at.total_seconds() for piece in edition.timetable if piece.at), default=0)
    waits = sum(piece.follows is not None for piece in edition.timetable)
    return last + waits * ARRIVAL_SECONDS + SPARE_SECONDS


@contextmanager
def _signals() -> Iterator[list[int]]:
    """Let a signal cancel the current task, so that everything is put away; yields the signals received."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    received: list[int] = []

    def stop(number: int) -> None:
        received.append(number)
        if task is not None:
            task.cancel()

    for number in _SIGNALS:
        loop.add_signal_handler(number, stop, number)
    try:
        yield received
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of the daemon's log, long ones cut; empty where there is none."""
    if not log.exists():
        return ""
    return "\n".join(one_line(line, 300) for line in log.read_text("utf-8", "replace").splitlines()[-lines:])
