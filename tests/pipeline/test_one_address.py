"""An article that two feeds name in two ways is one article, whichever comes first, and is told once."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from monitor.model import Response
from tests.fakes import Item
from tests.pipeline.conftest import FEED, World
from tests.pipeline.test_journey import OLD, REPORT

TRUE = "https://news.example/2026/sappers?id=17"
OTHER_FEED = "https://portal.example/rss"
FORMS = {
    "as it is": (TRUE, TRUE),
    "with tracking": (f"{TRUE}&utm_source=rss#top", f"{TRUE}&utm_source=rss"),
    "a redirector with a key of its own": ("https://t.co/abc", f"{TRUE}&fbclid=1"),
    "a feed's proxy": ("https://feedproxy.google.com/~r/news/~3/abc/", f"{TRUE}&utm_medium=feed"),
    "a redirector that names it": (f"https://www.google.com/url?q={quote(TRUE, safe='')}", TRUE),
    "the AMP form, which declares its own": ("https://amp.news.example/s17", "https://amp.news.example/s17"),
    "the mobile form, which declares it in short": ("https://m.news.example/17", "https://m.news.example/17"),
    "AMP of a cache": ("https://news-example.cdn.ampproject.org/v/s/news.example/2026/sappers?id=17", TRUE),
}  # fmt: skip


def page(world: World, link: str, final: str) -> None:
    body = "".join(f"<p>{text}</p>" for text in REPORT)
    head = (
        f'<link rel="canonical" href="{TRUE}">' if final.partition("?")[0] != TRUE.partition("?")[0] else ""
    )
    html = f"<html><head>{head}</head><body><article><h1>Sappers for Kursk</h1>{body}</article></body></html>"
    answer = Response(200, final, {"content-type": "text/html; charset=utf-8"}, html.encode())
    world.fetcher.answers[link] = world.fetcher.answers[final] = answer


@pytest.mark.parametrize(
    ("form", "swapped"),
    [*((form, n % 2 == 0) for n, form in enumerate(FORMS)), ("a redirector with a key of its own", False)],
)
async def test_one_article_by_two_addresses(world: World, form: str, swapped: bool) -> None:
    link, final = FORMS[form]
    page(world, link, final)
    page(world, TRUE, TRUE)
    named = {FEED: TRUE, OTHER_FEED: link} if swapped else {FEED: link, OTHER_FEED: TRUE}
    world.store.add_feed(OTHER_FEED, "", (), world.clock.now())
    for feed in named:
        world.publish("0", "Weather talks", *OLD, feed=feed)
    await world.go()
    for feed, address in named.items():
        at = world.clock.now()
        world.fetcher.feed(feed, Item("1", "Sappers for Kursk", address, REPORT[0], at))
        await world.go()
    assert len(world.alerts()) == 1
    stored = [
        article for article, _, _ in world.store.articles(limit=9) if article.title == "Sappers for Kursk"
    ]
    assert [article.url for article in stored] == [TRUE]


async def test_other_articles_at_like_addresses_stay_others(world: World) -> None:
    world.publish("0", "Weather talks", *OLD)
    await world.go()
    items = []
    for number in (17, 18):
        link = f"https://news.example/?p={number}"
        texts = [text.replace("1,000", f"{number},000") for text in REPORT]
        world.fetcher.page(link, f"Sappers for Kursk, part {number}", *texts)
        items.append(
            Item(str(number), f"Sappers for Kursk, part {number}", link, texts[0], world.clock.now())
        )
    world.fetcher.feed(FEED, *items)
    await world.go()
    titles = {article.title for article, _, _ in world.store.articles(limit=9)}
    assert {"Sappers for Kursk, part 17", "Sappers for Kursk, part 18"} <= titles
