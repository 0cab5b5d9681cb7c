"""An outage of our own network, told apart from feeds that fail.

It is one where shares (registrable domains) that answered until now fail one after another for reasons of
the network, and nobody answers in between: one dead host, however big, is one share, and among many feeds
that fail for reasons of their own others answer. Any answer ends it. To be wrong costs little, for the next
answer mends it: while it lasts nothing is marked as failing, polls are put off for minutes, and only now and
then is a feed tried. So two or three shares are enough where few answer, and a quarter of them otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.errors import FetchError, MonitorError
from monitor.model import Feed, PollOutcome, Response
from monitor.text import duration

# Kinds of FetchError that our own network, name server, proxy or clock can be the reason of.
NETWORK_KINDS = frozenset({"dns", "connect", "timeout", "tls", "proxy"})
# Answers of whoever stands between: bad gateway, gateway timeout, log in to the network (RFC 6585).
GATEWAY_STATUS = frozenset({502, 504, 511})

_FEWEST, _MOST = 3, 20  # shares that must have fallen silent
_ONE_IN = 4  # of those that answered lately
_REMEMBERED = _MOST * _ONE_IN  # shares that answered lately
_AT_ONCE = timedelta(hours=2)  # failures further apart have nothing to do with each other
_MOST_FORGIVEN = 1_000  # feeds; more fail only where something else is wrong
PROBE_EVERY = timedelta(seconds=30)
SHORTEST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(minutes=5)
NOBODY = "nobody answered anywhere"  # how the reason begins why such a feed is due when it is
WORTH_TELLING = timedelta(minutes=5)  # a shorter outage is nobody's incident


@dataclass(frozen=True, slots=True)
class Network:
    """What is known of the way to the world, poll by poll.

    `answered` are shares that answered lately, the newest last. `silent` are those that failed after the
    last answer of anybody: when first, when last. `failed` are the feeds that failed since then, as they
    were before. `since` is set while the network is taken to be away.
    """

    answered: tuple[str, ...] = ()
    silent: Mapping[str, tuple[datetime, datetime]] = field(default_factory=dict)
    failed: Mapping[int, Feed] = field(default_factory=dict)
    since: datetime | None = None
    tried_at: datetime | None = None

    @property
    def is_away(self) -> bool:
        return self.since is not None

    @property
    def needed(self) -> int:
        """How many shares must have fallen silent for an outage."""
        known = len(self.answered)
        return 2 if known == 2 else min(max(known // _ONE_IN, _FEWEST), _MOST)


def is_network(problem: MonitorError | Response) -> bool:
    """Whether our own network may be the reason."""
    if isinstance(problem, Response):
        return problem.status in GATEWAY_STATUS
    return isinstance(problem, FetchError) and problem.kind in NETWORK_KINDS


def heard(network: Network, share: str) -> Network:
    """After `share` has answered, whatever it said."""
    if (
        not network.silent
        and not network.failed
        and not network.is_away
        and network.answered[-1:] == (share,)
    ):
        return network
    others = [one for one in network.answered if one != share and one not in network.silent]
    return Network((*others, share)[-_REMEMBERED:])


def missed(network: Network, feed: Feed, share: str, now: datetime) -> Network:
    """After a poll of `feed` found nobody, for a reason of the network.

    Only a share whose feed was well says something of the network: others fail anyway.
    """
    if network.is_away:
        return network
    silent = {name: times for name, times in network.silent.items() if now - times[1] <= _AT_ONCE}
    if feed.good_at is not None and (feed.failures == 0 or share in silent):
        silent[share] = (silent[share][0] if share in silent else now, now)
    if not silent:
        return Network(network.answered)
    failed = network.failed
    if feed.id not in failed and len(failed) < _MOST_FORGIVEN:
        failed = {**failed, feed.id: feed}
    since = min(first for first, _ in silent.values()) if len(silent) >= network.needed else None
    return replace(network, silent=silent, failed=failed, since=since, tried_at=now if since else None)


def resumed(since: datetime) -> Network:
    """What is known at a start, where an outage was on when the last daemon ended."""
    return Network(since=since)


def room(network: Network, room: int, now: datetime) -> tuple[int, Network]:
    """How many feeds may be polled of as many as there is room for: all, or a probe now and then."""
    if not network.is_away:
        return room, network
    if network.tried_at is not None and now - network.tried_at < PROBE_EVERY:
        return 0, network
    return min(room, 1), replace(network, tried_at=now)


def put_off(now: datetime, jitter: float) -> datetime:
    """When that is tried again which an outage kept from being done. `jitter` is in [0, 1)."""
    return now + SHORTEST_WAIT + (LONGEST_WAIT - SHORTEST_WAIT) * jitter


def postponed(
    feed: Feed, network: Network, now: datetime, jitter: float, forgiven: tuple[Feed, ...] = ()
) -> PollOutcome:
    """The outcome of a poll that an outage made impossible: the feed is as it was, and due again soon.

    `forgiven` are the feeds that failed on account of it before it was known, as they were before.
    """
    length = duration(now - (network.since or now))
    reason = f"{NOBODY} for {length}: our own network; tried again in minutes"
    return PollOutcome(
        replace(feed, due_at=put_off(now, jitter)),
        (),
        reason,
        forgiven=tuple(f for f in forgiven if f.id != feed.id),
    )


def spread_after(feed_id: int, interval: timedelta | None, away: timedelta, now: datetime) -> datetime:
    """When a feed that fell due while the network was away is polled: not all at once, the busiest first.

    Spread evenly over as long as the outage was, at most half an hour and its own interval.
    """
    over = min(away, timedelta(minutes=30), interval or timedelta(minutes=30))
    return now + over * phase(feed_id)


def phase(feed_id: int) -> float:
    """A feed's own place in [0, 1): the same at every call, and even over feeds (Knuth's multiplicative hash)."""
    return (feed_id * 2_654_435_761 % 2**32) / 2**32
