"""What sending asks of the database: which deliveries are due, and what became of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from monitor.adapters.store import alerts, held, outbox
from monitor.adapters.store.database import STORY_LOCK, Database
from monitor.model import Alert, Delivery, Retry, SendResult
from monitor.route.volume import Surging


class SendingStore:
    """Each method is one transaction, and blocks. Raises StoreError."""

    database: Database
    _make_key: alerts.MakeKey

    def release_held(
        self, now: datetime, channels: Mapping[str, Sequence[str]], *, groups: bool = False
    ) -> int:
        """Make alerts of what was held until now, and of what is to be repeated; how many were made.

        With `groups`, updates that wait for others of their story wait no longer.
        """
        with self.database.write(STORY_LOCK) as c:
            made = held.release(c, now, channels, self._make_key, groups=groups)
            return made + held.repeat(c, now, self._make_key)

    def surging(self, now: datetime, windows: Mapping[str, timedelta]) -> list[Surging]:
        """What surges, with its volume now; `windows` are those of each receiver."""
        with self.database.read() as c:
            return held.surging(c, now, windows)

    def claim_deliveries(
        self, now: datetime, limit: int, lease: timedelta, busy_channels: Collection[str]
    ) -> list[tuple[Delivery, Alert]]:
        with self.database.write() as c:
            claimed = outbox.claim_due(c, now, limit, lease, busy_channels)
            return [(delivery, alerts.load(c, delivery.alert_id)) for delivery in claimed]

    def finish_attempt(self, delivery: Delivery, result: SendResult, retry: Retry, now: datetime) -> bool:
        with self.database.write() as c:
            return outbox.finish_attempt(c, delivery, result, retry, now)

    def readdress_delivery(self, delivery: Delivery, channels: Sequence[str]) -> Delivery | None:
        with self.database.write(STORY_LOCK) as c:
            return outbox.readdress(c, delivery, channels)

    def retry_deliveries(self, now: datetime) -> int:
        with self.database.write() as c:
            return outbox.retry_now(c, now)
