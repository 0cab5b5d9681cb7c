"""stories: what is reported, as one; and what a person makes of it: split, merge, rename."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import context, story_views
from monitor.cli.desk import By, number
from monitor.cli.output import console, print_json, progress, show

if TYPE_CHECKING:
    from monitor.actions.story_bench import Author, Bench
    from monitor.actions.story_edits import Edited
    from monitor.adapters.store import Store
    from monitor.adapters.store.story_edits import StoryEdits

stories = typer.Typer(no_args_is_help=True, help="What is reported: the articles that tell the same news.")
story_views.register(stories)  # first, as they are asked for most


def register(app: typer.Typer) -> None:
    app.add_typer(stories, name="stories")


Story = Annotated[
    int, typer.Argument(parser=number, metavar="STORY", help="A story's number; `stories list` shows them.")
]
Why = Annotated[str | None, typer.Option("--why", metavar="TEXT", help="Why; it is kept.")]
Json = Annotated[
    bool, typer.Option("--json", help="One JSON object for each story that this made or changed.")
]


@stories.command()
def rename(
    ctx: typer.Context,
    story: Story,
    title: Annotated[str, typer.Argument(metavar="TITLE", help="What it is called from now on.")],
    by: By = None,
    as_json: Json = False,
) -> None:
    """Give a story a title of your own, in listings and in later alerts. Subjects of mails stay: they make a thread."""
    from monitor.actions import story_edits as actions

    with _edits(ctx) as (_, edits):
        _print(edits, actions.rename(edits, story, title, _author(by)), as_json=as_json)


@stories.command()
def merge(
    ctx: typer.Context,
    story: Story,
    others: Annotated[
        list[int], typer.Argument(parser=number, metavar="OTHER", help="Stories that tell the same news.")
    ],
    why: Why = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Make stories one: what is of OTHER goes to STORY, with all that was told of it. Nobody is alerted.

    The number of OTHER leads to STORY from then on.
    """
    from monitor.actions import story_edits as actions

    with _edits(ctx) as (store, edits):
        done = actions.merge(edits, story, others, _bench(store), _author(by, why))
        _print(edits, done, as_json=as_json)


@stories.command()
def split(
    ctx: typer.Context,
    story: Story,
    articles: Annotated[
        list[str], typer.Argument(metavar="ARTICLE", help="Ids or addresses; their copies go with them.")
    ],
    title: Annotated[
        str | None, typer.Option("--title", metavar="TITLE", help="What the new story is called.")
    ] = None,
    why: Why = None,
    by: By = None,
    unfold: Annotated[
        bool,
        typer.Option("--unfold", help="Also copies whose originals stay: they are reports of their own."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Make articles of a story a new one, with all that was told of them. Nobody is alerted.

    What comes next of the part that nobody was told of is told as a new story.
    """
    from monitor.actions import story_edits as actions

    with _edits(ctx) as (store, edits):
        author = _author(by, why)
        done = actions.split(edits, store, story, articles, _bench(store), author, title, unfold=unfold)
        _print(edits, done, as_json=as_json)


@contextmanager
def _edits(ctx: typer.Context) -> Iterator[tuple[Store, StoryEdits]]:
    from monitor.adapters.store.story_edits import StoryEdits

    with context.of(ctx).store() as store:
        yield store, StoryEdits(store.database)


def _author(by: str | None, why: str | None = None) -> Author:
    from monitor.actions.alerts import login_name
    from monitor.actions.story_bench import author_of

    return author_of(login_name() if by is None else by, why, datetime.now(UTC))


def _bench(store: Store) -> Bench:
    from monitor.actions.story_bench import LEARN_FROM, Bench

    def texts() -> Iterable[tuple[str, str, str | None]]:
        found = store.sample_texts(LEARN_FROM)
        return progress(found, len(found), "Learning how common words are")

    return Bench(texts, lambda reports: progress(reports, len(reports), "Reading the reports"))


def _print(edits: StoryEdits, done: Edited, *, as_json: bool) -> None:
    from monitor.actions.stories import find, row
    from monitor.adapters.store.story_lines import StoryLines

    if as_json:
        lines, now = StoryLines(edits.database), datetime.now(UTC)
        print_json(row(find(lines, story, now)) for story in done.stories)
        return
    for line in done.lines:
        show(line)
    if done.undo:
        console().print(f"undo: {done.undo}", style="dim", markup=False)
