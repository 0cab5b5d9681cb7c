"""One article's journey, an arrow a function: load, decide, store.

    feed --poll--> entry --read--> article --settle--> match, story, alert --deliver--> delivery

The decisions are the stages': collect, extract, match, relate, route, send. Nothing here decides, and
nothing here knows how anything is fetched, stored or sent. `poll` and `read` wait for the network and for
workers; `record`, `settle` and `release` are transactions and block: the daemon runs them on the store's
own thread.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from monitor.collect import again, hubs, sitemap, websub
from monitor.collect import poll as polls
from monitor.collect.outage import put_off
from monitor.collect.outlets import outlet
from monitor.delivering import Delivering
from monitor.dispatch import release
from monitor.errors import (
    ExtractError,
    FeedError,
    FetchError,
    MonitorError,
    StoreError,
    WorkerError,
)
from monitor.extract.address import canonical, page_address
from monitor.extract.dates import believable
from monitor.extract.feed_content import title_only
from monitor.live_rules import LiveRules
from monitor.match.rulefiles.breakage import broken_files, mended
from monitor.match.rules import RuleBook
from monitor.model import (
    Article,
    Feed,
    PageState,
    ParsedFeed,
    PollOutcome,
    QueuedEntry,
    Response,
    Severity,
)
from monitor.policy import Policy
from monitor.ports import Clock, Fetcher, Notifier, Offload, Robots, Store, Workers
from monitor.relate.memory import StoryMemory
from monitor.route.troubles import Trouble, receivers_of_owners
from monitor.settle import Reading, Settling
from monitor.troubles.channels import ChannelWatch
from monitor.troubles.feeds import FeedWatch
from monitor.troubles.rules import report_quiet_rules
from monitor.writing import Writer

log = structlog.get_logger(__name__)

# A page that cannot be had now is asked for again this long after, unless title and summary match already;
# then what the feed gave is all there is.
PAGE_RETRIES = (timedelta(minutes=1), timedelta(minutes=5))
# Kinds of FetchError that are the same in five minutes.
LASTING = frozenset({"size", "refused", "redirect", "robots"})
RESTING = "its site asked for a rest from requests"
# An article that cannot be stored for a reason of its own is set aside after so many tries.
MOST_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Postponed:
    """An entry whose page is asked for again later."""

    queued: QueuedEntry
    at: datetime
    why: str
    spent: bool = True  # whether it counts as an attempt


class Pipeline(Delivering):
    """The journey with everything it needs; each method is one arrow."""

    def __init__(
        self,
        *,
        store: Store,
        fetcher: Fetcher,
        workers: Workers,
        robots: Robots,
        notifier: Notifier,
        clock: Clock,
        offload: Offload,
        policy: Policy,
        rules: LiveRules,
        install: str,
        memory: StoryMemory,
        watch: FeedWatch | None = None,
    ) -> None:
        super().__init__()
        self.store, self.fetcher, self.workers, self.notifier = store, fetcher, workers, notifier
        self.robots, self.clock, self.offload = robots, clock, offload
        self.policy, self.rules = policy, rules
        self.install, self.memory = install, memory
        self.watch = watch or FeedWatch(store)
        self.channel_watch = ChannelWatch(store)
        self.writer = Writer(workers)
        self.listening: datetime | None = None  # since when hubs can push to us (monitor.push)
        self.left_hubs: deque[websub.Subscription] = deque(maxlen=1000)  # who takes them says goodbye
        # What is remembered of stories belongs to one settlement at a time, until it is stored or forgotten.
        # PostgreSQL's threads would share it otherwise: the transaction's own lock ends with the transaction.
        self._one_settlement = threading.Lock()

    # --- rules -------------------------------------------------------------------------------------

    def report_rules(self, book: RuleBook) -> None:
        """Tell the owners of broken rule files, once, and once more when they are mended."""
        policy, now = self.policy, self.clock.now()
        operators = policy.operators("rules", now)
        found = [
            Trouble(
                broken.path,
                broken.headline,
                broken.text,
                receivers_of_owners(broken.owners, operators, policy.receivers),
            )
            for broken in broken_files(book)
        ]
        told = self.store.report_troubles(
            "rules",
            found,
            lambda one: mended(one.trouble.subject, book.rules),
            policy.channel_names(),
            now,
            not_before=policy.quiet_until(now, Severity.HIGH),
        )
        for trouble in told.begun:
            log.info(
                "owners told of a broken file", file=trouble.subject, receivers=", ".join(trouble.receivers)
            )

    def report_health(self, *, at_once: bool = False) -> None:
        """Tell of feeds in trouble, of a network that is away, of rules gone quiet, once; and when it is over."""
        now = self.clock.now()
        self.watch.report(self.policy, now, at_once=at_once)
        if not self.watch.network.is_away:
            report_quiet_rules(self.store, self.policy, self.rules.rules, now)
            self.channel_watch.report(self.policy, now)
        self.writer.report(self.store, self.policy, now)

    def resume(self) -> None:
        """Go on where an earlier run ended, by what the configuration says now."""
        self.watch.resume()
        self.store.use_channels(self.policy.channels, self.clock.now())

    # --- collect: feed -> entries ------------------------------------------------------------------

    async def poll(self, feed: Feed) -> PollOutcome:
        """Ask a feed what is new, and decide what that means. Nothing is stored yet."""
        policy = self.policy.polling
        try:
            response = await self.fetcher.fetch(
                feed.url, polls.request_headers(feed), access=self.policy.access.get(feed.key)
            )
            self.watch.answered(feed.url, response, self.clock.now())
            if not polls.is_success(response):
                return self._failed(feed, response)
            parsed = None
            if polls.needs_parsing(feed, response):
                parsed = await self.workers.parse_feed(response.body, response.content_type, response.url)
                if parsed.children:
                    response, parsed = await self._read_sitemaps(feed, response, parsed)
        except (FetchError, FeedError, WorkerError) as error:
            return self._failed(feed, error)
        # At a feed's first poll nothing of it can be known.
        keys = polls.identity_keys(parsed) if parsed and feed.baseline_at else []
        known = await self.offload(self.store.known_entries, feed.id, keys) if keys else {}
        now = self.clock.now()
        self.watch.read(feed, now)
        outcome = polls.judge(
            feed, response, parsed, known, now, policy, since=self.policy.since, jitter=self._jitter()
        )
        outcome = replace(outcome, hub=hubs.offered(response, parsed))
        return websub.with_push(feed, outcome, policy, now, self.listening)

    def _failed(self, feed: Feed, problem: MonitorError | Response) -> PollOutcome:
        now, jitter = self.clock.now(), self._jitter()
        outcome = polls.failed(feed, problem, now, self.policy.polling, jitter)
        return self.watch.failed(feed, problem, outcome, now, jitter)

    async def _read_sitemaps(
        self, feed: Feed, response: Response, index: ParsedFeed
    ) -> tuple[Response, ParsedFeed]:
        """A sitemap index with what its newest sitemaps list; one that cannot be read waits for the next poll."""
        read: list[ParsedFeed] = []
        failed: list[MonitorError] = []
        for url in sitemap.children_to_read(index, feed.good_at):
            try:
                headers = sitemap.request_headers(feed.good_at)
                access = self.policy.access.get(feed.key)
                answer = await self.fetcher.fetch(url, headers, max_bytes=sitemap.MAX_BYTES, access=access)
                if sitemap.is_changed(answer):
                    read.append(await self.workers.parse_feed(answer.body, answer.content_type, answer.url))
            except (FetchError, FeedError, WorkerError) as error:
                failed.append(error)
        if failed and not read:
            raise failed[0]
        return sitemap.remembered(response, index, not failed), sitemap.with_children(index, read)

    def record(self, outcomes: Sequence[PollOutcome]) -> int:
        """Transaction (a): feeds with their validators and new entries; how many entries were queued."""
        for outcome in outcomes:
            _log_poll(outcome)
        now = self.clock.now()
        if telling := [outcome for outcome in outcomes if outcome.hub is not None or outcome.entries]:
            follow = partial(websub.after_poll, now=now, listening=self.listening)
            self.left_hubs.extend(self.store.follow_hubs(telling, follow))
        queued = self.store.record_polls(outcomes, now)
        self.watch.go_on(now)
        return queued

    # --- extract: entry -> article -----------------------------------------------------------------

    async def read(self, queued: QueuedEntry) -> Reading | Postponed | None:
        """Fetch the entry's page and extract its article; where that fails, what the feed gave must do.

        None: its article was read before, and its page says nothing else.
        """
        entry = queued.entry
        url = page_address(entry.url) if entry.has_page else None
        if url is None:
            return await self._from_feed(queued, "the entry names no page")
        if queued.page is not None:
            return await self._look_again(queued, queued.page, url)
        if until := self.watch.rests_until(url, self.clock.now()):
            return await self._without_page(queued, RESTING, True, until)
        try:
            response = await self._ask(queued, url)
            if response.status >= 400:
                until = self.watch.page_refused(url, response, self.clock.now())
                passing = response.status in (408, 425, 429) or response.status >= 500
                return await self._without_page(
                    queued, f"its page answered {response.status}", passing, until
                )
            article = await self.workers.extract(response.body, response.content_type, response.url, entry)
        except FetchError as error:
            if self.watch.waits_for_network(error):
                return Postponed(queued, put_off(self.clock.now(), self._jitter()), str(error), spent=False)
            return await self._without_page(queued, str(error), error.kind not in LASTING)
        except (ExtractError, WorkerError) as error:
            return await self._from_feed(queued, str(error), again.page_state(response), response)
        return self._reading(queued, article, again.page_state(response, article.headline))

    async def _ask(self, queued: QueuedEntry, url: str, headers: Mapping[str, str] | None = None) -> Response:
        access = self.policy.access.get(queued.feed_url)
        permit = partial(self.robots.permit, access=access)
        response = await self.fetcher.fetch(url, headers, access=access, permit=permit)
        self.watch.answered(url, response, self.clock.now())
        return response

    async def _look_again(self, queued: QueuedEntry, page: PageState, url: str) -> Reading | Postponed | None:
        """Read an article anew if its page has changed. What cannot be had now is left for the next look."""
        at, gone = again.next_look(queued, self.clock.now(), unread=page == again.UNREAD), None
        try:
            if not self.watch.rests_until(url, self.clock.now()):
                response = await self._ask(queued, url, again.request_headers(page))
                if response.status >= 400:
                    self.watch.page_refused(url, response, self.clock.now())
                if again.is_changed(page, response):
                    article = await self.workers.extract(
                        response.body, response.content_type, response.url, queued.entry
                    )
                    return self._reading(queued, *again.reread(article, response, page))
                gone = again.gone(response, self.clock.now())
        except (FetchError, ExtractError, WorkerError) as error:
            if isinstance(error, FetchError) and self.watch.waits_for_network(error):
                return Postponed(queued, put_off(self.clock.now(), self._jitter()), str(error), spent=False)
            log.info("page not read again", url=url, why=str(error))
        await self.offload(self.store.leave_entry, queued, None if gone else at, gone)
        return None

    async def _without_page(
        self, queued: QueuedEntry, why: str, passing: bool, until: datetime | None = None
    ) -> Reading | Postponed:
        """What to do with an entry whose page cannot be had; `passing` where waiting may help."""
        reading = await self._from_feed(queued, why, again.UNREAD if passing else None)
        if not passing or queued.attempts > len(PAGE_RETRIES):
            return reading
        if await self.offload(self.rules.matching, reading.article):
            return reading
        soonest = self.clock.now() + PAGE_RETRIES[queued.attempts - 1]
        latest = queued.seen_at + polls.LONGEST_REST
        return Postponed(queued, max(soonest, min(until or soonest, latest)), why)

    async def _from_feed(
        self, queued: QueuedEntry, why: str, page: PageState | None = None, response: Response | None = None
    ) -> Reading:
        """The article that the feed and the page's head give; where that kills its worker, the title is left."""
        try:
            article = await self.workers.from_feed(queued.entry, why, response)
        except WorkerError as error:
            article = title_only(queued.entry, f"{why}; what the feed gives cannot be read either: {error}")
        return self._reading(queued, article, page)

    def _reading(self, queued: QueuedEntry, article: Article, page: PageState | None = None) -> Reading:
        now = self.clock.now()
        published = believable(article.published, now)
        article = replace(
            article,
            source=outlet(article, queued),
            feed_url=queued.feed_url,
            feed_tags=queued.feed_tags,
            published=published,
            dated=article.dated if published else None,
            collected=now,
        )
        named = article.url if queued.entry.has_page else None
        key = canonical(named) if named else f"entry:{queued.feed_id}:{queued.entry.identity}"
        return Reading(key, article, polls.standing_when_read(queued, article), queued, page)

    # --- match, relate, route: article -> matches -> story -> alerts -------------------------------

    def settle(self, readings: Sequence[Reading]) -> int:
        """Transaction (b): articles with their matches, stories, decisions and alerts; how many alerts.

        A batch that fails is retried row by row, and a row that fails by itself is set aside in the end,
        so that its neighbours flow.
        """
        try:
            return self._settle(readings)
        except StoreError:
            raise  # not the articles' fault: their leases run out and they come again
        except Exception:
            if len(readings) == 1:
                self._set_aside(readings[0])
                return 0
            log.exception("batch failed, its articles are stored one by one", articles=len(readings))
            return sum(self.settle([reading]) for reading in readings)

    def _settle(self, readings: Sequence[Reading]) -> int:
        now = self.clock.now()
        rules, found = self.rules.match([reading.article for reading in readings])
        matched = list(zip(readings, found, strict=True))
        with self._one_settlement:
            try:
                with self.store.settlement(now) as tx:
                    alerts = Settling(tx, rules, self.policy, self.memory, now).settle(matched)
            except BaseException:
                self.memory.forget()
                raise
            for reading in readings:
                article = reading.article
                self.memory.learn(article.title, article.body, article.language)
        return alerts

    def _set_aside(self, reading: Reading) -> None:
        queued = reading.queued
        if queued is None or queued.attempts < MOST_ATTEMPTS:
            log.exception("article could not be stored", key=reading.key)
            return
        log.exception("article set aside", key=reading.key, entry=queued.id)
        self.store.quarantine_entry(
            queued, f"it could not be stored in {queued.attempts} attempts; see the log"
        )

    # --- route: what was held -> alerts -----------------------------------------------------------------

    def release(self, *, groups: bool = False) -> int:
        """Make alerts of what was held until now; how many. With `groups`, also of what waits for others."""
        return release(self.store, self.policy, self.clock.now(), groups=groups)


def _log_poll(outcome: PollOutcome) -> None:
    feed = outcome.feed
    if feed.error:
        log.warning("poll failed", feed=feed.key, why=feed.error, next=outcome.reason)
    elif outcome.entries:
        damage = {"damaged": outcome.damage} if outcome.damage else {}
        log.info("polled", feed=feed.key, entries=len(outcome.entries), next=outcome.reason, **damage)
    else:
        log.debug("polled, nothing new", feed=feed.key, next=outcome.reason)


__all__ = ["Pipeline", "Postponed", "Reading"]
