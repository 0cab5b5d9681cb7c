"""Troubles that are open, and the notices about them: alerts of their own kind, in the outbox with all others.

Both are kept as facts about the installation: `trouble:KIND:SUBJECT` for as long as it is open, and
`notice:UID` for the words of the alert with that uid.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, or_, select, update

from monitor.adapters.store import alerts
from monitor.adapters.store.schema import alerts as alerts_table
from monitor.adapters.store.schema import deliveries, meta
from monitor.model import Kind, Severity
from monitor.route.troubles import Bundle, News, OpenTrouble, Trouble, news

# What is said when a trouble has ended: headline and text. None where its end is told otherwise.
Farewell = Callable[[OpenTrouble], tuple[str, str] | None]
# Receiver and channel
Channel = tuple[str, str]


def open_troubles(connection: Connection, kind: str | None = None) -> list[OpenTrouble]:
    """Those that are open, longest first; only of `kind` where it is given."""
    prefix = "trouble:" if kind is None else f"trouble:{kind}:"
    rows = connection.execute(select(meta).where(meta.c.key.startswith(prefix, autoescape=True)))
    return sorted(
        (_loaded(row.key, row.value) for row in rows), key=lambda one: (one.since, one.trouble.subject)
    )


class Reporter:
    """Notices of one kind, within one transaction.

    `channels` are those of each receiver; `not_before` is until when some have quiet hours.
    """

    def __init__(
        self,
        connection: Connection,
        kind: str,
        channels: Mapping[str, Sequence[str]],
        make_key: alerts.MakeKey,
        now: datetime,
        not_before: Mapping[str, datetime] | None = None,
    ) -> None:
        self.connection, self.kind, self.make_key, self.now = connection, kind, make_key, now
        self.channels, self.not_before = channels, not_before or {}

    def report(
        self,
        found: Sequence[Trouble],
        farewell: Farewell,
        bundle: Bundle | None = None,
        *,
        late: bool = False,
    ) -> News:
        """Take note of all that is wrong now, with a notice for each trouble that begins or ends.

        What began is told once, however often it is reported, also by several nodes; what ended is told to
        whoever was told that it began. What begins, or ends, at once is told at once where `bundle` has words
        for it. `late` is for troubles that may keep notices from leaving: what has ended before anybody was
        told of its beginning is one message, the last.
        """
        known = {one.trouble.subject: one for one in open_troubles(self.connection, self.kind)}
        told = news(known, found)
        self._begin(told.begun, bundle)
        for trouble in told.going_on:
            self._keep(trouble, known[trouble.subject])
        self._end(told.ended, farewell, bundle, late)
        return told

    def _begin(self, begun: Sequence[Trouble], bundle: Bundle | None) -> None:
        together = bundle is not None and len(begun) > bundle.most
        thread = secrets.token_hex(12)
        for trouble in begun:
            name = thread if together else secrets.token_hex(12)
            one = OpenTrouble(self.kind, trouble, trouble.since or self.now, name, self.now)
            values = {"key": _key(self.kind, trouble.subject), "value": _dumped(one)}
            self.connection.execute(insert(meta).values(values))
            if not together:
                self._notify("begun", one, (trouble.headline, trouble.text), self._channels(trouble))
        if bundle is not None and together:
            for receivers in dict.fromkeys(trouble.receivers for trouble in begun):
                theirs = [trouble for trouble in begun if trouble.receivers == receivers]
                one = OpenTrouble(self.kind, theirs[0], self.now, thread)
                self._notify("begun", one, bundle.begun(theirs), self._channels(theirs[0]))

    def _keep(self, trouble: Trouble, before: OpenTrouble) -> None:
        same = Trouble(trouble.subject, trouble.headline, trouble.text, before.trouble.receivers)
        if same != before.trouble:
            value = _dumped(replace(before, trouble=same))
            where = meta.c.key == _key(self.kind, trouble.subject)
            self.connection.execute(update(meta).where(where).values(value=value))

    def _end(
        self, ended: Sequence[OpenTrouble], farewell: Farewell, bundle: Bundle | None, late: bool
    ) -> None:
        for one in ended:
            self.connection.execute(delete(meta).where(meta.c.key == _key(self.kind, one.trouble.subject)))
        said = [(one, words) for one in ended if (words := farewell(one)) is not None]
        if bundle is not None and len(said) > bundle.most:
            for receivers in dict.fromkeys(one.trouble.receivers for one, _ in said):
                theirs = [(one, words) for one, words in said if one.trouble.receivers == receivers]
                channels = self._channels(theirs[0][0].trouble)
                self._notify("ended", theirs[0][0], bundle.ended(theirs), channels, Severity.LOW)
            return
        for one, words in said:
            channels = self._channels(one.trouble)
            if late and (waiting := self._reword(one, words)):
                channels = [channel for channel in channels if channel not in waiting]
                if not channels:
                    continue
            self._notify("ended", one, words, channels, Severity.LOW)

    def _reword(self, one: OpenTrouble, words: tuple[str, str]) -> list[Channel]:
        """The channels on which nobody has been told yet that it began: there its notice gets these words."""
        mine = and_(alerts_table.c.once == _once(one, "begun"), deliveries.c.state.in_(["pending", "failed"]))
        free = or_(deliveries.c.lease_until.is_(None), deliveries.c.lease_until < self.now)
        query = select(alerts_table.c.uid, deliveries.c.receiver, deliveries.c.channel).join(deliveries)
        waiting = self.connection.execute(query.where(mine, free).with_for_update()).all()
        for uid in {row.uid for row in waiting}:
            where = meta.c.key == f"notice:{uid}"
            self.connection.execute(update(meta).where(where).values(value=_words(one, words)))
            quiet = update(alerts_table).where(alerts_table.c.uid == uid)
            self.connection.execute(quiet.values(severity=Severity.LOW.value))
        return [(row.receiver, row.channel) for row in waiting]

    def _channels(self, trouble: Trouble) -> list[Channel]:
        return [(name, channel) for name in trouble.receivers for channel in self.channels.get(name, ())]

    def _notify(
        self,
        what: str,
        one: OpenTrouble,
        words: tuple[str, str],
        channels: Sequence[Channel],
        severity: Severity = Severity.HIGH,
    ) -> None:
        alert = alerts.add(
            self.connection,
            kind=Kind.NOTICE,
            rule=f"monitor.{one.kind}",
            rule_title="Media monitor",
            severity=severity,
            story=None,
            once=_once(one, what),
            items=(),
            channels=channels,
            make_key=self.make_key,
            now=self.now,
            not_before=self.not_before,
        )
        uid = self.connection.scalar(select(alerts_table.c.uid).where(alerts_table.c.id == alert))
        self.connection.execute(insert(meta).values(key=f"notice:{uid}", value=_words(one, words)))


def _once(one: OpenTrouble, what: str) -> str:
    """Troubles that were told together share their thread, but not the name of their end."""
    return f"notice:{one.thread}:{what}:{one.trouble.subject}"


def _words(one: OpenTrouble, words: tuple[str, str]) -> str:
    return json.dumps({"headline": words[0], "text": words[1], "thread": one.thread})


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
        "told": one.told.isoformat() if one.told else None,
    }
    return json.dumps(kept)


def _loaded(key: str, value: str) -> OpenTrouble:
    _, kind, subject = key.split(":", 2)
    kept = json.loads(value)
    trouble = Trouble(subject, kept["headline"], kept["text"], tuple(kept["receivers"]))
    told = datetime.fromisoformat(kept["told"]) if kept.get("told") else None
    return OpenTrouble(kind, trouble, datetime.fromisoformat(kept["since"]), kept["thread"], told)
