"""When a feed is polled next.

A feed whose new entries usually come a time g apart is polled every sqrt(g * tempo): for a given number
of requests the mean delay of all entries is least when frequencies are proportional to the square root
of rates (minimise the sum of rate/(2*frequency) at a fixed sum of frequencies). `tempo` sets how many
requests that takes. The interval itself is the memory of the estimate: g = interval^2 / tempo.

What a server asks for (Retry-After, Cache-Control, Expires, ttl, skipHours, skipDays) is a floor under
the due time, never part of the interval, so that it does not distort the estimate.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from monitor.model import Feed, ParsedFeed
from monitor.text import duration

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_NEWEST_COUNTS = 0.25  # share of the newest gap in the estimate (a mean of logarithms)
_PATIENCE = 3  # usual gaps of silence before a feed counts as slower than it was
_LONGEST_WAIT = _DAY  # the most that Retry-After or a failure puts off


@dataclass(frozen=True, slots=True)
class PollingPolicy:
    """The operator's bounds: no feed is polled more often than `min_interval`, none more rarely than
    `max_interval`. `first_interval` is where a feed without any history begins; `spread` is the share
    of an interval by which polls are put off at random, so that feeds do not move in herds. `tempo`:
    a feed with an entry every two hours is polled every 15 minutes, one with an entry a day every hour.
    """

    min_interval: timedelta = timedelta(minutes=5)
    max_interval: timedelta = timedelta(hours=24)
    first_interval: timedelta = timedelta(minutes=15)
    spread: float = 0.1
    tempo: timedelta = timedelta(minutes=2)

    def interval(self, gap: timedelta) -> timedelta:
        """How often a feed is polled whose new entries come `gap` apart."""
        return self.clamp((gap / _SECOND * (self.tempo / _SECOND)) ** 0.5 * _SECOND)

    def clamp(self, interval: timedelta) -> timedelta:
        return min(max(interval, self.min_interval), self.max_interval)


@dataclass(frozen=True, slots=True)
class PollFacts:
    """What a poll brought. `published` are the times the document names, for a feed without history;
    `fresh_for` is what Cache-Control or Expires asks for, `asked` what ttl or sy:updatePeriod does.
    """

    new: int = 0
    published: tuple[datetime, ...] = ()
    retry_after: timedelta | None = None
    fresh_for: timedelta | None = None
    asked: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()

    def with_document(self, parsed: ParsedFeed) -> PollFacts:
        """These facts and what the document itself says."""
        return replace(
            self,
            published=tuple(sorted(date for e in parsed.entries if (date := e.published or e.updated))),
            asked=parsed.min_interval,
            skip_hours=parsed.skip_hours,
            skip_days=parsed.skip_days,
        )


def next_due(
    feed: Feed, facts: PollFacts, policy: PollingPolicy, now: datetime, jitter: float
) -> tuple[timedelta, datetime, str]:
    """The feed's interval, when it is due, and why, after a poll that could be read.

    `jitter` is in [0, 1). Retry-After, up to a day, wins over every bound; the rest stays within
    the policy's.
    """
    interval, reason = _interval(feed, facts, policy, now)
    wait = min(interval * (1 + policy.spread * jitter), max(policy.max_interval, interval))
    for floor, name in ((facts.asked, "the feed asks for it"), (facts.fresh_for, "the server asks for it")):
        if floor and policy.clamp(floor) > wait:
            wait, reason = policy.clamp(floor), f"every {duration(policy.clamp(floor))}: {name}"
    due = _after_skips(now + wait, facts)
    if due != now + wait:
        due, reason = min(due, now + max(policy.max_interval, wait)), "the feed asks not to be read before"
    if facts.retry_after and now + min(facts.retry_after, _LONGEST_WAIT) > due:
        due = now + min(facts.retry_after, _LONGEST_WAIT)
        reason = f"in {duration(due - now)}: the server said Retry-After"
    return interval, due, reason


def back_off(
    feed: Feed,
    failures: int,
    policy: PollingPolicy,
    now: datetime,
    jitter: float,
    asked: timedelta | None = None,
) -> tuple[datetime, str]:
    """When a failing feed is tried again: its interval doubled with each failure, up to a day, for ever.

    A quarter more or less at random; `asked` (Retry-After), up to a day, is a floor.
    """
    start = policy.clamp(feed.interval or policy.first_interval)
    wait = min(start * 2 ** min(failures - 1, 20), _LONGEST_WAIT) * (0.75 + 0.5 * jitter)
    wait = max(min(wait, _LONGEST_WAIT), policy.min_interval)
    asked = min(asked, _LONGEST_WAIT) if asked else None
    why = f"in {duration(max(wait, asked or wait))}: "
    why += "the server said Retry-After" if asked and asked >= wait else _failed(failures)
    return now + max(wait, asked or wait), why


def _failed(times: int) -> str:
    return "it failed" if times == 1 else f"failed {times} times in a row"


def _interval(feed: Feed, facts: PollFacts, policy: PollingPolicy, now: datetime) -> tuple[timedelta, str]:
    if feed.interval is None or feed.good_at is None:
        return _first_interval(facts, policy, now)
    before = policy.clamp(feed.interval)
    silence = now - (feed.new_at or feed.baseline_at or feed.good_at)
    if facts.new:
        newest = policy.interval(max(silence, _SECOND) / facts.new)
        interval = policy.clamp(before * (newest / before) ** _NEWEST_COUNTS)
        return interval, f"every {duration(interval)}: its usual rate"
    interval = max(before, policy.interval(silence / _PATIENCE))
    return interval, f"every {duration(interval)}: nothing new for {duration(silence)}"


def _first_interval(facts: PollFacts, policy: PollingPolicy, now: datetime) -> tuple[timedelta, str]:
    """From the dates in the document, where there are enough of them; at most an hour to begin with."""
    past = pairwise(date for date in facts.published if date <= now)
    gaps = [(later - sooner) / _SECOND for sooner, later in past if later > sooner]
    if len(gaps) < 3:
        interval = policy.clamp(policy.first_interval)
        return interval, f"every {duration(interval)}: its rate is not known yet"
    interval = min(policy.interval(median(gaps) * _SECOND), policy.clamp(_HOUR))
    return interval, f"every {duration(interval)}: the rate of its own dates"


def _after_skips(due: datetime, facts: PollFacts) -> datetime:
    """The first moment from `due` on that is in no skipped hour or day (UTC), unless all are skipped."""
    if len(facts.skip_hours) >= 24 or len(facts.skip_days) >= 7:
        return due
    for _ in range(24 * 8):
        if due.hour not in facts.skip_hours and due.weekday() not in facts.skip_days:
            return due
        due = due.replace(minute=0, second=0, microsecond=0) + _HOUR
    return due
