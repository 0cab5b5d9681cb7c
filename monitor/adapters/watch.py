"""Noticing edits of a folder: by looking, so that it works on every file system an operator mounts."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

Stamp = frozenset[tuple[str, int, int]]


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
    """What tells one state of a folder's files from another: names, times, sizes."""
    found: set[tuple[str, int, int]] = set()
    for path in folder.rglob("*") if folder.is_dir() else ():
        try:
            status = path.stat()
        except OSError:
            continue  # deleted while we looked: the next look sees it gone
        if not path.is_dir():
            found.add((str(path), status.st_mtime_ns, status.st_size))
    return frozenset(found)
