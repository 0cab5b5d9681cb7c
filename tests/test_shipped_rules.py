"""The rules in rules/: every example they carry holds, and they judge a corpus of invented reports rightly."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pytest

from monitor.extract.seed import read_seed
from monitor.match.engine import Engine
from monitor.match.rulefiles.book import load_rules
from monitor.match.rules import RuleBook, TestCase
from monitor.model import Article

ROOT = Path(__file__).parent.parent
REPORTS = ROOT / "tests" / "data" / "reports"
LANGUAGES = {"en", "ko", "ru", "uk", "zh", "ja", "de", "fr", "es"}
ENOUGH = 0.95


@lru_cache(maxsize=1)
def shipped() -> RuleBook:
    return load_rules(
        {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in ROOT.glob("rules/*.yaml")}
    )


@lru_cache(maxsize=1)
def engine() -> Engine:
    return Engine(shipped().rules)


def matched(article: Article) -> set[str]:
    return {match.rule for match in engine().match(article)}


def cases() -> list[tuple[str, TestCase]]:
    return [(rule.id, case) for rule in shipped().rules for case in rule.tests]


def seeds() -> list[tuple[str, str]]:
    return [(rule.id, seed) for rule in shipped().rules for seed in rule.seeds]


@dataclass(frozen=True)
class Report:
    """`expected` are the rules that must match, `open` those that may."""

    language: str
    expected: frozenset[str]
    open: frozenset[str]
    article: Article


@lru_cache(maxsize=8)
def reports(name: str) -> tuple[Report, ...]:
    with (REPORTS / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return tuple(_report(row) for row in rows)


def _report(row: dict[str, str]) -> Report:
    named = [rule for rule in row["expected"].split() if rule != "-"]
    article = Article(title=row["title"], body=row["body"].replace("\\n", "\n"), language=row["language"])
    return Report(
        row["language"],
        frozenset(rule for rule in named if not rule.endswith("?")),
        frozenset(rule.removesuffix("?") for rule in named if rule.endswith("?")),
        article,
    )


def score(judged: tuple[Report, ...]) -> tuple[int, int, list[str]]:
    """Right decisions, all decisions that were expected or made, and the wrong ones in words."""
    right, wrong = 0, []
    for report in judged:
        found = matched(report.article) - report.open
        right += len(found & report.expected)
        for rule in sorted(found ^ report.expected):
            what = "missed" if rule in report.expected else "should not have matched"
            wrong.append(f"{rule} {what} [{report.language}] {report.article.title} | {report.article.body}")
    return right, right + len(wrong), wrong


def test_the_rule_files_have_no_problems() -> None:
    assert [str(problem) for problem in shipped().problems] == []
    assert {"kpa-russia-deployment", "kpa-memorial"} <= {rule.id for rule in shipped().rules}


@pytest.mark.parametrize(
    ("rule", "case"),
    cases(),
    ids=lambda value: f"line {value.line}" if isinstance(value, TestCase) else value,
)
def test_every_example_in_a_rule_holds(rule: str, case: TestCase) -> None:
    assert (rule in matched(case.article())) == (case.expect == "match")


@pytest.mark.parametrize(("rule", "seed"), seeds())
def test_every_seed_matches_its_rule(rule: str, seed: str) -> None:
    path = ROOT / "rules" / seed
    assert rule in matched(read_seed(path.name, path.read_bytes()))


def test_every_seed_file_belongs_to_a_rule() -> None:
    named = {seed for _, seed in seeds()}
    assert {f"seeds/{path.name}" for path in (ROOT / "rules" / "seeds").iterdir()} == named


@pytest.mark.parametrize("rule", ["kpa-russia-deployment", "kpa-memorial"])
def test_a_rule_shows_by_example_what_it_wants(rule: str) -> None:
    own = [case for name, case in cases() if name == rule]
    assert sum(case.expect == "match" for case in own) >= 12
    assert sum(case.expect == "ignore" for case in own) >= 12
    assert sum(name == rule for name, _ in seeds()) >= 2


@pytest.mark.parametrize("name", sorted(path.name for path in REPORTS.glob("*.tsv")))
def test_the_rules_judge_reports_rightly(name: str) -> None:
    right, decisions, wrong = score(reports(name))
    assert right / decisions >= ENOUGH, f"{right} of {decisions} decisions right\n" + "\n".join(wrong)


@pytest.mark.parametrize("name", sorted(path.name for path in REPORTS.glob("*.tsv")))
def test_the_reports_are_a_fair_trial(name: str) -> None:
    judged = reports(name)
    assert {report.language for report in judged} == LANGUAGES
    assert len({(report.article.title, report.article.body) for report in judged}) == len(judged)
    negatives = sum(not report.expected for report in judged)
    assert 0.3 < negatives / len(judged) < 0.7


def test_spans_show_the_words_that_decided() -> None:
    article = Article(
        title="", body="Weather first. North Korea has sent around 15,000 troops to Russia. Then sports."
    )
    (match,) = engine().match(article)
    shown = [article.body[span.start : span.end] for span in match.spans]
    assert {"North Korea", "sent", "troops", "Russia"} <= set(shown)
    assert not any("Weather" in text or "sports" in text for text in shown)
