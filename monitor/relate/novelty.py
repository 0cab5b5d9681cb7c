"""What a report adds to its story: figures, statements, names, dates and a source that none before it gave.

A statement is new where two thirds of what its words weigh (by their idf) stand in no earlier report of
the story. That is strict on purpose: an update has to be worth a reader's minute, and what is withheld is
still in the story's time line.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from monitor.model import Article, Span
from monitor.relate.comparing import Change, changed
from monitor.relate.dates import dates
from monitor.relate.features import Features, distinct, statement
from monitor.relate.function_words import function_words
from monitor.relate.names import names as sounds
from monitor.relate.profile import StoryProfile
from monitor.relate.vocabulary import Vocabulary
from monitor.text import one_line, sentences, words

UNSEEN: Final = 2 / 3  # the share of a sentence's weight that makes it a new statement
FEWEST_UNSEEN: Final = 3  # words; fewer are another way to say the same
FEWEST_WORDS: Final = 5  # content words of a sentence; what is shorter is a caption or a heading
KNOWN_ENOUGH: Final = 40  # words a story must hold before it can be said what is not in it
MOST: Final = 8  # statements, names and dates named

_CAPITAL = "A-ZÀ-ÖØ-ÞĀ-ŽА-ЯЁІЇЄҐ"
_PHRASE = re.compile(
    rf"(?<![\w'’-])[{_CAPITAL}][\w'’-]+(?:\s(?:(?:of|de|da|do|del|von|van|bin|al)\s)?[{_CAPITAL}][\w'’-]+){{0,3}}"
)
_NOUNS_CAPITAL = frozenset({"de"})  # languages in which a capital alone makes no name


@dataclass(frozen=True, slots=True)
class News:
    """What is new in a report. `statements` are the sentences, `names` and `dates` as the report writes them."""

    changes: tuple[Change, ...] = ()
    statements: tuple[Span, ...] = ()
    names: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    source: str = ""  # whose report it is, if the story had none of theirs
    nearest: tuple[Span, float] | None = None  # to a new statement where there is none, and its unseen share

    def __bool__(self) -> bool:
        return bool(self.changes or self.statements or self.source)

    def says(self, article: Article) -> str:
        """The first new statement in quotes, and the new names, on one line; "" without a statement."""
        if not self.statements:
            return ""
        first = self.statements[0]
        quoted = one_line(getattr(article, first.field)[first.start : first.end], 160)
        more = f" and {len(self.statements) - 1} more" if len(self.statements) > 1 else ""
        named = f"; names: {', '.join(self.names[:3])}" if self.names else ""
        return f"new: “{quoted}”{more}{named}"


def news(
    article: Article, features: Features, source: str, story: StoryProfile, vocabulary: Vocabulary
) -> News:
    """What `article` says that no report in `story` said; `source` is whose report it is, or "".

    Statements, names and dates are judged only where the story has enough in the article's own language:
    the first report in another would be new from end to end.
    """
    fresh = source if source.casefold() not in {known.casefold() for known in story.sources} else ""
    changes = changed(story.figures, features.figures)
    known = _numbers(story.known)
    if article.language not in story.languages or len(known) < KNOWN_ENOUGH:
        return News(changes, source=fresh)
    unseen = _unseen(features.terms, known)
    weighed = list(_weighed(article, unseen, story, vocabulary))
    statements = tuple(span for span, share in weighed if share >= UNSEEN)
    return News(
        changes=changes,
        statements=statements[:MOST],
        names=tuple(dict.fromkeys(_names(article, unseen)))[:MOST],
        dates=tuple({key: written for key, written in dates(article.body) if key in unseen}.values())[:MOST],
        source=fresh,
        nearest=None if statements else max(weighed, key=lambda pair: pair[1], default=None),
    )


def _unseen(terms: Mapping[str, float], known: Collection[int]) -> set[str]:
    """Those of an article's terms, names and dates that the story does not hold."""
    return {term for term in terms if _number(term) not in known}


def _weighed(
    article: Article, unseen: set[str], story: StoryProfile, vocabulary: Vocabulary
) -> Iterator[tuple[Span, float]]:
    """The sentences of the body with a few unseen words, each with the share of its weight that is unseen.

    A title says in other words what its text says.
    """
    idle, told = function_words(article.language), set(story.statements)
    for start, end in sentences(article.body):
        text = article.body[start:end]
        content = distinct(words(text)) - idle
        fresh = content & unseen
        if len(content) < FEWEST_WORDS or len(fresh) < FEWEST_UNSEEN or statement(text) in told:
            continue
        weight = sum(vocabulary.idf(term, article.language) for term in content)
        yield Span("body", start, end), sum(vocabulary.idf(term, article.language) for term in fresh) / weight


def _names(article: Article, unseen: set[str]) -> Iterator[str]:
    """Names of the body no word of which the story holds. A sentence's first word alone is none."""
    body = article.body
    firsts = {start for start, _ in sentences(body)}
    idle = function_words(article.language) | {
        word for _, day in dates(body) for word in distinct(words(day))
    }
    for found in _PHRASE.finditer(body):
        name, run = found[0], distinct(words(found[0]))
        if " " not in name and (article.language in _NOUNS_CAPITAL or found.start() in firsts):
            continue
        if run and not run & idle and run <= unseen and set(sounds(name)) <= unseen:
            yield name


# --- what a story remembers of its reports' words -----------------------------------------------------


def learnt(known: bytes, terms: Iterable[str], most: int) -> bytes:
    """`known` with the terms that it lacks; of more than `most`, the latest."""
    held = _numbers(known)
    fresh = dict.fromkeys(number for term in terms if (number := _number(term)) not in held)
    return (known + struct.pack(f"<{len(fresh)}I", *fresh))[-4 * most :]


def _numbers(known: bytes) -> frozenset[int]:
    return frozenset(struct.unpack(f"<{len(known) // 4}I", known))


def _number(term: str) -> int:
    return zlib.crc32(term.encode())
