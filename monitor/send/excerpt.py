"""The words that matched, in their sentences, cut to what a reader takes in at a glance."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from monitor.model import Article, Span
from monitor.text import clean, sentences

# Overrides and isolates could make a title read backwards to what it says, and spill over its neighbours.
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_SPACES = re.compile(r"\s+")
_LEAD_IN = 90  # characters kept before the first match where a sentence is cut


class Piece(NamedTuple):
    """A run of text, and whether it is what matched."""

    text: str
    marked: bool


Excerpt = tuple[Piece, ...]


def visible(text: str, limit: int = 500) -> str:
    """`text` on one line, without controls or direction overrides, no longer than `limit` characters."""
    line = _tidy(text).strip()
    return line if len(line) <= limit else line[: max(limit - 1, 0)].rstrip() + "…"


def title_pieces(article: Article, spans: Iterable[Span], limit: int = 200) -> Excerpt:
    """The title with its matches marked; "(no title)" where it has none."""
    found = _within(spans, "title", article.title)
    pieces = _cut(article.title, 0, len(article.title), found, limit)
    return pieces if plain(pieces).strip() else (Piece("(no title)", False),)


def excerpts(
    article: Article, spans: Iterable[Span], count: int = 3, limit: int = 360
) -> tuple[Excerpt, ...]:
    """The `count` sentences of the body that hold most matches, in reading order, each cut to `limit`."""
    marks = _within(spans, "body", article.body)
    if not marks or limit <= 0:
        return ()
    held = [(start, end, _inside(marks, start, end)) for start, end in sentences(article.body)]
    best = sorted((s for s in held if s[2]), key=lambda s: (-len(s[2]), s[0]))[:count]
    cut = (_cut(article.body, start, end, found, limit) for start, end, found in sorted(best))
    return tuple(pieces for pieces in cut if pieces)


def matched_words(article: Article, spans: Iterable[Span], count: int = 8) -> tuple[str, ...]:
    """The different words that matched, as they stand in the text, in order of appearance."""
    texts = {"title": article.title, "body": article.body}
    words = (visible(texts[span.field][span.start : span.end], 40) for span in spans if span.field in texts)
    return tuple({word.casefold(): word for word in reversed([w for w in words if w])}.values())[::-1][:count]


def plain(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def _within(spans: Iterable[Span], field: str, text: str) -> list[tuple[int, int]]:
    """The spans of a field, sorted, within its text; neighbours with only a space between are one."""
    found = [(max(s.start, 0), min(s.end, len(text))) for s in spans if s.field == field]
    merged: list[tuple[int, int]] = []
    for first, last in sorted(pair for pair in found if pair[0] < pair[1]):
        if merged and (first <= merged[-1][1] or text[merged[-1][1] : first] in (" ", "\u00a0")):
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def _inside(marks: Sequence[tuple[int, int]], start: int, end: int) -> list[tuple[int, int]]:
    return [(max(first, start), min(last, end)) for first, last in marks if first < end and last > start]


def _cut(text: str, start: int, end: int, marks: Sequence[tuple[int, int]], limit: int) -> Excerpt:
    """Characters [start, end) as pieces, at most `limit` of them, so chosen that the first match shows."""
    first = start
    if end - start > limit and marks and marks[0][1] - start > limit - _LEAD_IN:
        first = max(start, marks[0][0] - min(_LEAD_IN, limit // 3))
    last = min(end, first + limit)
    pieces = [Piece("…", False)] if first > start else []
    at = first
    for mark_start, mark_end in marks:
        left, right = max(mark_start, at), min(mark_end, last)
        if left < right:
            pieces += [Piece(_tidy(text[at:left]), False), Piece(_tidy(text[left:right]), True)]
            at = right
    pieces.append(Piece(_tidy(text[at:last]) + ("…" if last < end else ""), False))
    return tuple(piece for piece in pieces if piece.text)


def _tidy(text: str) -> str:
    return _SPACES.sub(" ", _BIDI.sub("", clean(text)))
