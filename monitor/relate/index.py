"""An index over many stories: which of them share words with an article, without comparing all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from heapq import nlargest
from typing import Final

from monitor.relate.profile import ABROAD, StoryProfile, space

NEAREST: Final = 12  # candidates handed to relate(); time may prefer another than the most alike
_TELLING: Final = 40  # an article's heaviest terms are enough to find its stories


class StoryIndex:
    """Story profiles by term, in memory. add(), update() and remove() keep it; nearest() asks it."""

    def __init__(self) -> None:
        self._profiles: dict[int, StoryProfile] = {}
        self._postings: dict[str, dict[int, float]] = defaultdict(dict)

    def __len__(self) -> int:
        return len(self._profiles)

    def get(self, story: int) -> StoryProfile | None:
        return self._profiles.get(story)

    def add(self, profile: StoryProfile) -> None:
        """Put a story in. Raises ValueError if it is there already."""
        if profile.id in self._profiles:
            raise ValueError(f"story {profile.id} is indexed already")
        self._profiles[profile.id] = profile
        for term, weight in profile.weights.items():
            self._postings[term][profile.id] = weight / profile.norms[space(term)]

    def update(self, profile: StoryProfile) -> None:
        """Replace a story by its present form, or put it in."""
        self.remove(profile.id)
        self.add(profile)

    def remove(self, story: int) -> None:
        """Take a story out; nothing happens if it is not there."""
        profile = self._profiles.pop(story, None)
        for term in profile.weights if profile else ():
            postings = self._postings[term]
            del postings[story]
            if not postings:
                del self._postings[term]

    def expire(self, before: datetime) -> None:
        """Take out the stories whose last report is older than `before`."""
        for story in [profile.id for profile in self._profiles.values() if profile.last_seen < before]:
            self.remove(story)

    def nearest(self, unit: Mapping[str, float], most: int = NEAREST) -> list[StoryProfile]:
        """The stories most like an article's vector, the likest first; at most `most`."""
        language = space(next(iter(unit), " "))
        scores = self._scored({key: weight for key, weight in unit.items() if " " in key})
        abroad = self._scored({key: weight for key, weight in unit.items() if " " not in key})
        for story, score in abroad.items():
            if language not in self._profiles[story].norms:
                scores[story] = ABROAD * score
        best = nlargest(most, scores.items(), key=lambda item: (item[1], -item[0]))
        return [self._profiles[story] for story, _ in best]

    def _scored(self, unit: Mapping[str, float]) -> dict[int, float]:
        scores: dict[int, float] = defaultdict(float)
        for term, weight in nlargest(_TELLING, unit.items(), key=lambda item: (item[1], item[0])):
            for story, theirs in self._postings.get(term, {}).items():
                scores[story] += weight * theirs
        return scores
