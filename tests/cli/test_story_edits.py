"""stories split, merge, rename as they are typed: what is shown, what is done, and the exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from monitor.adapters.store import Database, Store, migrate
from monitor.adapters.store.schema import story_edits
from monitor.cli.main import app
from monitor.send.keys import delivery_key
from tests import told

Run = Callable[..., Result]
HOUR = timedelta(hours=1)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MONITOR_CONFIG", raising=False)
    monkeypatch.setenv("LOGNAME", "anna")
    (tmp_path / "rules").mkdir()
    (tmp_path / "monitor.toml").touch()
    return lambda *words: CliRunner().invoke(app, words)


@pytest.fixture
def store(run: Run) -> Store:
    """Two stories that were told, of two reports and a copy, and of one report."""
    database = Database("sqlite:///monitor.db")
    migrate.upgrade(database)
    now = datetime.now(UTC) - 9 * HOUR
    with database.write() as c:
        for title, names in (("Troops leave, a", "ab"), ("Troops leave, c", "c")):
            story = told.story(c, now, title)
            found = [told.article(c, now, each, story_id=story, novelty="story") for each in names]
            matches = [told.match(c, now, each, story, "troops") for each in found]
            told.delivery(c, now, told.alert(c, now, "troops", story, matches[0]))
        told.article(c, now, "copy", story_id=1, novelty="copy", copy_of=1)
    return Store(database, delivery_key)


def rows(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_merge_says_what_became_of_it_and_how_to_undo_it(run: Run, store: Store) -> None:
    done = run("stories", "merge", "1", "2", "--why", "one\nthing")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines() == [
        "story 1 “Troops leave, a”: 3 reports and 1 copy; story 2 leads to it now",
        "nobody is told of this; what follows is an update where either was told",
        "undo: monitor stories split 1 3",
    ]
    assert done.stderr == ""
    (shown,) = rows(run("stories", "show", "2", "--json"))
    assert (shown["id"], shown["merged"], shown["reports"], shown["copies"]) == (1, [2], 3, 1)
    assert {row["story"] for row in rows(run("alerts", "list", "--json"))} == {1}
    silenced = run("silence", "add", "--story", "2", "--for", "1h", "--reason", "an exercise", "--json")
    assert rows(silenced)[0]["match"] == {"story": ["1"]}
    with store.database.read() as c:
        row = c.execute(select(story_edits)).one()
    assert (row.author, row.why) == ("anna", "one thing")


def test_json_gives_each_story_that_was_made_or_changed_as_show_does(run: Run, store: Store) -> None:
    new, old = rows(run("stories", "split", "1", "https://wire.example/b", "--title", "B", "--json"))
    assert (new["id"], new["title"], new["named_by"], new["reports"]) == (3, "B", "anna", 1)
    assert (old["id"], old["title"], old["reports"], old["copies"]) == (1, "Troops leave, a", 1, 1)
    for row in (new, old):
        assert row == rows(run("stories", "show", str(row["id"]), "--json"))[0]
    (named,) = rows(run("stories", "rename", "3", "Kim's", "--by", "kim", "--json"))
    assert (named["title"], named["named_by"]) == ("Kim's", "kim")
    assert [row["title"] for row in rows(run("stories", "list", "--json")) if row["id"] == 3] == ["Kim's"]
    (merged,) = rows(run("stories", "merge", "1", "3", "2", "--json"))
    assert (merged["id"], merged["merged"]) == (1, [2, 3])


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("merge 1 1", 2, "error: story 1 cannot be merged with itself"),
        ("merge 1", 2, "Missing argument"),
        ("merge 1 x", 2, "Invalid value"),
        ("split 1 4", 2, "error: story 1: article 4 is a copy of article 1"),
        ("split 1 3", 2, "error: article 3 is in story 2, not in story 1"),
        ("split 1 1 2", 2, "error: story 1: that is all of it"),
        ("split 9 1", 2, "error: there is no story 9; `monitor stories list` shows them"),
        ("rename 1", 2, "Missing argument"),
    ],
)
def test_mistakes_end_with_2_and_one_line(run: Run, store: Store, words: str, code: int, said: str) -> None:
    done = run("stories", *words.split())
    assert done.exit_code == code
    assert said in done.stderr
    assert done.stdout == ""


def test_without_a_database_nothing_is_made(run: Run, tmp_path: Path) -> None:
    assert run("stories", "merge", "1", "2").exit_code == 1
    assert not (tmp_path / "monitor.db").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("stories", "show", "--", "#"),
        ("stories", "rename", "--", "#", "Sappers"),
        ("stories", "merge", "--", "1", "#"),
        ("stories", "split", "--", "#", "1"),
        ("alerts", "show", "--", "#"),
        ("alerts", "ack", "--", "1", "#"),
        ("silence", "end", "--", "#"),
    ],
)
@pytest.mark.parametrize("given", ["9223372036854775808", "9" * 20, "-" + "9" * 20, "1.5", "²"])
def test_a_number_that_nothing_can_have_is_a_mistake(
    run: Run, store: Store, words: tuple[str, ...], given: str
) -> None:
    done = run(*(word.replace("#", given) for word in words))
    assert done.exit_code == 2, done.output
    assert "nothing has the number" in done.output or "is not a number" in done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)
