"""Telling systemd how the service is doing: sd_notify(3), one datagram a message.

Nothing happens where the process was not started by systemd with `Type=notify` or a watchdog. A manager
that does not read what it is sent holds nothing up: a few messages fill its socket, and the next would wait.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping

_PATIENCE = 1.0  # seconds that a change of state may wait to be taken; a sign of life is not worth any


class Systemd:
    """The service manager, if there is one."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        period = environment.get("WATCHDOG_USEC", "")
        ours = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        self.watchdog_seconds = int(period) / 1_000_000 if period.isdecimal() and ours else None

    def ready(self, status: str) -> None:
        self._send(f"READY=1\nSTATUS={status}", _PATIENCE)

    def reloading(self) -> None:
        self._send(
            f"RELOADING=1\nMONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}", _PATIENCE
        )

    def stopping(self) -> None:
        self._send("STOPPING=1\nSTATUS=finishing what is in flight", _PATIENCE)

    def alive(self) -> None:
        self._send("WATCHDOG=1")

    def _send(self, message: str, patience: float = 0.0) -> None:
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sock:
            sock.settimeout(patience)
            try:
                sock.sendto(message.encode(), address)
            except OSError:
                # The manager is busy, restarting or gone; there is nobody to tell.
                return
