"""status, doctor, notify, backup, restore, db upgrade."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import context
from monitor.cli.output import console, print_json, show
from monitor.cli.progress import bar, bars
from monitor.errors import UsageError

db = typer.Typer(no_args_is_help=True, help="The database.")


def register(app: typer.Typer) -> None:
    app.command()(status)
    app.command()(doctor)
    app.command()(notify)
    app.command()(backup)
    app.command()(restore)
    app.add_typer(db, name="db")


Json = Annotated[bool, typer.Option("--json", help="One JSON object.")]


Check = Annotated[bool, typer.Option("--check", help="Only say whether the work goes on; 1 if it does not.")]


def status(ctx: typer.Context, as_json: Json = False, check: Check = False) -> None:
    """How the work stands: feeds, rules, the queue, deliveries, and what is wrong since when."""
    from monitor.actions.status import complaints, gather, lines

    found = context.of(ctx)
    settings = found.settings()
    now = datetime.now(UTC)
    if check:
        with found.store() as store:
            wrong = complaints(store, now)
        if as_json:
            print_json([{"id": "check", "ok": not wrong, "wrong": wrong}])
        else:
            for line in wrong or ["ok"]:
                show(line)
        raise typer.Exit(1 if wrong else 0)
    with found.store() as store:
        state = gather(settings, store, now)
    if as_json:
        print_json([state])
        return
    colours = {"bad": "red", "warn": "yellow", "ok": "", "": ""}
    for level, line in lines(state, now):
        console().print(line, style=colours[level] or None, markup=False)


def doctor(ctx: typer.Context, as_json: Json = False) -> None:
    """Look for what would keep the daemon from working, and say how to mend it. Sends nothing."""
    from monitor.actions.doctor import examine

    checks = asyncio.run(examine(context.of(ctx).path()))
    if as_json:
        print_json({"id": c.name, "level": c.level, "found": c.found, "advice": c.advice} for c in checks)
    else:
        marks = {"ok": "[green]ok  [/]", "warn": "[yellow]warn[/]", "bad": "[bold red]bad [/]"}
        for check in checks:
            console().print(f"{marks[check.level]} ", end="")
            show(f"{check.name}: {check.found}" + (f"; {check.advice}" if check.advice else ""))
    if any(check.level == "bad" for check in checks):
        raise typer.Exit(1)


def notify(
    ctx: typer.Context,
    receiver: Annotated[
        str | None, typer.Argument(metavar="RECEIVER", help="A receiver of the configuration.")
    ] = None,
    everybody: Annotated[bool, typer.Option("--all", help="Every receiver, as a self-test.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a channel.")] = False,
) -> None:
    """Send a real example alert to a receiver, or to all, and say what became of it, channel by channel.

    Ends with 1 where it did not arrive everywhere.
    """
    from monitor.actions.notify import addressed, send_examples

    if (receiver is None) != everybody:
        raise UsageError("name a receiver, or say --all: monitor notify desk")
    settings = context.of(ctx).settings()
    channels, nowhere = addressed(settings, receiver)
    with bar("sending") as progress:
        tried = nowhere + asyncio.run(send_examples(settings, channels, datetime.now(UTC), progress))
    if as_json:
        print_json(one.row() for one in tried)
    else:
        for one in tried:
            outcome, whom = one.result.outcome.value, f"{one.receiver}  " if everybody else ""
            console().print(f"[{'green' if outcome == 'sent' else 'red'}]{outcome:<9}[/] ", end="")
            show(f"{whom}{one.channel}  {one.result.detail}")
    if not all(one.result.outcome.value == "sent" for one in tried):
        raise typer.Exit(1)


def backup(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write; never replaced.")],
) -> None:
    """Write a checked copy of the database, also while the daemon runs."""
    from monitor.adapters.store.backup import back_up

    with context.of(ctx).store() as store:
        back_up(store.database, file)
    show(f"wrote {file}; `monitor restore {file}` brings it back")


def restore(
    ctx: typer.Context, file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")]
) -> None:
    """Put a backup in the database's place; what was there is kept beside it. The daemon must be stopped."""
    from monitor.adapters.store import Database
    from monitor.adapters.store.backup import restore as put_back

    database = Database(context.of(ctx).settings().database)
    database.claim_presence("`restore`")
    try:
        kept = put_back(database, file)
    finally:
        database.close()
    show(f"restored {file}" + (f"; what was there is {kept}" if kept else ""))


@db.command()
def upgrade(ctx: typer.Context) -> None:
    """Bring the database to this program's version; an older one is backed up first."""
    from monitor.adapters.store import Database, migrate
    from monitor.app import back_up_before_upgrade

    database = Database(context.of(ctx).settings().database)
    try:
        database.claim_presence("`db upgrade`")
        with bars() as show_progress:
            before, after = migrate.upgrade(
                database,
                lambda: back_up_before_upgrade(database),
                lambda done, of: show_progress("indexing stored articles", done, of),
            )
    finally:
        database.close()
    show(f"schema {after}" + (" already" if before == after else f", was {before}" if before else ", new"))
