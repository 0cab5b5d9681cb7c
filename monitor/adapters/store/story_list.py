"""Stories as people list them: each with its reach, its rules and how often it was told. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, literal, or_, select

from monitor.adapters.store.database import in_chunks
from monitor.adapters.store.schema import alert_matches, alerts, articles, matches, stories
from monitor.model import Kind, Origin


@dataclass(frozen=True, slots=True)
class Listed:
    """A story as it is listed. `reports` leaves copies and seeds out; `first` and `last` are on the reports' clock.

    `sources` are whose reports they are, `rules` those that matched, with how many matches; `alerts` is how many
    told of it, reminders left out. `active` is when anything was last added to it.
    """

    id: int
    title: str
    named_by: str | None
    active: datetime
    first: datetime | None = None
    last: datetime | None = None
    reports: int = 0
    copies: int = 0
    seeds: int = 0
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    rules: tuple[tuple[str, int], ...] = ()
    alerts: int = 0


def listed(
    c: Connection,
    *,
    limit: int,
    since: datetime | None = None,
    rule: str | None = None,
    words: Sequence[str] = (),
) -> list[Listed]:
    """Stories, those with the newest activity first; without those that were merged into others, or hold but seeds.

    `words` must all stand in the story's title, or in that of one of its articles.
    """
    query = select(stories.c.id, stories.c.title, stories.c.named_by, stories.c.last_at)
    theirs = select(articles.c.id).where(articles.c.story_id == stories.c.id)
    reported = theirs.where(articles.c.origin != Origin.SEED.value)
    query = query.where(stories.c.merged_into.is_(None), reported.exists())
    query = query.order_by(stories.c.last_at.desc(), stories.c.id.desc())
    if since is not None:
        query = query.where(stories.c.last_at >= since)
    if rule is not None:
        matched = select(matches.c.id).where(matches.c.story_id == stories.c.id, matches.c.rule == rule)
        query = query.where(matched.exists())
    if words:
        titled = theirs.where(*_with(articles, words))
        query = query.where(or_(and_(*_with(stories, words)), titled.exists()))
    rows = c.execute(query.limit(limit)).all()
    ids = [row.id for row in rows]
    reach, rules, told = _reach(c, ids), _rules(c, ids), _alerts(c, ids)
    return [
        Listed(
            row.id,
            row.title,
            row.named_by,
            row.last_at,
            rules=tuple(rules.get(row.id, ())),
            alerts=told.get(row.id, 0),
            **reach.get(row.id, {}),
        )
        for row in rows
    ]


def _with(table: Any, words: Sequence[str]) -> list[ColumnElement[bool]]:
    return [table.c.title.icontains(word, autoescape=True) for word in words]


def _reach(c: Connection, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Of each story its reports, copies, sources, languages and times."""
    seen = case(
        (articles.c.published < articles.c.collected, articles.c.published), else_=articles.c.collected
    )
    alike = (
        articles.c.story_id,
        articles.c.source,
        articles.c.agency,
        articles.c.language,
        articles.c.origin,
    )
    copy = case((articles.c.copy_of.is_(None), literal(0)), else_=literal(1)).label("copy")
    columns = (
        *alike,
        copy,
        func.count().label("count"),
        func.min(seen).label("first"),
        func.max(seen).label("last"),
    )
    found: dict[int, dict[str, Any]] = {}
    for chunk in in_chunks(ids):
        query = select(*columns).where(articles.c.story_id.in_(chunk)).group_by(*alike, "copy")
        for row in c.execute(query.order_by(*alike, "copy")):
            _count(found.setdefault(row.story_id, {}), row)
    for counted in found.values():
        counted["sources"] = tuple(counted["sources"].values())
        counted["languages"] = tuple(counted["languages"])
    return found


def _count(counted: dict[str, Any], row: Any) -> None:
    """Add articles that are alike to what is known of their story. A seed is no report: a person supplied it."""
    sources, languages = counted.setdefault("sources", {}), counted.setdefault("languages", {})
    if row.origin == Origin.SEED.value:
        counted["seeds"] = counted.get("seeds", 0) + row.count
        return
    name = "copies" if row.copy else "reports"
    counted[name] = counted.get(name, 0) + row.count
    counted["first"] = min(counted.get("first", row.first), row.first)
    counted["last"] = max(counted.get("last", row.last), row.last)
    if not row.copy:
        source = (row.agency or row.source).strip()
        sources.update({source.casefold(): sources.get(source.casefold(), source)} if source else {})
        languages.update({row.language: None} if row.language else {})


def _rules(c: Connection, ids: Iterable[int]) -> dict[int, list[tuple[str, int]]]:
    """The rules that matched in each story, with how many of its articles."""
    found: dict[int, list[tuple[str, int]]] = {}
    number = func.count(matches.c.article_id.distinct()).label("number")
    for chunk in in_chunks(ids):
        query = select(matches.c.story_id, matches.c.rule, number).where(matches.c.story_id.in_(chunk))
        query = query.group_by(matches.c.story_id, matches.c.rule)
        for row in c.execute(query.order_by(matches.c.story_id, number.desc(), matches.c.rule)):
            found.setdefault(row.story_id, []).append((row.rule, row.number))
    return found


def _alerts(c: Connection, ids: Iterable[int]) -> dict[int, int]:
    """How many alerts told of each story; digests, which tell of many, are among them."""
    found: dict[int, int] = {}
    distinct = func.count(alerts.c.id.distinct())
    for chunk in in_chunks(ids):
        query = (
            select(matches.c.story_id, distinct)
            .join(alert_matches, alert_matches.c.match_id == matches.c.id)
            .join(alerts, alerts.c.id == alert_matches.c.alert_id)
            .where(matches.c.story_id.in_(chunk), alerts.c.kind != Kind.REPEAT.value)
            .group_by(matches.c.story_id)
        )
        found.update((story, number) for story, number in c.execute(query))
    return found
