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

from monitor.match.evaluation.windows import one_in_each_window

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
        search.found += one_in_each_window(places, slop)
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
