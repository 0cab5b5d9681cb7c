"""python -m tests.benchmarks NAME [ARGS]: run one benchmark; without a name, list them."""

from __future__ import annotations

import ast
import importlib
import sys
from pathlib import Path

HERE = Path(__file__).parent


def names() -> dict[str, str]:
    """Every benchmark with the first line of its docstring, read without importing it."""
    found = {}
    for path in sorted(HERE.glob("[a-z]*.py")):
        doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        found[path.stem] = (doc or "").partition("\n")[0]
    return found


def main(argv: list[str]) -> int:
    """0 where the benchmark ran (or says itself otherwise), 2 where there is none of that name."""
    known = names()
    if argv and argv[0] in known:
        benchmark = importlib.import_module(f"tests.benchmarks.{argv[0]}")
        return int(benchmark.main(argv[1:]) or 0)
    width = max(map(len, known), default=0)
    listing = "\n".join(f"  {name:{width}}  {line}" for name, line in known.items())
    wrong = bool(argv) and argv[0] not in ("-h", "--help")
    usage = f"usage: python -m tests.benchmarks NAME [ARGS]\n\n{listing}"
    print(usage, file=sys.stderr if wrong else sys.stdout)
    return 2 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
