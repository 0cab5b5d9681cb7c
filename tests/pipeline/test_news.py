"""A new statement is told where the rule matched it, and nowhere else: from the text to the decision, over a store."""

from __future__ import annotations

import pytest

from monitor.model import Article, Standing
from monitor.pipeline import Reading
from tests.pipeline.conftest import World

FIRST = (
    "North Korea has sent sappers to Russia to clear mines in the Kursk region, officials in Seoul said on Monday. "
    "The men left the port of Rajin aboard two ships, according to the intelligence service, which watched the "
    "harbour by satellite. Their families were told of a construction job abroad and promised rice and coal for the "
    "winter. Lawmakers in the capital asked whether pay had been agreed upon between both governments."
)
AGAIN = "Sappers from North Korea were sent to Russia, where they clear mines in the Kursk region. "
MATCHED = (
    "North Korea sent troops to Russia equipped with thermal drones, welding torches and Belarusian medics."
)
ELSEWHERE = "Shares of Japanese shipyards meanwhile climbed after analysts upgraded their quarterly outlook."


def settle(world: World, title: str, body: str, url: str = "") -> tuple[str, str]:
    """Read one article; the verdict and reason of its match."""
    now = world.clock.now()
    article = Article(
        title,
        body,
        f"https://wire.example/{url or title}",
        source="Wire",
        language="en",
        published=now,
        collected=now,
    )
    assert article.url is not None
    world.pipeline.settle([Reading(article.url, article, Standing.NEW)])
    _, verdict, reason = world.decisions()[-1]
    return verdict, reason


@pytest.mark.parametrize(
    ("sentence", "verdict", "reason"),
    [
        (MATCHED, ("alert", "held"), f"new: “{MATCHED}”; names: Belarusian"),
        (ELSEWHERE, ("withheld",), "nothing new: what is new stands in no sentence that matched"),
        ("", ("withheld",), "nothing new: no figure changed, no second source and no new statement"),
    ],
)
def test_a_statement_is_told_where_it_matched(
    world: World, sentence: str, verdict: tuple[str, ...], reason: str
) -> None:
    assert settle(world, "Sappers sent to Kursk", FIRST) == ("alert", "new story")
    told, why = settle(world, "More on the sappers in Kursk", AGAIN + sentence)
    assert told in verdict
    assert why.startswith(reason)
    if sentence == MATCHED:
        said_again = settle(
            world, "Kursk sappers, once more", AGAIN + MATCHED.replace("equipped with", "carrying")
        )
        assert said_again[0] == "withheld"
