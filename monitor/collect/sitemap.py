"""Sitemaps (https://www.sitemaps.org/protocol.html) as feeds: those for news, plain ones, and indexes of them.

A news sitemap says title, date and language of each article. A plain one says where it is and when it was
changed last; what it is called, its page says. An index lists other sitemaps: polling it reads the newest of
them, a few a poll.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from urllib.parse import urlsplit

from lxml import etree

from monitor.collect.dates import EARLIEST, moment
from monitor.errors import FeedError
from monitor.model import Entry, ParsedFeed, Response

ROOTS = frozenset({"urlset", "sitemapindex"})
MAX_ENTRIES = 5_000  # kept of one sitemap, and of one index
MOST_CHILDREN = 3  # sitemaps of an index that are read at a poll
MAX_BYTES = 50_000_000  # of a sitemap, unpacked; the protocol's own limit
_MAX_LISTED = 50_000  # addresses of one sitemap, and sitemaps of one index; the protocol's own limit
_DAY = timedelta(days=1)  # how fine dates without a time are
_NEWS = re.compile(r"news|latest|recent|google[-_]?n", re.I)
_NOT_ARTICLES = re.compile(
    r"image|photo|video|categor|tags?\b|author|users?\b|people|topic|taxonom|keyword|pages?[-_]sitemap|static",
    re.I,
)

# An element's place (local names below the item) and what it holds of an entry.
_Item = dict[str, str]
_HOLDERS = frozenset({"news", "news/publication"})


def read(text: str, root: str, url: str, most: int = MAX_ENTRIES) -> ParsedFeed:
    """The sitemap or index in `text` (well-formed or nearly; `root` is what kind it is).

    At most `most` entries, the newest first. Where nothing is dated they are taken from both ends of the
    document: some publishers write the newest first, some last. Raises FeedError.
    """
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    if root == "sitemapindex":
        children = tuple(_entry(item) for item in _items(text, "sitemap") if item.get("loc"))
        return ParsedFeed(title=host, entries=(), format="sitemap index", children=children)
    items = [item for item in _items(text, "url") if item.get("loc")]
    names = {name for item in items if (name := item.get("news/publication/name"))}
    news = any("news/title" in item or "news/publication_date" in item for item in items)
    return ParsedFeed(
        title=names.pop() if len(names) == 1 else host,
        entries=newest([_entry(item) for item in items], most),
        format="news sitemap" if news else "sitemap",
    )


def _items(text: str, name: str) -> Iterator[_Item]:
    """Every <url> or <sitemap>: the texts in it by the local names on the way to them, the first of each.

    Local names only: namespaces are often wrong or not declared. What images and videos say of themselves
    stands below elements of their own, and so is not taken for what the article says.
    """
    parsing = etree.iterparse(
        io.BytesIO(text.encode("utf-8", "replace")),
        tag=f"{{*}}{name}",
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    listed = 0
    try:
        for _, element in parsing:
            yield _read_item(element)
            element.clear()  # only what it held: the elements left are small
            if (listed := listed + 1) == _MAX_LISTED:
                return
    except etree.XMLSyntaxError as error:
        if not listed:
            raise FeedError(f"a sitemap that cannot be read: {error.msg}") from None


def _read_item(element: etree._Element) -> _Item:
    item: _Item = {}
    waiting = [("", child) for child in reversed(element)]
    while waiting:
        above, child = waiting.pop()
        place = above + _local(child)
        if place in _HOLDERS:
            waiting += [(place + "/", inner) for inner in reversed(child)]
        elif child.text:
            item.setdefault(place, child.text.strip())
    return item


def _local(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2].rpartition(":")[2]


def _entry(item: _Item) -> Entry:
    keywords = [word.strip() for word in item.get("news/keywords", "").split(",")]
    return Entry(
        identity=item["loc"],
        url=item["loc"],
        title=item.get("news/title", ""),
        tags=tuple(word for word in keywords if word),
        language=item.get("news/publication/language") or None,
        published=moment(item.get("news/publication_date", "")),
        updated=moment(item.get("lastmod", "")),
    )


def newest(entries: Sequence[Entry], most: int) -> tuple[Entry, ...]:
    """At most `most` of `entries`, the newest first; of the undated as many of the end as of the beginning."""
    dated = sorted((e for e in entries if _date(e)), key=_date_or_earliest, reverse=True)[:most]
    undated = [e for e in entries if not _date(e)]
    room = most - len(dated)
    if len(undated) > room:
        undated = undated[: (room + 1) // 2] + undated[len(undated) - room // 2 :]
    return (*dated, *undated)


def _date(entry: Entry) -> datetime | None:
    return entry.published or entry.updated


def _date_or_earliest(entry: Entry) -> datetime:
    return _date(entry) or EARLIEST


# --- indexes ---------------------------------------------------------------------------------------


def children_to_read(index: ParsedFeed, good_at: datetime | None) -> list[str]:
    """Which sitemaps of an index are read at this poll: at most MOST_CHILDREN, the newest, news before others.

    Of those that say when they were changed only such as were since the last good poll (`good_at`), by a
    day at least, for many write no time. Lists of pictures and of topics only where there is nothing else.
    """
    since = good_at - _DAY if good_at else EARLIEST
    articles = [child for child in index.children if not _NOT_ARTICLES.search(_path(child))]
    listed = articles or index.children
    changed = [child for child in listed if not child.updated or child.updated >= since]
    return list(dict.fromkeys(child.url for child in sorted(changed, key=_rank) if child.url))[:MOST_CHILDREN]


def _path(child: Entry) -> str:
    return urlsplit(child.url or "").path


def _rank(child: Entry) -> tuple[bool, float, str]:
    path = _path(child)
    changed = (child.updated or EARLIEST).timestamp()
    # Numbered and dated names sort with the newest last where nothing says when they were changed.
    return not _NEWS.search(path), -changed, _descending(path)


def _descending(path: str) -> str:
    """A key under which names are in falling order, numbers by value."""
    padded = re.sub(r"\d+", lambda found: found[0].rjust(12, "0"), path[:300])
    return "".join(chr(0x10FFFF - ord(sign)) for sign in padded) + chr(0x10FFFF)


def request_headers(good_at: datetime | None) -> dict[str, str]:
    """The headers with which a sitemap of an index is asked for: its own validators are not remembered.

    Without them the time of the last good poll stands for a date of its own (RFC 9110, 13.1.3), a day
    earlier, so that one which could not be read then is read now.
    """
    return {"If-Modified-Since": format_datetime(good_at - _DAY, usegmt=True)} if good_at else {}


def is_changed(answer: Response) -> bool:
    """Whether a sitemap of an index answered with something to read. Raises FeedError where it has trouble."""
    if answer.status not in (200, 304):
        raise FeedError(f"{answer.url}, a sitemap of its index, answered {answer.status}")
    return answer.status == 200


def with_children(index: ParsedFeed, read: Iterable[ParsedFeed], most: int = MAX_ENTRIES) -> ParsedFeed:
    """An index with the entries of those of its sitemaps that were read."""
    read = list(read)
    first = {entry.identity: entry for sitemap in reversed(read) for entry in sitemap.entries}
    titles = {sitemap.title for sitemap in read if sitemap.format == "news sitemap"}
    return replace(
        index,
        title=titles.pop() if len(titles) == 1 else index.title,
        entries=newest(list(first.values()), most),
        salvaged="; ".join(dict.fromkeys(s.salvaged for s in read if s.salvaged)) or index.salvaged,
    )


def remembered(answer: Response, index: ParsedFeed, complete: bool) -> Response:
    """The answer of an index as it is to be remembered until the next poll, which asks with its validators.

    Where sitemaps do not say when they were changed, or not all that were asked for could be read
    (`complete`), there is more to learn though the index stays the same; then it is read again in full.
    """
    if complete and all(child.updated for child in index.children):
        return answer
    headers = {k: v for k, v in answer.headers.items() if k not in ("etag", "last-modified")}
    return replace(answer, headers=headers, body=b"")
