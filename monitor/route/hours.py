"""Hours of the week as people write them: `22:00-06:00`, `mon-fri 09:00-18:00`, `sat,sun`, with a zone if need be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitor.errors import UsageError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOCK = r"([01]?\d|2[0-4]):([0-5]\d)"
_HOURS = re.compile(f"{_CLOCK}-{_CLOCK}")
_A_DAY = timedelta(days=1)
_LONGEST = timedelta(days=8)  # hours that do not end within a week never do


@dataclass(frozen=True, slots=True)
class Hours:
    """From `start` to `end` (minutes after midnight) on each of `days` (Monday is 0), by the clocks of `zone`.

    An `end` that is not after `start` is on the next day. `zone` None is the zone of whoever asks.
    """

    days: frozenset[int]
    start: int
    end: int
    zone: str | None
    text: str

    def on(self, day: date, zone: tzinfo) -> tuple[datetime, datetime]:
        """Begin and end, in UTC, of those that begin on `day`.

        A time that the clocks skip in spring falls as much later as they were put forward, and of a time that
        comes twice in autumn the first counts (PEP 495, fold 0).
        """
        last = day if self.end > self.start else day + _A_DAY
        return _moment(day, self.start, zone), _moment(last, self.end, zone)


def read_hours(text: str) -> Hours:
    """The hours that `text` says. Raises ValueError, in words for who wrote it."""
    words = text.split()
    days, start, end, zone = frozenset(range(7)), 0, 24 * 60, None
    if words and words[0][:3].lower() in DAYS:
        days = _days(words.pop(0).lower())
    if words and words[0][0].isdigit():
        start, end = _span(words.pop(0))
    elif days == frozenset(range(7)):
        raise ValueError(f"{text!r} are no hours; write 22:00-06:00, mon-fri 09:00-18:00 or sat,sun")
    if words:
        zone = _zone(words.pop(0))
    if words:
        raise ValueError(f"{text!r}: nothing may follow the zone; several hours are a list")
    return Hours(days, start, end, zone, text)


def _days(text: str) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if first not in DAYS or (dash and last not in DAYS):
            raise ValueError(f"{part!r} are no days; they are {', '.join(DAYS)}, as in mon-fri or sat,sun")
        begin = DAYS.index(first)
        length = (DAYS.index(last) - begin) % 7 if dash else 0
        found |= {(begin + number) % 7 for number in range(length + 1)}
    return frozenset(found)


def _span(text: str) -> tuple[int, int]:
    found = _HOURS.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} are no hours; write 22:00-06:00")
    first, second, third, fourth = map(int, found.groups())
    start, end = 60 * first + second, 60 * third + fourth
    if start > 24 * 60 - 1 or end > 24 * 60 or start == end:
        raise ValueError(f"{text!r} begins or ends at no time of a day; the whole day is 00:00-24:00")
    return start, end


def _zone(name: str) -> str:
    try:
        find_zone(name)
    except UsageError as error:
        raise ValueError(str(error)) from error
    return name


def find_zone(name: str) -> ZoneInfo:
    """The time zone of that name. Raises UsageError where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(f"no time zone is called {name!r}; write one like Europe/Berlin or UTC") from error


def _moment(day: date, minutes: int, zone: tzinfo) -> datetime:
    if minutes == 24 * 60:
        day, minutes = day + _A_DAY, 0
    return datetime.combine(day, time(minutes // 60, minutes % 60), tzinfo=zone).astimezone(UTC)


def end_of(hours: Sequence[Hours], now: datetime, zone: str = "UTC") -> datetime | None:
    """When the hours that `now` (aware) lies in are over, those that follow without a gap included.

    None where it lies in none of them. `zone` is for those that name none. Hours that never end are taken to
    end after eight days.
    """
    until = now
    while until - now < _LONGEST:
        ends = [end for each in hours if (end := _end(each, until, zone)) is not None]
        if not ends:
            break
        until = max(ends)
    return until if until > now else None


def _end(hours: Hours, now: datetime, zone: str) -> datetime | None:
    local = find_zone(hours.zone or zone)
    today = now.astimezone(local).date()
    for day in (today - _A_DAY, today):
        begin, end = hours.on(day, local)
        if day.weekday() in hours.days and begin <= now < end:
            return end
    return None


def never_end(hours: Sequence[Hours], now: datetime, zone: str = "UTC") -> bool:
    """Whether whoever keeps these hours would never hear of anything."""
    end = end_of(hours, now, zone)
    return end is not None and end - now >= _LONGEST
