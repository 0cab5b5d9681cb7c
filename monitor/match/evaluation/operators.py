"""What a tree is asked with: a query compiled to objects that find its parts in an article.

Every operator answers `holds`. Span operators also say where (`spans`: places [start, end) counted in
words of one text, sorted, each once) and can `mark` the characters behind those of their spans that took
part in a match. Equal parts of different rules are one object, and what a part found is kept for the
article, so that a term list used by a thousand rules is looked up once.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

import numpy as np

from monitor.match.evaluation.others import Others
from monitor.match.evaluation.slop import ways
from monitor.match.evaluation.view import Stream, View
from monitor.text import CJK_SIGN

Span = tuple[int, int]  # the words [start, end) of one text
Places = list[Span]
Marks = list[list[tuple[int, int]]]

# Hostile texts ("a a a a ...") have quadratically many pairs; beyond this many, only the nearest are seen,
# and of those twice as many. For proximities of proximities it is so many less as they are deep.
MAX_PAIRS = 20_000
MAX_HITS = 20_000  # of one expression in one text; further ones are not seen
MAX_MARKED = 2_000  # places of one operator in one text that are shown
_NONE = range(0)
_MANY = 10_000  # places to look at; for fewer sets are faster than arrays
_FEW = 8  # fewer alternatives are looked at one by one


class Operator:
    """A part of a query. `number` is its own among all of an engine."""

    __slots__ = ("number",)

    def __init__(self, number: int) -> None:
        self.number = number

    def holds(self, view: View) -> bool:
        raise NotImplementedError

    def collect(self, view: View, marks: Marks) -> None:
        """Adds the characters that made this hold to `marks`, a list for each text."""


class SpanOperator(Operator):
    __slots__ = ("scope",)

    def __init__(self, number: int, scope: str = "") -> None:
        super().__init__(number)
        self.scope = scope

    def reads(self, stream: Stream) -> bool:
        if self.scope == "":
            return stream.kind != "author"
        return stream.kind == ("body" if self.scope == "lead" else self.scope)

    def holds(self, view: View) -> bool:
        return any(self.reads(stream) and self.spans(view, stream) for stream in view.streams)

    def spans(self, view: View, stream: Stream) -> Places:
        if not self.reads(stream):
            return []
        key = (self.number, stream.number)
        found = view.cache.get(key)
        if found is None:
            found = self.find(view, stream)
            if self.scope == "lead":
                limit = stream.lead[0]
                found = [span for span in found if span[1] <= limit]
            view.cache[key] = found
        return found

    def find(self, view: View, stream: Stream) -> Places:
        raise NotImplementedError

    def mark(self, view: View, stream: Stream, used: Iterable[tuple[int, int]], marks: Marks) -> None:
        marks[stream.number] += [stream.characters(start, end) for start, end in used]

    def collect(self, view: View, marks: Marks) -> None:
        for stream in view.streams[:2]:
            found = self.spans(view, stream)
            if found:
                self.mark(view, stream, found[:MAX_MARKED], marks)


class Token(SpanOperator):
    """A word, a pattern or an edit distance: whatever one atom (monitor.match.evaluation.plans) stands for."""

    __slots__ = ("atom",)

    def __init__(self, number: int, scope: str, atom: str) -> None:
        super().__init__(number, scope)
        self.atom = atom

    def holds(self, view: View) -> bool:
        if self.scope == "":
            return view.in_text(self.atom)
        return view.has(self.atom) and super().holds(view)

    def spans(self, view: View, stream: Stream) -> Places:
        return super().spans(view, stream) if view.has(self.atom) else []

    def find(self, view: View, stream: Stream) -> Places:
        return [(place, place + 1) for place in view.places(self.atom, stream)]


class Sequential(SpanOperator):
    """Words one after another."""

    __slots__ = ("atoms",)

    def __init__(self, number: int, scope: str, atoms: tuple[str, ...]) -> None:
        super().__init__(number, scope)
        self.atoms = atoms

    def holds(self, view: View) -> bool:
        return all(map(view.has, self.atoms)) and super().holds(view)

    def spans(self, view: View, stream: Stream) -> Places:
        return super().spans(view, stream) if all(map(view.has, self.atoms)) else []

    def find(self, view: View, stream: Stream) -> Places:
        lists = [view.places(atom, stream) for atom in self.atoms]
        if not all(lists):
            return []
        rarest = min(range(len(lists)), key=lambda i: len(lists[i]))
        if len(lists) * len(lists[rarest]) > _MANY:
            return _side_by_side(lists, len(stream.words))
        starts = {place - rarest for place in lists[rarest]}
        for i, places in enumerate(lists):
            if i != rarest:
                starts = _still_there(starts, places, i)
            if not starts:
                return []
        return [(start, start + len(lists)) for start in sorted(starts) if start >= 0]


def _side_by_side(lists: list[list[int]], size: int) -> Places:
    """Where places of all `lists` follow one another in a text of `size` words, for long phrases and texts."""
    holds: dict[int, np.ndarray[tuple[int], np.dtype[np.bool_]]] = {}
    starts = np.ones(max(size - len(lists) + 1, 0), np.bool_)
    for i, places in enumerate(lists):
        if id(places) not in holds:
            holds[id(places)] = np.zeros(size, np.bool_)
            holds[id(places)][places] = True
        starts &= holds[id(places)][i : i + len(starts)]
    return [(start, start + len(lists)) for start in np.flatnonzero(starts).tolist()]


def _still_there(starts: set[int], places: list[int], offset: int) -> set[int]:
    if len(places) > 8 * len(starts):
        return {start for start in starts if _has(places, start + offset)}
    return starts & {place - offset for place in places}


def _has(places: list[int], place: int) -> bool:
    i = bisect_left(places, place)
    return i < len(places) and places[i] == place


class Sloppy(Sequential):
    """A phrase with Lucene's slop (monitor.match.evaluation.slop)."""

    __slots__ = ("slop",)

    def __init__(self, number: int, scope: str, atoms: tuple[str, ...], slop: int) -> None:
        super().__init__(number, scope, atoms)
        self.slop = slop

    def ways(self, view: View, stream: Stream) -> list[tuple[int, ...]]:
        return ways(self.atoms, [view.places(atom, stream) for atom in self.atoms], self.slop)

    def find(self, view: View, stream: Stream) -> Places:
        return sorted({(min(taken), max(taken) + 1) for taken in self.ways(view, stream)})

    def mark(self, view: View, stream: Stream, used: Iterable[tuple[int, int]], marks: Marks) -> None:
        wanted = set(used)
        found = (taken for taken in self.ways(view, stream) if (min(taken), max(taken) + 1) in wanted)
        places = {place for taken in found for place in taken}
        marks[stream.number] += [stream.characters(place, place + 1) for place in sorted(places)]


class Characters(SpanOperator):
    """What is found in the text itself, not in its words: exact text, or an expression."""

    __slots__ = ("search",)

    def __init__(self, number: int, scope: str, search: Callable[[str], Places]) -> None:
        super().__init__(number, scope)
        self.search = search

    def hits(self, view: View, stream: Stream) -> Places:
        key = (self.number, -1 - stream.number)
        found = view.cache.get(key)
        if found is None:
            found = self.search(stream.text) if self.reads(stream) else []
            if found and self.scope == "lead":
                found = [hit for hit in found if hit[1] <= stream.lead[1]]
            view.cache[key] = found
        return found

    def holds(self, view: View) -> bool:
        return any(self.hits(view, stream) for stream in view.streams)

    def find(self, view: View, stream: Stream) -> Places:
        ranges = {stream.word_range(start, end) for start, end in self.hits(view, stream)}
        return sorted((start, end) for start, end in ranges if start < end)

    def mark(self, view: View, stream: Stream, used: Iterable[tuple[int, int]], marks: Marks) -> None:
        wanted = set(used)
        marks[stream.number] += [hit for hit in self.hits(view, stream) if stream.word_range(*hit) in wanted]

    def collect(self, view: View, marks: Marks) -> None:
        for stream in view.streams[:2]:
            marks[stream.number] += self.hits(view, stream)


def exact_text(content: str) -> Callable[[str], Places]:
    """Finds `content` as it is written, where no letter or digit runs on from it."""
    return _Exact(content).search


class _Exact:
    __slots__ = ("content", "guard_end", "guard_start")

    def __init__(self, content: str) -> None:
        self.content = content
        self.guard_start = _runs_on(content[0])
        self.guard_end = _runs_on(content[-1])

    def search(self, text: str) -> Places:
        found = []
        size = len(self.content)
        start = text.find(self.content)
        while start >= 0:
            end = start + size
            free = not (self.guard_start and start and _runs_on(text[start - 1]))
            if free and not (self.guard_end and end < len(text) and _runs_on(text[end])):
                found.append((start, end))
            start = text.find(self.content, start + 1)
        return found


# Soft hyphens and joiners stand inside words.
_INSIDE_WORDS = "_\u00ad\u200c\u200d\u2060\ufeff"


def _runs_on(character: str) -> bool:
    """Whether a word goes on with this character. Chinese and Japanese are written without word edges."""
    if character.isalnum():
        return not CJK_SIGN.match(character)
    return character in _INSIDE_WORDS or unicodedata.category(character)[0] == "M"


class Union(SpanOperator):
    """Any of several span operators.

    `triggers` are, for each of them, words of which one must be there for it to hold, or None where that
    is not known: of a list of 200 names only those are looked at of which the article has a word.
    """

    __slots__ = ("by_word", "others", "parts")

    def __init__(
        self, number: int, parts: tuple[SpanOperator, ...], triggers: Sequence[tuple[str, ...] | None]
    ) -> None:
        super().__init__(number)
        self.parts = parts
        self.by_word: dict[str, list[int]] = {}
        self.others: list[int] = []
        for index, trigger in enumerate(triggers):
            if trigger is None:
                self.others.append(index)
            for word in trigger or ():
                self.by_word.setdefault(word, []).append(index)

    def active(self, view: View) -> list[SpanOperator]:
        """The parts that could hold."""
        if len(self.parts) < _FEW:
            return list(self.parts)
        found = set(self.others)
        for word in view.words & self.by_word.keys():
            found.update(self.by_word[word])
        return [self.parts[index] for index in sorted(found)]

    def reads(self, stream: Stream) -> bool:
        return True

    def holds(self, view: View) -> bool:
        return any(part.holds(view) for part in self.active(view))

    def find(self, view: View, stream: Stream) -> Places:
        return sorted({span for part in self.active(view) for span in part.spans(view, stream)})

    def mark(self, view: View, stream: Stream, used: Iterable[tuple[int, int]], marks: Marks) -> None:
        wanted = set(used)
        for part in self.active(view):
            own = [span for span in part.spans(view, stream) if span in wanted]
            if own:
                part.mark(view, stream, own, marks)

    def collect(self, view: View, marks: Marks) -> None:
        for part in self.active(view):
            part.collect(view, marks)


class Proximity(SpanOperator):
    """Two span operators near each other, in one text, without overlap. A span covers both."""

    __slots__ = ("depth", "distance", "left", "ordered", "right", "unit")

    def __init__(
        self, number: int, left: SpanOperator, right: SpanOperator, distance: int, unit: str, ordered: bool
    ) -> None:
        super().__init__(number)
        self.left, self.right = left, right
        self.distance, self.unit, self.ordered = distance, unit, ordered
        # of proximities within proximities
        self.depth: int = 1 + max(part.depth if isinstance(part, Proximity) else 0 for part in (left, right))

    def reads(self, stream: Stream) -> bool:
        return True

    def pairs(self, view: View, stream: Stream) -> list[tuple[Span, Span]]:
        """All that are near each other; where those are too many, each left with its nearest rights."""
        most = MAX_PAIRS // self.depth
        found = list(islice(self._pairs(view, stream), most + 1))
        return (
            found if len(found) <= most else list(islice(self._pairs(view, stream, nearest=True), 2 * most))
        )

    def _pairs(
        self, view: View, stream: Stream, nearest: bool = False, inside: Span | None = None
    ) -> Iterator[tuple[Span, Span]]:
        lefts = self.left.spans(view, stream)
        rights = self.right.spans(view, stream) if lefts else []
        if inside is not None:
            lefts, rights = _inside(lefts, inside), _inside(rights, inside)
        if not rights:
            return
        units = stream.units(self.unit) if self.unit != "w" else None
        if units is not None:
            rights = [span for span in rights if units[span[0]] == units[span[1] - 1]]
        by_end = sorted(rights, key=lambda span: span[1])
        starts, ends = [start for start, _ in rights], [end for _, end in by_end]
        for left in lefts:
            low, high = left[0] - self.distance, left[1] + self.distance
            if units is not None:
                unit = units[left[0]]
                if units[left[1] - 1] != unit:
                    continue
                low, high = bisect_left(units, unit) + 1, bisect_right(units, unit) - 1
            after = range(bisect_left(starts, left[1]), bisect_right(starts, high))
            before = range(bisect_left(ends, low), bisect_right(ends, left[0])) if not self.ordered else _NONE
            if nearest:
                after, before = after[:1], before[-1:]
            for i in after:
                yield left, rights[i]
            for i in before:
                yield left, by_end[i]

    def holds(self, view: View) -> bool:
        if not (self.left.holds(view) and self.right.holds(view)):
            return False
        return any(next(self._pairs(view, stream), None) for stream in view.streams)

    def find(self, view: View, stream: Stream) -> Places:
        return sorted({_cover(left, right) for left, right in self.pairs(view, stream)})

    def mark(self, view: View, stream: Stream, used: Iterable[tuple[int, int]], marks: Marks) -> None:
        wanted = set(used)
        if wanted:
            region = min(start for start, _ in wanted), max(end for _, end in wanted)
            near = islice(self._pairs(view, stream, inside=region), MAX_PAIRS)
            self._mark(view, stream, [pair for pair in near if _cover(*pair) in wanted], marks)

    def collect(self, view: View, marks: Marks) -> None:
        for stream in view.streams[:2]:
            self._mark(view, stream, list(islice(self._pairs(view, stream), MAX_MARKED)), marks)

    def _mark(self, view: View, stream: Stream, pairs: list[tuple[Span, Span]], marks: Marks) -> None:
        self.left.mark(view, stream, {left for left, _ in pairs}, marks)
        self.right.mark(view, stream, {right for _, right in pairs}, marks)


def _inside(spans: Places, region: Span) -> Places:
    return [span for span in spans if span[0] >= region[0] and span[1] <= region[1]]


def _cover(left: tuple[int, int], right: tuple[int, int]) -> tuple[int, int]:
    return min(left[0], right[0]), max(left[1], right[1])


class Apart(Proximity):
    """Some left without any right that near. One that overlaps the left is near; the left itself is not."""

    __slots__ = ()

    def holds(self, view: View) -> bool:
        return self.left.holds(view) and any(self.spans(view, stream) for stream in view.streams)

    def find(self, view: View, stream: Stream) -> Places:
        lefts = self.left.spans(view, stream)
        rights = self.right.spans(view, stream) if lefts else []
        if not rights:
            return lefts
        units = stream.units(self.unit) if self.unit != "w" else None
        others = Others(rights)
        return [left for left in lefts if not self._has_near(left, others, units)]

    def _has_near(self, left: tuple[int, int], others: Others, units: list[int] | None) -> bool:
        if others.overlap(left):
            return True
        low, high = left[0] - self.distance, left[1] + self.distance
        if units is None:
            return others.start_in(left[1], high) or (not self.ordered and others.end_in(low, left[0]))
        unit = units[left[0]]
        if units[left[1] - 1] != unit:
            return False
        low, high = bisect_left(units, unit), bisect_right(units, unit)
        return others.within(left[1], high) or (not self.ordered and others.within(low, left[0]))

    def mark(self, view: View, stream: Stream, used: Iterable[tuple[int, int]], marks: Marks) -> None:
        self.left.mark(view, stream, used, marks)

    def collect(self, view: View, marks: Marks) -> None:
        SpanOperator.collect(self, view, marks)


# --- the boolean level -----------------------------------------------------------------------------


class Within(Operator):
    """A span operator within the first words of the body."""

    __slots__ = ("count", "part")

    def __init__(self, number: int, part: SpanOperator, count: int) -> None:
        super().__init__(number)
        self.part, self.count = part, count

    def _found(self, view: View) -> Places:
        return [span for span in self.part.spans(view, view.streams[1]) if span[1] <= self.count]

    def holds(self, view: View) -> bool:
        return bool(self._found(view))

    def collect(self, view: View, marks: Marks) -> None:
        self.part.mark(view, view.streams[1], self._found(view), marks)


class Often(Operator):
    """A span operator at so many places that do not overlap."""

    __slots__ = ("count", "part")

    def __init__(self, number: int, part: SpanOperator, count: int) -> None:
        super().__init__(number)
        self.part, self.count = part, count

    def holds(self, view: View) -> bool:
        return sum(_separate(self.part.spans(view, stream)) for stream in view.streams) >= self.count

    def collect(self, view: View, marks: Marks) -> None:
        self.part.collect(view, marks)


def _separate(spans: Places) -> int:
    """The most of `spans` that fit without overlap: always take the one that ends first."""
    count = reached = 0
    for start, end in sorted(spans, key=lambda span: span[1]):
        if start >= reached:
            count, reached = count + 1, end
    return count


class All(Operator):
    __slots__ = ("parts",)

    def __init__(self, number: int, parts: Sequence[Operator]) -> None:
        super().__init__(number)
        self.parts = tuple(parts)

    def holds(self, view: View) -> bool:
        return all(part.holds(view) for part in self.parts)

    def collect(self, view: View, marks: Marks) -> None:
        for part in self.parts:
            part.collect(view, marks)


class Some(Operator):
    """At least `count` of its parts."""

    __slots__ = ("count", "parts")

    def __init__(self, number: int, parts: Sequence[Operator], count: int) -> None:
        super().__init__(number)
        self.parts, self.count = tuple(parts), count

    def holds(self, view: View) -> bool:
        left = self.count
        for part in self.parts:
            if part.holds(view):
                left -= 1
                if not left:
                    return True
        return False

    def collect(self, view: View, marks: Marks) -> None:
        for part in self.parts:
            if part.holds(view):
                part.collect(view, marks)


class Complement(Operator):
    __slots__ = ("part",)

    def __init__(self, number: int, part: Operator) -> None:
        super().__init__(number)
        self.part = part

    def holds(self, view: View) -> bool:
        return not self.part.holds(view)


class Fact(Operator):
    """A filter on what is known of the article."""

    __slots__ = ("test",)

    def __init__(self, number: int, test: Callable[[View], bool]) -> None:
        super().__init__(number)
        self.test = test

    def holds(self, view: View) -> bool:
        return self.test(view)
