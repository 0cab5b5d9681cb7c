"""A page's tree, as the extractor can take it: nothing that parsers or extractors give up on."""

from __future__ import annotations

from itertools import islice
from typing import Any

from lxml import etree
from lxml.html import HTMLParser, document_fromstring

from monitor.errors import ExtractError
from monitor.text import word_set

_CONTROLS = bytes(code for code in (*range(0x20), 0x7F) if code not in b"\t\n\r")
_DEEP = 150  # levels; above 200 trafilatura loses the article
_DEEPER_THAN = etree.XPath("(/" + "*/" * _DEEP + "*)[1]")
_MOST_ROUNDS = 40  # of taking boxes out; libxml2 itself makes at most 2,048 levels of any page
_BOXES = word_set(
    "div section span center font main article table tbody tr td b i em strong a ul li form header"
)
_MOST_ELEMENTS = 20_000  # a live blog of a whole day has half of it
_KEPT_INSIDE = 20  # the innermost boxes on a way down may be the article's own


def parse(text: str) -> Any:
    """The page's tree. Raises ExtractError where it is empty.

    NULs, controls and lone surrogates are gone before the parser sees them: deleting bytes is a tenth of the
    time of cleaning the text, most of which is thrown away anyway.
    """
    # Without huge_tree the parser drops what stands below 255 levels, and what follows 10 MB of script.
    parser = HTMLParser(
        encoding="utf-8",
        collect_ids=False,
        default_doctype=False,
        remove_comments=True,
        remove_pis=True,
        huge_tree=True,
    )
    try:
        tree = document_fromstring(text.encode("utf-8", "ignore").translate(None, _CONTROLS), parser=parser)
    except (etree.ParserError, ValueError) as error:
        raise ExtractError("the page is empty") from error
    return _levelled(tree)


def _levelled(tree: Any) -> Any:
    """`tree` with boxes within boxes within boxes taken out, what they hold left where it was."""
    rounds = 0
    while rounds < _MOST_ROUNDS and (found := _DEEPER_THAN(tree)):
        above = [element for element in found[0].iterancestors() if element.tag in _BOXES]
        for box in above[_KEPT_INSIDE:]:
            box.drop_tag()
        rounds += 1
        if len(above) <= _KEPT_INSIDE:
            break
    if rounds:  # tables that deep are boxes, too, and would be read as figures
        for box in tree.iter("table", "tbody", "tr", "td"):
            box.tag = "div"
    return tree


def cut(tree: Any) -> None:
    """Take out what comes after so many elements that no article reaches there.

    The extractor's time grows with the square of them: 10,000 take half a second, 100,000 a minute.
    """
    last = next(islice(tree.iter(), _MOST_ELEMENTS, None), None)
    while last is not None and (parent := last.getparent()) is not None:
        del parent[parent.index(last) + 1 :]
        last = parent
