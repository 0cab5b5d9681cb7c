"""Articles per second from poll to committed match, beside bare fetching and bare extraction.

2,000 feeds and 4,000 pages on loopback, spread over many addresses so that the share of a host does not
bind. The floor is measured in the same run: all the same addresses with bare aiohttp, then trafilatura
alone on the same pages in as many processes. The program is the real one: `monitor run --once`.

    python -m tests.benchmarks pipeline [--feeds 2000] [--pages-per-feed 2] [--processes 2]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from pathlib import Path

import aiohttp
from aiohttp import web

from monitor.demo.daemon import shipped_rules
from tests.newsroom_pages import article_page

ROOT = Path(__file__).parents[2]
HOSTS = 250
# Every hundredth article is about what the shipped rules look for, so that matching, relating and telling
# are part of what is timed.
TELLING_EVERY = 100
TELLING = "North Korea has sent {n} soldiers to Russia's Kursk region, officials in Seoul said on {day}."


def address(feed: int) -> str:
    host = feed % HOSTS
    return f"127.{1 + host // 250}.{host % 250}.1"


def page(feed: int, number: int, per_feed: int) -> tuple[str, bytes]:
    n = feed * per_feed + number
    title, html = article_page(n)
    if n % TELLING_EVERY == 0:
        day = ("Monday", "Tuesday", "Friday", "Sunday")[n // TELLING_EVERY % 4]
        told = TELLING.format(n=f"{300 + n:,}", day=day).encode()
        html = html.replace(b'body"><p>', b'body"><p>' + told + b" ", 1)
    return title, html


def rss(feed: int, per_feed: int, port: int, titles: list[str]) -> bytes:
    now = format_datetime(datetime.now(UTC))
    items = "".join(
        f"<item><guid>{feed}-{n}</guid><title>{escape(title)}</title><pubDate>{now}</pubDate>"
        f"<link>http://{address(feed)}:{port}/page/{feed}/{n}</link><description>{escape(title)}</description></item>"
        for n, title in enumerate(titles)
    )
    document = f"<rss version='2.0'><channel><title>Feed {feed}</title>{items}</channel></rss>"
    assert len(titles) == per_feed
    return document.encode()


# --- the newsroom, a process of its own -------------------------------------------------------------


def serve(feeds: int, per_feed: int, folder: Path, ready: multiprocessing.connection.Connection) -> None:
    """Serve until told to stop, at most half an hour. Pages also go to `folder`, for the floor."""
    pages: dict[tuple[int, int], bytes] = {}
    titles: dict[int, list[str]] = {}
    for feed in range(feeds):
        made = [page(feed, n, per_feed) for n in range(per_feed)]
        titles[feed] = [title for title, _ in made]
        for n, (_, html) in enumerate(made):
            pages[feed, n] = html
            (folder / f"{feed}-{n}.html").write_bytes(html)

    async def feed_(request: web.Request) -> web.Response:
        feed = int(request.match_info["feed"])
        port = request.url.port or 0
        return web.Response(body=rss(feed, per_feed, port, titles[feed]), content_type="application/rss+xml")

    async def page_(request: web.Request) -> web.Response:
        key = int(request.match_info["feed"]), int(request.match_info["n"])
        return web.Response(body=pages[key], content_type="text/html", charset="utf-8")

    async def run() -> None:
        app = web.Application()
        app.add_routes([web.get("/feed/{feed}", feed_), web.get("/page/{feed}/{n}", page_)])
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        port = 0
        for feed in range(HOSTS):
            site = web.TCPSite(runner, address(feed), port)
            await site.start()
            port = port or site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        ready.send(port)
        deadline = time.monotonic() + 1800
        while not ready.poll() and time.monotonic() < deadline:
            await asyncio.sleep(0.2)
        await runner.cleanup()

    asyncio.run(run())


@contextmanager
def newsroom(feeds: int, per_feed: int, folder: Path) -> Iterator[int]:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=serve, args=(feeds, per_feed, folder, theirs)
    )
    process.start()
    try:
        yield ours.recv()
    finally:
        ours.send("stop")
        process.join(10)


# --- the floor --------------------------------------------------------------------------------------


async def fetch_bare(addresses: list[str], concurrency: int = 100) -> float:
    """Seconds to read every address with bare aiohttp."""
    turns = asyncio.Semaphore(concurrency)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, force_close=False)) as session:

        async def one(url: str) -> int:
            async with turns, session.get(url) as answer:
                return len(await answer.read())

        start = time.perf_counter()
        sizes = await asyncio.gather(*(one(url) for url in addresses))
    assert all(sizes)
    return time.perf_counter() - start


def extract_bare(path: str) -> int:
    """What trafilatura alone does with a page, with the settings that the program uses."""
    import trafilatura

    document = trafilatura.bare_extraction(Path(path).read_bytes(), with_metadata=True, fast=True)
    return len(document.text) if document else 0


def time_extraction(folder: Path, processes: int) -> float:
    paths = [str(path) for path in sorted(folder.glob("*.html"))]
    with multiprocessing.get_context("forkserver").Pool(processes) as pool:
        pool.map(extract_bare, paths[:processes] * 2, chunksize=1)  # imports are not what is measured
        start = time.perf_counter()
        lengths = pool.map(extract_bare, paths, chunksize=20)
        spent = time.perf_counter() - start
    assert sum(1 for length in lengths if length) > 0.99 * len(paths)
    return spent


# --- the program ------------------------------------------------------------------------------------


def configure(folder: Path, feeds: int, port: int, processes: int) -> Path:
    listed = "".join(
        f'[[feeds]]\nurl = "http://{address(feed)}:{port}/feed/{feed}"\n' for feed in range(feeds)
    )
    config = folder / "monitor.toml"
    config.write_text(
        f"""{listed}
[network]
allow = ["127.0.0.0/8"]
[workers]
processes = {processes}
[log]
level = "warning"
"""
    )
    (folder / "rules").symlink_to(shipped_rules())
    return config


def run_program(config: Path, wanted: int) -> tuple[float, float, float]:
    """Seconds from the first poll to the last committed article, seconds in all, peak memory in MB."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "monitor", "-c", config, "run", "--once", "--since", "7d"],
        cwd=config.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
    )
    seen = progress(config.parent / "monitor.db", wanted, process)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, process.returncode
    total = time.perf_counter() - start
    return seen, total, usage.ru_maxrss / 1024


def progress(database: Path, wanted: int, process: subprocess.Popen[bytes]) -> float:
    """Watch the database from outside until all articles are committed; the seconds since its first poll."""
    begun = None
    stored = 0
    while stored < wanted and not os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
        time.sleep(0.1)
        try:
            with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as books:
                stored = books.execute("SELECT count(*) FROM articles WHERE origin = 'feed'").fetchone()[0]
                polled = books.execute("SELECT count(*) FROM feeds WHERE polled_at IS NOT NULL").fetchone()[0]
        except sqlite3.OperationalError:
            continue
        if polled and begun is None:
            begun = time.perf_counter()
        if sys.stderr.isatty():
            print(f"\r{polled} feeds polled, {stored} of {wanted} articles", end="", file=sys.stderr)
    return time.perf_counter() - begun if begun else 0.0


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks pipeline", description=__doc__)
    parser.add_argument("--feeds", type=int, default=2000)
    parser.add_argument("--pages-per-feed", type=int, default=2)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args(argv)
    wanted = options.feeds * options.pages_per_feed
    random.seed(0)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "pages").mkdir()
        with newsroom(options.feeds, options.pages_per_feed, folder / "pages") as port:
            feeds = [f"http://{address(feed)}:{port}/feed/{feed}" for feed in range(options.feeds)]
            pages = [
                f"http://{address(feed)}:{port}/page/{feed}/{n}"
                for feed in range(options.feeds)
                for n in range(options.pages_per_feed)
            ]
            fetching = asyncio.run(fetch_bare(feeds)) + asyncio.run(fetch_bare(pages))
            extracting = time_extraction(folder / "pages", options.processes)
            config = configure(folder, options.feeds, port, options.processes)
            seconds, total, memory = run_program(config, wanted)
        with sqlite3.connect(folder / "monitor.db") as books:
            matches = books.execute("SELECT count(*) FROM matches JOIN articles a ON a.id = article_id "
                                    "WHERE a.origin = 'feed'").fetchone()[0]  # fmt: skip
            degraded = books.execute("SELECT count(*) FROM articles WHERE degraded IS NOT NULL").fetchone()[0]
    floor = fetching + extracting
    report = {
        "feeds": options.feeds,
        "articles": wanted,
        "matches": matches,
        "degraded": degraded,
        "floor: fetching, s": round(fetching, 2),
        "floor: extracting, s": round(extracting, 2),
        "floor, s": round(floor, 2),
        "floor, articles/s": round(wanted / floor, 1),
        "monitor, s": round(seconds, 2),
        "monitor, s, with start and end": round(total, 2),
        "monitor, articles/s": round(wanted / seconds, 1),
        "ratio (aim: at most 1.25)": round(seconds / floor, 3),
        "peak memory of the main process, MB (aim: under 500)": round(memory, 1),
    }
    for name, value in report.items():
        print(f"{name:55} {value}")
    print(json.dumps(report), file=sys.stderr)
    return 0
