"""What a value in monitor.toml may be where it is no plain text or number: durations, rates, hours, matchers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from ipaddress import ip_network
from typing import Annotated

from pydantic import BeforeValidator

from monitor.route.hours import Hours, read_hours
from monitor.route.matchers import Matcher, read_matcher

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


Duration = Annotated[timedelta, BeforeValidator(parse_duration)]

_RATE = re.compile(r"(\d{1,6})\s*(?:/|per)\s*(\S+)")


def parse_rate(value: object) -> tuple[int, timedelta]:
    """`30/10m` as 30 and ten minutes. Raises ValueError."""
    if isinstance(value, tuple):
        return value
    found = _RATE.fullmatch(value) if isinstance(value, str) else None
    if found is None or not int(found[1]):
        raise ValueError(f"{value!r} is no rate; write 30/10m, say")
    every = parse_duration(found[2] if found[2][0].isdigit() else f"1{found[2]}")
    if not every:
        raise ValueError(f"{value!r} is no rate; write 30/10m, say")
    return int(found[1]), every


Rate = Annotated[tuple[int, timedelta], BeforeValidator(parse_rate)]


def _hours(value: object) -> object:
    """One text or several, as hours."""
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list | tuple):
        raise ValueError('write 22:00-06:00, or a list: ["mon-fri 22:00-06:00", "sat,sun"]')  # noqa: TRY004 - pydantic's word
    return tuple(read_hours(text) if isinstance(text, str) else text for text in texts)


HoursOfTheWeek = Annotated[tuple[Hours, ...], BeforeValidator(_hours)]


def _matcher(value: object) -> object:
    if isinstance(value, Matcher):
        return value
    if not isinstance(value, Mapping) or not all(_texts(each) for each in value.values()):
        raise ValueError('write a table of texts: {severity = ">=high", tag = ["wire", "asia"]}')
    return read_matcher(value)


def _texts(value: object) -> bool:
    return isinstance(value, str) or (
        isinstance(value, list) and all(isinstance(each, str) for each in value)
    )


Asks = Annotated[Matcher, BeforeValidator(_matcher)]


def network(value: object) -> object:
    try:
        return ip_network(str(value), strict=False)
    except ValueError:
        raise ValueError(f"{value!r} is no range of addresses; write 10.0.0.0/8, say") from None
