"""Every phrase that any rule asks for, found in one pass over a text, however many there are."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from monitor.match.evaluation.vocabulary import Vocabulary
from monitor.match.index.lexicon import Hashes, Lexicon, Numbers
from monitor.match.index.rows import Rows

Hit = tuple[int, int, int]  # a phrase's atom, and the words [start, end) where it stands
_Keys = dict[str, list[str]]


class _Step:
    """Where one is in a phrase after some of its words. `atom` is the phrase that ends here, or -1."""

    __slots__ = ("atom", "following")

    def __init__(self) -> None:
        self.atom = -1
        self.following: dict[str, _Step] = _NONE


_NONE: dict[str, _Step] = {}  # most phrases have two words


class _Spelled:
    """The words of a text, each looked up when it is asked for."""

    __slots__ = ("_names", "_numbers")

    def __init__(self, numbers: list[int], names: list[str]) -> None:
        self._numbers, self._names = numbers, names

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, place: int) -> str:
        return self._names[self._numbers[place]]


class Phrases:
    """Phrases of two words or more, or of patterns of words, as a tree: from word to word to their atoms."""

    def __init__(self) -> None:
        self._starts: dict[str, dict[str, _Step]] = {}
        self._pairs = _Pairs(self._starts)
        self.patterns = Vocabulary()
        self._numbers: dict[str, int] = {}
        self._names: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._starts)

    def add(self, words: list[str], atom: int) -> None:
        """Lets the phrase `words` be `atom`. To take effect, `refresh`."""
        for word in words:
            if ("*" in word or "?" in word) and word not in self._numbers:
                self._numbers[word] = len(self._names)
                self._names.append(word)
                self.patterns.add(word, self._numbers[word])
        first, second, *rest = words
        seconds = self._starts.setdefault(first, {})
        if second not in seconds:
            seconds[second] = _Step()
            self._pairs.add(first, second)
        step = seconds[second]
        for word in rest:
            if step.following is _NONE:
                step.following = {}
            step = step.following.setdefault(word, _Step())
        step.atom = atom

    def refresh(self) -> None:
        self._pairs.refresh()

    def find(self, numbers: Numbers, lexicon: Lexicon, patterns: Rows) -> list[Hit]:
        """Where the phrases stand among these words, of which `patterns` says what patterns they satisfy.

        A gap parts texts.
        """
        found: list[Hit] = []
        likely = self._pairs.likely(lexicon.hashes.take(numbers))
        keys = self._keys(numbers, lexicon, patterns) if self._names else {}
        if likely or keys:
            words = _Spelled(numbers.tolist(), lexicon.names)
            for place in likely:
                step = self._starts.get(words[place], _NONE).get(words[place + 1])
                if step is not None:
                    self._walk(step, words, place, place + 2, keys, found)
            if keys:
                self._find_patterns(words, keys, found)
        return found

    def _keys(self, numbers: Numbers, lexicon: Lexicon, rows: Rows) -> _Keys:
        """For the words that satisfy patterns in phrases, these patterns."""
        starts, sizes, patterns = rows.of(numbers)
        names, spelled = self._names, lexicon.names
        return {
            spelled[numbers[place]]: [
                names[each] for each in patterns[starts[place] : starts[place] + sizes[place]].tolist()
            ]
            for place in sizes.nonzero()[0].tolist()
        }

    def _find_patterns(self, words: _Spelled, keys: _Keys, found: list[Hit]) -> None:
        """Adds those phrases of which the first or the second word is a pattern."""
        last = len(words) - 1
        for place in [place for place in range(len(words)) if words[place] in keys]:
            own = keys[words[place]]
            if place < last:
                following = words[place + 1]
                for key in own:
                    self._from(key, (following, *keys.get(following, ())), words, place, keys, found)
            if place:
                self._from(words[place - 1], own, words, place - 1, keys, found)

    def _from(
        self,
        first: str,
        seconds: Collection[str],
        words: _Spelled,
        place: int,
        keys: _Keys,
        found: list[Hit],
    ) -> None:
        following = self._starts.get(first, _NONE)
        for second in seconds:
            step = following.get(second)
            if step is not None:
                self._walk(step, words, place, place + 2, keys, found)

    def _walk(
        self, step: _Step, words: _Spelled, start: int, end: int, keys: _Keys, found: list[Hit]
    ) -> None:
        if step.atom >= 0:
            found.append((step.atom, start, end))
        if step.following is not _NONE and end < len(words):
            word = words[end]
            for key in (word, *keys.get(word, ())):
                further = step.following.get(key)
                if further is not None:
                    self._walk(further, words, start, end + 1, keys, found)


_Hashes = npt.NDArray[np.uint64]
_Table = tuple[np.uint64, npt.NDArray[np.bool_]]
_SPREAD = 32  # places in the table for a pair: few others fall on one that is taken


class _Pairs:
    """Which words may be the first two of a phrase: a table by their hashes, asked for a whole text at once.

    Most words of a text begin some phrase, and hardly any goes on with it.
    """

    def __init__(self, starts: dict[str, dict[str, _Step]]) -> None:
        self._starts = starts
        self._count = 0
        self._fresh: list[tuple[str, str]] = []
        self._table = np.uint64(64), np.zeros(1, bool)  # with how far hashes are shifted to be places in it

    def add(self, first: str, second: str) -> None:
        """To take effect, `refresh`."""
        self._fresh.append((first, second))

    def refresh(self) -> None:
        self._count += len(self._fresh)
        if 4 * len(self._table[1]) < self._count * _SPREAD:
            bits = (self._count * _SPREAD).bit_length()
            self._fill(
                (np.uint64(64 - bits), np.zeros(1 << bits, bool)),
                [(first, second) for first, seconds in self._starts.items() for second in seconds],
            )
        elif self._fresh:
            self._fill(self._table, self._fresh)
        self._fresh = []

    def _fill(self, table: _Table, pairs: list[tuple[str, str]]) -> None:
        firsts, seconds = zip(*pairs, strict=True)
        table[1][_places(_hashes(firsts), _hashes(seconds), table[0])] = True
        self._table = table

    def likely(self, hashes: Hashes) -> list[int]:
        """The places in a text of such words where the first two words of a phrase stand, and a few others."""
        shift, table = self._table
        found: list[int] = (
            table.take(_places(hashes[:-1].view(np.uint64), hashes[1:].view(np.uint64), shift))
            .nonzero()[0]
            .tolist()
        )
        return found


def _hashes(words: Collection[str]) -> _Hashes:
    return np.fromiter(map(hash, words), np.int64, len(words)).view(np.uint64)


def _places(firsts: _Hashes, seconds: _Hashes, shift: np.uint64) -> npt.NDArray[np.int64]:
    mixed = firsts * np.uint64(0x9E3779B97F4A7C15) ^ seconds
    return (mixed * np.uint64(0xD6E8FEB86659FD93) >> shift).view(np.int64)
