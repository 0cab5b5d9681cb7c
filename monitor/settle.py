"""Transaction (b) from within: articles are placed, related to stories, and decided.

    article ──match──▶ match ──relate──▶ story ──route──▶ alert

The transaction is the caller's: what is loaded here is loaded under its lock, what is stored is stored with
it, and nothing of it stays where it fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from monitor.collect.again import UNREAD, is_walled, next_look
from monitor.dispatch import Dispatch, Hearing
from monitor.match.in_force import RulesInForce
from monitor.match.rules import Rule
from monitor.model import (
    Article,
    Decision,
    Match,
    Novelty,
    Origin,
    PageState,
    QueuedEntry,
    Relation,
    Standing,
)
from monitor.policy import Policy
from monitor.ports import Transaction
from monitor.relate import stories
from monitor.relate.copies.folding import band_keys, candidates
from monitor.relate.features import Features
from monitor.relate.features import features as features_of
from monitor.relate.kinship import kin
from monitor.relate.memory import STORY_LASTS, StoryMemory, unchanged
from monitor.relate.profile import StoryProfile, vector
from monitor.relate.profile import read as read_profile

log = structlog.get_logger(__name__)

_STILL_COPY = (Novelty.COPY, Novelty.NOTHING)  # what an article was, and what it adds as it is now


@dataclass(frozen=True, slots=True)
class Reading:
    """An article on its way into the store, and where it came from. `key` is what it is known by."""

    key: str
    article: Article
    standing: Standing | None = None
    queued: QueuedEntry | None = None
    page: PageState | None = None  # that it was read from


@dataclass(frozen=True, slots=True)
class _Placed:
    """An article as stored, with the matches that are to be decided."""

    article: Article
    standing: Standing | None
    matches: tuple[Match, ...]
    before: Article | None = None  # as it was, where its publisher changed it or it is read again
    known: Relation | None = None  # where it was put when it was first seen


class Settling:
    """One batch within one transaction."""

    def __init__(
        self, tx: Transaction, rules: RulesInForce, policy: Policy, memory: StoryMemory, now: datetime
    ) -> None:
        self.tx, self.rules, self.memory, self.now = tx, rules, memory, now
        self._dispatch = Dispatch(tx, policy, now)

    def settle(self, matched: Sequence[tuple[Reading, tuple[Match, ...]]]) -> int:
        """Store the articles with everything that follows from their matches; how many alerts that made."""
        changed = self.tx.changed_profiles(self.memory.revisions, self.now - STORY_LASTS)
        self.memory.refresh(changed, self.now)
        return sum(self._judge(placed) for placed in _place(self.tx, matched, self.now) if placed.matches)

    def _judge(self, placed: _Placed) -> int:
        """Put a matched article into its story, and decide who hears of each of its matches."""
        alerts = 0
        relation = placed.known or self._relate(placed)
        for match in placed.matches:
            rule = self.rules.rules[match.rule]
            decision, at_once = self._dispatch.dispatch(
                Hearing(
                    rule,
                    match,
                    placed.article,
                    stories.heard(relation, match.spans),
                    placed.standing,
                    placed.before is not None,
                )
            )
            alerts += at_once
            _log_decision(rule, placed.article, relation, decision)
        if placed.article.origin is Origin.SEED:
            self.memory.seeds.forget(match.rule for match in placed.matches)
        return alerts

    def _relate(self, placed: _Placed) -> Relation:
        """Find the article's story, or open one, and store what the story is like with it."""
        tx, article, memory = self.tx, placed.article, self.memory
        features = features_of(article)
        keys, unit = band_keys(features.signature), vector(features, memory.vocabulary)
        own = tx.relation_of(article.id) if placed.before else None
        if own is not None and placed.before is not None:
            relation, before = self._relate_revision(article, features, own.story)
            before = before and self._without(before, placed.before, own)
        else:
            copies = candidates(tx.signed_alike(keys, article.id), features.signature)
            profiles = {profile.id: profile for profile in memory.near(features, unit)}
            for candidate in copies:
                if candidate.story not in profiles and (known := self._profile(candidate.story)):
                    profiles[candidate.story] = known
            relation = stories.relate(
                article, features, profiles.values(), copies, memory.vocabulary, self.now, unit
            )
            before = profiles.get(relation.story) or self._profile(relation.story)
        if not relation.story:
            relation = replace(relation, story=tx.open_story(article.title))
        still_copy = own if own and (own.novelty, relation.novelty) == _STILL_COPY else None
        profile = stories.join(
            before, article, features, still_copy or relation, memory.vocabulary, self.now, unit
        )
        memory.remember(profile, tx.save_profile(relation.story, profile.dump()), self.now)
        if relation.novelty is not Novelty.COPY:
            relation = self._with_seeds(relation, placed, profile)
        (tx.place if own is None else tx.place_again)(article.id, relation)
        tx.sign(article.id, features.signature.dump(), keys)
        return relation

    def _relate_revision(
        self, article: Article, features: Features, own: int
    ) -> tuple[Relation, StoryProfile | None]:
        """What a changed article adds to its own story: it is compared with what it said before."""
        signed, profile = self.tx.signature_of(article.id), self._profile(own)
        before = candidates([(article.id, own, signed)]) if signed else []
        known = [profile] if profile else []
        relation = stories.relate(article, features, known, before, self.memory.vocabulary, self.now)
        if relation.novelty is Novelty.COPY and profile:
            relation = stories.adds(article, features, profile, relation.similarity, self.memory.vocabulary)
        if relation.novelty in (Novelty.COPY, Novelty.STORY, Novelty.SOURCE, Novelty.NOTHING):
            reason = "the article changed, but no figure in it, and says nothing that was not said"
            relation = Relation(own, Novelty.NOTHING, reason)
        return replace(relation, story=own), profile

    def _without(self, story: StoryProfile, before: Article, own: Relation) -> StoryProfile:
        """The story without what an article counted for before it changed: it is the same article still."""
        if own.novelty is Novelty.COPY:
            return stories.without(story, None)
        return stories.without(story, vector(features_of(before), self.memory.vocabulary))

    def _with_seeds(self, relation: Relation, placed: _Placed, story: StoryProfile) -> Relation:
        """The relation with the seeds of the rules that matched which the story belongs with."""
        seeds = {id: seed for match in placed.matches for id, seed in self._seeds(match.rule).items()}
        seeds.pop(placed.article.id, None)
        found = kin(seeds.items(), story, self.memory.vocabulary)
        return replace(relation, added=replace(relation.added, seeds=found))

    def _seeds(self, rule: str) -> Mapping[int, Features]:
        known = self.memory.seeds.of(rule)
        if known is None:
            known = {seed.id: features_of(seed) for seed in self.tx.seeds_of(rule)}
            self.memory.seeds.remember(rule, known)
        return known

    def _profile(self, story: int) -> StoryProfile | None:
        if not story or self.memory.get(story):
            return self.memory.get(story)
        return read_profile(self.tx.profile(story))


def _place(
    tx: Transaction, matched: Sequence[tuple[Reading, tuple[Match, ...]]], now: datetime
) -> Iterator[_Placed]:
    """Store the articles of a batch and finish their entries; what is left to decide, in order.

    An article that another feed brought already is the same article: its matches were decided then,
    unless it was withheld as being of the past and is news to this feed.
    """
    mine = tx.still_claimed([reading.queued for reading, _ in matched if reading.queued])
    rows = [(r, m) for r, m in matched if r.queued is None or r.queued.id in mine]
    known = tx.known_articles([reading.key for reading, _ in rows])
    fresh: dict[str, Reading] = {}
    for reading, _ in rows:
        if _article_of(reading, known) is None:
            fresh.setdefault(reading.key, reading)
    ids = tx.add_articles([(key, reading.article, reading.standing) for key, reading in fresh.items()])
    added = dict(zip(fresh, ids, strict=True))
    stored = tx.load_articles([id for reading, _ in rows if (id := _article_of(reading, known))])
    tx.finish_entries([(r.queued, _article_of(r, known) or added[r.key]) for r, _ in rows if r.queued])
    wanted = [r for r, m in rows if m or r.page == UNREAD]
    tx.look_again([look for r in wanted if (look := _look(r, fresh, now))])
    for reading, matches in rows:
        article_id = _article_of(reading, known) or added[reading.key]
        if fresh.get(reading.key) is reading:
            yield _Placed(replace(reading.article, id=article_id), reading.standing, matches)
        elif article_id in stored and _may_revise(reading):
            yield _revised(tx, reading, matches, stored[article_id][0])
        elif article_id in stored and reading.standing is Standing.NEW:
            yield from _promoted(tx, reading, matches, *stored[article_id])


def _look(
    reading: Reading, fresh: Mapping[str, Reading], now: datetime
) -> tuple[QueuedEntry, PageState, datetime] | None:
    """When the page of a match is to be looked at again; only for the entry that it is the article of."""
    queued, page = reading.queued, reading.page
    if queued is None or page is None:
        return None
    if queued.article_id is None and fresh.get(reading.key) is not reading:
        return None
    at = next_look(queued, now, unread=reading.article.degraded is not None)
    return (queued, page, at) if at else None


def _article_of(reading: Reading, known: Mapping[str, int]) -> int | None:
    """The stored article that a reading is a revision or another sighting of."""
    if reading.queued is not None and reading.queued.article_id is not None:
        return reading.queued.article_id
    return known.get(reading.key)


def _may_revise(reading: Reading) -> bool:
    """Whether a reading may change its article: an entry its feed changed, or a seed; not another sighting."""
    return reading.queued is None or reading.queued.article_id is not None


def _promoted(
    tx: Transaction, reading: Reading, matches: tuple[Match, ...], before: Article, standing: Standing | None
) -> Iterator[_Placed]:
    """An article of the past (baseline, old) that another feed brings as news is decided again."""
    if standing in (Standing.BASELINE, Standing.OLD):
        tx.promote_article(before.id)
        yield _Placed(before, reading.standing, matches, known=tx.relation_of(before.id))


def _revised(tx: Transaction, reading: Reading, matches: tuple[Match, ...], before: Article) -> _Placed:
    """An article whose feed changed it, or a seed that is read again: decided where it says something new."""
    walled = reading.queued is not None and is_walled(reading.queued, before, reading.article)
    same = walled or unchanged(before, reading.article)
    revision = before.revision if same else before.revision + 1
    article = before if walled else replace(reading.article, id=before.id, revision=revision)
    if not same or (before.degraded and not article.degraded):
        tx.revise_article(article)
    new = () if walled else tuple(match for match in matches if not tx.has_match(match, article))
    return _Placed(article, reading.standing, new, before)


def _log_decision(rule: Rule, article: Article, relation: Relation, decision: Decision) -> None:
    log.info(
        "match",
        rule=rule.id,
        article=article.id,
        title=article.title,
        story=relation.story,
        decision=decision.verdict.value,
        reason=decision.reason,
    )
