"""Near copies: the same text at another address, shortened, re-headlined, or with another first line.

A text is reduced to the smallest hashes of its shingles (runs of words): a bottom-k sketch, after Broder,
"On the resemblance and containment of documents" (1997). From two sketches follow, within a few percent,
how much of the two texts is shared, and how much of one stands in the other. Beside them a signature keeps
its figures with the words around them, so that a correction is told from a copy.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import numpy as np

from monitor.relate.figures import exact
from monitor.relate.numerals import Numeral, numerals
from monitor.relate.shingles import by_character, shingles
from monitor.text import words

SKETCH: Final = 174  # hashes kept: an error of at most 0.04 on a share, in 728 bytes
KEYS: Final = 16  # of these, the smallest are what candidates are looked up by
FIGURES: Final = 32  # figures kept, the first ones, in 9 bytes each

COPY: Final = 0.5
"""The share of an article's shingles found in an earlier one from which it is a copy of it.

Shortening leaves it near 1; a new headline, first line and credit on a text of 150 words at 0.8; 40 % of
the sentences rewritten at 0.6. An update that is new for the most part stays below.
"""
MARGIN: Final = 0.5
"""What is asked for beyond COPY, over the root of the hashes judged on: one standard error of a half.

A short text in a long one is judged on few hashes, and what an outlet prints under everything is half of
many a short text: without the margin, chance makes such pairs copies.
"""
COPY_SHORT: Final = 0.8
"""The share for a headline. Headlines of one week share half their words and tell different news ("S. Korean
IOC member tests positive on arrival in Japan" after "Serbian team member ..."); a copy adds or drops a tag.
"""
_SHORT, _LONG = 20, 60  # shingles; between the two, the share asked for falls from the one to the other
FEWEST: Final = 4  # shingles (six words): what is shorter is alike by chance
SAMPLE: Final = 4  # shared hashes must be judged on at least this many
EACH: Final = 32  # articles looked at of each key, the latest: some shingles stand in every tenth article
MOST: Final = 16  # candidates compared, those that share most keys
COMMON: Final = 3  # other stories in which a shingle stands make it a commonplace, which tells no copy

_HANGUL = "\uac00"
_VERSION = 2
_OLD_VERSION = 1  # had 120 hashes, all of 48 bits
_HEAD = struct.Struct("<BIBB")
_48_BITS = struct.Struct("<IH")
_FIGURE = struct.Struct("<HBHBHB")  # three times 24 bits


@dataclass(frozen=True, slots=True)
class Signature:
    """What a text is recognised by.

    `shingles` is how many different ones it has, `keys` the smallest of their 48-bit hashes, `lowest` the
    upper 32 bits of these and of more of the smallest, ascending.
    `figures` are triples of 24-bit hashes: the words in front of a figure, those behind it, its value.
    """

    shingles: int
    keys: tuple[int, ...]
    lowest: tuple[int, ...]
    figures: tuple[tuple[int, int, int], ...] = ()

    def dump(self) -> bytes:
        """At most 1,023 bytes."""
        more = self.lowest[len(self.keys) :]
        head = _HEAD.pack(_VERSION, self.shingles, len(self.lowest), len(self.figures))
        return head + b"".join(
            [
                *(key.to_bytes(6, "little") for key in self.keys),
                struct.pack(f"<{len(more)}I", *more),
                *(part.to_bytes(3, "little") for figure in self.figures for part in figure),
            ]
        )

    @staticmethod
    def load(data: bytes) -> Signature:
        """The signature that dump() wrote, now or in an earlier version. Raises ValueError for anything else."""
        if len(data) < _HEAD.size:
            raise ValueError("a signature is cut short")
        version, shingles, lowest, numbers = _HEAD.unpack_from(data)
        whole = lowest if version == _OLD_VERSION else min(lowest, KEYS)
        middle = _HEAD.size + 6 * whole
        end = middle + 4 * (lowest - whole)
        if version not in (_VERSION, _OLD_VERSION) or len(data) != end + 9 * numbers:
            raise ValueError(f"no signature of version {_VERSION}")
        hashes = [low | high << 32 for low, high in _48_BITS.iter_unpack(data[_HEAD.size : middle])]
        more = struct.unpack_from(f"<{lowest - whole}I", data, middle)
        figures = _FIGURE.iter_unpack(data[end:])
        return Signature(
            shingles,
            tuple(hashes[:KEYS]),
            (*[number >> 16 for number in hashes], *more),
            tuple([(a | b << 16, c | d << 16, e | f << 16) for a, b, c, d, e, f in figures]),
        )


@dataclass(frozen=True, slots=True)
class Candidate:
    """An earlier article that shares a band key with the one at hand. `story` is 0 where it has none.

    `article` is what a copy of it is to be folded under: itself, or the one that it is a copy of.
    """

    article: int
    story: int
    signature: Signature


@dataclass(frozen=True, slots=True)
class Likeness:
    """What an article repeats: `share` of its text stands in `candidate`'s; `corrects` where a figure differs."""

    candidate: Candidate
    share: float
    corrects: bool


def candidates(rows: Iterable[tuple[int, int | None, bytes]]) -> list[Candidate]:
    """Stored signatures (article, story, dump) as candidates; those that cannot be read are left out.

    A version that is not known here was written by a newer monitor: the text is then not recognised.
    """
    found = []
    for article, story, data in rows:
        with suppress(ValueError):
            found.append(Candidate(article, story or 0, Signature.load(data)))
    return found


def repeated(now: Signature, candidates: Sequence[Candidate]) -> Likeness | None:
    """Which of the candidates `now` is a copy of, the earliest, or else a correction of, the nearest; or None.

    Where the text nearest to it has another figure, it corrects that one, even if it is also like a copy from
    which that figure was cut. A candidate without a story was never told, and is passed by.
    """
    known = [candidate for candidate in candidates if candidate.story]
    common = _common(now, known)
    near = [(_copied(now, c.signature, common[c.story]), c) for c in known]
    near = [(share, candidate) for share, candidate in near if share]
    same = [pair for pair in near if not figure_changed(pair[1].signature, now)]
    nearest = max(near, key=lambda pair: (pair[0], -pair[1].article), default=None)
    if nearest is None:
        return None
    if same and max(share for share, _ in same) >= nearest[0]:
        share, original = min(same, key=lambda pair: (pair[1].article, -pair[0]))
        return Likeness(original, share, corrects=False)
    return Likeness(nearest[1], nearest[0], corrects=True)


def signature(title: str, body: str, language: str | None = None) -> Signature:
    """The signature of a text; the same whatever its white space, in every process and on every machine."""
    title, body = " ".join(title.split()), " ".join(body.split())
    hashes = np.sort(np.concatenate([shingles(words(title)), shingles(words(body))]))
    hashes = hashes[np.diff(hashes, prepend=hashes[:1] + np.uint64(1)) != 0]
    counted = [
        (text, number)
        for text in (title, body)
        for number in numerals(text, language)
        if not (number.year or number.named)
    ]
    return Signature(
        shingles=len(hashes),
        keys=tuple(hashes[:KEYS].tolist()),
        lowest=tuple((hashes[:SKETCH] >> np.uint64(16)).tolist()),
        figures=tuple(sorted({_placed(text, figure) for text, figure in counted[:FIGURES]})),
    )


def shared_keys(keys: Sequence[int]) -> int:
    """How many of its band keys an article that `keys` are looked up for must share: the candidates' least.

    A copy of which 60 % stands in the original shares one or none in 3 lookups of 1,000, and a set phrase
    gives most texts one in common with many others.
    """
    return 2 if len(keys) >= KEYS else 1


def band_keys(signature: Signature) -> tuple[int, ...]:
    """At most 16 keys, each a positive 64-bit integer, under which a text is filed and looked for.

    Two texts that share a third of their shingles have no key in common once in 650 pairs; two that share
    nothing have one by chance once in millions of pairs.
    """
    return signature.keys


def resemblance(a: Signature, b: Signature) -> float:
    """The share of the two texts' shingles that both have, 0 to 1; symmetric. Empty texts share nothing."""
    ours, theirs = _comparable(a, b)
    union = len(ours | theirs)
    return len(ours & theirs) / union if union else 0.0


def containment(part: Signature, whole: Signature) -> float:
    """The share of `part`'s shingles that stand in `whole`, 0 to 1; 0 where too little is known to say."""
    return _contained(part, whole, frozenset())[0]


def copied(now: Signature, before: Signature) -> float:
    """The share of `now` that stands in `before` if that makes it a copy but for its figures, else 0."""
    return _copied(now, before, frozenset())


def figure_changed(before: Signature, now: Signature) -> bool:
    """Whether the same words stand around another figure: a correction or an update, not a copy.

    Words that introduce several figures count only if each text has a value the other lacks, so that a
    shortened copy, which lost some, is still one.
    """
    return any(_differ(_by_context(before.figures, side), _by_context(now.figures, side)) for side in (0, 1))


def _copied(now: Signature, before: Signature, commonplace: AbstractSet[int]) -> float:
    share, judged = _contained(now, before, commonplace)
    if not share:
        return 0.0
    shortness = min(max((_LONG - now.shingles) / (_LONG - _SHORT), 0.0), 1.0)
    asked = max(COPY + (COPY_SHORT - COPY) * shortness, COPY + MARGIN / math.sqrt(judged))
    return share if share >= asked else 0.0


def _contained(part: Signature, whole: Signature, apart_from: AbstractSet[int]) -> tuple[float, int]:
    """The share of `part` in `whole`, some shingles apart, and on how many hashes it is judged."""
    ours, theirs = _comparable(part, whole)
    ours -= apart_from
    if part.shingles < FEWEST or len(ours) < SAMPLE:
        return 0.0, 0
    return len(ours & theirs) / len(ours), len(ours)


def _common(now: Signature, known: Sequence[Candidate]) -> dict[int, AbstractSet[int]]:
    """Of each story, the hashes of `now` that stand in several others too: an outlet's standing lines."""
    ours = frozenset(now.lowest)
    told: defaultdict[int, set[int]] = defaultdict(set)
    for candidate in known:
        told[candidate.story] |= ours.intersection(candidate.signature.lowest)
    stories = Counter(number for hashes in told.values() for number in hashes) if len(told) > COMMON else {}
    often = [(number, count) for number, count in stories.items() if count >= COMMON]
    return {
        story: {number for number, count in often if count - (number in hashes) >= COMMON}
        for story, hashes in told.items()
    }


def _comparable(a: Signature, b: Signature) -> tuple[set[int], set[int]]:
    """The hashes of both below the point up to which both sketches are complete."""
    limit = min(
        (s.lowest[-1] for s in (a, b) if s.shingles > len(s.lowest) and s.lowest),
        default=1 << 32,
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
    before = before if by_character(before) else before[-2:]
    behind = behind if by_character(behind) else behind[:2]
    return _context(before), _context(behind), _hash24(exact(figure.value))


def _context(near: list[str]) -> int:
    """0 where too little is there to say that two places are the same. Other digits are masked."""
    letters = sum(len(word) * (2 if word >= _HANGUL else 1) for word in near)  # a syllable is as good as two
    if len(near) < 2 or letters < 4:
        return 0
    return _hash24(" ".join("#" if any(c.isdigit() for c in word) else word for word in near)) or 1


def _hash24(text: str) -> int:
    return zlib.crc32(text.encode()) & 0xFFFFFF
