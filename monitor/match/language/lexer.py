"""The signs of the query language: cuts a query into lexemes. One regular expression, no look at meaning."""

from __future__ import annotations

import re
from typing import NamedTuple

from monitor.errors import Problem, RuleError


class QueryError(RuleError):
    """A query that cannot be meant. `start` and `end` are code points in the query as it was given."""

    def __init__(self, query: str, start: int, end: int, message: str, hint: str = "") -> None:
        self.query, self.start, self.end, self.message, self.hint = query, start, end, message, hint
        before = query[:start]
        first = before.rfind("\n") + 1
        last = query.find("\n", start)
        source = query[first : last if last >= 0 else len(query)]
        super().__init__(
            Problem(
                path="query",
                line=before.count("\n") + 1,
                column=start - first + 1,
                message=message,
                hint=hint,
                source=source,
                length=max(1, min(end - start, len(source) - (start - first))),
            )
        )


class Lexeme(NamedTuple):
    """`kind` is one of: word phrase regex list field filter near and or not minus plus slop boost range
    ( ) , end.

    `text` is the bare content: a phrase without its quotes, a field without its colon; a filter is whole.
    """

    kind: str
    text: str
    start: int
    end: int


_LEXEME = re.compile(
    r"""
      (?P<space>[\s\ufeff]+)
    | (?P<punct>[(),])
    | "(?P<phrase>(?:[^"\\]|\\.)*)"
    | [“”„‟](?P<curly>(?:[^"“”„‟\\]|\\.)*)[”“"‟]
    | /(?P<regex>(?:[^/\\\n]|\\.)+)/(?=[\s()~^,]|$)
    | (?P<and>&&) | (?P<or>\|\|)
    | (?P<prefix>[-!+](?=[^\s]))
    | \$(?P<list>[\w-]+)
    | (?P<range>\[[^\]\n]*\])
    | ~(?P<slop>[0-9.]*)
    | \^(?P<boost>[0-9.]*)
    | (?P<filter>(?:site|url|feed|tag|lang):[^\s(),"“”„‟]+)
    | (?P<field>[A-Za-z_][A-Za-z_-]*):(?!:)
    | (?P<near>(?i:NEAR|ONEAR|PRE|W)/(?:[0-9]+[fF]?|[sSpP]))(?=[\s()"“„$]|$)
    | (?![/$])(?P<word>(?:\\.|,(?=[0-9])|&(?!&)|\|(?!\|)|[^\s\\(),"“”„‟~^&|\[\]])+)
    """,
    re.VERBOSE | re.DOTALL,
)
_OPERATORS = {"AND": "and", "OR": "or", "NOT": "not"}
_PREFIXES = {"-": "minus", "!": "not", "+": "plus"}


def lexemes(query: str) -> list[Lexeme]:
    """The lexemes of `query`, the last of kind "end". Raises QueryError where a quote is left open."""
    found = []
    at, size = 0, len(query)
    match = _LEXEME.match
    while at < size:
        hit = match(query, at)
        if hit is None:
            raise _unreadable(query, at)
        kind = hit.lastgroup or ""
        end = hit.end()
        if kind != "space":
            found.append(_lexeme(kind, hit[kind], at, end))
        at = end
    found.append(Lexeme("end", "", size, size))
    return found


def _lexeme(kind: str, text: str, start: int, end: int) -> Lexeme:
    if kind == "word":
        return Lexeme(_OPERATORS.get(text, "word"), text, start, end)
    if kind == "punct":
        return Lexeme(text, text, start, end)
    if kind == "prefix":
        return Lexeme(_PREFIXES[text], text, start, end)
    if kind == "curly":
        return Lexeme("phrase", text, start, end)
    return Lexeme(kind, text, start, end)


def _unreadable(query: str, at: int) -> QueryError:
    sign = query[at]
    if sign in '"“”„‟':
        return QueryError(
            query,
            at,
            at + 1,
            "this quote is never closed",
            f"end the phrase with {sign if sign == chr(34) else '”'}",
        )
    if sign == "/" and query[:at].endswith(":"):
        return QueryError(query, at, at + 1, "an address must be quoted", 'url:"https://news.example/"')
    if sign == "/":
        return QueryError(
            query, at, at + 1, "this expression is never closed", r"end it with /, or write \/ for a slash"
        )
    if sign == "[":
        return QueryError(query, at, at + 1, "this range is never closed", "write words:[300 TO 600]")
    if sign == "\\":
        return QueryError(query, at, at + 1, "nothing follows this backslash", r"write \\ for a backslash")
    if sign == "$":
        return QueryError(
            query, at, at + 1, "a term list's name must follow $", r"write \$ for a dollar sign"
        )
    return QueryError(query, at, at + 1, f"{sign} cannot stand here", f"write \\{sign}, or quote the words")
