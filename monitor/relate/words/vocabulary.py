"""How rare a word is, learnt from every article that is collected."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from monitor.relate.words.function_words import FUNCTION_WORDS

MOST_TERMS: Final = 400_000  # beyond, the rarest are forgotten: they are spellings and names of a day
MOST_DOCUMENTS: Final = 1_000_000  # beyond, all counts are halved, so that the vocabulary follows the news
PRIOR: Final = 50  # articles
COMMON_SHARE: Final = 0.5


class Vocabulary:
    """Document frequencies of terms. The only value of this stage that changes in place: it is large.

    It is not stored: a process learns it anew from the newest articles when it starts.
    """

    def __init__(self, *, most_terms: int = MOST_TERMS, most_documents: int = MOST_DOCUMENTS) -> None:
        self.documents = 0
        self._languages: dict[str, int] = {}
        self._most_terms = most_terms
        self._most_documents = most_documents
        self._counts: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._counts)

    def observe(self, terms: Iterable[str], language: str | None = None) -> None:
        """Learn from one article; each term counts once."""
        counts = self._counts
        for term in set(terms):
            counts[term] = counts.get(term, 0) + 1
        self.documents += 1
        if language:
            self._languages[language] = self._languages.get(language, 0) + 1
        if self.documents >= self._most_documents:
            self._halve()
        if len(counts) > self._most_terms:
            self._forget()

    def idf(self, term: str, language: str | None = None) -> float:
        """Inverse document frequency, ln(1 + (N + 1) / (n + 0.5)): positive from the first article on.

        N and n begin as if PRIOR articles had been seen, of which COMMON_SHARE held every function word:
        what is learnt outweighs that within a day, and until then "of the" makes no two reports one story.

        N counts the articles of `language`, so that "и" is as common a word where one article in fifty is
        Russian as where all are; all articles where the language is unknown or was never observed.
        """
        documents = PRIOR + (self._languages.get(language or "") or self.documents)
        known = self._counts.get(term, 0) + (PRIOR * COMMON_SHARE if term in FUNCTION_WORDS else 0)
        return math.log(1 + (documents + 1) / (known + 0.5))

    def _halve(self) -> None:
        self.documents //= 2
        self._languages = {language: count // 2 for language, count in self._languages.items() if count > 1}
        self._counts = {term: count // 2 for term, count in self._counts.items() if count > 1}

    def _forget(self) -> None:
        """Drop the rarest until three quarters of the room is used."""
        keep = sorted(self._counts.items(), key=lambda item: (-item[1], item[0]))[: self._most_terms * 3 // 4]
        self._counts = dict(keep)
