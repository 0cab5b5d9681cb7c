"""What reading rule files gave, kept on disk, so that 100,000 rules need not be read anew at every start.

An entry is filed under the bytes of its rule file and the code that read it; what else the file was read
beside is in the entry (FileReading.uses), and is for the reader to compare. Nothing depends on the cache:
where there is no place for it, or an entry is damaged or not ours, files are read as if it were not there.
"""

from __future__ import annotations

import gc
import hashlib
import importlib.metadata
import json
import os
import stat
import sys
import time
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import platformdirs
import structlog

import monitor
from monitor.match.evaluation.plans import Plan
from monitor.match.rulefiles.reading import FileReading

log = structlog.get_logger(__name__)

MAX_BYTES = 1_000_000_000  # of all entries; those used longest ago go first
UNUSED = 30 * 86_400.0  # seconds after which an entry that nobody asked for goes
_USED_AGAIN = 86_400.0  # seconds after which a use is noted

# The code that decides what a rule file gives, and some more; a test follows its imports. A change to any
# of it makes every entry useless, which costs one slow start after an upgrade.
READING_CODE = ("*.py", "model/*.py", "match/**/*.py")
_LIBRARIES = ("ruamel.yaml", "pyyaml", "google-re2")

Entry = tuple[FileReading, dict[str, Plan]]  # plans by the version of their rule


@cache
def code_digest() -> str:
    """Names the code that reads rule files: ours, its libraries', and Python with its tables of letters."""
    known = hashlib.sha256(f"{sys.version_info[:3]} {unicodedata.unidata_version}".encode())
    for library in _LIBRARIES:
        known.update(f"{library} {importlib.metadata.version(library)}".encode())
    root = Path(monitor.__file__).parent
    for path in sorted(path for pattern in READING_CODE for path in root.glob(pattern)):
        known.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return known.hexdigest()


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the cache belongs: systemd's CacheDirectory=, else the user's own cache."""
    given = environment.get("CACHE_DIRECTORY", "").split(":")[0]
    return (Path(given) if given else Path(platformdirs.user_cache_dir("monitor"))) / "rules"


class RuleCache:
    """The entries in one folder, which is made when there is something to keep."""

    def __init__(self, folder: Path | None = None, max_bytes: int = MAX_BYTES) -> None:
        self.folder = folder or cache_folder()
        self.max_bytes = max_bytes
        self._added = False

    def get(self, kind: str, data_digest: str, path: str) -> Entry | None:
        """What a file of this kind with this content gave, as if it stood at `path`."""
        entry = self._entry(kind, data_digest)
        try:
            if not self._is_ours():
                return None
            with _nothing_collected():
                kept = _unpacked(entry.read_bytes())
                reading = FileReading.load(kept["reading"], path)
                plans = {version: Plan.load(plan) for version, plan in kept["plans"].items()}
            self._note_use(entry)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            log.debug("cached rules are of no use", entry=str(entry), why=repr(error))
            return None
        return reading, plans

    def put(self, kind: str, data_digest: str, reading: FileReading, plans: Mapping[str, Plan]) -> None:
        """Keep what a file of this kind with this content gave; where that cannot be, it is not kept."""
        kept = {
            "reading": reading.dump(),
            "plans": {version: plan.dump() for version, plan in plans.items()},
        }
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self._is_ours():
                return
            with NamedTemporaryFile(dir=self.folder, suffix=".new", delete=False) as file:
                try:
                    file.write(_packed(kept))
                    file.close()
                    Path(file.name).replace(self._entry(kind, data_digest))
                except OSError:
                    Path(file.name).unlink(missing_ok=True)
                    raise
        except OSError as error:
            log.debug("rules are not cached", folder=str(self.folder), why=repr(error))
        else:
            self._added = True

    def tidy(self, now: float | None = None) -> None:
        """Drop what was not used for a month, and what is too much; `now` is in seconds since the epoch.

        Costs nothing where nothing was added since the last time.
        """
        if not self._added:
            return
        self._added = False
        now = time.time() if now is None else now
        found = []
        for path in self.folder.iterdir():
            try:
                status = path.stat()
            except OSError:
                continue  # another program has just dropped it
            found.append((status.st_mtime, status.st_size, path))
        room = self.max_bytes
        for used, size, path in sorted(found, reverse=True):
            room -= size
            if room < 0 or now - used > (UNUSED if path.suffix == ".json" else _USED_AGAIN):
                path.unlink(missing_ok=True)

    def _entry(self, kind: str, data_digest: str) -> Path:
        name = hashlib.sha256(f"{code_digest()} {kind} {data_digest}".encode()).hexdigest()
        return self.folder / f"{name}.json"

    def _is_ours(self) -> bool:
        """Whether nobody else can write here: or somebody could change which rules run."""
        found = self.folder.lstat()
        others = stat.S_IWGRP | stat.S_IWOTH
        return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & others

    @staticmethod
    def _note_use(entry: Path) -> None:
        if time.time() - entry.stat().st_mtime > _USED_AGAIN:
            os.utime(entry)


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Without the search for garbage: there is none in what is loaded, and looking for it takes as long again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _packed(kept: Mapping[str, Any]) -> bytes:
    written = json.dumps(kept, separators=(",", ":")).encode()
    return _checksum(written) + b"\n" + written


def _unpacked(data: bytes) -> Any:
    """What was packed. Raises ValueError where it is damaged."""
    checksum, _, written = data.partition(b"\n")
    if checksum != _checksum(written):
        raise ValueError("its checksum is another")
    return json.loads(written)


def _checksum(written: bytes) -> bytes:
    return hashlib.blake2b(written, digest_size=16).hexdigest().encode()
