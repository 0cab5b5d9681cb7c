"""How each channel does: by what was attempted last, until when it rests, and what is left of its rate."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from monitor.adapters.store.database import in_chunks
from monitor.adapters.store.schema import channels
from monitor.model import ChannelHealth, ChannelState, Outcome, Retry, SendResult
from monitor.send.pace import Bucket, Rate, bucket, free_at, has_room

# Receiver and name of a channel
Key = tuple[str, str]
_KEY = tuple_(channels.c.receiver, channels.c.channel)


def ready(
    connection: Connection, keys: Collection[Key], rates: Mapping[Key, Rate | None], now: datetime
) -> dict[Key, tuple[int, Bucket | None]]:
    """Which of these may be sent to now: failures in a row, and what is left of their rate if they have one.

    Their rows are locked until the transaction ends; those that another node has locked are left out.
    """
    _add_missing(connection, keys)
    found = {}
    for chunk in in_chunks(keys):
        query = select(channels).where(_KEY.in_(chunk)).with_for_update(skip_locked=True)
        for row in connection.execute(query):
            key = (row.receiver, row.channel)
            if row.rest_until is not None and row.rest_until > now:
                continue
            rate = rates.get(key)
            left = bucket(row.tokens, row.tokens_at, rate, now) if rate else None
            if left is None or has_room(left):
                found[key] = (row.failures, left)
    return found


def _add_missing(connection: Connection, keys: Collection[Key]) -> None:
    known: set[Key] = set()
    for chunk in in_chunks(keys):
        rows = connection.execute(select(channels.c.receiver, channels.c.channel).where(_KEY.in_(chunk)))
        known.update((row.receiver, row.channel) for row in rows)
    missing = [
        {"receiver": receiver, "channel": channel, "state": ChannelState.GOOD.value, "failures": 0}
        for receiver, channel in keys
        if (receiver, channel) not in known
    ]
    if missing:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        connection.execute(dialect.insert(channels).on_conflict_do_nothing(), missing)


def take(connection: Connection, buckets: Mapping[Key, Bucket | None]) -> None:
    """Keep what is left of each rate after one message more."""
    for key, full in buckets.items():
        if full is not None:
            left = full.taken()
            values = {"tokens": left.tokens, "tokens_at": left.at}
            connection.execute(update(channels).where(_is(key)).values(values))


def next_token(
    connection: Connection, keys: Collection[Key], rates: Mapping[Key, Rate | None], now: datetime
) -> datetime | None:
    """When the first of these channels that only its rate holds back may be sent to."""
    moments = []
    for chunk in in_chunks(keys):
        for row in connection.execute(select(channels).where(_KEY.in_(chunk))):
            rate = rates.get((row.receiver, row.channel))
            if rate and (row.rest_until is None or row.rest_until <= now):
                moments.append(free_at(bucket(row.tokens, row.tokens_at, rate, now), rate))
    return min(moments, default=None)


def note(
    connection: Connection, key: Key, result: SendResult, retry: Retry, now: datetime
) -> ChannelState | None:
    """Keep what an attempt says of its channel; the state that the channel had before."""
    if retry.channel is None:
        return None
    _add_missing(connection, [key])
    before = connection.execute(select(channels).where(_is(key))).one()
    values: dict[str, Any] = {"state": retry.channel.value, "rest_until": retry.rest_until}
    if retry.channel is ChannelState.GOOD:
        values |= {"failures": 0, "failing_since": None, "error": None, "good_at": now}
    else:
        values |= {
            "failures": before.failures + 1,
            "failing_since": before.failing_since or now,
            "error": result.detail,
        }
    if retry.rest_until is None and result.outcome is not Outcome.SENT:
        del values["rest_until"]
    connection.execute(update(channels).where(_is(key)).values(values))
    return ChannelState(before.state)


def wake(connection: Connection, keys: Iterable[Key] | None = None) -> None:
    """Let these channels, or all, be tried at once: something about them has changed."""
    resting = update(channels).where(channels.c.rest_until.is_not(None)).values(rest_until=None)
    if keys is None:
        connection.execute(resting)
        return
    for chunk in in_chunks(list(keys)):
        connection.execute(resting.where(_KEY.in_(chunk)))


def keep_only(connection: Connection, keys: Collection[Key]) -> list[Key]:
    """Forget all but these, which are those of the configuration; which were forgotten.

    Those whose address or login was refused are tried at once: that may be what was mended.
    """
    known = [(row.receiver, row.channel) for row in connection.execute(select(channels))]
    gone = [key for key in known if key not in keys]
    for chunk in in_chunks(gone):
        connection.execute(delete(channels).where(_KEY.in_(chunk)))
    refused = channels.c.state.in_([ChannelState.LOCKED.value, ChannelState.DEAD.value])
    connection.execute(update(channels).where(refused).values(rest_until=None))
    return gone


def troubled(connection: Connection) -> list[ChannelHealth]:
    """Channels that fail, and those that rest, those that have failed longest first."""
    which = or_(channels.c.failures > 0, channels.c.rest_until.is_not(None))
    query = select(channels).where(which).order_by(channels.c.failing_since, channels.c.channel)
    return [_health(row) for row in connection.execute(query)]


def _health(row: Row[Any]) -> ChannelHealth:
    return ChannelHealth(
        receiver=row.receiver,
        channel=row.channel,
        state=ChannelState(row.state),
        failures=row.failures,
        since=row.failing_since,
        error=row.error or "",
        good_at=row.good_at,
        rest_until=row.rest_until,
    )


def _is(key: Key) -> Any:
    return and_(channels.c.receiver == key[0], channels.c.channel == key[1])
