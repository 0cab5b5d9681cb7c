"""A PostgreSQL server of the suite's own, on a loopback port, gone with it.

PostgreSQL refuses to run as root; then its files belong to another user, under whom it runs.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

LIFETIME = 1800  # seconds after which the server ends by itself, whatever became of us


def programs() -> Path | None:
    """The folder of initdb and postgres, if they are installed."""
    found = shutil.which("initdb")
    if found and shutil.which("postgres"):
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


def _other_user() -> str | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    return None


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def server() -> Iterator[str]:
    """The address of a running server's database, until the block ends."""
    folder, user = programs(), _other_user()
    assert folder is not None
    with tempfile.TemporaryDirectory(prefix="monitor-pg-") as place:
        if user is not None:
            os.chown(place, pwd.getpwnam(user).pw_uid, -1)
        data, port = Path(place) / "data", _free_port()
        initdb = [
            folder / "initdb",
            "-D",
            data,
            "-U",
            "monitor",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "-N",
        ]
        subprocess.run(initdb, check=True, user=user, capture_output=True, cwd=place)
        options = [
            "-c",
            "fsync=off",
            "-c",
            f"unix_socket_directories={place}",
            "-c",
            "listen_addresses=127.0.0.1",
        ]
        process = subprocess.Popen(
            [
                "timeout",
                "-s",
                "INT",
                str(LIFETIME),
                folder / "postgres",
                "-D",
                data,
                "-p",
                str(port),
                *options,
            ],
            user=user,
            cwd=place,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for(port, process)
            yield f"postgresql://monitor@127.0.0.1:{port}/postgres"
        finally:
            process.send_signal(2)  # fast shutdown; `timeout` passes it on
            process.wait(30)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            psycopg.connect(f"host=127.0.0.1 port={port} user=monitor dbname=postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("PostgreSQL did not start")
