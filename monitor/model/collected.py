"""What collecting knows: feeds, what their addresses answer, and the entries that come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Feed:
    """A polled address and what is remembered of it between polls.

    `key` is the address as it was configured and never changes; `url` is the one polled, which a
    permanent redirect rewrites. `etag` and `last_modified` are opaque and echoed exactly. `body_hash`
    is the hash of the last parsed body, for servers that answer 200 with the same bytes. `rhythm` is what
    is known of how often it brings something new (collect.rhythm), `relevance` the chance that an item of
    it matches a rule.
    """

    id: int
    key: str
    url: str
    origin: str = "database"  # config | database
    title: str = ""
    tags: tuple[str, ...] = ()
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    baseline_at: datetime | None = None  # when its first parsed poll was stored
    interval: timedelta | None = None  # the last interval that was decided
    rhythm: tuple[float, ...] | None = None
    relevance: float | None = None
    pushed_until: datetime | None = None  # until when its hub is relied on to push what is new
    due_at: datetime | None = None
    polled_at: datetime | None = None  # last attempt
    good_at: datetime | None = None  # last poll that could be read
    read_at: datetime | None = None  # when its document was last parsed; it may be the same since
    new_at: datetime | None = None  # last poll that brought a new entry
    failures: int = 0  # in a row
    failing_since: datetime | None = None
    error: str | None = None  # why the last poll failed, one line
    error_kind: str | None = (
        None  # FetchError.kind; or gone (410), server (5xx), answer (any other), feed, worker
    )
    quiet_since: datetime | None = None  # when it last said something, where its silence is unlike it
    redirect_url: str | None = None  # where a permanent redirect points, until it has held for a day
    redirect_since: datetime | None = None
    retired_at: datetime | None = None
    retired_why: str | None = None
    claim: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """What an address answered. `body` is decoded from its transfer and content encodings, within limits.

    `url` is the final address; `permanent_url` is set where every redirect on the way was permanent
    (301, 308). Header names are lower-case; a header sent twice is joined by ", ".
    """

    status: int
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    permanent_url: str | None = None

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a feed, as the feed gives it: `title` as text, `summary` and `content` perhaps as HTML, unsanitised.

    `identity` is the item's key within its feed: its guid, else its link, else a hash of its text.
    """

    identity: str
    url: str | None = None
    title: str = ""
    summary: str = ""
    content: str = ""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    language: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    fingerprint: str = ""  # hash of what it says, set where the feed is parsed
    has_page: bool = True  # False where its link is other entries' too: it is what its feed says of it

    @property
    def text(self) -> str:
        """The longest text that the feed itself gives."""
        return self.content or self.summary


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed document, read. `hints` is what it asks of its readers; `salvaged` says what was wrong."""

    title: str
    entries: tuple[Entry, ...]
    site_url: str | None = None
    language: str | None = None
    min_interval: timedelta | None = None  # ttl, sy:updatePeriod: not more often than this
    skip_hours: frozenset[int] = frozenset()  # UTC
    skip_days: frozenset[int] = frozenset()  # Monday is 0
    salvaged: str | None = None
    hub: str | None = None  # where WebSub subscriptions are asked for, and for which address
    topic: str | None = None
    format: str = ""  # as people call it: "RSS 2.0", "news sitemap"
    children: tuple[Entry, ...] = ()  # the sitemaps that a sitemap index lists, each with its last change


class Known(NamedTuple):
    """What an identity or alias is known as: the entry that it names, as it was when it was last changed."""

    fingerprint: str
    entry: int
    listed_at: datetime | None  # when its feed held it last, a week or so behind


class Standing(StrEnum):
    """Whether an entry may alert at all, decided when it is first seen (promise 4: no flood)."""

    NEW = "new"
    BASELINE = "baseline"  # it was there at the first poll
    OLD = "old"  # published too long ago
    BULK = "bulk"  # one of very many that came at once, and do not say when they were published


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry that is to be queued, and why.

    The store remembers `fingerprint` under entry.identity and under every one of `aliases` (link,
    title), so that the entry is known again when its feed changes its guids. Where it is `changed`,
    `known_as` is the identity or alias it was known by.
    """

    entry: Entry
    fingerprint: str
    standing: Standing
    changed: bool = False  # it was known with another fingerprint
    aliases: tuple[str, ...] = ()
    known_as: str | None = None


@dataclass(frozen=True, slots=True)
class PollOutcome:
    """What a poll decided: the feed as it is from now on, and the entries to queue. Stored in one transaction."""

    feed: Feed
    entries: tuple[NewEntry, ...]
    reason: str  # why it is due when it is, one line for `status`
    damage: str | None = None  # what was wrong with a document that was read all the same
    rest_until: datetime | None = None  # until when its server wants no request for any feed of its share
    forgiven: tuple[Feed, ...] = ()  # that failed for what proved our own outage, as they were before
    hub: tuple[str, str] | None = None  # hub and topic it offers, ("", "") for none; None: not known
    listed: tuple[int, ...] = ()  # ids of known entries that were not seen in the feed for a while
    renamed: tuple[tuple[int, tuple[str, ...]], ...] = ()  # ids of known entries with further keys of theirs
    unchanged: bool = False  # all that is known of the feed is as before, but when it was polled and is due
