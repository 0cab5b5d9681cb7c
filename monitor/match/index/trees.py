"""The operators of the rules that articles came near to lately, made when they are first asked for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from monitor.match.evaluation import operators as ops
from monitor.match.evaluation.compiler import Compiler
from monitor.match.language.query import parse_canonical

MAX_OPERATORS = 200_000  # kept; about 100 MB


class Trees:
    """Trees by canonical query, at most about `limit` operators of them: then all are forgotten.

    Numbers go on from there, as an article may have been asked by what is forgotten.
    """

    def __init__(self, limit: int = MAX_OPERATORS) -> None:
        self._limit = limit
        self._numbers: Iterator[int] = count()
        self._compiler = Compiler(self._numbers)
        self._made: dict[str, ops.Operator] = {}

    def __len__(self) -> int:
        """How many operators are kept."""
        return self._compiler.size

    def get(self, query: str) -> ops.Operator:
        made = self._made.get(query)
        if made is None:
            if self._compiler.size >= self._limit:
                self._compiler, self._made = Compiler(self._numbers), {}
            made = self._made[query] = self._compiler.operator(parse_canonical(query))
        return made
