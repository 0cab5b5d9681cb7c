"""The store as it is, for commands: without what a daemon needs, so that they start at once."""

from __future__ import annotations

from monitor.adapters.store import migrate
from monitor.adapters.store.database import Database
from monitor.adapters.store.store import Store
from monitor.send.keys import delivery_key


def open_store(address: str, *, create: bool = False) -> Store:
    """The store at `address`; with `create`, made where there is none yet.

    Raises SchemaMismatch where it is not this program's, and leaves no file behind where there is none.
    """
    database = Database(address)
    if not (create or database.exists()):
        raise migrate.no_data(database)
    if create and migrate.version(database) is None:
        migrate.upgrade(database)
    migrate.require_current(database)
    return Store(database, delivery_key)
