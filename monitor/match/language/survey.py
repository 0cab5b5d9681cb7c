"""What else is wrong in a query whose parsing ended at its first error: what can be seen sign by sign."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from monitor.match.language import nodes
from monitor.match.language.hints import language_meant
from monitor.match.language.lexer import Lexeme, QueryError, lexemes
from monitor.match.language.query import LANGUAGES, MAX_LENGTH, unknown_field

_ENOUGH = 20  # errors of one query
_ENDS_OPERAND = frozenset(("word", "phrase", "regex", "list", "filter", ")", "slop"))
_STARTS_OPERAND = frozenset(("word", "phrase", "regex", "list", "field", "filter", "("))


def further_errors(query: str, first: QueryError, has_list: Callable[[str], str]) -> list[QueryError]:
    """Unknown fields, term lists and languages, and operators in small letters, but for those in `first`.

    `has_list` gives the message for a term list's name that is unknown, else nothing.
    """
    if len(query) > MAX_LENGTH:
        return []
    try:
        found = lexemes(query)
    except QueryError:
        return []
    others = (
        QueryError(query, lexeme.start, lexeme.end, message, hint)
        for lexeme, message, hint in _wrong(found, has_list)
        if lexeme.end <= first.start or lexeme.start >= max(first.end, first.start + 1)
    )
    return list(islice(others, _ENOUGH))


def _wrong(found: list[Lexeme], has_list: Callable[[str], str]) -> Iterator[tuple[Lexeme, str, str]]:
    for i, lexeme in enumerate(found):
        kind, text = lexeme.kind, lexeme.text
        if kind == "field" and text not in nodes.FIELDS:
            yield lexeme, *unknown_field(text)
        elif kind == "list" and (hint := has_list(text)):
            yield lexeme, f"there is no term list ${text}", hint.strip()
        elif kind == "filter" and text.startswith("lang:"):
            code = text.removeprefix("lang:").lower()
            if code.replace("_", "-").partition("-")[0] not in LANGUAGES:
                hint = language_meant(code) or "two letters, as in en, ko, zh"
                yield lexeme, f"{code} is no language code", hint
        elif text in ("and", "or", "not") and _joins(found, i):
            yield lexeme, "operators are written in capitals", text.upper()


def _joins(found: list[Lexeme], i: int) -> bool:
    """Whether the word at `i` stands where an operator would."""
    return i > 0 and found[i - 1].kind in _ENDS_OPERAND and found[i + 1].kind in _STARTS_OPERAND
