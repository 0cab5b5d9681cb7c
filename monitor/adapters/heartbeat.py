"""The dead man's address: asked for while the daemon is well, so that its owner notices when it is not.

The address is a secret, since whoever knows it can pretend that all is well. It is the operator's own, and
trusted as receivers are: it may be anywhere but where a cloud hands out credentials, and is not redirected.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import structlog
from yarl import URL

from monitor.adapters.http import ask_own
from monitor.adapters.send_trace import scrub
from monitor.adapters.store.beats import BeatRecord, Beats
from monitor.adapters.store.database import Database
from monitor.errors import FetchError, StoreError
from monitor.ports import Clock, Offload
from monitor.settings import HeartbeatSettings

log = structlog.get_logger(__name__)

TOTAL = 8.0  # seconds for the whole request: less than the shortest interval


class Heartbeat:
    """Asks for the address when it is time, unless the daemon is not well; what changes is a line in the log."""

    def __init__(self, database: Database, offload: Offload, clock: Clock) -> None:
        self._record, self._offload, self._clock = BeatRecord(database), offload, clock
        self._asked_at: datetime | None = None
        self._url = ""
        self._withheld = False

    async def tick(self, settings: HeartbeatSettings, unwell: Sequence[str]) -> None:
        """To be called every few seconds; `unwell` is why the daemon is not, if it is not."""
        now = self._clock.now()
        if settings.url != self._url:
            self._url, self._asked_at = settings.url, None
        if not self._url or not is_due(self._asked_at, now, settings.interval):
            return
        self._asked_at = now
        known, why = await self._looked_up() if not unwell else (Beats(), "; ".join(unwell))
        self._say_whether_withheld(why)
        if why:
            return
        beats = known.after(await ask(self._url), self._clock.now())
        _say(known, beats)
        with suppress(StoreError):  # whoever looks for it before the next request says so
            await self._offload(self._record.end, beats)

    async def _looked_up(self) -> tuple[Beats, str]:
        """What became of the last requests; and why the database does not say, if it does not."""
        try:
            return await self._offload(self._record.begin), ""
        except StoreError as error:
            return Beats(), str(error)

    def _say_whether_withheld(self, why: str) -> None:
        if why and not self._withheld:
            log.error("no heartbeat until the daemon is well again", why=why)
        elif self._withheld and not why:
            log.info("the heartbeat goes on")
        self._withheld = bool(why)


def is_due(asked_at: datetime | None, now: datetime, interval: timedelta) -> bool:
    """Whether it is time to ask; also where the clock was set back, or the next would be far away."""
    return asked_at is None or not timedelta() <= now - asked_at < interval


def _say(before: Beats, after: Beats) -> None:
    if after.failing_since and not before.failing_since:
        log.warning("the heartbeat does not go through, tried again", why=after.error)
    elif before.failing_since and not after.failing_since:
        log.info("the heartbeat goes through again", failed_since=before.failing_since.isoformat())


async def ask(url: str) -> str:
    """Ask for the address with GET; why that did not go through, in a line without secrets, "" where it did."""
    try:
        status = await ask_own(URL(url), TOTAL)
    except FetchError as error:
        return scrub(str(error), url)
    except ValueError:
        return "it is no usable address"
    if status < 300:
        return ""
    return f"it answered {status}" + (", and redirects are not followed" if status < 400 else "")
