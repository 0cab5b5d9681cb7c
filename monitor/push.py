"""Hubs and what they push: asks hubs for pushes, answers their questions, and takes what they bring.

    hub --push--> entry        beside pipeline.poll: parsed by the workers, judged against what is known, stored

When a hub is asked, what it may say and whether it is relied on is decided by collect.websub. Without a
public address there are no callbacks, and nothing listens.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog

from monitor.adapters.listener import Callback, Listener
from monitor.adapters.store import Store
from monitor.collect import poll as polls
from monitor.collect import websub
from monitor.collect.headers import retry_after
from monitor.collect.websub import State, Subscription
from monitor.config import Settings
from monitor.errors import FeedError, FetchError, MonitorError, WorkerError
from monitor.lanes import Lane
from monitor.model import Feed, ParsedFeed
from monitor.pipeline import Pipeline
from monitor.text import one_line

log = structlog.get_logger(__name__)

ASKING, PER_HUB = 16, 4  # hubs that are asked at once, and of one
RETIRED_EVERY = timedelta(minutes=5)  # how often feeds are looked for that are not polled any more


class Push:
    """The hubs' side of collecting. `use` says where to listen; `tick` is called every few seconds."""

    def __init__(self, pipeline: Pipeline, store: Store) -> None:
        """To be called in a running event loop. `on_news` is told when a push brought something."""
        self.on_news: Callable[[], None] = lambda: None
        self._pipeline, self._store, self._offload = pipeline, store, pipeline.offload
        self._jitter = random.random
        self._address = self._listen = ""
        self._max_bytes = 0
        self._listener: Listener | None = None
        self._complaint = ""  # why nobody can call, as it was said last
        self._known = False  # whether the store knows where callbacks are
        self._closed = False
        self._turning = asyncio.Lock()
        self._ended_at: datetime | None = None
        self._leaving: dict[str, tuple[Subscription, datetime]] = {}  # by token; told lately that a feed left
        self._asking: Lane[tuple[Subscription, str]] = Lane(
            "hubs", ASKING, self._claim, self._ask, lambda item: item[0].hub, PER_HUB
        )

    async def use(self, settings: Settings) -> None:
        """Listen where the settings say from now on, or nowhere."""
        wanted = (settings.websub.address, settings.websub.listen, settings.network.max_size)
        async with self._turning:
            if wanted == (self._address, self._listen, self._max_bytes) and self._known:
                return
            await self._hang_up()
            self._address, self._listen, self._max_bytes = wanted
            await self._open()

    async def tick(self) -> None:
        """Ask the hubs that are due, and give back what is not wanted any more."""
        async with self._turning:
            if self._listener is None:
                await self._open()
        if self._listener is None:
            return
        now = self._now()
        if self._ended_at is None or now - self._ended_at >= RETIRED_EVERY:
            self._ended_at = now
            await self._offload(self._store.end_retired_subscriptions, now)
        await self._asking.fill()
        await self._take_leave(now)

    async def _take_leave(self, now: datetime) -> None:
        """Tell hubs that feeds have left, once: one that does not hear it sees its pushes answered with 410."""
        self._leaving = {t: one for t, one in self._leaving.items() if now - one[1] <= websub.PENDING}
        asked = []
        while self._pipeline.left_hubs:
            known = self._pipeline.left_hubs.popleft()
            self._leaving[known.token] = known, now  # before it is asked, for it may verify before it answers
            asked.append(self._say_goodbye(known))
        await asyncio.gather(*asked)

    async def _say_goodbye(self, known: Subscription) -> None:
        form = websub.request(known, "unsubscribe", f"{self._address}/{known.token}")
        try:
            status = (await self._pipeline.fetcher.post(known.hub, form)).status
        except FetchError as error:
            log.debug("a hub that was left could not be told", hub=known.hub, why=str(error))
        else:
            log.debug("a hub that was left was told", hub=known.hub, topic=known.topic, status=status)

    async def close(self, seconds: float = 1.0) -> None:
        """Ask nothing more and hang up, for good; what is under way has `seconds` to end."""
        self._closed = True
        await asyncio.gather(self._hang_up(), self._asking.close(seconds))

    async def _open(self) -> None:
        """Listen, if there is an address; the store knows before, so that no call finds it unprepared."""
        if self._closed:
            return
        now = self._now()
        if not self._known:
            await self._offload(self._store.listen_at, self._address, now)
            self._known = True
        if not self._address:
            return
        host, _, port = self._listen.rpartition(":")
        listener = Listener(self, host.strip("[]"), int(port), max_bytes=self._max_bytes)
        try:
            await listener.start()
        except MonitorError as error:
            await self._complain(str(error))
            return
        self._listener, self._complaint = listener, ""
        self._pipeline.listening = now
        log.info("hubs may call", address=self._address, listening=self._listen)

    async def _complain(self, why: str) -> None:
        """Say once why nobody can call, and poll what was left to hubs."""
        if why != self._complaint:
            log.error("feeds are polled as if they had no hubs, until that is mended", why=why)
            await self._offload(self._store.poll_what_was_relied_on)
        self._complaint = why

    async def _hang_up(self) -> None:
        self._pipeline.listening, self._known = None, False
        if self._listener is not None:
            listener, self._listener = self._listener, None
            await listener.stop()

    def _now(self) -> datetime:
        return self._pipeline.clock.now()

    # --- asking hubs -------------------------------------------------------------------------------

    async def _claim(self, room: int, full: Collection[str]) -> Sequence[tuple[Subscription, str]]:
        now = self._now()
        step = partial(_step, now=now, jitter=self._jitter())
        return await self._offload(self._store.claim_subscriptions, now, room, full, PER_HUB, step)

    async def _ask(self, item: tuple[Subscription, str]) -> None:
        """Ask a hub. That it was asked is stored already: it may verify before it answers."""
        known, mode = item
        if mode == "subscribe" and known.failures > 1:
            log.warning("asking a hub again", hub=known.hub, topic=known.topic, times=known.failures)
        form = websub.request(known, mode, f"{self._address}/{known.token}")
        later: timedelta | None = None
        try:
            answer = await self._pipeline.fetcher.post(known.hub, form)
        except FetchError as error:
            why = str(error)
        else:
            if answer.status // 100 == 2:
                log.debug("hub asked", hub=known.hub, topic=known.topic, mode=mode)
                return
            said = answer.body[:5000].decode("utf-8", "replace")
            for unguessable in (known.token, known.secret or known.token):
                said = said.replace(unguessable, "…")
            said = one_line(said[:500], 200)
            why = f"{known.hub} answered {answer.status}" + (f": {said}" if said else "")
            later = retry_after(answer.headers, self._now())
        log.warning("hub not asked", topic=known.topic, mode=mode, why=why)
        refused = partial(websub.refused, why=why, now=self._now(), retry_after=later)
        await self._offload(self._store.change_subscription, known.feed_id, refused)

    # --- what hubs ask -----------------------------------------------------------------------------

    async def find(self, token: str) -> Callback | None:
        if gone := self._leaving.get(token):
            known = websub.ended(gone[0], gone[1])
            return known, Feed(known.feed_id, known.topic, known.topic)
        return await self._offload(self._store.find_subscription, token)

    async def confirm(self, callback: Callback, parameters: Mapping[str, str]) -> bool:
        """A hub verifies that we meant it, or says that it will not push."""
        known, feed = callback
        if known.token in self._leaving:
            asked = parameters.get("hub.mode"), parameters.get("hub.topic")
            return asked == ("unsubscribe", known.topic)
        is_no = parameters.get("hub.mode") == "denied"
        decide = websub.denied if is_no else websub.verified
        change = partial(decide, parameters=parameters, now=self._now(), jitter=self._jitter())
        after = await self._offload(self._store.change_subscription, known.feed_id, change)
        mode = one_line(parameters.get("hub.mode", ""), 20)
        if after is None:
            log.warning("a hub asked for what nobody wanted", feed=feed.key, hub=known.hub, mode=mode)
        elif is_no:
            log.warning("hub denied", feed=feed.key, hub=known.hub, why=after.error)
        else:
            log.info("hub verified", feed=feed.key, hub=known.hub, mode=mode, until=after.lease_until)
        return after is not None

    async def take(self, callback: Callback, body: bytes, content_type: str, signature: str) -> None:
        """Transaction (a) of a push. One that is not signed as it should be is ignored, and the hub not told."""
        known, feed = callback
        if not websub.takes_pushes(known) or feed.retired_at is not None:
            return
        if not websub.is_signed(known.secret, body, signature):
            log.warning("push ignored: it does not bear our signature", feed=feed.key)
            return
        parsed = await self._parsed(callback, body, content_type)
        if parsed is None or feed.baseline_at is None:
            await self._poll_soon(callback)
            return
        keys = polls.identity_keys(parsed)
        stored = await self._offload(self._store.known_entries, feed.id, keys)
        now = self._now()
        entries = polls.pushed(feed, parsed, stored, now)
        after = partial(websub.pushed, now=now, held_known=bool(stored))
        queued = await self._offload(self._store.record_push, feed, entries, now, after)
        log.info("pushed", feed=feed.key, entries=queued)
        if queued:
            self.on_news()

    async def _parsed(self, callback: Callback, body: bytes, content_type: str) -> ParsedFeed | None:
        """What was pushed, or None where it cannot be read."""
        try:
            # Its relative addresses are the topic's, which is the feed's own name for itself.
            return await self._pipeline.workers.parse_feed(body, content_type, callback[0].topic)
        except (FeedError, WorkerError) as error:
            log.warning("push cannot be read, the feed is polled", feed=callback[1].key, why=str(error))
            return None

    async def _poll_soon(self, callback: Callback) -> None:
        """A feed that has no baseline, or whose push cannot be read, is polled: as soon as it may be."""
        _, feed = callback
        now, policy = self._now(), self._pipeline.policy.polling
        at = max(now, feed.polled_at + policy.min_interval) if feed.polled_at else now
        if not feed.failures:
            await self._offload(self._store.poll_soon, feed.id, at, "its hub pushed something")


def _step(known: Subscription, now: datetime, jitter: float) -> tuple[Subscription, str | None]:
    after, mode = websub.due_step(known, now, jitter)
    if after.state is State.SILENT and known.state is not State.SILENT:
        log.warning("hub is silent, its feed is polled as any other", topic=known.topic, why=after.error)
    return after, mode
