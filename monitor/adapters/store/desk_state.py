"""How telling stands: what waits and why, what is repeated, which channels fail, when each rule matched last."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, distinct, func, select

from monitor.adapters.store import channels
from monitor.adapters.store.schema import alerts, deliveries, held, matches
from monitor.model import DeliveryState

LATELY = timedelta(days=56)  # a rule that has matched nothing for longer is not looked at for its rhythm


def waiting(connection: Connection) -> dict[str, Any]:
    """What is held, for whom and why, until when; which alerts are repeated; how many deliveries are dead."""
    stories = func.count(distinct(held.c.match_id))
    by_why = (
        select(held.c.receiver, held.c.why, stories, func.min(held.c.until))
        .group_by(held.c.receiver, held.c.why)
        .order_by(func.min(held.c.until), held.c.receiver)
    )
    asked = alerts.c.repeat_at.is_not(None)
    number, following = connection.execute(
        select(func.count(), func.min(alerts.c.repeat_at)).where(asked, alerts.c.acked_at.is_(None))
    ).one()
    dead = (
        select(deliveries.c.receiver, deliveries.c.channel, func.count(), func.min(deliveries.c.created))
        .where(deliveries.c.state == DeliveryState.DEAD.value)
        .group_by(deliveries.c.receiver, deliveries.c.channel)
        .order_by(deliveries.c.receiver, deliveries.c.channel)
    )
    return {
        "held": [
            {"receiver": receiver, "why": why, "matches": count, "next": until}
            for receiver, why, count, until in connection.execute(by_why)
        ],
        "repeats": {"waiting": number, "next": following},
        "dead_letters": [
            {"receiver": receiver, "channel": channel, "deliveries": count, "oldest": oldest}
            for receiver, channel, count, oldest in connection.execute(dead)
        ],
    }


def failing_channels(connection: Connection) -> list[dict[str, Any]]:
    """Channels that fail, longest first, and those that rest."""
    return [
        {
            "receiver": one.receiver,
            "channel": one.channel,
            "state": one.state,
            "since": one.since,
            "failures": one.failures,
            "error": one.error,
            "rest_until": one.rest_until,
            "good": one.good_at,
        }
        for one in channels.troubled(connection)
    ]


def last_matched(connection: Connection, now: datetime) -> dict[str, datetime]:
    """When each rule matched last, whatever came of it, of those that did within LATELY. Reads an index only."""
    last = func.max(matches.c.matched).label("last")
    query = select(matches.c.rule, last).group_by(matches.c.rule).having(last >= now - LATELY)
    return {row.rule: row.last for row in connection.execute(query)}
