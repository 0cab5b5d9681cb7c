"""How telling stands: what waits and why, what is repeated, which channels fail, how much each rule brings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, distinct, func, or_, select

from monitor.adapters.store.schema import alerts, channels, deliveries, held, matches, rules
from monitor.model import DeliveryState, Kind, Verdict

RHYTHM = timedelta(days=56)  # from which a rule's usual pace is learnt: eight weeks hold each day eight times
_TOLD = (Verdict.ALERT.value, Verdict.HELD.value)


def waiting(connection: Connection, now: datetime) -> dict[str, Any]:
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
    """Channels that fail, longest first, and those that asked to be left alone for a while."""
    which = or_(channels.c.failing_since.is_not(None), channels.c.rest_until.is_not(None))
    query = select(channels).where(which).order_by(channels.c.failing_since, channels.c.channel)
    return [
        {
            "receiver": row.receiver,
            "channel": row.channel,
            "since": row.failing_since,
            "failures": row.failures,
            "error": row.error,
            "rest_until": row.rest_until,
            "good": row.good_at,
        }
        for row in connection.execute(query)
    ]


@dataclass(frozen=True, slots=True)
class Pace:
    """What a rule told within RHYTHM, first and last, and since when it runs as it is."""

    rule: str
    since: datetime
    last: datetime | None
    first: datetime | None
    told: int


def paces(connection: Connection, now: datetime) -> list[Pace]:
    """How much each rule in force brings, by its id."""
    recent = (
        select(
            matches.c.rule,
            func.max(matches.c.matched).label("last"),
            func.min(matches.c.matched).label("first"),
            func.count().label("told"),
        )
        .where(
            matches.c.matched >= now - RHYTHM,
            matches.c.kind == Kind.NEW.value,
            matches.c.verdict.in_(_TOLD),
        )
        .group_by(matches.c.rule)
        .subquery()
    )
    query = (
        select(rules.c.id, rules.c.since, recent.c.last, recent.c.first, recent.c.told)
        .outerjoin(recent, recent.c.rule == rules.c.id)
        .order_by(rules.c.id)
    )
    return [Pace(row.id, row.since, row.last, row.first, row.told or 0) for row in connection.execute(query)]
