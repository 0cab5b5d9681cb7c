"""Where work that goes round and round, a little at a time, goes on the next time: rows of `meta`."""

from __future__ import annotations

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from monitor.adapters.store.schema import meta


def read_cursor(connection: Connection, name: str) -> str | None:
    return connection.scalar(select(meta.c.value).where(meta.c.key == f"cursor:{name}"))


def move_cursor(connection: Connection, name: str, to: str) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(meta).values(key=f"cursor:{name}", value=to)
    connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": to}))
