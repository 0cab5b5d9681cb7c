"""From a query's tree to what the engine runs: its operators, and the clauses that an article must meet."""

from __future__ import annotations

from monitor.match import filters, nodes
from monitor.match import operators as ops
from monitor.match.regex import compiled
from monitor.match.view import View
from monitor.match.vocabulary import Vocabulary, pieces
from monitor.text import ELIDED, words

Clause = frozenset[int]


class Compiler:
    """Turns trees into operators and required clauses; equal parts become one operator.

    `vocabulary` grows with what is compiled.
    """

    def __init__(self) -> None:
        self.vocabulary = Vocabulary()
        self._made: dict[nodes.Node, ops.Operator] = {}
        self._clauses: dict[nodes.Node, list[Clause]] = {}
        self._weights: list[float] = []

    def operator(self, node: nodes.Node) -> ops.Operator:
        made = self._made.get(node)
        if made is None:
            made = self._made[node] = self._make(node)
        return made

    def span(self, node: nodes.Node) -> ops.SpanOperator:
        made = self.operator(node)
        assert isinstance(made, ops.SpanOperator), "the parser admits span expressions only"
        return made

    def _make(self, node: nodes.Node) -> ops.Operator:
        parts = [self.operator(part) for part in nodes.children(node)]
        number = len(self._made)
        match node:
            case nodes.Word() | nodes.Fuzzy():
                return ops.Token(number, node.field, self.atom(node))
            case nodes.Phrase(words=found, slop=slop):
                atoms = tuple(self.word(word) for word in found)
                if slop:
                    return ops.Sloppy(number, node.field, atoms, slop)
                return ops.Sequential(number, node.field, atoms)
            case nodes.Raw(text=content):
                return ops.Characters(number, node.field, ops.exact_text(content))
            case nodes.Regex(pattern=pattern):
                return ops.Characters(number, node.field, _Search(pattern).search)
            case nodes.Near(left=left, right=right):
                make = ops.Apart if node.negated else ops.Proximity
                return make(number, self.span(left), self.span(right), node.distance, node.unit, node.ordered)
            case nodes.First(count=count, part=part):
                return ops.Within(number, self.span(part), count)
            case nodes.AtLeast(count=count, part=part):
                return ops.Often(number, self.span(part), count)
            case nodes.Filter():
                return ops.Fact(number, _Fact(node).holds)
            case nodes.And():
                return ops.All(number, parts)
            case nodes.Or():
                spans = tuple(part for part in parts if isinstance(part, ops.SpanOperator))
                if len(spans) < len(parts):
                    return ops.Some(number, parts, 1)
                return ops.Union(number, spans, [self.trigger(part) for part in nodes.children(node)])
            case nodes.Of(count=count):
                return ops.Some(number, parts, count)
            case nodes.Not():
                return ops.Complement(number, parts[0])

    # --- atoms and what they cost

    def atom(self, node: nodes.Word | nodes.Fuzzy) -> int:
        if isinstance(node, nodes.Word):
            return self.word(node.text)
        atom = self.vocabulary.fuzzy(node.text, node.distance)
        self._weigh(atom, _frequency(node.text) * 4**node.distance)
        return atom

    def word(self, text: str) -> int:
        atom = self.vocabulary.word(text)
        self._weigh(atom, _frequency(text))
        return atom

    def _weigh(self, atom: int, weight: float) -> None:
        if atom == len(self._weights):
            self._weights.append(weight)

    def cost(self, clause: Clause) -> float:
        """About how many of 100 articles hold at least one atom of `clause`."""
        return sum(self._weights[atom] for atom in clause)

    # --- required clauses

    def trigger(self, node: nodes.Node) -> Clause | None:
        """The rarest of the clauses of `node`; None where it requires no word."""
        return min(self.clauses(node), key=self.cost, default=None)

    def clauses(self, node: nodes.Node) -> list[Clause]:
        """Sets of atoms; where `node` holds, the article has at least one atom of each."""
        known = self._clauses.get(node)
        if known is None:
            known = self._clauses[node] = self._work_out(node)
        return known

    def _work_out(self, node: nodes.Node) -> list[Clause]:
        match node:
            case nodes.Word() | nodes.Fuzzy():
                return [frozenset((self.atom(node),))]
            case nodes.Phrase(words=found):
                return [frozenset((self.word(word),)) for word in found if word.strip("*?")]
            case nodes.Raw(text=content):
                return self._of_raw(content)
            case nodes.Near(left=left, right=right, negated=negated):
                return self.clauses(left) if negated else self.clauses(left) + self.clauses(right)
            case nodes.First(part=part) | nodes.AtLeast(part=part):
                return self.clauses(part)
            case nodes.And(parts=parts):
                return list({clause for part in parts for clause in self.clauses(part)})
            case nodes.Or(parts=parts):
                return self._one_of(parts, 1)
            case nodes.Of(count=count, parts=parts):
                return self._one_of(parts, count)
        return []

    def _one_of(self, parts: tuple[nodes.Node, ...], count: int) -> list[Clause]:
        """Where `count` of `parts` hold, one holds among any len(parts) - count + 1 of them."""
        triggers = [self.trigger(part) for part in parts]
        known = sorted((clause for clause in triggers if clause is not None), key=self.cost)
        needed = len(parts) - count + 1
        return [frozenset().union(*known[:needed])] if len(known) >= needed else []

    def _of_raw(self, content: str) -> list[Clause]:
        """Exact text may be part of a word ("KPA" in "KPA.org"), so its pieces are required, not its words.

        Analysis drops elided articles and possessives, so these cannot be required.
        """
        found = {piece for word in words(content) for piece in pieces(word)} - ELIDED
        clauses = []
        for piece in sorted(found):
            atom = self.vocabulary.piece(piece)
            self._weigh(atom, _frequency(piece))
            clauses.append(frozenset((atom,)))
        return clauses


class _Search:
    """Where an RE2 expression is found in a text."""

    __slots__ = ("pattern",)

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern

    def search(self, text: str) -> ops.Places:
        return [hit.span() for hit in compiled(self.pattern).finditer(text) if hit.span()[0] < hit.span()[1]]


class _Fact:
    __slots__ = ("asked",)

    def __init__(self, asked: nodes.Filter) -> None:
        self.asked = asked

    def holds(self, view: View) -> bool:
        return filters.holds(self.asked, view.article, len(view.streams[1].words))


_COMMON = """
the of to and in a that is for on was with as he it by at from his has an be are had were been have said not
they this who which their but its or after would will one all also when about than more up her out new there
two into some can could other no over people first we last him time if you what year she years them against
while so do between de la le les des et en du un une el los las der die das und von mit den im и в на не что
с по он за из для это
"""
_VERY_COMMON = frozenset(_COMMON.split())


def _frequency(text: str) -> float:
    """A guess at how many of 100 articles hold this word or pattern; only the order matters."""
    if text in _VERY_COMMON:
        return 60.0
    stem = text.partition("*")[0].replace("?", "")
    weight = 3.0 if stem and stem[0] > "\u2e80" and len(stem) > 1 else 12.0 / max(1, len(stem)) ** 1.3
    if len(stem) == 1 and stem > "\u2e80":
        weight = 15.0
    return weight * (3 if stem != text else 1)
