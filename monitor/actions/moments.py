"""Moments and spans of time as people type them: `18:00`, `2026-12-01 08:00 Asia/Seoul`, `7d`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

from monitor.config import parse_duration
from monitor.errors import UsageError
from monitor.route.hours import find_zone

_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_HINT = "write 18:00, 2026-12-01, or 2026-12-01 18:00 Asia/Seoul (UTC where no zone is named)"


def read_moment(text: str, now: datetime, option: str) -> datetime:
    """The moment that `text` names, in UTC; a time of day is the next one after `now`. Raises UsageError.

    `option` is what it was given to, for the error.
    """
    words = text.split()
    zone: tzinfo = UTC
    if len(words) > 1 and not words[-1][0].isdigit():
        zone = find_zone(words.pop())
    said = " ".join(words)
    if found := _CLOCK.fullmatch(said):
        return _next(int(found[1]), int(found[2]), zone, now)
    try:
        moment = datetime.fromisoformat(said)
        local = moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        raise UsageError(f"{option}: {text!r} is no time; {_HINT}") from None


def _next(hour: int, minute: int, zone: tzinfo, now: datetime) -> datetime:
    local = now.astimezone(zone)
    today = local.replace(hour=hour, minute=minute, second=0, microsecond=0, fold=0)
    if today.astimezone(UTC) <= now:
        today += timedelta(days=1)
    return today.astimezone(UTC)


def read_span(text: str, option: str) -> timedelta:
    """The time that `text` says it takes. Raises UsageError."""
    try:
        return parse_duration(text)
    except ValueError as error:
        raise UsageError(f"{option}: {error}") from None


def since(text: str | None, now: datetime) -> datetime | None:
    """How long ago `--since` begins; None where it was not given. Raises UsageError."""
    if text is None:
        return None
    span = read_span(text, "--since")
    if not span:
        raise UsageError(f"--since: {text!r} is no time at all; write 24h or 7d")
    try:
        return now - span
    except OverflowError:
        raise UsageError(f"--since: {text!r} is longer than there are years") from None
