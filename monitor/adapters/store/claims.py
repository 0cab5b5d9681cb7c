"""Leasing rows: who works on what, until when, on one node or many.

A row is free where nobody has claimed it or the claim's lease has run out. Rows are taken in the order
they fell due, only so many of one host at a time, so that a slow host never fills every place. On
PostgreSQL, SKIP LOCKED keeps nodes from waiting for each other; SQLite has one writer at a time anyway.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, func, or_, select, update

# How many due rows are looked at for each that may be claimed: enough to find other hosts behind one that
# fills the front of the queue, few enough that a long backlog costs no more than a short one.
WINDOW = 10


def claim(
    connection: Connection,
    table: Table,
    waiting: ColumnElement[bool],
    due: Any,
    now: datetime,
    *,
    limit: int,
    lease: timedelta,
    group: Any = None,
    per_group: int = 0,
    busy: Collection[str] = (),
) -> tuple[str, Sequence[int]]:
    """Lease up to `limit` rows that are `waiting` and `due`: the claim's token and the ids, oldest first.

    At most `per_group` of one `group` (a column) are taken, and none of the groups in `busy`. What belongs
    to no group ("") waits for nobody.
    """
    free = and_(waiting, due <= now, or_(table.c.lease_until.is_(None), table.c.lease_until < now))
    if group is not None and busy:
        free = and_(free, group.not_in(list(busy)))
    oldest = select(table.c.id, due.label("due"), *([group.label("g")] if group is not None else [])).where(
        free
    )
    oldest = oldest.order_by(due, table.c.id)
    if group is None:
        ids = oldest.limit(limit).with_only_columns(table.c.id)
    else:
        window = oldest.limit(WINDOW * limit).subquery()
        rank = func.row_number().over(partition_by=window.c.g, order_by=(window.c.due, window.c.id))
        ranked = select(window.c.id, window.c.due, window.c.g, rank.label("rank")).subquery()
        ids = (
            select(ranked.c.id)
            .where(or_(ranked.c.g == "", ranked.c.rank <= per_group))
            .order_by(ranked.c.due, ranked.c.id)
            .limit(limit)
        )
    chosen = list(connection.scalars(ids))
    if not chosen:
        return "", []
    # Looked at again under a row lock: another node may have taken some since.
    locked = select(table.c.id).where(table.c.id.in_(chosen), free).with_for_update(skip_locked=True)
    taken = set(connection.scalars(locked))
    token = secrets.token_hex(8)
    mine = [row for row in chosen if row in taken]
    if mine:
        connection.execute(
            update(table).where(table.c.id.in_(mine)).values(claim=token, lease_until=now + lease)
        )
    return token, mine


def held_by(table: Table, row: int, token: str) -> ColumnElement[bool]:
    """The row, if the claim `token` still holds it: a worker whose lease ran out marks nothing."""
    return and_(table.c.id == row, table.c.claim == token)


FREE: dict[str, Any] = {"claim": None, "lease_until": None}
