"""Rules as values: what a rule file says once it is read, and the book of all rules in force.

Reading the files is monitor.match.rulefiles.rulefile; this module knows no YAML.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import PurePath
from typing import Any

from monitor.errors import Problem
from monitor.match.evaluation.plans import Plan
from monitor.match.language.nodes import Node
from monitor.model import AlertPolicy, Article, Per, Severity
from monitor.text import clean, one_line


@dataclass(frozen=True, slots=True)
class TestCase:
    """A text that a rule must match or ignore. `known_miss` and `known_false` are admitted failures."""

    expect: str  # match | ignore | known_miss | known_false
    body: str
    title: str = ""
    lang: str | None = None
    url: str | None = None
    feed: str | None = None
    line: int = 0

    __test__ = False  # no test of pytest's

    @property
    def should_match(self) -> bool:
        """What a right rule says of it."""
        return self.expect in ("match", "known_miss")

    @property
    def is_known_failure(self) -> bool:
        return self.expect in ("known_miss", "known_false")

    def article(self) -> Article:
        """The text as an article, cleaned as every article is before it is stored."""
        return Article(
            title=one_line(self.title),
            body=clean(self.body),
            language=self.lang,
            url=self.url,
            feed_url=self.feed,
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, read and checked.

    `query` is canonical and whole: term lists expanded, exclusions and filters joined to it. `source` is
    the query as it was written. `version` is a hash of `query`: what decides, not how it is spelt.
    `seeds` are paths relative to the rule file. `enabled_until` is the last day on which it runs.
    """

    id: str
    title: str
    severity: Severity
    query: str
    version: str
    policy: AlertPolicy = field(default_factory=AlertPolicy)
    seeds: tuple[str, ...] = ()
    tests: tuple[TestCase, ...] = ()
    owner: str = ""
    tags: tuple[str, ...] = ()
    description: str = ""
    enabled_until: date | None = None
    source: str = ""
    path: str = ""
    line: int = 0

    def enabled(self, today: date) -> bool:
        return self.enabled_until is None or today <= self.enabled_until

    def dump(self) -> dict[str, Any]:
        """The rule as JSON can hold it; `Rule.load` gives it back. Used to keep the last good version."""
        return {
            "id": self.id,
            "title": self.title,
            "severity": str(self.severity),
            "query": self.query,
            "version": self.version,
            "to": list(self.policy.to),
            "per": str(self.policy.per),
            "repeat": _seconds(self.policy.repeat),
            "expect": _seconds(self.policy.expect),
            "seeds": list(self.seeds),
            "tests": [{name: getattr(test, name) for name in _TEST_FIELDS} for test in self.tests],
            "owner": self.owner,
            "tags": list(self.tags),
            "description": self.description,
            "enabled_until": self.enabled_until.isoformat() if self.enabled_until else None,
            "source": self.source,
            "path": self.path,
            "line": self.line,
        }

    @classmethod
    def load(cls, kept: Mapping[str, Any]) -> Rule:
        """The rule that `dump` gave. Raises KeyError or ValueError where `kept` is something else."""
        until = kept["enabled_until"]
        return cls(
            id=kept["id"],
            title=kept["title"],
            severity=Severity(kept["severity"]),
            query=kept["query"],
            version=kept["version"],
            policy=_policy(kept["to"], kept["per"], kept.get("repeat"), kept.get("expect")),
            seeds=tuple(kept["seeds"]),
            tests=tuple(TestCase(**test) for test in kept["tests"]),
            owner=kept["owner"],
            tags=tuple(kept["tags"]),
            description=kept["description"],
            enabled_until=date.fromisoformat(until) if until else None,
            source=kept["source"],
            path=kept["path"],
            line=kept["line"],
        )

    def row(self) -> tuple[Any, ...]:
        """The rule as JSON can hold it in little room, without its path; `Rule.of_row` gives it back."""
        tests = [[getattr(test, name) for name in _TEST_FIELDS] for test in self.tests]
        until = self.enabled_until.isoformat() if self.enabled_until else None
        return (
            *(self.id, self.title, str(self.severity), self.query, self.version),
            *(self.policy.to, str(self.policy.per)),
            *(_seconds(self.policy.repeat), _seconds(self.policy.expect)),
            *(self.seeds, tests, self.owner, self.tags),
            *(self.description, until, self.source, self.line),
        )

    @classmethod
    def of_row(cls, row: Sequence[Any], path: str) -> Rule:
        """The rule that `row` gave, in a file at `path`. Raises ValueError or TypeError where it is something else."""
        (
            id,
            title,
            severity,
            query,
            version,
            to,
            per,
            repeat,
            expect,
            seeds,
            tests,
            owner,
            tags,
            about,
            until,
            source,
            line,
        ) = row
        return cls(
            id=id,
            title=title,
            severity=Severity(severity),
            query=query,
            version=version,
            policy=_policy(to, per, repeat, expect),
            seeds=tuple(seeds),
            tests=tuple(TestCase(*test) for test in tests),
            owner=owner,
            tags=tuple(tags),
            description=about,
            enabled_until=date.fromisoformat(until) if until else None,
            source=source,
            path=path,
            line=line,
        )


def _policy(to: Sequence[str], per: str, repeat: float | None, expect: float | None) -> AlertPolicy:
    """An `alert:` block as it is kept: durations in seconds."""
    return AlertPolicy(tuple(to), Per(per), _duration(repeat), _duration(expect))


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else length.total_seconds()


def _duration(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


_TEST_FIELDS = ("expect", "body", "title", "lang", "url", "feed", "line")


def version_of(query: str) -> str:
    """The version of a rule with this canonical query: 12 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(query.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Every rule that can run, every problem that was found, and which rules the problems concern.

    `broken` holds (path, rule id) of rules that could not be read, with "" for the whole file.
    `kept` holds the ids of the rules that run in an older version because their file is broken.
    `trees` holds those queries that were asked for as written: the names of their term lists still known.
    `plans` are those of the index that are known already, by the version of their rule.
    """

    rules: tuple[Rule, ...]
    problems: tuple[Problem, ...] = ()
    broken: frozenset[tuple[str, str]] = frozenset()
    kept: frozenset[str] = field(default=frozenset())
    trees: Mapping[str, Node] = field(default_factory=dict)
    plans: Mapping[str, Plan] = field(default_factory=dict, compare=False, repr=False)

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.level == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.level == "warning")

    def get(self, rule_id: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.id == rule_id), None)

    def with_last_good(self, previous: Sequence[Rule]) -> RuleBook:
        """The book with, for each broken rule, its version in `previous` (promise 6).

        A file that cannot be read at all keeps every rule it had. A rule that was taken out of a file
        that can be read is gone, whatever else is wrong in that file.
        """
        if not self.broken:
            return self
        # By name, not by path: the daemon may have been started from another folder the last time.
        broken = {(PurePath(path).name, rule_id) for path, rule_id in self.broken}
        running = {rule.id for rule in self.rules}
        old = [rule for rule in previous if rule.id not in running and not broken.isdisjoint(_places(rule))]
        kept = frozenset(rule.id for rule in old)
        rules = sorted((*self.rules, *old), key=lambda rule: (rule.path, rule.line, rule.id))
        return replace(self, rules=tuple(rules), kept=self.kept | kept)


def _places(rule: Rule) -> tuple[tuple[str, str], ...]:
    """What may be broken of a rule: itself, its file, the folder of its file."""
    path = PurePath(rule.path)
    return (path.name, rule.id), (path.name, ""), (path.parent.name, "")
