"""backtest: what a rule would have caught of the articles that are stored, told, and narrowly missed.

The store's index says which articles could match; only these are read, and the engine decides. Reading is done
a few articles at a time, each in a transaction of its own, so that a daemon beside it is not held up.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from monitor.actions.rehearsal import Desk, Rehearsal
from monitor.adapters.store.past import Extent, Stored
from monitor.match.engine import Engine
from monitor.match.index import narrow
from monitor.match.index.narrow import Condition
from monitor.match.language.query import parse_canonical
from monitor.match.rules import Rule
from monitor.model import Article, Decision, Match, Verdict

BATCH = 200  # articles that are read and matched at a time
_LEARN_FROM = 1_000  # articles from which it is learnt how common words are
_DAY = timedelta(days=1)

Progress = Callable[[str, int, int], object]  # what is done, how much of it, of how much


def no_progress(_what: str, _done: int, _of: int) -> None:
    """Nobody watches."""


class Past(Protocol):
    """What is asked of the store."""

    def extent(self, since: datetime, until: datetime) -> Extent: ...
    def oldest_article(self) -> datetime | None: ...
    def candidates(self, condition: Condition, within: Extent) -> list[int] | None: ...
    def read_past(self, within: Extent, ids: Sequence[int]) -> list[Stored]: ...
    def read_past_after(self, within: Extent, after: int, limit: int) -> list[Stored]: ...
    def sample_texts(self, limit: int) -> list[tuple[str, str, str | None]]: ...


@dataclass(frozen=True, slots=True)
class Found:
    """An article that the rule matches, and what would have followed. `story` is negative where it is estimated."""

    article: Article
    match: Match
    decision: Decision
    story: int


@dataclass(frozen=True, slots=True)
class Change:
    """What a version matches that another, in force, does not, and the other way round: how many, the newest."""

    in_force: str  # its version
    gained: int
    lost: int
    newly: tuple[Article, ...]
    no_longer: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A back-test. `read` is how many articles were read; `narrowed` whether the index chose them.

    `days` counts matches and alerts by the day (UTC) on which the articles were collected.
    `news` are the matches that did not come as seeds, imports or a feed's past: what a rate is made of.
    """

    rule: Rule
    within: Extent
    read: int
    narrowed: bool
    matches: int
    news: int
    stories: int
    estimated: int
    alerts: Counter[str]
    withheld: Counter[str]
    days: dict[date, tuple[int, int]]
    newest: tuple[Found, ...]
    covered: timedelta  # how much of the time asked for anything is stored of
    change: Change | None = None

    def weekly(self, count: int) -> float | None:
        """`count` a week; None where less than a day is stored, which says little of a week."""
        return None if self.covered < _DAY else count * (timedelta(days=7) / self.covered)


def backtest(
    store: Past,
    rule: Rule,
    since: datetime,
    until: datetime,
    *,
    in_force: Rule | None = None,
    desk: Desk | None = None,
    limit: int = 10,
    progress: Progress = no_progress,
) -> Report:
    """Try `rule` on the articles that were collected in [since, until).

    `in_force` is the version to compare it with, if there is another; `limit` is how many matches, gains and
    losses are kept to be shown, the newest.
    """
    within = store.extent(since, until)
    trial = _Trial(store, rule, in_force, desk or Desk(), limit)
    condition = narrow.any_of(required_by(each) for each in (rule, in_force) if each is not None)
    ids = chosen(store, condition, within)
    for batch in batches(store, within, ids, "reading articles", progress):
        for stored in batch:
            trial.judge(stored)
    return trial.report(within, ids is not None, store.oldest_article())


def required_by(rule: Rule) -> Condition | None:
    return narrow.required(parse_canonical(rule.query))


def chosen(store: Past, condition: Condition | None, within: Extent) -> list[int] | None:
    """The articles that could meet `condition`; None where all have to be read."""
    return None if condition is None else store.candidates(condition, within)


def batches(
    store: Past, within: Extent, ids: Sequence[int] | None, what: str, progress: Progress
) -> Iterator[list[Stored]]:
    """The articles with these ids, or all of them, in their order."""
    total = within.count if ids is None else len(ids)
    done = 0
    for batch in _all(store, within) if ids is None else _of(store, within, ids):
        yield batch
        done = min(done + BATCH, total)
        progress(what, done, total)


def _of(store: Past, within: Extent, ids: Sequence[int]) -> Iterator[list[Stored]]:
    for first in range(0, len(ids), BATCH):
        yield store.read_past(within, ids[first : first + BATCH])


def _all(store: Past, within: Extent) -> Iterator[list[Stored]]:
    last = within.first - 1
    while batch := store.read_past_after(within, last, BATCH):
        yield batch
        last = batch[-1].article.id


class _Trial:
    """What is counted while articles are read."""

    def __init__(self, store: Past, rule: Rule, in_force: Rule | None, desk: Desk, limit: int) -> None:
        self.rule, self.in_force = rule, in_force
        self._engine = Engine((rule,))
        self._before = Engine((in_force,)) if in_force is not None else None
        self._rehearsal = Rehearsal(rule, desk, lambda: store.sample_texts(_LEARN_FROM))
        self._read = self._matches = self._gained = self._lost = 0
        self._days: dict[date, tuple[int, int]] = {}
        self._newest: deque[Found] = deque(maxlen=limit)
        self._newly: deque[Article] = deque(maxlen=limit)
        self._no_longer: deque[Article] = deque(maxlen=limit)

    def judge(self, stored: Stored) -> None:
        self._read += 1
        article = stored.article
        found = self._engine.match(article)
        if found:
            self._count(stored, found[0])
        if self._before is None:
            return
        before = bool(self._before.match(article))
        if found and not before:
            self._gained += 1
            self._newly.append(article)
        elif before and not found:
            self._lost += 1
            self._no_longer.append(article)

    def _count(self, stored: Stored, match: Match) -> None:
        decision, story = self._rehearsal.tell(stored, match.spans)
        self._matches += 1
        self._newest.append(Found(stored.article, match, decision, story))
        day = day_of(stored.article)
        matches, alerts = self._days.get(day, (0, 0))
        told = decision.verdict in (Verdict.ALERT, Verdict.HELD)
        self._days[day] = matches + 1, alerts + told

    def report(self, within: Extent, narrowed: bool, oldest: datetime | None) -> Report:
        rehearsal = self._rehearsal
        past = sum(rehearsal.withheld[why] for why in ("seed", "import", "baseline", "old"))
        begins = max(within.since, oldest) if oldest is not None else within.until
        return Report(
            rule=self.rule,
            within=within,
            read=self._read,
            narrowed=narrowed,
            matches=self._matches,
            news=self._matches - past,
            stories=rehearsal.stories,
            estimated=rehearsal.estimated,
            alerts=rehearsal.kinds,
            withheld=rehearsal.withheld,
            days=self._days,
            newest=tuple(reversed(self._newest)),
            covered=max(within.until - begins, timedelta(0)),
            change=self._change(),
        )

    def _change(self) -> Change | None:
        if self.in_force is None:
            return None
        newly, no_longer = tuple(reversed(self._newly)), tuple(reversed(self._no_longer))
        return Change(self.in_force.version, self._gained, self._lost, newly, no_longer)


def day_of(article: Article) -> date:
    assert article.collected is not None, "what is stored was collected"
    return article.collected.astimezone(UTC).date()


def calendar(report: Report) -> Iterable[tuple[date, int, int]]:
    """Every day of the time that is covered, with its matches and alerts, in order."""
    if not report.covered:
        return
    day = (report.within.until - report.covered).astimezone(UTC).date()
    last = (report.within.until - timedelta(microseconds=1)).astimezone(UTC).date()
    while day <= last:
        yield day, *report.days.get(day, (0, 0))
        day += _DAY
