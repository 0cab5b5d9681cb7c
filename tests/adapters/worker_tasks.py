"""What the tests make workers do; imported in the workers, so it imports nothing of the suite."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import signal
import sys
from pathlib import Path
from typing import NoReturn

from monitor.errors import FeedError


def double(number: int) -> int:
    return 2 * number


def loop_forever() -> NoReturn:
    while True:
        pass


def hang_in_c() -> None:
    """A catastrophic expression: C code that holds the interpreter's lock and lets no Python code run."""
    re.match(r"(a+)+$", "a" * 50 + "b")


def eat_memory(size: int) -> int:
    return len(bytearray(size))


def segfault() -> None:
    ctypes.string_at(0)


def leave() -> NoReturn:
    os._exit(3)


def refuse() -> NoReturn:
    raise FeedError("https://news.example/ answered with an HTML page, not a feed")


def stumble() -> NoReturn:
    raise KeyError("a key\nthat is missing")


def surroundings() -> tuple[int, int, dict[str, str], set[str], dict[int, str]]:
    """Own process, its group, environment, the modules loaded, and what its open files are."""
    files = {}
    for file in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):  # the listing's own
            files[int(file.name)] = str(file.readlink())
    return os.getpid(), os.getpgrp(), dict(os.environ), set(sys.modules), files


def send_interrupt_to_self() -> int:
    os.kill(os.getpid(), signal.SIGINT)
    return os.getpid()
