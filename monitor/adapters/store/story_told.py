"""What was told of stories, what people said to it and what waits, when a person edits the stories it was told of.

Alerts go with the report they are headed by, and keep the thread in which they were told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from monitor.adapters.store import silences
from monitor.adapters.store.database import in_chunks
from monitor.adapters.store.schema import alert_matches, alerts, held, matches, rules
from monitor.adapters.store.schema import silences as silences_table
from monitor.model import Kind, Per, Verdict

_TOLD = (Verdict.ALERT.value, Verdict.HELD.value)
_OF_STORIES = (Kind.NEW.value, Kind.UPDATE.value, Kind.REPEAT.value)


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody said of a rule's alerts in a story; `said` is acked or dismissed, `alert` one of these."""

    said: str
    rule: str
    alert: int
    by: str


@dataclass(frozen=True, slots=True)
class Overruled:
    """A dismissal that was taken back because what it was said of became part of a story that is relevant."""

    rule: str
    alerts: tuple[int, ...]
    by: str
    why: str


def untold_by(c: Connection, story: int) -> list[str]:
    """The rules that matched reports of a story and have told nobody of it: they tell its next report."""
    told = func.count().filter(matches.c.verdict.in_(_TOLD))
    query = select(matches.c.rule).where(matches.c.story_id == story).group_by(matches.c.rule)
    return sorted(c.scalars(query.having(told == 0)))


# --- alerts ----------------------------------------------------------------------------------------


def move_alerts(c: Connection, of: int, to: int, ids: Collection[int] | None = None) -> None:
    """Let the alerts of a story be another's: those headed by one of the articles `ids`, or all where that is None."""
    for row in _headed(c, of):
        if ids is None or row.article_id in ids:
            thread = of if row.told_in is None else row.told_in
            values = {"story_id": to, "told_in": None if thread == to else thread}
            c.execute(
                update(alerts).where(alerts.c.id == row.id).values(values | {"once": _once(c, row, of, to)})
            )


def _headed(c: Connection, story: int) -> list[Any]:
    """The alerts of a story, each with the article that it is headed by: the first in the order of messages."""
    query = (
        select(alerts.c.id, alerts.c.rule, alerts.c.once, alerts.c.told_in, matches.c.article_id)
        .outerjoin(alert_matches, alert_matches.c.alert_id == alerts.c.id)
        .outerjoin(matches, matches.c.id == alert_matches.c.match_id)
        .where(alerts.c.story_id == story)
        .order_by(alerts.c.id, matches.c.rule, matches.c.id)
    )
    heads: dict[int, Any] = {}
    for row in c.execute(query):
        heads.setdefault(row.id, row)
    return list(heads.values())


def _once(c: Connection, row: Any, of: int, to: int) -> str | None:
    """What an alert is not told twice by, of its new story; None where that is told of already.

    Left as it was, it would keep the story that it came from from ever being told of again.
    """
    name = f"{row.rule}:story:{of}"
    once: str | None = row.once
    if once is None or once.rstrip("+") != name:
        return once
    wanted = once.replace(name, f"{row.rule}:story:{to}")
    taken = c.scalar(select(alerts.c.id).where(alerts.c.once == wanted))
    return wanted if taken is None else None


# --- what was said to them --------------------------------------------------------------------------


def answers(c: Connection, story: int) -> list[Answer]:
    """What people said of the alerts of a story, of each rule once."""
    found: dict[tuple[str, str], Answer] = {}
    for row in c.execute(select(alerts).where(alerts.c.story_id == story).order_by(alerts.c.id)):
        if row.dismissed_at is not None:
            answer = Answer("dismissed", row.rule, row.id, row.dismissed_by or "somebody")
        elif row.acked_at is not None:
            answer = Answer("acked", row.rule, row.id, row.acked_by or "somebody")
        else:
            continue
        found.setdefault((answer.said, row.rule), answer)
    return list(found.values())


def overrule(c: Connection, merged: int, into: int) -> list[Overruled]:
    """Take back what was called not relevant of `merged` where the same rule told of `into`, and nobody said so.

    Who calls a second alert of one event not relevant, and then merges the two, wants to hear of the first. To be
    asked before anything is moved.
    """
    theirs = select(alerts.c.rule).where(alerts.c.story_id == into, alerts.c.kind.in_(_OF_STORIES))
    relevant = set(c.scalars(theirs.where(alerts.c.dismissed_at.is_(None))))
    dismissed = alerts.c.story_id == merged, alerts.c.dismissed_at.is_not(None)
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for row in c.execute(select(alerts).where(*dismissed).order_by(alerts.c.id)):
        if row.rule in relevant:
            found[row.rule].append(row)
    none = {"dismissed_at": None, "dismissed_by": None, "dismissed_why": None}
    for rows in found.values():
        taken_back = update(alerts).where(alerts.c.id.in_([row.id for row in rows]))
        by_that = alerts.c.acked_at == alerts.c.dismissed_at  # who dismisses an alert acknowledges it
        c.execute(taken_back.where(by_that).values(acked_at=None, acked_by=None))
        c.execute(taken_back.values(none))
    return [
        Overruled(
            rule,
            tuple(row.id for row in rows),
            rows[0].dismissed_by or "somebody",
            rows[0].dismissed_why or "",
        )
        for rule, rows in found.items()
    ]


# --- what keeps quiet -------------------------------------------------------------------------------


def silences_of(c: Connection, story: int, now: datetime) -> list[int]:
    """The silences in force that are of a story."""
    named = ((each.id, _stories_of(each.matcher.dump())) for each in silences.active(c, now))
    return [id for id, values in named if any(value.strip() == str(story) for value in values)]


def move_silences(c: Connection, merged: int, into: int, now: datetime) -> list[int]:
    """Let the silences in force that name a merged story name the other; which of them hold for it now."""
    found = []
    for each in silences.active(c, now):
        matcher = each.matcher.dump()
        named = _stories_of(matcher)
        told = _named_instead(named, merged, into)
        if told != named:
            kept = matcher | {"story": told}
            c.execute(update(silences_table).where(silences_table.c.id == each.id).values(matcher=kept))
        if str(into) in told and str(into) not in named:
            found.append(each.id)
    return found


def _stories_of(matcher: Mapping[str, Sequence[str]]) -> list[str]:
    return list(matcher.get("story", ()))


def _named_instead(named: Sequence[str], merged: int, into: int) -> list[str]:
    """The stories that a silence names, or with `!` leaves out, with one put in the place of another."""
    if str(merged) not in {value.lstrip("! ") for value in named}:
        return list(named)
    told = dict.fromkeys(
        value.replace(str(merged), str(into)) if value.lstrip("! ") == str(merged) else value
        for value in named
    )
    return [value for value in told if not value.startswith("!") or value.lstrip("! ") not in told]


# --- what waits -------------------------------------------------------------------------------------


def settle_waiting(c: Connection, story: int) -> None:
    """Let what waits be told as what it is by now: new in a story of which nothing was told, else an update;
    and repeat nothing that somebody is on."""
    told = matches.c.story_id == story, matches.c.verdict == Verdict.ALERT.value
    known = set(c.scalars(select(matches.c.rule).where(*told).distinct()))
    for rule, waiting in _waiting(c, story).items():
        if rule in known:
            _tell_as(c, Kind.UPDATE, [id for id, _ in waiting])
        elif all(kind != Kind.NEW.value for _, kind in waiting):
            _tell_as(c, Kind.NEW, [waiting[0][0]])
    acked = select(alerts.c.rule).where(alerts.c.story_id == story, alerts.c.acked_at.is_not(None))
    on = alerts.c.story_id == story, alerts.c.rule.in_(acked)
    c.execute(update(alerts).where(*on).values(repeat_at=None))


def _waiting(c: Connection, story: int) -> dict[str, list[tuple[int, str | None]]]:
    """The matches that nobody was told of yet with their kind, by their rule, where that tells of stories."""
    query = (
        select(matches.c.rule, matches.c.id, matches.c.kind, rules.c.document)
        .outerjoin(rules, rules.c.id == matches.c.rule)
        .where(matches.c.story_id == story, matches.c.verdict == Verdict.HELD.value)
        .where(matches.c.id.in_(select(held.c.match_id)))
        .order_by(matches.c.id)
    )
    found: defaultdict[str, list[tuple[int, str | None]]] = defaultdict(list)
    for rule, id, kind, document in c.execute(query):
        if (document or {}).get("per") != Per.ARTICLE.value:
            found[rule].append((id, kind))
    return found


def _tell_as(c: Connection, kind: Kind, ids: Iterable[int]) -> None:
    for chunk in in_chunks(ids):
        c.execute(update(matches).where(matches.c.id.in_(chunk)).values(kind=kind.value))
