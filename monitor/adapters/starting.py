"""How worker processes are started: Ctrl-C, which reaches every process of a terminal, is the parent's alone."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker


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
