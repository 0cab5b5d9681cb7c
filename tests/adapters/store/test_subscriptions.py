"""Subscriptions as the store keeps them: who asks which hub, and what feeds know of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from monitor.adapters.store import Store
from monitor.collect import websub
from monitor.collect.websub import State, Subscription
from monitor.model import Feed, PollOutcome

BUSY, OTHER = "https://busy.example/", "https://other.example/"
TOPIC = "https://wire.example/{}"


def offer(store: Store, now: datetime, *hubs: str) -> None:
    """A feed for each of these hubs, which it names."""
    for number, hub in enumerate(hubs):
        topic = TOPIC.format(number)
        store.add_feed(topic, "", (), now)
        (feed,) = (feed for feed, _ in store.feeds() if feed.key == topic)
        at = now + timedelta(seconds=number)
        follow = partial(websub.after_poll, now=at, listening=None)
        store.follow_hubs([PollOutcome(feed, (), "", hub=(hub, topic))], follow)


def step(now: datetime) -> partial[tuple[Subscription, str | None]]:
    return partial(websub.due_step, now=now, jitter=0.5)


def claim(
    store: Store, now: datetime, *, limit: int = 10, busy: tuple[str, ...] = (), per_hub: int = 10
) -> list[str]:
    """The topics whose hubs are to be asked."""
    taken = store.claim_subscriptions(now, limit, busy, per_hub, step(now))
    assert {mode for _, mode in taken} <= {"subscribe"}
    return [known.topic.rpartition("/")[2] for known, _ in taken]


def feed_of(store: Store, number: int = 0) -> Feed:
    return next(feed for feed, _ in store.feeds() if feed.key == TOPIC.format(number))


def test_tokens_and_secrets_are_long_and_no_two_alike(store: Store, now: datetime) -> None:
    offer(store, now, *[BUSY] * 5)
    found = store.subscriptions().values()
    unguessable = {known.token for known in found} | {known.secret for known in found}
    assert len(unguessable) == 10 and all(len(one) == 43 for one in unguessable), (
        "256 bits; a secret is < 200 bytes"
    )


def test_hubs_are_asked_in_order_and_none_fills_all_places(store: Store, now: datetime) -> None:
    offer(store, now, BUSY, BUSY, BUSY, OTHER, BUSY)
    later = now + timedelta(minutes=1)
    assert claim(store, now - timedelta(seconds=1)) == []
    assert claim(store, later, per_hub=2) == ["0", "1", "3"]
    assert claim(store, later, busy=(BUSY,)) == [], "what was taken is put off"
    assert claim(store, later, limit=1) == ["2"]
    assert claim(store, later) == ["4"] and claim(store, later) == []


async def test_two_nodes_never_ask_for_the_same(store: Store, now: datetime) -> None:
    offer(store, now, *[BUSY] * 12)
    later = now + timedelta(minutes=1)
    taken = await asyncio.gather(*(asyncio.to_thread(claim, store, later, limit=4) for _ in range(6)))
    asked = [topic for topics in taken for topic in topics]
    assert len(asked) == len(set(asked))
    while more := claim(store, later):
        asked += more
    assert sorted(asked, key=int) == [str(number) for number in range(12)]


def test_a_feed_knows_until_when_its_hub_is_relied_on(store: Store, now: datetime) -> None:
    offer(store, now, BUSY)
    feed, lease = feed_of(store), now + timedelta(days=9)
    polled = replace(feed, polled_at=now, interval=timedelta(minutes=20), due_at=now + timedelta(hours=6))
    (claimed,) = store.claim_feeds(now, 1, timedelta(minutes=5), (), 1)
    store.record_polls([PollOutcome(replace(polled, claim=claimed.claim), (), "")], now)

    def become(**values: object) -> None:
        store.change_subscription(feed.id, lambda known: replace(known, **values))  # type: ignore[arg-type]

    become(state=State.ACTIVE, lease_until=lease)
    assert feed_of(store).pushed_until is None
    become(pushed_at=now)
    assert (feed_of(store).pushed_until, feed_of(store).due_at) == (lease, now + timedelta(hours=6))
    become(doubted_at=now)
    assert (feed_of(store).pushed_until, feed_of(store).due_at) == (None, now + timedelta(minutes=20))


def test_a_poll_leaves_alone_what_hubs_said_meanwhile(store: Store, now: datetime) -> None:
    offer(store, now, BUSY)
    (polling,) = store.claim_feeds(now, 1, timedelta(minutes=5), (), 1)
    lease = now + timedelta(days=9)
    store.change_subscription(
        polling.id, lambda known: replace(known, state=State.ACTIVE, lease_until=lease, pushed_at=now)
    )
    store.record_polls([PollOutcome(polling, (), "")], now)
    assert feed_of(store).pushed_until == lease


def test_what_is_not_there_is_not_found(store: Store, now: datetime) -> None:
    offer(store, now, BUSY)
    assert store.find_subscription("") is None and store.find_subscription("x" * 43) is None
    (known,) = store.subscriptions().values()
    found = store.find_subscription(known.token)
    assert found is not None and found[0] == known and found[1].key == TOPIC.format(0)
    assert store.change_subscription(999, lambda known: known) is None
