"""SIGKILL, anywhere and among any trouble: nothing is lost, and what is repeated can be recognised (promises 1, 2).

A short form of `python -m tests.benchmarks crash`, which kills hundreds of times. What was expected and what
arrived is counted outside of the program: by the servers that hand out the feeds and take the messages.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.groups import EVERYWHERE, GROUPS, Group, Unavailable
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


def _parameters() -> list[object]:
    marks = {"postgres": [pytest.mark.postgres]}
    among = [group for group in GROUPS if group.name not in ("points", "random")]
    return [pytest.param(group, marks=marks.get(group.name, ()), id=group.name) for group in among]


@pytest.mark.parametrize("group", _parameters())
async def test_killed_among_other_troubles(group: Group, tmp_path: Path) -> None:
    try:
        books = await group.run(tmp_path / "world", 2, 0)
    except Unavailable as error:
        pytest.skip(str(error))
    assert_sound(books, 2)
