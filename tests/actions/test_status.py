from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert
from typer.testing import CliRunner

from monitor.actions.status import complaints, gather, lines
from monitor.adapters.store import Database, migrate
from monitor.adapters.store.schema import alerts, deliveries
from monitor.cli.main import app
from monitor.config import Settings
from monitor.model import Entry, NewEntry, PollOutcome, Standing
from monitor.route.troubles import Trouble

FEED = [("https://news.example/rss", "", ())]
ALERT = {"id": 1, "uid": "a1", "kind": "new", "rule": "bridge", "rule_title": "Bridge", "severity": "low"}
DELIVERY = {
    "alert_id": 1,
    "receiver": "desk",
    "channel": "mail",
    "key": "k",
    "state": "pending",
    "attempts": 0,
}


@pytest.fixture
def daemon(store):
    """Another program that is the daemon of the store's database; the one and only on SQLite."""
    other = Database(store.database.url.render_as_string(hide_password=False))
    other.claim_presence()
    yield other
    other.close()


def test_a_store_with_nothing_to_do_is_well(store, daemon, now):
    assert complaints(store, now) == []


def test_without_a_daemon_sqlite_says_so_and_postgresql_cannot_know(store, now):
    expected = (
        ["no daemon runs on this database; `monitor run` starts it"] if store.database.is_sqlite else []
    )
    assert complaints(store, now) == expected


@pytest.mark.parametrize(("late", "count"), [(0, 0), (29, 0), (31, 1), (60 * 24, 1)])
def test_feeds_that_are_due_and_not_polled(store, daemon, now, late, count):
    store.sync_feeds(FEED, now)
    found = complaints(store, now + timedelta(minutes=late))
    assert found == ["a feed has been due since 2026-03-10 09:30 UTC, and nobody has begun with it"][:count]


def test_a_feed_that_was_retired_is_nobodys_work(store, daemon, now):
    store.sync_feeds(FEED, now)
    store.sync_feeds([], now)
    assert complaints(store, now + timedelta(days=1)) == []


def test_entries_that_wait_and_are_not_read(store, daemon, now):
    """Feeds may be polled on time while what they bring is never read."""
    store.sync_feeds(FEED, now)
    (feed,) = store.claim_feeds(now, 1, timedelta(minutes=5), (), 1)
    entry = NewEntry(Entry(identity="1", title="x"), "print", Standing.NEW)
    polled = replace(feed, due_at=now + timedelta(days=1))
    assert store.record_polls([PollOutcome(polled, (entry,), "daily")], now) == 1
    assert complaints(store, now + timedelta(minutes=29)) == []
    [complaint] = complaints(store, now + timedelta(minutes=31))
    assert complaint == "an entry has been due since 2026-03-10 09:30 UTC, and nobody has begun with it"


def test_deliveries_that_are_due_and_not_attempted(store, daemon, now):
    with store.database.write() as connection:
        connection.execute(insert(alerts).values(ALERT | {"created": now}))
        connection.execute(insert(deliveries).values(DELIVERY | {"created": now, "next_at": now}))
    assert complaints(store, now + timedelta(minutes=29)) == []
    [complaint] = complaints(store, now + timedelta(minutes=31))
    assert complaint == "a delivery has been due since 2026-03-10 09:30 UTC, and nobody has begun with it"


def test_a_delivery_that_failed_waits_for_its_next_attempt(store, daemon, now):
    later = now + timedelta(hours=5)
    with store.database.write() as connection:
        connection.execute(insert(alerts).values(ALERT | {"created": now}))
        connection.execute(
            insert(deliveries).values(DELIVERY | {"created": now, "next_at": later, "state": "failed"})
        )
    assert complaints(store, later) == []


def test_an_outage_that_nobody_is_told_of_yet_is_said(store, daemon, now, tmp_path):
    store.sync_feeds(FEED, now)
    began = now - timedelta(minutes=2)
    store.note_outage("network", began)
    state = gather(Settings(rules=tmp_path), store, now)
    assert state["network"] == [
        {"away_since": began, "what": "The network is away since 2026-03-10 09:28 UTC"}
    ]
    assert next(lines(state, now))[1].startswith("network     away since 2026-03-10 09:28 UTC")
    assert complaints(store, now + timedelta(hours=1)) == [], "feeds wait for it"
    store.note_outage("network", None)
    assert gather(Settings(rules=tmp_path), store, now)["network"] == []
    assert complaints(store, now + timedelta(hours=1)) != []


def run(config: Path, *arguments: str):
    return CliRunner().invoke(app, ["-c", str(config), "status", *arguments])


def test_the_command_ends_with_1_where_the_work_does_not_go_on(tmp_path):
    config = tmp_path / "monitor.toml"
    config.write_text('database = "sqlite:///monitor.db"\n')
    assert run(config, "--check").exit_code == 1, "there is no database yet"
    database = Database(f"sqlite:///{tmp_path / 'monitor.db'}")
    migrate.upgrade(database)
    found = run(config, "--check")
    assert (found.exit_code, found.output) == (
        1,
        "no daemon runs on this database; `monitor run` starts it\n",
    )
    assert run(config).exit_code == 0, "without --check, status only tells"
    database.claim_presence()
    found = run(config, "--check")
    assert (found.exit_code, found.output) == (0, "ok\n")
    assert '"ok": true' in run(config, "--check", "--json").output
    database.close()


def test_a_broken_rule_file_is_said_with_its_place_and_since_when(store, now, tmp_path):
    rules = tmp_path / "rules"
    rules.mkdir()
    file = rules / "a.yaml"
    settings = Settings(rules=rules)
    file.write_text("rules:\n  - id: a\n    query: titel:x\n")
    trouble = Trouble(str(file), "a.yaml is broken; 1 rule runs in its last good version", "")
    store.report_troubles("rules", [trouble], lambda one: ("", ""), {}, now)
    state = gather(settings, store, now)
    assert state["rules"]["broken"][0].startswith(f"{file}:3:12: error: there is no field titel:")
    assert state["rules"]["broken_files"] == [
        {"path": str(file), "since": now, "what": "a.yaml is broken; 1 rule runs in its last good version"}
    ]
    said = [line for level, line in lines(state, now) if level == "bad"]
    assert said[0] == "rules       0 in force, 1 problem; the last good version of each runs"
    assert said[2].strip() == f"since 2026-03-10 09:30 UTC {trouble.headline}"
    file.write_text("rules:\n  - id: a\n    query: x\n")
    said = [line for level, line in lines(gather(settings, store, now), now) if level == "bad"]
    assert said[1].endswith("mended since, and read again when the daemon runs")
    store.report_troubles("rules", [], lambda one: ("", ""), {}, now)
    assert [line for level, line in lines(gather(settings, store, now), now) if level == "bad"] == []
