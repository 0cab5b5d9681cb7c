"""An outage of our own network, from the first poll that fails to the last message: nothing is lost by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.errors import FetchError
from monitor.model import Feed, Response
from monitor.pipeline import Postponed
from monitor.troubles.feeds import FeedWatch
from tests.pipeline.conftest import LEASE, World

SITES = ("alpha.org", "beta.net", "gamma.com")
FEEDS = [f"https://{site}/rss" for site in SITES]
AWAY = FetchError("dns", "no address")
TEXT = "North Korea has sent 15,000 troops to Russia, officials said on Tuesday."


@pytest.fixture
async def three(world: World) -> World:
    """Three feeds of three sites, read once."""
    world.store.remove_feed("https://wire.example/rss", world.clock.now())
    for url in FEEDS:
        world.store.add_feed(url, "", (), world.clock.now())
        world.publish("old", "Nothing yet", "It rains.", feed=url, hours=2)
    await world.go()
    assert all(feed.good_at for feed in feeds(world))
    return world


def feeds(world: World) -> list[Feed]:
    return [feed for feed, _ in world.store.feeds() if feed.retired_at is None]


def cut(world: World) -> dict[str, Response | FetchError]:
    """Nobody answers any more; what would be, were it otherwise."""
    known = dict(world.fetcher.answers)
    world.fetcher.answers.update(dict.fromkeys(known, AWAY))
    return known


async def poll_due(world: World) -> int:
    """Poll what is due, as the daemon does: as many as the watch allows."""
    now = world.clock.now()
    room = world.pipeline.watch.feeds_allowed(100, now)
    claimed = world.store.claim_feeds(now, room, LEASE, (), 100) if room else []
    for feed in claimed:
        world.pipeline.record([await world.pipeline.poll(feed)])
    return len(claimed)


async def hours_pass(world: World, hours: float) -> int:
    """Time goes by, half a minute at a time; how many polls there were."""
    polls = 0
    for number in range(round(hours * 120)):
        world.clock.move(seconds=30)
        polls += await poll_due(world)
        if number % 4 == 0:
            world.pipeline.report_health()
    return polls


async def test_an_outage_marks_no_feed_as_failing_and_is_one_message_when_it_is_over(three: World) -> None:
    before = {feed.key: feed for feed in feeds(three)}
    three.clock.move(hours=2)
    answers = cut(three)
    polls = await hours_pass(three, 0.5)
    assert three.pipeline.watch.network.is_away
    assert polls <= 3 + 60, "two probes a minute"
    for feed in feeds(three):
        was = before[feed.key]
        assert (feed.failures, feed.failing_since, feed.error, feed.error_kind) == (0, None, None, None)
        assert (feed.etag, feed.last_modified, feed.body_hash, feed.polled_at) == (
            was.etag,
            was.last_modified,
            was.body_hash,
            feed.polled_at,
        )
    (open_one,) = three.store.open_troubles()
    assert open_one.kind == "network"
    assert open_one.trouble.headline.startswith("The network is away since ")
    assert open_one.since == three.pipeline.watch.network.since, "not since somebody was told"
    three.fetcher.answers.update(answers)
    three.publish("1", "North Korea sends troops to Russia", TEXT, feed=FEEDS[0])
    await hours_pass(three, 0.4)
    assert not three.pipeline.watch.network.is_away
    assert all(feed.good_at == feed.polled_at for feed in feeds(three))
    three.pipeline.settle(await three.read())
    await three.send()
    subjects = [message.subject for _, _, message in three.notifier.sent]
    assert len(subjects) == 2, subjects
    assert sum("it was away for 3" in subject for subject in subjects) == 1, "told when it can be"
    assert three.store.open_troubles() == []


async def test_where_messages_leave_an_outage_is_told_when_it_begins_and_when_it_ends(three: World) -> None:
    three.clock.move(hours=2)
    answers = cut(three)
    await hours_pass(three, 0.5)
    await three.send()
    three.fetcher.answers.update(answers)
    await hours_pass(three, 0.5)
    await three.send()
    begun, ended = [message for _, _, message in three.notifier.sent]
    assert "The network is away since 2026-03-10" in begun.subject
    assert "alpha.org, beta.net, gamma.com" in begun.text
    assert "The network is back; it was away for" in ended.subject


async def test_a_short_outage_is_nobodys_incident(three: World) -> None:
    three.clock.move(hours=2)
    answers = cut(three)
    await hours_pass(three, 4 / 60)
    began = three.pipeline.watch.network.since
    assert began is not None
    assert three.store.noted_outages() == {"network": began}, "who asks is told"
    three.fetcher.answers.update(answers)
    await hours_pass(three, 0.5)
    await three.send()
    assert three.notifier.sent == []
    assert three.store.noted_outages() == {}


async def test_a_short_outage_that_lasts_is_told_and_noted_no_more(three: World) -> None:
    three.clock.move(hours=2)
    cut(three)
    await hours_pass(three, 4 / 60)
    assert three.store.noted_outages() and not three.store.open_troubles()
    await hours_pass(three, 4 / 60)
    assert not three.store.noted_outages() and three.store.open_troubles()


async def test_a_short_outage_goes_on_over_a_restart_and_ends_after_it(three: World) -> None:
    three.clock.move(hours=2)
    answers = cut(three)
    await hours_pass(three, 4 / 60)
    began = three.pipeline.watch.network.since
    three.pipeline.watch = FeedWatch(three.store)
    three.pipeline.watch.resume()
    assert three.pipeline.watch.network.since == began
    three.fetcher.answers.update(answers)
    await hours_pass(three, 0.2)
    assert not three.pipeline.watch.network.is_away
    assert three.store.noted_outages() == {}


async def test_an_outage_goes_on_over_a_restart_and_ends_after_it(three: World) -> None:
    three.clock.move(hours=2)
    answers = cut(three)
    await hours_pass(three, 0.5)
    began = three.pipeline.watch.network.since
    three.pipeline.watch = FeedWatch(three.store)
    three.pipeline.watch.resume()
    assert three.pipeline.watch.network.is_away
    assert three.pipeline.watch.network.since == began
    await hours_pass(three, 0.2)
    assert len(three.store.open_troubles()) == 1
    assert [feed.failures for feed in feeds(three)] == [0, 0, 0]
    three.fetcher.answers.update(answers)
    await hours_pass(three, 0.2)
    assert three.store.open_troubles() == []


async def test_one_site_that_is_down_is_no_outage(three: World) -> None:
    three.clock.move(hours=2)
    three.fetcher.answers[FEEDS[1]] = AWAY
    for _ in range(8):
        three.clock.move(hours=1)
        await poll_due(three)
    assert not three.pipeline.watch.network.is_away
    down = next(feed for feed in feeds(three) if feed.key == FEEDS[1])
    assert down.failures > 2
    assert down.error_kind == "dns"


async def test_an_article_waits_for_the_network_and_loses_no_attempt(three: World) -> None:
    three.clock.move(hours=2)
    three.publish("1", "A report from the border", "Officials spoke.", TEXT, feed=FEEDS[0])
    await poll_due(three)
    answers = cut(three)
    three.clock.move(hours=2)
    await poll_due(three)
    for _ in range(10):
        three.clock.move(minutes=6)
        for queued in three.store.claim_entries(three.clock.now(), 10, LEASE, (), 10):
            assert queued.attempts == 1
            postponed = await three.pipeline.read(queued)
            assert isinstance(postponed, Postponed)
            assert not postponed.spent
            assert timedelta(minutes=1) <= postponed.at - three.clock.now() <= timedelta(minutes=5)
            three.store.postpone_entry(queued, postponed.at, postponed.why, spent=postponed.spent)
    three.fetcher.answers.update(answers)
    three.clock.move(minutes=6)
    (reading,) = await three.read()
    assert reading.article.degraded is None
    assert "15,000 troops" in reading.article.body


async def test_a_proxy_that_fails_is_an_outage_and_a_login_page_is_no_answer(three: World) -> None:
    three.clock.move(hours=2)
    answers = dict(three.fetcher.answers)
    for url in FEEDS:
        three.fetcher.answers[url] = FetchError("proxy", "no connection to the proxy")
    await poll_due(three)
    assert three.pipeline.watch.network.is_away
    for url in FEEDS:
        three.fetcher.answers[url] = Response(
            200, "https://login.hotel.com/", {}, b"<html><body>Log in</body></html>"
        )
    await hours_pass(three, 0.2)
    assert three.pipeline.watch.network.is_away
    three.fetcher.answers.update(answers)
    await hours_pass(three, 0.2)
    assert not three.pipeline.watch.network.is_away


async def test_feeds_that_fell_due_meanwhile_are_due_spread_out(three: World) -> None:
    now = three.clock.move(hours=2)
    many = [(f"https://site{number}.org/rss", "", ()) for number in range(3_000)]
    three.store.add_feeds(many, now)
    watch = three.pipeline.watch
    watch.network = replace(watch.network, since=now - timedelta(hours=2))
    watch.answered("https://a.org/", Response(200, "https://a.org/"), now)
    watch.go_on(now)
    waits = sorted((feed.due_at - now).total_seconds() for feed in feeds(three) if feed.due_at)
    assert waits[0] > 0
    assert 1500 < waits[-1] <= 1801
    busiest = max(sum(low <= wait < low + 60 for wait in waits) for low in range(0, 1800, 60))
    assert busiest < 150, "of three thousand in half an hour"
