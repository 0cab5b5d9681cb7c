"""backtest as an analyst runs it: one command, one clear answer or one clear error."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from monitor.adapters.store import Database, Store, migrate
from monitor.cli.main import app
from monitor.match.rulefiles.book import load_rules
from monitor.model import Article, Standing
from monitor.send.keys import delivery_key

Run = Callable[..., Result]
RULES = """
terms:
  engineers: [sapper*, "combat engineer*"]
rules:
  - id: engineers
    query: $engineers AND (Kursk OR Belgorod) AND NOT museum
    tests: {match: [Sappers in Kursk], ignore: [rain]}
  - id: rain
    query: rain
    tests: {match: [rain], ignore: [sun]}
"""
SAID = (
    "The governor spoke of mines along the border on Sunday.",
    "A bakery reopened, and sappers looked at the transformer, months after flour and electricity ran out.",
    "Parliament voted on pensions for retired firemen.",
    "Visitors queued for tickets to see paintings of rivers.",
    "Umbrellas were sold out by noon.",
)
TEXTS = (
    "Sappers in Kursk",
    "Power returns to Belgorod",
    "Sappers in Minsk",
    "Sappers in Kursk: a museum",
    "Rain",
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a configuration, rules, and a database whose daemon runs those rules."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MONITOR_CONFIG", raising=False)
    (tmp_path / "monitor.toml").write_text("")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "rules.yaml").write_text(RULES)
    database = Database(f"sqlite:///{tmp_path / 'monitor.db'}")
    migrate.upgrade(database)
    now = datetime.now(UTC)
    store = Store(database, delivery_key)
    with store.settlement(now) as tx:
        tx.add_articles(
            [
                (
                    f"{n}",
                    Article(title, SAID[n], collected=now - timedelta(days=9 - n)),
                    Standing.NEW,
                )
                for n, title in enumerate(TEXTS)
            ]
        )
    book = load_rules({"rules/rules.yaml": RULES})
    store.remember_rules([rule.dump() for rule in book.rules], now)
    database.close()
    return tmp_path


@pytest.fixture
def run(place: Path) -> Run:
    return lambda *words: CliRunner().invoke(app, ("backtest", *words))


def rows(result: Result) -> dict[str, list[dict[str, Any]]]:
    assert result.exit_code == 0, result.output
    found: dict[str, list[dict[str, Any]]] = {}
    for line in result.stdout.splitlines():
        row = json.loads(line)
        assert row["id"]
        found.setdefault(row["kind"], []).append(row)
    return found


def test_people_see_what_it_would_have_caught_told_and_missed(run: Run) -> None:
    result = run("engineers")
    assert result.exit_code == 0
    for part in (
        "in force",
        "5 articles stored, 3 read (the index rules out the others)",
        "2 matches in 2 stories: 2 alerts (2 new)",
        "a week: about",
        "matches a day",
        "Newest matches",
        "Power returns to Belgorod",
        "alert: ",
        "Near-misses: all else held, but not this clause",
        "1 NOT museum",
        "1 Kursk OR Belgorod",
        "an estimate: 2 of the articles",
    ):
        assert part in result.stdout
    assert "█" not in result.stdout, "blocks are for terminals"
    assert "Against version" not in result.stdout
    assert result.stderr == ""


def test_programs_get_one_object_a_line(run: Run) -> None:
    found = rows(run("engineers", "--json"))
    [summary] = found["summary"]
    assert {
        name: summary[name] for name in ("rule", "matches", "stories", "alerts", "stored", "read", "gained")
    } == {
        "rule": "engineers",
        "matches": 2,
        "stories": 2,
        "alerts": {"new": 2},
        "stored": 5,
        "read": 3,
        "gained": None,
    }
    assert [row["title"] for row in found["match"]] == ["Power returns to Belgorod", "Sappers in Kursk"]
    spans = found["match"][0]["spans"]
    assert [span["text"] for span in spans] == ["Belgorod", "sappers"]
    assert sum(row["matches"] for row in found["day"]) == 2
    missed = {row["clause"]: [each["title"] for each in row["articles"]] for row in found["near-miss"]}
    assert missed["NOT museum"] == ["Sappers in Kursk: a museum"]
    assert missed["Kursk OR Belgorod"] == ["Sappers in Minsk"]


def test_an_edited_file_is_compared_with_what_runs(run: Run, place: Path) -> None:
    edited = RULES.replace("(Kursk OR Belgorod) AND NOT museum", "(Kursk OR Minsk)")
    (place / "rules" / "rules.yaml").write_text(edited)
    found = rows(run("engineers", "--json"))
    [summary] = found["summary"]
    assert (summary["gained"], summary["lost"]) == (2, 1)
    assert [row["title"] for row in found["gained"]] == ["Sappers in Kursk: a museum", "Sappers in Minsk"]
    assert [row["title"] for row in found["lost"]] == ["Power returns to Belgorod"]
    shown = run("engineers").stdout
    assert f"Against version {summary['in_force']}, in force: 2 gained, 1 lost" in shown
    assert "+ " in shown
    assert "in force is still" in shown


def test_a_draft_is_tried_before_it_is_a_rule(run: Run, place: Path) -> None:
    (place / "rules" / "terms.yaml").write_text("terms:\n  mud: [rain]\n")
    draft = place / "draft.yaml"
    draft.write_text(
        "rules:\n- id: draft\n  query: sappers AND Minsk\n  tests: {match: [sappers in Minsk]}\n"
    )
    [summary] = rows(run("--file", str(draft), "--json"))["summary"]
    assert (summary["rule"], summary["matches"], summary["gained"]) == ("draft", 1, None)
    assert "not in force yet" in summary["note"]
    (place / "rules" / "new.yaml").write_text(draft.read_text().replace("sappers AND Minsk", "$mud"))
    [shared] = rows(run("draft", "--file", "rules/new.yaml", "--json"))["summary"]
    assert shared["matches"] == 1, "the shared term lists beside it are known"


def test_a_broken_file_leaves_the_last_good_version_to_try(run: Run, place: Path) -> None:
    (place / "rules" / "rules.yaml").write_text(
        RULES.replace("query: $engineers AND", "query: $engineers AND (")
    )
    [summary] = rows(run("engineers", "--json"))["summary"]
    assert "its file is broken" in summary["note"]
    assert summary["matches"] == 2


def test_a_version_in_force_that_cannot_be_read_is_not_compared(run: Run, place: Path) -> None:
    """Another version of the program wrote it, in a language that this one does not know."""
    database = Database(f"sqlite:///{place / 'monitor.db'}")
    store = Store(database, delivery_key)
    [document] = [each for each in store.last_good_rules() if each["id"] == "engineers"]
    store.remember_rules(
        [document | {"query": "sappers ~~~ (", "version": "0123456789ab"}], datetime.now(UTC)
    )
    database.close()
    [summary] = rows(run("engineers", "--json"))["summary"]
    assert (summary["matches"], summary["gained"]) == (2, None)
    assert "0123456789ab, in force, was written by another version" in summary["note"]


def test_time_is_bounded_on_both_sides(run: Run) -> None:
    now = datetime.now(UTC)
    [summary] = rows(run("engineers", "--since", "8d12h", "--until", "1d", "--json"))["summary"]
    assert (summary["stored"], summary["matches"]) == (4, 1)
    day = f"{now - timedelta(days=7):%Y-%m-%d}"
    [summary] = rows(run("engineers", "--since", day, "--json"))["summary"]
    assert summary["since"] == f"{day}T00:00:00+00:00"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("enginers",), 2, "there is no rule enginers (did you mean engineers"),
        ((), 2, "which rule?"),
        (("engineers", "--since", "yesterday"), 2, "--since: 'yesterday' is neither a time"),
        (("engineers", "--until", "40d"), 2, "nothing lies between"),
        (
            ("--file", "rules/rules.yaml"),
            2,
            "rules/rules.yaml holds 2 rules; name the one to try: engineers, rain",
        ),
        (("--file", "absent.yaml"), 3, "absent.yaml"),
        (("--file", "broken.yaml", "x"), 3, "broken.yaml:1:"),
        (("engineers", "--rules", "nowhere"), 3, "nowhere"),
    ],
)
def test_what_is_asked_wrongly_gets_one_clear_answer(
    run: Run, place: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    (place / "broken.yaml").write_text("rules: [{id: x, query: (a}]\n")
    if "nowhere" in words:
        database = Database(f"sqlite:///{place / 'monitor.db'}")
        Store(database, delivery_key).remember_rules([], datetime.now(UTC))
        database.close()
    result = run(*words)
    assert (result.exit_code, result.stdout) == (code, "")
    assert said in result.stderr


def test_without_a_database_it_says_what_to_do(run: Run, place: Path) -> None:
    for path in place.glob("monitor.db*"):
        path.unlink()
    result = run("engineers")
    assert result.exit_code == 1
    assert "holds no data yet" in result.stderr
    assert not list(place.glob("monitor.db*"))
