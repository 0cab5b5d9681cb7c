"""Sending 5,000 deliveries over 50 channels, a tenth of them slow and a tenth failing, beside bare clients."""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiohttp
import aiosmtplib

from monitor.adapters.store import alerts
from monitor.app import App, create_store
from monitor.config import ReceiverSettings, Settings
from monitor.daemon import Daemon
from monitor.log import set_up
from monitor.model import Kind, Severity
from monitor.send.keys import delivery_key
from monitor.setting_values import parse_rate

AIM = 1.2  # p99 of the healthy channels with the bad ones, as a multiple of that without
LONGEST = 150.0  # seconds for a run


class Peer:
    """The services' process."""

    def __init__(self, slow: Collection[int], failing: Collection[int], seconds: float) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "-m", "tests.benchmarks._deliver_server", str(port)]
        command += [json.dumps(list(slow)), json.dumps(list(failing)), str(seconds)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        ports = json.loads(self._line())
        self.hook, self.smtp = ports["hook"], ports["smtp"]

    def _line(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline()

    def taken(self) -> dict[int, list[float]]:
        """What each channel took since the last time it was asked."""
        assert self._process.stdin
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return {int(channel): moments for channel, moments in json.loads(self._line()).items()}

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.terminate()
        self._process.wait(10)


@dataclass
class Run:
    """How long what was sent to the healthy channels took from when it was due, in seconds, sorted."""

    delays: list[float]
    seconds: float

    @property
    def p99(self) -> float:
        return self.delays[int(len(self.delays) * 0.99) - 1] if self.delays else float("nan")

    @property
    def rate(self) -> float:
        return len(self.delays) / self.seconds


def settings(folder: Path, peer: Peer, channels: Collection[int]) -> Settings:
    receivers = {
        f"r{number}": ReceiverSettings(urls=(address(peer, number),), rate=parse_rate("100000/1s"))
        for number in channels
    }
    (folder / "rules").mkdir()
    return Settings(
        database=f"sqlite:///{folder / 'monitor.db'}", rules=folder / "rules", receivers=receivers
    )


def address(peer: Peer, number: int) -> str:
    """Half of the channels are mailboxes, half are web hooks."""
    if number % 2:
        return f"mailto://127.0.0.1:{peer.smtp}/?from=m@x.org&to=box{number}@x.org&mode=insecure"
    return f"json://127.0.0.1:{peer.hook}/{number}"


async def ours(peer: Peer, channels: Collection[int], healthy: Collection[int], each: int) -> Run:
    """Everything is due at once; over when the healthy channels have taken all of theirs."""
    with tempfile.TemporaryDirectory() as folder:
        made = settings(Path(folder), peer, channels)
        store = create_store(made)
        app = App(made, store)
        app.workers.start()
        await app.notifier.start()
        daemon = Daemon(app)
        with store.database.write() as c:
            for _ in range(each):
                alerts.add(
                    c,
                    kind=Kind.NOTICE,
                    rule="benchmark",
                    rule_title="Benchmark",
                    severity=Severity.LOW,
                    story=None,
                    once=None,
                    items=(),
                    channels=list(app.pipeline.policy.channels),
                    make_key=delivery_key,
                    now=app.clock.now(),
                )
        peer.taken()
        began, left, delays = time.monotonic(), each * len(healthy), []
        while left > 0 and time.monotonic() - began < LONGEST:
            await daemon.sending.fill()
            await asyncio.sleep(0.5)
            for number, moments in peer.taken().items():
                if number in healthy:
                    delays += [moment - began for moment in moments]
                    left -= len(moments)
            progress(f"{len(delays)} taken by healthy channels, {left} to go")
        await daemon.sending.close(0.1)
        await app.close()
        if left > 0:
            progress(f"not all was sent within {LONGEST:.0f} s\n")
        return Run(sorted(delays), max(delays, default=LONGEST))


async def bare(peer: Peer, healthy: Collection[int], each: int) -> float:
    """The same sends to the healthy channels by the clients alone, a message a channel at a time: per second."""
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "m@x.org", "Benchmark"
    mail.set_content("What the monitor's message says, more or less. " * 10)
    began = time.monotonic()
    async with aiohttp.ClientSession() as session:

        async def send(number: int) -> None:
            for _ in range(each):
                if number % 2:
                    await aiosmtplib.send(
                        mail, recipients=[f"box{number}@x.org"], hostname="127.0.0.1", port=peer.smtp
                    )
                else:
                    body: dict[str, Any] = {"message": "What it says. " * 30}
                    async with session.post(f"http://127.0.0.1:{peer.hook}/{number}", json=body) as answer:
                        await answer.read()

        await asyncio.gather(*(send(number) for number in healthy))
    return each * len(healthy) / (time.monotonic() - began)


def progress(text: str) -> None:
    if sys.stderr.isatty() or text.endswith("\n"):
        print(f"\r{text:60}", end="", file=sys.stderr, flush=True)


def main(argv: list[str]) -> int:
    """0 where the bad channels leave the healthy ones alone, 1 where they do not."""
    parser = argparse.ArgumentParser(prog="deliver", description=__doc__)
    parser.add_argument("--deliveries", type=int, default=5000)
    parser.add_argument("--channels", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=10.0, help="that a slow channel takes for each")
    options = parser.parse_args(argv)
    set_up("error", "text")
    bad = max(options.channels // 10, 1)
    slow, failing = range(bad), range(bad, 2 * bad)
    healthy, each = range(2 * bad, options.channels), options.deliveries // options.channels
    peer = Peer(slow, failing, options.seconds)
    try:
        without = asyncio.run(ours(peer, healthy, healthy, each))
        floor = asyncio.run(bare(peer, healthy, each))
        peer.taken()
        with_bad = asyncio.run(ours(peer, range(options.channels), healthy, each))
    finally:
        peer.close()
    ratio = with_bad.p99 / without.p99
    print(
        f"{each * options.channels} deliveries, {options.channels} channels: {bad} slow ({options.seconds:g} s)"
    )
    print(f"  and {bad} failing; all due at once; figures are of the {len(healthy)} healthy channels\n")
    print(f"bare aiosmtplib and aiohttp       {floor:8.0f}/s")
    print(f"ours, without the bad channels    {without.rate:8.0f}/s   p99 {without.p99:6.1f} s")
    print(f"ours, with them                   {with_bad.rate:8.0f}/s   p99 {with_bad.p99:6.1f} s")
    print(f"p99 with / without                {ratio:8.2f}   aim {AIM}")
    return 0 if ratio <= AIM else 1
