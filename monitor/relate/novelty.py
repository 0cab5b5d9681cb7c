"""What a report adds to its story: figures, statements, names, dates and a source that none before it gave.

A sentence is a new statement by the share of what its words weigh (by their idf) that stands in no earlier report
of the story, a word counting as said where another word for the same thing was ("killed", "dead"). More is asked
of a sentence that repeats a figure, less of one with a new name or figure or one by which the story turns (a
denial, an arrest); what is said to be long past is background. An update has to be worth a reader's minute, but
what is withheld is not read at all: in doubt, a sentence is new.
"""

from __future__ import annotations

import re
import struct
import zlib
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from monitor.model import Article, Span
from monitor.relate.features import Features, distinct, statement
from monitor.relate.figures.asides import background
from monitor.relate.figures.comparing import Change, compared, counted, is_toll, known_figure
from monitor.relate.figures.reading import Figure
from monitor.relate.figures.things import CLASSES
from monitor.relate.naming import new_names
from monitor.relate.profile import StoryProfile
from monitor.relate.words.concepts import concepts
from monitor.relate.words.dates import dates
from monitor.relate.words.function_words import function_words
from monitor.relate.words.turns import turned
from monitor.relate.words.vocabulary import Vocabulary
from monitor.text import one_line, sentences, words
from monitor.text.datelines import after_dateline

UNSEEN: Final = 0.62  # the share of a sentence's weight that makes it a new statement
REPEATED: Final = 0.8  # the same where it repeats a figure: it tells the same in other words, most likely
TELLING: Final = 0.5  # the same where it has a new name or figure
TURNING: Final = 0.42  # the same where the story turns by it
HEADLINE: Final = 0.45  # the same of a headline, where there is nothing else to judge by
COINCIDENCE: Final = 12  # up to here, two things are often as many
FEWEST_UNSEEN: Final = 3  # words; fewer are another way to say the same
FEWEST_WORDS: Final = 4  # content words of a sentence; what is shorter is a caption or a heading
FEWEST_PAIRS: Final = 8  # the same where words are pairs of characters
KNOWN_ENOUGH: Final = (
    40  # words a story must hold before the sentences of longer reports can be compared with it
)
LONGER: Final = 2  # times
SAID: Final = 160  # characters of a statement with what follows it; alerts show as many
MOST: Final = 8  # statements, names and dates named

_THIN: Final = (
    "no figure changed and the headline says nothing new; too little was said to compare the text with"
)
_HOST = re.compile(r"https?://(?:www\.)?([^/:?#@]+)", re.IGNORECASE)
_BESIDE = re.compile(r"\s+[-–—|·»:]+\s+|\s*[|｜]\s*")  # "… - Sport - Example Daily"
_SPOKEN: Final = MappingProxyType(
    {
        "en": "English", "de": "German", "fr": "French", "es": "Spanish", "pt": "Portuguese", "it": "Italian",
        "ru": "Russian", "uk": "Ukrainian", "ko": "Korean", "ja": "Japanese", "zh": "Chinese", "ar": "Arabic",
        "nl": "Dutch", "pl": "Polish", "tr": "Turkish", "fa": "Persian", "vi": "Vietnamese", "sv": "Swedish",
    }
)  # fmt: skip


def _leaves_room(names: str) -> bool:
    return len(names) <= SAID // 2


@dataclass(frozen=True, slots=True)
class News:
    """What is new in a report.

    `first` are figures of a kind that the story had none of, `statements` the sentences, `names` and `dates` as
    the report writes them. `uncompared` says why its sentences were not compared with the story's, where they
    were not.
    """

    changes: tuple[Change, ...] = ()
    statements: tuple[Span, ...] = ()
    names: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    source: str = ""  # whose report it is, if the story had none of theirs
    nearest: tuple[Span, float] | None = None  # to a new statement where there is none, and its unseen share
    first: tuple[Figure, ...] = ()
    uncompared: str = ""

    def __bool__(self) -> bool:
        return bool(self.changes or self.first or self.statements or self.source)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Of what was counted before, the figures that changed; and the first tolls."""
        return (*[change.now for change in self.changes], *[each for each in self.first if is_toll(each)])

    def counts(self) -> str:
        """The changed figures, then the first of their kind, on one line; "" without any."""
        changes = [change.reason for change in self.changes[:3]]
        first = ", ".join(dict.fromkeys(counted(figure) for figure in self.first[:3]))
        return "; ".join([*changes, *([f"first figure: {first}"] if first else [])][:3])

    @property
    def said(self) -> tuple[Span, ...]:
        """The sentences that say what is new, or count what was not counted before."""
        counting = [Span(figure.field, *figure.sentence) for figure in self.first]
        return tuple(dict.fromkeys([*self.statements, *counting]))

    def says(self, article: Article) -> str:
        """The first new statement in quotes, and the new names, on one line; else the first figures; or "".

        The quotation is cut, without its dateline, so that what follows it has room in what alerts show.
        """
        if not self.statements:
            return self.counts()
        first = self.statements[0]
        more = f" and {len(self.statements) - 1} more" if len(self.statements) > 1 else ""
        tail = more + next(filter(_leaves_room, self._named()), "")
        said = after_dateline(one_line(getattr(article, first.field)[first.start : first.end], 2 * SAID))
        return f"new: “{one_line(said, SAID - 2 - len(tail))}”{tail}"

    def _named(self) -> Iterator[str]:
        """The new names, up to three, and fewer."""
        for most in range(min(len(self.names), 3), 0, -1):
            yield f"; names: {', '.join(one_line(name, 40) for name in self.names[:most])}"

    def lacks(self, story: StoryProfile) -> str:
        """Why there is nothing new, on one line, and with how many reports it was compared."""
        told = story.articles - story.copies
        reports = "the one earlier report" if told == 1 else f"{told} earlier reports"
        if self.uncompared:
            return f"{self.uncompared}, beside {reports}"
        return f"no figure changed, no second source and no new statement beside {reports}"


def news(
    article: Article, features: Features, source: str, story: StoryProfile, vocabulary: Vocabulary
) -> News:
    """What `article` says that no report in `story` said; `source` is whose report it is, or "".

    Figures are compared in whatever language. Sentences, names and dates are only where the story has a report
    in the article's own language: the first in another would be new from end to end. So would be a long report
    beside a headline; of it only the headline is judged, as it is of an article that has no body.
    """
    fresh = "" if is_known_source(article, source, story) else source
    figures = compared(story.figures, features.figures)
    known = _numbers(story.known)
    if article.language not in story.languages:
        spoken = _SPOKEN.get(article.language or "", "another language")
        why = f"no figure changed, and no more can be compared in the first report in {spoken}"
        return News(figures.changes, source=fresh, first=figures.first, uncompared=why)
    unseen = _unseen(features.terms, known)
    thin = len(known) < KNOWN_ENOUGH and len(features.terms) > LONGER * len(known)
    field = "title" if thin or not article.body.strip() else "body"
    text: str = getattr(article, field)
    names = new_names(text, article.language, unseen)
    judged = _Judging(article, features, story, vocabulary, unseen, known, [start for start, _ in names])
    weighed = list(judged.weighed(field))
    statements = tuple(span for span, share, asked in weighed if share >= asked)
    return News(
        changes=figures.changes,
        statements=statements[:MOST],
        names=tuple(dict.fromkeys(name for _, name in names))[:MOST],
        dates=tuple({key: written for key, written in dates(text) if key in unseen}.values())[:MOST],
        source=fresh,
        nearest=_nearest(weighed) if not statements else None,
        first=figures.first,
        uncompared=_THIN if thin else "",
    )


def is_known_source(article: Article, source: str, story: StoryProfile) -> bool:
    """Whether `story` has a report of this source: outlets do not always capitalise their name alike.

    An outlet whose page could not be read goes by its feed's title ("Example Daily - World") or by its host: it
    is none beside its name, in whatever order they come.
    """
    found = _HOST.match(article.url or "") if source and not article.agency else None
    host = found[1].casefold() if found else ""
    return any(_is_one(source, each, host) for each in story.sources)


def _is_one(source: str, known: str, host: str) -> bool:
    """Whether two names are one outlet's; `host` is that of the article by `source`, "" where it credits another."""
    new, old = source.casefold(), known.casefold()
    if new == old or new in _BESIDE.split(old) or old in _BESIDE.split(new):
        return True
    return bool(host) and (
        old == host or (new == host and _letters(old) in map(_letters, host.split(".")[:-1]))
    )


def _letters(name: str) -> str:
    """A name as hosts write it: "The Example Daily" as "exampledaily"."""
    return "".join(filter(str.isalnum, name.removeprefix("the "))).removeprefix("the")


def _nearest(weighed: Iterable[tuple[Span, float, float]]) -> tuple[Span, float] | None:
    return max(((span, share) for span, share, _ in weighed), key=lambda pair: pair[1], default=None)


def _longest_part(title: str) -> tuple[int, int]:
    """Where the headline stands in a title that has the outlet and its section beside it."""
    marks = [(0, 0), *(found.span() for found in _BESIDE.finditer(title)), (len(title), len(title))]
    return max(((end, start) for (_, end), (start, _) in pairwise(marks)), key=lambda part: part[1] - part[0])


def _unseen(terms: Mapping[str, float], known: Collection[int]) -> set[str]:
    """Those of an article's terms, names and dates that the story does not hold, nor in another word."""
    return {term for term in terms if _number(term) not in known}


class _Judging:
    """One report beside its story: which of its sentences were not said."""

    def __init__(
        self,
        article: Article,
        features: Features,
        story: StoryProfile,
        vocabulary: Vocabulary,
        unseen: set[str],
        known: Collection[int],
        named: Sequence[int],
    ) -> None:
        self._article, self._figures, self._story = article, features.figures, story
        self._vocabulary, self._language = vocabulary, article.language
        self._unseen, self._known, self._named = unseen, known, named
        self._told = set(story.statements)
        self._headline = not article.body.strip()
        self._idle = function_words(article.language)
        at = article.published or article.collected
        self._year = at.year if at else None

    def weighed(self, field: str) -> Iterator[tuple[Span, float, float]]:
        """The sentences of a field with a few unseen words: the unseen share of their weight, and what is asked."""
        body: str = getattr(self._article, field)
        for start, end in [_longest_part(body)] if self._headline else sentences(body):
            text = body[start:end]
            content = distinct(words(text)) - self._idle
            fresh = {term for term in content & self._unseen if not self._said_otherwise(term)}
            paired = any(len(term) == 2 and term > "\u3040" for term in content) and self._language in (
                "zh",
                "ja",
            )
            fewest = FEWEST_PAIRS if paired else FEWEST_WORDS
            if len(content) < fewest or len(fresh) < FEWEST_UNSEEN - self._headline:
                continue
            if statement(text) in self._told or background(text, self._year):
                continue
            share = self._weight(fresh) / self._weight(content)
            yield Span(field, start, end), share, self._asked(Span(field, start, end), content)

    def _weight(self, terms: Iterable[str]) -> float:
        return sum(self._vocabulary.idf(term, self._language) for term in terms)

    def _said_otherwise(self, term: str) -> bool:
        """Whether the story has another word for it."""
        return any(_number(concept) in self._known for concept in concepts([term]))

    def _asked(self, span: Span, content: Collection[str]) -> float:
        """The share that must be unseen for this sentence to be a new statement."""
        here = [f for f in self._figures if f.field == span.field and span.start <= f.start < span.end]
        old = [figure for figure in here if self._repeats(figure)]
        new = [f for f in here if f not in old and f.unit in CLASSES and f.aside != "past"]
        repeats = bool(old) and not new
        if self._headline:
            return UNSEEN if repeats else HEADLINE
        if repeats:
            return REPEATED
        if turned(content, self._unseen):
            return TURNING
        named = bisect_left(self._named, span.start) < bisect_left(self._named, span.end)
        return TELLING if new or named else UNSEEN

    def _repeats(self, figure: Figure) -> bool:
        """Whether the story gave the figure; a large number is known by itself, whatever it is said to count."""
        known = self._story.figures
        return known_figure(figure, known) or (
            figure.value > COINCIDENCE and any(figure.value == old.value for old in known)
        )


# --- what a story remembers of its reports' words -----------------------------------------------------


def learnt(known: bytes, terms: Iterable[str], most: int) -> bytes:
    """`known` with the terms that it lacks; of more than `most`, the latest."""
    held = _numbers(known)
    fresh = dict.fromkeys(number for term in terms if (number := _number(term)) not in held)
    return (known + struct.pack(f"<{len(fresh)}I", *fresh))[-4 * most :]


def _numbers(known: bytes) -> frozenset[int]:
    return frozenset(struct.unpack(f"<{len(known) // 4}I", known))


def _number(term: str) -> int:
    return zlib.crc32(term.encode())
