"""Polls per second of 20,000 feeds, beside bare aiohttp and the `reader` package; what 100,000 feeds would need.

Feeds on loopback of which 5 % change in a round, the others answer 304. The floor is bare aiohttp that fetches
the same addresses with the same validators in the same rounds and reads what comes; `reader` updates some of
them. The feeds are on a thousand hosts, whose connections all three keep; with `--closing` each takes one
request, as those of feeds do that are polled every quarter of an hour. Ours is the program's own poll lane with
its fetcher, workers and store on SQLite; pages are not read (that is what `pipeline` measures). All take turns,
since machines change their pace, and processor seconds (the workers' included, those of the server not) of
all processes say more than the clock where other programs run.

    python -m tests.benchmarks collect [--feeds 20000] [--rounds 6] [--reader-feeds 2000] [--projected 100000]
                                       [--closing]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import update

from monitor.adapters.store import Database, Store, migrate
from monitor.adapters.store.schema import feeds as feed_table
from monitor.app import App, create_store
from monitor.collect.due import PollingPolicy
from monitor.collect.poll import identity_keys, judge
from monitor.config import load_config
from monitor.daemon import POLL_LEASE, Daemon, look_rarely_for_garbage
from monitor.lanes import BATCH
from monitor.log import set_up
from monitor.model import Entry, Feed, ParsedFeed, Response
from monitor.send.keys import delivery_key
from tests.benchmarks._collect_server import CHANGES_EVERY, ITEMS, Farm, address, farm, more_files, version
from tests.benchmarks.pipeline import processor_seconds

START = datetime(2026, 11, 23, tzinfo=UTC)
STEP = timedelta(minutes=20)  # between rounds, so that every feed is due in each
AVERAGE = timedelta(minutes=15)  # between the polls of a feed, in the projection
CORES = 2


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock and of processors, for so many polls; MB of memory after them."""

    polls: int
    wall: float
    cpu: float
    memory: float = 0.0

    @property
    def rate(self) -> float:
        return self.polls / self.wall

    @property
    def each(self) -> float:
        """Processor milliseconds a poll."""
        return 1000 * self.cpu / self.polls


def said(line: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)


# --- whoever is measured runs in a process of its own: a line in, a line out ---------------------------


class Runner:
    """A child that does one round for each line it is given."""

    def __init__(self, what: str, *args: object) -> None:
        command = [sys.executable, "-m", "tests.benchmarks.collect", "--child", what, *map(str, args)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def round(self, number: int) -> Spent:
        assert self._process.stdin and self._process.stdout
        before = sum(processor_seconds(self._process.pid, with_ended=True).values())
        self._process.stdin.write(f"{number}\n")
        answer = json.loads(self._process.stdout.readline())
        used = sum(processor_seconds(self._process.pid, with_ended=True).values()) - before
        return Spent(answer["polls"], answer["wall"], used, resident(self._process.pid))

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        assert self._process.wait(120) == 0


def resident(pid: int) -> float:
    """MB that a process holds now."""
    fields = Path(f"/proc/{pid}/statm").read_text().split()
    return int(fields[1]) * 4096 / 1e6


def answer(polls: int, wall: float) -> None:
    print(json.dumps({"polls": polls, "wall": wall}), flush=True)


async def numbers() -> Any:
    """The rounds that are asked for."""
    while line := await asyncio.to_thread(sys.stdin.readline):
        yield int(line)


# --- ours ----------------------------------------------------------------------------------------------


class Stepping:
    """A clock that goes on as the machine's does, and a step further with each round."""

    def __init__(self) -> None:
        self.began, self.turn = time.monotonic(), 0

    def now(self) -> datetime:
        return START + self.turn * STEP + timedelta(seconds=time.monotonic() - self.began)


async def ours(config: Path, count: int) -> None:
    settings = load_config(config)
    set_up(settings.log.level)
    clock = Stepping()
    app = App(settings, create_store(settings), clock=clock)
    daemon = Daemon(app, config)
    daemon.reading.open = False  # pages are not what is measured
    try:
        await app.load(to_stay=False)
        look_rarely_for_garbage()  # as `monitor run` does
        async for turn in numbers():
            clock.turn, before, began = turn, daemon.polling.done, time.perf_counter()
            while daemon.polling.done - before < count:
                done = daemon.polling.done
                await daemon.polling.fill()
                await daemon.polling.drain()
                if daemon.polling.done == done:
                    break
            wall = time.perf_counter() - began
            polls = daemon.polling.done - before
            assert polls == count, (polls, count)
            failing = (await app.offload(app.store.status, clock.now()))["feeds"]["failing"]
            assert failing == 0, failing
            await app.offload(app.store.checkpoint)
            answer(polls, wall)
    finally:
        await app.close()


def configure(folder: Path, feeds: int, port: int) -> Path:
    listed = "".join(f'[[feeds]]\nurl = "{address(feed, port)}"\n' for feed in range(feeds))
    config = folder / "monitor.toml"
    config.write_text(
        f"""{listed}
[network]
allow = ["127.0.0.0/8"]
[polling]
max_interval = "15m"
[log]
level = "warning"
"""
    )
    (folder / "rules").mkdir()
    return config


# --- the floor -----------------------------------------------------------------------------------------


async def floor(port: int, count: int) -> None:
    import aiohttp

    tags: dict[int, str] = {}
    turns = asyncio.Semaphore(100)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def one(feed: int) -> None:
            headers = {"If-None-Match": tags[feed]} if feed in tags else {}
            async with turns, session.get(address(feed, port), headers=headers) as got:
                await got.read()
                tags[feed] = got.headers["ETag"]

        async for _ in numbers():
            began = time.perf_counter()
            await asyncio.gather(*(one(feed) for feed in range(count)))
            answer(count, time.perf_counter() - began)


# --- reader --------------------------------------------------------------------------------------------


async def peer(folder: Path, port: int, count: int) -> None:
    from reader import make_reader

    reader = make_reader(str(folder / "reader.sqlite"))
    for feed in range(count):
        reader.add_feed(address(feed, port))
    async for _ in numbers():
        began = time.perf_counter()
        got = list(reader.update_feeds_iter(workers=20, scheduled=False))
        wall = time.perf_counter() - began
        assert len(got) == count and not [one for one in got if isinstance(one.value, Exception)]
        answer(count, wall)
    reader.close()


# --- the projection ------------------------------------------------------------------------------------


def books(folder: Path, count: int, polls: int = 4000, turns: int = 3) -> float:
    """Processor milliseconds that claiming and recording cost a poll, with so many feeds in the database."""
    database = Database(f"sqlite:///{folder / f'{count}.db'}")
    migrate.upgrade(database)
    store = Store(database, delivery_key)
    number = {address(feed, 80): feed for feed in range(count)}
    store.add_feeds([(key, f"Feed {feed}", ("tag",)) for key, feed in number.items()], START)
    polls = min(polls, count // turns)
    with database.write() as connection:
        # All have been polled, and are due one after another. Those that will change are polled once more.
        polled = {"baseline_at": START, "good_at": START, "etag": "0"}
        due = START + AVERAGE
        connection.execute(update(feed_table).values(**polled, due_at=due))
        change = (feed_table.c.id <= turns * polls) & (feed_table.c.id % CHANGES_EVERY == 0)
        connection.execute(update(feed_table).where(change).values(etag=None, due_at=START))
    _record_round(store, number, START, turns * polls // CHANGES_EVERY)
    spent = [_record_round(store, number, due, polls) for _ in range(turns)]
    database.close()
    return median(spent)


def _record_round(store: Store, number: dict[str, int], now: datetime, polls: int) -> float:
    """Claim, judge and record so many polls, of which one in CHANGES_EVERY brings a new entry; ms of each."""
    policy, spent, done = PollingPolicy(), 0.0, 0
    while done < polls:
        began = time.process_time()
        feeds = store.claim_feeds(now, min(BATCH, polls - done), POLL_LEASE, (), 4)
        spent += time.process_time() - began
        assert feeds
        outcomes = []
        for feed in feeds:
            response, parsed = _read(feed, number[feed.key])
            began = time.process_time()
            known = store.known_entries(feed.id, identity_keys(parsed)) if parsed else {}
            spent += time.process_time() - began
            outcome = judge(feed, response, parsed, known, now, policy)
            later = now + (timedelta() if feed.etag is None else 2 * AVERAGE)
            outcomes.append(replace(outcome, feed=replace(outcome.feed, due_at=max(later, START + AVERAGE))))
        began = time.process_time()
        store.record_polls(outcomes, now)
        spent += time.process_time() - began
        done += len(feeds)
    store.checkpoint()
    return 1000 * spent / done


def _read(feed: Feed, number: int) -> tuple[Response, ParsedFeed | None]:
    """What a feed answers: those that change bring a document of which one entry is new."""
    if feed.etag is not None and feed.id % CHANGES_EVERY:
        return Response(304, feed.url), None
    changes = int(feed.etag or 0)
    entries = (_entry(number, n) for n in range(ITEMS + changes, changes, -1))
    body = f"{number} {changes}".encode()
    return Response(200, feed.url, {"etag": str(changes + 1)}, body), ParsedFeed("", tuple(entries))


def _entry(feed: int, n: int) -> Entry:
    title = f"Report {n} of feed {feed} from the border"
    made = Entry(f"{feed}-{n}", f"https://site-{feed}.example/news/{n}", title, published=START)
    return replace(made, fingerprint=f"{feed} {n}")


# --- the whole -----------------------------------------------------------------------------------------


def run(folder: Path, options: argparse.Namespace, server: Farm) -> dict[str, list[Spent]]:
    """Every round of all three, the first of which everything is new in."""
    config = configure(folder, options.feeds, server.port)
    runners = {
        "floor": Runner("floor", server.port, options.feeds),
        "monitor": Runner("ours", config, options.feeds),
        "reader": Runner("reader", folder, server.port, options.reader_feeds),
    }
    if not options.reader_feeds:
        runners.pop("reader").close()
    found: dict[str, list[Spent]] = {name: [] for name in runners}
    for turn in range(options.rounds + 1):
        server.turn(turn)
        for name, runner in runners.items():
            said(f"round {turn} of {options.rounds}: {name}")
            found[name].append(runner.round(turn))
    said("")
    for runner in runners.values():
        runner.close()
    return found


def report(found: dict[str, list[Spent]], few: float, many: float, options: argparse.Namespace) -> int:
    changed = sum(version(f, 1) > version(f, 0) for f in range(options.feeds)) / options.feeds
    print(
        f"{options.feeds:,} feeds, {options.rounds} rounds with {changed:.0%} changed, after one with all new\n"
    )
    print(
        f"{'':10}{'polls/s':>10}{'first round':>14}{'ms of processors a poll':>26}{'first round':>14}"
        f"{'MB, first and last round':>28}"
    )
    rates, each = {}, {}
    for name, rounds in found.items():
        rates[name] = median(one.rate for one in rounds[1:])
        each[name] = median(one.each for one in rounds[1:])
        memory = f"{rounds[1].memory:.0f} → {rounds[-1].memory:.0f}"
        first = rounds[0]  # in which all is new
        print(
            f"{name:10}{rates[name]:10,.0f}{first.rate:14,.0f}{each[name]:26.3f}{first.each:14.2f}{memory:>28}"
        )
    print("\nby processor time, which other programs disturb less: ", end="")
    print(", ".join(f"{each[n] / each['monitor']:.2f} × {n}'s rate" for n in rates if n != "monitor"))
    grown = found["monitor"][-1].memory / found["monitor"][1].memory
    needed = options.projected / AVERAGE.total_seconds()
    total = each["monitor"] + max(many - few, 0.0)
    share = needed * total / 1000 / CORES
    print(
        f"claim and record: {few:.3f} ms a poll with {options.feeds:,} feeds in the database,"
        f" {many:.3f} ms with {options.projected:,}\n"
        f"{options.projected:,} feeds every 15 minutes: {needed:.0f} polls/s of {total:.2f} ms"
        f" = {share:.1%} of {CORES} cores\n"
    )
    aims = {
        "at least half the floor's rate": (rates["monitor"] / rates["floor"], 0.5),
        "memory that does not grow (at most 5 % more)": (1.05 / grown, 1.0),
        "less than a third of two cores": (1 / 3 / share, 1.0),
    }
    if "reader" in rates:
        aims["20 × reader's rate"] = (rates["monitor"] / rates["reader"], 20.0)
        print(f"reader's rate: bare aiohttp reaches {rates['floor'] / rates['reader']:.1f} × it\n")
    for name, (value, least) in aims.items():
        print(f"{name:50}{value:8.2f} (aim {least:g}): {'met' if value >= least else 'MISSED'}")
    return 0 if all(value >= least for value, least in aims.values()) else 1


def child(what: str, args: list[str]) -> int:
    more_files()
    work = {
        "ours": lambda: ours(Path(args[0]), int(args[1])),
        "floor": lambda: floor(int(args[0]), int(args[1])),
        "reader": lambda: peer(Path(args[0]), int(args[1]), int(args[2])),
    }
    asyncio.run(work[what]())
    return 0


def main(argv: list[str]) -> int:
    if argv[:1] == ["--child"]:
        return child(argv[1], argv[2:])
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks collect", description=__doc__)
    parser.add_argument("--feeds", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--reader-feeds", type=int, default=2000, help="0: without reader")
    parser.add_argument("--projected", type=int, default=100_000)
    parser.add_argument("--closing", action="store_true", help="every connection takes one request")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as place, farm(options.closing) as server:
        found = run(Path(place), options, server)
        few, many = (books(Path(place), count) for count in (options.feeds, options.projected))
    return report(found, few, many, options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
