"""One article's journey, an arrow a function: load, decide, store.

    feed --poll--> entry --read--> article --settle--> match, story, alert --deliver--> delivery

The decisions are the stages': collect, extract, match, relate, route, send. Nothing here decides, and
nothing here knows how anything is fetched, stored or sent. `poll` and `read` wait for the network and for
workers; `record`, `settle` and `release` are transactions and block: the daemon runs them on the store's
own thread.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

import structlog

from monitor.collect import poll as polls
from monitor.collect.due import PollingPolicy
from monitor.errors import ExtractError, FeedError, FetchError, Problem, StoreError, WorkerError
from monitor.extract.address import canonical, page_address
from monitor.extract.dates import believable
from monitor.extract.feed_content import title_only
from monitor.match.engine import Engine
from monitor.match.rulefile import load_rules
from monitor.match.rules import Rule
from monitor.model import (
    Alert,
    Article,
    Decision,
    Delivery,
    DeliveryState,
    Feed,
    Match,
    Novelty,
    Outcome,
    Per,
    PollOutcome,
    QueuedEntry,
    Relation,
    Retry,
    SendResult,
    Standing,
    Verdict,
)
from monitor.ports import Clock, Fetcher, Notifier, Offload, Store, Transaction, Workers
from monitor.relate import stories
from monitor.relate.copies import Candidate, Signature, band_keys
from monitor.relate.memory import STORY_LASTS, StoryMemory, unchanged
from monitor.relate.profile import StoryProfile
from monitor.route.decide import Told, decide
from monitor.route.digest import next_digest
from monitor.route.receivers import receivers_for
from monitor.send.channels import Channel
from monitor.send.render import render
from monitor.send.retry import after

log = structlog.get_logger(__name__)

# A page that cannot be had now is asked for again this long after, unless title and summary match already;
# then what the feed gave is all there is.
PAGE_RETRIES = (timedelta(minutes=1), timedelta(minutes=5))
# Kinds of FetchError that are the same in five minutes.
LASTING = frozenset({"size", "refused", "redirect"})
# An article that cannot be stored for a reason of its own is set aside after so many tries.
MOST_ATTEMPTS = 3
# Seconds between the attempts to mark a delivery; together less than its lease.
MARK_WAITS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """The rules and the index over them. Replaced as a whole when rules change."""

    rules: Mapping[str, Rule]
    engine: Engine

    @classmethod
    def none(cls) -> RulesInForce:
        return cls({}, Engine(()))


@dataclass(frozen=True, slots=True)
class Policy:
    """What the configuration says of polling and telling. Replaced as a whole when it is reloaded."""

    polling: PollingPolicy
    channels: Mapping[tuple[str, str], Channel]  # by receiver and name
    zones: Mapping[str, str]  # of each receiver
    default: tuple[str, ...]
    digest_at: time
    since: timedelta | None = None  # how much of the past a first poll may tell

    def channels_of(self, receivers: Sequence[str]) -> list[tuple[str, str]]:
        return [key for key in self.channels if key[0] in receivers]

    def digests(self, receivers: Sequence[str], now: datetime) -> dict[str, datetime]:
        """When the next digest of each receiver goes out."""
        return {name: next_digest(now, self.zones.get(name, "UTC"), self.digest_at) for name in receivers}


@dataclass(frozen=True, slots=True)
class Reading:
    """An article on its way into the store, and where it came from. `key` is what it is known by."""

    key: str
    article: Article
    standing: Standing | None = None
    queued: QueuedEntry | None = None


@dataclass(frozen=True, slots=True)
class Postponed:
    """An entry whose page is asked for again later."""

    queued: QueuedEntry
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class _Placed:
    """An article as stored, with the matches that are to be decided."""

    article: Article
    standing: Standing | None
    matches: tuple[Match, ...]
    revised: bool = False
    known: Relation | None = None  # where it was put when it was first seen


def put_in_force(
    files: Mapping[str, str],
    unreadable: Sequence[Problem],
    receivers: frozenset[str],
    store: Store,
    now: datetime,
) -> tuple[RulesInForce, list[Problem]]:
    """The rules of `files` (path -> text), and what is wrong with them.

    Where a file is broken or unreadable, the last good version of each of its rules stays in force
    (promise 6), which is what the store remembers: also across a restart.
    """
    last_good = [Rule.load(document) for document in store.last_good_rules()]
    book = load_rules(files, receivers, unreadable)
    # A folder that cannot be read breaks every file that was in it.
    below = {
        (r.path, "") for r in last_good for p in unreadable if r.path.startswith(p.path.rstrip("/") + "/")
    }
    book = replace(book, broken=book.broken | below).with_last_good(last_good)
    store.remember_rules([rule.dump() for rule in book.rules], now)
    running = [rule for rule in book.rules if rule.enabled(now.date())]
    return RulesInForce({rule.id: rule for rule in running}, Engine(running)), list(book.problems)


class Pipeline:
    """The journey with everything it needs; each method is one arrow."""

    def __init__(
        self,
        *,
        store: Store,
        fetcher: Fetcher,
        workers: Workers,
        notifier: Notifier,
        clock: Clock,
        offload: Offload,
        policy: Policy,
        rules: RulesInForce,
        install: str,
        memory: StoryMemory,
    ) -> None:
        self.store, self.fetcher, self.workers, self.notifier = store, fetcher, workers, notifier
        self.clock, self.offload = clock, offload
        self.policy, self.rules = policy, rules
        self.install, self.memory = install, memory
        self._jitter = random.random

    # --- collect: feed -> entries ------------------------------------------------------------------

    async def poll(self, feed: Feed) -> PollOutcome:
        """Ask a feed what is new, and decide what that means. Nothing is stored yet."""
        policy = self.policy.polling
        try:
            response = await self.fetcher.fetch(feed.url, polls.request_headers(feed))
            if not polls.is_success(response):
                return polls.failed(feed, response, self.clock.now(), policy, self._jitter())
            parsed = None
            if polls.needs_parsing(feed, response):
                parsed = await self.workers.parse_feed(response.body, response.content_type, response.url)
        except (FetchError, FeedError, WorkerError) as error:
            return polls.failed(feed, error, self.clock.now(), policy, self._jitter())
        keys = polls.identity_keys(parsed) if parsed else []
        known = await self.offload(self.store.known_entries, feed.id, keys) if keys else {}
        return polls.judge(
            feed,
            response,
            parsed,
            known,
            self.clock.now(),
            policy,
            since=self.policy.since,
            jitter=self._jitter(),
        )

    def record(self, outcomes: Sequence[PollOutcome]) -> int:
        """Transaction (a): feeds with their validators and new entries; how many entries were queued."""
        for outcome in outcomes:
            _log_poll(outcome)
        return self.store.record_polls(outcomes, self.clock.now())

    # --- extract: entry -> article -----------------------------------------------------------------

    async def read(self, queued: QueuedEntry) -> Reading | Postponed:
        """Fetch the entry's page and extract its article; where that fails, what the feed gave must do."""
        entry = queued.entry
        url = page_address(entry.url)
        if url is None:
            return await self._from_feed(queued, "the entry names no page")
        try:
            response = await self.fetcher.fetch(url)
            if response.status >= 400:
                passing = response.status in (408, 425, 429) or response.status >= 500
                return await self._without_page(queued, f"its page answered {response.status}", passing)
            article = await self.workers.extract(response.body, response.content_type, response.url, entry)
        except FetchError as error:
            return await self._without_page(queued, str(error), error.kind not in LASTING)
        except (ExtractError, WorkerError) as error:
            return await self._from_feed(queued, str(error))
        return self._reading(queued, article)

    async def _without_page(self, queued: QueuedEntry, why: str, passing: bool) -> Reading | Postponed:
        """What to do with an entry whose page cannot be had; `passing` where waiting may help."""
        reading = await self._from_feed(queued, why)
        if not passing or queued.attempts > len(PAGE_RETRIES) or self.rules.engine.match(reading.article):
            return reading
        return Postponed(queued, self.clock.now() + PAGE_RETRIES[queued.attempts - 1], why)

    async def _from_feed(self, queued: QueuedEntry, why: str) -> Reading:
        """The article that the feed alone gives; where even that kills its worker, the title is left."""
        try:
            article = await self.workers.from_feed(queued.entry, why)
        except WorkerError as error:
            article = title_only(queued.entry, f"{why}; what the feed gives cannot be read either: {error}")
        return self._reading(queued, article)

    def _reading(self, queued: QueuedEntry, article: Article) -> Reading:
        now = self.clock.now()
        article = replace(
            article,
            source=article.source or queued.feed_title,
            feed_url=queued.feed_url,
            feed_tags=queued.feed_tags,
            published=believable(article.published, now),
            collected=now,
        )
        key = canonical(article.url) if article.url else f"entry:{queued.feed_id}:{queued.entry.identity}"
        return Reading(key, article, queued.standing, queued)

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
        alerts = 0
        rules, now = self.rules, self.clock.now()
        matched = [(reading, rules.engine.match(reading.article)) for reading in readings]
        try:
            with self.store.settlement(now) as tx:
                self.memory.refresh(tx.changed_profiles(self.memory.revisions, now - STORY_LASTS), now)
                for placed in _place(tx, matched):
                    if placed.matches:
                        alerts += self._judge(tx, rules, placed, now)
        except BaseException:
            self.memory.forget()
            raise
        for reading in readings:
            article = reading.article
            self.memory.learn(article.title, article.body, article.language)
        return alerts

    def _judge(self, tx: Transaction, rules: RulesInForce, placed: _Placed, now: datetime) -> int:
        """Put a matched article into its story, and decide who hears of each of its matches."""
        alerts = 0
        relation = placed.known or self._relate(tx, placed, now)
        for match in placed.matches:
            rule = rules.rules[match.rule]
            receivers = receivers_for(rule.policy, self.policy.default, self.policy.zones)
            digests = self.policy.digests(receivers or ("",), now)
            decision = decide(
                rule.policy.per,
                placed.standing,
                placed.article.origin,
                relation,
                Told(*tx.told(rule.id, relation.story)),
                now,
                min(digests.values()),
                revised=placed.revised and tx.matched_before(placed.article.id, rule.id),
            )
            match_id = tx.add_match(match, placed.article, relation.story, decision)
            if decision.verdict is Verdict.HELD:
                tx.hold(match_id, digests)
            elif decision.verdict is Verdict.ALERT:
                self._alert(tx, rule, placed.article, relation, decision, match_id, receivers)
                alerts += 1
            _log_decision(rule, placed.article, relation, decision)
        return alerts

    def _alert(
        self,
        tx: Transaction,
        rule: Rule,
        article: Article,
        relation: Relation,
        decision: Decision,
        match_id: int,
        receivers: Sequence[str],
    ) -> None:
        assert decision.kind is not None
        tx.add_alert(
            kind=decision.kind,
            rule=rule.id,
            rule_title=rule.title,
            severity=rule.severity,
            story=relation.story,
            once=_once(rule, article, relation, decision),
            items=[(match_id, decision.reason)],
            channels=self.policy.channels_of(receivers),
        )

    def _relate(self, tx: Transaction, placed: _Placed, now: datetime) -> Relation:
        """Find the article's story, or open one, and store what the story is like with it."""
        article, memory = placed.article, self.memory
        features = stories.features(article)
        keys = band_keys(features.signature)
        own = tx.relation_of(article.id) if placed.revised else None
        if own is not None:
            relation, before = self._relate_revision(tx, article, features, own.story, now)
        else:
            copies = [
                Candidate(a.id, story or 0, Signature.load(s))
                for a, story, s in tx.signed_alike(keys, article.id)
            ]
            profiles = {profile.id: profile for profile in memory.near(features)}
            for candidate in copies:
                if candidate.story not in profiles and (known := self._profile(tx, candidate.story)):
                    profiles[candidate.story] = known
            relation = stories.relate(article, features, profiles.values(), copies, memory.vocabulary, now)
            before = profiles.get(relation.story) or self._profile(tx, relation.story)
        if not relation.story:
            relation = replace(relation, story=tx.open_story(article.title))
        profile = stories.join(before, article, features, relation, memory.vocabulary, now)
        memory.remember(profile, tx.save_profile(relation.story, profile.dump()))
        tx.place(article.id, relation.story, relation.novelty, relation.copy_of)
        tx.sign(article.id, features.signature.dump(), keys)
        return relation

    def _relate_revision(
        self, tx: Transaction, article: Article, features: stories.Features, own: int, now: datetime
    ) -> tuple[Relation, StoryProfile | None]:
        """What a changed article adds to its own story: it is compared with what it said before."""
        signed, profile = tx.signature_of(article.id), self._profile(tx, own)
        before = [Candidate(article.id, own, Signature.load(signed))] if signed else []
        known = [profile] if profile else []
        relation = stories.relate(article, features, known, before, self.memory.vocabulary, now)
        if relation.novelty in (Novelty.COPY, Novelty.STORY, Novelty.SOURCE):
            relation = Relation(own, Novelty.NOTHING, "the article changed, but no figure in it")
        # It is the same article still, not one more.
        return replace(relation, story=own), replace(
            profile, articles=profile.articles - 1
        ) if profile else None

    def _profile(self, tx: Transaction, story: int) -> StoryProfile | None:
        if not story or self.memory.get(story):
            return self.memory.get(story)
        stored = tx.profile(story)
        return StoryProfile.load(stored) if stored else None

    def _set_aside(self, reading: Reading) -> None:
        queued = reading.queued
        if queued is None or queued.attempts < MOST_ATTEMPTS:
            log.exception("article could not be stored", key=reading.key)
            return
        log.exception("article set aside", key=reading.key, entry=queued.id)
        self.store.quarantine_entry(
            queued, f"it could not be stored in {queued.attempts} attempts; see the log"
        )

    # --- send: alert -> deliveries -----------------------------------------------------------------

    def release(self) -> int:
        """Make a digest of what was held for each receiver whose time has come; how many were made."""
        channels: dict[str, list[str]] = {}
        for receiver, name in self.policy.channels:
            channels.setdefault(receiver, []).append(name)
        return self.store.release_digests(self.clock.now(), channels)

    async def deliver(self, delivery: Delivery, alert: Alert) -> DeliveryState:
        """Send a leased delivery, then mark it: never the other way round. The state it has now."""
        delivery = await self._addressed(delivery)
        result = await self._send(delivery, alert)
        now = self.clock.now()
        retry = after(delivery.attempts, result, now, self._jitter(), delivery.created or now)
        marked = await self._mark(delivery, result, retry, now)
        said = log.info if result.outcome is Outcome.SENT else log.warning
        said(
            "delivery",
            alert=alert.id,
            channel=delivery.channel,
            state=retry.state.value,
            attempt=delivery.attempts,
            said=result.detail,
            marked=marked,
        )
        return retry.state

    async def _addressed(self, delivery: Delivery) -> Delivery:
        """The delivery by the address that the receiver has now, where the operator changed it meanwhile."""
        if (delivery.receiver, delivery.channel) in self.policy.channels:
            return delivery
        channels = [name for receiver, name in self.policy.channels if receiver == delivery.receiver]
        moved = await self.offload(self.store.readdress_delivery, delivery, channels) if channels else None
        if moved is not None:
            log.info("delivery by a new address", was=delivery.channel, now=moved.channel)
        return moved or delivery

    async def _mark(self, delivery: Delivery, result: SendResult, retry: Retry, now: datetime) -> bool:
        """Mark an attempt, also in a database that is busy or full for a while: unmarked, it is repeated."""
        for wait in MARK_WAITS:
            try:
                return await self.offload(self.store.finish_attempt, delivery, result, retry, now)
            except StoreError as error:
                log.warning("cannot mark a delivery yet", channel=delivery.channel, why=str(error))
                await asyncio.sleep(wait)
        return await self.offload(self.store.finish_attempt, delivery, result, retry, now)

    async def _send(self, delivery: Delivery, alert: Alert) -> SendResult:
        channel = self.policy.channels.get((delivery.receiver, delivery.channel))
        if channel is None:
            gone = f"receiver {delivery.receiver!r} has no channel {delivery.channel} any more"
            return SendResult(Outcome.PERMANENT, gone)
        zone = self.policy.zones.get(delivery.receiver, "UTC")
        message = render(alert, channel.form, zone=zone, key=delivery.key, install=self.install)
        if message.fallback:
            log.error(
                "template failed, the alert goes out in its plain form", alert=alert.id, why=message.fallback
            )
        return await self.notifier.send(delivery.receiver, delivery.channel, message)


def _place(tx: Transaction, matched: Sequence[tuple[Reading, tuple[Match, ...]]]) -> Iterator[_Placed]:
    """Store the articles of a batch and finish their entries; what is left to decide, in order.

    An article that another feed brought already is the same article: its matches were decided then,
    unless it was withheld as being of the past and is news to this feed.
    """
    mine = tx.still_claimed([reading.queued for reading, _ in matched if reading.queued])
    rows = [(r, m) for r, m in matched if r.queued is None or r.queued.id in mine]
    known = tx.known_articles([reading.key for reading, _ in rows])
    fresh: dict[str, Reading] = {}
    for reading, _ in rows:
        if _article_of(reading, known) is None:
            fresh.setdefault(reading.key, reading)
    ids = tx.add_articles([(key, reading.article, reading.standing) for key, reading in fresh.items()])
    added = dict(zip(fresh, ids, strict=True))
    stored = tx.load_articles([id for reading, _ in rows if (id := _article_of(reading, known))])
    for reading, matches in rows:
        article_id = _article_of(reading, known) or added[reading.key]
        if reading.queued is not None:
            tx.finish_entry(reading.queued, article_id)
        if fresh.get(reading.key) is reading:
            yield _Placed(replace(reading.article, id=article_id), reading.standing, matches)
        elif article_id in stored and _may_revise(reading):
            yield _revised(tx, reading, matches, stored[article_id][0])
        elif article_id in stored and reading.standing is Standing.NEW:
            yield from _promoted(tx, reading, matches, *stored[article_id])


def _article_of(reading: Reading, known: Mapping[str, int]) -> int | None:
    """The stored article that a reading is a revision or another sighting of."""
    if reading.queued is not None and reading.queued.article_id is not None:
        return reading.queued.article_id
    return known.get(reading.key)


def _may_revise(reading: Reading) -> bool:
    """Whether a reading may change its article: an entry its feed changed, or a seed; not another sighting."""
    return reading.queued is None or reading.queued.article_id is not None


def _promoted(
    tx: Transaction, reading: Reading, matches: tuple[Match, ...], before: Article, standing: Standing | None
) -> Iterator[_Placed]:
    """An article of the past (baseline, old) that another feed brings as news is decided again."""
    if standing in (Standing.BASELINE, Standing.OLD):
        tx.promote_article(before.id)
        yield _Placed(before, reading.standing, matches, known=tx.relation_of(before.id))


def _revised(tx: Transaction, reading: Reading, matches: tuple[Match, ...], before: Article) -> _Placed:
    """An article whose feed changed it, or a seed that is read again: decided where it says something new."""
    same = unchanged(before, reading.article)
    revision = before.revision if same else before.revision + 1
    article = replace(reading.article, id=before.id, revision=revision)
    if not same:
        tx.revise_article(article)
    new = tuple(match for match in matches if not tx.has_match(match, article))
    return _Placed(article, reading.standing, new, revised=True)


def _once(rule: Rule, article: Article, relation: Relation, decision: Decision) -> str:
    """The name of what is told, which the store lets be told once."""
    if rule.policy.per is Per.ARTICLE or decision.kind is None or decision.kind.value != "new":
        return f"{rule.id}:article:{article.id}:{article.revision}"
    return f"{rule.id}:story:{relation.story}"


def _log_poll(outcome: PollOutcome) -> None:
    feed = outcome.feed
    if feed.error:
        log.warning("poll failed", feed=feed.key, why=feed.error, next=outcome.reason)
    elif outcome.entries:
        damage = {"damaged": outcome.damage} if outcome.damage else {}
        log.info("polled", feed=feed.key, entries=len(outcome.entries), next=outcome.reason, **damage)
    else:
        log.debug("polled, nothing new", feed=feed.key, next=outcome.reason)


def _log_decision(rule: Rule, article: Article, relation: Relation, decision: Decision) -> None:
    log.info(
        "match",
        rule=rule.id,
        article=article.id,
        title=article.title,
        story=relation.story,
        decision=decision.verdict.value,
        reason=decision.reason,
    )


__all__ = ["Pipeline", "Policy", "Postponed", "Reading", "RulesInForce"]
