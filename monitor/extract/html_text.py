"""The paragraphs of the HTML that feeds give. Linear on hostile input, and needs lxml alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.text import clean, word_set

MAX_HTML = 200_000  # characters of feed content that are read; real ones hold a tenth
_MARKUP = re.compile(r"<[a-zA-Z/!]|&(?:#\w+|\w+);")
_SPACES = re.compile(r"[^\S\n]+")
_BLOCKS = word_set(
    "address article aside blockquote body br center dd details div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol option p pre section summary table tbody "
    "td tfoot th thead tr ul"
)
_SKIPPED = word_set(
    "script style template noscript iframe object embed svg math head title select textarea button canvas "
    "audio video"
)


def paragraphs(content: str) -> list[str]:
    """The paragraphs of a piece of HTML, or of plain text; list items start with "- "."""
    content = clean(content[:MAX_HTML])
    if _MARKUP.search(content) is None:
        return [line for line in (_SPACES.sub(" ", line).strip() for line in content.split("\n")) if line]
    lines = _SPACES.sub(" ", "".join(_pieces(_without_comments(content)))).split("\x01")
    return [line for line in (" ".join(line.split()) for line in lines) if line and line != "-"]


def _without_comments(content: str) -> str:
    """`content` without its comments. Of unclosed ones only the marks go: what follows may be the article."""
    kept, position = [], 0
    while (start := content.find("<!--", position)) >= 0:
        end = content.find("-->", start + 4)
        if end < 0:
            break
        kept.append(content[position:start])
        position = end + 3
    return "".join(kept) + content[position:].replace("<!--", " ")


def _pieces(content: str) -> Iterator[str]:
    """Texts in order, with \\x01 (which cleaned text cannot hold) where a paragraph ends."""
    from lxml import etree
    from lxml import html as lxml_html

    try:
        root = lxml_html.fromstring(
            f"<div>{content}</div>", parser=lxml_html.HTMLParser(remove_comments=True, remove_pis=True)
        )
    except (etree.ParserError, ValueError):
        return
    skipping = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else "script"
        skipping += (event == "start") if tag in _SKIPPED else 0
        if event == "start" and not skipping:
            yield ("\x01- " if tag == "li" else "\x01" if tag in _BLOCKS else "") + (element.text or "")
        elif event == "end":
            skipping -= tag in _SKIPPED
            if not skipping:
                yield ("\x01" if tag in _BLOCKS else "") + (element.tail or "")
