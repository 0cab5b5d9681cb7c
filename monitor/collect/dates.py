"""Dates as JSON Feed and sitemaps write them (RFC 3339, W3C's profile of ISO 8601)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)  # a date before the one or after the other is a mistake
_GAP = re.compile(r"\s+(?=[+-]\d\d:?\d\d$)")  # before a zone, where many write one


def moment(written: str) -> datetime | None:
    """UTC; None for what is no date, or none that a publisher can mean. Without a zone it is UTC."""
    written = written.strip()[:100]
    if " " in written:
        written = _GAP.sub("", written)
    try:
        found = datetime.fromisoformat(written) if written[:4].isdigit() else parsedate_to_datetime(written)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if EARLIEST <= found < LATEST else None
