"""No feed dies in silence: what the operator is told of it, once, and once when it is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from monitor.errors import FetchError
from monitor.model import Feed, PollOutcome, Response
from monitor.pipeline import Postponed, Reading
from tests.pipeline.conftest import FEED, LEASE, World

HOUR = timedelta(hours=1)
OTHER = "https://other.example.org/rss"
TEXT = "North Korea has sent 15,000 troops to Russia, officials said on Tuesday."


@pytest.fixture
async def read(world: World) -> World:
    """The feed of the world and another, both read once."""
    world.store.add_feed(OTHER, "", (), world.clock.now())
    for url in (FEED, OTHER):
        world.publish("old", "Nothing yet", "It rains.", feed=url, hours=2)
    await world.go()
    return world


async def hours_pass(world: World, hours: int) -> None:
    for _ in range(hours):
        await world.poll()
        world.pipeline.report_health()
    await world.send()


def told(world: World) -> list[str]:
    """Subjects of what was sent since this was asked last."""
    found = [message.subject for _, _, message in world.notifier.sent]
    world.notifier.sent.clear()
    return found


def feed(world: World, url: str = FEED) -> Feed:
    return next(one for one, _ in world.store.feeds() if one.key == url)


async def test_a_feed_that_fails_for_a_day_is_told_once_and_once_when_it_is_read_again(read: World) -> None:
    good = read.fetcher.answers[FEED]
    read.fetcher.answers[FEED] = Response(503, FEED)
    await hours_pass(read, 20)
    assert told(read) == [], "it may be back tomorrow"
    await hours_pass(read, 40)
    (subject,) = told(read)
    assert "Example Wire cannot be read" in subject
    await hours_pass(read, 100)
    assert told(read) == []
    assert feed(read).failures >= 7
    read.fetcher.answers[FEED] = good
    await hours_pass(read, 30)
    (subject,) = told(read)
    assert "Example Wire is read again" in subject
    assert read.store.open_troubles() == []


async def test_what_is_told_says_why_since_when_and_what_to_do(read: World) -> None:
    read.fetcher.answers[FEED] = FetchError(
        "tls", f"{FEED}: wire.example shows a certificate that is not valid"
    )
    await hours_pass(read, 60)
    ((_, _, message),) = read.notifier.sent
    for part in (
        FEED,
        "Why: wire.example shows a certificate that is not valid",
        "Since: 2026-03-10",
        "polls in a row",
        "Read last: 2026-03-10 10:30 UTC",
        "Tags: wire",
        "To do: its server cannot be reached; it is tried again for ever",
    ):
        assert part in message.text, message.text


async def test_a_feed_that_is_gone_is_told_at_once_and_stays_away_until_somebody_asks(read: World) -> None:
    good = read.fetcher.answers[FEED]
    read.fetcher.answers[FEED] = Response(410, FEED)
    await hours_pass(read, 3)
    (subject,) = told(read)
    assert "Example Wire is gone for good, and polled no more" in subject
    asked = len(read.fetcher.asked)
    await hours_pass(read, 48)
    assert [url for url, _ in read.fetcher.asked[asked:] if url == FEED] == []
    read.fetcher.answers[FEED] = good
    assert read.store.make_due(FEED, read.clock.now()) == 1
    await hours_pass(read, 2)
    (subject,) = told(read)
    assert "Example Wire is read again" in subject
    assert feed(read).retired_at is None


async def test_a_feed_that_fails_and_is_then_gone_is_told_twice(read: World) -> None:
    read.fetcher.answers[FEED] = Response(500, FEED)
    await hours_pass(read, 60)
    read.fetcher.answers[FEED] = Response(410, FEED)
    await hours_pass(read, 30)
    assert ["cannot be read" in subject for subject in told(read)] == [True, False]
    assert [one.trouble.subject for one in read.store.open_troubles()] == [f"gone {FEED}"]


async def test_a_feed_that_is_removed_is_no_trouble_any_more(read: World) -> None:
    read.fetcher.answers[FEED] = Response(410, FEED)
    await hours_pass(read, 3)
    told(read)
    read.store.remove_feed(FEED, read.clock.now())
    await hours_pass(read, 2)
    (subject,) = told(read)
    assert "Example Wire is no longer polled" in subject


async def test_a_provider_that_is_down_is_one_message(read: World) -> None:
    many = [f"https://site{number}.hosting.org/rss" for number in range(40)]
    read.store.add_feeds([(url, "", ()) for url in many], read.clock.now())
    for url in many:
        read.fetcher.answers[url] = Response(500, url)
    await hours_pass(read, 60)
    message = read.notifier.sent[0][2]
    assert len(read.notifier.sent) == 1, [sent.subject for _, _, sent in read.notifier.sent]
    assert "40 feeds are in trouble at hosting.org" in message.subject
    assert message.text.count("site") >= 40
    told(read)
    for url in many:
        read.publish("1", "Nothing", "It rains.", feed=url)
    await hours_pass(read, 26)
    subjects = told(read)
    assert sum("feeds are no longer in trouble" in subject for subject in subjects) >= 1
    assert len(subjects) < 10


@pytest.mark.parametrize("apart", [3, 12])
async def test_a_provider_that_collapses_slowly_is_no_message_a_feed(read: World, apart: int) -> None:
    """Its feeds fail one after the other, `apart` hours from each other: at most one message a day, of them all."""
    many = [f"https://desk{number}.collapsing.org/rss" for number in range(8)]
    read.store.add_feeds([(url, "", ()) for url in many], read.clock.now())
    for url in many:
        read.publish("old", "Nothing yet", "It rains.", feed=url, hours=2)
    await hours_pass(read, 3)
    began, days = read.clock.now(), set()
    messages: list[str] = []
    for hour in range(apart * len(many) + 80):
        if hour % apart == 0 and hour // apart < len(many):
            read.fetcher.answers[many[hour // apart]] = Response(503, many[hour // apart])
        await hours_pass(read, 1)
        for _, _, message in read.notifier.sent:
            messages.append(message.text)
            days.add((read.clock.now() - began).days)
        told(read)
    assert len(messages) <= len(days) + 1, "the first feed may have one of its own"
    assert len(messages) <= max(3, apart)
    for url in many:
        assert sum(url in text for text in messages) == 1, url


async def test_what_else_fails_does_not_wait_for_a_provider_that_collapses(read: World) -> None:
    many = [f"https://desk{number}.collapsing.org/rss" for number in range(3)]
    read.store.add_feeds([(url, "", ()) for url in many], read.clock.now())
    for url in many:
        read.fetcher.answers[url] = Response(503, url)
    await hours_pass(read, 8)
    read.fetcher.answers[FEED] = Response(410, FEED)
    await hours_pass(read, 40)
    late = "https://late.collapsing.org/rss"
    read.store.add_feed(late, "", (), read.clock.now())
    read.fetcher.answers[late] = Response(410, late)
    await hours_pass(read, 2)
    subjects = told(read)
    assert any("3 feeds are in trouble at collapsing.org" in subject for subject in subjects)
    assert any("Example Wire is gone for good" in subject for subject in subjects)
    assert len(subjects) == 2
    await hours_pass(read, 24)
    (subject,) = told(read)
    assert "late.collapsing.org" in subject


async def test_a_feed_that_goes_quiet_is_told_once_and_when_it_speaks_again(read: World) -> None:
    now = read.clock.now()
    quiet = replace(feed(read), quiet_since=now - 90 * HOUR)
    (claimed, *_) = [
        one for one in read.store.claim_feeds(now + 9 * HOUR, 9, LEASE, (), 9) if one.key == FEED
    ]
    quiet = replace(quiet, claim=claimed.claim, due_at=now + 9 * HOUR)
    read.store.record_polls([PollOutcome(quiet, (), "")], now)
    read.pipeline.report_health()
    await read.send()
    (subject,) = told(read)
    assert "Example Wire has gone quiet" in subject
    read.publish("2", "Something at last", "It snows.")
    await hours_pass(read, 12)
    (subject,) = told(read)
    assert "Example Wire brings something again" in subject


# --- a rest that a server asks for -----------------------------------------------------------------

SITE = "https://reddit.com"


async def test_a_page_that_answers_429_lets_its_site_rest_and_its_alerts_go_out(world: World) -> None:
    feed_url = f"{SITE}/rss"
    world.store.add_feed(feed_url, "", (), world.clock.now())
    world.publish("old", "Nothing yet", "It rains.", feed=feed_url, hours=2)
    await world.go()
    for name, title in (
        ("a", "A report"),
        ("b", "Another report"),
        ("c", "North Korea sends troops to Russia"),
    ):
        world.publish(name, title, "Officials spoke.", TEXT, feed=feed_url)
    pages = {name: world.fetcher.answers[f"{SITE}/{name}"] for name in "abc"}
    for name in "abc":
        world.fetcher.answers[f"{SITE}/{name}"] = Response(429, f"{SITE}/{name}", {"retry-after": "7200"})
    await world.poll()
    world.fetcher.asked.clear()
    read: list[Reading] = []
    waiting: list[Postponed] = []
    for queued in world.store.claim_entries(world.clock.now(), 9, LEASE, (), 9):
        result = await world.pipeline.read(queued)
        if isinstance(result, Postponed):
            waiting.append(result)
            world.store.postpone_entry(queued, result.at, result.why, spent=result.spent)
        else:
            read.append(result)
    assert len(world.fetcher.asked) == 1, "the first was refused, so the others were not asked for"
    assert [reading.article.title for reading in read] == ["North Korea sends troops to Russia"]
    assert all(one.at - world.clock.now() == 2 * HOUR for one in waiting)
    world.fetcher.answers.update({f"{SITE}/{name}": page for name, page in pages.items()})
    world.clock.move(hours=2, seconds=1)
    assert {reading.article.degraded for reading in await world.read()} == {None}


async def test_a_page_waits_no_longer_than_a_day(world: World) -> None:
    feed_url = f"{SITE}/rss"
    world.store.add_feed(feed_url, "", (), world.clock.now())
    world.publish("old", "Nothing yet", "It rains.", feed=feed_url, hours=2)
    await world.go()
    world.publish("a", "A report", "Officials spoke.", TEXT, feed=feed_url)
    world.fetcher.answers[f"{SITE}/a"] = Response(429, f"{SITE}/a", {"retry-after": "9999999"})
    await world.poll()
    began, found = world.clock.now(), []
    while not found:
        world.clock.move(minutes=5)
        found = await world.read()
        assert world.clock.now() - began < 26 * HOUR
    assert found[0].article.degraded == "its page answered 429", "asked for once more after its rest"


async def test_a_trouble_that_nobody_could_be_told_of_is_told_when_somebody_is_named(read: World) -> None:
    named = read.pipeline.policy
    read.pipeline.policy = replace(named, default=())
    read.fetcher.answers[FEED] = Response(410, FEED)
    with capture_logs() as logs:
        await hours_pass(read, 3)
    assert [line["log_level"] for line in logs if line["event"].startswith("nobody is told")][:1] == ["error"]
    assert told(read) == [] and read.store.open_troubles() == []
    read.pipeline.policy = named
    await hours_pass(read, 3)
    (subject,) = told(read)
    assert "Example Wire is gone for good" in subject
