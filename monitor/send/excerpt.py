"""The words that matched, in their sentences, cut to what a reader takes in at a glance."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from monitor.model import Article, Span
from monitor.text import clean, sentences

# Overrides and isolates could make a title read backwards to what it says, and spill over its neighbours.
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
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


def preformatted(text: str, width: int = 300) -> list[str]:
    """`text` line by line, its spaces kept so that columns stay columns; else as `visible`."""
    lines = [
        "".join(" " if char.isspace() else char for char in _BIDI.sub("", line)) for line in text.splitlines()
    ]
    lines = [_CONTROL.sub("", line).rstrip() for line in lines]
    return [line if len(line) <= width else line[: max(width - 1, 0)] + "…" for line in lines]


def title_pieces(article: Article, spans: Iterable[Span], limit: int = 200) -> Excerpt:
    """The title with its matches marked; "(no title)" where it has none."""
    marks = _merged(((span.start, span.end) for span in spans if span.field == "title"), article.title)
    pieces = _cut(article.title, 0, len(article.title), marks, limit)
    return pieces if plain(pieces).strip() else (Piece("(no title)", False),)


def excerpts(
    article: Article, spans: Iterable[Span], count: int = 3, limit: int = 360
) -> tuple[Excerpt, ...]:
    """The `count` sentences of the body that hold most matches, in reading order, each cut to `limit`."""
    found = [(span.start, span.end) for span in spans if span.field == "body"]
    if not found or limit <= 0:
        return ()
    places = [(start, end, len(_inside(found, start, end))) for start, end in sentences(article.body)]
    best = sorted((place for place in places if place[2]), key=lambda place: (-place[2], place[0]))[:count]
    marks = _merged(found, article.body)
    cut = (
        _cut(article.body, start, end, _inside(marks, start, end), limit) for start, end, _ in sorted(best)
    )
    return tuple(pieces for pieces in cut if pieces)


def matched_words(article: Article, spans: Iterable[Span], count: int = 8) -> tuple[str, ...]:
    """The different words that matched, as they stand in the text, in order of appearance."""
    texts = {"title": article.title, "body": article.body}
    known = sorted(
        (span for span in spans if span.field in texts), key=lambda s: (s.field != "title", s.start)
    )
    words: dict[str, str] = {}
    for span in known:
        word = visible(texts[span.field][max(span.start, 0) : max(span.end, 0)], 40)
        words.setdefault(word.casefold(), word)
    return tuple(word for word in words.values() if word)[:count]


def plain(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def _merged(found: Iterable[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    """Places within `text`, sorted; neighbours with only a space between are one."""
    inside = ((max(first, 0), min(last, len(text))) for first, last in found)
    merged: list[tuple[int, int]] = []
    for first, last in sorted(place for place in inside if place[0] < place[1]):
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
