"""Which story an article belongs to, and what it adds to it: one pass, no second thoughts.

A story is the sum of its articles' TF-IDF vectors; an article joins the nearest story whose cosine, faded by
the time that passed and by what speaks against it (see doubts), reaches a threshold. Copies are told by their
signatures, and corrections from copies by their figures.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from monitor.model import Article, Dated, Novelty, Origin, Relation, Span
from monitor.relate.abroad import likeness
from monitor.relate.adding import by_a_later, by_the_first
from monitor.relate.copies.folding import Candidate, Likeness, is_beside, repeated
from monitor.relate.doubts import mentioned, trust
from monitor.relate.features import Features
from monitor.relate.figures.comparing import changed
from monitor.relate.figures.reading import Figure
from monitor.relate.novelty import News, is_known_source, learnt, news
from monitor.relate.profile import (
    FIGURES,
    KNOWN,
    MENTIONS,
    SOURCES,
    STATEMENTS,
    StoryProfile,
    added,
    cosine,
    latest,
    removed,
    vector,
)
from monitor.relate.words.vocabulary import Vocabulary

THRESHOLD: Final = 0.2
"""The likeness, faded, from which a headline joins a story.

Like all constants here it was chosen where precision and recall (B-cubed) meet with few more stories opened than
there are, over headlines of six languages, halved in time, thinned to a third, and laid three days upon one. Other
ways to weigh words, a margin to the next best story, the number of stories that run, pairs of words, static word
embeddings and weights learnt for a dozen measures of likeness did no better on the days that they were not fitted to.
"""
THRESHOLD_LONG: Final = 0.23  # the same for a whole article: long texts on one subject share more by chance
_BRIEF, _LONG = 60, 200  # terms: between the two, the threshold rises with the logarithm of their number
UNDATED_SEED: Final = timedelta(days=60)  # how old a seed without a date is taken to be
# A story's claim on later articles fades: with its own pace, since one that has a report every other day goes on
# longer than one that had twenty in an hour; and for a small part slowly, since some stories rest for weeks.
FADE: Final = timedelta(hours=60)
PATIENCE: Final = 8  # how many of a story's usual gaps are added to that
UNPACED: Final = timedelta(hours=12)  # the usual gap of a story with one report
SLOWEST: Final = timedelta(hours=72)
LINGER: Final = timedelta(days=30)
LINGERING: Final = 0.1  # the share of the claim that fades at the slower rate
REWRITTEN: Final = (
    0.9  # the share of a text from which on it says nothing beside its original: a new headline, a line
)
_AHEAD: Final = timedelta(minutes=1)


def relate(
    article: Article,
    features: Features,
    profiles: Iterable[StoryProfile],
    copies: Sequence[Candidate],
    vocabulary: Vocabulary,
    now: datetime,
    unit: Mapping[str, float] | None = None,
) -> Relation:
    """Where `article` belongs and what it adds.

    `profiles` are the stories it may join (all, or StoryIndex.nearest()) and should hold those of the
    candidates; `copies` are earlier articles with a band key in common, the article's own revisions left
    out. The order of either does not matter. `now` stands in where the article has no time of its own.
    `unit` is the article's vector() where it is known already.
    """
    known = {profile.id: profile for profile in profiles}
    like = repeated(features.signature, copies, when(article, now), article.source)
    if like and like.corrects:
        corrected = like.candidate
        return _correction(article, features, like.share, corrected, known.get(corrected.story), vocabulary)
    if like:
        more = _says_more(article, features, like, known.get(like.candidate.story), vocabulary)
        return more or _copy(article, like, when(article, now))
    unit = vector(features, vocabulary) if unit is None else unit
    score, nearest = _nearest(article, features, unit, known.values(), vocabulary, now)
    asked = threshold(len(features.terms))
    if nearest is None or score < asked:
        why = _opened(score, asked, trust(features, unit, nearest) if nearest else 0.0)
        return Relation(0, Novelty.STORY, why, similarity=score, added=by_the_first(features))
    return adds(article, features, nearest, score, vocabulary)


def join(
    profile: StoryProfile | None,
    article: Article,
    features: Features,
    relation: Relation,
    vocabulary: Vocabulary,
    now: datetime,
    unit: Mapping[str, float] | None = None,
) -> StoryProfile:
    """The story with `article` in it; a new one, of id `relation.story`, where `profile` is None.

    A copy counts as reach and moves the story's last report; it adds neither words nor figures nor a source. But
    where it credits an agency with the text of the only source so far, that text was the agency's.
    A seed's source is not one of the story's: a person supplied it.
    """
    seen = when(article, now)
    if profile is None:
        profile = StoryProfile(
            relation.story, article.title or _first_words(article.body), {}, 0, 0, seen, seen
        )
    first, last = min(profile.first_seen, seen), max(profile.last_seen, seen)
    count = profile.articles + 1
    if relation.novelty is Novelty.COPY:
        sources = profile.sources
        if article.agency and len(sources) == 1:
            sources = (origin(article),)
        return replace(
            profile,
            articles=count,
            copies=profile.copies + 1,
            first_seen=first,
            last_seen=last,
            sources=sources,
        )
    source = origin(article)
    return replace(
        profile,
        articles=count,
        first_seen=first,
        last_seen=last,
        weights=added(profile.weights, vector(features, vocabulary) if unit is None else unit),
        sources=(
            profile.sources + ((source,) if source and not is_known_source(article, source, profile) else ())
        )[:SOURCES],
        figures=latest(profile.figures, [replace(each, by=source) for each in features.figures], FIGURES),
        statements=latest(profile.statements, features.statements, STATEMENTS),
        known=learnt(profile.known, features.terms, KNOWN),
        languages=latest(profile.languages, [article.language], STATEMENTS),
        mentions=latest(profile.mentions, mentioned(features), MENTIONS),
    )


def without(profile: StoryProfile, unit: Mapping[str, float] | None) -> StoryProfile:
    """The story as if one of its articles, of the vector `unit`, were not counted; None for a copy.

    For an article that changed and joins again as it is now, so that a page changed thirty times weighs as one
    report. What it said stays said.
    """
    if unit is None:
        return replace(profile, articles=profile.articles - 1, copies=max(profile.copies - 1, 0))
    return replace(profile, articles=profile.articles - 1, weights=removed(profile.weights, unit))


def adds(
    article: Article, features: Features, story: StoryProfile, score: float, vocabulary: Vocabulary
) -> Relation:
    """What an article adds to the story that it is in, or to which it belongs by `score`."""
    fresh = news(article, features, origin(article), story, vocabulary)
    novelty, reason, where = _judged(article, fresh, story)
    return Relation(
        story.id, novelty, reason, similarity=score, where=where, added=by_a_later(article, features, fresh)
    )


def heard(relation: Relation, spans: Sequence[Span]) -> Relation:
    """The relation as a rule hears it that matched at `spans`: a new statement only in a sentence that matched."""
    if relation.novelty is not Novelty.STATEMENT or not relation.where:
        return relation
    where = tuple(said for said in relation.where if any(_overlap(said, span) for span in spans))
    if where:
        return replace(relation, where=where)
    return replace(relation, novelty=Novelty.NOTHING, reason="what is new stands in no sentence that matched")


def _overlap(a: Span, b: Span) -> bool:
    return a.field == b.field and a.start < b.end and b.start < a.end


def when(article: Article, now: datetime) -> datetime:
    """The article's place in time: published, but never after it was collected; else collected, else now.

    A seed without a date is taken for old: it was news when somebody kept it, and news of today that is
    like it is another story.

    The publisher's clock and not ours: after a downtime a day's backlog arrives within a minute, and a slow
    feed hours late, and neither makes two events one or one event two.
    """
    collected = article.collected or now
    if article.origin is Origin.SEED and article.published is None:
        return collected - UNDATED_SEED
    return min(article.published, collected) if article.published else collected


def similarity(unit: Mapping[str, float], profile: StoryProfile, seen: datetime) -> float:
    """Cosine between an article's vector and a story, faded by the time between the article and the story."""
    return cosine(unit, profile) * _claim(profile, seen)


def _claim(profile: StoryProfile, seen: datetime) -> float:
    """What is left of a story's claim on an article of that time."""
    gap = max(seen - profile.last_seen, profile.first_seen - seen, timedelta(0))
    return faded(gap, pace(profile))


def pace(profile: StoryProfile) -> timedelta:
    """The mean time between a story's reports so far, copies included; at most SLOWEST."""
    if profile.articles < 2:
        return UNPACED
    return min((profile.last_seen - profile.first_seen) / (profile.articles - 1), SLOWEST)


def threshold(terms: int) -> float:
    """The likeness that an article of so many terms needs to join a story."""
    length = math.log(min(max(terms, _BRIEF), _LONG) / _BRIEF) / math.log(_LONG / _BRIEF)
    return THRESHOLD + (THRESHOLD_LONG - THRESHOLD) * length


def faded(gap: timedelta, usual: timedelta = UNPACED) -> float:
    """What is left of a story's claim `gap` after its last report (or before its first), 1 down to 0.

    `usual` is the time between its reports.
    """
    patience = FADE + PATIENCE * usual
    return (1 - LINGERING) * math.exp(-gap / patience) + LINGERING * math.exp(-gap / LINGER)


def origin(article: Article) -> str:
    """Whose report this is: the agency credited, else the outlet; "" for a seed and where nobody is named."""
    return "" if article.origin is Origin.SEED else (article.agency or article.source).strip()


def _copy(article: Article, like: Likeness, seen: datetime) -> Relation:
    """Folded under the article that came first; a text may reach us after its copies, and is said to be theirs."""
    original = like.candidate
    credited = f", credited to {article.agency}" if article.agency else ""
    ahead = original.at - seen if original.at and article.published else timedelta(0)
    dated = article.dated in (None, Dated.EXACT)
    earlier = f", published {_spoken(ahead)} before it" if dated and ahead >= _AHEAD else ""
    return Relation(
        original.story,
        Novelty.COPY,
        f"{like.share:.0%} the same text{credited}{earlier}".replace("%", " %", 1),
        copy_of=original.article,
        similarity=like.share,
    )


def _says_more(
    article: Article, features: Features, like: Likeness, story: StoryProfile | None, vocabulary: Vocabulary
) -> Relation | None:
    """What a text opens with that the one it is like has not: an update under another address is no copy.

    Who rewrites a text adds no figure, name or date to it; and what stands below it may be any outlet's own. Nor
    does who repeats a text vouch for it: that an outlet had not reported is nothing new.
    """
    if story is None or like.share > REWRITTEN:
        return None
    told = adds(replace(article, source="", agency=None), features, story, like.share, vocabulary)
    if told.novelty is Novelty.STATEMENT and not (told.added.names or told.added.dates):
        return None
    opening = [span for span in told.where if span.field == "body" and 2 * span.start < len(article.body)]
    texts = [article.body[span.start : span.end] for span in opening]
    return told if any(is_beside(text, like.candidate.signature) for text in texts) else None


def _spoken(time: timedelta) -> str:
    minutes = round(time / timedelta(minutes=1))
    return f"{minutes} min" if minutes < 120 else f"{round(minutes / 60)} h"


def _correction(
    article: Article,
    features: Features,
    share: float,
    before: Candidate,
    profile: StoryProfile | None,
    vocabulary: Vocabulary,
) -> Relation:
    """An earlier text with another figure: news, unless the story has that figure already."""
    told = {figure.value for figure in profile.figures} if profile else set()
    fresh = [figure for figure in features.figures if figure.value not in told]
    if profile and not fresh:
        return adds(article, features, profile, share, vocabulary)
    changes = changed(profile.figures, features.figures) if profile else ()
    named = ", ".join(figure.text for figure in fresh[:3])
    reason = News(changes).counts() or f"new in the text of article {before.article}: {named}"
    where = _where([change.now for change in changes] or fresh)
    figures = by_a_later(article, features, News(changes))
    return Relation(before.story, Novelty.FIGURE, reason, similarity=share, where=where, added=figures)


def _nearest(
    article: Article,
    features: Features,
    unit: Mapping[str, float],
    profiles: Iterable[StoryProfile],
    vocabulary: Vocabulary,
    now: datetime,
) -> tuple[float, StoryProfile | None]:
    """The story that is likest and not to be doubted; of two alike the one opened first."""
    seen, language = when(article, now), features.language or ""
    asked = threshold(len(features.terms))
    best, nearest = 0.0, None
    for profile in profiles:
        alike = cosine(unit, profile)
        if language not in profile.norms:
            alike = max(alike, likeness(features, profile, vocabulary, asked))
        if alike < best:
            continue  # neither time nor a doubt makes two things more alike
        score = alike * _claim(profile, seen) * trust(features, unit, profile)
        if nearest is None or (score, -profile.id) > (best, -nearest.id):
            best, nearest = score, profile
    return best, nearest


def _judged(article: Article, added: News, story: StoryProfile) -> tuple[Novelty, str, tuple[Span, ...]]:
    """The weightiest of what is new, why, and where it stands."""
    if added.figures:
        return Novelty.FIGURE, added.counts(), _where(added.figures)
    if added.source and len(story.sources) == 1:
        return Novelty.SOURCE, f"second source: {added.source} after {story.sources[0]}", ()
    if added.said:
        return Novelty.STATEMENT, added.says(article), added.said
    return Novelty.NOTHING, added.lacks(story), ()


def _where(news: Iterable[Figure]) -> tuple[Span, ...]:
    return tuple(sorted({Span(figure.field, *figure.sentence) for figure in news}))


def _opened(score: float, asked: float, trusted: float) -> str:
    if score < 0.005:
        return "nothing like it was reported"
    words = f" ({score / trusted:.2f} by its words, but each names others)" if trusted < 1 else ""
    return f"the nearest story is {score:.2f} like it{words}, below {asked:.2f}"


def _first_words(body: str) -> str:
    return " ".join(body.split()[:12])
