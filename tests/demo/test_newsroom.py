from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.parse import parse_feed
from monitor.demo.articles import Format, Piece, Published, load_edition
from monitor.demo.newsroom import Newsroom, due, publish_all, publish_bulletins, serve, until_next
from monitor.errors import FeedError
from monitor.extract.page import extract_page
from monitor.model import Article, ParsedFeed

EDITION = load_edition()
START = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
END = timedelta(minutes=10)


def s(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


# --- the schedule ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "until", "slugs"),
    [
        (0.0, 0.9, []),
        (0.0, 1.0, ["builders-for-kursk"]),
        (1.0, 1.9, []),
        (1.0, 3.0, ["compressor-pressure", "sappers-arrive"]),
        (13.5, 60.0, ["builders-for-kursk-corrected"]),
    ],
)
def test_due(after: float, until: float, slugs: list[str]) -> None:
    assert [p.slug for p in due(EDITION.timetable, s(after), s(until))] == slugs


@given(st.lists(st.floats(0, 20), max_size=30))
def test_however_time_is_cut_each_piece_comes_out_once_and_in_order(moments: list[float]) -> None:
    marks = [s(0), *(s(moment) for moment in sorted(moments)), s(20)]
    out = [p for after, until in itertools.pairwise(marks) for p in due(EDITION.timetable, after, until)]
    assert out == list(EDITION.timetable)


@pytest.mark.parametrize(
    ("elapsed", "wait"), [(0.0, 1.0), (0.25, 0.75), (1.0, 1.0), (14.5, 0.5), (15.0, None)]
)
def test_until_next(elapsed: float, wait: float | None) -> None:
    assert until_next(EDITION.timetable, s(elapsed)) == (None if wait is None else s(wait))


class FakeTime:
    """A clock that only sleeping moves, each time by a little less or more than was asked."""

    def __init__(self, error: float) -> None:
        self.time, self.error = START, error

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += max(s(seconds + self.error), s(0.001))
        await asyncio.sleep(0)


@pytest.mark.parametrize("error", [-0.01, 0.0, 0.2, 3.0])
async def test_the_timetable_is_published_whole_by_any_clock(error: float) -> None:
    room, clock, told = Newsroom(EDITION, START), FakeTime(error), list[Published]()
    await publish_all(room, told.append, at_once, now=clock.now, sleep=clock.sleep)
    assert [item.piece for item in told] == list(EDITION.timetable)
    for item in told:
        assert item.piece.at is not None
        assert s(-0.02) <= item.updated - START - item.piece.at <= s(3.1)


async def test_a_piece_that_is_not_ready_holds_all_later_ones_back() -> None:
    room, clock, told = Newsroom(EDITION, START), FakeTime(0), list[Published]()

    async def ready(piece: Piece) -> None:
        if piece.follows == "seoul-warns-on-builders" or piece.slug == "sappers-arrive":
            await clock.sleep(30)

    await publish_all(room, told.append, ready, now=clock.now, sleep=clock.sleep)
    assert [item.piece for item in told] == list(EDITION.timetable)
    assert [item.updated - START for item in told[1:4]] == [s(2), s(33), s(34.5)]
    assert told[-1].updated - START == s(75)


async def test_bulletins_go_on_until_they_are_cancelled() -> None:
    room, clock, told = Newsroom(EDITION, START), FakeTime(0), list[Published]()
    task = asyncio.create_task(publish_bulletins(room, told.append, now=clock.now, sleep=clock.sleep))
    while len(told) < 5:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [item.updated - START for item in told[:3]] == [s(20), s(40), s(60)]


async def at_once(piece: Piece) -> None:
    """Every piece is ready when it is due."""


def publish(room: Newsroom, after: timedelta, until: timedelta, now: datetime) -> None:
    for piece in due(EDITION.timetable, after, until):
        room.publish(piece, now)


# --- what it serves --------------------------------------------------------------------------------


@pytest.fixture
async def room() -> AsyncIterator[Newsroom]:
    async with serve(Newsroom(EDITION, START)) as newsroom:
        yield newsroom


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
        yield session


async def get(client: aiohttp.ClientSession, url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    async with client.get(url, headers=headers) as response:
        return response.status, {k.lower(): v for k, v in response.headers.items()}, await response.read()


async def read(client: aiohttp.ClientSession, room: Newsroom, key: str) -> ParsedFeed:
    url = f"{room.bases[key]}/feed"
    _, headers, body = await get(client, url)
    return parse_feed(body, headers["content-type"], url)


async def test_every_outlet_has_an_address_of_its_own(room: Newsroom) -> None:
    assert len(set(room.feed_urls())) == len(EDITION.outlets)
    assert all(url.startswith("http://127.0.0.") for url in room.feed_urls())


async def test_feeds_hold_what_is_published_newest_first(
    room: Newsroom, client: aiohttp.ClientSession
) -> None:
    publish(room, s(0), s(14), START + s(14))
    for outlet in EDITION.outlets:
        if outlet.format is Format.BROKEN:
            with pytest.raises(FeedError):
                await read(client, room, outlet.key)
            continue
        parsed = await read(client, room, outlet.key)
        pieces = [item.piece for item in room.of(outlet)]
        assert len(pieces) >= 2
        assert (parsed.title, parsed.language, parsed.salvaged) == (outlet.name, outlet.language, None)
        assert [e.title for e in parsed.entries] == [p.title for p in pieces]
        assert [e.url for e in parsed.entries] == [room.locate(p) for p in pieces]
        assert all(e.published for e in parsed.entries)


async def test_pages_hold_the_article_and_nothing_else_of_the_page(
    room: Newsroom, client: aiohttp.ClientSession
) -> None:
    """No menu, no banner, no other headlines, and nothing from "Read also" on."""
    publish(room, s(0), s(14), START + s(14))
    for item in room.current.values():
        if item.piece.fails:
            continue
        article = await extracted(client, room, item)
        assert article.title == item.piece.title
        assert article.body.splitlines() == list(item.piece.body)
        assert (article.source, article.language) == (item.piece.outlet.name, item.piece.outlet.language)
        assert article.published == item.published


async def extracted(client: aiohttp.ClientSession, room: Newsroom, item: Published) -> Article:
    feed = await read(client, room, item.piece.outlet.key)
    url = room.locate(item.piece)
    _, headers, body = await get(client, url)
    return extract_page(body, headers["content-type"], url, next(e for e in feed.entries if e.url == url))


async def test_a_correction_is_the_same_entry_with_another_text(
    room: Newsroom, client: aiohttp.ClientSession
) -> None:
    publish(room, s(0), s(1), START + s(1))
    before = (await read(client, room, "wire")).entries[0]
    publish(room, s(1), s(15), START + s(15))
    after = (await read(client, room, "wire")).entries[0]
    assert (after.identity, after.url, after.published) == (before.identity, before.url, before.published)
    assert "5,000" in before.title
    assert "6,000" in after.title
    _, _, page = await get(client, str(after.url))
    assert b"6,000" in page
    assert b"5,000" not in page


@pytest.mark.parametrize("path", ["feed", "", "news/ferry-timetable.html"])
async def test_validators_are_honoured(room: Newsroom, client: aiohttp.ClientSession, path: str) -> None:
    url = f"{room.bases['gazette']}/{path}"
    status, headers, body = await get(client, url)
    assert (status, bool(body)) == (200, True)
    etag, modified = headers["etag"], headers["last-modified"]
    for fresh in (
        {"If-None-Match": etag},
        {"If-None-Match": f'"x", {etag}'},
        {"If-Modified-Since": modified},
    ):
        assert (await get(client, url, **fresh))[::2] == (304, b"")
    for stale in ({"If-None-Match": '"x"'}, {"If-None-Match": '"x"', "If-Modified-Since": modified}):
        assert (await get(client, url, **stale))[0] == 200


async def test_a_publication_changes_the_validators(room: Newsroom, client: aiohttp.ClientSession) -> None:
    url = f"{room.bases['wire']}/feed"
    _, headers, _ = await get(client, url)
    publish(room, s(0), s(1), START + s(1))
    for stale in ({"If-None-Match": headers["etag"]}, {"If-Modified-Since": headers["last-modified"]}):
        assert (await get(client, url, **stale))[0] == 200


async def test_what_is_not_there_or_broken_says_so(room: Newsroom, client: aiohttp.ClientSession) -> None:
    publish(room, s(0), END, START)
    failing = next(item for item in room.current.values() if item.piece.fails)
    assert (await get(client, room.locate(failing.piece)))[0] == 500
    assert (await get(client, f"{room.bases['wire']}/news/nothing.html"))[0] == 404


async def test_publishing_may_start_once_every_feed_was_read(
    room: Newsroom, client: aiohttp.ClientSession
) -> None:
    for url in room.feed_urls():
        assert not room.baseline_read.is_set()
        await get(client, url)
        await get(client, url)
    assert room.baseline_read.is_set()
