"""`monitor draft` as a user meets it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from typer.testing import CliRunner, Result

from monitor.cli.main import app

Run = Callable[..., Result]
SEED = (
    "Larkmouth bridge closed after cracks found\n\n"
    "Engineers closed the bridge at Larkmouth on Tuesday. Divers found cracks in two pillars at Larkmouth.\n"
    "Ferries carry the commuters of Larkmouth. Nobody complained.\n"
)
PAGE = """<html lang="en"><head><title>Pyongyang to send sappers</title></head><body><article>
<h1>Pyongyang to send sappers</h1><p>North Korea will send 1,000 sappers to the Russian region of Kursk, the
governor of the region said on Sunday. They will clear mines from fields along the border, he said.</p>
</article></body></html>"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in a folder with an empty ./rules, a seed, and no configuration."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    monkeypatch.delenv("MONITOR_CONFIG", raising=False)
    (tmp_path / "rules").mkdir()
    (tmp_path / "seed.txt").write_text(SEED)
    return lambda *words, **more: CliRunner().invoke(app, words, **more)


def test_a_draft_is_printed_and_nothing_else_is(run: Run) -> None:
    result = run("draft", "seed.txt", "--id", "bridge", "--title", "Cracks")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "  - id: bridge\n    title: Cracks\n" in result.stdout
    Path("rules/bridge.yaml").write_text(result.stdout)
    assert run("check").stdout == "1 rule in rules\n"
    assert run("test").exit_code == 0


def test_a_draft_is_written_with_its_seed(run: Run) -> None:
    result = run("draft", "seed.txt", "-o", "rules/bridge.yaml")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "wrote rules/seeds/seed.txt\nwrote rules/bridge.yaml\n"
    assert run("check").stdout == "1 rule in rules\n"
    assert run("test").exit_code == 0
    again = run("draft", "seed.txt", "-o", "rules/bridge.yaml")
    assert (again.exit_code, again.stdout) == (2, "")
    assert "exists already" in again.stderr
    assert run("draft", "seed.txt", "-o", "rules/bridge.yaml", "--force").exit_code == 0


def test_a_seed_may_be_the_input(run: Run) -> None:
    result = run("draft", "-", input=SEED)
    assert result.exit_code == 0
    assert "Larkmouth*" in result.stdout
    assert "seeds:" not in result.stdout.partition("rules:")[2]


def test_a_page_is_fetched_and_kept_as_a_seed(run: Run, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/news").respond_with_data(PAGE, content_type="text/html; charset=utf-8")
    Path("monitor.toml").write_text('[network]\nallow = ["127.0.0.0/8"]\n')
    result = run("draft", httpserver.url_for("/news"), "-o", "rules/sappers.yaml")
    assert result.exit_code == 0, result.stderr
    assert Path("rules/seeds/pyongyang-to-send-sappers.txt").is_file()
    assert not list(Path().glob("monitor.db*"))
    assert run("test").exit_code == 0


def test_stored_articles_are_named_by_id_and_the_draft_is_tried_on_what_is_stored(run: Run) -> None:
    Path("monitor.toml").write_text("")
    assert run("draft", "17").exit_code == 2
    assert run("feeds", "add", "--no-check", "https://wire.example/rss").exit_code == 0
    unknown = run("draft", "17")
    assert unknown.exit_code == 2
    assert "no stored article has the id" in unknown.stderr
    tried = run("draft", "seed.txt")
    assert tried.exit_code == 0
    assert tried.stderr == "there are no articles of the last 30 days to try it on\n"


def test_seeds_that_share_nothing_are_drafted_and_it_is_said(run: Run) -> None:
    Path("other.txt").write_text(
        "Wheat prices rise\n\nWheat futures rose in Odessa as exporters of grain bought wheat.\n"
    )
    result = run("draft", "seed.txt", "other.txt")
    assert result.exit_code == 0
    assert "share no name or rare word" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("draft",), "Missing argument"),
        (("draft", "gone.txt"), "there is no file gone.txt"),
        (("draft", "seed.txt", "-o", "bridge.md"), "no name for a rule file"),
        (("draft", "seed.txt", "--id", "A B"), "cannot be an id"),
    ],
)
def test_mistakes_are_said_in_a_line(run: Run, words: tuple[str, ...], said: str) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert said in result.stderr
