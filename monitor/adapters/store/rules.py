"""The last good version of each rule, so that a file broken meanwhile costs no alert after a restart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from monitor.adapters.store.schema import rules


def last_good(connection: Connection) -> list[dict[str, Any]]:
    """The documents of the rules that were last in force."""
    return list(connection.scalars(select(rules.c.document).order_by(rules.c.path, rules.c.id)))


def remember(connection: Connection, documents: Sequence[dict[str, Any]], now: datetime) -> None:
    """Make `documents` (each with id, version and path) the rules in force; others are forgotten."""
    known = {row.id: (row.version, row.document) for row in connection.execute(select(rules))}
    gone = set(known) - {document["id"] for document in documents}
    if gone:
        connection.execute(delete(rules).where(rules.c.id.in_(gone)))
    for document in documents:
        id, version = document["id"], document["version"]
        values = {"version": version, "path": document["path"], "document": document}
        if id not in known:
            connection.execute(insert(rules).values(id=id, since=now, **values))
        elif known[id] != (version, document):
            since = {"since": now} if known[id][0] != version else {}
            connection.execute(update(rules).where(rules.c.id == id).values(**values, **since))
