"""Pages of what matched are looked at again in their first days, and what changed is told if it matters."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.errors import FetchError
from monitor.model import Response
from tests.pipeline.conftest import RULES, World
from tests.pipeline.test_journey import OLD, REPORT

PAGE = "https://wire.example/1"


async def told(world: World, *, page: bool = True) -> None:
    """A match that was told, on a page with validators."""
    world.publish("0", "Weather talks", *OLD)
    await world.go()
    world.publish("1", "Sappers for Kursk", *REPORT, page=page)
    validated(world)
    await world.go()
    world.fetcher.asked.clear()


def validated(world: World, etag: str = '"a"') -> None:
    answer = world.fetcher.answers.get(PAGE)
    if isinstance(answer, Response):
        headers = {**answer.headers, "etag": etag, "last-modified": "Tue, 10 Mar 2026 10:00:00 GMT"}
        world.fetcher.answers[PAGE] = Response(200, PAGE, headers, answer.body)


async def looked(world: World, hours: float) -> list[dict[str, str]]:
    """The headers of each request for the page within so many hours; the feed says nothing new."""
    world.fetcher.asked.clear()
    for _ in range(int(hours * 2)):
        world.clock.move(minutes=30)
        world.pipeline.settle(await world.read())
        await world.send()
    return [headers for url, headers in world.fetcher.asked if url == PAGE]


async def test_a_page_is_asked_for_again_four_times_and_only_if_it_changed(world: World) -> None:
    await told(world)
    world.fetcher.answers[PAGE] = Response(304, PAGE)
    validators = {"If-None-Match": '"a"', "If-Modified-Since": "Tue, 10 Mar 2026 10:00:00 GMT"}
    assert await looked(world, 2) == [validators]
    assert await looked(world, 5) == [validators]
    assert await looked(world, 100) == [validators] * 2
    assert await looked(world, 100) == []
    assert [a["kind"] for a in world.alerts()] == ["new"]
    (article, _, _), _ = world.store.articles(limit=9)
    assert article.revision == 1 and article.degraded is None


async def test_a_page_that_is_changed_often_weighs_as_one_report(world: World) -> None:
    await told(world)
    once = world.pipeline.memory.get(1)
    assert once is not None
    for changes in range(5):
        world.fetcher.page(
            PAGE, "Sappers for Kursk", *(text.replace("aboard", "abo" + "a" * changes) for text in REPORT)
        )
        validated(world, f'"{changes}"')
        await looked(world, 20)
    (article, _, _), _ = world.store.articles(limit=9)
    assert article.revision == 4, "seen after 1, 24 and 72 hours"
    again = world.pipeline.memory.get(1)
    assert again is not None
    assert (again.articles, again.copies) == (once.articles, once.copies) == (1, 0)
    assert sum(again.weights.values()) == pytest.approx(sum(once.weights.values()), rel=0.05)


async def test_what_matched_nothing_or_was_there_before_is_not_asked_for_again(world: World) -> None:
    world.publish("1", "Sappers for Kursk", *REPORT)  # the baseline
    await world.go()
    world.publish("2", "Weather talks", *OLD)
    await world.go()
    assert await looked(world, 100) == [] == world.fetcher.asked


async def test_a_changed_figure_is_told_once_and_a_typo_is_not(world: World) -> None:
    await told(world)
    world.fetcher.page(PAGE, "Sappers for Kursk", *(text.replace("aboard", "abord") for text in REPORT))
    validated(world, '"b"')
    await looked(world, 2)
    assert [a["kind"] for a in world.alerts()] == ["new"]
    world.fetcher.page(PAGE, "Sappers for Kursk", *(text.replace("1,000", "1,500") for text in REPORT))
    assert await looked(world, 6) == [
        {"If-None-Match": '"b"', "If-Modified-Since": "Tue, 10 Mar 2026 10:00:00 GMT"}
    ]
    await looked(world, 100)
    assert [a["kind"] for a in world.alerts()] == ["new", "update"]
    (article, _, _), _ = world.store.articles(limit=9)
    assert article.revision == 3 and "1,500" in article.body
    assert ["abord" in before.body for before in world.store.revisions(article.id)] == [False, True]


@pytest.mark.parametrize(
    ("answer", "requests"),
    [
        (Response(404, PAGE), 1),
        (Response(410, PAGE), 1),
        (Response(500, PAGE), 4),
        (Response(200, PAGE, {"content-type": "text/html"}, b"<html><body></body></html>"), 4),
        (FetchError("timeout", "it did not answer"), 4),
    ],
)
async def test_a_page_that_cannot_be_read_again_leaves_its_article_as_it_was(
    world: World, answer: Response | FetchError, requests: int
) -> None:
    await told(world)
    (before, _, _), _ = world.store.articles(limit=9)
    world.fetcher.answers[PAGE] = answer
    assert len(await looked(world, 120)) == requests
    (after, _, _), _ = world.store.articles(limit=9)
    assert after == before
    assert [a["kind"] for a in world.alerts()] == ["new"]


async def test_a_page_that_was_taken_away_is_known_to_be_gone(world: World) -> None:
    await told(world)
    (article, _, _), _ = world.store.articles(limit=9)
    assert world.store.taken_away(article.id) is None
    world.fetcher.answers[PAGE] = Response(410, PAGE)
    await looked(world, 100)
    assert "it answered 410" in (world.store.taken_away(article.id) or "")
    world.publish("1", "Sappers for Kursk", *(text.replace("1,000", "1,500") for text in REPORT))
    await world.go()
    assert world.store.taken_away(article.id) is None


async def test_a_wall_in_place_of_the_article_is_no_revision(world: World) -> None:
    await told(world)
    wall = "Pyongyang troops in Russia: subscribe to go on reading what our reporters have found out on soldiers."
    world.fetcher.page(PAGE, "Sappers for Kursk", wall)
    await looked(world, 100)
    (article, _, _), _ = world.store.articles(limit=9)
    assert article.revision == 1 and "1,000" in article.body
    assert [a["kind"] for a in world.alerts()] == ["new"]


async def test_what_a_downtime_left_out_is_asked_for_once(world: World) -> None:
    await told(world)
    world.fetcher.answers[PAGE] = Response(304, PAGE)
    world.clock.move(hours=30)
    assert len(await looked(world, 2)) == 1
    assert len(await looked(world, 100)) == 1


async def test_a_feed_that_changes_its_entry_is_read_as_ever(world: World) -> None:
    await told(world)
    world.publish("1", "Sappers for Kursk", *(text.replace("1,000", "1,500") for text in REPORT))
    validated(world, '"b"')
    await world.go()
    assert [url for url, headers in world.fetcher.asked if url == PAGE and not headers] == [PAGE]
    assert [a["kind"] for a in world.alerts()] == ["new", "update"]
    world.fetcher.answers[PAGE] = Response(304, PAGE)
    assert {headers["If-None-Match"] for headers in await looked(world, 100)} == {'"b"'}


async def test_an_article_that_its_feed_alone_gave_has_no_page_to_look_at(world: World) -> None:
    world.break_page("1", FetchError("robots", "robots.txt forbids it"))
    await told(world, page=False)
    assert [d for _, d, _ in world.decisions()] == ["alert"]
    assert await looked(world, 100) == []


async def test_looks_are_due_by_age_not_by_how_late_the_last_one_was(world: World) -> None:
    """Nothing waits in the queue meanwhile: `status` counts what waits."""
    await told(world)
    assert world.store.claim_entries(world.clock.now(), 9, timedelta(minutes=5), (), 9) == []
    assert world.store.status(world.clock.now())["entries"]["queued"] == 0


# --- pages that could not be had ------------------------------------------------------------------------

SUMMARY = "Pyongyang soldiers are to leave for Russia, a ministry said."
MORE = (
    SUMMARY,
    "They will take 1,000 trucks with them.",
    "The trucks were built in the north of the country.",
)
TWO_RULES = (
    RULES
    + """
  - id: trucks
    title: Trucks
    query: truck*
    tests: {match: [a truck], ignore: [rain]}
"""
)
AWAY = FetchError("timeout", "it did not answer")


async def unread(world: World, problem: FetchError | Response = AWAY, rules: str = TWO_RULES) -> None:
    """An entry whose page cannot be had, decided on what its feed says of it."""
    world.pipeline = world.make_pipeline(rules)
    world.publish("0", "Weather talks", *OLD)
    await world.go()
    world.publish("1", "Sappers for Kursk", SUMMARY, page=False)
    world.fetcher.answers[PAGE] = problem
    await world.go()
    world.fetcher.asked.clear()


async def test_the_page_of_a_degraded_match_is_read_soon_and_what_it_adds_is_told(world: World) -> None:
    await unread(world)
    (article, _, _), _ = world.store.articles(limit=9)
    assert article.degraded and article.body == SUMMARY
    assert [a["rule"] for a in world.alerts()] == ["troops"]
    world.fetcher.page(PAGE, "Sappers for Kursk", *MORE)
    await looked(world, 1)
    (article, _, _), _ = world.store.articles(limit=9)
    assert (article.degraded, article.revision, article.body) == (None, 2, "\n".join(MORE))
    assert [(a["rule"], a["kind"]) for a in world.alerts()] == [("troops", "new"), ("trucks", "new")]


async def test_a_page_that_says_what_its_feed_said_tells_nobody(world: World) -> None:
    await unread(world)
    world.fetcher.page(
        PAGE, "Sappers for Kursk", SUMMARY, "It rained in the north of the country all day long."
    )
    await looked(world, 100)
    (article, _, _), _ = world.store.articles(limit=9)
    assert article.degraded is None and article.revision == 2
    assert [(a["rule"], a["kind"]) for a in world.alerts()] == [("troops", "new")]


async def test_a_page_that_could_not_be_had_is_looked_at_though_nothing_matched(world: World) -> None:
    await unread(world, rules=TWO_RULES.replace("Pyongyang", "Nampho"))
    await looked(world, 0.1)
    world.clock.move(minutes=10)
    assert world.alerts() == []
    world.fetcher.page(PAGE, "Sappers for Kursk", *MORE)
    await looked(world, 2)
    assert [a["rule"] for a in world.alerts()] == ["trucks"]


@pytest.mark.parametrize(
    ("problem", "requests"),
    [
        (AWAY, 5),  # after 15 minutes, 1, 6, 24, 72 hours
        (Response(503, PAGE), 5),
        (Response(404, PAGE), 0),
        (Response(403, PAGE), 0),
        (FetchError("robots", "robots.txt forbids it"), 0),
        (Response(200, PAGE, {"content-type": "text/html"}, b"<html><body></body></html>"), 5),
    ],
)
async def test_what_is_asked_for_again_where_there_was_no_article(
    world: World, problem: FetchError | Response, requests: int
) -> None:
    await unread(world, problem)
    assert len(await looked(world, 100)) == requests
    (article, _, _), _ = world.store.articles(limit=9)
    assert article.degraded and article.revision == 1
    assert [(a["rule"], a["kind"]) for a in world.alerts()] == [("troops", "new")]


async def test_the_text_of_a_feed_that_gives_all_loses_its_mark_and_nothing_else(world: World) -> None:
    await unread(world)
    world.fetcher.page(PAGE, "Sappers for Kursk", SUMMARY)
    await looked(world, 1)
    (article, _, _), _ = world.store.articles(limit=9)
    assert (article.degraded, article.revision) == (None, 1)
    assert world.store.revisions(article.id) == []
    assert len(world.alerts()) == 1


async def test_a_corrected_headline_is_a_revision_though_the_feed_keeps_its_own(world: World) -> None:
    await told(world)
    world.fetcher.page(PAGE, "1,500 sappers for Kursk, not 1,000", *REPORT)
    await looked(world, 2)
    (article, _, _), _ = world.store.articles(limit=9)
    assert (article.title, article.revision) == ("1,500 sappers for Kursk, not 1,000", 2)
    world.fetcher.page(PAGE, "1,500 sappers for Kursk, not 1,000", *REPORT, "It rained all of the day.")
    await looked(world, 6)
    (article, _, _), _ = world.store.articles(limit=9)
    assert (article.title, article.revision) == ("1,500 sappers for Kursk, not 1,000", 3)
