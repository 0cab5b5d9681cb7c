"""Spans, of which is asked whether any lies somewhere: in a few steps, however many they are."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate


class Others:
    """Spans, of which is asked whether any lies somewhere."""

    __slots__ = ("_ends", "_every", "_first_end", "_starts")

    def __init__(self, spans: list[tuple[int, int]]) -> None:
        self._every = set(spans)
        self._starts = [start for start, _ in spans]
        self._ends = sorted(end for _, end in spans)
        # for each, the first end of it and all that start behind it
        self._first_end = list(accumulate((end for _, end in reversed(spans)), min))[::-1]

    def overlap(self, span: tuple[int, int]) -> bool:
        """Whether another one than `span` overlaps it: one that starts before its end and ends behind its start."""
        count = bisect_left(self._starts, span[1]) - bisect_right(self._ends, span[0])
        return count > (span in self._every)

    def start_in(self, first: int, last: int) -> bool:
        i = bisect_left(self._starts, first)
        return i < len(self._starts) and self._starts[i] <= last

    def end_in(self, first: int, last: int) -> bool:
        i = bisect_left(self._ends, first)
        return i < len(self._ends) and self._ends[i] <= last

    def within(self, first: int, last: int) -> bool:
        i = bisect_left(self._starts, first)
        return i < len(self._starts) and self._first_end[i] <= last
