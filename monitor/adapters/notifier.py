"""Sends messages through Apprise, each attempt in a worker process that can be killed."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections.abc import Iterable
from concurrent.futures.process import BrokenProcessPool
from contextlib import AsyncExitStack
from datetime import timedelta

from pebble import ProcessExpired, ProcessPool

from monitor.errors import SendError
from monitor.model import Message, Outcome, SendResult
from monitor.send.channels import Channel

TIMEOUT = 45.0  # seconds; longer than Apprise's own 15 for each step of SMTP
PATIENCE = 30.0  # seconds to wait for a turn
KILLING = 3.0  # seconds pebble takes to end a worker that does not listen
LONGEST_SEND = timedelta(seconds=PATIENCE + TIMEOUT + KILLING + 2)  # what a lease has to outlast


class AppriseNotifier:
    """ports.Notifier. One attempt a channel at a time, a few at once; an attempt without an end is killed.

    `channels` are all that can be sent to. `workers` processes are started by `start()`, or by the
    first message, and ended by `close()`. `timeout` and `patience` are seconds: for an attempt, and for
    waiting until a worker and the channel are free, so that `send` has an end before a lease has.
    """

    def __init__(
        self,
        channels: Iterable[Channel],
        *,
        workers: int = 3,
        timeout: float = TIMEOUT,
        patience: float = PATIENCE,
    ) -> None:
        self._workers = workers
        self._timeout = timeout
        self._patience = patience
        self._pool: ProcessPool | None = None
        self._free = asyncio.Semaphore(workers)
        self._urls: dict[tuple[str, str], str] = {}
        self._turns: dict[tuple[str, str], asyncio.Lock] = {}
        self.use(channels)

    def use(self, channels: Iterable[Channel]) -> None:
        """Send to these channels from now on (a reloaded configuration)."""
        self._urls = {(channel.receiver, channel.name): channel.url for channel in channels}

    async def start(self) -> None:
        """Start the workers and let each load Apprise, so that the first message need not wait."""
        pool = self._started()
        warming = [pool.schedule(_warm, timeout=self._timeout) for _ in range(self._workers)]
        await asyncio.gather(*(asyncio.wrap_future(future) for future in warming))

    async def send(self, receiver: str, channel: str, message: Message) -> SendResult:
        """One attempt. Never raises for what a service does; the result says it."""
        url = self._urls.get((receiver, channel))
        if url is None:
            return SendResult(Outcome.PERMANENT, f"{receiver} has no channel {channel} any more")
        turn = self._turns.setdefault((receiver, channel), asyncio.Lock())
        async with AsyncExitStack() as held:
            try:
                async with asyncio.timeout(self._patience):
                    await held.enter_async_context(turn)
                    await held.enter_async_context(self._free)
            except TimeoutError:
                return SendResult(
                    Outcome.TRANSIENT, f"no turn within {self._patience:g} s: others are being sent"
                )
            return await self._attempt(url, message)

    async def close(self) -> None:
        """End the workers; what they are still sending is broken off."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await asyncio.to_thread(_end, pool)

    async def _attempt(self, url: str, message: Message) -> SendResult:
        future = self._started().schedule(_deliver, args=[url, message], timeout=self._timeout)
        try:
            result = await asyncio.wrap_future(future)
        except TimeoutError:
            return SendResult(Outcome.UNKNOWN, f"no end after {self._timeout:g} s; the attempt was killed")
        except ProcessExpired as error:
            return SendResult(Outcome.UNKNOWN, f"the sending process died (exit {error.exitcode})")
        except BrokenProcessPool:
            await self.close()  # the next attempt starts new workers
            return SendResult(Outcome.UNKNOWN, "the sending processes could not be kept alive")
        except asyncio.CancelledError:
            if not future.cancelled() or _being_cancelled():
                raise
            return SendResult(Outcome.UNKNOWN, "the sending processes were ended")
        assert isinstance(result, SendResult)
        return result

    def _started(self) -> ProcessPool:
        if self._pool is None:
            self._pool = ProcessPool(
                max_workers=self._workers,
                initializer=_prepare,
                initargs=[os.getpid()],
                context=multiprocessing.get_context("spawn"),
            )
        return self._pool


def _end(pool: ProcessPool) -> None:
    """Let idle workers go, which takes no time; then end the busy ones."""
    pool.close()  # type: ignore[no-untyped-call]
    try:
        pool.join(timeout=0.5)
    except TimeoutError:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()


def _being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


# Apprise is loaded by these alone: in the workers, and in the commands that check addresses.


def _prepare(parent: int) -> None:
    from monitor.adapters import send_worker

    send_worker.prepare(parent)


def _warm() -> int:
    from monitor.adapters import send_worker

    return send_worker.warm()


def _deliver(url: str, message: Message) -> SendResult:
    from monitor.adapters import send_worker

    return send_worker.deliver(url, message)


def verify(url: str) -> str | None:
    """Why an Apprise address cannot be used, in one line without secrets; None where it can."""
    from monitor.adapters import send_worker

    return send_worker.verify(url)


def require(url: str) -> None:
    """Raises SendError where an address cannot be used."""
    why = verify(url)
    if why is not None:
        raise SendError(why)
