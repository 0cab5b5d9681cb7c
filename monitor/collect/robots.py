"""robots.txt (RFC 9309) for the pages of articles: what an answer to it means, and what it says of a page.

Feeds are not subject to it: a feed is published to be polled, by readers that people set up themselves, and
many sites disallow `/feed` only to keep it out of search results. Nor is what a person asks for by hand
(`explain URL`, `seeds add URL`). For feeds, politeness is due times, validators and a share per domain.

Whoever calls gives the time. `judge` runs in a worker: a file of 60 KB can keep its parser busy for half
a minute.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from protego import Protego

from monitor.collect.headers import fresh_for
from monitor.model import Response

# Where no line begins a group there are no rules: many sites answer with a page of theirs.
_GROUP = re.compile(rb"(?:^|[\r\n\v\f\x1c-\x1e\x85])[ \t\xef\xbb\xbf]*user[- ]?agent", re.I)
PRODUCT = "media-monitor"  # our product token, whatever user agent a feed is asked with
MOST_BYTES = 500 * 1024  # that are read of it (2.5)
_LONGEST, _SHORTEST = timedelta(hours=24), timedelta(hours=1)  # 2.4; a file is not asked for at every page
_SOONEST, _LATEST = (
    timedelta(minutes=1),
    timedelta(hours=1),
)  # until one that cannot be read is asked for again
_GIVEN_UP = timedelta(days=30)  # then it is taken for missing (2.3.1.4)
MOST_DELAY = 10.0  # seconds of Crawl-delay: more would make news of pages into history


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """What is known of a site's robots.txt until a time. No text allows everything; `unread` forbids it."""

    until: datetime
    text: bytes = b""
    unread: str = ""  # why it cannot be read now
    failing_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class RobotsVerdict:
    """Whether a page may be read, and how many seconds its site wants between two."""

    allowed: bool
    delay: float = 0.0


def robots_address(url: str) -> str:
    """Where the robots.txt of a page is: at the root of its origin (2.3)."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/robots.txt"


def answered(response: Response, before: RobotsFile | None, now: datetime) -> RobotsFile:
    """What an answer means: 2xx is the file, 4xx that there is none; trouble forbids for a while (2.3.1).

    429 is trouble here, though the RFC counts it with 4xx: who is asked too often has not said that all
    is allowed.
    """
    if response.status >= 500 or response.status == 429:
        return failed(f"it answered {response.status}", before, now)
    fresh = fresh_for(response.headers, now) or _LONGEST
    until = now + min(max(fresh, _SHORTEST), _LONGEST)
    text = _beginning(response.body) if 200 <= response.status < 300 else b""
    return RobotsFile(until, text if _GROUP.search(text) else b"")


def _beginning(body: bytes) -> bytes:
    """As many whole lines as are read."""
    return body if len(body) <= MOST_BYTES else body[:MOST_BYTES].rpartition(b"\n")[0]


def failed(why: str, before: RobotsFile | None, now: datetime) -> RobotsFile:
    """What is known where no answer came: what was known before, else that nothing is allowed for now.

    It is asked for again as long after as it has failed already, within bounds; after 30 days it is taken
    for missing (2.3.1.4).
    """
    since = before.failing_since if before and before.failing_since else now
    until = now + min(max(now - since, _SOONEST), _LATEST)
    if now - since > _GIVEN_UP:
        return RobotsFile(until, failing_since=since)
    if before and not before.unread:
        return RobotsFile(until, before.text, failing_since=since)
    return RobotsFile(until, unread=why, failing_since=since)


def missing(now: datetime) -> RobotsFile:
    """What is known where its address leads nowhere: that there is none, asked for again soon."""
    return RobotsFile(now + _SHORTEST)


def spoilt(why: str, now: datetime) -> RobotsFile:
    """What is known of a file that cannot be understood: nothing is allowed, until it may have been mended."""
    return RobotsFile(now + _LATEST, unread=why)


def judge(text: bytes, url: str) -> RobotsVerdict:
    """What a robots.txt says to us of the page at `url`."""
    rules = Protego.parse(text.decode("utf-8-sig", "replace"))
    return RobotsVerdict(rules.can_fetch(url, PRODUCT), min(rules.crawl_delay(PRODUCT) or 0.0, MOST_DELAY))
