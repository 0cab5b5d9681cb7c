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
from monitor.send.pace import NO_RECEIVER, Bucket, Key, Rates, bucket, free_at, has_room

_KEY = tuple_(channels.c.receiver, channels.c.channel)


def ready(
    connection: Connection, keys: Collection[Key], rates: Rates, now: datetime
) -> dict[Key, tuple[int, Bucket | None]]:
    """Which of these may be sent to now: failures in a row, and what is left of their rate if they have one.

    Their rows, and those of what they share, are locked until the transaction ends; those that another node has
    locked are left out.
    """
    rows = {key: row for key, row in _locked(connection, keys).items() if not _rests(row, now)}
    shared = {rates.kept_under(key) for key in rows} - rows.keys()
    kept = rows | _locked(connection, shared)
    found: dict[Key, tuple[int, Bucket | None]] = {}
    for key, row in rows.items():
        rate, under = rates.of(key), kept.get(rates.kept_under(key))
        if rate is None:
            found[key] = (row.failures, None)
        elif under is not None and has_room(left := bucket(under.tokens, under.tokens_at, rate, now)):
            found[key] = (row.failures, left)
    return found


def _locked(connection: Connection, keys: Collection[Key]) -> dict[Key, Row[Any]]:
    """The rows of these keys, made where there were none, that nobody else has locked."""
    _add_missing(connection, keys)
    found: dict[Key, Row[Any]] = {}
    for chunk in in_chunks(keys):
        query = select(channels).where(_KEY.in_(chunk)).with_for_update(skip_locked=True)
        found.update(((row.receiver, row.channel), row) for row in connection.execute(query))
    return found


def _rests(row: Row[Any], now: datetime) -> bool:
    return row.rest_until is not None and bool(row.rest_until > now)


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


def keep(connection: Connection, keys: Collection[Key], left: Mapping[Key, Bucket]) -> None:
    """Keep what is left of the rates of these keys, of those that have one."""
    for key in keys & left.keys():
        values = {"tokens": left[key].tokens, "tokens_at": left[key].at}
        connection.execute(update(channels).where(_is(key)).values(values))


def next_token(connection: Connection, keys: Collection[Key], rates: Rates, now: datetime) -> datetime | None:
    """When the first of these channels that only its rate holds back may be sent to."""
    wanted = {*keys, *map(rates.kept_under, keys)}
    rows: dict[Key, Row[Any]] = {}
    for chunk in in_chunks(wanted):
        found = connection.execute(select(channels).where(_KEY.in_(chunk)))
        rows.update(((row.receiver, row.channel), row) for row in found)
    moments = []
    for key in rows.keys() & set(keys):
        rate, under = rates.of(key), rows.get(rates.kept_under(key))
        if rate and not _rests(rows[key], now):
            tokens, at = (under.tokens, under.tokens_at) if under else (None, None)
            moments.append(free_at(bucket(tokens, at, rate, now), rate))
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
    known = [
        (row.receiver, row.channel)
        for row in connection.execute(select(channels).where(channels.c.receiver != NO_RECEIVER))
    ]
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
