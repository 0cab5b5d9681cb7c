"""The real program with a SIGKILL built in: `python -m tests.crash.daemon CONFIG POINT NTH`.

The parts are the real ones; some are wrapped so that the process kills itself, as the kernel or a power
cut would, when it comes to POINT for the NTH time. Then it is started again as it is.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event

from monitor import log
from monitor.adapters.store import Settlement, Store
from monitor.app import App, create_store
from monitor.config import load_config
from monitor.daemon import Daemon
from monitor.model import Article, Delivery, Entry, ParsedFeed, PollOutcome, Retry, SendResult

POINTS = (
    "parsed",  # a feed's bytes are entries, nothing is stored
    "record: before commit",  # transaction (a)
    "record: after commit",
    "claimed: entries",
    "extracted",
    "settle: before commit",  # transaction (b)
    "settle: after commit",
    "claimed: deliveries",
    "acknowledged",  # the receiver has the message, nothing is marked
    "mark: before commit",
    "mark: after commit",
)


class Trap:
    """Kills the process at a point, the nth time it comes there."""

    def __init__(self, point: str, nth: int) -> None:
        self.point, self.left = point, nth
        self.within = ""  # the transaction that is under way

    def at(self, point: str) -> None:
        if point == self.point:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def transaction(self, name: str) -> Any:
        self.within = name
        yield
        self.within = ""
        self.at(f"{name}: after commit")


class TrappedStore(Store):
    """The store, with the trap around each of its transactions."""

    trap: Trap

    def record_polls(self, outcomes: Sequence[PollOutcome], now: datetime) -> int:
        with self.trap.transaction("record"):
            return super().record_polls(outcomes, now)

    def claim_entries(self, *args: Any, **kwargs: Any) -> Any:
        claimed = super().claim_entries(*args, **kwargs)
        if claimed:
            self.trap.at("claimed: entries")
        return claimed

    @contextmanager
    def settlement(self, now: datetime) -> Any:
        with self.trap.transaction("settle"), super().settlement(now) as tx:
            assert isinstance(tx, Settlement)
            yield tx

    def claim_deliveries(self, *args: Any, **kwargs: Any) -> Any:
        claimed = super().claim_deliveries(*args, **kwargs)
        if claimed:
            self.trap.at("claimed: deliveries")
        return claimed

    def finish_attempt(self, delivery: Delivery, result: SendResult, retry: Retry, now: datetime) -> bool:
        self.trap.at("acknowledged")
        with self.trap.transaction("mark"):
            return super().finish_attempt(delivery, result, retry, now)


class TrappedWorkers:
    """The workers, with the trap behind them."""

    def __init__(self, workers: Any, trap: Trap) -> None:
        self.workers, self.trap = workers, trap

    async def parse_feed(self, body: bytes, content_type: str, url: str) -> ParsedFeed:
        parsed: ParsedFeed = await self.workers.parse_feed(body, content_type, url)
        self.trap.at("parsed")
        return parsed

    async def extract(self, body: bytes, content_type: str, url: str, entry: Entry) -> Article:
        article: Article = await self.workers.extract(body, content_type, url, entry)
        self.trap.at("extracted")
        return article

    async def from_feed(self, entry: Entry, degraded: str) -> Article:
        article: Article = await self.workers.from_feed(entry, degraded)
        return article


async def main(config: Path, point: str, nth: int) -> None:
    settings = load_config(config)
    trap = Trap(point, nth)
    plain = create_store(settings)
    store = TrappedStore(plain.database, plain._make_key)
    store.trap = trap
    event.listen(store.database.engine, "commit", lambda _: trap.at(f"{trap.within}: before commit"))
    app = App(settings, store)
    app.pipeline.workers = TrappedWorkers(app.workers, trap)
    try:
        await app.load()
        done = await Daemon(app, config).once()
        print(done)
    finally:
        await app.close()


if __name__ == "__main__":
    log.set_up("info", "text")
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
