from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from monitor.adapters.files import BeingWrittenError, read_rule_files, read_seed_file, unchanged_bytes
from monitor.errors import SeedError


def test_rule_files_are_read_and_others_left_alone(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text("b: ü", encoding="utf-8")
    (tmp_path / "a.yml").write_bytes(b"\xef\xbb\xbfa: 1")
    for name in (".b.yaml.swp", ".hidden.yaml", "#b.yaml", "notes.txt", "b.yaml~"):
        (tmp_path / name).write_text("x")
    files, problems = read_rule_files(tmp_path)
    assert files == {str(tmp_path / "a.yml"): "a: 1", str(tmp_path / "b.yaml"): "b: ü"}
    assert problems == []


def test_a_file_whose_name_cannot_be_shown_is_a_problem_on_one_line(tmp_path: Path) -> None:
    (tmp_path / "войска b.yaml").write_text("rules: []")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.yaml")).write_text("rules: []")
    (tmp_path / "a\nb.yaml").write_text("rules: []")
    files, problems = read_rule_files(tmp_path)
    assert list(files) == [str(tmp_path / "войска b.yaml")]
    assert [problem.path for problem in problems] == [
        str(tmp_path / r"a\nb.yaml"),
        str(tmp_path / r"\udcff\udcfe.yaml"),
    ]
    assert all("cannot be shown" in problem.message for problem in problems)


def test_what_cannot_be_read_is_a_problem_each_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text("rules: []")
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "latin.yaml").write_bytes(b"rules: []\n# caf\xe9\n")
    (tmp_path / "wide.yaml").write_bytes("rules: []".encode("utf-16"))
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "vast.yaml").write_bytes(b"#" * 4_000_001)
    files, problems = read_rule_files(tmp_path)
    assert list(files) == [str(tmp_path / "good.yaml")]
    said = {
        Path(problem.path).name: (problem.line, f"{problem.message} {problem.hint}") for problem in problems
    }
    expected = {
        "folder.yaml": (0, "folder"),
        "latin.yaml": (2, "0xe9 is not UTF-8"),
        "wide.yaml": (0, "UTF-16"),
        "loop.yaml": (0, "symbolic links"),
        "gone.yaml": (0, "no such file"),
        "pipe.yaml": (0, "no regular file"),
        "vast.yaml": (0, "larger than 4 MB"),
    }
    assert said.keys() == expected.keys()
    for name, (line, words) in expected.items():
        assert said[name][0] == line
        assert words in said[name][1]


def test_a_missing_folder_is_one_problem(tmp_path: Path) -> None:
    files, problems = read_rule_files(tmp_path / "none")
    assert files == {}
    assert [problem.path for problem in problems] == [str(tmp_path / "none")]


def test_seeds_are_bytes_or_an_error_that_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_bytes(b"\xffany")
    assert read_seed_file(tmp_path / "one.txt") == b"\xffany"
    with pytest.raises(SeedError, match=r"none\.txt: error: this file cannot be read: no such file"):
        read_seed_file(tmp_path / "none.txt")


class _Written(io.FileIO):
    """A file that somebody writes to while it is read, so many times."""

    def __init__(self, path: Path, times: int) -> None:
        super().__init__(path, "rb+")
        self.times = times

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(-1 if size is None else size) or b""
        if self.times:
            self.times -= 1
            self.seek(0, io.SEEK_END)
            self.write(b"more")
        return data


@pytest.mark.parametrize("times", [0, 1, 2])
def test_a_file_that_is_being_written_is_read_again(tmp_path: Path, times: int) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"half")
    with _Written(path, times) as file:
        assert unchanged_bytes(file, 1000) == b"half" + b"more" * times


def test_a_file_that_is_always_being_written_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"half")
    with (
        _Written(tmp_path / "a.yaml", 99) as file,
        pytest.raises(BeingWrittenError, match="is being written"),
    ):
        unchanged_bytes(file, 1000)
