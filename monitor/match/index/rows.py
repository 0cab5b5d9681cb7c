"""What the words of a lexicon are to a vocabulary: for each word a row of atoms, worked out once."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from monitor.match.evaluation.vocabulary import Vocabulary, stem_of
from monitor.match.index.lexicon import GAP, Lexicon, Numbers

_UNKNOWN = -1  # for a size


class Rows:
    """Atoms by word. What is added takes effect with the next `refresh`, for whole texts.

    Several threads may ask at the same time, also while another adds. Nothing that was given out is changed:
    rows are only added, and what is no longer right is left out of a copy.
    """

    def __init__(self) -> None:
        self._vocabulary = Vocabulary()
        self._known = _Known(Lexicon(0), _Store(), *_unknown(0))
        self._words: list[str] = []  # added since words became known
        self._stems: list[str] = []
        self._is_stale = False
        self._lock = Lock()

    def __bool__(self) -> bool:
        return bool(self._vocabulary)

    def add(self, text: str, atom: int) -> None:
        """Lets `text` be `atom`, as Vocabulary.add."""
        with self._lock:
            self._vocabulary.add(text, atom)
            if not len(self._known.sizes):
                return
            stem, is_prefix = stem_of(text)
            if text[0] == "+" or "~" in text:
                self._is_stale = True
            elif is_prefix and stem:
                self._stems.append(stem)
            elif stem == text:
                self._words.append(text)
            else:
                self._is_stale = True

    def refresh(self) -> None:
        """Let what was added take effect: what is known of the words that it concerns is worked out anew."""
        with self._lock:
            if self._is_stale:
                self._known = self._known.forgotten()
            elif self._words or self._stems:
                self._known = self._known.without(self._words, self._stems)
            self._words, self._stems, self._is_stale = [], [], False

    def of(self, lexicon: Lexicon, numbers: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """Where the row of each word begins, its size, and all rows, one after another."""
        known = self._known
        if known.lexicon is not lexicon or len(known.sizes) < len(lexicon):
            known = self._made_for(lexicon)
        sizes = known.sizes.take(numbers)
        if len(sizes) and sizes.min() < 0:
            self._work_out(known, set(numbers[sizes < 0].tolist()))
            sizes = known.sizes.take(numbers)
        return known.starts.take(numbers), sizes, known.store.atoms

    def _made_for(self, lexicon: Lexicon) -> _Known:
        with self._lock:
            if self._known.lexicon is not lexicon:
                self._known = _Known(lexicon, _Store(), *_unknown(len(lexicon.hashes)))
            elif len(self._known.sizes) < len(lexicon):
                self._known = self._known.enlarged()
            return self._known

    def _work_out(self, known: _Known, numbers: Iterable[int]) -> None:
        with self._lock:
            for number in numbers:
                found = self._vocabulary.work_out(known.lexicon.names[number])
                known.starts[number] = known.store.append(found)
                known.sizes[number] = len(found)  # last: by it others see that the row is there


class _Store:
    """Rows, one after another."""

    __slots__ = ("atoms", "used", "wasted")

    def __init__(self) -> None:
        self.atoms: Numbers = np.zeros(1 << 8, np.int32)
        self.used = self.wasted = 0

    def append(self, found: list[int]) -> int:
        """Where the row begins."""
        start, self.used = self.used, self.used + len(found)
        while self.used > len(self.atoms):
            self.atoms = np.concatenate((self.atoms, np.zeros(len(self.atoms), np.int32)))
        self.atoms[start : self.used] = found
        return start


class _Known(NamedTuple):
    """The rows of the words of one lexicon, by number."""

    lexicon: Lexicon
    store: _Store
    starts: Numbers
    sizes: Numbers

    def enlarged(self) -> _Known:
        """With room for as many words as the lexicon has room for."""
        starts, sizes = _unknown(len(self.lexicon.hashes))
        starts[: len(self.starts)], sizes[: len(self.sizes)] = self.starts, self.sizes
        return self._replace(starts=starts, sizes=sizes)

    def forgotten(self) -> _Known:
        return _Known(self.lexicon, _Store(), *_unknown(len(self.sizes)))

    def without(self, words: list[str], stems: list[str]) -> _Known:
        """Without the rows of `words` and of all words that begin with one of `stems`."""
        concerned = self.lexicon.concerned(words, stems)
        concerned = concerned[concerned < len(self.sizes)]
        sizes = self.sizes.copy()
        self.store.wasted += int(sizes[concerned].clip(0).sum())
        if 2 * self.store.wasted > self.store.used:
            return self.forgotten()
        sizes[concerned] = _UNKNOWN
        sizes[GAP] = 0
        return self._replace(sizes=sizes, starts=self.starts.copy())


def _unknown(size: int) -> tuple[Numbers, Numbers]:
    starts, sizes = np.zeros(size, np.int32), np.full(size, _UNKNOWN, np.int32)
    sizes[GAP : GAP + 1] = 0
    return starts, sizes


def ranges(starts: npt.NDArray[np.integer], sizes: npt.NDArray[np.integer]) -> npt.NDArray[np.int64]:
    """The numbers from each start on, as many as its size, one after another."""
    ends = sizes.cumsum()
    if not len(ends):
        return ends
    found = np.arange(ends[-1])
    found += (starts - ends + sizes).repeat(sizes)
    return found
