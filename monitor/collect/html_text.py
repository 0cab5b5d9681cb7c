"""Plain text of the scraps of HTML that feeds carry, for titles and fingerprints. Not a sanitiser."""

from __future__ import annotations

import html
import re

_TAGS = (
    "a|abbr|acronym|b|bdi|bdo|big|blockquote|br|center|cite|code|del|dfn|div|em|figure|font|h[1-6]|hr|i|img|ins"
    "|kbd|li|mark|nobr|ol|p|pre|q|ruby|rt|rp|s|samp|section|small|span|strike|strong|sub|sup|svg|table|tbody|td"
    "|th|time|tr|tt|u|ul|var|video|audio|iframe|input|button|form"
)
_DROPPED = re.compile(
    r"<(script|style)\b[^>]{0,500}>.{0,20000}?(?:</\1\s*>|\Z)|<!--.{0,20000}?-->", re.I | re.S
)
_TAG = re.compile(rf"</?(?:{_TAGS})(?:\s[^<>]*)?/?>", re.I)
_ANY_TAG = re.compile(r"<[/!?]?[a-zA-Z][^<>]*>")
_BREAK = re.compile(r"<(?:/?p|br|/?div|/?li|/?h[1-6]|/?t[dr]|/?blockquote|hr)\b[^<>]*>", re.I)


def title_text(markup: str) -> str:
    """A title's text: known tags out, entities resolved. "Kim <Jong> Un" and "a < b" stay as they are."""
    if "<" in markup:
        markup = _TAG.sub("", _BREAK.sub(" ", _DROPPED.sub(" ", markup)))
    text = html.unescape(markup)
    if text != markup and _TAG.search(text):  # escaped once too often
        return title_text(text)
    return text


def body_text(markup: str) -> str:
    """All the words of `markup`, tags and entities gone; where a block ends there is a space."""
    if "<" in markup:
        markup = _ANY_TAG.sub("", _BREAK.sub(" ", _DROPPED.sub(" ", markup)))
    return html.unescape(markup) if "&" in markup else markup
