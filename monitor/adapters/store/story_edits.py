"""What a person makes of stories, as SQL: articles with all that was told of them go from one story to another.

Matches go with their articles, and so does whether a rule has told of a story; alerts go with the report they are
headed by, and keep the thread in which they were told.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, insert, select, update

from monitor.adapters.store import silences
from monitor.adapters.store.additions import to_document
from monitor.adapters.store.articles import article_of
from monitor.adapters.store.database import STORY_LOCK, Database, in_chunks
from monitor.adapters.store.documents import storable
from monitor.adapters.store.schema import (
    alert_matches,
    alerts,
    articles,
    held,
    matches,
    rules,
    stories,
    story_edits,
)
from monitor.adapters.store.schema import silences as silences_table
from monitor.model import Kind, Novelty, Per, Relation, Verdict
from monitor.relate.editing import Rebuilt, Report


@dataclass(frozen=True, slots=True)
class KnownStory:
    """A story as it is listed. `named_by` is who gave it its title, None where its first report did."""

    id: int
    title: str
    named_by: str | None
    merged_into: int | None


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


class StoryEdits:
    """The stories of a database, to be edited. Raises StoreError."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @contextmanager
    def reading(self) -> Iterator[Editing]:
        with self.database.read() as connection:
            yield Editing(connection)

    @contextmanager
    def editing(self) -> Iterator[Editing]:
        """One transaction, while no story is decided of on any node: all of it or nothing."""
        with self.database.write(STORY_LOCK) as connection:
            yield Editing(connection)


class Editing:
    """What may be asked and written within one edit."""

    def __init__(self, connection: Connection) -> None:
        self._c = connection

    # --- what there is -----------------------------------------------------------------------------

    def story(self, id: int) -> KnownStory | None:
        query = select(stories.c.id, stories.c.title, stories.c.named_by, stories.c.merged_into)
        row = self._c.execute(query.where(stories.c.id == id)).one_or_none()
        return KnownStory(*row) if row is not None else None

    def reports(self, story: int) -> list[Report]:
        """The articles of a story, in the order of their ids."""
        query = select(articles).where(articles.c.story_id == story).order_by(articles.c.id)
        return [Report(article_of(row), row.copy_of) for row in self._c.execute(query)]

    def shown(self, story: int) -> dict[str, Any]:
        """A story as `stories show --json` begins."""
        row = self._c.execute(select(stories).where(stories.c.id == story)).one()
        told = self.reports(story)
        outlets = [each.article.source for each in told if each.copy_of is None and each.article.source]
        return {
            "id": row.id,
            "title": row.title,
            "first": row.first_at,
            "last": row.last_at,
            "articles": len(told),
            "copies": sum(each.copy_of is not None for each in told),
            "sources": list(dict.fromkeys(outlets)),
            "languages": sorted({each.article.language for each in told if each.article.language}),
            "merged_into": row.merged_into,
        }

    def revisions(self, among: Iterable[int]) -> dict[int, int]:
        """Of each story in which revision its profile is: whoever changes a story changes that."""
        query = select(stories.c.id, stories.c.revision).where(stories.c.id.in_([*among]))
        return {row.id: row.revision for row in self._c.execute(query)}

    def story_of(self, article: int) -> int | None:
        return self._c.scalar(select(articles.c.story_id).where(articles.c.id == article))

    def untold_by(self, story: int) -> list[str]:
        """The rules that matched reports of a story and have told nobody of it: they tell its next report."""
        told = func.count().filter(matches.c.verdict.in_(_TOLD))
        query = select(matches.c.rule).where(matches.c.story_id == story).group_by(matches.c.rule)
        return sorted(self._c.scalars(query.having(told == 0)))

    def silences_of(self, story: int, now: datetime) -> list[int]:
        """The silences in force that name a story."""
        return [
            each.id
            for each in silences.active(self._c, now)
            if str(story) in _stories_of(each.matcher.dump())
        ]

    # --- renaming ----------------------------------------------------------------------------------

    def rename(self, story: int, title: str, by: str | None) -> None:
        values = {"title": storable(title), "named_by": by}
        self._c.execute(update(stories).where(stories.c.id == story).values(values))

    # --- putting together and taking apart -----------------------------------------------------------

    def open(self, title: str, named_by: str | None, at: datetime) -> int:
        """A story without reports, to be saved once they are in it; its id."""
        values = {
            "uid": secrets.token_hex(8),
            "title": storable(title),
            "named_by": named_by,
            "profile": b"",
            "revision": 0,
            "first_at": at,
            "last_at": at,
        }
        return self._c.scalars(insert(stories).values(values).returning(stories.c.id)).one()

    def move(self, moved: Sequence[Report], of: int, to: int, by: str) -> None:
        """Put some articles of a story into another, with their matches and what was told of them.

        Alerts go with the report that they are headed by: the first in the order of messages.
        """
        ids = {report.article.id for report in moved}
        for chunk in in_chunks(ids):
            there = {"story_id": to, "placed_by": storable(by)}
            self._c.execute(update(articles).where(articles.c.id.in_(chunk)).values(there))
            theirs = update(matches).where(matches.c.article_id.in_(chunk), matches.c.story_id == of)
            self._c.execute(theirs.values(story_id=to))
        for chunk in in_chunks(report.article.id for report in moved if report.copy_of is None):
            self._c.execute(update(articles).where(articles.c.id.in_(chunk)).values(copy_of=None))
        self._move_alerts([row for row in self._alerts(of) if row.article_id in ids], of, to)

    def move_all(self, of: int, to: int, by: str) -> None:
        """Put everything of a story into another."""
        there = {"story_id": to, "placed_by": storable(by)}
        self._c.execute(update(articles).where(articles.c.story_id == of).values(there))
        self._c.execute(update(matches).where(matches.c.story_id == of).values(story_id=to))
        self._move_alerts(self._alerts(of), of, to)

    def _alerts(self, story: int) -> list[Any]:
        """The alerts of a story, each with the article that it is headed by."""
        query = (
            select(alerts.c.id, alerts.c.rule, alerts.c.once, alerts.c.told_in, matches.c.article_id)
            .outerjoin(alert_matches, alert_matches.c.alert_id == alerts.c.id)
            .outerjoin(matches, matches.c.id == alert_matches.c.match_id)
            .where(alerts.c.story_id == story)
            .order_by(alerts.c.id, matches.c.rule, matches.c.id)
        )
        heads: dict[int, Any] = {}
        for row in self._c.execute(query):
            heads.setdefault(row.id, row)
        return list(heads.values())

    def _move_alerts(self, rows: Iterable[Any], of: int, to: int) -> None:
        for row in rows:
            thread = of if row.told_in is None else row.told_in
            values = {"story_id": to, "told_in": None if thread == to else thread}
            once = {"once": self._once(row, of, to)}
            self._c.execute(update(alerts).where(alerts.c.id == row.id).values(values | once))

    def _once(self, row: Any, of: int, to: int) -> str | None:
        """What an alert is not told twice by, of its new story; None where that is told of already.

        Left as it was, it would keep the story that it came from from ever being told of again.
        """
        name = f"{row.rule}:story:{of}"
        if row.once is None or row.once.rstrip("+") != name:
            return row.once
        wanted = row.once.replace(name, f"{row.rule}:story:{to}")
        taken = self._c.scalar(select(alerts.c.id).where(alerts.c.once == wanted))
        return wanted if taken is None else None

    def save(self, story: int, made: Rebuilt) -> None:
        """Store what a story is like by now, and what each of its reports adds to it."""
        times = select(func.min(articles.c.collected), func.max(articles.c.collected))
        first, last = self._c.execute(times.where(articles.c.story_id == story)).one()
        values = {
            "profile": made.profile.dump(),
            "revision": stories.c.revision + 1,
            "first_at": first,
            "last_at": last,
        }
        self._c.execute(update(stories).where(stories.c.id == story).values(values))
        for chunk in in_chunks(made.relations):
            known = select(articles.c.id, articles.c.novelty, articles.c.adds).where(articles.c.id.in_(chunk))
            for row in self._c.execute(known).all():
                _say(self._c, row, made.relations[row.id])

    def leads_to(self, merged: int, into: int) -> None:
        """Nothing is left of a story but its number, which leads to another; and so do those that led to it."""
        emptied = {"merged_into": into, "profile": b"", "revision": stories.c.revision + 1}
        self._c.execute(update(stories).where(stories.c.id == merged).values(emptied))
        earlier = update(stories).where(stories.c.merged_into == merged)
        self._c.execute(earlier.values(merged_into=into))

    # --- what was said and what waits ------------------------------------------------------------------

    def answers(self, story: int) -> list[Answer]:
        """What people said of the alerts of a story, of each rule once."""
        found: dict[tuple[str, str], Answer] = {}
        query = select(alerts).where(alerts.c.story_id == story).order_by(alerts.c.id)
        for row in self._c.execute(query):
            if row.dismissed_at is not None:
                answer = Answer("dismissed", row.rule, row.id, row.dismissed_by or "somebody")
            elif row.acked_at is not None:
                answer = Answer("acked", row.rule, row.id, row.acked_by or "somebody")
            else:
                continue
            found.setdefault((answer.said, row.rule), answer)
        return list(found.values())

    def overrule(self, merged: int, into: int) -> list[Overruled]:
        """Take back what was called not relevant of `merged` where the same rule told of `into`, and nobody said so.

        To be asked before anything is moved.
        """
        theirs = select(alerts).where(alerts.c.story_id == into, alerts.c.kind.in_(_OF_STORIES))
        relevant = {row.rule for row in self._c.execute(theirs.where(alerts.c.dismissed_at.is_(None)))}
        dismissed = alerts.c.story_id == merged, alerts.c.dismissed_at.is_not(None)
        found: defaultdict[str, list[Any]] = defaultdict(list)
        for row in self._c.execute(select(alerts).where(*dismissed).order_by(alerts.c.id)):
            if row.rule in relevant:
                found[row.rule].append(row)
        for rows in found.values():
            none = {"dismissed_at": None, "dismissed_by": None, "dismissed_why": None}
            which = alerts.c.id.in_([row.id for row in rows])
            self._c.execute(update(alerts).where(which).values(none))
        return [
            Overruled(
                rule,
                tuple(r.id for r in rows),
                rows[0].dismissed_by or "somebody",
                rows[0].dismissed_why or "",
            )
            for rule, rows in found.items()
        ]

    def move_silences(self, merged: int, into: int, now: datetime) -> list[int]:
        """Let the silences in force that name a merged story name the other; which these are."""
        found = []
        for each in silences.active(self._c, now):
            matcher = each.matcher.dump()
            named = matcher.get("story", [])
            told = _named_instead(named, merged, into)
            if told != named:
                kept = matcher | {"story": told}
                self._c.execute(
                    update(silences_table).where(silences_table.c.id == each.id).values(matcher=kept)
                )
                found.append(each.id)
        return found

    def settle_waiting(self, story: int) -> None:
        """Let what waits be told as what it is by now: new in a story of which nothing was told, else an update;
        and repeat nothing that somebody is on."""
        waiting = self._waiting(story)
        told = set(self._c.scalars(_of(story, matches.c.verdict == Verdict.ALERT.value)))
        for rule, ids in waiting.items():
            if rule in told:
                self._tell_as(Kind.UPDATE, ids)
            else:
                new = self._c.scalar(_ids(ids, matches.c.kind == Kind.NEW.value)) is not None
                self._tell_as(Kind.NEW, [] if new else ids[:1])
        acked = select(alerts.c.rule).where(alerts.c.story_id == story, alerts.c.acked_at.is_not(None))
        on = alerts.c.story_id == story, alerts.c.rule.in_(acked)
        self._c.execute(update(alerts).where(*on).values(repeat_at=None))

    def _waiting(self, story: int) -> dict[str, list[int]]:
        """The matches that nobody was told of yet, by their rule, where that tells of stories and not of articles."""
        query = (
            select(matches.c.rule, matches.c.id, rules.c.document)
            .outerjoin(rules, rules.c.id == matches.c.rule)
            .where(matches.c.story_id == story, matches.c.verdict == Verdict.HELD.value)
            .where(matches.c.id.in_(select(held.c.match_id)))
            .order_by(matches.c.id)
        )
        found: defaultdict[str, list[int]] = defaultdict(list)
        for rule, id, document in self._c.execute(query):
            if (document or {}).get("per") != Per.ARTICLE.value:
                found[rule].append(id)
        return found

    def _tell_as(self, kind: Kind, ids: Iterable[int]) -> None:
        for chunk in in_chunks(ids):
            self._c.execute(update(matches).where(matches.c.id.in_(chunk)).values(kind=kind.value))

    # --- who did what ------------------------------------------------------------------------------

    def record(
        self, story: int, action: str, author: str, why: str, details: Mapping[str, Any], now: datetime
    ) -> None:
        """Keep what was done: `action` is split, merge or rename."""
        values = {
            "story_id": story,
            "at": now,
            "author": storable(author),
            "action": action,
            "why": storable(why) or None,
            "details": dict(details),
        }
        self._c.execute(insert(story_edits).values(values))


_TOLD = (Verdict.ALERT.value, Verdict.HELD.value)
_OF_STORIES = (Kind.NEW.value, Kind.UPDATE.value, Kind.REPEAT.value)


def _of(story: int, which: ColumnElement[bool]) -> Any:
    return select(matches.c.rule).where(and_(matches.c.story_id == story, which)).distinct()


def _ids(ids: Sequence[int], which: ColumnElement[bool]) -> Any:
    return select(matches.c.id).where(matches.c.id >= ids[0], matches.c.id.in_(ids), which).limit(1)


def _say(connection: Connection, row: Any, relation: Relation) -> None:
    """What an article adds to its story by now. A copy adds nothing, and of what its text was before, and which
    seeds it is like, nothing has changed."""
    if relation.novelty is Novelty.COPY:
        return
    kept = {name: row.adds[name] for name in ("seeds", "at", "earlier") if name in (row.adds or {})}
    opens = relation.novelty is Novelty.STORY and row.novelty == Novelty.STORY.value
    said = {"reason": row.adds["reason"]} if opens and "reason" in (row.adds or {}) else {}
    values = {"novelty": relation.novelty.value, "adds": to_document(relation) | kept | said}
    connection.execute(update(articles).where(articles.c.id == row.id).values(values))


def _stories_of(matcher: Mapping[str, Sequence[str]]) -> set[str]:
    return {value.strip() for value in matcher.get("story", ()) if not value.startswith("!")}


def _named_instead(named: Sequence[str], merged: int, into: int) -> list[str]:
    """The stories that a silence names, or with `!` leaves out, with one put in the place of another."""
    if str(merged) not in {value.lstrip("! ") for value in named}:
        return list(named)
    told = dict.fromkeys(
        value.replace(str(merged), str(into)) if value.lstrip("! ") == str(merged) else value
        for value in named
    )
    return [value for value in told if not value.startswith("!") or value.lstrip("! ") not in told]
