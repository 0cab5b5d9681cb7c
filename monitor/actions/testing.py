"""`monitor test`: every seed and every case of a rule tried, and why one fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

from monitor.actions.rules import read_article
from monitor.adapters.files import read_seed_file
from monitor.errors import InvalidInput
from monitor.match.engine import Engine
from monitor.match.evaluation.plans import Plan
from monitor.match.explaining.explain import explain, failures
from monitor.match.rules import Rule, TestCase
from monitor.model import Article, Match


class State(StrEnum):
    """How a case ended."""

    PASSED = "pass"
    FAILED = "fail"
    KNOWN = "known"  # it fails, as the file says it does
    MENDED = "mended"  # the file says it fails, and it no longer does


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case of one rule. `kind` is seed, match, ignore, known_miss or known_false.

    `text` is what was tried, for showing; `why` says, one line each, what made a case fail. `path` is
    where the case stands, the seed's own file for a seed; `file` is the rule's.
    """

    rule: str
    kind: str
    number: int
    state: State
    text: str
    path: str
    line: int
    why: tuple[str, ...] = ()
    file: str = ""

    @property
    def place(self) -> str:
        """file:line, where the line is known: a seed is a file of its own."""
        return f"{self.path}:{self.line}" if self.line else self.path

    def row(self) -> dict[str, Any]:
        """The case as `test --json` gives it."""
        return {
            "id": f"{self.rule}:{self.kind}:{self.number}",
            "rule": self.rule,
            "kind": self.kind,
            "state": str(self.state),
            "text": self.text,
            "path": self.path,
            "line": self.line,
            "why": list(self.why),
        }


def run_tests(
    rules: Iterable[Rule],
    read_seed: Callable[[Path], bytes] = read_seed_file,
    plans: Mapping[str, Plan] = MappingProxyType({}),
) -> Iterator[CaseResult]:
    """Tries every seed and case of `rules`, in their order, against the engine with all of them.

    `plans` are those known already, by the version of the rule.
    """
    rules = tuple(rules)
    engine = Engine(rules, plans)
    for rule in rules:
        for number, seed in enumerate(rule.seeds, 1):
            yield _seed_result(engine, rule, number, seed, read_seed)
        for number, case in enumerate(rule.tests, 1):
            yield _case_result(engine, rule, number, case)


def cases_of(rules: Iterable[Rule]) -> int:
    """How many results `run_tests` gives."""
    return sum(len(rule.seeds) + len(rule.tests) for rule in rules)


def _seed_result(
    engine: Engine, rule: Rule, number: int, seed: str, read_seed: Callable[[Path], bytes]
) -> CaseResult:
    path = Path(rule.path).parent / seed
    try:
        article = read_article(seed, read_seed(path))
    except InvalidInput as error:
        why = tuple(problem.message for problem in error.problems)
        return CaseResult(rule.id, "seed", number, State.FAILED, seed, str(path), 0, why, rule.path)
    found = _match_of(engine, rule, article)
    why = () if found else failures(explain(rule.query, article))
    state = State.PASSED if found else State.FAILED
    return CaseResult(rule.id, "seed", number, state, article.title or seed, str(path), 0, why, rule.path)


def _case_result(engine: Engine, rule: Rule, number: int, case: TestCase) -> CaseResult:
    article = case.article()
    found = _match_of(engine, rule, article)
    right = (found is not None) == case.should_match
    if case.is_known_failure:
        state = State.MENDED if right else State.KNOWN
    else:
        state = State.PASSED if right else State.FAILED
    why: tuple[str, ...] = ()
    if state is State.FAILED and found is not None:
        why = (
            (f"it matched on {', '.join(_quoted_spans(article, found))}",) if found.spans else ("it matched",)
        )
    elif state is State.FAILED:
        why = failures(explain(rule.query, article))
    elif state is State.MENDED:
        why = (f"it is right now: move it to {'match' if case.should_match else 'ignore'}:",)
    text = " / ".join(part for part in (case.title, case.body) if part)
    return CaseResult(rule.id, case.expect, number, state, text, rule.path, case.line, why, rule.path)


def _match_of(engine: Engine, rule: Rule, article: Article) -> Match | None:
    return next((match for match in engine.match(article) if match.rule == rule.id), None)


def _quoted_spans(article: Article, match: Match) -> list[str]:
    texts = {"title": article.title, "body": article.body}
    found = [texts[span.field][span.start : span.end] for span in match.spans]
    return [f"“{text}”" for text in dict.fromkeys(found)]
