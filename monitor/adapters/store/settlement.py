"""Transaction (b) from within: an article with its matches, its story, a decision for each match, and alerts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.adapters.store import alerts, answers, articles, held, queue, signed, silences, stories, troubles
from monitor.model import (
    Article,
    Decision,
    Held,
    Kind,
    Match,
    PageState,
    QueuedEntry,
    Relation,
    Severity,
    Standing,
)
from monitor.relate.copies.folding import Filed
from monitor.route.silences import Silence
from monitor.route.telling import Before
from monitor.route.troubles import OpenTrouble, Trouble
from monitor.route.volume import Volume


class Settlement:
    """What may be asked and written within transaction (b)."""

    def __init__(self, connection: Connection, make_key: alerts.MakeKey, now: datetime) -> None:
        self._c = connection
        self._make_key = make_key
        self._now = now

    def finish_entries(self, finished: Sequence[tuple[QueuedEntry, int]]) -> None:
        queue.finish(self._c, finished)

    def look_again(self, looks: Sequence[tuple[QueuedEntry, PageState, datetime]]) -> None:
        queue.look_again(self._c, looks)

    def still_claimed(self, claimed: Sequence[QueuedEntry]) -> set[int]:
        """Which of the entries are still this worker's to finish."""
        return queue.still_claimed(self._c, claimed)

    def known_articles(self, keys: Sequence[str]) -> dict[str, int]:
        return articles.ids_of(self._c, keys)

    def load_articles(self, ids: Sequence[int]) -> dict[int, tuple[Article, Standing | None]]:
        return articles.load(self._c, ids)

    def add_articles(self, items: Sequence[tuple[str, Article, Standing | None]]) -> list[int]:
        return articles.add(self._c, items, self._now)

    def revise_article(self, article: Article) -> None:
        articles.revise(self._c, article, self._now)

    def promote_article(self, article_id: int) -> None:
        articles.promote(self._c, article_id)

    def relation_of(self, article_id: int) -> Relation | None:
        return articles.relation_of(self._c, article_id)

    def seeds_of(self, rule: str) -> list[Article]:
        return articles.seeds_of(self._c, rule)

    def signed_alike(self, keys: Sequence[int], apart_from: int) -> list[Filed]:
        return signed.signed_alike(self._c, keys, apart_from)

    def signature_of(self, article_id: int) -> bytes | None:
        return signed.signature_of(self._c, article_id)

    def sign(self, article_id: int, signature: bytes, keys: Sequence[int]) -> None:
        signed.sign(self._c, article_id, signature, keys)

    def changed_profiles(self, known: Mapping[int, int], since: datetime) -> Iterable[tuple[int, int, bytes]]:
        return stories.changed_profiles(self._c, known, since)

    def profile(self, story: int) -> bytes | None:
        return stories.profile(self._c, story)

    def open_story(self, title: str) -> int:
        return stories.open_story(self._c, title, self._now)

    def save_profile(self, story: int, profile: bytes) -> int:
        return stories.save_profile(self._c, story, profile, self._now)

    def place(self, article_id: int, relation: Relation) -> None:
        articles.place(self._c, article_id, relation)

    def place_again(self, article_id: int, relation: Relation) -> None:
        articles.place_again(self._c, article_id, relation, self._now)

    def told(self, rule: str, story: int) -> tuple[bool, bool]:
        return stories.told(self._c, rule, story)

    def matched_before(self, article_id: int, rule: str) -> bool:
        return stories.matched_before(self._c, article_id, rule)

    def has_match(self, match: Match, article: Article) -> bool:
        return stories.has_match(self._c, match, article)

    def add_match(self, match: Match, article: Article, story: int, decision: Decision) -> int:
        return stories.add_match(self._c, match, article, story, decision, self._now)

    def add_alert(
        self,
        *,
        kind: Kind,
        rule: str,
        rule_title: str,
        severity: Severity,
        story: int,
        once: str,
        items: Sequence[tuple[int, str]],
        channels: Sequence[tuple[str, str]],
        repeat_every: timedelta | None = None,
    ) -> int | None:
        return alerts.add(
            self._c,
            kind=kind,
            rule=rule,
            rule_title=rule_title,
            severity=severity,
            story=story,
            once=once,
            items=items,
            channels=channels,
            make_key=self._make_key,
            now=self._now,
            repeat_every=repeat_every,
        )

    def hold(self, rows: Sequence[Held]) -> None:
        held.hold(self._c, rows)

    # --- who is told when --------------------------------------------------------------------------

    def dismissed(self, rule: str, story: int) -> str | None:
        return answers.dismissed(self._c, rule, story)

    def silences(self) -> Sequence[Silence]:
        return silences.active(self._c, self._now)

    def end_silence(self, silence: int, why: str) -> None:
        silences.end(self._c, silence, self._now, why)

    def before(self, receiver: str, rule: str, story: int) -> Before:
        return held.before(self._c, receiver, rule, story)

    def told_by(self, rule: str, now: datetime) -> int:
        return held.told_by(self._c, rule, now)

    def volume(self, rule: str, now: datetime) -> Volume:
        return held.volume(self._c, rule, now)

    def told_lately(self, receiver: str, since: datetime) -> int:
        return held.told_lately(self._c, receiver, since)

    def surges(self) -> Sequence[OpenTrouble]:
        return held.surges(self._c)

    def begin_trouble(
        self,
        kind: str,
        trouble: Trouble,
        channels: Mapping[str, Sequence[str]],
        not_before: Mapping[str, datetime],
    ) -> None:
        known = [one.trouble for one in troubles.open_troubles(self._c, kind)]
        reporter = troubles.Reporter(self._c, kind, channels, self._make_key, self._now, not_before)
        reporter.report([*known, trouble], lambda _: None)
