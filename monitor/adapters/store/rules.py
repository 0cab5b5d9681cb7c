"""The last good version of each rule, so that a file broken meanwhile costs no alert after a restart."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from monitor.adapters.store.database import in_chunks
from monitor.adapters.store.schema import matches, rules


def last_good(connection: Connection) -> list[dict[str, Any]]:
    """The documents of the rules that were last in force."""
    return list(connection.scalars(select(rules.c.document).order_by(rules.c.path, rules.c.id)))


def ids_in_force(connection: Connection) -> set[str]:
    """The ids of the rules that were last in force."""
    return set(connection.scalars(select(rules.c.id)))


def is_recorded(connection: Connection, id: str) -> bool:
    """Whether a rule of that id is in force, or matched something while one was."""
    asked = (select(rules.c.id).where(rules.c.id == id), select(matches.c.id).where(matches.c.rule == id))
    return any(connection.scalar(one.limit(1)) is not None for one in asked)


def remember(
    connection: Connection,
    documents: Sequence[dict[str, Any]],
    now: datetime,
    gone: Collection[str] | None = None,
) -> None:
    """Make `documents` (each with id, version and path) rules in force, and forget those in `gone`.

    With `gone` None, `documents` are all the rules in force.
    """
    if gone is None:
        gone = set(connection.scalars(select(rules.c.id))) - {document["id"] for document in documents}
    for chunk in in_chunks(gone):
        connection.execute(delete(rules).where(rules.c.id.in_(chunk)))
    known: dict[str, tuple[str, Any]] = {}
    for chunk in in_chunks(document["id"] for document in documents):
        wanted = select(rules.c.id, rules.c.version, rules.c.document).where(rules.c.id.in_(chunk))
        known |= {row.id: (row.version, row.document) for row in connection.execute(wanted)}
    added, other, revised = [], [], []
    for document in documents:
        id, version, path = document["id"], document["version"], document["path"]
        values = {"version": version, "path": path, "document": document}
        if id not in known:
            added.append({"id": id, "since": now, **values})
        elif known[id][0] != version:
            other.append({"which": id, "since": now, **values})
        elif known[id][1] != document:
            revised.append({"which": id, **values})
    if added:
        connection.execute(insert(rules), added)
    which = update(rules).where(rules.c.id == bindparam("which"))
    for changed in filter(None, (other, revised)):
        connection.execute(
            which.values({name: bindparam(name) for name in changed[0] if name != "which"}), changed
        )


def count(connection: Connection) -> int:
    """How many rules were last in force."""
    return connection.scalar(select(func.count()).select_from(rules)) or 0
