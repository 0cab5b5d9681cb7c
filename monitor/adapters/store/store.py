"""The store: every question and every change that the rest of the program has for the database.

Each method is one transaction. Methods block; the daemon calls them on a thread of their own. SQL is in
the modules beside this one, a module a noun.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, text

from monitor.adapters.store import (
    alert_list,
    alerts,
    articles,
    entries,
    feed_health,
    feeds,
    outbox,
    past,
    queue,
    rules,
    search,
    stories,
    subscriptions,
)
from monitor.adapters.store.condition import ConditionStore
from monitor.adapters.store.database import STORY_LOCK, Database
from monitor.adapters.store.schema import meta
from monitor.adapters.store.sending import SendingStore
from monitor.adapters.store.settlement import Settlement
from monitor.adapters.store.subscriptions import Change, Step
from monitor.collect.websub import Subscription
from monitor.match.index.narrow import Condition
from monitor.model import (
    Article,
    Feed,
    Known,
    NewEntry,
    PollOutcome,
    QueuedEntry,
    Revision,
)
from monitor.ports import FollowHub


class Store(ConditionStore, SendingStore):
    """One database, as the program sees it. Raises StoreError and its kinds."""

    def __init__(self, database: Database, make_key: alerts.MakeKey) -> None:
        self.database = database
        self._make_key = make_key

    def close(self) -> None:
        self.database.close()

    # --- the whole ---------------------------------------------------------------------------------

    def install_id(self) -> str:
        """A random name of this installation, made once and kept: the right side of its Message-IDs."""
        with self.database.read() as c:
            known = c.scalar(select(meta.c.value).where(meta.c.key == "install"))
        if known is not None:
            return known
        with self.database.write(STORY_LOCK) as c:
            known = c.scalar(select(meta.c.value).where(meta.c.key == "install"))
            if known is None:
                known = f"{secrets.token_hex(6)}.monitor"
                c.execute(insert(meta).values(key="install", value=known))
            return known

    def database_time(self) -> datetime:
        """PostgreSQL's clock, which nodes share."""
        with self.database.read() as c:
            now: datetime = c.scalar(text("SELECT clock_timestamp()"))
            return now

    def free_leases(self) -> None:
        """Forget all leases of a daemon that died; for SQLite, where no other can be running."""
        with self.database.write() as c:
            feeds.free_all(c)
            outbox.free_all(c)

    def checkpoint(self) -> None:
        self.database.checkpoint()

    # --- feeds -------------------------------------------------------------------------------------

    def sync_feeds(self, configured: Iterable[tuple[str, str, tuple[str, ...]]], now: datetime) -> None:
        with self.database.write(STORY_LOCK) as c:
            feeds.sync(c, configured, now)

    def add_feed(self, url: str, title: str, tags: tuple[str, ...], now: datetime) -> bool:
        return self.add_feeds([(url, title, tags)], now) > 0

    def add_feeds(self, items: Iterable[tuple[str, str, tuple[str, ...]]], now: datetime) -> int:
        """Add many feeds (url, title, tags) at once; how many were not polled before."""
        with self.database.write(STORY_LOCK) as c:  # nobody else adds the same meanwhile
            return feeds.add(c, items, now)

    def remove_feed(self, key: str, now: datetime) -> bool:
        with self.database.write() as c:
            return feeds.retire(c, key, now)

    def make_due(self, key: str | None, now: datetime) -> int:
        """Poll a feed now, or all that fail where `key` is None; how many there are."""
        with self.database.write() as c:
            return feeds.make_due(c, key, now)

    def polled_feeds(self, now: datetime) -> int:
        """How many feeds are polled, those of the configuration and those added by command."""
        with self.database.read() as c:
            return feeds.counts(c, now)["polled"]

    def feeds(self) -> list[tuple[Feed, str]]:
        with self.database.read() as c:
            return feeds.listed(c)

    def claim_feeds(
        self, now: datetime, limit: int, lease: timedelta, busy_hosts: Collection[str], per_host: int
    ) -> list[Feed]:
        with self.database.write() as c:
            return feeds.claim_due(c, now, limit, lease, busy_hosts, per_host)

    def known_entries(self, feed_id: int, keys: Sequence[str]) -> dict[str, Known]:
        with self.database.read() as c:
            return entries.known(c, feed_id, keys)

    def record_polls(self, outcomes: Sequence[PollOutcome], now: datetime) -> int:
        """Transaction (a), for several feeds at once; how many entries were queued."""
        with self.database.write() as c:
            queued = feeds.record_polls(c, outcomes, now)
            feed_health.consequences(c, outcomes, now)
            return queued

    # --- hubs --------------------------------------------------------------------------------------

    def subscriptions(self) -> dict[int, Subscription]:
        """What hubs were asked for, by the id of the feed."""
        with self.database.read() as c:
            return subscriptions.listed(c)

    def count_subscriptions(self) -> dict[str, int]:
        """How many there are in each state."""
        with self.database.read() as c:
            return subscriptions.counts(c)

    def find_subscription(self, token: str) -> tuple[Subscription, Feed] | None:
        """The subscription whose callback has this token, with its feed."""
        with self.database.read() as c:
            return subscriptions.find(c, token)

    def change_subscription(self, feed_id: int, to: Change) -> Subscription | None:
        with self.database.write() as c:
            return subscriptions.change(c, feed_id, to)

    def follow_hubs(self, outcomes: Sequence[PollOutcome], follow: FollowHub) -> list[Subscription]:
        with self.database.write() as c:
            return subscriptions.follow_polls(c, outcomes, follow)

    def claim_subscriptions(
        self, now: datetime, limit: int, busy_hubs: Collection[str], per_hub: int, step: Step
    ) -> list[tuple[Subscription, str]]:
        """Take due steps; the subscriptions whose hub is to be asked now, and what."""
        with self.database.write() as c:
            return subscriptions.claim_due(c, now, limit, busy_hubs, per_hub, step)

    def end_retired_subscriptions(self, now: datetime) -> int:
        with self.database.write() as c:
            return subscriptions.end_retired(c, now)

    def listen_at(self, address: str, now: datetime) -> None:
        """Callbacks are under `address` from now on; "" where nobody listens."""
        with self.database.write(STORY_LOCK) as c:
            subscriptions.listen_at(c, address, now)

    def poll_what_was_relied_on(self) -> None:
        """Nobody can push now: what was left to hubs is polled."""
        with self.database.write() as c:
            subscriptions.poll_what_was_relied_on(c)

    def record_push(self, feed: Feed, entries: Sequence[NewEntry], now: datetime, to: Change) -> int:
        """Transaction (a) of what a hub pushed; how many entries were queued."""
        with self.database.write() as c:
            return subscriptions.record_push(c, feed, entries, now, to)

    def poll_soon(self, feed_id: int, at: datetime, why: str) -> None:
        with self.database.write() as c:
            subscriptions.poll_soon(c, feed_id, at, why)

    # --- the queue ---------------------------------------------------------------------------------

    def claim_entries(
        self, now: datetime, limit: int, lease: timedelta, busy_hosts: Collection[str], per_host: int
    ) -> list[QueuedEntry]:
        with self.database.write() as c:
            return queue.claim_queued(c, now, limit, lease, busy_hosts, per_host)

    def postpone_entry(self, queued: QueuedEntry, at: datetime, why: str, *, spent: bool = True) -> bool:
        with self.database.write() as c:
            return queue.postpone(c, queued, at, why, spent=spent)

    def leave_entry(self, queued: QueuedEntry, at: datetime | None, why: str | None = None) -> bool:
        with self.database.write() as c:
            return queue.leave(c, queued, at, why)

    def quarantine_entry(self, queued: QueuedEntry, why: str) -> bool:
        with self.database.write() as c:
            return queue.quarantine(c, queued, why)

    # --- transaction (b) ---------------------------------------------------------------------------

    @contextmanager
    def settlement(self, now: datetime) -> Iterator[Settlement]:
        """Articles with their matches, stories, decisions, alerts and deliveries: all of it or nothing."""
        with self.database.write(STORY_LOCK) as c:
            yield Settlement(c, self._make_key, now)

    # --- rules -------------------------------------------------------------------------------------

    def last_good_rules(self) -> list[dict[str, Any]]:
        with self.database.read() as c:
            return rules.last_good(c)

    def remember_rules(
        self, documents: Sequence[dict[str, Any]], now: datetime, gone: Collection[str] | None = None
    ) -> None:
        with self.database.write(STORY_LOCK) as c:
            rules.remember(c, documents, now, gone)

    def count_rules(self) -> int:
        """How many rules are in force."""
        with self.database.read() as c:
            return rules.count(c)

    # --- keeping -----------------------------------------------------------------------------------

    def drop_unmatched(self, before: datetime) -> int:
        with self.database.write() as c:
            return articles.drop_unmatched(c, before)

    def forget_entries(self, before: datetime) -> int:
        """Forget some of the entries that their feeds have not listed since; how many. To be called again."""
        with self.database.write(STORY_LOCK) as c:
            return entries.forget(c, before)

    def sample_texts(self, limit: int) -> list[tuple[str, str, str | None]]:
        with self.database.read() as c:
            return articles.sample(c, limit)

    # --- the past ----------------------------------------------------------------------------------

    def extent(self, since: datetime, until: datetime) -> past.Extent:
        """Which articles were collected in [since, until)."""
        with self.database.read() as c:
            return past.extent(c, since, until)

    def oldest_article(self) -> datetime | None:
        with self.database.read() as c:
            return past.oldest(c)

    def candidates(self, condition: Condition, within: past.Extent) -> list[int] | None:
        """Ids of all articles that may meet `condition`, in order; None where the index cannot say."""
        with self.database.read() as c:
            found = search.candidates(c, condition, within.first, within.last)
        return None if found is None else found.tolist()

    def read_past(self, within: past.Extent, ids: Sequence[int]) -> list[past.Stored]:
        with self.database.read() as c:
            return past.read(c, within, ids)

    def read_past_after(self, within: past.Extent, after: int, limit: int) -> list[past.Stored]:
        with self.database.read() as c:
            return past.read_after(c, within, after, limit)

    def document_frequencies(self, words: Iterable[str]) -> dict[str, int]:
        """How many of `counted_articles()` hold each of these analysed words (monitor.text.words)."""
        with self.database.read() as c:
            return search.document_frequencies(c, words)

    def counted_articles(self) -> int:
        """In how many articles frequencies are counted: the newest; 0 where nothing is indexed."""
        with self.database.read() as c:
            return search.counted(c)[1]

    # --- for people --------------------------------------------------------------------------------

    def articles(self, **which: Any) -> list[tuple[Article, int | None, int | None]]:
        with self.database.read() as c:
            return articles.listed(c, **which)

    def find_article(self, name: str, keys: Sequence[str] = ()) -> Article | None:
        with self.database.read() as c:
            return articles.find(c, name, keys)

    def taken_away(self, article_id: int) -> str | None:
        """What is known of an article's page being gone; None where it is not known to be."""
        with self.database.read() as c:
            return queue.taken_away(c, article_id)

    def revisions(self, article_id: int) -> list[Revision]:
        """What an article said before it was changed, oldest first."""
        with self.database.read() as c:
            return articles.revisions_of(c, article_id)

    def matches(self, **which: Any) -> list[dict[str, Any]]:
        with self.database.read() as c:
            return stories.listed(c, **which)

    def alerts(self, **which: Any) -> list[dict[str, Any]]:
        with self.database.read() as c:
            return alert_list.listed(c, **which)

    def status(self, now: datetime) -> dict[str, Any]:
        """Counts and times that say how the work stands."""
        with self.database.read() as c:
            return {
                "feeds": feed_health.counts(c, now),
                "entries": queue.counts(c),
                "oldest_entry": queue.oldest(c),
                "articles": articles.counts(c),
                "last_article": articles.newest(c),
                "matches_7d": stories.counts(c, now - timedelta(days=7)),
                "deliveries": outbox.counts(c),
                "oldest_delivery": outbox.oldest_open(c),
                "last_sent": outbox.last_sent(c),
                **_next_due(c),
            }

    def next_due(self) -> dict[str, datetime | None]:
        """When the next feed, entry and delivery fall or fell due: cheap, however much is stored."""
        with self.database.read() as c:
            return _next_due(c)


def _next_due(connection: Connection) -> dict[str, datetime | None]:
    return {
        "next_feed": feeds.next_due(connection),
        "next_entry": queue.next_due(connection),
        "next_delivery": outbox.next_due(connection),
    }
