"""Workers that hang, die, eat memory or lose their parent: each costs its own task and nothing else."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from monitor.adapters.workers import WorkerPool
from monitor.errors import ExtractError, FeedError, InvalidInput, WorkerError
from monitor.model import Entry, Response
from tests.adapters import worker_tasks

URL = "https://news.example/rss"
RSS = b"<rss><channel><title>News</title><item><title>Report</title><guid>1</guid></item></channel></rss>"
PAGE = (
    b"<html><head><title>Sappers leave</title></head><body><article><h1>Sappers leave</h1>"
    b"<p>" + b"A thousand sappers left for the border region on Friday, the ministry said. " * 6 + b"</p>"
    b"</article></body></html>"
)


@pytest.fixture
async def pool() -> AsyncIterator[WorkerPool]:
    async with WorkerPool(2, time_limit=0.5, memory_limit=600_000_000) as workers:
        yield workers


async def run(pool: WorkerPool, task: Callable[..., Any], *args: Any) -> Any:
    return await pool._run(URL, task, *args)


async def killed(pool: WorkerPool, task: Callable[..., Any], *args: Any) -> WorkerError:
    with pytest.raises(WorkerError) as caught:
        await run(pool, task, *args)
    assert URL in str(caught.value)
    assert "\n" not in str(caught.value)
    return caught.value


def alive(pid: int) -> bool:
    """Whether a process runs; one that waits to be reaped does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


async def test_starting_returns_at_once() -> None:
    pool = WorkerPool(2)
    began = time.monotonic()
    pool.start()
    await asyncio.sleep(0)
    assert time.monotonic() - began < 0.1
    await pool.close()


async def test_feeds_are_parsed_and_what_is_no_feed_is_said(pool: WorkerPool) -> None:
    feed = await pool.parse_feed(RSS, "application/rss+xml", URL)
    assert [entry.title for entry in feed.entries] == ["Report"]
    with pytest.raises(FeedError, match="an HTML page, not a feed"):
        await pool.parse_feed(b"<html></html>", "text/html", URL)


async def test_links_and_lists_of_feeds_are_read_in_a_worker_too(pool: WorkerPool) -> None:
    page = await pool.read_links(b'<link rel="feed" href="/rss">', "text/html", URL)
    assert [candidate.url for candidate in page.candidates] == [URL]
    found = await pool.read_opml(
        b'<opml><body><outline xmlUrl="https://a.example/rss"/></body></opml>', "a.opml"
    )
    assert [feed.url for feed in found.feeds] == ["https://a.example/rss"]
    with pytest.raises(InvalidInput, match=r"a\.opml: error: not OPML"):
        await pool.read_opml(b"<html>", "a.opml")


async def test_pages_are_extracted_and_pages_without_an_article_are_said(pool: WorkerPool) -> None:
    article = await pool.extract(
        PAGE, "text/html", "https://news.example/1", Entry("1", title="Sappers leave")
    )
    assert "A thousand sappers left for the border region" in article.body
    with pytest.raises(ExtractError):
        await pool.extract(b"%PDF-1.7", "application/pdf", "https://news.example/1.pdf", Entry("1"))


async def test_the_head_of_a_page_that_could_not_be_read_fills_what_its_feed_leaves_out(
    pool: WorkerPool,
) -> None:
    head = b'<head><meta name="description" content="Two vessels failed the inspection.">'
    page = Response(200, "https://news.example/1", {"content-type": "text/html"}, head + b"<p>" * 1_000_000)
    article = await pool.from_feed(Entry("1", title="Ferries"), "it took more than 10 s", page)
    assert (article.title, article.body) == ("Ferries", "Two vessels failed the inspection.")
    assert (article.url, article.degraded) == ("https://news.example/1", "it took more than 10 s")


@pytest.mark.parametrize("task", [worker_tasks.loop_forever, worker_tasks.hang_in_c])
async def test_a_task_that_hangs_is_killed_in_time(pool: WorkerPool, task: Callable[..., Any]) -> None:
    await run(pool, worker_tasks.double, 1)  # the workers are up
    began = time.monotonic()
    error = await killed(pool, task)
    assert (error.kind, str(error)) == ("timeout", f"{URL} took more than 0.5 s to read")
    assert time.monotonic() - began < 3


async def test_a_task_that_eats_memory_is_stopped_and_its_worker_lives(pool: WorkerPool) -> None:
    error = await killed(pool, worker_tasks.eat_memory, 700_000_000)
    assert (error.kind, str(error)) == ("memory", f"{URL} needs too much memory to be read")
    assert await run(pool, worker_tasks.eat_memory, 1_000_000) == 1_000_000


@pytest.mark.parametrize("task", [worker_tasks.segfault, worker_tasks.leave])
async def test_a_worker_that_dies_costs_its_task(pool: WorkerPool, task: Callable[..., Any]) -> None:
    assert (await killed(pool, task)).kind == "crash"
    assert await run(pool, worker_tasks.double, 2) == 4


async def test_a_parser_that_stumbles_is_one_documents_trouble(pool: WorkerPool) -> None:
    error = await killed(pool, worker_tasks.stumble)
    assert error.kind == "crash"
    assert "made its parser fail: KeyError" in str(error)


async def test_expected_errors_pass_through_as_they_are(pool: WorkerPool) -> None:
    with pytest.raises(FeedError, match="answered with an HTML page"):
        await run(pool, worker_tasks.refuse)


async def test_neighbours_of_the_killed_are_unaffected(pool: WorkerPool) -> None:
    bad = [worker_tasks.loop_forever, worker_tasks.segfault, worker_tasks.hang_in_c, worker_tasks.leave]
    good = [asyncio.create_task(run(pool, worker_tasks.double, n)) for n in range(40)]
    failures = [asyncio.create_task(run(pool, task)) for task in bad]
    good += [asyncio.create_task(run(pool, worker_tasks.double, n)) for n in range(40, 80)]
    assert await asyncio.gather(*good) == [2 * n for n in range(80)]
    kinds = [error.kind for error in await asyncio.gather(*failures, return_exceptions=True)]  # type: ignore[union-attr]
    assert kinds == ["timeout", "crash", "timeout", "crash"]


async def test_workers_killed_from_outside_while_idle_are_replaced(pool: WorkerPool) -> None:
    pids = {(await run(pool, worker_tasks.surroundings))[0] for _ in range(8)}
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    assert await run(pool, worker_tasks.double, 21) == 42
    assert (await run(pool, worker_tasks.surroundings))[0] not in pids


async def test_workers_that_cannot_live_at_all_are_an_error_and_no_loop() -> None:
    async with WorkerPool(1, memory_limit="much") as pool:  # type: ignore[arg-type]
        async with asyncio.timeout(5):
            assert (await killed(pool, worker_tasks.double, 1)).kind == "crash"


async def test_workers_are_replaced_after_their_share_of_tasks() -> None:
    async with WorkerPool(1, max_tasks=5) as pool:
        pids = [(await run(pool, worker_tasks.surroundings))[0] for _ in range(12)]
    assert len(set(pids)) >= 3
    assert max(pids.count(pid) for pid in pids) <= 5


async def test_workers_inherit_no_secret_no_file_and_no_daemon(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", "canary")
    database = tmp_path / "monitor.db"
    with database.open("w") as handle:
        os.set_inheritable(handle.fileno(), False)
        async with WorkerPool(1) as pool:
            pid, group, environment, modules, files = await run(pool, worker_tasks.surroundings)
    assert "canary" not in environment.values()
    assert group == pid != os.getpgrp()
    assert str(database) not in files.values()
    assert not {"sqlalchemy", "aiohttp", "apprise", "apscheduler", "pytest"} & modules


async def test_the_terminals_interrupt_does_not_end_workers(pool: WorkerPool) -> None:
    pid = await run(pool, worker_tasks.send_interrupt_to_self)
    assert alive(pid)


async def test_closing_ends_all_at_once_also_those_that_hang() -> None:
    pool = WorkerPool(2, time_limit=60)
    pool.start()
    pids = {(await run(pool, worker_tasks.surroundings))[0] for _ in range(8)}
    tasks = [worker_tasks.hang_in_c, worker_tasks.loop_forever, worker_tasks.loop_forever]
    waiting = [asyncio.create_task(run(pool, task)) for task in tasks]
    waiting += [asyncio.create_task(run(pool, worker_tasks.double, 1)) for _ in range(20)]
    await asyncio.sleep(0.2)
    began = time.monotonic()
    await pool.close()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert time.monotonic() - began < 2
    assert all(isinstance(result, WorkerError) for result in results)
    assert not any(alive(pid) for pid in pids)
    with pytest.raises(WorkerError, match="have been ended"):
        await pool.parse_feed(RSS, "", URL)
    await pool.close()  # a second time is fine


async def test_a_cancelled_caller_leaves_the_pool_usable(pool: WorkerPool) -> None:
    caller = asyncio.create_task(run(pool, worker_tasks.loop_forever))
    await asyncio.sleep(0.1)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert await asyncio.gather(*(run(pool, worker_tasks.double, n) for n in range(9))) == [
        2 * n for n in range(9)
    ]


PARENT = """
import asyncio
from monitor.adapters.workers import WorkerPool
from tests.adapters import worker_tasks

async def main():
    pool = WorkerPool(2, time_limit=1.0)
    pool.start()
    pids = {(await pool._run("", worker_tasks.surroundings))[0] for _ in range(8)}
    waiting = asyncio.create_task(pool._run("", worker_tasks.hang_in_c))
    await asyncio.sleep(0.1)
    print(*pids, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


def test_workers_die_with_their_parent_also_those_that_hang() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert parent.stdout is not None
    with parent, parent.stdout:
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        assert pids
        parent.kill()
        parent.wait()
    deadline = time.monotonic() + 5
    while any(alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not any(alive(pid) for pid in pids)
