"""Ill-formed items made well-formed one by one, so that none swallows those after it.

A lenient parser that meets an element which is never closed takes the rest of the feed for its content. Where
an item begins and ends is certain all the same, nearly always.
"""

from __future__ import annotations

import re

from lxml import etree

_START = re.compile(r"<((?:\w+:)?(?:item|entry))(?=[\s>])[^<>]*>")
_NAMESPACE = re.compile(r"xmlns(?::[\w.-]+)?\s*=\s*(?:\"[^\"<]*\"|'[^'<]*')")
_HEAD = 20_000  # characters in which a document declares its namespaces


def mend_items(text: str) -> str:
    """`text` with every item closed that is not well-formed by itself. Linear in its length."""
    starts = list(_START.finditer(text))
    if not starts:
        return text
    declared = " ".join(dict.fromkeys(_NAMESPACE.findall(text[: min(starts[0].start(), _HEAD)])))
    out = [text[: starts[0].start()]]
    for found, following in zip(starts, [*starts[1:], None], strict=True):
        bound = following.start() if following else len(text)
        closing = f"</{found[1]}>"
        end = text.rfind(closing, found.end(), bound)
        end = end + len(closing) if end >= 0 else bound if following else _last(text, found.end())
        out += [_mended(text[found.start() : end], declared), text[end:bound]]
    return "".join(out)


def _last(text: str, after: int) -> int:
    """Where the last item ends that has no end of its own: before its feed's."""
    ends = [at for at in (text.rfind("</channel", after), text.rfind("</rss", after)) if at >= 0]
    return min(ends, default=len(text))


def _mended(item: str, declared: str) -> str:
    wrapped = f"<mend {declared}>{item}</mend>".encode("utf-8", "replace")
    try:
        etree.fromstring(wrapped, _STRICT)
    except etree.XMLSyntaxError:
        root = etree.fromstring(wrapped, _LENIENT)
    else:
        return item
    children = [] if root is None else [child for child in root if isinstance(child.tag, str)]
    return "".join(etree.tostring(child, encoding="unicode", with_tail=False) for child in children)


_STRICT = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, encoding="utf-8")
_LENIENT = etree.XMLParser(
    resolve_entities=False, no_network=True, load_dtd=False, encoding="utf-8", recover=True
)
