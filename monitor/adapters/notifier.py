"""Sends messages through Apprise, each attempt in a worker process that can be killed."""

from __future__ import annotations

import asyncio
import os
import signal
import warnings
from collections.abc import Iterable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from datetime import timedelta
from multiprocessing.context import ForkServerContext
from typing import Any

from pebble import ProcessExpired, ProcessPool

from monitor.adapters.send_turns import NoTurn, Turns
from monitor.adapters.starting import ForkedProcess, forking_server
from monitor.errors import SendError
from monitor.model import Fault, Message, Outcome, SendResult
from monitor.send.channels import Channel, server_of

TIMEOUT = 45.0  # seconds; longer than any single step of a send is waited for
PATIENCE = 30.0  # seconds to wait for a turn
GRACE = 10.0  # seconds until the pool ends a worker that its own timer has not ended
LONGEST_SEND = timedelta(seconds=PATIENCE + TIMEOUT + GRACE)  # what a lease has to outlast


class AppriseNotifier:
    """ports.Notifier. One attempt a channel at a time, a few at once; an attempt without an end is killed.

    `channels` are all that can be sent to. `workers` processes, and a third more for channels that are slow, are
    started by `start()`, or by the first message, and ended by `close()`. `timeout` and `patience` are seconds:
    for an attempt, and for waiting until a worker and the channel are free, so that `send` has an end before a
    lease has.
    """

    def __init__(
        self,
        channels: Iterable[Channel],
        *,
        workers: int = 6,
        timeout: float = TIMEOUT,
        patience: float = PATIENCE,
    ) -> None:
        self._timeout = timeout
        self._patience = patience
        self._pool: ProcessPool | None = None
        self._futures: set[Future[Any]] = set()
        self._turns = Turns(workers, patience)
        self._urls: dict[tuple[str, str], str] = {}
        self.use(channels)

    def use(self, channels: Iterable[Channel]) -> None:
        """Send to these channels from now on (a reloaded configuration)."""
        self._urls = {(channel.receiver, channel.name): channel.url for channel in channels}

    async def start(self) -> None:
        """Start the workers, so that the first message need not wait until they have loaded Apprise."""
        pool = self._started()
        await asyncio.gather(
            *(asyncio.wrap_future(pool.schedule(os.getpid)) for _ in range(self._turns.places))
        )

    async def send(self, receiver: str, channel: str, message: Message) -> SendResult:
        """One attempt. Never raises for what a service does; the result says it."""
        url = self._urls.get((receiver, channel))
        if url is None:
            gone = f"{receiver} has no channel {channel} any more"
            return SendResult(Outcome.PERMANENT, gone, fault=Fault.OURS)
        try:
            async with self._turns.take((receiver, channel), server_of(url)):
                return await self._attempt(url, message)
        except NoTurn:
            waited = f"no turn within {self._patience:g} s: others are being sent"
            return SendResult(Outcome.TRANSIENT, waited, fault=Fault.OURS)

    def crowded(self) -> set[str]:
        """The names of channels whose turn would not come soon: others that are slow have their places."""
        return {
            channel
            for (receiver, channel), url in self._urls.items()
            if self._turns.is_crowded((receiver, channel), server_of(url))
        }

    async def examine(self) -> dict[tuple[str, str], str]:
        """Which channels (receiver, name) cannot be sent to as they are written, and why. Sends nothing."""
        pool, urls = self._started(), dict(self._urls)
        whys = await asyncio.gather(
            *(asyncio.wrap_future(pool.schedule(verify, args=[url])) for url in urls.values())
        )
        return {channel: why for channel, why in zip(urls, whys, strict=True) if why}

    async def close(self) -> None:
        """End the workers; what they are still sending is broken off."""
        if self._pool is not None:
            await self._discard(self._pool)

    async def _attempt(self, url: str, message: Message) -> SendResult:
        pool, future = await self._scheduled(url, message)
        try:
            async with asyncio.timeout(self._timeout + GRACE):
                result = await asyncio.wrap_future(future)
        except (TimeoutError, ProcessExpired) as error:
            if isinstance(error, ProcessExpired) and error.exitcode != -signal.SIGALRM:
                died = f"the sending process died (exit {error.exitcode})"
                return SendResult(Outcome.UNKNOWN, died)
            return SendResult(Outcome.UNKNOWN, f"no end after {self._timeout:g} s; the attempt was killed")
        except BrokenProcessPool:
            await self._discard(pool)
            return SendResult(Outcome.UNKNOWN, "the sending processes were ended", fault=Fault.OURS)
        finally:
            self._futures.discard(future)
        assert isinstance(result, SendResult)
        return result

    async def _scheduled(self, url: str, message: Message) -> tuple[ProcessPool, Future[Any]]:
        """The attempt on its way to a worker; of new workers, where something has ended the old ones."""
        arguments = [url, message, self._timeout]
        for _ in range(2):
            pool = self._started()
            try:
                future = pool.schedule(_deliver, args=arguments, timeout=self._timeout + GRACE / 2)
            except RuntimeError:  # pebble's word for a pool that broke
                await self._discard(pool)
            else:
                self._futures.add(future)
                return pool, future
        raise SendError("no process to send from can be started")

    async def _discard(self, pool: ProcessPool) -> None:
        if self._pool is not pool:
            return
        self._pool, left = None, list(self._futures)
        await asyncio.to_thread(_end, pool)
        for future in left:  # pebble leaves them open
            if not future.done():
                future.set_exception(BrokenProcessPool("ended"))

    def _started(self) -> ProcessPool:
        if self._pool is None:
            self._pool = ProcessPool(
                max_workers=self._turns.places,
                initializer=_prepare,
                context=_Context(),
            )
        return self._pool


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()


class _Worker(ForkedProcess):
    """A worker ignores SIGTERM, so that whoever ends the daemon's group does not end its sends. We mean it."""

    server = forking_server("monitor.adapters.send_server", __name__)

    def terminate(self) -> None:
        self.kill()


class _Context(ForkServerContext):
    Process = _Worker


# Apprise is loaded by these alone: in the workers and their server, and in the commands that check addresses.


def _prepare() -> None:
    from monitor.adapters import send_worker

    send_worker.prepare()


def _deliver(url: str, message: Message, seconds: float) -> SendResult:
    """An attempt under a timer whose signal, left to the kernel, ends the process whatever it is stuck in."""
    from monitor.adapters import send_worker

    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return send_worker.deliver(url, message)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def verify(url: str) -> str | None:
    """Why an Apprise address cannot be used, in one line without secrets; None where it can."""
    with warnings.catch_warnings():  # of what Apprise and its plugins import: nothing the operator can change
        warnings.simplefilter("ignore", DeprecationWarning)
        from monitor.adapters import send_worker

        return send_worker.verify(url)
