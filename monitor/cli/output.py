"""How commands speak: tables on a terminal, one JSON object a line for programs, errors on one line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from monitor.errors import InvalidInput, MonitorError, Problem
from monitor.send.excerpt import visible
from monitor.text import duration

Item = TypeVar("Item")


def console(*, stderr: bool = False) -> Console:
    """Rich's console: honours NO_COLOR, plain where it is no terminal."""
    return Console(stderr=stderr, highlight=False, soft_wrap=True)


def show(text: str) -> None:
    """A line of text as it is."""
    console().print(escape(text))


def put(text: Text, indent: int = 0, *, hang: int = 0) -> None:
    """A line of rich text; on a terminal folded under itself."""
    out = console()
    if not sys.stdout.isatty():
        out.print(" " * indent, text, sep="")
        return
    # The first line has no hanging indent, so it is folded by itself.
    lines = text.wrap(out, max(out.width - indent, 20))
    first = lines[0] if lines else text
    rest = text[len(text.plain) - len(text.plain[len(first.plain) :].lstrip()) :]
    first.rstrip()
    out.print(" " * indent, first, sep="")
    for part in rest.wrap(out, max(out.width - indent - hang, 20)) if rest.plain.strip() else ():
        part.rstrip()
        out.print(" " * (indent + hang), part, sep="")


def print_json(rows: Iterable[Mapping[str, Any]]) -> None:
    """One object a line, times in ISO 8601."""
    for row in rows:
        sys.stdout.write(json.dumps(row, ensure_ascii=False, default=_plain) + "\n")


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, tuple | set | frozenset):
        return list(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> None:
    """A table; `empty` says what it means that there is nothing."""
    shown = [[_cell(cell) for cell in row] for row in rows]
    if not shown:
        console(stderr=True).print(escape(empty), style="dim")
        return
    if not sys.stdout.isatty():
        for row in shown:
            sys.stdout.write("\t".join(cell.replace("\t", " ") for cell in row) + "\n")
        return
    out = Console(highlight=False)
    widths = [max(cell_len(text) for text in column) for column in zip(columns, *shown, strict=True)]
    if sum(widths[:-1]) + 2 * len(widths) + min(widths[-1], _READABLE) > out.width:
        _print_stacked(columns, shown, widths)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, name in enumerate(columns):
        table.add_column(name, no_wrap=number < len(columns) - 1)
    for row in shown:
        table.add_row(*(escape(cell) for cell in row))
    out.print(table)


def _print_stacked(columns: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]) -> None:
    """A table too wide for its terminal: the first and the narrow columns in a line, the others below it."""
    beside = [number for number, width in enumerate(widths) if number == 0 or width <= _NARROW]
    below = [number for number in range(len(columns)) if number not in beside]

    def line(cells: Sequence[str]) -> str:
        return "  ".join(set_cell_size(cells[n], widths[n]) for n in beside).rstrip()

    out = console()
    out.print(line(columns), style="bold", markup=False)
    for row in rows:
        out.print(line(row), markup=False)
        for number in below:
            if row[number]:
                out.print(f"    {row[number]}", markup=False)


_READABLE = 30  # characters: the last column may be folded to as few as these
_LONGEST = 2_000  # characters: a cell is a line, not a text
_NARROW = 21  # characters: a time, a state, the id of a rule


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, timedelta):
        return duration(value)
    return visible(str(value), _LONGEST)


def count(number: int, what: str) -> str:
    """`1 feed`, `2 feeds`."""
    return f"{number} {what}" + ("" if number == 1 else "s")


def ago(moment: datetime | None, now: datetime) -> str:
    return "never" if moment is None else f"{duration(now - moment)} ago"


def progress(items: Iterable[Item], total: int, what: str) -> Iterator[Item]:
    """`items` as they come, with a bar on a terminal's stderr that goes away at the end."""
    err = console(stderr=True)
    if not err.is_terminal:
        yield from items
        return
    from rich.progress import track

    yield from track(items, what, total=total, console=err, transient=True)


def report(error: MonitorError) -> None:
    """An expected error: one line, or each problem with its place and caret."""
    err = console(stderr=True)
    if isinstance(error, InvalidInput):
        for problem in error.problems:
            print_problem(problem)
    else:
        err.print(f"[bold red]error:[/] {escape(str(error))}")


def print_problem(problem: Problem) -> None:
    """A problem as compilers show it; errors red, warnings yellow."""
    head, _, rest = problem.report().partition("\n")
    colour = "red" if problem.level == "error" else "yellow"
    err = console(stderr=True)
    err.print(f"[bold {colour}]{escape(head)}[/]")
    if rest:
        err.print(escape(rest))
