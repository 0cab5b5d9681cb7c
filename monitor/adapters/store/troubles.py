"""Troubles that are open, and the notices about them: alerts of their own kind, in the outbox with all others.

Both are kept as facts about the installation: `trouble:KIND:SUBJECT` for as long as it is open, and
`notice:UID` for the words of the alert with that uid.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from monitor.adapters.store import alerts
from monitor.adapters.store.schema import alerts as alerts_table
from monitor.adapters.store.schema import meta
from monitor.model import Kind, Severity
from monitor.route.troubles import News, OpenTrouble, Trouble, news

# What is said when a trouble has ended: headline and text
Farewell = Callable[[OpenTrouble], tuple[str, str]]


def open_troubles(connection: Connection, kind: str | None = None) -> list[OpenTrouble]:
    """Those that are open, longest first; only of `kind` where it is given."""
    prefix = "trouble:" if kind is None else f"trouble:{kind}:"
    rows = connection.execute(select(meta).where(meta.c.key.startswith(prefix, autoescape=True)))
    return sorted(
        (_loaded(row.key, row.value) for row in rows), key=lambda one: (one.since, one.trouble.subject)
    )


def report(
    connection: Connection,
    kind: str,
    found: Sequence[Trouble],
    farewell: Farewell,
    channels: Mapping[str, Sequence[str]],
    make_key: alerts.MakeKey,
    now: datetime,
) -> News:
    """Take note of all that is wrong of `kind` now, with a notice for each trouble that begins or ends.

    `channels` are those of each receiver. What began is told once, however often it is reported, also by
    several nodes; what ended is told to whoever was told that it began.
    """
    known = {one.trouble.subject: one for one in open_troubles(connection, kind)}
    told = news(known, found)
    for trouble in told.begun:
        one = OpenTrouble(kind, trouble, now, secrets.token_hex(12))
        connection.execute(insert(meta).values(key=_key(kind, trouble.subject), value=_dumped(one)))
        words = trouble.headline, trouble.text
        _add_notice(connection, one, "begun", words, Severity.HIGH, channels, make_key, now)
    for trouble in told.going_on:
        before = known[trouble.subject]
        same = Trouble(trouble.subject, trouble.headline, trouble.text, before.trouble.receivers)
        if same != before.trouble:
            value = _dumped(OpenTrouble(kind, same, before.since, before.thread))
            where = meta.c.key == _key(kind, trouble.subject)
            connection.execute(update(meta).where(where).values(value=value))
    for one in told.ended:
        connection.execute(delete(meta).where(meta.c.key == _key(kind, one.trouble.subject)))
        _add_notice(connection, one, "ended", farewell(one), Severity.LOW, channels, make_key, now)
    return told


def _add_notice(
    connection: Connection,
    one: OpenTrouble,
    what: str,
    words: tuple[str, str],
    severity: Severity,
    channels: Mapping[str, Sequence[str]],
    make_key: alerts.MakeKey,
    now: datetime,
) -> None:
    alert = alerts.add(
        connection,
        kind=Kind.NOTICE,
        rule=f"monitor.{one.kind}",
        rule_title="Media monitor",
        severity=severity,
        story=None,
        once=f"notice:{one.thread}:{what}",
        items=(),
        channels=[
            (receiver, channel)
            for receiver in one.trouble.receivers
            for channel in channels.get(receiver, ())
        ],
        make_key=make_key,
        now=now,
    )
    uid = connection.scalar(select(alerts_table.c.uid).where(alerts_table.c.id == alert))
    kept = {"headline": words[0], "text": words[1], "thread": one.thread}
    connection.execute(insert(meta).values(key=f"notice:{uid}", value=json.dumps(kept)))


def _key(kind: str, subject: str) -> str:
    return f"trouble:{kind}:{subject}"


def _dumped(one: OpenTrouble) -> str:
    trouble = one.trouble
    kept: dict[str, Any] = {
        "since": one.since.isoformat(),
        "thread": one.thread,
        "headline": trouble.headline,
        "text": trouble.text,
        "receivers": trouble.receivers,
    }
    return json.dumps(kept)


def _loaded(key: str, value: str) -> OpenTrouble:
    _, kind, subject = key.split(":", 2)
    kept = json.loads(value)
    trouble = Trouble(subject, kept["headline"], kept["text"], tuple(kept["receivers"]))
    return OpenTrouble(kind, trouble, datetime.fromisoformat(kept["since"]), kept["thread"])
