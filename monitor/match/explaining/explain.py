"""Why a rule matches an article or does not: its tree as it was written, with what held, where, and what was near.

Term lists stay folded: of a list of 200 names those are shown that the article has, and how many it has not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from monitor.match.explaining.evidence import Evidence
from monitor.match.explaining.nearest import Miss, best, nearest
from monitor.match.language import nodes
from monitor.match.language.query import parse_canonical
from monitor.model import Article, Span
from monitor.text import one_line

_SHOWN = 6  # alternatives named before "..."
_FOLDED = 6  # more alternatives than these are shown as a term list is
_LONGEST = 160  # characters of a clause in a line of `failures`


@dataclass(frozen=True, slots=True)
class Explained:
    """A part of a query, whether it holds for the article, and how near it came where it does not.

    `clause` is the part as it was written. `spans` are where it was found, for parts that name words.
    `others` counts alternatives that failed and are not among `parts`. `role` is "exclude" or "where" for
    what the rule's keys of these names join to its query.
    """

    node: nodes.Node
    held: bool
    parts: tuple[Explained, ...] = ()
    clause: str = ""
    spans: tuple[Span, ...] = ()
    nearest: Miss | None = None
    others: int = 0
    role: str = ""

    @property
    def missing(self) -> tuple[Explained, ...]:
        """The parts that failed, of those that had to hold."""
        if isinstance(self.node, nodes.Not):
            return ()
        one = isinstance(self.node, nodes.Near) and self.node.negated
        return tuple(part for part in self.parts[: 1 if one else None] if not part.held)

    @property
    def is_clause(self) -> bool:
        """Whether it is looked at as one: it names words or a fact, rather than joining such."""
        if isinstance(self.node, nodes.Or):
            return _is_folded(self.node)
        return isinstance(self.node, nodes.First | nodes.AtLeast | nodes.Filter) or nodes.is_span(self.node)


def _is_folded(node: nodes.Or) -> bool:
    """Whether alternatives are looked at as one clause: a term list, or words and the like."""
    return nodes.is_span(node) and (bool(node.name) or not _has_proximity(node))


def _has_proximity(node: nodes.Or) -> bool:
    """Whether an alternative that is in no term list is a proximity."""
    return any(
        isinstance(part, nodes.Near)
        or (isinstance(part, nodes.Or) and not part.name and _has_proximity(part))
        for part in node.parts
    )


def alternatives(node: nodes.Node) -> Iterator[nodes.Node]:
    """What an OR and the ORs and term lists in it join."""
    if isinstance(node, nodes.Or):
        for part in node.parts:
            yield from alternatives(part)
    else:
        yield node


def explain(query: str, article: Article) -> Explained:
    """The tree of a canonical `query` (Rule.query), each part with whether it holds for `article`."""
    return explain_tree(parse_canonical(query), article, query)


def explain_tree(tree: nodes.Node, article: Article, source: str = "") -> Explained:
    """The same for a tree; `source` is the query as written, of which its nodes know the places.

    A tree that knows no place is what a rule file made of a query and its exclusions and filters.
    """
    walker = _Walker(Evidence(article))
    if tree.at != (0, 0) or not isinstance(tree, nodes.And):
        return walker.part(tree, source)
    main, *joined = tree.parts
    query = walker.part(main, source)
    parts = query.parts if isinstance(main, nodes.And) else (query,)
    excluded = [replace(walker.part(p, ""), role="exclude") for p in joined if isinstance(p, nodes.Not)]
    filters = [replace(walker.part(p, ""), role="where") for p in joined if not isinstance(p, nodes.Not)]
    return Explained(tree, walker.evidence.holds(tree), (*parts, *excluded, *filters), clause=query.clause)


@dataclass(frozen=True, slots=True)
class _Walker:
    evidence: Evidence

    def part(self, node: nodes.Node, source: str, clause: str = "", *, wanted: bool = True) -> Explained:
        """`node` with all below it; what is near is looked for where its failing is `wanted` to be explained."""
        held = self.evidence.holds(node)
        wanted = wanted and not held
        made = Explained(node, held, clause=clause or _clause(node, source))
        if made.is_clause and held and not isinstance(node, nodes.Filter):
            made = replace(made, spans=self.evidence.spans(node))
        if isinstance(node, nodes.Or) and made.is_clause:
            return self._alternatives(made, node, source, wanted)
        parts = self._parts(node, source, wanted and not isinstance(node, nodes.Not))
        near = nearest(node, self.evidence) if wanted else None
        return replace(made, parts=parts, nearest=near)

    def _parts(self, node: nodes.Node, source: str, wanted: bool) -> tuple[Explained, ...]:
        parts = nodes.children(node)
        clauses = _clauses(node, parts, source)
        one = isinstance(node, nodes.Near) and node.negated  # what must not be near may well be missing
        return tuple(
            self.part(part, source if clause else "", clause, wanted=wanted and not (one and number))
            for number, (part, clause) in enumerate(zip(parts, clauses, strict=True))
        )

    def _alternatives(self, made: Explained, node: nodes.Or, source: str, wanted: bool) -> Explained:
        """An OR of words and the like: in a list, or where they are many, only those that held."""
        every = tuple(dict.fromkeys(alternatives(node)))
        near = best(self._near(part, len(every) > _FOLDED) for part in every) if wanted else None
        if not node.name and len(every) <= _FOLDED:
            return replace(made, parts=self._parts(node, source, False), nearest=near)
        there = [part for part in every if self.evidence.holds(part)]
        parts = tuple(Explained(p, True, clause=written(p), spans=self.evidence.spans(p)) for p in there)
        return replace(made, parts=parts, nearest=near, others=len(every) - len(there))

    def _near(self, node: nodes.Node, is_one_of_many: bool) -> Miss | None:
        """How near the article came to an alternative; among many, one letter off is most often chance."""
        miss = nearest(node, self.evidence)
        far = ("absent", "spelling") if is_one_of_many else ("absent",)
        return miss if miss is None or miss.kind not in far else None


# --- clauses as they were written ------------------------------------------------------------------


def _clauses(node: nodes.Node, parts: Sequence[nodes.Node], source: str) -> list[str]:
    """How each of `parts` was written; "" for what has no place of its own: items of a list, two bounds in one."""
    places = Counter(part.at for part in parts)
    return [
        _tidy(source[slice(*part.at)]) if part.at != node.at and places[part.at] == 1 else ""
        for part in parts
    ]


def _clause(node: nodes.Node, source: str) -> str:
    return _tidy(source[slice(*node.at)]) or written(node)


def _tidy(text: str) -> str:
    """`text` on one line, without parentheses around all of it."""
    text = " ".join(text.split())
    while text.startswith("(") and text.endswith(")") and _closes_last(text):
        text = text[1:-1].strip()
    return text


def _closes_last(text: str) -> bool:
    """Whether the first parenthesis is closed by the last, as far as can be told without reading quotes."""
    depth = 0
    for sign in text[:-1]:
        depth += (sign == "(") - (sign == ")")
        if not depth:
            return False
    return depth == 1


def written(node: nodes.Node) -> str:
    """`node` as nodes.unparse writes it, but with the names of term lists in place of what they hold."""
    match node:
        case nodes.Or(name=name) if name:
            return f"{_field(node)}${name}"
        case nodes.Not(part=part):
            return f"NOT {_grouped(part)}"
        case nodes.And(parts=parts):
            return " AND ".join(map(_joined, parts))
        case nodes.Or(parts=parts):
            return " OR ".join(map(_joined, parts))
        case nodes.Of(count=count, parts=parts):
            return f"{count} OF ({', '.join(map(written, parts))})"
        case nodes.First(count=count, part=part):
            return f"FIRST/{count}({written(part)})"
        case nodes.AtLeast(count=count, part=part):
            return f"atleast{count}({written(part)})"
        case nodes.Near(left=left, right=right):
            return f"{_grouped(left)} {nodes.operator(node)} {_grouped(right)}"
    return nodes.unparse(node)


def _field(node: nodes.Node) -> str:
    """The prefix that all of a list was given, if one was."""
    fields = {part.field for part in nodes.walk(node) if not nodes.children(part)}  # type: ignore[union-attr]
    return f"{fields.pop()}:" if len(fields) == 1 and "" not in fields else ""


def _joined(node: nodes.Node) -> str:
    return written(node) if isinstance(node, nodes.Not) else _grouped(node)


def _grouped(node: nodes.Node) -> str:
    text = written(node)
    listed = isinstance(node, nodes.Or) and node.name
    joins = isinstance(node, nodes.And | nodes.Or | nodes.Not | nodes.Near)
    return f"({text})" if joins and not listed else text


# --- what to change --------------------------------------------------------------------------------


def to_change(explained: Explained) -> tuple[Explained, ...]:
    """The smallest set of clauses that would have to be otherwise for the query to hold; empty where it does.

    Of sets of one size, that whose clauses the article came near to. An OR of words counts as one clause.
    """
    if explained.held:
        return ()
    node, parts = explained.node, explained.parts
    failed = explained.missing
    match node:
        case nodes.And():
            return tuple(clause for part in failed for clause in to_change(part))
        case nodes.Or() if not explained.is_clause:
            return min(map(to_change, failed), key=_effort)
        case nodes.Of(count=count):
            ranked = sorted(map(to_change, failed), key=_effort)
            return tuple(clause for change in ranked[: count - len(parts) + len(failed)] for clause in change)
        case nodes.Near() | nodes.First() | nodes.AtLeast() if failed:
            return tuple(clause for part in failed for clause in to_change(part))
    return (explained,)


def _effort(change: Sequence[Explained]) -> tuple[int, int]:
    return len(change), sum(clause.nearest is None for clause in change)


def failures(explained: Explained) -> tuple[str, ...]:
    """What would have to change for the query to hold, one line a clause; empty where it holds."""
    if isinstance(explained.node, nodes.Of) and not explained.held:
        held = sum(part.held for part in explained.parts)
        every = _some(part.clause for part in explained.parts)
        return (f"{held} instead of {explained.node.count} of {every}",)
    if explained.held or explained.is_clause or isinstance(explained.node, nodes.Not):
        return tuple(map(_failure, to_change(explained)))
    if isinstance(explained.node, nodes.And):
        return tuple(line for part in explained.missing for line in failures(part))
    return failures(min(explained.missing, key=lambda part: _effort(to_change(part))))


def _failure(explained: Explained) -> str:
    near = f": {explained.nearest.said}" if explained.nearest else ""
    node, clause = explained.node, one_line(explained.clause, _LONGEST)
    match node:
        case nodes.Or():
            return f"none of {_listed(node)}{near}"
        case nodes.Not(part=part):
            return f"it must not hold, and does: {one_line(written(part), _LONGEST)}"
        case nodes.Near() if not node.negated:
            return f"both are there, but not {nodes.operator(node)}: {clause}{near}"
        case nodes.Filter():
            return f"the article is not {clause}{near}"
    return f"no {clause}{near}"


def _listed(node: nodes.Or) -> str:
    shown = _some(written(part) for part in node.parts)
    return f"{written(node)}: {shown}" if node.name else shown


def _some(clauses: Iterable[str]) -> str:
    """The first few of `clauses`, with their number where there are more."""
    every = [one_line(clause, 60) for clause in clauses]
    return ", ".join(every[:_SHOWN]) + (f" … ({len(every)} alternatives)" if len(every) > _SHOWN else "")
