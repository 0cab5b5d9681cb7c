"""What a person makes of stories: which articles go together, and what a story is like that is put together so.

Nothing is learnt from an edit but where these articles belong: a story is rebuilt from its articles as they
would have made it one after the other, and neither the vocabulary nor a threshold moves. So a story that was
merged and split again is as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.model import Article, Novelty, Relation
from monitor.relate.adding import by_the_first
from monitor.relate.copies.folding import Candidate, band_keys
from monitor.relate.features import Features
from monitor.relate.profile import StoryProfile, vector
from monitor.relate.stories import adds, join, relate, similarity, when
from monitor.relate.words.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Report:
    """An article of a story. `copy_of` is the article that it is folded under, None where it is no copy.

    `parted_from` is the article of which it was a copy until a person parted the two: it is one again where they
    come together again.
    """

    article: Article
    copy_of: int | None = None
    parted_from: int | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """A story taken apart: the reports that leave it and those that stay, each in the order given."""

    moved: tuple[Report, ...]
    left: tuple[Report, ...]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A story as its articles make it, with what each of them adds to it, by the article's id, earliest first.

    `reports` are those articles, in the same order, each folded under what is in the story.
    """

    profile: StoryProfile
    relations: Mapping[int, Relation]
    reports: tuple[Report, ...]

    @property
    def first(self) -> int:
        """The article that opens it."""
        return next(id for id, relation in self.relations.items() if relation.novelty is Novelty.STORY)


def parted(reports: Sequence[Report], asked: Collection[int], *, unfold: bool = False) -> Parts:
    """Take the articles `asked` for out of a story, each with the copies folded under it.

    With `unfold`, a copy may leave its original: it is a report of its own from then on. Raises ValueError, in
    words for who asked, where an article is not in the story, is a copy that would leave its original, or where
    nothing would stay.
    """
    known = {report.article.id: report for report in reports}
    _check(known, asked, unfold=unfold)
    moved = {id for id, report in known.items() if id in asked or _original(report, known) in asked}
    if len(moved) == len(known):
        raise ValueError("that is all of it, with the copies; a story is split where something stays")
    return Parts(
        tuple(_unfolded(report, known.keys() - moved) for id, report in known.items() if id in moved),
        tuple(report for id, report in known.items() if id not in moved),
    )


def _check(known: Mapping[int, Report], asked: Collection[int], *, unfold: bool) -> None:
    strangers = sorted(set(asked) - known.keys())
    if strangers:
        raise ValueError(f"article {strangers[0]} is not in it")
    for id in asked:
        original = known[id].copy_of
        if original in known and original not in asked and not unfold:
            raise ValueError(
                f"article {id} is a copy of article {original} and goes where that goes; "
                f"name {original}, or say --unfold to part them"
            )


def _original(report: Report, known: Mapping[int, Report]) -> int:
    """The article that a report is folded under: a copy may be one of a copy."""
    seen = {report.article.id}
    while (above := known.get(report.copy_of or 0)) is not None and above.article.id not in seen:
        report = above
        seen.add(report.article.id)
    return report.article.id


def _unfolded(report: Report, left: Collection[int]) -> Report:
    """A copy whose original stays behind is a report of its own."""
    return replace(report, copy_of=None) if report.copy_of in left else report


def _folded(reports: Sequence[Report]) -> list[Report]:
    """The reports with `copy_of` only of what is among them."""
    ids = {report.article.id for report in reports}
    return [
        replace(report, copy_of=next((id for id in (report.copy_of, report.parted_from) if id in ids), None))
        for report in reports
    ]


def rebuilt(
    story: int,
    title: str,
    reports: Iterable[Report],
    features_of: Callable[[Article], Features],
    vocabulary: Vocabulary,
    now: datetime,
    opened: str = "the first report",
) -> Rebuilt:
    """The story that these reports make, in the order of their time: the earliest that is no copy opens it.

    `story` is its number, or any that no story has where it has none yet, but not 0, which is that of no story.
    `features_of` gives an article's features; `opened` is the reason that the first report bears. `now` stands in
    where an article has no time of its own. Raises ValueError where there is no report.
    """
    profile: StoryProfile | None = None
    relations: dict[int, Relation] = {}
    filed: dict[int, list[Candidate]] = {}  # the reports so far, by band key
    folded = sorted(_folded([*reports]), key=lambda one: (when(one.article, now), one.article.id))
    for report in folded:
        article, features = report.article, features_of(report.article)
        unit = vector(features, vocabulary)
        if report.copy_of is not None:
            relation = Relation(story, Novelty.COPY, "", copy_of=report.copy_of)
        elif profile is None or profile.articles == profile.copies:
            relation = Relation(story, Novelty.STORY, opened, added=by_the_first(features))
        else:
            alike = {one.article: one for key in band_keys(features.signature) for one in filed.get(key, ())}
            relation = _added(article, features, profile, [*alike.values()], vocabulary, now, unit)
        if report.copy_of is None:
            text = Candidate(article.id, story, features.signature, when(article, now), article.source)
            for key in band_keys(features.signature):
                filed.setdefault(key, []).append(text)
        profile = join(profile, article, features, relation, vocabulary, now, unit)
        relations[article.id] = relation
    if profile is None:
        raise ValueError("a story without a report is none")
    return Rebuilt(replace(profile, title=title), relations, tuple(folded))


def _added(
    article: Article,
    features: Features,
    story: StoryProfile,
    earlier: Sequence[Candidate],
    vocabulary: Vocabulary,
    now: datetime,
    unit: Mapping[str, float],
) -> Relation:
    """What an article adds to the story that it is in, however unlike the two are; `earlier` are its texts."""
    relation = relate(article, features, [story], earlier, vocabulary, now, unit)
    if relation.novelty not in (Novelty.STORY, Novelty.COPY):
        return relation
    return adds(article, features, story, similarity(unit, story, when(article, now)), vocabulary)
