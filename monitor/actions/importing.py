"""Lists of feeds from elsewhere: each address is tried before it is added, and what is wrong with it is said."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from monitor.actions.feeds import checked_url
from monitor.collect.hosts import share_of
from monitor.collect.opml import MAX_BYTES, OpmlFeed, Subscriptions, joined, read_subscriptions
from monitor.collect.poll import request_headers
from monitor.errors import FeedError, FetchError, UsageError, WorkerError
from monitor.model import Feed, ParsedFeed, Response
from monitor.ports import Fetcher

AT_ONCE = 50  # feeds that are tried at a time; how many of one site, the fetcher decides
LONGEST = 900.0  # seconds that all of it takes at most; what was not tried by then is added untried
# Kinds of FetchError that will be the same tomorrow. That nobody answered at all is our own outage.
_LASTING = frozenset({"dns", "refused"})


class Reader(Protocol):
    """What a list needs of the workers."""

    async def parse_feed(self, body: bytes, content_type: str, url: str) -> ParsedFeed: ...

    async def read_opml(self, data: bytes, name: str) -> Subscriptions: ...


class Health(StrEnum):
    """What became of trying a feed."""

    OK = "ok"
    MOVED = "moved"  # for good, and there is a feed where it is now
    DEAD = "dead"  # there is no feed there, and waiting will not bring it
    UNSURE = "unsure"  # it cannot be read now
    UNTRIED = "untried"


@dataclass(frozen=True, slots=True)
class Tried:
    """A feed as it is to be added (where it moved, under its new address), and why it is not simply fine."""

    feed: OpmlFeed
    health: Health
    why: str | None = None
    was: str | None = None  # the address in the list, where it moved
    answered: bool = True  # whether anything came back at all


def _unheard(done: int) -> None:
    """What is told of progress where nobody watches."""


# --- the list --------------------------------------------------------------------------------------


def is_address(source: str) -> bool:
    return source.lower().startswith(("http://", "https://"))


def read_list(file: Path) -> Subscriptions:
    """The feeds of an OPML file. Raises UsageError where it cannot be read, InvalidInput where it is no OPML."""
    return pollable(read_subscriptions(_bytes(file), str(file)))


async def get_list(fetcher: Fetcher, reader: Reader, source: str) -> Subscriptions:
    """As `read_list`, of an address or a file, in a worker. Raises FetchError, WorkerError too."""
    if not is_address(source):
        return pollable(await reader.read_opml(await asyncio.to_thread(_bytes, Path(source)), source))
    answer = await fetcher.fetch(checked_url(source), max_bytes=MAX_BYTES)
    if answer.status != 200:
        raise FetchError("protocol", f"{source} answered {answer.status}, not with a list of feeds")
    return pollable(await reader.read_opml(answer.body, source))


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror or error}") from None


def pollable(found: Subscriptions) -> Subscriptions:
    """The list without the feeds that are never polled, and why they are not."""
    kept: list[OpmlFeed] = []
    refused = list(found.refused)
    for feed in found.feeds:
        try:
            kept.append(replace(feed, url=checked_url(feed.url)))
        except UsageError as error:
            refused.append(str(error))
    return Subscriptions(tuple(kept), tuple(refused))


def tagged(listed: Subscriptions, tags: Sequence[str]) -> Subscriptions:
    """The list with `tags` on each feed besides its own."""
    feeds = [replace(feed, tags=tuple(dict.fromkeys((*feed.tags, *tags)))) for feed in listed.feeds]
    return replace(listed, feeds=tuple(feeds))


def addresses_of(feeds: Iterable[Feed]) -> frozenset[str]:
    """Every address of the feeds that are polled: as they were added, and as they are asked for now."""
    return frozenset(url for feed in feeds if feed.retired_at is None for url in (feed.key, feed.url))


# --- trying ----------------------------------------------------------------------------------------


async def try_feeds(
    fetcher: Fetcher,
    reader: Reader,
    feeds: Sequence[OpmlFeed],
    tell: Callable[[int], None] = _unheard,
    seconds: float = LONGEST,
) -> list[Tried]:
    """What becomes of asking for each of the feeds once, in their order.

    Many at a time, but site by site in turn, so that no site's feeds wait in a row; `tell` hears how many
    are done, every second also where nothing happens. What is not done after `seconds` is UNTRIED.
    """
    done: dict[str, Tried] = {}
    waiting = in_turns(feeds)

    async def run() -> None:
        for feed in waiting:
            done[feed.url] = await _try(fetcher, reader, feed)
            tell(len(done))

    async def tick() -> None:
        while True:
            await asyncio.sleep(1)
            tell(len(done))

    ticking = asyncio.create_task(tick())
    late = f"it had no turn within {seconds / 60:.0f} minutes"
    try:
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
            for _ in range(min(AT_ONCE, len(feeds))):
                group.create_task(run())
    except TimeoutError:
        done |= {feed.url: Tried(feed, Health.UNTRIED, late) for feed in feeds if feed.url not in done}
    finally:
        ticking.cancel()
    return _unless_we_are_offline([done[feed.url] for feed in feeds])


def in_turns(feeds: Iterable[OpmlFeed]) -> Iterator[OpmlFeed]:
    """One feed of each site, then the next of each, and so on."""
    sites: dict[str, deque[OpmlFeed]] = defaultdict(deque)
    for feed in feeds:
        sites[share_of(feed.url)].append(feed)
    while sites:
        for site in list(sites):
            yield sites[site].popleft()
            if not sites[site]:
                del sites[site]


async def _try(fetcher: Fetcher, reader: Reader, feed: OpmlFeed) -> Tried:
    try:
        answer = await fetcher.fetch(feed.url, request_headers(Feed(0, feed.url, feed.url)))
        if answer.status != 200:
            return _without_feed(feed, answer)
        parsed = await reader.parse_feed(answer.body, answer.content_type, answer.url)
    except FeedError as error:
        return Tried(feed, Health.DEAD, str(error))
    except FetchError as error:
        lasting = error.kind in _LASTING
        return Tried(feed, Health.DEAD if lasting else Health.UNSURE, str(error), answered=False)
    except WorkerError as error:
        return Tried(feed, Health.UNSURE, str(error))
    named, moved = replace(feed, title=feed.title or parsed.title), answer.permanent_url
    if moved is None or moved == feed.url:
        return Tried(named, Health.OK)
    return Tried(replace(named, url=moved), Health.MOVED, f"moved to {moved}", was=feed.url)


def _without_feed(feed: OpmlFeed, answer: Response) -> Tried:
    if answer.status in (404, 410):
        gone = " for good" if answer.status == 410 else ""
        return Tried(feed, Health.DEAD, f"{answer.url} is gone{gone} ({answer.status})")
    return Tried(feed, Health.UNSURE, f"{answer.url} answered {answer.status}")


def _unless_we_are_offline(tried: list[Tried]) -> list[Tried]:
    """Where nobody at all answered, no feed is called dead for that."""
    if any(one.answered for one in tried):
        return tried
    return [replace(one, health=Health.UNSURE) if one.health is Health.DEAD else one for one in tried]


# --- what follows ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Import:
    """What is to be added of a list, and what became of the rest of it.

    `known` are polled already and were not asked for; `left_out` are dead; `refused` says of others, in a
    line each, why they are never polled.
    """

    add: tuple[OpmlFeed, ...]
    known: tuple[OpmlFeed, ...]
    left_out: tuple[OpmlFeed, ...]
    refused: tuple[str, ...]
    tried: tuple[Tried, ...] = ()

    def of_health(self, *healths: Health) -> list[Tried]:
        return [one for one in self.tried if one.health in healths]


def unknown(listed: Subscriptions, polled: Collection[str]) -> list[OpmlFeed]:
    """The feeds of a list that are to be tried: `polled` are the addresses of those we have."""
    return [feed for feed in listed.feeds if feed.url not in polled]


def untried(feeds: Iterable[OpmlFeed]) -> list[Tried]:
    """Feeds that are taken as they are."""
    return [Tried(feed, Health.UNTRIED) for feed in feeds]


def plan(
    listed: Subscriptions, tried: Sequence[Tried], polled: Collection[str], *, skip_dead: bool = False
) -> Import:
    """What follows. A feed that moved to where another of the list, or of ours, is, is that one."""
    dead = [one for one in tried if one.health is Health.DEAD and skip_dead]
    alive = joined(one.feed for one in tried if not (one.health is Health.DEAD and skip_dead))
    had = [feed for feed in listed.feeds if feed.url in polled]
    return Import(
        add=tuple(feed for feed in alive if feed.url not in polled),
        known=tuple(joined([*had, *(feed for feed in alive if feed.url in polled)])),
        left_out=tuple(one.feed for one in dead),
        refused=listed.refused,
        tried=tuple(tried),
    )


def summary(done: Import, source: str) -> str:
    """An import in a line: `312 feeds in feeds.opml: 298 added, 4 polled already`."""
    number = len(done.add) + len(done.known) + len(done.left_out)
    left_out = f", {len(done.left_out)} dead left out" if done.left_out else ""
    several = "feed" if number == 1 else "feeds"
    return (
        f"{number} {several} in {source}: {len(done.add)} added, {len(done.known)} polled already{left_out}"
    )


def said_of(one: Tried) -> str:
    """What is wrong with a feed, in a line that begins with its address."""
    address, why = one.was or one.feed.url, one.why or one.health.value
    return why if why.startswith(address) else f"{address}: {why}"


def import_rows(done: Import) -> list[dict[str, Any]]:
    """An import as `feeds import --json` gives it, a row for each address that was asked for or known."""
    became = {feed.url: "added" for feed in done.add} | {feed.url: "left out" for feed in done.left_out}
    rows = []
    for one in done.tried:
        if one.feed.url in became:
            rows.append(_row(one.feed, became[one.feed.url], one))
            became[one.feed.url] = "joined"  # whatever else of the list is at the same address
    return [*rows, *(_row(feed, "polled already") for feed in done.known)]


def _row(feed: OpmlFeed, became: str, one: Tried | None = None) -> dict[str, Any]:
    return {
        "id": feed.url,
        "url": feed.url,
        "was": one.was if one else None,
        "title": feed.title,
        "tags": list(feed.tags),
        "became": became,
        "health": one.health if one else Health.UNTRIED,
        "why": one.why if one else None,
    }
