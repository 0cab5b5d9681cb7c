"""A story's time line as people read it, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from monitor.actions.stories import Entry, TimeLine, edit_in_words, some
from monitor.actions.story_words import added_in_words, is_dated, is_timed, one_addition, outlet
from monitor.adapters.store.story_lines import Report, Told
from monitor.adapters.store.story_list import Listed
from monitor.model import Article, DeliveryState, Kind, Novelty, Origin, Standing, Verdict
from monitor.relate.figures.comparing import spoken
from monitor.relate.figures.course import Course
from monitor.relate.figures.things import CLASSES
from monitor.send.excerpt import visible
from monitor.troubles.notices import when

_OUTLETS = 6  # of copies and sources, named
_ALERTS, _EDITS, _SEEDS, _COURSES, _POINTS, _ALIKE = 6, 6, 5, 8, 12, 6
_STANDINGS = {
    Standing.BASELINE: "baseline",
    Standing.OLD: "old",
    Standing.BULK: "came with very many",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a level (title, head, day, report, added, none, note, warn, plain) with an indent in spaces.

    `tail` stands behind the text and matters less. A report's line is cut where the terminal ends; others go on
    below, `hang` further in.
    """

    level: str
    text: str
    indent: int = 0
    hang: int = 0
    tail: str = ""


def lines(line: TimeLine, limit: int) -> Iterator[Line]:
    """The story; of more than `limit` reports the first and the latest."""
    yield from _about(line)
    yield from _told(line.story.told)
    yield Line("head", "time line (UTC)")
    yield from _entries(line, limit)
    yield from _figures(line.courses)


def listed_in_words(listed: Listed) -> str:
    """How far a story went, on one line: from when to when, by how many, in which languages, how often told."""
    parts = [_between(listed), f"{_counted(listed.reports, 'report')}{_by(len(listed.sources))}"]
    if listed.copies:
        parts.append(_counted(listed.copies, "copy"))
    parts.append(", ".join(listed.languages))
    parts.append(_counted(listed.alerts, "alert") if listed.alerts else "not told")
    parts.append(", ".join(rule for rule, _ in listed.rules))
    return " · ".join(part for part in parts if part)


def _between(listed: Listed) -> str:
    if listed.first is None or listed.last is None:
        return ""
    first, last = listed.first.astimezone(UTC), listed.last.astimezone(UTC)
    if first == last:
        return f"{first:%Y-%m-%d %H:%M}"
    until = f"{last:%H:%M}" if first.date() == last.date() else f"{last:%Y-%m-%d %H:%M}"
    return f"{first:%Y-%m-%d %H:%M} – {until}"


def _by(sources: int) -> str:
    return f" by {_counted(sources, 'source')}" if sources else ""


# --- the whole of it ---------------------------------------------------------------------------------


def _about(line: TimeLine) -> Iterator[Line]:
    story, reports = line.story, line.reports
    yield Line("title", f"story {story.id} · {_title(story.title)}")
    if line.asked != story.id:
        yield Line("warn", f"story {line.asked} was merged into it")
    if story.named_by:
        yield Line("note", f"{visible(story.named_by, 60)} called it that")
    if reports:
        yield _fact("first report", f"{_when(reports[0])}, {outlet(reports[0].report.article)}")
    if len(reports) > 1:
        yield _fact("last report", f"{_when(reports[-1])}, {outlet(reports[-1].report.article)}")
    yield _fact("reach", _reach(line) if reports or line.copies else "no report yet")
    if line.rules:
        yield _fact("rules", ", ".join(f"{rule} ({number})" for rule, number in line.rules.items()))
    for number, (seed, likeness) in enumerate(line.seeds[:_SEEDS]):
        how = "in the story" if likeness is None else f"likeness {likeness:.2f}"
        yield _fact("seeds" if not number else "", f"{_title(seed.title)}", f"article {seed.id}, {how}")
    if len(line.seeds) > _SEEDS:
        yield _fact("", f"and {len(line.seeds) - _SEEDS} more")
    edits = [f"{when(edit.at)}: {visible(edit_in_words(edit, story.id), 400)}" for edit in story.edits]
    for number, edit in enumerate(edits[-_EDITS:]):
        yield _fact("by hand" if not number else "", edit)


def _fact(name: str, said: str, tail: str = "") -> Line:
    return Line("plain", f"{name:<14}{said}", hang=14, tail=tail)


def _title(text: str) -> str:
    return visible(text, 200) or "(no title)"


def _when(entry: Entry) -> str:
    return when(entry.at) if is_timed(entry.report.article) else f"{entry.at:%Y-%m-%d}"


def _reach(line: TimeLine) -> str:
    reports, copies, sources = len(line.reports), len(line.copies), line.sources
    said = _counted(reports, "report") + _by(len(sources))
    if line.languages:
        said += f" in {', '.join(line.languages)}"
    if copies:
        said += f"; {_counted(copies, 'copy')} besides"
    return said + (f": {some(sources, _OUTLETS)}" if len(sources) > 1 else "")


def _counted(number: int, what: str) -> str:
    if number == 1:
        return f"1 {what}"
    return f"{number:,} " + (what[:-1] + "ies" if what.endswith("y") else what + "s")


def _told(told: Sequence[Told]) -> Iterator[Line]:
    if not told:
        yield _fact("told", "nobody was told of it")
        return
    shown = [*told[:1], *told[1:][1 - _ALERTS :]]
    for number, alert in enumerate(shown):
        if number == 1 and len(shown) < len(told):
            yield _fact("", f"… {_counted(len(told) - len(shown), 'alert')} between")
        yield _fact(
            "told" if not number else "", f"{when(alert.created)}: {_alert(alert)}", f"alert {alert.id}"
        )


def _alert(alert: Told) -> str:
    kind = {Kind.NEW.value: "as new", Kind.UPDATE.value: "an update", Kind.REPEAT.value: "a reminder"}
    to: dict[str, list[str]] = {}
    for receiver, _, state in alert.deliveries:
        to.setdefault(receiver, []).append(state)
    heard = ", ".join(name + _how(states) for name, states in to.items()) or "nobody"
    said = f"{kind.get(alert.kind, f'a {alert.kind}')} by {alert.rule} to {heard}"
    if alert.dismissed_by:
        return f"{said}; {alert.dismissed_by} said it is not relevant"
    return said + (f"; {alert.acked_by} is on it" if alert.acked_by else "")


def _how(states: Sequence[str]) -> str:
    """What became of the deliveries to a receiver, where that is not that all were sent."""
    if DeliveryState.DEAD.value in states:
        return " (given up)" if DeliveryState.SENT.value not in states else " (in part)"
    return "" if all(state == DeliveryState.SENT.value for state in states) else " (under way)"


# --- the time line ---------------------------------------------------------------------------------


def _entries(line: TimeLine, limit: int) -> Iterator[Line]:
    first, last = _ends(line.entries, limit)
    mixed, day = len(line.languages) > 1, ""
    for number, entry in enumerate([*first, *last]):
        if number == len(first) and len(first) + len(last) < len(line.entries):
            left = len(line.entries) - len(first) - len(last)
            yield Line(
                "note", f"… {_counted(left, 'report')} between; --limit {len(line.entries)} shows all", 2
            )
        if _day(entry) != day:
            day = _day(entry)
            yield Line("day", day, 2)
        yield from _entry(entry, line, mixed=mixed)


def _ends(entries: Sequence[Entry], limit: int) -> tuple[Sequence[Entry], Sequence[Entry]]:
    """A quarter from the beginning, where the story comes from, and the rest from the end."""
    if len(entries) <= limit:
        return entries, ()
    first = limit // 4
    return entries[:first], entries[len(entries) - limit + first :]


def _day(entry: Entry) -> str:
    return f"{entry.at.astimezone(UTC):%a %Y-%m-%d}" if is_dated(entry.report.article) else "undated"


_INDENT = 9  # of what is said of a report: below its outlet


def _entry(entry: Entry, line: TimeLine, *, mixed: bool) -> Iterator[Line]:
    report, article = entry.report, entry.report.article
    clock = f"{entry.at.astimezone(UTC):%H:%M}" if is_dated(article) and is_timed(article) else "  ·  "
    language = f", {article.language}" if mixed and article.language else ""
    yield Line("report", f"{clock}  {outlet(article)}{language}: {_title(article.title)}", 2)
    said = _said(report, line)
    marks = [*_marks(report), f"article {article.id}", *_heard(report)]
    yield Line("none" if _is_idle(report) else "added", said, _INDENT, tail=" · ".join(marks))
    for addition in report.additions[1:]:
        at = f"{when(addition.at)}: " if addition.at else ""
        yield Line("added", f"changed {at}{one_addition(addition)}", _INDENT, 2)
    yield from _copies(entry.copies)


def _said(report: Report, line: TimeLine) -> str:
    if report.article.origin is Origin.SEED:
        return "a seed: the example a rule was written from"
    if report.copy_of is not None:
        elsewhere = line.story.originals.get(report.copy_of)
        where = f", which is in story {elsewhere}" if elsewhere else ""
        return f"a copy of article {report.copy_of}{where}"
    return added_in_words(report.additions, report.novelty)


def _is_idle(report: Report) -> bool:
    quiet = report.novelty in (Novelty.NOTHING, Novelty.COPY) or report.article.origin is Origin.SEED
    return quiet and len(report.additions) < 2


def _marks(report: Report) -> Iterator[str]:
    """What else is to be known of a report."""
    if report.standing in _STANDINGS:
        yield _STANDINGS[report.standing]
    if report.article.origin is Origin.IMPORT:
        yield "imported"
    if report.placed_by:
        yield f"put here by {visible(report.placed_by, 60)}"
    if report.article.degraded:
        yield "only what the feed gave"
    if report.article.revision > 1 and len(report.additions) < 2:
        yield "changed since"


def _heard(report: Report) -> list[str]:
    """The alerts that told of a report, or what keeps them."""
    alerts = sorted({alert for judged in report.matches for alert in judged.alerts})
    if alerts:
        return [f"told: alert{'' if len(alerts) == 1 else 's'} {some([str(id) for id in alerts], 3)}"]
    verdicts = {judged.verdict for judged in report.matches}
    found = {Verdict.HELD.value: "told later", Verdict.SILENCED.value: "silenced"}
    return [said for verdict, said in found.items() if verdict in verdicts]


def _copies(copies: Sequence[Report]) -> Iterator[Line]:
    """All copies of a report in one line, with who has them."""
    theirs = [copy.article for copy in copies if copy.article.origin is not Origin.SEED]
    if theirs:
        names = list(dict.fromkeys(map(outlet, theirs)))
        yield Line("note", f"+ {_counted(len(theirs), 'copy')}: {some(names, _OUTLETS)}", _INDENT, 2)
    for seed in _seeds(copies):
        yield Line("note", f"+ the same text is a seed (article {seed.id})", _INDENT, 2)


def _seeds(copies: Sequence[Report]) -> list[Article]:
    return [copy.article for copy in copies if copy.article.origin is Origin.SEED]


# --- the figures -----------------------------------------------------------------------------------


def _figures(courses: Sequence[Course]) -> Iterator[Line]:
    moved = [course for course in courses if len(course.points) > 1]
    once = [course for course in courses if len(course.points) == 1 and course.unit in CLASSES]
    alike = [course for course in once if course.reports > 1]
    if not moved and not alike:
        return
    yield Line("head", "figures over time")
    for course in moved[:_COURSES]:
        yield from _course(course)
    if len(moved) > _COURSES:
        yield Line("note", f"and {len(moved) - _COURSES} more that changed; --json has them", 2)
    if alike:
        said = [f"{_value(each, -1)} ({_counted(each.reports, 'report')})" for each in alike[:_ALIKE]]
        yield Line("note", f"given alike: {', '.join(said)}", 2, 2)


def _value(course: Course, place: int) -> str:
    return f"{spoken(course.points[place].value)} {visible(course.name, 40)}"


def _course(course: Course) -> Iterator[Line]:
    """A thing counted: its values in one line, then who gave each, and when."""
    points = course.points
    values = [spoken(point.value) for point in points]
    if len(values) > _POINTS:
        values = [*values[:2], "…", *values[-_POINTS + 3 :]]
    yield Line("course", f"{visible(course.name, 40)}: {' → '.join(values)}", 2, 2)
    shown = points if len(points) <= _POINTS else [*points[:2], *points[-_POINTS + 3 :]]
    width = max(len(spoken(point.value)) for point in shown)
    for number, point in enumerate(shown):
        if number == 2 and len(shown) < len(points):
            yield Line("note", f"… {len(points) - len(shown)} between", 4)
        by = some([visible(name, 60) for name in point.sources], 4)
        yield Line("plain", f"{_at(point.at)}  {spoken(point.value):>{width}}  {by}", 4, width + 20)


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"
