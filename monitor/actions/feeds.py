"""What people do with feeds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol
from urllib.parse import urlsplit

from monitor.collect.opml import OpmlFeed, write_opml
from monitor.errors import UsageError
from monitor.model import Feed


class FeedList(Protocol):
    def feeds(self) -> list[tuple[Feed, str]]: ...


def describe(feed: Feed, reason: str, push: dict[str, Any] | None = None) -> dict[str, Any]:
    """A feed as `feeds list --json` gives it; `reason` is why it is due when it is, `push` how it stands with
    its hub (websub.describe), None where it names none.
    """
    return {
        "id": feed.id,
        "url": feed.key,
        "polled_url": feed.url,
        "title": feed.title,
        "tags": list(feed.tags),
        "origin": feed.origin,
        "state": _state(feed),
        "polled": feed.polled_at,
        "good": feed.good_at,
        "new": feed.new_at,
        "due": feed.due_at if feed.retired_at is None else None,
        "interval": feed.interval,
        "failures": feed.failures,
        "failing_since": feed.failing_since,
        "error": feed.retired_why or feed.error,
        "reason": reason,
        "push": push,
    }


def _state(feed: Feed) -> str:
    if feed.retired_at is not None:
        return "retired"
    if feed.failures:
        return "failing"
    return "ok" if feed.good_at else "new"


def checked_url(url: str) -> str:
    """The address, if it can be one of a feed. Raises UsageError."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"{url!r} is no address of a feed; it starts with http:// or https://")
    if "@" in parts.netloc:
        raise UsageError(f"{parts.hostname}: an address with a user name or password in it is not read")
    return url


def require_removable(store: FeedList, url: str) -> None:
    """Raises UsageError for a feed of the configuration: the next start would bring it back."""
    for feed, _ in store.feeds():
        if feed.key == url and feed.origin == "config" and feed.retired_at is None:
            raise UsageError(f"{url} stands in the configuration file; delete it there, then reload")


def to_opml(feeds: Iterable[Feed] | Sequence[Feed]) -> str:
    """Feeds as an OPML document, folders for their tags, each under the address it has now."""
    return write_opml([OpmlFeed(feed.url, feed.title, feed.tags) for feed in feeds])
