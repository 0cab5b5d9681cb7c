"""demo, init, run."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import context
from monitor.cli.output import count, report, show


def register(app: typer.Typer) -> None:
    app.command()(demo)
    app.command()(init)
    app.command()(run)


def demo(
    once: Annotated[
        bool, typer.Option("--once", help="End by itself; 0 only if exactly the expected alerts arrived.")
    ] = False,
) -> None:
    """Watch the real daemon find news and alert, against a newsroom and a mailbox of its own. No internet."""
    from monitor.demo.run import demo as play

    raise typer.Exit(asyncio.run(play(once=once)))


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write it.")] = Path(),
) -> None:
    """Write a commented monitor.toml and the example rules, ready to be edited."""
    from monitor.actions.init import init as write
    from monitor.demo.daemon import shipped_rules

    for path in write(folder, shipped_rules()):
        show(f"wrote {path}")
    place = "" if folder == Path() else f"-c {folder / 'monitor.toml'} "
    show(f"Next: edit the feeds and the receiver, then `monitor {place}check` and `monitor {place}run`.")


def run(
    ctx: typer.Context,
    once: Annotated[
        bool, typer.Option("--once", help="Poll what is due, deliver, and exit (for cron).")
    ] = False,
    since: Annotated[
        str | None,
        typer.Option(help="Tell what a feed's first poll shows if it was published this recently, as 7d."),
    ] = None,
) -> None:
    """Watch the feeds and alert, until it is told to stop.

    With --once it ends with 1 where feeds were due and none could be read, or messages and none was delivered.
    """
    from monitor import log
    from monitor.config import parse_duration
    from monitor.daemon import run as work
    from monitor.errors import MonitorError, UsageError

    found = context.of(ctx)
    settings = found.settings()
    log.set_up(settings.log.level, settings.log.format)
    try:
        past = parse_duration(since) if since else None
    except ValueError as error:
        raise UsageError(f"--since: {error}") from None
    done = asyncio.run(work(settings, found.path(), once=once, since=past))
    if done is not None:
        polled, read = (
            count(done["poll"], "feed"),
            f"{done['read']} entr" + ("y" if done["read"] == 1 else "ies"),
        )
        show(f"polled {polled}, read {read}, delivered {done['delivered']} of {done['send']} messages")
        unread = done["poll"] and not done["well_polled"]
        if unread:
            report(MonitorError("no feed could be read; `monitor status` says why"))
        if unread or (done["send"] and not done["delivered"]):
            raise typer.Exit(1)
