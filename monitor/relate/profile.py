"""What is remembered of a story, so that the next article can be compared with it."""

from __future__ import annotations

import base64
import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, TypeVar

from monitor.relate.features import Features
from monitor.relate.figures.reading import Figure
from monitor.relate.words.function_words import BY_LANGUAGE
from monitor.relate.words.vocabulary import Vocabulary

TERMS: Final = 200  # a story's heaviest in each language; the rest hardly moves a cosine
ABROAD: Final = 0.5
"""What a likeness in marks alone counts for, beside one in words: a false story costs more than a second one."""
FEWEST_MARKS: Final = 2  # that two reports must share to be one story across languages
COMMON: Final = 1.0  # the idf from which on a mark tells something: one in half of all articles tells nothing
MARKS: Final = "@=+0123456789"  # how a name, a date, a concept and a number begin
FIGURES: Final = 64  # the latest
STATEMENTS: Final = 512  # the latest
SOURCES: Final = 64
MENTIONS: Final = 200  # the latest
KNOWN: Final = 3000  # the latest terms
_ROUNDING: Final = 0.0002
_FORMAT: Final = 3
_READABLE: Final = (1, 2, 3)  # the first two did not tell languages apart
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class StoryProfile:
    """A story as its articles made it. At most about 40 KB when dumped.

    `weights` is the sum of its articles' vectors (see vector), copies left out. `first_seen` and `last_seen` are on
    the articles' own clock (when they were published), not on ours. `sources` are the independent ones, the
    first to report it first. `figures` and `statements` are all that were reported, the latest last; so is
    `known`, the terms, names and dates of all reports as hashes of four bytes. `languages` are those reported in;
    `mentions` are names inside the sentences of its reports, keyed as words are.
    """

    id: int
    title: str
    weights: Mapping[str, float]
    articles: int
    copies: int
    first_seen: datetime
    last_seen: datetime
    uid: str = ""
    sources: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    statements: tuple[int, ...] = ()
    known: bytes = b""
    languages: tuple[str | None, ...] = ()
    mentions: tuple[str, ...] = ()
    norms: Mapping[str, float] = field(
        init=False, compare=False, default_factory=dict
    )  # by space, see space()

    def __post_init__(self) -> None:
        squares: dict[str, float] = {}
        for key, weight in self.weights.items():
            name = space(key)
            squares[name] = squares.get(name, 0.0) + weight * weight
        object.__setattr__(self, "norms", {name: math.sqrt(square) for name, square in squares.items()})

    def dump(self) -> bytes:
        """As compact JSON."""
        data = {
            "format": _FORMAT,
            "id": self.id,
            "uid": self.uid,
            "title": self.title,
            "weights": self.weights,
            "articles": self.articles,
            "copies": self.copies,
            "first_seen": self.first_seen.astimezone(UTC).isoformat(),
            "last_seen": self.last_seen.astimezone(UTC).isoformat(),
            "sources": self.sources,
            "figures": [_packed(figure) for figure in self.figures],
            "statements": self.statements,
            "known": base64.b64encode(self.known).decode(),
            "languages": self.languages,
            "mentions": self.mentions,
        }
        return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()

    @staticmethod
    def load(data: bytes) -> StoryProfile:
        """What dump() wrote, now or in an earlier release. Raises ValueError for anything else."""
        read = json.loads(data)
        form = read.pop("format", None) if isinstance(read, dict) else None
        if form not in _READABLE:
            raise ValueError(f"no story profile of a format up to {_FORMAT}")
        if form != _FORMAT:
            read["weights"] = _in_a_language(read["weights"], read.get("languages", ()))
        return StoryProfile(
            **{
                **read,
                "first_seen": datetime.fromisoformat(read["first_seen"]),
                "last_seen": datetime.fromisoformat(read["last_seen"]),
                "sources": tuple(read["sources"]),
                "figures": tuple(_unpacked(item) for item in read["figures"]),
                "statements": tuple(read["statements"]),
                "mentions": tuple(read.get("mentions", ())),
                "known": base64.b64decode(read.get("known", "")),
                "languages": tuple(read.get("languages", ())),
            }
        )


def read(data: bytes | None) -> StoryProfile | None:
    """A stored profile; None for none, and for what a newer release wrote: its story starts to remember anew."""
    try:
        return StoryProfile.load(data) if data else None
    except (ValueError, KeyError, TypeError):
        return None


def vector(features: Features, vocabulary: Vocabulary) -> dict[str, float]:
    """An article in two spaces, each a unit vector: its words by (1 + ln tf) x idf, its marks by their idf.

    Marks are what is the same in every language: names as they sound, dates, numbers, concepts. Words are
    keyed by their language ("en troop"), marks by themselves. Empty for a text without words.
    """
    idf, language = vocabulary.idf, features.language
    said = {
        f"{language or ''} {term}": (1 + math.log(count)) * idf(term, language)
        for term, count in features.terms.items()
        if term[0] != "+"
    }
    marks = {term: max(idf(term) - COMMON, 0.0) for term in features.terms if term[0] in MARKS}
    return _unit(said) | _unit({mark: weight for mark, weight in marks.items() if weight})


@lru_cache(maxsize=1 << 16)
def space(key: str) -> str:
    """Which vector a key belongs to: the language of a word ("" where unknown), or "*" for marks."""
    name, gap, _ = key.partition(" ")
    return name if gap else "*"


def cosine(article: Mapping[str, float], profile: StoryProfile) -> float:
    """Between an article's vector and a story, 0 to 1.

    By words where the story has a report in the article's language; else by marks, for less.
    """
    theirs, norms = profile.weights, profile.norms
    language = space(next(iter(article), " "))
    if norm := norms.get(language):
        return sum(w * theirs[key] for key, w in article.items() if " " in key and key in theirs) / norm
    shared = [weight * theirs[key] for key, weight in article.items() if " " not in key and key in theirs]
    return ABROAD * sum(shared) / norms["*"] if len(shared) >= FEWEST_MARKS else 0.0


def added(weights: Mapping[str, float], article: Mapping[str, float]) -> dict[str, float]:
    """The sum of the two, cut to the heaviest terms of each language; the same whatever the order of either."""
    total = dict(weights)
    for term, weight in article.items():
        total[term] = round(total.get(term, 0.0) + weight, 4)
    if len(total) <= TERMS:
        return total
    kept: dict[str, float] = {}
    counts: Counter[str] = Counter()
    for term, weight in sorted(total.items(), key=lambda item: (-item[1], item[0])):
        name = space(term)
        counts[name] += 1
        if counts[name] <= TERMS:
            kept[term] = weight
    return kept


def removed(weights: Mapping[str, float], article: Mapping[str, float]) -> dict[str, float]:
    """The sum without an article that was added before; what is left of a term by rounding alone is dropped."""
    left = {term: round(weight - article.get(term, 0.0), 4) for term, weight in weights.items()}
    return {term: weight for term, weight in left.items() if weight > _ROUNDING}


def _unit(raw: Mapping[str, float]) -> dict[str, float]:
    norm = math.sqrt(sum(weight * weight for weight in raw.values()))
    return {key: weight / norm for key, weight in raw.items()} if norm else {}


def _in_a_language(weights: Mapping[str, float], known: Sequence[str | None]) -> dict[str, float]:
    """The words of an earlier release, which kept all languages as one: those of the one they are most like."""
    language = (
        known[0] if known else max(BY_LANGUAGE, key=lambda name: len(BY_LANGUAGE[name] & weights.keys()))
    )
    return {f"{language or ''} {term}": weight for term, weight in weights.items()}


def latest(known: Iterable[_T], new: Iterable[_T], most: int) -> tuple[_T, ...]:
    """Both without repeats, only the last `most`."""
    return tuple(dict.fromkeys([*known, *new]))[-most:]


def _packed(figure: Figure) -> list[Any]:
    return [
        figure.value,
        figure.unit,
        figure.role,
        figure.text,
        figure.start,
        figure.end,
        figure.sentence,
        figure.around,
        figure.field,
        figure.about,
        figure.aside,
        figure.by,
    ]


def _unpacked(item: list[Any]) -> Figure:
    value, unit, role, text, start, end, sentence, around, *more = item  # an earlier release had fewer
    return Figure(value, unit, role, text, start, end, (sentence[0], sentence[1]), tuple(around), *more)
