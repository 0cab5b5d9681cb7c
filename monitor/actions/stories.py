"""A story as a time line: who reported it first, what each report added, the copies folded, the figures over time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from monitor.actions.story_words import added_in_words, outlet
from monitor.adapters.store.additions import Addition
from monitor.adapters.store.story_lines import Edit, Place, Report, Story, StoryLines, Told
from monitor.adapters.store.story_list import Listed
from monitor.errors import UsageError
from monitor.model import Article, Dated, Origin
from monitor.relate.figures.course import Course, Given, courses
from monitor.relate.stories import origin, when


@dataclass(frozen=True, slots=True)
class Entry:
    """A report in its place in time, with the copies of it that are in the story, the first of them first."""

    report: Report
    at: datetime
    copies: tuple[Report, ...] = ()


@dataclass(frozen=True, slots=True)
class TimeLine:
    """A story in the order of time. `asked` is the number that led to it: another, where that was merged into it."""

    story: Story
    asked: int
    entries: tuple[Entry, ...]
    courses: tuple[Course, ...]

    @property
    def reports(self) -> list[Entry]:
        """Without the seeds, which a person supplied, and copies of what is elsewhere."""
        return [each for each in self.entries if _is_report(each.report)]

    @property
    def copies(self) -> list[Report]:
        folded = [copy for entry in self.entries for copy in entry.copies]
        loose = [each.report for each in self.entries if each.report.copy_of is not None]
        return [each for each in [*folded, *loose] if each.article.origin is not Origin.SEED]

    @property
    def sources(self) -> list[str]:
        """Whose reports they are, the first first."""
        named: dict[str, str] = {}
        for entry in self.reports:
            if name := origin(entry.report.article):
                named.setdefault(name.casefold(), name)
        return list(named.values())

    @property
    def languages(self) -> list[str]:
        known = (entry.report.article.language for entry in self.reports)
        return list(dict.fromkeys(language for language in known if language))

    @property
    def rules(self) -> dict[str, int]:
        """The rules that matched, with how many articles each, those of most first."""
        counted: dict[str, int] = {}
        for report in self.story.reports:
            for rule in {judged.rule for judged in report.matches}:
                counted[rule] = counted.get(rule, 0) + 1
        return dict(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))

    @property
    def seeds(self) -> list[tuple[Article, float | None]]:
        """The seeds it belongs with: those in it (without a likeness), then those it is like."""
        ours = [each.article for each in self.story.reports if each.article.origin is Origin.SEED]
        return [*((seed, None) for seed in ours), *self.story.seeds]


def find(lines: StoryLines, number: int, now: datetime) -> TimeLine:
    """The story that a number leads to. Raises UsageError where it leads to none."""
    found = lines.find(number)
    if found is None:
        raise UsageError(f"there is no story {number}; `monitor stories list` shows them")
    return time_line(lines.read(found), number, now)


def time_line(story: Story, asked: int, now: datetime) -> TimeLine:
    """A story in the order of time. `now` stands in where an article has no time of its own."""
    known = {report.article.id: report for report in story.reports}
    folded: dict[int, list[Report]] = {}
    heads: list[Report] = []
    for report in story.reports:
        head = _original(report, known)
        if head is report:
            heads.append(report)
        else:
            folded.setdefault(head.article.id, []).append(report)
    entries = [
        Entry(head, moment(head.article, now), _in_time(folded.get(head.article.id, ()), now))
        for head in heads
    ]
    entries.sort(key=lambda entry: (entry.at, entry.report.article.id))
    return TimeLine(story, asked, tuple(entries), courses(_given(entries)))


def moment(article: Article, now: datetime) -> datetime:
    """An article's place in a time line: where only its day is known, that it came on that day says more."""
    at = when(article, now)
    day_only = article.dated in (Dated.DAY, Dated.GUESS)
    if day_only and article.collected is not None and article.collected.date() == at.date():
        return article.collected
    return at


def _original(report: Report, known: dict[int, Report]) -> Report:
    """What a report is folded under: a copy may be one of a copy. Itself where its original is not in the story."""
    seen, found = {report.article.id}, report
    while found.copy_of in known:
        if found.copy_of in seen:
            return report  # a ring, which nothing makes; each of it is shown
        found = known[found.copy_of]
        seen.add(found.article.id)
    return found


def _in_time(copies: Iterable[Report], now: datetime) -> tuple[Report, ...]:
    return tuple(sorted(copies, key=lambda copy: (moment(copy.article, now), copy.article.id)))


def _is_report(report: Report) -> bool:
    return report.copy_of is None and report.article.origin is not Origin.SEED


def _given(entries: Iterable[Entry]) -> list[Given]:
    """The figures of a story in the order of time: of each report as it came, and as it was changed later."""
    found = [
        Given(
            addition.at or entry.at,
            outlet(entry.report.article),
            entry.report.article.id,
            addition.added.figures,
        )
        for entry in entries
        for addition in entry.report.additions
        if entry.report.article.origin is not Origin.SEED
    ]
    return sorted(found, key=lambda given: given.at)


# --- for programs ----------------------------------------------------------------------------------


def list_row(listed: Listed) -> dict[str, Any]:
    """A story as `stories list --json` gives it."""
    return {
        "id": listed.id,
        "title": listed.title,
        "first": listed.first,
        "last": listed.last,
        "active": listed.active,
        "reports": listed.reports,
        "copies": listed.copies,
        "seeds": listed.seeds,
        "sources": list(listed.sources),
        "languages": list(listed.languages),
        "rules": dict(listed.rules),
        "alerts": listed.alerts,
        "named_by": listed.named_by,
    }


def row(line: TimeLine) -> dict[str, Any]:
    """A story as `stories show --json` gives it: everything, in the order of time."""
    story, reports = line.story, line.reports
    return {
        "id": story.id,
        "asked": line.asked,
        "title": story.title,
        "named_by": story.named_by,
        "first": reports[0].at if reports else None,
        "first_source": outlet(reports[0].report.article) if reports else None,
        "last": reports[-1].at if reports else None,
        "active": story.active,
        "reports": len(reports),
        "copies": len(line.copies),
        "sources": line.sources,
        "languages": line.languages,
        "rules": line.rules,
        "merged": list(story.merged),
        "seeds": [_seed_row(seed, likeness) for seed, likeness in line.seeds],
        "alerts": [_told_row(told) for told in story.told],
        "edits": [asdict(edit) for edit in story.edits],
        "timeline": [_entry_row(entry) for entry in line.entries],
        "figures": [_course_row(course) for course in line.courses],
    }


def _seed_row(seed: Article, likeness: float | None) -> dict[str, Any]:
    return {"id": seed.id, "title": seed.title, "in_story": likeness is None, "likeness": likeness}


def _told_row(told: Told) -> dict[str, Any]:
    sent = [dict(zip(("receiver", "channel", "state"), each, strict=True)) for each in told.deliveries]
    return asdict(told) | {"deliveries": sent}


def _entry_row(entry: Entry) -> dict[str, Any]:
    return {"at": entry.at, **report_row(entry.report), "copies": [report_row(copy) for copy in entry.copies]}


def report_row(report: Report) -> dict[str, Any]:
    article = report.article
    return {
        "article": article.id,
        "title": article.title,
        "url": article.url,
        "source": article.source,
        "agency": article.agency,
        "language": article.language,
        "published": article.published,
        "dated": article.dated,
        "collected": article.collected,
        "origin": article.origin,
        "standing": report.standing,
        "revision": article.revision,
        "copy_of": report.copy_of,
        "placed_by": report.placed_by,
        "novelty": report.novelty,
        "said": added_in_words(report.additions, report.novelty),
        "adds": [addition_row(addition) for addition in report.additions],
        "matches": [asdict(judged) for judged in report.matches],
    }


def place_row(place: Place | None) -> dict[str, Any]:
    """Where an article is, as `articles show --json` gives it."""
    if place is None:
        return {"story": None, "copy_of": None, "novelty": None, "adds": []}
    adds = [addition_row(addition) for addition in place.additions]
    return {"story": place.story, "copy_of": place.copy_of, "novelty": place.novelty, "adds": adds}


def addition_row(addition: Addition) -> dict[str, Any]:
    """What was added at once, and why that was said."""
    added = addition.added
    return {
        "at": addition.at,
        "novelty": addition.novelty,
        "reason": addition.reason,
        "likeness": addition.likeness,
        "figures": [asdict(figure) for figure in added.figures],
        "statements": list(added.statements),
        "names": list(added.names),
        "dates": list(added.dates),
        "source": added.source or None,
        "nearest": {"text": added.nearest[0], "unseen": added.nearest[1]} if added.nearest else None,
        "uncompared": added.uncompared or None,
        "seeds": [{"id": id, "likeness": likeness} for id, likeness in added.seeds],
    }


def _course_row(course: Course) -> dict[str, Any]:
    return {
        "thing": course.name,
        "unit": course.unit,
        "role": course.role or None,
        "reports": course.reports,
        "points": [asdict(point) for point in course.points],
    }


def edit_in_words(edit: Edit, story: int) -> str:
    """What somebody made of a story, seen from `story`."""
    details, number = edit.details, len(edit.details.get("articles", ()))
    what = f"{number} article{'' if number == 1 else 's'}"
    of = "" if edit.story == story else f" (story {edit.story})"
    match edit.action:
        case "rename":
            said = f"called it “{details.get('title', '')}”, it was “{details.get('before', '')}”"
        case "merge":
            said = f"merged story {details.get('merged', '?')} into it, {what}"
        case "split" if "into" in details:
            said = f"split {what} off to story {details['into']}"
        case "split":
            said = f"split it off story {details.get('of', '?')} with {what}"
        case _:
            said = edit.action
    return f"{edit.author} {said}{of}" + (f": {edit.why}" if edit.why else "")


def some(names: Sequence[str], most: int) -> str:
    """The first `most` of names, and how many more there are."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
