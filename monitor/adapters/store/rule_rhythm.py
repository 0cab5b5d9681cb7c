"""How often rules match, as the index over their matches tells."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import Connection, func, select

from monitor.adapters.store.database import in_chunks
from monitor.adapters.store.schema import matches, rules
from monitor.model import Verdict
from monitor.route.volume import BASELINE, Rhythm

# What is of the past, or a copy, says nothing of how often there is news.
_NEWS = (Verdict.ALERT.value, Verdict.HELD.value, Verdict.SILENCED.value)


def rhythms(connection: Connection, ids: Collection[str]) -> dict[str, Rhythm]:
    """The rhythm of each of these rules, of those that are in force."""
    found = {}
    for chunk in in_chunks(ids):
        known = select(rules.c.id, rules.c.since).where(rules.c.id.in_(chunk))
        for row in connection.execute(known).all():
            which = matches.c.rule == row.id, matches.c.verdict.in_(_NEWS)
            last = connection.scalar(select(func.max(matches.c.matched)).where(*which))
            begin = (last or row.since) - BASELINE
            first, count = connection.execute(
                select(func.min(matches.c.matched), func.count()).where(*which, matches.c.matched >= begin)
            ).one()
            days = (last - first) / timedelta(days=1) if last and first else 0.0
            found[row.id] = Rhythm(last, row.since, count, days)
    return found
