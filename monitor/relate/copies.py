"""Near copies: the same text at another address, shortened, re-headlined, or with another first line.

A text is reduced to the smallest hashes of its shingles (runs of words): a bottom-k sketch, after Broder,
"On the resemblance and containment of documents" (1997). From two sketches follow, within a few percent,
how much of the two texts is shared, and how much of one stands in the other. Beside them a signature keeps
its figures with the words around them, so that a correction is told from a copy.
"""

from __future__ import annotations

import struct
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from monitor.relate.figures import exact
from monitor.relate.numerals import Numeral, numerals
from monitor.text import words

SKETCH: Final = 120  # hashes kept: an error of at most 0.05 on a share, in 720 bytes
KEYS: Final = 16  # of these, the smallest are what candidates are looked up by
FIGURES: Final = 32  # figures kept, the first ones, in 9 bytes each

COPY: Final = 0.5
"""The share of an article's shingles found in an earlier one from which it is a copy of it.

Shortening leaves it near 1; a new headline, first line and credit on a text of 150 words at 0.8; 40 % of
the sentences rewritten at 0.6. An update that is new for the most part stays below.
"""
COPY_SHORT: Final = 0.8
"""The same for a headline. Headlines of one week share half their words and tell different news ("S. Korean
IOC member tests positive on arrival in Japan" after "Serbian team member ..."); a copy adds or drops a tag.
"""
_SHORT, _LONG = 20, 60  # shingles; between the two, the share asked for falls from the one to the other
FEWEST: Final = 4  # shingles (six words): what is shorter is alike by chance
SAMPLE: Final = 4  # shared hashes must be judged on at least this many

_WORDS = 3  # a shingle of words
_CHARACTERS = 5  # a shingle of Chinese or Japanese characters: about as much text
_VERSION = 1
_HEAD = struct.Struct("<BIBB")
_Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Signature:
    """What a text is recognised by.

    `shingles` is how many different ones it has, `lowest` their smallest hashes (48 bits, ascending).
    `figures` are triples of 24-bit hashes: the words in front of a figure, those behind it, its value.
    """

    shingles: int
    lowest: tuple[int, ...]
    figures: tuple[tuple[int, int, int], ...] = ()

    def dump(self) -> bytes:
        """At most 1,015 bytes."""
        head = _HEAD.pack(_VERSION, self.shingles, len(self.lowest), len(self.figures))
        return head + b"".join(
            [
                *(number.to_bytes(6, "little") for number in self.lowest),
                *(part.to_bytes(3, "little") for figure in self.figures for part in figure),
            ]
        )

    @staticmethod
    def load(data: bytes) -> Signature:
        """The signature that dump() wrote. Raises ValueError for anything else."""
        if len(data) < _HEAD.size:
            raise ValueError("a signature is cut short")
        version, shingles, lowest, numbers = _HEAD.unpack_from(data)
        middle = _HEAD.size + 6 * lowest
        if version != _VERSION or len(data) != middle + 9 * numbers:
            raise ValueError(f"no signature of version {_VERSION}")
        parts = [int.from_bytes(data[i : i + 3], "little") for i in range(middle, len(data), 3)]
        return Signature(
            shingles,
            tuple(int.from_bytes(data[i : i + 6], "little") for i in range(_HEAD.size, middle, 6)),
            tuple(zip(parts[::3], parts[1::3], parts[2::3], strict=True)),
        )


@dataclass(frozen=True, slots=True)
class Candidate:
    """An earlier article that shares a band key with the one at hand. `story` is 0 where it has none."""

    article: int
    story: int
    signature: Signature


def signature(title: str, body: str, language: str | None = None) -> Signature:
    """The signature of a text; the same whatever its white space, in every process and on every machine."""
    title, body = " ".join(title.split()), " ".join(body.split())
    hashes = np.unique(np.concatenate([_shingles(words(title)), _shingles(words(body))]))
    counted = [
        (text, number)
        for text in (title, body)
        for number in numerals(text, language)
        if not (number.year or number.named)
    ]
    return Signature(
        shingles=len(hashes),
        lowest=tuple(int(number) for number in hashes[:SKETCH]),
        figures=tuple(sorted({_placed(text, figure) for text, figure in counted[:FIGURES]})),
    )


def band_keys(signature: Signature) -> tuple[int, ...]:
    """At most 16 keys, each a positive 64-bit integer, under which a text is filed and looked for.

    Two texts that share a third of their shingles have no key in common once in 650 pairs; two that share
    nothing have one by chance once in millions of pairs.
    """
    return signature.lowest[:KEYS]


def resemblance(a: Signature, b: Signature) -> float:
    """The share of the two texts' shingles that both have, 0 to 1; symmetric. Empty texts share nothing."""
    ours, theirs = _comparable(a, b)
    union = len(ours | theirs)
    return len(ours & theirs) / union if union else 0.0


def containment(part: Signature, whole: Signature) -> float:
    """The share of `part`'s shingles that stand in `whole`, 0 to 1; 0 where too little is known to say."""
    ours, theirs = _comparable(part, whole)
    if part.shingles < FEWEST or len(ours) < SAMPLE:
        return 0.0
    return len(ours & theirs) / len(ours)


def copied(now: Signature, before: Signature) -> float:
    """The share of `now` that stands in `before` if that makes it a copy but for its figures, else 0."""
    share = containment(now, before)
    shortness = min(max((_LONG - now.shingles) / (_LONG - _SHORT), 0.0), 1.0)
    return share if share >= COPY + (COPY_SHORT - COPY) * shortness else 0.0


def figure_changed(before: Signature, now: Signature) -> bool:
    """Whether the same words stand around another figure: a correction or an update, not a copy.

    Words that introduce several figures count only if each text has a value the other lacks, so that a
    shortened copy, which lost some, is still one.
    """
    return any(_differ(_by_context(before.figures, side), _by_context(now.figures, side)) for side in (0, 1))


def _comparable(a: Signature, b: Signature) -> tuple[set[int], set[int]]:
    """The hashes of both below the point up to which both sketches are complete."""
    limit = min(
        (s.lowest[-1] for s in (a, b) if s.shingles > len(s.lowest) and s.lowest),
        default=1 << 48,
    )
    return {n for n in a.lowest if n <= limit}, {n for n in b.lowest if n <= limit}


def _by_context(placed: Collection[tuple[int, int, int]], side: int) -> dict[int, set[int]]:
    values: dict[int, set[int]] = defaultdict(set)
    for figure in placed:
        if figure[side]:
            values[figure[side]].add(figure[2])
    return values


def _differ(before: dict[int, set[int]], now: dict[int, set[int]]) -> bool:
    return any(now[c] - before[c] and before[c] - now[c] for c in before.keys() & now.keys())


def _placed(text: str, figure: Numeral) -> tuple[int, int, int]:
    """Hashes of the two words (four characters) before a figure, those behind, and its value."""
    before = words(text[max(figure.start - 60, 0) : figure.start])[-4:]
    behind = words(text[figure.end : figure.end + 60])[:4]
    before = before if _by_character(before) else before[-2:]
    behind = behind if _by_character(behind) else behind[:2]
    return _context(before), _context(behind), _hash24(exact(figure.value))


def _context(near: list[str]) -> int:
    """0 where too little is there to say that two places are the same. Other digits are masked."""
    if len(near) < 2 or sum(map(len, near)) < 4:
        return 0
    return _hash24(" ".join("#" if any(c.isdigit() for c in word) else word for word in near)) or 1


def _hash24(text: str) -> int:
    return zlib.crc32(text.encode()) & 0xFFFFFF


# --- hashing: fixed constants, so that signatures of years ago compare with today's --------------------


def _mix(numbers: _Hashes) -> _Hashes:
    """The finaliser of splitmix64 (Steele, Lea, Flood 2014): every input bit reaches every output bit."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def _shingles(text: list[str]) -> _Hashes:
    """48-bit hashes of all runs of three words, or of five characters where most words are single ones."""
    size = _CHARACTERS if _by_character(text) else _WORDS
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


def _by_character(text: Iterable[str]) -> bool:
    """Whether most words are single ideographs or kana."""
    lengths = [len(word) == 1 and word > "\u2e7f" for word in text]
    return sum(lengths) * 2 > len(lengths)
