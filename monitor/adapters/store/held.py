"""What receivers are told later: matches that wait, and what they become when their time has come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, or_, select, update

from monitor.adapters.store import alerts
from monitor.adapters.store.database import in_chunks
from monitor.adapters.store.schema import alert_matches, deliveries, held, matches
from monitor.adapters.store.schema import alerts as alerts_table
from monitor.adapters.store.troubles import open_troubles
from monitor.model import Held, Hold, Kind, Severity, Verdict
from monitor.route.release import Release, releases
from monitor.route.telling import Before, gravest
from monitor.route.troubles import OpenTrouble
from monitor.route.volume import BASELINE, WINDOW, Surging, Volume

_TOLD = (Verdict.ALERT.value, Verdict.HELD.value)
_STORIES = (Kind.NEW.value, Kind.UPDATE.value, Kind.REPEAT.value)


def hold(connection: Connection, rows: Iterable[Held]) -> None:
    """Keep matches for the receivers that are told of them later."""
    values = [
        {
            "match_id": row.match,
            "receiver": row.receiver,
            "until": row.until,
            "why": row.why.value,
            "severity": row.severity.value,
            "rule_title": row.rule_title,
            "repeat_every": row.repeat_every,
        }
        for row in rows
    ]
    if values:
        connection.execute(insert(held), values)


def due(connection: Connection, now: datetime, *, groups: bool = False) -> list[Held]:
    """What is to be told now, in the order in which it came; with all that only waits for others if `groups`."""
    ripe = held.c.until <= now
    return _read(connection, or_(ripe, held.c.why == Hold.GROUP.value) if groups else ripe)


def waiting(connection: Connection) -> list[Held]:
    """All that waits."""
    return _read(connection, held.c.match_id > 0)


def _read(connection: Connection, which: Any) -> list[Held]:
    query = (
        select(held, matches.c.rule, matches.c.story_id, matches.c.kind, matches.c.reason)
        .join(matches, matches.c.id == held.c.match_id)
        .where(which)
        .order_by(held.c.match_id, held.c.receiver)
    )
    return [
        Held(
            match=row.match_id,
            receiver=row.receiver,
            until=row.until,
            why=Hold(row.why),
            rule=row.rule,
            rule_title=row.rule_title,
            severity=Severity(row.severity),
            story=row.story_id,
            kind=Kind(row.kind) if row.kind else Kind.NEW,
            reason=row.reason,
            repeat_every=row.repeat_every,
        )
        for row in connection.execute(query)
    ]


def release(
    connection: Connection,
    now: datetime,
    channels: Mapping[str, Sequence[str]],
    make_key: alerts.MakeKey,
    *,
    groups: bool = False,
) -> int:
    """Make alerts of what is due, `channels` being those of each receiver; how many were made.

    What waits for others goes with the first of them whose time has come. In the caller's transaction: what is
    held either became an alert or still is.
    """
    ripe = due(connection, now, groups=groups)
    made = releases(ripe)
    for one in made:
        _add(connection, one, channels.get(one.receiver, ()), make_key, now)
    for chunk in in_chunks(sorted({row.match for row in ripe})):
        gone = or_(held.c.until <= now, held.c.why == Hold.GROUP.value) if groups else held.c.until <= now
        connection.execute(delete(held).where(held.c.match_id.in_(chunk), gone))
        told = matches.c.verdict == Verdict.HELD.value
        values = {"verdict": Verdict.ALERT.value}
        connection.execute(update(matches).where(matches.c.id.in_(chunk), told).values(values))
    return len(made)


def _add(
    connection: Connection, one: Release, channels: Sequence[str], make_key: alerts.MakeKey, now: datetime
) -> None:
    alerts.add(
        connection,
        kind=one.kind,
        rule=one.rule,
        rule_title=one.rule_title,
        severity=one.severity,
        story=one.story,
        once=None,
        items=one.items,
        channels=[(one.receiver, channel) for channel in channels],
        make_key=make_key,
        now=now,
        repeat_every=one.repeat_every,
    )


# --- what decides whether something waits ----------------------------------------------------------


def before(connection: Connection, receiver: str, rule: str, story: int) -> Before:
    """What `receiver` was told of a story by a rule, and what of it waits."""
    mine = alerts_table.c.story_id == story, deliveries.c.receiver == receiver
    told = connection.execute(
        select(alerts_table.c.rule, alerts_table.c.kind, alerts_table.c.severity, alerts_table.c.created)
        .join(deliveries, deliveries.c.alert_id == alerts_table.c.id)
        .where(*mine, alerts_table.c.kind.in_(_STORIES))
    ).all()
    updates = [row.created for row in told if row.rule == rule and row.kind == Kind.UPDATE.value]
    until = connection.scalar(
        select(func.max(held.c.until))
        .join(matches, matches.c.id == held.c.match_id)
        .where(
            matches.c.story_id == story,
            matches.c.rule == rule,
            held.c.receiver == receiver,
            held.c.why == Hold.GROUP.value,
        )
    )
    return Before(
        updated_at=max(updates, default=None),
        waiting_until=until,
        gravest=gravest([Severity(row.severity) for row in told]),
    )


def told_by(connection: Connection, rule: str, now: datetime) -> int:
    """How many stories a rule told in the past hour."""
    return connection.scalar(select(func.count()).where(*_told(rule), matches.c.matched >= now - WINDOW)) or 0


def _told(rule: str) -> tuple[ColumnElement[bool], ...]:
    return matches.c.rule == rule, matches.c.kind == Kind.NEW.value, matches.c.verdict.in_(_TOLD)


def volume(connection: Connection, rule: str, now: datetime) -> Volume:
    """How much a rule told in the past hour, and in the two weeks before it."""
    start = now - WINDOW
    last = told_by(connection, rule, now)
    first = connection.scalar(
        select(func.min(matches.c.matched)).where(matches.c.rule == rule, matches.c.matched < start)
    )
    if first is None:
        return Volume(last, 0, 0.0)
    begin = max(first, start - BASELINE)
    among = matches.c.matched >= begin, matches.c.matched < start
    earlier = connection.scalar(select(func.count()).where(*_told(rule), *among)) or 0
    return Volume(last, earlier, (start - begin) / timedelta(days=1))


def told_lately(connection: Connection, receiver: str, since: datetime) -> int:
    """How many alerts were made for a receiver since a time, notices of the monitor itself apart."""
    count = func.count(func.distinct(deliveries.c.alert_id))
    query = (
        select(count)
        .join(alerts_table, alerts_table.c.id == deliveries.c.alert_id)
        .where(
            deliveries.c.receiver == receiver,
            deliveries.c.created >= since,
            alerts_table.c.kind != Kind.NOTICE.value,
        )
    )
    return connection.scalar(query) or 0


def held_since(connection: Connection, receiver: str, why: Hold, since: datetime) -> int:
    """How many matches of a receiver that wait for this reason came since a time."""
    query = (
        select(func.count())
        .select_from(held)
        .join(matches, matches.c.id == held.c.match_id)
        .where(held.c.receiver == receiver, held.c.why == why.value, matches.c.matched >= since)
    )
    return connection.scalar(query) or 0


def surges(connection: Connection) -> list[OpenTrouble]:
    """Which rules spike, and which receivers are flooded."""
    return [one for why in (Hold.SPIKE, Hold.FLOOD) for one in open_troubles(connection, why.value)]


def surging(connection: Connection, now: datetime, windows: Mapping[str, timedelta]) -> list[Surging]:
    """What surges, with its volume now; `windows` are those of each receiver."""
    found = []
    for one in surges(connection):
        subject = one.trouble.subject
        if one.kind == Hold.SPIKE.value:
            found.append(Surging(one, volume(connection, subject, now)))
        else:
            since = now - windows.get(subject, WINDOW)
            count = told_lately(connection, subject, since)
            found.append(
                Surging(one, Volume(count + held_since(connection, subject, Hold.FLOOD, since), 0, 0.0))
            )
    return found


# --- what nobody has acknowledged ------------------------------------------------------------------


def repeat(connection: Connection, now: datetime, make_key: alerts.MakeKey) -> int:
    """Tell again what asks for it and was not acknowledged; how many alerts that made."""
    query = select(alerts_table).where(
        alerts_table.c.repeat_at <= now,
        alerts_table.c.acked_at.is_(None),
        alerts_table.c.dismissed_at.is_(None),
    )
    rows = connection.execute(query.order_by(alerts_table.c.id)).all()
    for row in rows:
        to = select(deliveries.c.receiver, deliveries.c.channel).where(deliveries.c.alert_id == row.id)
        items = select(alert_matches.c.match_id, alert_matches.c.reason).where(
            alert_matches.c.alert_id == row.id
        )
        alerts.add(
            connection,
            kind=Kind.REPEAT,
            rule=row.rule,
            rule_title=row.rule_title,
            severity=Severity(row.severity),
            story=row.story_id,
            once=None,
            items=[(item.match_id, item.reason) for item in connection.execute(items)],
            channels=[(each.receiver, each.channel) for each in connection.execute(to)],
            make_key=make_key,
            now=now,
            repeats=row.id,
        )
        rounds = (now - row.repeat_at) // row.repeat_every + 1
        later = {"repeat_at": row.repeat_at + rounds * row.repeat_every}
        connection.execute(update(alerts_table).where(alerts_table.c.id == row.id).values(later))
    return len(rows)
