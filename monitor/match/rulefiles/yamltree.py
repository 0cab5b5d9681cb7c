"""A YAML document as a tree that knows its places. Refuses what no rule file needs and attackers like.

Scalars stay text: `NO` is the word NO, `12:30` is no number. Aliases, tags, duplicate keys, several
documents, more than MAX_DEPTH levels and more than MAX_SIZE characters are errors.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import events as yaml_events
from ruamel.yaml.error import YAMLError

from monitor.errors import Problem
from monitor.match.rulefiles import yamlevents, yamlsyntax
from monitor.match.rulefiles.yamlsyntax import Fault

MAX_SIZE = 1_000_000
MAX_DEPTH = 20
# What databases, mail and terminals choke on; only an escape ("\\0") can bring it into a value.
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_ENOUGH = 20  # keys that are given twice
_HEX_DIGITS = {"x": 2, "u": 4, "U": 8}  # of an escape in double quotes
_SHOWN = 10_000  # longer lines are not shown with a problem


@dataclass(slots=True)
class Tree:
    """A scalar (`text`), a sequence (`items`) or a mapping (`keys`, `items`), at [start, end) of the file."""

    kind: str  # scalar | list | map
    start: int
    end: int
    text: str = ""
    style: str = ""  # of a scalar: "" ' " | >
    items: list[Tree] = field(default_factory=list)
    keys: list[Tree] = field(default_factory=list)

    def pairs(self) -> Iterator[tuple[Tree, Tree]]:
        return zip(self.keys, self.items, strict=True)

    def get(self, key: str) -> Tree | None:
        return next((value for name, value in self.pairs() if name.text == key), None)

    @property
    def empty(self) -> bool:
        return self.kind == "scalar" and not self.style and self.text in ("", "~", "null", "Null", "NULL")


@dataclass(slots=True)
class Source:
    """A file's text, for saying where in it something is wrong."""

    path: str
    text: str
    _starts: list[int] = field(default_factory=list)

    def line(self, at: int) -> int:
        """The number of the line, from 1, in which code point `at` stands."""
        if not self._starts:
            self._starts = [0, *(found.end() for found in re.finditer("\n", self.text))]
        return bisect_right(self._starts, at)

    def problem(
        self, start: int, message: str, hint: str = "", length: int = 1, level: str = "error"
    ) -> Problem:
        """A problem at code point `start` of the file."""
        first = self.text.rfind("\n", 0, start) + 1
        last = self.text.find("\n", start)
        line = self.text[first : last if last >= 0 else len(self.text)].rstrip("\r")
        column = start - first
        return Problem(
            path=self.path,
            line=self.line(start),
            column=column + 1,
            message=message,
            hint=hint,
            source=line if len(line) <= _SHOWN else "",
            length=max(1, min(length, len(line) - column)),
            level=level,
        )

    def at(self, tree: Tree, message: str, hint: str = "", level: str = "error") -> Problem:
        return self.problem(tree.start, message, hint, tree.end - tree.start, level)

    def within(self, tree: Tree, offset: int, message: str, hint: str = "", length: int = 1) -> Problem:
        """A problem at code point `offset` of the scalar `tree`'s value."""
        return self.problem(self._place(tree, offset), message, hint, length)

    def _place(self, tree: Tree, offset: int) -> int:
        """Where the character at `offset` of a scalar's value stands in the file.

        Quoting, folding and indentation change white space and escapes only: so the n-th visible
        character of the value is the n-th visible character of what was written.
        """
        to_skip = len("".join(tree.text[:offset].split()))
        at = tree.start
        if tree.style in ("|", ">"):
            at = self.text.find("\n", at) + 1 or at
        elif tree.style:
            at += 1
        end = min(tree.end, len(self.text))
        while at < end:
            width, visible = self._written(tree.style, at)
            if visible and not to_skip:
                return at
            to_skip -= visible
            at += width
        return max(tree.start, min(at, end - 1))

    def _written(self, style: str, at: int) -> tuple[int, bool]:
        """With how many characters a scalar's character at `at` is written, and whether it can be seen."""
        sign = self.text[at]
        if style == "'" and self.text[at : at + 2] == "''":
            return 2, True
        if style != '"' or sign != "\\":
            return 1, not sign.isspace()
        letter = self.text[at + 1 : at + 2]
        digits = _HEX_DIGITS.get(letter, 0)
        if digits:
            return 2 + digits, not chr(int(self.text[at + 2 : at + 2 + digits], 16)).isspace()
        return 2, letter not in "nrt \n\t_NLPv"


class _RefusedError(Exception):
    def __init__(self, fault: Fault) -> None:
        self.fault = fault


def read(source: Source) -> tuple[Tree | None, list[Problem]]:
    """The document in `source`, and what is wrong with it; None where nothing can be made of it."""
    if len(source.text) > MAX_SIZE:
        size = f"{len(source.text):,} characters"
        return None, [
            source.problem(0, f"a rule file has at most {MAX_SIZE:,} characters; this one has {size}")
        ]
    problems: list[Problem] = []
    try:
        return _Builder(source, problems).document(), problems
    except _RefusedError as refused:
        return None, [*problems, source.problem(*refused.fault)]
    except YAMLError as error:
        return None, [*problems, source.problem(*yamlsyntax.fault(source.text, error))]


class _Builder:
    """Builds the tree from parser events, one pass, stopping at the first that is refused."""

    def __init__(self, source: Source, problems: list[Problem]) -> None:
        self.source = source
        self.problems = problems
        self.names: dict[int, set[str]] = {}  # of the keys of each mapping, by its id

    def document(self) -> Tree | None:
        root: Tree | None = None
        open_trees: list[Tree] = []
        for event in yamlevents.parse(self.source.text):
            if isinstance(event, yaml_events.DocumentStartEvent) and root is not None:
                hint = "remove this ---"
                raise _RefusedError(Fault(event.start_mark.index, "a rule file is one document", hint, 3))
            if isinstance(event, yaml_events.CollectionEndEvent):
                open_trees.pop().end = event.end_mark.index
                continue
            tree = self._tree(event)
            if tree is None:
                continue
            if open_trees:
                self._add(open_trees[-1], tree)
            else:
                root = tree
            if tree.kind != "scalar":
                open_trees.append(tree)
                if len(open_trees) > MAX_DEPTH:
                    raise _RefusedError(Fault(tree.start, f"nested more than {MAX_DEPTH} deep"))
        return root

    def _tree(self, event: Any) -> Tree | None:
        if isinstance(event, yaml_events.AliasEvent):
            raise _RefusedError(
                yamlsyntax.unquoted(
                    self.source.text, event.start_mark.index, "as aliases do, which rule files have not"
                )
            )
        if not isinstance(event, yaml_events.NodeEvent):
            return None
        start, end = event.start_mark.index, event.end_mark.index
        if event.anchor:
            raise _RefusedError(
                yamlsyntax.unquoted(self.source.text, start, "as anchors do, which rule files have not")
            )
        if getattr(event, "tag", None):
            raise _RefusedError(
                yamlsyntax.unquoted(self.source.text, start, "as tags do, which rule files have not")
            )
        if isinstance(event, yaml_events.ScalarEvent):
            value = str(event.value)
            if _UNSAFE.search(value):
                hint = "write text as it is, without escapes"
                raise _RefusedError(Fault(start, "this holds a control character", hint, end - start))
            return Tree("scalar", start, end, text=value, style=event.style or "")
        return Tree("map" if isinstance(event, yaml_events.MappingStartEvent) else "list", start, end)

    def _add(self, parent: Tree, tree: Tree) -> None:
        if parent.kind == "map" and len(parent.keys) == len(parent.items):
            if tree.kind != "scalar":
                raise _RefusedError(
                    Fault(tree.start, "a key is a word", "quote a value that starts with [ or {")
                )
            names = self.names.setdefault(id(parent), set())
            if len(self.problems) >= _ENOUGH:
                raise _RefusedError(Fault(tree.start, "too many keys are given twice to go on", "", 1))
            if tree.text in names:
                first = next(key for key in parent.keys if key.text == tree.text)
                hint = f"remove one; the other is in line {self.source.line(first.start)}"
                self.problems.append(self.source.at(tree, f"the key {tree.text} is given twice", hint))
            names.add(tree.text)
            parent.keys.append(tree)
        else:
            if parent.kind == "map" and not tree.style and tree.start == tree.end and tree.kind == "scalar":
                tree.start, tree.end = parent.keys[-1].start, parent.keys[-1].end  # nothing has no place
            parent.items.append(tree)
