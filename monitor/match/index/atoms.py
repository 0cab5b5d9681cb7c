"""The atoms of all plans (monitor.match.evaluation.plans), numbered, and which of them an article has."""

from __future__ import annotations

from array import array
from itertools import chain

import numpy as np
import numpy.typing as npt

from monitor.match.evaluation.plans import frequency
from monitor.match.evaluation.view import View
from monitor.match.evaluation.vocabulary import Vocabulary
from monitor.match.index.phrases import Hit, Phrases

Numbers = npt.NDArray[np.int32]


class Atoms:
    """Atoms by number, kept apart by where they are to stand: in the text, the title, authors' names.

    Numbers are given once and for all. `refresh` after asking for new ones.
    """

    def __init__(self) -> None:
        self.names: list[str] = []
        self.guesses = array("f")  # how many of 100 articles have each, guessed by its look
        self.number = _Numbered(self)
        self._faces = {"": _Face(), "t": _Face(), "a": _Face()}

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

    def of(self, view: View) -> tuple[Numbers, list[Hit]]:
        """The atoms that an article has, some perhaps twice, and where the phrases among them stand.

        Places count words over the title, a gap of one, and the body; in the title's own phrases, the title.
        """
        title, body, *authors = [stream.words for stream in view.streams]
        words, hits = self._faces[""].find([*title, "", *body], view.text_words)
        if title and self._faces["t"]:
            more, own = self._faces["t"].find(title, set(title))
            words += more
            hits += own
        if authors and self._faces["a"]:
            names = list(chain.from_iterable((*name, "") for name in authors))
            more, own = self._faces["a"].find(names, set(names))
            words += more
            hits += own
        return np.frombuffer(words + array("i", [atom for atom, _, _ in hits]).tobytes(), np.int32), hits


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
        self._words = Vocabulary()
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

    def find(self, words: list[str], distinct: set[str]) -> tuple[bytes, list[Hit]]:
        """The atoms of single words, packed, and the phrases."""
        hits = self._phrases.find(words, distinct) if self._phrases else []
        return b"".join(map(self._words.known.__getitem__, distinct)), hits
