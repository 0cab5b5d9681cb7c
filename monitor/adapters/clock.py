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

    It is asked now and then, by `refresh()`, and carried on by the machine's monotonic clock in between,
    so that no decision waits for a query. `ask` returns the database's time.
    """

    def __init__(self, ask: Callable[[], datetime]) -> None:
        self._ask = ask
        # The database's time, and the monotonic clock's then. One value, because it is refreshed by another
        # thread than reads it, and halves of two answers would be a minute apart.
        self._known = ask(), time.monotonic()

    def now(self) -> datetime:
        at, ticks = self._known
        return at + timedelta(seconds=time.monotonic() - ticks)

    def refresh(self) -> None:
        """Ask the database again; blocks."""
        self._known = self._ask(), time.monotonic()
