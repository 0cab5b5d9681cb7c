"""From a feed document's text to one that a strict XML parser reads: what is common and wrong is put right.

Only the text is touched here, in time linear in its length; what cannot be put right is said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from html.entities import html5
from itertools import islice

from monitor.collect import sitemap
from monitor.errors import FeedError
from monitor.text import word_set

MAX_ENTRIES = 5_000  # kept of one document, in its order

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MARKUP = re.compile(r"&|<!\[CDATA\[|<!--")
_REFERENCE = re.compile(r"&(?:#(\d{1,8})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,31}));")
_XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_DOCTYPE = re.compile(r"<!DOCTYPE\b", re.I)
_DOCTYPE_STEP = re.compile(r"[\[\]>\"']|<!--")
_ROOT = re.compile(r"<(?:([A-Za-z_][\w.-]*):)?([A-Za-z_][\w.-]*)(?=[\s/>])")
_FEED_ROOT = re.compile(r"<(?:\w+:)?(?:rss|feed|RDF|urlset|sitemapindex)(?=[\s>])")
_ITEM_END = re.compile(r"</(?:\w+:)?(?:item|entry)\s*>")
_LISTED_END = re.compile(r"</(?:\w+:)?(?:url|sitemap)\s*>")
_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})
_OF_PAGES = word_set(  # with which pages begin that leave out <html>, as they may
    """html head body title meta link base script style noscript div span p a br b i h1 h2 h3 center font table
    form img main article section nav header footer"""
)


@dataclass(frozen=True, slots=True)
class Repaired:
    """XML text that begins with its root element, and what was wrong with it."""

    text: str
    wrong: tuple[str, ...]

    @property
    def root(self) -> str:
        """The local name of the root element."""
        found = _ROOT.match(self.text)
        return found[2] if found else ""


def repair(text: str) -> Repaired:
    """`text` made well-formed as far as that is certain. Raises FeedError where there is no feed in it."""
    wrong: list[str] = []
    text = _without_doctype(_strip_controls(text, wrong), wrong)
    prefix, root, start = _find_root(text, wrong)
    text = _complete(text[start:], f"{prefix}:{root}" if prefix else root, wrong)
    return Repaired(repair_references(text, wrong), tuple(dict.fromkeys(wrong)))


def _strip_controls(text: str, wrong: list[str]) -> str:
    clean = _ILLEGAL.sub("", text)
    if len(clean) != len(text):
        wrong.append("control characters")
    return clean


def _without_doctype(text: str, wrong: list[str]) -> str:
    """Without the document type: entities it declares are never expanded, whatever the XML library does."""
    found = _DOCTYPE.search(text)
    if not found or _FEED_ROOT.search(text, 0, found.start()):
        return text
    depth, quote, at = 0, "", found.end()
    while step := _DOCTYPE_STEP.search(text, at):
        at, mark = step.end(), step[0]
        if mark == "<!--" and not quote:
            end = text.find("-->", at)
            at = len(text) if end < 0 else end + 3
        elif quote:
            quote = "" if mark == quote else quote
        elif mark in "\"'":
            quote = mark
        elif mark == ">" and depth == 0:
            if "<!ENTITY" in text[found.start() : at]:
                wrong.append("declared entities, which are not expanded")
            return text[: found.start()] + text[at:]
        else:
            depth += {"[": 1, "]": -1}.get(mark, 0)
    raise FeedError("a document type that never ends, not a feed")


def _find_root(text: str, wrong: list[str]) -> tuple[str, str, int]:
    """Prefix, local name and place of the root element; junk before it (warnings of scripts) is skipped."""
    at = _after_prologue(text)
    found = _ROOT.match(text, at)
    if not (found and _may_be(found[2])) and (later := _FEED_ROOT.search(text, 0, 20_000)):
        found = _ROOT.match(text, later.start())
        wrong.append("text before the document")
    if not found:
        raise FeedError("something that is neither XML nor JSON, not a feed")
    name = found[2]
    if name.lower() in _ROOTS or name in sitemap.ROOTS:
        return found[1] or "", name, found.start()
    if name.lower() in _OF_PAGES:
        raise FeedError("an HTML page, not a feed")
    raise FeedError(f"XML, but not a feed: its root element is <{name[:40]}>")


def _may_be(root: str) -> bool:
    """Whether a document with this root can be a feed, or says itself what it is instead."""
    return root.lower() in _ROOTS or root in sitemap.ROOTS or root.lower() in ("html", "opml")


def _after_prologue(text: str) -> int:
    """Where the first element may begin: after declarations, processing instructions and comments."""
    at = 0
    while True:
        while at < len(text) and (text[at].isspace() or text[at] == "\ufeff"):
            at += 1
        closer = "?>" if text.startswith("<?", at) else "-->" if text.startswith("<!--", at) else ""
        end = text.find(closer, at) if closer else -1
        if end < 0:
            return at
        at = end + len(closer)


def _complete(text: str, root: str, wrong: list[str]) -> str:
    """`text` up to its root's end and at most MAX_ENTRIES items; a cut-off item is left out, not guessed.

    A sitemap keeps all that it lists: its newest may stand anywhere.
    """
    listing = root.rpartition(":")[2] in sitemap.ROOTS
    ends = (found.end() for found in (_LISTED_END if listing else _ITEM_END).finditer(text))
    kept = list(ends if listing else islice(ends, MAX_ENTRIES))
    end = text.rfind(f"</{root}")
    if not listing and len(kept) == MAX_ENTRIES and _ITEM_END.search(text, kept[-1]):
        wrong.append(f"more than {MAX_ENTRIES:,} entries, the rest left out")
    elif end >= 0:
        return text[: end + len(root) + 2] + ">"
    elif not kept:
        return text  # no whole item; the lenient parser may still find something
    else:
        wrong.append("cut off, the last item left out")
    return text[: kept[-1]] + ("</channel>" if root == "rss" else "") + f"</{root}>"


def repair_references(text: str, wrong: list[str]) -> str:
    """Named HTML entities become characters, bare ampersands &amp;, impossible characters nothing."""
    out, last, at = [], 0, 0
    while found := _MARKUP.search(text, at):
        start, mark = found.start(), found[0]
        if mark != "&":
            end = text.find("]]>" if mark.startswith("<![") else "-->", start)
            if end < 0:
                break
            at = end + 3
            continue
        reference = _REFERENCE.match(text, start)
        at = reference.end() if reference else start + 1
        replacement = _resolve(reference) if reference else "&amp;"
        if replacement is not None:
            if not reference and "bare ampersands" not in wrong:
                wrong.append("bare ampersands")
            out += [text[last:start], replacement]
            last = at
    out.append(text[last:])
    return "".join(out)


def _resolve(reference: re.Match[str]) -> str | None:
    """What to write instead of a character reference, or None where it is fine as it is."""
    decimal, hexadecimal, name = reference.groups()
    if name:
        if name in _XML_NAMES:
            return None
        return escape(html5.get(name + ";") or f"&{name};", quote=False)
    number = int(decimal) if decimal else int(hexadecimal, 16)
    legal = number in (9, 10, 13) or 0x20 <= number <= 0xD7FF or 0xE000 <= number <= 0xFFFD
    return None if legal or 0x10000 <= number <= 0x10FFFF else ""
