"""draft: a rule file from example articles."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import context
from monitor.cli.output import console
from monitor.cli.reading import is_address, is_configured, read_named
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.actions.draft import Drafted, Seed
    from monitor.adapters.store import Store


def register(app: typer.Typer) -> None:
    """Adds the command to the program."""
    app.command()(draft)


def draft(
    ctx: typer.Context,
    seeds: Annotated[
        list[str],
        typer.Argument(metavar="SEED", help="A file, an address, a stored article's id, or - (the input)."),
    ],
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="FILE", help="Write the rule file here, its seeds beside it."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite FILE.")] = False,
    rule_id: Annotated[str, typer.Option("--id", help="The rule's id.", show_default="from its title")] = "",
    title: Annotated[str, typer.Option(help="The rule's title.", show_default="the first seed's")] = "",
    rules: context.Rules = None,
) -> None:
    """Draft a rule from articles that it is to find: term lists, a query, and tests, to be edited.

    Needs no database; where there is one, words that it holds often weigh less, and the draft is tried on it.
    """
    from monitor.actions.draft import make_draft, write_draft

    found = context.of(ctx)
    with _store(found) as store:
        drafted = make_draft(
            [_seed(found, store, name) for name in seeds],
            folder=found.rules_folder(rules),
            out=out,
            force=force,
            rule_id=rule_id,
            title=title,
            store=store,
        )
        if out is None:
            sys.stdout.write(drafted.draft.text)
        else:
            for path in write_draft(drafted):
                console(stderr=True).print(f"wrote {path}", markup=False)
        for note in drafted.draft.notes:
            console(stderr=True).print(note, style="yellow", markup=False)
        if store is not None:
            _try(drafted, store, out)


def _store(found: context.Context) -> AbstractContextManager[Store | None]:
    """The database, where there is one."""
    from monitor.adapters.store import Database

    if is_configured(found) and Database(found.settings().database).exists():
        return found.store()
    return nullcontext()


def _seed(found: context.Context, store: Store | None, name: str) -> Seed:
    from monitor.actions.draft import Seed
    from monitor.actions.listings import find_article

    if not is_address(name) and Path(name).exists():
        return Seed(name, read_named(found, name), Path(name))
    if store is not None and (name.isdecimal() or is_address(name)):
        try:
            return Seed(name, find_article(store, name))
        except UsageError:
            if not is_address(name):
                raise
    return Seed(name, read_named(found, name))


def _try(drafted: Drafted, store: Store, out: Path | None) -> None:
    """Shows what the draft would have caught."""
    from monitor.actions.draft import lines, try_draft

    err = console(stderr=True)
    with err.status("trying it on what is stored") if err.is_terminal else nullcontext():
        report = try_draft(drafted, store, datetime.now(UTC))
    for line in lines(report):
        err.print(line, markup=False)
    if out is not None and report.within.count:
        err.print(f"more: monitor backtest --file {out}", markup=False, style="dim")
