"""An index over many stories: which of them share words with an article, without comparing all."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from heapq import nlargest
from types import MappingProxyType
from typing import Final

from monitor.relate.profile import StoryProfile, space

NEAREST: Final = 12  # candidates handed to relate(); time may prefer another than the most alike
_TELLING: Final = 24  # an article's heaviest terms are enough to find its stories
_TELLING_MARKS: Final = 16
_PER_ABROAD: Final = 2  # for so many stories in its own language, one that has none in it is looked at
_ENOUGH: Final = 6  # are asked for, however faint
_FAINT: Final = 0.1  # what every report of a busy day says finds all its stories, and adds little
_NONE: Final[Mapping[int, float]] = MappingProxyType({})


class StoryIndex:
    """Story profiles by term, in memory. add(), update() and remove() keep it; nearest() asks it."""

    def __init__(self) -> None:
        self._profiles: dict[int, StoryProfile] = {}
        self._postings: dict[str, dict[int, float]] = defaultdict(dict)
        self._reported: Counter[str] = Counter()  # in how many stories each language has a report

    def __len__(self) -> int:
        return len(self._profiles)

    def get(self, story: int) -> StoryProfile | None:
        return self._profiles.get(story)

    def add(self, profile: StoryProfile) -> None:
        """Put a story in. Raises ValueError if it is there already."""
        if profile.id in self._profiles:
            raise ValueError(f"story {profile.id} is indexed already")
        self._profiles[profile.id] = profile
        self._reported.update(profile.norms.keys())
        for term, weight in profile.weights.items():
            self._postings[term][profile.id] = weight / profile.norms[space(term)]

    def update(self, profile: StoryProfile) -> None:
        """Replace a story by its present form, or put it in."""
        self.remove(profile.id)
        self.add(profile)

    def remove(self, story: int) -> None:
        """Take a story out; nothing happens if it is not there."""
        profile = self._profiles.pop(story, None)
        if profile is None:
            return
        self._reported.subtract(profile.norms.keys())
        for term in profile.weights:
            postings = self._postings[term]
            del postings[story]
            if not postings:
                del self._postings[term]

    def expire(self, before: datetime) -> None:
        """Take out the stories whose last report is older than `before`."""
        for story in [profile.id for profile in self._profiles.values() if profile.last_seen < before]:
            self.remove(story)

    def nearest(self, unit: Mapping[str, float], most: int = NEAREST) -> list[StoryProfile]:
        """The stories most like an article's vector, the likest first: at most `most` by its words, and half as
        many, of those without a report in its language, by marks."""
        language = space(next(iter(unit), " "))
        scores = self._scored([item for item in unit.items() if " " in item[0]], _TELLING)
        best = nlargest(most, [(score, -story) for story, score in scores.items()])
        if self._reported[language] < len(self._profiles):
            best += nlargest(most // _PER_ABROAD, self._abroad(unit, language))
        return [self._profiles[-story] for _, story in best]

    def _abroad(self, unit: Mapping[str, float], language: str) -> Iterator[tuple[float, int]]:
        """Those without a report in the article's language, by how like they are to it in marks."""
        marks = [item for item in unit.items() if " " not in item[0]]
        for story, score in self._scored(marks, _TELLING_MARKS).items():
            if language not in self._profiles[story].norms:
                yield score, -story

    def _scored(self, terms: list[tuple[str, float]], most: int) -> dict[int, float]:
        """The products of an article's heaviest terms with every story that has any of them."""
        if len(terms) > _ENOUGH:
            heaviest = nlargest(most, terms, key=lambda item: (item[1], item[0]))
            terms = heaviest[:_ENOUGH] + [item for item in heaviest[_ENOUGH:] if item[1] >= _FAINT]
        scores: dict[int, float] = defaultdict(float)
        for term, weight in terms:
            for story, theirs in self._postings.get(term, _NONE).items():
                scores[story] += weight * theirs
        return scores
