"""The article that a feed itself gives, for entries whose page cannot be had or holds no article."""

from __future__ import annotations

from monitor.extract import address, language
from monitor.extract.authors import names
from monitor.extract.body import tidy
from monitor.extract.dates import of_feed
from monitor.extract.headline import from_text
from monitor.extract.html_text import paragraphs
from monitor.model import Article, Entry
from monitor.text import one_line


def from_entry(entry: Entry, degraded: str) -> Article:
    """The article in `entry` alone, marked degraded with the reason: its title and its longest text.

    Never fails: what is hostile in it becomes harmless text, or none.
    """
    title = one_line(entry.title)
    authors = names(entry.authors)
    body = tidy("\n".join(paragraphs(entry.text)), title, authors)
    url = address.canonical(entry.url) if entry.url else None
    return Article(
        title=title or from_text(body.text) or url or "",
        body=body.text,
        url=url,
        source=address.host(url) if url else "",
        agency=body.agency,
        authors=authors,
        language=language.detect(f"{title}\n{body.text}", entry.language),
        published=entry.published or entry.updated,
        dated=of_feed(entry.published or entry.updated),
        modified=entry.updated
        if entry.published and entry.updated and entry.updated > entry.published
        else None,
        tags=entry.tags,
        degraded=degraded,
    )


def title_only(entry: Entry, degraded: str) -> Article:
    """The least that an entry gives, for one whose text cannot be read: no parsing, nothing that can fail."""
    return Article(
        title=one_line(entry.title),
        body="",
        url=address.canonical(entry.url) if entry.url else None,
        authors=entry.authors,
        language=entry.language,
        published=entry.published or entry.updated,
        dated=of_feed(entry.published or entry.updated),
        tags=entry.tags,
        degraded=degraded,
    )
