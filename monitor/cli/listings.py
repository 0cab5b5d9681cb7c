"""articles and matches, listed and shown."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from monitor.cli import context
from monitor.cli.output import print_json, print_table, show

articles = typer.Typer(no_args_is_help=True, help="The texts that were collected, and the seeds.")
matches = typer.Typer(no_args_is_help=True, help="Which article matched which rule, and what followed.")


def register(app: typer.Typer) -> None:
    app.add_typer(articles, name="articles")
    app.add_typer(matches, name="matches")


Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many, the newest.")]
Since = Annotated[str | None, typer.Option(help="Only the last so much, as 24h or 7d.")]


def _after(since: str | None) -> datetime | None:
    from monitor.actions.moments import since as begin

    return begin(since, datetime.now(UTC))


@articles.command("list")
def list_articles(
    ctx: typer.Context,
    as_json: Json = False,
    limit: Limit = 50,
    since: Since = None,
    origin: Annotated[str | None, typer.Option(help="Only of this origin: feed, seed or import.")] = None,
    text: Annotated[
        str | None, typer.Option(help="Only with these words in title or text, as written.")
    ] = None,
) -> None:
    """Articles, newest first."""
    from monitor.actions.listings import article_row, checked_origin

    with context.of(ctx).store() as store:
        found = store.articles(limit=limit, since=_after(since), origin=checked_origin(origin), text=text)
    rows = [article_row(*item) for item in found]
    if as_json:
        print_json(rows)
        return
    print_table(
        ("ID", "PUBLISHED", "LANG", "SOURCE", "ORIGIN", "STORY", "TITLE"),
        [
            (r["id"], r["published"], r["language"], r["source"], r["origin"], r["story"], r["title"])
            for r in rows
        ],
        "no articles",
    )


@articles.command("show")
def show_article(
    ctx: typer.Context,
    article: Annotated[str, typer.Argument(metavar="ARTICLE", help="An id or an address.")],
    as_json: Json = False,
    diff: Annotated[bool, typer.Option("--diff", help="What each later version of it changed.")] = False,
) -> None:
    """One article with its whole text, or what its publisher changed in it."""
    from monitor.actions.listings import article_row, find_article, published_in_words, revision_row
    from monitor.actions.revisions import difference_row, differences
    from monitor.actions.stories import place_row
    from monitor.actions.story_words import place_in_words
    from monitor.adapters.store.story_lines import StoryLines

    with context.of(ctx).store() as store:
        found = find_article(store, article)
        before, place = store.revisions(found.id), StoryLines(store.database).place_of(found.id)
        gone = store.taken_away(found.id)
    if as_json:
        revisions = [revision_row(item) for item in before]
        changes = [difference_row(item) for item in differences(found, before)] if diff else []
        row = (
            article_row(found) | place_row(place) | {"body": found.body, "revisions": revisions, "gone": gone}
        )
        print_json([row | ({"changes": changes} if diff else {})])
        return
    about = (found.source, found.agency, published_in_words(found), found.language, found.url)
    show(found.title)
    show(" · ".join(str(part) for part in about if part))
    if found.degraded:
        show(f"degraded: {found.degraded}")
    if gone:
        show(f"gone: {gone}")
    if before:
        times = "once, at" if len(before) == 1 else f"{len(before)} times, last at"
        hint = "" if diff else "; --diff shows what"
        show(f"changed {times} {before[-1].replaced:%Y-%m-%d %H:%M} UTC{hint}")
    if place is not None:
        show(place_in_words(place))
    if not diff:
        show("\n" + found.body)
        return
    for change in differences(found, before):
        show(f"\nversion {change.revision}, seen {change.at:%Y-%m-%d %H:%M} UTC")
        show("\n".join(change.lines))
    if not before:
        show("\nit was not changed since it was first read")


@matches.command("list")
def list_matches(
    ctx: typer.Context,
    as_json: Json = False,
    limit: Limit = 50,
    since: Since = None,
    rule: Annotated[str | None, typer.Option(help="Only of this rule.")] = None,
    decision: Annotated[str | None, typer.Option(help="Only alert, held, withheld or silenced.")] = None,
    origin: Annotated[str | None, typer.Option(help="Only of articles of this origin.")] = None,
) -> None:
    """Matches with what was decided of each and why, newest first."""
    from monitor.actions.known_rules import require_rule
    from monitor.actions.listings import checked_decision, checked_origin, match_row
    from monitor.adapters.store.desk import AlertDesk
    from monitor.send.keys import delivery_key

    with context.of(ctx).store() as store:
        found = store.matches(
            limit=limit,
            since=_after(since),
            rule=rule,
            verdict=checked_decision(decision),
            origin=checked_origin(origin),
        )
        if rule is not None and not found:
            require_rule(rule, store.database, context.of(ctx).rules_folder(None))
        held = AlertDesk(store.database, delivery_key).held_of([item["id"] for item in found])
    rows = [match_row(item, held.get(item["id"], ())) for item in found]
    if as_json:
        print_json(rows)
        return
    print_table(
        ("ID", "MATCHED", "RULE", "DECISION", "STORY", "REASON", "TITLE"),
        [
            (r["id"], r["matched"], r["rule"], r["decision"], r["story"], r["reason"], r["title"])
            for r in rows
        ],
        "no matches",
    )
