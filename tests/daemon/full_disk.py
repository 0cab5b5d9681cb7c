"""A disk of a few megabytes, and a daemon that writes until it is full."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
from pathlib import Path

from monitor.demo.mailbox import open_mailbox
from tests.daemon.harness import child, configure, desk, mailbox, titles, until
from tests.daemon.newsroom import newsroom, piece

MEGABYTE = 1 << 20


class NoMount(Exception):
    """This machine gives no disk that could be filled."""


def may_mount() -> bool:
    """Whether a file system of a few megabytes can be had, in a namespace that ends with its process."""
    if not shutil.which("unshare"):
        return False
    tried = subprocess.run(
        ["unshare", "-m", "sh", "-c", "mount -t tmpfs -o size=1m none /mnt"], capture_output=True, check=False
    )
    return tried.returncode == 0


async def a_full_disk(tmp_path: Path) -> None:
    """A disk that fills up while the daemon runs is said; when there is space again the alerts arrive."""
    if not may_mount():
        raise NoMount("no file system can be mounted here, not even in a namespace")
    disk = tmp_path / "disk"
    disk.mkdir()
    async with newsroom() as room, open_mailbox(mailbox()) as box:
        site, other = await room.site("site"), await room.site("other")
        for one in (site, other):
            one.publish(piece(f"old-{one.name}", title="Nothing yet"))
        config = configure(tmp_path, [site.feed_url, other.feed_url], more=desk(box.port))
        config.write_text(f'database = "sqlite:///{disk}/monitor.db"\n' + config.read_text("utf-8"), "utf-8")
        mount = f'mount -t tmpfs -o size=4m none "{disk}" && exec "$@"'
        async with child(config, before=("unshare", "-m", "sh", "-c", mount, "sh")) as running:
            await running.watching()
            await until(lambda: len(running.log.lines("event=polled")) == 2, lambda: running.log.text)
            seen = Path(f"/proc/{running.process.pid}/root{disk}")
            filler = seen / "filler"
            fill(filler)
            site.publish(*(piece(f"full{n}") for n in range(20)))
            await until(
                lambda: running.log.lines("level=error", "no space is left"), lambda: running.log.text
            )
            hits = other.hits()
            line = running.log.lines("no space is left")[0]
            assert f"sqlite:///{disk}/monitor.db" in line and "free some" in line
            filler.unlink()
            other.publish(piece("after"))
            await until(
                lambda: len(box.receipts) == 21, lambda: f"{titles(box)}\n{running.log.text[-4000:]}", 30
            )
            assert other.hits() > hits
            # SQLite would look for the file of that name on our own disk.
            for name in ("monitor.db", "monitor.db-wal"):
                shutil.copyfile(seen / name, tmp_path / name)
            checked = sqlite3.connect(tmp_path / "monitor.db")
            try:
                assert checked.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
                assert checked.execute("PRAGMA foreign_key_check").fetchall() == []
                assert checked.execute("SELECT count(*) FROM articles").fetchall() == [(23,)]
            finally:
                checked.close()
            running.signal(signal.SIGTERM)
            assert await running.end() == 0
        running.log.assert_plain()
        assert len(set(titles(box))) == 21


def fill(filler: Path) -> None:
    """Write until nothing fits."""
    with filler.open("wb", buffering=0) as file:
        for size in (MEGABYTE // 4, 4096):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
