"""Databases as older versions of the program left them."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from monitor.adapters.store import migrate


def migrate_to(connection: Connection, revision: str) -> None:
    """Bring an empty database to the schema of `revision`."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).with_name("migrations")))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
