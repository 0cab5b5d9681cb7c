"""What sending asks of the database: which deliveries are due, what became of them, how channels do."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from monitor.adapters.store import alerts, channels, held, outbox
from monitor.adapters.store.database import STORY_LOCK, Database
from monitor.model import Alert, ChannelHealth, Delivery, Retry, SendResult
from monitor.route.volume import Surging
from monitor.send.pace import Key, Rates


class SendingStore:
    """Each method is one transaction, and blocks. Raises StoreError."""

    database: Database
    _make_key: alerts.MakeKey

    def release_held(
        self,
        now: datetime,
        channels: Mapping[str, Sequence[str]],
        default: Sequence[str],
        awake: Collection[str],
        *,
        groups: bool = False,
    ) -> int:
        """Make alerts of what was held until now, and of what is to be repeated; how many were made."""
        with self.database.read() as c:  # asked every other second, and mostly there is nothing to write
            if not held.is_any_due(c, now, awake, groups=groups):
                return 0
        with self.database.write(STORY_LOCK) as c:
            desk = held.Desk(channels, default, self._make_key)
            made = held.release(c, now, desk, awake, groups=groups)
            return made + held.repeat(c, now, self._make_key)

    def surging(self, now: datetime, windows: Mapping[str, timedelta]) -> list[Surging]:
        """What surges, with its volume now; `windows` are those of each receiver."""
        with self.database.read() as c:
            return held.surging(c, now, windows)

    def claim_deliveries(
        self,
        now: datetime,
        limit: int,
        lease: timedelta,
        busy_channels: Collection[str],
        rates: Rates | None = None,
    ) -> list[tuple[Delivery, Alert]]:
        with self.database.write() as c:
            claimed = outbox.claim_due(c, now, limit, lease, busy_channels, rates)
            return [(delivery, alerts.load(c, delivery.alert_id, delivery.receiver)) for delivery in claimed]

    def finish_attempt(self, delivery: Delivery, result: SendResult, retry: Retry, now: datetime) -> bool:
        with self.database.write() as c:
            return outbox.finish_attempt(c, delivery, result, retry, now)

    def finish_attempts(self, ended: Sequence[tuple[Delivery, SendResult, Retry, datetime]]) -> list[bool]:
        """Several attempts in one transaction: see finish_attempt."""
        with self.database.write() as c:
            return [outbox.finish_attempt(c, *one) for one in ended]

    def readdress_delivery(self, delivery: Delivery, keys: Sequence[Key]) -> Delivery | None:
        with self.database.write(STORY_LOCK) as c:
            return outbox.readdress(c, delivery, keys)

    def retry_deliveries(self, now: datetime, keys: Collection[Key] | None = None) -> int:
        """Try what waits at once; `keys` are the channels that the configuration has now."""
        with self.database.write() as c:
            if keys is not None:
                outbox.use_channels(c, keys, now)
            return outbox.retry_now(c, now)

    def use_channels(self, keys: Collection[Key], now: datetime) -> None:
        """The configuration has these channels (receiver, name) now, and no others."""
        with self.database.write() as c:
            outbox.use_channels(c, keys, now)

    def next_in_turn(self, now: datetime, rates: Rates) -> datetime | None:
        """When the first delivery may go out that waits for nothing but its channel's rate."""
        with self.database.read() as c:
            return channels.next_token(c, outbox.due_channels(c, now), rates, now)

    def troubled_channels(self) -> list[ChannelHealth]:
        """Channels that fail, and those that rest, those that have failed longest first."""
        with self.database.read() as c:
            return channels.troubled(c)
