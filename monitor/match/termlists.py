"""The term lists of rule files: named lists of words, phrases and queries, which may use each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from monitor.errors import Problem
from monitor.match import nodes
from monitor.match.query import QueryError, TermList, parse_item
from monitor.match.yamltree import Source, Tree

_LIST_NAME = re.compile(r"[\w-]+")


class Terms(Mapping[str, TermList]):
    """The term lists that a file may use, parsed as they are asked for. Notes which are used."""

    def __init__(
        self, source: Source, tree: Tree | None, problems: list[Problem], lost: bool = False
    ) -> None:
        self.source, self.problems, self.lost = source, problems, lost
        self.used: set[str] = set()
        self.outer: Terms | None = None
        self.trees = self._checked(tree) if tree is not None and not tree.empty else {}
        self.parsed: dict[str, TermList | None] = {}
        self.open: list[str] = []

    def check(self) -> None:
        """Parses every list, so that errors in lists that nothing uses are found too."""
        for name in self.trees:
            if name not in self.parsed:
                self.parsed[name] = self._parse(name)

    def _checked(self, tree: Tree) -> dict[str, Tree]:
        if tree.kind != "map":
            self.problems.append(self.source.at(tree, "terms: holds named lists", "name: [word, a phrase]"))
            return {}
        for key in tree.keys:
            if not _LIST_NAME.fullmatch(key.text):
                self.problems.append(
                    self.source.at(key, f"{key.text!r} cannot name a term list", "letters, digits, - and _")
                )
        return {key.text: value for key, value in tree.pairs()}

    def __iter__(self) -> Iterable[str]:  # type: ignore[override]
        yield from self.trees
        if self.outer is not None:
            yield from (name for name in self.outer.trees if name not in self.trees)

    def __len__(self) -> int:
        return sum(1 for _ in self.__iter__())

    def __getitem__(self, name: str) -> TermList:
        """KeyError where there is no such list, BrokenListError where it has an error of its own."""
        if name not in self.trees:
            if self.lost:
                raise BrokenListError(name)
            if self.outer is None:
                raise KeyError(name)
            return self.outer[name]
        self.used.add(name)
        if name not in self.parsed:
            self.parsed[name] = self._parse(name)
        found = self.parsed[name]
        if found is None:
            raise BrokenListError(name)
        return found

    def _parse(self, name: str) -> TermList | None:
        tree = self.trees[name]
        if name in self.open:
            chain = " -> ".join(f"${each}" for each in (*self.open[self.open.index(name) :], name))
            self.problems.append(self.source.at(tree, f"a term list refers to itself: {chain}"))
            return None
        if tree.kind == "map" or tree.empty or (tree.kind == "list" and not tree.items):
            self.problems.append(
                self.source.at(tree, f"the term list {name} is empty", "name: [word, a phrase]")
            )
            return None
        if len(self.open) >= 20:
            self.problems.append(self.source.at(tree, "term lists are nested more than 20 deep"))
            return None
        self.open.append(name)
        items = [self._item(item) for item in (tree.items if tree.kind == "list" else [tree])]
        self.open.pop()
        return None if None in items else TermList.of(name, tuple(item for item in items if item is not None))

    def _item(self, tree: Tree) -> nodes.Node | None:
        if tree.kind != "scalar" or tree.empty:
            self.problems.append(self.source.at(tree, "an item of a list is a word, a phrase or a query"))
            return None
        try:
            return parse_item(tree.text, self, leading_wildcard=True)
        except QueryError as error:
            self.problems.append(placed(self.source, tree, error))
        except BrokenListError:
            pass  # reported where that list stands
        return None


class BrokenListError(Exception):
    """A query uses a term list that has an error of its own, which is reported there."""


def placed(source: Source, tree: Tree, error: QueryError) -> Problem:
    length = max(1, error.end - error.start)
    return source.within(tree, error.start, error.message, error.hint, length)
