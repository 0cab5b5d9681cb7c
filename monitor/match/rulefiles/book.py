"""The book of rules: what the files of a folder say together, and what is wrong only beside each other.

`load_rules` reads texts. `read_book` is for whoever keeps what files gave before: only those are read again
that changed, or whose term lists or receivers did, and the book is the same as if all had been.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from monitor.errors import Problem
from monitor.match.language.nodes import Node
from monitor.match.rulefiles.reading import LIST, FileReading, Surroundings
from monitor.match.rulefiles.rulefile import read_rule_file, read_terms
from monitor.match.rulefiles.termlists import Terms
from monitor.match.rules import Rule, RuleBook

_SHOWN = 300  # longer lines are not shown with a problem
SHARED_TERMS = ("terms.yaml", "terms.yml")

# path and surroundings -> what the file gave when it was read before; None where that does not hold any more
Recall = Callable[[str, Surroundings], FileReading | None]


def load_rules(
    files: Mapping[str, str],
    receivers: frozenset[str] | None = None,
    unreadable: Sequence[Problem] = (),
    keep_trees: Collection[str] = (),
) -> RuleBook:
    """The rules in `files` (path as shown to the user -> text), and all that is wrong with them.

    `receivers` are the names that `alert.to` may use; None leaves them unchecked. `unreadable` are
    problems with files that could not even be read: the rules such a file had go on running.
    `keep_trees` are the ids of rules whose trees are wanted beside their canonical queries.
    """
    readings = read_book(files, files.__getitem__, receivers, unreadable, keep_trees=keep_trees)
    return assemble(readings, files.__getitem__, unreadable)


def read_book(
    paths: Iterable[str],
    text_of: Callable[[str], str],
    receivers: frozenset[str] | None = None,
    unreadable: Sequence[Problem] = (),
    recall: Recall = lambda path, surroundings: None,
    keep_trees: Collection[str] = (),
) -> list[FileReading]:
    """What each file gives, in the order of their paths: recalled where that holds, else read.

    `text_of` is asked for the text of those that have to be read, and of the shared term lists where such
    a file uses them.
    """
    paths = sorted(paths)
    readings: dict[str, FileReading] = {}
    alone = Surroundings(receivers=receivers)
    for path in filter(is_shared, paths):
        readings[path] = recall(path, alone) or read_rule_file(path, text_of(path), alone, None, keep_trees)
    shared = next((reading for reading in readings.values() if reading.opened), None)
    lost = shared is None and (bool(readings) or any(is_shared(problem.path) for problem in unreadable))
    surroundings = Surroundings(shared.lists if shared else {}, lost, receivers)
    terms: Terms | None = None
    for path in paths:
        if path in readings:
            continue
        found = recall(path, surroundings)
        if found is None:
            if terms is None and (shared or lost):
                terms = read_terms(shared.path, text_of(shared.path)) if shared else Terms.lost()
            found = read_rule_file(path, text_of(path), surroundings, terms, keep_trees)
        readings[path] = found
    return [readings[path] for path in paths]


def assemble(
    readings: Sequence[FileReading], text_of: Callable[[str], str], unreadable: Sequence[Problem] = ()
) -> RuleBook:
    """The book of `readings`, in the order of their paths, with the problems that are between them."""
    problems = [*unreadable, *(problem for reading in readings for problem in reading.problems)]
    broken = {(problem.path, "") for problem in unreadable}
    broken |= {(reading.path, rule_id) for reading in readings for rule_id in reading.broken}
    rules: list[Rule] = []
    seen: dict[str, FileReading] = {}
    for reading in readings:
        for index, (rule_id, rule) in enumerate(zip(reading.ids, reading.rules, strict=True)):
            if rule_id and rule_id in seen:
                problems.append(_taken(reading, index, seen[rule_id], text_of))
                broken.add((reading.path, rule_id))
                continue
            seen[rule_id] = reading
            if rule is not None:
                rules.append(rule)
    if not any(problem.level == "error" for problem in problems):
        problems += _unused(readings)
    problems.sort(key=lambda problem: (problem.path, problem.line, problem.column))
    trees: dict[str, Node] = {}
    for reading in readings:
        trees |= reading.trees
    return RuleBook(tuple(rules), tuple(problems), frozenset(broken), trees=trees)


def is_shared(path: str) -> bool:
    """Whether the term lists of this file are for all files."""
    return PurePosixPath(path).name in SHARED_TERMS


def _taken(reading: FileReading, index: int, first: FileReading, text_of: Callable[[str], str]) -> Problem:
    line, column, length = reading.places[index]
    lines = text_of(reading.path).split("\n")
    source = lines[line - 1].rstrip("\r") if line <= len(lines) else ""
    source = source if len(source) <= _SHOWN else ""
    taken = f"the id {reading.ids[index]} is taken"
    where = Problem(first.path, *first.places[first.ids.index(reading.ids[index])][:2], taken).place
    return Problem(reading.path, line, column, taken, f"it is used at {where}", source, length)


def _unused(readings: Sequence[FileReading]) -> list[Problem]:
    used = {key.removeprefix(LIST) for reading in readings for key in reading.uses if key.startswith(LIST)}
    return [
        problem
        for reading in readings
        for name, problem in reading.unused
        if not (is_shared(reading.path) and name in used)
    ]
