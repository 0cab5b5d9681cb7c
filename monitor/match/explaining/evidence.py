"""What a query finds in one article, clause by clause: whether it holds, and where. For explanations.

The engine asks its operators only as much as a decision needs; here every part of a tree can be asked, and
parts that are no part of it: a phrase's single words, a clause without its field.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from monitor.match.evaluation import operators as ops
from monitor.match.evaluation.compiler import Compiler
from monitor.match.evaluation.view import Stream, View
from monitor.match.language import nodes
from monitor.model import Article, Span


class Place(NamedTuple):
    """The words [start, end) of one text."""

    stream: Stream
    start: int
    end: int


class Evidence:
    """One article, asked about any part of any tree."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.view = View(article)
        self._compiler = Compiler()
        self._words: defaultdict[str, set[str]] = defaultdict(set)
        for word in self.view.text_words:
            self._words[word[0]].add(word)

    def holds(self, node: nodes.Node) -> bool:
        return self._compiler.operator(node).holds(self.view)

    def places(self, node: nodes.Node) -> list[Place]:
        """Where a span expression is found, title first."""
        operator = self._compiler.operator(node)
        assert isinstance(operator, ops.SpanOperator), "the parser admits span expressions only"
        return [
            Place(stream, start, end)
            for stream in self.view.streams
            for start, end in operator.spans(self.view, stream)
        ]

    def spans(self, node: nodes.Node) -> tuple[Span, ...]:
        """The characters of title and body that make `node` hold."""
        marks: ops.Marks = [[] for _ in self.view.streams]
        self._compiler.operator(node).collect(self.view, marks)
        return tuple(
            Span(kind, *place)
            for kind, own in zip(("title", "body"), marks, strict=False)
            for place in sorted(set(own))
        )

    def words_like(self, word: str) -> set[str]:
        """The words of title and body that begin with the same letter."""
        return self._words.get(word[:1], set())

    def shown(self, *places: Place) -> tuple[Span, ...]:
        """The characters of `places`, those in authors' names left out."""
        return tuple(
            Span(stream.kind, *stream.characters(start, end))
            for stream, start, end in places
            if stream.kind in ("title", "body")
        )

    def said(self, place: Place) -> str:
        """The text of a place, as it stands in the article."""
        start, end = place.stream.characters(place.start, place.end)
        return place.stream.text[start:end]
