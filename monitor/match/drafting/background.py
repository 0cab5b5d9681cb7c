"""How much a word says of what an article is about: little where every other article has it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from monitor.match.drafting.common_words import COMMON
from monitor.match.drafting.small_words import COMMON_HAN, COMMON_KOREAN


@dataclass(frozen=True, slots=True)
class Background:
    """What is known of words beforehand.

    `function_words` are folded and cut to five letters. `frequencies` says in how many of `documents`
    stored articles a folded word occurs; words that are not in it were not asked for.
    """

    function_words: frozenset[str] = frozenset()
    frequencies: dict[str, int] = field(default_factory=dict)
    documents: int = 0

    def is_function(self, word: str) -> bool:
        return word[:5] in self.function_words and len(word) <= 7

    def is_common(self, word: str) -> bool:
        return word in COMMON or self.is_function(word)

    def share(self, word: str) -> float:
        """The share of articles that hold `word`: a guess that gives way to what is stored."""
        guess = self._guess(word)
        if word not in self.frequencies:
            return guess
        return (self.frequencies[word] + guess * _PRIOR) / (self.documents + _PRIOR)

    def _guess(self, word: str) -> float:
        if self.is_function(word):
            return 0.5
        if word in COMMON or word in COMMON_KOREAN or word in COMMON_HAN:
            return 0.12
        letters = len(word) * (2 if word[:1] > "\u2e7f" else 1)  # a syllable or a sign is worth two letters
        return 0.03 if letters < 4 else 0.012 if letters < 6 else 0.006


_PRIOR = 100.0  # articles that a guess weighs as much as
_SORTED: Final = tuple(sorted(COMMON))


def common_with(prefix: str) -> Iterable[str]:
    """The common words that begin with `prefix`."""
    at = bisect_left(_SORTED, prefix)
    while at < len(_SORTED) and _SORTED[at].startswith(prefix):
        yield _SORTED[at]
        at += 1
