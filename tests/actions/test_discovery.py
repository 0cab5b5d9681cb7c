"""Looking for feeds: which addresses are asked, in which order, and where it ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from monitor.actions.discovery import (
    MOST_CHECKED,
    Discovery,
    discover,
    discovered_row,
    find_one,
    usual_rate,
)
from monitor.collect.discover import How, same
from monitor.errors import AddressRefused, FeedError, FetchError, UsageError
from monitor.model import Response
from tests.fakes import InProcessWorkers, Item, ScriptedFetcher, rss

SITE = "https://news.example"
WHEN = datetime(2026, 11, 21, tzinfo=UTC)


class Site(ScriptedFetcher):
    """A site of pages, feeds and other answers by path; everything else is a 404."""

    def html(self, path: str, html: str) -> None:
        self.answers[SITE + path] = Response(200, SITE + path, {"content-type": "text/html"}, html.encode())

    def rss(self, path: str, *names: str, moved_to: str | None = None) -> None:
        items = [Item(name, f"Report {name}", f"{SITE}/{name}", "Text", WHEN) for name in names or (path,)]
        final = SITE + (moved_to or path)
        self.answers[SITE + path] = Response(
            200, final, {}, rss(*items).encode(), final if moved_to else None
        )

    @property
    def paths(self) -> list[str]:
        return [url.removeprefix(SITE) for url, _ in self.asked]


@pytest.fixture
def site() -> Site:
    return Site()


async def look(site: ScriptedFetcher, address: str = SITE + "/") -> Discovery:
    return await discover(site, InProcessWorkers(), address)


def found(discovery: Discovery) -> list[tuple[str, How]]:
    return [(feed.url.removeprefix(SITE), feed.how) for feed in discovery.feeds]


def declaring(*paths: str) -> str:
    return "".join(f'<link rel="alternate" type="application/rss+xml" href="{path}">' for path in paths)


# --- discover --------------------------------------------------------------------------------------


async def test_a_feed_s_own_address_is_all_there_is_to_find(site: Site) -> None:
    site.rss("/rss")
    discovery = await look(site, SITE + "/rss")
    assert found(discovery) == [("/rss", How.ITSELF)]
    assert site.paths == ["/rss"]


async def test_where_a_page_declares_feeds_no_other_address_is_tried(site: Site) -> None:
    site.html("/", declaring("/a", "/none", "/b"))
    site.rss("/a")
    site.rss("/b")
    discovery = await look(site)
    assert found(discovery) == [("/a", How.DECLARED), ("/b", How.DECLARED)]
    assert sorted(site.paths) == ["/", "/a", "/b", "/none"]


async def test_the_page_of_a_site_s_feeds_is_looked_at(site: Site) -> None:
    site.html("/", '<a href="/rss">Our feeds</a>')
    site.html("/rss", '<a href="/world.rss">World</a><a href="/rss">RSS</a><a href="/sport.rss">Sport</a>')
    site.rss("/world.rss")
    site.rss("/sport.rss")
    assert found(await look(site)) == [("/world.rss", How.LINKED), ("/sport.rss", How.LINKED)]
    assert sorted(site.paths) == ["/", "/rss", "/sport.rss", "/world.rss"]


async def test_usual_places_are_tried_one_by_one_until_one_is_a_feed(site: Site) -> None:
    site.html("/world", "<p>nothing")
    site.rss("/rss.xml")
    site.rss("/atom.xml")
    discovery = await look(site, SITE + "/world")
    assert found(discovery) == [("/rss.xml", How.USUAL)]
    assert site.paths == ["/world", "/world/feed", "/world/rss", "/feed", "/rss", "/rss.xml"]


async def test_sitemaps_of_robots_are_the_last_resort(site: Site) -> None:
    site.html("/", "<p>nothing")
    robots = f"Sitemap: {SITE}/all.xml\nSitemap: {SITE}/news.xml"
    site.answers[SITE + "/robots.txt"] = Response(200, SITE + "/robots.txt", {}, robots.encode())
    sitemap = b"<urlset><url><loc>https://news.example/a</loc></url></urlset>"
    for path in ("/all.xml", "/news.xml"):
        site.answers[SITE + path] = Response(200, SITE + path, {}, sitemap)
    discovery = await look(site)
    assert found(discovery) == [("/news.xml", How.ROBOTS)]
    assert discovery.feeds[0].format == "sitemap"
    assert site.paths[-2:] == ["/robots.txt", "/news.xml"]


async def test_a_site_without_feeds_is_asked_a_dozen_times_at_most(site: Site) -> None:
    site.html("/a/b", "".join(f'<a href="/feed/{n}">RSS</a>' for n in range(100)))
    discovery = await look(site, SITE + "/a/b")
    assert discovery.feeds == ()
    assert discovery.problem == f"{SITE}/a/b answered with an HTML page, not a feed"
    assert len(site.asked) == len(set(site.paths)) <= 1 + MOST_CHECKED + 13


@pytest.mark.parametrize("status", [429, 503])
async def test_a_site_that_says_later_is_asked_nothing_more(site: Site, status: int) -> None:
    site.answers[SITE + "/"] = Response(status, SITE + "/")
    site.rss("/feed")
    with pytest.raises(FeedError, match=rf"answered {status}.*; try again later"):
        await find_one(site, InProcessWorkers(), SITE + "/")
    assert site.paths == ["/"]


async def test_where_a_password_goes_is_said(site: Site) -> None:
    site.answers[SITE + "/"] = Response(401, SITE + "/")
    assert r"write it under [[feeds]]" in ((await look(site)).problem or "")


async def test_a_page_that_is_refused_may_have_a_feed_all_the_same(site: Site) -> None:
    site.answers[SITE + "/"] = Response(403, SITE + "/")
    site.rss("/feed")
    discovery = await look(site)
    assert found(discovery) == [("/feed", How.USUAL)]
    assert (discovery.page, discovery.problem) == (None, f"{SITE}/ answered 403")


async def test_one_feed_at_two_addresses_is_listed_once(site: Site) -> None:
    site.html("/", declaring("/old", "/new"))
    site.rss("/old", "a", moved_to="/new")
    site.rss("/new", "a")
    assert found(await look(site)) == [("/new", How.DECLARED)]


class OnlyHttp(Site):
    """A site that is not there over TLS."""

    async def fetch(self, url: str, headers: Mapping[str, str] | None = None, **options: object) -> Response:
        if url.startswith("https:"):
            self.asked.append((url, {}))
            raise FetchError("connect", f"no connection to {url}")
        return await super().fetch(url, headers)


async def test_a_name_alone_is_asked_by_https_then_by_http() -> None:
    site = OnlyHttp()
    site.answers["http://news.example/rss"] = Response(200, "http://news.example/rss", {}, rss().encode())
    discovery = await look(site, "news.example/rss")
    assert [feed.url for feed in discovery.feeds] == ["http://news.example/rss"]
    with pytest.raises(FetchError, match="no connection"):
        await look(site, "https://news.example/rss")


@pytest.mark.parametrize(
    "address", ["", "javascript:alert(1)", "ftp://news.example", "https://a:b@news.example"]
)
async def test_what_is_no_address_is_not_asked(site: Site, address: str) -> None:
    with pytest.raises(UsageError):
        await look(site, address)
    assert site.asked == []


async def test_progress_says_what_is_asked(site: Site) -> None:
    site.rss("/rss")
    heard: list[str] = []
    await discover(site, InProcessWorkers(), SITE + "/rss", heard.append)
    assert heard == [SITE + "/rss"]


# --- the one that is meant -------------------------------------------------------------------------


async def test_a_page_with_one_feed_means_that_feed(site: Site) -> None:
    site.html("/", declaring("/feed", "/feed/atom", "/comments/feed"))
    site.rss("/feed", "a", "b")
    site.rss("/feed/atom", "a", "b")
    site.rss("/comments/feed", "c")
    assert (await find_one(site, InProcessWorkers(), SITE + "/")).url == SITE + "/feed"


async def test_a_page_with_several_names_them(site: Site) -> None:
    site.html("/", declaring("/world", "/sport"))
    site.rss("/world")
    site.rss("/sport")
    with pytest.raises(FeedError) as caught:
        await find_one(site, InProcessWorkers(), SITE + "/")
    assert str(caught.value).splitlines() == [
        f"{SITE}/ answered with an HTML page, not a feed; add one of the feeds that were found:",
        f"  {SITE}/world  Example Wire",
        f"  {SITE}/sport  Example Wire",
    ]


async def test_a_feed_that_is_gone_is_not_replaced_by_another_unasked(site: Site) -> None:
    site.rss("/feed")
    with pytest.raises(FeedError, match=f"{SITE}/old answered 404; add one of"):
        await find_one(site, InProcessWorkers(), SITE + "/old")


async def test_how_to_add_what_cannot_be_read_is_said(site: Site) -> None:
    with pytest.raises(
        FeedError, match="answered 404; no feed is where feeds usually are; --no-check adds it"
    ):
        await find_one(site, InProcessWorkers(), SITE + "/old")
    site.answers[SITE + "/slow"] = FetchError("timeout", "slow")
    with pytest.raises(FetchError, match="slow; --no-check adds it all the same"):
        await find_one(site, InProcessWorkers(), SITE + "/slow")
    site.answers[SITE + "/inside"] = AddressRefused("10.0.0.1 is no public address")
    with pytest.raises(AddressRefused, match=r"^10\.0\.0\.1 is no public address$"):
        await find_one(site, InProcessWorkers(), SITE + "/inside")


# --- rows ------------------------------------------------------------------------------------------


async def test_a_row_says_what_there_is_to_know(site: Site) -> None:
    site.rss("/rss", "a", "b")
    (feed,) = (await look(site, SITE + "/rss")).feeds
    assert discovered_row(feed, frozenset({same("http://www.news.example/rss/")})) == {
        "id": SITE + "/rss",
        "url": SITE + "/rss",
        "title": "Example Wire",
        "format": "RSS 2.0",
        "items": 2,
        "newest": WHEN,
        "language": None,
        "per_day": None,  # both have the same date
        "found": "the address itself",
        "polled": True,
    }


@pytest.mark.parametrize(
    ("per_day", "said"),
    [
        (None, "-"),
        (96.4, "96 a day"),
        (1, "1 a day"),
        (0.5, "4 a week"),
        (0.1, "3 a month"),
        (0.01, "rarely"),
    ],
)
def test_rates_in_words(per_day: float | None, said: str) -> None:
    assert usual_rate(per_day) == said
