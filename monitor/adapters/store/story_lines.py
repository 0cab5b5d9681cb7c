"""One story as people read it: all its reports, what was told of it and what people made of it. Reads only.

Texts are left out: a story may have thousands of reports, and what each adds is kept beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from monitor.adapters.store.additions import Addition, additions
from monitor.adapters.store.database import Database, in_chunks
from monitor.adapters.store.schema import (
    alert_matches,
    alerts,
    articles,
    deliveries,
    matches,
    stories,
    story_edits,
)
from monitor.adapters.store.story_list import Listed, listed
from monitor.model import Article, Dated, Kind, Novelty, Origin, Standing

_MOST_MERGES = 50  # of stories into one another that are followed


@dataclass(frozen=True, slots=True)
class Judged:
    """A match of a report: which rule, what was decided and why, and the alerts that told it."""

    match: int
    rule: str
    verdict: str
    reason: str
    alerts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """An article of a story, without its text. `additions` are empty where an older release did not keep them."""

    article: Article
    standing: Standing | None
    copy_of: int | None
    novelty: Novelty | None
    placed_by: str | None
    additions: tuple[Addition, ...] = ()
    matches: tuple[Judged, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """An alert that told of the story; `deliveries` are receiver, channel and state."""

    id: int
    kind: str
    rule: str
    created: datetime
    deliveries: tuple[tuple[str, str, str], ...] = ()
    acked_by: str | None = None
    dismissed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """What a person made of the story, or of one that was merged into it."""

    story: int
    at: datetime
    author: str
    action: str  # split | merge | rename
    why: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Story:
    """A story with all that is known of it. `merged` are the stories that became part of it.

    `reports` are in the order of their ids. `seeds` are those it is like that are not among them.
    """

    id: int
    title: str
    named_by: str | None
    active: datetime
    reports: tuple[Report, ...] = ()
    told: tuple[Told, ...] = ()
    edits: tuple[Edit, ...] = ()
    merged: tuple[int, ...] = ()
    seeds: tuple[tuple[Article, float], ...] = ()
    originals: dict[int, int | None] = field(default_factory=dict)  # elsewhere: of which story they are


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article is: its story and what that is called, what the article added, and whose copy it is."""

    story: int
    title: str
    novelty: Novelty | None
    additions: tuple[Addition, ...]
    copy_of: int | None


class StoryLines:
    """Each method is one transaction, and blocks. Raises StoreError."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def listed(self, **which: Any) -> list[Listed]:
        """See story_list.listed."""
        with self.database.read() as c:
            return listed(c, **which)

    def find(self, story: int) -> int | None:
        """The story that a number leads to: itself, or the one that it was merged into; None where there is none."""
        with self.database.read() as c:
            return _leads_to(c, story)

    def read(self, story: int) -> Story:
        """A story that `find` gave."""
        with self.database.read() as c:
            return _read(c, story)

    def place_of(self, article: int) -> Place | None:
        """The story of a stored article, None where it matched nothing."""
        with self.database.read() as c:
            return _place_of(c, article)


def _leads_to(c: Connection, story: int) -> int | None:
    for _ in range(_MOST_MERGES):
        row = c.execute(select(stories.c.merged_into).where(stories.c.id == story)).one_or_none()
        if row is None or row.merged_into is None:
            return None if row is None else story
        story = row.merged_into
    return story


def _place_of(c: Connection, article: int) -> Place | None:
    columns = articles.c.story_id, stories.c.title, articles.c.novelty, articles.c.adds, articles.c.copy_of
    query = select(*columns).join(stories, stories.c.id == articles.c.story_id)
    row = c.execute(query.where(articles.c.id == article)).one_or_none()
    if row is None:
        return None
    novelty = Novelty(row.novelty) if row.novelty else None
    return Place(row.story_id, row.title, novelty, additions(row.adds), row.copy_of)


def _read(c: Connection, story: int) -> Story:
    columns = stories.c.title, stories.c.named_by, stories.c.last_at
    row = c.execute(select(*columns).where(stories.c.id == story)).one()
    merged = list(
        c.scalars(select(stories.c.id).where(stories.c.merged_into == story).order_by(stories.c.id))
    )
    told = _told(c, story)
    reports = _reports(c, story, _judged(c, story))
    ours = {report.article.id for report in reports}
    elsewhere = {each.copy_of for each in reports if each.copy_of is not None} - ours
    return Story(
        story,
        row.title,
        row.named_by,
        row.last_at,
        reports,
        told,
        _edits(c, [story, *merged]),
        tuple(merged),
        _seeds(c, reports, ours),
        _stories_of(c, elsewhere),
    )


_REPORT = (
    "id", "title", "url", "source", "agency", "language", "published", "dated", "collected", "origin", "degraded",
    "revision", "standing", "copy_of", "novelty", "adds", "placed_by",
)  # fmt: skip


def _columns() -> list[ColumnElement[Any]]:
    return [articles.c[name] for name in _REPORT]


def _article(row: Any) -> Article:
    return Article(
        title=row.title,
        body="",
        url=row.url,
        source=row.source,
        agency=row.agency,
        language=row.language,
        published=row.published,
        dated=Dated(row.dated) if row.dated else None,
        collected=row.collected,
        origin=Origin(row.origin),
        degraded=row.degraded,
        revision=row.revision,
        id=row.id,
    )


def _reports(c: Connection, story: int, judged: dict[int, list[Judged]]) -> tuple[Report, ...]:
    query = select(*_columns()).where(articles.c.story_id == story).order_by(articles.c.id)
    return tuple(
        Report(
            _article(row),
            Standing(row.standing) if row.standing else None,
            row.copy_of,
            Novelty(row.novelty) if row.novelty else None,
            row.placed_by,
            additions(row.adds),
            tuple(judged.get(row.id, ())),
        )
        for row in c.execute(query)
    )


def _judged(c: Connection, story: int) -> dict[int, list[Judged]]:
    """The matches of a story by article, each with the alerts that told it, reminders left out."""
    of = matches.c.story_id == story
    pairs = (
        select(alert_matches.c.match_id, alert_matches.c.alert_id)
        .join(matches, matches.c.id == alert_matches.c.match_id)
        .join(alerts, alerts.c.id == alert_matches.c.alert_id)
        .where(of, alerts.c.kind != Kind.REPEAT.value)
        .order_by(alert_matches.c.alert_id)
    )
    by_match: dict[int, list[int]] = {}
    for match, alert in c.execute(pairs):
        by_match.setdefault(match, []).append(alert)
    columns = matches.c.id, matches.c.article_id, matches.c.rule, matches.c.verdict, matches.c.reason
    found: dict[int, list[Judged]] = {}
    for row in c.execute(select(*columns).where(of).order_by(matches.c.id)):
        judged = Judged(row.id, row.rule, row.verdict, row.reason, tuple(by_match.get(row.id, ())))
        found.setdefault(row.article_id, []).append(judged)
    return found


def _told(c: Connection, story: int) -> tuple[Told, ...]:
    """The alerts of a story, and the digests that told of it."""
    digests = (
        select(alert_matches.c.alert_id)
        .join(matches, matches.c.id == alert_matches.c.match_id)
        .where(matches.c.story_id == story)
    )
    theirs = select(alerts.c.id).where(alerts.c.story_id == story).union(digests)  # an index answers each
    rows = c.execute(select(alerts).where(alerts.c.id.in_(theirs)).order_by(alerts.c.id)).all()
    sent: dict[int, list[tuple[str, str, str]]] = {}
    for chunk in in_chunks(row.id for row in rows):
        query = select(deliveries).where(deliveries.c.alert_id.in_(chunk)).order_by(deliveries.c.id)
        for each in c.execute(query):
            sent.setdefault(each.alert_id, []).append((each.receiver, each.channel, each.state))
    return tuple(
        Told(
            row.id,
            row.kind,
            row.rule,
            row.created,
            tuple(sent.get(row.id, ())),
            (row.acked_by or "somebody") if row.acked_at else None,
            (row.dismissed_by or "somebody") if row.dismissed_at else None,
        )
        for row in rows
    )


def _edits(c: Connection, ids: Sequence[int]) -> tuple[Edit, ...]:
    found: list[Edit] = []
    for chunk in in_chunks(ids):
        query = select(story_edits).where(story_edits.c.story_id.in_(chunk))
        found += [
            Edit(row.story_id, row.at, row.author, row.action, row.why or "", row.details)
            for row in c.execute(query)
        ]
    return tuple(sorted(found, key=lambda edit: edit.at))


def _seeds(c: Connection, reports: Sequence[Report], ours: set[int]) -> tuple[tuple[Article, float], ...]:
    """The seeds that any report of the story was found like, the likest first; those in the story are its reports."""
    like: dict[int, float] = {}
    for report in reports:
        for id, likeness in (pair for each in report.additions for pair in each.added.seeds):
            like[id] = max(like.get(id, 0.0), likeness)
    known = [id for id in like if id not in ours]
    rows = [
        row
        for chunk in in_chunks(known)
        for row in c.execute(select(*_columns()).where(articles.c.id.in_(chunk)))
    ]
    found = [(_article(row), like[row.id]) for row in rows if row.origin == Origin.SEED.value]
    return tuple(sorted(found, key=lambda pair: (-pair[1], pair[0].id)))


def _stories_of(c: Connection, ids: Iterable[int]) -> dict[int, int | None]:
    found: dict[int, int | None] = {}
    for chunk in in_chunks(ids):
        query = select(articles.c.id, articles.c.story_id).where(articles.c.id.in_(chunk))
        found.update((id, story) for id, story in c.execute(query))
    return found
