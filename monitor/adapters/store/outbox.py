"""The outbox: deliveries, and every attempt to send one. Lease, send, mark (promise 2)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, insert, select, update

from monitor.adapters.store.claims import FREE, claim, held_by
from monitor.adapters.store.schema import attempts, deliveries, held
from monitor.model import Delivery, DeliveryState, Retry, SendResult

# Written out in the statement, or SQLite cannot see that its partial index holds just these.
_OPEN = deliveries.c.state.in_(
    bindparam("open", ["pending", "leased", "failed", "unknown"], expanding=True, literal_execute=True)
)


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


# --- for people ------------------------------------------------------------------------------------


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
