"""The lead of an article: what stands between its headline and its text, in a box of its own.

Extractors take the box that holds the text, and leave the one above it, which says the most important.
"""

from __future__ import annotations

import re
from typing import Any

_NAMED = re.compile(
    r"stand-?first|sub-?(?:title|head(?:line|ing)?|deck)|second-?title|strap-?line|vorspann|entradilla|bajada|sumario"
    r"|(?:^|[\s_-])(?:dek|deck|chapo|chapeau|lede?|lead|leadtext|intro|kicker-?text|abstract|excerpt|summary|desc"
    r"|description|a_st)(?:$|[\s_-])",
    re.I,
)
_TAGS = ("h1", "h2", "h3", "p", "div", "section", "span", "ul", "strong")
_FARTHEST = 60  # elements after the headline
_SHORTEST, _LONGEST = 25, 600  # characters
_PARAGRAPH = 140  # of a paragraph that is the text's, not its lead


def find(tree: Any) -> list[str]:
    """The lines of the lead, if the page has one below its headline."""
    steps = 0
    headline: Any = None
    for element in tree.iter(*_TAGS):
        if element.tag == "h1":
            headline, steps = element, 0
        elif headline is not None:
            steps += 1
            if _is_named(element) or (element.tag == "h2" and element.getprevious() is headline):
                lines = _lines(element)
                if _SHORTEST <= sum(map(len, lines)) <= _LONGEST:
                    return lines
            if steps > _FARTHEST or (element.tag == "p" and len(element.text_content()) >= _PARAGRAPH):
                return []
    return []


def _is_named(element: Any) -> bool:
    if element.get("itemprop") in ("description", "alternativeHeadline", "alternateName"):
        return True
    name = element.get("class") or element.get("data-name")
    return name is not None and _NAMED.search(name) is not None


def _lines(element: Any) -> list[str]:
    if next(element.iter("a"), None) is not None and element.tag != "p":
        return []
    parts = list(element.iter("li", "p")) or [element]
    return [line for part in parts if (line := " ".join(part.text_content().split()))]


def placed(lines: list[str], text: str) -> str:
    """`text` with the lead before it, unless it holds it."""
    squeezed = "".join(text.split())
    missing = [line for line in lines if "".join(line.split()).lstrip("-–—•")[:80] not in squeezed]
    return "\n".join([*missing, text])
