"""check, test, match, schema: what one does with rule files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import context
from monitor.cli.output import console, count, print_json, print_problem, progress, report
from monitor.cli.progress import bar, bars
from monitor.cli.reading import is_configured, read_named
from monitor.errors import MonitorError, Problem

if TYPE_CHECKING:
    from rich.text import Text

    from monitor.actions.rules import FileMatches
    from monitor.actions.testing import CaseResult
    from monitor.match.rules import RuleBook
    from monitor.model import Article, Match

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]

INVALID = 3  # exit code: a rule file is wrong
_MARKS = {"pass": ("✓", "green"), "fail": ("✗", "bold red"), "known": ("·", "dim"), "mended": ("!", "yellow")}


def register(app: typer.Typer) -> None:
    """Adds the commands to the program."""
    for command in (check, test, match, schema):
        app.command()(command)


def check(
    ctx: typer.Context,
    rules: context.Rules = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail the check, too.")] = False,
    as_json: Json = False,
) -> None:
    """Find what is wrong in the configuration, the rule files and templates, and what is probably not meant.

    Ends with 3 where there is an error. A warning names the lint it is, which a rule or a file switches off:
    lint: {ignore: [NAME]}.
    """
    from monitor.actions.rules import check_folder, problem_row

    folder = _folder(context.of(ctx), rules)
    with bars() as show:
        book = check_folder(folder, _receivers(context.of(ctx), rules), datetime.now(UTC).date(), show)
        templates = _templates(context.of(ctx), rules, show)
    problems = [*_configuration(context.of(ctx), rules, book), *templates, *book.problems]
    errors = sum(problem.level == "error" for problem in problems)
    warnings = len(problems) - errors
    if as_json:
        print_json(map(problem_row, problems))
    else:
        _show(problems)
        _print_count(len(book.rules), folder, errors, warnings)
    if errors or (strict and warnings):
        raise typer.Exit(INVALID)


def _print_count(rules: int, folder: Path, errors: int, warnings: int) -> None:
    said = f"{count(rules, 'rule')} in {folder}"
    if not rules and not errors:
        said += " (rule files are *.yaml; `monitor init` writes examples)"
    if errors or warnings:
        said += f" · {count(errors, 'error')} · {count(warnings, 'warning')}"
    console(stderr=bool(errors)).print(said, markup=False)


def test(
    ctx: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="RULE", help="Ids of rules; all if none.")
    ] = None,
    rules: context.Rules = None,
    junit: Annotated[
        Path | None, typer.Option("--junit", metavar="FILE", help="Write the results for CI systems, too.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Try the rules on their seeds and tests. Ends with 1 where one fails, with 3 where a file cannot be read."""
    from monitor.actions.junit import write_junit
    from monitor.actions.rules import chosen
    from monitor.actions.testing import State, cases_of, run_tests

    book = _read(_folder(context.of(ctx), rules))
    _show(book.errors)
    tried = chosen(book, names or [])
    results = list(progress(run_tests(tried, plans=book.plans), cases_of(tried), "testing rules"))
    if junit is not None:
        write_junit(junit, results, book.errors)
    if as_json:
        print_json(result.row() for result in results)
    else:
        for result in results:
            if result.state in (State.FAILED, State.MENDED):
                _print_case(result)
        _print_tally(results)
    if book.errors:
        raise typer.Exit(INVALID)
    if any(result.state is State.FAILED for result in results):
        raise typer.Exit(1)


def match(
    ctx: typer.Context,
    files: Annotated[
        list[str], typer.Argument(metavar="FILE|URL|-", help="Text, Markdown or HTML; - is the input.")
    ],
    rules: context.Rules = None,
    as_json: Json = False,
) -> None:
    """Show which rules match the articles in files, and where. Needs no database and no configuration."""
    from monitor.actions.rules import match_article
    from monitor.match.engine import Engine

    book = _read(_folder(context.of(ctx), rules))
    _show(book.errors)
    engine = Engine(book.rules, book.plans)
    worst = INVALID if book.errors else 0
    for name in files:
        try:
            found = match_article(engine, name, read_named(context.of(ctx), name))
        except MonitorError as error:
            report(error)
            worst = max(worst, error.exit_code)
            continue
        if as_json:
            print_json([found.row()])
        else:
            _print_matches(found)
    if worst:
        raise typer.Exit(worst)


def schema(
    templates: Annotated[
        bool, typer.Option("--templates", help="Say what templates of messages are, and what they are given.")
    ] = False,
    template: Annotated[
        str | None, typer.Option("--template", metavar="NAME", help="Print a shipped template of messages.")
    ] = None,
) -> None:
    """Print the JSON Schema of a rule file, for editors; or what templates of messages are given."""
    from monitor.actions.schema import schema_text
    from monitor.actions.templates import reference, template_text

    text = template_text(template) if template else reference() if templates else schema_text()
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


# --- what they need --------------------------------------------------------------------------------


def _folder(found: context.Context, given: Path | None) -> Path:
    """The folder of rules, below here by its short name: it stands in every line, and CI systems know no other."""
    folder, here = found.rules_folder(given), Path.cwd()
    return folder.relative_to(here) if given is None and folder.is_relative_to(here) else folder


def _read(folder: Path) -> RuleBook:
    from monitor.actions.rules import load_folder

    with bar("reading rules") as show:
        return load_folder(folder, progress=show)


def _receivers(found: context.Context, rules: Path | None) -> frozenset[str] | None:
    """The receivers that rules may name, where there is a configuration to say so."""
    return frozenset(found.settings().receivers) if _concerned(found, rules) else None


def _configuration(found: context.Context, rules: Path | None, book: RuleBook) -> list[Problem]:
    """What is wrong in the configuration that reading it does not show."""
    if not _concerned(found, rules):
        return []
    from monitor.actions.config_lint import lint_config

    settings, path = found.settings(), found.path()
    problems = lint_config(settings, path)
    if not settings.receivers:
        return problems
    from monitor.actions.doctor import unusable_receivers  # takes half a second to import
    from monitor.actions.route_lint import lint_routes

    return [*problems, *unusable_receivers(settings, path), *lint_routes(settings, book.rules, path)]


def _templates(
    found: context.Context, rules: Path | None, show: Callable[[str, int, int], object]
) -> list[Problem]:
    """What is wrong with the templates that the configuration names, if it names any."""
    if not _concerned(found, rules) or found.settings().alerts.templates is None:
        return []
    from monitor.actions.templates import check_templates

    return check_templates(found.settings(), show)


def _concerned(found: context.Context, rules: Path | None) -> bool:
    """Whether a configuration says something of these rules: not of a folder that was named by itself."""
    return (rules is None or found.given is not None) and is_configured(found)


def _show(problems: tuple[Problem, ...] | list[Problem]) -> None:
    for problem in problems:
        print_problem(problem)


def _print_case(result: CaseResult) -> None:
    from rich.text import Text

    sign, style = _MARKS[result.state]
    out = console()
    out.print(Text.assemble((f"{sign} {result.rule} ", style), f"{result.kind}  ", (result.place, "dim")))
    out.print(Text(f"    {_short(result.text)}"))
    for line in result.why:
        out.print(Text(f"    → {line}", style="yellow"))


def _short(text: str, limit: int = 300) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _print_tally(results: list[CaseResult]) -> None:
    tally = {state: sum(result.state == state for result in results) for state in _MARKS}
    named = {"pass": "passed", "fail": "failed", "known": "known to fail", "mended": "mended"}
    said = [f"{count} {named[state]}" for state, count in tally.items() if count or state == "pass"]
    style = "bold red" if tally["fail"] else "green"
    console().print(
        f"{' · '.join(said)} · {count(len({r.rule for r in results}), 'rule')}", style=style, markup=False
    )


def _print_matches(found: FileMatches) -> None:
    from rich.text import Text

    out = console()
    day = f" · {found.article.published:%Y-%m-%d}" if found.article.published else ""
    out.print(Text.assemble((found.article.title or found.file, "bold"), (f"  {found.file}{day}", "dim")))
    if not found.matches:
        out.print(Text("    no rule matches", style="dim"))
    for rule, match_ in found.matches:
        out.print(Text.assemble("  ", (rule.id, "bold yellow"), (f"  {rule.severity}", "dim")))
        for sentence in _sentences(found.article, match_):
            out.print(Text.assemble("    ", sentence))


def _sentences(article: Article, found: Match) -> Iterator[Text]:
    """The sentences in which something matched, with what matched highlighted."""
    from rich.text import Text

    from monitor.text import sentences

    for name, text in (("title", article.title), ("body", article.body)):
        spans = [span for span in found.spans if span.field == name]
        for start, end in [(0, len(text))] if name == "title" else sentences(text):
            inside = [span for span in spans if start <= span.start < end]
            if inside:
                line = Text(text[start:end])
                for span in inside:
                    line.stylize("bold black on yellow", span.start - start, min(span.end, end) - start)
                yield line
