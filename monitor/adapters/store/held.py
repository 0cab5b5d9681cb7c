"""What receivers are told later: matches that wait, and what they become when their time has come."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, or_, select, update

from monitor.adapters.store import alerts, silences
from monitor.adapters.store.database import in_chunks
from monitor.adapters.store.schema import alert_matches, articles, deliveries, held, matches, rules
from monitor.adapters.store.schema import alerts as alerts_table
from monitor.adapters.store.troubles import open_troubles
from monitor.model import Held, Hold, Kind, Novelty, Severity, Verdict
from monitor.route.matchers import Facts, named_sources
from monitor.route.release import Release, releases
from monitor.route.silences import Silence, quieted
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
            "reason": row.reason,
            "repeat_every": row.repeat_every,
        }
        for row in rows
    ]
    if values:
        connection.execute(insert(held), values)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where alerts go: the channels of each receiver, and who is told instead of a receiver that is gone."""

    channels: Mapping[str, Sequence[str]]
    default: Sequence[str]
    make_key: alerts.MakeKey

    def channels_of(self, receiver: str) -> list[tuple[str, str]]:
        names = [receiver] if receiver in self.channels else self.default
        return [(name, channel) for name in names for channel in self.channels.get(name, ())]


def waiting(connection: Connection) -> list[Held]:
    """All that waits, in the order in which it came."""
    return [_held(row) for row in _read(connection, held.c.match_id > 0)]


def _read(connection: Connection, which: ColumnElement[bool]) -> Sequence[Row[Any]]:
    query = (
        select(
            held,
            matches.c.rule,
            matches.c.story_id,
            matches.c.kind,
            matches.c.matched,
            articles.c.language,
            articles.c.source,
            articles.c.url,
            articles.c.feed_url,
            articles.c.feed_tags,
            rules.c.document,
        )
        .join(matches, matches.c.id == held.c.match_id)
        .join(articles, articles.c.id == matches.c.article_id)
        .outerjoin(rules, rules.c.id == matches.c.rule)
        .where(which)
        .order_by(held.c.match_id, held.c.receiver)
    )
    return connection.execute(query).all()


def _held(row: Row[Any]) -> Held:
    return Held(
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


def release(
    connection: Connection, now: datetime, desk: Desk, awake: Collection[str], *, groups: bool = False
) -> int:
    """Make alerts of what is due; how many were made.

    `awake` are the receivers that have no quiet hours now: what they alone held back is due. With `groups`,
    what waits for others is due too. What was silenced meanwhile is not told. In the caller's transaction:
    what is held either became an alert, or is silenced, or still is held.
    """
    due = _due(now, awake, groups)
    rows = _read(connection, due)
    if not rows:
        return 0
    silent = _silenced(connection, rows, now)
    ripe = [_held(row) for row in rows if row.match_id not in silent]
    made = releases(ripe)
    for one in made:
        _add(connection, one, desk, now)
    for chunk in in_chunks({row.match_id for row in rows}):
        connection.execute(delete(held).where(held.c.match_id.in_(chunk), due))
    waits = matches.c.verdict == Verdict.HELD.value
    for chunk in in_chunks({row.match for row in ripe}):
        told = update(matches).where(matches.c.id.in_(chunk), waits)
        connection.execute(told.values(verdict=Verdict.ALERT.value))
    for match, silence in silent.items():
        kept = update(matches).where(matches.c.id == match, waits)
        reason = matches.c.reason + f"; {silence}"
        connection.execute(kept.values(verdict=Verdict.SILENCED.value, reason=reason))
    return len(made)


def _due(now: datetime, awake: Collection[str], groups: bool) -> ColumnElement[bool]:
    ways = [held.c.until <= now, and_(held.c.why == Hold.QUIET.value, held.c.receiver.in_(awake))]
    return or_(*ways, held.c.why == Hold.GROUP.value) if groups else or_(*ways)


def is_any_due(connection: Connection, now: datetime, awake: Collection[str], *, groups: bool) -> bool:
    """Whether `release` or `repeat` would find anything."""
    waits = select(held.c.match_id).where(_due(now, awake, groups)).limit(1)
    again = select(alerts_table.c.id).where(alerts_table.c.repeat_at <= now).limit(1)
    return any(connection.scalar(query) is not None for query in (waits, again))


def _silenced(connection: Connection, rows: Sequence[Row[Any]], now: datetime) -> dict[int, Silence]:
    """Which of the matches were silenced while they were held, and by what."""
    active = silences.active(connection, now)
    found = {}
    for row in rows if active else ():
        facts = Facts(
            rule=row.rule,
            severity=Severity(row.severity),
            tags=(*(row.document or {}).get("tags", ()), *row.feed_tags),
            language=row.language or "",
            sources=named_sources(row.source, row.url),
            feed=row.feed_url or "",
            story=row.story_id,
        )
        # Whether it brought something new was asked when it came: it woke the silences of then, and wakes none now.
        asked = [each for each in active if not (each.wakes and each.created <= row.matched)]
        if (by := quieted(asked, facts, Novelty.NOTHING, now).by) is not None:
            found[row.match_id] = by
    return found


def _add(connection: Connection, one: Release, desk: Desk, now: datetime) -> None:
    alerts.add(
        connection,
        kind=one.kind,
        rule=one.rule,
        rule_title=one.rule_title,
        severity=one.severity,
        story=one.story,
        once=None,
        items=one.items,
        channels=desk.channels_of(one.receiver),
        make_key=desk.make_key,
        now=now,
        repeat_every=one.repeat_every,
    )


# --- what decides whether something waits ----------------------------------------------------------


def before(connection: Connection, receiver: str, rule: str, story: int) -> Before:
    """What `receiver` was told of a story by a rule, and what of it waits."""
    mine = alerts_table.c.story_id == story, deliveries.c.receiver == receiver
    told = connection.execute(
        select(
            alerts_table.c.id,
            alerts_table.c.rule,
            alerts_table.c.kind,
            alerts_table.c.severity,
            alerts_table.c.created,
        )
        .distinct()
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
        updates=len(updates),
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
