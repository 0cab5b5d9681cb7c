"""`monitor run` as a service: what it tells systemd, what signals do, what an edit of a file does."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from monitor.adapters.systemd import Systemd
from monitor.app import App, create_store
from monitor.config import load_config
from monitor.daemon import STUCK_SECONDS, Daemon
from monitor.demo.mailbox import Mailbox, open_mailbox
from monitor.lanes import Lane
from monitor.model import Feed
from tests.daemon.full_disk import NoMount, a_full_disk
from tests.daemon.harness import (
    RULE,
    Child,
    child,
    configure,
    daemon,
    desk,
    logged,
    mailbox,
    monitor,
    titles,
    until,
)
from tests.daemon.newsroom import Newsroom, Site, hangs, newsroom, piece

pytestmark = pytest.mark.xdist_group("service")  # one process lives through it for all of them


class NotifySocket:
    """What systemd would hear."""

    def __init__(self, sock: socket.socket, address: str) -> None:
        self.sock, self.address = sock, address
        self._heard: list[str] = []

    def heard(self) -> list[str]:
        while True:
            try:
                self._heard.append(self.sock.recv(4096).decode())
            except BlockingIOError:
                return self._heard

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Read what comes as it comes, as systemd does: its queue holds ten messages."""
        loop = asyncio.get_running_loop()
        loop.add_reader(self.sock, self.heard)
        try:
            yield
        finally:
            loop.remove_reader(self.sock)

    def has(self, word: str) -> bool:
        return any(line == word for message in self.heard() for line in message.splitlines())


@contextmanager
def notify_socket(address: str) -> Iterator[NotifySocket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind("\0" + address[1:] if address.startswith("@") else address)
        sock.setblocking(False)
        yield NotifySocket(sock, address)


@asynccontextmanager
async def world(folder: Path, *names: str, more: str = "") -> AsyncIterator[tuple[Newsroom, Mailbox, Path]]:
    """Sites with a baseline, a mailbox, and a configuration of all of them."""
    async with newsroom() as room, open_mailbox(mailbox()) as box:
        for name in names:
            (await room.site(name)).publish(piece(f"old-{name}", title=f"Nothing yet at {name}"))
        feeds = [site.feed_url for site in room.sites.values()]
        yield room, box, configure(folder, feeds, more=desk(box.port) + more)


async def read_once(running: Child, *sites: Site) -> None:
    await until(
        lambda: all(running.log.lines("event=polled", site.feed_url) for site in sites), "the baseline"
    )


async def _a_life(tmp_path: Path) -> None:
    """Start, a second daemon, reloads good and bad, and SIGTERM while a page hangs."""
    address = f"@monitor-test-{os.getpid()}"
    async with world(tmp_path, "first", "second", "late") as (room, box, config):
        first, second, late = (room.sites[name] for name in ("first", "second", "late"))
        whole = config.read_text("utf-8")
        config.write_text(whole.replace(f'\n[[feeds]]\nurl = "{late.feed_url}"\n', ""), "utf-8")
        with notify_socket(address) as systemd, systemd.listening():
            async with child(config, NOTIFY_SOCKET=address, WATCHDOG_USEC="1000000") as running:
                await running.watching()
                await until(lambda: systemd.has("READY=1"), "READY")
                await read_once(running, first, second)

                # A second daemon is refused in a line, and the first goes on.
                async with child(config, name="second.log") as other:
                    assert await other.end() == 1
                said = other.log.text.splitlines()
                assert len(said) == 1 and "in use by a running daemon; stop it" in said[0]

                # SIGHUP: a new feed is polled.
                assert not late.hits()
                config.write_text(whole, "utf-8")
                running.signal(signal.SIGHUP)
                await read_once(running, late)
                (reloading,) = [m for m in systemd.heard() if m.startswith("RELOADING=1")]
                stamp = re.search(r"^MONOTONIC_USEC=(\d+)$", reloading, re.M)
                assert stamp and 0 <= time.monotonic() * 1e6 - int(stamp[1]) < 60e6
                await until(lambda: sum(m.startswith("READY=1") for m in systemd.heard()) == 2, "READY again")

                # SIGHUP with a broken file: what was in force stays, and is said.
                config.write_text(whole.replace("[polling]", "[poling]"), "utf-8")
                running.signal(signal.SIGHUP)
                await until(lambda: running.log.lines("not reloaded"), "the complaint")
                (line,) = running.log.lines("level=error", "not reloaded, what was in force stays")
                assert "monitor.toml:1:" in line and "did you mean 'polling'?" in line
                config.write_text(whole, "utf-8")
                late.publish(piece("after-the-broken-reload"))
                await until(lambda: len(box.receipts) == 1, lambda: running.log.text)
                await until(lambda: systemd.has("WATCHDOG=1"), "the watchdog")

                # SIGTERM while a page hangs.
                late.page("stuck", hangs)
                late.publish(piece("stuck"))
                await until(lambda: late.hits("/page/stuck"), "the page was asked for")
                running.signal(signal.SIGTERM)
                began = time.monotonic()
                assert await running.end() == 0
                assert time.monotonic() - began < 10
                assert systemd.has("STOPPING=1")
        running.log.assert_plain()
        assert titles(box) == ["[Quaggas] A quagga at after-the-broken-reload"]

        # What hung when it was stopped is not lost.
        del late.answers["/page/stuck"]
        late.publish(piece("stuck"))
        async with child(config, name="again.log") as again:
            await until(lambda: len(box.receipts) == 2, lambda: again.log.text)
            again.signal(signal.SIGTERM)
            assert await again.end() == 0
        assert titles(box)[1:] == ["[Quaggas] A quagga at stuck"]


PASSWORDS = ("canary-in-the-file", "canary-of-the-environment")
_FAILING = f"""
[receivers.hook]
urls = ["json://robot:{PASSWORDS[0]}@127.0.0.1:1/hook"]
[receivers.mail]
urls = ["mailto://robot:${{CANARY}}@127.0.0.1:1/?from=a@news.example&to=b@news.example&mode=insecure"]
[alerts]
default = ["hook", "mail"]
[network]
allow = ["127.0.0.0/8"]
[log]
level = "debug"
"""


async def _a_locked_stop(tmp_path: Path) -> None:
    async with newsroom() as room:
        site = await room.site("site")
        site.publish(piece("old", title="Nothing yet"))
        config = configure(tmp_path, [site.feed_url], more=_FAILING)
        async with child(config, CANARY=PASSWORDS[1]) as running:
            await running.watching()
            await read_once(running, site)
            site.publish(piece("told"))
            await until(
                lambda: len(running.log.lines("event=delivery", "state=failed")) == 2,
                lambda: running.log.text,
            )
            holder = sqlite3.connect(tmp_path / "monitor.db", isolation_level=None)
            try:
                holder.execute("BEGIN IMMEDIATE")
                site.publish(piece("locked-out"))
                await until(
                    lambda: running.log.lines("is locked by another program"), lambda: running.log.text
                )
                running.signal(signal.SIGTERM)
                began = time.monotonic()
                assert await running.end() == 0
                assert time.monotonic() - began < 10
            finally:
                holder.close()
        running.log.assert_plain()
        said = running.log.text.encode()
        stored = b"".join(path.read_bytes() for path in tmp_path.glob("monitor.db*"))
        assert b"could not connect: Connection refused" in said
        assert b'said="127.0.0.1:1: Connection refused"' in said
        assert not [word for word in PASSWORDS if word.encode() in said or word.encode() in stored]


async def test_signals_that_come_while_it_loads_are_obeyed_after_that(tmp_path: Path) -> None:
    async with world(tmp_path, "site", "late") as (room, _, config):
        whole, late = config.read_text("utf-8"), room.sites["late"]
        config.write_text(whole.replace(f'\n[[feeds]]\nurl = "{late.feed_url}"\n', ""), "utf-8")
        with logged() as log:
            settings = load_config(config)
            app = App(settings, create_store(settings))
            try:
                waiting = Daemon(app, config)
                waiting.listen()
                config.write_text(whole, "utf-8")
                os.kill(os.getpid(), signal.SIGHUP)
                await asyncio.sleep(0)
                await app.load()
                task = asyncio.create_task(waiting.run())
                await until(
                    lambda: log.lines("event=polled", late.feed_url), "the feed that the reload brought"
                )
                waiting.stop()
                await task
                stopped = Daemon(app, config)
                stopped.listen()
                os.kill(os.getpid(), signal.SIGTERM)
                await asyncio.wait_for(stopped.run(), 5)
            finally:
                await app.close()
        log.assert_plain()


async def test_a_socket_of_systemd_may_be_a_file(tmp_path: Path) -> None:
    with notify_socket(str(tmp_path / "notify")) as listening:
        systemd = Systemd({"NOTIFY_SOCKET": listening.address, "WATCHDOG_USEC": "20000000"})
        systemd.ready("watching")
        systemd.alive()
        assert listening.heard() == ["READY=1\nSTATUS=watching", "WATCHDOG=1"]
        assert systemd.watchdog_seconds == 20


def test_a_manager_that_does_not_listen_holds_nothing_up(tmp_path: Path) -> None:
    with notify_socket(str(tmp_path / "notify")) as listening:
        systemd = Systemd({"NOTIFY_SOCKET": listening.address})
        for _ in range(2_000):  # more than any queue of datagrams holds
            systemd.alive()
        assert set(listening.heard()) == {"WATCHDOG=1"}


def test_without_systemd_nothing_is_told_and_nothing_fails() -> None:
    Systemd({}).ready("watching")
    Systemd({"NOTIFY_SOCKET": "/nowhere/at/all"}).alive()
    assert Systemd({"WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"}).watchdog_seconds is None


async def test_a_lane_full_of_work_without_end_makes_no_progress() -> None:
    """The watchdog is pinged on `finished_at` alone: looking for work is no progress where there is no room."""
    never = asyncio.Event()
    feeds = [Feed(n, f"http://127.0.0.1/{n}", f"http://127.0.0.1/{n}") for n in range(5)]

    async def claim(room: int, _: object) -> list[Feed]:
        claimed, feeds[:] = feeds[:room], feeds[room:]
        return claimed

    async def work(_: Feed) -> None:
        await never.wait()

    lane: Lane[Feed] = Lane("poll", 2, claim, work, lambda feed: feed.url)
    await lane.fill()
    assert lane.busy == 2
    lane.finished_at -= STUCK_SECONDS + 1
    before = lane.finished_at
    await lane.fill()
    assert lane.finished_at == before
    never.set()
    await lane.drain()
    assert lane.finished_at > before
    await lane.close(5)


async def test_a_watchdog_is_not_told_that_all_is_well_when_it_is_not(tmp_path: Path) -> None:
    async with world(tmp_path, "site") as (_, _, config):
        with logged() as log, notify_socket(str(tmp_path / "notify")) as listening:
            async with daemon(config) as running:
                running.daemon.systemd = Systemd({"NOTIFY_SOCKET": listening.address})
                await running.daemon._ping()
                assert listening.heard() == ["WATCHDOG=1"]
                running.daemon.polling.finished_at -= STUCK_SECONDS + 1
                await running.daemon._ping()
                assert listening.heard() == ["WATCHDOG=1"]
                assert log.lines("level=critical", "no progress", "poll")


# --- rule files ------------------------------------------------------------------------------------------

ANIMALS = {
    "dodo": ("  - id: dodo\n\ttitle: Dodos\n    query: dodo\n", "a tab cannot indent"),
    "moa": ("  - id: moa\n    id: moa\n    title: Moas\n    query: moa\n", "given twice"),
    "auk": ("  - id: auk\n    title: Auks\n    query: auk\n    severty: low\n", "did you mean severity?"),
    "thylacine": ("  - id: thylacine\n    title: Thylacines\n    query: '\"thylacine'\n", "never closed"),
    "quagga": ("  - id: quagga\n    title: Quaggas\n    query: $quagas\n", "$quagas"),
}


def rule_file(name: str, query: str = "") -> str:
    return RULE.replace("quagga OR квагга", query or name).replace("quagga", name)


def notices(box: Mailbox) -> list[str]:
    """The subjects of what the monitor says of itself."""
    return [title for title in titles(box) if title.startswith("[Media monitor]")]


def alerts(box: Mailbox) -> list[str]:
    """The subjects of all other mails."""
    return [title for title in titles(box) if not title.startswith("[Media monitor]")]


async def _broken_rules(tmp_path: Path) -> None:
    async with world(tmp_path, "site") as (room, box, config):
        site = room.sites["site"]
        rules = tmp_path / "rules"
        (rules / "rules.yaml").unlink()
        for name in ANIMALS:
            (rules / f"{name}.yaml").write_text(rule_file(name), "utf-8")
        async with child(config) as running:
            await running.watching()
            await read_once(running, site)
            for name, (broken, _) in ANIMALS.items():
                (rules / f"{name}.yaml").write_text("rules:\n" + broken, "utf-8")
            await until(lambda: len(running.log.lines('event="rules in force"')) == 2, "the reload")
            site.publish(*(piece(name, title=f"News of a {name}") for name in ANIMALS))
            await until(lambda: len(alerts(box)) == 5, lambda: running.log.text)
            await until(lambda: len(notices(box)) == 5, lambda: running.log.text)
            for name in ANIMALS:
                broken = f"{name}.yaml is broken; 1 rule runs in its last good version"
                assert notices(box).count(f"[Media monitor] {broken}") == 1
            said = monitor(config, "status").text
            for name, (_, words) in ANIMALS.items():
                place = str(rules / f"{name}.yaml")
                (line,) = running.log.lines("level=error", 'event="rule file"', place)
                assert words in line, line
                assert any(place in shown and words in shown for shown in said.splitlines()), said
            assert "5 in force, 5 problems; the last good version of each runs" in said
            running.signal(signal.SIGTERM)
            assert await running.end() == 0
        running.log.assert_plain()

        # Also across a restart; and what is mended takes effect.
        async with child(config, name="again.log") as again:
            await again.watching()
            assert len(again.log.lines("level=error", 'event="rule file"')) == 5
            site.publish(*(piece(f"{name}2", title=f"More of a {name}") for name in ANIMALS))
            await until(lambda: len(alerts(box)) == 10, lambda: again.log.text)
            assert len(notices(box)) == 5, "a restart does not say again what was said"
            for name in ANIMALS:
                (rules / f"{name}.yaml").write_text(
                    rule_file(name, "solenodon" if name == "auk" else name), "utf-8"
                )
            await until(lambda: len(again.log.lines('event="rules in force"')) == 2, "the reload")
            assert "problems" not in monitor(config, "status").text
            site.publish(piece("old", title="Never an auk again"), piece("new", title="A solenodon at last"))
            await until(lambda: len(alerts(box)) == 11, lambda: again.log.text)
            await until(lambda: len(notices(box)) == 10, lambda: again.log.text)
            for name in ANIMALS:
                assert f"[Media monitor] {name}.yaml is mended; 1 rule runs as it stands" in notices(box)
        assert alerts(box)[10].endswith("A solenodon at last")


# --- all of them -----------------------------------------------------------------------------------------

# Each is a child process or two that mostly wait, so they live at the same time.
LIVES: dict[str, Callable[[Path], Awaitable[None]]] = {
    "start, second daemon, reloads good and bad, SIGTERM while a page hangs": _a_life,
    "SIGTERM while the database is locked; no password in log or database": _a_locked_stop,
    "broken rule files leave the last good rules in force, also across a restart": _broken_rules,
    "a full disk is said, and when there is space again the alerts arrive": a_full_disk,
}


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> dict[str, BaseException | None]:
    """How each of them ended."""

    async def live() -> list[BaseException | None]:
        folders = [tmp_path_factory.mktemp("life") for _ in LIVES]
        begun = [life(folder) for life, folder in zip(LIVES.values(), folders, strict=True)]
        return await asyncio.gather(*begun, return_exceptions=True)

    return dict(zip(LIVES, asyncio.run(live()), strict=True))


@pytest.mark.parametrize("name", LIVES)
def test_a_daemon_lives(lives: dict[str, BaseException | None], name: str) -> None:
    if isinstance(ended := lives[name], NoMount):
        pytest.skip(str(ended))
    elif ended is not None:
        raise ended
