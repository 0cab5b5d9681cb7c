from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.route.hours import end_of, never_end, read_hours


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def hours(*texts: str):
    return [read_hours(text) for text in texts]


# 2026-11-20 is a Friday.
@pytest.mark.parametrize(
    ("texts", "zone", "now", "expected"),
    [
        # By the clocks of the receiver: Seoul is nine hours ahead.
        (["22:00-06:00"], "Asia/Seoul", "2026-11-20T12:59:59+00:00", None),
        (["22:00-06:00"], "Asia/Seoul", "2026-11-20T13:00:00+00:00", "2026-11-20T21:00:00+00:00"),
        (["22:00-06:00"], "Asia/Seoul", "2026-11-20T20:59:59+00:00", "2026-11-20T21:00:00+00:00"),
        (["22:00-06:00"], "Asia/Seoul", "2026-11-20T21:00:00+00:00", None),
        # A zone of its own.
        (["22:00-06:00 UTC"], "Asia/Seoul", "2026-11-20T23:00:00+00:00", "2026-11-21T06:00:00+00:00"),
        # Days are those on which the hours begin.
        (["fri 22:00-06:00"], "UTC", "2026-11-21T05:00:00+00:00", "2026-11-21T06:00:00+00:00"),
        (["fri 22:00-06:00"], "UTC", "2026-11-21T22:30:00+00:00", None),
        (["mon-fri 09:00-18:00"], "UTC", "2026-11-20T09:00:00+00:00", "2026-11-20T18:00:00+00:00"),
        (["mon-fri 09:00-18:00"], "UTC", "2026-11-21T09:00:00+00:00", None),
        (["sat-mon"], "UTC", "2026-11-23T12:00:00+00:00", "2026-11-24T00:00:00+00:00"),
        # What follows without a gap is one: the nights before and after a weekend.
        (["22:00-06:00", "sat,sun"], "UTC", "2026-11-20T22:00:00+00:00", "2026-11-23T06:00:00+00:00"),
        # Berlin puts its clocks forward at 02:00 on 29 March 2026, and back at 03:00 on 25 October.
        (["22:00-06:00"], "Europe/Berlin", "2026-03-28T21:00:00+00:00", "2026-03-29T04:00:00+00:00"),
        (["22:00-06:00"], "Europe/Berlin", "2026-10-24T20:00:00+00:00", "2026-10-25T05:00:00+00:00"),
        (["22:00-02:30"], "Europe/Berlin", "2026-03-28T22:00:00+00:00", "2026-03-29T01:30:00+00:00"),
        (["22:00-02:30"], "Europe/Berlin", "2026-10-24T22:00:00+00:00", "2026-10-25T00:30:00+00:00"),
        # A leap day is a day.
        (["22:00-06:00"], "UTC", "2028-02-29T23:00:00+00:00", "2028-03-01T06:00:00+00:00"),
    ],
)
def test_when_they_are_over(texts, zone, now, expected):
    assert end_of(hours(*texts), at(now), zone) == (at(expected) if expected else None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "are no hours"),
        ("22-06", "'22-06' are no hours"),
        ("25:00-06:00", "are no hours"),
        ("22:00-22:00", "at no time of a day"),
        ("24:00-06:00", "at no time of a day"),
        ("22:00-24:30", "at no time of a day"),
        ("mo-fr 09:00-18:00", "are no hours"),
        ("mon-fry 09:00-18:00", "'mon-fry' are no days"),
        ("mon-fri 09:00-18:00 Asia/Soul", "no time zone is called 'Asia/Soul'"),
        ("22:00-06:00 UTC sat", "several hours are a list"),
        ("mon-sat Mars", "no time zone is called 'Mars'"),
    ],
)
def test_what_are_no_hours(text, said):
    with pytest.raises(ValueError, match=said.replace("'", ".")):
        read_hours(text)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [(["00:00-24:00"], True), (["sat,sun", "mon-fri"], True), (["06:00-05:59"], False), (["sat,sun"], False)],
)
def test_whether_anything_is_ever_told(texts, expected):
    assert never_end(hours(*texts), datetime(2026, 11, 20, tzinfo=UTC)) == expected


clocks = st.integers(0, 24 * 60 - 1)
days = st.lists(st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]), max_size=3).map(",".join)
zones = st.sampled_from(["UTC", "Asia/Seoul", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
moments = st.integers(0, 10**9).map(
    lambda second: datetime(2005, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
)


@given(days, clocks, clocks, zones, moments)
def test_they_end_when_they_say_and_nothing_is_quiet_then(named, start, end, zone, now):
    if start == end:
        return
    text = f"{named} {start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}".strip()
    these = hours(text)
    over = end_of(these, now, zone)
    if over is None:
        return
    assert now < over <= now + timedelta(days=1, hours=1)
    assert end_of(these, over, zone) is None
    shown = over.astimezone(ZoneInfo(zone))
    skipped = (over - timedelta(hours=2)).astimezone(ZoneInfo(zone)).utcoffset() != shown.utcoffset()
    assert skipped or 60 * shown.hour + shown.minute == end
