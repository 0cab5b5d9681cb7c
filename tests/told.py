"""Rows of what was told, as the daemon leaves them: for tests of what people ask and answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, insert

from monitor.adapters.store import schema


def _row(connection: Connection, table: Table, values: dict[str, Any]) -> int:
    found: int = connection.scalars(insert(table).values(values).returning(table.c.id)).one()
    return found


def story(c: Connection, at: datetime, title: str = "Troops leave") -> int:
    uid = f"story-{title}-{at.isoformat()}"
    values = {"uid": uid, "title": title, "profile": b"", "revision": 0, "first_at": at, "last_at": at}
    return _row(c, schema.stories, values)


def article(c: Connection, at: datetime, name: str = "a", **more: Any) -> int:
    values = {
        "key": f"https://wire.example/{name}",
        "url": f"https://wire.example/{name}",
        "title": f"Troops leave, {name}",
        "body": "Troops left for Russia on Monday.",
        "source": "Example Wire",
        "authors": [],
        "language": "en",
        "published": at,
        "collected": at,
        "origin": "feed",
        "standing": "new",
        "feed_url": "https://wire.example/rss",
        "feed_tags": ["wire"],
        "tags": [],
        "revision": 1,
    }
    return _row(c, schema.articles, values | more)


def match(c: Connection, at: datetime, article_id: int, story_id: int, rule: str, **more: Any) -> int:
    values = {
        "rule": rule,
        "rule_version": "v1",
        "article_id": article_id,
        "revision": 1,
        "spans": [],
        "matched": at,
        "story_id": story_id,
        "verdict": "alert",
        "reason": "new story",
        "kind": "new",
    }
    return _row(c, schema.matches, values | more)


def hold(c: Connection, match_id: int, receiver: str, until: datetime, why: str = "group") -> None:
    values: dict[str, Any] = {"match_id": match_id, "receiver": receiver, "until": until, "why": why}
    values |= {"severity": "medium", "rule_title": "Troops", "reason": "15,000 troops"}
    c.execute(insert(schema.held).values(values))


def alert(
    c: Connection,
    at: datetime,
    rule: str,
    story_id: int | None,
    *matches: int,
    kind: str = "new",
    **more: Any,
) -> int:
    number = c.exec_driver_sql("SELECT count(*) FROM alerts").scalar()
    values = {
        "uid": f"uid-{number}",
        "kind": kind,
        "rule": rule,
        "rule_title": "Troops",
        "severity": "medium",
        "story_id": story_id,
        "created": at,
    }
    found = _row(c, schema.alerts, values | more)
    for each in matches:
        told = {"alert_id": found, "match_id": each, "reason": "new story"}
        c.execute(insert(schema.alert_matches).values(told))
    return found


def delivery(c: Connection, at: datetime, alert_id: int, state: str = "sent", **more: Any) -> int:
    values = {
        "alert_id": alert_id,
        "receiver": "desk",
        "channel": "mailto to desk@news.example",
        "state": state,
        "attempts": 1,
        "created": at,
        "next_at": None if state in ("sent", "dead") else at,
        "sent": at if state == "sent" else None,
    }
    values |= more
    key = f"key-{alert_id}-{values['receiver']}-{values['channel']}"
    return _row(c, schema.deliveries, {"key": key} | values)


def attempt(c: Connection, at: datetime, delivery_id: int, outcome: str | None, **more: Any) -> int:
    values = {
        "delivery_id": delivery_id,
        "started": at,
        "finished": at if outcome else None,
        "outcome": outcome,
    }
    return _row(c, schema.attempts, values | more)
