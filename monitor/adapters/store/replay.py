"""Deliveries that are tried again because somebody says so."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, select, update

from monitor.adapters.store import channels
from monitor.adapters.store.claims import FREE
from monitor.adapters.store.database import in_chunks
from monitor.adapters.store.schema import deliveries
from monitor.model import DeliveryState

DEAD = (DeliveryState.DEAD.value,)
NOT_ARRIVED = (*DEAD, DeliveryState.FAILED.value, DeliveryState.UNKNOWN.value)
EVEN_SENT = (*NOT_ARRIVED, DeliveryState.SENT.value)


@dataclass(frozen=True, slots=True)
class Which:
    """Which deliveries: of these alerts (None: of all), in these states, narrowed by what else is given."""

    alerts: tuple[int, ...] | None
    states: tuple[str, ...]
    channel: str | None = None
    receiver: str | None = None
    since: datetime | None = None  # made since then


def replay(connection: Connection, which: Which, now: datetime) -> list[tuple[int, str]]:
    """Let deliveries be due at once under their own keys: the alert and channel of each, in order.

    They are tried as often again as they were at first; what was tried before stays told. A channel of theirs
    that rests is woken: somebody may have mended it. One that is being sent at the moment is left alone.
    """
    ids = _chosen(connection, which)
    values = {
        "state": DeliveryState.PENDING.value,
        "next_at": now,
        "attempts": 0,
        "sent": None,
        "error": None,
        **FREE,
    }
    found: list[tuple[int, str]] = []
    for chunk in in_chunks(ids):
        still = and_(deliveries.c.id.in_(chunk), deliveries.c.state.in_(which.states))
        changed = update(deliveries).where(still).values(values)
        rows = connection.execute(
            changed.returning(deliveries.c.alert_id, deliveries.c.receiver, deliveries.c.channel)
        ).all()
        channels.wake(connection, {(row.receiver, row.channel) for row in rows})
        found += [(row.alert_id, row.channel) for row in rows]
    return sorted(found)


def _chosen(connection: Connection, which: Which) -> list[int]:
    query = select(deliveries.c.id).where(deliveries.c.state.in_(which.states)).order_by(deliveries.c.id)
    if which.channel is not None:
        query = query.where(deliveries.c.channel == which.channel)
    if which.receiver is not None:
        query = query.where(deliveries.c.receiver == which.receiver)
    if which.since is not None:
        query = query.where(deliveries.c.created >= which.since)
    if which.alerts is None:
        return list(connection.scalars(query))
    found: list[int] = []
    for chunk in in_chunks(which.alerts):
        found += connection.scalars(query.where(deliveries.c.alert_id.in_(chunk)))
    return found


def states(connection: Connection, alert_ids: Collection[int]) -> dict[int, list[str]]:
    """The states of the deliveries of each of these alerts."""
    found: dict[int, list[str]] = {}
    for chunk in in_chunks(list(alert_ids)):
        query = select(deliveries.c.alert_id, deliveries.c.state).where(deliveries.c.alert_id.in_(chunk))
        for alert, state in connection.execute(query):
            found.setdefault(alert, []).append(state)
    return found


def known_channels(connection: Connection) -> set[tuple[str, str]]:
    """Every receiver and channel that was ever sent to, or was to be."""
    rows = connection.execute(select(deliveries.c.receiver, deliveries.c.channel).distinct())
    return {(row.receiver, row.channel) for row in rows}
