"""The words of articles by number: read from a text with no dictionary asked for each, and remembered."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from monitor.text import plainer, words

Numbers = npt.NDArray[np.int32]
Hashes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
_Table = tuple[Hashes, Numbers, np.uint64]

GAP = 0  # the number of what parts texts: no word
_MEMORY = 130_000  # pieces and words remembered; news has about as many different ones in a fortnight
_LONGEST = 80  # characters; longer pieces are not remembered, they are most likely no words
_SPARE = 8  # places in the table for a piece; hardly any finds its place taken


# ASCII that no word holds becomes space. A quotation mark stands within Hebrew abbreviations.
_PARTING = bytes(
    code if code > 127 or chr(code).isalnum() or chr(code) in "_.:,;'\"" else 32 for code in range(256)
)
_PARTING_ASCII = _PARTING.replace(b'"', b" ")


def pieces(text: str) -> list[str]:
    """`text` cut up, fast, where no word can reach across; most pieces are one word, some several or none.

    `[word for piece in pieces(text) for word in words(piece)]` are `words(text)`. The same words come in few
    different pieces, so that what was worked out for a piece is worth remembering.
    """
    if text.isascii():
        return text.encode().lower().translate(_PARTING_ASCII).decode().split()
    raw = plainer(text).encode("utf-8", "surrogatepass").lower()
    return raw.translate(_PARTING).decode("utf-8", "surrogatepass").split()


class Lexicon:
    """Words, numbered as they are met. One that `is_full` is to be replaced by a new one.

    For one thread at a time.

    What a piece of a text is, is looked up by its hash alone, for a whole text at once. Two pieces would have
    to share 64 bits of a keyed hash to be taken for one another.
    """

    def __init__(self, most: int = _MEMORY) -> None:
        self._room = most
        self.names = [""]
        self.hashes: Hashes = np.zeros(1 << 10, np.int64)  # of the names
        self._heads: Numbers = np.zeros(1 << 10, np.int32)  # the first two characters of each
        self._numbers = {"": GAP}  # of pieces
        self._several: list[list[int]] = []  # the words of pieces that are not one; their number is below 0
        self._words: dict[str, int] = {}  # of words that are no piece by themselves
        self._table = _filed(1 << 10, {})

    def __len__(self) -> int:
        return len(self.names)

    @property
    def is_full(self) -> bool:
        return self._room <= 0

    def read(self, texts: Sequence[str]) -> Numbers:
        """The words of `texts` in order, as words() finds them, numbered; with a gap between two texts."""
        cut = pieces(texts[0])
        for text in texts[1:]:
            cut.append("")
            cut += pieces(text)
        hashes = np.fromiter(map(hash, cut), np.int64, len(cut))
        keys, values, shift = self._table
        at = (hashes.view(np.uint64) >> shift).view(np.int64)
        numbers = values.take(at)
        missed = (keys.take(at) != hashes).nonzero()[0]
        long: list[list[int]] = []
        for place in missed.tolist():
            piece = cut[place]
            known = self._numbers.get(piece)
            if known is not None:
                numbers[place] = known
            elif len(piece) <= _LONGEST:
                numbers[place] = self._learn(piece)
            else:
                long.append([self._word(word) for word in words(piece)])
                numbers[place] = _FIRST_LONG - len(long)
        return self._spread(numbers, long) if len(numbers) and numbers.min() < 0 else numbers

    def concerned(self, words: Sequence[str], stems: Sequence[str]) -> Numbers:
        """The numbers of `words` and of all words that begin with one of `stems`, and perhaps a few others."""
        heads = self._heads
        some = np.isin(self.hashes, [hash(word) for word in words])
        some |= np.isin(heads, [_head(stem) for stem in stems if len(stem) > 1])
        some |= np.isin(heads >> 16, [_head(stem) >> 16 for stem in stems if len(stem) == 1])
        return some.nonzero()[0].astype(np.int32)

    def _spread(self, numbers: Numbers, long: list[list[int]]) -> Numbers:
        """`numbers` with the words of pieces that are several or none in their place."""
        found: list[int] = []
        for number in numbers.tolist():
            if number >= 0:
                found.append(number)
            else:
                found += (
                    self._several[-1 - number] if number >= _FIRST_LONG else long[_FIRST_LONG - 1 - number]
                )
        return np.array(found, np.int32)

    def _learn(self, piece: str) -> int:
        """The number of a piece that was not met before."""
        bare = piece.strip(".,:;'")
        found = [bare] if bare.isascii() and bare.isalnum() else words(piece)
        if len(found) == 1:
            number = self._new(piece) if found[0] == piece else self._word(found[0])
        else:
            self._several.append([self._word(word) for word in found])
            self._room -= 1 + len(found) // 8
            number = -len(self._several)
        self._numbers[piece] = number
        self._file(piece, number)
        return number

    def _word(self, word: str) -> int:
        number = self._numbers.get(word, -1)
        if number < 0:
            number = self._words.get(word, -1)
        if number < 0:
            number = self._words[word] = self._new(word)
        return number

    def _new(self, word: str) -> int:
        number = len(self.names)
        if number >= len(self.hashes):
            self.hashes = np.concatenate((self.hashes, np.zeros_like(self.hashes)))
            self._heads = np.concatenate((self._heads, np.zeros_like(self._heads)))
        self.hashes[number], self._heads[number] = hash(word), _head(word)
        self.names.append(word)
        self._room -= 1 + len(word) // _LONGEST
        return number

    def _file(self, piece: str, number: int) -> None:
        """Put a piece into the table, where its place is free; else it is left to the dictionary."""
        keys, values, shift = self._table
        if _SPARE * len(self._numbers) > len(keys):
            self._table = _filed(4 * len(keys), self._numbers)
            return
        key = hash(piece)
        place = (key & 0xFFFF_FFFF_FFFF_FFFF) >> int(shift)
        if not keys[place]:
            keys[place], values[place] = key, number


_FIRST_LONG = -(1 << 30)


def _head(word: str) -> int:
    """The first two characters, cut short to fit."""
    return (ord(word[0]) & 0x7FFF) << 16 | (ord(word[1]) & 0xFFFF if len(word) > 1 else 0)


def _filed(size: int, known: dict[str, int]) -> _Table:
    """Places for hashes and numbers, with how far a hash is shifted to be a place; of two the first has it."""
    shift = np.uint64(65 - size.bit_length())
    hashes = np.fromiter(map(hash, known), np.int64, len(known))
    places, first = np.unique(hashes.view(np.uint64) >> shift, return_index=True)
    keys, values = np.zeros(size, np.int64), np.zeros(size, np.int32)
    keys[places] = hashes[first]
    values[places] = np.fromiter(known.values(), np.int32, len(known))[first]
    return keys, values, shift
