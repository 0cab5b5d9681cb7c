"""RE2 expressions: linear in the text, whatever the pattern. The only import of re2."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Protocol

import re2

# Beyond this a text of some thousand characters may take seconds: (a?){100} repeated a hundred times.
_MAX_STEPS = 6_000


class RegexError(ValueError):
    """RE2 does not take the pattern; the message is one line."""


class TooLargeError(RegexError):
    """RE2 takes the pattern, but would be slow with it."""


class _Hit(Protocol):
    def span(self) -> tuple[int, int]: ...


class Expression(Protocol):
    programsize: int

    def search(self, text: str) -> _Hit | None: ...
    def finditer(self, text: str) -> Iterator[_Hit]: ...


@lru_cache(maxsize=10_000)
def compiled(pattern: str) -> Expression:
    """`pattern` for text in any case. Raises RegexError where RE2 refuses it, or needs too much memory."""
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = 1 << 22
    try:
        expression: Expression = re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        raise RegexError(
            reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
        ) from None
    if expression.programsize > _MAX_STEPS:
        raise TooLargeError(
            f"it has {expression.programsize:,} steps; at most {_MAX_STEPS:,} are fast enough"
        )
    return expression
