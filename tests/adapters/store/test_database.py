"""Locks and transactions: one writer at a time, one daemon a file, and a line for what cannot be had."""

from __future__ import annotations

import errno
import fcntl
import os
import threading
from pathlib import Path

import pytest

from monitor.adapters.store import Database
from monitor.adapters.store.database import FileLock
from monitor.errors import StoreBusy, StoreError


def in_a_thread(work) -> list[object]:
    """What `work` returns or raises in a thread of its own."""
    said: list[object] = []

    def run() -> None:
        try:
            said.append(work())
        except StoreError as error:
            said.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(10)
    assert said
    return said


def test_a_lock_is_held_by_one_thread_and_may_be_taken_twice_by_it(tmp_path: Path):
    lock = FileLock(tmp_path / "lock")
    assert lock.acquire(0)
    assert lock.acquire(0)
    assert in_a_thread(lambda: lock.acquire(0)) == [False]
    lock.release()
    assert in_a_thread(lambda: lock.acquire(0)) == [False]
    lock.release()
    assert in_a_thread(lambda: (lock.acquire(0), lock.release())) == [(True, None)]


def test_a_lock_is_held_by_one_process(tmp_path: Path):
    """flock belongs to an open file, so that another opening of it stands for another process."""
    lock = FileLock(tmp_path / "lock")
    assert lock.acquire(0)
    other = os.open(tmp_path / "lock", os.O_RDWR)
    try:
        with pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        lock.release()
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        assert not lock.acquire(0.02)
    finally:
        os.close(other)
    assert lock.acquire(0)
    lock.release()


def test_a_lock_that_cannot_be_had_is_one_line_and_holds_nobody_up(tmp_path: Path, monkeypatch):
    """A network file system without locks (the kernel's answer, not ours, is replaced)."""

    def refuse(file: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    lock = FileLock(tmp_path / "lock")
    monkeypatch.setattr(fcntl, "flock", refuse)
    for _ in range(2):
        with pytest.raises(StoreError, match="keep the database on a local disk"):
            lock.acquire(0)
    monkeypatch.undo()
    assert in_a_thread(lambda: (lock.acquire(0), lock.release())) == [(True, None)]


def test_a_folder_that_is_missing_is_one_line(tmp_path: Path):
    lock = FileLock(tmp_path / "missing" / "lock")
    with pytest.raises(StoreError, match="does its folder exist"):
        lock.acquire(0)


def test_one_daemon_a_file(tmp_path: Path):
    address = f"sqlite:///{tmp_path / 'monitor.db'}"
    first, second = Database(address), Database(address)
    assert not second.daemon_runs()
    first.claim_presence()
    assert in_a_thread(second.daemon_runs) == [True]
    (said,) = in_a_thread(lambda: second.claim_presence("`run --once`"))
    assert isinstance(said, StoreBusy)
    assert "stop it before starting `run --once`" in str(said)
    first.close()
    assert not second.daemon_runs()
    second.close()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("nonsense", "is no address that can be used"),
        ("mysql+nosuch://x/y", "is no address that can be used"),
    ],
)
def test_an_address_that_is_none_is_one_line(address: str, said: str):
    with pytest.raises(StoreError, match=said):
        Database(address)
