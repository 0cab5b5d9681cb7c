"""How a feed does, from what is remembered of it: one state, since when, and why.

    new       it was never read
    ok        it is read
    failing   its last poll failed
    quiet     it is read, and has brought nothing for far longer than its own rhythm explains
    gone      its server says that it is gone for good (410): it is polled no more, until somebody asks for it
    retired   it was removed, or deleted from the configuration

How long something lasts is counted up to the last poll that saw it, not up to now: a monitor that stood still
for a week has not seen a week of silence, nor of failures.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.collect.hosts import share_of
from monitor.collect.outage import NETWORK_KINDS
from monitor.collect.rhythm import Rhythm, load, rate_per_day
from monitor.model import Feed
from monitor.text import duration

_DAY = timedelta(days=1)


class State(StrEnum):
    NEW = "new"
    OK = "ok"
    FAILING = "failing"
    QUIET = "quiet"
    GONE = "gone"
    RETIRED = "retired"


# What somebody should look at, the worst first.
TROUBLE = (State.GONE, State.FAILING, State.QUIET)


@dataclass(frozen=True, slots=True)
class Health:
    """A feed's state. `rate` is in items a day, None where it is not known; `delay` is how long after its
    publication an item is seen on average: half the distance of polls; None while it cannot be read."""

    state: State
    since: datetime | None
    why: str
    rate: float | None
    delay: timedelta | None


def health(feed: Feed) -> Health:
    """How a feed does, as of its last poll."""
    state, since, why = _state(feed)
    read = feed.retired_at is None and not feed.failures
    delay = feed.interval / 2 if read and feed.interval else None
    return Health(state, since, why, rate_per_day(feed.rhythm), delay)


def _state(feed: Feed) -> tuple[State, datetime | None, str]:
    if feed.retired_at is not None:
        gone = feed.error_kind == "gone"
        return (State.GONE if gone else State.RETIRED), feed.retired_at, feed.retired_why or ""
    if feed.failures:
        return State.FAILING, feed.failing_since, feed.error or ""
    if feed.good_at is None:
        return State.NEW, None, "not read yet"
    if feed.quiet_since is not None:
        return State.QUIET, feed.quiet_since, _silence(feed)
    return State.OK, None, ""


def _silence(feed: Feed) -> str:
    rate = rate_per_day(feed.rhythm)
    usual = f"; usual: {pace(rate)}" if rate else ""
    if feed.good_at is None or feed.quiet_since is None:
        return ""
    return f"nothing new for {duration(feed.good_at - feed.quiet_since)}{usual}"


def pace(rate: float) -> str:
    """A rate in words people count in: `40 a day`, `3 a week`, `one in 20 days`."""
    if rate >= 1:
        return f"{rate:.0f} a day"
    if rate * 7 >= 1:
        return f"{rate * 7:.0f} a week"
    return f"one in {1 / rate:.0f} days" if rate > 0 else "hardly any"


def newest(feed: Feed) -> datetime | None:
    """When a feed brought something last, as far as is known: also of before it was read first, by its dates."""
    if feed.new_at is not None or feed.good_at is None:
        return feed.new_at
    known = load(feed.rhythm)
    if known is None or not known.events:
        return None
    return min(datetime.fromtimestamp(known.at, feed.good_at.tzinfo), feed.good_at)


# --- quiet -----------------------------------------------------------------------------------------

_KNOWN_FOR = timedelta(days=21)  # three weekends, so that a weekend is known for one
_SHORTEST_SILENCE = _DAY
# The chance, by its own rhythm, that a feed which has not changed is silent for so long. Each feed runs it
# once for every time it publishes, so it is far below what looks convincing for one.
_CHANCE = 1e-5
_LONGER = 2  # than any of the last pauses
_FELT_FOR = 28 * _DAY  # longer silences are not measured by the hour


def quiet_since(feed: Feed, now: datetime) -> datetime | None:
    """When a feed last said something, if its silence up to a good poll at `now` is unlike it; else None.

    Its publications so far are counted as a Poisson process whose rate is only as well known as they are
    many (a Gamma posterior): with N of them in a time T, nothing comes for another s with the chance
    (T / (T + s)) ** N. Bursts count once. T and s are felt by the feed's own week: a weekend without news
    is no silence where weekends never bring any. Few publications therefore never make a feed quiet. Feeds
    that publish in fits are no Poisson process: none of their last pauses may have been half as long.
    """
    if feed.baseline_at is None or now - (feed.new_at or feed.baseline_at) < _SHORTEST_SILENCE:
        return None  # most feeds: what is known of their rhythm need not be read for it
    known = load(feed.rhythm)
    if known is None or known.time <= 0:
        return None
    last = max(datetime.fromtimestamp(known.at, now.tzinfo), feed.new_at or feed.baseline_at)
    if now - last < _SHORTEST_SILENCE or now.timestamp() - known.since < _KNOWN_FOR.total_seconds():
        return None
    felt = _felt(known, last, now)
    if felt < _LONGER * max((gap for gap, _ in known.last), default=0.0):
        return None
    chance = known.events * math.log(known.time / (known.time + felt))
    return last if chance < math.log(_CHANCE) else None


def _felt(known: Rhythm, last: datetime, now: datetime) -> float:
    """Seconds of silence as the feed feels them, by its days and hours."""
    begin, end = last.timestamp(), now.timestamp()
    measured = min(end, begin + _FELT_FOR.total_seconds())
    pieces = known.profile(0.0).pieces(begin, measured)
    return sum((until - since) * factor for since, until, factor in pieces) + end - measured


# --- who is told -----------------------------------------------------------------------------------

SOONEST = timedelta(hours=6)  # no failure is told before
_FEWEST_FAILURES = 3
_MISSED = 10  # items; a busy feed is missed sooner
_INTERVALS = 3  # a feed that is polled once in a day or two must fail more than once or twice


def worth_telling(feed: Feed) -> bool:
    """Whether the operator should hear how a feed does: it fails for long, is quiet, or gone for good.

    Long is a day and three of its intervals; six hours where it usually brings ten items in the time it
    failed. Three failures at least: a feed that is back at the next poll is nobody's work.
    """
    state = _state(feed)[0]
    if state in (State.QUIET, State.GONE):
        return True
    if state is not State.FAILING or feed.failures < _FEWEST_FAILURES:
        return False
    lasts = _lasts(feed)
    if lasts < SOONEST or lasts >= max(_DAY, _INTERVALS * (feed.interval or timedelta())):
        return lasts >= SOONEST
    return (rate_per_day(feed.rhythm) or 0.0) * (lasts / _DAY) >= _MISSED  # read last: it takes longest


def _lasts(feed: Feed) -> timedelta:
    """For how long a feed was seen to fail."""
    if feed.polled_at is None or feed.failing_since is None:
        return timedelta()
    return feed.polled_at - feed.failing_since


def all_worth_telling(feeds: Sequence[Feed]) -> list[Feed]:
    """Those of `feeds` that the operator should hear of.

    Where one of a share is told of, the others that have failed there for hours are too: what is down is one
    machine, and their polls, which are hours apart by then, would make it a message each.
    """
    told = {feed.id for feed in feeds if worth_telling(feed)}
    down = {
        share_of(feed.url) for feed in feeds if feed.id in told and feed.retired_at is None and feed.failures
    }
    also = {
        feed.id
        for feed in feeds
        if feed.id not in told
        and feed.failures > 1
        and _lasts(feed) >= SOONEST
        and share_of(feed.url) in down
    }
    return [feed for feed in feeds if feed.id in told | also]


def advice(feed: Feed) -> str:
    """What to do about a feed in trouble, in a line."""
    state = _state(feed)[0]
    if state is State.GONE:
        return f"remove it, or look for its new address; `monitor feeds poll {feed.key}` polls it again"
    if state is State.QUIET:
        return "look whether its site goes on without it: it may have moved"
    if feed.error_kind in NETWORK_KINDS:
        return "its server cannot be reached; it is tried again for ever, once a day at least"
    if feed.error_kind in ("feed", "worker"):
        return "what is there now is no feed that can be read; it may have moved"
    if (feed.error or "").endswith(("(401)", "(403)")):
        return (
            "write its username and password (or headers, cookies) below its url under [[feeds]] in "
            "monitor.toml; it is tried again for ever"
        )
    return "it is tried again for ever, once a day at least"
