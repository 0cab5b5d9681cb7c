"""How the feeds and the way to them do, as the daemon sees it poll by poll; and who is told.

What it means is decided by collect.health and collect.outage; this keeps the one value that changes with
each poll, and brings what they decide to the store. Nothing of it must survive: an outage that was told of
is in the database, and is gone on with at the next start.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from monitor.collect import outage
from monitor.collect.health import SOONEST, all_worth_telling
from monitor.collect.hosts import share_of
from monitor.collect.outage import Network
from monitor.collect.poll import rest_until
from monitor.errors import MonitorError
from monitor.model import Feed, PollOutcome, Response, Severity
from monitor.policy import Policy
from monitor.ports import Store
from monitor.route.troubles import Bundle, OpenTrouble
from monitor.text import duration
from monitor.troubles.notices import (
    TOGETHER,
    feed_farewell,
    feed_trouble,
    key_of,
    kind_of,
    network_farewell,
    network_trouble,
    subject_of,
)

log = structlog.get_logger(__name__)

# After a message about feeds the next waits, so that what breaks meanwhile is one too; longer after one
# about many, for then there are more to come.
TELL_EVERY, AFTER_MANY = timedelta(hours=1), timedelta(hours=6)
LOOK_EVERY = timedelta(minutes=5)  # where there was nothing to tell
COLLAPSE_EVERY, _COLLAPSING = timedelta(days=1), 2  # of a share of which so many feeds are in trouble
_SPREAD_AT_ONCE = 5_000  # feeds in one transaction
_LONG = 3  # failures, after which others of the share wait for hours too
_NOBODY = "nobody is told: name a receiver under [alerts] default"
_MOST_RESTING = 10_000  # shares


class FeedWatch:
    """One for the whole program; its methods but `report`, `resume` and `go_on` are called in the event loop."""

    def __init__(self, store: Store, node: str = "") -> None:
        """`node` names this machine where several share the database: each has a network of its own."""
        self._store = store
        self._kind = kind_of(node)
        self.network = Network()
        self._recovered: set[str] = set()
        self._resting: dict[str, datetime] = {}
        self._over: tuple[datetime, datetime] | None = (
            None  # an outage that has ended, until feeds are spread
        )
        self._resumed = False  # whether what was put off on account of it was told to go on
        self._last: tuple[datetime, datetime] | None = None  # the one that ended last, from when to when
        self._told_until: datetime | None = None
        self._noted: datetime | None = (
            None  # since when it is away, as `status` knows it before anybody is told
        )

    # --- what polls and pages say ------------------------------------------------------------------

    def answered(self, asked: str, response: Response, now: datetime) -> None:
        """After an answer to a request for `asked`.

        A gateway's answer, and that of a page to which all is redirected (log in to this network), are nobody's.
        """
        share = share_of(asked)
        if outage.is_network(response) or share_of(response.url) != share:
            return
        self._heard(share, now)

    def read(self, feed: Feed, now: datetime) -> None:
        """After a feed was read, wherever it was found."""
        if feed.failures >= _LONG:
            self._recovered.add(share_of(feed.url))
        self._heard(share_of(feed.url), now)

    def _heard(self, share: str, now: datetime) -> None:
        since = self.network.since
        self.network = outage.heard(self.network, share)
        if since is not None:
            self._over = self._last = (since, now)
            self._resumed = False
            log.warning("the network is back", away=duration(now - since), answered=share)

    def failed(
        self, feed: Feed, problem: MonitorError | Response, outcome: PollOutcome, now: datetime, jitter: float
    ) -> PollOutcome:
        """`outcome` of a poll that failed, or, where the network is away, that it is tried again soon."""
        if isinstance(problem, Response) and outcome.rest_until is not None:
            self.rest(problem.url, outcome.rest_until, now)
        if not outage.is_network(problem):
            return outcome
        before = self.network
        self.network = outage.missed(before, feed, share_of(feed.url), now)
        if not self.network.is_away:
            return outcome
        forgiven: Sequence[Feed] = ()
        if not before.is_away:
            forgiven = tuple(self.network.failed.values())
            self.network = replace(self.network, failed={})
            log.warning("nobody answers: the network is away, polls wait", shares=sorted(self.network.silent))
        return outage.postponed(feed, self.network, now, jitter, tuple(forgiven))

    def waits_for_network(self, problem: MonitorError | Response) -> bool:
        """Whether a page that could not be had is to be asked for when the network is back."""
        return self.network.is_away and outage.is_network(problem)

    # --- how much may be asked for -----------------------------------------------------------------

    def feeds_allowed(self, room: int, now: datetime) -> int:
        """How many feeds may be polled now, of as many as there is room for."""
        allowed, self.network = outage.room(self.network, room, now)
        return allowed

    def pages_allowed(self, room: int) -> int:
        return 0 if self.network.is_away else room

    def rest(self, url: str, until: datetime, now: datetime) -> None:
        """Ask nothing of the share of `url` until then."""
        if len(self._resting) >= _MOST_RESTING:
            self._resting = {share: end for share, end in self._resting.items() if end > now}
        share = share_of(url)
        self._resting[share] = max(until, self._resting.get(share, until))

    def page_refused(self, url: str, response: Response, now: datetime) -> datetime | None:
        """Until when the share of a page rests after this answer; None where it does not."""
        until = rest_until(url, response, now)
        if until is not None:
            self.rest(url, until, now)
        return until

    def rests_until(self, url: str, now: datetime) -> datetime | None:
        """Until when nothing of its share may be asked for; None where it may."""
        until = self._resting.get(share_of(url)) if self._resting else None
        return until if until is not None and until > now else None

    # --- the store; these block --------------------------------------------------------------------

    def resume(self) -> None:
        """Go on with an outage that was on when the last daemon ended; its first answer ends it."""
        self._noted = self._store.noted_outages().get(self._kind)
        if self._noted is not None:
            self.network = outage.resumed(self._noted)
        for one in self._store.open_troubles(self._kind):
            self.network = outage.resumed(one.since)

    def go_on(self, now: datetime) -> None:
        """After an outage feeds that fell due meanwhile become due spread out; where one feed of a share is
        read again after long, the others that fail there are tried soon.
        """
        if self._recovered:
            recovered, self._recovered = self._recovered, set()
            self._store.retry_shares(recovered, now)
        if (over := self._over) is None:
            return
        since, until = over
        if not self._resumed:
            self._resumed = True
            self._store.resume_postponed(now)
        # A batch at a time: what else is to be stored is stored in between.
        left = until - since >= outage.WORTH_TELLING and (
            self._store.spread_overdue(until - since, until, _SPREAD_AT_ONCE) == _SPREAD_AT_ONCE
        )
        if not left and self._over is over:  # or another has ended meanwhile
            self._over = None

    def report(self, policy: Policy, now: datetime, *, at_once: bool = False) -> None:
        """Tell the operator what has begun and ended; `at_once` without the patience of a daemon."""
        self._report_network(policy, now, at_once)
        due = self._told_until is None or now >= self._told_until
        if not self.network.is_away and (due or at_once):
            self._report_feeds(policy, now)

    def _report_network(self, policy: Policy, now: datetime, at_once: bool) -> None:
        network, last = self.network, self._last
        since = network.since
        known = self._store.open_troubles(self._kind)
        lasts = since is not None and (at_once or bool(known) or now - since >= outage.WORTH_TELLING)
        noted = None if lasts else since
        if noted != self._noted:
            self._store.note_outage(self._kind, noted)
            self._noted = noted
        receivers = policy.operators("network", now)
        found = [network_trouble(network, receivers)] if lasts else []
        if not found and not known:
            return
        began, ended = last or (None, now)
        told = self._store.report_troubles(
            self._kind,
            found,
            lambda one: network_farewell(one, began, ended),
            policy.channel_names(),
            now,
            late=True,
            not_before=policy.quiet_until(now, Severity.HIGH),
        )
        for trouble in told.begun:
            says = "the operator is told" if receivers else _NOBODY
            log.error(says, what=trouble.headline)

    def _report_feeds(self, policy: Policy, now: datetime) -> None:
        feeds = self._store.troubled_feeds(now - SOONEST)
        open_now = {one.trouble.subject: one for one in self._store.open_troubles("feeds")}
        worth = {feed.id for feed in all_worth_telling(feeds)}
        # What was told stays told for as long as it is so.
        subjects = {subject_of(feed): feed for feed in feeds}
        told_of = {name: feed for name, feed in subjects.items() if feed.id in worth or name in open_now}
        self._told_until = now + LOOK_EVERY
        receivers = policy.operators("feeds", now)
        if not receivers and (untold := told_of.keys() - open_now.keys()):
            # Not noted as told: they are as soon as there is somebody to tell.
            log.error(_NOBODY, what=f"{len(untold)} feeds are in trouble; `monitor status` shows them")
            told_of = {name: feed for name, feed in told_of.items() if name in open_now}
            self._told_until = now + TELL_EVERY
        told_of = _without_late(told_of, open_now, now)
        if told_of.keys() == open_now.keys():
            return
        found = [
            open_now[name].trouble if name in open_now else feed_trouble(feed, receivers)
            for name, feed in told_of.items()
        ]
        ended = _ended(open_now, told_of)
        now_are = {feed.key: feed for feed in self._store.feeds_by_key(ended)}
        told = self._store.report_troubles(
            "feeds",
            found,
            lambda one: feed_farewell(one, now_are),
            policy.channel_names(),
            now,
            _bundle(told_of.keys() - open_now.keys()),
            not_before=policy.quiet_until(now, Severity.HIGH),
        )
        if told.begun or told.ended:
            many = len(told.begun) + len(told.ended) > TOGETHER.most
            self._told_until = now + (AFTER_MANY if many else TELL_EVERY)
            log.info("the operator is told of feeds", begun=len(told.begun), ended=len(told.ended))


def _without_late(
    told_of: Mapping[str, Feed], known: Mapping[str, OpenTrouble], now: datetime
) -> dict[str, Feed]:
    """What is told now, by subject: not yet what follows others of its share into trouble.

    A provider that collapses loses feed after feed, over hours or days. Two say that it does; what comes after
    them is told with all that comes within a day.
    """
    shares: dict[str, list[datetime]] = {}
    for one in known.values():
        shares.setdefault(share_of(key_of(one.trouble.subject)), []).append(one.told or one.since)

    def waits(subject: str) -> bool:
        told = shares.get(share_of(key_of(subject)), [])
        return subject not in known and len(told) >= _COLLAPSING and now - max(told) < COLLAPSE_EVERY

    return {subject: feed for subject, feed in told_of.items() if not waits(subject)}


def _bundle(begun: Collection[str]) -> Bundle:
    """How what begins is told together, by subjects: at one share, in one message however few they are."""
    shares = {share_of(key_of(subject)) for subject in begun}
    return replace(TOGETHER, most=1) if len(shares) == 1 else TOGETHER


def _ended(known: Collection[str], found: Collection[str]) -> list[str]:
    """Keys of the feeds whose trouble has ended, of the subjects `known` until now."""
    return list({key_of(subject) for subject in known if subject not in found})
