"""Entries on their way to become articles: claimed in the order they fell due, put back, or set aside."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, null, select, update

from monitor.adapters.store.claims import FREE, claim, held_by
from monitor.adapters.store.documents import (
    entry_from_document,
    page_from_document,
    waiting_document,
)
from monitor.adapters.store.schema import entries, feeds
from monitor.model import PageState, QueuedEntry, Standing

_QUEUED = entries.c.state == "queued"


def claim_queued(
    connection: Connection,
    now: datetime,
    limit: int,
    lease: timedelta,
    busy_hosts: Collection[str],
    per_host: int,
) -> list[QueuedEntry]:
    wake(connection, now)
    token, ids = claim(
        connection,
        entries,
        _QUEUED,
        entries.c.next_at,
        now,
        limit=limit,
        lease=lease,
        group=entries.c.host,
        per_group=per_host,
        busy=busy_hosts,
    )
    if not ids:
        return []
    connection.execute(update(entries).where(entries.c.id.in_(ids)).values(attempts=entries.c.attempts + 1))
    query = select(entries, feeds.c.key, feeds.c.title, feeds.c.tags).join(feeds).where(entries.c.id.in_(ids))
    rows = {row.id: row for row in connection.execute(query)}
    return [_queued(rows[id], token) for id in ids]


def _queued(row: Any, token: str) -> QueuedEntry:
    return QueuedEntry(
        id=row.id,
        feed_id=row.feed_id,
        feed_url=row.key,
        feed_title=row.title,
        feed_tags=tuple(row.tags),
        entry=entry_from_document(row.document),
        standing=Standing(row.standing),
        attempts=row.attempts,
        seen_at=row.seen_at,
        claim=token,
        article_id=row.article_id,
        page=page_from_document(row.document),
    )


def wake(connection: Connection, now: datetime) -> int:
    """Queue what is due to be looked at again; how much that is."""
    due = (entries.c.state == "again", entries.c.next_at <= now)
    return connection.execute(update(entries).where(*due).values(state="queued", attempts=0)).rowcount


def look_again(connection: Connection, looks: Sequence[tuple[QueuedEntry, PageState, datetime]]) -> None:
    """The pages of finished entries are to be looked at again at a time, if they have changed by then."""
    rows = [
        {"b_id": queued.id, "b_document": waiting_document(queued.entry, page), "b_at": at}
        for queued, page, at in looks
    ]
    if rows:
        connection.execute(_LOOK_AGAIN, rows)


_LOOK_AGAIN = (
    update(entries)
    .where(entries.c.id == bindparam("b_id"))
    .values(state="again", document=bindparam("b_document"), next_at=bindparam("b_at"))
)


def leave(connection: Connection, queued: QueuedEntry, at: datetime | None, why: str | None = None) -> bool:
    """The page of an article is as it was; `at` is when it is looked at again, None for no more.

    `why` it is not, where that is more than that it is old by now, is kept: see `taken_away`.
    False where another node has it by now, or its feed has changed it meanwhile.
    """
    values: dict[str, Any] = {"state": "done", "document": null(), "error": why, **FREE}
    if at is not None:
        values = {"state": "again", "next_at": at, "error": None, **FREE}
    which = held_by(entries, queued.id, queued.claim)
    return connection.execute(update(entries).where(which).values(values)).rowcount > 0


def taken_away(connection: Connection, article_id: int) -> str | None:
    """What is known of the page of an article being gone; None where nobody found that it is."""
    which = (entries.c.article_id == article_id, entries.c.state == "done", entries.c.error.is_not(None))
    return connection.scalar(select(entries.c.error).where(*which).limit(1))


def postpone(
    connection: Connection, queued: QueuedEntry, at: datetime, why: str, *, spent: bool = True
) -> bool:
    """Try an entry again later; False where another node has it by now. Not `spent`: it was no attempt."""
    values = {"next_at": at, "error": why, "attempts": queued.attempts - (not spent), **FREE}
    return (
        connection.execute(
            update(entries).where(held_by(entries, queued.id, queued.claim)).values(values)
        ).rowcount
        > 0
    )


def quarantine(connection: Connection, queued: QueuedEntry, why: str) -> bool:
    """Set an entry aside that cannot be dealt with, with what was read of it, so that its neighbours flow."""
    values = {"state": "quarantined", "error": why, **FREE}
    return (
        connection.execute(
            update(entries).where(held_by(entries, queued.id, queued.claim)).values(values)
        ).rowcount
        > 0
    )


def finish(connection: Connection, finished: Sequence[tuple[QueuedEntry, int]]) -> None:
    """The entries are articles now (entry, article id). Part of transaction (b), after `still_claimed`."""
    rows = [{"b_id": queued.id, "b_article": article_id} for queued, article_id in finished]
    if rows:
        connection.execute(_FINISH, rows)


_FINISH = (
    update(entries)
    .where(entries.c.id == bindparam("b_id"))
    .values(state="done", article_id=bindparam("b_article"), document=null(), error=None, **FREE)
)


def counts(connection: Connection) -> dict[str, int]:
    """How many entries wait, and how many are set aside; what is done is not counted, it is millions."""
    query = select(func.count()).select_from(entries)
    states = {"queued": _QUEUED, "quarantined": entries.c.state == "quarantined"}
    return {state: connection.scalar(query.where(which)) or 0 for state, which in states.items()}


def next_due(connection: Connection) -> datetime | None:
    """When the entry that is to be read next fell due."""
    return connection.scalar(select(func.min(entries.c.next_at)).where(_QUEUED))


def oldest(connection: Connection) -> datetime | None:
    """When the entry that waits longest was first seen."""
    return connection.scalar(select(func.min(entries.c.seen_at)).where(_QUEUED))


def still_claimed(connection: Connection, claimed: Sequence[QueuedEntry]) -> set[int]:
    """Which of the entries their claims still hold. Locks them until the transaction ends."""
    tokens = {queued.id: queued.claim for queued in claimed}
    query = select(entries.c.id, entries.c.claim).where(entries.c.id.in_(tokens)).with_for_update()
    return {id for id, token in connection.execute(query) if token == tokens[id]}
