from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Decision, Hold, Kind, Severity, Verdict
from monitor.route.decide import told_to
from monitor.route.hours import read_hours
from monitor.route.routes import Timing
from monitor.route.telling import Before, ReceiverPolicy, Surges, Telling, next_release, tell

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
NEW = Decision(Verdict.ALERT, "new story", Kind.NEW)
UPDATE = Decision(Verdict.ALERT, "a second source", Kind.UPDATE)
DIGEST = Decision(Verdict.HELD, "new story; kept for the digest", Kind.NEW, NOW + HOUR)
TIMING = Timing(group_wait=15 * SECOND, group_interval=5 * MINUTE)
DAY = ReceiverPolicy()
SIESTA = ReceiverPolicy(quiet=(read_hours("11:00-14:00"),), quiet_except=Severity.CRITICAL)
TEA = ReceiverPolicy(quiet=(read_hours("12:03-12:30"),))
TWO = NOW.replace(hour=14)


@pytest.mark.parametrize(
    ("decision", "policy", "before", "surges", "until", "why"),
    [
        # What is new is told at once, whatever was told before.
        (NEW, DAY, Before(), Surges(), None, None),
        (NEW, DAY, Before(NOW - SECOND, 1, NOW + MINUTE), Surges(), None, None),
        # The first update of a story waits for others; the next, until the interval is over.
        (UPDATE, DAY, Before(), Surges(), NOW + 15 * SECOND, Hold.GROUP),
        (UPDATE, DAY, Before(NOW, 1), Surges(), NOW + 30 * SECOND, Hold.GROUP),
        (UPDATE, DAY, Before(NOW, 2), Surges(), NOW + MINUTE, Hold.GROUP),
        (UPDATE, DAY, Before(NOW - MINUTE, 9), Surges(), NOW + 4 * MINUTE, Hold.GROUP),
        (UPDATE, DAY, Before(NOW - HOUR, 9), Surges(), NOW + 15 * SECOND, Hold.GROUP),
        (UPDATE, DAY, Before(NOW - MINUTE, 1, NOW + 7 * SECOND), Surges(), NOW + 7 * SECOND, Hold.GROUP),
        # Graver than what was told: at once. As grave, or less: not.
        (UPDATE, DAY, Before(NOW - MINUTE, 1, gravest=Severity.MEDIUM), Surges(), None, None),
        (UPDATE, DAY, Before(gravest=Severity.HIGH), Surges(), NOW + 15 * SECOND, Hold.GROUP),
        # The digest, at the receiver's own time.
        (DIGEST, DAY, Before(), Surges(), NOW.replace(day=21, hour=7), Hold.DIGEST),
        (DIGEST, ReceiverPolicy(zone="Asia/Seoul"), Before(), Surges(), NOW.replace(hour=22), Hold.DIGEST),
        (DIGEST, ReceiverPolicy(digest=time(13, 30)), Before(), Surges(), NOW + 1.5 * HOUR, Hold.DIGEST),
        (
            DIGEST,
            ReceiverPolicy(digest="0 9 * * mon"),
            Before(),
            Surges(),
            NOW.replace(day=23, hour=9),
            Hold.DIGEST,
        ),
        # Too much at once: together, every hour of a spike and every window of a flood.
        (NEW, DAY, Before(), Surges(spike=NOW - 90 * MINUTE), NOW + 30 * MINUTE, Hold.SPIKE),
        (UPDATE, DAY, Before(gravest=Severity.LOW), Surges(spike=NOW), NOW + HOUR, Hold.SPIKE),
        (NEW, DAY, Before(), Surges(flood=NOW - 25 * MINUTE), NOW + 5 * MINUTE, Hold.FLOOD),
        (DIGEST, DAY, Before(), Surges(spike=NOW), NOW.replace(day=21, hour=7), Hold.DIGEST),
        # Quiet hours hold whatever it is.
        (NEW, SIESTA, Before(), Surges(), TWO, Hold.QUIET),
        (UPDATE, SIESTA, Before(), Surges(), TWO, Hold.QUIET),
        (NEW, SIESTA, Before(), Surges(spike=NOW), TWO, Hold.SPIKE),
        (UPDATE, TEA, Before(NOW - MINUTE, 9), Surges(), NOW.replace(minute=30), Hold.GROUP),
        (NEW, TEA, Before(), Surges(), None, None),
    ],
)
def test_when_a_receiver_is_told(decision, policy, before, surges, until, why):
    found = tell("desk", decision, Severity.HIGH, policy, TIMING, before, surges, NOW)
    assert (found.until, found.why) == (until, why)


def test_what_is_grave_enough_comes_through_quiet_hours():
    found = tell("desk", NEW, Severity.CRITICAL, SIESTA, TIMING, Before(), Surges(), NOW)
    assert found.until is None


def test_without_a_wait_updates_go_at_once():
    timing = Timing(group_wait=timedelta(), group_interval=timedelta())
    before = Before(NOW - SECOND, 9)
    assert tell("desk", UPDATE, Severity.HIGH, DAY, timing, before, Surges(), NOW).until is None


LATER = Telling("night", NOW + HOUR, Hold.QUIET)


def test_a_decision_is_held_where_nobody_is_told_at_once():
    assert told_to(NEW, [Telling("desk"), LATER]) == NEW
    assert told_to(NEW, []) == NEW
    held = told_to(NEW, [LATER, Telling("seoul", NOW + MINUTE, Hold.FLOOD)])
    assert (held.verdict, held.kind, held.until) == (Verdict.HELD, Kind.NEW, NOW + MINUTE)
    assert held.reason == (
        "new story; night 2026-11-20 13:00 UTC (after its quiet hours); "
        "seoul 2026-11-20 12:01 UTC (with all that is too much at once)"
    )
    assert told_to(DIGEST, [Telling("desk", NOW + 9 * HOUR, Hold.DIGEST)]).reason == DIGEST.reason


spans = st.timedeltas(timedelta(), timedelta(days=30))


@given(spans, st.timedeltas(MINUTE, HOUR))
def test_the_next_release_is_ahead_and_not_far(ago, every):
    moment = next_release(NOW - ago, every, NOW)
    assert NOW < moment <= NOW + every
    assert (moment - (NOW - ago)) % every == timedelta()


quiets = st.sampled_from(["", "22:00-06:00", "sat,sun", "mon-fri 11:00-14:00", "00:00-23:59"])
severities = st.sampled_from(list(Severity))
befores = st.builds(
    Before,
    st.none() | spans.map(lambda ago: NOW - ago),
    st.integers(0, 99),
    st.none() | st.timedeltas(SECOND, HOUR).map(lambda wait: NOW + wait),
    st.none() | severities,
)
surges = st.builds(Surges, *[st.none() | spans.map(lambda ago: NOW - ago)] * 2)


@given(st.sampled_from([NEW, UPDATE, DIGEST]), severities, quiets, befores, surges)
def test_nobody_is_left_waiting_for_ever_or_woken(decision, severity, quiet, before, surge):
    """Whatever is not told at once is told within a week and two days, and never in quiet hours."""
    policy = ReceiverPolicy(quiet=(read_hours(quiet),) if quiet else ())
    found = tell("desk", decision, severity, policy, TIMING, before, surge, NOW)
    assert (found.until is None) == (found.why is None)
    moment = found.until or NOW
    assert NOW <= moment <= NOW + timedelta(days=9)
    assert policy.quiet_until(moment, severity) is None
