"""How feeds do, for `feeds list` and `feeds show`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from monitor.collect.health import TROUBLE, Health, State, advice, health, newest, pace
from monitor.collect.poll import REDIRECT_HOLDS
from monitor.collect.rhythm import load
from monitor.errors import UsageError
from monitor.model import Feed
from monitor.text import duration
from monitor.troubles.notices import when, without_address

_ORDER = (*TROUBLE, State.NEW, State.OK, State.RETIRED)


class FeedStore(Protocol):
    def feeds(self) -> list[tuple[Feed, str]]: ...
    def recent_entries(self, feed_id: int, limit: int) -> list[dict[str, Any]]: ...


def describe(
    feed: Feed, reason: str, push: dict[str, Any] | None = None, same_as: Sequence[str] = ()
) -> dict[str, Any]:
    """A feed as `feeds list --json` gives it; `reason` is why it is due when it is, `push` how it stands with
    its hub (websub.describe), None where it names none, `same_as` the other feeds at the address it is polled at.
    """
    found = health(feed)
    return {
        "id": feed.id,
        "url": feed.key,
        "polled_url": feed.url,
        "title": feed.title,
        "tags": list(feed.tags),
        "origin": feed.origin,
        "state": found.state.value,
        "polled": feed.polled_at,
        "good": feed.good_at,
        "new": newest(feed),
        "due": feed.due_at if feed.retired_at is None else None,
        "interval": feed.interval,
        "failures": feed.failures,
        "failing_since": feed.failing_since,
        "error": feed.retired_why or feed.error,
        "error_kind": feed.error_kind,
        "reason": reason,
        "rate": None if found.rate is None else round(found.rate, 3),
        "delay": found.delay,
        "quiet_since": feed.quiet_since,
        "retired": feed.retired_at,
        "push": push,
        "same_as": list(same_as),
    }


def listing(
    feeds: Iterable[tuple[Feed, str]],
    pushes: Mapping[int, dict[str, Any] | None],
    *,
    states: Collection[str] = (),
    tags: Collection[str] = (),
    everything: bool = False,
) -> list[dict[str, Any]]:
    """Feeds with what is said of each, those in trouble first. Retired ones only where they are asked for.

    Raises UsageError for a state that there is not.
    """
    if unknown := set(states) - set(State):
        raise UsageError(f"{min(unknown)!r} is no state of a feed; there are {', '.join(State)}")
    known = list(feeds)
    twins = _at_one_address(feed for feed, _ in known)
    found = []
    for feed, reason in known:
        how = health(feed)
        wanted = how.state in states if states else everything or how.state is not State.RETIRED
        if wanted and set(tags) <= set(feed.tags):
            found.append((_rank(feed, how), feed, reason))
    found.sort(key=lambda one: one[0])
    return [describe(feed, reason, pushes.get(feed.id), twins.get(feed.id, ())) for _, feed, reason in found]


def _rank(feed: Feed, how: Health) -> tuple[int, float, str]:
    """The worst states first, in each what has lasted longest."""
    since = how.since.timestamp() if how.since and how.state in TROUBLE else 0.0
    return _ORDER.index(how.state), since, feed.key


def _at_one_address(feeds: Iterable[Feed]) -> dict[int, list[str]]:
    """Of the polled feeds that are polled at one address, the keys of the others: redirects led them there."""
    at: dict[str, list[Feed]] = defaultdict(list)
    for feed in feeds:
        if feed.retired_at is None:
            at[feed.url].append(feed)
    return {
        feed.id: [other.key for other in group if other is not feed]
        for group in at.values()
        if len(group) > 1
        for feed in group
    }


def why(row: Mapping[str, Any], now: datetime) -> str:
    """The last column of the list: what is wrong and since when, else why it is due when it is."""
    since = {"failing": row["failing_since"], "quiet": row["quiet_since"], "gone": row["retired"]}.get(
        row["state"]
    )
    error = without_address(row["error"] or "", Feed(0, row["url"], row["polled_url"]))
    said = {
        "failing": f"for {duration(now - since)}: {error}" if since else error,
        "quiet": f"nothing new for {duration(now - since)}, which is unlike it" if since else "",
        "gone": f"{error}; `monitor feeds poll {row['url']}` tries it again",
        "retired": row["error"] or "",
    }.get(row["state"], row["reason"])
    if row["same_as"]:
        said += f"; polled twice: {row['same_as'][0]} is at the same address by now"
    return said


def usual(rate: float | None) -> str:
    return "-" if rate is None else pace(rate)


# --- one feed --------------------------------------------------------------------------------------


def one(store: FeedStore, url: str) -> tuple[Feed, str, list[str]]:
    """The feed with this address, why it is due when it is, and the others at its address. Raises UsageError."""
    feeds = store.feeds()
    for named in (
        lambda feed: feed.key == url,
        lambda feed: feed.url == url,
        lambda feed: str(feed.id) == url,
    ):
        for feed, reason in feeds:
            if named(feed):
                return feed, reason, _at_one_address(other for other, _ in feeds).get(feed.id, [])
    raise UsageError(f"no feed {url} is known; `monitor feeds list --all` shows all")


def lines(
    feed: Feed,
    reason: str,
    same_as: Sequence[str],
    push: str,
    entries: Sequence[Mapping[str, Any]],
    now: datetime,
) -> Iterator[tuple[str, str]]:
    """Everything that is known of a feed: level (ok, warn, bad) and line."""
    found = health(feed)
    level = (
        "bad"
        if found.state in (State.FAILING, State.GONE)
        else "warn"
        if found.state is State.QUIET
        else "ok"
    )
    yield "", feed.key
    if feed.title:
        yield "", _row("title", feed.title)
    since = f" since {when(found.since)}" if found.since else ""
    yield level, _row("state", f"{found.state}{since}")
    if found.why and found.state is not State.OK:
        yield level, _row("", without_address(found.why, feed))
    if found.state in TROUBLE:
        yield "", _row("to do", advice(feed))
    yield from _poll_lines(feed, found, reason, now)
    if push:
        yield "", _row("push", push)
    yield from _address_lines(feed, same_as)
    yield from _rhythm_lines(feed, found)
    yield "", _row("from", f"{feed.origin}; tags: {', '.join(feed.tags) or 'none'}")
    yield "", _row("entries", "the newest:" if entries else "none yet")
    for entry in entries:
        yield ("bad" if entry["state"] == "quarantined" else ""), _entry(entry)


def _row(name: str, value: str) -> str:
    return f"{name:<11}{value}"


def _poll_lines(feed: Feed, found: Health, reason: str, now: datetime) -> Iterator[tuple[str, str]]:
    if feed.retired_at is None and feed.due_at is not None:
        due = f"in {duration(feed.due_at - now)}" if feed.due_at > now else "now"
        yield "", _row("next poll", f"{when(feed.due_at)} ({due}) {reason}".rstrip())
    if feed.polled_at is None:
        return
    yield "", _row("polled", _ago(feed.polled_at, now))
    yield "", _row("read", _ago(feed.good_at, now))
    yield "", _row("new item", _ago(newest(feed), now))
    if feed.failures:
        yield "bad", _row("failures", f"{feed.failures} in a row since {when(feed.failing_since)}")


def _ago(moment: datetime | None, now: datetime) -> str:
    return "never" if moment is None else f"{when(moment)} ({duration(now - moment)} ago)"


def _address_lines(feed: Feed, same_as: Sequence[str]) -> Iterator[tuple[str, str]]:
    if feed.url != feed.key:
        yield "", _row("address", f"{feed.url} (it moved there for good)")
    if feed.redirect_url and feed.redirect_since:
        rewritten = when(feed.redirect_since + REDIRECT_HOLDS)
        yield "", _row("redirect", f"{feed.redirect_url} since {when(feed.redirect_since)}")
        yield "", _row("", f"its address from {rewritten} on, if that still holds then")
    for key in same_as:
        yield "warn", _row("twice", f"{key} is at the same address by now; remove one of the two")
    validators = [
        f"ETag {feed.etag}" if feed.etag else "",
        f"Last-Modified {feed.last_modified}" if feed.last_modified else "",
    ]
    yield (
        "",
        _row(
            "validators",
            ", ".join(filter(None, validators)) or "none: its server sends no ETag or Last-Modified",
        ),
    )


def _rhythm_lines(feed: Feed, found: Health) -> Iterator[tuple[str, str]]:
    known = load(feed.rhythm)
    rate = usual(found.rate) if found.rate is not None else "not known yet"
    counted = f" (by its last {known.events:.0f} publications)" if known and found.rate is not None else ""
    yield "", _row("usual", f"{rate}{counted}")
    if found.delay is not None:
        yield (
            "",
            _row("delay", f"{duration(found.delay)} on average: polled every {duration(2 * found.delay)}"),
        )


def _entry(entry: Mapping[str, Any]) -> str:
    article = f"article {entry['article']}" if entry["article"] else entry["state"]
    error = f" ({entry['error']})" if entry["error"] else ""
    return f"           {when(entry['seen'])}  {article}: {entry['title']}{error}"


def seconds(length: timedelta | None) -> str:
    return "-" if length is None else duration(length)
