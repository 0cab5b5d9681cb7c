"""Alerts, with what they tell and the deliveries they make, and what is held until it becomes one."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from monitor.adapters.store.articles import article_of
from monitor.adapters.store.documents import spans_from_document
from monitor.adapters.store.schema import (
    alert_matches,
    alerts,
    articles,
    deliveries,
    entries,
    matches,
    meta,
    rules,
    stories,
)
from monitor.adapters.store.thread import thread_of
from monitor.model import Alert, AlertItem, DeliveryState, Kind, Severity

# alert uid, receiver, channel -> the key that makes a repeat of the delivery recognisable
MakeKey = Callable[[str, str, str], str]


def add(
    connection: Connection,
    *,
    kind: Kind,
    rule: str,
    rule_title: str,
    severity: Severity,
    story: int | None,
    once: str | None,
    items: Sequence[tuple[int, str]],
    channels: Iterable[tuple[str, str]],
    make_key: MakeKey,
    now: datetime,
    not_before: Mapping[str, datetime] | None = None,
    repeat_every: timedelta | None = None,
    repeats: int | None = None,
) -> int | None:
    """An alert about `items` (match id, reason) with a delivery to each of `channels` (receiver, channel).

    `not_before` is when a receiver may be told that is not to be told now; `repeats` is the alert that this
    one repeats. None, and nothing is written, where what `once` names was told already.
    """
    uid = secrets.token_hex(12)
    values = {
        "uid": uid,
        "kind": kind.value,
        "rule": rule,
        "rule_title": rule_title,
        "severity": severity.value,
        "story_id": story,
        "once": once,
        "created": now,
        "repeat_every": repeat_every,
        "repeat_at": now + repeat_every if repeat_every and not is_seen_to(connection, rule, story) else None,
        "repeats": repeats,
    }
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(alerts).values(values).on_conflict_do_nothing().returning(alerts.c.id)
    alert_id = connection.scalar(statement)
    if alert_id is None:
        return None
    rows = [{"alert_id": alert_id, "match_id": match, "reason": reason} for match, reason in items]
    if rows:
        connection.execute(insert(alert_matches), rows)
    _add_deliveries(connection, alert_id, uid, channels, make_key, now, not_before or {})
    return alert_id


def is_seen_to(connection: Connection, rule: str, story: int | None) -> bool:
    """Whether somebody is on a rule's story already: what follows of it is told, and not repeated."""
    if story is None:
        return False
    acked = alerts.c.rule == rule, alerts.c.story_id == story, alerts.c.acked_at.is_not(None)
    return connection.scalar(select(alerts.c.id).where(*acked).limit(1)) is not None


def _add_deliveries(
    connection: Connection,
    alert_id: int,
    uid: str,
    channels: Iterable[tuple[str, str]],
    make_key: MakeKey,
    now: datetime,
    not_before: Mapping[str, datetime],
) -> None:
    rows = [
        {
            "alert_id": alert_id,
            "receiver": receiver,
            "channel": channel,
            "key": make_key(uid, receiver, channel),
            "state": DeliveryState.PENDING.value,
            "attempts": 0,
            "created": now,
            "next_at": max(now, not_before.get(receiver, now)),
        }
        for receiver, channel in channels
    ]
    if rows:
        connection.execute(insert(deliveries), rows)


def load(connection: Connection, alert_id: int, receiver: str | None = None) -> Alert:
    """An alert with everything that a message shows of it, to a receiver where one is named."""
    row = connection.execute(select(alerts).where(alerts.c.id == alert_id)).one()
    story = None
    if row.story_id is not None:
        story = connection.execute(
            select(stories.c.uid, stories.c.title, stories.c.named_by).where(stories.c.id == row.story_id)
        ).one()
    headline, text, thread = _words(connection, row.uid) if row.kind == Kind.NOTICE else ("", "", "")
    return Alert(
        id=row.id,
        uid=row.uid,
        kind=Kind(row.kind),
        rule=row.rule,
        rule_title=row.rule_title,
        severity=Severity(row.severity),
        story=row.story_id,
        story_uid=story.uid if story else thread or None,
        story_title=story.title if story else headline,
        items=tuple(_items(connection, alert_id)),
        created=row.created,
        text=text,
        repeats=row.repeats,
        story_name=story.title if story and story.named_by else "",
        **thread_of(connection, row, receiver)._asdict(),
    )


def _words(connection: Connection, uid: str) -> tuple[str, str, str]:
    """Headline, text and thread of a notice; see monitor.adapters.store.troubles."""
    value = connection.scalar(select(meta.c.value).where(meta.c.key == f"notice:{uid}"))
    kept = json.loads(value) if value else {}
    return kept.get("headline", ""), kept.get("text", ""), kept.get("thread", "")


def _items(connection: Connection, alert_id: int) -> Iterable[AlertItem]:
    copy = articles.alias("copy")
    copies = select(func.count()).where(copy.c.copy_of == articles.c.id).scalar_subquery()
    seen = select(func.min(entries.c.seen_at)).where(entries.c.article_id == articles.c.id).scalar_subquery()
    query = (
        select(
            articles,
            matches.c.spans,
            matches.c.kind.label("kind"),
            matches.c.rule.label("rule"),
            alert_matches.c.reason.label("why"),
            rules.c.document.label("rule_document"),
            copies.label("copies"),
            seen.label("seen"),
        )
        .select_from(alert_matches)
        .join(matches, matches.c.id == alert_matches.c.match_id)
        .join(articles, articles.c.id == matches.c.article_id)
        .outerjoin(rules, rules.c.id == matches.c.rule)
        .where(alert_matches.c.alert_id == alert_id)
        .order_by(matches.c.rule, matches.c.id)
    )
    for row in connection.execute(query):
        yield AlertItem(
            article=article_of(row),
            spans=spans_from_document(row.spans),
            reason=row.why,
            copies=row.copies,
            seen_at=row.seen,
            kind=Kind(row.kind) if row.kind else None,
            rule_title=(row.rule_document or {}).get("title") or row.rule,
        )
