"""Edits are noticed once, when they are over."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.adapters.watch import FolderWatch, seconds_since_edit

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    (folder / "seeds").mkdir(parents=True)
    (folder / "a.yaml").write_text("rules: []", "utf-8")
    return folder


def write(path: Path, text: str, turn: int = 1) -> None:
    """Write, with a time of its own: file systems count in coarse steps."""
    path.write_text(text, "utf-8")
    os.utime(path, (turn, turn))


def test_nothing_happened(rules: Path) -> None:
    watch = FolderWatch(rules)
    assert [watch.changed(NOW + n * SECOND) for n in range(4)] == [False] * 4


@pytest.mark.parametrize("name", ["a.yaml", "new.yaml", "seeds/report.txt"])
def test_an_edit_is_noticed_once_when_it_is_over(rules: Path, name: str) -> None:
    watch = FolderWatch(rules)
    write(rules / name, "edited")
    assert [watch.changed(NOW + n * SECOND) for n in range(4)] == [False, True, False, False]


def test_a_file_that_is_still_being_written_is_waited_for(rules: Path) -> None:
    watch = FolderWatch(rules)
    said = []
    for turn in range(4):
        write(rules / "a.yaml", "x" * turn, turn)
        said.append(watch.changed(NOW + turn * SECOND / 2))
    assert said == [False] * 4
    assert watch.changed(NOW + 3 * SECOND)


def test_a_file_that_is_deleted_and_one_that_came_back_as_it_was(rules: Path) -> None:
    watch = FolderWatch(rules)
    kept = (rules / "a.yaml").stat()
    (rules / "a.yaml").unlink()
    assert not watch.changed(NOW)
    write(rules / "a.yaml", "rules: []")
    os.utime(rules / "a.yaml", ns=(kept.st_mtime_ns, kept.st_mtime_ns))
    assert not watch.changed(NOW + SECOND / 2)
    assert not watch.changed(NOW + 5 * SECOND), "it is what it was"
    (rules / "a.yaml").unlink()
    assert [watch.changed(NOW + n * SECOND) for n in range(6, 8)] == [False, True]


def test_a_folder_that_is_missing_and_then_made(tmp_path: Path) -> None:
    watch = FolderWatch(tmp_path / "rules")
    assert not watch.changed(NOW)
    (tmp_path / "rules").mkdir()
    write(tmp_path / "rules" / "a.yaml", "rules: []")
    assert [watch.changed(NOW + n * SECOND) for n in range(1, 3)] == [False, True]


def test_a_file_that_may_be_read_again_is_an_edit(rules: Path) -> None:
    (rules / "a.yaml").chmod(0o000)
    watch = FolderWatch(rules)
    (rules / "a.yaml").chmod(0o644)
    assert [watch.changed(NOW + n * SECOND) for n in range(3)] == [False, True, False]


def test_links_that_lead_nowhere_or_around_are_passed_over(rules: Path) -> None:
    (rules / "loop.yaml").symlink_to(rules / "loop.yaml")
    (rules / "up").symlink_to(rules)
    watch = FolderWatch(rules)
    (rules / "loop.yaml").unlink()
    write(rules / "loop.yaml", "rules: []")
    assert [watch.changed(NOW + n * SECOND) for n in range(3)] == [False, True, False]


def test_how_long_ago_a_file_was_written(rules: Path, tmp_path: Path) -> None:
    assert 0 <= seconds_since_edit(rules) < 60
    os.utime(rules / "a.yaml", (1_000_000_000, 1_000_000_000))
    assert seconds_since_edit(rules) > 100_000_000
    assert seconds_since_edit(tmp_path / "none") == float("inf")
