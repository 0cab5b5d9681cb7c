"""What a silence may say, and the one line that a mistake gets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from monitor.actions.silences import (
    added,
    described,
    ended,
    ending,
    matcher_of,
    text_of,
    until_of,
    with_known_names,
)
from monitor.adapters.store import Store
from monitor.adapters.store.desk import AlertDesk
from monitor.adapters.store.schema import stories
from monitor.errors import UsageError
from monitor.model import Severity
from monitor.route.matchers import Facts, Matcher, first_unmet, read_matcher
from monitor.send.keys import delivery_key
from tests import told

RULES = """
rules:
  - {id: troops, query: troops, tests: {match: [troops]}}
  - {id: troop-trains, query: trains, tests: {match: [trains]}}
  - {id: broken, query: "a b"}
"""
TROOPS = Facts("troops", Severity.LOW, ("wire",), "en", ("Example Wire", "wire.example"), "f", 7)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rules.yaml").write_text(RULES.replace('"a b"', "a b"))
    return tmp_path


@pytest.fixture
def desk(store: Store, now: datetime) -> AlertDesk:
    """A story, number 1, and a rule that only the daemon still knows."""
    store.remember_rules([{"id": "broken", "version": "v", "path": "rules.yaml"}], now)
    with store.database.write() as c:
        told.story(c, now)
    return AlertDesk(store.database, delivery_key)


@pytest.mark.parametrize(
    ("given", "holds"),
    [
        ((["troops"], [], [], []), True),
        ((["rain", "troops"], [], [], []), True),
        ((["rain"], [], [], []), False),
        (([], ["7"], [], []), True),
        (([], ["8"], [], []), False),
        (([], [], ["wire.example"], ["severity=low"]), True),
        (([], [], ["wire.example"], ["severity=>=high"]), False),
        (([], [], [], ["tag=wire", "tag=asia"]), True),
        (([], [], [], ["language=!en"]), False),
        ((["troops"], [], [], ["rule=rain"]), True),
    ],
)
def test_options_are_asked_together_and_repeated_ones_are_alternatives(
    given: tuple[Sequence[str], Sequence[str], Sequence[str], Sequence[str]], holds: bool
) -> None:
    assert (first_unmet(matcher_of(*given), TROOPS) is None) is holds


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ([], "that would silence everything; say what: --rule"),
        (["severity"], "--match: 'severity' says nothing; write severity=low"),
        (["langauge=en"], "nothing can be asked of 'langauge'; did you mean language?"),
        (["severity=hihg"], "'hihg' is no severity; did you mean high?"),
        (["tag="], "tag: it names nothing"),
    ],
)
def test_a_silence_of_nothing_or_everything_is_refused(pairs: list[str], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        matcher_of([], [], [], pairs)
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    ("length", "until", "said"),
    [
        (None, None, "say how long, either --for 7d or --until 2026-12-01"),
        ("7d", "2026-12-01", "say how long, either"),
        ("0s", None, "a silence until 2026-03-10 09:30 UTC would be over already"),
        (None, "2026-03-10 09:30", "a silence until 2026-03-10 09:30 UTC would be over already"),
        ("2w3", None, "--for: '2w3' is no duration"),
        ("400d", None, "a silence ends within a year"),
        (None, "9999-12-31", "a silence ends within a year"),
    ],
)
def test_a_silence_ends_and_not_before_it_begins(
    now: datetime, length: str | None, until: str | None, said: str
) -> None:
    with pytest.raises(UsageError) as caught:
        until_of(length, until, now)
    assert str(caught.value).startswith(said)


def test_when_a_silence_ends(now: datetime) -> None:
    assert until_of("7d", None, now) == now + timedelta(days=7)
    assert until_of(None, "18:00", now) == now.replace(hour=18, minute=0)


@pytest.mark.parametrize(
    "asks", [{"rule": "troops"}, {"rule": "troop*"}, {"rule": "!troops"}, {"rule": "broken"}, {"story": "1"}]
)
def test_names_that_there_are(desk: AlertDesk, folder: Path, asks: dict[str, str]) -> None:
    assert with_known_names(desk, read_matcher(asks), folder) == read_matcher(asks)


@pytest.mark.parametrize(
    ("named", "meant"),
    [
        (["2"], ("1",)),
        (["!2"], ("!1",)),
        (["2", "1"], ("1",)),
        (["1", "! 2"], ("1", "!1")),
    ],
)
def test_the_number_of_a_merged_story_means_the_story_that_it_leads_to(
    desk: AlertDesk, folder: Path, now: datetime, named: list[str], meant: tuple[str, ...]
) -> None:
    with desk.database.write() as c:
        merged = told.story(c, now, "The same")
        c.execute(update(stories).where(stories.c.id == merged).values(merged_into=1))
    asks = {"rule": "troops", "story": named}
    assert with_known_names(desk, read_matcher(asks), folder).asks == (
        ("rule", ("troops",)),
        ("story", meant),
    )


@pytest.mark.parametrize(
    ("asks", "said"),
    [
        ({"rule": "trops"}, "there is no rule trops; did you mean troops?"),
        ({"rule": "rain*"}, "there is no rule rain*; `monitor check` lists"),
        ({"rule": ["troops", "!rian"]}, "there is no rule rian; "),
        ({"story": "2"}, "there is no story 2; `monitor stories list` shows them"),
        ({"story": "x"}, "--story 'x': a story is named by its number; "),
        ({"story": "9" * 30}, "--story"),
    ],
)
def test_names_that_there_are_not(
    desk: AlertDesk, folder: Path, asks: dict[str, str | list[str]], said: str
) -> None:
    with pytest.raises(UsageError) as caught:
        with_known_names(desk, read_matcher(asks), folder)
    assert str(caught.value).startswith(said)


def test_a_silence_has_a_reason(now: datetime) -> None:
    assert text_of(" an\nexercise ", "--reason") == "an exercise"
    with pytest.raises(UsageError, match="--reason says nothing"):
        text_of(" \n", "--reason")


def test_what_is_said_of_a_silence(desk: AlertDesk, now: datetime) -> None:
    matcher = read_matcher({"rule": ["troops", "rain"], "severity": "low"})
    end = now + timedelta(days=1)
    first = desk.add_silence(matcher, "an exercise", "anna", now, end, wakes=True)
    assert added(first, matcher, end, wakes=True) == (
        "silence 1 until 2026-03-11 09:30 UTC: rule=troops or rain, severity=low; "
        "what brings its story something new is told all the same"
    )
    one = read_matcher({"rule": "troops", "story": "1"})
    assert added(9, one, end, wakes=True).endswith("; it ends early when the story brings something new")
    assert added(9, one, end, wakes=False).endswith("rule=troops, story=1")
    (row,) = desk.silences(now)
    assert described(row) == "rule=troops or rain, severity=low"
    assert ending(row) == "what brings its story something new is told all the same"
    other = desk.add_silence(Matcher((("rule", ("troops",)),)), "", "anna", now, end, wakes=False)
    assert ended(desk, [first, first], now, "ben") == ([first], [])
    assert ended(desk, [other, first], now, "ben") == ([other], ["silence 1 was over already"])
    over = {row["id"]: ending(row) for row in desk.silences(now, everything=True)}
    assert over == {first: "ended by ben, 2026-03-10 09:30 UTC", other: "ended by ben, 2026-03-10 09:30 UTC"}


def test_nothing_ends_where_one_of_the_ids_is_wrong(desk: AlertDesk, now: datetime) -> None:
    first = desk.add_silence(
        read_matcher({"rule": "troops"}), "", "anna", now, now + timedelta(days=1), wakes=False
    )
    with pytest.raises(UsageError, match="there is no silence 99; `monitor silence list --all` shows them"):
        ended(desk, [first, 99], now, "ben")
    assert [one.id for one in desk.active_silences(now)] == [first]
