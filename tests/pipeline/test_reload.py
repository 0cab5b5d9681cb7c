"""Rules that change while the daemon works: what each match is recorded under, and what is not told again."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import pytest

from monitor.live_rules import FEW_RULES, last_good, remember, with_last_good
from monitor.match.rulefiles.book import load_rules
from monitor.model import Article
from tests.pipeline.conftest import RULES, World

TERMS = "terms:\n  korea: ['North Korea*', Pyongyang]\n"
LISTED = RULES.replace('("North Korea*" OR Pyongyang)', "$korea")
FILE, LISTS = "/r/a.yaml", "/r/terms.yaml"
FIRST = {FILE: LISTED, LISTS: TERMS}


def reload(world: World, files: Mapping[str, str]) -> str:
    """Put files in force as the app does; the version of the one rule that runs."""
    before = last_good(world.store)
    book = with_last_good(load_rules(files), before)
    remember(book, before, world.store, world.clock.now())
    assert world.pipeline.rules.use(book.rules, book.plans) == []
    world.pipeline.report_rules(book)
    (rule,) = world.pipeline.rules.rules.values()
    return rule.version


def found(world: World) -> list[tuple[str, str]]:
    """Article and version of the rule, of every match, oldest first."""
    return [(row["title"], row["rule_version"]) for row in reversed(world.store.matches(limit=100))]


async def publish(world: World, guid: str, text: str) -> None:
    world.publish(guid, f"{text} ({guid})", f"{text}.", minutes=5)
    await world.go()


EDITS: dict[
    str, tuple[dict[str, str], bool]
] = {  # what an edit makes of the files; whether the version changes
    "query": ({FILE: LISTED.replace("sapper*", "sapper* OR engineer*")}, True),
    "exclude": ({FILE: LISTED + "    exclude: [football]\n"}, True),
    "where": ({FILE: LISTED + "    where: {site: wire.example}\n"}, True),
    "term list": ({LISTS: TERMS.replace("Pyongyang", "Pyongyang, DPRK")}, True),
    "severity": ({FILE: LISTED + "    severity: critical\n"}, False),
    "title": ({FILE: LISTED.replace("Troops sent to Russia", "Other")}, False),
    "policy": ({FILE: LISTED + "    alert: {per: article}\n"}, False),
    "spelling": ({FILE: "# a comment\n" + LISTED.replace(" AND Russia", "  &&  russia")}, False),
    "list moved": ({FILE: TERMS + LISTED, LISTS: "# none\n"}, False),
}


@pytest.mark.parametrize("name", EDITS)
async def test_an_edit_is_in_force_for_what_comes_and_tells_nothing_of_the_past(
    world: World, name: str
) -> None:
    edit, is_new_version = EDITS[name]
    first = reload(world, FIRST)
    world.publish("0", "Weather (0)", "Rain.", minutes=5)
    await world.go()
    await publish(world, "1", "North Korea sends troops to Russia")
    sent = len(world.notifier.sent)
    assert sent == 1
    second = reload(world, FIRST | edit)
    assert (second != first) == is_new_version
    await world.go()
    assert len(world.notifier.sent) == sent, "the past is not told again"
    await publish(world, "2", "Pyongyang ships sappers to Russia for a quite different port")
    assert found(world) == [
        ("North Korea sends troops to Russia (1)", first),
        ("Pyongyang ships sappers to Russia for a quite different port (2)", second),
    ]
    if name == "severity":
        assert world.pipeline.rules.rules["troops"].severity == "critical"


async def test_a_rule_that_is_new_tells_nothing_of_articles_that_were_there_before(world: World) -> None:
    reload(world, {FILE: RULES.replace("Russia", "Atlantis")})
    world.publish("0", "Weather (0)", "Rain.", minutes=5)
    await world.go()
    await publish(world, "1", "North Korea sends troops to Russia")
    assert found(world) == []
    version = reload(world, FIRST)
    await world.go()
    assert found(world) == [] and world.notifier.sent == []
    await publish(world, "2", "Pyongyang sends soldiers to Russia")
    assert found(world) == [("Pyongyang sends soldiers to Russia (2)", version)]


async def test_a_broken_edit_leaves_the_version_that_runs_and_its_owner_is_told(world: World) -> None:
    first = reload(world, FIRST)
    world.publish("0", "Weather (0)", "Rain.", minutes=5)
    await world.go()
    broken = FIRST | {FILE: LISTED.replace("Russia AND", "Russia AND AND")}
    for _ in range(2):
        assert reload(world, broken) == first
        await world.send()
    await publish(world, "1", "North Korea sends troops to Russia")
    assert found(world) == [("North Korea sends troops to Russia (1)", first)]
    reload(world, FIRST)
    await world.send()
    subjects = [message.subject for _, _, message in world.notifier.sent]
    assert subjects == [
        "[Media monitor] a.yaml is broken; 1 rule runs in its last good version",
        "[Troops sent to Russia] New: North Korea sends troops to Russia (1) (Example Wire)",
        "[Media monitor] a.yaml is mended; 1 rule runs as it stands",
    ]


@pytest.mark.parametrize("count", [10, FEW_RULES + 1])
def test_rules_change_while_others_match(world: World, count: int) -> None:
    """Whoever matches always has the rules that go with the index, whichever it is."""

    def book(turn: int) -> Any:
        rules = "".join(f"  - id: r{n}\n    query: word{n} OR turn{turn}\n" for n in range(turn % 2, count))
        return load_rules({FILE: f"rules:\n{rules}"})

    books = [book(turn) for turn in range(4)]
    article = Article(title="", body="word0 word1 word5")
    wrong, done = [], threading.Event()

    def match() -> None:
        while not done.is_set():
            rules, (matches,) = world.pipeline.rules.match([article])
            wrong.extend(m for m in matches if rules.rules[m.rule].version != m.rule_version)
            if len(rules.rules) > 1:
                expected = {"r0", "r1", "r5"} & rules.rules.keys()
                wrong.extend({m.rule for m in matches} ^ expected)

    worker = threading.Thread(target=match)
    worker.start()
    try:
        for turn in range(12):
            world.pipeline.rules.use(books[turn % 4].rules, {})
    finally:
        done.set()
        worker.join()
    assert wrong == []
    assert set(world.pipeline.rules.rules) == {f"r{n}" for n in range(1, count)}


def test_a_rule_that_no_index_takes_harms_no_other(world: World) -> None:
    from dataclasses import replace

    rules = {
        rule.id: rule
        for rule in load_rules(
            {FILE: RULES + RULES.split("rules:\n")[1].replace("id: troops", "id: b")}
        ).rules
    }
    world.pipeline.rules.use(list(rules.values()), {})
    odd = replace(rules["b"], query="a NEARBY/3 (", version="odd")
    (problem,) = world.pipeline.rules.use([rules["troops"], odd], {})
    assert (problem.path, problem.line) == (FILE, odd.line)
    assert set(world.pipeline.rules.rules) == {"troops"}
    article = Article(title="", body="North Korea sends troops to Russia")
    assert [match.rule for match in world.pipeline.rules.match([article])[1][0]] == ["troops"]
