"""Bars for work that takes long: only where somebody watches, and only when it does."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from monitor.actions.rules import check_folder
from monitor.cli.progress import bar, bars


@pytest.mark.parametrize(
    ("terminal", "patience", "shown"), [("1", 0.0, True), ("1", 1e9, False), ("", 0.0, False)]
)
def test_a_bar_is_shown_to_who_watches_and_has_waited(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    terminal: str,
    patience: float,
    shown: bool,
) -> None:
    monkeypatch.setenv("FORCE_COLOR", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with bars(patience) as show:
        show("reading rules", 0, 2)
        show("reading rules", 1, 2)
    said = capsys.readouterr()
    assert said.out == ""
    assert ("reading rules" in said.err) is shown
    assert bool(said.err) is shown


def test_one_bar_is_told_how_much_only(capsys: pytest.CaptureFixture[str]) -> None:
    with bar("reading rules") as show:
        show(1, 2)
    assert capsys.readouterr().err == ""


def test_a_check_says_how_many_files_it_has_read_and_looked_through(tmp_path: Path) -> None:
    for name in "ab":
        rule = f"rules:\n  - id: {name}\n    query: {name}\n    tests: {{match: [{name}]}}\n"
        (tmp_path / f"{name}.yaml").write_text(rule, "utf-8")
    told: list[tuple[str, int, int]] = []
    book = check_folder(tmp_path, None, date(2026, 11, 22), lambda *said: told.append(said))
    assert len(book.rules) == 2
    assert [said for said in told if said[0] == "looking through rules"] == [
        ("looking through rules", done, 2) for done in (0, 1, 2)
    ]
    read = [said for said in told if said[0] == "reading rules"]
    assert read[-1] == ("reading rules", 2, 2)
    assert [done for _, done, _ in read] == sorted(done for _, done, _ in read)
