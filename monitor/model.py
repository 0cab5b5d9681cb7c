"""The values that travel between the stages, in the order of an article's journey.

    feed -> entry -> article -> match -> story -> alert -> delivery

All are frozen: a stage takes values and returns values. All times are aware and in UTC. An `id` of 0
means "not stored yet".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

# --- collect ---------------------------------------------------------------------------------------


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
    error_kind: str | None = None  # FetchError.kind; or gone (410), server (5xx), answer (any other), feed, worker
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


# --- extract ---------------------------------------------------------------------------------------


class Origin(StrEnum):
    FEED = "feed"
    SEED = "seed"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Article:
    """A text, with where and when it was published.

    `body` holds one paragraph a line; `title` is one line. Spans count code points in the two as
    they stand here. `source` is the site or outlet that published it, `agency` the wire service it
    credits. `degraded` says why the text is only what the feed gave. `revision` counts from 1.
    """

    title: str
    body: str
    url: str | None = None
    source: str = ""
    agency: str | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None  # ISO 639-1
    published: datetime | None = None
    modified: datetime | None = None
    collected: datetime | None = None
    origin: Origin = Origin.FEED
    feed_url: str | None = None
    feed_tags: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    degraded: str | None = None
    revision: int = 1
    id: int = 0


@dataclass(frozen=True, slots=True)
class Revision:
    """What an article said before its publisher changed it, and when that was `replaced`."""

    revision: int
    title: str
    body: str
    modified: datetime | None  # as its page said
    replaced: datetime


@dataclass(frozen=True, slots=True)
class QueuedEntry:
    """An entry on its way to become an article, as claimed from the queue."""

    id: int
    feed_id: int
    feed_url: str
    feed_title: str
    feed_tags: tuple[str, ...]
    entry: Entry
    standing: Standing
    attempts: int
    seen_at: datetime
    claim: str
    article_id: int | None = None  # set where a changed entry already has its article


# --- match -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters [start, end) of the article's `field` that made a rule match."""

    field: str  # title | body
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Match:
    """rule x article: which version of the rule matched, and where. Spans are sorted and do not overlap."""

    rule: str
    rule_version: str
    spans: tuple[Span, ...]
    id: int = 0


class Severity(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Per(StrEnum):
    """What a rule alerts about: each new story, each article that is no copy, or a daily digest."""

    STORY = "story"
    ARTICLE = "article"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class AlertPolicy:
    """A rule's `alert:` block. `to` names receivers; empty means the configuration's default."""

    to: tuple[str, ...] = ()
    per: Per = Per.STORY


# --- relate ----------------------------------------------------------------------------------------


class Novelty(StrEnum):
    """What an article adds to the story it belongs to."""

    STORY = "story"  # it opens a story
    FIGURE = "figure"  # a figure changed
    SOURCE = "source"  # the second independent source
    STATEMENT = "statement"  # an unseen statement in a sentence that matched
    NOTHING = "nothing"
    COPY = "copy"  # it is (nearly) another article's text


@dataclass(frozen=True, slots=True)
class Relation:
    """Where an article belongs, and what it adds. `story` 0 asks for a new story.

    `where` are the sentences that say what is new, where novelty is FIGURE or STATEMENT and they are known.
    """

    story: int
    novelty: Novelty
    reason: str  # one line: "12,000 -> 15,000 troops", "94 % the text of article 17"
    copy_of: int | None = None
    similarity: float = 0.0
    where: tuple[Span, ...] = ()


# --- route -----------------------------------------------------------------------------------------


class Verdict(StrEnum):
    """What follows from a match."""

    ALERT = "alert"
    HELD = "held"
    WITHHELD = "withheld"
    SILENCED = "silenced"


class Kind(StrEnum):
    """What an alert tells."""

    NEW = "new"
    UPDATE = "update"
    DIGEST = "digest"
    TEST = "test"
    NOTICE = "notice"  # of the monitor itself: something does not work, or works again


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from a match, always with its reason. `until` is set where it is held."""

    verdict: Verdict
    reason: str
    kind: Kind | None = None
    until: datetime | None = None


# --- send ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AlertItem:
    """One article in an alert, with everything that a message shows of it."""

    article: Article
    spans: tuple[Span, ...]
    reason: str  # why it is told: "new story", "12,000 -> 15,000 troops"
    copies: int = 0
    seen_at: datetime | None = None
    kind: Kind | None = None  # of this item, in a digest
    rule_title: str = ""  # of this item's rule, in a digest of several rules; else the alert's


@dataclass(frozen=True, slots=True)
class Alert:
    """What somebody is to be told: the matches of one rule in one story, a digest, or a notice.

    `uid` is random, unique for ever, and the root of every message id; `story_uid` ties the
    messages of one story into a thread. `text` is a notice's, in lines.
    """

    uid: str
    kind: Kind
    rule: str
    rule_title: str
    severity: Severity
    story: int | None
    story_uid: str | None
    story_title: str
    items: tuple[AlertItem, ...]
    created: datetime
    id: int = 0
    text: str = ""


class DeliveryState(StrEnum):
    PENDING = "pending"
    LEASED = "leased"
    SENT = "sent"
    FAILED = "failed"  # will be tried again
    UNKNOWN = "unknown"  # may have arrived; will be tried again under the same key
    DEAD = "dead"  # given up; listed, and can be replayed


@dataclass(frozen=True, slots=True)
class Delivery:
    """alert x channel. `key` is what makes a repeat recognisable: the same for every attempt."""

    id: int
    alert_id: int
    receiver: str
    channel: str  # safe to show: no secrets
    key: str
    state: DeliveryState
    attempts: int
    claim: str = ""
    created: datetime | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """An alert rendered for one channel. `headers` are for mail; `key` identifies it across attempts."""

    subject: str
    text: str
    html: str | None
    key: str
    headers: Mapping[str, str] = field(default_factory=dict)
    fallback: str | None = None  # why the plain form was used


class Outcome(StrEnum):
    """What became of an attempt to send."""

    SENT = "sent"
    TRANSIENT = "transient"  # worth another try
    PERMANENT = "permanent"  # will never be taken as it is
    UNKNOWN = "unknown"  # no answer: it may have arrived


@dataclass(frozen=True, slots=True)
class SendResult:
    """One attempt's outcome with what the service answered, free of secrets."""

    outcome: Outcome
    detail: str
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Retry:
    """What follows from an attempt: the delivery's next state, and when it is tried again."""

    state: DeliveryState
    reason: str
    at: datetime | None = None
