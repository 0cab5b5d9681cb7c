"""An article as the engine reads it: its texts as words with places, worked out only as far as asked for."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict

from monitor.match.vocabulary import Vocabulary
from monitor.model import Article
from monitor.text import paragraphs, sentences, word_places, words

LEAD_WORDS = 100


class Stream:
    """One text of an article: its title, its body, or one author's name. Places are counted in words."""

    __slots__ = (
        "_lead",
        "_paragraphs",
        "_positions",
        "_sentences",
        "_tokens",
        "kind",
        "number",
        "text",
        "words",
    )

    def __init__(self, kind: str, number: int, text: str) -> None:
        self.kind = kind
        self.number = number
        self.text = text
        self.words = words(text)
        self._positions: dict[str, list[int]] | None = None
        self._tokens: tuple[list[int], list[int]] | None = None
        self._sentences: list[int] | None = None
        self._paragraphs: list[int] | None = None
        self._lead: tuple[int, int] | None = None

    @property
    def positions(self) -> dict[str, list[int]]:
        """Where each word stands."""
        if self._positions is None:
            self._positions = defaultdict(list)
            for place, word in enumerate(self.words):
                self._positions[word].append(place)
        return self._positions

    @property
    def tokens(self) -> tuple[list[int], list[int]]:
        """Where each word starts and ends in the text, in code points."""
        if self._tokens is None:
            found = word_places(self.text)
            self._tokens = ([start for start, _ in found], [end for _, end in found])
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
    """An article being matched. `present` holds the atoms of its title, body and authors together."""

    __slots__ = ("_by_atom", "_hits", "_vocabulary", "article", "cache", "present", "streams", "text_atoms")

    def __init__(self, article: Article, vocabulary: Vocabulary) -> None:
        self.article = article
        self.streams = [Stream("title", 0, article.title), Stream("body", 1, article.body)]
        self.streams += [Stream("author", 2 + i, name) for i, name in enumerate(article.authors)]
        self.cache: dict[tuple[int, int], list[tuple[int, int]]] = {}
        self._vocabulary = vocabulary
        self._by_atom: dict[int, list[str]] | None = None
        self._hits: list[tuple[str, tuple[int, ...]]] = []
        self.text_atoms: set[int] = set()
        self._collect({*self.streams[0].words, *self.streams[1].words}, self.text_atoms)
        self.present = self.text_atoms
        if len(self.streams) > 2:
            self.present = set(self.text_atoms)
            self._collect({word for stream in self.streams[2:] for word in stream.words}, self.present)

    def _collect(self, found: set[str], into: set[int]) -> None:
        atoms_of = self._vocabulary.atoms
        hits = [(word, atoms) for word in found if (atoms := atoms_of(word))]
        for _, atoms in hits:
            into.update(atoms)
        self._hits += hits

    def words_of(self, atom: int) -> list[str]:
        """The different words of the article that satisfy `atom`."""
        if self._by_atom is None:
            self._by_atom = defaultdict(list)
            for word, atoms in dict(self._hits).items():
                for each in atoms:
                    self._by_atom[each].append(word)
        return self._by_atom.get(atom, [])

    def places(self, atom: int, stream: Stream) -> list[int]:
        """Where in `stream` the words stand that satisfy `atom`, in order."""
        positions = stream.positions
        found = [positions[word] for word in self.words_of(atom) if word in positions]
        if len(found) == 1:
            return found[0]
        return sorted(place for places in found for place in places)
