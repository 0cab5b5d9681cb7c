"""Bytes -> feed: RSS, RDF, Atom, JSON Feed and sitemaps, also where they are damaged. Runs in a worker process.

The order is: charset (monitor.text.charsets), repair (repair.py), then feedparser on clean UTF-8 with a fixed
declaration, or json. HTML in summaries and contents stays as it is; whoever shows it sanitises it.
"""

from __future__ import annotations

import calendar
import io
import re
import zlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape
from time import struct_time
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser

from monitor import text as lines
from monitor.collect import jsonfeed, sitemap
from monitor.collect.dates import EARLIEST, LATEST
from monitor.collect.hubs import first_hub
from monitor.collect.identity import content_identity, fingerprint, told_apart
from monitor.collect.mend import mend_items
from monitor.collect.repair import MAX_ENTRIES, repair
from monitor.errors import FeedError
from monitor.model import Entry, ParsedFeed
from monitor.text.charsets import decode
from monitor.text.scraps import title_text

MAX_FIELD = 200_000  # characters of a summary or content
MAX_TITLE = 500
MAX_KEY = 1_000  # characters of a guid; longer ones are hashed
_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
_PERIODS = {"hourly": 1, "daily": 24, "weekly": 168, "monthly": 720, "yearly": 8760}  # hours
_DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAYS = {name: number for number, name in enumerate(_DAY_NAMES)}
_FORMATS = {
    "rss090": "RSS 0.90",
    "rss091n": "RSS 0.91",
    "rss091u": "RSS 0.91",
    "rss092": "RSS 0.92",
    "rss093": "RSS 0.93",
    "rss094": "RSS 0.94",
    "rss10": "RSS 1.0",
    "rss20": "RSS 2.0",
    "atom01": "Atom 0.1",
    "atom02": "Atom 0.2",
    "atom03": "Atom 0.3",
    "atom10": "Atom 1.0",
    "atom": "Atom",
}
_MEDIA_PREFIX = re.compile(r"xmlns:([A-Za-z_]\w{0,30})\s*=\s*[\"']https?://search\.yahoo\.com/mrss/?[\"']")
_SKIP_HOURS = re.compile(r"<skipHours>(.{0,2000}?)</skipHours>", re.I | re.S)
_SKIP_DAYS = re.compile(r"<skipDays>(.{0,2000}?)</skipDays>", re.I | re.S)
_GZIP = b"\x1f\x8b"
_MAGIC = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "a media file"),
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive"),
    (_GZIP, "compressed data"),
    (b"\x28\xb5\x2f\xfd", "compressed data"),
)


def parse_feed(body: bytes, content_type: str, url: str) -> ParsedFeed:
    """The feed in `body`. Links are resolved against `url`, the address that answered.

    At most MAX_ENTRIES entries, in document order. Raises FeedError where the bytes are no feed.
    """
    try:
        return _parse(body, content_type, url)
    except FeedError as error:
        raise FeedError(f"{url} answered with {error}") from None


def _parse(body: bytes, content_type: str, url: str) -> ParsedFeed:
    if body.startswith(_GZIP):
        body = _unpacked(body)
    if not body.strip(b"\x00 \t\r\n"):
        raise FeedError("an empty body, not a feed")
    for magic, what in _MAGIC:
        if body.startswith(magic):
            raise FeedError(f"{what}, not a feed")
    text, repaired = decode(body, content_type)
    wrong = [repaired] if repaired else []
    if text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        parsed = jsonfeed.read(text, url)
    else:
        document = repair(text)
        wrong += document.wrong
        is_sitemap = document.root in sitemap.ROOTS
        parsed = (
            sitemap.read(document.text, document.root, url) if is_sitemap else _read_xml(document.text, wrong)
        )
    entries = told_apart(_finished(entry, url) for entry in parsed.entries[:MAX_ENTRIES])
    return replace(
        parsed,
        title=lines.one_line(title_text(parsed.title), MAX_TITLE),
        site_url=link(parsed.site_url, url),
        hub=link(parsed.hub, url),
        topic=link(parsed.topic, url),
        language=_language(parsed.language),
        entries=tuple(entries),
        children=tuple(_finished(child, url) for child in parsed.children),
        salvaged="; ".join(wrong) or None,
    )


def _unpacked(body: bytes) -> bytes:
    """What a gzip file holds (sitemaps are served as such). A bomb is noticed while it is unpacked."""
    unpacked, left = bytearray(), body
    while left.startswith(_GZIP):
        unpacking = zlib.decompressobj(wbits=31)
        try:
            unpacked += unpacking.decompress(left, sitemap.MAX_BYTES + 1 - len(unpacked))
        except zlib.error:
            raise FeedError("compressed data that is damaged, not a feed") from None
        if len(unpacked) > sitemap.MAX_BYTES:
            raise FeedError(f"compressed data of more than {sitemap.MAX_BYTES:,} bytes")
        left = unpacking.unused_data
    return bytes(unpacked)


def _read_xml(text: str, wrong: list[str]) -> ParsedFeed:
    document = _tolerant(text)
    if document.bozo:
        wrong.append("ill-formed XML")
        mended = _tolerant(mend_items(text))
        document = mended if len(mended.entries) >= len(document.entries) else document
    if not document.version and not document.entries:
        raise FeedError("XML, but not a feed that can be read")
    head, version = document.feed, str(document.version)
    atom = version.startswith("atom")
    return ParsedFeed(
        title=head.get("title", ""),
        entries=tuple(_entry(item, head, atom) for item in document.entries),
        site_url=head.get("link"),
        language=head.get("language"),
        min_interval=_asked_interval(head),
        skip_hours=_skipped(_SKIP_HOURS.search(text, 0, 50_000), _hour),
        skip_days=_skipped(_SKIP_DAYS.search(text, 0, 50_000), _DAYS.get),
        format=_FORMATS.get(version, "RSS"),
        hub=first_hub(_linked(head, "hub")),
        topic=next(iter(_linked(head, "self")), None),
    )


def _linked(head: Any, relation: str) -> list[str]:
    """Where the feed's own links of a relation point: atom:link, in RSS too."""
    links = (one for one in head.get("links", ()) if relation in str(one.get("rel", "")).lower().split())
    return [one["href"] for one in links if one.get("href")]


def _tolerant(text: str) -> Any:
    return feedparser.parse(
        io.BytesIO((_DECLARATION + _without_captions(text)).encode("utf-8", "replace")),
        sanitize_html=False,
        resolve_relative_uris=False,
        response_headers={"content-type": "application/xml; charset=utf-8"},
    )


def _without_captions(text: str) -> str:
    """Descriptions of media by a name of their own: feedparser takes them for what the article says."""
    for prefix in dict.fromkeys(_MEDIA_PREFIX.findall(text[:20_000])):
        text = re.sub(rf"<(/?){prefix}:description(?:\s[^<>]*)?(?<!/)>", rf"<\1{prefix}:caption>", text)
    return text


def _entry(item: Any, head: Any, atom: bool) -> Entry:
    updated = _date(item.get("updated_parsed") if "updated" in item else None)
    published = _date(item.get("published_parsed") or item.get("created_parsed"))
    return Entry(
        identity=item.get("id") or "",
        url=_target(item),
        title=title_text(item.get("title", "")),
        summary=_markup(item.get("summary_detail") or {"value": _caption(item)}),
        content=max((_markup(part) for part in item.get("content", ())), key=len, default=""),
        authors=tuple(a["name"] for a in item.get("authors", ()) if a.get("name")),
        tags=tuple(t["term"] for t in item.get("tags", ()) if t.get("term")),
        language=item.get("language") or item.get("title_detail", {}).get("language") or head.get("language"),
        published=published if atom else published or updated,  # dc:date is read as an update
        updated=updated,
    )


def _caption(item: Any) -> str:
    """What an item's media say, for an item that says nothing itself."""
    return "" if "content" in item else str(item.get("media_caption", ""))


def _target(item: Any) -> str | None:
    """An entry's link; a guid only where it is an address, whatever its isPermaLink says."""
    target: str | None = item.get("link")
    if target and item.get("guidislink") and target == item.get("id") and not target.startswith("http"):
        target = None
    links = [x for x in item.get("links", ()) if x.get("href")]
    return target or (min(links, key=_remoteness)["href"] if links else None)


def _remoteness(element: Any) -> int:
    """How far what a link leads to is from being the article: the article, something else, its media."""
    relation = str(element.get("rel", "")).rpartition("/")[2]  # RFC 4287 allows names as IANA's addresses
    return {"alternate": 0, "enclosure": 2}.get(relation, 1)


def _markup(part: Any) -> str:
    """A summary or content as HTML, whatever type it was declared with."""
    value = str(part.get("value") or "")
    return escape(value, quote=False) if part.get("type") == "text/plain" and "<" in value else value


def _finished(entry: Entry, base: str) -> Entry:
    """`entry` with bounded, clean fields, its link resolved, its identity and fingerprint decided."""
    title = lines.one_line(entry.title, MAX_TITLE)
    content = lines.clean(entry.content[:MAX_FIELD])
    summary = lines.clean(entry.summary[:MAX_FIELD])
    url = link(entry.url, base)
    if url and url.partition("#")[0] == base:
        url = None  # it points at the feed itself
    guid = lines.one_line(entry.identity, MAX_KEY + 1)
    if len(guid) > MAX_KEY:
        guid = content_identity(entry.identity, "")
    if not url and guid.startswith(("http://", "https://")):
        url = link(guid, base)
    finished = replace(
        entry,
        identity=guid or url or content_identity(title, content or summary),
        url=url,
        title=title,
        content=content if content != summary else "",
        summary=summary,
        authors=_short(entry.authors),
        tags=_short(entry.tags),
        language=_language(entry.language),
    )
    return replace(finished, fingerprint=fingerprint(finished))


def _short(values: Iterable[str]) -> tuple[str, ...]:
    kept = (lines.one_line(title_text(value), 200) for value in list(values)[:50])
    return tuple(dict.fromkeys(value for value in kept if value))


def link(target: str | None, base: str) -> str | None:
    """`target` as an absolute http(s) address, or None where it is none."""
    if not target:
        return None
    try:
        absolute = urljoin(base, "".join(lines.clean(target).split()))
        parts = urlsplit(absolute)
        usable = parts.scheme in ("http", "https") and parts.hostname and len(absolute) <= 2_000
    except ValueError:
        return None
    return absolute if usable else None


def _date(parsed: struct_time | None) -> datetime | None:
    """UTC; a date before 1990 or after 2100 is a mistake of the feed's."""
    if parsed is None:
        return None
    try:
        found = datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return found if EARLIEST <= found < LATEST else None


def _language(tag: str | None) -> str | None:
    """ISO 639 code of a language tag: "en" of "en-US"."""
    code = re.split(r"[-_]", (tag or "").strip().lower())[0]
    return code if code.isalpha() and code.isascii() and len(code) in (2, 3) else None


def _asked_interval(head: Any) -> timedelta | None:
    """What ttl (minutes, RSS 2.0) or sy:updatePeriod / updateFrequency (RSS 1.0 syndication) ask for."""
    ttl = _number(head.get("ttl"))
    if ttl:
        return timedelta(minutes=min(ttl, 525_600))
    period = _PERIODS.get(str(head.get("sy_updateperiod", "")).strip().lower())
    if period:
        return timedelta(hours=period) / (_number(head.get("sy_updatefrequency")) or 1)
    return None


def _number(value: object) -> int:
    digits = str(value or "").strip()
    return int(digits) if digits.isdecimal() and len(digits) < 9 else 0


def _hour(name: str) -> int | None:
    return int(name) % 24 if name.isdecimal() and len(name) <= 2 and int(name) <= 24 else None


def _skipped(found: re.Match[str] | None, number: Any) -> frozenset[int]:
    names = re.findall(r">\s*(\w+)\s*<", found[1]) if found else []
    return frozenset(n for name in names if (n := number(name.lower())) is not None)
