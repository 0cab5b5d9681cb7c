"""The moment at which polling a feed again is worth a request.

What waiting costs are the items that wait: with n items there, each minute more costs n minutes of delay.
A request costs what the price says. For a feed of the rate r polled every T, delay costs r T^2/2 a poll, so
that T = sqrt(2 price/r) is best: frequencies in proportion to the square roots of rates, the least mean
delay for a number of requests (minimise the sum of rate/(2 frequency) at a fixed sum of frequencies).

Where the rate changes with the hour, the last poll before a change of rate should find as many items waiting
as will come until the next one: n = r(t) (u - t), the condition for the best times of polls. With the
interval that suits the rate at t for u - t, a poll is due as soon as n >= sqrt(2 price r(t)). So a feed is
polled at once when its busy time ends, and slowly through its night.
"""

from __future__ import annotations

from enum import Enum

from monitor.collect.profile import Profile
from monitor.collect.rhythm import Rhythm

_FLAT = Profile()
_SHORT_PERIOD = 7200.0  # seconds; the profile's hours apply to the moments of a clock as short as this
_MARGIN = 6.5
# The least share of a document that may be new. Where the margin asks for less, all polls together cannot keep
# bursts from scrolling off, at whatever price: of feeds with bursts of up to ten items in documents of twenty,
# polled 24 times a day in the mean, a sixteenth loses 32 % of what is lost without care and adds 19 % to the
# delay; a twelfth 43 % and 6 %, an eighth 70 % and 1 %.
_LEAST_SHARE = 1 / 12
_LEAST_ASTRAY = 0.05  # the share of items that are expected off the clock, though none was seen there


class Why(Enum):
    """What decided the moment."""

    WORTH = "worth"
    CLOCK = "clock"
    ROOM = "room"  # or items would leave the document unseen


def moment(
    rhythm: Rhythm, now: float, shift: float, price: float, soonest: float, latest: float
) -> tuple[float, Why]:
    """When to poll after a poll at `now`, between `soonest` and `latest`.

    `price` is twice that of a request, in seconds of delay of an item: a feed with an item every g seconds
    is polled every sqrt(g * price).
    """
    profile = rhythm.profile(shift)
    rate = rhythm.rate(now, profile)
    room = room_of(rhythm) * min(rate / rhythm.highest_rate(now, profile), 1.0)
    if not rhythm.clock.period:
        return _walk(rate, profile, now, latest, price, room)
    share = min(rhythm.clock.share, 1 - _LEAST_ASTRAY)
    off_clock = _walk(rate * (1 - share), _FLAT, now, latest, price, room)
    on_clock = _slot(rhythm, rate * share, profile, soonest, off_clock[0], price, room, now)
    return (on_clock, Why.CLOCK) if on_clock is not None else off_clock


def room_of(rhythm: Rhythm) -> float:
    """How many items may be expected before the next poll, so that none leaves the document unseen.

    So many that the document's length is _MARGIN standard deviations above: their variance is `clumping` times
    their mean. For 20 that come one by one it is 5, and a Poisson count of mean 5 exceeds 20 once in ten
    million times; for 20 that come in bursts of five or so, 2. Where a document is too short for that, a
    twelfth of it must do.
    """
    listed, spread = rhythm.document.listed, _MARGIN * rhythm.clumping**0.5
    if not listed:
        return float("inf")
    return max(((spread**2 + 4 * listed) ** 0.5 - spread) ** 2 / 4, listed * _LEAST_SHARE)


def _walk(
    rate: float, profile: Profile, now: float, latest: float, price: float, room: float
) -> tuple[float, Why]:
    """The first moment at which as many items wait as make a poll worth while."""
    waiting = 0.0
    for begin, end, factor in profile.pieces(now, latest):
        here = rate * factor
        wanted = (price * here) ** 0.5
        least = min(wanted, room)
        reached = begin + max(least - waiting, 0.0) / here
        if reached <= end:
            return reached, Why.ROOM if room < wanted else Why.WORTH
        waiting += here * (end - begin)
    return latest, Why.WORTH


def _slot(
    rhythm: Rhythm,
    rate: float,
    profile: Profile,
    soonest: float,
    latest: float,
    price: float,
    room: float,
    now: float,
) -> float | None:
    """The first moment of the clock by which enough items may have come.

    Polled every j slots of P seconds, items wait P (j - 1)/2 in the mean, so that the best j is nearest to
    sqrt(price/r)/P: half a slot's items are added to those that wait.
    """
    period = rhythm.clock.period
    waiting, slot = 0.0, rhythm.clock.slot_after(now)
    while slot <= latest:
        here = rate * (profile.at(slot) if period <= _SHORT_PERIOD else profile.of_day(slot))
        waiting += here * period
        if slot >= soonest and waiting + here * period / 2 >= min((price * here) ** 0.5, room):
            return slot
        slot += period
    return None
