"""What the commands about alerts and silences share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from monitor.cli import context
from monitor.cli.output import put

if TYPE_CHECKING:
    from monitor.adapters.store.desk import AlertDesk

By = Annotated[
    str | None, typer.Option("--by", metavar="NAME", help="Who says so; your login's name if left out.")
]

_LARGEST = 2**63 - 1  # what a database takes for an id


def number(text: str) -> int:
    """The number by which something is named on the command line. Raises typer.BadParameter where nothing can be."""
    try:
        given = int(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a number") from None
    if abs(given) > _LARGEST:
        raise typer.BadParameter(f"nothing has the number {given}")
    return given


_STYLES = {"head": "bold", "ok": "green", "bad": "bold red", "warn": "yellow", "note": "dim", "no": "dim"}
_SIGNS = {"ok": "✓ ", "bad": "✗ ", "no": "✗ "}


@contextmanager
def desk_of(ctx: typer.Context) -> Iterator[AlertDesk]:
    """The alerts of the database, as people see them."""
    from monitor.adapters.store.desk import AlertDesk
    from monitor.send.keys import delivery_key

    with context.of(ctx).store() as store:
        yield AlertDesk(store.database, delivery_key)


def print_lines(lines: Iterable[tuple[str, int, str]]) -> None:
    """Lines of a level, an indent and a text; a heading stands apart from what is above it."""
    for number, (level, indent, text) in enumerate(lines):
        if level == "head" and number:
            put(Text())
        sign = _SIGNS.get(level, "") if indent else ""
        put(Text(sign + text, style=_STYLES.get(level, "")), 2 * indent, hang=2)
