from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Held, Hold, Kind, Severity
from monitor.route.release import MOST_AT_ONCE, releases

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def held(match: int, why: Hold = Hold.GROUP, receiver: str = "desk", rule: str = "troops", **more) -> Held:
    values = {"severity": Severity.HIGH, "story": 1, "kind": Kind.UPDATE, "reason": f"reason {match}"} | more
    return Held(match, receiver, NOW, why, rule, rule.title(), **values)


def told(rows: list[Held]) -> list[tuple]:
    return [
        (one.receiver, one.kind, one.rule, one.story, [match for match, _ in one.items])
        for one in releases(rows)
    ]


def test_updates_of_a_story_are_one():
    (one,) = releases([held(2), held(3, severity=Severity.CRITICAL), held(1)])
    assert (one.kind, one.severity, one.rule_title) == (Kind.UPDATE, Severity.CRITICAL, "Troops")
    assert one.items == ((1, "reason 1"), (2, "reason 2"), (3, "reason 3"))


def test_each_rule_and_story_and_receiver_has_its_own_in_the_order_they_came():
    rows = [
        held(5, story=2),
        held(4, rule="museum"),
        held(3),
        held(9),
        held(3, receiver="chat"),
    ]
    assert told(rows) == [
        ("chat", Kind.UPDATE, "troops", 1, [3]),
        ("desk", Kind.UPDATE, "troops", 1, [3, 9]),
        ("desk", Kind.UPDATE, "museum", 1, [4]),
        ("desk", Kind.UPDATE, "troops", 2, [5]),
    ]


def test_after_quiet_hours_a_story_that_is_new_is_new():
    rows = [held(1, Hold.QUIET, kind=Kind.NEW), held(2, Hold.QUIET)]
    assert told(rows) == [("desk", Kind.NEW, "troops", 1, [1, 2])]


def test_after_quiet_hours_very_much_is_one():
    few = [held(number, Hold.QUIET, story=number) for number in range(MOST_AT_ONCE)]
    assert [row[1] for row in told(few)] == [Kind.UPDATE] * MOST_AT_ONCE
    many = [*few, held(99, Hold.QUIET, story=99)]
    assert told(many) == [("desk", Kind.DIGEST, "digest", None, [0, 1, 2, 3, 4, 99])]


def test_digests():
    rows = [
        held(1, Hold.DIGEST),
        held(2, Hold.FLOOD, story=2),
        held(3, Hold.SPIKE),
        held(4, Hold.SPIKE, rule="museum"),
        held(5, Hold.SPIKE, story=3),
        held(6),
        held(7, Hold.FLOOD, rule="museum"),
    ]
    assert told(rows) == [
        ("desk", Kind.UPDATE, "troops", 1, [6]),
        ("desk", Kind.DIGEST, "digest", None, [1]),
        ("desk", Kind.DIGEST, "monitor.flood", None, [2, 7]),
        ("desk", Kind.DIGEST, "museum", None, [4]),
        ("desk", Kind.DIGEST, "troops", None, [3, 5]),
    ]


def test_what_is_to_be_repeated_still_is():
    (one,) = releases([held(1, Hold.QUIET, repeat_every=timedelta(hours=4))])
    assert one.repeat_every == timedelta(hours=4)


rows = st.lists(
    st.tuples(
        st.integers(1, 30),
        st.sampled_from(list(Hold)),
        st.sampled_from(["desk", "chat"]),
        st.sampled_from(["a", "b", "c"]),
        st.none() | st.integers(1, 9),
    ),
    unique_by=lambda row: (row[0], row[2]),
    max_size=40,
)


@given(rows)
def test_every_match_is_told_each_receiver_once(found):
    due = [held(match, why, receiver, rule, story=story) for match, why, receiver, rule, story in found]
    items = [(one.receiver, match) for one in releases(due) for match, _ in one.items]
    assert sorted(items) == sorted((row.receiver, row.match) for row in due)
