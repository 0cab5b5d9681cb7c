"""What a report adds to its story, as it is kept beside the report: the figures it gives, and what was new in it.

What decides (see novelty) points into the text, which its publisher may change; what is kept is the words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from monitor.model import Added, Article, Counted, Span
from monitor.relate.features import Features
from monitor.relate.figures.reading import Figure
from monitor.relate.figures.things import CLASSES
from monitor.relate.novelty import News
from monitor.text import one_line, sentences

MOST_FIGURES: Final = 40  # of one report; a table of results has hundreds
LONGEST: Final = 300  # characters of a statement


def by_the_first(features: Features) -> Added:
    """Of the report that opens a story all is new: its figures are what later ones are compared with."""
    return Added(figures=_counted(features.figures, News()))


def by_a_later(article: Article, features: Features, news: News) -> Added:
    """What a report adds to the story it joins, by `news`."""
    return Added(
        figures=_counted(features.figures, news),
        statements=tuple(dict.fromkeys(_said(article, span) for span in news.said)),
        names=news.names,
        dates=news.dates,
        source=news.source,
        uncompared=news.uncompared,
        nearest=(_said(article, news.nearest[0]), news.nearest[1]) if news.nearest else None,
    )


def where_said(article: Article, statements: Collection[str]) -> tuple[Span, ...]:
    """Where the sentences stand that are kept as `statements` of an article; those it has no more are left out."""
    parts = [Span("title", 0, len(article.title)), *(Span("body", *at) for at in sentences(article.body))]
    return tuple(span for span in parts if _said(article, span) in statements) if statements else ()


def _counted(figures: Iterable[Figure], news: News) -> tuple[Counted, ...]:
    """The figures that count something now, each once: what is new of them, known things, then others as they stand."""
    before = {_key(change.now): change.before.value for change in news.changes}
    first = {_key(figure) for figure in news.first} - before.keys()
    fresh = before.keys() | first
    distinct: dict[tuple[float, str, str], Figure] = {}
    for figure in figures:
        if figure.unit and (not figure.aside or _key(figure) in fresh):
            distinct.setdefault(_key(figure), figure)
    # A title counts "1,500 sappers" of which the text says what happened to them.
    told = {(value, unit) for value, unit, role in distinct if role}
    distinct = {key: one for key, one in distinct.items() if key[2] or key in fresh or key[:2] not in told}
    ordered = sorted(distinct.items(), key=lambda item: (item[0] not in fresh, item[1].unit not in CLASSES))
    return tuple(
        Counted(figure.value, figure.unit, figure.role, figure.text, before.get(key), key in first)
        for key, figure in ordered[:MOST_FIGURES]
    )


def _key(figure: Figure) -> tuple[float, str, str]:
    return figure.value, figure.unit, figure.role


def _said(article: Article, span: Span) -> str:
    text: str = getattr(article, span.field)
    return one_line(text[span.start : span.end], LONGEST)
