"""What is remembered of a story, so that the next article can be compared with it."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from monitor.relate.features import Features
from monitor.relate.figures import Figure
from monitor.relate.vocabulary import Vocabulary

TERMS: Final = 200  # a story's heaviest; the rest hardly moves a cosine
FIGURES: Final = 64  # the latest
STATEMENTS: Final = 512  # the latest
SOURCES: Final = 64
KNOWN: Final = 3000  # the latest terms
_FORMAT: Final = 2
_READABLE: Final = (1, 2)  # the first knew no languages, and not which words were said
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class StoryProfile:
    """A story as its articles made it. At most about 40 KB when dumped.

    `weights` is the sum of its articles' unit vectors, copies left out. `first_seen` and `last_seen` are on
    the articles' own clock (when they were published), not on ours. `sources` are the independent ones, the
    first to report it first. `figures` and `statements` are all that were reported, the latest last; so is
    `known`, the terms, names and dates of all reports as hashes of four bytes. `languages` are those reported in.
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
    norm: float = field(init=False, compare=False, default=0.0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "norm", math.sqrt(sum(w * w for w in self.weights.values())))

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
        }
        return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()

    @staticmethod
    def load(data: bytes) -> StoryProfile:
        """What dump() wrote, now or in an earlier release. Raises ValueError for anything else."""
        read = json.loads(data)
        if not isinstance(read, dict) or read.pop("format", None) not in _READABLE:
            raise ValueError(f"no story profile of a format up to {_FORMAT}")
        return StoryProfile(
            **{
                **read,
                "first_seen": datetime.fromisoformat(read["first_seen"]),
                "last_seen": datetime.fromisoformat(read["last_seen"]),
                "sources": tuple(read["sources"]),
                "figures": tuple(_unpacked(item) for item in read["figures"]),
                "statements": tuple(read["statements"]),
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
    """The article's terms by (1 + ln tf) x idf, as a unit vector; empty for a text without words."""
    idf, language = vocabulary.idf, features.language
    raw = {term: (1 + math.log(count)) * idf(term, language) for term, count in features.terms.items()}
    norm = math.sqrt(sum(weight * weight for weight in raw.values()))
    return {term: weight / norm for term, weight in raw.items()} if norm else {}


def cosine(article: Mapping[str, float], profile: StoryProfile) -> float:
    """Between an article's unit vector and a story, 0 to 1."""
    if not profile.norm:
        return 0.0
    theirs = profile.weights
    return (
        math.fsum(weight * theirs[term] for term, weight in article.items() if term in theirs) / profile.norm
    )


def added(weights: Mapping[str, float], article: Mapping[str, float]) -> dict[str, float]:
    """The sum of the two, cut to the heaviest terms; the same whatever the order of either."""
    total = dict(weights)
    for term, weight in article.items():
        total[term] = total.get(term, 0.0) + weight
    heaviest = sorted(total.items(), key=lambda item: (-item[1], item[0]))[:TERMS]
    return {term: round(weight, 4) for term, weight in heaviest}


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
    ]


def _unpacked(item: list[Any]) -> Figure:
    value, unit, role, text, start, end, sentence, around, of = item
    return Figure(value, unit, role, text, start, end, (sentence[0], sentence[1]), tuple(around), of)
