"""explain, why-not: why an article matched a rule or did not, and how far it came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import context
from monitor.cli.output import console, print_json, put
from monitor.cli.progress import bar
from monitor.cli.reading import is_address, is_configured, read_named
from monitor.text import duration

if TYPE_CHECKING:
    from rich.text import Text

    from monitor.actions.explain import Explanation, Line
    from monitor.actions.journey import Journey, Step
    from monitor.adapters.store import Store
    from monitor.match.rules import Rule
    from monitor.model import Article

Json = Annotated[bool, typer.Option("--json", help="One JSON object.")]

_LONGEST = 300  # characters of a clause
_MARK = "bold black on yellow"


def register(app: typer.Typer) -> None:
    """Adds the commands to the program."""
    app.command()(explain)
    app.command("why-not")(why_not)


def explain(
    ctx: typer.Context,
    rule: Annotated[str, typer.Argument(metavar="RULE", help="The id of a rule.")],
    article: Annotated[
        str,
        typer.Argument(
            metavar="ARTICLE",
            help="A stored article's id or address, a file, another address, or - (the input).",
        ),
    ],
    rules: context.Rules = None,
    as_json: Json = False,
) -> None:
    """Show why a rule matches an article or does not: each clause, where it held, and what came near.

    Ends with 0 where the rule matches, with 1 where it does not. Needs no database for a file.
    """
    from monitor.actions.explain import explain_rule, find_rule
    from monitor.actions.whynot import followed

    found, now = context.of(ctx), datetime.now(UTC)
    with _store(found, article) as store:
        text, in_force = _article(found, store, article), _in_force(store)
        steps = followed(store.database, text.id, rule, now) if store is not None and text.id else ()
    folder = found.rules_folder(rules)
    with bar("reading rules") as progress:
        chosen, tree, notes = find_rule(folder, rule, in_force, now.date(), progress)
    explanation = explain_rule(chosen, tree, text, notes)
    if as_json:
        told = {"followed": [step.row() for step in steps]} if steps else {}
        print_json([explanation.row() | told])
    else:
        _print(explanation)
        _print_followed(steps)
    if not explanation.tree.held:
        raise typer.Exit(1)


def why_not(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="An article's address, or its id.")],
    rule: Annotated[str, typer.Option(metavar="ID", help="Ask about this rule only.")] = "",
    rules: context.Rules = None,
    as_json: Json = False,
) -> None:
    """Follow an article through feed, extraction, rules, story, alert and delivery, and say where it ended.

    Ends with 0 where it was told, with 1 where it was not (yet). Reads only; a daemon may be running.
    """
    from monitor.actions.explain import rules_in_force
    from monitor.actions.whynot import why_not as follow

    found = context.of(ctx)
    settings = found.settings()
    with found.store() as store, bar("reading rules") as progress:
        journey = follow(
            store.database,
            found.rules_folder(rules),
            rules_in_force(store),
            url,
            datetime.now(UTC),
            only=rule,
            keep=duration(settings.storage.keep),
            progress=progress,
        )
    if as_json:
        print_json([journey.row()])
    else:
        _print_journey(journey)
    if not journey.told:
        raise typer.Exit(1)


def _store(found: context.Context, name: str) -> AbstractContextManager[Store | None]:
    """The database, where `name` may be an article in it and there is one."""
    if not (name.isdecimal() or is_address(name)):
        return nullcontext()
    if is_address(name) and not (is_configured(found) and _has_database(found)):
        return nullcontext()
    return found.store()


def _has_database(found: context.Context) -> bool:
    from monitor.adapters.store import Database

    return Database(found.settings().database).exists()


def _article(found: context.Context, store: Store | None, name: str) -> Article:
    from monitor.actions.listings import find_article
    from monitor.errors import UsageError

    if store is None:
        return read_named(found, name)
    try:
        return find_article(store, name)
    except UsageError:
        if not is_address(name):
            raise
    console(stderr=True).print("not stored; reading the page", style="dim")
    return read_named(found, name)


def _in_force(store: Store | None) -> Mapping[str, Rule]:
    """The rules that the daemon put in force last."""
    from monitor.actions.explain import rules_in_force

    return rules_in_force(store) if store is not None else {}


# --- showing ---------------------------------------------------------------------------------------


def _print(explanation: Explanation) -> None:
    from rich.text import Text

    from monitor.actions.explain import about, lacking, lines

    tree = explanation.tree
    said, style = ("matches", "bold green") if tree.held else ("does not match", "bold red")
    put(
        Text.assemble(
            (f"{_sign(tree.held)} {explanation.rule.id} {said}", style), "  ", (_title(explanation), "bold")
        )
    )
    put(Text(about(explanation), style="dim"), 2)
    for note in explanation.notes:
        put(Text(note, style="yellow"), 2)
    put(Text())
    for line in lines(tree):
        _print_line(line, explanation.article, 2 if tree.held or not line.held else 1)
    changes = explanation.changes
    if changes:
        put(Text())
        these = "this" if len(changes) == 1 else f"these {len(changes)} clauses"
        put(Text(f"It would match but for {these}:", style="bold"))
    for clause in changes:
        put(Text.assemble(("→ ", "yellow"), lacking(clause)), 2, hang=2)


def _title(explanation: Explanation) -> str:
    from monitor.send.excerpt import visible

    return visible(explanation.article.title, 200) or "(no title)"


def _sign(held: bool) -> str:
    return "✓" if held else "✗"


def _print_line(line: Line, article: Article, most: int) -> None:
    from rich.text import Text

    if not line.matters:
        sign, style, said_style = "·", "dim", "dim"
    elif line.held:
        sign, style, said_style = "✓", "green", "dim"
    else:
        sign, style, said_style = "✗", "bold red", "yellow"
    said = f"  {line.said}" if line.said else ""
    clause = (_short(line.clause), "dim" if not line.matters else "")
    put(Text.assemble((f"{sign} ", style), clause, (said, said_style)), 2 * line.depth, hang=2)
    for sentence in _sentences(line, article, most):
        put(sentence, 2 * line.depth + 6)


def _short(clause: str) -> str:
    return clause if len(clause) <= _LONGEST else clause[: _LONGEST - 1].rstrip() + "…"


def _sentences(line: Line, article: Article, most: int) -> Iterator[Text]:
    """Up to `most` sentences with what matched, or was near, highlighted."""
    from rich.text import Text

    from monitor.send.excerpt import excerpts, title_pieces

    in_title = any(span.field == "title" for span in line.spans)
    found = [title_pieces(article, line.spans)] if in_title else []
    found += excerpts(article, line.spans, count=max(most - len(found), 0), limit=240)
    for pieces in found:
        yield Text.assemble(*((text, _MARK if marked else "") for text, marked in pieces))


_SIGNS = {
    "ok": ("✓", "green"),
    "waiting": ("…", "yellow"),
    "stopped": ("✗", "bold red"),
    "note": (" ", "dim"),
}


def _print_followed(steps: Sequence[Step]) -> None:
    """What followed when the article was matched."""
    from rich.text import Text

    if steps:
        put(Text())
        put(Text("When it was matched:", style="bold"))
        _print_steps(steps)


def _print_journey(journey: Journey) -> None:
    from rich.text import Text

    put(Text(journey.name, style="bold"))
    _print_steps(journey.steps)
    put(Text())
    put(
        Text(
            journey.ended[0].upper() + journey.ended[1:] + ".", style="bold green" if journey.told else "bold"
        )
    )
    for command in journey.try_next:
        put(Text.assemble(("→ ", "yellow"), command), 2)


def _print_steps(steps: Sequence[Step]) -> None:
    from rich.text import Text

    stage = ""
    for step in steps:
        sign, style = _SIGNS[step.state]
        at = f"{step.at.astimezone(UTC):%Y-%m-%d %H:%M}" if step.at else ""
        named = step.stage if step.stage != stage else ""
        stage = step.stage
        said_style = "dim" if step.state == "note" else ""
        line = Text.assemble(
            f"{named:<11} ", (f"{at:<16}", "dim"), "  ", (f"{sign} ", style), (step.said, said_style)
        )
        put(line, hang=32)
