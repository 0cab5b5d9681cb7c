"""What people make of stories: they split, merge and rename them, and are told how to undo it.

Nobody is alerted by that. What was told stays told of the reports that it was told of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from monitor.actions.listings import Articles, find_article
from monitor.actions.story_bench import Author, Bench, title_of
from monitor.actions.story_said import argument, counted, listed, next_told, quoted, still_said
from monitor.adapters.store.story_edits import Editing, KnownStory, StoryEdits
from monitor.errors import UsageError
from monitor.relate.editing import Parts, Rebuilt, Report, parted
from monitor.text import one_line

_NO_NUMBER: Final = -1  # of a story that has none yet


@dataclass(frozen=True, slots=True)
class Edited:
    """What became of an edit: the stories that it made or changed, what is said of it, and what undoes it."""

    stories: tuple[int, ...]
    lines: tuple[str, ...]
    undo: str | None = None


# --- rename ----------------------------------------------------------------------------------------


def rename(edits: StoryEdits, id: int, text: str, author: Author) -> Edited:
    """Call a story what a person calls it. Raises UsageError."""
    title = title_of(text)
    with edits.editing() as tx:
        story, remarks = _living(tx, id)
        tx.rename(story.id, title, author.by)
        details = {"title": title, "before": story.title}
        tx.record(story.id, "rename", author.by, author.why, details, author.now)
    if story.title == title:
        return Edited((story.id,), (*remarks, f"story {story.id} is called {quoted(title)} already"))
    said = f"story {story.id} is called {quoted(title)} from now on, not {quoted(story.title)}"
    undo = f"monitor stories rename {story.id} {argument(story.title)}"
    return Edited((story.id,), (*remarks, said), undo)


# --- merge -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Merge:
    """What a merge makes, of the stories as they were."""

    story: KnownStory
    others: tuple[tuple[KnownStory, tuple[Report, ...]], ...]
    made: Rebuilt
    remarks: tuple[str, ...]


def merge(edits: StoryEdits, id: int, others: Sequence[int], bench: Bench, author: Author) -> Edited:
    """Make stories one: all of `others` goes to the story `id`, and their numbers lead to it. Raises UsageError."""
    with edits.reading() as tx:
        plan = _planned_merge(tx, id, others, bench, author.now)
    with edits.editing() as tx:
        if not _are_as_before(tx, plan.story, *(other for other, _ in plan.others)):
            plan = _planned_merge(tx, id, others, bench, author.now)
        lines = [
            line for other, reports in plan.others for line in _absorb(tx, plan.story, other, reports, author)
        ]
        tx.save(plan.story.id, plan.made)
        tx.settle_waiting(plan.story.id)
        lines += [still_said(answer) for answer in tx.answers(plan.story.id)]
    named = listed([f"story {other.id}" for other, _ in plan.others])
    lead = "leads" if len(plan.others) == 1 else "lead"
    said = f"{counted(plan.story.id, plan.story.title, plan.made.reports)}; {named} {lead} to it now"
    undo = " && ".join(_split_command(plan, other, reports) for other, reports in plan.others)
    lines = [
        *plan.remarks,
        said,
        "nobody is told of this; what follows is an update where either was told",
        *lines,
    ]
    return Edited((plan.story.id,), tuple(lines), undo)


def _planned_merge(tx: Editing, id: int, others: Sequence[int], bench: Bench, now: datetime) -> _Merge:
    story, remarks = _living(tx, id)
    known = [_mergeable(tx, story, other) for other in dict.fromkeys(others)]
    theirs = tuple((other, tuple(tx.reports(other.id))) for other in known)
    together = [*tx.reports(story.id), *(report for _, reports in theirs for report in reports)]
    made = bench.rebuild(story.id, story.title, together, now)
    return _Merge(story, theirs, made, remarks)


def _mergeable(tx: Editing, story: KnownStory, id: int) -> KnownStory:
    other = _known(tx, id)
    if other.id == story.id:
        raise UsageError(
            f"story {id} cannot be merged with itself; name another: monitor stories merge {id} OTHER"
        )
    if other.merged_into == story.id:
        raise UsageError(f"story {id} was merged into story {story.id} already")
    if other.merged_into is not None:
        into = other.merged_into
        raise UsageError(
            f"story {id} was merged into story {into}; merge that: monitor stories merge {story.id} {into}"
        )
    return other


def _absorb(
    tx: Editing, story: KnownStory, other: KnownStory, reports: Sequence[Report], author: Author
) -> list[str]:
    overruled = tx.overrule(other.id, story.id)
    tx.move_all(other.id, story.id, author.by)
    silences = tx.move_silences(other.id, story.id, author.now)
    tx.leads_to(other.id, story.id)
    details = {
        "merged": other.id,
        "title": other.title,
        "articles": [report.article.id for report in reports],
        "silences": silences,
        "relevant_again": [
            {"rule": one.rule, "alerts": list(one.alerts), "by": one.by, "why": one.why} for one in overruled
        ],
    }
    tx.record(story.id, "merge", author.by, author.why, details, author.now)
    return [
        *(
            f"silence {each} of story {other.id} holds for all of story {story.id} now; "
            f"`monitor silence end {each}` ends it"
            for each in silences
        ),
        *(
            f"{one.rule}: {one.by} called story {other.id} not relevant, but not story {story.id}: "
            "updates are told"
            for one in overruled
        ),
    ]


def _split_command(plan: _Merge, other: KnownStory, reports: Sequence[Report]) -> str:
    """The command that makes a merged story one of its own again, under another number."""
    folded = {report.article.id: report.copy_of for report in plan.made.reports}
    own = {report.article.id for report in reports}
    apart = [report.article.id for report in reports if folded[report.article.id] not in own]
    again = " --unfold" if any(folded[id] is not None for id in apart) else ""
    title = f" --title {argument(other.title)}" if other.named_by else ""
    return f"monitor stories split {plan.story.id} {' '.join(map(str, apart))}{again}{title}"


# --- split -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Split:
    story: KnownStory
    parts: Parts
    moved: Rebuilt  # its story has no number yet
    left: Rebuilt
    remarks: tuple[str, ...]


def split(
    edits: StoryEdits,
    articles: Articles,
    id: int,
    names: Sequence[str],
    bench: Bench,
    author: Author,
    title: str | None = None,
    *,
    unfold: bool = False,
) -> Edited:
    """Make articles of a story, with their copies, a story of their own. Raises UsageError.

    `names` are ids or addresses. With `unfold`, a copy may leave the article that it is folded under.
    """
    called = None if title is None else title_of(title)
    asked = [find_article(articles, name).id for name in dict.fromkeys(names)]
    with edits.reading() as tx:
        plan = _planned_split(tx, id, asked, bench, author.now, called, unfold=unfold)
    with edits.editing() as tx:
        if not _are_as_before(tx, plan.story):
            plan = _planned_split(tx, id, asked, bench, author.now, called, unfold=unfold)
        new = _part(tx, plan, called, author)
        lines = [
            counted(new, plan.moved.profile.title, plan.parts.moved)
            + f", taken out of story {plan.story.id}",
            counted(plan.story.id, plan.left.profile.title, plan.parts.left) + " left",
            *next_told(tx, new, plan.story.id),
            *(
                f"silence {each} stays with story {plan.story.id}"
                for each in tx.silences_of(plan.story.id, author.now)
            ),
        ]
    return Edited(
        (new, plan.story.id), (*plan.remarks, *lines), f"monitor stories merge {plan.story.id} {new}"
    )


def _planned_split(
    tx: Editing,
    id: int,
    asked: Sequence[int],
    bench: Bench,
    now: datetime,
    title: str | None,
    *,
    unfold: bool,
) -> _Split:
    story, remarks = _living(tx, id)
    reports = tx.reports(story.id)
    _check_there(tx, story.id, asked, {report.article.id for report in reports})
    try:
        parts = parted(reports, asked, unfold=unfold)
    except ValueError as error:
        raise UsageError(f"story {story.id}: {error}") from None
    moved = bench.rebuild(_NO_NUMBER, title or "", parts.moved, now)
    left = bench.rebuild(story.id, story.title, parts.left, now)
    titles = {each.article.id: each.article.title or one_line(each.article.body, 80) for each in reports}
    if title is None:
        moved = _entitled(moved, titles)
    if story.named_by is None and story.title in {titles[report.article.id] for report in parts.moved}:
        left = _entitled(left, titles)
    return _Split(story, parts, moved, left, remarks)


def _entitled(made: Rebuilt, titles: Mapping[int, str]) -> Rebuilt:
    """A story that nobody named, and whose title left with its report, has the title of its first report."""
    return replace(made, profile=replace(made.profile, title=titles[made.first]))


def _check_there(tx: Editing, story: int, asked: Sequence[int], there: set[int]) -> None:
    for article in asked:
        if article not in there:
            other = tx.story_of(article)
            where = "no story" if other is None else f"story {other}"
            raise UsageError(
                f"article {article} is in {where}, not in story {story}; "
                f"`monitor stories show {story}` lists its articles"
            )


def _part(tx: Editing, plan: _Split, called: str | None, author: Author) -> int:
    """Store the two stories; the number of the new one."""
    story, title = plan.story, plan.moved.profile.title
    collected = [at for report in plan.parts.moved if (at := report.article.collected)]
    new = tx.open(title, author.by if called else None, max(collected, default=author.now))
    tx.move(plan.parts.moved, story.id, new, author.by)
    tx.save(new, replace(plan.moved, profile=replace(plan.moved.profile, id=new)))
    tx.save(story.id, plan.left)
    if plan.left.profile.title != story.title:
        tx.rename(story.id, plan.left.profile.title, None)
    for each in (story.id, new):
        tx.settle_waiting(each)
    ids = [report.article.id for report in plan.parts.moved]
    tx.record(story.id, "split", author.by, author.why, {"into": new, "articles": ids}, author.now)
    tx.record(new, "split", author.by, author.why, {"of": story.id, "articles": ids}, author.now)
    return new


# --- words -----------------------------------------------------------------------------------------


def _known(tx: Editing, id: int) -> KnownStory:
    story = tx.story(id)
    if story is None:
        raise UsageError(f"there is no story {id}; `monitor stories list` shows them")
    return story


def _are_as_before(tx: Editing, *stories: KnownStory) -> bool:
    """Whether nobody, the daemon neither, has changed any of the stories since they were read."""
    return all(tx.story(story.id) == story for story in stories)


def _living(tx: Editing, id: int) -> tuple[KnownStory, tuple[str, ...]]:
    """The story that a number leads to, and a word on it where it was merged into another."""
    story = _known(tx, id)
    if story.merged_into is None:
        return story, ()
    return _known(tx, story.merged_into), (f"story {id} was merged into story {story.merged_into}",)
