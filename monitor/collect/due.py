"""When a feed is polled next.

Its own rhythm says when a poll is worth a request (collect.rhythm, collect.moment); `tempo` is the price of
one, solved from the operator's budget (collect.budget). What is remembered is in the feed's row, so that it
survives restarts. After a downtime, feeds are overdue; claimed by their due time, those come first that fell
due first, which are the busiest, as each was due when what waited there was worth a request.

What a server asks for (Retry-After, Cache-Control, Expires, ttl, skipHours, skipDays) is a floor under
the due time, never part of the estimate. What the document asks for (ttl, skipHours, skipDays) also holds
when the answer has no document.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.collect.moment import Why, moment
from monitor.collect.profile import PART
from monitor.collect.rhythm import Document, Rhythm, begun, load, observed
from monitor.model import Feed, NewEntry, ParsedFeed
from monitor.text import duration

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_LONGEST_WAIT = _DAY  # the most that Retry-After or a failure puts off
_FIRST_WAIT = _HOUR  # the longest first interval, whatever the dates in the document say
_LEAST_WEIGHT, _MOST_WEIGHT = 0.1, 100.0  # of a feed's relevance beside the usual one
_FLOOR_SPREAD = 0.2  # of the spread: at the shortest interval, where most items are, it would only cost delay
_CLOCK_SPREAD = 30.0  # seconds; a poll that is due at a minute is not put off by a share of its interval


@dataclass(frozen=True, slots=True)
class PollingPolicy:
    """The operator's bounds: no feed is polled more often than `min_interval`, none more rarely than
    `max_interval`. `first_interval` is where a feed without any history begins; `spread` is the share
    of an interval by which polls are put off at random, so that feeds do not move in herds.

    `tempo` is the price of a request: a feed with an entry every two hours is polled every 15 minutes, one
    with an entry a day every hour. `usual_relevance` is the share of all feeds' items that match a rule.
    `requests_per_day` or `target_delay` (of an item, in the mean) is what the operator wants; the tempo is
    then solved from it (collect.budget).
    """

    min_interval: timedelta = timedelta(minutes=5)
    max_interval: timedelta = timedelta(hours=24)
    first_interval: timedelta = timedelta(minutes=15)
    spread: float = 0.1
    tempo: timedelta = timedelta(minutes=2)
    usual_relevance: float | None = None
    requests_per_day: int | None = None
    target_delay: timedelta | None = None

    def clamp(self, interval: timedelta) -> timedelta:
        return min(max(interval, self.min_interval), self.max_interval)

    def weight(self, relevance: float | None) -> float:
        """What an item of a feed counts beside one of a usual feed. A feed that never matched is polled
        more rarely, at a third of its frequency, but not given up: rules change, and so does the news.
        """
        if relevance is None or not self.usual_relevance or not relevance >= 0:
            return 1.0
        return min(max(relevance / self.usual_relevance, _LEAST_WEIGHT), _MOST_WEIGHT)


@dataclass(frozen=True, slots=True)
class PollFacts:
    """What a poll brought. `published` are the times the document names, for a feed without history;
    `fresh_for` is what Cache-Control or Expires asks for, `asked` what ttl or sy:updatePeriod does.
    `appeared` are the times that the new entries name, `listed` is how many entries the document has.
    Without a `document` (304, or the same bytes), the last one's wishes hold.
    """

    new: int = 0
    published: tuple[datetime, ...] = ()
    retry_after: timedelta | None = None
    fresh_for: timedelta | None = None
    asked: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()
    appeared: tuple[datetime, ...] = ()
    listed: int = 0
    document: bool = True

    def with_document(self, parsed: ParsedFeed, entries: Sequence[NewEntry] = ()) -> PollFacts:
        """These facts and what the document itself says; `entries` are those of it that are news."""
        new = (item.entry for item in entries if not item.changed)
        return replace(
            self,
            published=tuple(sorted(date for e in parsed.entries if (date := e.published or e.updated))),
            asked=parsed.min_interval,
            skip_hours=parsed.skip_hours,
            skip_days=parsed.skip_days,
            appeared=tuple(date for entry in new if (date := entry.published or entry.updated)),
            listed=len(parsed.entries),
            document=True,
        )


@dataclass(frozen=True, slots=True)
class NextPoll:
    """When a feed is polled next and why, with its interval and what is remembered of its rhythm.

    The interval is what its own rhythm asks for; `at` may be later, where its server wants that.
    """

    interval: timedelta
    at: datetime
    reason: str
    rhythm: tuple[float, ...]


def next_due(feed: Feed, facts: PollFacts, policy: PollingPolicy, now: datetime, jitter: float) -> NextPoll:
    """When a feed is due after a poll that could be read.

    `jitter` is in [0, 1). Retry-After, up to a day, wins over every bound; the rest stays within
    the policy's.
    """
    known = load(feed.rhythm)
    rhythm = _rhythm(feed, known, facts, now)
    interval, spread, reason = _interval(feed, facts, policy, rhythm, now)
    wait = min(interval + spread * jitter, max(policy.max_interval, interval))
    at, reason = _not_before(now + wait, reason, facts, rhythm.document, policy, now, jitter)
    as_before = feed.rhythm if rhythm is known else None  # as after most polls
    return NextPoll(interval, at, reason, as_before or rhythm.dump())


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


def phase(key: str) -> float:
    """A number in [0, 1) of a feed's own, the same for ever."""
    return zlib.crc32(key.encode("utf-8", "replace")) / 2**32


def _rhythm(feed: Feed, known: Rhythm | None, facts: PollFacts, now: datetime) -> Rhythm:
    shift, at = phase(feed.key) * PART, now.timestamp()
    before = feed.good_at.timestamp() if feed.good_at else at
    if known is None and (feed.baseline_at is None or len(facts.published) > 2):
        found = begun(at, [date.timestamp() for date in facts.published], shift)
    else:
        known = known or Rhythm(before, before)
        found = observed(known, before, at, facts.new, [date.timestamp() for date in facts.appeared], shift)
    return replace(found, document=_wishes(facts)) if facts.document else found


def _wishes(facts: PollFacts) -> Document:
    hours, days = sum(1 << hour for hour in facts.skip_hours), sum(1 << day for day in facts.skip_days)
    asked = facts.asked.total_seconds() if facts.asked else 0.0
    return Document(facts.listed, min(max(asked, 0.0), _DAY.total_seconds()), hours, days)


def _interval(
    feed: Feed, facts: PollFacts, policy: PollingPolicy, rhythm: Rhythm, now: datetime
) -> tuple[timedelta, timedelta, str]:
    """The interval, by how much it may be put off, and why it is what it is."""
    if not rhythm.events and feed.good_at is None:
        interval = policy.clamp(policy.first_interval)
        return interval, interval * policy.spread, f"every {duration(interval)}: its rate is not known yet"
    at = now.timestamp()
    soonest, latest = at + policy.min_interval.total_seconds(), at + _most(feed, facts, policy, now)
    price = policy.tempo.total_seconds() / policy.weight(feed.relevance)
    due, why = moment(rhythm, at, phase(feed.key) * PART, price, soonest, max(latest, soonest))
    interval = policy.clamp(timedelta(seconds=due - at))
    spread = interval * policy.spread * (_FLOOR_SPREAD if interval == policy.min_interval else 1.0)
    if why is Why.CLOCK:
        return interval, min(spread, timedelta(seconds=_CLOCK_SPREAD)), _by_the_clock(rhythm)
    return interval, spread, f"every {duration(interval)}: {_because(feed, facts, rhythm, why, now)}"


def _most(feed: Feed, facts: PollFacts, policy: PollingPolicy, now: datetime) -> float:
    """The longest wait in seconds. Where all that a document holds is new, more of it may have been missed."""
    if feed.good_at is None:
        return min(_FIRST_WAIT, policy.max_interval).total_seconds()
    most = policy.max_interval.total_seconds()
    if facts.new >= facts.listed > 1:
        return min(most, (now - feed.good_at).total_seconds() / 4)
    return most


def _by_the_clock(rhythm: Rhythm) -> str:
    names = {1800.0: "half hour", 3600.0: "hour", 86_400.0: "day"}
    return f"it publishes at the same minute of the {names[rhythm.clock.period]}"


def _because(feed: Feed, facts: PollFacts, rhythm: Rhythm, why: Why, now: datetime) -> str:
    if why is Why.ROOM:
        return f"it lists {rhythm.document.listed:.0f} entries at a time"
    if feed.good_at is None:
        return "the rate of its own dates"
    if facts.new:
        return "its usual rate"
    return f"nothing new for {duration(now - datetime.fromtimestamp(rhythm.at, now.tzinfo))}"


def _not_before(
    due: datetime,
    reason: str,
    facts: PollFacts,
    wishes: Document,
    policy: PollingPolicy,
    now: datetime,
    jitter: float,
) -> tuple[datetime, str]:
    """The due time that servers' wishes leave, with the reason that decided it."""
    wait, later = due - now, 1 + policy.spread * jitter
    asked = timedelta(seconds=wishes.asked)
    for floor, name in ((asked, "the feed asks for it"), (facts.fresh_for, "the server asks for it")):
        if floor and policy.clamp(floor) > wait:
            wait = min(policy.clamp(floor) * later, max(policy.max_interval, wait))
            reason = f"every {duration(policy.clamp(floor))}: {name}"
    due = _after_skips(now + wait, wishes, policy.spread * jitter)
    if due != now + wait:
        due, reason = min(due, now + max(policy.max_interval, wait)), "the feed asks not to be read before"
    if facts.retry_after and now + min(facts.retry_after, _LONGEST_WAIT) > due:
        due = now + min(facts.retry_after * later, _LONGEST_WAIT)
        reason = f"in {duration(due - now)}: the server said Retry-After"
    return due, reason


def _after_skips(due: datetime, wishes: Document, spread: float) -> datetime:
    """The first moment from `due` on that is in no skipped hour or day (UTC), unless all are skipped; within
    the part `spread` of an hour, as all who skip begin again together.
    """
    hours, days = int(wishes.skip_hours), int(wishes.skip_days)
    if not (hours or days) or hours >= 2**24 - 1 or days >= 2**7 - 1:
        return due
    found = due
    for _ in range(24 * 8):
        if not (hours >> found.hour & 1 or days >> found.weekday() & 1):
            return found if found == due else found + _HOUR * spread
        found = found.replace(minute=0, second=0, microsecond=0) + _HOUR
    return found
