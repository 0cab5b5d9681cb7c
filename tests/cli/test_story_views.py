"""stories list and show as they are typed: what a terminal, a pipe and a program are shown, and the exit code."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from rich.cells import cell_len
from sqlalchemy import insert, update
from typer.testing import CliRunner, Result

from monitor.adapters.store import Database, migrate
from monitor.adapters.store.additions import to_document
from monitor.adapters.store.schema import stories, story_edits
from monitor.cli.main import app
from monitor.model import Added, Counted, Novelty, Relation
from tests import told

Run = Callable[..., Result]
HOUR = timedelta(hours=1)
LONG = "[bold red]Troops\x1b[31m leave\nfor Kursk[/] " + "and go on and on " * 20


def adds(novelty: Novelty, value: float, before: float | None = None) -> dict[str, Any]:
    counted = Counted(value, "troops", "sent", f"{value:,.0f} troops", before)
    return to_document(Relation(1, novelty, "why", added=Added(figures=(counted,))))


@pytest.fixture(scope="module")
def now() -> datetime:
    return datetime.now(UTC).replace(second=0, microsecond=0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, now: datetime) -> Path:
    """A database with a story of two reports and a copy, an older one, and a merged one; commands only read it."""
    folder = tmp_path_factory.mktemp("stories")
    (folder / "monitor.toml").write_text("")
    database = Database(f"sqlite:///{folder / 'monitor.db'}")
    migrate.upgrade(database)
    with database.write() as c:
        one = told.story(c, now)
        two = told.story(c, now - 240 * HOUR, LONG)
        three = told.story(c, now, "Soldiers leave")
        c.execute(update(stories).where(stories.c.id == three).values(merged_into=one))
        first = told.article(
            c, now - 2 * HOUR, "first", story_id=one, novelty="story", adds=adds(Novelty.STORY, 12000)
        )
        told.article(c, now - HOUR, "copy", story_id=one, source="Post", copy_of=first, novelty="copy")
        second = told.article(
            c,
            now,
            "second",
            story_id=one,
            source="Daily",
            novelty="figure",
            adds=adds(Novelty.FIGURE, 15000, 12000),
        )
        far = told.article(c, now - 240 * HOUR, "far", story_id=two, title=LONG, source=LONG)
        matches = [told.match(c, now, article, one, "troops") for article in (first, second)]
        told.match(c, now, far, two, "ships")
        told.delivery(c, now, told.alert(c, now, "troops", one, matches[0]), receiver="desk", channel="mail")
        edit = {"story_id": one, "at": now, "author": "kim", "action": "merge", "why": "the same"}
        c.execute(insert(story_edits).values(edit | {"details": {"merged": three, "articles": [second]}}))
    database.close()
    return folder


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command beside the database."""
    monkeypatch.chdir(folder)
    monkeypatch.delenv("MONITOR_CONFIG", raising=False)
    return lambda *words: CliRunner().invoke(app, words)


def rows(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def test_a_piped_list_is_one_line_a_story_the_newest_first(run: Run, now: datetime) -> None:
    first, second = run("stories", "list").stdout.splitlines()
    assert first.split("\t") == [
        "1", at(now - 2 * HOUR), at(now), "2", "1", "2", "en", "1", "troops", "Troops leave",
    ]  # fmt: skip
    fields = second.split("\t")
    assert fields[:1] == ["2"] and fields[-1].startswith("[bold red]Troops[31m leave for Kursk[/] and go")
    assert "\x1b" not in second


def test_the_list_for_programs(run: Run, now: datetime) -> None:
    first, second = rows(run("stories", "list", "--json"))
    assert first == {
        "id": 1,
        "title": "Troops leave",
        "first": (now - 2 * HOUR).isoformat(),
        "last": now.isoformat(),
        "active": now.isoformat(),
        "reports": 2,
        "copies": 1,
        "seeds": 0,
        "sources": ["Daily", "Example Wire"],
        "languages": ["en"],
        "rules": {"troops": 2},
        "alerts": 1,
        "named_by": None,
    }
    assert second["title"] == LONG  # as stored: a program knows what to do with it


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("--limit", "1"), [1]),
        (("--since", "2d"), [1]),
        (("--rule", "ships"), [2]),
        (("--text", "leave Kursk"), [2]),
        (("--text", "leave second"), [1]),
        (("--text", "Soldiers"), []),
    ],
)
def test_the_list_is_narrowed(run: Run, words: tuple[str, ...], found: list[int]) -> None:
    assert [row["id"] for row in rows(run("stories", "list", "--json", *words))] == found


def test_no_stories_is_said_on_stderr(run: Run) -> None:
    result = run("stories", "list", "--text", "rain")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "no stories\n")


def test_a_rule_that_has_matched_nothing_is_no_mistake(run: Run, folder: Path) -> None:
    rule = folder / "rules" / "rain.yaml"
    rule.parent.mkdir(exist_ok=True)
    rule.write_text("rules:\n  - id: rain\n    query: rain\n")
    try:
        result = run("stories", "list", "--rule", "rain")
    finally:
        rule.unlink()
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "no stories\n")
    old = run("stories", "list", "--since", "2d", "--rule", "ships")  # it has no file any more
    assert (old.exit_code, old.stderr) == (0, "no stories\n")


@pytest.mark.parametrize("listed", ["stories", "matches", "alerts"])
def test_a_rule_that_is_none_is_named(run: Run, folder: Path, listed: str) -> None:
    rule = folder / "rules" / "rain.yaml"
    rule.parent.mkdir(exist_ok=True)
    rule.write_text("rules:\n  - id: rain\n    query: rain\n")
    try:
        near, far = run(listed, "list", "--rule", "rian"), run(listed, "list", "--rule", "nope", "--json")
    finally:
        rule.unlink()
    assert (near.exit_code, near.stdout) == (2, "")
    assert near.stderr == "error: there is no rule rian (did you mean rain?)\n"
    assert (far.exit_code, far.stdout, far.stderr) == (
        2,
        "",
        f"error: there is no rule nope in {folder / 'rules'}\n",
    )


def test_a_time_without_length_is_none(run: Run) -> None:
    result = run("stories", "list", "--since", "0d")
    assert (result.exit_code, result.stderr) == (
        2,
        "error: --since: '0d' is no time at all; write 24h or 7d\n",
    )


def test_a_story_in_a_pipe(run: Run, now: datetime) -> None:
    lines = run("stories", "show", "1").stdout.splitlines()
    assert lines[:6] == [
        "story 1 · Troops leave",
        f"first report  {at(now - 2 * HOUR)} UTC, Example Wire",
        f"last report   {at(now)} UTC, Daily",
        "reach         2 reports by 2 sources in en; 1 copy besides: Example Wire, Daily",
        "rules         troops (2)",
        f"by hand       {at(now)} UTC: kim merged story 3 into it, 1 article: the same",
    ]
    assert f"  {now:%H:%M}  Daily: Troops leave, second" in lines
    assert "         15,000 troops sent (12,000 before)  (article 3)" in lines
    assert "         + 1 copy: Post" in lines
    assert lines[-4:] == [
        "figures over time",
        "  troops sent: 12,000 → 15,000",
        f"    {at(now - 2 * HOUR)}  12,000  Example Wire",
        f"    {at(now)}  15,000  Daily",
    ]


def test_the_number_of_a_merged_story_leads_to_the_other(run: Run) -> None:
    lines = run("stories", "show", "3").stdout.splitlines()
    assert lines[:2] == ["story 1 · Troops leave", "story 3 was merged into it"]
    (found,) = rows(run("stories", "show", "3", "--json"))
    assert (found["id"], found["asked"], found["merged"]) == (1, 3, [3])


def test_a_story_for_programs_holds_everything(run: Run, now: datetime) -> None:
    (found,) = rows(run("stories", "show", "1", "--json"))
    assert [entry["article"] for entry in found["timeline"]] == [1, 3]
    assert [copy["source"] for copy in found["timeline"][0]["copies"]] == ["Post"]
    assert found["timeline"][1]["adds"][0]["figures"] == [
        {
            "value": 15000.0,
            "unit": "troops",
            "role": "sent",
            "text": "15,000 troops",
            "before": 12000.0,
            "first": False,
        }
    ]
    assert found["alerts"][0]["deliveries"] == [{"receiver": "desk", "channel": "mail", "state": "sent"}]
    assert [point["value"] for point in found["figures"][0]["points"]] == [12000.0, 15000.0]


@contextmanager
def terminal(monkeypatch: pytest.MonkeyPatch, width: int) -> Iterator[list[bytes]]:
    """A pseudo-terminal that is so wide as the standard output; what was shown, once the block has ended."""
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TERM", "xterm")
    ours, theirs = os.openpty()
    shown: list[bytes] = []
    reader = Thread(target=_read_all, args=(ours, shown))
    reader.start()
    with os.fdopen(theirs, "w") as screen, monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", screen)
        yield shown
    reader.join(10)
    os.close(ours)


def _read_all(ours: int, shown: list[bytes]) -> None:
    with suppress(OSError):  # the terminal was closed
        while piece := os.read(ours, 4096):
            shown.append(piece)


@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize("command", [("show", "1"), ("show", "2"), ("list",)])
def test_a_terminal_is_never_overrun_and_never_commanded(
    run: Run, monkeypatch: pytest.MonkeyPatch, width: int, command: tuple[str, ...]
) -> None:
    """What is longer than a line is cut or folded; what an outlet wrote is neither markup nor control sequences."""
    with terminal(monkeypatch, width) as shown:
        app(["stories", *command], standalone_mode=False)
    text = b"".join(shown).decode()
    styles = re.compile(r"\x1b\[[0-9;]*m")
    assert set(styles.findall(text)) <= {"\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[36m", "\x1b[33m"}
    lines = styles.sub("", text).splitlines()
    assert len(lines) > 3 and all(cell_len(line) <= width for line in lines)
    assert "\x1b" not in "".join(lines)
    assert any("Troops[31m leave for Kursk[/]" in line for line in lines) == (command != ("show", "1"))


def test_a_list_on_a_terminal_says_of_each_story_what_it_is_and_how_far_it_went(
    run: Run, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    with terminal(monkeypatch, 100) as shown:
        app(["stories", "list"], standalone_mode=False)
    lines = re.sub("\x1b\\[[0-9;]*m", "", b"".join(shown).decode()).splitlines()
    assert lines[0] == "1  Troops leave"
    until = f"{now:%H:%M}" if now.date() == (now - 2 * HOUR).date() else at(now)
    assert lines[1] == (
        f"   {at(now - 2 * HOUR)} – {until} · 2 reports by 2 sources · 1 copy · en · 1 alert · troops"
    )
    assert lines[2].startswith("2  [bold red]Troops") and lines[2].endswith("…")
    assert lines[3] == f"   {at(now - 240 * HOUR)} · 1 report by 1 source · en · not told · ships"


def test_a_story_that_is_none(run: Run) -> None:
    result = run("stories", "show", "99")
    assert result.exit_code == 2
    assert result.stderr == "error: there is no story 99; `monitor stories list` shows them\n"
    assert run("stories", "show", "x").exit_code == 2
    assert run("stories", "show", "1", "--limit", "1").exit_code == 2


def test_an_article_names_its_story_and_what_it_added(run: Run) -> None:
    lines = run("articles", "show", "3").stdout.splitlines()
    assert "story 1, “Troops leave”: 15,000 troops sent (12,000 before)" in lines
    assert "story 1, “Troops leave”: a copy of article 1" in run("articles", "show", "2").stdout
    (row,) = rows(run("articles", "show", "3", "--json"))
    assert (row["story"], row["novelty"], row["copy_of"]) == (1, "figure", None)
    assert row["adds"][0]["figures"][0]["before"] == 12000
    (copy,) = rows(run("articles", "show", "2", "--json"))
    assert (copy["story"], copy["copy_of"], copy["adds"]) == (1, 1, [])


def test_an_alert_leads_to_its_story(run: Run) -> None:
    assert (
        "its story as a time line: monitor stories show 1" in run("alerts", "show", "1").stdout.splitlines()
    )
