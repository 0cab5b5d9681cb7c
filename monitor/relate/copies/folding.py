"""Near copies: the same text at another address, shortened, re-headlined, or with another first line.

How much of a text stands in an earlier one is told from their sketches (see signatures); a correction, or a form
filled in anew, is told from a copy by what fills their sentences (see fillings).
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from monitor.relate.copies.shingles import shingles
from monitor.relate.copies.signatures import CUT, KEYS, Signature, may_hold
from monitor.text import words

COPY: Final = 0.5
"""The share of an article's shingles found in an earlier one from which it is a copy of it.

Shortening leaves it near 1; a new headline, first line and credit on a text of 150 words at 0.8; 40 % of
the sentences rewritten at 0.6. An update that is new for the most part stays below.
"""
LEAD: Final = 0.3
"""The share of the first half of its text found there. News comes first: what shares only its end with another
text has the background of the same event below it, or what its outlet prints under everything."""
SURE: Final = 3.0
"""How many standard errors of a half are asked for beyond COPY, where a share is judged on a sample of hashes.

Sketches of texts that they hold whole have none. Every article is compared with several that share its outlet's
standing lines, so that among 200,000 of them chance has a million tries.
"""
COPY_SHORT: Final = 0.8
"""The share for a headline. Headlines of one week share half their words and tell different news ("S. Korean
IOC member tests positive on arrival in Japan" after "Serbian team member ..."); a copy adds or drops a tag.
"""
_SHORT, _LONG = 20, 60  # shingles; between the two, the share asked for falls from the one to the other
FEWEST: Final = 4  # shingles (six words): what is shorter is alike by chance
SAMPLE: Final = 4  # shared hashes must be judged on at least this many
BESIDE: Final = 0.25  # the share of a sentence up to which it stands in no earlier text
FAR: Final = (
    0.2  # the share from which on a candidate is read: standing lines may be most of a text, but not all
)
EACH: Final = 32  # articles looked at of each key, the latest: some shingles stand in every tenth article
MOST: Final = 16  # candidates compared, those that share most keys
COMMON: Final = 3  # other stories in which a shingle stands make it a commonplace, which tells no copy
STALE: Final = timedelta(hours=36)
"""How much older the original of a headline without a text may be. Columns and forecasts ("Sport: what comes
today, 12:00 GMT") have the same headline every day or week; of headlines that were copied, 19 of 20 were within
a day."""
STALE_AT_HOME: Final = timedelta(
    hours=12
)  # the same for another one of the same outlet, whose column it may be
_UNKNOWN: Final = datetime.max.replace(tzinfo=UTC)  # when something appeared
_EDITED: Final = (
    12  # shingles that may be new for each sentence with another name or a negation to be a correction
)


class Filed(NamedTuple):
    """A stored signature: of which article (or, of a copy, the original), in which story, when, and by whom."""

    article: int
    story: int | None
    signature: bytes
    at: datetime | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An earlier article that shares a band key with the one at hand. `story` is 0 where it has none.

    `article` is what a copy of it is to be folded under: itself, or the one that it is a copy of; `at` is when
    and `source` by whom that one was published, where it is known.
    """

    article: int
    story: int
    signature: Signature
    at: datetime | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Likeness:
    """What an article repeats: `share` of its text stands in `candidate`'s; `corrects` where it is filled otherwise."""

    candidate: Candidate
    share: float
    corrects: bool


def candidates(
    rows: Iterable[Filed | tuple[int, int | None, bytes]], now: Signature | None = None
) -> list[Candidate]:
    """Stored signatures as candidates; those that cannot be read, or share next to nothing with `now`, left out.

    A version that is not known here was written by a newer monitor: the text is then not recognised.
    """
    found = []
    lowest = now.lowest if now else ()
    of = frozenset(lowest)
    for row in rows:
        filed = Filed(*row)
        if lowest and not may_hold(filed.signature, FAR, lowest, of):
            continue
        with suppress(ValueError):
            signature = Signature.load(filed.signature)
            found.append(Candidate(filed.article, filed.story or 0, signature, filed.at, filed.source))
    return found


def repeated(
    now: Signature, candidates: Sequence[Candidate], seen: datetime | None = None, source: str = ""
) -> Likeness | None:
    """Which of the candidates `now` is a copy of, the earliest, or else a correction of, the nearest; or None.

    Where the text nearest to it is filled otherwise, it corrects that one, even if it is also like a copy from
    which that was cut. A candidate without a story was never told, and is passed by. `seen` and `source` are
    when and by whom `now` was published: a headline without a text has no copies on other days.
    """
    known = [c for c in candidates if c.story and not (_brief(now) and _stale(c, seen, source))]
    common = _common(now, known)
    near = [(_copied(now, c.signature, common.get(c.story, frozenset())), c) for c in known]
    near = [(share, candidate) for share, candidate in near if share]
    same = [pair for pair in near if not corrected(pair[1].signature, now)]
    nearest = max(near, key=lambda pair: (pair[0], -pair[1].article), default=None)
    if nearest is None:
        return None
    if same and max(share for share, _ in same) >= nearest[0]:
        share, original = min(same, key=lambda pair: (pair[1].at or _UNKNOWN, pair[1].article, -pair[0]))
        return Likeness(original, share, corrects=False)
    return Likeness(nearest[1], nearest[0], corrects=True)


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
    """The share of `now` that stands in `before` if that makes it a copy but for what fills it, else 0."""
    return _copied(now, before, frozenset())


def is_beside(sentence: str, before: Signature) -> bool:
    """Whether next to nothing of a sentence stands in an earlier text. False where too little of it is known."""
    hashes = {number >> CUT for number in shingles(words(sentence)).tolist()}
    if before.shingles > len(before.lowest):
        hashes = {number for number in hashes if number <= before.lowest[-1]}
    return len(hashes) >= SAMPLE and len(hashes.intersection(before.lowest)) <= BESIDE * len(hashes)


def corrected(before: Signature, now: Signature) -> bool:
    """Whether the same text is filled otherwise: with another figure, a name or a negation."""
    if before.filled == now.filled and before.figures == now.figures:
        return False
    return figure_changed(before, now) or _renamed(before, now)


def figure_changed(before: Signature, now: Signature) -> bool:
    """Whether the same words stand around another figure: a correction or an update, not a copy.

    Words that introduce several figures count only if each text has a value the other lacks, so that a
    shortened copy, which lost some, is still one. Symmetric.
    """
    return bool(
        _differ(*([(f.form, f.figures) for f in s.filled] for s in (before, now)))
        or _differ(*([(f.before, f.value) for f in s.figures if f.before] for s in (before, now)))
        or _differ(*([(f.behind, f.value) for f in s.figures if f.behind] for s in (before, now)))
    )


def _renamed(before: Signature, now: Signature) -> bool:
    """Whether sentences name somebody else, or deny, in a text that is otherwise hardly changed.

    Who rewrites a text may call a person by another name, and one of its sentences may be the same but for that.
    """
    was, says = ([(f.form, f.names) for f in s.filled] for s in (before, now))
    changed = len(_differ(was, says))
    if not changed:
        return False
    ours, theirs = _comparable(now, before)
    fresh = len(ours - theirs) * now.shingles / max(len(ours), 1)
    return fresh <= _EDITED * changed or 2 * changed >= len(dict(was).keys() & dict(says)) > 2


def _brief(now: Signature) -> bool:
    return now.shingles <= _SHORT


def _stale(candidate: Candidate, seen: datetime | None, source: str) -> bool:
    """Whether a headline is too far from another in time to be its copy."""
    if seen is None or candidate.at is None:
        return False
    at_home = source and source.casefold() == candidate.source.casefold()
    return abs(seen - candidate.at) > (STALE_AT_HOME if at_home else STALE)


def _copied(now: Signature, before: Signature, commonplace: AbstractSet[int]) -> float:
    share, judged, of = _contained(now, before, commonplace)
    if not share:
        return 0.0
    shortness = min(max((_LONG - now.shingles) / (_LONG - _SHORT), 0.0), 1.0)
    margin = SURE * 0.5 * math.sqrt((1 - judged / of) / judged)
    asked = max(COPY + (COPY_SHORT - COPY) * shortness, COPY + margin)
    return share if share >= asked and _leads(now, before) else 0.0


def _leads(now: Signature, before: Signature) -> bool:
    """Whether more of what a text begins with stands in `before` too than its first line and what was reworded."""
    ours, theirs = _comparable(now, before)
    ours &= now.lead
    return len(ours & theirs) >= LEAD * len(ours)


def _contained(part: Signature, whole: Signature, apart_from: AbstractSet[int]) -> tuple[float, int, int]:
    """The share of `part` in `whole`, some shingles apart; on how many hashes it is judged, and of how many."""
    ours, theirs = _comparable(part, whole)
    if part.shingles < FEWEST or not ours:
        return 0.0, 0, 0
    of = part.shingles * (len(ours) - len(ours & apart_from)) // len(ours)
    ours -= apart_from
    if len(ours) < SAMPLE:
        return 0.0, 0, 0
    return len(ours & theirs) / len(ours), len(ours), max(of, len(ours))


def _common(now: Signature, known: Sequence[Candidate]) -> dict[int, AbstractSet[int]]:
    """Of each story, the hashes of `now` that stand in several others too: an outlet's standing lines."""
    if len({candidate.story for candidate in known}) <= COMMON:
        return {}
    ours = frozenset(now.lowest)
    told: defaultdict[int, set[int]] = defaultdict(set)
    for candidate in known:
        told[candidate.story] |= ours.intersection(candidate.signature.lowest)
    stories = Counter(number for hashes in told.values() for number in hashes)
    often = [(number, count) for number, count in stories.items() if count >= COMMON]
    return {
        story: {number for number, count in often if count - (number in hashes) >= COMMON}
        for story, hashes in told.items()
    }


def _comparable(a: Signature, b: Signature) -> tuple[set[int], set[int]]:
    """The hashes of both below the point up to which both sketches are complete."""
    limit = _limit(a, b)
    return _upto(limit, a), _upto(limit, b)


def _upto(limit: int, signature: Signature) -> set[int]:
    return set(signature.lowest[: bisect_right(signature.lowest, limit)])


def _limit(a: Signature, b: Signature) -> int:
    return min((s.lowest[-1] for s in (a, b) if s.shingles > len(s.lowest) and s.lowest), default=1 << 23)


def _differ(before: Iterable[tuple[int, int]], now: Iterable[tuple[int, int]]) -> set[int]:
    """The places of (place, value) in which each has a value that the other lacks."""
    was, says = set(before), set(now)
    return {place for place, _ in was - says} & {place for place, _ in says - was}
