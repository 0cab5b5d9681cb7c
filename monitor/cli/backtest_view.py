"""How a back-test is shown to people."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.cli.output import console, count

if TYPE_CHECKING:
    from rich.text import Text

    from monitor.actions.backtest import Change, Found, Report
    from monitor.actions.near_misses import NearMiss
    from monitor.actions.versions import Versions
    from monitor.config import Settings
    from monitor.model import Article

_MARK = "bold black on yellow"
_BLOCKS, _ASCII = " ▁▂▃▄▅▆▇█", " .:-=+*#@"
_WIDEST = 45  # bars; of a longer time each is a week
_CLAUSE = 76  # characters
_SHORT = timedelta(days=3)


def print_report(
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
    as_days = "%Y-%m-%d" if within.until - within.since > _SHORT else "%Y-%m-%d %H:%M"
    span = f"{within.since.strftime(as_days)} to {within.until.strftime(as_days)} UTC"
    stored = f"{span}: {within.count:,} {'article' if within.count == 1 else 'articles'} stored"
    if not report.narrowed:
        return f"{stored}, all read: no word is sure to be in what it matches"
    return f"{stored}, {report.read:,} read (the index rules out the others)"


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
    if 0 < number < 0.1:
        return "less than 0.1"
    return f"{number:,.0f}" if number >= 10 or not number else f"{number:.1f}"


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
        said = f"  most {most:,}, {unit} of {when}" if step > 1 else f"  most {most:,}, {when}"
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
