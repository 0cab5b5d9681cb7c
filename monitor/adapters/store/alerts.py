"""The outbox: alerts, their deliveries, and every attempt to send one. Lease, send, mark (promise 2)."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from monitor.adapters.store.articles import article_of
from monitor.adapters.store.claims import FREE, claim, held_by
from monitor.adapters.store.database import in_chunks
from monitor.adapters.store.documents import spans_from_document
from monitor.adapters.store.schema import (
    alert_matches,
    alerts,
    articles,
    attempts,
    deliveries,
    entries,
    held,
    matches,
    meta,
    rules,
    stories,
)
from monitor.model import Alert, AlertItem, Delivery, DeliveryState, Kind, Retry, SendResult, Severity

# alert uid, receiver, channel -> the key that makes a repeat of the delivery recognisable
MakeKey = Callable[[str, str, str], str]
# Written out in the statement, or SQLite cannot see that its partial index holds just these.
_OPEN = deliveries.c.state.in_(
    bindparam("open", ["pending", "leased", "failed", "unknown"], expanding=True, literal_execute=True)
)


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
) -> int | None:
    """An alert about `items` (match id, reason) with a delivery to each of `channels` (receiver, channel).

    None, and nothing is written, where what `once` names was told already.
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
    }
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(alerts).values(values).on_conflict_do_nothing().returning(alerts.c.id)
    alert_id = connection.scalar(statement)
    if alert_id is None:
        return None
    rows = [{"alert_id": alert_id, "match_id": match, "reason": reason} for match, reason in items]
    if rows:
        connection.execute(insert(alert_matches), rows)
    _add_deliveries(connection, alert_id, uid, channels, make_key, now)
    return alert_id


def _add_deliveries(
    connection: Connection,
    alert_id: int,
    uid: str,
    channels: Iterable[tuple[str, str]],
    make_key: MakeKey,
    now: datetime,
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
            "next_at": now,
        }
        for receiver, channel in channels
    ]
    if rows:
        connection.execute(insert(deliveries), rows)


def claim_due(
    connection: Connection, now: datetime, limit: int, lease: timedelta, busy_channels: Collection[str]
) -> list[Delivery]:
    """Lease deliveries that are due, one a channel, and note that an attempt begins."""
    _token, ids = claim(
        connection,
        deliveries,
        _OPEN,
        deliveries.c.next_at,
        now,
        limit=limit,
        lease=lease,
        group=deliveries.c.channel,
        per_group=1,
        busy=busy_channels,
    )
    if not ids:
        return []
    leased = {"state": DeliveryState.LEASED.value, "attempts": deliveries.c.attempts + 1}
    connection.execute(update(deliveries).where(deliveries.c.id.in_(ids)).values(leased))
    connection.execute(insert(attempts), [{"delivery_id": id, "started": now} for id in ids])
    rows = {row.id: row for row in connection.execute(select(deliveries).where(deliveries.c.id.in_(ids)))}
    return [_delivery(rows[id]) for id in ids]


def _delivery(row: Any) -> Delivery:
    return Delivery(
        id=row.id,
        alert_id=row.alert_id,
        receiver=row.receiver,
        channel=row.channel,
        key=row.key,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        claim=row.claim or "",
        created=row.created,
    )


def finish_attempt(
    connection: Connection, delivery: Delivery, result: SendResult, retry: Retry, now: datetime
) -> bool:
    """Mark what an attempt led to; False where the lease was lost, and whoever has it now will say."""
    ended = {"finished": now, "outcome": result.outcome.value, "detail": result.detail}
    open_attempt = and_(attempts.c.delivery_id == delivery.id, attempts.c.outcome.is_(None))
    which = select(func.max(attempts.c.id)).where(open_attempt).scalar_subquery()
    sent = retry.state is DeliveryState.SENT
    values = {
        "state": retry.state.value,
        "next_at": retry.at,
        "sent": now if sent else None,
        "error": None if sent else retry.reason,
        **FREE,
    }
    marked = connection.execute(
        update(deliveries).where(held_by(deliveries, delivery.id, delivery.claim)).values(values)
    )
    if marked.rowcount:
        connection.execute(update(attempts).where(attempts.c.id == which).values(ended))
    return marked.rowcount > 0


def readdress(connection: Connection, delivery: Delivery, channels: Sequence[str]) -> Delivery | None:
    """Hand a leased delivery, whose channel is gone, to the first of `channels` that has none of this alert.

    Its key stays: what may have arrived already is recognised when it comes by the new address. None
    where every channel has its own delivery of the alert, or the lease was lost.
    """
    mine = and_(deliveries.c.alert_id == delivery.alert_id, deliveries.c.receiver == delivery.receiver)
    taken = set(connection.scalars(select(deliveries.c.channel).where(mine)))
    free = next((channel for channel in channels if channel not in taken), None)
    if free is None:
        return None
    held = held_by(deliveries, delivery.id, delivery.claim)
    moved = connection.execute(update(deliveries).where(held).values(channel=free))
    return replace(delivery, channel=free) if moved.rowcount else None


def retry_now(connection: Connection, now: datetime) -> int:
    """Let whatever waits for its next attempt have it at once; how many deliveries that is."""
    waits = and_(deliveries.c.state.in_(["failed", "unknown"]), deliveries.c.next_at > now)
    return connection.execute(update(deliveries).where(waits).values(next_at=now)).rowcount


def free_all(connection: Connection) -> None:
    """Forget every lease. What was being sent may have arrived, so it is tried again under its key."""
    was_leased = deliveries.c.state == DeliveryState.LEASED.value
    values = {
        "state": DeliveryState.UNKNOWN.value,
        "error": "the daemon stopped while it was being sent",
        **FREE,
    }
    connection.execute(update(deliveries).where(was_leased).values(values))
    lost = {"outcome": "unknown", "detail": "the daemon stopped before the answer was stored"}
    connection.execute(update(attempts).where(attempts.c.outcome.is_(None)).values(lost))


def load(connection: Connection, alert_id: int) -> Alert:
    """An alert with everything that a message shows of it."""
    row = connection.execute(select(alerts).where(alerts.c.id == alert_id)).one()
    story = None
    if row.story_id is not None:
        story = connection.execute(
            select(stories.c.uid, stories.c.title).where(stories.c.id == row.story_id)
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


# --- what waits for a digest ---------------------------------------------------------------------


def hold(connection: Connection, match: int, until: Mapping[str, datetime]) -> None:
    """Keep a match for the next digest of each receiver."""
    rows = [{"match_id": match, "receiver": receiver, "until": when} for receiver, when in until.items()]
    if rows:
        connection.execute(insert(held), rows)


def release(
    connection: Connection,
    now: datetime,
    channels: Mapping[str, Sequence[str]],
    make_key: MakeKey,
) -> int:
    """Make a digest of everything held for each receiver whose time has come; how many were made.

    `channels` are those of each receiver. One transaction: what is held either became an alert or still is.
    """
    due = select(held.c.receiver, held.c.match_id, matches.c.reason).join(
        matches, matches.c.id == held.c.match_id
    )
    waiting: dict[str, list[tuple[int, str]]] = {}
    for receiver, match, reason in connection.execute(
        due.where(held.c.until <= now).order_by(held.c.match_id)
    ):
        waiting.setdefault(receiver, []).append((match, reason))
    for receiver, items in waiting.items():
        add(
            connection,
            kind=Kind.DIGEST,
            rule="digest",
            rule_title="Digest",
            severity=Severity.LOW,
            story=None,
            once=None,
            items=items,
            channels=[(receiver, channel) for channel in channels.get(receiver, ())],
            make_key=make_key,
            now=now,
        )
    if waiting:
        connection.execute(delete(held).where(held.c.until <= now))
    return len(waiting)


# --- for people ------------------------------------------------------------------------------------


def listed(
    connection: Connection, *, limit: int, since: datetime | None = None, rule: str | None = None
) -> list[dict[str, Any]]:
    """Alerts with their deliveries, newest first, as `alerts list --json` gives them."""
    query = select(alerts).order_by(alerts.c.id.desc()).limit(limit)
    if since is not None:
        query = query.where(alerts.c.created >= since)
    if rule is not None:
        query = query.where(alerts.c.rule == rule)
    rows = connection.execute(query).all()
    sent: dict[int, list[dict[str, Any]]] = {row.id: [] for row in rows}
    for chunk in in_chunks(sent):
        which = select(deliveries).where(deliveries.c.alert_id.in_(chunk)).order_by(deliveries.c.id)
        for row in connection.execute(which):
            sent[row.alert_id].append(
                {
                    "channel": row.channel,
                    "state": row.state,
                    "attempts": row.attempts,
                    "sent": row.sent,
                    "error": row.error,
                }
            )
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "rule": row.rule,
            "story": row.story_id,
            "created": row.created,
            "deliveries": sent[row.id],
        }
        for row in rows
    ]


def counts(connection: Connection) -> dict[str, int]:
    """How many deliveries are in each state."""
    rows = connection.execute(select(deliveries.c.state, func.count()).group_by(deliveries.c.state))
    return {state.value: 0 for state in DeliveryState} | {row[0]: row[1] for row in rows}


def oldest_open(connection: Connection) -> datetime | None:
    """When the delivery that waits longest was made."""
    return connection.scalar(select(func.min(deliveries.c.created)).where(_OPEN))


def next_due(connection: Connection) -> datetime | None:
    """When the next delivery is tried, or the next digest goes out."""
    moments = [
        connection.scalar(select(func.min(deliveries.c.next_at)).where(_OPEN)),
        connection.scalar(select(func.min(held.c.until))),
    ]
    return min((moment for moment in moments if moment is not None), default=None)


def last_sent(connection: Connection) -> datetime | None:
    return connection.scalar(select(func.max(deliveries.c.sent)))
