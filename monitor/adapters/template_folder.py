"""Reading the operator's templates: the files of one folder, by name."""

from __future__ import annotations

import re
from pathlib import Path

from monitor.adapters.files import decoded, rule_bytes
from monitor.errors import Problem, RuleError
from monitor.send.operator import NONE, Templates

MAX_BYTES = 200_000
MAX_FILES = 100
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_OTHERS = (".md", ".bak", ".orig", ".swp", ".tmp")  # notes and editors' copies


def read_templates(folder: Path | None) -> tuple[Templates, list[Problem]]:
    """The templates in `folder` as they are now, and what of it cannot be read. None is no folder.

    Every file is one, but hidden files, notes (*.md) and editors' copies; folders in it are left alone.
    """
    if folder is None:
        return NONE, []
    try:
        paths = sorted(path for path in folder.iterdir() if _is_template(path))
    except OSError as error:
        reason = (
            "there is no such folder" if isinstance(error, FileNotFoundError) else str(error.strerror).lower()
        )
        said = f"the templates cannot be read: {reason}"
        return NONE, [Problem(str(folder), 0, 0, said, "templates = in monitor.toml, under [alerts]")]
    problems = []
    if len(paths) > MAX_FILES:
        said = f"there are {len(paths)} files in this folder, and at most {MAX_FILES} are read"
        problems.append(Problem(str(folder), 0, 0, said))
    sources = []
    for path in paths[:MAX_FILES]:
        try:
            sources.append((path.name, _text(path)))
        except RuleError as error:
            problems += error.problems
    return Templates(tuple(sources), str(folder)), problems


def _is_template(path: Path) -> bool:
    named = _NAME.fullmatch(path.name) and not path.name.lower().endswith(_OTHERS)
    return bool(named) and not path.is_dir()


def _text(path: Path) -> str:
    data = rule_bytes(path)
    if len(data) > MAX_BYTES:
        raise RuleError(Problem(str(path), 0, 0, f"this template is larger than {MAX_BYTES // 1000} kB"))
    return decoded(path, data)
