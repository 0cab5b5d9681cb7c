"""SQLite's FTS5 as an index of keywords: what is asked of it, and how a condition is answered with few look-ups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from monitor.match.index import narrow

Ids: TypeAlias = npt.NDArray[np.int64]  # of articles, ascending, each once

# Reading an article and looking whether a rule matches takes as long as reading so many places of an index.
_READING = 500
# FTS5's tokeniser `ascii` parts words at every ASCII sign, and at nothing else: those within words become others.
_SIGNS = {code: 0x2400 + code for code in range(1, 128) if not chr(code).isalnum()}
_AFTER_ALL = "\U0010ffff"


def encoded(words: Iterable[str]) -> str:
    """Keywords as FTS5 is given them."""
    return " ".join(word.translate(_SIGNS) for word in sorted(words))


class Postings:
    """The index between two ids (both included), within one read transaction."""

    def __init__(self, connection: Connection, first: int, last: int) -> None:
        self._connection = connection
        self._range = first, last
        self._ids: dict[narrow.Has, Ids] = {}
        self._sizes: dict[narrow.Has, int] = {}

    def candidates(self, condition: narrow.Condition) -> Ids:
        """Articles that may meet `condition`, all that do among them."""
        return _union([self._meeting(condition), self._having(narrow.Has(narrow.ANYTHING))])

    def count(self, word: str) -> int:
        """How many articles hold a keyword."""
        query = "SELECT count(*) FROM article_words WHERE article_words MATCH ? AND rowid BETWEEN ? AND ?"
        asked = _expression(narrow.Has(word)), *self._range
        return int(self._connection.exec_driver_sql(query, asked).scalar_one())

    def _meeting(self, condition: narrow.Condition) -> Ids:
        match condition:
            case narrow.Has():
                return self._having(condition)
            case narrow.AnyOf(parts=parts):
                return _union([self._meeting(part) for part in parts])
            case narrow.AllOf(parts=parts):
                return self._meeting_all(parts)

    def _meeting_all(self, parts: Sequence[narrow.Condition]) -> Ids:
        """The rarest part first; what is common is not looked up where few articles are left to be read."""
        rarest, *others = sorted(parts, key=self._frequency)
        found = self._meeting(rarest)
        for part in others:
            if self._frequency(part) > _READING * len(found):
                break
            found = np.intersect1d(found, self._meeting(part), assume_unique=True)
        return found

    def _frequency(self, condition: narrow.Condition) -> int:
        """At most how many articles meet `condition`, of all that are indexed; a prefix counts each word anew."""
        match condition:
            case narrow.Has():
                if condition not in self._sizes:
                    self._sizes[condition] = self._size(condition)
                return self._sizes[condition]
            case narrow.AnyOf(parts=parts):
                return sum(map(self._frequency, parts))
            case narrow.AllOf(parts=parts):
                return min(map(self._frequency, parts))

    def _size(self, leaf: narrow.Has) -> int:
        word = leaf.word.translate(_SIGNS)
        if leaf.prefix:
            query = "SELECT sum(doc) FROM article_vocabulary WHERE term >= ? AND term < ?"
            found = self._connection.exec_driver_sql(query, (word, word + _AFTER_ALL))
        else:
            found = self._connection.exec_driver_sql(
                "SELECT doc FROM article_vocabulary WHERE term = ?", (word,)
            )
        return int(found.scalar() or 0)

    def _having(self, leaf: narrow.Has) -> Ids:
        if leaf not in self._ids:
            query = "SELECT rowid FROM article_words WHERE article_words MATCH ? AND rowid BETWEEN ? AND ?"
            rows = self._connection.exec_driver_sql(query, (_expression(leaf), *self._range)).scalars()
            self._ids[leaf] = np.fromiter(rows, np.int64)
        return self._ids[leaf]


def _expression(leaf: narrow.Has) -> str:
    """An FTS5 query for one keyword. No keyword holds a quotation mark once its signs are other ones."""
    return f'"{leaf.word.translate(_SIGNS)}"' + ("*" if leaf.prefix else "")


def _union(lists: Sequence[Ids]) -> Ids:
    return lists[0] if len(lists) == 1 else np.unique(np.concatenate(lists))
