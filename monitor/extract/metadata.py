"""What a page says of itself: JSON-LD, then OpenGraph and other meta elements. One pass, on a parsed tree."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from monitor.extract.agency import credit_line
from monitor.extract.dates import certainty, parse_date
from monitor.model import Dated
from monitor.text import word_set
from monitor.text.scraps import plain_line


def _list(words: str) -> tuple[str, ...]:
    return tuple(words.split())


_ARTICLE_TYPES = word_set(
    "article newsarticle analysisnewsarticle askpublicnewsarticle backgroundnewsarticle "
    "opinionnewsarticle reportagenewsarticle reviewnewsarticle blogposting liveblogposting report "
    "socialmediaposting discussionforumposting techarticle"
)
_DAY = timedelta(days=1)
_MAX_JSON = 600_000  # characters of one JSON-LD block; real ones hold a hundredth
_MAX_NODES = 400
_PUBLISHED = _list(
    "article:published_time og:article:published_time datepublished article.published publishdate pubdate "
    "dc.date.issued dcterms.issued dcterms.created dc.date dcterms.date sailthru.date parsely-pub-date "
    "publication_date article_date_original cxenseparse:recs:publishtime mediator_published_time date"
)
_MODIFIED = _list(
    "article:modified_time og:article:modified_time og:updated_time datemodified dcterms.modified lastmod"
)
_TITLES = ("og:title", "twitter:title", "headline", "dc.title", "parsely-title", "title")
_DESCRIPTIONS = ("og:description", "description", "twitter:description", "dc.description")
_SITES = ("og:site_name", "application-name", "publisher", "dc.publisher")
_AUTHORS = (
    "author",
    "article:author",
    "parsely-author",
    "dc.creator",
    "dcterms.creator",
    "sailthru.author",
    "byl",
)


@dataclass(slots=True)
class PageMetadata:
    """What was found; empty where the page says nothing."""

    title: str = ""
    site: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    dated: Dated | None = None
    modified: datetime | None = None
    canonical: str = ""
    language: str | None = None
    description: str = ""
    body: str = field(default="", repr=False)  # articleBody of the JSON-LD


def read_metadata(tree: Any) -> PageMetadata:
    """The metadata of a page, from its parsed tree. Structured data comes first: it is about the article."""
    meta = _meta_elements(tree)
    linked = _linked_data(tree)
    told = [_text(linked.get("datePublished")), *(meta.get(name, "") for name in _PUBLISHED)]
    published, dated = _first_date(told)
    return PageMetadata(
        title=_text(linked.get("headline")) or _first(meta, _TITLES),
        site=_first(meta, _SITES[:1])
        or _name(linked.get("publisher"))
        or _first(meta, _SITES[1:]).lstrip("@"),
        authors=_names(linked.get("author")) or _meta_authors(meta),
        published=published,
        dated=dated,
        modified=_first_date(
            [_text(linked.get("dateModified")), *(meta.get(name, "") for name in _MODIFIED)]
        )[0],
        canonical=_canonical(tree) or meta.get("og:url", ""),
        language=_language(tree, meta, linked),
        description=_first(meta, _DESCRIPTIONS) or _text(linked.get("description")),
        body=linked.get("articleBody", ""),
    )


def _meta_elements(tree: Any) -> dict[str, str]:
    """name (lower case) -> content, the first of each."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = (
            element.get("property")
            or element.get("name")
            or element.get("itemprop")
            or element.get("http-equiv")
        )
        content = element.get("content")
        if name and content and not content.isspace():
            found.setdefault(name.lower(), content[:2000])
    return found


def _first(meta: dict[str, str], names: tuple[str, ...]) -> str:
    return next((line for name in names if name in meta and (line := plain_line(meta[name]))), "")


def _first_date(texts: list[str]) -> tuple[datetime | None, Dated | None]:
    """The first that is a date, unless a later one tells the time of that day too."""
    found = [(date, certainty(text, date)) for text in texts if text and (date := parse_date(text))]
    if not found:
        return None, None
    exact = (one for one in found if one[1] is Dated.EXACT and abs(one[0] - found[0][0]) <= _DAY)
    return found[0] if found[0][1] is Dated.EXACT else next(exact, found[0])


def _meta_authors(meta: dict[str, str]) -> tuple[str, ...]:
    named = (_first(meta, (name,)) for name in _AUTHORS)
    return next(
        ((name[:100],) for name in named if name and "://" not in name and not name.startswith("@")), ()
    )


def _canonical(tree: Any) -> str:
    for element in tree.iter("link"):
        if (element.get("rel") or "").lower() == "canonical" and element.get("href"):
            return str(element.get("href"))[:4000].strip()
    return ""


def _language(tree: Any, meta: dict[str, str], linked: dict[str, Any]) -> str | None:
    root = next(tree.iter("html"), None)
    declared = root.get("lang") or root.get("xml:lang") if root is not None else None
    return (
        declared or _text(linked.get("inLanguage")) or meta.get("og:locale") or meta.get("content-language")
    )


# --- JSON-LD ---------------------------------------------------------------------------------------


def _linked_data(tree: Any) -> dict[str, Any]:
    """What is said of the article: by the first object about one, and, where that is silent, by the next ones.

    `articleBody` is the longest text of any of them, updates of a live blog included.
    """
    found: dict[str, Any] = {}
    body = ""
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        for node in filter(_is_article, _nodes(_parsed(script.text or ""))):
            if found and node.get("headline") not in (None, found.get("headline")):
                continue  # another article, of those that are related
            body = max(body, _article_body(node), key=len)
            found = node | {name: value for name, value in found.items() if value}
    return found | {"articleBody": body}


def _article_body(node: dict[str, Any]) -> str:
    """The text of an article, or of the updates of a live blog, newest first as they stand on the page."""
    updates = node.get("liveBlogUpdate")
    parts = [node, *(updates[:_MAX_NODES] if isinstance(updates, list) else [])]
    texts = (part.get("articleBody") for part in parts if isinstance(part, dict))
    return "\n".join(text for text in texts if isinstance(text, str))


def _parsed(text: str) -> Any:
    """The JSON in `text`, or None: broken blocks are common, and meta elements say the same."""
    text = text.strip().removeprefix("<![CDATA[").removesuffix("]]>").rstrip("; \n")
    if not text or len(text) > _MAX_JSON:
        return None
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    """All objects of a document, outermost first, a bounded number."""
    queue = [value]
    for _ in range(_MAX_NODES):
        if not queue:
            return
        node = queue.pop(0)
        if isinstance(node, list):
            queue.extend(node[:50])
        elif isinstance(node, dict):
            yield node
            queue.extend(
                child for key, child in node.items() if key in {"@graph", "mainEntity", "mainEntityOfPage"}
            )


def _is_article(node: dict[str, Any]) -> bool:
    types = node.get("@type")
    return any(
        isinstance(name, str) and name.rpartition("/")[2].lower() in _ARTICLE_TYPES
        for name in (types if isinstance(types, list) else [types])
    )


def _text(value: Any) -> str:
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name")
    return plain_line(value[:4000]) if isinstance(value, str) else ""


def _name(value: Any) -> str:
    name = _text(value)
    return "" if "://" in name else name[:100]


def _names(value: Any) -> tuple[str, ...]:
    """Authors by name; an organisation that signs its own reports is no person, but an agency is its source."""
    values = value[:20] if isinstance(value, list) else [value]
    persons = (
        _name(item)
        for item in values
        if not (isinstance(item, dict) and item.get("@type") == "Organization") or credit_line(_name(item))
    )
    return tuple(dict.fromkeys(name for name in persons if name))
