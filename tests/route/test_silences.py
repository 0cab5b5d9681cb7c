from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.model import Decision, Kind, Novelty, Severity, Verdict
from monitor.route.decide import muted
from monitor.route.matchers import Facts, read_matcher
from monitor.route.silences import Quieted, Silence, quieted

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FACTS = Facts("troops", Severity.HIGH, story=7)


def silence(id: int, hours: float = 1.0, *, wakes: bool = False, **table: str) -> Silence:
    return Silence(id, read_matcher(table), "known", "kim", NOW - HOUR, NOW + hours * HOUR, wakes)


@pytest.mark.parametrize(
    ("silences", "novelty", "by", "woken"),
    [
        ([], Novelty.STORY, None, ()),
        ([silence(1, story="7")], Novelty.FIGURE, 1, ()),
        ([silence(1, story="8")], Novelty.STORY, None, ()),
        ([silence(1, rule="troops"), silence(2, 9, rule="tr*")], Novelty.STORY, 2, ()),  # the last to end
        ([silence(1, hours=0, rule="troops")], Novelty.STORY, None, ()),  # it has ended
        ([silence(1, wakes=True, story="7")], Novelty.NOTHING, 1, ()),
        ([silence(1, wakes=True, story="7")], Novelty.COPY, 1, ()),
        ([silence(1, wakes=True, story="7")], Novelty.SOURCE, 1, ()),
        ([silence(1, wakes=True, story="7")], Novelty.FIGURE, None, (1,)),
        ([silence(1, wakes=True, story="7")], Novelty.STATEMENT, None, (1,)),
        # What one lets through another may still keep.
        ([silence(1, wakes=True, story="7"), silence(2, rule="troops")], Novelty.FIGURE, 2, ()),
    ],
)
def test_what_is_silent(silences, novelty, by, woken):
    found = quieted(silences, FACTS, novelty, NOW)
    assert (found.by.id if found.by else None, tuple(one.id for one in found.woken)) == (by, woken)


TOLD = Decision(Verdict.ALERT, "12,000 → 15,000 troops", Kind.UPDATE)


def test_a_silenced_decision_says_by_what():
    found = muted(TOLD, Quieted(by=silence(3, rule="troops")), None)
    assert (found.verdict, found.kind) == (Verdict.SILENCED, Kind.UPDATE)
    assert found.reason == "12,000 → 15,000 troops; silence 3 until 2026-11-20 13:00 UTC (known, kim)"


def test_what_wakes_a_silence_says_so():
    found = muted(TOLD, Quieted(woken=(silence(3, wakes=True, story="7"),)), None)
    assert (found.verdict, found.reason) == (Verdict.ALERT, "12,000 → 15,000 troops; woke silence 3")


def test_what_somebody_called_not_relevant_is_not_told():
    found = muted(TOLD, Quieted(), "kim said so")
    assert (found.verdict, found.reason) == (Verdict.WITHHELD, "not relevant: kim said so")
    assert muted(TOLD, Quieted(), None) == TOLD
