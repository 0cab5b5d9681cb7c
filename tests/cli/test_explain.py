"""explain and why-not as they are typed: what is shown, where the article comes from, and the exit codes."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from rich.cells import cell_len
from typer.testing import CliRunner, Result

from monitor.adapters.store import Database, Store, migrate
from monitor.cli.main import app
from monitor.match.rulefiles.book import load_rules
from monitor.model import Article, Standing
from monitor.send.keys import delivery_key

Run = Callable[..., Result]
RULES = """\
terms:
  kpa: ["Korean People's Army", 'raw:"KPA"', 북한군*]
  theatre: [Kursk, Belgorod, Donetsk, Bryansk, Sumy, Zaporizhzhia, Kherson, Kharkiv]
rules:
  - id: troops
    severity: high
    query: |
      $kpa AND (troop* NEAR/2 $theatre)
      AND (deploy OR "sent to")
    exclude: [film]
    where: {lang: en}
    tests: {match: [Nothing]}
"""
NEAR = """\
Title: A report
Language: en

The KPA sent its soldiers to Russia. Its troops, the film says, were then in Kursk. They deployed.
"""
RIGHT = """\
Title: KPA deploy troops to Kursk
Language: en

They went by sea.
"""
VERSION = load_rules({"a.yaml": RULES}).rules[0].version


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command where ./rules holds one rule and there is no configuration."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("MONITOR_CONFIG", raising=False)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.yaml").write_text(RULES)
    (tmp_path / "near.txt").write_text(NEAR)
    (tmp_path / "right.txt").write_text(RIGHT)
    return lambda *words, **more: CliRunner().invoke(app, words, **more)


@pytest.fixture
def store(run: Run) -> Store:
    """A database in the folder, with the near article as number 1, and its configuration."""
    Path("monitor.toml").write_text('[network]\nallow = ["127.0.0.0/8"]\n')
    database = Database("sqlite:///monitor.db")
    migrate.upgrade(database)
    store = Store(database, delivery_key)
    now = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
    article = Article(
        "A report", NEAR.partition("\n\n")[2].strip(), url="https://wire.example/a", language="en"
    )
    with store.settlement(now) as tx:
        tx.add_articles([("https://wire.example/a", article, Standing.NEW)])
    return store


# --- explain ---------------------------------------------------------------------------------------


def test_a_rule_that_does_not_match_is_explained(run: Run) -> None:
    result = run("explain", "troops", "near.txt")
    assert result.exit_code == 1
    assert result.output == (
        "✗ troops does not match  A report\n"
        f"  en · rules/a.yaml:5 · version {VERSION}\n"
        "\n"
        '✓ $kpa  by raw:"KPA"; 2 not there\n'
        "      The KPA sent its soldiers to Russia.\n"
        "✗ troop* NEAR/2 $theatre  the nearest are 6 words apart; at most 2 are allowed\n"
        "      Its troops, the film says, were then in Kursk.\n"
        '✗ deploy OR "sent to"  none is there; its words stand in “sent its soldiers to”, '
        "with 2 words between; ~2 would find it\n"
        "      The KPA sent its soldiers to Russia.\n"
        "✗ exclude: NOT film  it is there once\n"
        "      Its troops, the film says, were then in Kursk.\n"
        '✓ where: lang:"en"\n'
        "\n"
        "It would match but for these 3 clauses:\n"
        "  → troop* NEAR/2 $theatre (the nearest are 6 words apart; at most 2 are allowed)\n"
        '  → deploy OR "sent to" (its words stand in “sent its soldiers to”, '
        "with 2 words between; ~2 would find it)\n"
        "  → exclude: NOT film\n"
    )


def test_a_rule_that_matches_ends_with_0(run: Run) -> None:
    result = run("explain", "troops", "-", input=RIGHT)
    assert result.exit_code == 0
    assert result.output.startswith("✓ troops matches  KPA deploy troops to Kursk\n")
    assert "✓ troop* NEAR/2 $theatre\n      KPA deploy troops to Kursk\n" in result.output
    assert "It would match" not in result.output


def test_explain_as_json(run: Run) -> None:
    result = run("explain", "--json", "troops", "near.txt")
    assert result.exit_code == 1
    (row,) = map(json.loads, result.stdout.splitlines())
    assert list(row) == ["id", "rule", "rule_version", "place", "article", "held", "notes", "change", "tree"]
    assert (row["rule"], row["rule_version"], row["held"]) == ("troops", VERSION, False)
    assert [part["clause"] for part in row["change"]] == [
        "troop* NEAR/2 $theatre",
        'deploy OR "sent to"',
        "NOT film",
    ]
    tree = row["tree"]
    assert (tree["kind"], tree["held"], tree["nearest"]) == ("and", False, None)
    assert [(part["kind"], part["held"], part["role"]) for part in tree["parts"]] == [
        ("list", True, None),
        ("near", False, None),
        ("or", False, None),
        ("not", False, "exclude"),
        ("filter", True, "where"),
    ]
    listed, near = tree["parts"][:2]
    assert listed["others"] == 2
    assert listed["spans"] == [{"field": "body", "start": 4, "end": 7, "text": "KPA"}]
    assert near["nearest"]["kind"] == "distance"
    assert [span["text"] for span in near["nearest"]["spans"]] == ["troops", "Kursk"]
    assert [part["clause"] for part in near["parts"]] == ["troop*", "$theatre"]


def test_a_stored_article_is_explained_by_id_and_address(run: Run, store: Store) -> None:
    by_id, by_address = (
        run("explain", "troops", "1"),
        run("explain", "troops", "https://wire.example/a?utm_id=1"),
    )
    assert by_id.exit_code == by_address.exit_code == 1
    assert "article 1 · https://wire.example/a · en" in by_id.output
    assert by_id.output == by_address.output
    assert run("explain", "troops", "4711").exit_code == 2


PAGE = """<html lang="en"><head><title>KPA deploy troops to Kursk</title></head><body><article>
<h1>KPA deploy troops to Kursk</h1><p>They went by sea, state media said in a long report from the capital.</p>
<p>The report named neither the place nor the number of those who left, nor when they may be back.</p>
</article></body></html>"""


def test_an_address_that_is_not_stored_is_read(run: Run, store: Store, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/page").respond_with_data(PAGE, content_type="text/html")
    result = run("explain", "troops", httpserver.url_for("/page"))
    assert result.exit_code == 0
    assert result.stderr == "not stored; reading the page\n"


def test_what_is_not_there_is_wrong_usage(run: Run) -> None:
    missing = run("explain", "troops", "none.txt")
    assert missing.exit_code == 2
    assert "there is no file none.txt" in missing.stderr
    unknown = run("explain", "trops", "near.txt")
    assert (unknown.exit_code, unknown.stderr) == (
        2,
        "error: there is no rule trops (did you mean troops?)\n",
    )


def test_the_file_is_explained_and_the_version_in_force_is_named(run: Run, store: Store) -> None:
    rule = load_rules({"a.yaml": RULES}).rules[0]
    store.remember_rules([rule.dump()], datetime(2026, 3, 10, tzinfo=UTC))
    assert "in force is still" not in run("explain", "troops", "1").output
    Path("rules/a.yaml").write_text(RULES.replace("NEAR/2", "NEAR/9"))
    result = run("explain", "troops", "1")
    assert f"in force is still {VERSION}, until the daemon has read the file" in result.output
    assert "✓ troop* NEAR/9 $theatre\n" in result.output


def test_a_broken_file_leaves_the_last_good_version_to_explain(run: Run, store: Store) -> None:
    rule = load_rules({"a.yaml": RULES}).rules[0]
    Path("rules/a.yaml").write_text(RULES.replace("NEAR/2", "NEAR"))
    without = run("explain", "troops", "near.txt")
    assert without.exit_code == 3
    assert "rules/a.yaml:8:" in without.stderr
    store.remember_rules([rule.dump()], datetime(2026, 3, 10, tzinfo=UTC))
    result = run("explain", "troops", "1")
    assert result.exit_code == 1
    assert f"its file is broken; this explains version {VERSION}, the last good" in result.output
    assert "6 words apart; at most 2 are allowed" in result.output


def test_a_rule_whose_time_is_over_says_so(run: Run) -> None:
    Path("rules/a.yaml").write_text(RULES + "    enabled_until: 2026-01-31\n")
    assert (
        "the rule is not in force: it was enabled until 2026-01-31"
        in run("explain", "troops", "near.txt").output
    )


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("command", ["explain", "why-not"])
def test_lines_fit_a_terminal(run: Run, store: Store, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    out = _Terminal()
    monkeypatch.setenv("COLUMNS", "70")
    monkeypatch.setenv("LINES", "50")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr("sys.stdout", out)
    words = ["explain", "troops", "1"] if command == "explain" else ["why-not", "1"]
    with pytest.raises(SystemExit) as ended:
        app(words)
    assert ended.value.code == 1
    lines = out.getvalue().splitlines()
    assert max(cell_len(line) for line in lines) <= 70
    assert "\x1b" not in out.getvalue()
    assert " ".join(" ".join(lines).split()).count("the nearest are 6 words apart") >= 1


# --- why-not ---------------------------------------------------------------------------------------


def test_why_not_shows_a_line_a_stage(run: Run, store: Store) -> None:
    result = run("why-not", "--rule", "troops", "https://wire.example/a")
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[:4] == [
        "https://wire.example/a",
        "feed        2026-03-10 09:30  ✓ it came by no feed that is known",
        "extraction  2026-03-10 09:30  ✓ article 1, 18 words, en: “A report”",
        "rule        2026-03-10 09:30  ✗ troops did not match",
    ]
    assert lines[4].startswith(" " * 32 + "it lacks troop* NEAR/2 $theatre (the nearest are 6 words apart;")
    assert lines[-2:] == ["It ended at the rule: troops did not match.", "  → monitor explain troops 1"]


def test_why_not_as_json(run: Run, store: Store) -> None:
    (row,) = map(json.loads, run("why-not", "--json", "https://wire.example/none").stdout.splitlines())
    assert (row["id"], row["article"], row["stage"], row["told"]) == (
        "https://wire.example/none",
        None,
        "feed",
        False,
    )
    assert row["try"] == ["monitor feeds add FEED", "monitor match https://wire.example/none"]


def test_why_not_needs_a_database_and_makes_none(run: Run) -> None:
    Path("monitor.toml").write_text("")
    result = run("why-not", "https://wire.example/a")
    assert result.exit_code == 1
    assert "holds no data yet" in result.stderr
    assert not list(Path().glob("monitor.db*"))
    assert run("explain", "troops", "https://127.0.0.1:1/a").exit_code == 1, "read, and refused"
    assert not list(Path().glob("monitor.db*"))
