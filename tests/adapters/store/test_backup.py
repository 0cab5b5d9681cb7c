"""Backups are whole and checked, replace nothing, and come back as they were."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from monitor.adapters.store import Database, Store, migrate
from monitor.adapters.store.backup import back_up, restore
from monitor.errors import SchemaMismatch, StoreError, UsageError
from monitor.send.keys import delivery_key


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "monitor.db"


@pytest.fixture
def store(place: Path) -> Iterator[Store]:
    database = Database(f"sqlite:///{place}")
    migrate.upgrade(database)
    yield Store(database, delivery_key)
    database.close()


def feeds_in(path: Path) -> list[str]:
    with sqlite3.connect(path) as connection:
        found = [key for (key,) in connection.execute("SELECT key FROM feeds ORDER BY key")]
    connection.close()
    return found


def test_a_backup_holds_what_is_still_in_the_wal(store: Store, tmp_path: Path, now: datetime) -> None:
    store.add_feed("https://a.example/rss", "", (), now)
    assert (tmp_path / "monitor.db-wal").stat().st_size > 0
    back_up(store.database, tmp_path / "copy.db")
    assert feeds_in(tmp_path / "copy.db") == ["https://a.example/rss"]
    assert not list(tmp_path.glob(".copy.db*"))


def test_a_backup_replaces_nothing(store: Store, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine", "utf-8")
    with pytest.raises(UsageError, match="never replaces a file"):
        back_up(store.database, tmp_path / "precious")
    assert (tmp_path / "precious").read_text("utf-8") == "mine"
    with pytest.raises(UsageError, match="there is no folder"):
        back_up(store.database, tmp_path / "missing" / "copy.db")


def test_a_backup_to_a_file_system_without_links(
    store: Store, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refuse)  # what exFAT answers
    store.add_feed("https://a.example/rss", "", (), now)
    back_up(store.database, tmp_path / "copy.db")
    assert feeds_in(tmp_path / "copy.db") == ["https://a.example/rss"]
    assert not list(tmp_path.glob(".copy.db*"))


def test_what_was_there_is_kept_when_a_backup_comes_back(
    store: Store, place: Path, tmp_path: Path, now: datetime
) -> None:
    store.add_feed("https://before.example/rss", "", (), now)
    back_up(store.database, tmp_path / "copy.db")
    store.add_feed("https://later.example/rss", "", (), now)
    kept = restore(store.database, tmp_path / "copy.db")
    assert [feed.key for feed, _ in store.feeds()] == ["https://before.example/rss"]
    assert kept is not None
    assert feeds_in(kept) == ["https://before.example/rss", "https://later.example/rss"]
    assert not list(tmp_path.glob(".monitor.db*"))


def test_a_backup_comes_back_where_nothing_is_left(
    store: Store, place: Path, tmp_path: Path, now: datetime
) -> None:
    store.add_feed("https://a.example/rss", "", (), now)
    back_up(store.database, tmp_path / "copy.db")
    store.close()
    for path in tmp_path.glob("monitor.db*"):
        path.unlink()
    database = Database(f"sqlite:///{place}")
    assert restore(database, tmp_path / "copy.db") is None
    database.close()
    assert feeds_in(place) == ["https://a.example/rss"]


def _torn(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:8192] + os.urandom(len(data) - 8192))


def _of_a_newer_program(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()


def _of_another_program(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE x (y)")
    connection.close()


@pytest.mark.parametrize(
    ("spoil", "error", "said"),
    [
        (_torn, StoreError, "is no sound database"),
        (lambda path: path.write_bytes(b"no database"), StoreError, "is no sound database"),
        (_of_another_program, StoreError, "is no backup made by `monitor backup`"),
        (_of_a_newer_program, SchemaMismatch, "install that version first"),
        (lambda path: path.unlink(), UsageError, "there is no backup"),
    ],
)
def test_what_cannot_be_trusted_is_not_put_back(
    store: Store, tmp_path: Path, now: datetime, spoil, error: type[Exception], said: str
) -> None:
    store.add_feed("https://a.example/rss", "", (), now)
    back_up(store.database, tmp_path / "copy.db")
    spoil(tmp_path / "copy.db")
    with pytest.raises(error, match=said):
        restore(store.database, tmp_path / "copy.db")
    assert [feed.key for feed, _ in store.feeds()] == ["https://a.example/rss"]
    assert not list(tmp_path.glob("monitor.db.before-restore*"))
