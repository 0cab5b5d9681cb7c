"""SIGKILL, anywhere and among any trouble: nothing is lost, and what is repeated can be recognised (promises 1, 2).

A short form of `python -m tests.benchmarks crash`, which kills hundreds of times. What was expected and what
arrived is counted outside of the program: by the servers that hand out the feeds and take the messages.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.groups import EVERYWHERE, GROUPS, Unavailable, run
from tests.crash.world import Books, World


def assert_sound(books: Books, kills: int) -> None:
    assert books.kills == kills
    assert books.expected
    assert books.is_sound, [
        *books.wrong,
        *books.unexplained,
        *(f"lost: {pair}" for pair in books.lost),
        *(f"spurious: {pair}" for pair in books.spurious),
        f"{books.duplicates} duplicates where there may be {books.bound}",
    ]


async def test_killed_at_every_point(tmp_path: Path) -> None:
    async with World(tmp_path / "world", "every point", senders=1) as world:
        for point in EVERYWHERE:
            await world.live(point, seconds=20)
        books = await world.drain()
    assert_sound(books, len(EVERYWHERE))
    assert books.points.keys() == set(EVERYWHERE), "each was reached"


async def test_killed_while_others_fail_and_while_alerts_wait(tmp_path: Path) -> None:
    async with World(tmp_path / "world", "troubles") as world:
        for name in ("network", "locked", "held"):
            await GROUPS[name].kill(world, 2)
        books = await world.drain()
    assert_sound(books, 6)


@pytest.mark.parametrize(
    ("name", "kills"), [("shipped", 1), ("full", 2), pytest.param("postgres", 2, marks=pytest.mark.postgres)]
)
async def test_killed_elsewhere(name: str, kills: int, tmp_path: Path) -> None:
    """The program as it is; on a disk that fills up; on a PostgreSQL that is killed, too."""
    try:
        books = await run(GROUPS[name], tmp_path / "world", kills, 0)
    except Unavailable as error:
        pytest.skip(str(error))
    assert_sound(books, kills)
