"""Two nodes on one PostgreSQL: the same feeds, every article once, every alert delivered once."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from sqlalchemy import text

from monitor.adapters.store import Database, Store
from monitor.app import create_store
from monitor.config import load_config
from monitor.demo.mailbox import open_mailbox
from monitor.send.keys import delivery_key
from tests.daemon.harness import configure, daemon, desk, logged, mailbox, titles, until
from tests.daemon.newsroom import newsroom, piece

FEEDS, ROUNDS = 20, 2


@pytest.fixture
def address(postgres_address: str) -> str:
    """An empty database."""
    database = Database(postgres_address)
    with database.write() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    database.close()
    return postgres_address


@pytest.mark.postgres
async def test_two_nodes_share_the_work_and_tell_everything_once(tmp_path: Path, address: str) -> None:
    async with AsyncExitStack() as stack:
        room, box = await stack.enter_async_context(newsroom()), mailbox()
        await stack.enter_async_context(open_mailbox(box))
        for n in range(FEEDS):
            (await room.site(f"site{n}")).publish(piece(f"old{n}", title="Nothing yet"))
        config = configure(tmp_path, [site.feed_url for site in room.sites.values()], more=desk(box.port))
        config.write_text(f'database = "{address}"\n' + config.read_text("utf-8"), "utf-8")
        log = stack.enter_context(logged())
        # Both start on an empty database: one makes the tables, the other waits for it.
        stores = await asyncio.gather(
            *(asyncio.to_thread(create_store, load_config(config)) for _ in range(2))
        )
        nodes = [await stack.enter_async_context(daemon(config, store=store)) for store in stores]
        for node in nodes:
            node.clock.ahead *= 0
        store = nodes[0].app.store
        await until(lambda: all(feed.baseline_at for feed, _ in store.feeds()), "the baseline")
        published: list[str] = []
        for number in range(ROUNDS):
            for n, site in enumerate(room.sites.values()):
                slugs = [f"f{n}r{r}" for r in range(number + 1)]
                site.publish(*(piece(slug) for slug in slugs))
                published.append(slugs[-1])
            await until(
                lambda: len(box.receipts) >= len(published),
                lambda: f"{len(box.receipts)}\n{log.text[-3000:]}",
            )
        wanted = sorted(f"[Quaggas] A quagga at {slug}" for slug in published)
        assert sorted(titles(box)) == wanted
        articles = [article.title for article, *_ in store.articles(limit=500)]
        assert sorted(articles) == sorted(
            [*(f"A quagga at {s}" for s in published), *["Nothing yet"] * FEEDS]
        )
        work = [[lane.done for lane in node.daemon.lanes] for node in nodes]
        assert all(sum(done) for done in work), f"one node did it all: {work}"
        log.assert_plain()
    assert not log.lines("level=error")


@pytest.mark.postgres
async def test_what_a_dead_node_had_is_done_by_the_other(tmp_path: Path, address: str) -> None:
    """A node that claimed and died (here: a store that claims and does nothing) loses its lease, no more."""
    async with newsroom() as room, open_mailbox(mailbox()) as box:
        site = await room.site("site")
        site.publish(piece("old", title="Nothing yet"))
        config = configure(tmp_path, [site.feed_url], more=desk(box.port))
        config.write_text(f'database = "{address}"\n' + config.read_text("utf-8"), "utf-8")
        store = create_store(load_config(config))
        dead = Store(Database(address), delivery_key)
        with logged():
            async with daemon(config, store=store) as running:
                await until(lambda: all(feed.baseline_at for feed, _ in store.feeds()), "the baseline")
                now, lease = running.clock.now(), 5.0

                def claimed() -> bool:
                    from datetime import timedelta

                    return bool(dead.claim_feeds(running.clock.now(), 10, timedelta(seconds=lease), (), 4))

                await until(claimed, "the dead node has the feed")
                hits = site.hits()
                site.publish(piece("held-by-the-dead"))
                await until(lambda: (running.clock.now() - now).total_seconds() > 1.5, "a while")
                assert site.hits() <= hits + 1
                await running.catch_up(seconds=lease + 1)
                await until(lambda: box.receipts, "the alert")
        dead.close()
    assert titles(box) == ["[Quaggas] A quagga at held-by-the-dead"]
