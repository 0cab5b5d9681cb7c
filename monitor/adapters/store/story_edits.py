"""What a person makes of stories, as SQL: articles with all that was told of them go from one story to another.

Matches go with their articles, and so does whether a rule has told of a story; alerts go with the report they are
headed by, and keep the thread in which they were told.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from monitor.adapters.store import story_told
from monitor.adapters.store.additions import to_document
from monitor.adapters.store.articles import article_of
from monitor.adapters.store.database import STORY_LOCK, Database, in_chunks
from monitor.adapters.store.documents import storable
from monitor.adapters.store.schema import articles, matches, stories, story_edits
from monitor.adapters.store.story_told import Answer, Overruled
from monitor.model import Novelty, Relation
from monitor.relate.editing import Rebuilt, Report


@dataclass(frozen=True, slots=True)
class KnownStory:
    """A story as it is listed. `named_by` is who gave it its title, None where its first report did.

    `revision` counts what was put into it, and what people made of it.
    """

    id: int
    title: str
    named_by: str | None
    merged_into: int | None
    revision: int


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
        """None where there is none; a number that no database takes is one of none."""
        if not 0 < id < _NO_ID:
            return None
        columns = (
            stories.c.id,
            stories.c.title,
            stories.c.named_by,
            stories.c.merged_into,
            stories.c.revision,
        )
        row = self._c.execute(select(*columns).where(stories.c.id == id)).one_or_none()
        return KnownStory(*row) if row is not None else None

    def reports(self, story: int) -> list[Report]:
        """The articles of a story, in the order of their ids."""
        query = select(articles).where(articles.c.story_id == story).order_by(articles.c.id)
        return [
            Report(article_of(row), row.copy_of, _was(row).get("copy_of")) for row in self._c.execute(query)
        ]

    def story_of(self, article: int) -> int | None:
        return self._c.scalar(select(articles.c.story_id).where(articles.c.id == article))

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
            self._unfold(chunk)
        story_told.move_alerts(self._c, of, to, ids)

    def _unfold(self, ids: Sequence[int]) -> None:
        """What of these is a copy is one no longer; what it was is kept, and holds again where they meet again."""
        copies = select(articles.c.id, articles.c.copy_of, articles.c.adds)
        query = copies.where(articles.c.id.in_(ids), articles.c.copy_of.is_not(None))
        for row in self._c.execute(query).all():
            kept = {_WAS: {"copy_of": row.copy_of, "adds": row.adds}}
            parted = update(articles).where(articles.c.id == row.id)
            self._c.execute(parted.values(copy_of=None, adds=kept))

    def move_all(self, of: int, to: int, by: str) -> None:
        """Put everything of a story into another."""
        there = {"story_id": to, "placed_by": storable(by)}
        self._c.execute(update(articles).where(articles.c.story_id == of).values(there))
        self._c.execute(update(matches).where(matches.c.story_id == of).values(story_id=to))
        story_told.move_alerts(self._c, of, to)

    def save(self, story: int, made: Rebuilt) -> None:
        """Store what a story is like by now, and what each of its reports adds to it.

        When anything was last added to it never goes back: nodes ask for what changed of the stories of late.
        """
        times = select(func.min(articles.c.collected), func.max(articles.c.collected), stories.c.last_at)
        theirs = times.join(stories, stories.c.id == articles.c.story_id).where(stories.c.id == story)
        first, last, before = self._c.execute(theirs.group_by(stories.c.last_at)).one()
        values = {
            "profile": made.profile.dump(),
            "revision": stories.c.revision + 1,
            "first_at": first,
            "last_at": max(last, before),
        }
        self._c.execute(update(stories).where(stories.c.id == story).values(values))
        for chunk in in_chunks(made.relations):
            columns = articles.c.id, articles.c.novelty, articles.c.copy_of, articles.c.adds
            for row in self._c.execute(select(*columns).where(articles.c.id.in_(chunk))).all():
                _say(self._c, row, made.relations[row.id])

    def leads_to(self, merged: int, into: int) -> None:
        """Nothing is left of a story but its number, which leads to another; and so do those that led to it."""
        emptied = {"merged_into": into, "profile": b"", "revision": stories.c.revision + 1}
        self._c.execute(update(stories).where(stories.c.id == merged).values(emptied))
        earlier = update(stories).where(stories.c.merged_into == merged)
        self._c.execute(earlier.values(merged_into=into))

    # --- what was told of it -----------------------------------------------------------------------

    def untold_by(self, story: int) -> list[str]:
        return story_told.untold_by(self._c, story)

    def answers(self, story: int) -> list[Answer]:
        return story_told.answers(self._c, story)

    def overrule(self, merged: int, into: int) -> list[Overruled]:
        return story_told.overrule(self._c, merged, into)

    def silences_of(self, story: int, now: datetime) -> list[int]:
        return story_told.silences_of(self._c, story, now)

    def move_silences(self, merged: int, into: int, now: datetime) -> list[int]:
        return story_told.move_silences(self._c, merged, into, now)

    def settle_waiting(self, story: int) -> None:
        story_told.settle_waiting(self._c, story)

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


_NO_ID = 1 << 63
_WAS = "was"  # under which `articles.adds` keeps what a copy was that was parted from its original


def _say(connection: Connection, row: Any, relation: Relation) -> None:
    """What an article adds to its story by now. Of what its text was before, and which seeds it is like, nothing
    has changed; nor has anything of a copy."""
    which = update(articles).where(articles.c.id == row.id)
    if relation.novelty is Novelty.COPY:
        if row.copy_of is None and _was(row).get("copy_of") == relation.copy_of:
            again = {"novelty": Novelty.COPY.value, "copy_of": relation.copy_of, "adds": _was(row)["adds"]}
            connection.execute(which.values(again))
        return
    kept = {name: row.adds[name] for name in ("seeds", "at", "earlier", _WAS) if name in (row.adds or {})}
    opens = relation.novelty is Novelty.STORY and row.novelty == Novelty.STORY.value
    said = {"reason": row.adds["reason"]} if opens and "reason" in (row.adds or {}) else {}
    values = {"novelty": relation.novelty.value, "adds": to_document(relation) | kept | said}
    connection.execute(which.values(values))


def _was(row: Any) -> dict[str, Any]:
    """What a copy was that a person parted from its original: `copy_of` and `adds`."""
    return dict((row.adds or {}).get(_WAS, {}))
