"""What has begun, what has ended, and who is told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.route.troubles import OpenTrouble, Trouble, news, receivers_of_owners

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)


def trouble(subject: str, headline: str = "it is broken") -> Trouble:
    return Trouble(subject, headline, "why")


def open_ones(*subjects: str) -> dict[str, OpenTrouble]:
    return {subject: OpenTrouble("rules", trouble(subject), NOW, subject) for subject in subjects}


@pytest.mark.parametrize(
    ("known", "found", "begun", "going_on", "ended"),
    [
        ("", "", "", "", ""),
        ("", "ab", "ab", "", ""),
        ("ab", "ab", "", "ab", ""),
        ("ab", "", "", "", "ab"),
        ("ab", "bc", "c", "b", "a"),
    ],
)
def test_what_begins_and_ends(known: str, found: str, begun: str, going_on: str, ended: str) -> None:
    told = news(open_ones(*known), [trouble(subject) for subject in found])
    assert [each.subject for each in told.begun] == list(begun)
    assert [each.subject for each in told.going_on] == list(going_on)
    assert [each.trouble.subject for each in told.ended] == list(ended)


@pytest.mark.parametrize(
    ("owners", "told"),
    [
        ((), ("operators",)),
        (("",), ("operators",)),
        (("desk",), ("desk",)),
        (("desk", "asia"), ("desk", "asia")),
        (("desk", ""), ("desk", "operators")),
        (("Mr. Kim",), ("operators",)),
        (("Mr. Kim", "asia"), ("asia", "operators")),
        (("operators", ""), ("operators",)),
    ],
)
def test_an_owner_that_is_a_receiver_is_told_and_the_default_for_others(
    owners: tuple[str, ...], told: tuple[str, ...]
) -> None:
    assert receivers_of_owners(owners, ("operators", "nobody"), {"desk", "asia", "operators"}) == told
