"""What is remembered of a story, so that the next article can be compared with it."""

from __future__ import annotations

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
_FORMAT: Final = 1
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class StoryProfile:
    """A story as its articles made it. At most about 25 KB when dumped.

    `weights` is the sum of its articles' unit vectors, copies left out. `first_seen` and `last_seen` are on
    the articles' own clock (when they were published), not on ours. `sources` are the independent ones, the
    first to report it first. `figures` and `statements` are all that were reported, the latest last.
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
        }
        return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()

    @staticmethod
    def load(data: bytes) -> StoryProfile:
        """What dump() wrote. Raises ValueError for anything else."""
        read = json.loads(data)
        if not isinstance(read, dict) or read.pop("format", None) != _FORMAT:
            raise ValueError(f"no story profile of format {_FORMAT}")
        return StoryProfile(
            **{
                **read,
                "first_seen": datetime.fromisoformat(read["first_seen"]),
                "last_seen": datetime.fromisoformat(read["last_seen"]),
                "sources": tuple(read["sources"]),
                "figures": tuple(_unpacked(item) for item in read["figures"]),
                "statements": tuple(read["statements"]),
            }
        )


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
