"""What the head of a page says, for entries whose page holds no article that can be found, or takes too long."""

from __future__ import annotations

import re
from dataclasses import replace

from monitor.errors import ExtractError
from monitor.extract.address import own
from monitor.extract.decode import MAX_HEAD, page_text
from monitor.extract.metadata import read_metadata
from monitor.extract.tree import parse
from monitor.model import Entry

_END = re.compile(rb"</head\s*>|<body[\s>]", re.I)


def enriched(entry: Entry, body: bytes, content_type: str, url: str) -> Entry:
    """`entry` with what the page that `url` answered with says of itself, where that is more than its feed gives.

    Only the head is read, in linear time. Never fails: what is no page adds nothing.
    """
    head = body[:MAX_HEAD]
    end = _END.search(head)
    try:
        about = read_metadata(parse(page_text(head[: end.start()] if end else head, content_type)))
    except ExtractError:
        return entry
    said = max(about.body, about.description, key=len)
    return replace(
        entry,
        url=own(about.canonical, url, entry.url or "") or entry.url,
        title=entry.title or about.title,
        authors=entry.authors or about.authors,
        language=entry.language or about.language,
        published=entry.published or about.published,
        content=said if len(said) > len(entry.text) else entry.content,
    )
