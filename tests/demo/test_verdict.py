from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.demo.verdict import Told, judge
from monitor.model import Kind

A = Told("r", Kind.NEW, "a")
A_UPDATE = Told("r", Kind.UPDATE, "a")
A_OTHER_RULE = Told("s", Kind.NEW, "a")
B = Told("r", Kind.NEW, "b")


@pytest.mark.parametrize(
    ("expected", "received", "missing", "spurious", "duplicates"),
    [
        ([], [], (), (), ()),
        ([A, B], [B, A], (), (), ()),
        ([A, B], [A], (B,), (), ()),
        ([A], [A, B], (), (B,), ()),
        ([A], [A, A, A], (), (), (A, A)),
        ([A], [A_UPDATE], (A,), (A_UPDATE,), ()),
        ([A], [A_OTHER_RULE], (A,), (A_OTHER_RULE,), ()),
        ([A], [A, B, B], (), (B,), (B,)),
    ],
)
def test_every_difference_is_named(
    expected: list[Told],
    received: list[Told],
    missing: tuple[Told, ...],
    spurious: tuple[Told, ...],
    duplicates: tuple[Told, ...],
) -> None:
    verdict = judge(expected, received)
    assert (verdict.missing, verdict.spurious, verdict.duplicates) == (missing, spurious, duplicates)
    assert verdict.exact == (not missing and not spurious and not duplicates)


TOLD = st.builds(
    Told, st.sampled_from("rs"), st.sampled_from([Kind.NEW, Kind.UPDATE, None]), st.sampled_from("ab")
)


@given(st.sets(TOLD), st.lists(TOLD))
def test_nothing_received_is_lost_from_the_account(expected: set[Told], received: list[Told]) -> None:
    verdict = judge(expected, received)
    assert len(verdict.arrived) + len(verdict.spurious) + len(verdict.duplicates) == len(received)
    assert set(verdict.arrived) | set(verdict.missing) == expected
    assert verdict.exact == (sorted(map(str, received)) == sorted(map(str, expected)))
