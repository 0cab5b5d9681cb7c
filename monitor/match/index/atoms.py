"""The atoms of all plans (monitor.match.evaluation.plans), numbered, and which of them an article has."""

from __future__ import annotations

from array import array
from typing import NamedTuple

import numpy as np

from monitor.match.evaluation.plans import frequency
from monitor.match.evaluation.view import View
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
        self._lexicon = Lexicon()

    def __len__(self) -> int:
        return len(self.names)

    def enter(self, name: str) -> int:
        number = len(self.names)
        self.names.append(name)
        self.guesses.append(frequency(name))
        scope, _, text = name.rpartition("/")
        self._faces[scope].add(text, number)
        return number

    def refresh(self) -> None:
        for face in self._faces.values():
            face.refresh()

    def of(self, view: View) -> Found:
        """The atoms that an article has, and where."""
        lexicon = self._lexicon
        if lexicon.is_full:
            lexicon = self._lexicon = Lexicon()
        numbers = lexicon.read([stream.text for stream in view.streams])
        gaps = [*(numbers == GAP).nonzero()[0].tolist(), len(numbers)]
        begin = 0
        for stream, gap in zip(view.streams, gaps, strict=True):
            stream.read_as(numbers[begin:gap], lexicon.names)
            begin = gap + 1
        texts = [self._faces[""].find(numbers[: gaps[1]], lexicon)]
        if gaps[0] and self._faces["t"]:
            texts.append(self._faces["t"].find(numbers[: gaps[0]], lexicon))
        if len(gaps) > 2 and self._faces["a"]:
            texts.append(self._faces["a"].find(numbers[gaps[1] + 1 :], lexicon))
        hits = [hit for text in texts for hit in text.hits]
        parts = [text.atoms for text in texts]
        if hits:
            parts.append(np.array([atom for atom, _, _ in hits], np.int32))
        return Found(np.concatenate(parts), texts, gaps[0])


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
        self._words = Rows()
        self._phrases = Phrases()

    def __bool__(self) -> bool:
        return bool(self._words or self._phrases)

    def add(self, text: str, number: int) -> None:
        if " " in text:
            self._phrases.add(text.split(" "), number)
        else:
            self._words.add(text, number)

    def refresh(self) -> None:
        self._words.refresh()
        self._phrases.refresh()

    def find(self, numbers: Numbers, lexicon: Lexicon) -> Text:
        starts, sizes, atoms = self._words.of(lexicon, numbers)
        hits = self._phrases.find(numbers, lexicon) if self._phrases else []
        return Text(atoms.take(ranges(starts, sizes)), sizes, hits)
