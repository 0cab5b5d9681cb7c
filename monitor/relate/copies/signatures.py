"""What a text is recognised by: the smallest hashes of its shingles, and what fills its sentences.

A text is reduced to the smallest hashes of its shingles (runs of words): a bottom-k sketch, after Broder,
"On the resemblance and containment of documents" (1997). From two sketches follow, within a few percent,
how much of the two texts is shared, and how much of one stands in the other.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from monitor.relate.copies.fillings import FIGURES, FORMS, Figure, Filled, read
from monitor.relate.copies.shingles import shingles

SKETCH: Final = 190  # hashes kept: an error of at most 0.036 on a share, none for texts of up to 190 shingles
GLANCE: Final = 80  # hashes that a candidate is first judged on: an error of at most 0.06 on a share
KEYS: Final = 16  # of these, the smallest are what candidates are looked up by

_VERSION = 3
_OLD_VERSIONS = (1, 2)  # hashes that are no keys had 48 bits, then 32
CUT: Final = 25  # bits of a hash that tell nothing more about two texts
_HEAD = struct.Struct("<BIBB")
_LEADS = struct.Struct("<H")


@dataclass(frozen=True, slots=True)
class Signature:
    """What a text is recognised by.

    `shingles` is how many different ones it has, `keys` the smallest of their 48-bit hashes, `lowest` the
    upper 23 bits of these and of more of the smallest, ascending. `lead` are those of `lowest` that stand in
    the title and the first half of the body, where a report says what is new.
    `figures` and `filled` are the first of each.
    """

    shingles: int
    keys: tuple[int, ...]
    lowest: tuple[int, ...]
    lead: frozenset[int]
    figures: tuple[Figure, ...] = ()
    filled: tuple[Filled, ...] = ()

    def dump(self) -> bytes:
        """At most 1,023 bytes: keys of 48 bits, then numbers of 24, the last bit of a hash saying if it leads."""
        leads = [number in self.lead for number in self.lowest]
        numbers = [number << 1 | lead for number, lead in zip(self.lowest[KEYS:], leads[KEYS:], strict=True)]
        numbers += [part for figure in self.figures for part in figure]
        numbers += [part for sentence in self.filled for part in sentence]
        return b"".join(
            [
                _HEAD.pack(_VERSION, self.shingles, len(self.lowest), len(self.figures)),
                _LEADS.pack(sum(lead << place for place, lead in enumerate(leads[:KEYS]))),
                _packed(self.keys, 6),
                _packed(numbers, 3),
            ]
        )

    @staticmethod
    def load(data: bytes) -> Signature:
        """The signature that dump() wrote, now or in an earlier version. Raises ValueError for anything else."""
        if len(data) < _HEAD.size:
            raise ValueError("a signature is cut short")
        version, shingles, lowest, figures = _HEAD.unpack_from(data)
        if version in _OLD_VERSIONS:
            return _load_old(data)
        count = min(lowest, KEYS)
        start = _HEAD.size + _LEADS.size + 6 * count
        figured, filled = lowest - count, lowest - count + 3 * figures
        rest, left = divmod(len(data) - start, 3)
        if version != _VERSION or left or rest < filled or (rest - filled) % 2:
            raise ValueError(f"no signature of version {_VERSION}")
        (mask,) = _LEADS.unpack_from(data, _HEAD.size)
        keys = _unpacked(data[_HEAD.size + _LEADS.size : start], 6)
        numbers = _unpacked(data[start:], 3)
        hashes = [key >> CUT for key in keys]
        lead = [number for place, number in enumerate(hashes) if mask >> place & 1]
        return Signature(
            shingles,
            tuple(keys),
            (*hashes, *[number >> 1 for number in numbers[:figured]]),
            frozenset(lead + [number >> 1 for number in numbers[:figured] if number & 1]),
            tuple(map(Figure._make, _by(3, numbers[figured:filled]))),
            tuple(map(Filled._make, _by(2, numbers[filled:]))),
        )


def may_hold(data: bytes, share: float, lowest: Sequence[int], of: frozenset[int]) -> bool:
    """Whether the text of a dumped signature may hold that share of the shingles `lowest` (as a set: `of`).

    Judged on its smallest, in a fifth of load()'s time; True for what cannot be told at a glance, whatever it is.
    """
    if len(data) < _HEAD.size or data[0] != _VERSION:
        return True
    _, shingles, count, _ = _HEAD.unpack_from(data)
    start, read = _HEAD.size + _LEADS.size, min(count, GLANCE)
    if count < KEYS or len(data) < start + 6 * KEYS + 3 * (read - KEYS):
        return True
    raw = np.frombuffer(data, np.uint8, 6 * KEYS + 3 * (read - KEYS), start)
    threes = np.zeros((read, 4), np.uint8)
    threes[:KEYS, :3] = raw[: 6 * KEYS].reshape(-1, 6)[:, 3:]
    threes[KEYS:, :3] = raw[6 * KEYS :].reshape(-1, 3)
    theirs = (threes.view("<u4").ravel() >> 1).tolist()
    judged = bisect_right(lowest, theirs[-1]) if shingles > read else len(lowest)
    return len(of.intersection(theirs)) >= share * judged


def signature(title: str, body: str, language: str | None = None) -> Signature:
    """The signature of a text; the same whatever its white space, in every process and on every machine."""
    head = read(" ".join(title.split()), language, named=False)
    text = read(" ".join(body.split()), language)
    over, under = shingles(head.words), shingles(text.words)
    hashes = np.sort(np.concatenate([over, under]))
    hashes = hashes[np.diff(hashes, prepend=hashes[:1] + np.uint64(1)) != 0]
    lowest = (hashes[:SKETCH] >> np.uint64(CUT)).tolist()
    first = np.concatenate([over, under[: (len(under) + 1) // 2]])
    return Signature(
        shingles=len(hashes),
        keys=tuple(hashes[:KEYS].tolist()),
        lowest=tuple(lowest),
        lead=frozenset(lowest).intersection((first >> np.uint64(CUT)).tolist()),
        figures=tuple(sorted({*(head.figures + text.figures)[:FIGURES]})),
        filled=tuple(sorted({*(head.sentences + text.sentences)[:FORMS]})),
    )


def _load_old(data: bytes) -> Signature:
    """Of a version that did not know which hashes lead, and counted other figures."""
    version, shingles, lowest, figures = _HEAD.unpack_from(data)
    whole = lowest if version == 1 else min(lowest, KEYS)
    middle = _HEAD.size + 6 * whole
    end = middle + 4 * (lowest - whole)
    if len(data) != end + 9 * figures:
        raise ValueError(f"no signature of version {version}")
    keys = _unpacked(data[_HEAD.size : middle], 6)
    more = struct.unpack_from(f"<{lowest - whole}I", data, middle)
    hashes = (*[key >> CUT for key in keys], *[number >> (CUT - 16) for number in more])
    return Signature(shingles, tuple(keys[:KEYS]), hashes, frozenset(hashes))


def _packed(numbers: Sequence[int], size: int) -> bytes:
    return np.array(numbers, "<u8").view(np.uint8).reshape(-1, 8)[:, :size].tobytes()


def _unpacked(data: bytes, size: int) -> list[int]:
    found = np.zeros((len(data) // size, 8), np.uint8)
    found[:, :size] = np.frombuffer(data, np.uint8).reshape(-1, size)
    numbers: list[int] = found.view("<u8").ravel().tolist()
    return numbers


def _by(size: int, numbers: list[int]) -> Iterator[tuple[int, ...]]:
    return zip(*[iter(numbers)] * size, strict=True)
