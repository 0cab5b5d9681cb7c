"""Worlds to poll: feeds with true rates, and every item they publish in some weeks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

DAY = 86_400.0
START = 1_767_571_200.0  # Monday, 2026-01-05
BEFORE = 60.0  # days of items before the first poll, for the first document
LISTED = 20  # items a document holds

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class World:
    """`rates` are each feed's items a day in the mean, `items` their times in seconds, sorted; `weights` the
    chance that an item matches (empty: of no item more is known than of another), `added` when they are added.
    """

    name: str
    days: float
    rates: Floats
    items: list[Floats]
    weights: Floats = field(default_factory=lambda: np.zeros(0))
    added: Floats = field(default_factory=lambda: np.zeros(0))  # days after START, of each feed


def part(world: World, count: int) -> World:
    """So many of its feeds: one in each of as many equal classes by rate."""
    if count >= len(world.rates):
        return world
    steps = ((np.arange(count) + 0.5) * len(world.rates) / count).astype(np.int64)
    chosen = np.argsort(world.rates, kind="stable")[steps]
    return replace(
        world,
        rates=world.rates[chosen],
        items=[world.items[which] for which in chosen],
        weights=world.weights[chosen] if len(world.weights) else world.weights,
        added=world.added[chosen] if len(world.added) else world.added,
    )


def list_a(count: int, random: np.random.Generator) -> Floats:
    """Log-normal: 17 % of the feeds make 97 % of the items, 5.5 a day in the mean, capped at 500 (as the
    8,155 feeds of Travers et al., IJWIS 2014).
    """
    sigma = 2.83
    return np.minimum(np.exp(random.normal(np.log(5.5) - sigma**2 / 2, sigma, count)), 500.0)


def list_b(count: int, random: np.random.Generator) -> Floats:
    """A list of news feeds: 10 items a day in the median, log-normal with sigma 1.5, capped at 500."""
    return np.minimum(np.exp(random.normal(np.log(10), 1.5, count)), 500.0)


# The factor on the rate at times (seconds since START), at most `most`; one pattern a feed.
Pattern = Callable[[Floats], Floats]


def poisson(
    rate: float, days: float, random: np.random.Generator, pattern: Pattern | None = None, most: float = 1.0
) -> Floats:
    """A Poisson process from BEFORE days before START on, thinned to a pattern."""
    length = (days + BEFORE) * DAY
    count = random.poisson(rate / DAY * length * most)
    times = np.sort(random.random(count)) * length - BEFORE * DAY
    if pattern is not None:
        times = times[random.random(count) * most < pattern(times)]
    return times + START


def steady(name: str, rates: Floats, days: float, random: np.random.Generator) -> World:
    return World(name, days, rates, [poisson(rate, days, random) for rate in rates])


def day_night(rates: Floats, days: float, random: np.random.Generator, depth: float = 0.9) -> World:
    """+-90 % over the day, each feed with a noon of its own zone, and a third as much at weekends."""
    items = []
    for rate in rates:
        noon = random.integers(0, 24) * 3600.0

        def pattern(times: Floats, noon: float = noon) -> Floats:
            weekend = np.floor((times + noon) / DAY) % 7 >= 5
            day = 1 + depth * np.cos(2 * np.pi * (times - noon) / DAY)
            return day * np.where(weekend, 0.4, 1.24)

        items.append(poisson(rate, days, random, pattern, (1 + depth) * 1.24))
    return World("day and night, weekends", days, rates, items)


def bursts(rates: Floats, days: float, random: np.random.Generator) -> World:
    """Every fifth publication is a burst of 2 to 10 items within two minutes; once in the measured weeks a
    feed publishes 10 at once.
    """
    items = []
    for rate in rates:
        begins = poisson(rate / 2, days, random)  # 2 items each, in the mean
        sizes = np.where(random.random(len(begins)) < 0.2, random.integers(2, 11, len(begins)), 1)
        times = np.repeat(begins, sizes) + random.random(int(sizes.sum())) * np.repeat(
            np.where(sizes > 1, 120.0, 0.0), sizes
        )
        once = START + (21 + random.random() * (days - 21)) * DAY + random.random(10)
        items.append(np.sort(np.concatenate([times, once])))
    return World("bursts", days, rates, items)


def clockwork(rates: Floats, days: float, random: np.random.Generator) -> World:
    """Feeds that publish at a fixed minute of the hour or, if they are slow, of the day."""
    items = []
    for rate in np.minimum(rates, 100.0):  # more at once than a document holds nobody could collect
        period = 3600.0 if rate > 2 else DAY
        offset = random.random() * period
        slots = np.arange(-BEFORE * DAY, days * DAY, period) + offset
        counts = random.poisson(rate / DAY * period, len(slots))
        times = np.repeat(slots, counts) + random.random(int(counts.sum())) * 60
        items.append(np.sort(times) + START)
    return World("clockwork", days, np.minimum(rates, 100.0), items)


def jumps(rates: Floats, days: float, random: np.random.Generator) -> World:
    """Feeds whose rate becomes ten times as high or as low at a moment of the measured weeks."""
    items, means = [], []
    for rate in rates:
        at = (21 + random.random() * 0.75 * (days - 21)) * DAY
        low, high = rate / 10**0.5, rate * 10**0.5
        first, then = (low, high) if random.random() < 0.5 else (high, low)

        def pattern(times: Floats, at: float = at, first: float = first, then: float = then) -> Floats:
            return np.where(times < at, first, then)

        items.append(poisson(1.0, days, random, pattern, max(low, high)))
        means.append((first * (at / DAY - 21) + then * (days - at / DAY)) / (days - 21))
    return World("rate jumps", days, np.array(means), items)


def new_feeds(rates: Floats, days: float, random: np.random.Generator) -> World:
    """All feeds are added in the measured weeks, at times of their own."""
    added = 21 + random.random(len(rates)) * (days - 22)
    return World("new feeds", days, rates, [poisson(rate, days, random) for rate in rates], added=added)


def weighted(rates: Floats, days: float, random: np.random.Generator) -> World:
    """A fifth of the feeds are those the rules were written for: an item matches 50 times as often."""
    weights = np.where(random.random(len(rates)) < 0.2, 0.05, 0.001)
    return World(
        "weighted by relevance", days, rates, [poisson(rate, days, random) for rate in rates], weights
    )
