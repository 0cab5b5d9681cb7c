"""The budget over a real store: what is solved, when, and that it is in force with the next poll."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from monitor.adapters.store import Store
from monitor.adapters.store.relevance import FeedPace
from monitor.adapters.store.schema import feeds
from monitor.collect.due import PollingPolicy
from monitor.pacing import EVERY, Pacing, polling_of
from monitor.settings import PollingSettings, Settings
from tests.adapters.store.test_relevance import bring
from tests.collect.test_due import polled
from tests.pipeline.conftest import World

FEW = Settings(polling=PollingSettings(requests_per_day=60))


@pytest.fixture
def world(store: Store) -> World:
    """Three feeds with an item every two hours; half of the first's items match, none of the second's."""
    made = World(store)
    now = made.clock.now()
    for name in ("a", "b", "c"):
        store.add_feed(f"https://{name}.example/rss", "", (), now)
    with store.database.write() as c:
        c.execute(update(feeds).values(rhythm=list(polled().rhythm or ())))
    first, second, _ = (id for id, *_ in FeedPace(store.database).feeds())
    for _ in range(25):
        bring(store, first, now, "one")
        bring(store, first, now)
        bring(store, second, now)
    return made


def pacing_of(world: World) -> Pacing:
    return Pacing(world.pipeline, FeedPace(world.store.database))


async def test_the_price_is_in_force_with_the_next_poll(world: World) -> None:
    pacing = pacing_of(world)
    await pacing.tick(FEW)
    assert pacing.budget is not None
    assert pacing.budget.is_kept
    assert pacing.budget.requests_per_day == pytest.approx(60, rel=0.001)
    found = world.pipeline.policy.polling
    assert (found.tempo, found.usual_relevance) == (pacing.budget.tempo, 1 / 3)
    assert found.tempo > PollingPolicy().tempo
    shares = [relevance for *_, relevance in FeedPace(world.store.database).feeds()]
    assert shares == [pytest.approx((25 + 50 / 3) / 100), pytest.approx(50 / 3 / 75), None]


async def test_feeds_that_are_pushed_take_nothing_of_the_budget(world: World) -> None:
    pacing = pacing_of(world)
    await pacing.tick(Settings())
    assert pacing.budget is not None
    alone = pacing.budget.requests_per_day / 3
    with world.store.database.write() as c:
        pushed = update(feeds).where(feeds.c.key != "https://c.example/rss")
        c.execute(pushed.values(pushed_until=world.clock.now() + timedelta(days=1)))
    world.clock.move(seconds=EVERY.total_seconds())
    await pacing.tick(Settings())
    assert 0 < pacing.budget.requests_per_day < 1.5 * alone
    world.clock.move(days=2)  # the leases are over
    await pacing.tick(Settings())
    assert pacing.budget.requests_per_day > 2 * alone


async def test_it_is_solved_hourly_and_when_the_configuration_changes(world: World) -> None:
    pacing = pacing_of(world)
    await pacing.tick(FEW)
    first = pacing.budget
    await pacing.tick(FEW)
    assert pacing.budget is first
    world.clock.move(seconds=EVERY.total_seconds())
    await pacing.tick(FEW)
    assert pacing.budget is not first
    await pacing.tick(Settings())
    assert world.pipeline.policy.polling.tempo == PollingPolicy().tempo


async def test_a_reload_keeps_the_price_until_it_is_solved_anew(world: World) -> None:
    pacing = pacing_of(world)
    assert pacing.in_force(polling_of(FEW)) == polling_of(FEW)
    await pacing.tick(FEW)
    kept = pacing.in_force(polling_of(Settings(polling=PollingSettings(max_interval=timedelta(hours=6)))))
    assert (kept.tempo, kept.max_interval) == (world.pipeline.policy.polling.tempo, timedelta(hours=6))


async def test_a_budget_that_cannot_be_kept_is_said_once(world: World) -> None:
    pacing, too_few = pacing_of(world), Settings(polling=PollingSettings(requests_per_day=2))
    with capture_logs() as lines:
        await pacing.tick(too_few)
        world.clock.move(seconds=EVERY.total_seconds())
        await pacing.tick(too_few)
    said = [line for line in lines if line["log_level"] == "warning"]
    assert [line["budget"] for line in said] == [
        "2 requests a day are too few: it takes 3 to read each feed once in 24 h and all that it lists"
    ]
