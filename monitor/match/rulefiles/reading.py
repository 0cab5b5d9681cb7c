"""What reading one rule file gave, as a value that can be kept until the file, or what it uses, changes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from monitor.errors import Problem
from monitor.match.language.nodes import Node
from monitor.match.rules import Rule

Place = tuple[int, int, int]  # line, column and length of what is written

# What the reading of a file may depend on beside its own text is named by a key: `$name` is a shared term
# list, `@name` a receiver; the sign alone is all names of the kind, which a "did you mean" is chosen from.
LIST, RECEIVER = "$", "@"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a rule file is read beside: the shared term lists (name -> digest) and the receivers' names.

    `lists_lost` says that there is a file of shared lists that cannot be read. `receivers` None leaves
    their names unchecked.
    """

    lists: Mapping[str, str] = field(default_factory=dict)
    lists_lost: bool = False
    receivers: frozenset[str] | None = None

    def state(self, key: str) -> str:
        """What `key` stands for now, in a form that differs where it would be read differently."""
        kind, name = key[0], key[1:]
        if kind == LIST:
            if self.lists_lost:
                return "lost"
            return self.lists.get(name, "") if name else digest_of(self.lists)
        if self.receivers is None:
            return "known"
        if not name:
            return digest_of(self.receivers)
        return "known" if name in self.receivers else ""


@dataclass(frozen=True, slots=True)
class FileReading:
    """The rules of one file and its problems, apart from what only shows beside other files.

    `ids`, `places` (of the ids) and `rules` go together, a rule each in the order of the file; the id is
    "" and the rule None where they cannot be used. `broken` are the ids of rules that could not be read,
    "" for the whole file. `lists` are the digests of the file's own term lists, `unused` what is to be
    said of those it does not use itself. `uses` is what else was decisive: a key of `Surroundings` and
    its state then. `trees` are those that were asked for. `opened` is False where nothing could be read.
    """

    path: str
    opened: bool = True
    ids: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    rules: tuple[Rule | None, ...] = ()
    problems: tuple[Problem, ...] = ()
    broken: frozenset[str] = frozenset()
    lists: Mapping[str, str] = field(default_factory=dict)
    unused: tuple[tuple[str, Problem], ...] = ()
    uses: Mapping[str, str] = field(default_factory=dict)
    trees: Mapping[str, Node] = field(default_factory=dict, compare=False)

    def holds_in(self, surroundings: Surroundings) -> bool:
        """Whether the file would be read the same beside these."""
        return all(surroundings.state(key) == state for key, state in self.uses.items())

    def dump(self) -> dict[str, Any]:
        """The reading as JSON can hold it, without its path; `FileReading.load` gives it back."""
        return {
            "opened": self.opened,
            "ids": self.ids,
            "places": self.places,
            "rules": [rule and rule.row() for rule in self.rules],
            "problems": [_row(problem) for problem in self.problems],
            "broken": sorted(self.broken),
            "lists": self.lists,
            "unused": [(name, _row(problem)) for name, problem in self.unused],
            "uses": self.uses,
        }

    @classmethod
    def load(cls, kept: Mapping[str, Any], path: str) -> FileReading:
        """The reading that `dump` gave, of a file at `path`.

        Raises KeyError, ValueError, TypeError or AttributeError where `kept` is something else.
        """
        return cls(
            path=path,
            opened=kept["opened"],
            ids=tuple(kept["ids"]),
            places=tuple((line, column, length) for line, column, length in kept["places"]),
            rules=tuple(row and Rule.of_row(row, path) for row in kept["rules"]),
            problems=tuple(Problem(path, *row) for row in kept["problems"]),
            broken=frozenset(kept["broken"]),
            lists=dict(kept["lists"]),
            unused=tuple((name, Problem(path, *row)) for name, row in kept["unused"]),
            uses=dict(kept["uses"]),
        )


def digest_of(names: Iterable[str]) -> str:
    """One short text for a set of names."""
    return hashlib.sha256("\0".join(sorted(names)).encode()).hexdigest()[:16]


_PROBLEM = tuple(each.name for each in fields(Problem) if each.name != "path")


def _row(problem: Problem) -> tuple[Any, ...]:
    return tuple(getattr(problem, name) for name in _PROBLEM)
