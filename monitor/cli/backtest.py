"""backtest: what a rule would have caught of the past."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import context
from monitor.cli.output import print_json
from monitor.cli.progress import bars

if TYPE_CHECKING:
    from monitor.actions.rehearsal import Desk
    from monitor.actions.versions import Versions
    from monitor.config import Settings
    from monitor.match.rules import Rule


def register(app: typer.Typer) -> None:
    app.command()(backtest)


def backtest(
    ctx: typer.Context,
    rule: Annotated[
        str | None, typer.Argument(metavar="RULE", help="The id of a rule.", show_default=False)
    ] = None,
    since: Annotated[
        str, typer.Option(help="From how long ago, as 12h or 30d, or from which day, as 2026-03-01.")
    ] = "30d",
    until: Annotated[str | None, typer.Option(help="Until then, likewise.", show_default="now")] = None,
    folder: context.Rules = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="RULES.yaml", help="Try a rule of this file, a draft say, instead."),
    ] = None,
    limit: Annotated[
        int,
        typer.Option("--limit", "-n", min=1, max=10_000, help="So many articles of each kind, the newest."),
    ] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Try a rule, as its file is now, on the articles that are stored: what it would have caught and told.

    Time is when an article was collected. An edited rule is compared with the version that the daemon runs.
    Reads only; a daemon may be running.
    """
    from monitor.actions.backtest import backtest as run
    from monitor.actions.backtest_rows import rows
    from monitor.actions.explain import rules_in_force
    from monitor.actions.near_misses import near_misses
    from monitor.cli.backtest_view import print_report

    found = context.of(ctx)
    settings = found.settings()
    now = datetime.now(UTC)
    first, last = _moment(since, now, "--since"), _moment(until, now, "--until") if until else now
    _require_order(first, last)
    with found.store() as store, bars() as progress:
        versions = _versions(rule, folder or settings.rules, file, rules_in_force(store), progress)
        report = run(
            store,
            versions.rule,
            first,
            last,
            in_force=versions.in_force,
            desk=_desk(settings),
            limit=limit,
            progress=progress,
        )
        missed = near_misses(store, versions.rule, versions.tree, versions.source, report.within, progress)
    if as_json:
        print_json(rows(report, missed, versions))
    else:
        print_report(report, missed, versions, settings, now)


def _moment(text: str, now: datetime, option: str) -> datetime:
    """So long ago, or the beginning of a day (UTC)."""
    from monitor.config import parse_duration
    from monitor.errors import UsageError

    try:
        return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
    except ValueError:
        pass
    try:
        return now - parse_duration(text)
    except (ValueError, OverflowError):
        raise UsageError(
            f"{option}: {text!r} is neither a time as 12h or 30d nor a day as 2026-03-01"
        ) from None


def _require_order(first: datetime, last: datetime) -> None:
    from monitor.errors import UsageError

    if first >= last:
        raise UsageError(f"nothing lies between {first:%Y-%m-%d %H:%M} and {last:%Y-%m-%d %H:%M}")


def _versions(
    rule: str | None,
    folder: Path,
    file: Path | None,
    in_force: dict[str, Rule],
    progress: Callable[[str, int, int], object],
) -> Versions:
    from monitor.actions.versions import of_file, of_folder
    from monitor.errors import UsageError

    if file is not None:
        return of_file(file, rule, in_force)
    if rule is None:
        raise UsageError("which rule? `monitor backtest RULE`, or --file RULES.yaml")
    return of_folder(folder, rule, in_force, partial(progress, "reading rules"))


def _desk(settings: Settings) -> Desk:
    from monitor.actions.rehearsal import Desk
    from monitor.settings import receiver_policies, routes_of

    return Desk(settings.alerts.default, receiver_policies(settings), routes_of(settings))
