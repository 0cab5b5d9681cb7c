"""What a value in monitor.toml may be where it is no plain text or number: durations, rates, hours, matchers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from ipaddress import ip_network
from typing import Annotated

from pydantic import BeforeValidator

from monitor.durations import parse_duration
from monitor.route.hours import Hours, read_hours
from monitor.route.matchers import Matcher, read_matcher

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
