"""Seed files beside the rules: which there are, and a new one from an address."""

from __future__ import annotations

import asyncio
import os
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from monitor.actions.rules import fetch_article
from monitor.adapters.files import read_seed_file
from monitor.errors import InvalidInput, UsageError
from monitor.extract.seed import format_seed, read_seed
from monitor.model import Article, Origin
from monitor.ports import Fetcher, Workers

SUFFIXES = frozenset({".txt", ".md", ".markdown", ".html", ".htm"})
_SLUG_LENGTH = 60
_MOST_NAMES = 1000  # files of one date and title before something is clearly wrong


class SeededRule(Protocol):
    """What the listing needs of a rule: its id, and its seeds as paths relative to the rules folder."""

    @property
    def id(self) -> str: ...
    @property
    def seeds(self) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class SeedRow:
    """A seed file as `seeds list` shows it; where it cannot be read, `problem` says why."""

    path: str  # relative to the rules folder
    rules: tuple[str, ...]  # that name it; empty: no rule is tested with it
    title: str = ""
    published: datetime | None = None
    language: str | None = None
    agency: str | None = None
    problem: str | None = None


def list_seeds(rules: Iterable[SeededRule], folder: Path) -> list[SeedRow]:
    """Every seed in `folder`/seeds or named by a rule, by path; a named file that is missing is one too."""
    named: dict[str, list[str]] = {}
    for rule in rules:
        for seed in rule.seeds:
            named.setdefault(_normal(seed), []).append(rule.id)
    return [_row(folder, path, tuple(named.get(path, ()))) for path in sorted(named.keys() | _files(folder))]


def _files(folder: Path) -> set[str]:
    found = (folder / "seeds").rglob("*")
    return {
        path.relative_to(folder).as_posix()
        for path in found
        if path.suffix.lower() in SUFFIXES and path.is_file()
    }


def _normal(path: str) -> str:
    return Path(os.path.normpath(path)).as_posix()


def _row(folder: Path, path: str, rules: tuple[str, ...]) -> SeedRow:
    try:
        article = load_seed(folder, path)
    except InvalidInput as error:
        return SeedRow(path, rules, problem=error.problems[0].message)
    return SeedRow(path, rules, article.title, article.published, article.language, article.agency)


def load_seed(folder: Path, path: str) -> Article:
    """The article in the seed `path` of the rules folder. Raises SeedError, also if there is no such file."""
    return read_seed(path, read_seed_file(folder / path))


async def add_seed(fetcher: Fetcher, workers: Workers, url: str, folder: Path) -> Path:
    """Fetch the page at `url`, write its article to a new file in `folder` (rules/seeds), and return its path.

    Nothing is ever overwritten. Raises UsageError for what is no web address, FetchError, ExtractError,
    WorkerError.
    """
    article = await fetch_article(fetcher, workers, url)
    return await asyncio.to_thread(_write, folder, replace(article, origin=Origin.SEED))


def _write(folder: Path, article: Article) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    text = format_seed(article)
    for number in range(1, _MOST_NAMES):
        path = folder / f"{file_stem(article)}{f'-{number}' if number > 1 else ''}.txt"
        try:
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except FileExistsError:
            continue
        return path
    raise UsageError(f"{folder} already holds {_MOST_NAMES - 1} seeds of this date and title")


def file_stem(article: Article) -> str:
    """Date and title as a file's name: letters of any script, digits and hyphens, nothing else."""
    words = re.findall(r"\w+", unicodedata.normalize("NFC", article.title).casefold().replace("_", " "))
    slug = "-".join(words)[:_SLUG_LENGTH].strip("-") or "article"
    slug = slug.encode()[: _SLUG_LENGTH * 3].decode("utf-8", "ignore")  # names are limited to 255 bytes
    return f"{article.published:%Y-%m-%d}-{slug}" if article.published else slug
