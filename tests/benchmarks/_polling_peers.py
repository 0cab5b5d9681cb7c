"""The policies of others, from their published formulas, for the simulation of `polling`.

Each is asked after every poll when the next is due. All know an item's date, and what a document lists.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

DAY, HOUR, MINUTE = 86_400.0, 3600.0, 60.0


class Uniform:
    """Every feed at the same interval."""

    def __init__(self, feeds: int, interval: float = HOUR) -> None:
        self.interval = interval

    def first(self, which: int, now: float, listed: Sequence[float]) -> float:
        return now + self.interval

    def after(self, which: int, now: float, listed: Sequence[float], new: Sequence[float]) -> float:
        return now + self.interval

    def midnight(self, now: float) -> None: ...


class MinifluxRoundRobin(Uniform):
    """60 minutes, and 100 feeds a tick of 60 minutes: 2,400 polls a day, however many feeds there are."""

    def __init__(self, feeds: int) -> None:
        super().__init__(feeds, max(HOUR, feeds / 100 * HOUR))


class MinifluxEntryFrequency(Uniform):
    """A week divided by its entries (the week's length by their mean gap), between 5 minutes and 24 hours."""

    def __init__(self, feeds: int) -> None:
        super().__init__(feeds)
        self.seen: list[list[float]] = [[] for _ in range(feeds)]

    def first(self, which: int, now: float, listed: Sequence[float]) -> float:
        return self.after(which, now, listed, listed)

    def after(self, which: int, now: float, listed: Sequence[float], new: Sequence[float]) -> float:
        recent = self.seen[which]
        if new or (recent and recent[0] < now - 7 * DAY):
            recent = self.seen[which] = [time for time in (*recent, *new) if time >= now - 7 * DAY]
        if len(recent) < 2 or recent[-1] == recent[0]:
            return now + DAY
        gap = (recent[-1] - recent[0]) / (len(recent) - 1)
        return now + min(max(7 * DAY / math.ceil(7 * DAY / gap), 5 * MINUTE), DAY)


class MediaCloud(Uniform):
    """Begins with 360 minutes. After two polls in a row: longer by ten minutes where two thirds of a document
    were known (by an hour where nothing came for a month), else shorter by an hour where less than one third.
    """

    def __init__(self, feeds: int) -> None:
        super().__init__(feeds)
        self.intervals = [360 * MINUTE] * feeds
        self.polls = [0] * feeds
        self.news = [0.0] * feeds
        self.documents: list[int] = [0] * feeds

    def first(self, which: int, now: float, listed: Sequence[float]) -> float:
        self.news[which], self.documents[which] = now, len(listed)
        return now + self.intervals[which]

    def after(self, which: int, now: float, listed: Sequence[float], new: Sequence[float]) -> float:
        if new:
            self.news[which], self.documents[which] = now, len(listed)
        self.polls[which] += 1
        if self.polls[which] % 2 == 0:
            known = 1 - len(new) / max(self.documents[which], 1)
            interval = self.intervals[which]
            if known >= 0.67:
                silent = now - self.news[which] > 31 * DAY
                interval = min(interval + (HOUR if silent else 10 * MINUTE), DAY)
            elif known < 0.33:
                interval = 360 * MINUTE if interval > 360 * MINUTE else max(interval - HOUR, 10 * MINUTE)
            self.intervals[which] = interval
        return now + self.intervals[which]


class CommaFeed(Uniform):
    """Half the mean gap of what the document lists, between 5 minutes and an hour; 1, 2 or 4 hours where
    nothing came for 7, 14 or 30 days.
    """

    def __init__(self, feeds: int) -> None:
        super().__init__(feeds)
        self.gaps = [HOUR] * feeds
        self.newest = [0.0] * feeds

    def first(self, which: int, now: float, listed: Sequence[float]) -> float:
        return self.after(which, now, listed, listed)

    def after(self, which: int, now: float, listed: Sequence[float], new: Sequence[float]) -> float:
        if new:
            self.newest[which] = new[-1]
            if len(listed) > 1:
                self.gaps[which] = (listed[-1] - listed[0]) / (len(listed) - 1)
        silent = now - self.newest[which]
        for days, hours in ((30, 4), (14, 2), (7, 1)):
            if silent >= days * DAY:
                return now + hours * HOUR
        return now + min(max(self.gaps[which] / 2, 5 * MINUTE), HOUR)


PEERS = {
    "uniform, 60 min": Uniform,
    "Miniflux, round robin": MinifluxRoundRobin,
    "Miniflux, entry frequency": MinifluxEntryFrequency,
    "Media Cloud": MediaCloud,
    "CommaFeed": CommaFeed,
}
