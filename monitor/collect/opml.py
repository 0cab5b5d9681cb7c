"""OPML subscription lists (http://opml.org/spec2.opml): folders become tags, and back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree import ElementTree

from lxml import etree

from monitor.charsets import decode
from monitor.collect.parse import link
from monitor.collect.repair import repair_references
from monitor.errors import InvalidInput, Problem
from monitor.text import one_line

MAX_BYTES = 32_000_000
MAX_FEEDS = 200_000
MAX_DEPTH = 32


@dataclass(frozen=True, slots=True)
class OpmlFeed:
    """One subscription. `tags` are the folders it stood in, the outermost first, then its categories."""

    url: str
    title: str = ""
    tags: tuple[str, ...] = ()


def read_opml(data: bytes, path: str = "OPML") -> list[OpmlFeed]:
    """The feeds of a list, each once, tags of repeats joined. Raises InvalidInput.

    Declared entities are never resolved; what is merely ill-formed (bare ampersands) is put right.
    """
    if len(data) > MAX_BYTES:
        raise _wrong(path, f"larger than {MAX_BYTES // 1_000_000} MB")
    body = _body(data, path)
    found: dict[str, OpmlFeed] = {}
    for outline, folders in _outlines(body, path):
        feed = _feed(outline, folders)
        if feed is None:
            continue
        before = found.get(feed.url)
        found[feed.url] = feed if before is None else _joined(before, feed)
        if len(found) > MAX_FEEDS:
            raise _wrong(path, f"more than {MAX_FEEDS:,} feeds; split the file")
    return list(found.values())


def _wrong(path: str, message: str, line: int = 0) -> InvalidInput:
    return InvalidInput(Problem(path, line, 0, message))


def _body(data: bytes, path: str) -> etree._Element:
    text = repair_references(decode(data)[0], [])
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        recover=True,
        remove_comments=True,
        encoding="utf-8",
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _wrong(path, f"not OPML: {one_line(str(error), 200)}") from None
    if root is None or not isinstance(root.tag, str) or etree.QName(root).localname.lower() != "opml":
        raise _wrong(path, "not OPML: its root element is not <opml>")
    body = next((child for child in root if child.tag == "body"), None)
    if body is None:
        raise _wrong(path, "OPML without a <body>")
    return body


def _outlines(body: etree._Element, path: str) -> Iterable[tuple[etree._Element, tuple[str, ...]]]:
    """Every outline with the names of its folders, in document order, without recursion."""
    waiting: list[tuple[etree._Element, tuple[str, ...]]] = [(child, ()) for child in reversed(body)]
    while waiting:
        outline, folders = waiting.pop()
        if outline.tag != "outline":
            continue
        yield outline, folders
        if len(folders) >= MAX_DEPTH:
            raise _wrong(path, f"folders nested more than {MAX_DEPTH} deep", outline.sourceline or 0)
        inside = (*folders, _name(outline))
        waiting += [(child, inside) for child in reversed(outline)]


def _name(outline: etree._Element) -> str:
    return one_line(outline.get("title") or outline.get("text") or "", 200)


def _feed(outline: etree._Element, folders: tuple[str, ...]) -> OpmlFeed | None:
    target = outline.get("xmlUrl") or outline.get("xmlurl") or outline.get("url", "")
    if outline.get("type", "rss").lower() in ("link", "include") or not (url := link(target, "")):
        return None
    categories = [one_line(part.strip("/ "), 200) for part in outline.get("category", "").split(",")]
    tags = dict.fromkeys(tag for tag in (*folders, *categories) if tag)
    return OpmlFeed(url, _name(outline), tuple(tags))


def _joined(one: OpmlFeed, other: OpmlFeed) -> OpmlFeed:
    return OpmlFeed(one.url, one.title or other.title, tuple(dict.fromkeys((*one.tags, *other.tags))))


def write_opml(feeds: Iterable[OpmlFeed], title: str = "Feeds") -> str:
    """The list as OPML 2.0. A feed stands in the folder of its first tag; the others are its categories."""
    opml = ElementTree.Element("opml", version="2.0")
    ElementTree.SubElement(ElementTree.SubElement(opml, "head"), "title").text = one_line(title)
    body = ElementTree.SubElement(opml, "body")
    folders: dict[str, ElementTree.Element] = {}
    for feed in feeds:
        parent = body
        if feed.tags:
            name = one_line(feed.tags[0])
            parent = folders.setdefault(name, ElementTree.Element("outline", text=name, title=name))
        name = one_line(feed.title or feed.url)
        described = {"type": "rss", "text": name, "title": name, "xmlUrl": feed.url}
        outline = ElementTree.SubElement(parent, "outline", described)
        if feed.tags[1:]:
            outline.set("category", ",".join(one_line(tag.replace(",", " ")) for tag in feed.tags[1:]))
    body.extend(folders.values())
    ElementTree.indent(opml)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(opml, encoding="unicode") + "\n"
