"""Which word of an article is nearest to one that was asked for and is not there."""

from __future__ import annotations

import re
from collections.abc import Iterable

from monitor.match.evaluation.vocabulary import is_within

_LONGER = 4  # letters that may follow: an ending, not another word
_SHORTER = 3


def closest(asked: str, words: Iterable[str]) -> str | None:
    """The word among `words` that is most like `asked` (a word or a pattern, analysed); None where none is.

    First comes the word with an ending more ("troop", "troops"), then with one less, then one or, in long
    words, two letters off. A pattern is compared by what stands before its first wildcard. Words with
    another first letter are passed over.
    """
    stem = stem_of(asked)
    if len(stem) < (3 if stem.isascii() else 2):
        return None
    kin = ((_kinship(stem, word, stem != asked), word) for word in words if word[:1] == stem[0])
    found = min(((*kinship, word) for kinship, word in kin if kinship), default=None)
    return found[-1] if found else None


def stem_of(asked: str) -> str:
    """What a word or a pattern begins with."""
    return re.split(r"[*?]", asked, maxsplit=1)[0]


def differs_in_ending(asked: str, word: str) -> bool:
    """Whether one of a word (or a pattern's beginning) and another word is the other with an ending more."""
    stem = stem_of(asked)
    return word.startswith(stem) or stem.startswith(word)


def _kinship(stem: str, word: str, is_pattern: bool) -> tuple[int, int] | None:
    """How `word` is like `stem`, the smaller the nearer; None where it is not."""
    more = len(word) - len(stem)
    if more > _LONGER + 1:
        return None
    if word.startswith(stem):
        return 0, more
    if stem.startswith(word):
        return (1, -more) if len(word) >= (4 if stem.isascii() else 2) and -more <= _SHORTER else None
    edits = (len(stem) - 2) // 3 if len(stem) > 4 else 0  # one from five letters on, two from eight
    begins = {word[: len(stem) + by] for by in range(-1, 2)} if is_pattern else {word}
    near = [n for n in range(1, min(edits, 2) + 1) for begin in begins if is_within(stem, begin, n)]
    return (1 + near[0], abs(more)) if near else None
