"""Tests for a draft, from the sentences of its seeds: what says it all, and what says a part of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from monitor.match.engine import Engine
from monitor.match.rules import Rule, TestCase
from monitor.model import Article
from monitor.text import one_line, sentences

MOST: Final = 8  # of each kind
_LONGEST = 420  # characters of a sentence
_SHORTEST = 6
_NEWS = 2  # what a report opens with is its news: title, first sentence
_READ = 60  # sentences of a seed


@dataclass(frozen=True, slots=True)
class Cases:
    match: tuple[TestCase, ...]
    ignore: tuple[TestCase, ...]


def cases(rule: Rule, lists: Sequence[Rule], articles: Sequence[Article]) -> Cases:
    """Tests that `rule` passes. `lists` are rules for its lists: a near miss holds some of them."""
    whole, some = Engine([rule]), Engine(lists)
    match: list[TestCase] = []
    ignore: list[tuple[int, TestCase]] = []
    most = max(1, MOST // len(articles))
    for article in articles:
        told = list(_sentences(article))
        found = [text for text in told if _matches(whole, text)]
        match += [TestCase("match", text) for text in found[:most]] or _together(whole, article, told)
        missed = [text for text in told if text not in found]
        held = {text: len(some.match(TestCase("ignore", text).article())) for text in missed}
        parts_only = [text for text in missed if held[text] and text != told[0]]
        ignore += [
            (-held[text], TestCase("ignore", text))
            for text in [text for text in parts_only if text not in told[:_NEWS]] or parts_only
        ]
    ignore.sort(key=lambda pair: pair[0])
    return Cases(_distinct(match), _distinct(case for _, case in ignore))


def _distinct(found: Sequence[TestCase] | Iterator[TestCase]) -> tuple[TestCase, ...]:
    return tuple({(case.title, case.body): case for case in found}.values())[:MOST]


def _sentences(article: Article) -> Iterator[str]:
    """The title and the sentences of an article that are fit to be read in a rule file."""
    for number, (start, end) in enumerate(sentences(article.body)):
        if number == 0 and article.title:
            yield one_line(article.title, _LONGEST)
        if number >= _READ:
            break
        if _SHORTEST <= end - start <= _LONGEST:
            yield " ".join(article.body[start:end].split())


def _together(engine: Engine, article: Article, told: Sequence[str]) -> list[TestCase]:
    """Where no sentence says it all: the title with as much of the text as it takes."""
    for count in range(1, len(told)):
        case = TestCase("match", " ".join(told[1 : count + 1]), title=told[0])
        if engine.match(case.article()):
            return [case]
    start = TestCase("match", article.body[:_LONGEST], title=one_line(article.title, _LONGEST))
    return [start] if engine.match(start.article()) else []


def _matches(engine: Engine, text: str) -> bool:
    return bool(engine.match(TestCase("match", text).article()))
