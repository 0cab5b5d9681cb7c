"""alerts route: where an alert would go."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import context
from monitor.cli.desk import print_lines
from monitor.cli.output import print_json
from monitor.cli.progress import bar

if TYPE_CHECKING:
    from monitor.adapters.store import Store


def register(alerts: typer.Typer) -> None:
    alerts.command()(route)


def route(
    ctx: typer.Context,
    rule: Annotated[
        str,
        typer.Argument(
            metavar="RULE", help="The id of a rule; or monitor.feeds, say, for the monitor's own troubles."
        ),
    ],
    article: Annotated[
        str, typer.Option(metavar="ARTICLE", help="As of this stored article: its id or address.")
    ] = "",
    severity: Annotated[str, typer.Option(help="As if it were low, medium, high or critical.")] = "",
    tag: Annotated[list[str] | None, typer.Option("--tag", help="As with this tag; may be repeated.")] = None,
    language: Annotated[str, typer.Option(help="As in this language: en, ko, …")] = "",
    source: Annotated[str, typer.Option(help="As of this outlet or host.")] = "",
    feed: Annotated[str, typer.Option(help="As of this feed.")] = "",
    at: Annotated[
        str, typer.Option(metavar="TIME", help="As at this time: 03:00, or 2026-12-01 18:00 Asia/Seoul.")
    ] = "",
    rules: context.Rules = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Where an alert of a rule would go, why, and when each receiver would be told. Sends nothing.

    Ends with 1 where nobody would be told.
    """
    from monitor.actions.explain import find_rule, rules_in_force
    from monitor.actions.moments import read_moment
    from monitor.actions.routing import (
        Given,
        destination,
        facts_given,
        lines,
        now_in_force,
        operator_rule,
        stored,
    )
    from monitor.app import policy_of

    found, now = context.of(ctx), datetime.now(UTC)
    settings = found.settings()
    moment = read_moment(at, now, "--at") if at else now
    policy = policy_of(settings)
    chosen = operator_rule(rule, policy)
    with _database(found, article) as store, bar("reading rules") as progress:
        running = rules_in_force(store) if store is not None else {}
        if chosen is None:
            chosen, _, _ = find_rule(found.rules_folder(rules), rule, running, now.date(), progress)
        text, story = stored(store, article) if store is not None and article else (None, None)
        silences, surging = now_in_force(store, moment)
    given = Given(severity, tuple(tag or ()), language, (source,) if source else (), feed)
    facts = facts_given(chosen, text, story, given)
    there = destination(chosen, facts, policy, silences, surging, moment)
    if as_json:
        print_json([there.row()])
    else:
        print_lines(lines(there))
    if not there.told:
        raise typer.Exit(1)


@contextmanager
def _database(found: context.Context, article: str) -> Iterator[Store | None]:
    """The database, where there is one, or an article of it is asked for."""
    from monitor.adapters.store import Database

    if not article and not Database(found.settings().database).exists():
        yield None
        return
    with found.store() as store:
        yield store
