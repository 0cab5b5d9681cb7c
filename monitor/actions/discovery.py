"""Looking for a site's feeds: a few requests, one after the other where one may be enough."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from monitor.actions.feeds import checked_url
from monitor.collect import discover as pages
from monitor.collect.discover import Candidate, Found, How, Page
from monitor.collect.robots import robots_address
from monitor.errors import AddressRefused, FeedError, FetchError, WorkerError
from monitor.model import ParsedFeed, Response
from monitor.ports import Fetcher
from monitor.text.charsets import decode

ALL_THE_SAME = "--no-check adds it all the same"
MOST_CHECKED = 12  # candidates that are asked for of what pages name
_MOST_PAGES = 2  # linked pages ("our feeds") whose links are looked at too
_MOST_SITEMAPS = 3
_COME_LATER = frozenset({429, 503})
_NEEDS_ACCESS = (
    " and lets nobody in without a password, header or cookie: write it under [[feeds]], with those"
)
_MEANS = {401: _NEEDS_ACCESS, 429: ": we come too often", 503: ": not now"}
_HEADERS = {
    "Accept": "application/atom+xml, application/rss+xml, application/feed+json, text/html, "
    "application/xhtml+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
}
_UNREACHED = frozenset({"connect", "tls", "timeout"})  # a site that knows only http may be behind these


class Reader(Protocol):
    """What discovery needs of the workers."""

    async def parse_feed(self, body: bytes, content_type: str, url: str) -> ParsedFeed: ...

    async def read_links(self, body: bytes, content_type: str, url: str) -> Page: ...


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found at an address. `page` is None where it could not be read, and `problem` says why;
    where it is a page, `problem` says what it is instead of a feed.
    """

    url: str
    feeds: tuple[Found, ...]
    page: Page | None = None
    problem: str | None = None
    told_to_wait: bool = False  # nothing else of the site was asked for

    @property
    def itself(self) -> Found | None:
        """The feed at the address itself, if it is one."""
        return next((feed for feed in self.feeds if feed.how is How.ITSELF), None)


def _unheard(address: str) -> None:
    """What is told of progress where nobody watches."""


async def discover(
    fetcher: Fetcher, reader: Reader, address: str, tell: Callable[[str], None] = _unheard
) -> Discovery:
    """The feeds of a page or site. `tell` hears each address before it is asked.

    Raises UsageError for what is no address, FetchError where it cannot be reached at all.
    """
    looking = _Search(fetcher, reader, tell)
    answer = await looking.first(address)
    if answer.status != 200:
        told_to_wait = answer.status in _COME_LATER  # looking on would be the opposite
        feeds = () if told_to_wait else await looking.in_usual_places(answer.url)
        return Discovery(answer.url, feeds, None, _refusal(answer), told_to_wait)
    try:
        itself = await looking.parse(Candidate(answer.permanent_url or answer.url, How.ITSELF), answer)
    except (FeedError, WorkerError) as error:
        page = await reader.read_links(answer.body, answer.content_type, answer.url)
        feeds = await looking.named_by(page) or await looking.in_usual_places(answer.url)
        return Discovery(answer.url, feeds, page, str(error))
    return Discovery(answer.url, (itself,))


def _refusal(answer: Response) -> str:
    return f"{answer.url} answered {answer.status}{_MEANS.get(answer.status, '')}"


class _Search:
    """One search: what was asked already is not asked twice."""

    def __init__(self, fetcher: Fetcher, reader: Reader, tell: Callable[[str], None]) -> None:
        self.fetcher, self.reader, self.tell = fetcher, reader, tell
        self.asked: set[str] = set()

    async def first(self, address: str) -> Response:
        """The answer of the address that was given; where it has no scheme, http if https is not there."""
        url = checked_url(pages.with_scheme(address))
        try:
            return await self.ask(url)
        except FetchError as error:
            if "://" in address or error.kind not in _UNREACHED:
                raise
            return await self.ask("http" + url.removeprefix("https"))

    async def ask(self, url: str) -> Response:
        self.asked.add(pages.same(url))
        self.tell(url)
        answer = await self.fetcher.fetch(url, _HEADERS)
        self.asked.add(pages.same(answer.url))
        return answer

    async def parse(self, candidate: Candidate, answer: Response) -> Found:
        parsed = await self.reader.parse_feed(answer.body, answer.content_type, answer.url)
        return pages.found(candidate, answer.permanent_url or candidate.url, parsed)

    async def check(self, candidate: Candidate) -> Found | Response | None:
        """The feed at a candidate's address; its answer where that is something else; None where there is none."""
        try:
            answer = await self.ask(candidate.url)
            if answer.status != 200:
                return None
            try:
                return await self.parse(candidate, answer)
            except FeedError:
                return answer
        except (FetchError, WorkerError):
            return None

    def unasked(self, candidates: Iterable[Candidate]) -> list[Candidate]:
        return [candidate for candidate in candidates if pages.same(candidate.url) not in self.asked]

    async def named_by(self, page: Page) -> tuple[Found, ...]:
        """The feeds that a page names, and where it names none but a page of them, those of that page."""
        candidates = self.unasked(page.candidates)[:MOST_CHECKED]
        results = await asyncio.gather(*map(self.check, candidates))
        found = [result for result in results if isinstance(result, Found)]
        others = [result for result in results if isinstance(result, Response)]
        for answer in others[:_MOST_PAGES]:
            try:
                inner = await self.reader.read_links(answer.body, answer.content_type, answer.url)
            except WorkerError:
                continue
            room = MOST_CHECKED - len(found)
            more = await asyncio.gather(*map(self.check, self.unasked(inner.candidates)[:room]))
            found += [result for result in more if isinstance(result, Found)]
        return _each_once(found)

    async def in_usual_places(self, url: str) -> tuple[Found, ...]:
        """The first feed where feeds usually are, else the sitemaps that robots.txt names."""
        places = self.unasked(pages.usual_places(url))
        feeds = [place for place in places if "sitemap" not in place.url]
        sitemaps = [place for place in places if place not in feeds]
        return (
            await self.first_of(feeds)
            or await self.first_of(await self.sitemaps_in_robots(url))
            or await self.first_of(self.unasked(sitemaps))
        )

    async def first_of(self, candidates: Sequence[Candidate]) -> tuple[Found, ...]:
        for candidate in candidates:
            result = await self.check(candidate)
            if isinstance(result, Found):
                return (result,)
        return ()

    async def sitemaps_in_robots(self, url: str) -> list[Candidate]:
        try:
            answer = await self.ask(robots_address(url))
        except FetchError:
            return []
        text = decode(answer.body, answer.content_type)[0] if answer.status == 200 else ""
        return self.unasked(pages.in_robots(text, answer.url))[:_MOST_SITEMAPS]


def _each_once(found: Sequence[Found]) -> tuple[Found, ...]:
    return tuple({pages.same(feed.url): feed for feed in reversed(found)}.values())[::-1]


async def find_one(
    fetcher: Fetcher, reader: Reader, address: str, tell: Callable[[str], None] = _unheard
) -> Found:
    """The feed that is meant by an address: the one there, or the only one of the page there.

    Raises FeedError, which says what is there instead, and which feeds were found; UsageError, FetchError.
    """
    try:
        return feed_to_add(await discover(fetcher, reader, address, tell))
    except AddressRefused:
        raise
    except FetchError as error:
        raise FetchError(error.kind, f"{error}; {ALL_THE_SAME}") from None


def feed_to_add(found: Discovery) -> Found:
    """The feed that a search leaves no doubt about. Raises FeedError."""
    if found.itself:
        return found.itself
    if found.page and (only := pages.the_one(found.feeds)):
        return only
    if not found.feeds:
        raise FeedError(f"{nothing_found(found)}; {ALL_THE_SAME}")
    listed = "".join(f"\n  {feed.url}  {feed.title}" for feed in found.feeds)
    raise FeedError(f"{found.problem}; add one of the feeds that were found:{listed}")


def nothing_found(found: Discovery) -> str:
    """Why a search ended without a feed, in a line."""
    if found.told_to_wait:
        return f"{found.problem}; try again later"
    named = "it names no feed that can be read, and none" if found.page else "no feed"
    return f"{found.problem}; {named} is where feeds usually are"


def discovered_row(feed: Found, polled: frozenset[str]) -> dict[str, Any]:
    """A feed as `feeds discover --json` gives it; `polled` holds the keys (collect.discover.same) of ours."""
    return {
        "id": feed.url,
        "url": feed.url,
        "title": feed.title,
        "format": feed.format,
        "items": len(feed.entries),
        "newest": feed.newest,
        "language": feed.language,
        "per_day": None if feed.rate is None else round(feed.rate, 2),
        "found": feed.how.value,
        "polled": pages.same(feed.url) in polled,
    }


def usual_rate(per_day: float | None) -> str:
    """A rate as people say it: `12 a day`, `3 a week`."""
    if per_day is None:
        return "-"
    for days, name in ((1, "day"), (7, "week"), (30, "month")):
        if per_day * days >= 1:
            return f"{per_day * days:.0f} a {name}"
    return "rarely"
