"""What a process remembers of stories between articles, so that not every profile is read anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final

from monitor.model import Article
from monitor.relate.features import Features, vocabulary_of
from monitor.relate.index import StoryIndex
from monitor.relate.kinship import SeedMemory
from monitor.relate.profile import StoryProfile, read, vector
from monitor.relate.words.vocabulary import Vocabulary

# A story that nothing was added to for so long is over: what comes later opens a new one. Seven times the
# time in which a story's claim on new articles falls to 1/e.
STORY_LASTS: Final = timedelta(days=14)


class StoryMemory:
    """The vocabulary and the running stories. The store holds the truth; `forget()` whenever in doubt."""

    def __init__(self) -> None:
        self.vocabulary = Vocabulary()
        self.seeds = SeedMemory()
        self._index = StoryIndex()
        self._revisions: dict[int, int] = {}
        self._noted: dict[int, datetime] = {}  # when each was last remembered, the longest ago first

    @property
    def revisions(self) -> Mapping[int, int]:
        """The revision in which each story is remembered."""
        return self._revisions

    def learn(self, title: str, body: str, language: str | None) -> None:
        """Count an article's words, whether or not it matched anything."""
        self.vocabulary.observe(vocabulary_of(title, body), language)

    def refresh(self, changed: Iterable[tuple[int, int, bytes]], now: datetime) -> None:
        """Take over stories that changed in the store: id, revision, profile.

        Nothing joins any more what has no profile: a story that a person merged into another.
        """
        for story, revision, data in changed:
            profile = read(data)
            if profile is not None:
                self.remember(profile, revision, now)
            else:
                self._index.remove(story)
                self._note(story, revision, now)
        self._index.expire(now - STORY_LASTS)
        self._forget_until(now - STORY_LASTS)

    def remember(self, profile: StoryProfile, revision: int, now: datetime) -> None:
        self._index.update(profile)
        self._note(profile.id, revision, now)

    def _note(self, story: int, revision: int, now: datetime) -> None:
        self._revisions[story] = revision
        self._noted.pop(story, None)
        self._noted[story] = now

    def _forget_until(self, before: datetime) -> None:
        """Let go of the revisions of stories that nothing was added to for so long: nobody asks for them."""
        for story in [*takewhile(lambda story: self._noted[story] < before, self._noted)]:
            del self._noted[story], self._revisions[story]

    def forget(self) -> None:
        """Read every story again: what was remembered may not have been stored."""
        self.seeds.forget()
        self._index = StoryIndex()
        self._revisions, self._noted = {}, {}

    def get(self, story: int) -> StoryProfile | None:
        return self._index.get(story)

    def near(self, features: Features, unit: Mapping[str, float] | None = None) -> list[StoryProfile]:
        """The stories that an article with these features might belong to; `unit`: its vector(), if known."""
        return self._index.nearest(vector(features, self.vocabulary) if unit is None else unit)


def unchanged(before: Article, after: Article) -> bool:
    """Whether a revision says what the article said before."""
    return (before.title, before.body) == (after.title, after.body)
