"""What the operator is told of feeds and of the network: headlines and texts of notices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from monitor.collect.health import Health, State, advice, health, newest, pace
from monitor.collect.hosts import share_of
from monitor.collect.outage import Network
from monitor.model import Feed
from monitor.route.troubles import Bundle, OpenTrouble, Trouble
from monitor.text import duration

_MOST_ALONE = 3  # feeds that begin or end at once and have a message each
_MOST_LISTED = 50
_MOST_SHARES = 10

_SAYS = {
    State.FAILING: "cannot be read",
    State.QUIET: "has gone quiet",
    State.GONE: "is gone for good, and polled no more",
}


def feed_trouble(feed: Feed, receivers: tuple[str, ...]) -> Trouble:
    """A feed in trouble (failing, quiet or gone) as the operator is told of it."""
    found = health(feed)
    headline = f"{name_of(feed)} {_SAYS[found.state]}"
    about = "\n".join(_about(feed, found))
    return Trouble(_subject(found.state, feed.key), headline, about, receivers, found.since)


def _subject(state: State, key: str) -> str:
    return f"{state.value} {key}"


def subject_of(feed: Feed) -> str:
    """What the trouble of a feed is known by: its state and its key."""
    return _subject(health(feed).state, feed.key)


def key_of(subject: str) -> str:
    """The key of the feed that a trouble's subject is about."""
    return subject.partition(" ")[2]


def name_of(feed: Feed) -> str:
    """What people call a feed."""
    return feed.title or feed.key


def _about(feed: Feed, found: Health) -> Iterator[str]:
    yield feed.key + (f" (asked for at {feed.url})" if feed.url != feed.key else "")
    yield f"Why: {without_address(found.why, feed)}"
    if found.state is State.FAILING and feed.failing_since:
        yield f"Since: {when(feed.failing_since)}; {feed.failures} polls in a row"
    yield f"Read last: {when(feed.good_at)}; something new last: {when(newest(feed))}"
    if found.rate is not None:
        yield f"Usual: {pace(found.rate)}"
    if feed.tags:
        yield f"Tags: {', '.join(feed.tags)}"
    yield f"To do: {advice(feed)}"


def without_address(why: str, feed: Feed) -> str:
    """An error without the address that it begins with, where that is shown beside it."""
    for address in (feed.url, feed.key):
        why = why.removeprefix(f"{address}: ").removeprefix(f"{address} ")
    return why


def when(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC") if moment else "never"


def feed_farewell(one: OpenTrouble, feeds: Mapping[str, Feed]) -> tuple[str, str] | None:
    """What is said when a feed's trouble has ended, `feeds` being those concerned as they are now, by key.

    None where another trouble of it has begun, which says so itself.
    """
    key = key_of(one.trouble.subject)
    feed = feeds.get(key)
    if feed is None:
        return f"{key} is no longer polled", f"{key} is not among the feeds any more."
    found = health(feed)
    if found.state in (State.GONE, State.QUIET) and _subject(found.state, key) != one.trouble.subject:
        return None
    if found.state is State.RETIRED:
        return f"{name_of(feed)} is no longer polled", f"{key}\nWhy: {found.why}"
    again = "brings something again" if one.trouble.subject.startswith(State.QUIET) else "is read again"
    if found.state is State.NEW or feed.failures:
        again = "is polled again"
    lines = [
        key,
        f"In trouble since: {when(one.since)}",
        f"Read last: {when(feed.good_at)}; something new last: {when(newest(feed))}",
        "What it published meanwhile and still lists is read now; what is over 7 days old is only stored.",
    ]
    return f"{name_of(feed)} {again}", "\n".join(lines)


def _begun_together(begun: Sequence[Trouble]) -> tuple[str, str]:
    shares: dict[str, list[Trouble]] = {}
    for trouble in begun:
        shares.setdefault(share_of(key_of(trouble.subject)), []).append(trouble)
    largest = sorted(shares.items(), key=lambda item: (-len(item[1]), item[0]))
    lines = [_counted(begun), ""]
    listed = 0
    for share, troubles in largest:
        if listed >= _MOST_LISTED:
            break
        lines.append(f"{share or 'no host'} ({len(troubles)}):" if len(troubles) > 1 else f"{share}:")
        shown = troubles[: _MOST_LISTED - listed]
        lines += [f"  {_line(trouble)}" for trouble in shown]
        listed += len(shown)
    lines += _rest(len(begun) - listed)
    lines += ["", "`monitor feeds list --state failing` shows them as they are now (also quiet, gone)."]
    where = f" at {largest[0][0]}" if len(largest) == 1 else f" at {len(largest)} sites"
    return f"{len(begun)} feeds are in trouble{where}", "\n".join(lines)


def _counted(begun: Sequence[Trouble]) -> str:
    counts = {state: sum(t.subject.startswith(f"{state} ") for t in begun) for state in _SAYS}
    words = {State.FAILING: "cannot be read", State.QUIET: "went quiet", State.GONE: "are gone for good"}
    return ", ".join(f"{count} {words[state]}" for state, count in counts.items() if count) + ":"


def _line(trouble: Trouble) -> str:
    why = next((line for line in trouble.text.splitlines() if line.startswith("Why: ")), "").removeprefix(
        "Why: "
    )
    return f"{key_of(trouble.subject)}  {why}"


def _rest(number: int) -> list[str]:
    return [f"… and {number} more"] if number > 0 else []


def _ended_together(ended: Sequence[tuple[OpenTrouble, tuple[str, str]]]) -> tuple[str, str]:
    lines = [f"  {headline} ({key_of(one.trouble.subject)})" for one, (headline, _) in ended[:_MOST_LISTED]]
    lines += _rest(len(ended) - _MOST_LISTED)
    return f"{len(ended)} feeds are no longer in trouble", "\n".join(lines)


TOGETHER = Bundle(_MOST_ALONE, _begun_together, _ended_together)


# --- the network -----------------------------------------------------------------------------------

NETWORK = "network"  # the kind of the trouble, and its subject


def kind_of(node: str) -> str:
    """The kind of this trouble on a machine: each of several has a network of its own."""
    return f"{NETWORK}@{node}" if node else NETWORK


def is_network(kind: str) -> bool:
    """Whether troubles of a kind are outages, of whatever node."""
    return kind.partition("@")[0] == NETWORK


def network_trouble(network: Network, receivers: tuple[str, ...]) -> Trouble:
    """An outage of our own; `network.since` is set."""
    silent = sorted(network.silent)
    shown = ", ".join(silent[:_MOST_SHARES]) + (" …" if len(silent) > _MOST_SHARES else "")
    lines = [
        f"Since {when(network.since)} nobody answers"
        + (f": neither {shown}, nor anybody else." if shown else "."),
        "So it is probably our own network, name server or proxy. No feed is marked as failing; two feeds a",
        "minute are tried, and articles wait. When somebody answers, all goes on by itself, and a message says so.",
    ]
    return Trouble(NETWORK, away(network.since), "\n".join(lines), receivers, network.since)


def away(since: datetime | None) -> str:
    """What an outage is called."""
    return f"The network is away since {when(since)}"


def network_farewell(one: OpenTrouble, since: datetime | None, until: datetime) -> tuple[str, str]:
    """The whole of an outage, since it may be all that anybody is told of it."""
    began = since or one.since
    length = duration(until - began)
    lines = [
        f"From {when(began)} to {when(until)} nobody answered: probably our own network, name server or proxy.",
        "No feed was marked as failing. What fell due meanwhile is polled now, spread over minutes; what feeds",
        "published and no longer list is lost to us.",
    ]
    return f"The network is back; it was away for {length}", "\n".join(lines)
