"""Values to JSON documents and back: entries wait in the queue as the feed gave them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from monitor.model import Entry, PageState, Span


def entry_to_document(entry: Entry) -> dict[str, Any]:
    return {
        "identity": entry.identity,
        "has_page": entry.has_page,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        "content": entry.content,
        "authors": list(entry.authors),
        "tags": list(entry.tags),
        "language": entry.language,
        "published": entry.published.isoformat() if entry.published else None,
        "updated": entry.updated.isoformat() if entry.updated else None,
    }


def entry_from_document(document: dict[str, Any]) -> Entry:
    return Entry(
        identity=document["identity"],
        url=document["url"],
        title=document["title"],
        summary=document["summary"],
        content=document["content"],
        authors=tuple(document["authors"]),
        tags=tuple(document["tags"]),
        language=document["language"],
        published=_time(document["published"]),
        updated=_time(document["updated"]),
        has_page=document.get("has_page", True),
    )


def waiting_document(entry: Entry, page: PageState) -> dict[str, Any]:
    """An entry whose page is to be looked at again, with what the page was like."""
    return entry_to_document(entry) | {"page": [page.etag, page.last_modified, page.digest, page.headline]}


def page_from_document(document: dict[str, Any]) -> PageState | None:
    return PageState(*document["page"]) if "page" in document else None


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def spans_to_document(spans: tuple[Span, ...]) -> list[list[Any]]:
    return [[span.field, span.start, span.end] for span in spans]


def spans_from_document(document: list[list[Any]]) -> tuple[Span, ...]:
    return tuple(Span(field, start, end) for field, start, end in document)


def storable(text: str) -> str:
    """`text` without what one of the databases refuses: NUL and lone surrogates."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
