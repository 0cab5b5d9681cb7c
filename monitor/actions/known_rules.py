"""Whether what somebody typed is the id of a rule, and which they may have meant."""

from __future__ import annotations

from pathlib import Path

from monitor.adapters.rule_folder import load_folder
from monitor.adapters.store import Database
from monitor.adapters.store.rules import ids_in_force, is_recorded
from monitor.errors import UsageError
from monitor.match.language.query import did_you_mean


def require_rule(name: str, database: Database, folder: Path) -> None:
    """Raise UsageError where `name` is no rule: none in force, none in a file, and none that ever matched.

    To be asked where a listing found nothing, which is then because there is nothing.
    """
    with database.read() as connection:
        if is_recorded(connection, name):
            return
        known = ids_in_force(connection)
    book = load_folder(folder)
    known |= {rule.id for rule in book.rules}
    if name in known or any(rule_id == name for _, rule_id in book.broken):
        return
    hint = did_you_mean(name, sorted(known))
    raise UsageError(f"there is no rule {name}" + (f" ({hint})" if hint else f" in {folder}"))
