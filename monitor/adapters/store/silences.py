"""Silences: what is not told for a while, who said so and why, and how they ended."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, insert, select, update

from monitor.adapters.store.schema import matches, silences
from monitor.model import Verdict
from monitor.route.matchers import Matcher, read_matcher
from monitor.route.silences import Silence


def active(connection: Connection, now: datetime) -> list[Silence]:
    """Those in force, oldest first."""
    rows = connection.execute(select(silences).where(_in_force(now)).order_by(silences.c.id))
    return [_silence(row) for row in rows]


def add(
    connection: Connection,
    matcher: Matcher,
    reason: str,
    author: str,
    now: datetime,
    until: datetime,
    wakes: bool = False,
) -> int:
    """A silence from `now` until `until`; its id."""
    values = {
        "matcher": matcher.dump(),
        "reason": reason,
        "author": author,
        "created": now,
        "until": until,
        "wakes": int(wakes),
    }
    return connection.scalars(insert(silences).values(values).returning(silences.c.id)).one()


def end(connection: Connection, id: int, now: datetime, why: str) -> bool:
    """End a silence before its time; False where it is not in force (any more)."""
    ended = update(silences).where(silences.c.id == id, _in_force(now)).values(ended_at=now, ended_why=why)
    return connection.execute(ended).rowcount > 0


def listed(connection: Connection, now: datetime, *, everything: bool = False) -> list[dict[str, Any]]:
    """Silences, newest first, those in force or `everything`, as `silence list --json` gives them.

    `state` is active, ended (by a person, or by what woke it) or over (its time has come). `kept` is how many
    matches were not told because of it.
    """
    query = select(silences).order_by(silences.c.id.desc())
    rows = connection.execute(query if everything else query.where(_in_force(now))).all()
    kept = _kept(connection, [row.id for row in rows], min((row.created for row in rows), default=now))
    return [
        {
            "id": row.id,
            "match": {key: list(values) for key, values in row.matcher.items()},
            "reason": row.reason,
            "author": row.author,
            "created": row.created,
            "until": row.until,
            "wakes": bool(row.wakes),
            "state": "ended" if row.ended_at else "active" if row.until > now else "over",
            "ended": row.ended_at,
            "ended_why": row.ended_why,
            "kept": kept[row.id],
        }
        for row in rows
    ]


def _kept(connection: Connection, ids: Sequence[int], since: datetime) -> dict[int, int]:
    """How many matches each silence kept quiet since a time, as their decisions name it (route.decide.muted)."""
    found: dict[int, int] = {}
    for first in range(0, len(ids), _AT_ONCE):
        some = ids[first : first + _AT_ONCE]
        counts = [func.count().filter(matches.c.reason.like(f"%; silence {id} until %")) for id in some]
        quiet = matches.c.verdict == Verdict.SILENCED.value, matches.c.matched >= since
        found |= zip(some, connection.execute(select(*counts).where(*quiet)).one(), strict=True)
    return found


_AT_ONCE = 50  # silences that are looked for in one reading of the matches


def _in_force(now: datetime) -> ColumnElement[bool]:
    return and_(silences.c.until > now, silences.c.ended_at.is_(None))


def _silence(row: Any) -> Silence:
    return Silence(
        id=row.id,
        matcher=read_matcher(row.matcher),
        reason=row.reason,
        author=row.author,
        created=row.created,
        until=row.until,
        wakes=bool(row.wakes),
    )


def known(connection: Connection, ids: Collection[int]) -> set[int]:
    """Which of the ids are those of silences, in force or not."""
    return set(connection.scalars(select(silences.c.id).where(silences.c.id.in_(ids))))
