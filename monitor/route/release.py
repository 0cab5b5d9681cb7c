"""What was held and is due becomes alerts: one for each rule and story, or one digest where that is a digest's due.

Pure: who calls it loads what is held and stores what comes of it in one transaction, so that nothing is lost
or told twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from monitor.model import Held, Hold, Kind, Severity
from monitor.model.told import FLOOD_RULE
from monitor.route.telling import gravest

MOST_AT_ONCE = 5  # alerts at the end of quiet hours; more are one digest
_TOGETHER = {Hold.DIGEST, Hold.SPIKE, Hold.FLOOD}


@dataclass(frozen=True, slots=True)
class Release:
    """An alert to be made for one receiver. `items` are matches, each with why it is told, as they came."""

    receiver: str
    kind: Kind
    rule: str
    rule_title: str
    severity: Severity
    story: int | None
    items: tuple[tuple[int, str], ...]
    repeat_every: timedelta | None = None


def releases(due: Iterable[Held]) -> list[Release]:
    """The alerts that what is `due` makes, a receiver's in the order in which the first of each came."""
    found: list[Release] = []
    for receiver, theirs in _grouped(due, lambda one: one.receiver):
        gathered = [one for one in theirs if one.why in _TOGETHER]
        single = _by_story([one for one in theirs if one.why not in _TOGETHER])
        if len(single) > MOST_AT_ONCE:
            gathered, single = theirs, []
        found += [_one(receiver, story) for story in single]
        kept = {why: [one for one in gathered if one.why is why] for why in (Hold.SPIKE, Hold.FLOOD)}
        rest = [one for one in gathered if one.why not in kept]
        found += [_digest(receiver, rest, "digest", "Digest")] if rest else []
        flood = kept[Hold.FLOOD]
        found += [_digest(receiver, flood, FLOOD_RULE, "Flood")] if flood else []
        for rule, rows in _grouped(kept[Hold.SPIKE], lambda one: one.rule):
            found.append(_digest(receiver, rows, rule, rows[0].rule_title))
    return found


def _by_story(rows: Sequence[Held]) -> list[list[Held]]:
    groups = _grouped(rows, lambda one: f"{one.rule}\0{one.story or -one.match}")
    return sorted((group for _, group in groups), key=lambda group: group[0].match)


def _grouped(rows: Iterable[Held], key: Callable[[Held], str]) -> list[tuple[str, list[Held]]]:
    ordered = sorted(rows, key=lambda one: (key(one), one.match))
    return [(name, list(group)) for name, group in groupby(ordered, key)]


def _one(receiver: str, rows: Sequence[Held]) -> Release:
    """One story's: new where any of it is; the rest of it is told in the same breath."""
    last = rows[-1]
    return Release(
        receiver,
        Kind.NEW if any(row.kind is Kind.NEW for row in rows) else Kind.UPDATE,
        last.rule,
        last.rule_title,
        gravest([row.severity for row in rows]) or last.severity,
        last.story,
        tuple((row.match, row.reason) for row in rows),
        last.repeat_every,
    )


def _digest(receiver: str, rows: Sequence[Held], rule: str, title: str) -> Release:
    ordered = sorted(rows, key=lambda one: one.match)
    return Release(
        receiver,
        Kind.DIGEST,
        rule,
        title,
        gravest([row.severity for row in rows]) or Severity.LOW,
        None,
        tuple((row.match, row.reason) for row in ordered),
    )
