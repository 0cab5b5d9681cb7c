"""Which rules run: the files', else the last good ones, and never none because of one."""

from __future__ import annotations

from datetime import datetime

import pytest

from monitor.adapters.store import Store
from monitor.errors import Problem
from monitor.live_rules import last_good, remember, with_last_good
from monitor.match.in_force import Change, compiled
from monitor.match.rulefiles.book import load_rules
from tests.pipeline.conftest import RULES

PATH = "/etc/monitor/rules/troops.yaml"
OTHER = RULES.replace("id: troops", "id: builders")
NOBODY: frozenset[str] = frozenset()


def in_force(
    store: Store, files: dict[str, str], now: datetime, *unreadable: Problem
) -> tuple[set[str], list[str]]:
    before = last_good(store)
    book = with_last_good(load_rules(files, NOBODY, unreadable), before)
    remember(book, before, store, now)
    enabled = [rule for rule in book.rules if rule.enabled(now.date())]
    rules, problems = compiled(Change.between({}, enabled))
    return set(rules.rules), [p.message for p in (*book.problems, *problems) if p.level == "error"]


@pytest.mark.parametrize(
    "broken",
    [
        RULES.replace("Russia AND", "Russia AND AND"),
        RULES.replace("  - id", "\t- id"),
        RULES.replace("query:", "quary:"),
        RULES + "rules: []\n",
        RULES.replace('"North Korea*" OR Pyongyang', "$dprk"),
        RULES.replace('"North Korea*"', '"North Korea*'),
    ],
    ids=["operator", "tab", "unknown key", "duplicate key", "undefined list", "unclosed quote"],
)
def test_a_broken_file_leaves_its_last_good_rules_also_across_a_restart(
    store: Store, now: datetime, broken: str
) -> None:
    assert in_force(store, {PATH: RULES, "/etc/monitor/rules/other.yaml": OTHER}, now) == (
        {"troops", "builders"},
        [],
    )
    for _ in range(2):  # the second time, all that is known is what the store remembers
        running, problems = in_force(store, {PATH: broken, "/etc/monitor/rules/other.yaml": OTHER}, now)
        assert running == {"troops", "builders"} and problems
    assert in_force(store, {PATH: RULES}, now) == ({"troops"}, [])


def test_a_file_or_a_folder_that_cannot_be_read_leaves_its_last_good_rules(
    store: Store, now: datetime
) -> None:
    in_force(store, {PATH: RULES}, now)
    for path in (PATH, "/etc/monitor/rules"):
        unreadable = Problem(path, 0, 0, "it cannot be read: permission denied")
        assert in_force(store, {}, now, unreadable) == ({"troops"}, [unreadable.message])


def test_a_rule_that_was_deleted_is_gone(store: Store, now: datetime) -> None:
    in_force(store, {PATH: RULES}, now)
    assert in_force(store, {PATH: OTHER}, now) == ({"builders"}, [])
    assert [document["id"] for document in store.last_good_rules()] == ["builders"]


def test_a_remembered_rule_that_this_version_cannot_read_harms_no_other(store: Store, now: datetime) -> None:
    in_force(store, {PATH: RULES, "/r/b.yaml": OTHER}, now)
    documents = {document["id"]: document for document in store.last_good_rules()}
    documents["troops"]["query"] = "a NEARBY/3 ("
    del documents["builders"]["severity"]
    store.remember_rules(list(documents.values()), now)
    broken = RULES.replace("Russia AND", "Russia AND AND")
    running, problems = in_force(store, {PATH: broken, "/r/b.yaml": OTHER}, now)
    assert running == {"builders"}
    assert len(problems) >= 2


def test_a_rule_runs_until_its_last_day(store: Store, now: datetime) -> None:
    dated = RULES.replace("    tests:", f"    enabled_until: {now.date()}\n    tests:")
    assert in_force(store, {PATH: dated}, now)[0] == {"troops"}
    assert in_force(store, {PATH: dated}, now.replace(day=now.day + 1))[0] == set()
