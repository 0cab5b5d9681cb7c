"""What an answer's headers ask of a reader: when to come again, and with which validators."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_DIRECTIVE = re.compile(r"([\w-]+)(?:\s*=\s*\"?([^\",;]*)\"?)?")
_YEAR = 365 * 86_400


def http_date(value: str | None) -> datetime | None:
    """A date of HTTP (RFC 9110, 5.6.7) in UTC, or None."""
    try:
        found = parsedate_to_datetime(value) if value else None
    except (ValueError, TypeError, OverflowError):
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC) if found else None


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Retry-After as a time from now: seconds or a date (RFC 9110, 10.2.3). Never negative."""
    value = headers.get("retry-after", "").strip()
    if value.isdecimal():
        return timedelta(seconds=min(int(value[:12]), _YEAR))
    date = http_date(value)
    return max(date - now, timedelta()) if date else None


def fresh_for(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long the answer stays fresh (RFC 9111, 4.2): max-age, else Expires less Date; less Age in either case,
    the time that it has spent in caches on the way. None where unsaid, or where it came stale.

    `no-cache`, `no-store` and a past Expires say nothing about when to come again. Of a directive that stands
    twice the first counts (4.2.1). A 304 says anew what holds from then on (RFC 9110, 15.4.5).
    """
    directives: dict[str, str] = {}
    for name, value in _DIRECTIVE.findall(headers.get("cache-control", "")[:2000]):
        directives.setdefault(name.lower(), value.strip())
    if "no-cache" in directives or "no-store" in directives:
        return None
    if (age := directives.get("max-age", "")).isdecimal():
        lifetime = min(int(age[:12]), _YEAR)
    else:
        expires, sent = http_date(headers.get("expires")), http_date(headers.get("date")) or now
        lifetime = int(min((expires - sent).total_seconds(), _YEAR)) if expires else 0
    spent = headers.get("age", "").strip()
    left = lifetime - (int(spent[:9]) if spent.isdecimal() else 0)
    return timedelta(seconds=left) if left > 0 else None
