"""Whatever a publisher, a hub, time or a crash does in whatever order: no item alerts twice, and none is lost.

A publisher's doings are a list of steps, with polls and pushes in between, through the whole pipeline over a
real store. Only what nobody could tell apart is left out: an item whose guid and title change between two
polls, and of undated items those that come back when they are forgotten, or are numbered by their place.
"""

from __future__ import annotations

import asyncio
import random
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select
from structlog.testing import capture_logs

from monitor.adapters.store import Database, Store, migrate
from monitor.adapters.store.schema import articles, entries, matches
from monitor.collect import websub
from monitor.collect.news import KNOWN_FOR
from monitor.model import NewEntry, PollOutcome, Response, Standing
from monitor.push import Push
from monitor.send.keys import delivery_key
from tests.pipeline.conftest import FEED, LEASE, World

RULES = """
rules:
  - id: all
    title: Everything
    query: sapper*
    alert: {per: article}
    tests: {match: [sappers], ignore: [rain]}
"""
LISTED = 9  # items of a document, the newest
_WORDS = [
    f"{a}{b}{c}"
    for a in "bdfgklmnprst"
    for b in ("a", "e", "i", "o", "u", "oa")
    for c in ("n", "rt", "l", "sk")
]


@dataclass
class Report:
    """What the publisher has written, however it is listed."""

    number: int
    published: datetime
    guid: str = ""  # of its own where it is given
    edition: int = 1
    headline: int = 1
    hidden: bool = False
    seen_at: datetime | None = None  # listed or pushed, as far as we can know

    @property
    def title(self) -> str:
        chance = random.Random(f"{self.number} {self.headline}")
        return f"Number {self.number} of the {' '.join(chance.sample(_WORDS, 4))} reports"

    @property
    def text(self) -> str:
        """Words that no other report has together, so that none is another's copy."""
        chance = random.Random(self.number)
        said = " ".join(chance.choice(_WORDS) for _ in range(60))
        return f"Sappers of report{self.number}x: {said}. Edition {self.edition} of it."


# How a publisher names things: guid and link of report `n` at `place` of the document.
FORMS: dict[str, Callable[[Report, int], tuple[str, str]]] = {
    "guid": lambda r, place: (f"guid-{r.number}", f"https://wire.example/{r.number}"),
    "other guids": lambda r, place: (f"urn:new:{r.number}", f"https://wire.example/{r.number}"),
    "guid is http link": lambda r, place: (f"http://wire.example/{r.number}",) * 2,
    "guid is https www link": lambda r, place: (f"https://www.wire.example/{r.number}",) * 2,
    "tracked": lambda r, place: (f"guid-{r.number}", f"https://wire.example/{r.number}?utm_source={place}"),
    "other guids, tracked": lambda r, place: (
        f"x{r.number}",
        f"http://wire.example/{r.number}?fbclid={place}",
    ),
    "other domain": lambda r, place: (f"d{r.number}", f"https://other.example/?p={r.number}"),
    "guid by place": lambda r, place: (f"{place}", f"https://wire.example/{r.number}"),
    "one guid for all": lambda r, place: ("https://wire.example/", f"https://wire.example/{r.number}"),
}


@dataclass
class Publisher:
    """A feed, and the monitor that polls it."""

    database: Path
    dated: bool = True
    form: str = "guid"
    reports: list[Report] = field(default_factory=list)  # the newest first
    stored: Counter[int] = field(default_factory=Counter)  # how often each was queued, but for what is old
    count: int = 0

    def __post_init__(self) -> None:
        self._start()
        self.world.store.add_feed(FEED, "", (), self.now)

    def _start(self, clock: Any = None) -> None:
        database = Database(f"sqlite:///{self.database}")
        event.listen(database.engine, "connect", lambda c, _: c.execute("PRAGMA synchronous=OFF"))
        self.world = World(Store(database, delivery_key))
        self.world.clock = self.world.pipeline.clock = clock or self.world.clock
        self.world.pipeline = self.world.make_pipeline(RULES)

    def close(self) -> None:
        self.world.store.close()

    @property
    def now(self) -> datetime:
        return self.world.clock.now()

    # --- what a publisher does ---------------------------------------------------------------------

    def write(self, number: int) -> None:
        for _ in range(number):
            self.count += 1
            self.reports.insert(0, Report(self.count, self.now - timedelta(minutes=1)))

    def _old(self, which: int) -> Report | None:
        known = [r for r in self.reports if r.seen_at]
        return known[which % len(known)] if known else None

    def edit(self, which: int) -> None:
        if report := self._old(which):
            report.edition += 1

    def rename(self, which: int) -> None:
        if report := self._old(which):
            report.headline += 1

    def hide(self, which: int) -> None:
        if report := self._old(which):
            report.hidden = True

    def show(self, which: int) -> None:
        hidden = [r for r in self.reports if r.hidden]
        if not hidden:
            return
        report = hidden[which % len(hidden)]
        assert report.seen_at
        if self.dated or self.now - report.seen_at < KNOWN_FOR:
            report.hidden = False

    def document(self) -> list[Report]:
        return [r for r in self.reports if not r.hidden][:LISTED]

    def _xml(self, listed: list[Report]) -> bytes:
        items = []
        for place, report in enumerate(listed):
            guid, link = FORMS[self.form](report, place)
            date = f"<pubDate>{format_datetime(report.published)}</pubDate>" if self.dated else ""
            items.append(
                f"<item><guid isPermaLink='false'>{escape(report.guid or guid)}</guid><link>{escape(link)}</link>"
                f"<title>{report.title}</title>{date}<description>{report.text}</description></item>"
            )
        made = f"<!-- {self.now} -->"  # never the same bytes
        return (
            f"<rss version='2.0'><channel><title>Wire</title>{''.join(items)}{made}</channel></rss>".encode()
        )

    # --- what the monitor does ---------------------------------------------------------------------

    def _claim(self) -> Any:
        self.world.store.make_due(FEED, self.now)
        (feed,) = self.world.store.claim_feeds(self.now, 1, LEASE, (), 10)
        return feed

    def _answer(self, status: int = 200) -> None:
        headers = {"content-type": "application/rss+xml"}
        body = self._xml(self.document())
        self.world.fetcher.answers[FEED] = Response(status, FEED, headers, body)

    def _note(self, news: tuple[NewEntry, ...]) -> None:
        for item in news:
            if (
                not item.changed and item.standing is not Standing.OLD
            ):  # it may come back when it is forgotten
                self.stored[number_of(item.entry.text)] += 1

    def _seen(self, listed: list[Report]) -> None:
        for report in listed:
            report.seen_at = self.now

    async def judged(self) -> PollOutcome:
        self._answer()
        return await self.world.pipeline.poll(self._claim())

    async def poll(self, minutes: int) -> None:
        self.world.clock.move(minutes=minutes)
        outcome = await self.judged()
        self.world.pipeline.record([outcome])
        self._note(outcome.entries)
        self._seen(self.document())

    async def fail(self, minutes: int) -> None:
        self.world.clock.move(minutes=minutes)
        self._answer(500)
        self.world.pipeline.record([await self.world.pipeline.poll(self._claim())])

    async def push(self, number: int, meanwhile: bool) -> None:
        """A hub brings the newest reports, perhaps while a poll is under way that brings them too."""
        self.world.clock.move(minutes=3)
        self.write(number)
        outcome = await self.judged() if meanwhile else None
        store, (feed, _) = self.world.store, self.world.store.feeds()[0]
        before = self._entries()
        listed = self.document()[:number]
        known = websub.Subscription(feed.id, "http://hub.example/", FEED, "token", state=websub.State.ACTIVE)
        push = Push(self.world.pipeline, store)
        await push.take((known, feed), self._xml(listed), "application/rss+xml", "")
        self._note_new(before)
        self._seen(listed)
        if outcome is not None:
            before = self._entries()
            self.world.pipeline.record([outcome])
            self._note_new(before)

    def _entries(self) -> set[int]:
        with self.world.store.database.read() as connection:
            return set(connection.scalars(select(entries.c.id)))

    def _note_new(self, before: set[int]) -> None:
        with self.world.store.database.read() as connection:
            rows = connection.execute(select(entries.c.id, entries.c.document)).all()
        for id, document in rows:
            if id not in before:
                self.stored[number_of(document["summary"])] += 1

    async def read(self) -> None:
        while readings := await self.world.read():
            self.world.pipeline.settle(readings)

    async def crash(self) -> None:
        """The daemon dies over what it has claimed; the next one frees the leases."""
        self.world.store.claim_entries(self.now, 100, LEASE, (), 100)
        self.restart()
        self.world.store.free_leases()

    def restart(self) -> None:
        answers, clock = self.world.fetcher.answers, self.world.clock
        self.close()
        self._start(clock)
        self.world.fetcher.answers = answers

    def forget(self) -> None:
        keep = KNOWN_FOR
        self.world.store.drop_unmatched(self.now - keep)
        self.world.store.forget_entries(self.now - keep)

    # --- what people are told ----------------------------------------------------------------------

    def told(self) -> Counter[int]:
        """How often each report was told as news."""
        query = select(articles.c.body).join(matches, matches.c.article_id == articles.c.id)
        with self.world.store.database.read() as connection:
            bodies = connection.scalars(
                query.where(matches.c.verdict == "alert", matches.c.kind == "new")
            ).all()
        return Counter(number_of(body) for body in bodies)


def number_of(text: str) -> int:
    return int(text.partition("report")[2].partition("x")[0])


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("once") / "empty.db"
    database = Database(f"sqlite:///{path}")
    migrate.upgrade(database)
    database.checkpoint()
    database.close()
    return path


small = st.integers(0, 8)
minutes = st.sampled_from([5, 30, 60, 600, 1440])
STEPS = st.one_of(
    st.tuples(st.just("write"), st.integers(1, 4)),
    st.tuples(st.just("edit"), small),
    st.tuples(st.just("rename"), small),
    st.tuples(st.just("hide"), small),
    st.tuples(st.just("show"), small),
    st.tuples(st.just("form"), st.sampled_from(sorted(FORMS))),
    st.tuples(st.just("reuse"), small),
    st.tuples(st.just("poll"), minutes),
    st.tuples(st.just("fail"), minutes),
    st.tuples(st.just("push"), st.integers(1, 3)),
    st.tuples(st.just("push in a poll"), st.integers(1, 3)),
    st.tuples(st.just("read"), st.just(0)),
    st.tuples(st.just("crash"), st.just(0)),
    st.tuples(st.just("restart"), st.just(0)),
    st.tuples(st.just("weeks pass"), st.integers(1, 8)),
)


async def play(publisher: Publisher, steps: list[tuple[str, Any]]) -> None:
    publisher.write(6)
    await publisher.poll(5)
    await publisher.read()
    unpolled = False  # whether there is something that no poll has seen
    for what, how in steps:
        match what:
            case "write" if len([r for r in publisher.reports if not r.seen_at]) + how <= 4:
                publisher.write(how)
                unpolled = True
            case "edit":
                publisher.edit(how)
            case "rename" | "form":
                # One of them at a time between two polls: link, guid and title changed at once are another item.
                if unpolled:
                    await publisher.poll(5)
                if what == "rename":
                    publisher.rename(how)
                elif publisher.dated or how != "guid by place":
                    publisher.form = how
                unpolled = True
            case "hide" if len(publisher.document()) > 6:
                publisher.hide(how)
            case "show":
                publisher.show(how)
            case "reuse":
                if unpolled:
                    await publisher.poll(5)
                publisher.write(1)
                if old := publisher._old(how):
                    publisher.reports[0].guid = FORMS[publisher.form](old, 0)[0]
                unpolled = True
            case "poll":
                await publisher.poll(how)
                unpolled = False
            case "fail":
                await publisher.fail(how)
            case "push" | "push in a poll":
                if unpolled:
                    await publisher.poll(5)
                await publisher.push(how, what == "push in a poll")
                unpolled = True
            case "read":
                await publisher.read()
            case "crash":
                await publisher.crash()
            case "restart":
                publisher.restart()
            case "weeks pass":
                await publisher.poll(5)
                await publisher.read()
                for _ in range(how):
                    publisher.world.clock.move(days=7)
                    await publisher.poll(5)
                    publisher.forget()
                unpolled = False
    for _ in range(2):
        await publisher.poll(5)
        await publisher.read()
    # What came in a spike of its rule is told together, an hour later at the most.
    publisher.world.clock.move(hours=1)
    publisher.world.pipeline.release()


@settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEPS, min_size=1, max_size=14), dated=st.booleans())
def test_each_item_is_told_once(empty: Path, steps: list[tuple[str, Any]], dated: bool) -> None:
    copy = empty.with_name("monitor.db")
    for left in empty.parent.glob("monitor.db*"):
        left.unlink()
    shutil.copy(empty, copy)
    publisher = Publisher(copy, dated)
    try:
        with capture_logs():
            asyncio.run(play(publisher, steps))
        news = {report.number: 1 for report in publisher.reports if report.number > 6}
        assert publisher.told() == news
        assert publisher.stored == dict.fromkeys(range(1, publisher.count + 1), 1)
    finally:
        publisher.close()
