"""Plain text of the scraps of HTML that feeds and pages carry: titles, names, what is hashed. Not a sanitiser."""

from __future__ import annotations

import html
import re

from monitor.text import one_line

_TAGS = (
    "a|abbr|acronym|b|bdi|bdo|big|blockquote|br|center|cite|code|del|dfn|div|em|figure|font|h[1-6]|hr|i|img|ins"
    "|kbd|li|mark|nobr|ol|p|pre|q|ruby|rt|rp|s|samp|section|small|span|strike|strong|sub|sup|svg|table|tbody|td"
    "|th|time|title|tr|tt|u|ul|var|video|audio|iframe|noscript|template|input|button|form"
)
_TAG = re.compile(rf"</?(?:{_TAGS})(?:\s[^<>]*)?/?>", re.I)
_ANY_TAG = re.compile(r"<[/!?]?[a-zA-Z][^<>]*>")
_BREAK = re.compile(r"<(?:/?p|br|/?div|/?li|/?h[1-6]|/?t[dr]|/?blockquote|hr)\b[^<>]*>", re.I)
_UNSEEN = re.compile(r"<!--|<(?:script|style|template|noscript|iframe)(?=[\s>])", re.I)
_UNSEEN_END = {
    "<!--": re.compile("-->"),
    "<scr": re.compile("</script\\s*>", re.I),
    "<sty": re.compile("</style\\s*>", re.I),
    "<tem": re.compile("</template\\s*>", re.I),
    "<nos": re.compile("</noscript\\s*>", re.I),
    "<ifr": re.compile("</iframe\\s*>", re.I),
}
_LONGEST_TITLE = 5_000  # characters of markup


def title_text(markup: str) -> str:
    """A title's text: known tags out, entities resolved. "Kim <Jong> Un" and "a < b" stay as they are."""
    markup = markup[:_LONGEST_TITLE]
    for _ in range(2):  # titles are often escaped once too often
        if "<" in markup:
            markup = _TAG.sub("", _BREAK.sub(" ", _without_unseen(markup)))
        text = html.unescape(markup)
        if text == markup or not _TAG.search(text):
            return text
        markup = text
    return _TAG.sub("", markup)


def plain_line(markup: str, limit: int = 500) -> str:
    """As `title_text`, on one clean line of at most `limit` characters: for titles and names."""
    return one_line(title_text(markup) if "<" in markup or "&" in markup else markup, limit)


def body_text(markup: str) -> str:
    """All the words of `markup`, tags and entities gone; where a block ends there is a space."""
    if "<" in markup:
        markup = _ANY_TAG.sub("", _BREAK.sub(" ", _without_unseen(markup)))
    return html.unescape(markup) if "&" in markup else markup


def _without_unseen(markup: str) -> str:
    """Without comments, scripts and styles; one that never ends goes on to the end. Linear in time."""
    kept, at = [], 0
    while found := _UNSEEN.search(markup, at):
        kept.append(markup[at : found.start()])
        end = _UNSEEN_END[found[0][:4].lower()].search(markup, found.end())
        at = end.end() if end else len(markup)
    return " ".join([*kept, markup[at:]])
