"""Whether exactly the expected alerts arrived: no more, none missing, none twice. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from monitor.demo.articles import Edition
from monitor.model import Kind


@dataclass(frozen=True, slots=True)
class Told:
    """That a rule told of an article. `piece` is its slug; a mail that is no alert has its subject there."""

    rule: str
    kind: Kind | None
    piece: str

    def __str__(self) -> str:
        return f"{self.kind or 'mail'} · {self.rule or 'no rule'} · {self.piece}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Each list is sorted; an alert that came n times stands n - 1 times among the duplicates."""

    arrived: tuple[Told, ...]
    missing: tuple[Told, ...]
    spurious: tuple[Told, ...]
    duplicates: tuple[Told, ...]

    @property
    def exact(self) -> bool:
        return not (self.missing or self.spurious or self.duplicates)


def expected_of(edition: Edition) -> tuple[Told, ...]:
    """The alerts that the edition's backlog and timetable must lead to."""
    pieces = (*edition.backlog, *edition.timetable)
    return tuple(Told(p.rule or "", p.expect.kind, p.slug) for p in pieces if p.expect.kind is not None)


def judge(expected: Iterable[Told], received: Iterable[Told]) -> Verdict:
    """Compare what must arrive, each once, with what did."""
    due, came = set(expected), Counter(received)
    return Verdict(
        arrived=tuple(sorted(due & came.keys(), key=_order)),
        missing=tuple(sorted(due - came.keys(), key=_order)),
        spurious=tuple(sorted(came.keys() - due, key=_order)),
        duplicates=tuple(sorted((told for told, n in came.items() for _ in range(n - 1)), key=_order)),
    )


def _order(told: Told) -> tuple[str, str, str]:
    return (told.rule, told.kind or "", told.piece)
