"""The mokaccino package (a percolator in Rust) given the same rules, as far as it can express them.

It knows key=value, prefixes and booleans, no text: articles are handed to it as their words, their pairs
of neighbouring words, and the words of their titles. Slop and long phrases become their words or pairs, so
that it finds too much and never too little; `?` it cannot express.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from monitor.match.language import nodes
from monitor.model import Article
from monitor.text import words


def load() -> Any:
    """The package, or None where it is not installed."""
    try:
        import mokaccino
    except ImportError:
        return None
    return mokaccino


class Peer:
    """All rules in one percolator. `same` holds the numbers of those that mean the same there as here."""

    def __init__(self, trees: Iterable[nodes.Node]) -> None:
        self._package = load()
        self._percolator = self._package.Percolator()
        self.same: set[int] = set()
        for number, tree in enumerate(trees):
            query, is_same = self._query(tree)
            self._percolator.add_query_id(query, number)
            if is_same:
                self.same.add(number)

    def document(self, article: Article) -> Any:
        document = self._package.Document()
        title, body = words(article.title), words(article.body)
        for word in dict.fromkeys((*title, *body)):
            document.add_value("w", word)
        for pair in dict.fromkeys((*pairwise(title), *pairwise(body))):
            document.add_value("p", " ".join(pair))
        for word in dict.fromkeys(title):
            document.add_value("t", word)
        return document

    def matching(self, document: Any) -> list[int]:
        return self._percolator.percolate_list(document)

    def _query(self, node: nodes.Node) -> tuple[Any, bool]:
        make = self._package.Query
        match node:
            case nodes.Word(text=text, field=field):
                key = "t" if field == "title" else "w"
                stem, star, rest = text.partition("*")
                if "?" in text:
                    return make.from_kprefix(key, text.partition("?")[0]), False
                if star:
                    return make.from_kprefix(key, stem), not rest
                return make.from_kv(key, text), True
            case nodes.Phrase(words=found, slop=slop):
                if slop:
                    return make.from_and([make.from_kv("w", word) for word in dict.fromkeys(found)]), False
                pairs = [make.from_kv("p", " ".join(pair)) for pair in pairwise(found)]
                return (pairs[0], True) if len(pairs) == 1 else (make.from_and(pairs), False)
            case nodes.Not(part=part):
                query, is_same = self._query(part)
                assert is_same, "the complement of too much would be too little"
                return make.from_not(query), True
            case nodes.And(parts=parts) | nodes.Or(parts=parts):
                found = [self._query(part) for part in parts]
                join = make.from_and if isinstance(node, nodes.And) else make.from_or
                return join([query for query, _ in found]), all(same for _, same in found)
        raise NotImplementedError(node)
