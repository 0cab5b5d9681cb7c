"""The text of the article on a page, as a tree. The only module that loads trafilatura."""

from __future__ import annotations

import functools
import logging
import re
from dataclasses import dataclass
from typing import Any

from lxml import etree
from trafilatura.core import bare_extraction
from trafilatura.metadata import extract_title
from trafilatura.settings import Extractor

from monitor.extract import blocks, clutter, embedded, lead
from monitor.extract.body import Body, tidy
from monitor.extract.html_text import paragraphs
from monitor.extract.tree import cut
from monitor.text import one_line
from monitor.text.scraps import plain_line

# It logs every page without an article as an error; here that is an ExtractError with its reason.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

_SHORTEST_BODY = 40  # characters; less is a caption or a button
_SURELY_ARTICLE = 400  # characters that a page or feed calls its article, and that no teaser has
_SURELY_DRAWN = 200  # characters of a page below which its text may be in the data of its scripts
_SHORTEST_TITLE = 14  # bytes: Han and Hangul say more in less
# What trafilatura takes out in any case, after it has copied it several times, and, before it looks again for more,
# counted as text of the page that it has not found. Structured data has been read by then.
_NO_ARTICLE = ("script", "style", "svg", "template", "nav", "aside", "footer", "select", "iframe", "button")
_FEWEST_CAPTIONS = 4
_MOST_CAPTIONS = 200
_SHORTEST_CAPTION = 40  # characters
_PICTURED_BY = re.compile(
    r"\s*[(\[]?(?:\b(?:photo(?:graph)?s?|picture|image|foto|bild|crédit|фото)\b|写真|사진|图|摄影)"
    r"\s*(?:by\b|[:：/=]).{0,90}$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of an article before its text is looked for; `on_page` and `in_feed` are texts of it."""

    url: str
    title: str
    names: tuple[str, ...]  # its authors, its site, its headline: what lines around the text repeat
    on_page: str
    in_feed: str


def headline(tree: Any) -> str:
    """The headline of a page that does not declare one: the heading that its title repeats, if any."""
    declared = one_line(next((element.text_content() for element in tree.iter("title")), ""))
    for heading in tree.iter("h1", "h2", "h3"):
        text = one_line(heading.text_content())
        if len(text.encode()) >= _SHORTEST_TITLE and text in declared:
            return text
    return plain_line(extract_title(tree) or "")


def find(tree: Any, told: Told) -> Body | None:
    """The article's text, if any; takes `tree` apart.

    What the page's structured data says, or the feed, is taken where the layout gives up less than half of it,
    or something else: another article, or what asks for consent.
    """
    scripts = list(tree.iter("script"))  # they outlive the tree that they are taken out of
    etree.strip_elements(tree, *_NO_ARTICLE, with_tail=False)
    clutter.remove(tree, told.url)
    cut(tree)
    blocks.restore(tree)
    cut(tree)  # line breaks may have become paragraphs, one element two
    above, pictured = lead.find(tree), _gallery(tree)
    found = _tidied(lead.placed(above, _main_text(tree)), told)
    if 2 * len("".join(pictured)) > len(found.text):
        found = _tidied("\n".join(pictured), told)
    if 2 * len(told.on_page) > len(found.text):
        found = _better(found, paragraphs(told.on_page), told)
    if len(found.text) < _SURELY_DRAWN:
        found = _better(found, embedded.article(scripts), told)
    if len(found.text) < _SHORTEST_BODY:
        return None
    if len(told.in_feed) >= _SURELY_ARTICLE and 2 * len(told.in_feed) > len(found.text):
        found = _better(found, paragraphs(told.in_feed), told)
    return found


def _main_text(tree: Any) -> str:
    """What trafilatura finds. Fast mode without comments: on news as good as any (F1 .96), in half the time."""
    document: Any = bare_extraction(tree, options=_options())
    return (document.text or "") if document else ""


@functools.cache
def _options() -> Extractor:
    return Extractor(output_format="python", fast=True, comments=False)


def _tidied(text: str, told: Told) -> Body:
    return tidy(text, told.title, told.names)


def _better(found: Body, other_lines: list[str], told: Told) -> Body:
    other = _tidied("\n".join(other_lines), told)
    size = len(other.text)
    if size > 2 * len(found.text) or (
        size >= _SURELY_ARTICLE and 2 * size > len(found.text) and not _says_the_same(found.text, other.text)
    ):
        return other
    return found


def _says_the_same(found: str, other: str) -> bool:
    """Whether `found` holds a quarter of the paragraphs of `other` or more, judged by a piece of each."""
    pieces = [line[4:28] for line in other.split("\n")[:40] if len(line) >= 28]
    return 4 * sum(piece in found for piece in pieces) >= len(pieces)


def _gallery(tree: Any) -> list[str]:
    """The paragraphs of a page with many pictures, and what stands below each, without who took it."""
    if len(list(tree.iter("figcaption"))) < _FEWEST_CAPTIONS:
        return []
    parts = list(tree.iter("p", "figcaption"))[:_MOST_CAPTIONS]
    texts = (_PICTURED_BY.sub("", one_line(part.text_content())) for part in parts)
    return [text for text in dict.fromkeys(texts) if len(text) >= _SHORTEST_CAPTION]
