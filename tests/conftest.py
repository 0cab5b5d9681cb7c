"""Nothing in the suite leaves the machine: sockets reach loopback addresses and local paths only."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_socket import socket_allow_hosts
from sqlalchemy import event

from monitor.adapters.store import Database, Store, migrate
from monitor.send.keys import delivery_key
from tests import postgres


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--require",
        default="",
        metavar="MARKERS",
        help="fail where a test so marked is skipped: postgres,browser",
    )


# Where tests take longest, mostly for waiting.
_LONG = (
    "tests/crash/",
    "tests/daemon/",
    "tests/demo/",
    "tests/test_secrets.py",
    "tests/test_shipped_rules.py",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, each after another kind of test, so that several processes end together."""
    items.sort(key=lambda item: not item.nodeid.startswith(_LONG))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What has to be tried is not passed over because something is not installed."""
    report = yield
    required = [name for name in item.config.getoption("--require").split(",") if name]
    if report.skipped and not hasattr(report, "wasxfail") and any(map(item.get_closest_marker, required)):
        report.outcome = "failed"
        report.longrepr = f"skipped, but --require {','.join(required)} forbids it: {report.longrepr[-1]}"
    return report


@pytest.fixture(autouse=True)
def only_loopback() -> None:
    socket_allow_hosts(["127.0.0.0/8", "::1"], allow_unix_socket=True)


@pytest.fixture(autouse=True, scope="session")
def cache_of_the_suite(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The user's own cache is neither used nor filled, by commands and child processes neither."""
    os.environ["CACHE_DIRECTORY"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(autouse=True, scope="session")
def quiet_servers() -> None:
    """The servers of tests do not log requests: to the standard error that stands when they first do, which
    may be the one that a test of a command looks at, and has closed by the next request."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 10, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def postgres_address() -> Iterator[str]:
    """A PostgreSQL server for the session; tests that need it are skipped where none is installed."""
    if postgres.programs() is None:
        pytest.skip("PostgreSQL's server programs (initdb, postgres) are not installed")
    with postgres.server() as address:
        yield address


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, once of each kind; with our schema in it where `database` is asked for."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'monitor.db'}"
    if "database" in request.fixturenames:
        tables: postgres.Tables = request.getfixturevalue("postgres_tables")
        return tables.emptied()
    address: str = request.getfixturevalue("postgres_address")
    postgres.empty(address)
    return address


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with our schema, to be copied: that is a hundred times as fast as to make its tables."""
    path = tmp_path_factory.mktemp("template") / "monitor.db"
    database = Database(f"sqlite:///{path}")
    migrate.upgrade(database)
    database.checkpoint()
    database.close()
    return path


@pytest.fixture(scope="session")
def postgres_tables(postgres_address: str) -> postgres.Tables:
    """A database of the session's server that keeps our tables from test to test."""
    return postgres.Tables(postgres_address)


@pytest.fixture
def database(database_address: str, sqlite_template: Path) -> Iterator[Database]:
    """A database with our schema in it, which outlives no crash of the machine."""
    database = Database(database_address)
    if database.path is not None:
        shutil.copyfile(sqlite_template, database.path)
        event.listen(database.engine, "connect", _do_not_sync)
    yield database
    database.close()


def _do_not_sync(raw: Any, _record: object) -> None:
    raw.execute("PRAGMA synchronous=OFF")


@pytest.fixture
def store(database: Database) -> Store:
    return Store(database, delivery_key)
