"""feeds list, remove, poll; those that add feeds are in subscribing.py."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from monitor.cli import context, subscribing
from monitor.cli.output import ago, count, print_json, print_table, show
from monitor.errors import UsageError

feeds = typer.Typer(no_args_is_help=True, help="What is polled, and how it is doing.")


def register(app: typer.Typer) -> None:
    app.add_typer(feeds, name="feeds")
    subscribing.register(feeds)


Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@feeds.command("list")
def list_(ctx: typer.Context, as_json: Json = False) -> None:
    """Every feed: when it was read last, what it brought, when it is due, and what is wrong with it."""
    from monitor.actions.feeds import describe
    from monitor.collect import websub

    now = datetime.now(UTC)
    with context.of(ctx).store() as store:
        hubs = store.subscriptions()
        rows = [
            describe(feed, reason, websub.describe(hubs.get(feed.id), now)) for feed, reason in store.feeds()
        ]
    if as_json:
        print_json(rows)
        return
    print_table(
        ("ID", "FEED", "TAGS", "STATE", "READ", "NEW ITEM", "NEXT", "WHY"),
        [
            (
                row["id"],
                row["url"],
                ",".join(row["tags"]),
                row["state"],
                ago(row["good"], now),
                ago(row["new"], now),
                row["due"],
                row["error"] or row["reason"],
            )
            for row in rows
        ],
        "no feeds yet; `monitor feeds add URL`, or [[feeds]] in the configuration",
    )


@feeds.command()
def remove(
    ctx: typer.Context, url: Annotated[str, typer.Argument(metavar="URL", help="The feed's address.")]
) -> None:
    """Poll a feed no more. Its articles stay."""
    from monitor.actions.feeds import require_removable

    with context.of(ctx).store() as store:
        require_removable(store, url)
        if not store.remove_feed(url, datetime.now(UTC)):
            raise UsageError(f"no feed {url} is polled; `monitor feeds list` shows them")
    show(f"removed {url}")


@feeds.command()
def poll(
    ctx: typer.Context,
    url: Annotated[
        str | None, typer.Argument(metavar="URL", help="The feed's address; all that fail if left out.")
    ] = None,
) -> None:
    """Let a feed be due now: after something was mended, say. A daemon, or the next run, then polls it."""
    with context.of(ctx).store() as store:
        number = store.make_due(url, datetime.now(UTC))
        if url and not number:
            raise UsageError(f"no feed {url} is polled; `monitor feeds list` shows them")
    show(f"{count(number, 'feed')} due now" if number else "no feed fails")
