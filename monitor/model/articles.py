"""An article, what matches it, and the story it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.model.collected import Entry, Standing


class Origin(StrEnum):
    FEED = "feed"
    SEED = "seed"
    IMPORT = "import"


class Dated(StrEnum):
    """How certain it is when an article was published."""

    EXACT = "exact"  # to the minute, with its zone
    NO_ZONE = "zone unknown"  # to the minute, in a zone that is not named: hours off, perhaps
    DAY = "day"  # only the day is told
    GUESS = "guess"  # a day that was found on its page, which nobody says to be this one


@dataclass(frozen=True, slots=True)
class Article:
    """A text, with where and when it was published.

    `body` holds one paragraph a line; `title` is one line. Spans count code points in the two as
    they stand here. `source` is the site or outlet that published it, `agency` the wire service it
    credits. `degraded` says why the text is only what the feed gave. `revision` counts from 1. `headline` is
    what its page says above it, where it was just read from one; it is not stored.
    """

    title: str
    body: str
    url: str | None = None
    source: str = ""
    agency: str | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None  # ISO 639-1
    published: datetime | None = None
    dated: Dated | None = None  # how certain that is, where it is known
    modified: datetime | None = None
    collected: datetime | None = None
    origin: Origin = Origin.FEED
    feed_url: str | None = None
    feed_tags: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    degraded: str | None = None
    revision: int = 1
    id: int = 0
    headline: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Revision:
    """What an article said before its publisher changed it, and when that was `replaced`."""

    revision: int
    title: str
    body: str
    modified: datetime | None  # as its page said
    replaced: datetime


@dataclass(frozen=True, slots=True)
class PageState:
    """A page as it was when its article was read: its validators, echoed exactly, and a digest of its bytes.

    `headline` is what it said above the article when its feed's title was taken; empty where that is not known.
    """

    etag: str | None
    last_modified: str | None
    digest: str
    headline: str = ""


@dataclass(frozen=True, slots=True)
class QueuedEntry:
    """An entry on its way to become an article, as claimed from the queue.

    `page` is set where its article was read from that page, and is only to be read again if it has changed.
    """

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
    page: PageState | None = None


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
    """A rule's `alert:` block. `to` names receivers; where neither it nor a route names one, the default is told.

    `repeat` is after how long an alert that nobody has acknowledged is told again. `expect` is how long the
    rule may match nothing before that is told too; zero means that its own rhythm decides.
    """

    to: tuple[str, ...] = ()
    per: Per = Per.STORY
    repeat: timedelta | None = None
    expect: timedelta | None = None


class Novelty(StrEnum):
    """What an article adds to the story it belongs to."""

    STORY = "story"  # it opens a story
    FIGURE = "figure"  # a figure changed
    SOURCE = "source"  # the second independent source
    STATEMENT = "statement"  # an unseen statement in a sentence that matched
    NOTHING = "nothing"
    COPY = "copy"  # it is (nearly) another article's text


@dataclass(frozen=True, slots=True)
class Counted:
    """A figure that a report gives: so many of `unit` ("troops"), to whom `role` ("sent") happened, both or "".

    `text` is how the report wrote it. `before` is what its story gave for the same, where this changed it; it is
    `first` where the story had counted nothing of the kind.
    """

    value: float
    unit: str
    role: str
    text: str
    before: float | None = None
    first: bool = False


@dataclass(frozen=True, slots=True)
class Added:
    """What a report said that no earlier one of its story had said.

    `figures` are all that it gave, changed or not; `statements` are sentences. `source` is whose report it
    is, where the story had none of theirs. `nearest` is the sentence that came nearest to a new statement where
    there is none, with the share of it that was unseen; `uncompared` says why sentences were not compared with
    those of the story, where they were not. `seeds` are articles of origin "seed" that the story is
    like with it, with how like, 0 to 1.
    """

    figures: tuple[Counted, ...] = ()
    statements: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    source: str = ""
    nearest: tuple[str, float] | None = None
    uncompared: str = ""
    seeds: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Relation:
    """Where an article belongs, and what it adds. `story` 0 asks for a new story.

    `where` are the sentences that say what is new, where novelty is FIGURE or STATEMENT and they are known.
    """

    story: int
    novelty: Novelty
    reason: str  # one line: "12,000 → 15,000 troops", "94 % the same text"
    copy_of: int | None = None
    similarity: float = 0.0
    where: tuple[Span, ...] = ()
    added: Added = Added()
