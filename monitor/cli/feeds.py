"""feeds list, add, remove, poll, import, export."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import context
from monitor.cli.output import ago, count, print_json, print_table, report, show
from monitor.errors import UsageError

feeds = typer.Typer(no_args_is_help=True, help="What is polled, and how it is doing.")


def register(app: typer.Typer) -> None:
    app.add_typer(feeds, name="feeds")


Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@feeds.command("list")
def list_(ctx: typer.Context, as_json: Json = False) -> None:
    """Every feed: when it was read last, what it brought, when it is due, and what is wrong with it."""
    from monitor.actions.feeds import describe

    now = datetime.now(UTC)
    with context.of(ctx).store() as store:
        rows = [describe(feed, reason) for feed, reason in store.feeds()]
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
def add(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="The feed's address.")],
    tag: Annotated[list[str] | None, typer.Option("--tag", help="A tag; may be given several times.")] = None,
    title: Annotated[str, typer.Option(help="A name instead of the feed's own.")] = "",
) -> None:
    """Poll a feed from now on. Its first poll is its baseline and alerts nobody."""
    from monitor.actions.feeds import checked_url

    checked_url(url)
    with context.of(ctx).store(create=True) as store:
        added = store.add_feed(url, title, tuple(tag or ()), datetime.now(UTC))
    show(f"added {url}" if added else f"{url} is polled already")


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


@feeds.command("import")
def import_(
    ctx: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="An OPML file, as other feed readers export it.")
    ],
    tag: Annotated[
        list[str] | None, typer.Option("--tag", help="A tag for all of them, besides their folders.")
    ] = None,
) -> None:
    """Poll the feeds of an OPML file; its folders become tags."""
    from monitor.actions.feeds import read_opml_file

    found, refused = read_opml_file(file)
    with context.of(ctx).store(create=True) as store:
        items = [(feed.url, feed.title, (*feed.tags, *(tag or ()))) for feed in found]
        added = store.add_feeds(items, datetime.now(UTC))
    show(f"{count(len(found), 'feed')} in {file}: {added} added, {len(found) - added} polled already")
    for why in refused:
        report(UsageError(f"left out: {why}"))


@feeds.command()
def export(
    ctx: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="Where to; standard output if left out.")
    ] = None,
) -> None:
    """Write what is polled as OPML."""
    from monitor.actions.feeds import to_opml

    with context.of(ctx).store() as store:
        text = to_opml([feed for feed, _ in store.feeds() if feed.retired_at is None])
    if file is None:
        sys.stdout.write(text)
    else:
        file.write_text(text, "utf-8")
        show(f"wrote {file}")
