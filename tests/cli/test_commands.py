"""What a beginner meets: the first commands in a new folder, and the usual mistakes, each with one clear line."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from rich.cells import cell_len
from typer.testing import CliRunner, Result

from monitor.cli.main import app
from monitor.cli.output import print_table

Run = Callable[..., Result]
PAGE = """<html lang="en"><head><title>Pyongyang to send sappers</title></head><body><article>
<h1>Pyongyang to send sappers</h1><p>North Korea will send 1,000 sappers to the Russian region of Kursk, the
governor of the region said on Sunday. They will clear mines from fields along the border, he said.</p>
</article></body></html>"""
OPML = """<opml version="2.0"><body><outline text="Asia">
<outline text="Wire" xmlUrl="https://wire.example/rss"/><outline text="Old" xmlUrl="feed://old.example/rss"/>
<outline text="Ours" xmlUrl="https://desk:secret@ours.example/rss"/></outline></body></opml>"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in a folder with an empty configuration, an empty ./rules and no database."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MONITOR_CONFIG", raising=False)
    (tmp_path / "rules").mkdir()
    (tmp_path / "monitor.toml").write_text('[network]\nallow = ["127.0.0.0/8"]\n')
    return lambda *words: CliRunner().invoke(app, words)


@pytest.mark.parametrize(
    "words", [("status",), ("status", "--check"), ("feeds", "list"), ("matches", "list"), ("backup", "b.db")]
)
def test_a_question_to_a_database_that_is_not_there_makes_none(run: Run, words: tuple[str, ...]) -> None:
    result = run(*words)
    assert result.exit_code == 1
    assert "holds no data yet; `monitor run` or `monitor feeds add URL` creates it" in result.stderr
    assert sorted(path.name for path in Path().iterdir()) == ["monitor.toml", "rules"]


def test_doctor_leaves_no_database_behind_either(run: Run) -> None:
    checks = {row["id"]: row for row in map(json.loads, run("doctor", "--json").stdout.splitlines())}
    assert checks["database"]["level"] == "ok"
    assert "is not there yet" in checks["database"]["found"]
    assert not list(Path().glob("monitor.db*"))


def test_feeds_can_be_added_before_the_first_run(run: Run) -> None:
    assert (
        run("feeds", "add", "--no-check", "https://wire.example/rss").output
        == "added https://wire.example/rss\n"
    )
    listed = [json.loads(line) for line in run("feeds", "list", "--json").stdout.splitlines()]
    assert [(row["url"], row["state"]) for row in listed] == [("https://wire.example/rss", "new")]


def test_import_names_what_it_leaves_out_and_keeps_its_password(run: Run) -> None:
    Path("feeds.opml").write_text(OPML)
    result = run("feeds", "import", "--no-check", "feeds.opml")
    assert result.exit_code == 0
    assert result.stdout == "2 feeds in feeds.opml: 2 added, 0 polled already\n"
    assert (
        "left out: ours.example: an address with a user name or password in it is not read" in result.stderr
    )
    assert "secret" not in result.output


def test_an_opml_that_is_none_is_named(run: Run) -> None:
    Path("feeds.opml").write_text("hello")
    result = run("feeds", "import", "feeds.opml")
    assert result.exit_code == 3
    assert result.stderr.startswith("feeds.opml: error: not OPML")


def test_a_password_in_the_address_of_a_feed_is_refused(run: Run) -> None:
    result = run("feeds", "add", "https://desk:secret@wire.example/rss")
    assert result.exit_code == 2
    assert "an address with a user name or password in it is not read" in result.stderr
    assert "write https://wire.example/rss under [[feeds]]" in result.stderr
    assert "secret" not in result.output


def test_a_feed_that_failed_is_polled_when_somebody_says_so(run: Run, httpserver: HTTPServer) -> None:
    url = httpserver.url_for("/rss")
    run("feeds", "add", "--no-check", url)
    httpserver.expect_request("/rss").respond_with_data("none here", status=404)
    assert run("run", "--once").stdout.startswith("polled 1 feed, ")
    assert run("run", "--once").stdout.startswith("polled 0 feeds, ")
    assert run("feeds", "poll").output == "1 feed due now\n"
    assert run("run", "--once").stdout.startswith("polled 1 feed, ")
    assert run("feeds", "poll", url).output == "1 feed due now\n"


def test_only_what_is_polled_can_be_polled_now(run: Run) -> None:
    run("feeds", "add", "--no-check", "https://wire.example/rss")
    assert run("feeds", "poll").output == "no feed fails\n"
    run("feeds", "remove", "https://wire.example/rss")
    result = run("feeds", "poll", "https://wire.example/rss")
    assert result.exit_code == 2
    assert "no feed https://wire.example/rss is polled" in result.stderr


def test_export_into_a_folder_that_is_not_there_is_one_line(run: Run) -> None:
    run("feeds", "add", "--no-check", "https://wire.example/rss")
    result = run("feeds", "export", "none/feeds.opml")
    assert result.exit_code == 1
    assert result.stderr == "error: none/feeds.opml cannot be opened or written: No such file or directory\n"


def test_the_configuration_stands_before_the_command(run: Run) -> None:
    result = run("status", "-c", "monitor.toml")
    assert result.exit_code == 2
    assert result.stderr == "error: -c FILE stands before the command: monitor -c FILE status\n"


def test_a_new_seed_is_listed_with_the_others(run: Run, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/a").respond_with_data(PAGE, content_type="text/html")
    result = run("seeds", "add", httpserver.url_for("/a"))
    assert result.exit_code == 0, result.output
    assert "seeds: [seeds/pyongyang-to-send-sappers.txt]" in result.stdout
    assert [json.loads(line)["path"] for line in run("seeds", "list", "--json").stdout.splitlines()] == [
        "seeds/pyongyang-to-send-sappers.txt"
    ]


def test_a_seed_makes_no_folder_of_rules(run: Run, httpserver: HTTPServer) -> None:
    result = run("seeds", "add", "--rules", "none", httpserver.url_for("/a"))
    assert (result.exit_code, result.stderr) == (
        2,
        "error: there is no folder of rules none; give it with --rules DIR\n",
    )
    assert not Path("none").exists()


def test_a_file_to_match_that_is_not_there_is_wrong_usage(run: Run) -> None:
    result = run("match", "none.txt")
    assert result.exit_code == 2
    assert result.stderr.startswith("error: there is no file none.txt; give a text, Markdown or HTML file")


@pytest.mark.parametrize(
    ("urls", "said"),
    [
        ('["mial://mail.example"]', "Apprise knows no service 'mial'; did you mean mailto://?"),
        ("[]", 'it has no address (give it one: urls = ["mailto://…"])'),
    ],
)
def test_check_says_which_receiver_cannot_be_sent_to(run: Run, urls: str, said: str) -> None:
    Path("monitor.toml").write_text(f"[receivers.desk]\nurls = {urls}\n")
    result = run("check")
    assert result.exit_code == 3
    assert result.stderr.startswith(f"monitor.toml: error: receiver desk: {said}\n")
    assert run("check", "--rules", "rules").exit_code == 0, "the configuration was not asked about"


def test_check_warns_of_a_seed_that_is_not_there(run: Run) -> None:
    Path("rules/a.yaml").write_text("rules:\n  - id: a\n    query: x\n    seeds: [seeds/none.txt]\n")
    result = run("check")
    assert result.exit_code == 0
    assert "rules/a.yaml:2: warning: a cannot be tested with its seed seeds/none.txt: " in result.stderr
    assert result.stdout.endswith("rules · 0 errors · 1 warning\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[alerts]\ndefault = "desk"\n',
            'monitor.toml:2:1: error: alerts.default is a list (write default = ["…"])',
        ),
        (
            '[receivers.desk]\nurls = "mailto://u:secret@mail.example"\n',
            'monitor.toml:2:1: error: receivers.desk.urls is a list (write urls = ["…"])',
        ),
        (
            '[feeds]\nurl = "https://wire.example"\n',
            "monitor.toml:1:2: error: feeds is a list (write [[feeds]])",
        ),
        ("rules = 5\n", 'monitor.toml:1:1: error: rules is a path (write rules = "…")'),
        (
            "[alerts]\n\n[alerts]\n",
            "monitor.toml:3:8: error: the table [alerts] stands twice (put the keys of both under one)",
        ),
        ("rules = rules\n", 'error: this is no TOML: invalid value (text stands in quotes: key = "text")'),
        (
            '[recievers.desk]\nurls = ["json://x"]\n',
            "monitor.toml:1:2: error: there is no key 'recievers' (did you mean 'receivers'?)",
        ),
        ('database_file = "none"\n', "error: none cannot be read: No such file or directory\n"),
        (
            '[[feeds]]\nurl = "https://desk:secret@wire.example/rss"\n',
            "error: feeds.url: wire.example: an address with a user name or password in it is not read",
        ),
    ],
)
def test_a_mistake_in_the_configuration_says_how_it_is_written(run: Run, text: str, said: str) -> None:
    Path("monitor.toml").write_text(text)
    result = run("check")
    assert result.exit_code == 3
    assert said in result.stderr


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (
            "rules:\n  - id: a\n    title: Korea: troops\n    query: x\n",
            "a text with a colon in it needs quotes",
        ),
        (
            "rules:\n  - id: a\n   title: Korea\n    query: x\n",
            "begins in the same column; indent with spaces",
        ),
    ],
)
def test_a_slip_of_yaml_says_what_to_do(run: Run, text: str, hint: str) -> None:
    Path("rules/a.yaml").write_text(text)
    result = run("check")
    assert result.exit_code == 3
    assert hint in result.stderr


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_table_too_wide_for_the_terminal_keeps_every_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    out = _Terminal()
    monkeypatch.setattr("sys.stdout", out)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    address, title = "https://wire.example/" + "a" * 60, "북한군 " * 12
    print_table(
        ("ID", "FEED", "STATE", "TITLE"), [(1, address, "failing", title), (12, "b", "ok", None)], "none"
    )
    lines = out.getvalue().splitlines()
    assert lines == [
        "ID  STATE",
        "1   failing",
        f"    {address}",
        f"    {title.strip()}",
        "12  ok",
        "    b",
        "    -",
    ]
    assert max(cell_len(line) for line in lines if line[0] != " ") <= 60


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Troops \x1b]0;owned\x07\x1b[31min Kursk", "Troops ]0;owned[31min Kursk"),
        ("Sappers \u202egnp.exe\u2066", "Sappers gnp.exe"),
        ("two\nlines\tand more", "two lines and more"),
    ],
)
def test_a_cell_is_shown_as_it_reads_and_rules_no_terminal(
    title: str, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    print_table(("ID", "TITLE"), [(1, title)], "none")
    assert capsys.readouterr().out == f"1\t{shown}\n"
