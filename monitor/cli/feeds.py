"""feeds list, show, remove, poll; those that add feeds are in subscribing.py."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from monitor.cli import context, subscribing
from monitor.cli.output import ago, console, count, print_json, print_table, show
from monitor.errors import UsageError

feeds = typer.Typer(no_args_is_help=True, help="What is polled, and how it is doing.")


def register(app: typer.Typer) -> None:
    app.add_typer(feeds, name="feeds")
    subscribing.register(feeds)


Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@feeds.command("list")
def list_(
    ctx: typer.Context,
    as_json: Json = False,
    state: Annotated[
        list[str] | None,
        typer.Option(help="Only in this state: new, ok, failing, quiet, gone, retired; may be repeated."),
    ] = None,
    tag: Annotated[
        list[str] | None, typer.Option("--tag", help="Only with this tag; with several, with all of them.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Retired feeds too.")] = False,
) -> None:
    """Every feed: when it was read last, what it brought, how often it usually does, and what is wrong with it.

    Those in trouble come first. DELAY is how long after its publication an item is seen on average.
    """
    from monitor.actions.feed_list import listing, seconds, usual, why
    from monitor.collect import websub

    now = datetime.now(UTC)
    with context.of(ctx).store() as store:
        pushes = {id: websub.describe(hub, now) for id, hub in store.subscriptions().items()}
        rows = listing(store.feeds(), pushes, states=state or (), tags=tag or (), everything=everything)
    if as_json:
        print_json(rows)
        return
    print_table(
        ("STATE", "READ", "NEW ITEM", "USUAL", "DELAY", "NEXT", "FEED", "TAGS", "WHY"),
        [
            (
                row["state"],
                ago(row["good"], now),
                ago(row["new"], now),
                usual(row["rate"]),
                seconds(row["delay"]),
                row["due"],
                row["url"],
                ",".join(row["tags"]),
                why(row, now),
            )
            for row in rows
        ],
        "no such feed"
        if state or tag
        else "no feeds yet; `monitor feeds add URL`, or [[feeds]] in the configuration",
    )


@feeds.command("show")
def show_(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="The feed's address, or its id.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Everything of one feed: its state and why, when it is polled, its rhythm, redirects and newest entries."""
    from monitor.actions.feed_list import describe, lines, one
    from monitor.collect import websub

    now = datetime.now(UTC)
    with context.of(ctx).store() as store:
        feed, reason, same_as = one(store, url)
        push = websub.describe(store.subscriptions().get(feed.id), now)
        entries = store.recent_entries(feed.id, 10)
    if as_json:
        redirect = {"to": feed.redirect_url, "since": feed.redirect_since} if feed.redirect_url else None
        validators = {"etag": feed.etag, "last_modified": feed.last_modified}
        more = {"redirect": redirect, "validators": validators, "entries": entries}
        print_json([describe(feed, reason, push, same_as) | more])
        return
    colours = {"bad": "red", "warn": "yellow"}
    said = f"{push['state']}: {push['hub']}" if push else ""
    for level, line in lines(feed, reason, same_as, said, entries, now):
        console().print(line, style=colours.get(level), markup=False)


@feeds.command()
def remove(
    ctx: typer.Context, url: Annotated[str, typer.Argument(metavar="URL", help="The feed's address.")]
) -> None:
    """Poll a feed no more. Its articles stay."""
    from monitor.actions.feeds import require_removable, still_configured

    with context.of(ctx).store() as store:
        require_removable(store, url)
        left = still_configured(store, url)
        if not store.remove_feed(url, datetime.now(UTC)):
            raise UsageError(f"no feed {url} is polled; `monitor feeds list` shows them")
    show(f"removed {url}{left}")


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
