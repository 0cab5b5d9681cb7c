"""Lucene's slop where there are too many ways to try one by one: one way for each window of shifts.

A window is the shifts from `low` to `low + slop`; word i may then stand at low + i to low + i + slop. All
windows are looked at together, in arrays. Equal words take the first free place each, in their order:
their ranges are equally long, so that no other choice serves the later ones better.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.int64]

MAX_PLACES = 50_000  # in all ways together; of hostile texts further ones are not seen
_MAX_TRIED = 200_000  # places tried for patterns that find each other's words, likewise


class _Alike:
    """Words of a phrase that stand at the same places, and their offsets in it."""

    __slots__ = ("offsets", "own", "places")

    def __init__(self, places: list[int]) -> None:
        self.places = places
        self.offsets: list[int] = []
        self.own = np.array(places, np.int64)

    def seats(self, lows: Numbers, slop: int) -> Iterator[tuple[Numbers, NDArray[np.bool_]]]:
        """For each offset the place taken in each window, and whether it lies within it."""
        start, end = lows[0] + self.offsets[0], lows[-1] + self.offsets[-1] + 1
        first = np.searchsorted(self.own, np.arange(start, end))
        padded = np.append(self.own, end + slop)
        index = np.full(len(lows), -1)
        for offset in self.offsets:
            index = np.minimum(np.maximum(index + 1, first[lows + (offset - start)]), len(self.own))
            taken = padded[index]
            yield taken, taken <= lows + (offset + slop)

    def windows(self, slop: int) -> Numbers:
        """The lowest shifts of all windows in which the first of these words may stand."""
        edges = np.zeros(self.places[-1] - self.places[0] + slop + 2, np.int64)
        edges[self.own - self.places[0]] += 1
        edges[self.own + (slop + 1 - self.places[0])] -= 1
        return np.flatnonzero(np.cumsum(edges)) + (self.places[0] - self.offsets[0] - slop)


def one_in_each_window(places: Sequence[list[int]], slop: int) -> list[tuple[int, ...]]:
    """The places taken, once for each window that has a way, as long as that are at most MAX_PLACES.

    `places` are those of each word, as for monitor.match.evaluation.slop. Whether there is a way is exact,
    but for patterns that find each other's words in hostile texts.
    """
    groups = sorted(_alike(places), key=lambda group: len(group.places))
    lows = groups[0].windows(slop)
    for group in groups:
        fits = np.ones(len(lows), np.bool_)
        for _, within in group.seats(lows, slop):
            fits &= within
        lows = lows[fits]
        if not lows.size:
            return []
    if sum(len(group.places) for group in groups) > len(
        {place for group in groups for place in group.places}
    ):
        return list(_without_clashes(places, lows.tolist(), slop))
    lows = lows[: max(MAX_PLACES // len(places), 1)]
    taken = [seat for group in groups for seat, _ in group.seats(lows, slop)]
    return list(dict.fromkeys(zip(*(each.tolist() for each in taken), strict=True)))


def _alike(places: Sequence[list[int]]) -> list[_Alike]:
    groups: list[_Alike] = []
    for offset, own in enumerate(places):
        group = next((each for each in groups if each.places == own), None)
        if group is None:
            groups.append(group := _Alike(own))
        group.offsets.append(offset)
    return groups


def _without_clashes(places: Sequence[list[int]], lows: list[int], slop: int) -> Iterator[tuple[int, ...]]:
    """A way for each window that has one, where a place may be one of several patterns."""
    tried = 0
    for low in lows:
        choices = [
            own[bisect_left(own, low + offset) : bisect_right(own, low + slop + offset)]
            for offset, own in enumerate(places)
        ]
        if way := _assigned(choices):
            yield way
        tried += sum(map(len, choices))
        if tried > _MAX_TRIED:
            return


def _assigned(choices: list[list[int]]) -> tuple[int, ...]:
    """A place of its own for each word among its choices, by augmenting paths; empty where there is none."""
    owner: dict[int, int] = {}
    for word in range(len(choices)):
        if not _seat(word, choices, owner):
            return ()
    return tuple(owner)


def _seat(word: int, choices: list[list[int]], owner: dict[int, int]) -> bool:
    """Gives `word` a place, moving others where needed (Kuhn's algorithm, breadth first)."""
    came_from: dict[int, int | None] = {}
    queue: list[tuple[int, int | None]] = [(word, None)]
    for current, its_place in queue:
        for place in choices[current]:
            if place in came_from:
                continue
            came_from[place] = its_place
            if place in owner:
                queue.append((owner[place], place))
                continue
            step: int | None = place
            while step is not None:
                before = came_from[step]
                owner[step] = word if before is None else owner[before]
                step = before
            return True
    return False
