"""alerts and silence as they are typed, beside a daemon or without one: what is shown, done, and the exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from rich.cells import cell_len
from sqlalchemy import select
from typer.testing import CliRunner, Result

from monitor.adapters.store import Database, Store, migrate, schema, silences
from monitor.cli.main import app
from monitor.model import Decision, Kind, Verdict
from monitor.route.decide import muted
from monitor.route.silences import Quieted
from monitor.send.channels import expand
from monitor.send.keys import delivery_key
from tests import told

Run = Callable[..., Result]
HOUR = timedelta(hours=1)
RULES = """
rules:
  - {id: troops, title: Troops sent, severity: high, query: troops, tests: {match: [troops]}}
"""
CONFIG = """
[receivers.desk]
urls = ["{url}"]
zone = "Asia/Seoul"
[receivers.silent]
[alerts]
default = ["desk"]
[[routes]]
match = {{severity = "critical"}}
to = ["silent"]
"""


@pytest.fixture
def url(httpserver: HTTPServer) -> str:
    return f"json://127.0.0.1:{httpserver.port}/hook"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> Run:
    """Runs a command in a folder with a configuration and a rule."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MONITOR_CONFIG", raising=False)
    monkeypatch.setenv("LOGNAME", "anna")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.yaml").write_text(RULES)
    (tmp_path / "monitor.toml").write_text(CONFIG.format(url=url))
    return lambda *words: CliRunner().invoke(app, words)


@pytest.fixture
def store(run: Run, url: str) -> Store:
    """Two alerts of a story: one arrived, and one was given up; an update of it waits."""
    database = Database("sqlite:///monitor.db")
    migrate.upgrade(database)
    now = datetime.now(UTC)
    channel = expand("desk", [url])[0].name
    with database.write() as c:
        one = told.story(c, now)
        articles = [told.article(c, now, name, story_id=one) for name in "abc"]
        matches = [told.match(c, now, article, one, "troops") for article in articles]
        again = {"repeat_every": 2 * HOUR, "repeat_at": now + HOUR}
        first = told.alert(c, now - 2 * HOUR, "troops", one, matches[0], severity="high", **again)
        second = told.alert(c, now - HOUR, "troops", one, matches[1], kind="update")
        told.delivery(c, now, first, receiver="desk", channel=channel)
        dead = told.delivery(c, now, second, "dead", channel=channel, error="refused for good: 404")
        told.attempt(c, now, dead, "permanent", detail="404", status=404)
        told.hold(c, matches[2], "desk", now + HOUR, "quiet")
    return Store(database, delivery_key)


def rows(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code in (0, 1), result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


# --- alerts ----------------------------------------------------------------------------------------


def test_listings_have_the_shape_of_the_design(run: Run, store: Store) -> None:
    second, first = rows(run("alerts", "list", "--json"))
    assert list(first)[:6] == ["id", "kind", "rule", "story", "created", "deliveries"]
    assert list(first["deliveries"][0])[:5] == ["channel", "state", "attempts", "sent", "error"]
    assert [one["state"] for one in second["deliveries"]] == ["dead"]
    assert [row["id"] for row in rows(run("alerts", "list", "--dead", "--json"))] == [2]
    assert rows(run("alerts", "list", "--open", "--json")) == []
    assert [row["id"] for row in rows(run("alerts", "list", "--since", "90m", "--json"))] == [2]
    assert rows(run("alerts", "list", "--receiver", "asia", "--json")) == []
    assert run("alerts", "list", "--receiver", "asia").stderr.strip() == "no alerts"
    assert len(run("alerts", "list").stdout.splitlines()) == 2


def test_one_alert_is_explained(run: Run, store: Store) -> None:
    said = run("alerts", "show", "2").stdout
    for expected in (
        "alert 2 · update · medium · troops · story 1",
        "why: refused for good: 404 (it knows no such address, chat or hook)",
        "→ mend its address in [receivers.desk], monitor notify desk tries it, then monitor alerts replay 2",
        "after its quiet hours: “Troops leave, c” (15,000 troops)",
    ):
        assert expected in said
    (row,) = rows(run("alerts", "show", "2", "--json"))
    assert row["deliveries"][0]["tries"][0]["status"] == 404 and row["waiting"][0]["why"] == "quiet"
    missing = run("alerts", "show", "99")
    assert (missing.exit_code, missing.stderr) == (
        2,
        "error: there is no alert 99; `monitor alerts list` shows them\n",
    )


def test_who_types_is_on_it(run: Run, store: Store) -> None:
    assert run("alerts", "ack", "1").stdout == (
        "alert 1: anna is on it (and of 2, of the same story); nothing of it is repeated; desk will be told\n"
    )
    assert [row["acked"]["by"] for row in rows(run("alerts", "list", "--rule", "troops", "--json"))[1:]] == [
        "anna",
        "anna",
    ]
    notice = rows(run("alerts", "list", "--json"))[0]
    assert (notice["kind"], notice["acked"]["by"]) == (
        "notice",
        "anna",
    )  # it says who is on it, and asks nobody
    assert rows(run("alerts", "list", "--unacked", "--json")) == []
    count = len(rows(run("alerts", "list", "--json")))
    assert "anna is on it since" in run("alerts", "ack", str(notice["id"]), "--by", "ben").stdout
    assert len(rows(run("alerts", "list", "--json"))) == count  # nobody is told of that
    (again,) = rows(run("alerts", "ack", "2", "--by", "ben", "--json"))
    assert again["id"] == 2 and "anna is on it since" in again["said"] and again["alerts"] == []


def test_what_is_not_relevant_can_be_so_again(run: Run, store: Store) -> None:
    assert run("alerts", "dismiss", "2", "--why", "a film").exit_code == 0
    (match,) = (row for row in rows(run("matches", "list", "--json")) if row["id"] == 3)
    assert match["decision"] == "withheld" and match["reason"].startswith("not relevant: anna said so, ")
    assert match["held"] == []
    assert "troops: 0 of 1 relevant, 90 days" in run("status").stdout
    why = run("why-not", "3").stdout
    assert "It ended at the story: withheld: not relevant: anna said so" in why
    assert "→ monitor alerts list --rule troops" in why
    assert run("alerts", "dismiss", "1", "--undo").stdout == (
        "alert 1: relevant again (and of 2, of the same story)\n"
    )
    assert "relevance" not in run("status").stdout


def test_who_is_told_later_is_listed_and_explained(run: Run, store: Store) -> None:
    found = {row["id"]: row["held"] for row in rows(run("matches", "list", "--json"))}
    assert found[1] == found[2] == []
    assert [(one["receiver"], one["why"]) for one in found[3]] == [("desk", "quiet")]
    journey = run("why-not", "3")
    assert journey.exit_code == 1 and "desk is told " in journey.stdout
    explained = run("explain", "troops", "3")
    assert "When it was matched:" in explained.stdout and "after its quiet hours" in explained.stdout
    (row,) = rows(run("explain", "troops", "3", "--json"))
    assert [step["stage"] for step in row["followed"]] == ["story", "alert"]


def test_what_was_given_up_is_sent_by_the_next_run_under_its_key(
    run: Run, store: Store, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/hook").respond_with_data("ok")
    assert run("alerts", "replay", "1").exit_code == 1, "it arrived"
    replayed = run("alerts", "replay", "--dead", "--receiver", "desk", "--since", "7d")
    assert (replayed.exit_code, replayed.stdout) == (
        0,
        "1 delivery due now; `monitor run` sends them: no daemon runs\n",
    )
    assert run("alerts", "replay", "--dead").exit_code == 1, "nothing is left"
    assert run("run", "--once").exit_code == 0
    (delivery,) = rows(run("alerts", "show", "2", "--json"))[0]["deliveries"]
    assert (delivery["state"], delivery["attempts"]) == ("sent", 2)
    assert [one["outcome"] for one in delivery["tries"]] == ["permanent", "sent"]
    with store.database.read() as c:
        key = c.scalar(select(schema.deliveries.c.key).where(schema.deliveries.c.id == delivery["id"]))
    keys = [request.headers["Idempotency-Key"] for request, _ in httpserver.log]
    assert keys.count(key) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("alerts", "replay"), "name the alerts by their ids, or say --dead"),
        (("alerts", "replay", "99"), "there is no alert 99"),
        (("alerts", "list", "--since", "soon"), "--since: 'soon' is no duration"),
        (("alerts", "dismiss", "99"), "there is no alert 99"),
        (("alerts", "route", "trops"), "there is no rule trops (did you mean troops?)"),
        (("alerts", "route", "troops", "--at", "noon"), "--at: 'noon' is no time"),
        (("alerts", "route", "troops", "--severity", "hihg"), "did you mean high?"),
        (("alerts", "route", "troops", "--article", "99"), "no stored article has the id or address '99'"),
        (("silence", "add", "--for", "7d", "--reason", "x"), "that would silence everything"),
        (("silence", "add", "--rule", "trops", "--for", "7d", "--reason", "x"), "did you mean troops?"),
        (("silence", "add", "--rule", "troops", "--for", "7d", "--reason", " "), "--reason says nothing"),
        (("silence", "add", "--rule", "troops", "--reason", "x"), "say how long"),
        (("silence", "add", "--story", "9", "--for", "7d", "--reason", "x"), "there is no story 9"),
        (("silence", "add", "--rule", "troops", "--until", "2020-01-01", "--reason", "x"), "be over already"),
        (("silence", "end", "9"), "there is no silence 9"),
        (("notify",), "name a receiver, or say --all"),
        (("notify", "desk", "--all"), "name a receiver, or say --all"),
        (("notify", "dsk"), "there is no receiver 'dsk'; did you mean desk?"),
    ],
)
def test_a_mistake_is_one_line(run: Run, store: Store, words: tuple[str, ...], said: str) -> None:
    result = run(*words)
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


# --- alerts route ----------------------------------------------------------------------------------


def test_where_an_alert_would_go_needs_no_database(run: Run) -> None:
    found = run("alerts", "route", "troops")
    assert found.exit_code == 0
    assert "✗ route 1 → silent (severity is high, not critical)" in found.stdout
    assert "✓ the default → desk (neither rule nor route names one)" in found.stdout
    assert "✓ a new story: at once" in found.stdout
    assert not Path("monitor.db").exists()


def test_where_an_alert_of_an_article_would_go(run: Run, store: Store) -> None:
    (row,) = rows(run("alerts", "route", "troops", "--article", "1", "--at", "18:00 Asia/Seoul", "--json"))
    assert (row["facts"]["story"], row["facts"]["language"]) == (1, "en")
    assert row["facts"]["sources"] == ["Example Wire", "wire.example"]
    assert row["at"].endswith("T09:00:00+00:00")
    assert [one["receiver"] for one in row["receivers"]] == ["desk"]


def test_an_alert_that_nobody_would_hear_of_ends_with_1(run: Run, store: Store) -> None:
    nowhere = run("alerts", "route", "troops", "--severity", "critical")
    assert nowhere.exit_code == 1
    assert "it has no address: urls = [...] in [receivers.silent]" in nowhere.stdout
    run("silence", "add", "--rule", "troops", "--for", "1h", "--reason", "an exercise")
    silent = run("alerts", "route", "troops")
    assert silent.exit_code == 1
    assert "nobody is told: silence 1 until " in silent.stdout


# --- silence ---------------------------------------------------------------------------------------


def test_a_silence_from_its_beginning_to_its_end(run: Run, store: Store) -> None:
    asked = ("--rule", "troops", "--story", "1", "--match", "severity=>=low", "--for", "7d", "--wake")
    added = run("silence", "add", *asked, "--reason", "an exercise")
    assert added.exit_code == 0
    assert added.stdout.endswith(
        ": rule=troops, story=1, severity=>=low; it ends early when the story brings something new\n"
    )
    (row,) = rows(run("silence", "list", "--json"))
    assert row["match"] == {"rule": ["troops"], "story": ["1"], "severity": [">=low"]}
    assert (row["id"], row["author"], row["reason"], row["wakes"]) == (1, "anna", "an exercise", True)
    assert (row["state"], row["kept"]) == ("active", 0)
    assert "rule=troops, story=1, severity=>=low (an exercise, anna)" in run("status").stdout
    assert run("silence", "end", "1", "--by", "ben").stdout == "ended 1; what comes from now on is told\n"
    over = run("silence", "end", "1")
    assert (over.exit_code, over.stderr) == (1, "silence 1 was over already\n")
    assert run("silence", "list").stderr == "no silence is in force; --all shows those that are over\n"
    (row,) = rows(run("silence", "list", "--all", "--json"))
    assert (row["state"], row["ended_why"]) == ("ended", "ended by ben")


def test_a_silence_can_be_had_as_an_object(run: Run, store: Store) -> None:
    (row,) = rows(
        run("silence", "add", "--source", "Example Wire", "--until", "18:00", "--reason", "x", "--json")
    )
    assert row["match"] == {"source": ["Example Wire"]} and row["wakes"] is False


def test_what_a_silence_kept_quiet_says_how_to_end_it(run: Run, store: Store) -> None:
    run("silence", "add", "--rule", "troops", "--for", "1h", "--reason", "an exercise")
    now = datetime.now(UTC)
    with store.database.write() as c:
        (silence,) = silences.active(c, now)
        decided = muted(Decision(Verdict.ALERT, "new story", Kind.NEW), Quieted(by=silence), None)
        article = told.article(c, now, "quiet", story_id=1)
        told.match(c, now, article, 1, "troops", verdict="silenced", reason=decided.reason)
    said = run("why-not", str(article)).stdout
    assert "It ended at the story: silenced: new story; silence 1 until " in said
    assert "→ monitor silence end 1" in said
    (row,) = rows(run("silence", "list", "--json"))
    assert row["kept"] == 1
    (match,) = rows(run("matches", "list", "--decision", "silenced", "--json"))
    assert match["reason"].endswith("(an exercise, anna)")


# --- notify ----------------------------------------------------------------------------------------


def test_every_receiver_is_tried_and_one_that_cannot_be_fails_the_test(
    run: Run, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/hook").respond_with_data("ok")
    result = run("notify", "--all", "--json")
    assert result.exit_code == 1
    assert [(row["receiver"], row["outcome"]) for row in rows(result)] == [
        ("silent", "permanent"),
        ("desk", "sent"),
    ]
    assert len(httpserver.log) == 1
    alone = run("notify", "desk")
    assert alone.exit_code == 0 and alone.stdout.startswith("sent ")


# --- looks -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ("alerts", "list"),
        ("alerts", "show", "2"),
        ("alerts", "route", "troops"),
        ("silence", "list"),
        ("status",),
    ],
)
def test_nothing_is_coloured_where_no_colour_is_wanted(
    run: Run, store: Store, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    run("silence", "add", "--rule", "troops", "--for", "1h", "--reason", "an exercise")
    output = run(*words).stdout
    assert output and "\x1b" not in output


def test_routes_fit_a_terminal_of_a_hundred_columns(run: Run) -> None:
    assert max(map(cell_len, run("alerts", "route", "troops").stdout.splitlines())) <= 100
