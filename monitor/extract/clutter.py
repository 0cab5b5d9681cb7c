"""What the layout of a page says is not its article: cards of other articles, pointers, forms, captions, bylines.

Extractors find the part of a page that holds the most text; where the article is short, the teasers of thirty
others are more text than it. Each rule needs a shape that an article's own paragraphs do not have, and none
takes away what holds the page's headline or most of its text.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any
from urllib.parse import urlsplit

from monitor.text import word_set

_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
_INLINE = word_set("a b big em font i mark small span strong u")
_FEWEST_CARDS = 3  # alike and side by side; two may be the article and its continuation
_LONGEST_CARD = 500  # characters of a headline with its teaser, date and author
_LONGEST_POINTER = 250
_LONGEST_LABELLED = 160  # ... with a date beside it
_LINK_SHARE = 0.6  # of its text
_MENU_SHARE = 0.8
_MOST_BESIDE = 2  # elements
_LONGEST_FORM = 400
_NO_PAGE = ("#", "javascript:", "mailto:", "tel:")
_SENTENCE_END = re.compile(r"[.!?…。！？][\"”’»」』)\]]*\s*$")

# What class and id call what is not the article's text -> the most characters that such a thing has.
_NAMED = (
    (
        re.compile(
            r"caption|(?:img|image|photo|picture|media)[\w-]*?(?:credit|copyright|desc|source)|photo-?by"
            r"|(?:^|[\s_-])credits?(?:$|\s)",
            re.I,
        ),
        400,
    ),
    (
        re.compile(
            r"byline|by-line|(?:^|[\s_-])(?:writer|journalist|reporter)s?(?:$|[\s_-])"
            r"|(?:^|[\s_-])(?:date|time|dt|datetime|date-?stamp|time-?stamp|pub-?date)(?:$|\s)"
            r"|(?:publish|posted|update|modif|article|news|entry|post)(?:ed)?[_-]*(?:on|date|time)(?:$|[\s_-])",
            re.I,
        ),
        160,
    ),
    (
        re.compile(
            r"newsletter|rich-?link|read-?(?:more|also|next)(?:$|[\s_-])|(?:also|more)-?(?:read|on)(?:$|[\s_-])"
            r"|recommend|related|promo(?:$|[\s_-])|(?:^|[\s_-])catcher|feedback|share-?t(?:e?xt)"
            r"|(?:^|[\s_-])copyright",
            re.I,
        ),
        400,
    ),
)
_NAMED_TAGS = ("div", "p", "span", "em", "small", "section", "ul", "dl", "h3", "h4")


def remove(tree: Any, url: str = "") -> None:
    """Take out of `tree` what is not the article of the page at `url`. Linear in the size of the page."""
    own = urlsplit(url).path.rstrip("/") if "[" not in url else ""
    _remove_all(_cards(tree, own))
    _remove_all(_pointers(tree, own))
    _remove_all(_menus(tree))
    _remove_all(_forms(tree))
    _remove_all(_named(tree))


def _remove_all(found: Iterator[Any]) -> None:
    for element in list(found):
        if element.getparent() is not None and not _is_headline(element):
            element.drop_tree()


def _is_headline(element: Any) -> bool:
    """Whether `element` holds a headline, or is a part of one."""
    return next(element.iter("h1"), None) is not None or next(element.iterancestors("h1"), None) is not None


def _size(element: Any) -> int:
    return len(element.text_content().strip())


def _leads_elsewhere(link: Any, own: str) -> bool:
    href = (link.get("href") or "").strip()
    if not href or href.startswith(_NO_PAGE):
        return False
    path = href.partition("?")[0].partition("#")[0].rstrip("/")
    return not own or not path.endswith(own)


def _cards(tree: Any, own: str) -> Iterator[Any]:
    """Boxes alike and side by side, each with one heading that is a link to another page, and little else."""
    headings = [heading for heading in tree.iter(*_HEADINGS) if _heads_a_card(heading, own)]
    if len(headings) < _FEWEST_CARDS:
        return
    held: Counter[Any] = Counter()
    for heading in headings:
        held.update(heading.iterancestors())
    groups: dict[Any, list[Any]] = defaultdict(list)
    for heading in headings:
        box = heading
        while (parent := box.getparent()) is not None and held[parent] == 1:
            box = parent
        groups[box.getparent(), box.tag, box.get("class")].append(box)
    for group in groups.values():
        small = [box for box in group if _size(box) <= _LONGEST_CARD]
        if len(small) >= _FEWEST_CARDS:
            yield from small


def _heads_a_card(heading: Any, own: str) -> bool:
    link = next(heading.iter("a"), None)
    if link is None:
        link = next((above for above in heading.iterancestors() if above.tag == "a"), None)
    return link is not None and _leads_elsewhere(link, own)


def _pointers(tree: Any, own: str) -> Iterator[Any]:
    """Paragraphs that are one link to another page, and no sentence: the headline of another article."""
    for link in tree.iter("a"):
        box = _paragraph_of(link)
        box = _box_around(link) if box is None else box
        if box is None or not _leads_elsewhere(link, own):
            continue
        text = box.text_content().strip()
        if 0 < len(text) <= _LONGEST_POINTER and not _SENTENCE_END.search(text):
            yield box


def _paragraph_of(link: Any) -> Any:
    """The paragraph or box that holds `link` and nothing else."""
    element = link
    while (parent := element.getparent()) is not None:
        if _beside(element, 0) or (parent.text or "").strip() or (element.tail or "").strip():
            return None
        if parent.tag in ("p", "div"):
            return parent
        if parent.tag not in _INLINE:
            return None
        element = parent
    return None


def _box_around(link: Any) -> Any:
    """The box of a link that makes most of its text: beside it stand at most a date or a number."""
    box = link.getparent()
    if box is None or box.tag != "div" or _beside(link, _MOST_BESIDE):
        return None
    size = _size(box)
    return box if size <= _LONGEST_LABELLED and _size(link) >= _LINK_SHARE * size else None


def _beside(element: Any, most: int) -> bool:
    """Whether more than `most` elements stand beside `element`. Counting all of them takes long where it is many."""
    others = chain(element.itersiblings(preceding=True), element.itersiblings())
    return next(islice(others, most, None), None) is not None


def _menus(tree: Any) -> Iterator[Any]:
    """Tables that are links and little else."""
    for table in tree.iter("table"):
        size = _size(table)
        if size <= _LONGEST_POINTER and sum(map(_size, table.iter("a"))) >= _MENU_SHARE * max(1, size):
            yield table


def _forms(tree: Any) -> Iterator[Any]:
    """Boxes that ask for a mail address, with the words that ask."""
    for field in tree.iter("input"):
        if (field.get("type") or "").lower() != "email" and "mail" not in (field.get("name") or "").lower():
            continue
        box = field
        while (parent := box.getparent()) is not None and parent.tag in (
            "form",
            "div",
            "section",
            "label",
            "p",
        ):
            if _size(parent) > min(_LONGEST_FORM, _size(box) + _LONGEST_FORM // 2):
                break
            if next(parent.iter("h1"), None) is not None:
                break
            box = parent
        yield box


def _named(tree: Any) -> Iterator[Any]:
    """What its class or id calls a caption, a byline, a date or a pointer, and is as short as one."""
    most = sum(_size(paragraph) for paragraph in tree.iter("p")) // 2
    for element in tree.iter(*_NAMED_TAGS):
        name = f"{element.get('class') or ''} {element.get('id') or ''}"
        if len(name) < 3:
            continue
        limit = next((longest for pattern, longest in _NAMED if pattern.search(name)), 0)
        if limit and _size(element) <= (min(limit, most) if most else limit):
            yield element
