"""How far an article came: what is stored of it, from the feeds that brought it to its deliveries. Reads only.

Every question is answered by an index, but for `alike`, which reads addresses and recent titles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, literal, or_, select

from monitor.adapters.store.additions import Addition, additions
from monitor.adapters.store.articles import article_of
from monitor.adapters.store.database import Database, in_chunks
from monitor.adapters.store.documents import entry_from_document
from monitor.adapters.store.feeds import feed_of
from monitor.adapters.store.schema import (
    alert_matches,
    alerts,
    articles,
    deliveries,
    entries,
    entry_keys,
    feeds,
    held,
    matches,
    rules,
    stories,
)
from monitor.model import Article, Entry, Feed

MOST_FEEDS = 20  # of one host


@dataclass(frozen=True, slots=True)
class Sighting:
    """A feed that brought the article, and what became of its entry. `state` is queued, done, again or quarantined."""

    feed: Feed
    state: str
    standing: str
    attempts: int
    seen_at: datetime
    next_at: datetime
    error: str | None
    article_id: int | None
    entry: Entry | None  # while it is no article yet


@dataclass(frozen=True, slots=True)
class Sending:
    """An alert on its way to one channel."""

    receiver: str
    channel: str
    state: str
    attempts: int
    sent: datetime | None
    next_at: datetime | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Telling:
    """An alert that tells a match, and who acknowledged it, or called it not relevant."""

    id: int
    kind: str
    created: datetime
    sendings: tuple[Sending, ...] = ()
    acked: tuple[str, datetime] | None = None
    dismissed: tuple[str, datetime] | None = None


@dataclass(frozen=True, slots=True)
class Matched:
    """A match with what was decided, and whom it was told.

    `held` names receivers that are told later, with when that is, and why not now (model.Hold).
    """

    id: int
    rule: str
    version: str
    at: datetime
    verdict: str
    reason: str
    story: int | None
    held: tuple[tuple[str, datetime, str], ...] = ()
    alerts: tuple[Telling, ...] = ()


@dataclass(frozen=True, slots=True)
class Trail:
    """All that is stored of one address. `host_feeds` and `alike` are looked for where nothing else is.

    `running` are the versions of the rules in force, and since when.
    """

    article: Article | None = None
    story: tuple[int, str, int] | None = None  # its id, its title, how many articles it has
    additions: tuple[Addition, ...] = ()  # what it added to its story, where that was kept
    copy_of: Article | None = None
    sightings: tuple[Sighting, ...] = ()
    matches: tuple[Matched, ...] = ()
    host_feeds: tuple[Feed, ...] = ()
    alike: tuple[Article, ...] = ()
    running: dict[str, tuple[str, datetime]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Names:
    """What an address may be known by: `articles` are keys of articles, `entries` those that feeds give.

    `path` ends addresses like it; `words` are in its path.
    `id` is set where an article was named by its number.
    """

    articles: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    host: str = ""
    path: str = ""
    words: tuple[str, ...] = ()
    id: int | None = None


def read_trail(database: Database, names: Names, since: datetime) -> Trail:
    """What is stored under `names`, as of one moment; titles are compared with those collected since a time."""
    with database.read() as c:
        running = {
            r.id: (r.version, r.since) for r in c.execute(select(rules.c.id, rules.c.version, rules.c.since))
        }
        row = _article(c, names)
        seen = _sightings(c, names, row.id if row is not None else None)
        if row is None:
            known = next((each.article_id for each in seen if each.article_id), None)
            row = _by_id(c, known) if known else None
        if row is None:
            near = _alike(c, names, since) if not seen else ()
            return Trail(sightings=seen, host_feeds=_of_host(c, names.host), alike=near, running=running)
        original = _by_id(c, row.copy_of) if row.copy_of else None
        return Trail(
            article=article_of(row),
            story=_story(c, row.story_id),
            additions=additions(row.adds),
            copy_of=article_of(original) if original is not None else None,
            sightings=seen,
            matches=_matches(c, row.id),
            running=running,
        )


def _article(c: Connection, names: Names) -> Row[tuple[object, ...]] | None:
    if names.id is not None:
        return _by_id(c, names.id)
    which = articles.c.key.in_(names.articles)
    return c.execute(select(articles).where(which).order_by(articles.c.id).limit(1)).one_or_none()


def _by_id(c: Connection, article_id: int) -> Row[tuple[object, ...]] | None:
    return c.execute(select(articles).where(articles.c.id == article_id)).one_or_none()


def _sightings(c: Connection, names: Names, article_id: int | None) -> tuple[Sighting, ...]:
    """The entries of an article, or those that are known by one of `names`, in the order they were seen."""
    if article_id is not None:
        which: ColumnElement[bool] = entries.c.article_id == article_id
    else:
        # By feed, so that the key's index serves: it begins with the feed.
        known = select(entry_keys.c.entry_id).where(
            entry_keys.c.feed_id.in_(select(feeds.c.id)), entry_keys.c.key.in_(names.entries)
        )
        which = entries.c.id.in_(known)
    query = select(entries).where(which).order_by(entries.c.seen_at, entries.c.id).limit(MOST_FEEDS)
    rows = c.execute(query).all()
    ids = {row.feed_id for row in rows}
    known_feeds = {row.id: feed_of(row) for row in c.execute(select(feeds).where(feeds.c.id.in_(ids)))}
    return tuple(
        Sighting(
            known_feeds[row.feed_id],
            row.state,
            row.standing,
            row.attempts,
            row.seen_at,
            row.next_at,
            row.error,
            row.article_id,
            entry_from_document(row.document) if row.document else None,
        )
        for row in rows
    )


def _story(c: Connection, story_id: int | None) -> tuple[int, str, int] | None:
    if story_id is None:
        return None
    count = c.scalar(select(func.count()).where(articles.c.story_id == story_id)) or 0
    title = c.scalar(select(stories.c.title).where(stories.c.id == story_id)) or ""
    return story_id, title, count


def _matches(c: Connection, article_id: int) -> tuple[Matched, ...]:
    rows = c.execute(select(matches).where(matches.c.article_id == article_id).order_by(matches.c.id)).all()
    waiting: dict[int, list[tuple[str, datetime, str]]] = {row.id: [] for row in rows}
    told: dict[int, list[Telling]] = {row.id: [] for row in rows}
    for ids in in_chunks(waiting):
        for row in c.execute(select(held).where(held.c.match_id.in_(ids)).order_by(held.c.receiver)):
            waiting[row.match_id].append((row.receiver, row.until, row.why))
        query = (
            select(alert_matches.c.match_id, alerts)
            .join(alerts, alerts.c.id == alert_matches.c.alert_id)
            .where(alert_matches.c.match_id.in_(ids))
            .order_by(alerts.c.id)
        )
        found = c.execute(query).all()
        sent = _sendings(c, [row.id for row in found])
        for row in found:
            told[row.match_id].append(_telling(row, sent.get(row.id, ())))
    return tuple(
        Matched(
            row.id,
            row.rule,
            row.rule_version,
            row.matched,
            row.verdict,
            row.reason,
            row.story_id,
            tuple(waiting[row.id]),
            tuple(told[row.id]),
        )
        for row in rows
    )


def _telling(row: Any, sendings: Sequence[Sending]) -> Telling:
    acked = (row.acked_by or "somebody", row.acked_at) if row.acked_at else None
    dismissed = (row.dismissed_by or "somebody", row.dismissed_at) if row.dismissed_at else None
    return Telling(row.id, row.kind, row.created, tuple(sendings), acked, dismissed)


def _sendings(c: Connection, alert_ids: Sequence[int]) -> dict[int, list[Sending]]:
    found: dict[int, list[Sending]] = {}
    for ids in in_chunks(alert_ids):
        query = select(deliveries).where(deliveries.c.alert_id.in_(ids)).order_by(deliveries.c.id)
        for row in c.execute(query):
            found.setdefault(row.alert_id, []).append(
                Sending(row.receiver, row.channel, row.state, row.attempts, row.sent, row.next_at, row.error)
            )
    return found


def _of_host(c: Connection, host: str) -> tuple[Feed, ...]:
    """The feeds of a host, of those below it, and of the domains it is in; polled ones first."""
    if not host:
        return ()
    below = feeds.c.host.like("%." + _plain(host), escape="\\")
    above = and_(feeds.c.host.contains("."), literal("." + host).like(literal("%.").concat(feeds.c.host)))
    query = select(feeds).where(or_(feeds.c.host == host, below, above))
    query = query.order_by(feeds.c.retired_at.is_not(None), feeds.c.key).limit(MOST_FEEDS)
    return tuple(feed_of(row) for row in c.execute(query))


def _alike(c: Connection, names: Names, since: datetime, limit: int = 5) -> tuple[Article, ...]:
    """Articles with the same path at another host, then those whose titles have the words of the path."""
    found: list[Article] = []
    if len(names.path) > 1:
        ending = articles.c.key.like("http%" + _plain(names.path), escape="\\")
        found += [article_of(row) for row in c.execute(select(articles).where(ending).limit(limit))]
    if len(names.words) > 2:
        words = [articles.c.title.icontains(word, autoescape=True) for word in names.words]
        query = select(articles).where(articles.c.collected >= since, *words)
        found += [article_of(row) for row in c.execute(query.order_by(articles.c.id.desc()).limit(limit))]
    return tuple({article.id: article for article in found}.values())[:limit]


def _plain(text: str) -> str:
    """`text` for LIKE, as it is."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
