"""Words for one thing in the language of news: what a seed calls a quake the next report calls a tremor.

Written as in term lists, folded. A word that belongs to several families belongs to the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from monitor.match.drafting.family_words import TABLE
from monitor.match.drafting.reading import is_cjk


def _tables() -> tuple[dict[str, tuple[str, str]], dict[tuple[str, str], tuple[str, ...]]]:
    """Each word with its family and language; the words of each family and language."""
    words: dict[str, tuple[str, str]] = {}
    members: dict[tuple[str, str], tuple[str, ...]] = {}
    family = language = ""
    for line in TABLE.splitlines():
        if not line.startswith(" "):
            family = line
            continue
        written = line.split()
        if not line.startswith("   "):
            language, *written = written
        members[family, language] = (*members.get((family, language), ()), *written)
        for each in written:
            words.setdefault(each, (family, language))
    return words, members


_LONGEST_WORD: Final = 6  # characters of a word in running text
_WORDS, _MEMBERS = (MappingProxyType(table) for table in _tables())


@lru_cache(maxsize=1 << 12)
def family_of(word: str, language: str | None) -> str:
    """The family of a folded word or piece of text, "" where it has none."""
    if is_cjk(word):
        return next((_WORDS[part][0] for part in _parts(word) if part in _WORDS), "")
    for length in range(len(word), 1, -1):
        for form in (word, f"{word[:length]}*") if length == len(word) else (f"{word[:length]}*",):
            if form in _WORDS and _fits(_WORDS[form][1], language):
                return _WORDS[form][0]
    return ""


def words_within(segment: str) -> Iterator[str]:
    """The words of families in a piece of running text, the longest at each place."""
    at = 0
    while at < len(segment) - 1:
        ends = range(min(len(segment), at + _LONGEST_WORD), at + 1, -1)
        end = next((end for end in ends if segment[at:end] in _WORDS), None)
        if end is None:
            at += 1
        else:
            yield segment[at:end]
            at = end


def _parts(piece: str) -> Iterator[str]:
    """A piece of running text and what stands in it, the longest first."""
    for length in range(len(piece), 1, -1):
        yield from (piece[at : at + length] for at in range(len(piece) - length + 1))


def _fits(own: str, language: str | None) -> bool:
    return language is None or own == language or language not in LANGUAGES


def others(family: str, language: str) -> tuple[str, ...]:
    """How else `language` says it, as items of a term list."""
    return _MEMBERS.get((family, language), ())


LANGUAGES: Final = frozenset(language for _, language in _MEMBERS)


def table() -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Every family and language with its words; for checks."""
    return _MEMBERS
