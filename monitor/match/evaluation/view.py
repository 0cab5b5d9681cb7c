"""An article as the engine reads it: its texts as words with places, worked out only as far as asked for."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict

import numpy as np
import numpy.typing as npt

from monitor.match.evaluation.places import starts_and_ends
from monitor.match.evaluation.vocabulary import is_like, is_within, stem_of
from monitor.model import Article
from monitor.text import paragraphs, sentences, words

LEAD_WORDS = 100
Numbers = npt.NDArray[np.int32]


class Stream:
    """One text of an article: its title, its body, or one author's name. Places are counted in words."""

    __slots__ = (
        "_lead",
        "_paragraphs",
        "_positions",
        "_read",
        "_sentences",
        "_tokens",
        "_words",
        "kind",
        "number",
        "text",
    )

    def __init__(self, kind: str, number: int, text: str) -> None:
        self.kind = kind
        self.number = number
        self.text = text
        self._words: list[str] | None = None
        self._read: tuple[Numbers, list[str]] | None = None
        self._positions: dict[str, list[int]] | None = None
        self._tokens: tuple[list[int], list[int]] | None = None
        self._sentences: list[int] | None = None
        self._paragraphs: list[int] | None = None
        self._lead: tuple[int, int] | None = None

    def read_as(self, numbers: Numbers, names: list[str]) -> None:
        """The words were read already: these of `names`."""
        self._read = numbers, names

    @property
    def words(self) -> list[str]:
        """The analysed words in order."""
        if self._words is None:
            if self._read is None:
                self._words = words(self.text)
            else:
                numbers, names = self._read
                self._words = list(map(names.__getitem__, numbers.tolist()))
        return self._words

    @property
    def positions(self) -> dict[str, list[int]]:
        """Where each word stands."""
        if self._positions is None:
            positions: defaultdict[str, list[int]] = defaultdict(list)
            for place, word in enumerate(self.words):
                positions[word].append(place)
            self._positions = dict(positions)
        return self._positions

    @property
    def tokens(self) -> tuple[list[int], list[int]]:
        """Where each word starts and ends in the text, in code points."""
        if self._tokens is None:
            self._tokens = starts_and_ends(self.text)
        return self._tokens

    def characters(self, start: int, end: int) -> tuple[int, int]:
        """The code points of the words [start, end)."""
        starts, ends = self.tokens
        return starts[start], ends[end - 1]

    def word_range(self, start: int, end: int) -> tuple[int, int]:
        """The words that the code points [start, end) touch; an empty range where they touch none."""
        starts, ends = self.tokens
        return bisect_right(ends, start), bisect_left(starts, end)

    def units(self, unit: str) -> list[int]:
        """For each word, the number of its sentence ("s") or paragraph ("p"). A title is one of each."""
        if self.kind != "body":
            return [0] * len(self.words)
        if unit == "s":
            if self._sentences is None:
                self._sentences = self._numbered(sentences(self.text))
            return self._sentences
        if self._paragraphs is None:
            self._paragraphs = self._numbered(paragraphs(self.text))
        return self._paragraphs

    def _numbered(self, ranges: list[tuple[int, int]]) -> list[int]:
        firsts = [start for start, _ in ranges]
        return [bisect_right(firsts, start) for start in self.tokens[0]]

    @property
    def lead(self) -> tuple[int, int]:
        """How far the lead reaches, in words and in code points: the first paragraph, at most LEAD_WORDS."""
        if self._lead is None:
            lines = paragraphs(self.text)
            end = lines[0][1] if lines else 0
            count = bisect_left(self.tokens[0], end)
            if count > LEAD_WORDS:
                count, end = LEAD_WORDS, self.tokens[1][LEAD_WORDS - 1]
            self._lead = count, end
        return self._lead


class View:
    """An article being matched. Atoms are as in monitor.match.evaluation.plans, of words and without a scope."""

    __slots__ = ("_found", "_ordered", "_places", "_text_words", "_words", "article", "cache", "streams")

    def __init__(self, article: Article) -> None:
        self.article = article
        self.streams = [Stream("title", 0, article.title), Stream("body", 1, article.body)]
        self.streams += [Stream("author", 2 + i, name) for i, name in enumerate(article.authors)]
        self.cache: dict[tuple[int, int], list[tuple[int, int]]] = {}
        self._text_words: set[str] | None = None
        self._words: set[str] | None = None
        self._ordered: list[str] | None = None
        self._found: dict[str, list[str]] = {}
        self._places: dict[tuple[str, int], list[int]] = {}

    @property
    def text_words(self) -> set[str]:
        """The different words of title and body."""
        if self._text_words is None:
            self._text_words = {*self.streams[0].words, *self.streams[1].words}
        return self._text_words

    @property
    def words(self) -> set[str]:
        """The different words of all texts."""
        if self._words is None:
            self._words = self.text_words
            if len(self.streams) > 2:
                self._words = self.text_words.union(*(stream.words for stream in self.streams[2:]))
        return self._words

    def has(self, atom: str) -> bool:
        """Whether a word of any text of the article satisfies `atom`."""
        return atom in self.words or bool(self.words_of(atom))

    def in_text(self, atom: str) -> bool:
        """Whether a word of the title or the body satisfies `atom`."""
        return atom in self.text_words or not self.text_words.isdisjoint(self.words_of(atom))

    def words_of(self, atom: str) -> list[str]:
        """The different words of the article that satisfy `atom`."""
        found = self._found.get(atom)
        if found is None:
            found = self._found[atom] = self._search(atom)
        return found

    def _search(self, atom: str) -> list[str]:
        if "~" in atom:
            text, _, distance = atom.partition("~")
            return [word for word in self.words if is_within(text, word, int(distance))]
        if "*" not in atom and "?" not in atom:
            return [atom] if atom in self.words else []
        stem, plain_prefix = stem_of(atom)
        if self._ordered is None:
            self._ordered = sorted(self.words)
        first = bisect_left(self._ordered, stem)
        last = bisect_left(self._ordered, stem + "\U0010ffff", first)
        if plain_prefix:
            return self._ordered[first:last]
        return [word for word in self._ordered[first:last] if is_like(atom, word)]

    def places(self, atom: str, stream: Stream) -> list[int]:
        """Where in `stream` the words stand that satisfy `atom`, in order."""
        positions = stream.positions
        if atom in positions:
            return positions[atom]
        found = self._places.get((atom, stream.number))
        if found is None:
            every = [positions[word] for word in self.words_of(atom) if word in positions]
            found = every[0] if len(every) == 1 else sorted(place for places in every for place in places)
            self._places[atom, stream.number] = found
        return found
