"""Alerts as people ask for them: listed with their deliveries, and one with all that is known of it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from monitor.adapters.store.database import in_chunks
from monitor.adapters.store.schema import (
    alert_matches,
    alerts,
    articles,
    attempts,
    deliveries,
    held,
    matches,
    meta,
    stories,
)
from monitor.model import Kind

# States of a delivery that is still under way, as the outbox has them.
WAITING = ("pending", "leased", "failed", "unknown")


def listed(
    connection: Connection,
    *,
    limit: int,
    since: datetime | None = None,
    rule: str | None = None,
    receiver: str | None = None,
    states: Collection[str] = (),
    unanswered: bool = False,
) -> list[dict[str, Any]]:
    """Alerts with their deliveries, newest first, as `alerts list --json` gives them.

    `states` asks for a delivery in one of them, together with `receiver` for one of that receiver's;
    `unanswered` leaves out what somebody acknowledged or dismissed.
    """
    query = _query().order_by(alerts.c.id.desc()).limit(limit)
    if since is not None:
        query = query.where(alerts.c.created >= since)
    if rule is not None:
        query = query.where(alerts.c.rule == rule)
    if unanswered:
        query = query.where(alerts.c.acked_at.is_(None), alerts.c.dismissed_at.is_(None))
    if receiver is not None or states:
        theirs = select(deliveries.c.alert_id)
        if receiver is not None:
            theirs = theirs.where(deliveries.c.receiver == receiver)
        if states:
            theirs = theirs.where(deliveries.c.state.in_(states))
        query = query.where(alerts.c.id.in_(theirs))
    rows = connection.execute(query).all()
    sent = _deliveries(connection, [row.id for row in rows])
    headlines = _headlines(connection, {row.uid: row.id for row in rows if row.kind == Kind.NOTICE.value})
    return [_row(row, sent[row.id], headlines) for row in rows]


def shown(connection: Connection, alert_id: int) -> dict[str, Any] | None:
    """One alert as `alerts show --json` gives it: with every attempt, and what waits of it. None: there is none."""
    row = connection.execute(_query().where(alerts.c.id == alert_id)).one_or_none()
    if row is None:
        return None
    sent = _deliveries(connection, [alert_id])[alert_id]
    tried = _attempts(connection, [one["id"] for one in sent])
    words = _headlines(connection, {row.uid: row.id})
    return {
        **_row(row, [one | {"tries": tried[one["id"]]} for one in sent], words),
        "uid": row.uid,
        "text": words.get(row.id, ("", ""))[1],
        "repeat_every": row.repeat_every,
        "items": _items(connection, alert_id),
        "waiting": _waiting(connection, row.rule, row.story_id),
    }


def _query() -> Select[Any]:
    told = select(func.count()).where(alert_matches.c.alert_id == alerts.c.id).scalar_subquery()
    columns = alerts, stories.c.title.label("story_title"), told.label("told")
    return select(*columns).outerjoin(stories, stories.c.id == alerts.c.story_id)


def _row(row: Any, sent: list[dict[str, Any]], headlines: Mapping[int, tuple[str, str]]) -> dict[str, Any]:
    headline, _text = headlines.get(row.id, (None, ""))
    return {
        "id": row.id,
        "kind": row.kind,
        "rule": row.rule,
        "story": row.story_id,
        "created": row.created,
        "deliveries": sent,
        "severity": row.severity,
        "title": headline or row.story_title,
        "matches": row.told,
        "acked": {"by": row.acked_by, "at": row.acked_at} if row.acked_at else None,
        "dismissed": (
            {"by": row.dismissed_by, "at": row.dismissed_at, "why": row.dismissed_why}
            if row.dismissed_at
            else None
        ),
        "repeats": row.repeats,
        "repeat_at": row.repeat_at,
    }


def _deliveries(connection: Connection, ids: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    """The deliveries of each alert, in the order they were made."""
    found: dict[int, list[dict[str, Any]]] = {id: [] for id in ids}
    tries = (
        select(func.count()).where(attempts.c.delivery_id == deliveries.c.id).scalar_subquery().label("tries")
    )
    for chunk in in_chunks(found):
        which = select(deliveries, tries).where(deliveries.c.alert_id.in_(chunk)).order_by(deliveries.c.id)
        for row in connection.execute(which):
            found[row.alert_id].append(
                {
                    "channel": row.channel,
                    "state": row.state,
                    # A replayed delivery begins to count anew; what was tried before is told all the same.
                    "attempts": max(row.attempts, row.tries),
                    "sent": row.sent,
                    "error": row.error,
                    "receiver": row.receiver,
                    "next": row.next_at,
                    "id": row.id,
                }
            )
    return found


def _headlines(connection: Connection, uids: Mapping[str, int]) -> dict[int, tuple[str, str]]:
    """Headline and text of the notices among these alerts (uid to id); see monitor.adapters.store.troubles."""
    keys = {f"notice:{uid}": id for uid, id in uids.items()}
    found = {}
    for chunk in in_chunks(keys):
        for key, value in connection.execute(select(meta.c.key, meta.c.value).where(meta.c.key.in_(chunk))):
            words = json.loads(value)
            found[keys[key]] = (words.get("headline", ""), words.get("text", ""))
    return found


def _attempts(connection: Connection, ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """Every attempt at each delivery, in order."""
    found: dict[int, list[dict[str, Any]]] = {id: [] for id in ids}
    for chunk in in_chunks(found):
        query = select(attempts).where(attempts.c.delivery_id.in_(chunk)).order_by(attempts.c.id)
        for row in connection.execute(query):
            found[row.delivery_id].append(
                {
                    "started": row.started,
                    "finished": row.finished,
                    "outcome": row.outcome,
                    "detail": row.detail,
                    "status": row.status,
                    "retry_after": row.retry_after,
                }
            )
    return found


def _items(connection: Connection, alert_id: int) -> list[dict[str, Any]]:
    """What an alert tells: its matches with their articles, each with why it is told."""
    query = (
        select(
            alert_matches.c.match_id,
            alert_matches.c.reason,
            matches.c.rule,
            matches.c.story_id,
            articles.c.id,
            articles.c.title,
            articles.c.url,
            articles.c.source,
            articles.c.published,
        )
        .join(matches, matches.c.id == alert_matches.c.match_id)
        .join(articles, articles.c.id == matches.c.article_id)
        .where(alert_matches.c.alert_id == alert_id)
        .order_by(alert_matches.c.match_id)
    )
    return [
        {
            "match": row.match_id,
            "rule": row.rule,
            "story": row.story_id,
            "article": row.id,
            "title": row.title,
            "url": row.url,
            "source": row.source,
            "published": row.published,
            "reason": row.reason,
        }
        for row in connection.execute(query)
    ]


def _waiting(connection: Connection, rule: str, story: int | None) -> list[dict[str, Any]]:
    """What of this rule and story is told later: whom, when, and why not now."""
    if story is None:
        return []
    query = (
        select(held, articles.c.title)
        .join(matches, matches.c.id == held.c.match_id)
        .join(articles, articles.c.id == matches.c.article_id)
        .where(matches.c.rule == rule, matches.c.story_id == story)
        .order_by(held.c.until, held.c.receiver, held.c.match_id)
    )
    return [
        {
            "match": row.match_id,
            "receiver": row.receiver,
            "until": row.until,
            "why": row.why,
            "title": row.title,
            "reason": row.reason,
        }
        for row in connection.execute(query)
    ]


def held_of(connection: Connection, match_ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """Who is told later of each of these matches, when, and why not now; without those that do not wait."""
    found: dict[int, list[dict[str, Any]]] = {}
    for chunk in in_chunks(list(match_ids)):
        query = select(held).where(held.c.match_id.in_(chunk)).order_by(held.c.until, held.c.receiver)
        for row in connection.execute(query):
            one = {"receiver": row.receiver, "until": row.until, "why": row.why}
            found.setdefault(row.match_id, []).append(one)
    return found
