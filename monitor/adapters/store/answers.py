"""What people answer to alerts: "I'm on it" (acknowledged), and "not relevant" (dismissed).

Both are of a rule in a story, whichever of its alerts they were said to; where an alert has no story, of it and
its repeats.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, distinct, func, insert, or_, select, update

from monitor.adapters.store import alerts as outgoing
from monitor.adapters.store.schema import alert_matches, alerts, deliveries, held, matches, meta, stories
from monitor.model import DeliveryState, Kind, Severity, Verdict


def dismissed(connection: Connection, rule: str, story: int) -> str | None:
    """Who dismissed the rule's alerts in this story as not relevant, in words; None where nobody did."""
    query = (
        select(alerts.c.dismissed_by, alerts.c.dismissed_why, alerts.c.dismissed_at)
        .where(alerts.c.rule == rule, alerts.c.story_id == story, alerts.c.dismissed_at.is_not(None))
        .order_by(alerts.c.dismissed_at)
        .limit(1)
    )
    row = connection.execute(query).first()
    return None if row is None else dismissal(row.dismissed_by, row.dismissed_why, row.dismissed_at)


def dismissal(by: str, why: str, at: datetime) -> str:
    """Who said that it is not relevant, in words."""
    because = f" ({why})" if why else ""
    return f"{by or 'somebody'} said so, {at:%Y-%m-%d %H:%M} UTC{because}"


def ack(connection: Connection, alert_id: int, by: str, now: datetime) -> list[int]:
    """Somebody is on it: nothing of it is repeated any more. The alerts that were acknowledged only now."""
    which = _alike(connection, alert_id)
    connection.execute(update(alerts).where(which).values(repeat_at=None))
    fresh = update(alerts).where(which, alerts.c.acked_at.is_(None)).values(acked_at=now, acked_by=by)
    return sorted(connection.scalars(fresh.returning(alerts.c.id)))


def dismiss(connection: Connection, alert_id: int, by: str, why: str, now: datetime) -> list[int]:
    """It is not relevant: acknowledged, kept, and nothing more of it is told, also not what was held of it.

    The alerts that were dismissed only now.
    """
    ack(connection, alert_id, by, now)
    which = _alike(connection, alert_id)
    values = {"dismissed_at": now, "dismissed_by": by, "dismissed_why": why}
    fresh = update(alerts).where(which, alerts.c.dismissed_at.is_(None)).values(values)
    found = sorted(connection.scalars(fresh.returning(alerts.c.id)))
    _drop_held(connection, alert_id, f"not relevant: {dismissal(by, why, now)}")
    return found


def undo_dismiss(connection: Connection, alert_id: int) -> list[int]:
    """It was relevant all the same: what follows is told again. The alerts that were dismissed until now."""
    values = {"dismissed_at": None, "dismissed_by": None, "dismissed_why": None}
    which = and_(_alike(connection, alert_id), alerts.c.dismissed_at.is_not(None))
    return sorted(connection.scalars(update(alerts).where(which).values(values).returning(alerts.c.id)))


def precision(connection: Connection, since: datetime) -> dict[str, tuple[int, int]]:
    """How many stories each rule told as new since a time, and how many of these were dismissed."""
    told = func.count(distinct(alerts.c.story_id))
    refused = func.count(distinct(alerts.c.story_id)).filter(alerts.c.dismissed_at.is_not(None))
    query = (
        select(alerts.c.rule, told, refused)
        .where(alerts.c.created >= since, alerts.c.kind == Kind.NEW.value, alerts.c.story_id.is_not(None))
        .group_by(alerts.c.rule)
    )
    return {rule: (number, dismissed) for rule, number, dismissed in connection.execute(query)}


def _alike(connection: Connection, alert_id: int) -> ColumnElement[bool]:
    """The alerts that an answer to this one is an answer to."""
    row: Any = connection.execute(select(alerts).where(alerts.c.id == alert_id)).one()
    if row.story_id is not None:
        return and_(alerts.c.rule == row.rule, alerts.c.story_id == row.story_id)
    root = row.repeats or row.id
    return or_(alerts.c.id == root, alerts.c.repeats == root)


def _drop_held(connection: Connection, alert_id: int, why: str) -> None:
    """Tell nothing of what waits; what nobody was told of yet says why it never will be."""
    row = connection.execute(select(alerts.c.rule, alerts.c.story_id).where(alerts.c.id == alert_id)).one()
    if row.story_id is None:
        return
    theirs = and_(matches.c.rule == row.rule, matches.c.story_id == row.story_id)
    waiting = select(held.c.match_id).join(matches, matches.c.id == held.c.match_id).where(theirs)
    ids = set(connection.scalars(waiting))
    if not ids:
        return
    told = set(connection.scalars(select(alert_matches.c.match_id).where(alert_matches.c.match_id.in_(ids))))
    connection.execute(delete(held).where(held.c.match_id.in_(ids)))
    untold = update(matches).where(matches.c.id.in_(ids - told))
    connection.execute(untold.values(verdict=Verdict.WITHHELD.value, reason=why, kind=None))


# --- seen by the others ----------------------------------------------------------------------------


def tell_others(
    connection: Connection,
    alert_id: int,
    by: str,
    words: tuple[str, str],
    configured: Mapping[str, Sequence[str]],
    not_before: Mapping[str, datetime],
    make_key: outgoing.MakeKey,
    now: datetime,
) -> list[tuple[str, str]]:
    """A short notice, `words` being its headline and text, to every channel that was told of the alert.

    It is in the alert's thread. A receiver that is called `by` says it, and need not hear of it; a channel that
    nothing reached hears nothing of it. `configured` are the channels that each receiver has now, `not_before`
    is until when some have quiet hours. The receivers and channels that are told.
    """
    which = _alike(connection, alert_id)
    told = (
        select(deliveries.c.receiver, deliveries.c.channel)
        .join(alerts, alerts.c.id == deliveries.c.alert_id)
        .where(which, deliveries.c.state != DeliveryState.DEAD.value, deliveries.c.receiver != by)
    )
    before = {(row.receiver, row.channel) for row in connection.execute(told)}
    channels = sorted(_still_there(before, configured))
    if not channels:
        return []
    row = connection.execute(select(alerts).where(alerts.c.id == alert_id)).one()
    notice = outgoing.add(
        connection,
        kind=Kind.NOTICE,
        rule=row.rule,
        rule_title=row.rule_title,
        severity=Severity.LOW,
        story=None,
        once=None,
        items=(),
        channels=channels,
        make_key=make_key,
        now=now,
        not_before=not_before,
    )
    # It asks nobody for an answer of its own: who answers it all the same learns who is on it.
    seen = update(alerts).where(alerts.c.id == notice).values(acked_at=now, acked_by=by)
    uid = connection.scalar(seen.returning(alerts.c.uid))
    kept = {"headline": words[0], "text": words[1], "thread": _thread(connection, row)}
    connection.execute(insert(meta).values(key=f"notice:{uid}", value=json.dumps(kept)))
    return channels


def _still_there(
    told: Collection[tuple[str, str]], configured: Mapping[str, Sequence[str]]
) -> set[tuple[str, str]]:
    """Those of the channels that are there still; where a receiver has none of its own left, those it has now."""
    found = {(receiver, channel) for receiver, channel in told if channel in configured.get(receiver, ())}
    moved = {receiver for receiver, _ in told} - {receiver for receiver, _ in found}
    return found | {(receiver, channel) for receiver in moved for channel in configured.get(receiver, ())}


def _thread(connection: Connection, row: Any) -> str:
    """What ties an alert's messages together: its story, or the thread of the notice that it is."""
    if row.story_id is not None:
        told_in = row.story_id if row.told_in is None else row.told_in
        return connection.scalar(select(stories.c.uid).where(stories.c.id == told_in)) or ""
    value = connection.scalar(select(meta.c.value).where(meta.c.key == f"notice:{row.uid}"))
    thread: str = json.loads(value).get("thread", "") if value else ""
    return thread
