"""When the next digest goes out, in the receiver's own time."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from cronsim import CronSim, CronSimError

from monitor.route.hours import find_zone

MORNING = time(7, 0)


def next_digest(now: datetime, zone: str, at: time | str = MORNING) -> datetime:
    """The first moment after `now` (aware) at which clocks in `zone` show `at`, in UTC.

    `at` is a time of every day, or a cron expression (`0 7 * * mon-fri`). Once a day by the local calendar: a
    time that the clocks skip in spring falls as much later as they were put forward, and of a time that comes
    twice in autumn the first counts (PEP 495, fold 0). A cron expression is kept as Debian's cron keeps it.
    Raises UsageError where no zone has that name, ValueError where `at` is no cron expression.
    """
    local = find_zone(zone)
    if isinstance(at, str):
        return _next(at, now.astimezone(local))
    at = at.replace(fold=0)
    day = now.astimezone(local).date()
    while True:
        moment = datetime.combine(day, at, tzinfo=local).astimezone(UTC)
        if moment > now:
            return moment
        day += timedelta(days=1)


def check_cron(expression: str) -> str:
    """The cron expression, where it is one and comes true now and then. Raises ValueError where not."""
    _next(expression, datetime(2024, 1, 1, tzinfo=UTC))
    return expression


def _next(expression: str, now: datetime) -> datetime:
    try:
        return next(CronSim(expression, now)).astimezone(UTC)
    except CronSimError as error:
        said = f"{error}".lower()
        raise ValueError(f"{expression!r} is no cron expression ({said}); write 0 7 * * mon-fri") from error
    except StopIteration:
        raise ValueError(f"{expression!r} never comes; write 0 7 * * mon-fri") from None
