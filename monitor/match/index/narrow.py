"""What a text must hold for a query to match it, as words that an index can look up.

The store keeps the `keywords` of every article; `required` says which of them a query cannot do without. What
has them need not match (places, fields and exclusions are the engine's to judge), but what matches has them,
so that reading only those articles gives what reading all of them gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from monitor.match.evaluation.vocabulary import pieces
from monitor.match.language import nodes
from monitor.text import ELIDED, words

# Which way of making keywords the store's index was written with: to be raised whenever monitor.text.words or
# `keywords` gives other words than before, so that the index is written anew.
ANALYSIS = 1
LONGEST = 60  # characters of a keyword; longer words are known by as many
# Characters of keywords of one article. More (PostgreSQL takes a megabyte) is no news: a dictionary, an attack.
MOST_TEXT = 200_000
MOST_WORDS = 1_000  # in a condition; beyond that it is made coarser
# Stands before what is no whole word: no word of a text begins with it.
_APART = "\u2400"
ANYTHING = _APART  # the one keyword of a text that has too many: it may hold any


@dataclass(frozen=True, slots=True)
class Has:
    """One keyword, or one that begins with `word` where it is a `prefix`."""

    word: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Condition, ...]


Condition: TypeAlias = Has | AllOf | AnyOf


def keywords(texts: Iterable[str]) -> frozenset[str]:
    """What the index keeps of an article's title, body and authors: its words, each once, and their pieces.

    The pieces of "kpa.org" are "kpa" and "org": exact text may be only a part of a word.
    """
    found = {word for text in texts for word in words(text)}
    kept = {word[:LONGEST] for word in found}
    kept |= {_APART + piece[:LONGEST] for word in found if not word.isalnum() for piece in pieces(word)}
    return frozenset(kept) if sum(map(len, kept)) <= MOST_TEXT else frozenset((ANYTHING,))


def required(node: nodes.Node) -> Condition | None:
    """What keywords an article must have for `node` to hold; None where it may have any."""
    found = _of(node)
    return None if found is None else coarser(found)


def size(condition: Condition) -> int:
    """How many keywords are looked up for `condition`."""
    return sum(1 for _ in leaves(condition))


def leaves(condition: Condition) -> Iterator[Has]:
    if isinstance(condition, Has):
        yield condition
    else:
        for part in condition.parts:
            yield from leaves(part)


def all_of(parts: Iterable[Condition | None]) -> Condition | None:
    """What all of `parts` ask for; None where they ask for nothing."""
    asked = [part for part in parts if part is not None]
    flat = [each for part in asked for each in (part.parts if isinstance(part, AllOf) else (part,))]
    found = tuple(dict.fromkeys(flat))
    return None if not found else found[0] if len(found) == 1 else AllOf(found)


def any_of(parts: Iterable[Condition | None]) -> Condition | None:
    """What each article has that has one of `parts`; None where one of them asks for nothing."""
    asked = list(parts)
    known = [part for part in asked if part is not None]
    if len(known) < len(asked):
        return None
    flat = [each for part in known for each in (part.parts if isinstance(part, AnyOf) else (part,))]
    found = tuple(_apart(dict.fromkeys(flat)))
    return None if not found else found[0] if len(found) == 1 else AnyOf(found)


def _apart(parts: Iterable[Condition]) -> Iterator[Condition]:
    """`parts` without the words that a prefix among them includes."""
    parts = list(parts)
    prefixes = {part.word for part in parts if isinstance(part, Has) and part.prefix}
    for part in parts:
        if not isinstance(part, Has):
            yield part
            continue
        longest = len(part.word) - (1 if part.prefix else 0)
        if prefixes.isdisjoint(part.word[:end] for end in range(1, longest + 1)):
            yield part


def _of(node: nodes.Node) -> Condition | None:
    match node:
        case nodes.Word(text=text):
            return _word(text)
        case nodes.Phrase(words=found):
            return all_of(map(_word, found))
        case nodes.Raw(text=content):
            return _exact(content)
        case nodes.Near(left=left, right=right, negated=negated):
            return _of(left) if negated else all_of((_of(left), _of(right)))
        case nodes.First(part=part) | nodes.AtLeast(part=part):
            return _of(part)
        case nodes.And(parts=parts):
            return all_of(map(_of, parts))
        case nodes.Or(parts=parts):
            return any_of(map(_of, parts))
        case nodes.Of(count=count, parts=parts):
            return _some(count, [_of(part) for part in parts])
    return None  # an expression, an edit distance, a filter or a negation may hold whatever the words are


def _word(text: str) -> Condition | None:
    stem = text.partition("*")[0].partition("?")[0][:LONGEST]
    if stem == text[:LONGEST]:
        return Has(stem)
    # One letter begins too many words to be worth looking up; a syllable of Korean does not.
    if len(stem) < 2 and stem < "\u2e80":
        return None
    return Has(stem, prefix=True)


def _exact(content: str) -> Condition | None:
    """The runs of letters and digits of exact text, as words or within them.

    Analysis drops elided articles and possessives, so these cannot be asked for.
    """
    found = sorted({piece for word in words(content) for piece in pieces(word)} - ELIDED)
    return all_of(AnyOf((Has(piece[:LONGEST]), Has(_APART + piece[:LONGEST]))) for piece in found)


def _some(count: int, parts: Sequence[Condition | None]) -> Condition | None:
    """Where `count` of `parts` hold, one holds among any len(parts) - count + 1 of them."""
    known = [part for part in parts if part is not None]
    among = len(parts) - count + 1
    groups = (known[first : first + among] for first in range(len(known) - among + 1))
    return all_of(any_of(group) for group in groups)


# --- large conditions ------------------------------------------------------------------------------


def coarser(condition: Condition, most: int = MOST_WORDS) -> Condition | None:
    """A condition of at most `most` words that everything meets that meets `condition`; None where none is found."""
    if size(condition) <= most:
        return condition
    if isinstance(condition, AllOf):
        return all_of(_fitting(condition.parts, most))
    assert isinstance(condition, AnyOf), "one word is never too much"
    simpler = any_of(
        min(part.parts, key=size) if isinstance(part, AllOf) else part for part in condition.parts
    )
    assert simpler is not None, "every alternative asks for something"
    return simpler if size(simpler) <= most else _by_beginnings(simpler, most)


def _fitting(parts: Iterable[Condition], most: int) -> Iterator[Condition]:
    """As many of `parts`, the smallest first, as are `most` words together."""
    for part in sorted((part for each in parts if (part := coarser(each, most)) is not None), key=size):
        most -= size(part)
        if most < 0:
            return
        yield part


def _by_beginnings(condition: Condition, most: int) -> Condition | None:
    """Alternatives by the first letters of their words: a thousand names begin in fewer ways."""
    for length in (6, 5, 4, 3):
        shorter = any_of(
            Has(leaf.word[:length], prefix=True) if len(leaf.word) > length else leaf
            for leaf in _picked(condition)
        )
        if shorter is not None and size(shorter) <= most:
            return shorter
    return None


def _picked(condition: Condition) -> Iterator[Has]:
    """Words of which everything has one that meets `condition`: of what must all be there, the longest will do."""
    match condition:
        case Has():
            yield condition
        case AnyOf(parts=parts):
            for part in parts:
                yield from _picked(part)
        case AllOf(parts=parts):
            fewest = min(parts, key=lambda part: (size(part), -max(len(leaf.word) for leaf in leaves(part))))
            yield from _picked(fewest)
