"""How feeds do, and what is wrong: the part of the store that looks after it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select

from monitor.adapters.store import alerts, feed_health, rule_rhythm, troubles
from monitor.adapters.store.database import STORY_LOCK, Database
from monitor.adapters.store.schema import meta
from monitor.adapters.store.troubles import Farewell, Reporter
from monitor.model import Feed
from monitor.route.troubles import Bundle, News, OpenTrouble, Trouble
from monitor.route.volume import Rhythm

_OUTAGE = "outage:"


class ConditionStore:
    """Each method is one transaction, and blocks. Raises StoreError."""

    database: Database
    _make_key: alerts.MakeKey

    def spread_overdue(self, away: timedelta, now: datetime, limit: int) -> int:
        """Spread feeds that fell due while the network was away, at most `limit` a call; how many they were."""
        with self.database.write() as c:
            return feed_health.spread_overdue(c, away, now, limit)

    def note_outage(self, kind: str, since: datetime | None) -> None:
        """Since when the network is away (a kind of feed_notices) of which nobody is told yet; None: it is not."""
        with self.database.write() as c:
            c.execute(delete(meta).where(meta.c.key == f"{_OUTAGE}{kind}"))
            if since is not None:
                c.execute(insert(meta).values(key=f"{_OUTAGE}{kind}", value=since.isoformat()))

    def noted_outages(self) -> dict[str, datetime]:
        """Since when, by kind, networks are away that nobody was told of yet."""
        with self.database.read() as c:
            rows = c.execute(select(meta).where(meta.c.key.startswith(_OUTAGE, autoescape=True))).all()
        return {row.key.removeprefix(_OUTAGE): datetime.fromisoformat(row.value) for row in rows}

    def resume_postponed(self, now: datetime) -> int:
        """Poll again what was put off because nobody answered, within seconds; how many feeds."""
        with self.database.write() as c:
            return feed_health.resume_postponed(c, now)

    def retry_shares(self, shares: Iterable[str], now: datetime) -> None:
        """Try again soon what fails for want of a server at these shares: one of their feeds was read again."""
        with self.database.write() as c:
            feed_health.retry_shares(c, shares, now)

    def troubled_feeds(self, failing_before: datetime) -> list[Feed]:
        """Feeds that have failed since before a time, those that are quiet, and those that are gone for good."""
        with self.database.read() as c:
            return feed_health.troubled(c, failing_before)

    def feeds_by_key(self, keys: Iterable[str]) -> list[Feed]:
        with self.database.read() as c:
            return feed_health.by_key(c, keys)

    def recent_entries(self, feed_id: int, limit: int) -> list[dict[str, Any]]:
        """A feed's newest entries: seen, state, title, article, error."""
        with self.database.read() as c:
            return feed_health.recent_entries(c, feed_id, limit)

    def rule_rhythms(self, rules: Collection[str]) -> dict[str, Rhythm]:
        """How often each of these rules matches; of those that are in force."""
        with self.database.read() as c:
            return rule_rhythm.rhythms(c, rules)

    def report_troubles(
        self,
        kind: str,
        found: Sequence[Trouble],
        farewell: Farewell,
        channels: Mapping[str, Sequence[str]],
        now: datetime,
        bundle: Bundle | None = None,
        *,
        late: bool = False,
        not_before: Mapping[str, datetime] | None = None,
    ) -> News:
        """Take note of all that is wrong of `kind` now; what begins and ends is told, each once.

        `not_before` is when a receiver may be told that is not to be told now.
        """
        with self.database.write(STORY_LOCK) as c:
            reporter = Reporter(c, kind, channels, self._make_key, now, not_before)
            return reporter.report(found, farewell, bundle, late=late)

    def open_troubles(self, kind: str | None = None) -> list[OpenTrouble]:
        with self.database.read() as c:
            return troubles.open_troubles(c, kind)
