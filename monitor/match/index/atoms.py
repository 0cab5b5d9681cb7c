"""The atoms of all plans (monitor.match.evaluation.plans), numbered, and which of them an article has."""

from __future__ import annotations

from array import array
from typing import NamedTuple

import numpy as np

from monitor.match.evaluation.plans import frequency
from monitor.match.evaluation.view import View
from monitor.match.evaluation.vocabulary import Vocabulary
from monitor.match.index.lexicon import GAP, Flags, Lexicon, Numbers
from monitor.match.index.phrases import Hit, Phrases
from monitor.match.index.rows import Rows, ranges


class Atoms:
    """Atoms by number, kept apart by where they are to stand: in the text, the title, authors' names.

    Numbers are given once and for all. `refresh` after asking for new ones.
    """

    def __init__(self) -> None:
        self.names: list[str] = []
        self.guesses = array("f")  # how many of 100 articles have each, guessed by its look
        self.number = _Numbered(self)
        self._faces = {"": _Face(), "t": _Face(), "a": _Face()}
        self._readers: list[_Reader] = []

    def __len__(self) -> int:
        return len(self.names)

    def enter(self, name: str) -> int:
        number = len(self.names)
        self.guesses.append(frequency(name))
        scope, _, text = name.rpartition("/")
        self._faces[scope].add(text, number)
        self.names.append(name)  # last: by it readers see that there is something new
        return number

    def refresh(self) -> None:
        for face in self._faces.values():
            face.phrases.refresh()

    def of(self, view: View) -> Found:
        """The atoms that an article has, and where. Several threads may ask, each gets a reader of its own."""
        try:
            reader = self._readers.pop()
        except IndexError:
            reader = _Reader(self._faces, len(self.names))
        if reader.lexicon.is_full:
            reader = _Reader(self._faces, len(self.names))
        reader.keep_up(self.names)
        found = reader.read(view)
        self._readers.append(reader)
        return found


class _Reader:
    """Reads articles, and remembers what their words are. For one thread at a time."""

    def __init__(self, faces: dict[str, _Face], known: int) -> None:
        self._faces, self._known = faces, known
        self.lexicon = Lexicon()
        self._words = {scope: Rows(self.lexicon, face.words) for scope, face in faces.items()}
        self._patterns = {scope: Rows(self.lexicon, face.phrases.patterns) for scope, face in faces.items()}

    def keep_up(self, names: list[str]) -> None:
        """Learn what atoms there are by now."""
        if len(names) == self._known:
            return
        fresh = [name.rpartition("/") for name in names[self._known :]]
        self._known += len(fresh)
        for scope in self._faces:
            own = [text for where, _, text in fresh if where == scope]
            self._words[scope].added(text for text in own if " " not in text)
            parts = [word for text in own if " " in text for word in text.split(" ")]
            self._patterns[scope].added(word for word in parts if "*" in word or "?" in word)

    def read(self, view: View) -> Found:
        numbers = self.lexicon.read([stream.text for stream in view.streams])
        gaps = [*(numbers == GAP).nonzero()[0].tolist(), len(numbers)]
        begin = 0
        for stream, gap in zip(view.streams, gaps, strict=True):
            stream.read_as(numbers[begin:gap], self.lexicon.names)
            begin = gap + 1
        texts = [self._find("", numbers[: gaps[1]])]
        if gaps[0] and self._faces["t"]:
            texts.append(self._find("t", numbers[: gaps[0]]))
        if len(gaps) > 2 and self._faces["a"]:
            texts.append(self._find("a", numbers[gaps[1] + 1 :]))
        hits = [hit for text in texts for hit in text.hits]
        parts = [text.atoms for text in texts]
        if hits:
            parts.append(np.array([atom for atom, _, _ in hits], np.int32))
        return Found(np.concatenate(parts), texts, gaps[0])

    def _find(self, scope: str, numbers: Numbers) -> Text:
        phrases = self._faces[scope].phrases
        starts, sizes, atoms = self._words[scope].of(numbers)
        hits = phrases.find(numbers, self.lexicon, self._patterns[scope]) if phrases else []
        return Text(atoms.take(ranges(starts, sizes)), sizes, hits)


class Found(NamedTuple):
    """The atoms of an article, some of them several times, and in which of its texts they stand.

    The first of `texts` is the title, a gap of one word, and the body; the next may be the title alone. The
    title has `title` words.
    """

    atoms: Numbers
    texts: list[Text]
    title: int


class Text(NamedTuple):
    """What stands in a text: the atoms of its single words in order, how many each has, and the phrases."""

    atoms: Numbers
    sizes: Numbers
    hits: list[Hit]

    def where(self, needed: list[int], room: Flags) -> dict[int, list[int]]:
        """The places of those of `needed` that are single words, in order, counted in words.

        `room` is for each atom false, before and after.
        """
        room[needed] = True
        here = room.take(self.atoms).nonzero()[0]
        room[needed] = False
        places: dict[int, list[int]] = {}
        at = self.sizes.cumsum().searchsorted(here, "right")
        for atom, place in zip(self.atoms.take(here).tolist(), at.tolist(), strict=True):
            places.setdefault(atom, []).append(place)
        return places


class _Numbered(dict[str, int]):
    """From an atom to its number; one that is asked for the first time gets the next."""

    __slots__ = ("_atoms",)

    def __init__(self, atoms: Atoms) -> None:
        super().__init__()
        self._atoms = atoms

    def __missing__(self, name: str) -> int:
        number = self[name] = self._atoms.enter(name)
        return number


class _Face:
    """Words and phrases that are looked for in the same text."""

    def __init__(self) -> None:
        self.words = Vocabulary()
        self.phrases = Phrases()

    def __bool__(self) -> bool:
        return bool(self.words or self.phrases)

    def add(self, text: str, number: int) -> None:
        if " " in text:
            self.phrases.add(text.split(" "), number)
        else:
            self.words.add(text, number)
