"""Near-misses: stored articles that a rule fails to match for one of its clauses only, by clause.

They are looked for by leaving out each clause in turn. What is left may be so common that a tenth of all articles
have it, so that of each clause only the newest candidates are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.actions.backtest import Past, Progress, batches, chosen, no_progress
from monitor.adapters.store.past import Extent
from monitor.match.engine import Engine
from monitor.match.explaining.explain import explain_tree
from monitor.match.index import narrow
from monitor.match.language import nodes
from monitor.match.rules import Rule, version_of
from monitor.model import Article, Severity

MOST_CLAUSES = 12  # that are left out in turn, the first of the rule
MOST_READ = 1_000  # candidates of each, the newest
_EXAMPLES = 3  # of each, the newest


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A clause for which alone `count` articles were missed, and the newest of these.

    `read` is how many articles were looked at, `of` how many have what the other clauses ask for; None where
    these ask for no word that could be looked up, and none was looked at.
    """

    clause: str
    count: int
    articles: tuple[Article, ...]
    read: int
    of: int | None

    @property
    def is_bounded(self) -> bool:
        """Whether there may be more: not all that could be near were looked at."""
        return self.of is None or self.read < self.of


@dataclass(frozen=True, slots=True)
class _Without:
    """The query without one of its clauses, and which articles could match that."""

    clause: str
    rule: Rule
    ids: tuple[int, ...] | None  # the newest of them; None where that cannot be said
    of: int


def near_misses(
    store: Past,
    rule: Rule,
    tree: nodes.Node,
    source: str,
    within: Extent,
    progress: Progress = no_progress,
    most: int = MOST_READ,
) -> tuple[NearMiss, ...]:
    """What `rule` narrowly missed, the clause with the most first.

    `tree` is its query, and `source` what that was parsed from, so that clauses are shown as they were written.
    `most` is how many candidates are read of each clause, the newest.
    """
    left = [_without(store, clause, rest, within, most) for clause, rest in _left_out(tree, source)]
    engine = Engine((rule, *(each.rule for each in left)))
    missed: dict[str, list[Article]] = {each.rule.id: [] for each in left}
    counts = dict.fromkeys(missed, 0)
    wanted = sorted({id for each in left for id in each.ids or ()})
    for batch in batches(store, within, wanted, "looking for near-misses", progress):
        for stored in batch:
            names = [match.rule for match in engine.match(stored.article)]
            if rule.id not in names:
                for name in names:
                    counts[name] += 1
                    missed[name] = [stored.article, *missed[name]][:_EXAMPLES]
    found = [
        NearMiss(
            each.clause,
            counts[each.rule.id],
            tuple(missed[each.rule.id]),
            len(each.ids or ()),
            each.of if each.ids is not None else None,
        )
        for each in left
    ]
    return tuple(sorted(found, key=lambda miss: -miss.count))


def _left_out(tree: nodes.Node, source: str) -> Iterator[tuple[str, nodes.Node]]:
    """Each clause with the query that is left without it.

    A query that is one proximity is left with both its sides, wherever they stand.
    """
    whole = explain_tree(tree, Article("", ""), source)
    if isinstance(tree, nodes.Near) and not tree.negated:
        yield nodes.operator(tree), nodes.And((tree.left, tree.right))
    if not isinstance(tree, nodes.And):
        return
    parts = [part.node for part in whole.parts]
    for number, part in enumerate(whole.parts[:MOST_CLAUSES]):
        rest = [*parts[:number], *parts[number + 1 :]]
        name = f"{part.role}: {part.clause}" if part.role else part.clause
        yield name, rest[0] if len(rest) == 1 else nodes.And(tuple(rest))


def _without(store: Past, clause: str, rest: nodes.Node, within: Extent, most: int) -> _Without:
    query = nodes.unparse(rest)
    rule = Rule(f"without {clause}", "", Severity.LOW, query, version_of(query))
    ids: Sequence[int] | None = None
    if not nodes.holds_on_nothing(rest):
        ids = chosen(store, narrow.required(rest), within)
    newest = None if ids is None else tuple(ids[-most:])
    return _Without(clause, rule, newest, len(ids or ()))
