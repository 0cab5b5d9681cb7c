"""What an edit of stories is given: who edits and why, a title as it is typed, and what stories are rebuilt with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from unicodedata import normalize

from monitor.errors import UsageError
from monitor.model import Article
from monitor.relate.editing import Rebuilt, Report, rebuilt
from monitor.relate.features import Features
from monitor.relate.features import features as read_features
from monitor.relate.memory import StoryMemory
from monitor.relate.words.vocabulary import Vocabulary
from monitor.text import clean, one_line

LEARN_FROM: Final = 1000  # articles from which it is learnt how common words are
_LONGEST: Final = 200  # characters of a title, a reason, a name

# What turns text, so that a title would read other than it is in every listing and mail.
_TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")

Texts = Callable[[], Iterable[tuple[str, str, str | None]]]  # title, body, language


@dataclass(frozen=True, slots=True)
class Author:
    """Who edits, why, and when."""

    by: str
    why: str
    now: datetime


def author_of(by: str, why: str | None, now: datetime) -> Author:
    """Raises UsageError where a name says nothing."""
    name = one_line(by, _LONGEST)
    if not name:
        raise UsageError("--by says nothing; who finds the edit later wants to know")
    return Author(name, one_line(why or "", _LONGEST), now)


def title_of(text: str) -> str:
    """A title as a person gives it to a story. Raises UsageError."""
    title = one_line(text, len(text))
    cleaned = clean(text)
    if len(cleaned) != len(normalize("NFC", text)) or "\n" in cleaned or "\t" in cleaned:
        raise UsageError("a title is one line without control characters; take them out")
    if turning := _TURNING.search(text):
        raise UsageError(
            f"a title is one line without direction overrides (U+{ord(turning[0]):04X}); take them out"
        )
    if not title:
        raise UsageError(
            'the title is empty; write what the story is to be called, in quotes: "Sappers in Kursk"'
        )
    if len(title) > _LONGEST:
        raise UsageError(f"the title has {len(title)} characters; shorten it to {_LONGEST}")
    return title


@dataclass
class Bench:
    """What stories are rebuilt with: how common words are, learnt once, and the features of each article.

    `shown` passes reports on while it shows how far they are read.
    """

    texts: Texts
    shown: Callable[[Sequence[Report]], Iterable[Report]] = iter
    _vocabulary: Vocabulary | None = None
    _features: dict[tuple[int, int], Features] = field(default_factory=dict)

    def rebuild(self, story: int, title: str, reports: Sequence[Report], now: datetime) -> Rebuilt:
        vocabulary = self._learnt()
        for report in self.shown(reports):
            self._features_of(report.article)
        return rebuilt(story, title, reports, self._features_of, vocabulary, now)

    def _features_of(self, article: Article) -> Features:
        key = article.id, article.revision
        if key not in self._features:
            self._features[key] = read_features(article)
        return self._features[key]

    def _learnt(self) -> Vocabulary:
        if self._vocabulary is None:
            memory = StoryMemory()
            for title, body, language in self.texts():
                memory.learn(title, body, language)
            self._vocabulary = memory.vocabulary
        return self._vocabulary
