"""What answers ask of a polite reader."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.collect.headers import fresh_for, http_date, retry_after

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Sat, 21 Nov 2026 12:10:00 GMT", 600),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0),
        ("9" * 40, 365 * 86_400),
    ],
)
def test_retry_after(value: str, seconds: int) -> None:
    assert retry_after({"retry-after": value}, NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize("value", ["", "soon", "-5", "1.5", "²"])
def test_a_retry_after_that_says_nothing(value: str) -> None:
    assert retry_after({"retry-after": value}, NOW) is None
    assert retry_after({}, NOW) is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"cache-control": "max-age=600"}, 600),
        ({"cache-control": "public, MAX-AGE=600, must-revalidate"}, 600),
        ({"cache-control": 'max-age="600"'}, 600),
        ({"cache-control": "max-age=600", "age": "200"}, 400),
        ({"cache-control": "max-age=600", "age": "700"}, None),
        ({"cache-control": "max-age=0"}, None),
        ({"cache-control": "no-cache, max-age=600"}, None),
        ({"cache-control": "no-store"}, None),
        ({"cache-control": "s-maxage=600"}, None),  # for shared caches only
        ({"cache-control": "max-age=soon"}, None),
        ({"expires": "Sat, 21 Nov 2026 12:30:00 GMT"}, 1800),
        ({"expires": "Sat, 21 Nov 2026 12:30:00 GMT", "date": "Sat, 21 Nov 2026 12:20:00 GMT"}, 600),
        ({"expires": "Sat, 21 Nov 2026 12:30:00 GMT", "cache-control": "max-age=60"}, 60),
        ({"expires": "Sat, 21 Nov 2026 12:30:00 GMT", "age": "600"}, 1200),
        ({"expires": "Sat, 21 Nov 2026 12:30:00 GMT", "age": "1800"}, None),
        ({"cache-control": "max-age=600, max-age=60"}, 600),  # the first of two
        ({"cache-control": "stale-while-revalidate=9999, max-age=600, stale-if-error=9999"}, 600),
        ({"expires": "0"}, None),
        ({"expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, None),
        ({}, None),
    ],
)
def test_freshness(headers: dict[str, str], seconds: int | None) -> None:
    assert fresh_for(headers, NOW) == (None if seconds is None else timedelta(seconds=seconds))


def test_dates_without_a_zone_are_utc() -> None:
    assert http_date("Sat, 21 Nov 2026 12:00:00") == NOW
    assert http_date("Sat, 99 Nov 2026 12:00:00 GMT") is None
