"""alerts: what was told, to whom and whether it arrived; what people say to it; where the next one would go."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import context, route
from monitor.cli.desk import By, desk_of, number, print_lines
from monitor.cli.output import console, print_json, print_table, show

if TYPE_CHECKING:
    from monitor.actions.alerts import Answered

alerts = typer.Typer(no_args_is_help=True, help="What was told, to whom, and whether it arrived.")


def register(app: typer.Typer) -> None:
    app.add_typer(alerts, name="alerts")
    route.register(alerts)


Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Ids = Annotated[
    list[int], typer.Argument(parser=number, metavar="ID", help="Alerts; `alerts list` shows their ids.")
]

# --- list, show ------------------------------------------------------------------------------------


@alerts.command("list")
def list_(
    ctx: typer.Context,
    as_json: Json = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many, the newest.")] = 50,
    since: Annotated[str | None, typer.Option(help="Only the last so much, as 24h or 7d.")] = None,
    rule: Annotated[str | None, typer.Option(help="Only of this rule.")] = None,
    receiver: Annotated[
        str | None, typer.Option(help="Only what this receiver was told, or is to be.")
    ] = None,
    dead: Annotated[bool, typer.Option("--dead", help="Only with a delivery that was given up.")] = False,
    waiting: Annotated[
        bool, typer.Option("--open", help="Only with a delivery that is still under way.")
    ] = False,
    unanswered: Annotated[
        bool, typer.Option("--unacked", help="Only what nobody has acknowledged or dismissed.")
    ] = False,
) -> None:
    """Alerts with their deliveries and what people said to them, newest first."""
    from monitor.actions.alert_show import answer_of, title_of
    from monitor.actions.alerts import states_asked
    from monitor.actions.known_rules import require_rule
    from monitor.actions.listings import delivery_line
    from monitor.actions.moments import since as begin

    after = begin(since, datetime.now(UTC))
    states = states_asked(dead=dead, waiting=waiting)
    with desk_of(ctx) as desk:
        rows = desk.alerts(
            limit=limit, since=after, rule=rule, receiver=receiver, states=states, unanswered=unanswered
        )
        if rule is not None and not rows:
            require_rule(rule, desk.database, context.of(ctx).rules_folder(None))
    if as_json:
        print_json(rows)
        return
    print_table(
        ("ID", "CREATED", "KIND", "SEVERITY", "RULE", "STORY", "ANSWER", "TITLE", "DELIVERIES"),
        [
            (
                r["id"],
                r["created"],
                r["kind"],
                r["severity"],
                r["rule"],
                r["story"],
                answer_of(r),
                title_of(r),
                delivery_line(r["deliveries"]),
            )
            for r in rows
        ],
        "no alerts",
    )


@alerts.command("show")
def show_(
    ctx: typer.Context,
    alert: Annotated[int, typer.Argument(parser=number, metavar="ID", help="An alert.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """One alert: what it told, to whom, every attempt to send it, what is wrong, and what waits of its story."""
    from monitor.actions.alert_show import lines
    from monitor.actions.alerts import require_alert
    from monitor.send.channels import expand_all

    with desk_of(ctx) as desk:
        found = require_alert(desk, alert)
    if as_json:
        print_json([found])
        return
    receivers = context.of(ctx).settings().receivers
    channels = expand_all({name: one.urls for name, one in receivers.items()})
    print_lines(lines(found, {(one.receiver, one.name) for one in channels}, datetime.now(UTC)))


# --- ack, dismiss ----------------------------------------------------------------------------------


@alerts.command()
def ack(
    ctx: typer.Context,
    ids: Ids,
    by: By = None,
    note: Annotated[str, typer.Option(help="A word for the others.")] = "",
    quietly: Annotated[bool, typer.Option("--quietly", help="Tell nobody else.")] = False,
    as_json: Json = False,
) -> None:
    """“I'm on it”: stop the repeats of an alert, with all of its rule and story, and tell the others."""
    from monitor.actions.alerts import acknowledge, login_name
    from monitor.app import policy_of

    policy, now = policy_of(context.of(ctx).settings()), datetime.now(UTC)
    with desk_of(ctx) as desk:
        done = acknowledge(desk, ids, by or login_name(), note, policy, now, quietly=quietly)
    _print_answers(done, as_json=as_json)


@alerts.command()
def dismiss(
    ctx: typer.Context,
    ids: Ids,
    by: By = None,
    why: Annotated[str, typer.Option(help="Why not; it is kept.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Take it back.")] = False,
    as_json: Json = False,
) -> None:
    """“Not relevant”: tell no more of this rule in this story. It is counted, and `status` shows how often."""
    from monitor.actions import alerts as actions

    with desk_of(ctx) as desk:
        if undo:
            done = actions.undo(desk, ids)
        else:
            done = actions.dismiss(desk, ids, by or actions.login_name(), why, datetime.now(UTC))
    _print_answers(done, as_json=as_json)


def _print_answers(done: Iterable[Answered], *, as_json: bool) -> None:
    if as_json:
        print_json(one.row() for one in done)
        return
    for one in done:
        show(one.said)


# --- replay ----------------------------------------------------------------------------------------


@alerts.command()
def replay(
    ctx: typer.Context,
    ids: Annotated[
        list[int] | None, typer.Argument(metavar="ID", help="Alerts; `alerts list --dead` shows them.")
    ] = None,
    dead: Annotated[bool, typer.Option("--dead", help="All deliveries that were given up.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Of the alerts named, also what arrived.")] = False,
    channel: Annotated[
        str | None, typer.Option(help="Only by this channel, as `alerts list` names it.")
    ] = None,
    receiver: Annotated[str | None, typer.Option(help="Only to this receiver.")] = None,
    since: Annotated[str | None, typer.Option(help="Only made in the last so much, as 7d.")] = None,
    as_json: Json = False,
) -> None:
    """Try again at once what was given up, or of the alerts named what has not arrived.

    Each goes out under the key it had, so that a repeat is recognisable. Ends with 1 where there was nothing.
    """
    from monitor.actions import alerts as actions
    from monitor.actions.moments import since as begin

    now = datetime.now(UTC)
    wanted = actions.Wanted(tuple(ids or ()), dead, again, channel, receiver, begin(since, now))
    with desk_of(ctx) as desk:
        found = actions.replay(desk, wanted, now)
        why = "" if found else actions.nothing_replayed(desk, wanted)
        runs = desk.database.daemon_runs() if desk.database.is_sqlite else True
    if as_json:
        print_json({"id": alert, "alert": alert, "channel": name} for alert, name in found)
    elif found:
        who = "the daemon sends them now" if runs else "`monitor run` sends them: no daemon runs"
        show(f"{'1 delivery' if len(found) == 1 else f'{len(found)} deliveries'} due now; {who}")
    else:
        console(stderr=True).print(why, style="dim", markup=False)
    if not found:
        raise typer.Exit(1)
