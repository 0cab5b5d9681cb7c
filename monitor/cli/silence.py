"""silence add, list, end."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from monitor.cli import context
from monitor.cli.desk import By, desk_of, number
from monitor.cli.output import console, print_json, print_table, show

silence = typer.Typer(no_args_is_help=True, help="What is not told for a while, although it matches.")


def register(app: typer.Typer) -> None:
    app.add_typer(silence, name="silence")


Many = list[str] | None


@silence.command()
def add(
    ctx: typer.Context,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why; whoever finds it wants to know.")
    ],
    rule: Annotated[
        Many, typer.Option("--rule", metavar="ID", help="Of this rule; `*` stands for any letters.")
    ] = None,
    story: Annotated[Many, typer.Option("--story", metavar="NUMBER", help="Of this story.")] = None,
    source: Annotated[Many, typer.Option("--source", metavar="NAME", help="Of this outlet or host.")] = None,
    match: Annotated[
        Many,
        typer.Option(
            "--match",
            metavar="KEY=VALUE",
            help="Of this severity (low, >=high), tag, language, feed; !VALUE for all others.",
        ),
    ] = None,
    length: Annotated[str | None, typer.Option("--for", metavar="TIME", help="For so long: 12h, 7d.")] = None,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="TIME", help="18:00, 2026-12-01, 2026-12-01 18:00 Asia/Seoul."),
    ] = None,
    by: By = None,
    wake: Annotated[
        bool,
        typer.Option(
            "--wake",
            help="Tell a changed figure or a new statement all the same; of one story, that ends it.",
        ),
    ] = False,
    rules: context.Rules = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Tell nothing of what all these say, for a while. Several of one kind are alternatives.

    Matching goes on: `matches list --decision silenced` shows what was kept quiet.
    """
    from monitor.actions import silences
    from monitor.actions.alerts import login_name

    now = datetime.now(UTC)
    matcher = silences.matcher_of(rule or (), story or (), source or (), match or ())
    end = silences.until_of(length, until, now)
    author = silences.text_of(by or login_name(), "--by")
    why = silences.text_of(reason, "--reason")
    folder = context.of(ctx).rules_folder(rules)
    with desk_of(ctx) as desk:
        matcher = silences.with_known_names(desk, matcher, folder)
        id = desk.add_silence(matcher, why, author, now, end, wakes=wake)
        row = next(row for row in desk.silences(now) if row["id"] == id)
    if as_json:
        print_json([row])
    else:
        show(silences.added(id, matcher, end, wakes=wake))


@silence.command("list")
def list_(
    ctx: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Also those that are over.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Silences in force, with what they kept quiet, newest first."""
    from monitor.actions.silences import described, ending

    with desk_of(ctx) as desk:
        rows = desk.silences(datetime.now(UTC), everything=everything)
    if as_json:
        print_json(rows)
        return
    print_table(
        ("ID", "STATE", "UNTIL", "SILENCED", "BY", "WHAT", "REASON", "END"),
        [
            (
                row["id"],
                row["state"],
                row["until"],
                row["kept"],
                row["author"],
                described(row),
                row["reason"],
                ending(row),
            )
            for row in rows
        ],
        "no silences" if everything else "no silence is in force; --all shows those that are over",
    )


@silence.command()
def end(
    ctx: typer.Context,
    ids: Annotated[
        list[int], typer.Argument(parser=number, metavar="ID", help="Silences; `silence list` shows them.")
    ],
    by: By = None,
) -> None:
    """End silences before their time. Ends with 1 where all of them were over already."""
    from monitor.actions.alerts import login_name
    from monitor.actions.silences import ended

    with desk_of(ctx) as desk:
        done, remarks = ended(desk, ids, datetime.now(UTC), by or login_name())
    if done:
        show(f"ended {', '.join(map(str, done))}; what comes from now on is told")
    for remark in remarks:
        console(stderr=True).print(remark, style="dim", markup=False)
    if not done:
        raise typer.Exit(1)
