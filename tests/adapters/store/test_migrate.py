"""A migrated database is the same as a fresh one, and versions are not mixed up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, select, text, update
from sqlalchemy.exc import DBAPIError

from monitor.adapters.store import Database, migrate
from monitor.adapters.store.full_text import INDEX_TABLES
from monitor.adapters.store.schema import entries, metadata, stories
from monitor.errors import SchemaMismatch, StoreError, UpgradeFailed
from tests.adapters.store.older import migrate_to


@pytest.fixture
def migrated(database_address: str) -> Iterator[Database]:
    """A database that every migration has made, one after the other."""
    database = Database(database_address)
    with database.write() as connection:
        migrate_to(connection, "head")
    yield database
    database.close()


def test_migrating_gives_what_the_tables_say(migrated: Database) -> None:
    with migrated.read() as connection:
        # Alembic knows no virtual tables; `test_migrated_equals_fresh` compares the full-text index.
        opts = {"compare_type": True, "include_name": lambda name, _kind, _parents: not _of_index(name)}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, metadata) == []


def _of_index(name: str | None) -> bool:
    return name is not None and name.startswith(INDEX_TABLES)


def test_migrated_equals_fresh(migrated: Database) -> None:
    """Column for column and index for index, as the database itself tells it; and stamped alike."""
    with migrated.read() as connection:
        after_migration = _reflected(connection)
    with migrated.write() as connection:
        metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
    assert migrate.upgrade(migrated) == (None, migrate.HEAD)
    with migrated.read() as connection:
        assert _reflected(connection) == after_migration
        assert connection.scalars(text("SELECT version_num FROM alembic_version")).all() == [migrate.HEAD]


def test_a_table_of_another_program_is_not_taken_for_ours(database_address: str) -> None:
    database = Database(database_address)
    with database.write() as connection:
        connection.execute(text("CREATE TABLE feeds (id INTEGER)"))
    with pytest.raises((StoreError, DBAPIError), match="already exists"):
        migrate.upgrade(database)
    assert migrate.version(database) is None
    with database.read() as connection:
        assert inspect(connection).get_table_names() == ["feeds"]
    database.close()


def _reflected(connection: Connection) -> dict[str, object]:
    found = inspect(connection)
    written = "SELECT name, sql FROM sqlite_master WHERE name GLOB 'article_*' ORDER BY name"
    index = connection.execute(text(written)).all() if connection.dialect.name == "sqlite" else []
    assert set(INDEX_TABLES[:1]) < {*found.get_table_names()}
    return {"the index as it was written": [tuple(row) for row in index]} | {
        table: (
            sorted((c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(table)),
            sorted((i["name"], tuple(i["column_names"]), i["unique"]) for i in found.get_indexes(table)),
            sorted(
                (tuple(f["constrained_columns"]), f["referred_table"]) for f in found.get_foreign_keys(table)
            ),
            sorted(tuple(u["column_names"]) for u in found.get_unique_constraints(table)),
        )
        for table in found.get_table_names()
    }


def test_head_is_the_last_migration() -> None:
    folder = Path(migrate.__file__).with_name("migrations")
    assert ScriptDirectory(str(folder)).get_current_head() == migrate.HEAD


def test_an_empty_database_is_not_used_as_it_is(database_address: str) -> None:
    database = Database(database_address)
    with pytest.raises(SchemaMismatch, match="holds no data yet"):
        migrate.require_current(database)
    assert migrate.upgrade(database) == (None, migrate.HEAD)
    migrate.require_current(database)
    assert migrate.upgrade(database) == (migrate.HEAD, migrate.HEAD)
    database.close()


def test_a_newer_database_is_refused_and_left_alone(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for use in (migrate.require_current, migrate.upgrade):
        with pytest.raises(SchemaMismatch, match="newer monitor"):
            use(database)
    assert migrate.version(database) == "9999"


def test_what_there_is_to_lose_is_backed_up_first(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An older database is backed up before it is touched; a backup that fails stops everything."""
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    folder = Path(migrate.__file__).with_name("migrations") / "versions"
    assert not list(folder.glob("0000_*"))
    with pytest.raises(SchemaMismatch):
        migrate.upgrade(database, lambda: pytest.fail("a database we cannot upgrade needs no backup"))


def test_what_an_older_database_held_is_kept_by_domain(database_address: str) -> None:
    """Migration 0003, over feeds and entries as 0002 left them."""
    database = Database(database_address)
    with database.write() as connection:
        migrate_to(connection, "0002")
        feed = (
            "INSERT INTO feeds (id, key, url, host, origin, title, tags, due_at, failures)"
            " VALUES (1, 'u', 'u', :host, 'config', '', '[]', CURRENT_TIMESTAMP, 0)"
        )
        connection.execute(text(feed), {"host": "news.bbc.co.uk"})
        entry = (
            "INSERT INTO entries (id, feed_id, fingerprint, host, standing, state, attempts, changes, seen_at,"
            " next_at) VALUES (:id, 1, '', 'www.example.org', 'new', :state, 0, 0, CURRENT_TIMESTAMP,"
            " CURRENT_TIMESTAMP)"
        )
        connection.execute(text(entry), [{"id": 1, "state": "queued"}, {"id": 2, "state": "done"}])
        key = "INSERT INTO entry_keys (feed_id, key, entry_id) VALUES (1, 'k', 1)"
        connection.execute(text(key))
    assert migrate.upgrade(database) == ("0002", migrate.HEAD)
    with database.read() as connection:
        assert connection.scalars(text("SELECT host FROM feeds")).all() == ["bbc.co.uk"]
        kept = connection.execute(select(entries.c.host, entries.c.listed_at).order_by(entries.c.id)).all()
        assert [host for host, _ in kept] == ["example.org", "www.example.org"]
        age = [datetime.now(UTC) - listed for _, listed in kept]
        assert max(age) < timedelta(minutes=5)
        assert connection.scalars(text("SELECT key FROM entry_keys")).all() == ["k"]
    database.close()


def test_an_older_database_with_stories_is_upgraded_where_it_stands(database_address: str) -> None:
    """Migration 0006, over a story that an article and an alert refer to."""
    database = Database(database_address)
    with database.write() as connection:
        migrate_to(connection, "0005")
        story = (
            "INSERT INTO stories (id, uid, title, profile, revision, first_at, last_at)"
            " VALUES (1, 'u', 'Sappers in Kursk', :profile, 0, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)"
        )
        article = (
            "INSERT INTO articles (id, key, url, title, body, source, authors, collected, origin,"
            " feed_tags, tags, revision, story_id) VALUES (1, 'k', 'u', 't', 'b', 's', '[]',"
            " CURRENT_TIMESTAMP, 'feed', '[]', '[]', 0, 1)"
        )
        connection.execute(text(story), {"profile": b""})
        connection.execute(text(article))
    assert migrate.upgrade(database) == ("0005", migrate.HEAD)
    with database.write() as connection:
        kept = connection.execute(select(stories.c.id, stories.c.title, stories.c.merged_into)).all()
        assert [tuple(row) for row in kept] == [(1, "Sappers in Kursk", None)]
        assert connection.scalars(text("SELECT story_id FROM articles")).all() == [1]
    with pytest.raises((StoreError, DBAPIError)), database.write() as connection:
        connection.execute(update(stories).values(merged_into=7))  # no such story
    database.close()


def test_a_migration_that_breaks_off_is_said_in_one_line(database_address: str, tmp_path: Path) -> None:
    """It leaves the database as it was, and names the copy; what broke it is kept."""
    database, copy = Database(database_address), tmp_path / "copy of.db"
    with database.write() as connection:
        migrate_to(connection, "0005")
        connection.execute(text("CREATE TABLE story_edits (id INTEGER)"))
    for made, ends in (
        (copy, f"it was copied to {copy} before, and `monitor restore '{copy}'` puts that back"),
        (None, "and the version of monitor that it is from can go on with it"),
    ):
        with pytest.raises(UpgradeFailed) as caught:
            migrate.upgrade(database, lambda made=made: made)  # type: ignore[misc]
        said = str(caught.value)
        assert said.startswith(f"{database} could not be upgraded from schema 0005 to {migrate.HEAD} (")
        assert "story_edits" in said and "nothing in it was changed" in said and said.endswith(ends)
        assert "\n" not in said
        assert isinstance(caught.value.__cause__, DBAPIError)
    assert migrate.version(database) == "0005"
    database.close()
