"""Push from end to end: a hub and our listener on loopback, the pipeline over a real store, injected time."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import ip_network

import aiohttp
import pytest
from structlog.testing import capture_logs

from monitor.adapters.http import HttpFetcher
from monitor.adapters.store import Store
from monitor.collect import poll as polls
from monitor.collect import websub
from monitor.collect.parse import parse_feed
from monitor.collect.websub import State, Subscription
from monitor.config import Settings, WebSubSettings
from monitor.model import Feed, PollOutcome, Response
from monitor.push import Push
from tests.fakes import Item, rss
from tests.hub import Hub, hub
from tests.pipeline.conftest import FEED, World
from tests.pipeline.test_journey import OLD, OTHER, REPORT


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def settings_of(port: int, address: str | None = None) -> Settings:
    place = f"127.0.0.1:{port}"
    address = f"http://{place}/websub" if address is None else address
    return Settings(websub=WebSubSettings(address=address, listen=place))


@dataclass
class Newsroom(World):
    """The pipeline's world with a hub that its feed names. Pages are scripted, forms go over the network."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.news = 0
        self.push = Push(self.pipeline, self.store)
        self.push.on_news = self._count

    def _count(self) -> None:
        self.news += 1

    def offer(self, hub_url: str) -> None:
        """Let the feed's next answers name this hub, or none where it is ""."""
        answer = self.fetcher.answers[FEED]
        assert isinstance(answer, Response)
        link = {"link": f'<{hub_url}>; rel="hub", <{FEED}>; rel="self"'} if hub_url else {}
        self.fetcher.answers[FEED] = replace(answer, headers={"content-type": "application/rss+xml"} | link)

    @property
    def subscription(self) -> Subscription:
        (found,) = self.store.subscriptions().values()
        return found

    @property
    def feed(self) -> Feed:
        (found,) = (feed for feed, _ in self.store.feeds() if feed.key == FEED)
        return found

    def callback(self, token: str) -> str:
        return f"{self.push._address}/{token}"

    def give_secret(self) -> str:
        """As if the hub's address were https: a secret was given."""
        secret = "a secret that only the hub knows"
        self.store.change_subscription(self.feed.id, lambda known: replace(known, secret=secret))
        return secret

    async def ask(self) -> None:
        """A tick, and its end."""
        await self.push.tick()
        await self.push._asking.drain(5)

    def item(self, guid: str, title: str, *paragraphs: str) -> str:
        """An item as a hub pushes it: in a document of its own. Its page is at its address."""
        link = f"https://wire.example/{guid}"
        self.fetcher.page(link, title, *paragraphs)
        return rss(Item(guid, title, link, paragraphs[0], self.clock.now()))


@asynccontextmanager
async def subscribed(store: Store, there: Hub) -> AsyncIterator[Newsroom]:
    """A feed with a baseline, whose hub was asked and has verified."""
    world = Newsroom(store)
    store.add_feed(FEED, "", ("wire",), world.clock.now())
    async with HttpFetcher(allow=[ip_network("127.0.0.0/8")], total=5.0) as http:
        world.fetcher.post = http.post  # type: ignore[method-assign]
        await world.push.use(settings_of(free_port()))
        try:
            world.publish("0", "Weather talks", *OLD)
            world.offer(there.url)
            await world.go()
            await world.ask()
            yield world
        finally:
            await world.push.close()


async def test_a_push_is_told_in_one_round_and_the_poll_adds_nothing(store: Store) -> None:
    async with hub() as there, subscribed(store, there) as world:
        (form,) = there.asked
        assert form["hub.topic"] == FEED and form["hub.mode"] == "subscribe"
        assert form["hub.lease_seconds"] == "864000" and "hub.secret" not in form, "its address is no https"
        assert there.heard == [(200, there.challenge)]
        known = world.subscription
        assert known.state is State.ACTIVE and known.lease_until == world.clock.now() + timedelta(days=10)

        assert await there.push(world.item("1", "Sappers for Kursk", *REPORT)) == 204
        world.pipeline.settle(await world.read())
        await world.send()
        assert world.decisions() == [("Sappers for Kursk", "alert", "new story")]
        assert len(world.notifier.sent) == 1 and world.news == 1

        pages = len(world.fetcher.asked)
        assert await there.push(world.item("1", "Sappers for Kursk", *REPORT)) == 204
        world.publish("1", "Sappers for Kursk", *REPORT)
        world.offer(there.url)
        for _ in range(6):
            await world.go()
        asked = [url for url, _ in world.fetcher.asked[pages:]]
        assert asked.count(FEED) == 1, "polled once in six hours"
        # What matched is looked at again after an hour and after six, whoever brought it.
        assert [url for url in asked if url != FEED] == ["https://wire.example/1"] * 2
        assert len(world.notifier.sent) == 1 and world.news == 1


async def test_a_push_for_a_feed_without_a_baseline_makes_it_due(store: Store) -> None:
    async with hub() as there, subscribed(store, there) as world:
        other = "https://paper.example/rss"
        store.add_feed(other, "", (), world.clock.now() + timedelta(days=1))
        new = next(feed for feed, _ in store.feeds() if feed.key == other)
        follow = websub.Subscription(new.id, there.url, other, "t" * 43, state=State.ASKED)
        store.follow_hubs([PollOutcome(new, (), "", hub=(there.url, other))], lambda *_: follow)
        there.asked.append(there.asked[-1] | {"hub.callback": world.callback("t" * 43)})

        assert await there.push(world.item("1", "Sappers for Kursk", *REPORT)) == 204
        due = next((feed, why) for feed, why in store.feeds() if feed.key == other)
        assert (due[0].due_at, due[1]) == (world.clock.now(), "its hub pushed something")
        assert await world.read() == [] and world.news == 0


async def test_a_push_that_cannot_be_read_lets_the_feed_be_polled_as_soon_as_it_may(store: Store) -> None:
    async with hub() as there, subscribed(store, there) as world:
        polled = world.clock.now()
        world.clock.move(minutes=1)
        assert await there.push(b"\x89PNG thin ping", kind="image/png") == 204
        assert world.feed.due_at == polled + timedelta(minutes=5), "not sooner than any feed"
        assert await there.push(b"", kind="text/html") == 204
        assert world.feed.due_at == polled + timedelta(minutes=5)


@pytest.mark.parametrize("wrong", ["", "sha256=" + "0" * 64, "sha1=x"])
async def test_a_push_with_another_signature_is_ignored_and_nobody_is_told(store: Store, wrong: str) -> None:
    async with hub() as there, subscribed(store, there) as world:
        secret = world.give_secret()
        item = world.item("1", "Sappers for Kursk", *REPORT)
        assert await there.push(item, secret="another", signature=wrong or None) == 204
        assert await there.push(item, secret="", signature=wrong or None) == 204
        assert await world.read() == [] and world.subscription.pushed_at is None
        for number, method in enumerate(("sha1", "sha256", "sha384", "sha512")):
            text = world.item(f"m{number}", f"Item of {method}", *OLD)
            assert await there.push(text, secret=secret, method=method) == 204
        assert len(await world.read()) == 4 and world.subscription.pushed_at == world.clock.now()


async def test_what_a_poll_and_a_push_bring_at_the_same_moment_is_queued_once(store: Store) -> None:
    """Both have judged before either is stored, in both orders."""
    async with hub() as there, subscribed(store, there) as world:
        for first in ("push", "poll"):
            item = world.item(first, f"Sappers for Kursk, {first}", *REPORT)
            world.publish(first, f"Sappers for Kursk, {first}", *REPORT)
            world.offer(there.url)
            world.clock.move(hours=1)
            (feed,) = store.claim_feeds(world.clock.now(), 10, timedelta(minutes=5), (), 10)
            outcome = await world.pipeline.poll(feed)
            if first == "push":
                assert len(outcome.entries) == 1, "the poll takes it for new"
                assert await there.push(item) == 204
                assert world.pipeline.record([outcome]) == 0
            else:
                parsed = parse_feed(item.encode(), "", FEED)
                pushed = polls.pushed(
                    feed, parsed, store.known_entries(feed.id, polls.identity_keys(parsed)), world.clock.now()
                )
                assert len(pushed) == len(outcome.entries) == 1
                assert world.pipeline.record([outcome]) == 1
                assert store.record_push(feed, pushed, world.clock.now(), lambda known: known) == 0
            readings = await world.read()
            assert [reading.article.title for reading in readings] == [f"Sappers for Kursk, {first}"]
            world.pipeline.settle(readings)


async def test_transactions_of_polls_and_pushes_that_overlap(store: Store) -> None:
    """In threads, as the daemon's are on PostgreSQL: whoever comes second waits, and finds what the first stored."""
    async with hub() as there, subscribed(store, there) as world:
        world.clock.move(hours=1)
        now = world.clock.now()
        (feed,) = store.claim_feeds(now, 10, timedelta(minutes=5), (), 10)
        for number in range(8):
            item = world.item(f"n{number}", f"Item {number}", *REPORT)
            parsed = parse_feed(item.encode(), "", FEED)
            news = polls.pushed(feed, parsed, {}, now)
            poll = PollOutcome(replace(feed, due_at=now), news, "")
            first, second = await asyncio.gather(
                asyncio.to_thread(store.record_push, feed, news, now, lambda known: known),
                asyncio.to_thread(store.record_polls, [poll], now),
            )
            assert first + second == 1
            store.free_leases()
            (feed,) = store.claim_feeds(now, 10, timedelta(minutes=5), (), 10)
        assert len(store.claim_entries(now, 100, timedelta(minutes=5), (), 100)) == 8


async def test_two_pushes_at_the_same_moment_are_queued_once(store: Store) -> None:
    async with hub() as there, subscribed(store, there) as world:
        item = world.item("1", "Sappers for Kursk", *REPORT)
        said = await asyncio.gather(*(there.push(item) for _ in range(6)))
        assert set(said) == {204} and len(await world.read()) == 1


async def test_a_hub_that_fell_silent_is_noticed_and_its_feed_polled_as_before(store: Store) -> None:
    async with hub() as there, subscribed(store, there) as world:
        await there.push(world.item("1", "Sappers for Kursk", *REPORT))
        await world.go()
        due = world.feed.due_at
        assert due is not None and due - world.clock.now() > timedelta(hours=5), "it is relied on"

        world.clock.moment = due
        world.publish("2", "No parade in Moscow", *OTHER, minutes=40)
        world.offer(there.url)
        (feed,) = store.claim_feeds(world.clock.now(), 10, timedelta(minutes=5), (), 10)
        assert world.pipeline.record([await world.pipeline.poll(feed)]) == 1
        assert world.subscription.doubted_at == world.clock.now()
        due = world.feed.due_at
        assert due is not None and due - world.clock.now() < timedelta(hours=1), "in its own rhythm at once"

        world.clock.move(minutes=16)
        await world.ask()
        silent = world.subscription
        assert silent.state is State.SILENT and "did not push what a poll found" in str(silent.error)
        assert len(there.asked) == 1
        world.clock.move(days=1, hours=7)
        await world.ask()
        assert len(there.asked) == 2 and world.subscription.state is State.ACTIVE
        assert there.asked[0]["hub.callback"] == there.asked[1]["hub.callback"], "the same subscription"
        assert world.feed.pushed_until is None, "it has to prove itself"


async def test_a_push_that_comes_late_ends_the_doubt(store: Store) -> None:
    async with hub() as there, subscribed(store, there) as world:
        await there.push(world.item("1", "Sappers for Kursk", *REPORT))
        world.clock.move(hours=1)
        world.publish("2", "No parade in Moscow", *OTHER)
        world.offer(there.url)
        await world.go()
        assert world.subscription.doubted_at is not None and world.feed.pushed_until is None
        told = len(world.notifier.sent)
        world.clock.move(minutes=5)
        assert await there.push(world.item("2", "No parade in Moscow", *OTHER)) == 204
        assert world.subscription.doubted_at is None
        assert world.feed.pushed_until == world.subscription.lease_until
        await world.go()
        assert len(world.notifier.sent) == told, "told once, by whoever came first"


async def test_a_lease_is_renewed_before_it_ends_and_nothing_else_is_confirmed(store: Store) -> None:
    async with hub() as there, subscribed(store, there) as world:
        end = world.subscription.lease_until
        assert end is not None
        world.clock.move(days=7, hours=23)
        await world.ask()
        assert len(there.asked) == 1, "it is not time yet"
        assert (await there.verify(there.asked[0]))[0] == 404, "nobody asked for that now"
        assert (await there.verify(there.asked[0] | {"hub.mode": "unsubscribe"}))[0] == 404
        world.clock.move(days=1, hours=2)
        await world.ask()
        assert len(there.asked) == 2 and there.asked[1] == there.asked[0]
        assert world.subscription.lease_until == world.clock.now() + timedelta(days=10) > end


async def test_a_hub_that_refuses_or_is_gone_costs_nothing_and_is_asked_again(store: Store) -> None:
    async with hub() as there:
        there.status = 403
        async with subscribed(store, there) as world:
            first = world.subscription
            assert (first.state, first.failures) == (State.ASKED, 1)
            callback = world.callback("…")
            assert first.error == f"{there.url} answered 403: what the hub says of {callback} and None"
            await world.go()
            assert world.feed.failures == 0 and world.feed.due_at is not None
            assert world.feed.due_at - world.clock.now() < timedelta(hours=1)
            await there.close()
            world.clock.move(days=1)
            await world.ask()
            assert "no connection to" in str(world.subscription.error)
            assert world.subscription.failures == 2 and world.feed.failures == 0


async def test_a_hub_that_does_not_verify_is_asked_again_and_pushes_are_no_proof(store: Store) -> None:
    async with hub() as there:
        there.verifies = False
        async with subscribed(store, there) as world:
            assert world.subscription.state is State.ASKED
            assert world.subscription.error == "the hub has not verified it yet"
            await there.push(world.item("1", "Sappers for Kursk", *REPORT))
            assert len(await world.read()) == 1 and world.feed.pushed_until is None
            there.verifies = True
            world.clock.move(minutes=15)
            await world.ask()
            assert world.subscription.state is State.ACTIVE and len(there.asked) == 2


async def test_a_hub_that_denies_is_left_alone_for_a_week(store: Store) -> None:
    async with hub() as there, subscribed(store, there) as world:
        await there.push(world.item("1", "Sappers for Kursk", *REPORT))
        denial = there.asked[0] | {"hub.mode": "denied"}
        assert await there.verify(denial, reason="not <b>allowed</b>") == (200, there.challenge)
        known = world.subscription
        assert (known.state, known.error) == (State.DENIED, "the hub denied it: not <b>allowed</b>")
        assert world.feed.pushed_until is None
        assert await there.push(world.item("2", "No parade in Moscow", *OTHER)) == 204
        assert len(await world.read()) == 1, "what it pushes after that is not read"
        world.clock.move(days=6)
        await world.ask()
        assert len(there.asked) == 1
        world.clock.move(days=3)
        await world.ask()
        assert len(there.asked) == 2 and world.subscription.state is State.ACTIVE


async def test_a_feed_that_is_removed_gives_its_subscription_back(store: Store) -> None:
    async with hub() as there, subscribed(store, there) as world:
        assert store.remove_feed(FEED, world.clock.now())
        world.clock.move(minutes=6)
        await world.ask()
        assert there.asked[-1]["hub.mode"] == "unsubscribe" and there.heard[-1] == (200, there.challenge)
        assert world.subscription.state is State.ENDED and world.subscription.next_at is None
        assert await there.push(world.item("1", "Sappers for Kursk", *REPORT)) == 204
        assert await world.read() == []

        store.add_feed(FEED, "", (), world.clock.now())
        await world.go()
        await world.ask()
        assert there.asked[-1]["hub.mode"] == "subscribe"
        assert there.asked[-1]["hub.callback"] != there.asked[0]["hub.callback"]


async def test_another_address_asks_every_hub_anew_and_none_polls_as_before(store: Store) -> None:
    async with hub() as there, subscribed(store, there) as world:
        await there.push(world.item("1", "Sappers for Kursk", *REPORT))
        await world.go()
        polled = world.clock.now()
        assert world.feed.due_at is not None and world.feed.due_at - polled > timedelta(hours=5)
        port = free_port()
        await world.push.use(settings_of(port))
        assert world.feed.pushed_until is None and world.subscription.state is State.OFFERED
        assert world.feed.due_at <= polled + timedelta(hours=1)
        await world.ask()
        assert f":{port}/" in there.asked[-1]["hub.callback"] and world.subscription.state is State.ACTIVE

        await world.push.use(settings_of(port, ""))
        assert world.subscription.state is State.OFFERED
        world.clock.move(days=1)
        await world.ask()
        assert len(there.asked) == 2, "nobody could call back"
        with pytest.raises(aiohttp.ClientConnectorError):
            await there.push("")


async def test_after_an_absence_feeds_are_polled_once_and_hubs_not_blamed(store: Store) -> None:
    async with hub() as there, subscribed(store, there) as world:
        await there.push(world.item("1", "Sappers for Kursk", *REPORT))
        await world.go()
        settings = settings_of(free_port(), world.push._address)
        await world.push.close()

        world.clock.move(hours=2)
        world.publish("2", "No parade in Moscow", *OTHER, minutes=30)
        world.offer(there.url)
        world.push = Push(world.pipeline, store)
        await world.push.use(settings)
        assert world.feed.due_at is not None and world.feed.due_at <= world.clock.now(), (
            "what was missed is polled"
        )
        await world.go()
        assert [title for title, _, _ in world.decisions()][-1] == "No parade in Moscow"
        assert world.subscription.doubted_at is None and world.subscription.state is State.ACTIVE
        assert world.feed.pushed_until is not None


async def test_a_place_that_is_taken_is_said_once_and_tried_again(store: Store) -> None:
    world = Newsroom(store)
    with socket.socket() as other, capture_logs() as logged:
        other.bind(("127.0.0.1", 0))
        other.listen()
        settings = settings_of(other.getsockname()[1])
        await world.push.use(settings)
        await world.push.tick()
        assert world.pipeline.listening is None
    (line,) = [entry for entry in logged if entry["log_level"] == "error"]
    assert "nothing can listen at" in line["why"]
    await world.push.tick()
    assert world.pipeline.listening == world.clock.now()
    await world.push.close()


async def test_no_secret_and_no_token_is_logged(store: Store) -> None:
    with capture_logs() as logged:
        async with hub() as there, subscribed(store, there) as world:
            secret, token = world.give_secret(), world.subscription.token
            await there.push(world.item("1", "Sappers for Kursk", *REPORT), secret="another")
            await there.push(world.item("1", "Sappers for Kursk", *REPORT), secret=secret)
            await there.verify(there.asked[0])
            there.status = 500
            world.clock.move(days=9)
            await world.ask()
            assert there.asked[-1]["hub.secret"] == secret and world.subscription.error
            assert secret not in world.subscription.error and token not in world.subscription.error
    assert len(logged) > 4 and secret not in str(logged) and token not in str(logged)


# --- hubs that feeds leave -------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [202, 500])
async def test_a_hub_that_a_feed_leaves_is_told_once_whatever_it_says(store: Store, status: int) -> None:
    async with hub() as old, hub() as new, subscribed(store, old) as world:
        before = world.subscription
        old.status, old.asked[1:] = status, []
        world.offer(new.url)
        await world.poll()
        await world.ask()
        assert world.subscription.hub == new.url and world.subscription.state is State.ACTIVE
        (goodbye,) = [form for form in old.asked if form["hub.mode"] == "unsubscribe"]
        assert goodbye["hub.callback"].endswith(f"/{before.token}")
        assert goodbye["hub.topic"] == before.topic and "hub.secret" not in goodbye
        if status == 202:
            assert old.heard[-1] == (200, old.challenge), "we meant it"
        assert (await old.verify(goodbye | {"hub.mode": "subscribe"}))[0] == 404, "and nothing else"
        assert await old.push(world.item("1", "Pushed by nobody's hub", *REPORT)) == 204
        assert world.news == 0, "what it still pushes is ignored"
        world.clock.move(seconds=websub.PENDING.total_seconds() + 1)
        await world.ask()
        assert await old.push("") == 410, "and after a while said to be given up"
        await world.poll()
        await world.ask()
        assert sum(form["hub.mode"] == "unsubscribe" for form in old.asked) == 1
        assert world.subscription.state is State.ACTIVE


async def test_a_hub_that_is_gone_when_its_feed_leaves_it_harms_nobody(store: Store) -> None:
    async with hub() as new, hub() as old, subscribed(store, old) as world:
        world.offer(new.url)
        await old.close()
        await world.poll()
        await world.ask()
        assert world.subscription.hub == new.url and world.subscription.state is State.ACTIVE
