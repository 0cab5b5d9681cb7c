from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from monitor.adapters.starting import interrupts_held

BLOCKED = "import signal; print(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, []))"


def blocked_in_child() -> str:
    return subprocess.run([sys.executable, "-c", BLOCKED], capture_output=True, text=True, check=True).stdout


def test_what_is_started_inside_takes_no_interrupt_and_what_is_started_later_does() -> None:
    with interrupts_held():
        assert blocked_in_child() == "True\n"
    assert blocked_in_child() == "False\n"


def test_interrupts_come_through_again_also_where_starting_failed() -> None:
    with pytest.raises(OSError, match="no more processes"), interrupts_held():
        raise OSError("no more processes")
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])
