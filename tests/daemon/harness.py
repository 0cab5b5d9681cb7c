"""The real daemon, in this process or as a child, and how to look at it as an operator does."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from typer.testing import CliRunner

from monitor import log
from monitor.app import App, create_store
from monitor.cli.main import app as program
from monitor.config import load_config
from monitor.daemon import Daemon
from monitor.demo.mailbox import Mailbox, Receipt

ROOT = Path(__file__).resolve().parents[2]
RULE = """
rules:
  - id: quagga
    title: Quaggas
    query: quagga OR квагга
    alert: {per: article}
    tests: {match: [a quagga], ignore: [a zebra]}
"""
_NOT_INHERITED = {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "MONITOR_CONFIG"}


async def until(
    condition: Callable[[], object], what: str | Callable[[], object], seconds: float = 40.0
) -> None:
    """Wait until the condition holds; fail where it does not within `seconds`."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not condition():
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"not within {seconds:g} s: {what if isinstance(what, str) else what()}")
        await asyncio.sleep(0.02)


def configure(folder: Path, feeds: list[str], *, more: str = "", rules: str | None = RULE) -> Path:
    """Write a configuration with its rules; `more` is TOML. Polls as often as it can."""
    if rules is not None:
        (folder / "rules").mkdir(exist_ok=True)
        (folder / "rules" / "rules.yaml").write_text(rules, "utf-8")
    config = folder / "monitor.toml"
    listed = "".join(f'\n[[feeds]]\nurl = "{url}"\n' for url in feeds)
    config.write_text('[polling]\nmin_interval = "200ms"\nmax_interval = "400ms"\n' + more + listed, "utf-8")
    return config


def desk(mailbox_port: int, network: str = "") -> str:
    """TOML of a receiver by mail, told of everything, with loopback allowed."""
    return f"""
[receivers.desk]
urls = ["mailto://127.0.0.1:{mailbox_port}/?from=monitor@news.example&to=desk@news.example&mode=insecure"]
[alerts]
default = ["desk"]
[network]
allow = ["127.0.0.0/8"]
{network}
"""


class ShiftedClock:
    """The machine's clock, set forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@contextmanager
def logged(level: str = "info") -> Iterator[Log]:
    """What the daemon writes for the operator while the block runs; logging is as before afterwards."""
    root = logging.getLogger()
    kept = root.handlers[:], root.level
    stream = io.StringIO()
    log.set_up(level, "auto", stream)
    try:
        yield Log(stream.getvalue)
    finally:
        root.handlers[:], root.level = kept
        logging.getLogger("monitor").setLevel(logging.NOTSET)
        structlog.reset_defaults()


@dataclass(frozen=True)
class Log:
    """The operator's log: a line an event, `key=value`."""

    read: Callable[[], str]

    @property
    def text(self) -> str:
        return self.read()

    def lines(self, *parts: str) -> list[str]:
        """The lines that hold all the parts."""
        return [line for line in self.text.splitlines() if all(part in line for part in parts)]

    def assert_plain(self) -> None:
        """Every line is one event: no traceback, nothing that a library printed."""
        odd = [line for line in self.text.splitlines() if not re.match(r"time=\S+ level=\w+ event=", line)]
        assert not odd, "\n".join(odd[:20])


@dataclass
class Running:
    """A daemon in this event loop."""

    app: App
    daemon: Daemon
    clock: ShiftedClock
    config: Path
    task: asyncio.Task[None]

    async def catch_up(self, **ahead: float) -> None:
        """Let time pass at once, for retries that would take minutes."""
        self.clock.ahead += timedelta(**ahead)


@asynccontextmanager
async def daemon(
    config: Path, *, store: Any = None, clock: ShiftedClock | None = None
) -> AsyncIterator[Running]:
    """The daemon as `monitor run` makes it, stopped when the block ends."""
    settings = load_config(config)
    clock = clock or ShiftedClock()
    app = App(settings, store or create_store(settings), clock=clock)
    try:
        await app.load()
        found = Daemon(app, config)
        task = asyncio.create_task(found.run())
        try:
            yield Running(app, found, clock, config, task)
        finally:
            found.stop()
            await task
    finally:
        await app.close()


def monitor(config: Path, *arguments: str) -> Said:
    """A command beside the daemon, as the operator types it. Blocks."""
    result = CliRunner().invoke(program, ["-c", str(config), *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Said(result.exit_code, result.output)


@dataclass(frozen=True)
class Said:
    """What a command said."""

    code: int
    text: str

    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


def titles(mailbox: Mailbox) -> list[str]:
    """The subjects that arrived, oldest first."""
    return [subject(receipt) for receipt in mailbox.receipts]


def subject(receipt: Receipt) -> str:
    return str(receipt.message["Subject"])


def mailbox() -> Mailbox:
    return Mailbox(lambda _: None)


# --- the daemon as a process of its own --------------------------------------------------------------


@dataclass
class Child:
    """`monitor run` as a child process, in a session of its own, its log in a file."""

    process: asyncio.subprocess.Process
    file: Path

    @property
    def log(self) -> Log:
        return Log(lambda: self.file.read_text("utf-8", "replace"))

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    async def end(self, seconds: float = 15.0) -> int:
        return await asyncio.wait_for(self.process.wait(), seconds)

    async def watching(self) -> None:
        await until(
            lambda: self.log.lines("event=watching") or self.process.returncode is not None, "a start"
        )
        assert self.process.returncode is None, self.log.text


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
    return kept | {"PYTHONPATH": str(ROOT)} | more


@asynccontextmanager
async def child(
    config: Path, *arguments: str, before: tuple[str, ...] = (), name: str = "daemon.log", **env: str
) -> AsyncIterator[Child]:
    """`monitor run`, killed when the block ends where it has not ended. `before` is a command that runs it."""
    file = config.parent / name
    with file.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            *before,
            *(sys.executable, "-m", "monitor", "-c", str(config), *(arguments or ("run",))),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=out,
            stderr=asyncio.subprocess.STDOUT,
            env=environment(**env),
            start_new_session=True,
        )
    try:
        yield Child(process, file)
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
