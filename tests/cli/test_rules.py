from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pytest_httpserver import HTTPServer
from typer.testing import CliRunner, Result

from monitor.cli.main import app

Run = Callable[..., Result]
GOOD = """\
rules:
  - id: troops
    severity: high
    query: DPRK NEAR/4 troop*
    seeds: [seeds/one.txt]
    tests:
      match: [DPRK troops]
      ignore: [Nothing]
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command where ./rules holds one good rule and there is no configuration."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    monkeypatch.delenv("MONITOR_CONFIG", raising=False)
    (tmp_path / "rules" / "seeds").mkdir(parents=True)
    (tmp_path / "rules" / "a.yaml").write_text(GOOD)
    (tmp_path / "rules" / "seeds" / "one.txt").write_text("Headline\n\nThe DPRK sent its troops.\n")
    return lambda *words, **more: CliRunner().invoke(app, words, **more)


def test_check_says_that_all_is_well(run: Run) -> None:
    result = run("check")
    assert (result.exit_code, result.output) == (0, "1 rule in rules\n")


def test_check_says_where_rules_are_looked_for_when_there_are_none(run: Run) -> None:
    Path("rules/a.yaml").rename("rules/a.yaml.bak")
    result = run("check")
    assert result.exit_code == 0
    assert result.output == "0 rules in rules (rule files are *.yaml; `monitor init` writes examples)\n"


def test_check_shows_every_problem_with_line_and_caret(run: Run) -> None:
    Path("rules/b.yaml").write_text("rules:\n  - id: b\n    query: titel:x\n    sevrity: high\n")
    Path("rules/c.yaml").write_text("rules:\n\t- id: c\n")
    result = run("check")
    assert result.exit_code == 3
    assert result.stderr == (
        "rules/b.yaml:3:12: error: there is no field titel: (did you mean title:?)\n"
        "  3 |     query: titel:x\n"
        "    |            ^^^^^^\n"
        "rules/b.yaml:4:5: error: a rule has no key sevrity (did you mean severity?)\n"
        "  4 |     sevrity: high\n"
        "    |     ^^^^^^^\n"
        "rules/c.yaml:2:1: error: a tab cannot indent YAML (use spaces)\n"
        "  2 |  - id: c\n"
        "    | ^\n"
        "1 rule in rules · 3 errors · 0 warnings\n"
    )


def test_warnings_do_not_fail_a_check(run: Run) -> None:
    Path("rules/b.yaml").write_text("rules:\n  - id: b\n    query: x\n")
    result = run("check")
    assert result.exit_code == 0
    assert "warning: b has neither tests nor seeds" in result.stderr


def test_check_knows_the_receivers_of_the_configuration(run: Run) -> None:
    Path("rules/a.yaml").write_text(GOOD + "    alert: {to: [dsk]}\n")
    assert run("check").exit_code == 0
    Path("monitor.toml").write_text('[receivers.desk]\nurls = ["json://127.0.0.1/"]\n')
    result = run("check")
    assert result.exit_code == 3
    assert "there is no receiver dsk (did you mean desk?)" in result.stderr


def test_test_passes_and_counts(run: Run) -> None:
    result = run("test")
    assert (result.exit_code, result.output) == (0, "3 passed · 1 rule\n")


def test_test_fails_with_the_reason(run: Run) -> None:
    Path("rules/seeds/one.txt").write_text("Headline\n\nThe DPRK sent its tanks.\n")
    result = run("test", "troops")
    assert result.exit_code == 1
    assert result.output == (
        "✗ troops seed  rules/seeds/one.txt\n    Headline\n    → no troop*\n2 passed · 1 failed · 1 rule\n"
    )


def test_test_as_json(run: Run) -> None:
    result = run("test", "--json")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(row["id"], row["state"]) for row in rows] == [
        ("troops:seed:1", "pass"),
        ("troops:match:1", "pass"),
        ("troops:ignore:2", "pass"),
    ]


def test_a_rule_that_does_not_exist_is_a_usage_error(run: Run) -> None:
    result = run("test", "trops")
    assert result.exit_code == 2
    assert "did you mean troops?" in result.stderr


def test_match_gives_one_object_a_file(run: Run) -> None:
    Path("other.txt").write_text("Nothing\n\nOf interest happened today.\n")
    result = run("match", "--json", "rules/seeds/one.txt", "other.txt")
    assert result.exit_code == 0
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert list(first) == ["file", "title", "published", "language", "matches"]
    assert first["matches"] == [
        {
            "rule": "troops",
            "severity": "high",
            "spans": [
                {"field": "body", "start": 4, "end": 8, "text": "DPRK"},
                {"field": "body", "start": 18, "end": 24, "text": "troops"},
            ],
        }
    ]
    assert (second["file"], second["matches"]) == ("other.txt", [])


def test_match_reads_its_input_and_shows_the_sentence(run: Run) -> None:
    result = run("match", "-", input="Headline\n\nIt rained. The DPRK sent its troops. It stopped.\n")
    assert result.exit_code == 0
    assert "  troops  high\n    The DPRK sent its troops.\n" in result.output


def test_a_missing_file_is_reported_and_the_others_are_matched(run: Run) -> None:
    result = run("match", "--json", "none.txt", "rules/seeds/one.txt")
    assert result.exit_code == 2
    assert len(result.stdout.splitlines()) == 1
    assert "error: there is no file none.txt; give a text" in result.stderr


def test_match_goes_on_with_the_rules_that_can_be_read(run: Run) -> None:
    Path("rules/b.yaml").write_text("rules:\n\t- id: c\n")
    result = run("match", "--json", "rules/seeds/one.txt")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["matches"][0]["rule"] == "troops"


PAGE = """<html lang="en"><head><title>DPRK troops leave</title></head><body><article><h1>DPRK troops leave</h1>
<p>The DPRK sent its troops abroad on Friday, state media said in a long report from the capital.</p>
<p>The report named neither the place nor the number of those who left, nor when they may be back.</p>
</article></body></html>"""


def test_match_reads_an_address(run: Run, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/page").respond_with_data(PAGE, content_type="text/html")
    Path("monitor.toml").write_text('[network]\nallow = ["127.0.0.0/8"]\n')
    result = run("match", "--json", httpserver.url_for("/page"))
    assert [json.loads(line)["matches"][0]["rule"] for line in result.stdout.splitlines()] == ["troops"]
    assert result.exit_code == 0


def test_addresses_of_this_machine_are_refused_unless_allowed(run: Run, httpserver: HTTPServer) -> None:
    result = run("match", httpserver.url_for("/page"))
    assert result.exit_code == 1
    assert httpserver.log == []


def test_schema_is_json(run: Run) -> None:
    assert json.loads(run("schema").stdout)["properties"]["rules"]["type"] == "array"


def test_results_are_written_for_ci_systems_beside_what_is_shown(run: Run) -> None:
    Path("rules/seeds/one.txt").write_text("Headline\n\nThe DPRK sent its tanks.\n")
    result = run("test", "--junit", "out.xml")
    assert result.exit_code == 1
    assert "→ no troop*" in result.output
    root = ElementTree.parse("out.xml").getroot()
    assert (root.get("tests"), root.get("failures")) == ("3", "1")
    assert run("test", "--json", "--junit", "no/such/folder.xml").exit_code == 2


def test_a_strict_check_fails_for_warnings(run: Run) -> None:
    assert run("check", "--strict").exit_code == 0
    Path("rules/b.yaml").write_text("rules:\n  - id: b\n    query: x OR x\n    seeds: [seeds/one.txt]\n")
    assert run("check").exit_code == 0
    result = run("check", "--strict")
    assert result.exit_code == 3
    assert result.stderr == (
        "rules/b.yaml:3:17: warning: this is x again (remove it) [duplicate]\n"
        "  3 |     query: x OR x\n"
        "    |                 ^\n"
    )
    Path("rules/b.yaml").write_text(Path("rules/b.yaml").read_text() + "    lint: {ignore: [duplicate]}\n")
    assert run("check", "--strict").exit_code == 0


def test_problems_are_given_to_programs_too(run: Run) -> None:
    Path("rules/b.yaml").write_text("rules:\n  - id: b\n    query: x OR titel:x\n  - id: c\n    query: x\n")
    result = run("check", "--json")
    assert result.exit_code == 3
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert rows == [
        {
            "id": "rules/b.yaml:3:17",
            "path": "rules/b.yaml",
            "line": 3,
            "column": 17,
            "length": 6,
            "level": "error",
            "lint": "",
            "message": "there is no field titel:",
            "hint": "did you mean title:?",
        },
        {
            "id": "rules/b.yaml:4:9",
            "path": "rules/b.yaml",
            "line": 4,
            "column": 9,
            "length": 1,
            "level": "warning",
            "lint": "no-tests",
            "message": "c has neither tests nor seeds",
            "hint": "seeds: […] or tests: {match: […]}",
        },
    ]


def test_check_tries_the_templates_of_messages(run: Run) -> None:
    Path("monitor.toml").write_text('[alerts]\ntemplates = "look"\n')
    Path("look").mkdir()
    Path("look", "test.slack").write_text("{{ bold(headline) }}\n{{ ruel }}\n")
    result = run("check")
    assert result.exit_code == 3
    assert "look/test.slack:2: error: there is no 'ruel' (did you mean rule?)" in result.stderr
    assert "2 | {{ ruel }}" in result.stderr
    Path("look", "test.slack").write_text("{{ bold(headline) }}\n{{ rule }}\n")
    assert run("check").exit_code == 0


def test_schema_says_what_templates_are_given(run: Run) -> None:
    assert "rule_title       the rule's title" in run("schema", "--templates").stdout
    assert "{{ bold(headline) }}" in run("schema", "--template", "alert.chat").stdout
    assert run("schema", "--template", "alrt.chat").exit_code == 2
