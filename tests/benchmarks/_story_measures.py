"""How one clustering of articles into stories compares with the true one.

B-cubed: Bagga and Baldwin, "Algorithms for scoring coreference chains" (1998). CEAF-e: Luo, "On coreference
resolution performance metrics" (2005), with its entity-based similarity 2|A∩B|/(|A|+|B|). First-story: an article
that opens a story is an alert, right if it is the first of its true story (after the first-story detection of TDT).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def scores(true: Sequence[str], ours: Sequence[int], opened: Iterable[int] | None = None) -> dict[str, float]:
    """Every measure of one clustering; the articles are in time order.

    `opened` are the positions of the articles that were told as a new story: where stories are joined
    later, more than there are stories. By default, each story's first.
    """
    both = Counter(zip(true, ours, strict=True))
    of_true, of_ours = Counter(true), Counter(ours)
    precision = sum(n * n / of_ours[o] for (_, o), n in both.items()) / len(true)
    recall = sum(n * n / of_true[t] for (t, _), n in both.items()) / len(true)
    pairs = sum(map(_pairs, both.values()))
    alignment = _aligned(both, of_true, of_ours)
    told, first = _firsts(ours) if opened is None else set(opened), _firsts(true)
    right = len(told & first)
    return {
        "bcubed_p": precision,
        "bcubed_r": recall,
        "bcubed_f1": _f1(precision, recall),
        "pairwise_f1": _f1(
            _share(pairs, sum(map(_pairs, of_ours.values()))),
            _share(pairs, sum(map(_pairs, of_true.values()))),
        ),
        "ceaf_e": _f1(alignment / len(of_ours), alignment / len(of_true)),
        "first_p": _share(right, len(told)),
        "first_r": right / len(first),
        "first_f1": _f1(_share(right, len(told)), right / len(first)),
        "alerts_per_story": len(told) / len(first),
    }


def _aligned(both: Counter[tuple[str, int]], true: Counter[str], ours: Counter[int]) -> float:
    """The greatest total likeness of true stories paired one to one with ours.

    Stories that share no article, over however many others, are aligned apart: that keeps the tables small.
    """
    total = 0.0
    for part in _connected(both):
        rows, columns = sorted({t for t, _ in part}), sorted({o for _, o in part})
        alike = np.zeros((len(rows), len(columns)))
        for t, o in part:
            alike[rows.index(t), columns.index(o)] = 2 * both[t, o] / (true[t] + ours[o])
        total += _assigned(alike if len(rows) <= len(columns) else alike.T)
    return total


def _connected(edges: Iterable[tuple[str, int]]) -> list[list[tuple[str, int]]]:
    """The edges by connected component of the graph of true stories and ours."""
    parent: dict[Any, Any] = {}

    def root(node: Any) -> Any:
        while parent.setdefault(node, node) != node:
            node = parent[node]
        return node

    edges = list(edges)
    for t, o in edges:
        parent[root(("true", t))] = root(("ours", o))
    parts = defaultdict(list)
    for t, o in edges:
        parts[root(("true", t))].append((t, o))
    return list(parts.values())


def _assigned(gains: NDArray[np.float64]) -> float:
    """The most that assigning each row a column of its own can gain; no more rows than columns.

    The Hungarian method by shortest augmenting paths (Jonker and Volgenant 1987), one row at a time.
    """
    rows, columns = gains.shape
    cost = -gains
    row_price, column_price = np.zeros(rows), np.zeros(columns)
    owner = np.full(columns, -1)
    for row in range(rows):
        distance, came = np.full(columns, np.inf), np.full(columns, -1)
        done = np.zeros(columns, bool)
        at, column, length = row, -1, 0.0
        while True:
            further = length + cost[at] - row_price[at] - column_price
            better = ~done & (further < distance)
            distance[better], came[better] = further[better], column
            column = int(np.where(done, np.inf, distance).argmin())
            length = float(distance[column])
            if owner[column] < 0:
                break
            done[column], at = True, int(owner[column])
        row_price[row] += length
        for reached in np.flatnonzero(done):
            row_price[owner[reached]] += length - distance[reached]
            column_price[reached] -= length - distance[reached]
        while column >= 0:
            before = int(came[column])
            owner[column] = row if before < 0 else owner[before]
            column = before
    taken = np.flatnonzero(owner >= 0)
    return float(gains[owner[taken], taken].sum())


def _pairs(n: int) -> int:
    return n * (n - 1) // 2


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _f1(precision: float, recall: float) -> float:
    return _share(2 * precision * recall, precision + recall)


def _firsts(labels: Iterable[Any]) -> set[int]:
    """The positions at which a label appears for the first time."""
    seen: dict[Any, int] = {}
    for position, label in enumerate(labels):
        seen.setdefault(label, position)
    return set(seen.values())
