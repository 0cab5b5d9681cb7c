"""From a query's tree to the operators that find its parts in an article."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, islice

from monitor.match.evaluation import filters
from monitor.match.evaluation import operators as ops
from monitor.match.evaluation.plans import required_words
from monitor.match.evaluation.view import View
from monitor.match.language import nodes
from monitor.match.language.regex import compiled


class Compiler:
    """Turns trees into operators; equal parts become one operator.

    `numbers` tells operators apart: those that see the same article must not share a number.
    """

    def __init__(self, numbers: Iterator[int] | None = None) -> None:
        self._numbers = count() if numbers is None else numbers
        self._made: dict[nodes.Node, ops.Operator] = {}

    @property
    def size(self) -> int:
        """How many operators were made."""
        return len(self._made)

    def operator(self, node: nodes.Node) -> ops.Operator:
        made = self._made.get(node)
        if made is None:
            made = self._made[node] = self._make(node)
        return made

    def span(self, node: nodes.Node) -> ops.SpanOperator:
        made = self.operator(node)
        assert isinstance(made, ops.SpanOperator), "the parser admits span expressions only"
        return made

    def _make(self, node: nodes.Node) -> ops.Operator:
        parts = [self.operator(part) for part in nodes.children(node)]
        number = next(self._numbers)
        match node:
            case nodes.Word(text=text):
                return ops.Token(number, node.field, text)
            case nodes.Fuzzy(text=text, distance=distance):
                return ops.Token(number, node.field, f"{text}~{distance}")
            case nodes.Phrase(words=found, slop=slop):
                if slop:
                    return ops.Sloppy(number, node.field, found, slop)
                return ops.Sequential(number, node.field, found)
            case nodes.Raw(text=content):
                return ops.Characters(number, node.field, ops.exact_text(content))
            case nodes.Regex(pattern=pattern):
                return ops.Characters(number, node.field, _Search(pattern).search)
            case nodes.Near(left=left, right=right):
                make = ops.Apart if node.negated else ops.Proximity
                return make(number, self.span(left), self.span(right), node.distance, node.unit, node.ordered)
            case nodes.First(count=count, part=part):
                return ops.Within(number, self.span(part), count)
            case nodes.AtLeast(count=count, part=part):
                return ops.Often(number, self.span(part), count)
            case nodes.Filter():
                return ops.Fact(number, _Fact(node).holds)
            case nodes.And():
                return ops.All(number, parts)
            case nodes.Or():
                spans = tuple(part for part in parts if isinstance(part, ops.SpanOperator))
                if len(spans) < len(parts):
                    return ops.Some(number, parts, 1)
                return ops.Union(number, spans, [required_words(part) for part in nodes.children(node)])
            case nodes.Of(count=count):
                return ops.Some(number, parts, count)
            case nodes.Not():
                return ops.Complement(number, parts[0])


class _Search:
    """Where an RE2 expression is found in a text."""

    __slots__ = ("pattern",)

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern

    def search(self, text: str) -> ops.Places:
        hits = (hit.span() for hit in compiled(self.pattern).finditer(text))
        return list(islice((hit for hit in hits if hit[0] < hit[1]), ops.MAX_HITS))


class _Fact:
    __slots__ = ("asked",)

    def __init__(self, asked: nodes.Filter) -> None:
        self.asked = asked

    def holds(self, view: View) -> bool:
        return filters.holds(self.asked, view.article, len(view.streams[1].words))
