"""A PostgreSQL server of the suite's own, on a loopback port, gone with it.

PostgreSQL refuses to run as root; then its files belong to another user, under whom it runs.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from monitor.adapters.store import Database, migrate

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


class Server:
    """A server with its files in `place`, which is gone when it ends."""

    def __init__(self, folder: Path, place: Path, user: str | None) -> None:
        self._folder, self._place, self._user = folder, place, user
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def begin(cls) -> Server:
        """A new server, running."""
        folder, user = programs(), _other_user()
        assert folder is not None
        place = Path(tempfile.mkdtemp(prefix="monitor-pg-"))
        if user is not None:
            os.chown(place, pwd.getpwnam(user).pw_uid, -1)
        made = cls(folder, place, user)
        options = ["-U", "monitor", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
        initdb = [folder / "initdb", "-D", made._data, *options]
        subprocess.run(initdb, check=True, user=user, capture_output=True, cwd=place)
        made.start()
        return made

    @property
    def address(self) -> str:
        return f"postgresql://monitor@127.0.0.1:{self._port}/postgres"

    @property
    def _data(self) -> Path:
        return self._place / "data"

    def start(self) -> None:
        """Run it, also after `kill`."""
        settings = {"fsync": "off", "unix_socket_directories": self._place, "listen_addresses": "127.0.0.1"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        limit = ["timeout", "-s", "INT", str(LIFETIME)]
        self._process = subprocess.Popen(
            [*limit, self._folder / "postgres", "-D", self._data, "-p", str(self._port), *options],
            user=self._user,
            cwd=self._place,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _wait_for(self._port, self._process)

    def kill(self) -> None:
        """SIGKILL: nobody is told, nothing is tidied up."""
        assert self._process is not None
        os.kill(int((self._data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        self._process.wait(30)

    def end(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)  # fast shutdown; `timeout` passes it on
        self._process.wait(30)
        shutil.rmtree(self._place, ignore_errors=True)


@contextmanager
def server() -> Iterator[str]:
    """The address of a running server's database, until the block ends."""
    running = Server.begin()
    try:
        yield running.address
    finally:
        running.end()


def empty(address: str) -> None:
    """Leave nothing in a database."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


class Tables:
    """A database beside the one at `address`, with our tables, which are made once and then only emptied."""

    def __init__(self, address: str) -> None:
        self._address = f"{address.rpartition('/')[0]}/tables"
        self._made = ""  # the schema as it was when it was made
        self._meta: list[tuple[Any, ...]] = []  # the only rows of a new database
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("CREATE DATABASE tables")

    def emptied(self) -> str:
        """Its address, with all tables as they are in a new database."""
        with psycopg.connect(self._address, autocommit=True) as connection:
            intact = bool(self._made) and _schema(connection) == self._made
            if intact:
                connection.execute(_EMPTY_TABLES)
                connection.cursor().executemany("INSERT INTO meta VALUES (%s, %s)", self._meta)
                connection.execute("UPDATE alembic_version SET version_num = %s", [migrate.HEAD])
        if not intact:
            self._make()
        return self._address

    def _make(self) -> None:
        empty(self._address)
        database = Database(self._address)
        migrate.upgrade(database)
        database.close()
        with psycopg.connect(self._address) as connection:
            self._made = _schema(connection)
            self._meta = connection.execute("SELECT key, value FROM meta").fetchall()


# Foreign keys are not looked at while all of them go; numbers begin anew.
_EMPTY_TABLES = """
DO $$ DECLARE name text; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
    EXECUTE format('DELETE FROM %I', name);
  END LOOP;
  PERFORM setval(oid, seqstart, false) FROM pg_class JOIN pg_sequence ON seqrelid = oid;
END $$
"""


def _schema(connection: psycopg.Connection[Any]) -> str:
    """Tables, columns and indexes, in a word that differs where they do; and that the tables were stamped."""
    row = connection.execute(
        "SELECT md5(string_agg(concat_ws(' ', relname, relkind, attname, atttypid, attnotnull), ' '"
        " ORDER BY relname, attnum))"
        " FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid"
        " WHERE relnamespace = 'public'::regnamespace AND NOT attisdropped"
    ).fetchone()
    return str(row[0]) if row else ""


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
