"""What can be done with rules: read them with all that is wrong, choose some, match articles against them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from monitor.adapters.files import read_rule_files, read_seed_file
from monitor.adapters.rule_folder import load_folder as load_folder
from monitor.errors import FetchError, InvalidInput, Problem, UsageError
from monitor.match.engine import Engine
from monitor.match.language.query import did_you_mean
from monitor.match.rules import Rule, RuleBook
from monitor.model import Article, Entry, Match
from monitor.ports import Fetcher, Workers


def check_folder(
    folder: Path,
    receivers: frozenset[str] | None,
    today: date,
    progress: Callable[[str, int, int], object] = lambda what, done, of: None,
) -> RuleBook:
    """As `load_folder`, with everything that is probably not meant among the problems, in the order of places.

    `progress` is told what is done, and with how many files of how many.
    """
    from monitor.match.lints.lint import lint_files

    files, _unreadable = read_rule_files(folder)
    book = load_folder(folder, receivers, progress=partial(progress, "reading rules"))
    rules = {rule.id: rule for rule in book.rules}
    lints = lint_files(files, rules, today, partial(progress, "looking through rules"))
    problems = [*book.problems, *lints, *unreadable_seeds(book.rules)]
    return replace(
        book, problems=tuple(sorted(problems, key=lambda each: (each.path, each.line, each.column)))
    )


def problem_row(problem: Problem) -> dict[str, Any]:
    """A problem as `check --json` gives it; line and column count from 1, 0 where they are not known."""
    names = ("path", "line", "column", "length", "level", "lint", "message", "hint")
    return {"id": problem.place, **{name: getattr(problem, name) for name in names}}


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
