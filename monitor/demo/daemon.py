"""The demonstration's daemon: the real command, as a process of its own, configured in a folder."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from monitor.errors import DemoError

LOG = "daemon.log"
STOP_SECONDS = 15.0  # to finish what is in flight: it promises 10
_NOT_INHERITED = {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "MONITOR_CONFIG"}

_CONFIG = """\
# Written by `monitor demo`. An address of your own instead of the mailbox's, and feeds of your own
# instead of the newsroom's, make it a configuration to run.
database = "sqlite:///monitor.db"
rules = "rules"

[polling]
min_interval = "1s"      # a newsroom that is on this machine does not mind
max_interval = "1s"

[receivers.desk]
urls = ["mailto://127.0.0.1:{port}/?from=monitor@newsroom.example&to=desk@newsroom.example&mode=insecure"]

[alerts]
default = ["desk"]
group_wait = "1s"          # the day passes in seconds here
group_interval = "2s"

[network]
allow = ["127.0.0.0/8"]
"""


def shipped_rules() -> Path:
    """The rule files that come with the program: beside this module once installed, else in the checkout."""
    here = Path(__file__).resolve().parent
    for folder in (here / "rules", here.parents[1] / "rules"):
        if folder.is_dir():
            return folder
    raise DemoError("the shipped rules are missing from this installation; install the package again")


def prepare(folder: Path, feed_urls: Sequence[str], smtp_port: int) -> Path:
    """Write a configuration and a copy of the shipped rules, which may be edited, into `folder`."""
    shutil.copytree(shipped_rules(), folder / "rules")
    feeds = "".join(f'\n[[feeds]]\nurl = "{url}"\n' for url in feed_urls)
    config = folder / "monitor.toml"
    config.write_text(_CONFIG.format(port=smtp_port) + feeds, "utf-8")
    return config


@dataclass(frozen=True, slots=True)
class Daemon:
    """A running daemon."""

    process: asyncio.subprocess.Process

    async def watch(self, step: Awaitable[object], seconds: float | None = None, late: str = "") -> None:
        """Wait for the step. Raises DemoError where the daemon ends first, or `late` when the time is up."""
        waiting, ended = asyncio.ensure_future(step), asyncio.ensure_future(self.process.wait())
        try:
            await asyncio.wait({waiting, ended}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                raise DemoError(f"The daemon ended by itself, with exit code {ended.result()}.")
            if not waiting.done():
                raise DemoError(f"{late} after {seconds:.0f} s.")
            waiting.result()
        finally:
            waiting.cancel()
            ended.cancel()
            await asyncio.gather(waiting, ended, return_exceptions=True)


@asynccontextmanager
async def running(config: Path) -> AsyncIterator[Daemon]:
    """`monitor run` with the configuration, its log beside it, stopped with SIGTERM when the block ends.

    It is in a session of its own: a Ctrl-C reaches only the demonstration, which stops it in order.
    Raises DemoError where it had to be killed or complained.
    """
    with (config.parent / LOG).open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "monitor", "-c", str(config), "run"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=asyncio.subprocess.STDOUT,
            env=_environment(),
            start_new_session=True,
        )
    try:
        yield Daemon(process)
    except BaseException:
        await _stop(process)
        raise
    if not await _stop(process):
        raise DemoError(f"The daemon had not stopped {STOP_SECONDS:.0f} s after SIGTERM and was killed.")
    if process.returncode:
        raise DemoError(f"The daemon stopped with exit code {process.returncode}.")


def _environment() -> dict[str, str]:
    """This process's environment without what is meant for it alone; the child runs the same program."""
    kept = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
    path = [str(Path(__file__).resolve().parents[2]), *filter(None, [kept.get("PYTHONPATH")])]
    return kept | {"PYTHONPATH": os.pathsep.join(path)}


async def _stop(process: asyncio.subprocess.Process) -> bool:
    """Ask the process to stop and wait; False where it had to be killed."""
    if process.returncode is not None:
        return True
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
        return False
    return True
