"""How near an article came to a clause that failed: what an analyst would look for next, found for them.

A phrase whose words stand apart, two words in neighbouring sentences, a plural, a word in the body where the
title was asked for. Nothing here decides; `monitor.match.explaining.explain` asks it about clauses that failed.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import NamedTuple

from monitor.match.explaining.evidence import Evidence, Place
from monitor.match.explaining.spelling import closest, differs_in_ending
from monitor.match.language import nodes
from monitor.model import Span
from monitor.text import one_line

FARTHEST = 20  # moves within a phrase; words further apart have nothing to do with each other


@dataclass(frozen=True, slots=True)
class Miss:
    """How near it was. `said` is one line; `spans` show where; `kind` is one of KINDS, nearest first."""

    kind: str
    said: str
    spans: tuple[Span, ...] = ()


# distance: found, too far apart; order: near, in another order; count: not often enough; place: too late;
# field: in another part of the article; case: in other capitals or punctuation; ending: the word with another
# end; spelling: with a letter or two off; absent: some of its words are not there,
# or far apart; fact: what is so instead.
KINDS = ("count", "order", "distance", "place", "field", "case", "ending", "spelling", "fact", "absent")


def nearest(node: nodes.Node, evidence: Evidence) -> Miss | None:
    """How near the article came to `node`, which failed; None where it did not come near.

    A clause whose own parts fail says nothing here: they do.
    """
    match node:
        case nodes.Word() | nodes.Fuzzy():
            return _elsewhere(node, evidence) or _similar(node, evidence)
        case nodes.Phrase():
            return _elsewhere(node, evidence) or _scattered(node, evidence)
        case nodes.Raw():
            return _elsewhere(node, evidence) or _other_case(node, evidence)
        case nodes.Regex():
            return _elsewhere(node, evidence)
        case nodes.Near():
            return _beside(node, evidence) if node.negated else _apart(node, evidence)
        case nodes.First():
            return _late(node, evidence)
        case nodes.AtLeast():
            return _too_few(node, evidence)
        case nodes.Filter():
            return Miss("fact", _fact(node, evidence))
    return None


def best(misses: Iterable[Miss | None]) -> Miss | None:
    """The nearest of `misses`, the first of those that are equally near."""
    return min((miss for miss in misses if miss), key=lambda miss: KINDS.index(miss.kind), default=None)


def quoted(text: str) -> str:
    return f"“{one_line(text, 60)}”"


def times(count: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count:,} times")


def words_apart(count: int) -> str:
    return {0: "side by side", 1: "1 word apart"}.get(count, f"{count:,} words apart")


# --- one word, one phrase --------------------------------------------------------------------------


def _elsewhere(node: nodes.Leaf, evidence: Evidence) -> Miss | None:
    """What a field was asked for and another part of the article has."""
    if not node.field:
        return None
    places = evidence.places(replace(node, field=""))
    if not places:
        return None
    first = places[0]
    if node.field == "lead" and first.stream.kind == "body":
        end = first.stream.lead[0]
        said = f"it comes at word {first.start + 1:,} of the body; the lead ends with word {end:,}"
        return Miss("place", said, evidence.shown(first))
    return Miss("field", f"it is in the {first.stream.kind}, not in the {node.field}", evidence.shown(first))


def _similar(node: nodes.Word | nodes.Fuzzy, evidence: Evidence) -> Miss | None:
    found = closest(node.text, evidence.words_like(node.text))
    if found is None:
        return None
    places = [
        Place(stream, place, place + 1)
        for stream in evidence.view.streams[:2]
        for place in stream.positions.get(found, ())
    ]
    hint = f"; {node.text}* would find it" if _only_longer(node, found) else ""
    said = f"the article has {quoted(evidence.said(places[0]))}{hint}"
    kind = "ending" if differs_in_ending(node.text, found) else "spelling"
    return Miss(kind, said, evidence.shown(*places[:5]))


def _only_longer(node: nodes.Word | nodes.Fuzzy, found: str) -> bool:
    return isinstance(node, nodes.Word) and "?" not in node.text and found.startswith(node.text)


def _scattered(node: nodes.Phrase, evidence: Evidence) -> Miss | None:
    """A phrase whose words are in the article, but not as they were asked for."""
    parts = [nodes.Word(word) for word in dict.fromkeys(node.words) if word.strip("*?")]
    missing = [part for part in parts if not evidence.holds(part)]
    if missing:
        return _incomplete(missing, parts, evidence)
    slop = _slop_needed(node, evidence)
    if slop is None:
        return Miss("absent", f"its {len(node.words)} words are there, but not near each other")
    relaxed = replace(node, slop=slop)
    spans = evidence.spans(relaxed)
    here = min(evidence.places(relaxed), key=lambda place: place.end - place.start)
    own = evidence.shown(here)
    inside = tuple(s for s in spans if own and s.field == own[0].field and _covers(own[0], s))
    if _in_order(node.words, here, evidence):
        between = here.end - here.start - len(node.words)
        said = f"its words stand in {quoted(evidence.said(here))}, with {_count(between, 'word')} between"
        return Miss("distance", f"{said}; ~{slop} would find it", inside or own)
    said = f"its words stand in another order, in {quoted(evidence.said(here))}; ~{slop} would find it"
    return Miss("order", said, inside or own)


def _covers(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")


def _incomplete(
    missing: Sequence[nodes.Word], parts: Sequence[nodes.Word], evidence: Evidence
) -> Miss | None:
    """A phrase of which words are missing: near, where all that is missing is spelt otherwise."""
    similar = [_similar(part, evidence) for part in missing]
    if len(missing) == 1 and similar[0] is not None and len(parts) > 1:
        return Miss(similar[0].kind, f"no {missing[0].text}: {similar[0].said}", similar[0].spans)
    there = [part for part in parts if part not in missing]
    if not there:
        return None
    absent = " and ".join(quoted(part.text) for part in missing[:3])
    said = f"{' and '.join(quoted(part.text) for part in there[:3])} without {absent}"
    return Miss("absent", said, evidence.spans(there[0])[:3])


def _slop_needed(node: nodes.Phrase, evidence: Evidence) -> int | None:
    """The least slop with which the phrase would be found, at most FARTHEST more than it has."""
    low, high = node.slop, node.slop + FARTHEST
    if not evidence.holds(replace(node, slop=high)):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if evidence.holds(replace(node, slop=middle)):
            high = middle
        else:
            low = middle
    return high


def _in_order(words: Sequence[str], here: Place, evidence: Evidence) -> bool:
    """Whether the words of a phrase stand in its order within `here`."""
    at = here.start
    for word in words:
        places = evidence.places(nodes.Word(word)) if word.strip("*?") else []
        starts = [p.start for p in places if p.stream is here.stream and at <= p.start < here.end]
        if word.strip("*?") and not starts:
            return False
        at = min(starts, default=at) + 1
    return True


def _other_case(node: nodes.Raw, evidence: Evidence) -> Miss | None:
    pattern = re.compile(re.escape(node.text), re.IGNORECASE)
    for stream in evidence.view.streams[:2]:
        found = pattern.search(stream.text)
        if found is None:
            continue
        span = Span(stream.kind, *found.span())
        if found[0] != node.text:
            return Miss("case", f"the article has {quoted(found[0])}", (span,))
        start, end = (_edge(stream.text, found.start(), -1), _edge(stream.text, found.end(), 1))
        within = stream.text[start:end]
        return Miss("case", f"it is part of {quoted(within)}", (Span(stream.kind, start, end),))
    return None


def _edge(text: str, at: int, step: int) -> int:
    """Where the word ends that goes on at `at`, forwards (1) or backwards (-1)."""
    while 0 < at < len(text) and (text[at] if step > 0 else text[at - 1]).isalnum():
        at += step
    return at


# --- proximity -------------------------------------------------------------------------------------


class _Pair(NamedTuple):
    gap: int  # words between
    in_order: bool
    left: Place
    right: Place


def _apart(node: nodes.Near, evidence: Evidence) -> Miss | None:
    """Two that are both there, and not near enough."""
    lefts, rights = evidence.places(node.left), evidence.places(node.right)
    if not lefts or not rights:
        return None
    pairs = sorted(_nearest_pairs(lefts, rights), key=lambda pair: pair.gap)
    if not pairs:
        return _never_together(lefts, rights, evidence)
    usable = [pair for pair in pairs if pair.in_order or not node.ordered]
    if not usable or (node.unit == "w" and pairs[0].gap <= node.distance):
        pair = pairs[0]
        return Miss("order", f"{_both(pair, evidence)} stand in the other order", _pair_spans(pair, evidence))
    pair = usable[0]
    if node.unit == "w":
        allowed = f"at most {node.distance:,} {'is' if node.distance == 1 else 'are'} allowed"
        if not node.distance:
            allowed = "none may stand between"
        said = f"the nearest are {words_apart(pair.gap)}; {allowed}"
    else:
        said = _units_apart(node, pair)
    far = node.unit == "w" and pair.gap > max(FARTHEST, 4 * node.distance)
    return Miss("absent" if far else "distance", said, _pair_spans(pair, evidence))


def _both(pair: _Pair, evidence: Evidence) -> str:
    return f"{quoted(evidence.said(pair.left))} and {quoted(evidence.said(pair.right))}"


def _pair_spans(pair: _Pair, evidence: Evidence) -> tuple[Span, ...]:
    return tuple(sorted(evidence.shown(pair.left, pair.right)))


def _units_apart(node: nodes.Near, pair: _Pair) -> str:
    what = "sentence" if node.unit == "s" else "paragraph"
    units = pair.left.stream.units(node.unit)
    first, second = sorted((pair.left, pair.right), key=lambda place: place.start)
    apart = units[second.start] - units[first.end - 1]
    if not apart:
        return f"one of them runs over the end of a {what}"
    where = f"in neighbouring {what}s" if apart == 1 else f"{apart:,} {what}s apart"
    return f"the nearest are {where}, {words_apart(pair.gap)}; they must be in one {what}"


def _nearest_pairs(lefts: Sequence[Place], rights: Sequence[Place]) -> Iterator[_Pair]:
    """For each text and order the pair with the fewest words between, of those that do not overlap."""
    texts = {stream.number: list(own) for stream, own in groupby(rights, key=lambda place: place.stream)}
    for stream, own in groupby(lefts, key=lambda place: place.stream):
        others = texts.get(stream.number)
        if others:
            here = list(own)
            if after := _closest_after(here, others):
                yield _Pair(after[0], True, after[1], after[2])
            if before := _closest_after(others, here):
                yield _Pair(before[0], False, before[2], before[1])


def _closest_after(firsts: Sequence[Place], seconds: Sequence[Place]) -> tuple[int, Place, Place] | None:
    """The pair of a first and a second that begins after it, with the fewest words between."""
    seconds = sorted(seconds, key=lambda place: place.start)
    starts = [place.start for place in seconds]
    found = []
    for first in firsts:
        at = bisect_left(starts, first.end)
        if at < len(seconds):
            found.append((seconds[at].start - first.end, first, seconds[at]))
    return min(found, key=lambda pair: pair[0], default=None)


def _never_together(lefts: Sequence[Place], rights: Sequence[Place], evidence: Evidence) -> Miss:
    left, right = lefts[0], rights[0]
    spans = evidence.shown(left, right)
    if left.stream is not right.stream:
        said = f"{quoted(evidence.said(left))} is in the {left.stream.kind} and "
        return Miss("field", f"{said}{quoted(evidence.said(right))} in the {right.stream.kind}", spans)
    return Miss("order", f"both are the same words, {quoted(evidence.said(left))}", spans)


def _beside(node: nodes.Near, evidence: Evidence) -> Miss | None:
    """NOT NEAR: all that is there has beside it what must not be."""
    lefts, rights = evidence.places(node.left), evidence.places(node.right)
    if not lefts or not rights:
        return None
    pairs = sorted(_nearest_pairs(lefts, rights), key=lambda pair: pair.gap)
    spoilt = f"all {len(lefts):,} have" if len(lefts) > 1 else f"{quoted(evidence.said(lefts[0]))} has"
    if not pairs:
        return Miss("order", f"{spoilt} {quoted(evidence.said(rights[0]))} in it", evidence.shown(lefts[0]))
    said = f"{spoilt} what must not be near, as {quoted(evidence.said(pairs[0].right))}"
    return Miss("distance", said, _pair_spans(pairs[0], evidence))


# --- how early, how often --------------------------------------------------------------------------


def _late(node: nodes.First, evidence: Evidence) -> Miss | None:
    places = evidence.places(node.part)
    if not places:
        return None
    in_body = [place for place in places if place.stream.kind == "body"]
    if not in_body:
        return Miss(
            "field", f"it is in the {places[0].stream.kind}; the body counts", evidence.shown(places[0])
        )
    first = min(in_body, key=lambda place: place.end)
    said = f"it first comes at word {first.start + 1:,}; the first {node.count:,} count"
    return Miss("place", said, evidence.shown(first))


def _too_few(node: nodes.AtLeast, evidence: Evidence) -> Miss | None:
    low, high = 0, node.count
    while high - low > 1:
        middle = (low + high) // 2
        if evidence.holds(replace(node, count=middle)):
            low = middle
        else:
            high = middle
    if not low:
        return None
    return Miss(
        "count", f"it is there {times(low)}; {times(node.count)} is asked", evidence.spans(node.part)[:20]
    )


# --- facts -----------------------------------------------------------------------------------------


def _fact(node: nodes.Filter, evidence: Evidence) -> str:
    article = evidence.article
    match node.field:
        case "words":
            return f"its body has {_count(len(evidence.view.streams[1].words), 'word')}"
        case "lang":
            return f"its language is {article.language or 'not known'}"
        case "site":
            return f"it is from {article.source or 'no named source'}, {article.url or 'without an address'}"
        case "url":
            return f"its address is {article.url}" if article.url else "it has no address"
        case "feed":
            return f"it came by {article.feed_url}" if article.feed_url else "it came by no feed"
    tags = (*article.tags, *article.feed_tags)
    return f"its tags are {', '.join(tags[:10])}" if tags else "it has no tags"
