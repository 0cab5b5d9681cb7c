"""How worker processes are started: forked from a server that has imported once what all of them need.

So a new one costs milliseconds and shares the memory of the others. A server is a fresh process and not a copy of
ours, and those who need different things have one each. Ctrl-C, which reaches every process of a terminal, is the
parent's alone.
"""

from __future__ import annotations

import io
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import context, forkserver, popen_forkserver, reduction, resource_tracker, spawn, util
from multiprocessing.context import ForkServerProcess
from multiprocessing.forkserver import ForkServer
from multiprocessing.process import BaseProcess
from typing import Any, ClassVar


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Block SIGINT for what this thread starts: a process that is still importing would show a traceback.

    The resource tracker comes first, since starting it unblocks SIGINT again.
    """
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def forking_server(*modules: str) -> ForkServer:
    """A server that imports these modules when its first process is wanted."""
    server = ForkServer()
    server.set_forkserver_preload(list(modules))
    return server


class ForkedProcess(ForkServerProcess):
    """From its class's own server. It does not import the parent's main script, which would bring the daemon."""

    server: ClassVar[ForkServer]

    @staticmethod
    def _Popen(process: BaseProcess) -> Any:  # noqa: N802  (multiprocessing's name)
        with interrupts_held():
            return _Birth(process)


class _Birth(popen_forkserver.Popen):
    """As multiprocessing's own, which knows one server for all."""

    _fds: list[int]  # what the process is given beside its orders

    def _launch(self, process: Any) -> None:
        told = spawn.get_preparation_data(process.name)
        order = io.BytesIO()
        context.set_spawning_popen(self)
        try:
            reduction.dump({key: told[key] for key in told if not key.startswith("init_main")}, order)
            reduction.dump(process, order)
        finally:
            context.set_spawning_popen(None)
        self.sentinel, writing = process.server.connect_to_new_process(self._fds)
        # Held open for as long as we live: by its end the process knows that its parent has ended.
        alive = os.dup(writing)
        self.finalizer = util.Finalize(self, _close, (alive, self.sentinel))
        with open(writing, "wb") as pipe:  # noqa: PTH123  (a descriptor)
            pipe.write(order.getbuffer())
        self.pid = forkserver.read_signed(self.sentinel)


def _close(*descriptors: int) -> None:
    for descriptor in descriptors:
        os.close(descriptor)
