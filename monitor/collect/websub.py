"""WebSub (W3C Recommendation, 23 January 2018): what a hub is asked and when, and what it may say to us.

    offered ──ask──▶ asked ──the hub verifies──▶ active ──▶ asked again before the lease ends, and so on
                       │                           │
                       ▼ denied, or no answer      ▼ silent: a poll found what was not pushed
                     later again                 polled in its own rhythm, asked anew a day later

A hub is relied on from its first push, while its lease runs and nothing speaks against it; then the feed
is polled rarely, as a proof. Nothing here depends on hubs: without them every feed is polled as ever.
Whoever calls gives the time, `jitter` in [0, 1), and what has to be unguessable.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from monitor.collect.due import PollingPolicy
from monitor.collect.hubs import is_private
from monitor.model import Entry, Feed, PollOutcome, Standing
from monitor.text import duration, one_line

LEASE = timedelta(days=10)  # asked for; the Recommendation's own suggestion
RARELY = timedelta(hours=6)  # how often a feed is polled whose hub is relied on
GRACE = timedelta(minutes=15)  # in which a hub may still push what a poll has found
PENDING = timedelta(hours=1)  # for which the verification of what was asked may come, also twice
_LONGEST_LEASE = timedelta(days=30)  # a lease without end would hide that the hub forgot us
_SOONEST = timedelta(minutes=10)  # between two requests to a hub for one feed
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=10), timedelta(days=7)
_SILENT_WAIT, _DENIED_WAIT = timedelta(days=1), timedelta(days=7)
_MOST_GOODBYES = 3
_JUST_NOW = timedelta(minutes=2)  # a push so recent may have met the poll on its way
_LONGEST_GAP = timedelta(days=1)  # between two polls: what has no date is not older
_MOST_POLLS_SKIPPED = 24
_HASHES = frozenset({"sha1", "sha256", "sha384", "sha512"})


class State(StrEnum):
    OFFERED = "offered"  # the feed names a hub, which has not been asked
    ASKED = "asked"
    ACTIVE = "active"
    DENIED = "denied"
    SILENT = "silent"  # it did not push what it should have
    ENDED = "ended"  # it is to push no more


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a hub was asked for a feed, and how far that went.

    `token` is the unguessable part of our callback's address, `secret` what its pushes are signed with ("" where
    the hub has none, since its address is no https). `next_at` is when there is something to do.
    """

    feed_id: int
    hub: str
    topic: str
    token: str
    secret: str = ""
    state: State = State.OFFERED
    asked_at: datetime | None = None
    lease_until: datetime | None = None
    pushed_at: datetime | None = None
    doubted_at: datetime | None = None
    next_at: datetime | None = None
    failures: int = 0
    error: str | None = None

    def is_leased(self, now: datetime) -> bool:
        return self.state is State.ACTIVE and self.lease_until is not None and now < self.lease_until


# --- what a feed offers ------------------------------------------------------------------------------


def follow_offer(
    known: Subscription | None, feed_id: int, offer: tuple[str, str], now: datetime, token: str, secret: str
) -> Subscription | None:
    """The subscription of a feed that offers a hub now, or ("", "") for none. None: there is none to keep.

    Another hub or topic is another subscription, under a new token: what the old one pushes is not ours.
    """
    hub, topic = offer
    if not hub:
        return ended(known, now) if known and known.state is not State.ENDED else known
    if known and (known.hub, known.topic) == offer and known.state is not State.ENDED:
        return known
    return Subscription(feed_id, hub, topic, token, secret if is_private(hub) else "", next_at=now)


def ended(known: Subscription, now: datetime) -> Subscription:
    """The feed is not wanted any more, or has no hub any more: what was asked for is given back."""
    was_asked = known.state in (State.ASKED, State.ACTIVE, State.SILENT)
    return replace(
        known,
        state=State.ENDED,
        asked_at=None,
        lease_until=None,
        pushed_at=None,
        doubted_at=None,
        next_at=now if was_asked else None,
        failures=0,
        error=None,
    )


def left(known: Subscription | None, after: Subscription | None) -> bool:
    """Whether what a hub was asked for is known no more: its feed names another hub, or another topic."""
    asked = known is not None and known.state in (State.ASKED, State.ACTIVE, State.SILENT)
    return asked and after is not None and known is not None and after.token != known.token


# --- what a hub is asked -----------------------------------------------------------------------------


def due_step(known: Subscription, now: datetime, jitter: float) -> tuple[Subscription, str | None]:
    """What is to be done with a subscription whose `next_at` has come: what it is then, and what the hub is
    asked ("subscribe", "unsubscribe" or nothing).

    It is stored before the hub is asked, for hubs verify before they answer, and as if the hub would
    not: then nothing more has to happen for it to be asked again, later each time.
    """
    if known.state is State.ENDED:
        again = known.failures < _MOST_GOODBYES - 1
        asked = replace(known, asked_at=now, failures=known.failures + 1)
        return replace(asked, next_at=now + _wait(asked.failures, jitter) if again else None), "unsubscribe"
    if known.state is State.ACTIVE and known.doubted_at and now >= known.doubted_at + GRACE:
        why = f"it did not push what a poll found at {known.doubted_at:%Y-%m-%d %H:%M} UTC"
        wait = _SILENT_WAIT * (1 + 0.25 * jitter)
        return replace(known, state=State.SILENT, next_at=now + wait, doubted_at=None, error=why), None
    keeps = known.is_leased(now)
    return (
        replace(
            known,
            state=State.ACTIVE if keeps else State.ASKED,
            asked_at=now,
            lease_until=known.lease_until if keeps else None,
            pushed_at=known.pushed_at if keeps else None,
            doubted_at=known.doubted_at if keeps else None,
            failures=known.failures + 1,
            next_at=now + _wait(known.failures + 1, jitter),
            error="the hub has not verified it yet",
        ),
        "subscribe",
    )


def _wait(failures: int, jitter: float) -> timedelta:
    """Ten minutes, four times as long with each failure, at most a week; a quarter more or less."""
    return min(_FIRST_WAIT * 4 ** min(failures - 1, 10), _LONGEST_WAIT) * (0.75 + 0.5 * jitter)


def request(known: Subscription, mode: str, callback: str) -> dict[str, str]:
    """The form that a hub is asked with (section 5.1). `callback` is the address that ends with its token."""
    fields = {"hub.callback": callback, "hub.mode": mode, "hub.topic": known.topic}
    if mode == "subscribe":
        fields["hub.lease_seconds"] = str(int(LEASE.total_seconds()))
        if known.secret:
            fields["hub.secret"] = known.secret
    return fields


def refused(
    known: Subscription, why: str, now: datetime, retry_after: timedelta | None = None
) -> Subscription | None:
    """The hub could not be asked, or said no at once: it is asked again when `due_step` decided, or later
    where it says so. None: it verified all the same.
    """
    if known.error is None or known.next_at is None:
        return None
    later = now + min(retry_after, _LONGEST_WAIT) if retry_after else known.next_at
    return replace(known, error=one_line(why, 300), next_at=max(known.next_at, later))


# --- what a hub asks us ------------------------------------------------------------------------------


def verified(
    known: Subscription, parameters: Mapping[str, str], now: datetime, jitter: float
) -> Subscription | None:
    """The subscription once the hub verified that we meant it (section 5.3); None: we did not, answer 404."""
    mode = parameters.get("hub.mode", "")
    pending = known.asked_at is not None and now - known.asked_at <= PENDING
    wanted = "unsubscribe" if known.state is State.ENDED else "subscribe"
    if not pending or mode != wanted or parameters.get("hub.topic") != known.topic:
        return None
    if mode == "unsubscribe":
        return replace(known, next_at=None, error=None)
    lease = _lease(parameters.get("hub.lease_seconds", ""))
    return replace(
        known,
        state=State.ACTIVE,
        lease_until=now + lease,
        next_at=now + max(lease * (0.9 - 0.1 * jitter), _SOONEST),
        failures=0,
        error=None,
    )


def _lease(seconds: str) -> timedelta:
    """What the hub grants; a hub of the older protocol, which does not say, grants what was asked."""
    if not (seconds.isascii() and seconds.isdecimal()) or not 0 < len(seconds) < 12 or not int(seconds):
        return LEASE
    return min(timedelta(seconds=int(seconds)), _LONGEST_LEASE)


def denied(
    known: Subscription, parameters: Mapping[str, str], now: datetime, jitter: float
) -> Subscription | None:
    """The subscription after the hub denied or ended it (section 5.2); None: it is none that we have."""
    if parameters.get("hub.topic") != known.topic or known.state in (State.OFFERED, State.ENDED):
        return None
    reason = one_line(parameters.get("hub.reason", ""), 200)
    return replace(
        known,
        state=State.DENIED,
        asked_at=None,
        lease_until=None,
        pushed_at=None,
        doubted_at=None,
        next_at=now + _DENIED_WAIT * (1 + 0.25 * jitter),
        failures=0,
        error="the hub denied it" + (f": {reason}" if reason else ""),
    )


def is_signed(secret: str, body: bytes, header: str) -> bool:
    """Whether a push bears our secret (section 7.1): `X-Hub-Signature: sha256=…`, or sha1, sha384, sha512.

    Without a secret there is nothing to sign with: then only the token speaks for the sender.
    """
    if not secret:
        return True
    method, _, signature = header.strip().partition("=")
    if method.lower() not in _HASHES:
        return False
    right = hmac.new(secret.encode(), body, getattr(hashlib, method.lower())).hexdigest()
    return hmac.compare_digest(right.encode(), signature.strip().lower().encode("utf-8", "replace"))


def takes_pushes(known: Subscription) -> bool:
    """Whether what comes to its callback is read at all."""
    return known.state in (State.ASKED, State.ACTIVE, State.SILENT)


def pushed(known: Subscription, now: datetime, *, held_known: bool) -> Subscription:
    """After a push. It ends a doubt where it held what was known already: what was missed may have come."""
    doubt = None if held_known else known.doubted_at
    return replace(known, pushed_at=now, doubted_at=doubt)


# --- polls beside pushes -----------------------------------------------------------------------------


def relied_on_until(known: Subscription) -> datetime | None:
    """Until when the feed may be polled rarely; None where its hub is not relied on."""
    proven = known.state is State.ACTIVE and known.pushed_at is not None and known.doubted_at is None
    return known.lease_until if proven else None


def with_push(
    feed: Feed, outcome: PollOutcome, policy: PollingPolicy, now: datetime, listening: datetime | None
) -> PollOutcome:
    """The outcome of a good poll of `feed`, put off where its hub is relied on and the poll found nothing new.

    `listening` is since when pushes can reach us at all. What is known of the feed's rhythm stays as it was:
    that polls bring nothing says nothing of it while pushes do.
    """
    until, due_at = feed.pushed_until, outcome.feed.due_at
    if until is None or until <= now or listening is None or due_at is None:
        return outcome
    if any(not new.changed for new in outcome.entries):
        return outcome
    own = due_at - now
    rarely = min(RARELY, _MOST_POLLS_SKIPPED * own) + own / 10  # spread as its own interval is
    put_off = min(now + min(rarely, policy.max_interval), until)
    kept = replace(outcome.feed, interval=feed.interval, rhythm=feed.rhythm)
    if put_off <= due_at:
        return replace(outcome, feed=kept)
    reason = f"in {duration(put_off - now)}: its hub pushes what is new"
    return replace(outcome, feed=replace(kept, due_at=put_off), reason=reason)


def after_poll(
    known: Subscription | None,
    outcome: PollOutcome,
    token: str,
    secret: str,
    now: datetime,
    listening: datetime | None,
) -> Subscription | None:
    """The subscription of a feed after a poll: to the hub that it offers now, and in doubt where that missed
    what the poll found. `token` and `secret` are for a new one. None: there is none to keep.
    """
    if outcome.hub is not None:
        known = follow_offer(known, outcome.feed.id, outcome.hub, now, token, secret)
    return doubted(known, outcome, now, listening) if known and listening else known


def doubted(known: Subscription, outcome: PollOutcome, now: datetime, listening: datetime) -> Subscription:
    """The subscription, in doubt where a poll found what the hub should have pushed: what appeared since the
    hub was asked and we were `listening`. It has GRACE to push it after all.
    """
    if not known.is_leased(now) or known.doubted_at or known.asked_at is None:
        return known
    if known.pushed_at and now - known.pushed_at < _JUST_NOW:
        return known
    since = max(known.asked_at, listening)
    news = (new.entry for new in outcome.entries if not new.changed and new.standing is Standing.NEW)
    if not any(_dated(entry, now) > since for entry in news):
        return known
    return replace(known, doubted_at=now, next_at=min(known.next_at or now + GRACE, now + GRACE))


def _dated(entry: Entry, now: datetime) -> datetime:
    return entry.published or entry.updated or now - _LONGEST_GAP


def describe(known: Subscription | None, now: datetime) -> dict[str, Any] | None:
    """A feed's subscription as `feeds list --json` gives it; None where the feed names no hub."""
    if known is None:
        return None
    return {
        "hub": known.hub,
        "state": known.state.value,
        "lease_until": known.lease_until,
        "pushed": known.pushed_at,
        "relied_on": (until := relied_on_until(known)) is not None and now < until,
        "error": known.error,
    }
