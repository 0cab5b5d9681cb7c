"""SQLite and PostgreSQL behind one store."""

from monitor.adapters.store import backup, migrate
from monitor.adapters.store.database import Database
from monitor.adapters.store.settlement import Settlement
from monitor.adapters.store.store import Store

__all__ = ["Database", "Settlement", "Store", "backup", "migrate"]
