"""What follows from a match: who hears of it now, later or not at all, always with the reason.

Promises 3 and 4 of the design are kept here and nowhere else: once per story, and no flood.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.model import Decision, Kind, Novelty, Origin, Per, Relation, Standing, Verdict
from monitor.route.silences import Quieted
from monitor.route.telling import Telling


@dataclass(frozen=True, slots=True)
class Told:
    """What one rule has told of one story so far; what is held counts, seeds and baseline articles do not."""

    told_new: bool = False
    told_second_source: bool = False


_CHANGES = {Novelty.FIGURE, Novelty.STATEMENT}
_UPDATES = {Novelty.SOURCE, *_CHANGES}


def decide(
    per: Per,
    standing: Standing | None,
    origin: Origin,
    relation: Relation,
    told: Told,
    now: datetime,
    digest_at: datetime,
    *,
    revised: bool = False,
) -> Decision:
    """The decision for one match.

    `standing` is None for articles that came through no feed. `told` is what this rule has told of the
    story that `relation` names; for a digest, what it has gathered counts. `digest_at` is when the
    rule's next digest goes out. `revised` says that the same match was decided before and the article
    has changed since: then only a changed figure or a new statement is told.

    A copy of what was told is never told. A copy of what was only baseline or a seed is the first that
    is told of its story, as any other article of it would be: a feed added late must not silence what
    the other feeds are about to bring.
    """
    withheld = _never_told(standing, origin, relation)
    if withheld is not None:
        return withheld
    if relation.novelty is Novelty.COPY and told.told_new:
        return _withhold(_copy_reason(relation))
    if revised and relation.novelty not in _CHANGES:
        return _withhold("nothing new: decided before the article changed")
    decision = _per_article(relation, revised) if per is Per.ARTICLE else _per_story(relation, told)
    if per is Per.DIGEST:
        return _kept(decision, max(now, digest_at))
    if standing is Standing.BULK:
        return _kept(decision, max(now, digest_at), ": its feed brought very many at once")
    return decision


def muted(decision: Decision, silent: Quieted, dismissed: str | None) -> Decision:
    """What is left of a decision to tell, where silences or a person's judgement speak against it.

    `dismissed` says who called the rule's alerts of this story not relevant.
    """
    if dismissed is not None:
        return _withhold(f"not relevant: {dismissed}")
    if silent.by is not None:
        return replace(
            decision, verdict=Verdict.SILENCED, reason=f"{decision.reason}; {silent.by}", until=None
        )
    if silent.woken:
        woke = ", ".join(f"silence {silence.id}" for silence in silent.woken)
        return replace(decision, reason=f"{decision.reason}; woke {woke}")
    return decision


def told_to(decision: Decision, tellings: Sequence[Telling]) -> Decision:
    """The decision, once it is known when each receiver is told: held where nobody is told at once."""
    if not tellings or any(telling.until is None for telling in tellings):
        return decision
    until = min(telling.until for telling in tellings if telling.until is not None)
    if decision.verdict is Verdict.HELD:
        return replace(decision, until=until)
    later = "; ".join(str(telling) for telling in tellings)
    return replace(decision, verdict=Verdict.HELD, reason=f"{decision.reason}; {later}", until=until)


def _kept(decision: Decision, until: datetime, why: str = "") -> Decision:
    """What would be told at once is told in a digest."""
    if decision.verdict is not Verdict.ALERT:
        return decision
    kept = f"{decision.reason}; kept for the digest{why}"
    return replace(decision, verdict=Verdict.HELD, reason=kept, until=until)


def _never_told(standing: Standing | None, origin: Origin, relation: Relation) -> Decision | None:
    """What no policy tells: examples, imports, and the past."""
    if origin is Origin.SEED:
        return _withhold("seed: the example the rule was written from")
    if origin is Origin.IMPORT:
        return _withhold("imported: the past is for backtest")
    if standing is Standing.BASELINE:
        return _withhold("baseline: it was there at the feed's first poll")
    if standing is Standing.OLD:
        return _withhold("old: published too long ago to be news")
    return None


def _copy_reason(relation: Relation) -> str:
    of = f"copy of article {relation.copy_of}" if relation.copy_of is not None else "copy"
    return f"{of}: {relation.reason}" if relation.reason else of


def _per_article(relation: Relation, revised: bool) -> Decision:
    return _alert(Kind.UPDATE, relation.reason) if revised else _alert(Kind.NEW, "new article")


def _per_story(relation: Relation, told: Told) -> Decision:
    if not told.told_new:
        if relation.novelty is Novelty.STORY:
            return _alert(Kind.NEW, "new story")
        # Its earlier articles were a seed, a baseline, the past, or matched other rules only.
        return _alert(Kind.NEW, "first alert of this story")
    if relation.novelty is Novelty.SOURCE and told.told_second_source:
        return _withhold("nothing new: a second source was told before")
    if relation.novelty in _UPDATES:
        return _alert(Kind.UPDATE, relation.reason)
    return _withhold(f"nothing new: {relation.reason}" if relation.reason else "nothing new")


def _alert(kind: Kind, reason: str) -> Decision:
    return Decision(Verdict.ALERT, reason or kind.value, kind, news=reason or kind.value)


def _withhold(reason: str) -> Decision:
    return Decision(Verdict.WITHHELD, reason)
