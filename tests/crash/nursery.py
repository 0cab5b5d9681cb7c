"""python -m tests.crash.nursery: a process that has imported the program, and forks a daemon for each order.

An order is a line of JSON (tests.crash.life.Order with `folder`); the answers are a line with the process's
id, and, once it has ended, one with its exit status as waitpid gives it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from types import ModuleType

from tests.crash.life import Order, begin, read_like_a_worker


def _be_born(order: Order, log_file: str) -> None:
    """In the child: a session of its own, its log in a file, and no main module that senders would import."""
    os.setsid()
    null, out = (
        os.open(os.devnull, os.O_RDONLY),
        os.open(log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644),
    )
    for standard, file in ((0, null), (1, out), (2, out)):
        os.dup2(file, standard)
    sys.modules["__main__"] = ModuleType("__main__")
    status = 1
    try:
        begin(order)
        status = 0
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        sys.stderr.flush()
        os._exit(status)


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever ordered decides
    read_like_a_worker()
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        log_file = asked.pop("log")
        if (child := os.fork()) == 0:
            _be_born(Order(**asked), log_file)
        print(child, flush=True)
        print(os.waitpid(child, 0)[1], flush=True)


if __name__ == "__main__":
    main()
