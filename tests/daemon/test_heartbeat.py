"""The heartbeat of the real daemon, and what status and doctor say of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from pytest_httpserver import HTTPServer

from monitor.daemon import STUCK_SECONDS
from tests.daemon.harness import configure, daemon, logged, monitor

SECRET = "0f3a9c12-canary"


def _lines(config: Path, command: str) -> str:
    found = [line for line in monitor(config, command).text.splitlines() if "heartbeat" in line]
    assert len(found) == 1, found
    assert SECRET not in found[0]
    return found[0]


async def test_a_daemon_that_is_well_says_so_and_one_that_is_not_does_not(
    tmp_path: Path, httpserver: HTTPServer
) -> None:
    httpserver.expect_request(f"/{SECRET}").respond_with_data("")
    (tmp_path / "beat").write_text(httpserver.url_for(f"/{SECRET}"))
    config = configure(tmp_path, [], more='[heartbeat]\nurl_file = "beat"\ninterval = "1m"\n')
    assert "not sent yet" in await asyncio.to_thread(_lines, config, "doctor")
    with logged() as log:
        async with daemon(config) as running:
            await running.daemon._beat()
            assert len(httpserver.log) == 1
            assert f"last {running.clock.now():%Y-%m-%d}" in await asyncio.to_thread(_lines, config, "status")
            running.daemon.sending.finished_at -= STUCK_SECONDS + 1
            await running.catch_up(minutes=1)
            await running.daemon._beat()
            assert len(httpserver.log) == 1
            assert log.lines("level=error", "no heartbeat", "the send lane")
            running.daemon.sending.finished_at += STUCK_SECONDS + 1
            httpserver.clear_all_handlers()
            await running.catch_up(minutes=1)
            await running.daemon._beat()
            assert "failing since" in await asyncio.to_thread(_lines, config, "status")
            assert "it answered 500" in await asyncio.to_thread(_lines, config, "doctor")
            config.write_text(config.read_text().replace("url_file", "#url_file"))
            await running.daemon.reload()
            await running.catch_up(minutes=1)
            await running.daemon._beat()
            assert len(httpserver.log) == 2
            assert "not set" in await asyncio.to_thread(_lines, config, "status")
        assert SECRET not in log.text
