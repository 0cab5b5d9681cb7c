"""Copies of an SQLite database that can be trusted, and putting one back."""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
from datetime import datetime
from pathlib import Path

from monitor.adapters.store.database import Database
from monitor.adapters.store.migrate import HEAD, is_known
from monitor.errors import SchemaMismatch, StoreError, UsageError


def back_up(database: Database, target: Path) -> None:
    """Write a consistent copy of a database that may be in use, checked before it gets its name.

    Never replaces a file. Raises UsageError where `target` exists, StoreError where the copy is not sound.
    """
    if database.path is None:
        raise UsageError("PostgreSQL is backed up with its own tools: pg_dump -Fc -d NAME -f FILE")
    if target.exists():
        raise UsageError(f"{target} exists already; a backup never replaces a file")
    if not target.parent.is_dir():
        raise UsageError(f"there is no folder {target.parent}")
    unfinished = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with database.exclusive(), database.translated(), database.engine.connect() as connection:
            connection.exec_driver_sql("VACUUM INTO ?", (str(unfinished),))
        _require_sound(unfinished)
        _flush(unfinished)
        _name(unfinished, target)
    except FileExistsError:
        raise UsageError(f"{target} exists already; a backup never replaces a file") from None
    finally:
        unfinished.unlink(missing_ok=True)
    _flush(target.parent)


def beside(database: Database, now: datetime) -> Path | None:
    """Copy an SQLite database into its own folder, as it is before an upgrade; None for PostgreSQL."""
    if database.path is None:
        return None
    target = database.path.with_name(f"{database.path.name}.before-upgrade-{now:%Y%m%dT%H%M%S}")
    back_up(database, target)
    return target


def _name(unfinished: Path, target: Path) -> None:
    """Give a finished file its name. Raises FileExistsError."""
    try:
        os.link(unfinished, target)  # unlike rename, this cannot replace a file made meanwhile
    except FileExistsError:
        raise
    except OSError:  # a memory stick: its file system has no links
        if target.exists():
            raise FileExistsError(target) from None
        unfinished.rename(target)


def restore(database: Database, source: Path) -> Path | None:
    """Put a backup in the database's place; what was there is kept beside it, and its new path returned.

    The caller holds the database's presence, so that no daemon writes meanwhile.
    """
    if database.path is None:
        raise UsageError("PostgreSQL is restored with its own tools: pg_restore -c -d NAME FILE")
    if not source.is_file():
        raise UsageError(f"there is no backup {source}")
    _require_sound(source)
    found = _schema(source)
    if found is None:
        raise StoreError(f"{source} is no backup made by `monitor backup`")
    if found != HEAD and not is_known(found):
        raise SchemaMismatch(
            f"{source} was made by a newer monitor (schema {found}); install that version first"
        )
    copy = database.path.with_name(f".{database.path.name}.{secrets.token_hex(4)}")
    try:
        shutil.copyfile(source, copy)
        _flush(copy)
        database.engine.dispose()
        with database.exclusive():
            kept = _set_aside(database.path)
            copy.rename(database.path)
            _flush(database.path.parent)
    finally:
        copy.unlink(missing_ok=True)
    return kept


def _set_aside(path: Path) -> Path | None:
    """Make room for another database: what was there, whole in one file, or None where nothing was."""
    kept = None
    if path.exists():
        _fold_wal(path)
        kept = path.with_name(f"{path.name}.before-restore-{secrets.token_hex(4)}")
        path.rename(kept)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    return kept


def _fold_wal(path: Path) -> None:
    """Bring a database's WAL into its file, so that the file alone is the whole; a broken one stays as it is."""
    try:
        connection = sqlite3.connect(path)
        try:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()
    except sqlite3.DatabaseError:
        return


def _require_sound(path: Path) -> None:
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            said = [row[0] for row in connection.execute("PRAGMA quick_check")]
            broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path} is no sound database: {error}") from error
    if said != ["ok"] or broken:
        raise StoreError(
            f"{path} is no sound database: {said[0] if said != ['ok'] else 'dangling references'}"
        )


def _schema(path: Path) -> str | None:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError:
        return None
    finally:
        connection.close()
    return row[0] if row else None


def _flush(path: Path) -> None:
    """Have the file, or the folder's entries, on the disk before going on."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
