"""Stories put together and taken apart by hand: what goes where, and that a story is what its articles make it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model import Article, Novelty, Relation
from monitor.relate.copies.folding import Candidate
from monitor.relate.editing import Parts, Rebuilt, Report, parted, rebuilt
from monitor.relate.features import Features, features
from monitor.relate.memory import StoryMemory
from monitor.relate.profile import StoryProfile, vector
from monitor.relate.stories import join, relate, similarity, threshold, when
from monitor.relate.words.vocabulary import Vocabulary

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
PLACES = ("Kursk", "Geneva", "Busan", "Lima", "Oslo", "Perth", "Quito", "Turin")
DEEDS = (
    "{count} sappers clear mines beside the railway at {place}, the army said on Monday in the capital.",
    "A ferry with {count} passengers ran aground off {place} in thick fog; divers search the wreck.",
    "The court of {place} fined the steel maker {count} million euros for the dam that broke in spring.",
    "Nurses of {count} clinics around {place} stopped work over wages, and surgeons joined their march.",
)


def article(id: int, deed: int = 0, place: int = 0, count: int = 100, **more: object) -> Article:
    told = DEEDS[deed % len(DEEDS)].format(count=count, place=PLACES[place % len(PLACES)])
    at = NOON + id * HOUR
    return replace(
        Article(
            told[:50],
            told,
            source=f"Outlet {id % 3}",
            language="en",
            published=at,
            collected=at,
            id=id,
        ),
        **more,
    )


@cache
def features_of(one: Article) -> Features:
    return features(one)


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    memory = StoryMemory()
    for number in range(96):
        one = article(number, number, number // 4, 100 + number)
        memory.learn(one.title, one.body, "en")
    return memory.vocabulary


def ids(reports: Sequence[Report]) -> list[int]:
    return [report.article.id for report in reports]


def folded(*pairs: tuple[int, int | None]) -> list[Report]:
    return [Report(article(id), of) for id, of in pairs]


# --- which articles go where -----------------------------------------------------------------------

STORY = [(1, None), (2, 1), (3, None), (4, 3), (5, 1), (6, None)]


@pytest.mark.parametrize(
    ("asked", "unfold", "moved"),
    [
        ([3], False, [3, 4]),
        ([1], False, [1, 2, 5]),
        ([6], False, [6]),
        ([1, 2], False, [1, 2, 5]),
        ([6, 3], False, [3, 4, 6]),
        ([2], True, [2]),
        ([2, 6], True, [2, 6]),
        ([4, 1], True, [1, 2, 4, 5]),
    ],
)
def test_articles_leave_a_story_with_their_copies(asked: list[int], unfold: bool, moved: list[int]) -> None:
    parts = parted(folded(*STORY), asked, unfold=unfold)
    assert ids(parts.moved) == moved
    assert ids(parts.left) == [id for id, _ in STORY if id not in moved]
    there = {report.article.id: report.copy_of for report in (*parts.moved, *parts.left)}
    apart = {2, 4} & set(asked) if unfold else set()
    assert there == {id: None if id in apart else of for id, of in STORY}


def test_a_copy_of_a_copy_goes_with_the_first() -> None:
    parts = parted(folded((1, None), (2, 1), (3, 2), (4, None)), [1])
    assert (ids(parts.moved), ids(parts.left)) == ([1, 2, 3], [4])


def test_a_copy_of_what_is_elsewhere_is_asked_for_by_itself() -> None:
    parts = parted(folded((1, None), (2, 99)), [2])
    assert parts == Parts(tuple(folded((2, 99))), tuple(folded((1, None))))


@pytest.mark.parametrize(
    ("asked", "unfold", "said"),
    [
        ([7], False, "article 7 is not in it"),
        ([3, 9, 8], False, "article 8 is not in it"),
        ([2], False, "article 2 is a copy of article 1 and goes where that goes; name 1, or say --unfold"),
        ([6, 4], False, "article 4 is a copy of article 3"),
        ([1, 3, 6], False, "that is all of it, with the copies"),
        ([1, 2, 3, 4, 5, 6], True, "that is all of it"),
    ],
)
def test_what_cannot_be_taken_out(asked: list[int], unfold: bool, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parted(folded(*STORY), asked, unfold=unfold)


# --- what a story is like ----------------------------------------------------------------------------


def made(vocabulary: Vocabulary, *reports: Report, story: int = 7) -> Rebuilt:
    return rebuilt(story, "Title", reports, features_of, vocabulary, NOON)


def joined(vocabulary: Vocabulary, *articles: Article, story: int = 7) -> StoryProfile:
    """As the articles make it that come one after the other, none of them a copy."""
    profile = None
    for one in articles:
        relation = Relation(story, Novelty.STORY if profile is None else Novelty.NOTHING, "")
        profile = join(profile, one, features_of(one), relation, vocabulary, NOON)
    assert profile is not None
    return profile


def test_a_story_is_what_its_articles_make_it_in_the_order_of_their_time(vocabulary: Vocabulary) -> None:
    one, two, three = article(1), article(2, count=200), article(3, deed=1)
    there = made(vocabulary, Report(three), Report(one), Report(two))
    assert there.profile == replace(joined(vocabulary, one, two, three), title="Title")
    assert list(there.relations) == [1, 2, 3]
    assert there.first == 1


def test_the_earliest_opens_the_story_and_the_others_add_to_it(vocabulary: Vocabulary) -> None:
    late = article(1, count=300, published=NOON + 9 * HOUR, collected=NOON + 9 * HOUR)
    early = article(2, count=100)
    there = made(vocabulary, Report(late), Report(early))
    assert [(id, one.novelty) for id, one in there.relations.items()] == [
        (2, Novelty.STORY),
        (1, Novelty.FIGURE),
    ]
    assert "300" in there.relations[1].reason
    assert {one.story for one in there.relations.values()} == {7}


def test_a_text_with_another_figure_is_the_correction_that_it_was(vocabulary: Vocabulary) -> None:
    """What came one after the other, and what is put together of it, say the same of each report."""
    text = (
        "The army of the province said on Monday that its men had cleared {} mines beside the railway bridge."
    )
    reports = [article(id, body=text.format(count), title="Mines") for id, count in ((1, 40), (2, 70))]
    profile, first = joined(vocabulary, reports[0]), features_of(reports[0])
    earlier = Candidate(1, 7, first.signature, when(reports[0], NOON), reports[0].source)
    came = relate(reports[1], features_of(reports[1]), [profile], [earlier], vocabulary, NOON)
    assert came.novelty is Novelty.FIGURE
    assert made(vocabulary, *map(Report, reports)).relations[2] == came


def test_copies_are_reach_and_add_nothing(vocabulary: Vocabulary) -> None:
    """Also one that was published before what it is folded under: it opens nothing."""
    copy = article(1, count=100)
    original, other = article(2, count=100), article(3, count=250)
    there = made(vocabulary, Report(copy, 2), Report(original), Report(other))
    assert {id: one.novelty for id, one in there.relations.items()} == {
        1: Novelty.COPY,
        2: Novelty.STORY,
        3: Novelty.FIGURE,
    }
    assert there.relations[1].copy_of == 2
    assert (there.profile.articles, there.profile.copies) == (3, 1)
    assert there.profile.weights == joined(vocabulary, original, other).weights
    assert there.first == 2


@pytest.mark.parametrize(
    ("report", "of"),
    [(Report(article(2), 1), 1), (Report(article(2), None, 1), 1), (Report(article(2), 99), None)],
)
def test_a_copy_is_one_where_its_original_is(vocabulary: Vocabulary, report: Report, of: int | None) -> None:
    """One that a person parted from it is one again; one of what is in another story is a report of its own here."""
    there = made(vocabulary, Report(article(1)), report)
    assert [one.copy_of for one in there.reports] == [None, of]
    assert (there.relations[2].novelty is Novelty.COPY) == (of is not None)


def test_a_story_without_a_report_is_none(vocabulary: Vocabulary) -> None:
    with pytest.raises(ValueError, match="without a report"):
        made(vocabulary)


# --- nothing silly is learnt -------------------------------------------------------------------------


def test_neither_the_vocabulary_nor_what_is_asked_moves(vocabulary: Vocabulary) -> None:
    before = vocabulary.documents, len(vocabulary), vocabulary.idf("kursk", "en"), threshold(30)
    made(vocabulary, *[Report(article(number, number)) for number in range(1, 9)])
    assert (vocabulary.documents, len(vocabulary), vocabulary.idf("kursk", "en"), threshold(30)) == before


def test_two_unlike_stories_in_one_draw_what_either_drew_and_nothing_else(vocabulary: Vocabulary) -> None:
    """The sum of two subjects is less like each of them than its own part was, and no more like a third."""
    sappers = [article(number, 0, 0, 100 + number) for number in (1, 2, 3)]
    ferry = [article(number, 1, 1, 400 + number) for number in (4, 5, 6)]
    one, two = joined(vocabulary, *sappers), joined(vocabulary, *ferry)
    both = made(vocabulary, *map(Report, [*sappers, *ferry])).profile
    for deed, place in [(deed, place) for deed in range(4) for place in range(8)]:
        later = article(8, deed, place, 777)
        unit = vector(features_of(later), vocabulary)
        likest = max(similarity(unit, part, when(later, NOON)) for part in (one, two))
        assert similarity(unit, both, when(later, NOON)) <= likest + 0.01
    for report in (article(8, 0, 0, 150), article(9, 1, 1, 460)):
        found = relate(report, features_of(report), [both], [], vocabulary, NOON)
        assert found.story == 7, "what was told of either is no new story"
    for report in (article(8, 2, 2), article(9, 3, 3), article(10, 2, 5)):
        assert relate(report, features_of(report), [both], [], vocabulary, NOON).story == 0


def test_after_a_split_reports_go_to_the_part_that_they_are_like(vocabulary: Vocabulary) -> None:
    mixed = [Report(article(1)), Report(article(2, 1, 1, 400)), Report(article(3, 0, 0, 200))]
    parts = parted(mixed, [2])
    left = made(vocabulary, *parts.left, story=7).profile
    moved = made(vocabulary, *parts.moved, story=8).profile
    for report, story in ((article(5, 1, 1, 500), 8), (article(6, 0, 0, 300), 7)):
        assert relate(report, features_of(report), [left, moved], [], vocabulary, NOON).story == story


# --- whatever people do -----------------------------------------------------------------------------

EDITS = st.lists(
    st.tuples(
        st.sampled_from(["join", "merge", "split"]), st.integers(0, 99), st.integers(0, 99), st.integers(0, 3)
    ),
    min_size=1,
    max_size=25,
)


def near(one: StoryProfile, other: StoryProfile) -> bool:
    keys = one.weights.keys() | other.weights.keys()
    same = all(abs(one.weights.get(key, 0) - other.weights.get(key, 0)) < 1e-3 for key in keys)
    return same and replace(one, weights={}) == replace(other, weights={})


@settings(max_examples=40, deadline=None)
@given(edits=EDITS)
def test_every_article_stays_in_one_story_and_every_story_is_what_its_articles_make_it(
    vocabulary: Vocabulary, edits: list[tuple[str, int, int, int]]
) -> None:
    stories: dict[int, list[Report]] = {}
    merged: dict[int, int] = {}
    count = 0
    for what, one, other, deed in edits:
        living = sorted(stories.keys() - merged.keys())
        if what == "join" or not living:
            count += 1
            story = living[one % len(living)] if living and other % 3 else len(stories) + 1
            of = [report.article.id for report in stories.get(story, []) if report.copy_of is None]
            copy = of[other % len(of)] if of and deed == 3 else None
            stories.setdefault(story, []).append(Report(article(count, deed, one, other + 100), copy))
        elif what == "merge" and len(living) > 1:
            to, gone = living[one % len(living)], living[other % len(living)]
            if to != gone:
                together = made(vocabulary, *stories[to], *stories[gone], story=to)
                stories[to], stories[gone], merged[gone] = list(together.reports), [], to
        elif what == "split":
            story = living[one % len(living)]
            asked = [report.article.id for report in stories[story]][other % 3 :: 2]
            if asked and len(asked) < len(stories[story]):
                try:
                    parts = parted(stories[story], asked, unfold=True)
                except ValueError as error:
                    assert "all of it" in str(error)
                    continue
                stories[story], stories[len(stories) + 1] = list(parts.left), list(parts.moved)
    assert sorted(id for reports in stories.values() for id in ids(reports)) == list(range(1, count + 1))
    for story in stories.keys() - merged.keys():
        there = made(vocabulary, *stories[story], story=story)
        own = sorted((one for one in there.reports), key=lambda one: one.article.published or NOON)
        assert [one.novelty for one in there.relations.values()].count(Novelty.STORY) == 1
        plain = joined(vocabulary, *(one.article for one in own if one.copy_of is None), story=story)
        copies = sum(one.copy_of is not None for one in own)
        times = [one.article.published for one in own if one.article.published]
        expected = replace(
            plain,
            title="Title",
            articles=len(own),
            copies=copies,
            first_seen=min(times),
            last_seen=max(times),
        )
        assert near(there.profile, expected)
