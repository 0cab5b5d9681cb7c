from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.errors import UsageError
from monitor.route.digest import next_digest


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "zone", "expected"),
    [
        (utc(2026, 11, 21, 6, 59), "UTC", utc(2026, 11, 21, 7)),
        (utc(2026, 11, 21, 7, 0), "UTC", utc(2026, 11, 22, 7)),
        (utc(2026, 11, 21, 21, 59), "Asia/Seoul", utc(2026, 11, 21, 22)),
        (utc(2026, 11, 21, 22, 0), "Asia/Seoul", utc(2026, 11, 22, 22)),
        # Berlin: 07:00 is 06:00 UTC in winter and 05:00 in summer; the clocks change on 29 March, 25 October.
        (utc(2026, 3, 28, 12), "Europe/Berlin", utc(2026, 3, 29, 5)),
        (utc(2026, 10, 24, 12), "Europe/Berlin", utc(2026, 10, 25, 6)),
        (utc(2028, 2, 28, 12), "UTC", utc(2028, 2, 29, 7)),
        # Samoa had no 30 December 2011: after the 29th came the 31st.
        (utc(2011, 12, 30, 9, 59), "Pacific/Apia", utc(2011, 12, 30, 17)),
    ],
)
def test_at_seven_by_the_receivers_clock(now, zone, expected):
    assert next_digest(now, zone) == expected


def test_a_time_the_clocks_skip_comes_once_and_one_that_comes_twice_counts_once():
    half_past_two = time(2, 30)
    spring = next_digest(utc(2026, 3, 28, 12), "Europe/Berlin", half_past_two)
    assert spring == utc(2026, 3, 29, 1, 30)  # 03:30 by the new time
    assert next_digest(spring, "Europe/Berlin", half_past_two) == utc(2026, 3, 30, 0, 30)
    autumn = next_digest(utc(2026, 10, 24, 12), "Europe/Berlin", half_past_two)
    assert autumn == utc(2026, 10, 25, 0, 30)  # the first of the two
    assert next_digest(autumn, "Europe/Berlin", half_past_two) == utc(2026, 10, 26, 1, 30)


@example(2_121_814_800, "Europe/Berlin", time(2, 0, fold=1))
@given(
    st.integers(946_684_800, 2_200_000_000),
    st.sampled_from(
        ["UTC", "Asia/Seoul", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu"]
    ),
    st.times(),
)
def test_always_ahead_and_within_a_day_and_the_clocks_change(seconds, zone, at):
    now = datetime.fromtimestamp(seconds, UTC)
    following = next_digest(now, zone, at)
    assert now < following <= now + timedelta(hours=26)
    shown = following.astimezone(ZoneInfo(zone)).time()
    skipped = (
        following.astimezone(ZoneInfo(zone)).replace(fold=0).utcoffset()
        != (following - timedelta(hours=2)).astimezone(ZoneInfo(zone)).utcoffset()
    )
    assert shown == at or skipped


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "Europe"])
def test_a_zone_that_is_none(zone):
    with pytest.raises(UsageError, match="no time zone"):
        next_digest(utc(2026, 1, 1), zone)
