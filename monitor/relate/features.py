"""What of an article decides its story: its terms, its figures, its statements and its signature."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from monitor.model import Article
from monitor.relate.copies.signatures import Signature, signature
from monitor.relate.figures.reading import Figure, figures
from monitor.relate.words.concepts import concepts
from monitor.relate.words.dates import dates
from monitor.relate.words.function_words import function_words
from monitor.relate.words.names import mentions, names
from monitor.text import sentences, words

TITLE_WEIGHT: Final = 3  # a word of the title counts as three of the body
_STEM = 5  # letters a word is cut to: cheap stemming that suits all alphabets
_LEAST = 12  # characters that make a sentence a statement
_BETWEEN = re.compile(r"\W+")
_SPACED = re.compile(r"(?<![\d.,])\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?![\d.,])")
_BAR = re.compile(r"\s[|｜·]\s")  # "Sports | Port votes for a wider quay | Example Daily"
_TAIL = re.compile(
    r"(.{30,})\s[-–—]\s([^-–—]{2,30})"
)  # "Port votes for a wider quay tonight - Example Daily"
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")


@dataclass(frozen=True, slots=True)
class Features:
    """Computed once an article: weighted counts of its terms, names, dates and concepts (function words left
    out), its figures, signed 64-bit hashes of its sentences, what its copies are recognised by, and the names that it
    mentions, as terms."""

    terms: Mapping[str, float]
    figures: tuple[Figure, ...]
    statements: tuple[int, ...]
    signature: Signature
    language: str | None = None
    mentions: frozenset[str] = frozenset()


def features(article: Article) -> Features:
    """The features of an article's title and body."""
    at = article.published or article.collected
    year = at.year if at else None
    titled = [replace(figure, field="title") for figure in figures(article.title, article.language, year)]
    return Features(
        terms=_counted(article),
        figures=(*titled, *figures(article.body, article.language, year)),
        statements=_statements(article.body),
        signature=signature(article.title, article.body, article.language),
        language=article.language,
        mentions=mentions(headline(article.title), article.language)
        | mentions(article.body, article.language),
    )


def headline(title: str) -> str:
    """A title without the outlet and the section that many feeds put beside it."""
    parts = _BAR.split(title)
    if len(parts) > 1:
        return max(parts, key=len)
    tailed = _TAIL.fullmatch(title)
    return tailed[1] if tailed else title


def _counted(article: Article) -> dict[str, float]:
    """How often each term and name stands there; those of the title count for more, function words not at all.

    "The" and "of" in a rare title would else be half of what two reports share; so would the outlet beside it.
    """
    counts: Counter[str] = Counter()
    title = headline(article.title)
    for word in terms(words(title)):
        counts[word] += TITLE_WEIGHT
    counts.update(terms(words(article.body)))
    idle = function_words(article.language)
    telling = {term: count for term, count in counts.items() if term not in idle} or dict(counts)
    return {**telling, **Counter([*_marks(title), *_marks(article.body), *concepts(telling)])}


def vocabulary_of(title: str, body: str) -> set[str]:
    """The distinct terms, names, dates and concepts of an article: what its features count, and its function words."""
    said = distinct(words(title)) | distinct(words(body))
    return {*said, *concepts(said), *_marks(title), *_marks(body)}


def _marks(text: str) -> list[str]:
    """What of a text is the same in every language: names as they sound, dates, and numbers ("15 000" is one)."""
    spaced = ["".join(number.split()) for number in _SPACED.findall(text)]
    return [*names(text), *(key for key, _ in dates(text)), *spaced]


def distinct(text: Iterable[str]) -> set[str]:
    """The distinct terms of words: what `terms` gives, each once, at a third of the cost where it can be."""
    once = set(text)
    if any(len(word) == 1 and word > "\u2e7f" for word in once):
        return set(terms(text))
    return {_cut(word) for word in once if len(word) > 1}


def terms(text: Iterable[str]) -> list[str]:
    """Words cut to their first five letters, numbers whole; neighbouring ideographs and kana as pairs."""
    found: list[str] = []
    single = ""
    for word in text:
        if len(word) == 1 and word > "\u2e7f":
            if single:
                found.append(single + word)
            single = word
        else:
            single = ""
            if len(word) > 1:
                found.append(_cut(word) if len(word) >= _STEM else word)
    return found


def _cut(word: str) -> str:
    if word[0] > "9":
        return word[:_STEM]
    return re.sub("[.,]", "", word) if len(word) >= _STEM and _GROUPED.fullmatch(word) else word


def statement(text: str) -> int:
    """A signed 64-bit hash of a sentence by its words, the same on every machine; 0 for what says nothing."""
    said = _BETWEEN.sub(" ", text.casefold()).strip()
    if len(said) < _LEAST:
        return 0
    digest = hashlib.blake2b(said.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _statements(body: str) -> tuple[int, ...]:
    """The sentences of a text, each once."""
    return tuple(
        dict.fromkeys(said for start, end in sentences(body) if (said := statement(body[start:end])))
    )
