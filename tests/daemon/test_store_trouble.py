"""A disk that is full, a database that is locked, newer, broken or nobody's: said in a line, and nothing lost."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.adapters.store import Database, Store, migrate
from monitor.demo.mailbox import open_mailbox
from monitor.send.keys import delivery_key
from tests.daemon.harness import child, configure, daemon, desk, logged, mailbox, monitor, titles, until
from tests.daemon.newsroom import newsroom, piece


async def test_a_locked_database_is_said_and_waited_for(tmp_path: Path) -> None:
    async with newsroom() as room, open_mailbox(mailbox()) as box:
        site = await room.site("site")
        site.publish(piece("old", title="Nothing yet"))
        config = configure(tmp_path, [site.feed_url], more=desk(box.port))
        database = Database(f"sqlite:///{tmp_path / 'monitor.db'}", busy_seconds=0.2)
        migrate.upgrade(database)
        with logged() as log:
            async with daemon(config, store=Store(database, delivery_key)):
                await until(lambda: log.lines("event=polled"), "the baseline")
                holder = sqlite3.connect(tmp_path / "monitor.db", isolation_level=None)
                try:
                    holder.execute("BEGIN IMMEDIATE")
                    site.publish(piece("while-locked"))
                    await until(
                        lambda: log.lines("level=error", "is locked by another program"), lambda: log.text
                    )
                    assert "1 polled" in monitor(config, "status").text, "reading goes on"
                finally:
                    holder.close()
                await until(lambda: box.receipts, lambda: log.text)
            assert titles(box) == ["[Quaggas] A quagga at while-locked"]
            log.assert_plain()


def _newer(path: Path) -> None:
    database = Database(f"sqlite:///{path}")
    migrate.upgrade(database)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.close()


def _no_database(path: Path) -> None:
    path.write_bytes(b"Dear diary, " * 1000)


def _torn(path: Path) -> None:
    """A database of which a page in the middle was overwritten."""
    _newer(path)
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 20_000)


def _a_folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_newer, "was written by a newer monitor (schema 9999; this one knows up to"),
        (_no_database, "is no usable database (file is not a database); `monitor restore BACKUP`"),
        (_torn, "is no usable database (database disk image is malformed); `monitor restore BACKUP`"),
        (_a_folder, "cannot be opened; does its folder exist, and may this user write there?"),
    ],
)
def test_a_database_that_cannot_be_used_stops_the_start_in_one_line(
    tmp_path: Path, spoil, words: str
) -> None:
    spoil(tmp_path / "monitor.db")
    config = configure(tmp_path, [])
    with logged() as log:
        for command in ("run", "status", "feeds list"):
            said = monitor(config, *command.split())
            assert said.code == 1
            assert len(said.text.splitlines()) == 1, said.text
            assert words in said.text
        assert log.text == ""


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("sqlite:////nowhere/at/all/monitor.db", "(No such file or directory); does its folder exist"),
        ("postgresql://monitor@127.0.0.1:1/none", "cannot be used now"),
        ("mysql://root@127.0.0.1/none", "SQLite and PostgreSQL are supported"),
        ("nonsense", "is no address that can be used"),
    ],
)
def test_a_database_that_is_not_there_stops_the_start_in_one_line(
    tmp_path: Path, address: str, words: str
) -> None:
    config = configure(tmp_path, [])
    config.write_text(f'database = "{address}"\n' + config.read_text("utf-8"), "utf-8")
    with logged():
        said = monitor(config, "run")
    assert said.code == 1
    assert len(said.text.splitlines()) == 1, said.text
    assert words in said.text


@pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("setpriv"), reason="root may write anywhere")
async def test_a_database_of_another_user_stops_the_start_in_one_line(tmp_path: Path) -> None:
    config = configure(tmp_path, [])
    database = Database(f"sqlite:///{tmp_path / 'monitor.db'}")
    migrate.upgrade(database)
    database.close()
    before: tuple[str, ...] = ()
    if os.geteuid() == 0:
        before = ("setpriv", "--reuid=65534", "--clear-groups", "--inh-caps=-all")
        for folder in (tmp_path, *tmp_path.parents):
            if not folder.stat().st_mode & 0o001:
                folder.chmod(folder.stat().st_mode | 0o011)
    for file in tmp_path.glob("monitor.db*"):
        file.chmod(0o444)
    if before:
        imports = (*before, sys.executable, "-c", "import monitor.cli.main, typer")
        if subprocess.run(imports, cwd=Path(__file__).parents[2], capture_output=True).returncode != 0:
            pytest.skip("another user may not read this checkout or its environment")
    async with child(config, before=before) as running:
        assert await asyncio.wait_for(running.end(), 20) == 1
    assert len(running.log.text.splitlines()) == 1, running.log.text
    assert "cannot be" in running.log.text
