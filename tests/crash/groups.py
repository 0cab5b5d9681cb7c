"""What is killed, where and among which troubles: groups of kills, each in a world of its own."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.crash.life import OUTSIDE, POINTS, RELEASES
from tests.crash.outside import AT_ONCE, CHANNELS, LATER, SERVICE_FAULTS, SITE_FAULTS
from tests.crash.world import LONGEST_LIFE, Books, World
from tests.daemon.full_disk import fill, may_mount
from tests.postgres import Server, programs

EVERYWHERE = (*POINTS, *OUTSIDE)
FOLLOWED = 4  # times that a statement, a claim or a receipt may come before the one that kills


class Unavailable(Exception):
    """This machine has not what the group needs."""


def anywhere(world: World, kills: int, among: Sequence[str] = EVERYWHERE) -> Iterator[tuple[str, int]]:
    """Points with the time that one is reached, each once before any comes again, until there were `kills` more."""
    points: list[str] = []
    wanted = len(world.kills) + kills
    while len(world.kills) < wanted:
        points = points or world.chance.sample(among, len(among))
        point = points.pop()
        many = point.endswith("statement") or point.startswith("claim") or point in OUTSIDE
        yield point, world.chance.randint(1, FOLLOWED) if many else 1


async def _points(world: World, kills: int) -> None:
    for point, nth in anywhere(world, kills):
        await world.live(point, nth)


async def _random(world: World, kills: int) -> None:
    for _ in anywhere(world, kills):
        await world.live(seconds=world.chance.uniform(0, 4))


async def _shipped(world: World, kills: int) -> None:
    """The program as it is takes longer to start."""
    for _ in anywhere(world, kills):
        await world.live(seconds=world.chance.uniform(2, 8))


async def _network(world: World, kills: int) -> None:
    """Some channels, and sometimes the feeds or the pages, fail throughout a life, each in its way."""
    for point, nth in anywhere(world, kills):
        await world.outside.misbehave(_troubles(world.chance))
        if world.chance.random() < 0.5:
            await world.live(point, nth)
        else:
            await world.live(seconds=world.chance.uniform(1, 5))
    await world.outside.misbehave({})


def _troubles(chance: random.Random) -> dict[str, str]:
    found = {channel: chance.choice(SERVICE_FAULTS) for channel in CHANNELS if chance.random() < 0.6}
    for site in ("feeds", "pages"):
        if chance.random() < 0.3:
            found[site] = chance.choice(SITE_FAULTS)
    return found


async def _held(world: World, kills: int) -> None:
    """What waits for the end of quiet hours, for a digest or for a flood to ebb, what repeats, what is silenced."""
    await world.command("silence", "add", "--rule", "narwhal", "--for", "365d", "--reason", "crash")
    world.abouts = (*LATER, *LATER, *AT_ONCE)
    for point, nth in anywhere(world, kills, (*RELEASES, *EVERYWHERE)):
        await world.live(point, nth, news=4, skips=4 * 3600)


async def _locked(world: World, kills: int) -> None:
    """Another program holds the database's write lock, now and then for longer than we wait."""
    for point, nth in anywhere(world, kills):
        after, seconds = world.chance.uniform(0, 2), world.chance.uniform(0.2, 3)
        holding = asyncio.create_task(_hold(world.folder / "monitor.db", after, seconds))
        await _live(world, point, nth, busy_seconds=0.3)
        await holding


async def _live(
    world: World, point: str, nth: int, *, busy_seconds: float = 5.0, skips: float = 120.0
) -> None:
    """A life that ends at a point, or at any time, since the point may not be reached."""
    at_the_point = world.chance.random() < 0.6
    seconds = LONGEST_LIFE if at_the_point else world.chance.uniform(1, 5)
    await world.live(
        point if at_the_point else "", nth, seconds=seconds, busy_seconds=busy_seconds, skips=skips
    )


async def _hold(database: Path, after: float, seconds: float) -> None:
    await asyncio.sleep(after)
    holder = sqlite3.connect(database, isolation_level=None, timeout=0)
    try:
        for _ in range(200):  # its own turn comes when the daemon writes nothing for an instant
            with suppress(sqlite3.OperationalError):
                holder.execute("BEGIN IMMEDIATE")
                await asyncio.sleep(seconds)
                return
            await asyncio.sleep(0.01)
    finally:
        holder.close()


async def _full(world: World, kills: int) -> None:
    """The disk is full for a part of each life."""
    filler = Path(f"/proc/{world.nursery_pid}/root{world.folder}/disk/filler")
    for point, nth in anywhere(world, kills):
        after, seconds = world.chance.uniform(0, 2), world.chance.uniform(0.5, 3)
        filling = asyncio.create_task(_fill_for(filler, after, seconds))
        await _live(world, point, nth)
        await filling


async def _fill_for(filler: Path, after: float, seconds: float) -> None:
    await asyncio.sleep(after)
    await asyncio.to_thread(fill, filler)
    await asyncio.sleep(seconds)
    filler.unlink()


async def _postgres(world: World, kills: int) -> None:
    """PostgreSQL dies and comes back in every second life."""
    assert world.server is not None
    for point, nth in anywhere(world, kills):
        restarting = None
        if world.chance.random() < 0.5:
            restarting = asyncio.create_task(_restart(world.server, world.chance.uniform(0.3, 3)))
        await _live(world, point, nth, skips=1200)
        if restarting is not None:
            await restarting


async def _nodes(world: World, kills: int) -> None:
    """Beside the daemon that is killed there is another; now and then it stands still for longer than its leases."""
    async with world.another_node() as pid:
        for point, nth in anywhere(world, kills):
            await world.live(point, nth, seconds=world.chance.uniform(2, 5), skips=0)
            if stands_still := world.chance.random() < 0.5:
                os.kill(pid, signal.SIGSTOP)
            await world.outlast_leases()
            if stands_still:
                await asyncio.sleep(world.chance.uniform(0, 1))
                os.kill(pid, signal.SIGCONT)


async def _restart(server: Server, after: float) -> None:
    await asyncio.sleep(after)
    await asyncio.to_thread(server.kill)
    await asyncio.sleep(0.5)
    await asyncio.to_thread(server.start)


# --- the worlds ----------------------------------------------------------------------------------------


@asynccontextmanager
async def _plain(folder: Path, name: str) -> AsyncIterator[World]:
    async with World(folder, name) as world:
        yield world


@asynccontextmanager
async def _unwrapped(folder: Path, name: str) -> AsyncIterator[World]:
    async with World(folder, name, shipped=True) as world:
        yield world


@asynccontextmanager
async def _on_a_small_disk(folder: Path, name: str) -> AsyncIterator[World]:
    if not may_mount():
        raise Unavailable("no file system can be mounted here, not even in a namespace")
    disk = folder / "disk"
    disk.mkdir(parents=True)
    before = ("unshare", "-m", "sh", "-c", f'mount -t tmpfs -o size=24m none "{disk}" && exec "$@"', "sh")
    database = f"sqlite:///{disk}/monitor.db"
    async with World(folder, name, database=database, before=before, inside=True) as world:
        yield world


@asynccontextmanager
async def _on_postgres(folder: Path, name: str) -> AsyncIterator[World]:
    if programs() is None:
        raise Unavailable("PostgreSQL's server programs (initdb, postgres) are not installed")
    server = await asyncio.to_thread(Server.begin)
    try:
        async with World(folder, name, database=server.address) as world:
            world.server = server
            yield world
    finally:
        await asyncio.to_thread(server.end)


@dataclass(frozen=True)
class Group:
    """Kills of one kind: `kill` makes so many of them, in a world as `open` makes it."""

    name: str
    what: str
    kills: int  # by default
    kill: Callable[[World, int], Awaitable[None]]
    open: Callable[[Path, str], AbstractAsyncContextManager[World]] = _plain


async def run(group: Group, folder: Path, kills: int, seed: int) -> Books:
    """So many kills in a new world, and what came of it. Raises Unavailable."""
    async with group.open(folder, f"{group.name}-{seed}") as world:
        await group.kill(world, kills)
        return await world.drain()


GROUPS = {
    group.name: group
    for group in (
        Group("points", "SIGKILL at every point, nothing else wrong", 4 * len(EVERYWHERE), _points),
        Group("random", "SIGKILL at any time", 60, _random),
        Group("shipped", "the unchanged program, at any time", 10, _shipped, _unwrapped),
        Group(
            "network", "receivers and sites refuse, hang, hang up, answer 421, 429, 451, 500", 80, _network
        ),
        Group("held", "quiet hours, digests, floods, repeats and silences in between", 40, _held),
        Group("locked", "another program holds the database", 30, _locked),
        Group("full", "the disk is full", 25, _full, _on_a_small_disk),
        Group(
            "nodes",
            "two daemons on one PostgreSQL; the other sometimes stands still",
            20,
            _nodes,
            _on_postgres,
        ),
        Group("postgres", "PostgreSQL, itself killed and started again", 40, _postgres, _on_postgres),
    )
}
