from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.model import Kind, Novelty, Origin, Per, Relation, Standing, Verdict
from monitor.route.decide import Told, decide

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
SEVEN = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
STORY = Relation(0, Novelty.STORY, "nothing like it before")
FIGURE = Relation(4, Novelty.FIGURE, "12,000 → 15,000 troops")
SOURCE = Relation(4, Novelty.SOURCE, "second source: Sample Daily")
STATEMENT = Relation(4, Novelty.STATEMENT, "new: a wing is to follow in spring")
NOTHING = Relation(4, Novelty.NOTHING, "says what was known")
COPY = Relation(4, Novelty.COPY, "94 % the same text", copy_of=17, similarity=0.94)
NOTHING_TOLD = Told()
TOLD = Told(told_new=True)
TOLD_TWICE = Told(told_new=True, told_second_source=True)


def verdict(per, relation, told=NOTHING_TOLD, standing=Standing.NEW, origin=Origin.FEED, **more):
    decision = decide(per, standing, origin, relation, told, NOW, SEVEN, **more)
    assert decision.reason
    assert "\n" not in decision.reason
    return decision.verdict, decision.kind


@pytest.mark.parametrize("per", Per)
@pytest.mark.parametrize(
    ("standing", "origin", "relation", "reason"),
    [
        (None, Origin.SEED, STORY, "seed"),
        (None, Origin.IMPORT, STORY, "imported"),
        (Standing.BASELINE, Origin.FEED, STORY, "baseline"),
        (Standing.OLD, Origin.FEED, FIGURE, "old"),
    ],
)
def test_what_no_policy_tells(per, standing, origin, relation, reason):
    decision = decide(per, standing, origin, relation, Told(), NOW, SEVEN)
    assert decision.verdict is Verdict.WITHHELD
    assert decision.reason.startswith(reason)
    assert decision.kind is None
    assert decision.until is None


@pytest.mark.parametrize("per", Per)
@pytest.mark.parametrize(
    ("relation", "reason"),
    [(COPY, "copy of article 17: 94 % the same text"), (Relation(4, Novelty.COPY, ""), "copy")],
)
def test_a_copy_of_what_was_told_is_never_told(per, relation, reason):
    decision = decide(per, Standing.NEW, Origin.FEED, relation, TOLD, NOW, SEVEN)
    assert (decision.verdict, decision.kind, decision.until) == (Verdict.WITHHELD, None, None)
    assert decision.reason == reason


def test_a_copy_of_what_nobody_was_told_is_the_first_that_is():
    """Its story was baseline or a seed, or was told by another rule only."""
    assert verdict(Per.STORY, COPY) == (Verdict.ALERT, Kind.NEW)
    assert verdict(Per.ARTICLE, COPY) == (Verdict.ALERT, Kind.NEW)
    assert verdict(Per.DIGEST, COPY) == (Verdict.HELD, Kind.NEW)
    assert verdict(Per.STORY, COPY, standing=Standing.BASELINE) == (Verdict.WITHHELD, None)


@pytest.mark.parametrize(
    ("relation", "told", "expected"),
    [
        (STORY, Told(), (Verdict.ALERT, Kind.NEW)),
        # The story's earlier articles were a baseline or a seed: they are not told.
        (NOTHING, Told(), (Verdict.ALERT, Kind.NEW)),
        (SOURCE, Told(), (Verdict.ALERT, Kind.NEW)),
        (SOURCE, TOLD, (Verdict.ALERT, Kind.UPDATE)),
        (SOURCE, TOLD_TWICE, (Verdict.WITHHELD, None)),
        (FIGURE, TOLD, (Verdict.ALERT, Kind.UPDATE)),
        (FIGURE, TOLD_TWICE, (Verdict.ALERT, Kind.UPDATE)),
        (STATEMENT, TOLD_TWICE, (Verdict.ALERT, Kind.UPDATE)),
        (NOTHING, TOLD, (Verdict.WITHHELD, None)),
        (STORY, TOLD, (Verdict.WITHHELD, None)),
    ],
)
def test_once_per_story(relation, told, expected):
    assert verdict(Per.STORY, relation, told) == expected


def test_an_update_says_what_is_new_and_a_repeat_that_nothing_is():
    assert decide(Per.STORY, Standing.NEW, Origin.FEED, FIGURE, TOLD, NOW, SEVEN).reason == FIGURE.reason
    assert decide(Per.STORY, Standing.NEW, Origin.FEED, STORY, Told(), NOW, SEVEN).reason == "new story"
    nothing = decide(Per.STORY, Standing.NEW, Origin.FEED, NOTHING, TOLD, NOW, SEVEN).reason
    assert nothing == "nothing new: says what was known"


@pytest.mark.parametrize("relation", [STORY, FIGURE, SOURCE, STATEMENT, NOTHING])
def test_per_article_tells_every_article_that_is_no_copy(relation):
    assert verdict(Per.ARTICLE, relation, TOLD_TWICE) == (Verdict.ALERT, Kind.NEW)


@pytest.mark.parametrize("per", [Per.ARTICLE, Per.STORY])
@pytest.mark.parametrize(
    ("relation", "expected"),
    [
        (FIGURE, (Verdict.ALERT, Kind.UPDATE)),
        (STATEMENT, (Verdict.ALERT, Kind.UPDATE)),
        (NOTHING, (Verdict.WITHHELD, None)),
        (SOURCE, (Verdict.WITHHELD, None)),
    ],
)
def test_a_changed_article_is_told_again_only_for_what_changed(per, relation, expected):
    assert verdict(per, relation, TOLD, revised=True) == expected


def test_a_corrected_comma_in_a_baseline_article_tells_nobody():
    assert verdict(Per.STORY, NOTHING, NOTHING_TOLD, revised=True) == (Verdict.WITHHELD, None)
    assert verdict(Per.STORY, FIGURE, NOTHING_TOLD, revised=True) == (Verdict.ALERT, Kind.NEW)


@pytest.mark.parametrize(
    ("relation", "told", "kind"),
    [(STORY, Told(), Kind.NEW), (FIGURE, TOLD, Kind.UPDATE), (SOURCE, TOLD, Kind.UPDATE)],
)
def test_a_digest_holds_what_a_story_would_tell(relation, told, kind):
    decision = decide(Per.DIGEST, Standing.NEW, Origin.FEED, relation, told, NOW, SEVEN)
    assert (decision.verdict, decision.kind, decision.until) == (Verdict.HELD, kind, SEVEN)


def test_a_digest_withholds_what_a_story_would_and_never_holds_into_the_past():
    assert verdict(Per.DIGEST, NOTHING, TOLD) == (Verdict.WITHHELD, None)
    late = decide(Per.DIGEST, Standing.NEW, Origin.FEED, STORY, Told(), NOW, NOW - timedelta(hours=1))
    assert late.until == NOW
