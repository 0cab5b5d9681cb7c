"""What the tree promises of itself: which room imports what, how long a module may be, and that it says what it is."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import monitor

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "monitor").rglob("*.py"))
AIM, LONGEST = 300, 400  # lines
# Modules that may be longer, but not grow beyond this. One that has come down to the aim leaves the list.
TOO_LONG = {
    "match/evaluation/operators.py": 560,
    "match/language/query.py": 640,
    "match/rulefiles/rulefile.py": 540,
}

# Where each library with effects may be imported: in these folders, or in modules whose path begins so.
HOMES = {
    "apprise": ("adapters/notifier", "adapters/send_", "adapters/mail.py"),
    "requests": ("adapters/send_",),  # Apprise's client, given our manners there
    "apscheduler": ("daemon.py",),
    "pebble": ("adapters/",),
    "sqlalchemy": ("adapters/store/",),
    "sqlite3": ("adapters/store/", "actions/doctor.py"),  # doctor asks for its version
    "alembic": ("adapters/store/",),
    "aiohttp": ("adapters/", "demo/"),  # the demonstration serves a newsroom
    "smtplib": ("adapters/",),
    "multiprocessing": ("adapters/",),
}
# Other ways to do the same, or to be fooled by bytes; nothing needs them.
BANNED = {"subprocess", "httpx", "urllib.request", "http.client", "ftplib", "pickle", "marshal", "shelve"}
# A stage is a function of values: these would make its answer depend on something else.
SHARED = ("model/", "text/", "toml.py")
STAGES = ("collect/", "extract/", "match/", "relate/", "route/", "send/", *SHARED)
IMPURE = {"asyncio", "os", "pathlib.Path", "random", "secrets", "shutil", "socket", "tempfile", "threading"}
CLOCKS = {"monotonic", "now", "perf_counter", "sleep", "time_ns", "today", "utcnow"}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_bytes(), str(path))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT / "monitor").as_posix()


def imports(module: ast.Module) -> Iterator[str]:
    """Every module that is imported anywhere in `module`, also inside functions."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_imports_run_downwards_only():
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    kept = re.search(r"Contracts: (\d+) kept, 0 broken", done.stdout)
    assert kept, done.stdout
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    assert int(kept[1]) == len(contracts) >= 2


@cache
def imported_by(path: Path) -> frozenset[str]:
    """The libraries that a module imports, by their first name."""
    return frozenset(name.partition(".")[0] for name in imports(tree(path)))


@pytest.mark.parametrize("library", HOMES)
def test_a_library_with_effects_has_one_home(library):
    users = {name_of(path) for path in MODULES if library in imported_by(path)}
    assert users, f"nothing imports {library}; it needs no home"
    assert sorted(user for user in users if not user.startswith(HOMES[library])) == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_is_short_and_says_what_it_is(path):
    source = path.read_text("utf-8")
    module = tree(path)
    length, most = len(source.splitlines()), TOO_LONG.get(name_of(path), LONGEST)
    assert length <= most
    assert name_of(path) not in TOO_LONG or length > AIM, "short again: remove it from TOO_LONG"
    assert ast.get_docstring(module) or not source.strip(), "a module says in a line what it is"
    assert BANNED.isdisjoint(imports(module))


@pytest.mark.parametrize("path", [p for p in MODULES if name_of(p).startswith(STAGES)], ids=name_of)
def test_a_stage_has_no_clock_no_chance_and_no_files(path):
    module = tree(path)
    assert (
        sorted(IMPURE & {part for name in imports(module) for part in (name, name.partition(".")[0])}) == []
    )
    called = [node.func for node in ast.walk(module) if isinstance(node, ast.Call)]
    assert [f.attr for f in called if isinstance(f, ast.Attribute) and f.attr in CLOCKS] == []
    assert [f.id for f in called if isinstance(f, ast.Name) and f.id in ("open", "print", "input")] == []


# What opens connections, under any name of its module; and who may, with what keeps it to where it may go.
OPENERS = {
    "ClientSession": {"adapters/http.py"},  # behind the address guard
    "HttpFetcher": {"app.py"},  # with what the configuration allows
    "TCPConnector": {"adapters/http.py"},
    "create_connection": set(),
    "create_server": set(),
    "open_connection": set(),
    "socket": {"adapters/guard.py", "adapters/systemd.py"},  # the guard's own, and systemd's local one
    "start_server": set(),
    "urlopen": set(),
    "ws_connect": set(),
}


def test_only_one_module_opens_connections_to_the_web():
    """A second way would have no address guard. What sends is Apprise's and its own guard's (send_worker)."""
    found = {opener: set() for opener in OPENERS}
    for path in MODULES:
        if name_of(path).startswith(("demo/", "adapters/send_")):  # the demonstration listens on loopback
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                called = getattr(node.func, "attr", None) or getattr(node.func, "id", None)
                found.get(called, set()).add(name_of(path))
    assert found == OPENERS


def test_every_package_of_the_program_is_importable_from_the_wheel():
    """Each folder with modules is a package: hatchling would take it along, but `import` would not find it."""
    folders = {path.parent for path in MODULES}
    assert sorted(name_of(folder) for folder in folders if not (folder / "__init__.py").exists()) == []


def test_versions_agree():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == monitor.__version__
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    released = [line for line in changes.splitlines() if line.startswith("## ")]
    assert released[0].split()[1] in ("Unreleased", monitor.__version__)
