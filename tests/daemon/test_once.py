"""`monitor run --once`, as cron calls it: each call is a process of its own, and all keep to one budget."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from monitor.adapters.store.schema import feeds
from monitor.app import App, create_store
from monitor.config import load_config
from monitor.daemon import Daemon
from monitor.model import Feed
from tests.collect.test_due import NOW, polled
from tests.crash.life import Workers
from tests.daemon.harness import RULE, logged
from tests.daemon.newsroom import newsroom, piece
from tests.fakes import ManualClock


async def run_once(config: Path, clock: ManualClock) -> Feed:
    """A call; the only feed as it is after it."""
    settings = load_config(config)
    store = create_store(settings)
    app = App(settings, store, clock=clock)
    app.workers = app.pipeline.workers = Workers()  # type: ignore[assignment]
    try:
        await app.load(to_stay=False)
        await Daemon(app, config).once()
        with (
            store.database.write() as c
        ):  # as of a feed that is known for weeks, with an item every two hours
            c.execute(update(feeds).values(rhythm=list(polled().rhythm or ())))
        ((feed, _),) = store.feeds()
        return feed
    finally:
        await app.close()


@pytest.mark.parametrize(("wanted", "least", "most"), [(48, 0.25, 1), (4, 3, 12)])
async def test_single_runs_keep_to_the_budget_of_them_all(
    tmp_path: Path, wanted: int, least: float, most: float
) -> None:
    """The interval, in hours, follows from the requests a day; the first run knows nothing of the feed yet."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "rules.yaml").write_text(RULE, "utf-8")
    async with newsroom() as room:
        site = await room.site("site")
        site.publish(piece("old", title="Nothing yet"))
        config = tmp_path / "monitor.toml"
        config.write_text(
            f'[polling]\nrequests_per_day = {wanted}\n[network]\nallow = ["127.0.0.0/8"]\n'
            f'[[feeds]]\nurl = "{site.feed_url}"\n',
            "utf-8",
        )
        clock = ManualClock(NOW - timedelta(hours=2))
        with logged() as log:
            await run_once(config, clock)
            clock.moment = NOW
            feed = await run_once(config, clock)
        assert site.hits() == 2, log.text
        assert feed.polled_at == NOW and feed.due_at is not None
        assert timedelta(hours=least) < feed.due_at - NOW < timedelta(hours=most), log.text
        assert "budget" in log.text
