"""From the lines that were found to the article's body: cleaned, agency named, paragraphs restored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.extract import agency, boilerplate, edges, paragraphs
from monitor.text import clean

_OPENING = 3  # lines among which the one with the dateline is: a lead may stand above it


@dataclass(frozen=True, slots=True)
class Body:
    """An article's text, one paragraph a line, and the news agency it credits."""

    text: str
    agency: str | None


def tidy(text: str, title: str = "", names: Sequence[str] = ()) -> Body:
    """The body that `text` (one paragraph a line) makes. Tidying its text again changes nothing.

    First and last lines that only repeat `title` or one of `names` (authors, site, headline), or say when,
    are dropped. What credits an agency around the text is cut; a dateline stays, because it says where and when.
    """
    lines = [line for line in (" ".join(line.split()) for line in clean(text).split("\n")) if line]
    credited: str | None = None
    before: list[str] = []
    while lines != before:
        before = lines
        lines, found = _without_credit(lines)
        lines = paragraphs.restore(edges.trim(boilerplate.cut(lines), title, names))
        credited = credited or found
    return Body(
        "\n".join(lines), credited or next(filter(None, map(agency.dateline, lines[:_OPENING])), None)
    )


def _without_credit(lines: list[str]) -> tuple[list[str], str | None]:
    """`lines` without what credits an agency at their end or above them, and the agency."""
    if not lines:
        return lines, None
    if len(lines) > 1 and (name := agency.credit_line(lines[-1])):
        return lines[:-1], name
    if len(lines) > 1 and (name := agency.credit_line(lines[0])):
        return lines[1:], name
    shorter, name = agency.trailing_credit(lines[-1])
    return ([*lines[:-1], shorter] if name else lines), name
