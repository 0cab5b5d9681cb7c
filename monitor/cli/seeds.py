"""seeds list, add."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import context
from monitor.cli.output import print_json, print_table, show
from monitor.errors import UsageError

seeds = typer.Typer(no_args_is_help=True, help="The articles that rules were written from.")


def register(app: typer.Typer) -> None:
    app.add_typer(seeds, name="seeds")


@seeds.command("list")
def list_(
    ctx: typer.Context,
    rules: context.Rules = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Every seed with the rules that name it."""
    from dataclasses import asdict

    from monitor.actions.rules import load_folder
    from monitor.actions.seeds import list_seeds

    folder = context.of(ctx).rules_folder(rules)
    rows = list_seeds(load_folder(folder).rules, folder)
    if as_json:
        print_json({"id": row.path, **asdict(row)} for row in rows)
        return
    print_table(
        ("SEED", "RULES", "PUBLISHED", "LANG", "AGENCY", "TITLE"),
        [
            (row.path, ",".join(row.rules), row.published, row.language, row.agency, row.problem or row.title)
            for row in rows
        ],
        f"no seeds in {folder}; `monitor seeds add URL` makes one",
    )


@seeds.command()
def add(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="The article's address.")],
    rules: context.Rules = None,
) -> None:
    """Fetch an article into a new file in the folder seeds beside the rules."""
    folder = context.of(ctx).rules_folder(rules)
    if not folder.is_dir():
        raise UsageError(f"there is no folder of rules {folder}; give it with --rules DIR")
    path = asyncio.run(_add(context.of(ctx), url, folder / "seeds"))
    shown = path.relative_to(folder)
    show(f"wrote {path}")
    show(f"Name it in its rule:  seeds: [{shown}]")


async def _add(found: context.Context, url: str, folder: Path) -> Path:
    from monitor.actions.seeds import add_seed
    from monitor.app import make_fetcher, make_workers
    from monitor.config import Settings

    try:
        settings = found.settings()
    except UsageError:
        if found.given is not None:
            raise
        settings = Settings()  # a folder of rules is all that this command needs
    async with make_fetcher(settings) as fetcher, make_workers(settings) as workers:
        return await add_seed(fetcher, workers, url, folder)
