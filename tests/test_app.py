"""The composition root: what a reload changes at once, what it leaves for the next start, and what it lets go of."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from monitor.adapters.notifier import LONGEST_SEND
from monitor.adapters.store import Store
from monitor.adapters.workers import WorkerPool
from monitor.app import App, create_store
from monitor.collect.robots import MOST_DELAY
from monitor.config import (
    FeedSettings,
    LogSettings,
    NetworkSettings,
    PollingSettings,
    ReceiverSettings,
    Settings,
    WorkerSettings,
)
from monitor.daemon import POLL_LEASE, READ_LEASE, SEND_LEASE
from monitor.delivering import MARK_WAITS
from monitor.errors import FetchError, MonitorError, StoreBusy
from monitor.lanes import PER_HOST
from monitor.model import Article
from monitor.send.keys import delivery_key

RULE = "rules:\n  - id: quaggas\n    query: quagga*\n    tests: {match: [A quagga]}\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "quaggas.yaml").write_text(RULE, "utf-8")
    return Settings(database=f"sqlite:///{tmp_path / 'monitor.db'}", rules=rules)


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[App]:
    app = App(settings, create_store(settings))
    yield app
    await app.close()


def changed(settings: Settings, **values: object) -> Settings:
    return settings.model_copy(update=values)


async def test_a_reload_puts_feeds_receivers_and_rules_in_force(app: App, settings: Settings) -> None:
    feed = FeedSettings(url="https://news.example/rss")
    desk = ReceiverSettings(urls=("json://127.0.0.1:9/desk",), zone="Asia/Seoul")
    with capture_logs() as log:
        await app.reload(changed(settings, feeds=(feed,), receivers={"desk": desk}))
    assert [feed.key for feed, _ in app.store.feeds()] == ["https://news.example/rss"]
    assert app.pipeline.policy.zone_of("desk") == "Asia/Seoul"
    assert set(app.pipeline.rules.rules) == {"quaggas"}
    assert [line for line in log if line["log_level"] != "info"] == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("database", {"database": "sqlite:////elsewhere.db"}),
        ("workers", {"workers": WorkerSettings(processes=3)}),
        ("log", {"log": LogSettings(level="debug")}),
        ("polling.concurrency", {"polling": PollingSettings(concurrency=7)}),
    ],
)
async def test_what_is_read_at_the_start_only_is_said(
    app: App, settings: Settings, key: str, value: dict[str, Any]
) -> None:
    with capture_logs() as log:
        await app.reload(changed(settings, **value))
        await app.reload(changed(settings, **value))
    assert [line["keys"] for line in log if line["log_level"] == "warning"] == [key]


async def test_other_intervals_are_in_force_at_once(app: App, settings: Settings) -> None:
    with capture_logs() as log:
        await app.reload(changed(settings, polling=PollingSettings(min_interval=timedelta(minutes=7))))
    assert app.pipeline.policy.polling.min_interval == timedelta(minutes=7)
    assert [line for line in log if line["log_level"] == "warning"] == []


async def test_a_reload_puts_other_manners_in_force(app: App, settings: Settings) -> None:
    """How feeds are asked, and whether sites are, changes without a restart; what was known of sites stays."""
    feed = FeedSettings(url="https://news.example/rss", username="anna", password="secret")
    before = app.fetcher
    await app.reload(changed(settings, feeds=(feed,)))
    assert {key: own.url for key, own in app.pipeline.policy.access.items()} == {feed.url: feed.url}
    assert app.robots is app.pipeline.robots
    assert app.robots._fetcher is app.fetcher is not before
    await app.reload(changed(settings, network=NetworkSettings(robots=False)))
    assert dict(app.pipeline.policy.access) == {}
    await app.robots.permit("http://10.0.0.1/page")  # would be refused, were it asked for


class _TakesNoRules(Store):
    """A store that takes feeds, and no rules."""

    def remember_rules(self, documents: Any, now: Any, gone: Any = None) -> None:
        raise StoreBusy("locked")


async def test_a_replaced_fetcher_is_closed_also_where_the_reload_breaks_off(settings: Settings) -> None:
    database = create_store(settings).database
    app = App(settings, _TakesNoRules(database, delivery_key))
    old = app.fetcher
    with pytest.raises(StoreBusy):
        await app.reload(changed(settings, network=NetworkSettings(timeout=timedelta(seconds=0))))
    assert app.fetcher is not old
    await app.close()
    with pytest.raises((FetchError, RuntimeError), match="closed"):
        await old.fetch("http://127.0.0.1:9/")


def test_waiting_for_a_turn_takes_little_of_a_lease() -> None:
    """Else a feed or page that politely waits would be given to another node meanwhile."""
    (bound,) = [limit for limit in NetworkSettings.model_fields["host_pace"].metadata if hasattr(limit, "le")]
    others = 2 * PER_HOST  # of one share: feeds and pages
    turn = others * bound.le.total_seconds() + PER_HOST * MOST_DELAY
    assert turn < min(POLL_LEASE, READ_LEASE).total_seconds() / 4


def test_a_delivery_keeps_its_lease_until_it_is_marked() -> None:
    """Else another node sends it again while this one still tries to note that it arrived."""
    assert LONGEST_SEND.total_seconds() + sum(MARK_WAITS) < SEND_LEASE.total_seconds()


class _Listening:
    """Worker processes, and which seeds they were given."""

    def __init__(self, workers: WorkerPool, read: list[str]) -> None:
        self.start, self.close, self._workers, self._read = workers.start, workers.close, workers, read

    async def read_seed(self, name: str, data: bytes) -> Article:
        self._read.append(name)
        return await self._workers.read_seed(name, data)


async def test_only_seeds_that_changed_are_stored_again(settings: Settings) -> None:
    seeds = settings.rules / "seeds"
    seeds.mkdir()
    for name in ("one", "two"):
        (seeds / f"{name}.txt").write_text(
            f"A quagga, {name}\n\nA quagga was seen on Monday, they said.", "utf-8"
        )
    rules = settings.rules / "quaggas.yaml"
    rules.write_text(RULE + "    seeds: [seeds/one.txt]\n", "utf-8")
    rules.with_name("other.yaml").write_text(
        "rules:\n  - id: other\n    query: Monday\n    seeds: [seeds/two.txt]\n", "utf-8"
    )
    app = App(settings, create_store(settings))
    read: list[str] = []
    app.workers = _Listening(app.workers, read)  # type: ignore[assignment]

    async def reloaded() -> list[str]:
        read.clear()
        await app.reload_rules()
        await app.seeds_settled()
        return sorted(read)

    try:
        await app.load()
        await app.seeds_settled()
        assert sorted(read) == ["one.txt", "two.txt"]
        assert await reloaded() == []
        (seeds / "one.txt").write_text("A quagga, one\n\nA quagga was seen on Tuesday, they said.", "utf-8")
        assert await reloaded() == ["one.txt"]
        rules.write_text(rules.read_text("utf-8").replace("quagga*", "quagga* OR Tuesday"), "utf-8")
        assert await reloaded() == ["one.txt"]
        rules.write_text(rules.read_text("utf-8") + "    severity: high\n", "utf-8")
        assert await reloaded() == []
    finally:
        await app.close()


async def test_a_folder_of_rules_that_vanishes_leaves_them_running(app: App, settings: Settings) -> None:
    await app.reload_rules()
    gone = settings.rules.rename(settings.rules.with_name("elsewhere"))
    for _ in range(2):
        await app.reload_rules()
        assert set(app.pipeline.rules.rules) == {"quaggas"}
        assert app.rules_unread
        assert "there is no such folder" in app.problems[0].message
    settings.rules.mkdir()  # what is left of a file system that was unmounted
    await app.reload_rules()
    assert set(app.pipeline.rules.rules) == {"quaggas"}
    assert "no rule file in this folder any more" in app.problems[0].message
    (trouble,) = app.store.open_troubles("rules")
    assert trouble.trouble.headline == "rules is broken; 1 rule runs in its last good version"
    settings.rules.rmdir()
    gone.rename(settings.rules)
    await app.reload_rules()
    assert app.problems == [] and not app.rules_unread
    assert app.store.open_troubles() == []


async def test_reading_rules_can_be_broken_off_and_leaves_what_was_in_force(
    app: App, settings: Settings
) -> None:
    await app.reload_rules()
    app.stop_reading_rules()
    (settings.rules / "quaggas.yaml").write_text(RULE.replace("quagga*", "auk"), "utf-8")
    with pytest.raises(MonitorError, match="stopped"):
        await app.reload_rules()
    assert app.pipeline.rules.rules["quaggas"].query == "quagga*"
