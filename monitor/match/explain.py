"""Why a rule matches an article or does not: its tree with what held, and the clauses it failed for."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.match import nodes
from monitor.match import operators as ops
from monitor.match.compiler import Compiler
from monitor.match.query import parse_canonical
from monitor.match.view import View
from monitor.model import Article

_SHOWN = 6  # alternatives named before "..."


@dataclass(frozen=True, slots=True)
class Explained:
    """A part of a query, and whether it holds for the article."""

    node: nodes.Node
    held: bool
    parts: tuple[Explained, ...] = ()


def explain(query: str, article: Article) -> Explained:
    """The tree of a canonical `query` (Rule.query), each part with whether it holds for `article`."""
    tree = parse_canonical(query)
    compiler = Compiler()
    compiler.operator(tree)
    return _explained(tree, compiler, View(article, compiler.vocabulary))


def _explained(node: nodes.Node, compiler: Compiler, view: View) -> Explained:
    operator: ops.Operator = compiler.operator(node)
    parts = tuple(_explained(part, compiler, view) for part in nodes.children(node))
    return Explained(node, operator.holds(view), parts)


def failures(explained: Explained) -> tuple[str, ...]:
    """What would have to change for the query to hold, one line a clause; empty where it holds."""
    if explained.held:
        return ()
    node, parts = explained.node, explained.parts
    match node:
        case nodes.And():
            return tuple(line for part in parts for line in failures(part))
        case nodes.Or():
            return (f"none of {_listed(parts)}",)
        case nodes.Of(count=count):
            held = sum(part.held for part in parts)
            return (f"{held} instead of {count} of {_listed(parts)}",)
        case nodes.Not(part=part):
            return (f"it must not hold, and does: {nodes.unparse(part)}",)
        case nodes.Near() if not node.negated:
            missing = tuple(line for part in parts for line in failures(part))
            return missing or (f"both are there, but not {nodes.operator(node)}: {nodes.unparse(node)}",)
        case nodes.Filter():
            return (f"the article is not {nodes.unparse(node)}",)
    return (f"no {nodes.unparse(node)}",)


def _listed(parts: tuple[Explained, ...]) -> str:
    shown = [nodes.unparse(part.node) for part in parts[:_SHOWN]]
    return ", ".join(shown) + (f" … ({len(parts)} alternatives)" if len(parts) > _SHOWN else "")
