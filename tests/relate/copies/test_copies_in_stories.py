"""Copies within stories: what is folded, what is an update all the same, whose text it was, and who came first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.model import Article, Dated, Novelty, Relation
from monitor.relate.copies.folding import Candidate
from monitor.relate.features import features
from monitor.relate.profile import StoryProfile
from monitor.relate.stories import join, relate, when
from monitor.relate.words.vocabulary import Vocabulary

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SENTENCES = (
    "A first group of engineers left the capital on Tuesday for the border region, the state agency reported.",
    "The group of 12,000 soldiers is to clear mines and to rebuild bridges that were destroyed in winter.",
    "Families waved flags as the train departed, and a band played marches until it was out of sight.",
    "The governor of the region thanked the guests in advance and promised them warm quarters and bread.",
    "Observers in the south called the journey a breach of resolutions and asked for a meeting.",
    "Neighbouring countries have kept silent, apart from one that offered hospital beds and doctors.",
    "Work is to begin next month with the longest of the bridges across the river, weather permitting.",
)
ARTICLE = Article(
    title="Engineers leave for the border region",
    body=" ".join(SENTENCES),
    source="Harbour Herald",
    language="en",
    published=NOON,
    collected=NOON,
    id=1,
)
LATER = replace(ARTICLE, id=2, source="Valley Post", published=NOON + HOUR, collected=NOON + HOUR)
NEWS = (
    "The train was stopped by protesters near Kaluga on Wednesday, and several engineers were hurt when "
    "windows broke. Inspector Marta Vesely said that hospitals had taken in most of them overnight."
)
LINES = (
    "The Valley Post is printed in a former brewery, belongs to its readers, and is read wherever trains go. "
    "Write to its editor Olga Brandt, who answers each letter within a week, or visit her on market days."
)
# As a rewriter would have it: nothing in it is new.
REWORDED = (
    "Relatives cheered beside the rails while musicians kept on performing as carriages rolled slowly away."
)


@pytest.fixture
def story() -> StoryProfile:
    return join(None, ARTICLE, features(ARTICLE), Relation(7, Novelty.STORY, ""), Vocabulary(), NOON)


def related(article: Article, story: StoryProfile, of: Article = ARTICLE) -> Relation:
    known = Candidate(of.id, 7, features(of).signature, when(of, NOON), of.source)
    return relate(article, features(article), [story], [known], Vocabulary(), NOON)


def test_an_update_under_another_address_is_no_copy(story: StoryProfile) -> None:
    relation = related(replace(LATER, body=f"{NEWS} {ARTICLE.body}"), story)
    assert (relation.story, relation.novelty, relation.copy_of) == (7, Novelty.STATEMENT, None)
    assert "Kaluga" in relation.reason


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(f"{ARTICLE.body} {LINES}", id="standing lines"),
        pytest.param(" ".join([*SENTENCES[:2], REWORDED, *SENTENCES[3:]]), id="reworded"),
        pytest.param(" ".join(SENTENCES[:4]), id="shortened"),
        pytest.param(f"By Marta Vesely in Kaluga. {ARTICLE.body}", id="byline"),
    ],
)
def test_what_adds_nothing_is_a_copy(story: StoryProfile, body: str) -> None:
    relation = related(replace(LATER, title="Off they go", body=body), story)
    assert (relation.story, relation.novelty, relation.copy_of) == (7, Novelty.COPY, 1)


@pytest.mark.parametrize(
    ("ahead", "dated", "said"),
    [
        (timedelta(minutes=25), Dated.EXACT, "100 % the same text, published 25 min before it"),
        (timedelta(hours=6), None, "100 % the same text, published 6 h before it"),
        (timedelta(hours=6), Dated.DAY, "100 % the same text"),  # only the day is known
        (timedelta(0), Dated.EXACT, "100 % the same text"),
        (-timedelta(hours=1), Dated.EXACT, "100 % the same text"),
    ],
)
def test_an_original_that_arrives_after_its_copy_says_so(
    story: StoryProfile, ahead: timedelta, dated: Dated | None, said: str
) -> None:
    relation = related(replace(LATER, published=NOON - ahead, dated=dated), story)
    assert (relation.novelty, relation.copy_of, relation.reason) == (Novelty.COPY, 1, said)


def test_a_story_knows_the_agency_that_only_a_copy_credits(story: StoryProfile) -> None:
    copy = replace(LATER, agency="Yonhap")
    relation = related(copy, story)
    assert relation.reason == "100 % the same text, credited to Yonhap"
    joined = join(story, copy, features(copy), relation, Vocabulary(), NOON)
    assert joined.sources == ("Yonhap",)
    assert (joined.articles, joined.copies) == (2, 1)


def test_an_agency_takes_no_place_of_several_sources(story: StoryProfile) -> None:
    several = replace(story, sources=("Harbour Herald", "Hill Times"))
    copy = replace(LATER, agency="Yonhap")
    joined = join(several, copy, features(copy), related(copy, several), Vocabulary(), NOON)
    assert joined.sources == several.sources
    assert (
        join(story, LATER, features(LATER), related(LATER, story), Vocabulary(), NOON).sources
        == story.sources
    )


@pytest.mark.parametrize(
    ("hours", "source", "copy"),
    [(1, "Valley Post", True), (35, "Valley Post", True), (37, "Valley Post", False), (1, "harbour herald", True),
     (24, "harbour herald", False), (24, "", True), (-37, "Valley Post", False)],
)  # fmt: skip
def test_a_headline_alone_has_no_copies_on_other_days(
    story: StoryProfile, hours: int, source: str, copy: bool
) -> None:
    column = replace(
        ARTICLE, title="What the day brings: council, weather, trains and football results", body=""
    )
    at = NOON + hours * HOUR
    again = replace(column, id=2, source=source, published=at, collected=max(at, NOON))
    assert (related(again, story, column).novelty is Novelty.COPY) is copy
