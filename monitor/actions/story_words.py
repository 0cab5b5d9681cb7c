"""What a report added to its story, in words: for time lines, and for whoever asks about one article."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.adapters.store.additions import Addition
from monitor.adapters.store.story_lines import Place
from monitor.model import Article, Dated, Novelty, Origin
from monitor.relate.figures.course import in_words
from monitor.relate.figures.things import CLASSES
from monitor.send.excerpt import visible
from monitor.text.datelines import after_dateline

NOTHING = "nothing new"
_FIGURES, _NAMES, _DATES = 3, 3, 2  # of each so many are named
_QUOTED = 100  # characters of a statement

# What is known of a report that an older release stored.
_NOVELTIES = {
    Novelty.STORY: "the first report",
    Novelty.FIGURE: "a figure changed",
    Novelty.SOURCE: "a second source",
    Novelty.STATEMENT: "a new statement",
    Novelty.NOTHING: NOTHING,
    Novelty.COPY: "a copy",
}


def added_in_words(additions: Sequence[Addition], novelty: Novelty | None) -> str:
    """What a report added when it came, on one line; `novelty` is what is known where nothing else was kept."""
    if not additions:
        return _NOVELTIES[novelty] if novelty else "what it added is not known"
    return one_addition(additions[0])


def beyond_the_decision(addition: Addition) -> str:
    """What is known of what a report added beyond what a decision says of it; "" where that is nothing.

    A decision on a copy, or on what says nothing new, gives the reason; not how near it came.
    """
    if addition.novelty is Novelty.COPY:
        return ""
    said, nearest = one_addition(addition), addition.added.nearest
    if said != NOTHING:
        return said
    if nearest is None:
        return ""
    return (
        f"nearest to a new statement came “{visible(nearest[0], _QUOTED)}”, {100 * nearest[1]:.0f} % unseen"
    )


def place_in_words(place: Place) -> str:
    """In which story an article is, and what it added to it."""
    said = added_in_words(place.additions, place.novelty)
    if place.copy_of is not None:
        said = f"a copy of article {place.copy_of}"
    return f"story {place.story}, “{visible(place.title, 100)}”: {said}"


def one_addition(addition: Addition) -> str:
    """What was added at once: "20,000 troops sent (15,000 before); names: Kim; “They left on Monday.”"."""
    if addition.novelty is Novelty.STORY:
        figures = addition.added.figures
        known = [figure for figure in figures if figure.unit in CLASSES] or figures
        given = [in_words(figure) for figure in known]
        return "the first report" + (f": {_some(given, 2 * _FIGURES)}" if given else "")
    if addition.novelty is Novelty.COPY:
        return f"a copy: {addition.reason}" if addition.reason else "a copy"
    beside = f" in {addition.added.uncompared}" if addition.added.uncompared else ""
    return "; ".join(_parts(addition)) or (f"no figure changed{beside}" if beside else NOTHING)


def _parts(addition: Addition) -> list[str]:
    added, novelty = addition.added, addition.novelty
    changed = [in_words(figure) for figure in added.figures if figure.before is not None]
    first = [in_words(figure) for figure in added.figures if figure.first]
    parts = [_some(changed, _FIGURES)] if changed else []
    parts += [f"first figure: {_some(first, _FIGURES)}"] if first else []
    if novelty is Novelty.SOURCE or (novelty is Novelty.FIGURE and not parts):
        parts.append(addition.reason)
    if added.names:
        parts.append(f"names: {_some(added.names, _NAMES)}")
    if added.dates:
        parts.append(f"dates: {_some(added.dates, _DATES)}")
    if added.statements:
        more = f" and {len(added.statements) - 1} more" if len(added.statements) > 1 else ""
        parts.append(f"“{visible(after_dateline(added.statements[0]), _QUOTED)}”{more}")
    return [part for part in parts if part]


def _some(found: Sequence[str], most: int) -> str:
    shown = ", ".join(visible(each, 60) for each in found[:most])
    return f"{shown} and {len(found) - most} more" if len(found) > most else shown


def outlet(article: Article) -> str:
    """Who published a report, and the agency that it credits: "Daily (Yonhap)"."""
    if article.origin is Origin.SEED and not article.source:
        return "a seed"
    name, agency = visible(article.source, 60) or "unknown source", visible(article.agency or "", 40)
    return f"{name} ({agency})" if agency and agency.casefold() != name.casefold() else name


def is_dated(article: Article) -> bool:
    """Whether it is known on which day a report was published."""
    return article.published is not None or article.origin is not Origin.SEED


def is_timed(article: Article) -> bool:
    """Whether it is known at what time of the day, too."""
    return article.published is None or article.dated not in (Dated.DAY, Dated.GUESS)
