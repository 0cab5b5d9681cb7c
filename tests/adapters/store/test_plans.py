"""What is asked every second stays quick when years are stored: SQLite says how it would answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from monitor.adapters.store import Database, Store, migrate
from monitor.adapters.store.story_lines import StoryLines
from monitor.send.keys import delivery_key
from tests import told

LEASE = timedelta(minutes=5)
NOW = datetime.fromisoformat("2026-03-10T09:30:00+00:00")
Ask = Callable[[Store], object]


def _seeds_of(store: Store, rule: str) -> None:
    with store.settlement(NOW) as tx:
        tx.seeds_of(rule)


@pytest.mark.parametrize(
    "ask",
    [
        lambda store: store.claim_feeds(NOW, 10, LEASE, ["busy.example"], 4),
        lambda store: store.claim_entries(NOW, 10, LEASE, ["busy.example"], 4),
        lambda store: store.claim_deliveries(NOW, 10, LEASE, ["mail:a"]),
        lambda store: store.known_entries(1, ["a", "b"]),
        lambda store: store.next_due(),
        lambda store: store.drop_unmatched(NOW),
        lambda store: StoryLines(store.database).listed(limit=50, since=NOW, rule="r", words=["Kursk"]),
        lambda store: StoryLines(store.database).listed(limit=50),
        lambda store: StoryLines(store.database).read(1),
        lambda store: StoryLines(store.database).place_of(1),
        lambda store: _seeds_of(store, "r"),
    ],
    ids=[
        "feeds",
        "entries",
        "deliveries",
        "known entries",
        "health",
        "keeping",
        "some stories",
        "stories",
        "a story",
        "an article's story",
        "seeds",
    ],
)
def test_no_table_is_read_from_end_to_end(ask: Ask, tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'monitor.db'}")
    migrate.upgrade(database)
    with database.write() as connection:  # or what is asked of a delivery is not asked
        connection.exec_driver_sql(
            "INSERT INTO alerts (id, uid, kind, rule, rule_title, severity, created)"
            " VALUES (1, 'a', 'new', 'r', 'R', 'high', '2026-03-10 09:00:00')"
        )
        connection.exec_driver_sql(
            "INSERT INTO deliveries (alert_id, receiver, channel, key, state, attempts, created, next_at)"
            " VALUES (1, 'desk', 'mail:b', 'k', 'pending', 0, '2026-03-10 09:00:00', '2026-03-10 09:00:00')"
        )
        connection.exec_driver_sql(
            "INSERT INTO channels (receiver, channel, state, failures) VALUES ('desk', 'mail:b', 'failing', 1)"
        )
        told.article(connection, NOW, story_id=told.story(connection, NOW))
    asked: list[tuple[str, tuple[object, ...]]] = []

    def remember(_c: object, _cursor: object, statement: str, values: tuple[object, ...], *_: object) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            asked.append((statement, values))

    event.listen(database.engine, "before_cursor_execute", remember)
    ask(Store(database, delivery_key))
    event.remove(database.engine, "before_cursor_execute", remember)
    assert asked
    with database.read() as connection:
        for statement, values in asked:
            plan = [
                row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            ]
            tables = ("feeds", "entries", "entry_keys", "articles", "matches", "alerts", "deliveries", "held")
            whole = [f"{how} {table}" for table in tables for how in ("SCAN", "SEARCH")]
            assert not set(whole) & set(plan), statement
    database.close()
