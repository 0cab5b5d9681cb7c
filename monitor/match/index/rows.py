"""What the words of a lexicon are to a vocabulary: for each word a row of atoms, worked out once."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from monitor.match.evaluation.vocabulary import Vocabulary, stem_of
from monitor.match.index.lexicon import GAP, Lexicon, Numbers

_UNKNOWN = -1  # for a size


class Rows:
    """The atoms of the words of one lexicon, worked out when they are first asked for. For one thread at a time."""

    def __init__(self, lexicon: Lexicon, vocabulary: Vocabulary) -> None:
        self._lexicon, self._vocabulary = lexicon, vocabulary
        self._forget()

    def _forget(self) -> None:
        self._starts, self._sizes = np.zeros(1, np.int32), np.zeros(1, np.int32)  # of the gap
        self._atoms: Numbers = np.zeros(1 << 8, np.int32)
        self._used = self._wasted = 0

    def of(self, numbers: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """Where the row of each word begins, its size, and all rows, one after another."""
        more = len(self._lexicon.hashes) - len(self._sizes)
        if more:
            self._starts = np.concatenate((self._starts, np.zeros(more, np.int32)))
            self._sizes = np.concatenate((self._sizes, np.full(more, _UNKNOWN, np.int32)))
        sizes = self._sizes.take(numbers)
        if len(sizes) and sizes.min() < 0:
            for number in set(numbers[sizes < 0].tolist()):
                self._work_out(number)
            sizes = self._sizes.take(numbers)
        return self._starts.take(numbers), sizes, self._atoms

    def _work_out(self, number: int) -> None:
        found = self._vocabulary.work_out(self._lexicon.names[number])
        start, self._used = self._used, self._used + len(found)
        while self._used > len(self._atoms):
            self._atoms = np.concatenate((self._atoms, np.zeros_like(self._atoms)))
        self._atoms[start : self._used] = found
        self._starts[number], self._sizes[number] = start, len(found)

    def added(self, texts: Iterable[str]) -> None:
        """What was added to the vocabulary since: what is known of words that it may concern is worked out anew."""
        words, stems = [], []
        for text in texts:
            stem, is_prefix = stem_of(text)
            if text[0] == "+" or "~" in text or not stem:
                return self._forget()
            if stem == text:
                words.append(text)
            elif is_prefix:
                stems.append(stem)
            else:
                return self._forget()
        concerned = self._lexicon.concerned(words, stems)
        concerned = concerned[(concerned != GAP) & (concerned < len(self._sizes))]
        self._wasted += int(self._sizes[concerned].clip(0).sum())
        if 2 * self._wasted > self._used:
            return self._forget()
        self._sizes[concerned] = _UNKNOWN
        return None


def ranges(starts: npt.NDArray[np.integer], sizes: npt.NDArray[np.integer]) -> npt.NDArray[np.int64]:
    """The numbers from each start on, as many as its size, one after another."""
    ends = sizes.cumsum()
    if not len(ends):
        return ends
    found = np.arange(ends[-1])
    found += (starts - ends + sizes).repeat(sizes)
    return found
