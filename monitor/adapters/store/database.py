"""Connections and transactions: what SQLite and PostgreSQL need so that the rest need not know which it is.

SQLite: WAL, full sync, foreign keys, and BEGIN IMMEDIATE for writers, since upgrading a read transaction
fails at once however long the busy timeout is. Releases before 3.51.3 corrupt a WAL when two connections
write or checkpoint at the same instant, so every write transaction, checkpoint and close, in any process,
holds one file lock; automatic checkpoints are off, and only `checkpoint()` makes them.
"""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError

from monitor.errors import StoreBusy, StoreError, StoreFull

T = TypeVar("T")

BUSY_SECONDS = 5.0  # half of what a daemon has to stop in: a wait for the database cannot be broken off
# Advisory locks of PostgreSQL are named by number: any constant that nobody else uses in this database.
STORY_LOCK = 0x6D6F6E01
MIGRATION_LOCK = 0x6D6F6E02
_MOST_VALUES = 500  # in one IN (…): SQLite takes 32,766 values a statement, PostgreSQL 65,535
_ACCESS = "does its folder exist, and may this user write there?"


def in_chunks(values: Iterable[T]) -> Iterator[list[T]]:
    """`values` in lists short enough for one IN (…)."""
    left = iter(values)
    while chunk := list(islice(left, _MOST_VALUES)):
        yield chunk


class FileLock:
    """An exclusive lock between threads and processes, on a file beside the database.

    The kernel frees it when its holder dies. Worker processes are not forked from the daemon, so they never
    inherit it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._thread = threading.RLock()
        self._depth = 0
        self._file: int | None = None

    def acquire(self, timeout: float) -> bool:
        """True once held; False where `timeout` seconds were not enough. Reentrant within a thread.

        Raises StoreError where the file cannot be made or opened.
        """
        if not self._thread.acquire(timeout=max(timeout, 0)):
            return False
        try:
            held = self._depth > 0 or self._acquire_file(timeout)
        except BaseException:
            self._thread.release()
            raise
        if not held:
            self._thread.release()
            return False
        self._depth += 1
        return True

    def release(self) -> None:
        self._depth -= 1
        if self._depth == 0 and self._file is not None:
            os.close(self._file)  # closing frees the lock
            self._file = None
        self._thread.release()

    def _acquire_file(self, timeout: float) -> bool:
        try:
            file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise StoreFull(f"no space is left for {self.path}; free some") from error
            raise StoreError(f"{self.path} cannot be opened ({error.strerror}); {_ACCESS}") from error
        deadline = time.monotonic() + timeout
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    os.close(file)
                    return False
                time.sleep(0.005)
            except OSError as error:  # a network file system without locks
                os.close(file)
                raise StoreError(
                    f"{self.path} cannot be locked ({error.strerror}); keep the database on a local disk"
                ) from error
            else:
                self._file = file
                return True


class Database:
    """One database and the way to it. `read()` and `write()` are its only transactions."""

    def __init__(self, address: str, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self.url = _parse(address)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.busy_seconds = busy_seconds
        self.path = Path(self.url.database) if self.is_sqlite and self.url.database else None
        self.engine = self._engine()
        self._lock = FileLock(_beside(self.path, ".lock")) if self.path else None
        self._presence = FileLock(_beside(self.path, ".daemon")) if self.path else None
        self._present = False

    def __str__(self) -> str:
        return self.url.render_as_string(hide_password=True)

    def _engine(self) -> Engine:
        if not self.is_sqlite:
            return create_engine(self.url, pool_size=8, max_overflow=0, pool_pre_ping=True)
        engine = create_engine(
            self.url,
            pool_size=4,
            max_overflow=0,
            connect_args={"timeout": self.busy_seconds, "check_same_thread": False, "isolation_level": None},
        )
        event.listen(engine, "connect", _prepare_sqlite)
        return engine

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database and writes nothing."""
        with self.translated(), self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN")
            try:
                yield connection
            finally:
                _roll_back(connection)

    @contextmanager
    def write(self, lock: int | None = None) -> Iterator[Connection]:
        """A transaction that commits when the block ends, and leaves no trace where it raises.

        `lock` serialises it against the same lock on every node (SQLite's writers are serial anyway).
        """
        with self.translated(), self.exclusive(), self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            elif lock is not None:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})
            try:
                yield connection
                connection.commit()
            except BaseException:
                _roll_back(connection)
                raise

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """The file lock that keeps SQLite's writers and checkpoints apart; nothing on PostgreSQL."""
        if self._lock is None:
            yield
            return
        if not self._lock.acquire(self.busy_seconds):
            raise StoreBusy(
                f"{self} has been locked for {self.busy_seconds:.0f} s by another process; it is tried again"
            )
        try:
            yield
        finally:
            self._lock.release()

    def checkpoint(self) -> None:
        """Move the WAL into the database file. The daemon's work alone, while one runs."""
        if not self.is_sqlite:
            return
        with self.translated(), self.exclusive(), self.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def exists(self) -> bool:
        """False for an SQLite file that is not there: opening it would make an empty one."""
        return self.path is None or self.path.exists()

    def claim_presence(self, what: str = "a daemon") -> None:
        """Be the only daemon on this SQLite file until the process ends. Raises StoreBusy."""
        if self._presence is None or self._present:
            return
        if not self._presence.acquire(0):
            raise StoreBusy(
                f"{self.path} is in use by a running daemon; stop it before starting {what} "
                f"(only one may use an SQLite file; several nodes need PostgreSQL)"
            )
        self._present = True

    def daemon_runs(self) -> bool:
        """Whether another process is the daemon of this SQLite file."""
        if self._presence is None or self._present:
            return False
        if not self._presence.acquire(0):
            return True
        self._presence.release()
        return False

    def close(self) -> None:
        """Give up every connection. SQLite's last close checkpoints, so it holds the lock too."""
        if self._lock is not None and self._lock.acquire(self.busy_seconds):
            try:
                self.engine.dispose()
            finally:
                self._lock.release()
        else:
            self.engine.dispose()
        if self._present and self._presence is not None:
            self._presence.release()
            self._present = False

    @contextmanager
    def translated(self) -> Iterator[None]:
        """What the database says, as errors of ours."""
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:
            raise self._explain(error) from error

    def _explain(self, error: DBAPIError | sqlite3.Error) -> Exception:
        cause = error.orig if isinstance(error, DBAPIError) else error
        said = next(iter(str(cause).strip().splitlines()), type(cause).__name__)
        if "database or disk is full" in said or "No space left" in said or "disk I/O error" in said:
            return StoreFull(
                f"no space is left for {self} ({said}); free some: what was read waits and is not lost"
            )
        if "database is locked" in said or "database table is locked" in said:
            return StoreBusy(f"{self} is locked by another program; it is tried again")
        if "file is not a database" in said or "malformed" in said:
            return StoreError(
                f"{self} is no usable database ({said}); `monitor restore BACKUP` brings the last backup back"
            )
        if "unable to open database file" in said:
            return StoreError(f"{self} cannot be opened; {_ACCESS}")
        if "readonly database" in said:
            return StoreError(f"{self} cannot be written by this user")
        if isinstance(error, OperationalError) and not self.is_sqlite:
            return StoreBusy(f"{self} cannot be used now ({said}); it is tried again")
        return error


def _parse(address: str) -> URL:
    try:
        url = make_url(address)
        if url.drivername in ("postgresql", "postgres"):
            url = url.set(drivername="postgresql+psycopg")
        url.get_dialect()
    except (ArgumentError, NoSuchModuleError, ImportError, ValueError) as error:
        # A ValueError quotes what it takes for the port, which may be the end of a password.
        why = "its port is no number" if isinstance(error, ValueError) else error
        raise StoreError(
            f"`database` is no address that can be used: {why}; "
            "write sqlite:///monitor.db or postgresql://user@host/name"
        ) from None
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise StoreError(f"`database` names {url.get_backend_name()}; SQLite and PostgreSQL are supported")
    return url


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _roll_back(connection: Connection) -> None:
    """Roll back; SQLite may have done so by itself already (on a full disk), which is no error."""
    if connection.in_transaction():
        connection.rollback()


def _prepare_sqlite(raw: Any, _record: Any) -> None:
    cursor = raw.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "wal_autocheckpoint=0",
        "temp_store=MEMORY",
        "cache_size=-16000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
