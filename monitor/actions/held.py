"""Why somebody is told later, in words, for all that shows what is held."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from monitor.model import Hold
from monitor.troubles.notices import when

WHY: Mapping[str, str] = {
    Hold.DIGEST.value: "for its digest",
    Hold.GROUP.value: "with other updates of its story",
    Hold.QUIET.value: "after its quiet hours",
    Hold.SPIKE.value: "with all that its rule brings, which is far more than usual",
    Hold.FLOOD.value: "with all that is more than it takes at once",
}


def later(receiver: str, until: datetime, why: str) -> str:
    """Who is told when, and why not now: "desk is told 2026-03-10 22:00 UTC, after its quiet hours"."""
    return f"{receiver or 'nobody (no receiver is configured)'} is told {when(until)}, {WHY.get(why, why)}"
