"""Where each key of a TOML text stands, for error messages: tomllib does not say."""

from __future__ import annotations

import re
from collections.abc import Iterator

At = tuple[str | int, ...]  # a key's path: names, and numbers for the tables of an array

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]")
_NAME = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_KEY = re.compile(rf"\s*({_NAME}(?:\s*\.\s*{_NAME})*)\s*=")
_DOT_OUTSIDE_QUOTES = re.compile(r"""\.(?=(?:[^"']*["'][^"']*["'])*[^"']*$)""")


class KeyPlaces:
    """The lines and columns of a text's keys, counted from 1.

    Reads table headers and `key =` lines, which is how configurations are written; a key it cannot find
    (in an inline table, say) is reported at its table, or without a line.
    """

    def __init__(self, text: str) -> None:
        self._source = text.splitlines()
        self._places = dict(_scan(self._source))

    def place(self, at: At) -> tuple[int, int, str]:
        """Line, column and source line of the key at `at`, or of the nearest table above it; else zeros."""
        while at:
            inside = (place for key, place in self._places.items() if key[: len(at)] == at)
            if found := self._places.get(at) or next(inside, None):
                return (*found, self._source[found[0] - 1])
            at = at[:-1]
        return 0, 0, ""


def _scan(lines: list[str]) -> Iterator[tuple[At, tuple[int, int]]]:
    table: At = ()
    counts: dict[At, int] = {}
    for number, line in enumerate(lines, 1):
        if header := _HEADER.match(line):
            table = _names(header[2])
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            yield table, (number, header.start(2) + 1)
        elif key := _KEY.match(line):
            yield (*table, *_names(key[1])), (number, key.start(1) + 1)


def _names(dotted: str) -> At:
    return tuple(part.strip().strip("\"'") for part in _DOT_OUTSIDE_QUOTES.split(dotted))
