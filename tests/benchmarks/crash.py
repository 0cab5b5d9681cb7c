"""A real daemon, killed with SIGKILL hundreds of times: pairs expected, lost, spurious and told twice.

A feed server, a mail server and webhooks on loopback log everything they receive. The daemon is killed at
every point of its transactions and of its sends, and at random, while the network fails, the disk is full,
the database is locked, or PostgreSQL is killed; afterwards it may finish in peace. Pairs are (channel, article).
A pair is lost that never arrived; spurious that nobody is to be told, or that came under a second id. A
duplicate is a message that arrived again under its id; there may be one for each kill between a service's
acknowledgement and our mark, one for each acknowledgement that was lost on its way, and one for each lease that
ran out while its message was being sent; and each must have such a reason of its own.

    python -m tests.benchmarks crash [--groups points network] [--kills 40] [--at-once 2] [--keep DIR]

--kills is of each group. Ends with 1 where anything is lost, spurious, unexplained or does not agree.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import tempfile
import time
from pathlib import Path

from tests.crash.groups import GROUPS, Group, Unavailable, run
from tests.crash.world import Books

MOST_KILLS = 50  # of one world; then another begins, so that they share the processors


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks crash", description=__doc__)
    parser.add_argument("--groups", nargs="+", choices=GROUPS)
    parser.add_argument("--kills", type=int)
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="keep databases and logs in this folder")
    given = parser.parse_args(argv)
    groups = [GROUPS[name] for name in given.groups or GROUPS]
    folder = given.keep or Path(tempfile.mkdtemp(prefix="crash-"))
    try:
        return 0 if asyncio.run(_run(groups, given, folder)) else 1
    finally:
        if given.keep is None:
            shutil.rmtree(folder, ignore_errors=True)


async def _run(groups: list[Group], given: argparse.Namespace, folder: Path) -> bool:
    turns = asyncio.Semaphore(given.at_once)
    began = time.monotonic()
    tasks = {group.name: asyncio.gather(*_worlds(group, given, folder, turns)) for group in groups}
    total = Books()
    print(_HEAD)
    for group in groups:
        try:
            books = sum_of(await tasks[group.name])
        except Unavailable as error:
            print(f"{group.name:<10}left out: {error}")
            continue
        total.add(books)
        print(_line(group.name, books), flush=True)
    print(_line("all", total))
    print(f"{time.monotonic() - began:.0f} s\n\nkills by point:")
    for point, count in sorted(total.points.items()):
        print(f"  {count:>4}  {point}")
    for line in (
        *total.wrong,
        *total.unexplained,
        *map(str, sorted(total.lost)),
        *map(str, sorted(total.spurious)),
    ):
        print("WRONG", line)
    return total.is_sound


def _worlds(group: Group, given: argparse.Namespace, folder: Path, turns: asyncio.Semaphore):
    """The group's kills in worlds of at most MOST_KILLS."""
    left, number = given.kills or group.kills, given.seed
    while left > 0:
        yield _in_turn(turns, group, folder / f"{group.name}-{number}", min(left, MOST_KILLS), number)
        left, number = left - MOST_KILLS, number + 1


async def _in_turn(turns: asyncio.Semaphore, group: Group, folder: Path, kills: int, seed: int) -> Books:
    async with turns:
        return await run(group, folder, kills, seed)


def sum_of(books: list[Books]) -> Books:
    total = Books()
    for one in books:
        total.add(one)
    return total


_WIDTHS = (("kills", 7), ("pairs", 7), ("lost", 6), ("spurious", 10), ("twice", 7), ("bound", 7))
_COLUMNS = "".join(f"{name:>{width}}" for name, width in _WIDTHS)
_HEAD = f"{'group':<10}{_COLUMNS}   of it kills, answers lost, leases; starts refused"


def _line(name: str, books: Books) -> str:
    return (
        f"{name:<10}{books.kills:>7}{books.expected:>7}{len(books.lost):>6}{len(books.spurious):>10}"
        f"{books.duplicates:>7}{books.bound:>7}   {books.between}, {books.unanswered}, {books.overrun}; {books.refused}"
        + ("" if books.is_sound else "   WRONG")
    )
