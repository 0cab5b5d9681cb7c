"""What is killed, where and among which troubles: groups of kills, each in a world of its own."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.crash.life import OUTSIDE, POINTS, RELEASES
from tests.crash.outside import AT_ONCE, CHANNELS, LATER, SERVICE_FAULTS, SITE_FAULTS
from tests.crash.world import Books, World
from tests.daemon.full_disk import _fill, _may_mount
from tests.postgres import Server

EVERYWHERE = (*POINTS, *OUTSIDE)
FOLLOWED = 4  # times that a statement, a claim or a receipt may come before the one that kills


class Unavailable(Exception):
    """This machine has not what the group needs."""


@dataclass(frozen=True)
class Group:
    """`name` of a kind of trouble, how often is killed in it by default, and what does it."""

    name: str
    what: str
    kills: int
    run: Callable[
        [Path, int, int], Awaitable[Books]
    ]  # a folder of its own, kills, the number that seeds chance


def anywhere(world: World, kills: int, among: Sequence[str] = EVERYWHERE) -> Iterator[tuple[str, int]]:
    """Points with the time that one is reached, each once before any comes again, until there were `kills`."""
    points: list[str] = []
    while len(world.kills) < kills:
        points = points or world.chance.sample(among, len(among))
        point = points.pop()
        many = point.endswith("statement") or point.startswith("claim") or point in OUTSIDE
        yield point, world.chance.randint(1, FOLLOWED) if many else 1


async def _points(folder: Path, kills: int, seed: int) -> Books:
    async with World(folder, f"points-{seed}") as world:
        for point, nth in anywhere(world, kills):
            await world.live(point, nth)
        return await world.drain()


async def _shipped(folder: Path, kills: int, seed: int) -> Books:
    """The program as it is, which takes longer to start."""
    async with World(folder, f"shipped-{seed}", shipped=True) as world:
        for _ in anywhere(world, kills):
            await world.live(seconds=world.chance.uniform(2, 8))
        return await world.drain()


async def _random(folder: Path, kills: int, seed: int) -> Books:
    async with World(folder, f"random-{seed}") as world:
        for _ in anywhere(world, kills):
            await world.live(seconds=world.chance.uniform(0, 4))
        return await world.drain()


async def _network(folder: Path, kills: int, seed: int) -> Books:
    """Some channels, and sometimes the feeds or the pages, fail throughout a life, each in its way."""
    async with World(folder, f"network-{seed}") as world:
        for point, nth in anywhere(world, kills):
            await world.outside.misbehave(_troubles(world.chance))
            if world.chance.random() < 0.5:
                await world.live(point, nth)
            else:
                await world.live(seconds=world.chance.uniform(1, 5))
        return await world.drain()


def _troubles(chance: random.Random) -> dict[str, str]:
    found = {channel: chance.choice(SERVICE_FAULTS) for channel in CHANNELS if chance.random() < 0.6}
    for site in ("feeds", "pages"):
        if chance.random() < 0.3:
            found[site] = chance.choice(SITE_FAULTS)
    return found


async def _held(folder: Path, kills: int, seed: int) -> Books:
    """What waits for the end of quiet hours, for a digest or for a flood to ebb, what repeats, what is silenced."""
    async with World(folder, f"held-{seed}") as world:
        await world.command("silence", "add", "--rule", "narwhal", "--for", "365d", "--reason", "crash")
        world.abouts = (*LATER, *LATER, *AT_ONCE)
        for point, nth in anywhere(world, kills, (*RELEASES, *EVERYWHERE)):
            await world.live(point, nth, news=4, skips=4 * 3600)
        return await world.drain()


async def _locked(folder: Path, kills: int, seed: int) -> Books:
    """Another program holds the database's write lock, now and then for longer than we wait."""
    async with World(folder, f"locked-{seed}") as world:
        for point, nth in anywhere(world, kills):
            chance = world.chance
            holding = asyncio.create_task(
                _hold(folder / "monitor.db", chance.uniform(0, 2), chance.uniform(0.2, 3))
            )
            if chance.random() < 0.6:
                await world.live(point, nth, busy_seconds=0.3)
            else:
                await world.live(seconds=chance.uniform(1, 5), busy_seconds=0.3)
            await holding
        return await world.drain()


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


async def _full(folder: Path, kills: int, seed: int) -> Books:
    """The disk is full for a part of each life."""
    if not _may_mount():
        raise Unavailable("no file system can be mounted here, not even in a namespace")
    disk = folder / "disk"
    disk.mkdir(parents=True)
    mount = f'mount -t tmpfs -o size=24m none "{disk}" && exec "$@"'
    before = ("unshare", "-m", "sh", "-c", mount, "sh")
    async with World(
        folder, f"full-{seed}", database=f"sqlite:///{disk}/monitor.db", before=before, inside=True
    ) as world:
        filler = Path(f"/proc/{world.nursery_pid}/root{disk}") / "filler"
        for point, nth in anywhere(world, kills):
            filling = asyncio.create_task(
                _fill_for(filler, world.chance.uniform(0, 2), world.chance.uniform(0.5, 3))
            )
            if world.chance.random() < 0.6:
                await world.live(point, nth)
            else:
                await world.live(seconds=world.chance.uniform(1, 5))
            await filling
        return await world.drain()


async def _fill_for(filler: Path, after: float, seconds: float) -> None:
    await asyncio.sleep(after)
    await asyncio.to_thread(_fill, filler)
    await asyncio.sleep(seconds)
    filler.unlink()


async def _postgres(folder: Path, kills: int, seed: int) -> Books:
    """PostgreSQL dies and comes back in every second life."""
    async with _server() as server, World(folder, f"postgres-{seed}", database=server.address) as world:
        for point, nth in anywhere(world, kills):
            restarting = None
            if world.chance.random() < 0.5:
                restarting = asyncio.create_task(_restart(server, world.chance.uniform(0.3, 3)))
            if world.chance.random() < 0.6:
                await world.live(point, nth, skips=1200)
            else:
                await world.live(seconds=world.chance.uniform(1, 5), skips=1200)
            if restarting is not None:
                await restarting
        return await world.drain()


@asynccontextmanager
async def _server() -> AsyncIterator[Server]:
    async with AsyncExitStack() as stack:
        try:
            server = await asyncio.to_thread(Server.begin)
        except AssertionError as error:
            raise Unavailable("PostgreSQL is not installed") from error
        stack.push_async_callback(asyncio.to_thread, server.end)
        yield server


async def _restart(server: Server, after: float) -> None:
    await asyncio.sleep(after)
    await asyncio.to_thread(server.kill)
    await asyncio.sleep(0.5)
    await asyncio.to_thread(server.start)


GROUPS = (
    Group("points", "SIGKILL at every point, nothing else wrong", 4 * len(EVERYWHERE), _points),
    Group("random", "SIGKILL at any time", 60, _random),
    Group("shipped", "the unchanged program, at any time", 10, _shipped),
    Group("network", "receivers and sites refuse, hang, hang up, answer 421, 429, 451, 500", 80, _network),
    Group("held", "quiet hours, digests, floods, repeats and silences in between", 40, _held),
    Group("locked", "another program holds the database", 30, _locked),
    Group("full", "the disk is full", 25, _full),
    Group("postgres", "PostgreSQL, itself killed and started again", 40, _postgres),
)
