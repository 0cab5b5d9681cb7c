"""The demonstration as it is played: the real daemon, the shipped rules, nothing but loopback."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from monitor.demo.daemon import prepare, running
from monitor.demo.run import demo
from monitor.errors import DemoError


async def test_exactly_the_expected_alerts_arrive() -> None:
    """Takes half a minute: the timetable is a quarter of one."""
    out = StringIO()
    code = await demo(once=True, console=Console(file=out, width=100))
    assert code == 0, out.getvalue()
    assert "9 of 9 expected alerts arrived, exactly these" in out.getvalue()


async def test_a_daemon_that_cannot_start_says_why(tmp_path: Path) -> None:
    config = prepare(tmp_path, ["http://127.0.0.1:9/feed"], 2525)
    config.write_text(config.read_text("utf-8").replace("[alerts]", "[allerts]"), "utf-8")
    with pytest.raises(DemoError, match="exit code 3"):
        async with running(config) as daemon:
            await daemon.watch(asyncio.Event().wait(), 60, "it runs")
    assert "allerts" in (tmp_path / "daemon.log").read_text("utf-8")


async def test_a_signal_ends_it_and_leaves_nothing_behind(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "monitor", "demo"),
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(90):
            while b"The daemon starts" not in (line := await process.stdout.readline()):
                assert line, "it ended before it began"
            assert [path.name.startswith("monitor-demo-") for path in tmp_path.iterdir()] == [True]
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 128 + signal.SIGTERM
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert list(tmp_path.iterdir()) == []
