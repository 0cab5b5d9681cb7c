"""What plans ask about the distance of two words, answered without any tree."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from monitor.match.evaluation.view import View
from monitor.match.index.segment import Near

_Places = dict[str, list[int]]


def near_enough(asked: Iterable[tuple[Near, ...]], view: View) -> list[bool]:
    """For each of `asked`, whether all its pairs of words are as near as it says, in title or body."""
    wanted = list(asked)
    needed = {word for checks in wanted for _, _, left, right in checks for word in (left, right)}
    texts = [_places(stream.words, needed) for stream in view.streams[:2]] if needed else []
    return [all(any(_holds(check, places) for places in texts) for check in checks) for checks in wanted]


def _places(words: list[str], needed: set[str]) -> _Places:
    found: _Places = {}
    for place, word in enumerate(words):
        if word in needed:
            found.setdefault(word, []).append(place)
    return found


def _holds(check: Near, places: _Places) -> bool:
    low, high, left, right = check
    lefts, rights = places.get(left), places.get(right)
    if not lefts or not rights:
        return False
    if len(lefts) > len(rights):
        lefts, rights, low, high = rights, lefts, -high, -low
    for place in lefts:
        at = bisect_left(rights, place + low)
        if at < len(rights) and rights[at] <= place + high:
            return True
    return False
