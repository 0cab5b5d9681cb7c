"""What can be done with rules: check them, test them, match articles against them, describe their files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from monitor.adapters.files import read_rule_files, read_seed_file
from monitor.errors import FetchError, InvalidInput, Problem, UsageError
from monitor.match.engine import Engine
from monitor.match.explain import explain, failures
from monitor.match.query import did_you_mean
from monitor.match.rulefile import load_rules
from monitor.match.rules import Rule, RuleBook, TestCase
from monitor.model import Article, Entry, Match, Severity
from monitor.ports import Fetcher, Workers


def load_folder(folder: Path, receivers: frozenset[str] | None = None) -> RuleBook:
    """Every rule in `folder` with every problem of its files. None leaves receivers' names unchecked."""
    files, unreadable = read_rule_files(folder)
    return load_rules(files, receivers, unreadable)


def unreadable_seeds(
    rules: Iterable[Rule], read_seed: Callable[[Path], bytes] = read_seed_file
) -> list[Problem]:
    """A warning for each seed that a rule names and that is no article: the rule runs, but is not tested with it."""
    found = []
    for rule in rules:
        for seed in rule.seeds:
            try:
                read_article(seed, read_seed(Path(rule.path).parent / seed))
            except InvalidInput as error:
                why = error.problems[0].message
                message = f"{rule.id} cannot be tested with its seed {seed}: {why}"
                hint = "paths of seeds begin at the folder of this file"
                found.append(Problem(rule.path, rule.line, 0, message, hint, level="warning"))
    return found


def read_article(name: str, data: bytes) -> Article:
    """The article in a text, Markdown or HTML file. Raises SeedError."""
    from monitor.extract.seed import read_seed

    return read_seed(name, data)


async def fetch_article(fetcher: Fetcher, workers: Workers, url: str) -> Article:
    """The article at an address. Raises UsageError, FetchError, ExtractError, WorkerError."""
    from monitor.extract.address import page_address

    page = page_address(url)
    if page is None:
        raise UsageError(f"{url[:200]} is no web address: give one that starts with https://")
    response = await fetcher.fetch(page)
    if response.status != 200:
        raise FetchError("protocol", f"{page} answered {response.status} instead of a page")
    return await workers.extract(response.body, response.content_type, response.url, Entry(page, page))


# --- test ------------------------------------------------------------------------------------------


class State(StrEnum):
    """How a case ended."""

    PASSED = "pass"
    FAILED = "fail"
    KNOWN = "known"  # it fails, as the file says it does
    MENDED = "mended"  # the file says it fails, and it no longer does


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case of one rule. `kind` is seed, match, ignore, known_miss or known_false.

    `text` is what was tried, for showing; `why` says, one line each, what made a case fail.
    """

    rule: str
    kind: str
    number: int
    state: State
    text: str
    path: str
    line: int
    why: tuple[str, ...] = ()

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


def chosen(book: RuleBook, names: Sequence[str]) -> tuple[Rule, ...]:
    """The rules with these ids; all where none is named. Raises UsageError for an id that is none."""
    if not names:
        return book.rules
    known = {rule.id: rule for rule in book.rules}
    unreadable = {rule_id for _, rule_id in book.broken}
    for name in names:
        if name not in known and name not in unreadable:
            hint = did_you_mean(name, known)
            raise UsageError(f"there is no rule {name}" + (f" ({hint})" if hint else ""))
    return tuple(known[name] for name in dict.fromkeys(names) if name in known)


def run_tests(
    rules: Iterable[Rule], read_seed: Callable[[Path], bytes] = read_seed_file
) -> Iterator[CaseResult]:
    """Tries every seed and case of `rules`, in their order, against the engine with all of them."""
    rules = tuple(rules)
    engine = Engine(rules)
    for rule in rules:
        for number, seed in enumerate(rule.seeds, 1):
            yield _seed_result(engine, rule, number, seed, read_seed)
        for number, case in enumerate(rule.tests, 1):
            yield _case_result(engine, rule, number, case)


def _seed_result(
    engine: Engine, rule: Rule, number: int, seed: str, read_seed: Callable[[Path], bytes]
) -> CaseResult:
    path = Path(rule.path).parent / seed
    try:
        article = read_article(seed, read_seed(path))
    except InvalidInput as error:
        why = tuple(problem.message for problem in error.problems)
        return CaseResult(rule.id, "seed", number, State.FAILED, seed, str(path), 0, why)
    found = _match_of(engine, rule, article)
    why = () if found else failures(explain(rule.query, article))
    state = State.PASSED if found else State.FAILED
    return CaseResult(rule.id, "seed", number, state, article.title or seed, str(path), 0, why)


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
    return CaseResult(rule.id, case.expect, number, state, text, rule.path, case.line, why)


def _match_of(engine: Engine, rule: Rule, article: Article) -> Match | None:
    return next((match for match in engine.match(article) if match.rule == rule.id), None)


def _quoted_spans(article: Article, match: Match) -> list[str]:
    texts = {"title": article.title, "body": article.body}
    found = [texts[span.field][span.start : span.end] for span in match.spans]
    return [f"“{text}”" for text in dict.fromkeys(found)]


# --- match -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FileMatches:
    """A file that was tried against all rules."""

    file: str
    article: Article
    matches: tuple[tuple[Rule, Match], ...]

    def row(self) -> dict[str, Any]:
        """As `match --json` gives it; spans count code points in title and body."""
        article = self.article
        texts = {"title": article.title, "body": article.body}
        return {
            "file": self.file,
            "title": article.title,
            "published": article.published.isoformat() if article.published else None,
            "language": article.language,
            "matches": [
                {
                    "rule": rule.id,
                    "severity": str(rule.severity),
                    "spans": [
                        {
                            "field": span.field,
                            "start": span.start,
                            "end": span.end,
                            "text": texts[span.field][span.start : span.end],
                        }
                        for span in match.spans
                    ],
                }
                for rule, match in self.matches
            ],
        }


def match_article(engine: Engine, file: str, article: Article) -> FileMatches:
    rules = {rule.id: rule for rule in engine.rules}
    return FileMatches(file, article, tuple((rules[match.rule], match) for match in engine.match(article)))


# --- schema ----------------------------------------------------------------------------------------


def schema() -> dict[str, Any]:
    """JSON Schema of a rule file, for editors that complete and check while one writes."""
    text = {"type": "string"}
    texts = {"type": "array", "items": text}
    some = {"anyOf": [text, texts]}
    case = {
        "anyOf": [
            text,
            _object(
                {"title": text, "body": text, "lang": text, "url": text, "feed": text}, "A text with more"
            ),
        ]
    }
    rule = _object(
        {
            "id": {
                "type": "string",
                "pattern": "^[a-z0-9][a-z0-9._-]{0,79}$",
                "description": "Unique, for ever",
            },
            "title": {"type": "string", "description": "What people read in an alert's subject"},
            "severity": {"enum": [str(each) for each in Severity], "default": "medium"},
            "query": {
                "type": "string",
                "description": 'AND OR NOT, "phrase"~slop, NEAR/n, w/s, wild*, field:, $list',
            },
            "exclude": some | {"description": "Queries that must not hold"},
            "where": _object({"lang": some, "site": some, "feed": some, "tag": some}, "Facts that must hold"),
            "seeds": texts | {"description": "Articles beside this file that the rule must match"},
            "alert": _object(
                {"to": some, "per": {"enum": ["story", "article", "digest"]}}, "To whom, and how often"
            ),
            "tests": _object(
                {
                    name: {"type": "array", "items": case}
                    for name in ("match", "ignore", "known_miss", "known_false")
                },
                "Texts to match and to ignore",
            ),
            "owner": {"type": "string", "description": "Whom to ask"},
            "tags": texts,
            "description": text,
            "enabled_until": {
                "type": "string",
                "format": "date",
                "description": "The last day on which it runs",
            },
            "leading_wildcard": {"type": "boolean", "description": "Allow *word, which is slow"},
        },
        "A rule",
    )
    rule["required"] = ["id", "query"]
    lists = {"type": "object", "additionalProperties": some, "description": "Named lists, used as $name"}
    schema = _object({"terms": lists, "rules": {"type": "array", "items": rule}}, "A file of rules")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Rule file", **schema}


def _object(properties: dict[str, Any], description: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "description": description,
    }
