"""Silences: what is not told for a while, although it matches; always with a reason, an author and an end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.model import Novelty
from monitor.route.matchers import Facts, Matcher, first_unmet

# What wakes a silence that is to be woken by something new: a changed figure, an unseen statement.
_NEWS = {Novelty.FIGURE, Novelty.STATEMENT}


@dataclass(frozen=True, slots=True)
class Silence:
    """A time-boxed mute. One that `wakes` lets through what brings its story something new."""

    id: int
    matcher: Matcher
    reason: str
    author: str
    created: datetime
    until: datetime
    wakes: bool = False

    def is_of_one_story(self) -> bool:
        return any(key == "story" for key, _ in self.matcher.asks)

    def __str__(self) -> str:
        by = f", {self.author}" if self.author else ""
        return f"silence {self.id} until {self.until:%Y-%m-%d %H:%M} UTC ({self.reason}{by})"


@dataclass(frozen=True, slots=True)
class Quieted:
    """What silences say of a match: the one that keeps it silent, or those that it wakes."""

    by: Silence | None = None
    woken: tuple[Silence, ...] = ()


def quieted(silences: Sequence[Silence], facts: Facts, novelty: Novelty, now: datetime) -> Quieted:
    """Whether a match is silent now. One silence that it cannot wake is enough."""
    holding = [each for each in silences if now < each.until and first_unmet(each.matcher, facts) is None]
    woken = tuple(each for each in holding if each.wakes and novelty in _NEWS)
    deaf = [each for each in holding if each not in woken]
    if deaf:
        return Quieted(by=max(deaf, key=lambda each: each.until))
    return Quieted(woken=woken)
