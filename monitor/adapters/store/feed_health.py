"""How feeds do: which are in trouble, and what one poll means for feeds other than its own.

Nothing here reads all feeds but `spread_overdue`, after an outage: there may be 100,000.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, or_, select, update

from monitor.adapters.store.database import in_chunks
from monitor.adapters.store.feeds import feed_of
from monitor.adapters.store.schema import articles, entries, entry_keys, feeds
from monitor.collect.hosts import share_of
from monitor.collect.outage import LONGEST_WAIT, NETWORK_KINDS, NOBODY, phase, spread_after
from monitor.collect.poll import LONGEST_REST
from monitor.model import Feed, PollOutcome

_POLLED = feeds.c.retired_at.is_(None)
_GONE = and_(feeds.c.retired_at.is_not(None), feeds.c.error_kind == "gone")
_APART = timedelta(seconds=2)  # between feeds of one share that rested
_RESUMED_WITHIN = timedelta(seconds=20)
_DUE = (
    update(feeds)
    .where(feeds.c.id == bindparam("b_id"), feeds.c.due_at == bindparam("b_was"))
    .values(due_at=bindparam("b_due"), due_reason=bindparam("b_why"))
)
_FORGIVE = (
    update(feeds)
    .where(feeds.c.id == bindparam("b_id"), feeds.c.failures > bindparam("b_failures"), _POLLED)
    .values(
        {
            name: bindparam(f"b_{name}")
            for name in ("failures", "failing_since", "error", "error_kind", "due_at", "due_reason")
        }
    )
)


def consequences(connection: Connection, outcomes: Sequence[PollOutcome], now: datetime) -> None:
    """What polls mean for other feeds: shares that rest, failures that were an outage's. Part of transaction (a)."""
    rests: dict[str, datetime] = {}
    for outcome in outcomes:
        if outcome.rest_until is not None:
            share = share_of(outcome.feed.url)
            rests[share] = max(rests.get(share, outcome.rest_until), outcome.rest_until)
        if outcome.forgiven:
            _forgive(connection, outcome)
    for share, until in rests.items():
        _rest(connection, share, until, now)


def _rest(connection: Connection, share: str, until: datetime, now: datetime) -> None:
    which = and_(_POLLED, feeds.c.host == share, feeds.c.due_at < until, feeds.c.lease_until.is_(None))
    # In one order, so that two nodes that let the same share rest wait for each other at most once.
    due = connection.execute(select(feeds.c.id, feeds.c.due_at).where(which).order_by(feeds.c.id)).all()
    over, latest = _APART * len(due), now + LONGEST_REST
    why = f"not before {until:%Y-%m-%d %H:%M} UTC: {share} asked for a rest"
    rows = [
        {
            "b_id": row.id,
            "b_was": row.due_at,
            "b_due": min(until + over * phase(row.id), latest),
            "b_why": why,
        }
        for row in due
    ]
    if rows:
        connection.execute(_DUE, rows)


def retry_shares(connection: Connection, shares: Iterable[str], now: datetime) -> None:
    """Try again soon what fails for want of a server at these shares: one of their feeds was read again."""
    kinds = feeds.c.error_kind.in_([*NETWORK_KINDS, "server"])
    which = and_(_POLLED, feeds.c.host.in_(list(shares)), feeds.c.failures > 0, kinds)
    query = select(feeds.c.id, feeds.c.due_at).where(which, feeds.c.lease_until.is_(None))
    waiting = connection.execute(query.order_by(feeds.c.id)).all()
    over, why = _APART * len(waiting), "another feed of its site was read again"
    rows = [
        {
            "b_id": row.id,
            "b_was": row.due_at,
            "b_due": min(row.due_at, now + over * phase(row.id)),
            "b_why": why,
        }
        for row in waiting
    ]
    if rows:
        connection.execute(_DUE, rows)


def _forgive(connection: Connection, outcome: PollOutcome) -> None:
    rows = [
        {
            "b_id": feed.id,
            "b_failures": feed.failures,
            "b_failing_since": feed.failing_since,
            "b_error": feed.error,
            "b_error_kind": feed.error_kind,
            "b_due_at": outcome.feed.due_at,
            "b_due_reason": outcome.reason,
        }
        for feed in outcome.forgiven
    ]
    connection.execute(_FORGIVE, rows)


def spread_overdue(connection: Connection, away: timedelta, now: datetime, limit: int) -> int:
    """Spread up to `limit` feeds that fell due while the network was away; how many there were.

    To be repeated until there are fewer than `limit`: each time is a transaction that holds up nobody for long.
    """
    overdue = and_(_POLLED, feeds.c.due_at <= now, feeds.c.lease_until.is_(None))
    query = select(feeds.c.id, feeds.c.due_at, feeds.c.interval).where(overdue).limit(limit)
    rows = [
        {
            "b_id": row.id,
            "b_was": row.due_at,
            # Never at `now`: it would be found overdue again.
            "b_due": spread_after(row.id, row.interval, away, now) + timedelta(seconds=1),
            "b_why": "spread over a while, since the network was away",
        }
        for row in connection.execute(query)
    ]
    if rows:
        connection.execute(_DUE, rows)
    return len(rows)


def resume_postponed(connection: Connection, now: datetime) -> int:
    """Let feeds that were put off because nobody answered be due within seconds, each share's one by one.

    There are about as many as were under way when the network went away, and few were tried since.
    """
    soon = and_(feeds.c.due_at > now, feeds.c.due_at <= now + LONGEST_WAIT, feeds.c.lease_until.is_(None))
    put_off = feeds.c.due_reason.startswith(NOBODY, autoescape=True)
    query = select(feeds.c.id, feeds.c.due_at).where(_POLLED, soon, put_off)
    rows = connection.execute(query.order_by(feeds.c.due_at)).all()
    over = min(_APART * len(rows), _RESUMED_WITHIN)
    changes = [
        {
            "b_id": row.id,
            "b_was": row.due_at,
            "b_due": min(row.due_at, now + over * phase(row.id)),
            "b_why": "the network is back",
        }
        for row in rows
    ]
    if changes:
        connection.execute(_DUE, changes)
    return len(changes)


def troubled(connection: Connection, failing_before: datetime) -> list[Feed]:
    """Feeds that have failed since before a time, those that are quiet, and those that are gone for good."""
    failing = and_(_POLLED, feeds.c.failures > 0, feeds.c.failing_since <= failing_before)
    quiet = and_(_POLLED, feeds.c.quiet_since.is_not(None))
    gone = and_(feeds.c.failing_since.is_not(None), _GONE)
    found: dict[int, Feed] = {}
    for which in (failing, quiet, gone):
        found.update((row.id, feed_of(row)) for row in connection.execute(select(feeds).where(which)))
    return list(found.values())


def by_key(connection: Connection, keys: Iterable[str]) -> list[Feed]:
    found: list[Feed] = []
    for chunk in in_chunks(list(keys)):
        found += [feed_of(row) for row in connection.execute(select(feeds).where(feeds.c.key.in_(chunk)))]
    return found


def counts(connection: Connection, now: datetime) -> dict[str, int]:
    """How many feeds are polled, and in each state (collect.health); `due` are overdue."""
    failing = and_(_POLLED, feeds.c.failures > 0)
    well = and_(_POLLED, feeds.c.failures == 0)
    states: dict[str, ColumnElement[bool]] = {
        "polled": _POLLED,
        "new": and_(well, feeds.c.good_at.is_(None)),
        "ok": and_(well, feeds.c.good_at.is_not(None), feeds.c.quiet_since.is_(None)),
        "failing": failing,
        "quiet": and_(well, feeds.c.good_at.is_not(None), feeds.c.quiet_since.is_not(None)),
        "gone": _GONE,
        "retired": and_(
            feeds.c.retired_at.is_not(None), or_(feeds.c.error_kind.is_(None), feeds.c.error_kind != "gone")
        ),
        "due": and_(_POLLED, feeds.c.due_at <= now),
    }
    row: Any = connection.execute(select(*(func.count().filter(which) for which in states.values()))).one()
    return dict(zip(states, row, strict=True))


def recent_entries(connection: Connection, feed_id: int, limit: int) -> list[dict[str, Any]]:
    """A feed's newest entries: when seen, in which state, with what title, as which article, and what failed."""
    mine = select(entry_keys.c.entry_id).where(entry_keys.c.feed_id == feed_id)
    query = (
        select(entries, articles.c.title)
        .outerjoin(articles, articles.c.id == entries.c.article_id)
        .where(entries.c.id.in_(mine))
        .order_by(entries.c.id.desc())
        .limit(limit)
    )
    return [
        {
            "seen": row.seen_at,
            "state": row.state,
            "title": row.title or (row.document or {}).get("title") or "",
            "article": row.article_id,
            "error": row.error,
        }
        for row in connection.execute(query)
    ]
