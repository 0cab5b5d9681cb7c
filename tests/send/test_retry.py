from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import DeliveryState, Outcome, SendResult
from monitor.send.retry import GIVE_UP_AFTER, LEAST_ATTEMPTS, LONGEST_ASKED, after, wait

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
jitters = st.floats(0, 1, exclude_max=True)
counts = st.integers(1, 10_000)
waits = st.timedeltas(timedelta(0), timedelta(days=400))


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.SENT, DeliveryState.SENT),
        (Outcome.PERMANENT, DeliveryState.DEAD),
        (Outcome.TRANSIENT, DeliveryState.FAILED),
        (Outcome.UNKNOWN, DeliveryState.UNKNOWN),
    ],
)
def test_what_follows(outcome, state):
    retry = after(1, SendResult(outcome, "421 try later"), NOW, 0.5, NOW)
    assert retry.state is state
    assert "421 try later" in retry.reason
    assert (retry.at is not None) == (state in (DeliveryState.FAILED, DeliveryState.UNKNOWN))


@pytest.mark.parametrize(
    ("attempt", "seconds"),
    [(1, 15), (2, 30), (3, 60), (4, 120), (7, 960), (8, 1800), (9, 1800), (9999, 1800)],
)
def test_waits_double_up_to_half_an_hour(attempt, seconds):
    assert wait(attempt, 0.5) == timedelta(seconds=seconds)


@given(counts, jitters)
def test_waits_never_shrink_but_for_their_spread(attempts, jitter):
    assert wait(attempts, jitter) <= wait(attempts + 1, jitter)
    assert 0.8 * wait(attempts, 0.5) <= wait(attempts, jitter) <= 1.2 * wait(attempts, 0.5)


@given(counts, jitters, waits)
def test_what_a_service_asks_for_is_obeyed_within_bounds(attempts, jitter, asked):
    waited = wait(attempts, jitter, asked)
    assert waited >= min(asked, LONGEST_ASKED)
    assert waited >= wait(attempts, jitter)
    assert waited <= max(LONGEST_ASKED, wait(attempts, jitter))


@given(counts, jitters, st.sampled_from([Outcome.TRANSIENT, Outcome.UNKNOWN]), st.none() | waits, waits)
def test_given_up_only_after_three_days_and_a_dozen_attempts(attempts, jitter, outcome, asked, age):
    retry = after(attempts, SendResult(outcome, "no", asked), NOW, jitter, NOW - age)
    if retry.state is DeliveryState.DEAD:
        assert attempts >= LEAST_ATTEMPTS
        assert age + wait(attempts, jitter, asked) > GIVE_UP_AFTER
        assert retry.at is None
    else:
        assert retry.at is not None
        assert retry.at > NOW


@given(jitters, st.sampled_from([Outcome.TRANSIENT, Outcome.UNKNOWN]), st.none() | waits)
def test_it_ends(jitter, outcome, asked):
    now, attempts = NOW, 1
    while (retry := after(attempts, SendResult(outcome, "no", asked), now, jitter, NOW)).at is not None:
        now, attempts = retry.at, attempts + 1
        assert attempts < 400
    assert retry.state is DeliveryState.DEAD
    assert now - NOW <= GIVE_UP_AFTER + LONGEST_ASKED


def test_a_machine_that_was_off_for_a_week_still_tries():
    week_old = NOW - timedelta(days=7)
    assert (
        after(1, SendResult(Outcome.TRANSIENT, "no network"), NOW, 0.5, week_old).state
        is DeliveryState.FAILED
    )
