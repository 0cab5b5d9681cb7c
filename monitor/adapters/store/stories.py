"""Stories, and the matches whose decisions they carry."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from monitor.adapters.store.database import in_chunks
from monitor.adapters.store.documents import spans_from_document, spans_to_document
from monitor.adapters.store.schema import articles, matches, stories
from monitor.model import Article, Decision, Match, Novelty, Verdict


def changed_profiles(
    connection: Connection, known: Mapping[int, int], since: datetime
) -> Iterable[tuple[int, int, bytes]]:
    """Stories active since a time whose revision is not the one in `known`: id, revision, profile."""
    fresh = select(stories.c.id, stories.c.revision).where(stories.c.last_at >= since)
    stale = [id for id, revision in connection.execute(fresh) if known.get(id) != revision]
    for chunk in in_chunks(stale):
        query = select(stories.c.id, stories.c.revision, stories.c.profile).where(stories.c.id.in_(chunk))
        for row in connection.execute(query):
            yield row.id, row.revision, row.profile


def profile(connection: Connection, story: int) -> bytes | None:
    return connection.scalar(select(stories.c.profile).where(stories.c.id == story))


def open_story(connection: Connection, title: str, at: datetime) -> int:
    """A new story, without a profile yet; its id."""
    values = {
        "uid": secrets.token_hex(8),
        "title": title,
        "profile": b"",
        "revision": 0,
        "first_at": at,
        "last_at": at,
    }
    return connection.scalars(insert(stories).values(values).returning(stories.c.id)).one()


def save_profile(connection: Connection, story: int, profile: bytes, at: datetime) -> int:
    """Store what a story is like by now; its new revision."""
    values = {"profile": profile, "revision": stories.c.revision + 1, "last_at": at}
    statement = update(stories).where(stories.c.id == story).values(values).returning(stories.c.revision)
    return connection.scalars(statement).one()


def told(connection: Connection, rule: str, story: int) -> tuple[bool, bool]:
    """Whether the rule has told (or holds) anything of the story, and its second source."""
    query = (
        select(articles.c.novelty)
        .join(matches, matches.c.article_id == articles.c.id)
        .where(
            matches.c.rule == rule,
            matches.c.story_id == story,
            matches.c.verdict.in_([Verdict.ALERT.value, Verdict.HELD.value]),
        )
    )
    novelties = list(connection.scalars(query))
    return bool(novelties), Novelty.SOURCE.value in novelties


def add_match(
    connection: Connection, match: Match, article: Article, story: int, decision: Decision, now: datetime
) -> int:
    """Store a match with its decision, in place of an earlier decision on it; its id."""
    values = {
        "rule": match.rule,
        "rule_version": match.rule_version,
        "article_id": article.id,
        "revision": article.revision,
        "spans": spans_to_document(match.spans),
        "matched": now,
        "story_id": story,
        "verdict": decision.verdict.value,
        "reason": decision.reason,
        "kind": decision.kind.value if decision.kind else None,
    }
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    unique = ("rule", "rule_version", "article_id", "revision")
    decided = {name: value for name, value in values.items() if name not in unique}
    statement = dialect.insert(matches).values(values)
    statement = statement.on_conflict_do_update(index_elements=unique, set_=decided)
    return connection.scalars(statement.returning(matches.c.id)).one()


def matched_before(connection: Connection, article_id: int, rule: str) -> bool:
    """Whether a rule matched an earlier revision of the article."""
    query = select(matches.c.id).where(matches.c.article_id == article_id, matches.c.rule == rule).limit(1)
    return connection.scalar(query) is not None


def has_match(connection: Connection, match: Match, article: Article) -> bool:
    """Whether this very match (rule, version, article, revision) is stored."""
    query = select(matches.c.id).where(
        matches.c.rule == match.rule,
        matches.c.rule_version == match.rule_version,
        matches.c.article_id == article.id,
        matches.c.revision == article.revision,
    )
    return connection.scalar(query) is not None


def listed(
    connection: Connection,
    *,
    limit: int,
    since: datetime | None = None,
    rule: str | None = None,
    verdict: str | None = None,
    origin: str | None = None,
) -> list[dict[str, Any]]:
    """Matches, newest first, as `matches list --json` gives them, and what a snippet is cut from."""
    query = (
        select(
            matches,
            articles.c.url,
            articles.c.title,
            articles.c.body,
            articles.c.source,
            articles.c.origin,
            articles.c.published,
        )
        .join(articles, articles.c.id == matches.c.article_id)
        .order_by(matches.c.id.desc())
        .limit(limit)
    )
    if since is not None:
        query = query.where(matches.c.matched >= since)
    if rule is not None:
        query = query.where(matches.c.rule == rule)
    if verdict is not None:
        query = query.where(matches.c.verdict == verdict)
    if origin is not None:
        query = query.where(articles.c.origin == origin)
    return [
        {
            "id": row.id,
            "rule": row.rule,
            "rule_version": row.rule_version,
            "url": row.url,
            "title": row.title,
            "source": row.source,
            "origin": row.origin,
            "published": row.published,
            "matched": row.matched,
            "story": row.story_id,
            "decision": row.verdict,
            "reason": row.reason,
            "spans": spans_from_document(row.spans),
            "body": row.body,
        }
        for row in connection.execute(query)
    ]


def counts(connection: Connection, since: datetime) -> dict[str, dict[str, int]]:
    """Matches of each rule since a time, by decision."""
    query = select(matches.c.rule, matches.c.verdict, func.count()).where(matches.c.matched >= since)
    found: dict[str, dict[str, int]] = {}
    for rule, verdict, count in connection.execute(query.group_by(matches.c.rule, matches.c.verdict)):
        found.setdefault(rule, {})[verdict] = count
    return found
