"""What people do with feeds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol
from urllib.parse import urlsplit

from monitor.collect.opml import OpmlFeed, write_opml
from monitor.errors import UsageError
from monitor.model import Feed


class FeedList(Protocol):
    def feeds(self) -> list[tuple[Feed, str]]: ...


def checked_url(url: str) -> str:
    """The address, if it can be one of a feed. Raises UsageError."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"{url!r} is no address of a feed; it starts with http:// or https://")
    if "@" in parts.netloc:
        bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        raise UsageError(
            f"{parts.hostname}: an address with a user name or password in it is not read; "
            f"write {bare} under [[feeds]] in the configuration, and username and password below it"
        )
    return url


def require_removable(store: FeedList, url: str) -> None:
    """Raises UsageError for a feed of the configuration: the next start would bring it back."""
    for feed, _ in store.feeds():
        if feed.key == url and feed.origin == "config" and feed.retired_at is None:
            raise UsageError(f"{url} stands in the configuration file; delete it there, then reload")


def still_configured(store: FeedList, url: str) -> str:
    """What is to be said of a feed of the configuration that was gone already (410) before it was removed."""
    gone = any(feed.key == url and feed.origin == "config" for feed, _ in store.feeds())
    return "; it still stands in the configuration file, where it may be deleted" if gone else ""


def to_opml(feeds: Iterable[Feed] | Sequence[Feed]) -> str:
    """Feeds as an OPML document, folders for their tags, each under the address it has now."""
    return write_opml([OpmlFeed(feed.url, feed.title, feed.tags) for feed in feeds])
