from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.extract.dates import believable, certainty, has_time, parse_date
from monitor.model import Dated

DAY = datetime(2025, 10, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2025-10-24", "20251024", "2025/10/24", "2025.10.24", "2025.10.24.", "2025년 10월 24일",
        "2025年10月24日", "24.10.2025",
        "24 October 2025", "October 24, 2025", "Oct. 24, 2025", "Friday, Oct 24 2025", "24th October 2025",
        "24 октября 2025",
        "24 октября 2025 г.", "24 жовтня 2025", "24. Oktober 2025", "24 octobre 2025",
        "24 de octubre de 2025",
        "2025-10-24T00:00:00Z", "2025-10-24T09:00:00+09:00", "2025-10-23T19:00:00-0500",
        "Fri, 24 Oct 2025 00:00:00 GMT",
        "Fri, 24 Oct 2025 09:00:00 +0900", "2025-10-24T00:00", "2025-10-24 00:00:00",
        "2025-10-24T00:00:00.123Z",
    ],
)  # fmt: skip
def test_the_same_day_in_many_forms(text: str) -> None:
    assert parse_date(text) == DAY


@pytest.mark.parametrize(
    "text",
    [None, "", "yesterday", "2025", "2025-13-01", "2025-02-30", "1970-01-01", "0000-00-00", "24 Foo 2025",
    "99 May 2025",
     "10/11/2025", "2025-10-24 North Korea", "x" * 100, "9999-12-31T23:59:59-23:59",
     "Fri, 31 Dec 9999 23:59:59 -2359"],
)  # fmt: skip
def test_what_is_no_date(text: str | None) -> None:
    assert parse_date(text) is None


@given(st.datetimes(min_value=datetime(1981, 1, 1), max_value=datetime(2199, 1, 1), timezones=st.timezones()))  # noqa: DTZ001
def test_iso_times_come_back(moment: datetime) -> None:
    moment = moment.astimezone(UTC).replace(microsecond=0)
    assert parse_date(moment.isoformat()) == moment


@given(st.text(max_size=60))
def test_any_text_is_read_without_error(text: str) -> None:
    found = parse_date(text)
    assert found is None or found.tzinfo is UTC


def test_dates_in_the_future_are_not_believed() -> None:
    assert believable(DAY, DAY - timedelta(hours=23)) == DAY
    assert believable(DAY, DAY - timedelta(hours=25)) is None
    assert believable(None, DAY) is None


def test_a_day_has_no_time() -> None:
    assert not has_time(DAY)
    assert has_time(DAY + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-10-24T09:00:00Z", Dated.EXACT),
        ("2025-10-24 09:00 +0900", Dated.EXACT),
        ("20251024T090000Z", Dated.EXACT),
        ("Fri, 24 Oct 2025 09:00:00 GMT", Dated.EXACT),
        ("Fri, 24 Oct 2025 09:00:00 EST", Dated.EXACT),
        ("2025-10-24T00:00:00+00:00", Dated.EXACT),
        ("2025-10-24T09:00:00.123", Dated.NO_ZONE),
        ("2025-10-24 09:00", Dated.NO_ZONE),
        ("Fri, 24 Oct 2025 09:00:00", Dated.NO_ZONE),
        ("2025-10-24", Dated.DAY),
        ("24 October 2025", Dated.DAY),
        ("2025년 10월 24일", Dated.DAY),
        ("soon", None),
        (None, None),
    ],
)
def test_how_certain_a_written_date_is(text: str | None, expected: Dated | None) -> None:
    assert certainty(text, parse_date(text)) is expected
