"""Which version the database's schema has, and how it becomes this program's.

An empty database gets the tables as they are now, which are those that all migrations make (tests hold the two
against each other). Alembic takes a second to import, so it is only asked where there is something to change.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from shlex import quote

from sqlalchemy import Connection, inspect, text

from monitor.adapters.store import search
from monitor.adapters.store.database import MIGRATION_LOCK, Database
from monitor.adapters.store.schema import metadata
from monitor.errors import MonitorError, SchemaMismatch, UpgradeFailed
from monitor.text import one_line

HEAD = "0006"
_MIGRATIONS = Path(__file__).with_name("migrations")


def version(database: Database) -> str | None:
    """The schema's version; None for a database without one of our tables."""
    with database.read() as connection:
        return _version(connection)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.scalar(text("SELECT version_num FROM alembic_version"))


def is_known(found: str) -> bool:
    """Whether this program has a migration of that name: a newer program's are unknown to it."""
    return any(path.name.startswith(f"{found}_") for path in (_MIGRATIONS / "versions").glob("*.py"))


def no_data(database: Database) -> SchemaMismatch:
    """What to say of a database that nothing was ever written to."""
    return SchemaMismatch(
        f"{database} holds no data yet; `monitor run` or `monitor feeds add URL` creates it"
    )


def require_current(database: Database) -> None:
    """Raise SchemaMismatch, saying what to do, where the schema is not this program's."""
    found = version(database)
    if found == HEAD:
        return
    if found is None:
        raise no_data(database)
    _refuse_newer(database, found)
    raise SchemaMismatch(
        f"{database} has schema {found}, this program needs {HEAD}; "
        "`monitor db upgrade` backs it up and upgrades it"
    )


def upgrade(
    database: Database,
    back_up: Callable[[], Path | None] | None = None,
    progress: search.Progress | None = None,
) -> tuple[str | None, str]:
    """Bring the schema to this program's version in one transaction; the versions before and after.

    `back_up` is called first where there is data to lose, and says where the copy is. Then articles that the
    full-text index lacks are indexed, in many transactions; `progress` hears of it. Raises SchemaMismatch for a
    newer database, UpgradeFailed where a migration breaks off.
    """
    found, copy = version(database), None
    if found != HEAD:
        if found is not None:
            _refuse_newer(database, found)
            if back_up is not None:
                copy = back_up()
        if found is not None or not _create(database):
            _run_or_explain(database, found, copy)
    search.prepare(database, progress)
    return found, HEAD


def _refuse_newer(database: Database, found: str) -> None:
    if not is_known(found):
        raise SchemaMismatch(
            f"{database} was written by a newer monitor (schema {found}; this one knows up to {HEAD}); "
            "install that version, or restore a backup made by this one"
        )


def _create(database: Database) -> bool:
    """Make all tables, stamped as Alembic does; False where another node was first."""
    with database.write(MIGRATION_LOCK) as connection:
        if _version(connection) is not None:
            return False
        metadata.create_all(connection, checkfirst=False)  # another program's of the same name are not ours
        connection.execute(
            text(
                "CREATE TABLE alembic_version"
                " (version_num VARCHAR(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY)"
            )
        )
        connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})
    return True


def _run_or_explain(database: Database, found: str | None, copy: Path | None) -> None:
    """What a migration trips over is known to nobody beforehand: any defect of it, any surprise in the data."""
    try:
        _run(database)
    except MonitorError:
        raise  # a full disk, a locked database: it is said already what to do
    except Exception as error:
        cause = getattr(error, "orig", None) or error
        raise UpgradeFailed(
            f"{database} could not be upgraded from schema {found} to {HEAD} "
            f"({type(cause).__name__}: {one_line(str(cause), 200)}); nothing in it was changed, and the version of "
            "monitor that it is from can go on with it"
            + (
                f"; it was copied to {copy} before, and `monitor restore {quote(str(copy))}` puts that back"
                if copy
                else ""
            )
        ) from error


def _run(database: Database) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with database.write(MIGRATION_LOCK) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
