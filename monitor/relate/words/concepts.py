"""What is the same in every language: things and places that news is about, whatever word it has for them.

    killed · getötet · muertos · погибли · 사망 · 死亡  ->  +dead

Two articles in different languages about one event meet by these, by names as they sound, by numbers and by dates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from monitor.relate.words.concept_words import THINGS
from monitor.relate.words.place_words import PLACES

_KOREAN_STEMS: Final = (4, 3, 2)  # particles follow a Korean noun within the word


def _paragraphs(table: str) -> Iterator[list[str]]:
    """The words of each paragraph: its further lines are indented more than its first."""
    words: list[str] = []
    for line in table.splitlines():
        if line.startswith("     "):
            words += line.split()
        else:
            yield words
            words = line.split()
    yield words


_CONCEPTS: Final = {
    word: f"+{words[0]}" for table in (THINGS, PLACES) for words in _paragraphs(table) for word in words
}


def concepts(terms: Iterable[str]) -> list[str]:
    """The concepts that terms name, in their order."""
    return [named for term in terms if (named := _CONCEPTS.get(term) or _korean(term))]


def _korean(term: str) -> str | None:
    if not "가" <= term[0] <= "힣":
        return None
    return next((named for length in _KOREAN_STEMS if (named := _CONCEPTS.get(term[:length]))), None)
