"""When the next digest goes out, in the receiver's own time."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitor.errors import UsageError

MORNING = time(7, 0)


def next_digest(now: datetime, zone: str, at: time = MORNING) -> datetime:
    """The first moment after `now` (aware) at which clocks in `zone` show `at`, in UTC.

    Once a day by the local calendar: a time that the clocks skip in spring falls as much later as they
    were put forward, and of a time that comes twice in autumn the first counts (PEP 495, fold 0).
    Raises UsageError where no zone has that name.
    """
    local, at = _zone(zone), at.replace(fold=0)
    day = now.astimezone(local).date()
    while True:
        moment = datetime.combine(day, at, tzinfo=local).astimezone(UTC)
        if moment > now:
            return moment
        day += timedelta(days=1)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(f"no time zone is called {name!r}; write one like Europe/Berlin or UTC") from error
