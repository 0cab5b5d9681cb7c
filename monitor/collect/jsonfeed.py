"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from monitor.collect.dates import moment
from monitor.collect.hubs import first_hub
from monitor.errors import FeedError
from monitor.model import Entry, ParsedFeed
from monitor.text.scraps import title_text


def read(text: str, url: str) -> ParsedFeed:
    """The feed in `text`, its fields as they stand; raises FeedError where it is other JSON."""
    try:
        document = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        raise FeedError("JSON that is cut off or ill-formed") from None
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        raise FeedError("JSON, but not a JSON Feed")
    items = [item for item in document["items"] if isinstance(item, dict)]
    if "jsonfeed.org" not in _text(document, "version") and not all(_looks_like_item(item) for item in items):
        raise FeedError("JSON, but not a JSON Feed")
    language = _text(document, "language") or None
    return ParsedFeed(
        title=escape(_text(document, "title"), quote=False),
        entries=tuple(_entry(item, language) for item in items),
        site_url=_text(document, "home_page_url") or None,
        language=language,
        format=_format(_text(document, "version")),
        hub=first_hub(_hubs(document.get("hubs"))),
        topic=_text(document, "feed_url") or None,
    )


def _hubs(listed: object) -> list[str]:
    """The WebSub hubs of a list that may name others too."""
    hubs = [hub for hub in listed if isinstance(hub, dict)] if isinstance(listed, list) else []
    return [_text(hub, "url") for hub in hubs if _text(hub, "type").lower() in ("", "websub", "pubsubhubbub")]


def _format(version: str) -> str:
    number = version.rstrip("/").rpartition("/")[2]
    return f"JSON Feed {number if '.' in number else '1.0'}" if "jsonfeed.org" in version else "JSON Feed"


def _looks_like_item(item: dict[str, Any]) -> bool:
    return "id" in item and bool({"url", "title", "content_text", "content_html"} & item.keys())


def _text(item: dict[str, Any], key: str) -> str:
    value = item.get(key)
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _entry(item: dict[str, Any], language: str | None) -> Entry:
    html = _text(item, "content_html") or _paragraphs(_text(item, "content_text"))
    authors = item.get("authors") or [item.get("author")]
    tags = item.get("tags")
    return Entry(
        identity=_text(item, "id"),
        url=_text(item, "url") or _text(item, "external_url") or None,
        title=title_text(_text(item, "title")),  # plain by the standard, and escaped all the same
        summary=_paragraphs(_text(item, "summary")),
        content=html,
        authors=tuple(
            _text(a, "name") for a in (authors if isinstance(authors, list) else []) if isinstance(a, dict)
        ),
        tags=tuple(t for t in (tags if isinstance(tags, list) else []) if isinstance(t, str)),
        language=_text(item, "language") or language,
        published=moment(_text(item, "date_published")),
        updated=moment(_text(item, "date_modified")),
    )


def _paragraphs(text: str) -> str:
    """Plain text as HTML, one paragraph a line."""
    return "".join(f"<p>{escape(line, quote=False)}</p>" for line in text.splitlines() if line.strip())
