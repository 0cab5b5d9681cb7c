"""articles show of an article that its publisher took away."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert
from typer.testing import CliRunner

from monitor.adapters.store import Database, Store, migrate
from monitor.adapters.store.schema import entries
from monitor.cli.main import app
from tests import told

NOW = datetime(2026, 3, 10, 10, tzinfo=UTC)
GONE = "its page was gone on 2026-03-10 09:30 UTC: it answered 410"


@pytest.mark.parametrize(
    ("state", "error", "said"), [("done", GONE, GONE), ("done", None, None), ("queued", GONE, None)]
)
def test_a_page_that_is_gone_is_said_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str, error: str | None, said: str | None
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'monitor.db'}")
    migrate.upgrade(database)
    (tmp_path / "monitor.toml").write_text("")
    Store(database, lambda *_: "").add_feed("https://news.example/rss", "", (), NOW)
    with database.write() as c:
        article = told.article(c, NOW, "first")
        row = {"feed_id": 1, "host": "news.example", "standing": "new", "seen_at": NOW}
        row |= {
            "state": state,
            "error": error,
            "article_id": article,
            "next_at": NOW,
            "attempts": 1,
            "changes": 0,
            "fingerprint": "",
        }
        c.execute(insert(entries).values(row))
    database.close()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MONITOR_CONFIG", raising=False)
    shown = CliRunner().invoke(app, ["articles", "show", str(article)])
    assert (f"gone: {GONE}" in shown.stdout.splitlines()) == (said is not None)
    (row,) = map(
        json.loads, CliRunner().invoke(app, ["articles", "show", str(article), "--json"]).stdout.splitlines()
    )
    assert row["gone"] == said
