"""Feeds: which are polled, when they are due, and transaction (a): validators with the new entries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Update,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)

from monitor.adapters.store import entries as entry_rows
from monitor.adapters.store.claims import FREE, claim
from monitor.adapters.store.database import in_chunks
from monitor.adapters.store.schema import entries, feeds
from monitor.collect.hosts import share_of
from monitor.model import Feed, PollOutcome

_FIELDS = [field.name for field in fields(Feed) if field.name not in ("id", "claim")]
# Where the table's columns have what a Feed holds, in its order: by name a row is read at half the speed.
_in_order = itemgetter(*(feeds.c.keys().index(field.name) for field in fields(Feed)))
_TAGS, _RHYTHM, _CLAIM = (
    [field.name for field in fields(Feed)].index(name) for name in ("tags", "rhythm", "claim")
)


def feed_of(row: Row[Any]) -> Feed:
    """The feed that a row of the whole table holds."""
    values = list(_in_order(row))
    values[_TAGS] = tuple(values[_TAGS])
    values[_RHYTHM] = None if values[_RHYTHM] is None else tuple(values[_RHYTHM])
    values[_CLAIM] = values[_CLAIM] or ""
    return Feed(*values)


# A feed as it is added or configured: its key, title and tags.
Listed = tuple[str, str, tuple[str, ...]]

_DELETED = "deleted from the configuration"
_REMOVED = "removed by command"
_THIS = feeds.c.id == bindparam("b_id")
# Polled, or retired by its server's 410: what a person may still say something about.
_WANTED = or_(feeds.c.retired_at.is_(None), feeds.c.error_kind == "gone")
# A feed that comes back begins without its old failures.
_ANEW: dict[str, Any] = {
    "retired_at": None,
    "retired_why": None,
    "failures": 0,
    "failing_since": None,
    "error": None,
    "error_kind": None,
    "quiet_since": None,
    "due_reason": None,
}
_CONFIGURE = (
    update(feeds).where(_THIS).values(origin="config", title=bindparam("b_title"), tags=bindparam("b_tags"))
)
_BRING_BACK = (
    update(feeds)
    .where(_THIS)
    .values(due_at=bindparam("b_now"), title=bindparam("b_title"), tags=bindparam("b_tags"), **_ANEW)
)
_RETIRE = (
    update(feeds)
    .where(_THIS)
    .values(retired_at=bindparam("b_now"), retired_why=bindparam("b_why"), error_kind=None)
)


def sync(connection: Connection, configured: Iterable[Listed], now: datetime) -> None:
    """Make the feeds of the configuration those in force: add, change, retire, bring back.

    Feeds that were added by command are left as they are. There may be 100,000, most of them as they were:
    only what differs is written, and each kind of change in one statement.
    """
    wanted = {key: (title, tags) for key, title, tags in configured}
    known = {row.key: row for row in connection.execute(select(feeds))}
    _insert(connection, [(key, *wanted[key]) for key in wanted.keys() - known.keys()], "config", now)
    kept = [(known[key], *wanted[key]) for key in wanted.keys() & known.keys()]
    changes = [
        {"b_id": row.id, "b_title": title or row.title, "b_tags": list(tags)}
        for row, title, tags in kept
        if (row.origin, row.title, row.tags) != ("config", title or row.title, list(tags))
    ]
    back = [
        {"b_id": row.id, "b_now": now, "b_title": title or row.title, "b_tags": list(tags)}
        for row, title, tags in kept
        if row.retired_at and (row.retired_why == _DELETED or row.origin != "config")
    ]
    gone = [
        {"b_id": row.id, "b_now": now, "b_why": _DELETED}
        for key, row in known.items()
        if key not in wanted
        and row.origin == "config"
        and (row.retired_at is None or row.error_kind == "gone")
    ]
    _change(connection, _CONFIGURE, changes)
    _change(connection, _BRING_BACK, back)
    _change(connection, _RETIRE, gone)


def _change(connection: Connection, statement: Update, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(statement, rows)


def _insert(connection: Connection, items: Sequence[Listed], origin: str, now: datetime) -> None:
    rows = [
        {
            "key": key,
            "url": key,
            "host": share_of(key),
            "origin": origin,
            "title": title,
            "tags": list(tags),
            "due_at": now,
            "failures": 0,
        }
        for key, title, tags in items
    ]
    if rows:
        connection.execute(insert(feeds), rows)


def add(connection: Connection, items: Iterable[Listed], now: datetime) -> int:
    """Add feeds, due at once, or bring removed ones back; how many were not polled before."""
    wanted = {key: (title, tags) for key, title, tags in items}
    known: dict[str, Any] = {}
    for keys in in_chunks(wanted):
        known.update((row.key, row) for row in connection.execute(select(feeds).where(feeds.c.key.in_(keys))))
    new = [(key, *wanted[key]) for key in wanted if key not in known]
    back = [
        {"b_id": row.id, "b_now": now, "b_title": title or row.title, "b_tags": list(tags) or row.tags}
        for row in known.values()
        if row.retired_at is not None
        for title, tags in [wanted[row.key]]
    ]
    _insert(connection, new, "database", now)
    _change(connection, _BRING_BACK, back)
    return len(new) + len(back)


def retire(connection: Connection, key: str, now: datetime) -> bool:
    """Poll a feed no more (its articles stay); False where there is no such feed."""
    which = and_(feeds.c.key == key, _WANTED)
    values = {"retired_at": now, "retired_why": _REMOVED, "error_kind": None}
    return connection.execute(update(feeds).where(which).values(values)).rowcount > 0


def make_due(connection: Connection, key: str | None, now: datetime) -> int:
    """Let a polled feed be due now, or all that fail where `key` is None; how many. Leased ones stay leased.

    Asked for by its key, a feed that is gone for good (410) is polled again.
    """
    values = {"due_at": now, "due_reason": "asked for by command"}
    if key is not None:
        back = and_(feeds.c.key == key, _WANTED, feeds.c.retired_at.is_not(None))
        connection.execute(update(feeds).where(back).values(_ANEW))
    which = feeds.c.failures > 0 if key is None else feeds.c.key == key
    return connection.execute(
        update(feeds).where(which, feeds.c.retired_at.is_(None)).values(**values)
    ).rowcount


def listed(connection: Connection) -> list[tuple[Feed, str]]:
    """Every feed with why it is due when it is, by key."""
    return [
        (feed_of(row), row.due_reason or "")
        for row in connection.execute(select(feeds).order_by(feeds.c.key))
    ]


def claim_due(
    connection: Connection,
    now: datetime,
    limit: int,
    lease: timedelta,
    busy_hosts: Collection[str],
    per_host: int,
) -> list[Feed]:
    _token, ids = claim(
        connection,
        feeds,
        feeds.c.retired_at.is_(None),
        feeds.c.due_at,
        now,
        limit=limit,
        lease=lease,
        group=feeds.c.host,
        per_group=per_host,
        busy=busy_hosts,
    )
    if not ids:
        return []
    rows = {row.id: row for row in connection.execute(select(feeds).where(feeds.c.id.in_(ids)))}
    return [feed_of(rows[id]) for id in ids]


def record_polls(connection: Connection, outcomes: Sequence[PollOutcome], now: datetime) -> int:
    """Transaction (a): feeds as they are from now on, with their new entries as queued work.

    Returns how many entries were queued; none, and nothing, of a feed whose lease was lost to another node.
    """
    polled = {outcome.feed.id for outcome in outcomes}
    held = select(feeds.c.id, feeds.c.claim).where(feeds.c.id.in_(polled)).with_for_update()
    mine = {tuple(row) for row in connection.execute(held)}
    # Of one feed there may be several: while a machine slept, its own leases ran out.
    kept = [outcome for outcome in outcomes if (outcome.feed.id, outcome.feed.claim) in mine]
    _change(connection, _RECORD_TIMES, [_times_row(o) for o in kept if o.unchanged])
    changed = [outcome for outcome in kept if not outcome.unchanged]
    for statement, retired in ((_RECORD, False), (_RECORD_RETIRED, True)):
        rows = [_feed_row(o) for o in changed if (o.feed.retired_at is not None) == retired]
        _change(connection, statement, rows)
    entry_rows.note_listed(connection, [id for o in kept for id in o.listed], now)
    for outcome in kept:
        entry_rows.rename(connection, outcome.feed.id, outcome.renamed)
    queued, _ = entry_rows.add(connection, [(o.feed.id, item) for o in kept for item in o.entries], now)
    return queued


# What a command may have changed meanwhile is the command's: key, origin, tags, and that it was retired.
_NOT_ITS_OWN = {"key", "origin", "tags", "relevance", "pushed_until", "retired_at", "retired_why"}
_RECORDED = sorted({*_FIELDS, "host", "due_reason"} - _NOT_ITS_OWN)
_TIMES = ("interval", "due_at", "due_reason", "polled_at", "good_at")


def _recording(*names: str) -> Update:
    values: dict[str, Any] = {name: bindparam(f"b_{name}") for name in names}
    return update(feeds).where(_THIS).values(values | FREE)


_RECORD = _recording(*_RECORDED)
_RECORD_RETIRED = _recording(*_RECORDED, "retired_at", "retired_why")
_RECORD_TIMES = _recording(*_TIMES)  # most polls change nothing else


def _feed_row(outcome: PollOutcome) -> dict[str, Any]:
    feed = outcome.feed
    row = {f"b_{name}": getattr(feed, name) for name in _FIELDS if name != "tags"}
    return row | {"b_id": feed.id, "b_host": share_of(feed.url), "b_due_reason": outcome.reason}


def _times_row(outcome: PollOutcome) -> dict[str, Any]:
    feed = outcome.feed
    row = {f"b_{name}": getattr(feed, name) for name in ("interval", "due_at", "polled_at", "good_at")}
    return row | {"b_id": feed.id, "b_due_reason": outcome.reason}


def free_all(connection: Connection) -> None:
    """Forget every lease: only where nobody else can hold one."""
    connection.execute(update(feeds).where(feeds.c.claim.is_not(None)).values(FREE))
    connection.execute(update(entries).where(entries.c.claim.is_not(None)).values(FREE))


def counts(connection: Connection, now: datetime) -> dict[str, int]:
    """How many feeds are polled, failing, retired and overdue."""
    active = feeds.c.retired_at.is_(None)
    query = select(
        func.count().filter(active),
        func.count().filter(active, feeds.c.failures > 0),
        func.count().filter(~active),
        func.count().filter(active, feeds.c.due_at <= now),
    )
    row = connection.execute(query).one()
    return dict(zip(("polled", "failing", "retired", "due"), row, strict=True))


def next_due(connection: Connection) -> datetime | None:
    """When the next feed falls due."""
    return connection.scalar(select(func.min(feeds.c.due_at)).where(feeds.c.retired_at.is_(None)))
