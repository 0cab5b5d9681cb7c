"""Rule files to a working index: cold, from a warm cache, and after an edit of one file."""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from monitor.adapters.rule_cache import RuleCache, code_digest
from monitor.adapters.rule_folder import RuleFolder
from monitor.match.engine import Engine
from monitor.match.in_force import Change
from monitor.match.language.nodes import unparse
from monitor.match.rules import RuleBook
from monitor.model import Article
from tests.benchmarks._match_sets import World, trees

AIM = 5.0  # processor seconds from the bytes of 100,000 rules on disk to a working index, warm
RULE = """\
  - id: rule-{n}
    title: What rule {n} looks for
    severity: high
    query: |
      {query}
    alert: {{to: [desk]}}
    tests:
      match: ["A sentence that rule {n} would match, of some length."]
      ignore: ["And one that it would not."]
"""


def write(folder: Path, count: int, files: int) -> None:
    """So many realistic rules, evenly in so many files."""
    world = World(seed=1)
    written: list[list[str]] = [[] for _ in range(files)]
    for n, tree in enumerate(trees("real", count, world)):
        written[n * files // count].append(RULE.format(n=n, query=unparse(tree)))
        if n % 1000 == 0:
            said(f"writing rules: {n:,} of {count:,}")
    for n, rules in enumerate(written):
        (folder / f"rules-{n:04}.yaml").write_text("rules:\n" + "".join(rules), "utf-8")
    said("")


def said(line: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)


def timed(what: Callable[[], Any]) -> tuple[float, Any]:
    """Processor seconds, so that the machine's other work does not count, and the result."""
    began = time.process_time()
    result = what()
    return time.process_time() - began, result


def measure(folder: Path, cache: Path, edit: bool) -> dict[str, float]:
    """In a process of its own: what a start costs, and, with `edit`, what an edit of one file does."""
    code_digest()
    rules = RuleFolder(folder, RuleCache(cache))
    receivers = frozenset({"desk"})
    show: Callable[[int, int], object] = lambda done, of: said(f"reading: {done} of {of} files")  # noqa: E731
    reading, book = timed(lambda: rules.read(receivers, progress=show))
    said("")
    compiling, engine = timed(lambda: Engine(book.rules, book.plans))
    assert not book.errors, book.errors[0]
    assert len(book.rules) == len(engine.rules)
    found = {"reading": reading, "compiling": compiling, "rules": len(book.rules), "memory": memory()}
    return found | (edited(folder, rules, book, engine) if edit else {})


def edited(folder: Path, rules: RuleFolder, book: RuleBook, engine: Engine) -> dict[str, float]:
    """Change one rule of one file, and read and compile again."""
    path = sorted(folder.iterdir())[len(book.rules) % 7]
    written = path.read_text("utf-8")
    path.write_text(written.replace("    alert:", "    exclude: quagga\n    alert:", 1), "utf-8")
    before = {rule.id: rule for rule in book.rules}
    reading, book = timed(lambda: rules.read(frozenset({"desk"})))
    comparing, change = timed(lambda: Change.between(before, book.rules))
    updating, _ = timed(lambda: engine.update(change.fresh, change.gone, book.plans))
    assert len(change.fresh) == 1, "one rule was edited"
    matching, _ = timed(lambda: engine.match(Article(title="", body="A quagga is seen again.")))
    nothing, _ = timed(lambda: rules.read(frozenset({"desk"})))
    path.write_text(written, "utf-8")
    return {
        "reading again": reading,
        "comparing": comparing,
        "updating": updating,
        "first match": matching,
        "reading nothing": nothing,
    }


def memory() -> float:
    """MB that this process took at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def child(folder: Path, cache: Path, *more: str) -> dict[str, float]:
    command = [
        sys.executable,
        "-m",
        "tests.benchmarks.reload",
        "--measure",
        str(folder),
        "--cache",
        str(cache),
        *more,
    ]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks reload", description=__doc__)
    parser.add_argument("--rules", type=int, default=100_000)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--folder", type=Path, help="keep the files here, or use those that are")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--cache", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--edit", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.measure is not None:
        print(json.dumps(measure(options.measure, options.cache, options.edit)))
        return 0
    with tempfile.TemporaryDirectory() as place:
        folder, cache = options.folder or Path(place, "rules"), Path(place, "cache")
        if not folder.exists():
            folder.mkdir(parents=True)
            write(folder, options.rules, options.files)
        return report(folder, cache)


def report(folder: Path, cache: Path) -> int:
    paths = list(folder.iterdir())
    size = sum(path.stat().st_size for path in paths) / 1e6
    cold = child(folder, cache)
    kept = sum(path.stat().st_size for path in cache.iterdir()) / 1e6
    print(
        f"{int(cold['rules']):,} rules in {len(paths)} files, {size:.1f} MB; the cache takes {kept:.1f} MB\n"
    )
    warm = child(folder, cache, "--edit")
    for name, spent in (("cold", cold), ("warm", warm)):
        whole = spent["reading"] + spent["compiling"]
        print(
            f"{name}: {whole:7.2f} s to a working index = {spent['reading']:.2f} s to rules"
            f" + {spent['compiling']:.2f} s to the index; {spent['memory']:.0f} MB at most"
        )
    print(
        f"\nan edit of one rule: {warm['reading again'] * 1000:.0f} ms to read its file and put the book together,"
        f" {warm['comparing'] * 1000:.0f} ms to see what changed,\n  {warm['updating'] * 1000:.1f} ms to change the"
        f" index, {warm['first match'] * 1000:.1f} ms for the first match after it"
        f"\nnothing changed: {warm['reading nothing'] * 1000:.0f} ms to see that"
    )
    aim = AIM * max(warm["rules"] / 100_000, 0.1)
    met = warm["reading"] + warm["compiling"] < aim
    print(f"\nall in processor seconds; aim: under {aim:g} s warm: {'met' if met else 'MISSED'}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
