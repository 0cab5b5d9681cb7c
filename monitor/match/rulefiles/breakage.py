"""Which rule files are broken, what runs all the same, and how that is said to their owners."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from monitor.errors import Problem
from monitor.match.rulefiles.book import is_shared
from monitor.match.rules import Rule, RuleBook

_MOST_SHOWN = 10  # problems, and rules, of one file


@dataclass(frozen=True, slots=True)
class BrokenFile:
    """A file, or a folder, that cannot be used as it is.

    `kept` are the rules that run in their last good version because of it, `lost` the ids of those that do
    not run, since no version of them was ever good.
    """

    path: str
    problems: tuple[Problem, ...]
    kept: tuple[Rule, ...]
    lost: tuple[str, ...]

    @property
    def owners(self) -> tuple[str, ...]:
        """The owners of the rules that are concerned, each once; "" where one has none."""
        return tuple(dict.fromkeys(rule.owner for rule in self.kept))

    @property
    def headline(self) -> str:
        name = PurePosixPath(self.path).name
        said = f"{name} is broken"
        if self.kept:
            said += f"; {_rules(len(self.kept))} its last good version"
            said = said.replace("runs its", "runs in its").replace("run its", "run in their")
        if self.lost:
            said += f"; {_rules(len(self.lost), 'does not run', 'do not run')}"
        return said

    @property
    def text(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        for problem in self.problems[:_MOST_SHOWN]:
            yield from problem.report().splitlines()
            yield ""
        yield from _more(len(self.problems), "problems; `monitor check` shows them")
        if self.kept:
            yield "In their last good version these rules keep running:"
            yield from (f"  {rule.id} (version {rule.version})" for rule in self.kept[:_MOST_SHOWN])
            yield from _more(len(self.kept), "rules")
            yield ""
        if self.lost:
            yield "These rules do not run, and did not before:"
            yield from (f"  {rule_id}" for rule_id in self.lost[:_MOST_SHOWN])
            yield from _more(len(self.lost), "rules")
            yield ""
        yield "All other rules run as they stand. Once it is mended and saved, it is read again within"
        yield "seconds, and a message like this one says so."


def broken_files(book: RuleBook) -> list[BrokenFile]:
    """Every file with an error, in the order of their paths. `book` is one with the last good versions."""
    problems: dict[str, list[Problem]] = {}
    for problem in book.errors:
        problems.setdefault(problem.path, []).append(problem)
    if not problems:
        return []
    kept: dict[str, list[Rule]] = {path: [] for path in problems}
    lost: dict[str, list[str]] = {path: [] for path in problems}
    for rule in book.rules:
        if rule.id in book.kept:
            for path in _because_of(rule.path, problems):
                kept[path].append(rule)
    running = {rule.id for rule in book.rules}
    for where, rule_id in sorted(book.broken):
        if rule_id and rule_id not in running:
            for path in _because_of(where, problems):
                lost[path].append(rule_id)
    return [
        BrokenFile(path, tuple(found), tuple(kept[path]), tuple(lost[path]))
        for path, found in problems.items()
    ]


def _because_of(path: str, broken: dict[str, list[Problem]]) -> list[str]:
    """Which of the broken files keep rules of the file at `path` from being read: itself, else its folder,
    else the shared term lists. By name, as last good versions are found."""
    own, folder = PurePosixPath(path).name, PurePosixPath(path).parent.name
    for name in (own, folder):
        if found := [other for other in broken if PurePosixPath(other).name == name]:
            return found
    return [other for other in broken if is_shared(other)]


def mended(path: str, rules: Sequence[Rule]) -> tuple[str, str]:
    """Headline and text for a file that is no longer broken; `rules` are all that run."""
    name = PurePosixPath(path).name
    own = [rule for rule in rules if rule.path == path or PurePosixPath(rule.path).parent.as_posix() == path]
    if not own:
        return f"{name} is no longer broken", f"{path} holds no rules now, or is gone; no rule of it runs."
    lines = [f"{path} is read again. Its rules run as they stand:"]
    lines += [f"  {rule.id} (version {rule.version})" for rule in own[:_MOST_SHOWN]]
    lines += _more(len(own), "rules")
    return f"{name} is mended; {_rules(len(own), 'runs as it stands', 'run as they stand')}", "\n".join(lines)


def _rules(count: int, one: str = "runs", many: str = "run") -> str:
    return f"{count} rule{'' if count == 1 else 's'} {one if count == 1 else many}"


def _more(count: int, what: str) -> Iterator[str]:
    if count > _MOST_SHOWN:
        yield f"… and {count - _MOST_SHOWN} more {what}"
