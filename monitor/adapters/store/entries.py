"""Entries: what each feed is known to have brought, under which keys, and for how long that is remembered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from monitor.adapters.store.claims import FREE
from monitor.adapters.store.cursors import move_cursor, read_cursor
from monitor.adapters.store.database import in_chunks
from monitor.adapters.store.documents import entry_to_document
from monitor.adapters.store.schema import entries, entry_keys, feeds
from monitor.collect.hosts import share_of
from monitor.collect.news import LISTED_LAG
from monitor.model import Known, NewEntry

# An entry that its feed changes at every poll (a counter in its text) is not re-read for ever.
MOST_CHANGES = 5
_PAUSE = timedelta(days=1)  # then only once in so long
# Nor is an entry whose feed names it anew at every poll remembered under ever more keys.
MOST_KEYS = 12
_CURSOR = "forget"  # which feed was looked at last for what may be forgotten
# Made once: for every feed that has changed, to make it takes as long as to ask it.
_KNOWN = (
    select(entry_keys.c.key, entries.c.fingerprint, entries.c.id, entries.c.listed_at)
    .join(entries, entries.c.id == entry_keys.c.entry_id)
    .where(
        entry_keys.c.feed_id == bindparam("b_feed"), entry_keys.c.key.in_(bindparam("b_keys", expanding=True))
    )
)


def known(connection: Connection, feed_id: int, keys: Sequence[str]) -> dict[str, Known]:
    """Which of `keys` (identities and aliases) are known in the feed, and what of."""
    found: dict[str, Known] = {}
    for chunk in in_chunks(keys):
        rows = connection.execute(_KNOWN, {"b_feed": feed_id, "b_keys": chunk})
        found.update((key, Known(*rest)) for key, *rest in rows)
    return found


def add(connection: Connection, items: Iterable[tuple[int, NewEntry]], now: datetime) -> tuple[int, int]:
    """Queue what is new in feeds (feed, entry), or was changed: how many, and how many of them were not known.

    The caller holds a lock on the feeds' rows.
    """
    items = list(items)
    new = _add_new(connection, [item for item in items if not item[1].changed], now)
    changed = (_change(connection, feed_id, item, now) for feed_id, item in items if item.changed)
    return new + sum(changed), new


def _add_new(connection: Connection, items: Sequence[tuple[int, NewEntry]], now: datetime) -> int:
    """Queue new entries; what a push and a poll brought at once is queued once."""
    there = _there(connection, items)
    items = [(feed_id, item) for feed_id, item in items if not _is_there(item, there.get(feed_id, {}))]
    if not items:
        return 0
    rows = [_row(feed_id, item, now) for feed_id, item in items]
    ids = connection.scalars(insert(entries).returning(entries.c.id, sort_by_parameter_order=True), rows)
    keys: dict[tuple[int, str], int] = {}
    for id, (feed_id, item) in zip(ids, items, strict=True):
        for key in (item.entry.identity, *item.aliases):
            keys.setdefault((feed_id, key), id)
    _remember_keys(connection, keys)
    return len(rows)


def _there(connection: Connection, items: Sequence[tuple[int, NewEntry]]) -> dict[int, dict[str, Known]]:
    """What is known by now of the entries' keys. A question a feed, which the database plans only once."""
    asked: dict[int, list[str]] = {}
    for feed_id, item in items:
        asked.setdefault(feed_id, []).extend((item.entry.identity, *item.aliases))
    return {feed_id: known(connection, feed_id, keys) for feed_id, keys in asked.items()}


def _is_there(item: NewEntry, there: Mapping[str, Known]) -> bool:
    """Whether an entry is known after all, perhaps by another guid: a push may hold it alone, where guids differ."""
    links = (there[key] for key in item.aliases if key.startswith("url:") and key in there)
    return item.entry.identity in there or any(one.fingerprint == item.fingerprint for one in links)


def _change(connection: Connection, feed_id: int, item: NewEntry, now: datetime) -> int:
    known_as = item.known_as or item.entry.identity
    which_key = and_(entry_keys.c.feed_id == feed_id, entry_keys.c.key == known_as)
    row = connection.execute(select(entries).join(entry_keys).where(which_key)).one_or_none()
    if row is None or row.fingerprint == item.fingerprint:  # a push and a poll brought the same change
        return 0
    entry_id = row.id
    rename(connection, feed_id, [(entry_id, (item.entry.identity, *item.aliases))])
    fresh = _row(feed_id, item, now)
    if row.changes >= MOST_CHANGES:
        read_at = min(now, row.next_at) if row.state in ("done", "again") else None
        fresh["next_at"] = max(now, read_at + _PAUSE) if read_at else row.next_at
    # Its standing stays what it was when it was first seen: a changed baseline article is still baseline.
    kept = {name: fresh[name] for name in ("fingerprint", "document", "host", "state", "attempts", "next_at")}
    which = and_(entries.c.id == entry_id, entries.c.state != "quarantined")
    values = {**kept, "changes": entries.c.changes + 1, **FREE}
    queued = connection.execute(update(entries).where(which).values(values)).rowcount
    return queued if row.changes < MOST_CHANGES or fresh["next_at"] == now else 0


def _row(feed_id: int, item: NewEntry, now: datetime) -> dict[str, Any]:
    return {
        "feed_id": feed_id,
        "fingerprint": item.fingerprint,
        "document": entry_to_document(item.entry),
        "host": share_of(item.entry.url),
        "standing": item.standing.value,
        "state": "queued",
        "attempts": 0,
        "changes": 0,
        "seen_at": now,
        "listed_at": now,
        "next_at": now,
    }


def _remember_keys(connection: Connection, keys: Mapping[tuple[int, str], int]) -> None:
    """Remember which entry each key of a feed (feed, key) names, unless it names one already."""
    if not keys:
        return
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    rows = [
        {"feed_id": feed_id, "key": key, "entry_id": entry_id} for (feed_id, key), entry_id in keys.items()
    ]
    connection.execute(dialect.insert(entry_keys).on_conflict_do_nothing(), rows)


def rename(connection: Connection, feed_id: int, renamed: Sequence[tuple[int, tuple[str, ...]]]) -> None:
    """Remember further keys of known entries of a feed, as long as they have not too many."""
    for chunk in in_chunks(renamed):
        ids = [entry_id for entry_id, _ in chunk]
        count = select(entry_keys.c.entry_id).where(entry_keys.c.entry_id.in_(ids))
        full = count.group_by(entry_keys.c.entry_id).having(func.count() >= MOST_KEYS)
        there = set(connection.scalars(full))
        keys = {(feed_id, key): id for id, names in chunk if id not in there for key in names}
        _remember_keys(connection, keys)


# --- for how long ------------------------------------------------------------------------------------


def note_listed(connection: Connection, ids: Sequence[int], now: datetime) -> None:
    """Their feeds still hold these entries."""
    for chunk in in_chunks(ids):
        connection.execute(update(entries).where(entries.c.id.in_(chunk)).values(listed_at=now))


def forget(connection: Connection, before: datetime, *, most_feeds: int = 200, limit: int = 2000) -> int:
    """Forget entries that their feeds have not listed since `before`, with their keys; how many.

    At each call some of the feeds are looked at, and the next at the next one, round and round. What a feed's
    last document listed is remembered for ever, however old it is, or it would come back as news; and so is
    what waits to be read. A feed that has not been polled for so long begins anew when it comes back.
    """
    after = int(read_cursor(connection, _CURSOR) or 0)
    query = select(feeds.c.id, feeds.c.read_at, feeds.c.retired_at).where(feeds.c.id > after)
    rows = connection.execute(query.order_by(feeds.c.id).limit(most_feeds)).all()
    last, forgotten = 0, 0
    for row in rows:
        if forgotten >= limit:
            break
        if (unlisted := _unlisted_before(row, before)) is not None:
            forgotten += _forget_of(connection, row.id, unlisted, limit - forgotten)
        last = row.id if forgotten < limit else row.id - 1  # there may be more of this one
    begin_anew = and_(
        feeds.c.id > after, feeds.c.id <= last, feeds.c.retired_at < before, feeds.c.baseline_at.is_not(None)
    )
    nothing = dict.fromkeys(("baseline_at", "read_at", "etag", "last_modified", "body_hash"))
    connection.execute(update(feeds).where(begin_anew).values(nothing))
    ended = len(rows) < most_feeds and forgotten < limit
    move_cursor(connection, _CURSOR, "0" if ended else str(last))
    return forgotten


def _unlisted_before(feed: Any, before: datetime) -> datetime | None:
    """Entries that were listed last before this may be forgotten; None: nothing is known of its document."""
    if feed.retired_at is not None and feed.retired_at < before:
        return before
    return min(before, feed.read_at - LISTED_LAG) if feed.read_at else None


def _forget_of(connection: Connection, feed_id: int, before: datetime, limit: int) -> int:
    old = and_(entries.c.feed_id == feed_id, entries.c.listed_at < before, entries.c.state != "queued")
    ids = list(connection.scalars(select(entries.c.id).where(old).limit(limit)))
    for chunk in in_chunks(ids):
        connection.execute(delete(entry_keys).where(entry_keys.c.entry_id.in_(chunk)))
        connection.execute(delete(entries).where(entries.c.id.in_(chunk)))
    return len(ids)
