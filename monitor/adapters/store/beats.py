"""What became of the heartbeat: when it went through last, and since when and why it does not."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from monitor.adapters.store.database import Database
from monitor.adapters.store.schema import meta

_KEY = "heartbeat"


@dataclass(frozen=True, slots=True)
class Beats:
    """What became of the requests: when one went through last, and since when and why none does."""

    last: datetime | None = None
    failing_since: datetime | None = None
    error: str = ""

    def after(self, error: str, now: datetime) -> Beats:
        """As it is after another request: "" where it went through."""
        if not error:
            return Beats(last=now)
        return replace(self, failing_since=self.failing_since or now, error=error)


class BeatRecord:
    """Where that is kept. Each method is one transaction and blocks; raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self) -> Beats:
        with self._database.read() as c:
            return _read(c)

    def begin(self) -> Beats:
        """What is known before a request. Written back as it is: a database that is full or locked is not well."""
        with self._database.write() as c:
            known = _read(c)
            _write(c, known)
            return known

    def end(self, beats: Beats) -> None:
        with self._database.write() as c:
            _write(c, beats)


def _read(connection: Connection) -> Beats:
    kept = json.loads(connection.scalar(select(meta.c.value).where(meta.c.key == _KEY)) or "{}")
    times = {name: datetime.fromisoformat(at) for name in ("last", "failing_since") if (at := kept.get(name))}
    return Beats(**times, error=kept.get("error", ""))


def _write(connection: Connection, beats: Beats) -> None:
    times = {"last": beats.last, "failing_since": beats.failing_since}
    kept = {name: at.isoformat() for name, at in times.items() if at} | {"error": beats.error}
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = dialect.insert(meta).values(key=_KEY, value=json.dumps(kept))
    connection.execute(
        row.on_conflict_do_update(index_elements=[meta.c.key], set_={"value": row.excluded.value})
    )
