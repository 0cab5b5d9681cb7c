"""Lucene's slop: the places that the words of a phrase may take, when they need not stand side by side.

Word i of the phrase at place p of the text has the shift p - i. The phrase is found where each of its
words has a place of its own and the largest and the smallest shift are at most `slop` apart. This is
what Lucene's SloppyPhraseMatcher decides, but for a bug of its own: where several words are repeated it
may, once in a million random phrases, take less than this for a match.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import islice

# Hostile texts and phrases ("a a a a a ...") have more ways than anybody waits for. Beyond this many
# steps only one more way is looked for in each window, so that what is decided stays exact.
MAX_STEPS = 20_000


def ways(
    words: Sequence[str], places: Sequence[list[int]], slop: int, max_steps: int = MAX_STEPS
) -> list[tuple[int, ...]]:
    """The places taken by `words`, once for each way the phrase is found, in no particular order.

    `places` are where each word stands in the text, ascending. To swap the places of two equal words
    makes no other way.
    """
    if not all(places):
        return []
    search = _Search(words, places, slop, max_steps)
    search.extend((), 0, 0)
    if search.steps > max_steps:
        search.found += _one_in_each_window(places, slop)
    return search.found


class _Search:
    """Every way, the rarest words placed first."""

    __slots__ = ("found", "max_steps", "order", "places", "slop", "steps", "words")

    def __init__(self, words: Sequence[str], places: Sequence[list[int]], slop: int, max_steps: int) -> None:
        self.words, self.places, self.slop, self.max_steps = words, places, slop, max_steps
        self.order = sorted(range(len(words)), key=lambda i: (len(places[i]), words[i]))
        self.found: list[tuple[int, ...]] = []
        self.steps = 0

    def extend(self, taken: tuple[int, ...], low: int, high: int) -> None:
        """Places the next word; those before it are at `taken`, with shifts from `low` to `high`."""
        depth = len(taken)
        if depth == len(self.order):
            self.found.append(taken)
            return
        offset = self.order[depth]
        places = self.places[offset]
        first, last = 0, len(places)
        if taken:
            first = bisect_left(places, high - self.slop + offset)
            last = bisect_right(places, low + self.slop + offset)
            if self.words[offset] == self.words[self.order[depth - 1]]:
                first = max(first, bisect_right(places, taken[-1]))
        for place in islice(places, first, last):
            self.steps += 1
            if self.steps > self.max_steps:
                return
            if place not in taken:
                shift = place - offset
                bounds = (min(low, shift), max(high, shift)) if taken else (shift, shift)
                self.extend((*taken, place), *bounds)


def _one_in_each_window(places: Sequence[list[int]], slop: int) -> list[tuple[int, ...]]:
    """A way for each smallest shift that has one."""
    rarest = min(range(len(places)), key=lambda i: len(places[i]))
    reach = [place - rarest for place in places[rarest]]
    found = []
    for low in sorted({place - offset for offset, own in enumerate(places) for place in own}):
        near = bisect_left(reach, low)
        if near < len(reach) and reach[near] <= low + slop:
            way = _assigned(
                [
                    own[bisect_left(own, low + offset) : bisect_right(own, low + slop + offset)]
                    for offset, own in enumerate(places)
                ]
            )
            if way:
                found.append(way)
    return found


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
