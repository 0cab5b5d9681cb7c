"""Paragraphs for pages that have none: text parted by <br>, in the cells of tables that only lay out the page.

Extractors know <p>. What is no paragraph they take for one line, a figure in a table, or nothing.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import Any

from monitor.text import word_set

_BOXES = word_set("article body center div font main section td")
_INLINE = word_set(
    "a abbr acronym b bdi bdo big cite code del dfn em font i ins kbd mark q s samp small span strike strong "
    "sub sup time tt u var"
)
_TABLE_PARTS = ("tbody", "thead", "tfoot", "tr", "td", "th")
_LONG_CELL = 250  # characters; a figure or a name is shorter
_FEWEST_UPDATES = 3
_MOST_LINKED = 0.3  # of the text of updates
_FEWEST_CHARACTERS = 150  # of a box whose line breaks are taken for paragraphs


def restore(tree: Any) -> None:
    """Put the text of `tree` into paragraphs where line breaks or cells do their work. Linear in its size."""
    for table in list(tree.iter("table")):
        if _lays_out(table):
            for part in list(table.iter(*_TABLE_PARTS)):
                part.tag = "div"
            table.tag = "div"
    _join_updates(tree)
    for box in dict.fromkeys(line_break.getparent() for line_break in tree.iter("br")):
        if box.tag in _BOXES and len(box.text_content()) >= _FEWEST_CHARACTERS:
            _part(box)


def _join_updates(tree: Any) -> None:
    """Make one article of many side by side: the updates of a live blog. Teasers are mostly links."""
    groups: dict[Any, list[Any]] = defaultdict(list)
    for update in tree.iter("article"):
        groups[update.getparent(), update.get("class")].append(update)
    for (parent, _), updates in groups.items():
        if len(updates) < _FEWEST_UPDATES or parent is None or parent.tag not in ("div", "main", "section"):
            continue
        size = sum(len(update.text_content()) for update in updates)
        linked = sum(len(link.text_content()) for update in updates for link in update.iter("a"))
        if linked <= _MOST_LINKED * size:
            for update in updates:
                update.tag = "div"
            parent.tag = "article"


def _lays_out(table: Any) -> bool:
    """Whether a table holds paragraphs, tables or long texts, not figures."""
    if next(table.iterdescendants("table", "p", "h1"), None) is not None:
        return True
    return any(len(cell.text_content()) > _LONG_CELL for cell in table.iter("td"))


def _part(box: Any) -> None:
    """Make paragraphs of the runs of text between the line breaks of `box`.

    Where two in a row part its paragraphs, a single one is only a new line within one.
    """
    children = list(box)
    together = {one for one, other in pairwise(children) if _are_together(one, other)}
    if not together and sum(child.tag == "br" for child in children) < 2:
        return
    made: list[Any] = []
    run = _begun(box, made, box.text)
    for before, child in zip([None, *children], children, strict=False):
        line_only = bool(together) and child not in together and before not in together
        if child.tag in _INLINE or (child.tag == "br" and line_only and run is not None):
            run = _begun(box, made, "", force=True) if run is None else run
            run.append(child)
            continue
        tail, child.tail = child.tail, None
        if child.tag != "br":
            made.append(child)
        run = _begun(box, made, tail)
    box.text = None
    box[:] = made


def _are_together(one: Any, other: Any) -> bool:
    return one.tag == other.tag == "br" and not (one.tail or "").strip()


def _begun(box: Any, made: list[Any], text: str | None, *, force: bool = False) -> Any:
    """A new paragraph that begins with `text`, at the end of `made`; none for space alone."""
    if not force and not (text or "").strip():
        return None
    paragraph = box.makeelement("p")
    paragraph.text = text
    made.append(paragraph)
    return paragraph
