"""What a poll's answer means for its feed and its entries."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from monitor.collect import due
from monitor.collect.due import PollFacts, PollingPolicy
from monitor.collect.headers import fresh_for, retry_after
from monitor.collect.health import quiet_since
from monitor.collect.hosts import is_public, share_of
from monitor.collect.news import OLD_AFTER, News, news, seen_again
from monitor.collect.news import identity_keys as identity_keys
from monitor.errors import FetchError, MonitorError, WorkerError
from monitor.model import (
    Article,
    Feed,
    Known,
    NewEntry,
    ParsedFeed,
    PollOutcome,
    QueuedEntry,
    Response,
    Standing,
)
from monitor.text import one_line

REDIRECT_HOLDS = timedelta(days=1)
REST = timedelta(minutes=15)  # of a server that said 429 and not for how long
LONGEST_REST = timedelta(days=1)
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)

_ANSWERS = {
    401: "asks for a password, or does not take the one it was given (401)",
    403: "refuses us (403)",
    404: "has no feed there (404)",
    410: "says that the feed is gone for good (410)",
    429: "says that we come too often (429)",
}


def request_headers(feed: Feed) -> dict[str, str]:
    """The headers of a poll: both validators, echoed exactly as the server gave them."""
    headers = {"Accept": _ACCEPT}
    if feed.etag is not None:
        headers["If-None-Match"] = feed.etag
    if feed.last_modified is not None:
        headers["If-Modified-Since"] = feed.last_modified
    return headers


def body_hash(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=16).hexdigest()


def needs_parsing(feed: Feed, response: Response) -> bool:
    """Whether an answer has a body that is to be parsed; where not, `judge` takes `parsed=None`."""
    return response.status == 200 and not (feed.baseline_at and body_hash(response.body) == feed.body_hash)


def is_success(response: Response) -> bool:
    """Whether `judge` takes this answer; any other goes to `failed`."""
    return response.status in (200, 304)


def judge(
    feed: Feed,
    response: Response,
    parsed: ParsedFeed | None,
    known: Mapping[str, Known],
    now: datetime,
    policy: PollingPolicy,
    *,
    since: timedelta | None = None,
    jitter: float = 0.5,
) -> PollOutcome:
    """The outcome of an answer that could be read: 200 with its feed, 200 with the same bytes, or 304.

    `parsed` is None for the latter two. At a feed's first parsed poll its entries are baseline,
    unless they were published within `since`. `jitter` is in [0, 1).
    """
    entries, renamed = news(feed, parsed, known, now, since) if parsed else News((), ())
    new = sum(not entry.changed for entry in entries) if feed.baseline_at else 0
    facts = PollFacts(
        new=new,
        retry_after=retry_after(response.headers, now),
        fresh_for=fresh_for(response.headers, now),
        document=False,
    )
    facts = facts.with_document(parsed, entries) if parsed else facts
    plan = due.next_due(feed, facts, policy, now, jitter)
    learnt = {
        **_validators(feed, response),
        **_redirect(feed, response, now),
        "title": feed.title or (parsed.title if parsed else ""),
        "baseline_at": feed.baseline_at or (now if parsed else None),
        "rhythm": plan.rhythm,
        "read_at": now if parsed else feed.read_at,
        "new_at": now if new else feed.new_at,
        "failures": 0,
        "failing_since": None,
        "error": None,
        "error_kind": None,
    }
    polled = replace(feed, interval=plan.interval, due_at=plan.at, polled_at=now, good_at=now, **learnt)
    if (quiet := quiet_since(polled, now)) != feed.quiet_since:
        learnt["quiet_since"], polled = quiet, replace(polled, quiet_since=quiet)
    unchanged = all(getattr(feed, name) == value for name, value in learnt.items())
    damage = parsed.salvaged if parsed else None
    reason = plan.reason
    reason += f"; the feed is damaged ({damage}), what could be read of it was" if damage else ""
    listed = seen_again(known, now)
    return PollOutcome(polled, entries, reason, damage, listed=listed, renamed=renamed, unchanged=unchanged)


def pushed(feed: Feed, parsed: ParsedFeed, known: Mapping[str, Known], now: datetime) -> tuple[NewEntry, ...]:
    """What is news in a document that a hub pushed, judged as a poll's is. It may hold only what is new."""
    return news(feed, parsed, known, now, None).entries


def _validators(feed: Feed, response: Response) -> dict[str, Any]:
    """The answer's validators, as fields of its feed. A 304 repeats only what changed; a 200 replaces all."""
    etag, modified = response.headers.get("etag"), response.headers.get("last-modified")
    if response.status == 304:
        return {"etag": etag or feed.etag, "last_modified": modified or feed.last_modified}
    return {"etag": etag, "last_modified": modified, "body_hash": body_hash(response.body)}


def _redirect(feed: Feed, response: Response, now: datetime) -> dict[str, Any]:
    """A permanent redirect is followed at once but believed, and the address rewritten, after a day."""
    target = response.permanent_url if response.permanent_url != feed.url else None
    if target is None or target != feed.redirect_url or feed.redirect_since is None:
        return {"redirect_url": target, "redirect_since": now if target else None}
    if now - feed.redirect_since < REDIRECT_HOLDS:
        return {}
    return {"url": target, "redirect_url": None, "redirect_since": None}


def standing_when_read(queued: QueuedEntry, article: Article) -> Standing:
    """The standing of an entry whose page has been read. A plain sitemap says of an article neither its title
    nor its date, only that something changed, which happens to old articles too: then the page's date counts.
    """
    entry, dated = queued.entry, article.published
    says_nothing = not entry.title and not entry.published
    if queued.standing is Standing.NEW and says_nothing and dated and queued.seen_at - dated > OLD_AFTER:
        return Standing.OLD
    return queued.standing


def failed(
    feed: Feed, problem: MonitorError | Response, now: datetime, policy: PollingPolicy, jitter: float = 0.5
) -> PollOutcome:
    """The outcome of a poll that could not be read: an error, or an answer other than 200 and 304.

    410 retires the feed. Everything else is tried again, more and more rarely, for ever; validators
    stay, so that nothing is read twice when it is over. `jitter` is in [0, 1).
    """
    gone = isinstance(problem, Response) and problem.status == 410
    asked = retry_after(problem.headers, now) if isinstance(problem, Response) else None
    failures = feed.failures + 1
    error = _describe(feed, problem)
    due_at, reason = due.back_off(feed, failures, policy, now, jitter, asked)
    polled = replace(
        feed,
        due_at=due_at,
        polled_at=now,
        failures=failures,
        failing_since=feed.failing_since or now,
        error=error,
        error_kind=_kind(problem),
        retired_at=now if gone else feed.retired_at,
        retired_why=error if gone else feed.retired_why,
    )
    reason = "retired: it is polled no more" if gone else reason
    return PollOutcome(polled, (), reason, rest_until=rest_until(feed.url, problem, now))


def _kind(problem: MonitorError | Response) -> str:
    """One word for a failure, as Feed.error_kind holds it."""
    match problem:
        case Response(status=410):
            return "gone"
        case Response(status=status) if status >= 500:
            return "server"
        case Response():
            return "answer"
        case FetchError():
            return problem.kind
        case WorkerError():
            return "worker"
    return "feed"


def rest_until(url: str, problem: MonitorError | Response, now: datetime) -> datetime | None:
    """Until when nothing of the share of `url` is asked for: one machine may stand behind all its names.

    For registered domains only: behind one of one's own names (`bridge.lan`) there may be a bridge to many
    servers, and what one of them says does not hold for the others.
    """
    if not isinstance(problem, Response) or problem.status not in (429, 503):
        return None
    asked, share = retry_after(problem.headers, now), share_of(problem.url)
    if (problem.status == 503 and not asked) or share != share_of(url) or not is_public(share):
        return None
    return now + min(asked or REST, LONGEST_REST)


def _describe(feed: Feed, problem: MonitorError | Response) -> str:
    if not isinstance(problem, Response):
        return one_line(str(problem))
    trouble = f"has trouble of its own ({problem.status})" if problem.status >= 500 else None
    return one_line(f"{feed.url} {_ANSWERS.get(problem.status) or trouble or f'answered {problem.status}'}")
