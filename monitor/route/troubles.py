"""What does not work, from when it begins until it has ended: who is told of it, each time once (promise 5).

A trouble is of a kind ("rules") and has a subject that names it within its kind (the path of a file). Whoever
looks after a kind says now and then what is wrong of it; what was not wrong before has begun, and what is no
longer wrong has ended.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is wrong: `headline` in one line, `text` in as many as it takes; `receivers` are told.

    `since` is when it began, where that was before it was worth telling.
    """

    subject: str
    headline: str
    text: str
    receivers: tuple[str, ...] = ()
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class OpenTrouble:
    """A trouble that has begun. All messages about it are one thread, which `thread` names.

    `told` is when that was noted, and said where anybody is to be told; None where an older program noted it.
    """

    kind: str
    trouble: Trouble
    since: datetime
    thread: str
    told: datetime | None = None


@dataclass(frozen=True, slots=True)
class Bundle:
    """One message for what begins, or ends, at once, where that is more than `most`: headline and text.

    `ended` is given each trouble with what would be said of it alone.
    """

    most: int
    begun: Callable[[Sequence[Trouble]], tuple[str, str]]
    ended: Callable[[Sequence[tuple[OpenTrouble, tuple[str, str]]]], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class News:
    """What is to be told of the troubles of one kind."""

    begun: tuple[Trouble, ...]
    going_on: tuple[Trouble, ...]
    ended: tuple[OpenTrouble, ...]


def news(known: Mapping[str, OpenTrouble], found: Iterable[Trouble]) -> News:
    """What has begun and ended, where the troubles `known` (by subject) were open and those in `found` are now."""
    now = {trouble.subject: trouble for trouble in found}
    return News(
        begun=tuple(trouble for subject, trouble in now.items() if subject not in known),
        going_on=tuple(trouble for subject, trouble in now.items() if subject in known),
        ended=tuple(open_one for subject, open_one in known.items() if subject not in now),
    )


def receivers_of_owners(
    owners: Collection[str], default: Sequence[str], known: Collection[str]
) -> tuple[str, ...]:
    """Who is told of what belongs to `owners`, "" for what belongs to nobody.

    An owner that is the name of a receiver is told; for any other, and where there is no owner at all, the
    default is. Names that the configuration does not know are left out.
    """
    told = [owner for owner in owners if owner in known]
    if len(told) < len(owners) or not owners:
        told += [name for name in default if name in known]
    return tuple(dict.fromkeys(told))
