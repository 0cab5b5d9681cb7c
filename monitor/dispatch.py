"""Who hears of the matches of a batch, and when: decided and stored, within the caller's transaction.

    match ──decide──▶ decision ──route──▶ receivers ──tell──▶ an alert now, or held until then

And what was held, when its time has come: `release`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

import structlog

from monitor.match.rules import Rule
from monitor.model import (
    Article,
    Decision,
    Held,
    Kind,
    Match,
    Novelty,
    Per,
    Relation,
    Severity,
    Standing,
    Verdict,
)
from monitor.policy import NOBODY, Policy
from monitor.ports import Store, Transaction
from monitor.route.decide import Told, decide, muted, told_to
from monitor.route.matchers import Facts, named_sources
from monitor.route.routes import Routing
from monitor.route.silences import Quieted, Silence, quieted
from monitor.route.telling import Before, Surges, Telling, tell
from monitor.route.troubles import Trouble
from monitor.route.volume import LEAST_SPIKE, spikes
from monitor.troubles.surges import FLOOD, SPIKE, farewell, flood_trouble, spike_trouble, still_on

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Hearing:
    """A match that is to be decided, with all that the decision rests on."""

    rule: Rule
    match: Match
    article: Article
    relation: Relation
    standing: Standing | None
    revised: bool = False


def facts_of(rule: Rule, article: Article, story: int | None) -> Facts:
    """What routes and silences can ask of a match."""
    return Facts(
        rule=rule.id,
        severity=rule.severity,
        tags=(*rule.tags, *article.feed_tags),
        language=article.language or "",
        sources=named_sources(article.source, article.url),
        feed=article.feed_url or "",
        story=story,
    )


class Dispatch:
    """The matches of one batch, one after the other."""

    def __init__(self, tx: Transaction, policy: Policy, now: datetime) -> None:
        self.tx, self.policy, self.now = tx, policy, now
        self._told: dict[str, int] = {}  # receiver -> alerts of its flood window

    def dispatch(self, hearing: Hearing) -> tuple[Decision, bool]:
        """Decide, and store what follows; the decision, and whether somebody is told at once."""
        rule, article, relation = hearing.rule, hearing.article, hearing.relation
        facts = facts_of(rule, article, relation.story)
        routing = self.policy.routing(facts, rule.policy, self.now)
        decision = self._decide(hearing, facts, routing)
        tellings = self._tellings(hearing, decision, routing)
        decision = told_to(decision, tellings)
        match_id = self.tx.add_match(hearing.match, article, relation.story, decision)
        self._hold(hearing, match_id, decision, tellings, routing)
        at_once = [telling.receiver for telling in tellings if telling.until is None]
        if at_once:
            self._alert(hearing, match_id, decision, at_once, routing)
        return decision, bool(at_once)

    # --- what follows from it ----------------------------------------------------------------------

    def _decide(self, hearing: Hearing, facts: Facts, routing: Routing) -> Decision:
        rule, relation = hearing.rule, hearing.relation
        receivers = routing.receivers or (NOBODY,)
        decision = decide(
            rule.policy.per,
            hearing.standing,
            hearing.article.origin,
            relation,
            Told(*self.tx.told(rule.id, relation.story)),
            self.now,
            min(self.policy.of(name).next_digest(self.now) for name in receivers),
            revised=hearing.revised and self.tx.matched_before(hearing.article.id, rule.id),
        )
        if decision.verdict not in (Verdict.ALERT, Verdict.HELD):
            return decision
        silent = self._quieted(facts, relation.novelty)
        dismissed = self.tx.dismissed(rule.id, relation.story) if decision.kind is Kind.UPDATE else None
        return muted(decision, silent, dismissed)

    def _quieted(self, facts: Facts, novelty: Novelty) -> Quieted:
        silent = quieted(self._silences, facts, novelty, self.now)
        for silence in silent.woken:
            if silence.is_of_one_story() and silent.by is None:
                self.tx.end_silence(silence.id, "its story brought something new")
                self._silences.remove(silence)
        return silent

    @cached_property
    def _silences(self) -> list[Silence]:
        return list(self.tx.silences())

    # --- who hears of it when ----------------------------------------------------------------------

    def _tellings(self, hearing: Hearing, decision: Decision, routing: Routing) -> list[Telling]:
        if decision.verdict not in (Verdict.ALERT, Verdict.HELD):
            return []
        spike = self._spike(hearing.rule, decision, routing)
        return [
            self._telling(name, hearing, decision, routing, spike) for name in routing.receivers or (NOBODY,)
        ]

    def _telling(
        self, receiver: str, hearing: Hearing, decision: Decision, routing: Routing, spike: datetime | None
    ) -> Telling:
        rule, policy = hearing.rule, self.policy.of(receiver)
        before = Before()
        if decision.kind is Kind.UPDATE:
            before = self.tx.before(receiver, rule.id, hearing.relation.story)
        timing, severity = routing.timing(receiver), rule.severity
        telling = tell(receiver, decision, severity, policy, timing, before, Surges(spike), self.now)
        if telling.until is not None or (flood := self._flood(receiver)) is None:
            return telling
        return tell(receiver, decision, severity, policy, timing, before, Surges(spike, flood), self.now)

    def _spike(self, rule: Rule, decision: Decision, routing: Routing) -> datetime | None:
        """Since when the rule spikes, this match included."""
        if not self.policy.spikes:
            return None
        since = self._surges.get((SPIKE, rule.id))
        if since is not None or decision.kind is not Kind.NEW or decision.verdict is not Verdict.ALERT:
            return since
        if self.tx.told_by(rule.id, self.now) + 1 < LEAST_SPIKE:
            return None
        known = self.tx.volume(rule.id, self.now)
        volume = replace(known, last=known.last + 1)
        if not spikes(volume):
            return None
        trouble = spike_trouble(rule.id, rule.title, volume, routing.receivers, self.now)
        return self._begin(SPIKE, trouble)

    def _flood(self, receiver: str) -> datetime | None:
        """Since when the receiver is flooded, this match included."""
        policy = self.policy.of(receiver)
        since = self._surges.get((FLOOD, receiver))
        if since is not None or not policy.flood or not receiver:
            return since
        told = self._told.get(receiver)
        if told is None:
            told = self.tx.told_lately(receiver, self.now - policy.flood_window)
        self._told[receiver] = told + 1
        if told < policy.flood:
            return None
        return self._begin(FLOOD, flood_trouble(receiver, policy, self.now))

    @cached_property
    def _surges(self) -> dict[tuple[str, str], datetime]:
        """Since when what surges does, by kind and subject."""
        return {(one.kind, one.trouble.subject): one.since for one in self.tx.surges()}

    def _begin(self, kind: str, trouble: Trouble) -> datetime:
        quiet = self.policy.quiet_until(self.now, Severity.HIGH)
        self.tx.begin_trouble(kind, trouble, self.policy.channel_names(), quiet)
        self._surges[kind, trouble.subject] = self.now
        return self.now

    # --- what is stored of it ----------------------------------------------------------------------

    def _hold(
        self,
        hearing: Hearing,
        match_id: int,
        decision: Decision,
        tellings: Sequence[Telling],
        routing: Routing,
    ) -> None:
        rule = hearing.rule
        self.tx.hold(
            [
                Held(
                    match=match_id,
                    receiver=telling.receiver,
                    until=telling.until,
                    why=telling.why,
                    rule=rule.id,
                    rule_title=rule.title,
                    severity=rule.severity,
                    story=hearing.relation.story,
                    kind=decision.kind or Kind.NEW,
                    reason=decision.news,
                    repeat_every=routing.timing(telling.receiver).repeat,
                )
                for telling in tellings
                if telling.until is not None and telling.why is not None
            ]
        )

    def _alert(
        self,
        hearing: Hearing,
        match_id: int,
        decision: Decision,
        receivers: Sequence[str],
        routing: Routing,
    ) -> None:
        """One alert for all that are told now; where some want it repeated and others not, one for each."""
        assert decision.kind is not None
        if not routing.receivers:
            log.error("nobody is told: name a receiver under [alerts] default", rule=hearing.rule.id)
        rule, once = hearing.rule, _once(hearing, decision)
        for repeat in dict.fromkeys(routing.timing(name).repeat for name in receivers):
            names = [name for name in receivers if routing.timing(name).repeat == repeat]
            self.tx.add_alert(
                kind=decision.kind,
                rule=rule.id,
                rule_title=rule.title,
                severity=rule.severity,
                story=hearing.relation.story,
                once=once,
                items=[(match_id, decision.news)],
                channels=self.policy.channels_of(names),
                repeat_every=repeat,
            )
            once = f"{once}+"  # the next of them is another alert


def _once(hearing: Hearing, decision: Decision) -> str:
    """The name of what is told, which the store lets be told once."""
    rule, article = hearing.rule, hearing.article
    if rule.policy.per is Per.ARTICLE or decision.kind is not Kind.NEW:
        return f"{rule.id}:article:{article.id}:{article.revision}"
    return f"{rule.id}:story:{hearing.relation.story}"


def release(store: Store, policy: Policy, now: datetime, *, groups: bool = False) -> int:
    """Make alerts of what was held until now, and of what nobody has acknowledged; how many were made.

    With `groups`, updates that wait for others of their story wait no longer. What surged and has calmed down is
    told to be over.
    """
    channels, quiet = policy.channel_names(), policy.quiet_until(now, Severity.HIGH)
    awake = policy.receivers.keys() - policy.quiet_until(now, Severity.LOW).keys()
    made = store.release_held(now, channels, policy.last_resort, awake, groups=groups)
    windows = {name: each.flood_window for name, each in policy.receivers.items()}
    surging = store.surging(now, windows)
    for kind in {one.trouble.kind for one in surging}:
        theirs = [one for one in surging if one.trouble.kind == kind]
        found = [one.trouble.trouble for one in theirs if still_on(one, policy)]
        if len(found) < len(theirs):
            store.report_troubles(kind, found, farewell, channels, now, not_before=quiet)
    return made
