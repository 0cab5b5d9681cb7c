"""Every error that is expected, as one tree; anything else is a defect and is loud.

    MonitorError
    ├── UsageError            a command was called wrongly                          exit 2
    ├── InvalidInput          a file the user wrote is wrong                        exit 3
    │   ├── ConfigError           monitor.toml
    │   ├── RuleError             rules/*.yaml
    │   └── SeedError             a seed article
    ├── FeedError             bytes that are not a usable feed
    ├── ExtractError          a page without an article
    ├── FetchError            an address that could not be read
    │   └── AddressRefused        ... because the address guard said no
    ├── WorkerError           a worker process was killed: time, memory, crash
    ├── StoreError            the database cannot be used as it is
    │   ├── StoreBusy             locked, or another daemon runs
    │   ├── StoreFull             no space left on the disk
    │   ├── SchemaMismatch        older or newer than this program
    │   └── UpgradeFailed         a migration broke off; the database is as it was
    ├── SendError             a channel did not take a message
    └── DemoError             the demonstration could not be played to its end

Each carries one line for the operator: what is wrong, and, where it is known, what to do.
Library errors become one of these at the edge (adapters/) and nowhere else.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass


class MonitorError(Exception):
    """An expected error. `str(error)` is one line for the operator."""

    exit_code = 1


class UsageError(MonitorError):
    """A command was called with something that cannot be meant."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file somebody wrote, where it is, and what was probably meant.

    `line` and `column` count from 1 (0 where the place is not known); `source` is the whole
    line as it stands in the file, for the caret; `length` is how many characters to underline.
    """

    path: str
    line: int
    column: int
    message: str
    hint: str = ""
    source: str = ""
    length: int = 1
    level: str = "error"  # error | warning
    lint: str = ""  # the name under which a warning can be switched off

    @property
    def place(self) -> str:
        """`file:line:column`, as editors and compilers write it."""
        return ":".join([self.path, *(str(n) for n in (self.line, self.column) if n)])

    def __str__(self) -> str:
        hint = f" ({self.hint})" if self.hint else ""
        return f"{self.place}: {self.level}: {self.message}{hint}" + (f" [{self.lint}]" if self.lint else "")

    def report(self) -> str:
        """The problem with its source line and a caret under the place."""
        if not self.source:
            return str(self)
        number = str(self.line)
        first, excerpt = _excerpt(self.source, max(self.column - 1, 0))
        shown = _shown(excerpt)
        place = max(self.column - 1 - first, 0)
        length = min(max(self.length, 1), _WIDE - place)
        under = shown[place : place + length]
        caret = " " * _cells(shown[:place]) + "^" * (_cells(under) + length - len(under))
        return f"{self}\n  {number} | {shown}\n  {' ' * len(number)} | {caret}"


def _shown(line: str) -> str:
    """`line` as a terminal may show it, character by character: nothing in it moves the cursor or turns text."""
    return "".join(" " if sign == "\t" else "\ufffd" if _is_control(sign) else sign for sign in line)


def _is_control(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cs") or unicodedata.bidirectional(sign) in _TURNING


# What changes the direction of text, so that it looks other than it is.
_TURNING = frozenset(("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"))
_WIDE = 90  # characters of a line that are shown with a problem


def _excerpt(line: str, place: int) -> tuple[int, str]:
    """What is shown of `line` for a problem at `place`, and where in the line that begins."""
    if len(line) <= _WIDE:
        return 0, line
    first = max(0, min(place - _WIDE // 3, len(line) - _WIDE + 2))
    if first <= 2:
        return 0, line[: _WIDE - 2] + " …"
    rest = line[first:]
    return first - 2, "… " + (rest if len(rest) <= _WIDE - 2 else rest[: _WIDE - 4] + " …")


def _cells(text: str) -> int:
    """How many columns of a terminal `text` takes: ideographs and Korean syllables two, marks none."""
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        for sign in text
    )


class InvalidInput(MonitorError):
    """A file the user wrote is wrong; all its problems are reported at once."""

    exit_code = 3

    def __init__(self, problems: list[Problem] | Problem) -> None:
        self.problems = [problems] if isinstance(problems, Problem) else problems
        super().__init__("\n".join(problem.report() for problem in self.problems))

    def __reduce__(self) -> tuple[type[InvalidInput], tuple[list[Problem]]]:
        """Workers raise it too, and what is raised there is pickled on its way."""
        return type(self), (self.problems,)


class ConfigError(InvalidInput):
    """monitor.toml cannot be used."""


class RuleError(InvalidInput):
    """A rule file cannot be used."""


class SeedError(InvalidInput):
    """A seed article cannot be read."""


class FeedError(MonitorError):
    """The bytes an address answered with are no usable feed."""


class ExtractError(MonitorError):
    """No article was found in a page."""


class FetchError(MonitorError):
    """An address could not be read.

    `kind` is one word for counting and for `status`: dns, connect, tls, timeout, size,
    redirect, refused, protocol, proxy, robots (not allowed), robots-unread (nobody can say now).
    """

    def __init__(self, kind: str, message: str) -> None:
        self.kind = kind
        super().__init__(message)


class AddressRefused(FetchError):
    """The address guard refused to connect."""

    def __init__(self, message: str) -> None:
        super().__init__("refused", message)


class WorkerError(MonitorError):
    """A worker process did not live to answer; `kind` is timeout, memory or crash."""

    def __init__(self, kind: str, message: str) -> None:
        self.kind = kind
        super().__init__(message)


class StoreError(MonitorError):
    """The database cannot be used as it is."""


class StoreBusy(StoreError):
    """Somebody else holds the database."""


class StoreFull(StoreError):
    """The disk has no space left; nothing was written, nothing is lost."""


class SchemaMismatch(StoreError):
    """The database is of another version than this program."""


class UpgradeFailed(StoreError):
    """A migration broke off, and was rolled back; `__cause__` is what broke it."""


class SendError(MonitorError):
    """A channel did not take a message."""


class DemoError(MonitorError):
    """The demonstration could not be played to its end."""
