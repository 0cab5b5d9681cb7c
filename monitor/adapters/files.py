"""Reading what people write: rule files, and the seeds beside them. What cannot be read is a problem."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from monitor.errors import Problem, RuleError, SeedError

MAX_RULE_BYTES = (
    4_000_000  # the rule reader says "too large" about what is smaller than this and still too large
)
MAX_SEED_BYTES = 5_000_000
_TRIES = 3  # to read a file that is being written
_SUFFIXES = (".yaml", ".yml")


def rule_files(folder: Path) -> tuple[list[Path], list[Problem]]:
    """The rule files of `folder`, in order; or what is wrong with the folder.

    Rule files are *.yaml and *.yml in the folder itself, hidden files and editors' copies excepted.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if _is_rule_file(path.name))
        odd = [path for path in paths if not path.name.isprintable()]
        return [path for path in paths if path not in odd], [_odd(path) for path in odd]
    except OSError as error:
        reason = "there is no such folder" if isinstance(error, FileNotFoundError) else _reason(error)
        hint = "--rules DIR, or rules = in monitor.toml"
        return [], [_problem(folder, f"the rules cannot be read: {reason}", hint)]


def _odd(path: Path) -> Problem:
    """A name that could neither be stored nor shown on one line."""
    shown = path.with_name(path.name.encode("unicode_escape").decode())
    return _problem(shown, "the name of this file holds what cannot be shown", "rename it")


def read_rule_files(folder: Path) -> tuple[dict[str, str], list[Problem]]:
    """The rule files of `folder` (path as shown to the user -> text), and those that cannot be read."""
    files: dict[str, str] = {}
    paths, problems = rule_files(folder)
    for path in paths:
        try:
            files[str(path)] = decoded(path, rule_bytes(path))
        except RuleError as error:
            problems += error.problems
    return files, problems


def rule_bytes(path: Path) -> bytes:
    """The bytes of a rule file. Raises RuleError where it cannot be read."""
    try:
        return _bytes(path, MAX_RULE_BYTES)
    except _UnreadableError as error:
        raise RuleError(_problem(path, error.message, error.hint)) from None


def decoded(path: Path, data: bytes) -> str:
    """The text of a rule file at `path` that holds `data`. Raises RuleError where it is none."""
    try:
        return _decoded(data)
    except _UnreadableError as error:
        raise RuleError(_problem(path, error.message, error.hint, error.line)) from None


def read_seed_file(path: Path) -> bytes:
    """The bytes of a seed file. Raises SeedError where it cannot be read."""
    try:
        return _bytes(path, MAX_SEED_BYTES)
    except _UnreadableError as error:
        raise SeedError(_problem(path, error.message, error.hint)) from None


def seed_stamp(path: Path) -> tuple[int, ...] | None:
    """What tells one state of a seed file from another; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


def _is_rule_file(name: str) -> bool:
    return name.lower().endswith(_SUFFIXES) and not name.startswith((".", "#", "~"))


class _UnreadableError(Exception):
    def __init__(self, message: str, hint: str = "", line: int = 0) -> None:
        super().__init__(message)
        self.message, self.hint, self.line = message, hint, line


class BeingWrittenError(_UnreadableError):
    """A file changes as fast as it is read."""


def _bytes(path: Path, limit: int) -> bytes:
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise _UnreadableError("this is a folder, not a file", "rename it, or move its files up")
        if not stat.S_ISREG(found.st_mode):
            raise _UnreadableError("this is no regular file")
        with path.open("rb") as file:
            data = unchanged_bytes(file, limit + 1)
    except OSError as error:
        raise _UnreadableError(f"this file cannot be read: {_reason(error)}") from None
    if len(data) > limit:
        raise _UnreadableError(f"this file is larger than {limit // 1_000_000} MB")
    return data


def unchanged_bytes(file: BinaryIO, limit: int) -> bytes:
    """What a file holds, at most `limit` bytes, read while nobody wrote to it: half an edit is none.

    Raises BeingWrittenError where somebody always did.
    """
    for _ in range(_TRIES):
        before = os.fstat(file.fileno())
        file.seek(0)
        data = file.read(limit)
        after = os.fstat(file.fileno())
        if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns):
            return data
    raise BeingWrittenError("this file is being written", "it is read again when that is over")


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _UnreadableError("this file is UTF-16", "save it as UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _UnreadableError(
            f"byte {data[error.start]:#x} is not UTF-8", "save the file as UTF-8", line
        ) from None


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _problem(path: Path, message: str, hint: str = "", line: int = 0) -> Problem:
    return Problem(path=str(path), line=line, column=0, message=message, hint=hint)
