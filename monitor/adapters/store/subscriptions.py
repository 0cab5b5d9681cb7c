"""Subscriptions to hubs (WebSub), and what hubs push: recorded as a poll's news are, validators untouched."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from monitor.adapters.store import entries as entry_rows
from monitor.adapters.store import feeds as feed_rows
from monitor.adapters.store.database import in_chunks
from monitor.adapters.store.schema import feeds, meta, subscriptions
from monitor.collect.websub import State, Subscription, ended, left, relied_on_until
from monitor.model import Feed, NewEntry, PollOutcome
from monitor.ports import FollowHub

_FIELDS = [field.name for field in fields(Subscription)]
_ADDRESS = "websub"  # what `meta` knows our callbacks' address by
# Hubs repeat what they could not deliver; what they gave up while nobody listened longer than this is polled.
_AWAY = timedelta(minutes=5)
# How many due subscriptions are looked at for each that may be asked for: behind one hub there are others.
_WINDOW = 10

# What is due with a subscription: what it is then, and what its hub is asked (websub.due_step).
Step = Callable[[Subscription], tuple[Subscription, str | None]]
Change = Callable[[Subscription], Subscription | None]


def _subscription(row: Row[Any]) -> Subscription:
    known = row._mapping
    return Subscription(**{**{name: known[name] for name in _FIELDS}, "state": State(known["state"])})


def _row(subscription: Subscription) -> dict[str, Any]:
    row = {name: getattr(subscription, name) for name in _FIELDS}
    return row | {"state": subscription.state.value}


def listed(connection: Connection) -> dict[int, Subscription]:
    """Every subscription by the id of its feed."""
    return {row.feed_id: _subscription(row) for row in connection.execute(select(subscriptions))}


def counts(connection: Connection) -> dict[str, int]:
    """How many subscriptions there are in each state."""
    number = func.count().label("number")
    query = select(subscriptions.c.state, number).group_by(subscriptions.c.state)
    return {row.state: row.number for row in connection.execute(query)}


def find(connection: Connection, token: str) -> tuple[Subscription, Feed] | None:
    """The subscription whose callback has `token`, with its feed, where that is still polled."""
    row = connection.execute(select(subscriptions).where(subscriptions.c.token == token)).one_or_none()
    if row is None:
        return None
    which = feeds.c.id == row.feed_id
    feed = connection.execute(select(feeds).where(which)).one()
    return _subscription(row), feed_rows.feed_of(feed)


def change(connection: Connection, feed_id: int, to: Change) -> Subscription | None:
    """Give a subscription another value, under a lock; what it is now, None where `to` left it or it is gone."""
    which = select(subscriptions).where(subscriptions.c.feed_id == feed_id).with_for_update()
    row = connection.execute(which).one_or_none()
    changed = to(_subscription(row)) if row is not None else None
    if row is not None and changed is not None:
        _save(connection, _subscription(row), changed)
    return changed


def follow_polls(
    connection: Connection, outcomes: Sequence[PollOutcome], follow: FollowHub
) -> list[Subscription]:
    """Keep what feeds offer, and what polls say of their hubs, as `follow` decides; what was left by that."""
    gone: list[Subscription] = []
    known = _of(connection, [outcome.feed.id for outcome in outcomes])
    for outcome in outcomes:
        before = known.get(outcome.feed.id)
        after = follow(before, outcome, secrets.token_urlsafe(32), secrets.token_urlsafe(32))
        if before is None and after is not None:
            connection.execute(insert(subscriptions), [_row(after)])
        elif before is not None and after is not None:
            _save(connection, before, after)
        if before is not None and left(before, after):
            gone.append(before)
    return gone


def _of(connection: Connection, feed_ids: Collection[int]) -> dict[int, Subscription]:
    found: dict[int, Subscription] = {}
    for chunk in in_chunks(sorted(feed_ids)):
        which = select(subscriptions).where(subscriptions.c.feed_id.in_(chunk))
        rows = connection.execute(which.order_by(subscriptions.c.feed_id).with_for_update())
        found.update((row.feed_id, _subscription(row)) for row in rows)
    return found


def _save(connection: Connection, before: Subscription, after: Subscription) -> None:
    if after == before:
        return
    which = subscriptions.c.feed_id == after.feed_id
    connection.execute(update(subscriptions).where(which).values(_row(after)))
    _rely(connection, after.feed_id, relied_on_until(after))


def _rely(connection: Connection, feed_id: int, until: datetime | None) -> None:
    """The feed is polled rarely until then; where it is not any more, in its own rhythm, counted from its last poll."""
    which = feeds.c.id == feed_id
    columns = (feeds.c.pushed_until, feeds.c.due_at, feeds.c.polled_at, feeds.c.interval)
    row = connection.execute(select(*columns).where(which)).one()
    if row.pushed_until != until:
        due_at = row.due_at if until else _own_time(row)
        connection.execute(update(feeds).where(which).values(pushed_until=until, due_at=due_at))


def _own_time(row: Any) -> datetime:
    """When a feed would be polled if nobody pushed."""
    known = row.polled_at is not None and row.interval is not None
    due_at: datetime = min(row.due_at, row.polled_at + row.interval) if known else row.due_at
    return due_at


# --- asking hubs -------------------------------------------------------------------------------------


def claim_due(
    connection: Connection,
    now: datetime,
    limit: int,
    busy_hubs: Collection[str],
    per_hub: int,
    step: Step,
) -> list[tuple[Subscription, str]]:
    """Take the step that is due with each of up to `limit` subscriptions; those whose hub is to be asked, and what.

    A step puts the next one off, so nobody else takes the same. At most `per_hub` of one hub, and none of
    `busy_hubs`.
    """
    due = select(subscriptions).where(subscriptions.c.next_at <= now)
    if busy_hubs:
        due = due.where(subscriptions.c.hub.not_in(list(busy_hubs)))
    window = due.order_by(subscriptions.c.next_at).limit(_WINDOW * limit).with_for_update(skip_locked=True)
    taken: dict[str, int] = {}
    to_ask: list[tuple[Subscription, str]] = []
    for row in connection.execute(window).all():
        if len(to_ask) >= limit or taken.get(row.hub, 0) >= per_hub:
            continue
        taken[row.hub] = taken.get(row.hub, 0) + 1
        before = _subscription(row)
        after, mode = step(before)
        _save(connection, before, after)
        if mode is not None:
            to_ask.append((after, mode))
    return to_ask


def end_retired(connection: Connection, now: datetime) -> int:
    """Give back the subscriptions of feeds that are not polled any more; how many."""
    query = (
        select(subscriptions)
        .join(feeds, feeds.c.id == subscriptions.c.feed_id)
        .where(feeds.c.retired_at.is_not(None), subscriptions.c.state != State.ENDED.value)
    )
    rows = [_subscription(row) for row in connection.execute(query)]
    for before in rows:
        _save(connection, before, ended(before, now))
    return len(rows)


def listen_at(connection: Connection, address: str, now: datetime) -> None:
    """From now on callbacks are under `address` ("": there are none).

    Another address than before: every hub is asked anew. And where nobody was there for a while, feeds are
    polled in their own rhythm once: what was pushed meanwhile came to nobody.
    """
    was = connection.scalar(select(meta.c.value).where(meta.c.key == _ADDRESS)) or ""
    last = connection.scalar(select(func.max(feeds.c.polled_at)))
    if was != address or (last is not None and now - last > _AWAY):
        poll_what_was_relied_on(connection)
    if was == address:
        return
    connection.execute(delete(meta).where(meta.c.key == _ADDRESS))
    connection.execute(insert(meta).values(key=_ADDRESS, value=address))
    connection.execute(update(feeds).where(feeds.c.pushed_until.is_not(None)).values(pushed_until=None))
    anew = {"state": State.OFFERED.value, "next_at": now, "failures": 0, "error": None}
    anew |= dict.fromkeys(("asked_at", "lease_until", "pushed_at", "doubted_at"))
    connection.execute(update(subscriptions).where(subscriptions.c.state != State.ENDED.value).values(anew))


def poll_what_was_relied_on(connection: Connection) -> None:
    """Let the feeds that were left to hubs be due in their own rhythm, counted from their last polls."""
    columns = (feeds.c.id, feeds.c.due_at, feeds.c.polled_at, feeds.c.interval)
    rows = connection.execute(select(*columns).where(feeds.c.pushed_until.is_not(None)))
    sooner = [{"b_id": row.id, "b_due": at} for row in rows if (at := _own_time(row)) != row.due_at]
    if sooner:
        where = feeds.c.id == bindparam("b_id")
        connection.execute(update(feeds).where(where).values(due_at=bindparam("b_due")), sooner)


# --- what is pushed ----------------------------------------------------------------------------------


def record_push(
    connection: Connection, feed: Feed, entries: Sequence[NewEntry], now: datetime, to: Change
) -> int:
    """Transaction (a) of a push: its news as queued work, and its subscription as `to` has it; how many were queued.

    The feed's row is locked first, as a poll's is: what a poll stored since `entries` were judged is not
    stored twice. Nothing is known of the feed's document, so its validators stay.
    """
    which = feeds.c.id == feed.id
    connection.execute(select(feeds.c.id).where(which).with_for_update())
    queued, new = entry_rows.add(connection, [(feed.id, item) for item in entries], now)
    if new:
        connection.execute(update(feeds).where(which).values(new_at=now, quiet_since=None))
    change(connection, feed.id, to)
    return queued


def poll_soon(connection: Connection, feed_id: int, at: datetime, why: str) -> None:
    """Let a feed be due at `at`, if it is not sooner."""
    which = (feeds.c.id == feed_id) & (feeds.c.due_at > at) & feeds.c.retired_at.is_(None)
    connection.execute(update(feeds).where(which).values(due_at=at, due_reason=why))
