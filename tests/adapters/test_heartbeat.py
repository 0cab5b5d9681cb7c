"""The heartbeat: asked for while all is well, never otherwise, and its address never told to anybody."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from monitor.adapters.heartbeat import Heartbeat, ask, is_due
from monitor.adapters.store import Database, migrate
from monitor.adapters.store.beats import BeatRecord, Beats
from monitor.settings import HeartbeatSettings
from tests.daemon.harness import logged
from tests.fakes import ManualClock

SECRET = "0f3a9c12-canary"
NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)


async def at_once(work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    return work(*args, **kwargs)


@pytest.fixture
def database(tmp_path: Path):
    found = Database(f"sqlite:///{tmp_path / 'monitor.db'}", busy_seconds=0.05)
    migrate.upgrade(found)
    yield found
    found.close()


class Ward:
    """A heartbeat on a clock of its own, and the server that minds it."""

    def __init__(self, database: Database, server: HTTPServer) -> None:
        self.clock, self.record = ManualClock(NOW), BeatRecord(database)
        self.heart = Heartbeat(database, at_once, self.clock)
        self.server = server
        self.settings = HeartbeatSettings(url=server.url_for(f"/{SECRET}"), interval=timedelta(minutes=1))

    async def tick(self, *unwell: str, after: float = 60) -> int:
        """A tick some seconds later; how many requests there were by then."""
        self.clock.moment += timedelta(seconds=after)
        await self.heart.tick(self.settings, unwell)
        return len(self.server.log)

    def answer(self, status: int, headers: dict[str, str] | None = None) -> None:
        self.server.clear_all_handlers()
        self.server.expect_request(f"/{SECRET}", method="GET").respond_with_data("", status, headers)


@pytest.fixture
def ward(database: Database, httpserver: HTTPServer) -> Ward:
    found = Ward(database, httpserver)
    found.answer(200)
    return found


async def test_it_is_asked_for_at_every_interval_and_not_in_between(ward: Ward) -> None:
    assert await ward.tick(after=0) == 1
    assert await ward.tick(after=59) == 1
    assert await ward.tick(after=1) == 2
    assert ward.record.read() == Beats(last=ward.clock.now())


async def test_it_is_not_asked_for_while_the_daemon_is_not_well(ward: Ward) -> None:
    with logged() as log:
        assert await ward.tick("no progress of the poll lane") == 0
        assert await ward.tick("no progress of the poll lane") == 0
        assert len(log.lines("level=error", "no heartbeat", "no progress of the poll lane")) == 1
        assert await ward.tick() == 1
        assert len(log.lines("the heartbeat goes on")) == 1
    assert ward.record.read().last == ward.clock.now()


async def test_it_is_not_asked_for_while_the_database_takes_nothing(ward: Ward, tmp_path: Path) -> None:
    holder = sqlite3.connect(tmp_path / "monitor.db", isolation_level=None)
    with logged() as log:
        holder.execute("BEGIN IMMEDIATE")
        assert await ward.tick() == 0
        assert await ward.tick() == 0
        holder.execute("ROLLBACK")
        assert await ward.tick() == 1
        assert len(log.lines("no heartbeat", "is locked by another program")) == 1
        assert len(log.lines("the heartbeat goes on")) == 1
    holder.close()


async def test_a_failure_is_said_once_and_so_is_its_end(ward: Ward) -> None:
    ward.answer(500)
    with logged() as log:
        assert [await ward.tick() for _ in range(3)] == [1, 2, 3]
        since = NOW + timedelta(seconds=60)
        assert ward.record.read() == Beats(failing_since=since, error="it answered 500")
        ward.answer(204)
        await ward.tick()
        assert [len(log.lines(what)) for what in ("does not go through", "goes through again")] == [1, 1]
        assert SECRET not in log.text
    assert ward.record.read() == Beats(last=ward.clock.now())


async def test_what_went_through_last_is_remembered_over_failures_and_restarts(
    ward: Ward, database: Database
) -> None:
    await ward.tick()
    last = ward.clock.now()
    ward.answer(500)
    await ward.tick()
    again = Ward(database, ward.server)
    again.clock.moment = ward.clock.now()
    await again.tick()
    found = again.record.read()
    assert (found.last, found.failing_since) == (last, last + timedelta(seconds=60))


async def test_a_reload_changes_address_and_interval(ward: Ward) -> None:
    await ward.tick()
    ward.settings = HeartbeatSettings(url=ward.server.url_for("/other"), interval=timedelta(minutes=5))
    ward.server.expect_request("/other").respond_with_data("")
    assert await ward.tick(after=1) == 2
    assert await ward.tick(after=60) == 2
    ward.settings = HeartbeatSettings()
    assert await ward.tick(after=600) == 2
    assert [request.path for request, _ in ward.server.log] == [f"/{SECRET}", "/other"]


@pytest.mark.parametrize(
    ("after", "due"),
    [(0, False), (59.9, False), (60, True), (3600, True), (-1, True)],
    ids=lambda value: str(value),
)
def test_when_it_is_time(after: float, due: bool) -> None:
    assert is_due(NOW, NOW + timedelta(seconds=after), timedelta(minutes=1)) is due
    assert is_due(None, NOW, timedelta(minutes=1))


# --- the request -----------------------------------------------------------------------------------------


async def test_it_is_not_redirected(httpserver: HTTPServer) -> None:
    httpserver.expect_request(f"/{SECRET}").respond_with_data(
        "", 302, {"Location": httpserver.url_for("/sink")}
    )
    assert await ask(httpserver.url_for(f"/{SECRET}")) == "it answered 302, and redirects are not followed"
    assert len(httpserver.log) == 1


async def test_a_name_and_password_in_the_address_are_sent(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/beat", headers={"Authorization": "Basic bWU6aHVzaA=="}).respond_with_data("")
    assert await ask(httpserver.url_for("/beat").replace("://", "://me:hush@")) == ""


@pytest.mark.parametrize(
    ("url", "why"),
    [
        (f"http://169.254.169.254/{SECRET}", "is a cloud metadata service and is never contacted"),
        (f"http://[fd00:ec2::254]/{SECRET}", "is a cloud metadata service and is never contacted"),
        (f"http://127.0.0.1:1/{SECRET}?token={SECRET}", "no connection to 127.0.0.1"),
        (f"http://user:{SECRET}@127.0.0.1:1/", "no connection to 127.0.0.1"),
        (f"http://[1/{SECRET}", "it is no usable address"),
    ],
)
async def test_why_it_does_not_go_through_holds_nothing_of_the_address(url: str, why: str) -> None:
    said = await ask(url)
    assert why in said
    assert SECRET not in said


async def test_a_server_that_echoes_what_it_was_asked_tells_nobody() -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"NOHTTP " + await reader.readline())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        said = await ask(f"http://127.0.0.1:{port}/{SECRET}")
    assert said
    assert SECRET not in said
