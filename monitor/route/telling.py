"""When a receiver is told of what is to be told: at once, or later and why.

    new         at once
    update      with others of its story: group_wait after the first, then less and less often
    escalation  at once: graver than what the receiver was told of the story so far
    digest      at the receiver's digest
    spike       its rule brings far more than it usually does: with all of it, once an hour
    flood       the receiver was told as much as it takes: with the rest, once a while
    quiet       whatever it is, not in the receiver's quiet hours

Nothing is dropped: whatever is not told at once is held until a moment that is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from monitor.model import Decision, Hold, Kind, Severity, Verdict
from monitor.route.digest import MORNING, next_digest
from monitor.route.hours import Hours, end_of
from monitor.route.routes import Timing

_FIRST_INTERVAL = timedelta(seconds=15)
SPIKE_EVERY = timedelta(hours=1)  # how often what a spiking rule brings is told
_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class ReceiverPolicy:
    """How a receiver wants to be told.

    `quiet` are its quiet hours by the clocks of `zone`; what is at least as grave as `quiet_except` comes
    through them. `digest` is a time of day or a cron expression. At most `flood` alerts come within
    `flood_window`, then the rest of it in one; 0 is no limit.
    """

    zone: str = "UTC"
    quiet: tuple[Hours, ...] = ()
    quiet_except: Severity | None = None
    digest: time | str = MORNING
    flood: int = 60
    flood_window: timedelta = timedelta(minutes=10)
    rate: tuple[int, timedelta] | None = None  # messages of each of its channels; by its service without

    def next_digest(self, now: datetime) -> datetime:
        return next_digest(now, self.zone, self.digest)

    def quiet_until(self, now: datetime, severity: Severity) -> datetime | None:
        """When the quiet hours that `now` lies in are over; None where they are none, or do not count."""
        if self.quiet_except is not None and _RANKS[severity] >= _RANKS[self.quiet_except]:
            return None
        return end_of(self.quiet, now, self.zone)


@dataclass(frozen=True, slots=True)
class Before:
    """What a receiver was told of a story by a rule, and what of it waits."""

    updated_at: datetime | None = None  # when the last update was told
    updates: int = 0  # how many were
    waiting_until: datetime | None = None  # when the updates that wait are told
    gravest: Severity | None = None  # of the alerts of the story that it was told, by whichever rule


@dataclass(frozen=True, slots=True)
class Surges:
    """Since when a rule spikes, and since when a receiver is flooded; None where that is not so."""

    spike: datetime | None = None
    flood: datetime | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """When a receiver is told: at once where `until` is None; else then, for the reason `why`."""

    receiver: str
    until: datetime | None = None
    why: Hold | None = None

    def __str__(self) -> str:
        if self.until is None or self.why is None:
            return f"{self.receiver} at once"
        return f"{self.receiver} {self.until:%Y-%m-%d %H:%M} UTC ({_WORDS[self.why]})"


_WORDS = {
    Hold.DIGEST: "its digest",
    Hold.GROUP: "with other updates",
    Hold.QUIET: "after its quiet hours",
    Hold.SPIKE: "with all that the rule brings in its spike",
    Hold.FLOOD: "with all that is too much at once",
}


def tell(
    receiver: str,
    decision: Decision,
    severity: Severity,
    policy: ReceiverPolicy,
    timing: Timing,
    before: Before,
    surges: Surges,
    now: datetime,
) -> Telling:
    """When `receiver` is told of a match that was decided to be an alert, or to be held for the digest."""
    until, why = _moment(decision, severity, policy, timing, before, surges, now)
    quiet = policy.quiet_until(until or now, severity)
    if quiet is None:
        return Telling(receiver, until, why)
    only_quiet = why is None or (why is Hold.GROUP and policy.quiet_until(now, severity) is not None)
    return Telling(receiver, quiet, Hold.QUIET if only_quiet else why)


def _moment(
    decision: Decision,
    severity: Severity,
    policy: ReceiverPolicy,
    timing: Timing,
    before: Before,
    surges: Surges,
    now: datetime,
) -> tuple[datetime | None, Hold | None]:
    if decision.verdict is Verdict.HELD:
        return policy.next_digest(now), Hold.DIGEST
    if surges.spike is not None:
        return next_release(surges.spike, SPIKE_EVERY, now), Hold.SPIKE
    if surges.flood is not None:
        return next_release(surges.flood, policy.flood_window, now), Hold.FLOOD
    if decision.kind is Kind.UPDATE and not _is_graver(severity, before.gravest):
        until = group_until(timing, before, now)
        return (until, Hold.GROUP) if until > now else (None, None)
    return None, None


def _is_graver(severity: Severity, told: Severity | None) -> bool:
    return told is not None and _RANKS[severity] > _RANKS[told]


def group_until(timing: Timing, before: Before, now: datetime) -> datetime:
    """When an update is told: with those that wait; else `group_wait` from now, and an interval after the last.

    The interval doubles from update to update until it is `group_interval`: the first updates of a story are
    news to its readers, and the tenth within an hour is not worth a message of its own.
    """
    if before.waiting_until is not None:
        return before.waiting_until
    soonest = now + timing.group_wait
    if before.updated_at is None:
        return soonest
    interval = max(timing.group_wait, _FIRST_INTERVAL) * 2 ** min(before.updates, 16)
    return max(soonest, before.updated_at + min(interval, timing.group_interval))


def next_release(since: datetime, every: timedelta, now: datetime) -> datetime:
    """The first moment after `now` that is a whole number of `every` after `since`."""
    rounds = max((now - since) // every, 0) + 1
    return since + rounds * every


def gravest(severities: Sequence[Severity]) -> Severity | None:
    return max(severities, key=_RANKS.__getitem__, default=None)
