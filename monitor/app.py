"""The composition root: takes settings, makes every part, and hands them to each other."""

from __future__ import annotations

import asyncio
import os
import platform
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import ParamSpec, TypeVar

import structlog

from monitor.adapters.clock import DatabaseClock, SystemClock
from monitor.adapters.files import read_seed_file, seed_stamp
from monitor.adapters.http import HttpFetcher
from monitor.adapters.notifier import AppriseNotifier
from monitor.adapters.robots import RobotsCache
from monitor.adapters.rule_cache import RuleCache
from monitor.adapters.rule_folder import RuleFolder
from monitor.adapters.store import Database, Store, backup, migrate
from monitor.adapters.store.relevance import FeedPace
from monitor.adapters.template_folder import read_templates
from monitor.adapters.workers import WorkerPool
from monitor.collect.access import read_proxy
from monitor.config import Settings
from monitor.errors import MonitorError, Problem, UpgradeFailed
from monitor.live_rules import LiveRules, last_good, remember, with_last_good
from monitor.match.rules import Rule, RuleBook
from monitor.pacing import Pacing, polling_of
from monitor.pipeline import Pipeline, Reading
from monitor.policy import Policy
from monitor.ports import Clock
from monitor.push import Push
from monitor.relate.memory import StoryMemory
from monitor.route.routes import Timing
from monitor.send.channels import expand_all
from monitor.send.keys import delivery_key
from monitor.settings import at_the_next_start, receiver_policies, routes_of
from monitor.troubles.feeds import FeedWatch

log = structlog.get_logger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

# From how many stored articles a starting daemon learns how common words are.
LEARN_FROM = 2000
# Warnings of rule files that are logged one by one.
MOST_WARNINGS = 100


def create_store(settings: Settings, what: str = "a daemon") -> Store:
    """The store for `run`: alone on its SQLite file, created or backed up and upgraded where needed.

    Raises StoreBusy where another daemon runs, SchemaMismatch for a newer database, UpgradeFailed.
    """
    database = Database(settings.database)
    database.claim_presence(what)
    try:
        before, after = migrate.upgrade(database, partial(back_up_before_upgrade, database), _log_indexing)
    except UpgradeFailed as error:
        log.error("database not upgraded", exc_info=error.__cause__)
        raise
    if before is not None and before != after:
        log.info("database upgraded", before=before, after=after)
    store = Store(database, delivery_key)
    if database.is_sqlite:
        store.free_leases()
    return store


def _log_indexing(done: int, of: int) -> None:
    """A line for every 20,000 articles, which is about every half a minute."""
    if done % 20_000 == 0 or done == of:
        log.info("indexing stored articles", done=done, of=of)


def back_up_before_upgrade(database: Database) -> Path | None:
    """A copy of an SQLite database beside it; PostgreSQL is backed up with its own tools."""
    if (target := backup.beside(database, datetime.now(UTC))) is not None:
        log.info("database backed up", to=str(target))
    return target


def policy_of(settings: Settings, since: timedelta | None = None) -> Policy:
    """What the settings say of polling and telling."""
    channels = expand_all({name: receiver.urls for name, receiver in settings.receivers.items()})
    alerts = settings.alerts
    return Policy(
        polling=polling_of(settings),
        channels={(channel.receiver, channel.name): channel for channel in channels},
        receivers=receiver_policies(settings),
        default=alerts.default,
        operator=alerts.operator,
        routes=routes_of(settings),
        spikes=alerts.spikes,
        timing=Timing(alerts.group_wait, alerts.group_interval, alerts.repeat_interval),
        since=since,
        access={feed.url: own for feed in settings.feeds if (own := feed.access)},
    )


def make_fetcher(settings: Settings) -> HttpFetcher:
    """To be called in a running event loop."""
    network = settings.network
    return HttpFetcher(
        allow=network.allow,
        max_bytes=network.max_size,
        total=network.timeout.total_seconds(),
        per_host=network.connections_per_host,
        pace=network.host_pace.total_seconds(),
        proxy=read_proxy(network.proxy) if network.proxy else None,
        contact=network.contact,
    )


def make_workers(settings: Settings) -> WorkerPool:
    workers = settings.workers
    return WorkerPool(
        workers.processes or None,
        time_limit=workers.timeout.total_seconds(),
        memory_limit=workers.memory,
    )


class App:
    """A running program: the pipeline with all it needs, and how to reload and close it."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        since: timedelta | None = None,
        clock: Clock | None = None,
    ) -> None:
        """To be called in a running event loop; `load()` makes it ready.

        `clock` is for who wants another time than the machine's (SQLite) or the database's (PostgreSQL).
        """
        self.settings = settings
        self.store = store
        self.since = since
        self.problems: list[Problem] = []
        self.clock: Clock = clock or (
            SystemClock() if store.database.is_sqlite else DatabaseClock(store.database_time)
        )
        # SQLite has one writer at a time; one thread spares the threads waiting for each other.
        threads = 1 if store.database.is_sqlite else 4
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="store")
        policy = policy_of(settings, since)
        self.fetcher = make_fetcher(settings)
        self.workers = make_workers(settings)
        self._warming: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._rules = RuleReader(RuleCache())
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="rules")
        self._reloading_rules = asyncio.Lock()
        self._remembered: dict[str, Rule] = {}  # the last good version of each rule, as the store has it
        self._settled: dict[Path, tuple[object, frozenset[tuple[str, str]]]] = {}  # seeds: their state, rules
        self._seeds: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._retired: dict[asyncio.Task[None], HttpFetcher] = {}  # those that are about to be closed
        self.robots = RobotsCache(self.fetcher, self.workers, self.clock, obey=settings.network.robots)
        self.notifier = AppriseNotifier(policy.channels.values())
        self.pipeline = Pipeline(
            store=store,
            fetcher=self.fetcher,
            workers=self.workers,
            robots=self.robots,
            notifier=self.notifier,
            clock=self.clock,
            offload=self.offload,
            policy=policy,
            rules=LiveRules(),
            install=store.install_id(),
            memory=StoryMemory(),
            watch=FeedWatch(store, "" if store.database.is_sqlite else platform.node()),
        )
        self.push = Push(self.pipeline, store)
        self.pacing = Pacing(self.pipeline, FeedPace(store.database))

    def offload(self, work: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Awaitable[R]:
        return asyncio.get_running_loop().run_in_executor(self._threads, partial(work, *args, **kwargs))

    async def load(self, *, to_stay: bool = True) -> None:
        """Start the workers, take over feeds and rules, learn from what is stored.

        What is `to_stay` also starts the processes that send, so that the first alert need not wait;
        a single run starts them if there is something to send.
        """
        self.workers.start()
        if to_stay:
            self._warming = asyncio.create_task(self._warm_up())
        self.pipeline.writer.follow(partial(read_templates, self.settings.alerts.templates))
        await self.offload(self._learn)
        await self.offload(self._sync_feeds, self.settings)
        await self.offload(self.pipeline.resume)
        await self.pacing.tick(self.settings)
        self._remembered = await self.offload(last_good, self.store)
        await self.reload_rules()
        if to_stay:  # hubs push at once, and what comes is matched by the rules in force
            await self.push.use(self.settings)

    async def _warm_up(self) -> None:
        """Start what sends, and say which receivers cannot be sent to before there is something to send."""
        await self.notifier.start()
        for (receiver, channel), why in (await self.notifier.examine()).items():
            log.error("receiver cannot be used, its alerts wait", receiver=receiver, channel=channel, why=why)

    def _learn(self) -> None:
        for title, body, language in reversed(self.store.sample_texts(LEARN_FROM)):
            self.pipeline.memory.learn(title, body, language)

    def _sync_feeds(self, settings: Settings) -> None:
        feeds = [(feed.url, feed.title, feed.tags) for feed in settings.feeds]
        self.store.sync_feeds(feeds, self.clock.now())

    async def reload(self, settings: Settings) -> None:
        """Put a changed configuration in force; what is in flight ends under the old one.

        Raises StoreError where the database does not take the feeds: then nothing has changed; or where it
        takes no more than them: then the rules, and what waits to be sent, stay as they were.
        """
        if later := at_the_next_start(self.settings, settings):
            log.warning("changed, but not before the next start", keys=", ".join(later))
        policy = policy_of(settings, self.since)
        await self.offload(self._sync_feeds, settings)
        before, old, self.settings = self.settings, self.fetcher, settings
        self.pipeline.policy = replace(policy, polling=self.pacing.in_force(policy.polling))
        self.fetcher = self.pipeline.fetcher = make_fetcher(settings)
        self.robots.use(self.fetcher, obey=settings.network.robots)
        self.notifier.use(policy.channels.values())
        self._retire(old, 2 * before.network.timeout.total_seconds())
        self.pipeline.writer.follow(partial(read_templates, settings.alerts.templates))
        await self.push.use(settings)
        if settings.receivers != before.receivers:
            # Whoever mends an address wants to see at once that what waits goes out.
            await self.offload(self.store.retry_deliveries, self.clock.now(), policy.channels)
            self._warming.cancel()
            self._warming = asyncio.create_task(self._warm_up())
        await self.reload_rules()

    def _retire(self, fetcher: HttpFetcher, seconds: float) -> None:
        """Close a fetcher that a reload has replaced, once what is under way had its time, or at the end."""

        async def close_later() -> None:
            await asyncio.sleep(seconds)
            await fetcher.close()

        closing = asyncio.create_task(close_later(), name="retired-fetcher")
        self._retired[closing] = fetcher
        closing.add_done_callback(lambda done: self._retired.pop(done, None))

    async def reload_rules(self) -> None:
        """Put the rule files in force; a broken one leaves the last good version of its rules.

        They are read and compiled on a thread of their own, while the old ones go on. Seeds that changed
        are read and stored after that, while the work goes on.
        """
        async with self._reloading_rules:  # or the older of two readings could be the last in force
            book = await self._in_background(self._rules.read, self.settings, self._remembered)
            self._remembered = await self.offload(self._remember, book)
            await self._in_background(self._use_rules, book)
            await self.offload(self.pipeline.report_rules, book)
        self._seeds.cancel()
        self._seeds = asyncio.create_task(self._settle_seeds(self.pipeline.rules.rules), name="seeds")

    @property
    def rules_unread(self) -> bool:
        """Whether a rule file, or the folder, could not be read the last time."""
        return self._rules.unread

    def stop_reading_rules(self) -> None:
        """Break off what is being read of rule files, and read none any more: the program ends."""
        self._rules.stop()

    def _in_background(self, work: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Awaitable[R]:
        return asyncio.get_running_loop().run_in_executor(self._reader, partial(work, *args, **kwargs))

    async def seeds_settled(self) -> None:
        """Wait until the seeds of the rules in force are stored with their matches."""
        await asyncio.gather(self._seeds, return_exceptions=True)

    def _remember(self, book: RuleBook) -> dict[str, Rule]:
        return remember(book, self._remembered, self.store, self.clock.now())

    def _use_rules(self, book: RuleBook) -> None:
        today = self.clock.now().date()
        problems = self.pipeline.rules.use([rule for rule in book.rules if rule.enabled(today)], book.plans)
        before, self.problems = self.problems, [*book.problems, *problems]
        _log_problems(self.problems, before)
        log.info("rules in force", rules=len(self.pipeline.rules.rules))

    async def _settle_seeds(self, rules: Mapping[str, Rule]) -> None:
        """Store the seeds that changed, or whose rules did, with their matches, beside all other articles."""
        for path, wanted in seeds_of(self.settings.rules, rules).items():
            try:
                state = (seed_stamp(path), frozenset((id, rules[id].version) for id in wanted))
                if self._settled.get(path) != state:
                    await self._settle_seed(path, wanted)
                    self._settled[path] = state
            except MonitorError as error:
                log.warning("seed not stored", seed=str(path), why=str(error))

    async def _settle_seed(self, path: Path, wanted: Collection[str]) -> None:
        article = await self.workers.read_seed(path.name, read_seed_file(path))
        _rules, (matches,) = await self.offload(self.pipeline.rules.match, [article])
        for rule in sorted(set(wanted) - {match.rule for match in matches}):
            log.warning(
                "a rule does not match its own seed; `monitor test` says why", rule=rule, seed=path.name
            )
        await self.offload(self.pipeline.settle, [Reading(seed_key(self.settings.rules, path), article)])

    def refresh_clock(self) -> None:
        """Take the time from a shared database again; blocks."""
        if isinstance(self.clock, DatabaseClock):
            self.clock.refresh()

    async def close(self) -> None:
        """End everything; what is still under way is broken off, and its lease brings it back."""
        ending = [self._warming, self._seeds, *self._retired]
        fetchers = [self.fetcher, *self._retired.values()]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        await self.push.close()
        for fetcher in fetchers:
            await fetcher.close()
        await self.notifier.close()
        await self.pipeline.writer.close()
        await self.workers.close()
        self._rules.stop()
        self._reader.shutdown(wait=True, cancel_futures=True)
        self._threads.shutdown(wait=True, cancel_futures=True)
        self.store.close()


class RuleReader:
    """Reads the rules of a configuration, with the last good version of what is broken."""

    def __init__(self, cache: RuleCache) -> None:
        self._cache = cache
        self._folder: RuleFolder | None = None
        self._stopped = False

    def read(self, settings: Settings, before: Mapping[str, Rule]) -> RuleBook:
        """The book as the files are now. `before` are the rules that ran until now. Blocks."""
        if self._folder is None or self._folder.folder != settings.rules:
            self._folder = RuleFolder(settings.rules, self._cache)
        receivers = frozenset(settings.receivers)
        book = self._folder.read(receivers, had_rules=bool(before), progress=self._go_on)
        return with_last_good(book, before)

    @property
    def unread(self) -> bool:
        return self._folder is not None and self._folder.unread

    def _go_on(self, done: int, of: int) -> None:
        if self._stopped:
            raise MonitorError(f"stopped after reading {done} of {of} rule files")

    def stop(self) -> None:
        """Break off what is being read."""
        self._stopped = True


def _log_problems(problems: Sequence[Problem], before: Collection[Problem]) -> None:
    """Say what is wrong with the rules, when it is new."""
    known = set(before)
    new = [problem for problem in problems if problem not in known]
    for problem in (problem for problem in new if problem.level == "error"):
        log.error("rule file", problem=str(problem))
    new = [problem for problem in new if problem.level != "error"]
    for problem in new[:MOST_WARNINGS]:
        log.warning("rule file", problem=str(problem))
    if len(new) > MOST_WARNINGS:
        log.warning(
            "more warnings of rule files; `monitor check` shows them", warnings=len(new) - MOST_WARNINGS
        )


def seed_key(folder: Path, path: Path) -> str:
    """What a seed is known by in the store: its place beside the rules."""
    return f"seed:{os.path.relpath(path, folder)}"


def seeds_of(folder: Path, rules: Mapping[str, Rule]) -> Mapping[Path, set[str]]:
    """Every seed file with the rules that name it."""
    found: dict[Path, set[str]] = {}
    for rule in rules.values():
        beside = (folder / rule.path).parent if not Path(rule.path).is_absolute() else Path(rule.path).parent
        for seed in rule.seeds:
            found.setdefault(Path(os.path.normpath(beside / seed)), set()).add(rule.id)
    return found


__all__ = ["App", "create_store", "make_fetcher", "make_workers", "policy_of"]
