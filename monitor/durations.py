"""Durations as people write them: `30s`, `15m`, `6h`, `7d`."""

from __future__ import annotations

import re
from datetime import timedelta

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)")
_DURATIONS = re.compile(f"(?:{_DURATION.pattern})+")
_LONGEST = 36_525 * 86_400  # seconds; a calendar ends, and so does a computer's number
_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def parse_duration(value: object) -> timedelta:
    """`30s`, `15m`, `6h`, `7d`, `1h30m` as a timedelta. Raises ValueError."""
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str) or not _DURATIONS.fullmatch(value):
        raise ValueError(f"{value!r} is no duration; write 30s, 15m, 6h or 7d")
    seconds = sum(float(number) * _UNITS[unit] for number, unit in _DURATION.findall(value))
    if seconds > _LONGEST:
        raise ValueError(f"{value!r} is longer than a hundred years")
    return timedelta(seconds=seconds)
