"""Alerts as people see them, and what they say to them: the part of the store that commands use."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from monitor.adapters.store import alert_list, answers, desk_state, replay, silences
from monitor.adapters.store.alerts import MakeKey
from monitor.adapters.store.database import STORY_LOCK, Database
from monitor.adapters.store.replay import Which
from monitor.adapters.store.schema import articles, rules, stories
from monitor.route.matchers import Matcher
from monitor.route.silences import Silence


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The alerts that were acknowledged only now, and the receivers and channels that hear of it."""

    alerts: tuple[int, ...]
    told: tuple[tuple[str, str], ...] = ()


class AlertDesk:
    """Each method is one transaction, and blocks. Raises StoreError."""

    def __init__(self, database: Database, make_key: MakeKey) -> None:
        self.database = database
        self._make_key = make_key

    # --- alerts ------------------------------------------------------------------------------------

    def alerts(self, **which: Any) -> list[dict[str, Any]]:
        with self.database.read() as c:
            return alert_list.listed(c, **which)

    def alert(self, alert_id: int) -> dict[str, Any] | None:
        with self.database.read() as c:
            return alert_list.shown(c, alert_id)

    def held_of(self, match_ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
        with self.database.read() as c:
            return alert_list.held_of(c, match_ids)

    # --- what is said to them ----------------------------------------------------------------------

    def ack(
        self,
        alert_id: int,
        by: str,
        now: datetime,
        words: tuple[str, str] | None,
        configured: Mapping[str, Sequence[str]],
        not_before: Mapping[str, datetime],
    ) -> Acknowledged:
        """Somebody is on it; the others are told, where there are `words` for it and it was not known yet.

        `configured` are the channels of each receiver, `not_before` is until when some have quiet hours.
        """
        with self.database.write(STORY_LOCK) as c:
            fresh = answers.ack(c, alert_id, by, now)
            told: list[tuple[str, str]] = []
            if fresh and words is not None:
                told = answers.tell_others(
                    c, alert_id, by, words, configured, not_before, self._make_key, now
                )
            return Acknowledged(tuple(fresh), tuple(told))

    def dismiss(self, alert_id: int, by: str, why: str, now: datetime) -> list[int]:
        with self.database.write(STORY_LOCK) as c:
            return answers.dismiss(c, alert_id, by, why, now)

    def undo_dismiss(self, alert_id: int) -> list[int]:
        with self.database.write(STORY_LOCK) as c:
            return answers.undo_dismiss(c, alert_id)

    # --- replay ------------------------------------------------------------------------------------

    def replay(self, which: Which, now: datetime) -> list[tuple[int, str]]:
        with self.database.write() as c:
            return replay.replay(c, which, now)

    def delivery_states(self, alert_ids: Collection[int]) -> dict[int, list[str]]:
        with self.database.read() as c:
            return replay.states(c, alert_ids)

    def channels(self) -> set[tuple[str, str]]:
        """Every receiver and channel that was ever sent to."""
        with self.database.read() as c:
            return replay.known_channels(c)

    # --- silences ----------------------------------------------------------------------------------

    def silences(self, now: datetime, *, everything: bool = False) -> list[dict[str, Any]]:
        """As `silence list --json` gives them."""
        with self.database.read() as c:
            return silences.listed(c, now, everything=everything)

    def active_silences(self, now: datetime) -> list[Silence]:
        with self.database.read() as c:
            return silences.active(c, now)

    def add_silence(
        self, matcher: Matcher, reason: str, author: str, now: datetime, until: datetime, *, wakes: bool
    ) -> int:
        with self.database.write(STORY_LOCK) as c:
            return silences.add(c, matcher, reason, author, now, until, wakes)

    def end_silences(self, ids: Sequence[int], now: datetime, why: str) -> list[int]:
        """Those of them that were in force until now."""
        with self.database.write(STORY_LOCK) as c:
            return [id for id in ids if silences.end(c, id, now, why)]

    def known_silences(self, ids: Collection[int]) -> set[int]:
        with self.database.read() as c:
            return silences.known(c, ids)

    # --- what can be named -------------------------------------------------------------------------

    def living_story(self, story: int) -> int | None:
        """The story that a number leads to: itself, or the one that it was merged into; None where there is none."""
        with self.database.read() as c:
            leads_to = func.coalesce(stories.c.merged_into, stories.c.id)
            return c.scalar(select(leads_to).where(stories.c.id == story))

    def story_of(self, article: int) -> int | None:
        with self.database.read() as c:
            return c.scalar(select(articles.c.story_id).where(articles.c.id == article))

    def rules_in_force(self) -> set[str]:
        with self.database.read() as c:
            return set(c.scalars(select(rules.c.id)))

    # --- status ------------------------------------------------------------------------------------

    def last_matched(self, now: datetime) -> dict[str, datetime]:
        """When each rule matched last, of those that did lately."""
        with self.database.read() as c:
            return desk_state.last_matched(c, now)

    def state(self, now: datetime, precision_of: timedelta) -> dict[str, Any]:
        """What waits, what is silent, what people answered: as `status --json` gives it."""
        with self.database.read() as c:
            return {
                "precision": [
                    {"rule": rule, "told": told, "dismissed": refused}
                    for rule, (told, refused) in sorted(answers.precision(c, now - precision_of).items())
                ],
                "silences": silences.listed(c, now),
                **desk_state.waiting(c),
                "channels": desk_state.failing_channels(c),
            }
