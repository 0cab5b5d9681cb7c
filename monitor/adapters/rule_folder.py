"""The rule files of a folder as a book of rules, read again only where they changed."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from monitor.adapters.files import decoded, rule_bytes, rule_files
from monitor.adapters.rule_cache import RuleCache
from monitor.errors import Problem, RuleError
from monitor.match.evaluation.plans import Plan, plan_of
from monitor.match.rulefiles.book import assemble, is_shared, read_book
from monitor.match.rulefiles.reading import FileReading, Surroundings
from monitor.match.rules import RuleBook

# A file that was written so shortly before it was read may be written again with the same times.
_SETTLED = 2_000_000_000  # nanoseconds

Progress = Callable[[int, int], object]  # told how many files of how many were read: for showing


def unshown(done: int, of: int) -> None:
    """Progress where nobody watches."""


@dataclass(slots=True)
class _Known:
    """What is known of a file: its state on disk (None where that may not tell it apart), content, reading."""

    stamp: tuple[int, ...] | None
    digest: str
    reading: FileReading | None = None


class RuleFolder:
    """Reads the rules of one folder, again and again. Not for several threads at once."""

    def __init__(self, folder: Path, cache: RuleCache | None = None) -> None:
        """Without a `cache`, only this object remembers."""
        self.folder, self.cache = folder, cache
        self._known: dict[str, _Known] = {}
        self._texts: dict[str, str] = {}  # of what changed, while it is read
        self._plans: dict[str, Plan] = {}
        self.unread = False  # whether a file, or the folder, could not be read the last time

    def read(
        self,
        receivers: frozenset[str] | None = None,
        *,
        keep_trees: Collection[str] = (),
        had_rules: bool = False,
        progress: Progress = unshown,
    ) -> RuleBook:
        """The book as the files are now, the same as `load_rules` gives of them.

        `had_rules` makes an empty folder a mistake: it is what is left where a file system was unmounted.
        `plans` of the book are those that the cache had, of files that had to be looked at.
        """
        paths, unreadable = rule_files(self.folder)
        if not paths and not unreadable and had_rules:
            message = "there is no rule file in this folder any more"
            hint = "to run no rules, leave a file that holds rules: []"
            unreadable = [Problem(str(self.folder), 0, 0, message, hint)]
        self._plans = {}
        try:
            names = [str(path) for path in paths if self._look(path, unreadable)]
            return self._read(names, receivers, unreadable, keep_trees, progress)
        finally:
            self._texts.clear()
            self._plans = {}
            self.unread = bool(unreadable)

    def _look(self, path: Path, unreadable: list[Problem]) -> bool:
        """Notice whether a file changed; False, with a problem, where it cannot be read."""
        known = self._known.get(str(path))
        try:
            stamp = _stamp(path)
            if known is not None and stamp is not None and stamp == known.stamp:
                return True
            data = rule_bytes(path)
            self._texts[str(path)] = decoded(path, data)
        except RuleError as error:
            unreadable += error.problems
            self._known.pop(str(path), None)
            return False
        digest = hashlib.sha256(data).hexdigest()
        if stamp != _stamp(path):
            stamp = None
        same = known is not None and known.digest == digest
        self._known[str(path)] = _Known(stamp, digest, known.reading if known and same else None)
        return True

    def _read(
        self,
        names: Sequence[str],
        receivers: frozenset[str] | None,
        unreadable: list[Problem],
        keep_trees: Collection[str],
        progress: Progress,
    ) -> RuleBook:
        fresh: set[str] = set()

        def text_of(name: str) -> str:
            if name not in self._texts and not self._look_again(name, unreadable):
                raise _VanishedError
            return self._texts[name]

        def recall(name: str, surroundings: Surroundings) -> FileReading | None:
            progress(len(seen), len(names))
            seen.add(name)
            found = self._recall(name, surroundings)
            if found is None:
                fresh.add(name)
            elif not set(keep_trees).isdisjoint(found.ids):
                return None  # read for its trees only: what it gives is known
            return found

        while True:
            seen: set[str] = set()
            try:
                readings = read_book(names, text_of, receivers, unreadable, recall, keep_trees)
                book = assemble(readings, text_of, unreadable)
                break
            except _VanishedError:
                names = [name for name in names if name in self._known]
        progress(len(names), len(names))
        self._known = {reading.path: self._known[reading.path] for reading in readings}
        for reading in readings:
            self._known[reading.path].reading = replace(reading, trees={}) if reading.trees else reading
            if reading.path in fresh:
                self._keep(reading)
        if self.cache is not None:
            self.cache.tidy()
        return replace(book, plans=self._plans)

    def _look_again(self, name: str, unreadable: list[Problem]) -> bool:
        """Read a file that did not change, but whose surroundings did."""
        self._known[name].stamp = None
        return self._look(Path(name), unreadable)

    def _recall(self, name: str, surroundings: Surroundings) -> FileReading | None:
        known = self._known[name]
        if known.reading is not None and known.reading.holds_in(surroundings):
            return known.reading
        if self.cache is None or (found := self.cache.get(_kind(name), known.digest, name)) is None:
            return None
        reading, plans = found
        if not reading.holds_in(surroundings):
            return None
        self._plans |= plans
        return reading

    def _keep(self, reading: FileReading) -> None:
        if self.cache is None:
            return
        versions = {rule.version: rule.query for rule in reading.rules if rule is not None}
        plans = {version: plan_of(query) for version, query in versions.items()}
        self.cache.put(_kind(reading.path), self._known[reading.path].digest, reading, plans)
        self._plans |= plans


def load_folder(
    folder: Path,
    receivers: frozenset[str] | None = None,
    keep_trees: Collection[str] = (),
    progress: Progress = unshown,
) -> RuleBook:
    """Every rule in `folder` with every problem of its files, read with the help of the user's cache.

    None leaves receivers' names unchecked. `keep_trees` as in `load_rules`.
    """
    return RuleFolder(folder, RuleCache()).read(receivers, keep_trees=keep_trees, progress=progress)


class _VanishedError(Exception):
    """A file that was there a moment ago cannot be read any more: the others are put together without it."""


def _kind(name: str) -> str:
    return "shared" if is_shared(name) else "own"


def _stamp(path: Path) -> tuple[int, ...] | None:
    """What tells one state of a file from another; None where an edit might not change it, or it is gone."""
    try:
        found = path.stat()
    except OSError:
        return None
    if time.time_ns() - found.st_mtime_ns < _SETTLED:
        return None
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino, found.st_dev
