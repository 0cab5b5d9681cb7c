"""Noticing edits of a folder: by looking, so that it works on every file system an operator mounts."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

Stamp = frozenset[tuple[str, int, int, int]]


class FolderWatch:
    """Says once that files changed, when they have then been quiet for a second."""

    QUIET = timedelta(seconds=1)

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known = self._last = stamp(folder)
        self._since: datetime | None = None

    def changed(self, now: datetime) -> bool:
        """Whether there was an edit that is over by now. To be asked every second or so."""
        current = stamp(self.folder)
        if current != self._last:
            self._last, self._since = current, now
        if self._since is None or now - self._since < self.QUIET:
            return False
        self._since = None
        changed = current != self._known
        self._known = current
        return changed


def stamp(folder: Path) -> Stamp:
    """What tells one state of a folder's files from another: names, times, sizes, and who may read them."""
    found: set[tuple[str, int, int, int]] = set()
    for path, status in _files(folder):
        found.add((path, status.st_mtime_ns, status.st_size, status.st_mode))
    return frozenset(found)


def seconds_since_edit(folder: Path) -> float:
    """How long ago a file in `folder` was written, by the machine's clock; endless where there is none."""
    newest = max((status.st_mtime for _, status in _files(folder)), default=-math.inf)
    return time.time() - newest


def _files(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Everything below `folder` that is no folder."""
    for place, _, names in os.walk(folder):
        for name in names:
            path = f"{place}/{name}"
            try:
                yield path, Path(path).stat()
            except OSError:
                continue  # deleted while we looked: the next look sees it gone
