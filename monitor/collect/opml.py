"""OPML subscription lists (http://opml.org/spec2.opml): folders become tags, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

from lxml import etree

from monitor.collect.discover import unwrapped
from monitor.collect.parse import link
from monitor.collect.repair import repair_references
from monitor.errors import InvalidInput, Problem
from monitor.text import one_line
from monitor.text.charsets import decode

MAX_BYTES = 32_000_000
MAX_FEEDS = 200_000
MAX_DEPTH = 32


@dataclass(frozen=True, slots=True)
class OpmlFeed:
    """One subscription. `tags` are the folders it stood in, the outermost first, then its categories."""

    url: str
    title: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """What a list holds. `refused` says of each feed that nobody could poll why not, in a line."""

    feeds: tuple[OpmlFeed, ...]
    refused: tuple[str, ...]


def read_opml(data: bytes, path: str = "OPML") -> list[OpmlFeed]:
    """The feeds of a list, each once, tags of repeats joined. Raises InvalidInput."""
    return list(read_subscriptions(data, path).feeds)


def read_subscriptions(data: bytes, path: str = "OPML") -> Subscriptions:
    """As `read_opml`, and what of it cannot be polled.

    Declared entities are never resolved; what is merely ill-formed (bare ampersands) is put right, and so
    are addresses such as feed://….
    """
    if len(data) > MAX_BYTES:
        raise _wrong(path, f"larger than {MAX_BYTES // 1_000_000} MB")
    found: list[OpmlFeed] = []
    refused: list[str] = []
    for outline, folders in _outlines(_body(data, path), path):
        attributes = {name.lower(): value for name, value in outline.items()}
        target = _target(attributes)
        if not target:
            continue
        if url := link(unwrapped(target), ""):
            found.append(_feed(url, attributes, folders))
        else:
            refused.append(f"{one_line(target, 200)!r} is no address of a feed")
        if len(found) > MAX_FEEDS:
            raise _wrong(path, f"more than {MAX_FEEDS:,} feeds; split the file")
    return Subscriptions(tuple(joined(found)), tuple(dict.fromkeys(refused)))


def joined(feeds: Iterable[OpmlFeed]) -> list[OpmlFeed]:
    """Each address once, with the first title and all tags that it had."""
    found: dict[str, OpmlFeed] = {}
    for feed in feeds:
        before = found.get(feed.url)
        found[feed.url] = feed if before is None else _joined(before, feed)
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
    if root is None or not isinstance(root.tag, str) or _local(root) != "opml":
        raise _wrong(path, "not OPML: its root element is not <opml>")
    body = next((child for child in root if isinstance(child.tag, str) and _local(child) == "body"), None)
    if body is None:
        raise _wrong(path, "OPML without a <body>")
    return body


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname.lower()


def _outlines(body: etree._Element, path: str) -> Iterable[tuple[etree._Element, tuple[str, ...]]]:
    """Every outline with the names of its folders, in document order, without recursion."""
    waiting: list[tuple[etree._Element, tuple[str, ...]]] = [(child, ()) for child in reversed(body)]
    while waiting:
        outline, folders = waiting.pop()
        if not isinstance(outline.tag, str) or _local(outline) != "outline":
            continue
        yield outline, folders
        if not len(outline):
            continue
        if len(folders) >= MAX_DEPTH:
            raise _wrong(path, f"folders nested more than {MAX_DEPTH} deep", outline.sourceline or 0)
        inside = (*folders, _name({name.lower(): value for name, value in outline.items()}))
        waiting += [(child, inside) for child in reversed(outline)]


def _name(attributes: Mapping[str, str]) -> str:
    return one_line(attributes.get("title") or attributes.get("text") or "", 200)


def _target(attributes: Mapping[str, str]) -> str:
    """The address of the feed that an outline is; "" for folders and for links to what is none."""
    if attributes.get("type", "rss").strip().lower() in ("link", "include"):
        return ""
    return (attributes.get("xmlurl") or attributes.get("url") or "").strip()


def _feed(url: str, attributes: Mapping[str, str], folders: tuple[str, ...]) -> OpmlFeed:
    categories = [one_line(part.strip("/ "), 200) for part in attributes.get("category", "").split(",")]
    tags = dict.fromkeys(tag for tag in (*folders, *categories) if tag)
    name = _name(attributes)
    return OpmlFeed(url, "" if name == url else name, tuple(tags))


def _joined(one: OpmlFeed, other: OpmlFeed) -> OpmlFeed:
    return OpmlFeed(one.url, one.title or other.title, tuple(dict.fromkeys((*one.tags, *other.tags))))


def write_opml(feeds: Iterable[OpmlFeed], title: str = "Feeds") -> str:
    """The list as OPML 2.0. A feed stands in a folder for each of its tags, the first outermost.

    A folder's name may hold what a category's may not, and reads back as the same tags in the same order.
    """
    opml = ElementTree.Element("opml", version="2.0")
    ElementTree.SubElement(ElementTree.SubElement(opml, "head"), "title").text = one_line(title)
    body = ElementTree.SubElement(opml, "body")
    folders: dict[tuple[str, ...], ElementTree.Element] = {(): body}
    for feed in feeds:
        names = [name for tag in feed.tags if (name := one_line(tag, 200))]
        parent = _folder(folders, tuple(dict.fromkeys(names))[: MAX_DEPTH - 1])
        described = {"type": "rss", "text": one_line(feed.title, 200) or feed.url, "xmlUrl": feed.url}
        ElementTree.SubElement(parent, "outline", described)
    ElementTree.indent(opml)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(opml, encoding="unicode") + "\n"


def _folder(
    folders: dict[tuple[str, ...], ElementTree.Element], names: tuple[str, ...]
) -> ElementTree.Element:
    """The folder with these names on the way to it, made where it is not there yet."""
    for depth in range(len(names)):
        path = names[: depth + 1]
        if path not in folders:
            folders[path] = ElementTree.SubElement(folders[path[:-1]], "outline", text=path[-1])
    return folders[names]
