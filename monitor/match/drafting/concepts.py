"""What a draft's term lists are made of: notions, each with the patterns that find it and where it was found."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from monitor.match.drafting.background import Background
from monitor.match.drafting.reading import Reading, Sentence, is_cjk, is_hangul
from monitor.match.language.nodes import Phrase, Word
from monitor.match.language.query import QueryError, parse_item

_RAW_LENGTH: Final = 3  # abbreviations this short are other words in small letters (KPA and kPa, WHO and who)
_WORTH = {"title": 3.0, "lead": 1.5, "body": 1.0}


@dataclass(frozen=True, slots=True)
class Pattern:
    """One item of a term list: analysed words one after another, `*` and `?` in them as in queries."""

    words: tuple[str, ...]
    shown: str
    exact: str = ""  # these very characters, where case matters

    @property
    def item(self) -> str:
        """As it is written in a term list."""
        return f'raw:"{self.exact}"' if self.exact else self.shown

    def finds(self, words: Sequence[str], at: int) -> bool:
        if at + len(self.words) > len(words):
            return False
        return all(_is(pattern, words[at + i]) for i, pattern in enumerate(self.words))


def _is(pattern: str, word: str) -> bool:
    if "?" in pattern or "*" in pattern[:-1]:
        return re.fullmatch(re.escape(pattern).replace(r"\?", ".").replace(r"\*", ".*"), word) is not None
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern


def pattern(shown: str, words: Sequence[str]) -> Pattern | None:
    """The pattern written `shown`, which is to find `words`; None where no item can say that."""
    for text in (shown, f'"{shown}"'):
        try:
            node = parse_item(text)
        except QueryError:
            continue
        found = (node.text,) if isinstance(node, Word) else node.words if isinstance(node, Phrase) else ()
        if found == tuple(words):
            return Pattern(tuple(words), text)
    return None


def exact(shown: str, words: Sequence[str]) -> Pattern:
    """The pattern for an abbreviation: in capitals only where it is short."""
    if len(shown) <= _RAW_LENGTH and shown.isalnum():
        return Pattern(tuple(words), shown, shown)
    return Pattern(tuple(words), shown)


@dataclass(frozen=True, slots=True)
class Concept:
    """A notion of the seeds. `kind` is name or word; `places` are (sentence, first word) where it stands.

    `weight` says how much it is what the seeds are about. `share` is the share of all articles that hold it.
    """

    kind: Literal["name", "word"]
    label: str
    patterns: tuple[Pattern, ...]
    places: tuple[tuple[int, int], ...] = ()
    seeds: frozenset[int] = frozenset()
    titled: bool = False
    weight: float = 0.0
    share: float = 1.0
    family: str = ""
    tokens: frozenset[tuple[int, int]] = frozenset()  # every (sentence, word) that it takes

    @property
    def sentences(self) -> frozenset[int]:
        return frozenset(number for number, _ in self.places)


class Finder:
    """Where patterns stand in the seeds."""

    def __init__(self, reading: Reading, background: Background) -> None:
        self.reading, self.background = reading, background
        self._by_word: dict[str, list[tuple[int, int]]] = {}
        for number, sentence in enumerate(reading.sentences):
            for at, word in enumerate(sentence.words):
                self._by_word.setdefault(word.text, []).append((number, at))
        self._words = sorted(self._by_word)

    def places(self, patterns: Iterable[Pattern]) -> list[tuple[int, int]]:
        found: set[tuple[int, int]] = set()
        for each in patterns:
            for word in self._words_like(each.words[0]):
                found.update(place for place in self._by_word[word] if self._stands(each, place))
        return sorted(found)

    def _words_like(self, form: str) -> Iterable[str]:
        """The words of the seeds that are of this form."""
        stem = re.split(r"[*?]", form, maxsplit=1)[0]
        if stem == form:
            return (form,) if form in self._by_word else ()
        return (word for word in self._beginning(stem) if _is(form, word))

    def _beginning(self, stem: str) -> Iterator[str]:
        for at in range(bisect_left(self._words, stem), len(self._words)):
            if not self._words[at].startswith(stem):
                break
            yield self._words[at]

    def _stands(self, each: Pattern, place: tuple[int, int]) -> bool:
        sentence, at = self.reading.sentences[place[0]], place[1]
        if each.exact:
            return sentence.words[at].shown == each.exact
        return each.finds(sentence.folded, at)

    def weighed(
        self, kind: Literal["name", "word"], label: str, patterns: Sequence[Pattern], family: str = ""
    ) -> Concept:
        """The concept of these patterns, with its places and weight."""
        patterns = tuple(dict.fromkeys(patterns))
        places = tuple(self.places(patterns))
        sentences = self.reading.sentences
        counted = [sentences[number] for number, at in places if at >= sentences[number].heard]
        seeds = frozenset(sentence.seed for sentence in counted)
        share = min(0.6, sum(self._share(each) for each in patterns))
        return Concept(
            kind, label, patterns, places, seeds, any(sentence.place == "title" for sentence in counted),
            self._weight(counted, seeds, share), share, family,
            frozenset((n, at + i) for p in patterns for n, at in self.places([p]) for i in range(len(p.words))),
        )  # fmt: skip

    def _weight(self, found: Sequence[Sentence], seeds: frozenset[int], share: float) -> float:
        if not found:
            return 0.0
        heard = sum(_WORTH[sentence.place] for sentence in found) / max(1, len(seeds))
        reach = len(seeds) / self.reading.seeds
        return -math.log(share) * (1 + math.log(heard + 0.5)) * reach

    def _share(self, each: Pattern) -> float:
        """As rare as its rarest words together; Chinese characters count by their run."""
        words = ["".join(each.words)] if is_cjk(each.words[0]) else [word.strip("*?") for word in each.words]
        shares = sorted(self._word_share(word) for word in words)
        return shares[0] * (0.5 if len(shares) > 1 and not is_hangul(words[0]) else 1.0)

    def _word_share(self, stem: str) -> float:
        known = [*self._beginning(stem)] or [stem]
        return min(0.6, max(self.background.share(word) for word in known))
