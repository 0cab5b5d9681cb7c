"""From the lines that were found to the article's body: cleaned, agency named, paragraphs restored."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.extract import agency, boilerplate, paragraphs
from monitor.text import clean


@dataclass(frozen=True, slots=True)
class Body:
    """An article's text, one paragraph a line, and the news agency it credits."""

    text: str
    agency: str | None


def tidy(text: str, title: str = "") -> Body:
    """The body that `text` (one paragraph a line) makes. Tidying its text again changes nothing.

    First lines that only repeat `title` are dropped. The agency's credit at the end is cut; a dateline
    stays, because it says where and when.
    """
    lines = [line for line in (" ".join(line.split()) for line in clean(text).split("\n")) if line]
    while len(lines) > 1 and title and _same(lines[0], title):
        lines = lines[1:]
    credited: str | None = None
    before: list[str] = []
    while lines != before:
        before = lines
        lines, found = _without_credit(lines)
        lines = paragraphs.restore(boilerplate.cut(lines))
        credited = credited or found
    return Body("\n".join(lines), credited or (agency.dateline(lines[0]) if lines else None))


def _same(line: str, title: str) -> bool:
    return line.rstrip(".").casefold() == title.rstrip(".").casefold()


def _without_credit(lines: list[str]) -> tuple[list[str], str | None]:
    """`lines` without what credits an agency at their end, and the agency."""
    if not lines:
        return lines, None
    if len(lines) > 1 and (name := agency.credit_line(lines[-1])):
        return lines[:-1], name
    shorter, name = agency.trailing_credit(lines[-1])
    return ([*lines[:-1], shorter] if name else lines), name
