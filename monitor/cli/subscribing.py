"""feeds discover, add, import, export."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from rich.markup import escape

from monitor.cli import context
from monitor.cli.output import ago, console, count, print_json, print_table, report, show
from monitor.cli.progress import bars
from monitor.errors import FeedError, UsageError

if TYPE_CHECKING:
    from monitor.actions.importing import Import
    from monitor.adapters.http import HttpFetcher
    from monitor.adapters.workers import WorkerPool
    from monitor.collect.discover import Found
    from monitor.model import Feed

Result = TypeVar("Result")
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
NoCheck = Annotated[bool, typer.Option("--no-check", help="Add without asking for it first.")]


def register(feeds: typer.Typer) -> None:
    feeds.command()(discover)
    feeds.command()(add)
    feeds.command("import")(import_)
    feeds.command()(export)


@asynccontextmanager
async def _reaching_out(found: context.Context) -> AsyncIterator[tuple[HttpFetcher, WorkerPool]]:
    """What reads the web, as the configuration says; where there is none, within the usual limits."""
    from monitor.app import make_fetcher, make_workers
    from monitor.config import Settings

    try:
        settings = found.settings()
    except UsageError:
        if found.given is not None:
            raise
        settings = Settings()
    async with make_fetcher(settings) as fetcher, make_workers(settings) as workers:
        yield fetcher, workers


def _polled(found: context.Context) -> list[Feed]:
    """The feeds of the database, none where there is no configuration or database yet."""
    from monitor.errors import StoreError

    try:
        with found.store() as store:
            return [feed for feed, _ in store.feeds()]
    except (UsageError, StoreError):
        if found.given is not None:
            raise
        return []


# --- discover, add ---------------------------------------------------------------------------------


def discover(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="A page of a site, or the site.")],
    as_json: Json = False,
) -> None:
    """Find the feeds of a site: what its page declares or links, else where feeds usually are."""
    from monitor.actions.discovery import discover as look
    from monitor.actions.discovery import discovered_row, nothing_found
    from monitor.actions.importing import addresses_of
    from monitor.collect.discover import same

    found = asyncio.run(_searching(context.of(ctx), partial(look, address=url)))
    polled = frozenset(map(same, addresses_of(_polled(context.of(ctx)))))
    if as_json:
        print_json(discovered_row(feed, polled) for feed in found.feeds)
    elif found.feeds:
        _print_found(found.feeds, polled)
    if found.feeds and found.page is None and found.problem:
        console(stderr=True).print(f"{found.problem}; this is elsewhere on its site", markup=False)
    if not found.feeds:
        raise FeedError(nothing_found(found))


async def _searching(found: context.Context, search: Callable[..., Awaitable[Result]]) -> Result:
    """The result of a search on the web, which on a terminal says what it asks for at the moment."""
    async with _reaching_out(found) as (fetcher, workers):
        err = console(stderr=True)
        if not err.is_terminal:
            return await search(fetcher, workers)
        with err.status("starting") as status:
            return await search(fetcher, workers, tell=lambda asked: status.update(escape(f"asking {asked}")))


def _print_found(found: tuple[Found, ...], polled: frozenset[str]) -> None:
    from monitor.actions.discovery import usual_rate
    from monitor.collect.discover import same

    now = datetime.now(UTC)
    print_table(
        ("FEED", "FORMAT", "ITEMS", "NEWEST", "RATE", "LANG", "POLLED", "TITLE", "FOUND"),
        [
            (
                feed.url,
                feed.format,
                len(feed.entries),
                ago(feed.newest, now) if feed.newest else "-",
                usual_rate(feed.rate),
                feed.language,
                "yes" if same(feed.url) in polled else "no",
                feed.title,
                feed.how.value,
            )
            for feed in found
        ],
        "",
    )


def add(
    ctx: typer.Context,
    url: Annotated[
        str, typer.Argument(metavar="URL", help="The feed's address, or that of a page which has one feed.")
    ],
    tag: Annotated[list[str] | None, typer.Option("--tag", help="A tag; may be given several times.")] = None,
    title: Annotated[str, typer.Option(help="A name instead of the feed's own.")] = "",
    no_check: NoCheck = False,
) -> None:
    """Poll a feed from now on. Its first poll is its baseline and alerts nobody."""
    from monitor.actions.discovery import find_one
    from monitor.actions.feeds import checked_url
    from monitor.actions.importing import addresses_of
    from monitor.collect.discover import How

    found, asked, about = context.of(ctx), url, ""
    polled = addresses_of(_polled(found))
    if not no_check and url not in polled:
        feed = asyncio.run(_searching(found, partial(find_one, address=url)))
        url, about = feed.url, f": {_described(feed)}"
        if feed.how is How.USUAL:
            about += f"; it is where feeds usually are: {asked} names none"
    if checked_url(url) in polled:
        elsewhere = f"{asked} leads to it; " if url != asked else ""
        show(f"{elsewhere}{url} is polled already")
        return
    with found.store(create=True) as store:
        store.add_feed(url, title, tuple(tag or ()), datetime.now(UTC))
    show(f"added {url}{about}")


def _described(feed: Found) -> str:
    newest = f", the newest {ago(feed.newest, datetime.now(UTC))}" if feed.newest else ""
    return f"{feed.title or 'untitled'}, {feed.format}, {count(len(feed.entries), 'item')}{newest}"


# --- import, export --------------------------------------------------------------------------------


def import_(
    ctx: typer.Context,
    source: Annotated[
        str, typer.Argument(metavar="FILE|URL", help="A list in OPML, as other feed readers export it.")
    ],
    tag: Annotated[
        list[str] | None, typer.Option("--tag", help="A tag for all of them, besides their folders.")
    ] = None,
    skip_dead: Annotated[
        bool, typer.Option("--skip-dead", help="Leave out those that are gone or are no feeds.")
    ] = False,
    no_check: NoCheck = False,
    as_json: Json = False,
) -> None:
    """Poll the feeds of an OPML list; its folders become tags. Each is asked for once before it is added."""
    from monitor.actions.importing import import_rows

    if skip_dead and no_check:
        raise UsageError("--skip-dead needs to ask which are dead; leave out --no-check")
    found = context.of(ctx)
    try:
        done = asyncio.run(_import(found, source, tag or [], skip_dead, no_check))
    except KeyboardInterrupt:
        console(stderr=True).print("interrupted; nothing was added")
        raise
    with found.store(create=True) as store:
        store.add_feeds([(feed.url, feed.title, feed.tags) for feed in done.add], datetime.now(UTC))
    if as_json:
        print_json(import_rows(done))
    else:
        _print_import(source, done)
    for why in done.refused:
        report(UsageError(f"left out: {why}"))


async def _import(
    found: context.Context, source: str, tags: list[str], skip_dead: bool, no_check: bool
) -> Import:
    """What is to be added of the list at `source`."""
    from monitor.actions import importing

    polled = importing.addresses_of(_polled(found))
    if no_check and not importing.is_address(source):
        listed = importing.tagged(importing.read_list(Path(source)), tags)
        return importing.plan(listed, importing.untried(importing.unknown(listed, polled)), polled)
    async with _reaching_out(found) as (fetcher, workers):
        listed = importing.tagged(await importing.get_list(fetcher, workers, source), tags)
        waiting = importing.unknown(listed, polled)
        if no_check:
            return importing.plan(listed, importing.untried(waiting), polled)
        with bars() as bar:
            told = partial(_tell, bar, len(waiting))
            tried = await importing.try_feeds(fetcher, workers, waiting, told)
        return importing.plan(listed, tried, polled, skip_dead=skip_dead)


def _tell(bar: Callable[[str, int, int], None], of: int, done: int) -> None:
    bar("asking feeds", done, of)


def _print_import(source: str, done: Import) -> None:
    from monitor.actions.importing import Health, said_of, summary

    show(summary(done, source))
    err, moved = console(stderr=True), done.of_health(Health.MOVED)
    added = {feed.url for feed in done.add}
    for some, meaning in (
        ([one for one in moved if one.feed.url in added], "moved, added under the new address"),
        ([one for one in moved if one.feed.url not in added], "moved to one that is polled already"),
        (done.of_health(Health.DEAD), "dead, left out" if done.left_out else "dead, added all the same"),
        (done.of_health(Health.UNSURE), "cannot be read now, added all the same"),
    ):
        if some:
            err.print(f"{meaning}:", markup=False)
        for one in some:
            err.print(f"  {said_of(one)}", markup=False)
    late = [one for one in done.of_health(Health.UNTRIED) if one.why]
    if late:
        err.print(f"{count(len(late), 'feed')} added without asking: {late[0].why}", markup=False)


def export(
    ctx: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="Where to; standard output if left out.")
    ] = None,
) -> None:
    """Write what is polled as OPML, in folders by tag."""
    from monitor.actions.feeds import to_opml

    with context.of(ctx).store() as store:
        text = to_opml([feed for feed, _ in store.feeds() if feed.retired_at is None])
    if file is None:
        sys.stdout.write(text)
    else:
        file.write_text(text, "utf-8")
        show(f"wrote {file}")
