"""Which seeds a story belongs with: those it is like, whatever the time between.

A seed is an example of what somebody looks for, often years old. That a story is like it says of which of the
examples it is one more case; it does not make the two one story, for which nearness in time is asked as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from monitor.relate.features import Features
from monitor.relate.profile import StoryProfile, cosine, vector
from monitor.relate.stories import threshold
from monitor.relate.words.vocabulary import Vocabulary

KIN_ABROAD: Final = 0.1
"""The likeness from which a story belongs with a seed in a language that it was not reported in: by marks alone.

Of headlines in six languages, two thirds are as like what others say of their event, and one in two hundred as like
another event; what makes two stories one asks for more, but here the rule speaks for it as well.
"""


def kin(
    seeds: Iterable[tuple[int, Features]], story: StoryProfile, vocabulary: Vocabulary
) -> tuple[tuple[int, float], ...]:
    """Of seeds (id, features) those that `story` belongs with, each with its likeness, the likest first."""
    likeness = [(id, cosine(vector(each, vocabulary), story), _asked(each, story)) for id, each in seeds]
    near = [(id, like) for id, like, asked in likeness if like >= asked]
    return tuple(sorted(near, key=lambda pair: (-pair[1], pair[0])))


def _asked(seed: Features, story: StoryProfile) -> float:
    """In its own language, what a seed would need to join the story if it came while that runs."""
    return threshold(len(seed.terms)) if story.norms.get(seed.language or "") else KIN_ABROAD


class SeedMemory:
    """The seeds of each rule that a process met. The store holds the truth; `forget` what may have changed."""

    def __init__(self) -> None:
        self._known: dict[str, Mapping[int, Features]] = {}

    def of(self, rule: str) -> Mapping[int, Features] | None:
        """The seeds of a rule by id, None where they are not known."""
        return self._known.get(rule)

    def remember(self, rule: str, seeds: Mapping[int, Features]) -> None:
        self._known[rule] = seeds

    def forget(self, rules: Iterable[str] | None = None) -> None:
        """Read the seeds of these rules again; of all where `rules` is None."""
        for rule in list(self._known) if rules is None else rules:
            self._known.pop(rule, None)
