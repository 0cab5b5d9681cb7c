"""What was told of an alert's story before it: what its subject was, how grave it was, who is on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, select

from monitor.adapters.store.schema import alert_matches, alerts, articles, matches
from monitor.model import Kind, Severity

_RANKS = {severity: rank for rank, severity in enumerate(Severity)}
_OF_ITS_STORY = [kind.value for kind in (Kind.NEW, Kind.UPDATE, Kind.REPEAT)]


class Thread(NamedTuple):
    """What an alert takes from those before it; as in model.Alert."""

    thread_title: str = ""
    escalated_from: Severity | None = None
    first_told: datetime | None = None
    acked_by: str = ""
    acked_at: datetime | None = None


def thread_of(connection: Connection, row: Row[Any]) -> Thread:
    """What was told before the alert in `row`, of its story, or of what it repeats."""
    told = select(alerts.c.created).where(alerts.c.id == row.repeats)
    first = connection.scalar(told) if row.repeats is not None else None
    if row.story_id is None or row.kind not in _OF_ITS_STORY:
        return Thread(first_told=first, acked_by=row.acked_by or "", acked_at=row.acked_at)
    of_story = and_(alerts.c.story_id == row.story_id, alerts.c.kind.in_(_OF_ITS_STORY))
    columns = (alerts.c.id, alerts.c.rule, alerts.c.severity, alerts.c.acked_at, alerts.c.acked_by)
    query = select(*columns).where(of_story, alerts.c.id < row.id).order_by(alerts.c.id)
    before = connection.execute(query).all()
    by_rule = [each for each in before if each.rule == row.rule]
    acks = [each for each in (row, *reversed(by_rule)) if each.acked_at is not None]
    return Thread(
        _title(connection, by_rule[0].id) if by_rule else "",
        _escalated(row, before),
        first,
        (acks[0].acked_by or "") if acks else "",
        acks[0].acked_at if acks else None,
    )


def _title(connection: Connection, alert_id: int) -> str:
    """The headline of an alert: of its first article, in the order in which messages list them."""
    found = (
        select(articles.c.title)
        .select_from(alert_matches)
        .join(matches, matches.c.id == alert_matches.c.match_id)
        .join(articles, articles.c.id == matches.c.article_id)
        .where(alert_matches.c.alert_id == alert_id)
        .order_by(matches.c.rule, matches.c.id)
        .limit(1)
    )
    return connection.scalar(found) or ""


def _escalated(row: Row[Any], before: Any) -> Severity | None:
    """The gravest of what was told of the story, where an update is graver."""
    if row.kind != Kind.UPDATE.value or not before:
        return None
    told = max((Severity(each.severity) for each in before), key=_RANKS.__getitem__)
    return told if _RANKS[Severity(row.severity)] > _RANKS[told] else None
