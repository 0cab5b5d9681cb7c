"""What can be known of a query without any article: what never holds, what always does, what follows from what.

Everything said is certain, and much that is true is not seen. `holds` below means: in every article.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from monitor.match.evaluation.vocabulary import is_within
from monitor.match.language import nodes
from monitor.match.language.nodes import (
    And,
    AtLeast,
    Filter,
    First,
    Fuzzy,
    Near,
    Node,
    Not,
    Of,
    Or,
    Phrase,
    Raw,
    Regex,
    Word,
)

_TEXTS = {
    "": frozenset(("title", "body")),
    "lead": frozenset(("body",)),
    **{name: frozenset((name,)) for name in ("title", "body", "author")},
}
_WITHIN = {
    ("title", ""),
    ("body", ""),
    ("lead", ""),
    ("lead", "body"),
}  # what the first finds, the second does
_WILD = re.compile(r"[*?]")
_NO_WORD = re.compile(r"[\s!#$%&()*+\-/<=>?@\[\]\\^`{|}~]+")
_LARGE = 10**9  # words; no text has as many


class Logic:
    """Answers about queries, with a budget of comparisons; when it is spent, nothing more is known."""

    __slots__ = ("budget", "known_always", "known_never")

    def __init__(self, budget: int = 50_000) -> None:
        self.budget = budget
        # The node is kept beside the answer, so that its id stays its own.
        self.known_never: dict[int, tuple[Node, str]] = {}
        self.known_always: dict[int, tuple[Node, str]] = {}

    def never(self, node: Node) -> str:
        """Why `node` holds for no article; empty where that is not known."""
        known = self.known_never.get(id(node))
        if known is None:
            known = self.known_never[id(node)] = (node, self._never(node))
        return known[1]

    def always(self, node: Node) -> str:
        """Why `node` holds for every article; empty where that is not known."""
        known = self.known_always.get(id(node))
        if known is None:
            known = self.known_always[id(node)] = (node, self._always(node))
        return known[1]

    def _never(self, node: Node) -> str:
        match node:
            case Not(part=part):
                return self.always(part)
            case Or(parts=parts):
                reasons = [self.never(part) for part in parts]
                return reasons[0] if all(reasons) else ""
            case And(parts=parts):
                return next(filter(None, map(self.never, parts)), "") or self._contradiction(node)
            case Of(count=count, parts=parts):
                left = [part for part in parts if not self.never(part)]
                return f"only {len(left)} of these can hold" if len(left) < count else ""
            case AtLeast(part=part):
                return self.never(part)
            case First():
                return self.never(node.part) or _first_never(node)
            case Near():
                return self._near_never(node)
            case Filter(field="words"):
                low, high = _interval(node)
                return "no text has that few words" if low > high else ""
        return ""

    def _near_never(self, node: Near) -> str:
        reason = self.never(node.left) or ("" if node.negated else self.never(node.right))
        if reason or node.negated:
            return reason or ("" if _has_words(node.left) else _NO_PLACE)
        if not texts(node.left) & texts(node.right):
            return "both must stand in one text, and these are looked for in different ones"
        return "" if _has_words(node.left) and _has_words(node.right) else _NO_PLACE

    def _always(self, node: Node) -> str:
        match node:
            case Not(part=part):
                return self.never(part)
            case And(parts=parts):
                reasons = [self.always(part) for part in parts]
                return reasons[0] if all(reasons) else ""
            case Or(parts=parts):
                return next(filter(None, map(self.always, parts)), "") or self._exhaustion(parts)
            case Of(count=count, parts=parts):
                sure = sum(1 for part in parts if self.always(part))
                return f"{sure} of these always hold" if sure >= count else ""
            case Filter(field="words"):
                return "every text has as many words" if _interval(node) == (0, _LARGE) else ""
        return ""

    def _contradiction(self, node: And) -> str:
        parts = list(flat(node))
        for part in parts:
            if isinstance(part, Not):
                other = next(
                    (each for each in parts if each is not part and self.implies(each, part.part)), None
                )
                if other is not None:
                    return f"{shown(other)} and {shown(part)} exclude each other"
                if self.implies(node, part.part):
                    return f"{shown(part)} excludes all that the rest finds"
        return self._of_filters(parts)

    def _of_filters(self, parts: list[Node]) -> str:
        parts = [part for part in parts if isinstance(part, Filter | And | Or)]
        for i, part in enumerate(parts):
            for other in parts[i + 1 :]:
                if self.is_spent:
                    return ""
                if self.excludes(part, other):
                    return f"{shown(part)} and {shown(other)} exclude each other"
        return ""

    def _exhaustion(self, parts: tuple[Node, ...]) -> str:
        for part in parts:
            if isinstance(part, Not):
                other = next((each for each in parts if self.implies(part.part, each)), None)
                if other is not None:
                    return f"either {shown(other)} or {shown(part)} holds"
        return ""

    # --- what follows from what

    def excludes(self, one: Node, other: Node) -> bool:
        """Whether no article satisfies both; here for filters and what is made of them."""
        if not self._spend():
            return False
        for a, b in ((one, other), (other, one)):
            match a:
                case Or(parts=parts):
                    return all(self.excludes(part, b) for part in parts)
                case And(parts=parts):
                    return any(self.excludes(part, b) for part in parts)
        if isinstance(one, Filter) and isinstance(other, Filter) and one.field == other.field:
            if one.field == "lang":
                return language(one.value) != language(other.value)
            if one.field == "words":
                return max(_interval(one)[0], _interval(other)[0]) > min(
                    _interval(one)[1], _interval(other)[1]
                )
        return False

    def implies(self, one: Node, other: Node) -> bool:
        """Whether `other` holds wherever `one` does."""
        if not self._spend():
            return False
        if one == other or self.covers(one, other):
            return True
        match other:
            case And(parts=parts):
                return all(self.implies(one, part) for part in parts)
            case Not(part=part) if isinstance(one, Not):
                return self.implies(part, one.part)
        match one:
            case Or(parts=parts):
                return all(self.implies(part, other) for part in parts)
        if isinstance(other, Or) and any(self.implies(one, part) for part in other.parts):
            return True
        return self._implied_by_part(one, other)

    def _implied_by_part(self, one: Node, other: Node) -> bool:
        match one:
            case And(parts=parts):
                return any(self.implies(part, other) for part in parts)
            case Near(left=left, right=right, negated=negated):
                return self.implies(left, other) or (not negated and self.implies(right, other))
            case First(count=count, part=part):
                within = isinstance(other, First) and count <= other.count and self.covers(part, other.part)
                return within or self.implies(part, other)
            case AtLeast(count=count, part=part):
                often = isinstance(other, AtLeast) and count >= other.count and self.covers(part, other.part)
                return often or self.implies(part, other)
            case Phrase(words=words, field=field):
                return any(self.implies(Word(word, field), other) for word in words if word.strip("*?"))
            case Filter():
                return isinstance(other, Filter) and _filter_implies(one, other)
        return False

    def covers(self, one: Node, other: Node) -> bool:
        """Whether every place at which `one` is found is one at which `other` is, in every text."""
        if not self._spend():
            return False
        match one, other:
            case Or(parts=parts), _:
                return all(self.covers(part, other) for part in parts)
            case _, Or(parts=parts):
                return any(self.covers(one, part) for part in parts)
            case Word(), Word():
                return _field_within(one.field, other.field) and word_within(one.text, other.text)
            case Word(), Fuzzy():
                plain = not _WILD.search(one.text)
                close = plain and is_within(other.text, one.text, other.distance)
                return close and _field_within(one.field, other.field)
            case Phrase(), Phrase():
                return _phrase_within(one, other)
            case Near(), Near():
                return self._near_within(one, other)
        return one == other and nodes.is_span(one)

    def _near_within(self, one: Near, other: Near) -> bool:
        if one.negated or other.negated or one.unit != other.unit or one.distance > other.distance:
            return one == other
        if other.ordered and not one.ordered:
            return False
        return self.covers(one.left, other.left) and self.covers(one.right, other.right)

    @property
    def is_spent(self) -> bool:
        """Whether the budget is used up, so that there is no use in asking further."""
        return self.budget <= 0

    def _spend(self) -> bool:
        self.budget -= 1
        return self.budget > 0


_NO_PLACE = "raw text without a letter or digit has no place among the words"


def flat(node: Node) -> Iterator[Node]:
    """The conjuncts of `node`."""
    if isinstance(node, And):
        for part in node.parts:
            yield from flat(part)
    else:
        yield node


def shown(node: Node, limit: int = 40) -> str:
    """`node` in short, for a message."""
    text = nodes.unparse(node)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def language(code: str) -> str:
    return code.lower().replace("_", "-").partition("-")[0]


def texts(node: Node) -> frozenset[str]:
    """In which texts of an article a span expression can be found."""
    match node:
        case Or(parts=parts):
            return frozenset().union(*map(texts, parts))
        case Near(left=left, right=right, negated=negated):
            return texts(left) if negated else texts(left) & texts(right)
        case (
            Word(field=field)
            | Phrase(field=field)
            | Fuzzy(field=field)
            | Raw(field=field)
            | Regex(field=field)
        ):
            return _TEXTS[field]
    return frozenset(("title", "body", "author"))


def least_words(node: Node) -> int:
    """How many words a place of this span expression has at least."""
    match node:
        case Or(parts=parts):
            return min(map(least_words, parts))
        case Phrase(words=words):
            return len(words)
        case Near(left=left, right=right, negated=negated):
            return least_words(left) if negated else least_words(left) + least_words(right)
    return 1


def requires_word(node: Node) -> bool:
    """Whether an article must have some certain word, or one of a certain form, for `node` to hold."""
    match node:
        case Word() | Fuzzy():
            return True
        case Phrase(words=words):
            return any(word.strip("*?") for word in words)
        case Raw(text=text):
            return any(sign.isalnum() for sign in text)
        case And(parts=parts):
            return any(map(requires_word, parts))
        case Or(parts=parts):
            return all(map(requires_word, parts))
        case Of(count=count, parts=parts):
            return sum(map(requires_word, parts)) > len(parts) - count
        case First(part=part) | AtLeast(part=part):
            return requires_word(part)
        case Near(left=left, right=right, negated=negated):
            return requires_word(left) or (not negated and requires_word(right))
    return False


def word_within(one: str, other: str) -> bool:
    """Whether every word that is `one` (a word or a pattern) is `other` too."""
    if one == other:
        return True
    if not _WILD.search(other):
        return False
    stem = other[:-1]
    if other[-1] == "*" and not _WILD.search(stem):  # nearly all are such
        return _WILD.split(one, maxsplit=1)[0].startswith(stem)
    return not _WILD.search(one) and fnmatchcase(one, other)


def _first_never(node: First) -> str:
    if "body" not in texts(node.part):
        return "FIRST looks in the body, and this in another text"
    least = least_words(node.part)
    if least > node.count:
        return f"this is {least} words long and cannot stand within the first {node.count}"
    return "" if _has_words(node.part) else _NO_PLACE


def _has_words(node: Node) -> bool:
    """Whether a place of a span expression can be named in words."""
    match node:
        case Or(parts=parts):
            return any(map(_has_words, parts))
        case Raw(text=text):
            return _NO_WORD.fullmatch(text) is None
    return True


def _interval(node: Filter) -> tuple[int, int]:
    """The numbers of words that a `words:` filter admits; the first is above the second where there is none."""
    count = int(node.value)
    match node.op:
        case "<":
            return 0, count - 1
        case "<=":
            return 0, count
        case ">":
            return count + 1, _LARGE
        case ">=":
            return count, _LARGE
    return count, count


def _filter_implies(one: Filter, other: Filter) -> bool:
    if one.field != other.field:
        return False
    if one.field == "lang":
        return language(one.value) == language(other.value)
    if one.field == "words":
        (low, high), (least, most) = _interval(one), _interval(other)
        return least <= low and high <= most
    return one == other


def _field_within(one: str, other: str) -> bool:
    return one == other or (one, other) in _WITHIN


def _phrase_within(one: Phrase, other: Phrase) -> bool:
    if one.slop > other.slop or len(one.words) != len(other.words):
        return False
    return _field_within(one.field, other.field) and all(map(word_within, one.words, other.words))
