"""backtest: what a rule would have caught of the past."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import context
from monitor.cli.output import console, count, print_json

if TYPE_CHECKING:
    from rich.text import Text

    from monitor.actions.backtest import Change, Found, Progress, Report
    from monitor.actions.near_misses import NearMiss
    from monitor.actions.rehearsal import Desk
    from monitor.actions.versions import Versions
    from monitor.config import Settings
    from monitor.match.rules import Rule
    from monitor.model import Article

_MARK = "bold black on yellow"
_BLOCKS, _ASCII = " ▁▂▃▄▅▆▇█", " .:-=+*#@"
_WIDEST = 60  # bars; of a longer time each is a week
_CLAUSE = 76  # characters


def register(app: typer.Typer) -> None:
    app.command()(backtest)


def backtest(
    ctx: typer.Context,
    rule: Annotated[
        str | None, typer.Argument(metavar="RULE", help="The id of a rule.", show_default=False)
    ] = None,
    since: Annotated[
        str, typer.Option(help="From how long ago, as 12h or 30d, or from which day, as 2026-03-01.")
    ] = "30d",
    until: Annotated[str | None, typer.Option(help="Until then, likewise.", show_default="now")] = None,
    rules: Annotated[
        Path | None,
        typer.Option(
            "--rules", metavar="DIR", help="The folder of rule files.", show_default="the configuration's"
        ),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="RULES.yaml", help="Try a rule of this file, a draft say, instead."),
    ] = None,
    limit: Annotated[
        int,
        typer.Option("--limit", "-n", min=1, max=10_000, help="So many articles of each kind, the newest."),
    ] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Try a rule, as its file is now, on the articles that are stored: what it would have caught and told.

    Time is when an article was collected. An edited rule is compared with the version that the daemon runs.
    Reads only; a daemon may be running.
    """
    from monitor.actions.backtest import backtest as run
    from monitor.actions.near_misses import near_misses

    found = context.of(ctx)
    settings = found.settings()
    now = datetime.now(UTC)
    first, last = _moment(since, now, "--since"), _moment(until, now, "--until") if until else now
    _require_order(first, last)
    with found.store() as store, _progress() as progress:
        from monitor.actions.explain import rules_in_force

        versions = _versions(rule, rules or settings.rules, file, rules_in_force(store))
        report = run(
            store,
            versions.rule,
            first,
            last,
            in_force=versions.in_force,
            desk=_desk(settings),
            limit=limit,
            progress=progress,
        )
        missed = near_misses(store, versions.rule, versions.tree, report.within, progress)
    if as_json:
        print_json(_rows(report, missed, versions))
    else:
        _print(report, missed, versions, settings, now)


def _moment(text: str, now: datetime, option: str) -> datetime:
    """So long ago, or the beginning of a day (UTC)."""
    from monitor.config import parse_duration
    from monitor.errors import UsageError

    try:
        return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
    except ValueError:
        pass
    try:
        return now - parse_duration(text)
    except (ValueError, OverflowError):
        raise UsageError(
            f"{option}: {text!r} is neither a time as 12h or 30d nor a day as 2026-03-01"
        ) from None


def _require_order(first: datetime, last: datetime) -> None:
    from monitor.errors import UsageError

    if first >= last:
        raise UsageError(f"nothing lies between {first:%Y-%m-%d %H:%M} and {last:%Y-%m-%d %H:%M}")


def _versions(rule: str | None, folder: Path, file: Path | None, in_force: dict[str, Rule]) -> Versions:
    from monitor.actions.versions import of_file, of_folder
    from monitor.errors import UsageError

    if file is not None:
        return of_file(file, rule, in_force)
    if rule is None:
        raise UsageError("which rule? `monitor backtest RULE`, or --file RULES.yaml")
    return of_folder(folder, rule, in_force)


def _desk(settings: Settings) -> Desk:
    from monitor.actions.rehearsal import Desk

    zones = {name: receiver.zone for name, receiver in settings.receivers.items()}
    return Desk(settings.alerts.default, zones, settings.alerts.digest_at)


@contextmanager
def _progress() -> Iterator[Progress]:
    """A bar on a terminal's error output; nothing elsewhere."""
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    out = console(stderr=True)
    with Bars(*columns, console=out, transient=True, disable=not out.is_terminal) as bars:
        tasks: dict[str, TaskID] = {}

        def show(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=of)
            bars.update(tasks[what], completed=done)

        yield show


# --- for people ------------------------------------------------------------------------------------


def _print(
    report: Report, missed: Sequence[NearMiss], versions: Versions, settings: Settings, now: datetime
) -> None:
    _put((report.rule.id, "bold yellow"), f"  {versions.note}")
    _put((_read(report), "dim"), indent=2)
    if report.within.since < now - settings.storage.keep:
        kept = f"{settings.storage.keep.days} days"
        note = f"texts that matched nothing are dropped after {kept}: what is older is not all there"
        _put((note, "yellow"), indent=2)
    _put()
    _put((_result(report), "bold"), indent=2)
    for line in _about(report):
        _put(line, indent=2)
    _print_bars(report)
    _print_newest(report.newest)
    _print_change(report.change)
    _print_missed(missed)


def _read(report: Report) -> str:
    within = report.within
    span = f"{within.since:%Y-%m-%d %H:%M} to {within.until:%Y-%m-%d %H:%M} UTC"
    stored = f"{span}: {count(within.count, 'article')} stored"
    if not report.narrowed:
        return f"{stored}, all read: no word is sure to be in what it matches"
    return f"{stored}; {report.read:,} read, the index rules out the others"


def _result(report: Report) -> str:
    told = [f"{number} {kind}" for kind, number in sorted(report.alerts.items())]
    alerts = count(sum(report.alerts.values()), "alert") + (f" ({', '.join(told)})" if told else "")
    return f"{_many(report.matches, 'match')} in {_many(report.stories, 'story')}: {alerts}"


def _many(number: int, what: str) -> str:
    plural = {"match": "matches", "story": "stories"}
    return f"{number:,} {what if number == 1 else plural[what]}"


_WHY = {
    "seed": "seeds",
    "import": "imported",
    "baseline": "there at a feed's first poll",
    "old": "published too long ago",
    "copy": "copies",
    "nothing new": "nothing new in their story",
}


def _about(report: Report) -> Iterator[str]:
    alerts = sum(report.alerts.values())
    matches_a_week, alerts_a_week = report.weekly(report.news), report.weekly(alerts)
    if matches_a_week is not None and alerts_a_week is not None:
        yield f"a week: about {_rate(matches_a_week)} matches that are news, {_rate(alerts_a_week)} alerts"
    elif report.matches:
        yield "a week's rate cannot be said: less than a day is stored"
    if report.withheld:
        said = ", ".join(f"{number:,} {_WHY[why]}" for why, number in report.withheld.most_common())
        yield f"not told: {said}"
    if report.estimated:
        yield (
            f"an estimate: {report.estimated:,} of the articles matched no rule when they came; "
            "which stories they tell was worked out now"
        )


def _rate(number: float) -> str:
    return f"{number:,.0f}" if number >= 10 else f"{number:.1f}"


def _print_bars(report: Report) -> None:
    from monitor.actions.backtest import calendar

    days = list(calendar(report))
    if not report.matches or len(days) < 2:
        return
    step = 1 if len(days) <= _WIDEST else 7
    bins = [days[first : first + step] for first in range(0, len(days), step)]
    unit = "day" if step == 1 else "week"
    for name, place in (("matches", 1), ("alerts", 2)):
        numbers = [sum(day[place] for day in part) for part in bins]  # type: ignore[misc]
        most = max(numbers)
        when = bins[numbers.index(most)][0][0]
        said = f"  most {most:,} on {when}" if step == 1 else f"  most {most:,} in the week from {when}"
        _put(f"{name + ' a ' + unit:<15} ", (_bars(numbers), "green"), said if most else "  none", indent=2)


def _bars(numbers: Sequence[int]) -> str:
    signs = _BLOCKS if _shows_blocks() else _ASCII
    most = max(numbers)
    return (
        "|"
        + "".join(signs[-(-number * (len(signs) - 1) // most)] if most else " " for number in numbers)
        + "|"
    )


def _shows_blocks() -> bool:
    return sys.stdout.isatty() and (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"


def _print_newest(newest: Sequence[Found]) -> None:
    from monitor.send.excerpt import excerpts, title_pieces

    if newest:
        _heading("Newest matches")
    for found in newest:
        pieces = title_pieces(found.article, found.match.spans)
        _put(*_front(found.article), *_marked(pieces), indent=2)
        _put((f"{found.decision.verdict.value}: {found.decision.reason}", "dim"), indent=6)
        for excerpt in excerpts(found.article, found.match.spans, count=1, limit=240):
            _put(*_marked(excerpt), indent=6)


def _print_change(change: Change | None) -> None:
    if change is None:
        return
    _heading(f"Against version {change.in_force}, in force: {change.gained:,} gained, {change.lost:,} lost")
    for sign, style, articles, total in (
        ("+", "green", change.newly, change.gained),
        ("-", "red", change.no_longer, change.lost),
    ):
        for article in articles:
            _put((f"{sign} ", style), *_front(article), _title(article), indent=2)
        if total > len(articles):
            _put((f"{sign} {total - len(articles):,} more", "dim"), indent=2)


def _print_missed(missed: Sequence[NearMiss]) -> None:
    shown = [miss for miss in missed if miss.count]
    unasked = [miss for miss in missed if miss.of is None]
    if shown:
        _heading("Near-misses: all else held, but not this clause")
    for miss in shown:
        bound = f"  (of the newest {miss.read:,} of {miss.of:,})" if miss.is_bounded else ""
        _put((f"{miss.count:>5,} ", "bold"), _short(miss.clause), (bound, "dim"), indent=2)
        for article in miss.articles[:1]:
            _put(*_front(article), _title(article), indent=8)
    for miss in unasked:
        _put((f"not looked for without {_short(miss.clause)}: the rest asks for no word", "dim"), indent=2)


def _short(clause: str) -> str:
    return clause if len(clause) <= _CLAUSE else clause[: _CLAUSE - 1].rstrip() + "…"


def _front(article: Article) -> list[tuple[str, str]]:
    assert article.collected is not None, "what is stored was collected"
    return [(f"{article.collected:%Y-%m-%d} ", "dim"), (f"{article.id} ", "cyan")]


def _title(article: Article) -> str:
    from monitor.send.excerpt import visible

    return visible(article.title, 200) or "(no title)"


def _marked(pieces: Iterable[tuple[str, bool]]) -> list[tuple[str, str]]:
    return [(text, _MARK if marked else "") for text, marked in pieces]


def _heading(text: str) -> None:
    _put()
    _put((text, "bold"))


def _put(*parts: str | tuple[str, str], indent: int = 0) -> None:
    """A line; on a terminal folded under its beginning."""
    from rich.text import Text

    out = console()
    text = Text.assemble(*parts)
    for line in _folded(text, out.width - indent) if sys.stdout.isatty() else [text]:
        out.print(" " * indent, line, sep="")


def _folded(text: Text, width: int) -> Iterable[Text]:
    return text.wrap(console(), max(width, 20)) or [text]


# --- for programs ----------------------------------------------------------------------------------


def _rows(report: Report, missed: Sequence[NearMiss], versions: Versions) -> Iterator[dict[str, Any]]:
    """One summary; then days, matches, gained and lost articles, near-misses: told apart by `kind`."""
    from monitor.actions.backtest import calendar
    from monitor.actions.listings import snippet, span_row

    yield _summary(report, versions)
    for day, matches, alerts in calendar(report):
        yield {"id": f"day:{day}", "kind": "day", "day": str(day), "matches": matches, "alerts": alerts}
    for found in report.newest:
        article, spans = found.article, found.match.spans
        texts = {"title": article.title, "body": article.body}
        yield {
            "id": f"match:{article.id}",
            "kind": "match",
            **_article_row(article),
            "story": found.story if found.story > 0 else None,
            "decision": found.decision.verdict,
            "reason": found.decision.reason,
            "spans": [span_row(span, texts[span.field]) for span in spans],
            "snippet": snippet(texts, spans),
        }
    change = report.change
    for kind, articles in (("gained", change.newly), ("lost", change.no_longer)) if change else ():
        for article in articles:
            yield {"id": f"{kind}:{article.id}", "kind": kind, **_article_row(article)}
    for number, miss in enumerate(missed, 1):
        yield {
            "id": f"near-miss:{number}",
            "kind": "near-miss",
            "clause": miss.clause,
            "count": miss.count,
            "read": miss.read,
            "of": miss.of,
            "articles": [_article_row(article) for article in miss.articles],
        }


def _summary(report: Report, versions: Versions) -> dict[str, Any]:
    alerts, change = sum(report.alerts.values()), report.change
    return {
        "id": "summary",
        "kind": "summary",
        "rule": report.rule.id,
        "version": report.rule.version,
        "in_force": change.in_force if change else None,
        "note": versions.note,
        "since": report.within.since,
        "until": report.within.until,
        "covered": report.covered / timedelta(days=1),
        "stored": report.within.count,
        "read": report.read,
        "narrowed": report.narrowed,
        "matches": report.matches,
        "news": report.news,
        "stories": report.stories,
        "estimated": report.estimated,
        "alerts": dict(report.alerts),
        "withheld": dict(report.withheld),
        "week": {"matches": report.weekly(report.news), "alerts": report.weekly(alerts)},
        "gained": change.gained if change else None,
        "lost": change.lost if change else None,
    }


def _article_row(article: Article) -> dict[str, Any]:
    return {
        "article": article.id,
        "url": article.url,
        "title": article.title,
        "source": article.source,
        "published": article.published,
        "collected": article.collected,
    }
