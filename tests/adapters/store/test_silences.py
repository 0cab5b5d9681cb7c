"""A silence is in force from when it is said until its end, and never without both."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.adapters.store import Store, silences
from monitor.model import Decision, Kind, Verdict
from monitor.route.decide import muted
from monitor.route.matchers import read_matcher
from monitor.route.silences import Quieted
from tests import told

HOUR = timedelta(hours=1)
TROOPS = read_matcher({"rule": "troops*", "source": ["!Example Wire", "wire.example"], "severity": ">=high"})


def test_a_silence_comes_back_as_it_was_said(store: Store, now: datetime) -> None:
    with store.database.write() as c:
        id = silences.add(c, TROOPS, "an exercise", "anna", now, now + HOUR, wakes=True)
        (found,) = silences.active(c, now)
    assert (found.id, found.matcher, found.reason, found.author) == (id, TROOPS, "an exercise", "anna")
    assert (found.created, found.until, found.wakes) == (now, now + HOUR, True)


def test_a_silence_is_in_force_until_the_moment_of_its_end(store: Store, now: datetime) -> None:
    with store.database.write() as c:
        silences.add(c, TROOPS, "", "anna", now, now + HOUR)
        first = silences.add(c, TROOPS, "", "anna", now, now + 2 * HOUR)
        assert [one.id for one in silences.active(c, now + HOUR)] == [first]
        assert [one["id"] for one in silences.listed(c, now + HOUR)] == [first]
        states = [one["state"] for one in silences.listed(c, now + HOUR, everything=True)]
    assert states == ["active", "over"]


def test_a_silence_ends_once_and_says_why(store: Store, now: datetime) -> None:
    with store.database.write() as c:
        id = silences.add(c, TROOPS, "an exercise", "anna", now, now + 2 * HOUR)
        assert silences.end(c, id, now + HOUR, "the story went on")
        assert not silences.end(c, id, now + HOUR, "again")
        assert silences.active(c, now + HOUR) == []
        (row,) = silences.listed(c, now + HOUR, everything=True)
    assert (row["state"], row["ended"], row["ended_why"]) == ("ended", now + HOUR, "the story went on")
    assert row["match"] == TROOPS.dump()


def test_what_is_over_or_never_was_cannot_be_ended(store: Store, now: datetime) -> None:
    with store.database.write() as c:
        id = silences.add(c, TROOPS, "", "", now, now + HOUR)
        assert not silences.end(c, id, now + HOUR, "late")
        assert not silences.end(c, id + 1, now, "unknown")


def test_a_silence_says_how_much_it_kept_quiet(store: Store, now: datetime) -> None:
    with store.database.write() as c:
        first = silences.add(c, TROOPS, "an exercise", "anna", now, now + HOUR)
        other = silences.add(c, TROOPS, f"as silence {first} until", "ben", now, now + HOUR)
        story = told.story(c, now)
        for number, silence in enumerate([first, first, other]):
            decided = muted(
                Decision(Verdict.ALERT, "new story", Kind.NEW),
                Quieted(by=next(one for one in silences.active(c, now) if one.id == silence)),
                None,
            )
            article = told.article(c, now, str(number))
            told.match(c, now, article, story, "troops", verdict="silenced", reason=decided.reason)
        told.match(c, now, article, story, "weather", reason=decided.reason)
        kept = {one["id"]: one["kept"] for one in silences.listed(c, now)}
        assert silences.known(c, [first, other, other + 1]) == {first, other}
    assert kept == {first: 2, other: 1}
