"""The term lists of rule files: named lists of words, phrases and queries, which may use each other."""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from monitor.errors import Problem
from monitor.match.language import nodes
from monitor.match.language.query import QueryError, TermList, parse_item
from monitor.match.rulefiles.yamltree import Source, Tree

_ENOUGH = 200  # problems of one file
_LIST_NAME = re.compile(r"[\w-]+")


class Terms(Mapping[str, TermList]):
    """The term lists that a file may use, parsed as they are asked for.

    Notes which of its own are `used`, and what was `asked` of the shared ones: names, and "" where there
    was none of the name, which is a question about all of them.
    """

    def __init__(
        self,
        source: Source,
        tree: Tree | None,
        problems: list[Problem],
        outer: Terms | None = None,
        is_lost: bool = False,
    ) -> None:
        self.source, self.problems, self.outer, self.is_lost = source, problems, outer, is_lost
        self.used: set[str] = set()
        self.asked: set[str] = set()
        self._within: defaultdict[str, set[str]] = defaultdict(set)  # list -> the lists that it names
        self.trees = self._checked(tree) if tree is not None and not tree.empty else {}
        self.parsed: dict[str, TermList | None] = {}
        self.open: list[str] = []

    @classmethod
    def lost(cls) -> Terms:
        """Lists that are not known, because their file cannot be read: each is one with an error."""
        return cls(Source("", ""), None, [], is_lost=True)

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
            if self.is_lost:
                raise BrokenListError(name)
            self.asked.add(name)
            if self.outer is None or not (self.outer.is_lost or name in self.outer.trees):
                self.asked.add("")
                raise KeyError(name)
            return self.outer[name]
        self.used.add(name)
        if self.open:
            self._within[self.open[-1]].add(name)
        if name not in self.parsed:
            self.parsed[name] = self._parse(name)
        found = self.parsed[name]
        if found is None:
            raise BrokenListError(name)
        return found

    def digests(self) -> dict[str, str]:
        """For each list a short text that differs where a query that uses it would be read differently."""
        known: dict[str, str] = {}

        def digest(name: str) -> str:
            if name not in known:
                known[name] = ""  # a list that refers to itself has an error, and is told by its own text
                within = [digest(other) for other in sorted(self._within[name])]
                whole = [_plain(self.trees[name]), self.parsed[name] is None, within]
                known[name] = hashlib.sha256(json.dumps(whole).encode()).hexdigest()[:16]
            return known[name]

        self.check()
        return {name: digest(name) for name in self.trees}

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
        if len(self.problems) > _ENOUGH:
            return None
        if tree.empty and tree.text:
            hint = f"quote it if it is a word: '{tree.text}'"
            self.problems.append(self.source.at(tree, f"{tree.text} is nothing to YAML", hint))
            return None
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


def _plain(tree: Tree) -> object:
    """What stands in `tree`, without where."""
    return [tree.kind, tree.text, tree.empty, *map(_plain, tree.keys), *map(_plain, tree.items)]


class BrokenListError(Exception):
    """A query uses a term list that has an error of its own, which is reported there."""


def placed(source: Source, tree: Tree, error: QueryError) -> Problem:
    length = max(1, error.end - error.start)
    return source.within(tree, error.start, error.message, error.hint, length)
