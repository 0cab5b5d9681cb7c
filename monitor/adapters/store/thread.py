"""What was told of an alert's story before it: what its subject was, how grave it was, who is on it.

A person may have merged or split the story since. What was told keeps the thread it was told in: an alert goes
on with the thread of its story where its rule told anything there, else with the one in which it did.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, and_, select

from monitor.adapters.store.schema import alert_matches, alerts, articles, deliveries, matches, stories
from monitor.model import Kind, Severity

_RANKS = {severity: rank for rank, severity in enumerate(Severity)}
MOST_THREADS: Final = 10  # that a message names beside its own; headers of mail are not to grow for ever
_OF_ITS_STORY = [kind.value for kind in (Kind.NEW, Kind.UPDATE, Kind.REPEAT)]


class Thread(NamedTuple):
    """What an alert takes from those before it; as in model.Alert."""

    thread_title: str = ""
    escalated_from: Severity | None = None
    first_told: datetime | None = None
    acked_by: str = ""
    acked_at: datetime | None = None
    earlier_threads: tuple[str, ...] = ()


def thread_of(connection: Connection, row: Row[Any], receiver: str | None = None) -> Thread:
    """What was told before the alert in `row`, of its story, or of what it repeats.

    It escalates what its `receiver` was told before, or without one what anybody was.
    """
    told = select(alerts.c.created, alerts.c.told_in).where(alerts.c.id == row.repeats)
    repeated = connection.execute(told).one_or_none() if row.repeats is not None else None
    first = repeated.created if repeated else None
    if row.story_id is None or row.kind not in _OF_ITS_STORY:
        return Thread(first_told=first, acked_by=row.acked_by or "", acked_at=row.acked_at)
    of_story = and_(alerts.c.story_id == row.story_id, alerts.c.kind.in_(_OF_ITS_STORY))
    query = select(alerts).where(of_story, alerts.c.id < row.id).order_by(alerts.c.id)
    before = connection.execute(query).all()
    by_rule = [each for each in before if each.rule == row.rule]
    acks = [each for each in (row, *reversed(by_rule)) if each.acked_at is not None]
    is_update = row.kind == Kind.UPDATE.value  # nothing else escalates
    heard = _told_to(connection, receiver, before) if is_update and receiver is not None else before
    return Thread(
        _title(connection, _head(row, repeated, by_rule)) if by_rule else "",
        _escalated(row, heard),
        first,
        (acks[0].acked_by or "") if acks else "",
        acks[0].acked_at if acks else None,
        _threads(connection, [*by_rule, row]),
    )


def _head(row: Row[Any], repeated: Any, before: Sequence[Row[Any]]) -> int:
    """The first alert of the thread that the alert in `row` goes on with."""
    thread = row.told_in if row.told_in is not None or repeated is None else repeated.told_in
    return next((each.id for each in before if each.told_in == thread), before[0].id)


def _threads(connection: Connection, told: Sequence[Row[Any]]) -> tuple[str, ...]:
    """The uids of the other stories in whose threads some of these alerts went out, the first ones first."""
    others = list(dict.fromkeys(each.told_in for each in told if each.told_in is not None))[:MOST_THREADS]
    query = select(stories.c.id, stories.c.uid).where(stories.c.id.in_(others))
    uids = {row.id: row.uid for row in connection.execute(query)} if others else {}
    return tuple(uids[story] for story in others if story in uids)


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


def _told_to(connection: Connection, receiver: str, before: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Those of these alerts that went to a receiver."""
    of_these = deliveries.c.alert_id.in_([each.id for each in before])
    found = set(
        connection.scalars(select(deliveries.c.alert_id).where(of_these, deliveries.c.receiver == receiver))
    )
    return [each for each in before if each.id in found]


def _escalated(row: Row[Any], before: Sequence[Row[Any]]) -> Severity | None:
    """The gravest of what was told of the story, where an update is graver."""
    if row.kind != Kind.UPDATE.value or not before:
        return None
    told = max((Severity(each.severity) for each in before), key=_RANKS.__getitem__)
    return told if _RANKS[Severity(row.severity)] > _RANKS[told] else None
