"""Shingles: the runs of words of a text, as numbers.

The constants are fixed, so that signatures of years ago compare with today's.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

_WORDS = 3  # a shingle of words
_CHARACTERS = 5  # a shingle of Chinese or Japanese characters: about as much text
_WESTERN = "\u2e7f"  # ideographs and kana come after
_Hashes = NDArray[np.uint64]


def _mix(numbers: _Hashes) -> _Hashes:
    """The finaliser of splitmix64 (Steele, Lea, Flood 2014): every input bit reaches every output bit."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def shingles(text: list[str]) -> _Hashes:
    """48-bit hashes of all runs of three words, or of five characters where most words are single ones."""
    size = _CHARACTERS if by_character(text) else _WORDS
    if not text:
        return np.empty(0, np.uint64)
    if len(text) < size:
        text = text + [""] * (size - len(text))
    crc = zlib.crc32
    tokens = _mix(np.array([crc(word.encode()) for word in text], np.uint64) + np.uint64(0x9E3779B97F4A7C15))
    count = len(text) - size + 1
    runs = tokens[:count]
    for offset in range(1, size):
        runs = _mix(runs * np.uint64(3) + tokens[offset : offset + count])
    return runs >> np.uint64(16)


def by_character(text: Collection[str]) -> bool:
    """Whether most words are single ideographs or kana."""
    if (
        max(text, default="") <= _WESTERN
    ):  # at once for most texts: this is asked for every figure's neighbours
        return False
    return sum([len(word) == 1 and word > _WESTERN for word in text]) * 2 > len(text)
