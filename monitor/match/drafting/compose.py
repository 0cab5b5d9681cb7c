"""From notions to a query: the narrowest of a few plain shapes that every seed satisfies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from monitor.match.drafting.concepts import Concept, Pattern
from monitor.match.drafting.families import others
from monitor.match.drafting.stems import skeleton, transcribed
from monitor.match.engine import Engine
from monitor.match.language.canonical import canonical_text
from monitor.match.language.query import TermList, parse, parse_item
from monitor.match.rules import Rule, version_of
from monitor.model import Article, Severity
from monitor.text import fold

MOST_NAMES: Final = 4  # beside the first
MOST_WORDS: Final = 10
MOST_OTHERS: Final = 30
_FLOOR: Final = 0.42  # of the heaviest name or word: what weighs less is mentioned, not reported
_COMMON: Final = 0.15  # of all articles: what so many hold is asked for only where nothing else will do
_MOST_JOINT: Final = 9  # names of seeds that have none in common
_NAME: Final = 1.5  # how much more than a word's a name's weight counts for being what all is about
NAMES: Final = "names"  # the lists that are no single name's
ABOUT: Final = "about"
ALSO: Final = "also"


@dataclass(frozen=True, slots=True)
class Clause:
    """What some seeds share: names, and what is said of them."""

    seeds: frozenset[int]
    names: tuple[Concept, ...]  # the first is in all of them, where any is
    about: tuple[Concept, ...]

    @property
    def anchored(self) -> bool:
        return self.seeds <= self.names[0].seeds


@dataclass(frozen=True, slots=True)
class Composed:
    """A query with the term lists that it uses (name -> items), and what had to be given up for it."""

    query: str
    lists: Mapping[str, tuple[str, ...]]
    clauses: tuple[Clause, ...]


def clauses(names: Sequence[Concept], topics: Sequence[Concept], seeds: int) -> list[Clause]:
    """One clause for all seeds where they share a name or a rare word; else one for each part that does."""
    left = frozenset(range(seeds))
    found = []
    if (joint := _joint(names, topics, left)) is not None:
        return [joint]
    while left:
        anchor = _anchor(names, topics, left)
        if anchor is None:
            break
        covered = anchor.seeds & left
        found.append(_clause(anchor, covered, names, topics))
        left -= covered
    return found


def _joint(names: Sequence[Concept], topics: Sequence[Concept], seeds: frozenset[int]) -> Clause | None:
    """A clause for seeds that nothing is in all of, but which are linked, and each have two of the names."""
    concepts = (*names, *topics)
    if any(seeds <= each.seeds for each in concepts) or not _linked(concepts, seeds):
        return None
    chosen = _cover([each for each in names if len(each.seeds) > 1], seeds, MOST_NAMES + 1)
    for each in sorted(names, key=lambda c: -c.weight):
        if each not in chosen and any(sum(s in c.seeds for c in chosen) < 2 for s in each.seeds & seeds):
            chosen = (*chosen, each)
    about = _cover([each for each in topics if each.kind == "word"], seeds, MOST_WORDS)
    chosen = _distinct(chosen)
    twice = all(sum(seed in each.seeds for each in chosen) > 1 for seed in seeds)
    return Clause(seeds, chosen, about) if twice and about and len(chosen) <= _MOST_JOINT else None


def _linked(concepts: Sequence[Concept], seeds: frozenset[int]) -> bool:
    """Whether one comes from any seed to any other by what two seeds share."""
    reached = {min(seeds)}
    while True:
        more = reached.union(*(each.seeds for each in concepts if each.seeds & reached))
        if more == reached:
            return seeds <= reached
        reached = more


def _anchor(names: Sequence[Concept], topics: Sequence[Concept], left: frozenset[int]) -> Concept | None:
    """The notion that the most seeds share; among these the heaviest, where a name weighs more than a word."""
    known = [c for c in (*names, *topics) if c.seeds & left]
    return max(
        known,
        key=lambda c: (len(c.seeds & left), c.weight * (_NAME if c.kind == "name" else 1)),
        default=None,
    )


def _clause(
    anchor: Concept, seeds: frozenset[int], names: Sequence[Concept], topics: Sequence[Concept]
) -> Clause:
    more_names = [c for c in (*names, *topics) if c.kind == "name" and not _overlap(c, anchor)]
    others = _cover(more_names, seeds, MOST_NAMES)
    words = [c for c in topics if c.kind == "word" and c is not anchor and not _overlap(c, anchor)]
    about = _cover(words, seeds, MOST_WORDS)
    if not about:  # scripts in which names and words look alike
        about, others = others[len(others) // 2 :], others[: len(others) // 2]
    return Clause(seeds, _distinct((anchor, *others)), about)


def _cover(found: Sequence[Concept], seeds: frozenset[int], most: int) -> tuple[Concept, ...]:
    """The heaviest of `found`, and as many as it takes to have one in each of `seeds`; none where they cannot."""
    ranked = sorted((c for c in found if c.seeds & seeds), key=lambda c: (-c.weight, c.label))
    if not ranked:
        return ()
    chosen = [c for c in ranked if c.weight >= _FLOOR * ranked[0].weight and c.share < _COMMON][:most]
    for each in ranked:
        missing = seeds.difference(*(c.seeds for c in chosen))
        if not missing:
            break
        if each not in chosen and each.seeds & missing:
            chosen.append(each)
    return tuple(chosen) if seeds <= frozenset().union(*(c.seeds for c in chosen)) else ()


def _distinct(found: Sequence[Concept]) -> tuple[Concept, ...]:
    """`found` without what is found wherever another of them is: North Korea* beside Korea*."""
    return tuple(
        each
        for number, each in enumerate(found)
        if not any(
            _is_within(each, other) and not (number < place and _is_within(other, each))
            for place, other in enumerate(found)
            if other is not each
        )
    )


def _is_within(narrow: Concept, wide: Concept) -> bool:
    return all(any(_covers(b, a) for b in wide.patterns) for a in narrow.patterns)


def _overlap(one: Concept, other: Concept) -> bool:
    """Whether they are found at the same places: a name beside itself says nothing."""
    return not one.tokens.isdisjoint(other.tokens)


def joined_across_scripts(names: Sequence[Concept]) -> list[Concept]:
    """Names of different seeds that sound the same in different scripts as one: Курск* with Kursk*."""
    found: list[Concept] = []
    for name in names:
        home = next((i for i, other in enumerate(found) if _sounds_same(name, other)), None)
        if home is None:
            found.append(name)
        else:
            found[home] = _united(found[home], name)
    return found


def _united(one: Concept, other: Concept) -> Concept:
    return replace(
        one,
        patterns=tuple(dict.fromkeys((*one.patterns, *other.patterns))),
        places=tuple(sorted((*one.places, *other.places))),
        seeds=one.seeds | other.seeds,
        titled=one.titled or other.titled,
        weight=one.weight + other.weight,  # each was weighed by its share of the seeds
        share=min(0.6, one.share + other.share),
        tokens=one.tokens | other.tokens,
    )


def _sounds_same(one: Concept, other: Concept) -> bool:
    if one.seeds & other.seeds:
        return False
    return any(_same_sound(a, b) for a in one.patterns for b in other.patterns)


def _same_sound(a: Pattern, b: Pattern) -> bool:
    left, right = (transcribed("".join(p.words).replace("*", "")) for p in (a, b))
    if not left or not right or _script(a) == _script(b):
        return False
    x, y = skeleton("".join(a.words).replace("*", "")), skeleton("".join(b.words).replace("*", ""))
    vowel = (left[0] in "aeiouy") == (right[0] in "aeiouy")
    return x == y and vowel and (len(x) > 2 or (len(x) == 2 and abs(len(left) - len(right)) <= 2))


def _script(each: Pattern) -> int:
    return ord(each.words[0][0]) >> 8 if ord(each.words[0][0]) < 0x3000 else ord(each.words[0][0]) >> 13


# --- the query -------------------------------------------------------------------------------------


def compose(
    found: Sequence[Clause], articles: Sequence[Article], names_of: Mapping[Concept, str]
) -> Composed:
    """The query of `found`: for each clause the narrowest shape that its seeds satisfy."""
    queries = []
    lists: dict[str, tuple[str, ...]] = {}
    for number, clause in enumerate(found, 1):
        own = [articles[i] for i in sorted(clause.seeds)]
        named = _lists(clause, own, names_of, f"_{number}" if len(found) > 1 else "")
        query = _narrowest(clause, named, own)
        queries.append(query)
        lists |= {name: items for name, items in named.terms.items() if _is_used(name, query, named.terms)}
    whole = queries[0] if len(queries) == 1 else "\nOR ".join(f"({_indented(query)})" for query in queries)
    return Composed(whole, lists, tuple(found))


@dataclass(frozen=True, slots=True)
class _Lists:
    """The term lists of a clause, and what of them a query names: one list a name, all names, what is said."""

    terms: Mapping[str, tuple[str, ...]]
    each: tuple[str, ...]
    names: str
    about: str


def _lists(clause: Clause, articles: Sequence[Article], names_of: Mapping[Concept, str], tail: str) -> _Lists:
    terms = {names_of[each]: _items(each.patterns) for each in clause.names}
    each = tuple(f"${name}" for name in terms)
    names = each[0]
    if len(each) > 1:
        terms[f"{NAMES}{tail}"] = each
        names = f"${NAMES}{tail}"
    about = ""
    if clause.about:
        terms[f"{ABOUT}{tail}"] = _items(tuple(p for each in clause.about for p in each.patterns))
        about = f"${ABOUT}{tail}"
        if also := _others(clause, articles, terms[f"{ABOUT}{tail}"]):
            terms[f"{ABOUT}{tail}_{ALSO}"] = also
            about = f"({about} OR {about}_{ALSO})"
    return _Lists(terms, each, names, about)


def _indented(query: str) -> str:
    return query.replace("\n", "\n  ")


def _is_used(name: str, query: str, terms: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether the query names a list, by itself or through the list of all names."""
    return any(
        _uses(text, name)
        for text in (query, *(i for n, items in terms.items() if _uses(query, n) for i in items))
    )


def _uses(query: str, name: str) -> bool:
    return re.search(rf"\${re.escape(name)}(?![\w-])", query) is not None


def _others(clause: Clause, articles: Sequence[Article], said: Sequence[str]) -> tuple[str, ...]:
    """How else the seeds' languages say what the seeds say, but for what `said` finds already."""
    languages = sorted({article.language or "" for article in articles})
    families = dict.fromkeys(concept.family for concept in clause.about if concept.family)
    found = (item for family in families for language in languages for item in others(family, language))
    said = [fold(item) for item in said]
    kept: list[str] = []
    for item in dict.fromkeys(found):
        if not any(_finds(a, b) for other in (*said, *kept) for a, b in ((item, other), (other, item))):
            kept.append(item)
    return tuple(kept[:MOST_OTHERS])


def _finds(wide: str, narrow: str) -> bool:
    """Whether one item of a list finds all that another finds."""
    return narrow == wide or (wide.endswith("*") and narrow.startswith(wide[:-1]))


def _items(patterns: Sequence[Pattern]) -> tuple[str, ...]:
    """The patterns as items, without those that a wider one finds anyway."""
    kept = [
        each
        for each in patterns
        if not any(wide.words != each.words and _covers(wide, each) for wide in patterns)
    ]
    return tuple({(each.words, each.exact): each.item for each in reversed(kept)}.values())[::-1]


def _covers(wide: Pattern, narrow: Pattern) -> bool:
    """Whether a pattern of one word is found wherever another is."""
    if wide.exact or narrow.exact or len(wide.words) > 1:
        return False
    return any(_finds(wide.words[0], word) for word in narrow.words)


def _narrowest(clause: Clause, lists: _Lists, articles: Sequence[Article]) -> str:
    query = ""
    for query in _shapes(clause, lists):
        if holds(query, lists.terms, articles):
            break
    return query


def _shapes(clause: Clause, lists: _Lists) -> Iterator[str]:
    """From narrow to loose; every seed satisfies the last, which asks for what they were put together by."""
    first, names, about = (lists.each[0] if clause.anchored else lists.names), lists.names, lists.about
    if about:
        beside = f"({names} w/s {about})"
        if len(lists.each) > 2:
            yield f"2 OF ({names})\nAND {beside}"
            yield f"2 OF ({names})\nAND {about}"
        if len(lists.each) == 2:
            yield f"{' AND '.join(lists.each)}\nAND {beside}"
            yield f"{' AND '.join(lists.each)}\nAND {about}"
        yield f"{first}\nAND {beside}" if names != first else beside[1:-1]
        yield f"{first} AND {about}"
    elif len(lists.each) > 1:
        yield f"{first} w/s ({' OR '.join(lists.each[1:])})"
        yield f"{first} AND ({' OR '.join(lists.each[1:])})"
    yield first


def rule_of(query: str, lists: Mapping[str, tuple[str, ...]]) -> Rule:
    """The query as a rule that an engine can run."""
    terms: dict[str, TermList] = {}
    for name, items in lists.items():  # a list stands behind those that it names
        terms[name] = TermList.of(name, tuple(parse_item(item, terms) for item in items))
    canonical = canonical_text(parse(query, terms))
    assert canonical is not None, "a draft is short"
    return Rule("draft", "draft", Severity.MEDIUM, canonical, version_of(canonical))


def holds(query: str, lists: Mapping[str, tuple[str, ...]], articles: Sequence[Article]) -> bool:
    engine = Engine([rule_of(query, lists)])
    return all(engine.match(article) for article in articles)
