"""What the daemon would have told of a rule's matches: its own decisions, made over stored articles in their order.

An article that matched a rule when it came has its story. Others were never put into one: they are now, by the
same logic, in memory; since stories depend on what else was related before them, that is an estimate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.adapters.store.past import Stored
from monitor.dispatch import facts_of
from monitor.match.rules import Rule
from monitor.model import Article, Decision, Novelty, Origin, Relation, Span, Standing, Verdict
from monitor.relate import stories
from monitor.relate.adding import where_said
from monitor.relate.copies.folding import EACH, MOST, Candidate, band_keys, shared_keys
from monitor.relate.features import features as features_of
from monitor.relate.memory import StoryMemory
from monitor.route.decide import Told, decide
from monitor.route.routes import Route, route
from monitor.route.telling import ReceiverPolicy

# Relating takes milliseconds. Of more matches than this, what has no story is taken for a story of its own.
MOST_RELATED = 5_000

Texts = Callable[[], Iterable[tuple[str, str, str | None]]]  # title, body, language: how common words are


@dataclass(frozen=True, slots=True)
class Desk:
    """What the configuration says of telling."""

    default: tuple[str, ...] = ()
    receivers: Mapping[str, ReceiverPolicy] = field(default_factory=dict)
    routes: tuple[Route, ...] = ()

    def told(self, rule: Rule, article: Article, now: datetime) -> list[ReceiverPolicy]:
        """How those want to be told that would be told of a match."""
        facts = facts_of(rule, article, None)
        names = route(facts, rule.policy.to, self.routes, self.default, self.receivers, now).receivers
        return [self.receivers[name] for name in names] or [ReceiverPolicy()]


class Rehearsal:
    """One rule, told of its matches from the first to the last."""

    def __init__(self, rule: Rule, desk: Desk, texts: Texts) -> None:
        self._rule, self._desk = rule, desk
        self._placing = _Placing(texts)
        self._told: dict[int, Told] = {}
        self._digests: set[tuple[str, datetime]] = set()
        self.kinds: Counter[str] = Counter()  # of alerts: new, update, digest
        self.withheld: Counter[str] = Counter()  # by reason
        self.estimated = 0

    @property
    def stories(self) -> int:
        return len(self._told)

    def tell(self, stored: Stored, spans: Sequence[Span]) -> tuple[Decision, int]:
        """What is decided of a match at `spans`, and the story it is in: negative where the story is an estimate."""
        article = stored.article
        now = article.collected
        assert now is not None, "what is stored was collected"
        self.estimated += stored.relation is None
        relation = stories.heard(self._placing.place(article, _located(stored), now), spans)
        told = self._told.setdefault(relation.story, Told())
        digests = {
            (policy.zone, policy.next_digest(now)) for policy in self._desk.told(self._rule, article, now)
        }
        decision = decide(
            self._rule.policy.per,
            stored.standing,
            article.origin,
            relation,
            told,
            now,
            min(at for _, at in digests),
        )
        if decision.verdict in (Verdict.ALERT, Verdict.HELD):
            second = told.told_second_source or relation.novelty is Novelty.SOURCE
            self._told[relation.story] = Told(True, second)
        self._count(decision, stored, digests)
        return decision, relation.story

    def _count(self, decision: Decision, stored: Stored, digests: set[tuple[str, datetime]]) -> None:
        if decision.verdict is Verdict.HELD:
            self._digests |= digests
            self.kinds["digest"] = len({at for _, at in self._digests})
        elif decision.verdict is Verdict.ALERT:
            assert decision.kind is not None
            self.kinds[decision.kind.value] += 1
        else:
            self.withheld[_why(decision, stored)] += 1


def _located(stored: Stored) -> Relation | None:
    """Where the article was put, with where it says what was new then."""
    relation = stored.relation
    if relation is None or relation.novelty is not Novelty.STATEMENT:
        return relation
    return replace(relation, where=where_said(stored.article, relation.added.statements))


def _why(decision: Decision, stored: Stored) -> str:
    """The kind of reason for which a match is not told."""
    if stored.article.origin is not Origin.FEED:
        return stored.article.origin.value
    if stored.standing in (Standing.BASELINE, Standing.OLD):
        return stored.standing.value
    return "copy" if decision.reason.startswith("copy") else "nothing new"


class _Placing:
    """Stories in memory, of which those that are not stored have negative numbers."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._memory: StoryMemory | None = None
        self._signed: dict[int, list[Candidate]] = {}  # by band key, the latest EACH of it
        self._opened = self._related = 0

    def place(self, article: Article, known: Relation | None, now: datetime) -> Relation:
        if self._related >= MOST_RELATED:
            return known or self._new("one of many: not compared with others")
        self._related += 1
        memory = self._memory = self._memory or self._learnt()
        features = features_of(article)
        keys = band_keys(features.signature)
        profiles = {profile.id: profile for profile in memory.near(features)}
        relation = known
        if relation is None:
            copies = self._alike(keys)
            for story in {candidate.story for candidate in copies} - profiles.keys():
                if (profile := memory.get(story)) is not None:
                    profiles[story] = profile
            relation = stories.relate(article, features, profiles.values(), copies, memory.vocabulary, now)
        if not relation.story:
            relation = replace(relation, story=self._new("").story)
        before = profiles.get(relation.story) or memory.get(relation.story)
        memory.remember(stories.join(before, article, features, relation, memory.vocabulary, now), 0, now)
        original = relation.copy_of or article.id
        seen = stories.when(article, now)
        filed = Candidate(original, relation.story, features.signature, seen, article.source)
        for key in keys:
            self._signed[key] = [*self._signed.get(key, ())[1 - EACH :], filed]
        return relation

    def _alike(self, keys: Sequence[int]) -> list[Candidate]:
        """The candidates that share most keys, as the store chooses them: the latest of each key, the likest first."""
        sharing = Counter(id(candidate) for key in keys for candidate in self._signed.get(key, ()))
        found = {id(candidate): candidate for key in keys for candidate in self._signed.get(key, ())}
        least = shared_keys(keys)
        likest = sorted(found, key=lambda each: (-sharing[each], -found[each].article))
        return [found[each] for each in likest if sharing[each] >= least][:MOST]

    def _new(self, reason: str) -> Relation:
        self._opened += 1
        return Relation(-self._opened, Novelty.STORY, reason)

    def _learnt(self) -> StoryMemory:
        memory = StoryMemory()
        for title, body, language in self._texts():
            memory.learn(title, body, language)
        return memory
