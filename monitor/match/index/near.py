"""What plans ask about the distance of two words, answered without any tree."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from monitor.match.index.atoms import Found
from monitor.match.index.lexicon import Flags
from monitor.match.index.segment import Near

_Places = dict[int, list[int]]
_FAR = 1 << 40  # from the last word of the title to the first of the body: nothing is near across it


def near_enough(asked: Sequence[tuple[Near, ...]], found: Found, room: Flags) -> list[bool]:
    """For each of `asked`, whether all its pairs of words are as near as it says, in title or body.

    `room` is for each atom false, before and after.
    """
    needed = list({word for checks in asked for _, _, left, right in checks for word in (left, right)})
    if not needed:
        return [True] * len(asked)
    places = found.texts[0].where(needed, room)
    title = found.title
    for own in places.values():
        if own[0] < title < own[-1]:
            own[:] = [place + _FAR if place > title else place for place in own]
        elif own[0] > title:
            own[:] = [place + _FAR for place in own]
    return [all(_holds(check, places) for check in checks) for checks in asked]


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
