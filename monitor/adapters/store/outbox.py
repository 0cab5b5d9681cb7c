"""The outbox: deliveries, and every attempt to send one. Lease, send, mark (promise 2)."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Text,
    and_,
    bindparam,
    column,
    func,
    insert,
    literal,
    or_,
    select,
    update,
    values,
)

from monitor.adapters.store import channels
from monitor.adapters.store.claims import FREE, held_by
from monitor.adapters.store.database import in_chunks
from monitor.adapters.store.schema import attempts, deliveries, held
from monitor.model import ChannelState, Delivery, DeliveryState, Outcome, Retry, SendResult
from monitor.send.pace import Bucket, Key, Rates, has_room
from monitor.send.retry import GIVE_UP_AFTER


# Written out in the statement, or SQLite cannot see that its partial index holds just these.
def _open(table: FromClause) -> ColumnElement[bool]:
    states = ["pending", "leased", "failed", "unknown"]
    return table.c.state.in_(bindparam("open", states, expanding=True, literal_execute=True))


_OPEN = _open(deliveries)


def claim_due(
    connection: Connection,
    now: datetime,
    limit: int,
    lease: timedelta,
    busy_channels: Collection[str],
    rates: Rates | None = None,
) -> list[Delivery]:
    """Lease deliveries that are due, the oldest of each channel, and note that an attempt begins.

    None of a channel that is busy, that rests, or whose rate is used up (`rates`; a channel without one has no
    limit); and of one that fails only one at a time, whichever node it is that tries.
    """
    waiting = [key for key in _waiting_channels(connection) if key[1] not in busy_channels]
    if not waiting:
        return []
    rates = rates or Rates()
    ready = channels.ready(connection, waiting, rates, now)
    if any(failures for failures, _ in ready.values()):
        probed = _leased_channels(connection, now)
        ready = {key: found for key, found in ready.items() if not found[0] or key not in probed}
    oldest = sorted(_oldest(connection, list(ready), now), key=lambda row: (row.next_at, row.id))
    # One address may be two receivers': it is one channel all the same.
    single = list({row.channel: row for row in reversed(oldest)}.values())[::-1]
    left = {rates.kept_under(key): bucket for key, (_, bucket) in ready.items() if bucket is not None}
    chosen = list(islice(_within(left, single, rates), limit))
    if not chosen:
        return []
    ids = [row.id for row in chosen]
    _lease(connection, ids, now, lease)
    channels.keep(connection, {rates.kept_under(_key(row)) for row in chosen}, left)
    rows = {row.id: row for row in connection.execute(select(deliveries).where(deliveries.c.id.in_(ids)))}
    return [replace(_delivery(rows[row.id]), failures=ready[_key(row)][0]) for row in chosen]


def _within(left: dict[Key, Bucket], rows: Iterable[Row[Any]], rates: Rates) -> Iterator[Row[Any]]:
    """Those of the rows that there is still room for; what they take is taken from what is `left`."""
    for row in rows:
        kept = rates.kept_under(_key(row))
        if kept not in left:
            yield row
        elif has_room(left[kept]):
            left[kept] = left[kept].taken()
            yield row


def _key(row: Any) -> Key:
    return row.receiver, row.channel


def _waiting_channels(connection: Connection) -> list[Key]:
    """Receiver and name of every channel that something waits for: by leaps through the index, however much it is."""
    first = select(deliveries.c.id, deliveries.c.receiver, deliveries.c.channel).where(_OPEN)
    first = first.order_by(deliveries.c.receiver, deliveries.c.channel).limit(1)
    leap = select(first.subquery()).cte("leap", recursive=True)
    later = deliveries.alias("later")
    onward = select(later.c.id).where(_open(later)).order_by(later.c.receiver, later.c.channel).limit(1)
    # Two leaps, for SQLite seeks by the first column only where it compares both at once.
    same = onward.where(later.c.receiver == leap.c.receiver, later.c.channel > leap.c.channel)
    other = onward.where(later.c.receiver > leap.c.receiver)
    following = func.coalesce(same.correlate(leap).scalar_subquery(), other.correlate(leap).scalar_subquery())
    step = (
        select(deliveries.c.id, deliveries.c.receiver, deliveries.c.channel)
        .select_from(leap)
        .join(deliveries, deliveries.c.id == following)
    )
    leap = leap.union_all(step)
    return [_key(row) for row in connection.execute(select(leap))]


def due_channels(connection: Connection, now: datetime) -> list[Key]:
    """The channels for which something is due."""
    return [_key(row) for row in _oldest(connection, _waiting_channels(connection), now)]


def _leased_channels(connection: Connection, now: datetime) -> set[Key]:
    """The channels by which something is being sent, by whatever node."""
    leased = deliveries.c.state == literal(DeliveryState.LEASED.value, literal_execute=True)
    query = select(deliveries.c.receiver, deliveries.c.channel).where(leased, deliveries.c.lease_until >= now)
    return {_key(row) for row in connection.execute(query)}


def _oldest(connection: Connection, keys: Sequence[Key], now: datetime) -> list[Row[Any]]:
    """The delivery of each channel that has been due longest: its id, receiver, channel and when it fell due."""
    found: list[Row[Any]] = []
    one = deliveries.alias("one")
    free = or_(one.c.lease_until.is_(None), one.c.lease_until < now)
    for chunk in in_chunks(keys):
        wanted = (
            values(column("receiver", Text), column("channel", Text), name="wanted").data(chunk).cte("wanted")
        )
        mine = and_(one.c.receiver == wanted.c.receiver, one.c.channel == wanted.c.channel)
        first = (
            select(one.c.id)
            .where(_open(one), mine, one.c.next_at <= now, free)
            .order_by(one.c.next_at, one.c.id)
            .limit(1)
            .correlate(wanted)
            .scalar_subquery()
        )
        which = select(deliveries.c.id, deliveries.c.receiver, deliveries.c.channel, deliveries.c.next_at)
        found += connection.execute(which.select_from(wanted).join(deliveries, deliveries.c.id == first))
    return found


# Of an attempt whose lease ran out: whoever made it has died, or lost the database for as long.
_LOST = {"outcome": "unknown", "detail": "whoever was sending it never said what became of it"}


def _lease(connection: Connection, ids: Sequence[int], now: datetime, lease: timedelta) -> None:
    leased = {
        "state": DeliveryState.LEASED.value,
        "attempts": deliveries.c.attempts + 1,
        "claim": secrets.token_hex(8),
        "lease_until": now + lease,
    }
    connection.execute(update(deliveries).where(deliveries.c.id.in_(ids)).values(leased))
    left_open = and_(attempts.c.delivery_id.in_(ids), attempts.c.outcome.is_(None))
    connection.execute(update(attempts).where(left_open).values(_LOST))
    connection.execute(insert(attempts), [{"delivery_id": id, "started": now} for id in ids])


def _delivery(row: Any) -> Delivery:
    return Delivery(
        id=row.id,
        alert_id=row.alert_id,
        receiver=row.receiver,
        channel=row.channel,
        key=row.key,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        claim=row.claim or "",
        created=row.created,
    )


def finish_attempt(
    connection: Connection, delivery: Delivery, result: SendResult, retry: Retry, now: datetime
) -> bool:
    """Mark what an attempt led to; False where the lease was lost, and whoever has it now will say.

    What it says of the channel is kept too. A channel that is refused for good takes with it what waits for it;
    the first that gets through again brings that back.
    """
    sent = retry.state is DeliveryState.SENT
    dies_with_channel = retry.state is DeliveryState.DEAD and retry.channel is ChannelState.DEAD
    marks = {
        "state": retry.state.value,
        "next_at": now if dies_with_channel and not _refused_before(connection, delivery) else retry.at,
        "sent": now if sent else None,
        "error": None if sent else retry.reason,
        **FREE,
    }
    ours = held_by(deliveries, delivery.id, delivery.claim)
    if not connection.execute(update(deliveries).where(ours).values(marks)).rowcount:
        return False
    _end_attempt(connection, delivery, result, now)
    key = (delivery.receiver, delivery.channel)
    before = channels.note(connection, key, result, retry, now)
    if retry.channel is ChannelState.DEAD:
        _die(connection, key, f"its channel is dead: {result.detail}")
    elif sent and before is not ChannelState.GOOD:  # dead, or dead before it failed otherwise
        revive(connection, [key], now)
    return True


def _end_attempt(connection: Connection, delivery: Delivery, result: SendResult, now: datetime) -> None:
    open_attempt = and_(attempts.c.delivery_id == delivery.id, attempts.c.outcome.is_(None))
    which = select(func.max(attempts.c.id)).where(open_attempt).scalar_subquery()
    ended = {
        "finished": now,
        "outcome": result.outcome.value,
        "detail": result.detail,
        "status": result.status,
        "retry_after": result.retry_after,
    }
    connection.execute(update(attempts).where(attempts.c.id == which).values(ended))


def _refused_before(connection: Connection, delivery: Delivery) -> bool:
    """Whether it was refused for good at an earlier attempt: then that may be the message's fault."""
    earlier = and_(attempts.c.delivery_id == delivery.id, attempts.c.outcome == Outcome.PERMANENT.value)
    return connection.scalar(select(attempts.c.id).where(earlier).limit(1)) is not None


def _die(connection: Connection, key: Key, why: str) -> None:
    """What waits for a channel is dead with it. That it has a time to be tried at tells it from what was refused."""
    free = deliveries.c.lease_until.is_(None)
    connection.execute(
        update(deliveries).where(_OPEN, _of(key), free).values(state=DeliveryState.DEAD.value, error=why)
    )


def revive(connection: Connection, keys: Iterable[Key] | None, now: datetime) -> int:
    """What died with these channels, or with any, within the time that it would have been tried, is due again."""
    died = and_(
        deliveries.c.state == DeliveryState.DEAD.value,
        deliveries.c.next_at.is_not(None),
        deliveries.c.created > now - GIVE_UP_AFTER,
    )
    back = update(deliveries).where(died)
    back = back.values(state=DeliveryState.PENDING.value, next_at=now, attempts=0, error=None)
    if keys is None:
        return connection.execute(back).rowcount
    return sum(connection.execute(back.where(_of(key))).rowcount for key in keys)


def _of(key: Key) -> ColumnElement[bool]:
    return and_(deliveries.c.receiver == key[0], deliveries.c.channel == key[1])


def readdress(connection: Connection, delivery: Delivery, keys: Sequence[Key]) -> Delivery | None:
    """Hand a leased delivery, whose channel is gone, to the first channel of `keys` that has none of this alert.

    Its key stays: what may have arrived already is recognised when it comes by the new address. None
    where every channel has its own delivery of the alert, or the lease was lost.
    """
    of_alert = deliveries.c.alert_id == delivery.alert_id
    query = select(deliveries.c.receiver, deliveries.c.channel).where(of_alert)
    taken = {_key(row) for row in connection.execute(query)}
    free = next((key for key in keys if key not in taken), None)
    if free is None:
        return None
    held = held_by(deliveries, delivery.id, delivery.claim)
    receiver, channel = free
    moved = connection.execute(update(deliveries).where(held).values(receiver=receiver, channel=channel))
    return replace(delivery, receiver=receiver, channel=channel) if moved.rowcount else None


def retry_now(connection: Connection, now: datetime) -> int:
    """Let whatever waits for its next attempt, or died with its channel, have one at once; how many that is."""
    channels.wake(connection)
    waits = and_(deliveries.c.state.in_(["failed", "unknown"]), deliveries.c.next_at > now)
    waiting = connection.execute(update(deliveries).where(waits).values(next_at=now)).rowcount
    return waiting + revive(connection, None, now)


def use_channels(connection: Connection, keys: Collection[Key], now: datetime) -> None:
    """The configuration has these channels now: what died with one that it has no more goes by its new address."""
    revive(connection, channels.keep_only(connection, keys), now)


def free_all(connection: Connection) -> None:
    """Forget every lease. What was being sent may have arrived, so it is tried again under its key."""
    was_leased = deliveries.c.state == DeliveryState.LEASED.value
    marks = {
        "state": DeliveryState.UNKNOWN.value,
        "error": "the daemon stopped while it was being sent",
        **FREE,
    }
    connection.execute(update(deliveries).where(was_leased).values(marks))
    lost = {"outcome": "unknown", "detail": "the daemon stopped before the answer was stored"}
    connection.execute(update(attempts).where(attempts.c.outcome.is_(None)).values(lost))


# --- for people ------------------------------------------------------------------------------------


def counts(connection: Connection) -> dict[str, int]:
    """How many deliveries are in each state."""
    rows = connection.execute(select(deliveries.c.state, func.count()).group_by(deliveries.c.state))
    return {state.value: 0 for state in DeliveryState} | {row[0]: row[1] for row in rows}


def oldest_open(connection: Connection) -> datetime | None:
    """When the delivery that waits longest was made."""
    return connection.scalar(select(func.min(deliveries.c.created)).where(_OPEN))


def next_due(connection: Connection) -> datetime | None:
    """When the next delivery is tried, or the next digest goes out."""
    moments = [
        connection.scalar(select(func.min(deliveries.c.next_at)).where(_OPEN)),
        connection.scalar(select(func.min(held.c.until))),
    ]
    return min((moment for moment in moments if moment is not None), default=None)


def last_sent(connection: Connection) -> datetime | None:
    return connection.scalar(select(func.max(deliveries.c.sent)))
