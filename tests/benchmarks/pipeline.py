"""Articles per second from poll to committed match, beside bare fetching and bare extraction.

2,000 feeds and 4,000 pages on loopback, spread over many addresses so that the share of a host does not
bind. The floor is measured in the same run: all the same addresses with bare aiohttp, then trafilatura
alone on the same pages in as many processes, half of them before the program runs and half after it, since
machines change their pace. The program is the real one: `monitor run --once`. Processor seconds are those of
all its processes, and say more than the clock does where other programs run.

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
from contextlib import contextmanager, suppress
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock, and of processors."""

    wall: float
    cpu: float

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.wall + other.wall, self.cpu + other.cpu)


def extract_timed(path: str) -> tuple[int, float]:
    start = time.process_time()
    return extract_bare(path), time.process_time() - start


def time_extraction(paths: list[str], processes: int) -> Spent:
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        pool.map(extract_bare, paths[: 4 * processes], chunksize=1)  # imports are not what is measured
        start = time.perf_counter()
        done = pool.map(extract_timed, paths, chunksize=20)
        wall = time.perf_counter() - start
    assert sum(1 for length, _ in done if length) > 0.99 * len(paths)
    return Spent(wall, sum(cpu for _, cpu in done))


def time_fetching(addresses: list[str]) -> Spent:
    cpu = time.process_time()
    wall = asyncio.run(fetch_bare(addresses))
    return Spent(wall, time.process_time() - cpu)


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


def processor_seconds(root: int, with_ended: bool = False) -> dict[int, float]:
    """What each process below `root`, and itself, has used so far; `with_ended` also what its children used that
    have ended, which is missing otherwise."""
    parents: dict[int, tuple[int, float]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = entry.read_text().rpartition(")")[2].split()
            ticks = sum(map(int, fields[11 : 15 if with_ended else 13]))
            parents[int(entry.parent.name)] = int(fields[1]), ticks / os.sysconf("SC_CLK_TCK")
    ours = {root}
    while more := {pid for pid, (parent, _) in parents.items() if parent in ours} - ours:
        ours |= more
    return {pid: parents[pid][1] for pid in ours if pid in parents}


def run_program(config: Path, wanted: int) -> tuple[Spent, float, float]:
    """From the first poll to the last committed article; seconds in all, peak memory in MB."""
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


def progress(database: Path, wanted: int, process: subprocess.Popen[bytes]) -> Spent:
    """Watch the database from outside until all articles are committed; what was spent since its first poll."""
    begun, used, before = None, {}, 0.0
    stored = 0
    while stored < wanted and not os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
        time.sleep(0.1)
        try:
            with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as books:
                stored = books.execute("SELECT count(*) FROM articles WHERE origin = 'feed'").fetchone()[0]
                polled = books.execute("SELECT count(*) FROM feeds WHERE polled_at IS NOT NULL").fetchone()[0]
        except sqlite3.OperationalError:
            continue
        used |= processor_seconds(process.pid)
        if polled and begun is None:
            begun, before = time.perf_counter(), sum(used.values())
        if sys.stderr.isatty():
            print(f"\r{polled} feeds polled, {stored} of {wanted} articles", end="", file=sys.stderr)
    assert begun is not None, "the program polled nothing"
    return Spent(time.perf_counter() - begun, sum(used.values()) - before)


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
            files = [str(path) for path in sorted((folder / "pages").glob("*.html"))]
            fetching = time_fetching(feeds[::2]) + time_fetching(pages[::2])
            extracting = time_extraction(files[::2], options.processes)
            config = configure(folder, options.feeds, port, options.processes)
            spent, total, memory = run_program(config, wanted)
            fetching += time_fetching(feeds[1::2]) + time_fetching(pages[1::2])
            extracting += time_extraction(files[1::2], options.processes)
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
        "floor: fetching, s": round(fetching.wall, 2),
        "floor: extracting, s": round(extracting.wall, 2),
        "floor, s": round(floor.wall, 2),
        "floor, articles/s": round(wanted / floor.wall, 1),
        "monitor, s": round(spent.wall, 2),
        "monitor, s, with start and end": round(total, 2),
        "monitor, articles/s": round(wanted / spent.wall, 1),
        "ratio (aim: at most 1.25)": round(spent.wall / floor.wall, 3),
        "floor, processor s": round(floor.cpu, 2),
        "monitor, processor s": round(spent.cpu, 2),
        "ratio of processor seconds": round(spent.cpu / floor.cpu, 3),
        "peak memory of the main process, MB (aim: under 500)": round(memory, 1),
    }
    for name, value in report.items():
        print(f"{name:55} {value}")
    print(json.dumps(report), file=sys.stderr)
    return 0
