"""Sitemaps as feeds, from their addresses to alerts."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from monitor.adapters.store import Store
from monitor.model import Response
from tests.pipeline.conftest import World

SITE = "https://paper.example"
INDEX = f"{SITE}/sitemap.xml"
TEXT = "North Korea will send 1,000 sappers to Russia, the governor of the region said on Sunday in Kursk."


@pytest.fixture
def world(store: Store) -> World:
    world = World(store)
    store.add_feed(INDEX, "", (), world.clock.now())
    return world


def urlset(*urls: tuple[str, datetime | None]) -> bytes:
    listed = "".join(
        f"<url><loc>{SITE}/{name}</loc>{f'<lastmod>{at.isoformat()}</lastmod>' if at else ''}</url>"
        for name, at in urls
    )
    return f"<urlset>{listed}</urlset>".encode()


def index(*sitemaps: tuple[str, datetime | None]) -> bytes:
    listed = "".join(
        f"<sitemap><loc>{SITE}/{name}</loc>{f'<lastmod>{at.isoformat()}</lastmod>' if at else ''}</sitemap>"
        for name, at in sitemaps
    )
    return f"<sitemapindex>{listed}</sitemapindex>".encode()


def serve(world: World, name: str, body: bytes) -> None:
    url = f"{SITE}/{name}"
    world.fetcher.answers[url] = Response(200, url, {"etag": f'"{len(body)}"'}, body)


def article(world: World, name: str, title: str, published: datetime) -> None:
    html = (
        f'<html><head><title>{title}</title><meta property="article:published_time" content="{published.isoformat()}">'
        f"</head><body><article><h1>{title}</h1><p>{TEXT}</p><p>{title}.</p></article></body></html>"
    )
    serve(world, name, html.encode())


def asked(world: World) -> list[str]:
    names = [url.removeprefix(SITE + "/") for url, _ in world.fetcher.asked]
    world.fetcher.asked.clear()
    return names


async def test_what_a_sitemap_adds_is_told_by_the_title_of_its_page(world: World) -> None:
    """The first poll is the baseline; an old article that was changed is none of today's news."""
    now = world.clock.now()
    old, new = "Sappers were sent to Russia", "North Korea sends sappers"
    serve(world, "sitemap.xml", urlset(("a", now)))
    article(world, "a", "Baseline: sappers to Russia", now)
    await world.go()
    article(world, "changed", old, now - timedelta(days=400))
    article(world, "new", new, now)
    serve(world, "sitemap.xml", urlset(("a", now), ("changed", now), ("new", now)))
    await world.go()
    decided = {title: (verdict, reason) for title, verdict, reason in world.decisions()}
    assert decided.keys() == {"Baseline: sappers to Russia", old, new}
    assert decided["Baseline: sappers to Russia"][0] == decided[old][0] == "withheld"
    assert "published too long ago" in decided[old][1]
    assert decided[new][0] == "alert"


async def test_an_index_is_read_with_what_changed_in_it_only(world: World) -> None:
    now = world.clock.now()
    serve(world, "sitemap.xml", index(("2025.xml", now - timedelta(days=300)), ("2026.xml", now)))
    serve(world, "2025.xml", urlset(("old", now - timedelta(days=300))))
    serve(world, "2026.xml", urlset(("one", now)))
    await world.poll()
    assert asked(world) == ["sitemap.xml", "2026.xml", "2025.xml"]
    await world.poll()
    assert asked(world) == ["sitemap.xml"]  # the same bytes
    now = world.clock.now()
    serve(world, "sitemap.xml", index(("2025.xml", now - timedelta(days=300)), ("2026.xml", now)))
    serve(world, "2026.xml", urlset(("two", now), ("one", now)))
    await world.poll()
    headers = dict(world.fetcher.asked)
    assert asked(world) == ["sitemap.xml", "2026.xml"]
    assert "If-Modified-Since" in headers[f"{SITE}/2026.xml"]
    queued = world.store.claim_entries(world.clock.now(), 100, timedelta(minutes=5), (), 100)
    assert [(one.entry.url, one.standing.value) for one in queued] == [
        (f"{SITE}/one", "baseline"),
        (f"{SITE}/old", "baseline"),
        (f"{SITE}/two", "new"),
    ]


async def test_a_sitemap_that_cannot_be_read_is_asked_for_again(world: World) -> None:
    now = world.clock.now()
    serve(world, "sitemap.xml", index(("a.xml", now), ("b.xml", now)))
    serve(world, "a.xml", urlset(("a", now)))
    world.fetcher.answers[f"{SITE}/b.xml"] = Response(503, f"{SITE}/b.xml")
    await world.poll()
    assert sorted(asked(world)) == ["a.xml", "b.xml", "sitemap.xml"]
    assert world.store.feeds()[0][0].error is None
    serve(world, "b.xml", urlset(("b", now)))
    await world.poll()
    assert sorted(asked(world)) == ["a.xml", "b.xml", "sitemap.xml"]  # though the index is the same
    queued = world.store.claim_entries(world.clock.now(), 100, timedelta(minutes=5), (), 100)
    assert {one.entry.url for one in queued} == {f"{SITE}/a", f"{SITE}/b"}


async def test_where_none_can_be_read_the_poll_failed(world: World) -> None:
    serve(world, "sitemap.xml", index(("a.xml", None)))
    await world.poll()
    ((feed, _),) = world.store.feeds()
    assert feed.error == f"{SITE}/a.xml, a sitemap of its index, answered 404"
    assert feed.baseline_at is None
