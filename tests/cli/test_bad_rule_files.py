"""A folder in which every rule file but one is bad: `check` says one thing of each, and the daemon goes on."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from monitor.app import App, create_store
from monitor.cli.main import app as program
from monitor.config import load_config

GOOD = "rules:\n  - id: quaggas\n    query: quagga*\n    tests: {match: [a quagga]}\n"


def _write(data: bytes | str) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data.encode() if isinstance(data, str) else data)


def _link_loop(path: Path) -> None:
    path.symlink_to(path.with_name("other"))
    path.with_name("other").symlink_to(path)


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "folder": (lambda path: path.mkdir(), "this is a folder, not a file"),
    "loop": (_link_loop, "too many levels of symbolic links"),
    "gone": (lambda path: path.symlink_to("nowhere"), "no such file"),
    "pipe": (lambda path: os.mkfifo(path), "this is no regular file"),
    "wide": (_write(GOOD.encode("utf-16")), "this file is UTF-16"),
    "latin": (_write(b"# caf\xe9\n" + GOOD.encode()), "0xe9 is not UTF-8"),
    "vast": (_write("#" * 4_000_001), "larger than 4 MB"),
    "large": (_write("#" * 1_000_001), "at most 1,000,000 characters"),
    "nul": (_write(GOOD.replace("*", "\0")), "U+0000"),
    "half": (_write(GOOD[:-5]), "never closed"),
    "deep": (_write(GOOD.replace("quagga*", "(" * 10_000 + "x" + ")" * 10_000)), "nested more than 60 deep"),
    "long": (_write(GOOD.replace("quagga*", "x OR " * 150_000 + "x")), "at most 200,000 characters"),
    "bomb": (_write("a: &a [x, x]\nb: [*a, *a]\n"), "a value cannot begin with &"),
    "ring": (
        _write("terms: {a: [$b], b: [$a]}\n" + GOOD.replace("quagga*", "$a")),
        "a term list refers to itself",
    ),
    "slow": (_write(GOOD.replace("quagga*", "/" + "(a?){100}" * 99 + "x/")), "too slow"),
    "tab": (_write(GOOD.replace("    query", "\tquery")), "a tab cannot indent"),
    "twice": (_write(GOOD + GOOD), "the key rules is given twice"),
}
BACKUPS = (".a.yaml.swp", "a.yaml~", "#a.yaml#", ".#a.yaml", "~a.yaml", "4913", "a.yaml.bak", "a.yaml.orig")


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("CACHE_DIRECTORY", str(tmp_path / "cache"))
    (tmp_path / "monitor.toml").write_text('database = "sqlite:///monitor.db"\n')
    (tmp_path / "rules").mkdir()
    return tmp_path / "rules"


def test_check_says_one_thing_of_each(rules: Path) -> None:
    (rules / "good.yaml").write_text(GOOD)
    for name in BACKUPS:
        (rules / name).write_text("\tnot\0a rule file")
    for name, (make, _) in BAD.items():
        make(file := rules / f"{name}.yaml")
        if file.is_file():
            file.write_bytes(file.read_bytes().replace(b"id: quaggas", b"id: " + name.encode()))
    result = CliRunner().invoke(program, ["check"])
    assert result.exit_code == 3
    errors = [line for line in result.stderr.splitlines() if ": error: " in line]
    for name, (_, said) in BAD.items():
        (own,) = [line for line in errors if line.startswith((f"{rules}/{name}.yaml", f"rules/{name}.yaml"))]
        assert said in own
    assert len(errors) == len(BAD)
    assert result.stderr.splitlines()[-1].endswith(f" · {len(BAD)} errors · 0 warnings")
    assert "1 rule in " in result.stderr
    assert max(map(len, result.stderr.splitlines())) < 400
    tested = CliRunner().invoke(program, ["test"])
    assert (tested.exit_code, tested.stdout) == (3, "1 passed · 1 rule\n")


async def test_the_daemon_goes_on_with_the_last_good_rules_whatever_becomes_of_their_file(
    rules: Path,
) -> None:
    file = rules / "a.yaml"
    file.write_text(GOOD)
    settings = load_config(rules.parent / "monitor.toml")
    app = App(settings, create_store(settings))
    try:
        await app.reload_rules()
        for name, (make, said) in BAD.items():
            file.unlink()
            make(file)
            await app.reload_rules()
            assert set(app.pipeline.rules.rules) == {"quaggas"}, name
            assert app.pipeline.rules.rules["quaggas"].query == "quagga*", name
            assert any(said in problem.message for problem in app.problems), name
            if file.is_dir() and not file.is_symlink():
                file.rmdir()
                file.write_text("")
        file.unlink()
        file.write_text(GOOD.replace("quagga*", "dodo"))
        await app.reload_rules()
        assert app.pipeline.rules.rules["quaggas"].query == "dodo"
        assert app.problems == []
    finally:
        await app.close()
