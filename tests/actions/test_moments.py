"""Times as people type them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.actions.moments import read_moment, read_span, since
from monitor.errors import UsageError

NOW = datetime(2026, 3, 28, 9, 30, tzinfo=UTC)  # a Saturday; at night Europe puts its clocks forward
BARE = NOW.replace(tzinfo=None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("18:00", datetime(2026, 3, 28, 18, 0, tzinfo=UTC)),
        ("09:30", datetime(2026, 3, 29, 9, 30, tzinfo=UTC)),
        ("9:29", datetime(2026, 3, 29, 9, 29, tzinfo=UTC)),
        ("18:00 Asia/Seoul", datetime(2026, 3, 29, 9, 0, tzinfo=UTC)),
        ("18:31 Asia/Seoul", datetime(2026, 3, 28, 9, 31, tzinfo=UTC)),
        ("02:30 Europe/Berlin", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),  # skipped there
        ("10:00 Europe/Berlin", datetime(2026, 3, 29, 8, 0, tzinfo=UTC)),  # by summer time
        ("2026-12-01", datetime(2026, 12, 1, tzinfo=UTC)),
        ("2026-12-01 18:00 Asia/Seoul", datetime(2026, 12, 1, 9, 0, tzinfo=UTC)),
        ("2026-12-01T18:00:30Z", datetime(2026, 12, 1, 18, 0, 30, tzinfo=UTC)),
        ("2026-12-01 18:00+09:00", datetime(2026, 12, 1, 9, 0, tzinfo=UTC)),
        ("2020-01-01", datetime(2020, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_moment(text: str, expected: datetime) -> None:
    assert read_moment(text, NOW, "--until") == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "--until: '' is no time; write 18:00"),
        ("tomorrow", "--until: 'tomorrow' is no time"),
        ("25:00", "'25:00' is no time"),
        ("2026-13-01", "'2026-13-01' is no time"),
        ("18:00 Seoul", "no time zone is called 'Seoul'"),
        ("0001-01-01 00:00 Asia/Seoul", "is no time"),
    ],
)
def test_what_is_no_moment_is_one_line(text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_moment(text, NOW, "--until")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.text(max_size=30))
def test_any_text_is_a_moment_or_a_line(text: str) -> None:
    try:
        assert read_moment(text, NOW, "--at").tzinfo is UTC
    except UsageError as error:
        assert "\n" not in str(error)


@given(
    st.times(),
    st.datetimes(BARE, BARE + timedelta(days=1500), timezones=st.just(UTC)),
    st.sampled_from(["UTC", "Asia/Seoul", "Europe/Berlin", "America/St_Johns"]),
)
def test_a_time_of_day_is_the_next(at: object, now: datetime, zone: str) -> None:
    moment = read_moment(f"{at:%H:%M} {zone}", now, "--at")
    assert now < moment <= now + timedelta(hours=25)


def test_spans() -> None:
    assert read_span("1h30m", "--for") == timedelta(minutes=90)
    assert since("7d", NOW) == NOW - timedelta(days=7)
    assert since(None, NOW) is None
    with pytest.raises(UsageError, match="--for: 'week' is no duration"):
        read_span("week", "--for")
    with pytest.raises(UsageError, match="--since: 'soon' is no duration"):
        since("soon", NOW)
    for none in ("0d", "0h0m", "0.0s"):
        with pytest.raises(UsageError, match=f"--since: '{none}' is no time at all; write 24h or 7d"):
            since(none, NOW)
