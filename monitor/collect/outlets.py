"""Whose report an article is, where its page did not say so itself."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from monitor.collect.hosts import registrable
from monitor.model import Article, QueuedEntry
from monitor.text import one_line

_LONGEST: Final = 100  # characters


def outlet(article: Article, queued: QueuedEntry) -> str:
    """The outlet as the article names it; where only its host is known and no page, its feed's title if that names it.

    A page that names nobody goes by its host: titles of feeds ("News") are alike more often than hosts.

    The title of a feed names the articles on the feed's own site. That of one which gathers other sites' names
    none of them.
    """
    host = _host(article.url)
    if article.source and not article.degraded:
        return article.source
    if article.source and article.source.removeprefix("www.") != host.removeprefix("www."):
        return article.source
    title = one_line(queued.feed_title, _LONGEST)
    is_own = not host or registrable(host) == registrable(_host(queued.feed_url))
    return title if title and is_own else article.source or host.removeprefix("www.")


def _host(url: str | None) -> str:
    try:
        return (urlsplit(url or "").hostname or "").lower()
    except ValueError:  # "http://[": no address
        return ""
