"""Where a site's feeds are: what its page declares or links, what its robots.txt names, and the usual places.

All are candidates only. Whoever looks for feeds asks for them, the best first, and stops early.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urljoin, urlsplit

from lxml import etree

from monitor.collect.hosts import share_of
from monitor.collect.parse import link
from monitor.model import Entry, ParsedFeed
from monitor.text import word_set
from monitor.text.charsets import decode
from monitor.text.scraps import plain_line

MOST_CANDIDATES = 20  # of one page
_MAX_PAGE = 3_000_000  # characters of a page that are read

_TYPES = word_set(
    """application/rss+xml application/atom+xml application/rdf+xml application/feed+json application/rss
    application/atom application/x.atom+xml application/x-rss+xml application/x-atom+xml application/rss+atom+xml
    application/rdf text/rss text/rss+xml text/atom text/atom+xml"""
)
_VAGUE_TYPES = frozenset(
    {"application/xml", "text/xml", "application/json"}
)  # of a feed if its address says so
_FEED_PATH = re.compile(
    r"(?:^|[/._-])(?:feeds?|rss(?:2|feeds?|-feeds?)?|atom|rdf|jsonfeed)(?:[/._]|$)"
    r"|\.(?:rss|atom|rdf)$|(?:^|/)index\.xml$|news[_-]?sitemap|sitemap[_-]?news",
    re.I,
)
_FEED_QUERY = re.compile(r"(?:^|&)(?:feed|format|type|output|alt)=(?:rss|atom|rdf|feed|json ?feed)", re.I)
_FEED_WORDS = re.compile(r"\b(?:rss|atom|xml feed|news feeds?|web feeds?)\b", re.I)
_COMMENTS = re.compile(r"comment|kommentar|commentaire|комментар|댓글|评论|コメント", re.I)
_NOT_PAGES = re.compile(r"\.(?:png|jpe?g|gif|svg|ico|webp|css|js|pdf|zip|mp[34]|exe|dmg)$", re.I)
# Sites that offer to read or share a feed elsewhere.
_SERVICES = word_set(
    """feedly.com inoreader.com newsblur.com netvibes.com theoldreader.com facebook.com twitter.com x.com
    wikipedia.org"""
)
_READERS = word_set("feed feeds rss itpc pcast")  # schemes of addresses that name a reader
_NO_SCHEME = re.compile(r"[^\s/:@?#]+(?::\d+)?(?:[/?#]|$)")
_SITEMAP_LINE = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", re.I | re.M)
_NEWS = re.compile(r"news", re.I)

# In this order; each costs its site a request, until one of them is a feed.
_BELOW_THE_PAGE = ("feed", "rss")
_PLACES = (
    "/feed",
    "/rss",
    "/rss.xml",
    "/feed.xml",
    "/atom.xml",
    "/index.xml",
    "/feed.json",
    "/feeds",
    "/sitemap-news.xml",
    "/news-sitemap.xml",
)


class How(StrEnum):
    """How an address came to be a candidate, as people are told."""

    ITSELF = "the address itself"
    DECLARED = "declared by the page"
    LINKED = "linked from the page"
    ROBOTS = "named in robots.txt"
    USUAL = "a usual place"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address at which a feed may be. `title` is what the page calls it."""

    url: str
    how: How
    title: str = ""

    @property
    def of_comments(self) -> bool:
        """Whether it is likely to hold what readers say, not what is reported."""
        return bool(_COMMENTS.search(self.title) or _COMMENTS.search(urlsplit(self.url).path))


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says of feeds: candidates, the likeliest first."""

    title: str
    candidates: tuple[Candidate, ...]


def unwrapped(address: str) -> str:
    """The web's address in one that names a reader instead: `feed://…`, `feed:https://…`, as browsers gave them."""
    address = address.strip()
    scheme, _, rest = address.partition(":")
    if scheme.lower() not in _READERS:
        return address
    return rest if rest.lower().startswith(("http://", "https://")) else "http://" + rest.lstrip("/")


def with_scheme(address: str) -> str:
    """An address as people write it, as one that can be asked for: also `news.example`."""
    address = unwrapped(address)
    return f"https://{address}" if _NO_SCHEME.match(address) else address


def read_page(body: bytes, content_type: str, url: str) -> Page:
    """The feeds that the page in `body` declares and links. Never raises; `url` is the page's address."""
    text = decode(body, content_type)[0][:_MAX_PAGE]
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        return Page("", ())
    base = next((link(b.get("href"), url) for b in root.iter("base") if b.get("href")), None) or url
    title = next((plain_line("".join(t.itertext()), 200) for t in root.iter("title")), "")
    found = [*_declared(root, base), *_linked(root, base, share_of(url))]
    first = {same(candidate.url): candidate for candidate in reversed(found)}
    ranked = sorted(dict.fromkeys(map(first.__getitem__, (same(c.url) for c in found))), key=_rank)
    return Page(title, tuple(ranked[:MOST_CANDIDATES]))


def _rank(candidate: Candidate) -> tuple[bool, bool]:
    return candidate.of_comments, candidate.how is not How.DECLARED


def _declared(root: etree._Element, base: str) -> Iterable[Candidate]:
    for element in root.iter("link"):
        relations = (element.get("rel") or "").lower().split()
        kind = (element.get("type") or "").partition(";")[0].strip().lower()
        url = link(unwrapped(element.get("href") or ""), base)
        if not url or not {"alternate", "feed"} & set(relations) or "stylesheet" in relations:
            continue
        if kind in _TYPES or ("feed" in relations and not kind) or (kind in _VAGUE_TYPES and _says_feed(url)):
            yield Candidate(url, How.DECLARED, plain_line(element.get("title") or "", 200))


def _linked(root: etree._Element, base: str, share: str) -> Iterable[Candidate]:
    """Links that look like feeds; those of the page's own site first."""
    found = []
    for element in root.iter("a", "area"):
        href = (element.get("href") or "").strip()
        url = link(unwrapped(href), base)
        if not url or _NOT_PAGES.search(urlsplit(url).path) or share_of(url) in _SERVICES:
            continue
        words = plain_line(" ".join((element.get("title") or "", "".join(element.itertext()))).strip(), 200)
        if _says_feed(url) or unwrapped(href) != href or (len(words) < 40 and _FEED_WORDS.search(words)):
            found.append(Candidate(url, How.LINKED, words))
    return sorted(found, key=lambda candidate: share_of(candidate.url) != share)


def _says_feed(url: str) -> bool:
    parts = urlsplit(url)
    return bool(_FEED_PATH.search(parts.path) or _FEED_QUERY.search(parts.query))


def in_robots(text: str, url: str) -> list[Candidate]:
    """The sitemaps that robots.txt names (https://www.sitemaps.org/protocol.html#submit_robots), news first."""
    found = [link(target, url) for target in _SITEMAP_LINE.findall(text[:500_000])]
    kept = dict.fromkeys(target for target in found if target)
    ordered = sorted(kept, key=lambda target: not _NEWS.search(urlsplit(target).path))
    return [Candidate(target, How.ROBOTS) for target in ordered[:MOST_CANDIDATES]]


def usual_places(url: str) -> list[Candidate]:
    """Where feeds of a site or of one of its sections usually are."""
    path = urlsplit(url).path.rstrip("/")
    below = [f"{path}/{name}" for name in _BELOW_THE_PAGE] if path and not _NOT_PAGES.search(path) else []
    return [Candidate(urljoin(url, place), How.USUAL) for place in dict.fromkeys((*below, *_PLACES))]


def same(url: str) -> str:
    """A key under which addresses of one feed are one: whatever its scheme, www and last slash."""
    parts = urlsplit(url)
    host = parts.netloc.lower().removeprefix("www.").removesuffix(":443").removesuffix(":80")
    return f"{host}{parts.path.rstrip('/')}" + (parts.query and f"?{parts.query}")


# --- what was found --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """A candidate that is a feed; `url` is the address to poll."""

    url: str
    how: How
    title: str
    format: str
    entries: tuple[Entry, ...]
    language: str | None
    of_comments: bool = False

    @property
    def newest(self) -> datetime | None:
        return max(
            (date for entry in self.entries if (date := entry.published or entry.updated)), default=None
        )

    @property
    def rate(self) -> float | None:
        """Items a day, by the dates of those that are listed; None where they do not tell."""
        dates = [date for entry in self.entries if (date := entry.published or entry.updated)]
        length = max(dates) - min(dates) if len(dates) > 1 else timedelta()
        return (len(dates) - 1) / (length / timedelta(days=1)) if length else None


def found(candidate: Candidate, url: str, parsed: ParsedFeed) -> Found:
    """What a candidate that answered from `url` with a feed is to people."""
    return Found(
        url=url,
        how=candidate.how,
        title=parsed.title or candidate.title,
        format=parsed.format,
        entries=parsed.entries,
        language=parsed.language or next((e.language for e in parsed.entries if e.language), None),
        of_comments=candidate.of_comments or bool(_COMMENTS.search(parsed.title)),
    )


def distinct(feeds: Sequence[Found]) -> list[Found]:
    """The feeds without those that list what an earlier one does, in another format or at another address."""
    kept: list[Found] = []
    seen: set[frozenset[str]] = set()
    for feed in feeds:
        lists = frozenset(same(entry.url) if entry.url else entry.identity for entry in feed.entries)
        if not (lists and lists in seen):
            kept.append(feed)
            seen.add(lists)
    return kept


def the_one(feeds: Sequence[Found]) -> Found | None:
    """The feed that is meant where nobody chose: the only one, comments apart."""
    reports = [feed for feed in distinct(feeds) if not feed.of_comments] or distinct(feeds)
    return reports[0] if len(reports) == 1 else None
