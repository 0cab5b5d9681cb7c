"""A pipeline over a real store and a scripted world."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from monitor.adapters.store import Store
from monitor.collect.due import PollingPolicy
from monitor.errors import FetchError
from monitor.live_rules import LiveRules
from monitor.match.engine import Engine
from monitor.match.in_force import RulesInForce
from monitor.match.rulefiles.book import load_rules
from monitor.pipeline import Pipeline, Policy, Postponed, Reading
from monitor.relate.memory import StoryMemory
from monitor.route.telling import ReceiverPolicy
from monitor.send.channels import expand_all
from tests.fakes import (
    InProcessWorkers,
    Item,
    ManualClock,
    NoRobots,
    RecordingNotifier,
    ScriptedFetcher,
    at_once,
)

LEASE = timedelta(minutes=5)
FEED = "https://wire.example/rss"
RULES = """
rules:
  - id: troops
    title: Troops sent to Russia
    query: ("North Korea*" OR Pyongyang) AND Russia AND (troop* OR soldier* OR sapper*)
    tests: {match: [North Korea sends troops to Russia], ignore: [rain]}
"""


def rules_of(text: str) -> RulesInForce:
    book = load_rules({"rules.yaml": text})
    assert not book.errors, book.errors
    return RulesInForce({rule.id: rule for rule in book.rules}, Engine(book.rules))


@dataclass
class World:
    """Everything around the pipeline, and the daemon's loop without the daemon."""

    store: Store
    clock: ManualClock = field(default_factory=ManualClock)
    fetcher: ScriptedFetcher = field(default_factory=ScriptedFetcher)
    notifier: RecordingNotifier = field(default_factory=RecordingNotifier)
    published: list[Item] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pipeline = self.make_pipeline(RULES)

    def make_pipeline(
        self, rules: str, per_receiver: Sequence[str] = ("json://127.0.0.1:9/desk",)
    ) -> Pipeline:
        channels = expand_all({"desk": per_receiver})
        return Pipeline(
            store=self.store,
            fetcher=self.fetcher,
            workers=InProcessWorkers(),
            robots=NoRobots(),
            notifier=self.notifier,
            clock=self.clock,
            offload=at_once,
            policy=Policy(
                polling=PollingPolicy(),
                channels={(channel.receiver, channel.name): channel for channel in channels},
                receivers={"desk": ReceiverPolicy(zone="Asia/Seoul")},
                default=("desk",),
            ),
            rules=LiveRules(rules_of(rules)),
            install="test.monitor",
            memory=StoryMemory(),
        )

    def publish(
        self, guid: str, title: str, *paragraphs: str, feed: str = FEED, page: bool = True, **age: float
    ) -> None:
        """Put an item into the feed, and its page at its address."""
        site = feed.rsplit("/", 1)[0]
        item = Item(guid, title, f"{site}/{guid}", paragraphs[0], self.clock.now() - timedelta(**age))
        known = getattr(self, "_feeds", {})
        known.setdefault(feed, [])
        known[feed] = [item, *(other for other in known[feed] if other.guid != guid)]
        self._feeds = known
        self.fetcher.feed(feed, *known[feed])
        if page:
            self.fetcher.page(item.link, title, *paragraphs)

    def break_page(self, guid: str, error: FetchError) -> None:
        self.fetcher.answers[f"https://wire.example/{guid}"] = error

    async def poll(self) -> None:
        """Poll every feed that is due, an hour later than the last time."""
        self.clock.move(hours=1)
        feeds = self.store.claim_feeds(self.clock.now(), 100, LEASE, (), 100)
        self.pipeline.record([await self.pipeline.poll(feed) for feed in feeds])

    async def read(self) -> list[Reading]:
        read = []
        for queued in self.store.claim_entries(self.clock.now(), 100, LEASE, (), 100):
            result = await self.pipeline.read(queued)
            if isinstance(result, Postponed):
                self.store.postpone_entry(queued, result.at, result.why)
            elif result is not None:
                read.append(result)
        return read

    async def send(self) -> None:
        """As a single run sends: what only waits for other updates of its story goes too."""
        self.pipeline.release(groups=True)
        while claimed := self.store.claim_deliveries(self.clock.now(), 100, LEASE, ()):
            for delivery, alert in claimed:
                await self.pipeline.deliver(delivery, alert)

    async def go(self) -> None:
        """One round of everything."""
        await self.poll()
        self.pipeline.settle(await self.read())
        await self.send()

    def decisions(self) -> list[tuple[str, str, str]]:
        """Title, decision and reason of every match, oldest first."""
        rows = reversed(self.store.matches(limit=100))
        return [(row["title"], row["decision"], row["reason"]) for row in rows]

    def alerts(self) -> list[dict[str, Any]]:
        return list(reversed(self.store.alerts(limit=100)))


@pytest.fixture
def world(store: Store) -> World:
    world = World(store)
    store.add_feed(FEED, "", ("wire",), world.clock.now())
    return world
