"""Names in scripts with capitals, each with its inflections, its short form and its abbreviation."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from monitor.match.drafting.background import Background
from monitor.match.drafting.capitals import Capitals, Name
from monitor.match.drafting.concepts import Concept, Finder, Pattern, exact, pattern
from monitor.match.drafting.reading import Reading, is_cyrillic, is_latin
from monitor.match.drafting.small_words import CONNECTORS
from monitor.match.drafting.spelling import cased, forms_of_one, shared_front, written
from monitor.match.drafting.stems import LEAST_STEM, forms, stem, wildcard_is_safe

_MOST_NAMES = 300  # the commonest of a long text


def names(reading: Reading, finder: Finder, background: Background) -> list[Concept]:
    """The names of the seeds, heaviest first, each with its forms, short form and abbreviation."""
    found = _Names(reading, background)
    concepts = [finder.weighed("name", label, patterns) for label, patterns in found.lists()]
    concepts = [concept for concept in concepts if concept.seeds and not _is_part(concept, concepts)]
    return sorted(concepts, key=lambda c: (-c.weight, c.label))


def _is_part(concept: Concept, others: Sequence[Concept]) -> bool:
    """Whether a single word nearly always stands within longer names, or is too short to be told without one."""
    if any(len(each.words) > 1 or each.exact for each in concept.patterns):
        return False
    word = concept.patterns[0].words[0].rstrip("*")
    longer = [o for o in others if o is not concept and any(len(p.words) > 1 for p in o.patterns)]
    covered = {token for other in longer for token in other.tokens}
    free = sum(place not in covered for place in concept.places)
    ends = {p.words[i].rstrip("*") for o in longer for p in o.patterns for i in (0, -1)}
    return free * 4 < len(concept.places) or (len(word) <= LEAST_STEM and word in ends)


class _Names:
    """Spellings of one name joined."""

    def __init__(self, reading: Reading, background: Background) -> None:
        found = Capitals(reading, background)
        self.background, self.shown, self.abbreviations = background, found.shown, found.abbreviations

    def lists(self) -> Iterator[tuple[str, list[Pattern]]]:
        """Label and patterns of each name, spellings of one joined."""
        groups = self._grouped()
        shorts = self._short_forms(groups)
        for group in groups:
            label = self._label(group)
            found = self._patterns(group, shorts)
            abbreviated = [(s, w) for s, (w, _) in self.abbreviations.items() if w in group]
            found += [exact(short, (short.casefold(),)) for short, _ in abbreviated]
            if found:
                yield label, found

    def _label(self, group: Sequence[Name]) -> str:
        best = max(group, key=lambda name: (sum(self.shown[name].values()), -len(name)))
        return self.shown[best].most_common(1)[0][0]

    def _grouped(self) -> list[list[Name]]:
        """Names whose words are forms of one another."""
        groups: list[list[Name]] = []
        commonest = sorted(self.shown, key=lambda n: (-self.shown[n].total(), n))[:_MOST_NAMES]
        for name in sorted(commonest, key=lambda n: (len(n), n)):
            if name[0] in self._absorbed():
                continue
            home = next((g for g in groups if any(_same(name, other) for other in g)), None)
            if home is None:
                groups.append([name])
            else:
                home.append(name)
        return groups

    def _absorbed(self) -> frozenset[str]:
        return frozenset(short.casefold() for short in self.abbreviations)

    def _short_forms(self, groups: Sequence[Sequence[Name]]) -> frozenset[str]:
        """Single words that are the last of exactly one longer name: Matsegora for Alexander Matsegora."""
        longer = Counter(last for group in groups for last in {name[-1] for name in group if len(name) > 1})
        within = Counter(
            word for group in groups for name in group if len(name) > 1 for word in set(name[:-1])
        )
        singles = {name[0] for group in groups for name in group if len(name) == 1}
        return frozenset(
            word for word in singles
            if longer[word] == 1 and not within[word] and len(word) > LEAST_STEM and not self.background.is_common(word)
        )  # fmt: skip

    def _patterns(self, group: Sequence[Name], shorts: frozenset[str]) -> list[Pattern]:
        if all(len(name) == 1 for name in group):
            return self._single([name[0] for name in group], [self._spelling(name) for name in group])
        if any(name[-1] in shorts for name in group) and len(group[0]) == 2:
            return [
                p
                for p in (
                    pattern(self._spelling((w,)) if (w,) in self.shown else w, (w,))
                    for w in sorted({n[-1] for n in group})
                )
                if p
            ]
        by_front: dict[Name, list[Name]] = defaultdict(list)
        for name in group:
            by_front[tuple(stem(w, None) if is_cyrillic(w) else w for w in name[:-1])].append(name)
        phrases = (self._phrase(same) for same in by_front.values())
        return [each for each in phrases if each is not None]

    def _spelling(self, name: Name) -> str:
        return self.shown[name].most_common(1)[0][0]

    def _single(self, words: Sequence[str], shown: Sequence[str]) -> list[Pattern]:
        upper = [s.isupper() and len(s) > 1 for s in shown]
        found: list[Pattern | None] = []
        if any(upper):
            found += [exact(s, (w,)) for w, s, u in zip(words, shown, upper, strict=True) if u]
            words = [w for w, u in zip(words, upper, strict=True) if not u]
            shown = [s for s, u in zip(shown, upper, strict=True) if not u]
        if words:
            found += [written(each, shown) for each in self._name_forms(words)]
        return [each for each in found if each is not None]

    def _name_forms(self, words: Sequence[str]) -> Sequence[str]:
        if is_cyrillic(words[0]):
            return forms(set(words), "ru")
        shared = shared_front(words)
        if len(words) > 1 and len(shared) >= LEAST_STEM and wildcard_is_safe(shared, words):
            return (f"{shared}*",)
        if len(words) == 1 and len(words[0]) > LEAST_STEM and wildcard_is_safe(words[0], words):
            return (f"{words[0]}*",)
        return sorted(set(words))

    def _phrase(self, same: Sequence[Name]) -> Pattern | None:
        """Names of several words that differ in endings, as one phrase."""
        parts, shown = [], []
        example = self._spelling(same[0]).split(" ")
        for i, column in enumerate(zip(*same, strict=True)):
            words = sorted(set(column))
            is_last = i == len(same[0]) - 1
            if (
                is_cyrillic(words[0])
                and words[0] not in CONNECTORS
                and not example[min(i, len(example) - 1)].isupper()
            ):
                prefix = min((stem(word, None) for word in words), key=len)
                prefix = prefix if all(word.startswith(prefix) for word in words) else shared_front(words)
                parts.append(f"{prefix}*" if len(prefix) > 1 else words[0])
            elif len(words) > 1:
                parts.append(f"{shared_front(words)}*")
            elif (
                is_last
                and is_latin(words[0])
                and len(words[0]) >= LEAST_STEM
                and words[0].endswith(("a", "ia", "an"))
            ):
                parts.append(f"{words[0]}*")
            else:
                parts.append(words[0])
            written = example[i] if i < len(example) else ""
            shown.append(written if parts[-1] == words[0] and written else cased(parts[-1], written))
        return pattern(" ".join(shown), parts) or pattern(" ".join(parts), parts)


def _same(left: Name, right: Name) -> bool:
    """Whether two names differ in the endings of their words only, or hardly in spelling."""
    if len(left) != len(right):
        return False
    return all(forms_of_one(a, b) for a, b in zip(left, right, strict=True))
