"""`monitor draft`: a rule file from example articles, with its seeds beside it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from monitor.actions.backtest import Past, Report, backtest
from monitor.actions.rules import load_folder, read_article
from monitor.actions.seeds import file_stem
from monitor.errors import UsageError
from monitor.extract.seed import format_seed
from monitor.match.drafting.draft import Background, Draft, Wish, draft, seed_words
from monitor.match.rulefiles.book import load_rules
from monitor.model import Article
from monitor.relate.words.function_words import FUNCTION_WORDS
from monitor.text import one_line

SCHEMA = "schema.json"
TRIED = timedelta(days=30)
SHOWN = 5  # matches of the past
MODELINE = f"# yaml-language-server: $schema={SCHEMA}"
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")


class Frequencies(Protocol):
    """What is known of words from what is stored."""

    def document_frequencies(self, words: Iterable[str]) -> dict[str, int]: ...
    def counted_articles(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Seed:
    """An example: its article, what the user called it, and its file where it is one."""

    name: str
    article: Article
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft, and what goes with it: the seeds that are to be written beside it, by their place there."""

    draft: Draft
    out: Path | None
    files: tuple[tuple[Path, Seed], ...] = ()


def make_draft(
    seeds: Sequence[Seed],
    *,
    folder: Path,
    out: Path | None = None,
    force: bool = False,
    rule_id: str = "",
    title: str = "",
    store: Frequencies | None = None,
) -> Drafted:
    """A rule file from `seeds`; nothing is written yet.

    `folder` is that of the rules, whose ids are taken. `out` is where the file will stand: its seeds are
    then in the folder seeds beside it, or will be. Raises UsageError for an `out` that exists without `force`,
    for an id that cannot be one or is taken, and for seeds without words; SeedError.
    """
    seeds = tuple({seed.name: seed for seed in seeds}.values())
    if out is not None:
        _check_out(out, force)
    taken = _taken(folder, out)
    _check_id(rule_id, taken)
    seeds = tuple(seed if seed.path is not None else _as_kept(seed) for seed in seeds)
    articles = [seed.article for seed in seeds]
    placed = _placed(seeds, folder, out)
    wish = Wish(rule_id, title, taken, tuple(named for named, _ in placed if named), _modeline(out, folder))
    made = draft(articles, _background(store, articles), wish)
    if made is None:
        raise UsageError("a seed holds no words that a query could ask for; give an article with text")
    return Drafted(
        made, out, tuple((path, seed) for seed, (_, path) in zip(seeds, placed, strict=True) if path)
    )


def write_draft(drafted: Drafted) -> list[Path]:
    """Write the seeds that are not beside the rules yet, then the rule file; what was written."""
    assert drafted.out is not None, "only a draft with a place can be written"
    written = [_write_seed(path, seed) for path, seed in drafted.files]
    # Under another name first: the daemon never reads half a file.
    begun = drafted.out.with_name(f".{drafted.out.name}.new")
    begun.write_text(drafted.draft.text, "utf-8")
    begun.replace(drafted.out)
    return [*written, drafted.out]


def try_draft(drafted: Drafted, store: Past, now: datetime) -> Report:
    """What the drafted rule would have caught of the last 30 days."""
    (rule,) = load_rules({"draft.yaml": drafted.draft.text}).rules
    return backtest(store, rule, now - TRIED, now, limit=SHOWN)


def lines(report: Report) -> Iterator[str]:
    """A back-test in a few lines: how much, how often, the newest examples."""
    stored = f"{report.within.count:,} articles of the last {TRIED.days} days"
    if not report.within.count:
        yield f"there are no {stored[2:]} to try it on"
        return
    rate = report.weekly(report.news)
    weekly = "" if rate is None else f", {rate:.1f} a week"
    told = sum(report.alerts.values())
    yield (
        f"tried on {stored}: {report.matches:,} would have matched{weekly}; "
        f"{report.stories:,} {'story' if report.stories == 1 else 'stories'}, {told:,} alert{'' if told == 1 else 's'}"
    )
    for found in report.newest:
        yield f"  {found.article.collected or found.article.published:%Y-%m-%d}  {one_line(found.article.title, 90)}"


def _background(store: Frequencies | None, articles: Sequence[Article]) -> Background:
    if store is None or not (documents := store.counted_articles()):
        return Background(FUNCTION_WORDS)
    return Background(FUNCTION_WORDS, store.document_frequencies(seed_words(articles)), documents)


def _check_out(out: Path, force: bool) -> None:
    if out.suffix.lower() not in (".yaml", ".yml"):
        raise UsageError(f"{out} is no name for a rule file: rules are read from *.yaml")
    if not out.parent.is_dir():
        raise UsageError(f"there is no folder {out.parent}; make it, or give another file with -o")
    if out.exists() and not force:
        raise UsageError(f"{out} exists already; choose another file, or overwrite it with --force")


def _check_id(rule_id: str, taken: frozenset[str]) -> None:
    if rule_id and not _ID.fullmatch(rule_id):
        raise UsageError(f"{rule_id[:80]!r} cannot be an id: small letters, digits, - and _")
    if rule_id in taken:
        raise UsageError(f"there is a rule {rule_id} already; choose another --id")


def _taken(folder: Path, out: Path | None) -> frozenset[str]:
    """The ids in use, but for those of the file that will be overwritten."""
    found: set[str] = set()
    for each in {folder.resolve(), *(() if out is None else (out.parent.resolve(),))}:
        book = load_folder(each) if each.is_dir() else None
        if book is not None:
            found |= {
                rule.id for rule in book.rules if out is None or Path(rule.path).resolve() != out.resolve()
            }
    return frozenset(found)


def _as_kept(seed: Seed) -> Seed:
    """A page or a stored article as the seed file will give it: the draft's tests are tried on that."""
    name = f"{file_stem(seed.article)}.txt"
    return Seed(seed.name, read_article(name, format_seed(seed.article).encode()))


def _placed(seeds: Sequence[Seed], folder: Path, out: Path | None) -> list[tuple[str, Path | None]]:
    """For each seed how the rule file names it, "" where it does not, and the file to be made for it."""
    home = folder if out is None else out.parent
    placed: list[tuple[str, Path | None]] = []
    taken: set[Path] = set()
    for seed in seeds:
        within = seed.path is not None and seed.path.resolve().is_relative_to(home.resolve())
        if seed.path is not None and (within or out is None):
            placed.append((Path(os.path.relpath(seed.path.resolve(), home.resolve())).as_posix(), None))
        elif out is None:
            placed.append(("", None))
        else:
            path = _free(home / "seeds", seed, taken)
            taken.add(path)
            placed.append((path.relative_to(home).as_posix(), path))
    return placed


def _free(folder: Path, seed: Seed, taken: set[Path]) -> Path:
    """A name that no file has yet."""
    stem, suffix = (seed.path.stem, seed.path.suffix) if seed.path else (file_stem(seed.article), ".txt")
    number = 1
    path = folder / f"{stem}{suffix}"
    while path.exists() or path in taken:
        number += 1
        path = folder / f"{stem}-{number}{suffix}"
    return path


def _write_seed(path: Path, seed: Seed) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    data = seed.path.read_bytes() if seed.path else format_seed(seed.article).encode()
    with path.open("xb") as file:
        file.write(data)
    return path


def _modeline(out: Path | None, folder: Path) -> str:
    home = folder if out is None else out.parent
    return MODELINE if (home / SCHEMA).is_file() else ""
