from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from monitor.config import load_config
from monitor.demo.daemon import Daemon, prepare, shipped_rules
from monitor.errors import DemoError


def test_the_configuration_it_writes_is_valid_and_stays_on_this_machine(tmp_path: Path) -> None:
    settings = load_config(
        prepare(tmp_path, ["http://127.0.0.2:1/feed", "http://127.0.0.3:2/feed"], 2525), {}
    )
    assert [feed.url for feed in settings.feeds] == ["http://127.0.0.2:1/feed", "http://127.0.0.3:2/feed"]
    assert settings.alerts.default == ("desk",)
    assert settings.receivers["desk"].urls[0].startswith("mailto://127.0.0.1:2525/")
    assert settings.database == f"sqlite:///{tmp_path / 'monitor.db'}"
    assert settings.rules == tmp_path / "rules"
    assert [str(network) for network in settings.network.allow] == ["127.0.0.0/8"]


def test_the_rules_are_a_copy_of_the_shipped_ones(tmp_path: Path) -> None:
    prepare(tmp_path, [], 2525)
    names = {str(path.relative_to(shipped_rules())) for path in shipped_rules().rglob("*") if path.is_file()}
    assert any(name.endswith(".yaml") for name in names)
    for name in names:
        assert (tmp_path / "rules" / name).read_bytes() == (shipped_rules() / name).read_bytes()


@pytest.fixture
async def daemon() -> AsyncIterator[Daemon]:
    """Any process will do: this one waits for its input to end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "import sys; sys.exit(int(sys.stdin.read() or 0))",
        stdin=asyncio.subprocess.PIPE,
    )
    yield Daemon(process)
    if process.returncode is None:
        process.kill()
    await process.wait()


def end(daemon: Daemon, code: str) -> None:
    assert daemon.process.stdin is not None
    daemon.process.stdin.write(code.encode())
    daemon.process.stdin.close()


async def test_a_step_that_ends_while_the_daemon_lives(daemon: Daemon) -> None:
    await daemon.watch(asyncio.sleep(0), 5, "late")
    assert daemon.process.returncode is None


async def test_a_step_that_takes_too_long(daemon: Daemon) -> None:
    with pytest.raises(DemoError, match=r"^Publishing is stuck after 0 s\.$"):
        await daemon.watch(asyncio.Event().wait(), 0.01, "Publishing is stuck")


async def test_a_daemon_that_ends_in_the_middle(daemon: Daemon) -> None:
    end(daemon, "3")
    with pytest.raises(DemoError, match="exit code 3"):
        await daemon.watch(asyncio.Event().wait(), 30, "late")


async def test_a_step_that_fails(daemon: Daemon) -> None:
    async def step() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await daemon.watch(step(), 5, "late")
