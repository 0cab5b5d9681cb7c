"""Dates as pages and people write them, as aware times in UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from monitor.model import Dated

_DAY = re.compile(r"(\d{4})\s?[-./年년]\s?(\d{1,2})\s?[-./月월]\s?(\d{1,2})\s?[日일.]?")
_NUMERIC_DAY_FIRST = re.compile(
    r"(\d{1,2})\.(\d{1,2})\.(\d{4})"
)  # with points the day comes first everywhere
_DAY_MONTH = re.compile(
    r"(\d{1,2})(?:\.|st|nd|rd|th|er)?\s+(?:de\s+)?([^\W\d_]{3,12})\.?,?\s+(?:de\s+)?(\d{4})(?:\s*г\.|\s*р\.)?"
)
_MONTH_DAY = re.compile(r"([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_WEEKDAY = re.compile(r"^[^\W\d_]{2,12}\.?,\s+")
# How the months begin in English, German, French, Spanish, Russian and Ukrainian.
_MONTHS = (
    "jan ene янв січ",
    "feb fév fev feb фев лют",
    "mar mär mrz март берез бер",
    "apr avr abr апр квіт кві",
    "may mai mayo мая май трав тра",
    "jun juin июн черв чер",
    "jul juil июл лип",
    "aug aoû aou ago авг серп сер",
    "sep сен верес вер",
    "oct okt окт жовт жов",
    "nov ноя лист лис",
    "dec dez déc dic дек груд гру",
)
_ISO = re.compile(
    r"(\d{4})-?(\d{2})-?(\d{2})"
    r"(?:[T ]+(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?",
    re.I,
)
_TIME = re.compile(r"(?<=[T\s])\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?|(?<=\dT)\d{4}(?:\d{2})?")
_ZONE = re.compile(r"\s*(?:Z|UTC|GMT|UT|[+-]\d{2}:?\d{0,2}|[ECMP][SD]T)\b", re.I)
EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)  # 1970-01-01 is what a missing date becomes in many systems


def parse_date(text: str | None) -> datetime | None:
    """The moment `text` names (ISO 8601, RFC 2822, or a day as people write it), or None.

    A day without a time is midnight UTC of that day, a time without a zone is UTC. Whether a date in the
    future is believed is the caller's decision.
    """
    text = (text or "").strip()
    if not 6 <= len(text) <= 60:
        return None
    moment = _iso(text) or _day(text) or _named_month(text) or _mail(text)
    return moment if moment is not None and moment >= EARLIEST else None


def certainty(text: str | None, moment: datetime | None) -> Dated | None:
    """How certain `moment` is, which `parse_date` made of `text`."""
    if moment is None:
        return None
    named = _TIME.search(text or "")
    if named is None:
        return Dated.DAY
    return Dated.EXACT if _ZONE.search(text or "", named.end()) else Dated.NO_ZONE


def of_feed(moment: datetime | None) -> Dated | None:
    """How certain a feed's date is: midnight UTC is what a day without a time becomes."""
    return None if moment is None else Dated.EXACT if has_time(moment) else Dated.DAY


def believable(moment: datetime | None, now: datetime) -> datetime | None:
    """`moment`, unless it lies more than a day after `now`: clocks and zones err by hours, not by weeks."""
    return moment if moment is not None and moment <= now + timedelta(days=1) else None


def has_time(moment: datetime) -> bool:
    """Whether `moment` is more than a day: midnight UTC is what a day without a time becomes."""
    return bool(moment.hour or moment.minute or moment.second)


def _iso(text: str) -> datetime | None:
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    return _moment(year, month, day, hour, minute, min(second, 59), _offset(match[7]))


def _offset(zone: str | None) -> timedelta:
    if not zone or zone[0] not in "+-":
        return timedelta()
    digits = zone[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return offset if zone[0] == "+" else -offset


def _day(text: str) -> datetime | None:
    if match := _DAY.fullmatch(text):
        return _moment(int(match[1]), int(match[2]), int(match[3]))
    match = _NUMERIC_DAY_FIRST.fullmatch(text)
    return _moment(int(match[3]), int(match[2]), int(match[1])) if match else None


def _named_month(text: str) -> datetime | None:
    """ "24 October 2025", "Friday, Oct. 24, 2025", "24 октября 2025 г."."""
    text = _WEEKDAY.sub("", text)
    if match := _DAY_MONTH.fullmatch(text):
        day, name, year = match.groups()
    elif match := _MONTH_DAY.fullmatch(text):
        name, day, year = match.groups()
    else:
        return None
    month = next((number for number, names in enumerate(_MONTHS, 1) if _begins(name, names)), 0)
    return _moment(int(year), month, int(day)) if month else None


def _begins(name: str, beginnings: str) -> bool:
    return name.casefold().startswith(tuple(beginnings.split()))


def _moment(
    year: int,
    month: int,
    day: int,
    hour: int = 0,
    minute: int = 0,
    second: int = 0,
    offset: timedelta = timedelta(),
) -> datetime | None:
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC) - offset
    except (ValueError, OverflowError):
        return None


def _mail(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        return None
