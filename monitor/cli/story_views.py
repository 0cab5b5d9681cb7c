"""stories list and show: what is reported, the newest first, and one story as a time line."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from monitor.cli import context
from monitor.cli.desk import number
from monitor.cli.output import console, print_json, print_table, put

if TYPE_CHECKING:
    from monitor.actions.story_show import Line
    from monitor.adapters.store.story_lines import StoryLines
    from monitor.adapters.store.story_list import Listed


def register(stories: typer.Typer) -> None:
    """Adds them to `stories`."""
    stories.command("list")(list_)
    stories.command("show")(show_)


Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


def list_(
    ctx: typer.Context,
    as_json: Json = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many.")] = 50,
    since: Annotated[
        str | None, typer.Option(help="Only those with something new in the last so much, as 24h or 7d.")
    ] = None,
    rule: Annotated[str | None, typer.Option(help="Only those in which this rule matched.")] = None,
    text: Annotated[
        str | None,
        typer.Option(metavar="WORDS", help="Only with all these words in a title of theirs, as written."),
    ] = None,
) -> None:
    """Stories with their reach and what was told of them, those with the newest activity first."""
    from monitor.actions.known_rules import require_rule
    from monitor.actions.moments import since as begin
    from monitor.actions.stories import list_row
    from monitor.send.excerpt import visible

    after = begin(since, datetime.now(UTC))
    with _lines(ctx) as lines:
        found = lines.listed(limit=limit, since=after, rule=rule, words=(text or "").split())
        if rule is not None and not found:
            require_rule(rule, lines.database, context.of(ctx).rules_folder(None))
    if as_json:
        print_json(list_row(each) for each in found)
        return
    if sys.stdout.isatty() and found:
        _print_list(found)
        return
    print_table(
        ("ID", "FIRST", "LAST", "REPORTS", "COPIES", "SOURCES", "LANG", "ALERTS", "RULES", "TITLE"),
        [
            (
                each.id,
                each.first,
                each.last,
                each.reports,
                each.copies,
                len(each.sources),
                ",".join(each.languages),
                each.alerts,
                ", ".join(rule for rule, _ in each.rules),
                visible(each.title, 300),
            )
            for each in found
        ],
        "no stories",
    )


def show_(
    ctx: typer.Context,
    story: Annotated[
        int, typer.Argument(parser=number, metavar="STORY", help="A story's id; `stories list` shows them.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, with everything.")] = False,
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=2, help="At most so many reports: the first, and the latest.")
    ] = 40,
) -> None:
    """One story as a time line: who had it first, what each report added, copies folded, the figures over time."""
    from monitor.actions.stories import find, row
    from monitor.actions.story_show import lines as lines_of

    with _lines(ctx) as lines:
        found = find(lines, story, datetime.now(UTC))
    if as_json:
        print_json([row(found)])
        return
    _print(lines_of(found, limit))


@contextmanager
def _lines(ctx: typer.Context) -> Iterator[StoryLines]:
    from monitor.adapters.store.story_lines import StoryLines

    with context.of(ctx).store() as store:
        yield StoryLines(store.database)


_STYLES = {
    "title": "bold",
    "head": "bold",
    "day": "cyan",
    "report": "bold",
    "course": "bold",
    "none": "dim",
    "note": "dim",
    "warn": "yellow",
}


def _print_list(found: Sequence[Listed]) -> None:
    """On a terminal: what each story is about, and below it how far it went."""
    from monitor.actions.story_show import listed_in_words
    from monitor.send.excerpt import visible

    width = max(len(str(each.id)) for each in found)
    for each in found:
        _put(Text(f"{each.id:>{width}}  {visible(each.title, 300) or '(no title)'}", style="bold"), 0)
        put(Text(listed_in_words(each), style="dim"), width + 2, hang=0)


def _put(text: Text, indent: int) -> None:
    """One line, cut where the terminal ends."""
    out = console()
    text.truncate(max(out.width - indent, 20), overflow="ellipsis")
    put(text, indent)


def _print(lines: Iterable[Line]) -> None:
    """On a terminal a report's title is cut where the line ends; all else goes on below."""
    for line in lines:
        if line.level == "head":
            put(Text())
        text = Text(line.text, style=_STYLES.get(line.level, ""))
        if line.tail:
            text = Text.assemble(text, "  ", (f"({line.tail})", "dim"))
        if line.level == "report" and sys.stdout.isatty():
            _put(text, line.indent)
        else:
            put(text, line.indent, hang=line.hang)
