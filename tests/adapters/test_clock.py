"""The clock that nodes share: the database's time, carried on by the machine's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monitor.adapters.clock import DatabaseClock, SystemClock

MOMENT = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)


def test_time_goes_on_from_what_the_database_said():
    clock = DatabaseClock(lambda: MOMENT)
    first, second = clock.now(), clock.now()
    assert MOMENT <= first <= second < MOMENT + timedelta(seconds=60)


def test_a_refresh_takes_the_databases_word_for_it():
    said = iter([MOMENT, MOMENT - timedelta(hours=3)])
    clock = DatabaseClock(lambda: next(said))
    clock.refresh()
    assert MOMENT - timedelta(hours=3) <= clock.now() < MOMENT


def test_the_time_has_a_zone():
    assert SystemClock().now().utcoffset() == timedelta(0)
