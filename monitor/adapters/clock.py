"""Clocks: the machine's, and one that nodes sharing a database agree on."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class SystemClock:
    """This machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class DatabaseClock:
    """The database's clock, so that leases mean the same on every node.

    It is asked once a minute and carried on by the machine's monotonic clock in between, so that no
    decision waits for a query. `ask` returns the database's time.
    """

    REFRESH = timedelta(minutes=1)

    def __init__(self, ask: Callable[[], datetime]) -> None:
        self._ask = ask
        self._at, self._ticks = ask(), time.monotonic()

    def now(self) -> datetime:
        return self._at + timedelta(seconds=time.monotonic() - self._ticks)

    def refresh(self) -> None:
        """Ask the database again; blocks."""
        self._at, self._ticks = self._ask(), time.monotonic()
