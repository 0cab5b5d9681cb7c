"""Stories: which one an article joins, what it adds, and what a story remembers."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model import Article, Novelty, Origin, Relation, Span
from monitor.relate.copies.folding import Candidate
from monitor.relate.features import features
from monitor.relate.profile import STATEMENTS, TERMS, StoryProfile, added, space, vector
from monitor.relate.stories import faded, join, origin, pace, relate, when, without
from monitor.relate.words.vocabulary import Vocabulary

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)

TROOPS = Article(
    title="North Korea sends 12,000 troops to Russia's Kursk region",
    body="North Korea has sent around 12,000 troops to Russia's Kursk region, the spy agency in Seoul "
    "said on Monday. "
    "The soldiers travelled by train and by ship, it said.",
    source="Example Wire",
    language="en",
    published=NOON,
    collected=NOON,
    id=1,
)
MORE = Article(
    title="Seoul: 15,000 North Korean troops now sent to Kursk",
    body="Pyongyang has by now sent 15,000 soldiers to fight in Russia's Kursk region, "
    "lawmakers heard from the agency.",
    source="Other Daily",
    language="en",
    published=NOON + 5 * HOUR,
    collected=NOON + 5 * HOUR,
    id=2,
)
AGAIN = replace(
    MORE,
    title="Spy agency confirms North Korean troops in Kursk region",
    body="The agency told lawmakers behind closed doors that North Korean troops were seen "
    "in Russia's Kursk region.",
)
ELSEWHERE = Article(
    title="Port votes for a wider quay",
    body="The council of the southern port voted last night to widen its main quay, after years of quarrels.",
    source="Harbour News",
    language="en",
    published=NOON + HOUR,
    collected=NOON + HOUR,
    id=3,
)
NOISE = [
    f"Report {i}: the {a} of the {b} said on Monday that it had sent a {c} to the region in the south."
    for i, (a, b, c) in enumerate(
        (a, b, c)
        for a in ("mayor", "council", "agency", "club")
        for b in ("port", "city", "league", "valley")
        for c in ("letter", "team", "doctor", "train")
    )
]


@pytest.fixture
def vocabulary() -> Vocabulary:
    learnt = Vocabulary()
    for text in (*NOISE, TROOPS.body, MORE.body, AGAIN.body, ELSEWHERE.body):
        learnt.observe(features(Article("", text)).terms)
    return learnt


@pytest.fixture
def story(vocabulary: Vocabulary) -> StoryProfile:
    return opened(TROOPS, vocabulary)


def opened(article: Article, vocabulary: Vocabulary, story: int = 7) -> StoryProfile:
    return join(None, article, features(article), Relation(story, Novelty.STORY, ""), vocabulary, NOON)


def candidate(article: Article, story: int = 7) -> Candidate:
    return Candidate(article.id, story, features(article).signature)


def related(article: Article, vocabulary: Vocabulary, *profiles: StoryProfile, copies=()) -> Relation:
    return relate(article, features(article), profiles, copies, vocabulary, NOON)


def test_the_first_article_opens_a_story(vocabulary: Vocabulary) -> None:
    relation = related(TROOPS, vocabulary)
    assert (relation.story, relation.novelty, relation.copy_of) == (0, Novelty.STORY, None)
    assert relation.reason


def test_other_news_opens_another_story(vocabulary: Vocabulary, story: StoryProfile) -> None:
    relation = related(ELSEWHERE, vocabulary, story)
    assert (relation.story, relation.novelty) == (0, Novelty.STORY)


def test_a_changed_figure_is_an_update_and_says_where(vocabulary: Vocabulary, story: StoryProfile) -> None:
    relation = related(MORE, vocabulary, story)
    assert (relation.story, relation.novelty) == (7, Novelty.FIGURE)
    assert relation.reason == "12,000 (Example Wire) → 15,000 troops (sent)"
    assert Span("title", 0, len(MORE.title)) in relation.where


def test_what_an_article_counted_for_can_be_taken_back(vocabulary: Vocabulary, story: StoryProfile) -> None:
    found = features(MORE)
    both = join(story, MORE, found, Relation(7, Novelty.SOURCE, ""), vocabulary, NOON)
    alone = without(both, vector(found, vocabulary))
    assert (alone.articles, alone.copies) == (1, 0) and both.articles == 2
    assert alone.weights == pytest.approx(dict(story.weights), abs=0.001)
    assert alone.sources == both.sources, "what was said stays said"
    copied = join(story, TROOPS, features(TROOPS), Relation(7, Novelty.COPY, ""), vocabulary, NOON)
    assert without(copied, None) == story


def test_the_second_source_counts_once(vocabulary: Vocabulary, story: StoryProfile) -> None:
    relation = related(AGAIN, vocabulary, story)
    assert (relation.story, relation.novelty) == (7, Novelty.SOURCE)
    assert "Other Daily" in relation.reason
    two = join(story, AGAIN, features(AGAIN), relation, vocabulary, NOON)
    third = replace(AGAIN, source="Third Post")
    assert related(third, vocabulary, two).novelty is Novelty.NOTHING


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"source": "Example Wire"}, id="same outlet"),
        pytest.param({"source": "EXAMPLE WIRE "}, id="spelt otherwise"),
        pytest.param({"agency": "Example Wire"}, id="the first outlet's agency"),
        pytest.param({"source": ""}, id="nobody named"),
    ],
)
def test_what_is_no_second_source(change: dict, vocabulary: Vocabulary, story: StoryProfile) -> None:
    assert related(replace(AGAIN, **change), vocabulary, story).novelty is Novelty.NOTHING


def test_a_seed_is_a_member_but_no_source(vocabulary: Vocabulary) -> None:
    seed = replace(TROOPS, origin=Origin.SEED)
    profile = opened(seed, vocabulary)
    assert (profile.articles, profile.sources, origin(seed)) == (1, (), "")
    assert related(AGAIN, vocabulary, profile).novelty is Novelty.NOTHING


def test_a_copy_is_folded_under_the_earliest(vocabulary: Vocabulary, story: StoryProfile) -> None:
    copy = replace(TROOPS, id=9, source="Third Post", body=TROOPS.body + " (Third Post)")
    copies = [candidate(replace(TROOPS, id=5)), candidate(TROOPS), candidate(ELSEWHERE, 8)]
    relation = related(copy, vocabulary, story, copies=copies)
    assert (relation.story, relation.novelty, relation.copy_of) == (7, Novelty.COPY, 1)
    assert relation.reason.endswith(" % the same text")  # whose is said by copy_of
    joined = join(story, copy, features(copy), relation, vocabulary, NOON)
    assert (joined.articles, joined.copies) == (2, 1)
    assert (joined.sources, joined.weights, joined.figures) == (story.sources, story.weights, story.figures)


def test_a_copy_of_what_is_in_no_story_is_news(vocabulary: Vocabulary) -> None:
    """Nobody can have been told of it: folding it would lose the report."""
    assert related(replace(TROOPS, id=9), vocabulary, copies=[candidate(TROOPS, 0)]).novelty is Novelty.STORY


def test_a_correction_of_a_text_is_an_update(vocabulary: Vocabulary, story: StoryProfile) -> None:
    corrected = replace(
        TROOPS,
        id=9,
        title=TROOPS.title.replace("12,000", "15,000"),
        body=TROOPS.body.replace("12,000", "15,000"),
    )
    relation = related(corrected, vocabulary, story, copies=[candidate(TROOPS)])
    assert (relation.story, relation.novelty, relation.copy_of) == (7, Novelty.FIGURE, None)
    assert relation.reason == "12,000 (Example Wire) → 15,000 troops (sent)"
    # The corrected text again is a copy of the correction, though it differs from the first.
    both = join(story, corrected, features(corrected), relation, vocabulary, NOON)
    again = replace(corrected, id=10)
    assert related(again, vocabulary, both, copies=[candidate(TROOPS), candidate(corrected)]).copy_of == 9


def test_a_corrected_number_that_counts_nothing_known(vocabulary: Vocabulary) -> None:
    text = "The index of the exchange closed at 4.7 in the evening, after a day on which little was sold."
    before = Article("Index closes", text, id=1, published=NOON)
    now = replace(before, id=2, body=text.replace("4.7", "5.2"))
    relation = related(now, vocabulary, opened(before, vocabulary), copies=[candidate(before)])
    assert relation.novelty is Novelty.FIGURE
    assert "5.2" in relation.reason
    assert [now.body[span.start : span.end] for span in relation.where] == [now.body]


def test_a_correction_the_story_had_already_is_nothing_new(
    vocabulary: Vocabulary, story: StoryProfile
) -> None:
    known = join(story, MORE, features(MORE), related(MORE, vocabulary, story), vocabulary, NOON)
    late = replace(TROOPS, id=9, title="", body=TROOPS.body.replace("12,000", "15,000"))
    assert (
        related(late, vocabulary, known, copies=[candidate(replace(TROOPS, title=""))]).novelty
        is Novelty.NOTHING
    )


GERMAN = Article(
    title="Seoul: 12.000 nordkoreanische Soldaten in Kursk",
    body="Nordkorea hat nach Angaben aus Seoul rund 12.000 Soldaten in die russische Region Kursk geschickt.",
    source="Beispiel", language="de", published=NOON + HOUR, collected=NOON + HOUR, id=4,
)  # fmt: skip
RUSSIAN = Article(
    title="Сеул: 12 000 солдат КНДР отправлены в Курскую область",
    body="Северная Корея отправила в Курскую область России около 12 000 солдат, сообщили в Сеуле.",
    source="Пример", language="ru", published=NOON + HOUR, collected=NOON + HOUR, id=5,
)  # fmt: skip
OTHERS = Article(
    title="Stadtrat von Kursk plant neue Schule",
    body="Der Stadtrat von Kursk hat beschlossen, im Norden der Stadt eine Schule für 900 Kinder zu bauen.",
    source="Beispiel", language="de", published=NOON + HOUR, collected=NOON + HOUR, id=7,
)  # fmt: skip


@pytest.mark.parametrize(
    ("article", "expected"),
    [(GERMAN, 7), (RUSSIAN, 7), (OTHERS, 0)],
    ids=["de", "ru", "other"],
)
def test_one_event_in_another_language_is_one_story(
    article: Article, expected: int, vocabulary: Vocabulary, story: StoryProfile
) -> None:
    """Where names, numbers, places and what happened say so; the name of a town alone does not."""
    assert related(article, vocabulary, story).story == expected


def test_a_story_fades(vocabulary: Vocabulary, story: StoryProfile) -> None:
    stories = {}
    for days in (0, 2, 90):
        late = replace(AGAIN, published=NOON + timedelta(days=days), collected=NOON + timedelta(days=days))
        stories[days] = related(late, vocabulary, story).story
    assert stories == {0: 7, 2: 7, 90: 0}


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_fading_only_falls(a: int, b: int) -> None:
    sooner, later = sorted((a, b))
    assert 1 >= faded(timedelta(minutes=sooner)) >= faded(timedelta(minutes=later)) >= 0


@pytest.mark.parametrize(
    ("articles", "lasted", "expected"),
    [(1, 0 * HOUR, 12 * HOUR), (3, 10 * HOUR, 5 * HOUR), (2, 500 * HOUR, 72 * HOUR), (9, 0 * HOUR, 0 * HOUR)],
)
def test_a_story_has_a_pace(
    articles: int, lasted: timedelta, expected: timedelta, story: StoryProfile
) -> None:
    paced = replace(story, articles=articles, last_seen=story.first_seen + lasted)
    assert pace(paced) == expected


def test_a_slow_story_waits_longer() -> None:
    assert faded(48 * HOUR, 36 * HOUR) > faded(48 * HOUR, 6 * HOUR) > faded(48 * HOUR, 0 * HOUR)


@pytest.mark.parametrize(
    ("published", "collected", "expected"),
    [
        (NOON, NOON + HOUR, NOON),
        (None, NOON + HOUR, NOON + HOUR),
        (NOON + 100 * HOUR, NOON, NOON),  # a clock ahead, or a date to come
        (None, None, NOON),
        (NOON - HOUR, None, NOON - HOUR),
    ],
)
def test_when(published: datetime | None, collected: datetime | None, expected: datetime) -> None:
    assert when(Article("", "", published=published, collected=collected), NOON) == expected


def test_a_late_article_does_not_make_a_story_younger(vocabulary: Vocabulary, story: StoryProfile) -> None:
    early = replace(AGAIN, published=NOON - 3 * HOUR)
    joined = join(story, early, features(early), related(early, vocabulary, story), vocabulary, NOON)
    assert (joined.first_seen, joined.last_seen) == (NOON - 3 * HOUR, NOON)


@settings(deadline=None)  # a dozen articles are read for each order
@given(st.permutations(range(6)))
def test_the_order_of_stories_and_candidates_does_not_matter(order: list[int]) -> None:
    learnt = Vocabulary()
    articles = [
        replace(article, id=10 + i, title=f"{article.title} {word}")
        for i, (article, word) in enumerate(
            (a, w) for a in (TROOPS, AGAIN, ELSEWHERE) for w in ("today", "again")
        )
    ]
    profiles = [opened(article, learnt, story=20 + i) for i, article in enumerate(articles)]
    copies = [candidate(article, 20 + i) for i, article in enumerate(articles)]
    expected = relate(MORE, features(MORE), profiles, copies, learnt, NOON)
    shuffled = relate(
        MORE, features(MORE), [profiles[i] for i in order], [copies[i] for i in order], learnt, NOON
    )
    assert shuffled == expected
    copy = replace(TROOPS, id=99)
    assert (
        relate(
            copy, features(copy), [profiles[i] for i in order], [copies[i] for i in order], learnt, NOON
        ).copy_of
        == 10
    )


def test_a_profile_survives_storing(vocabulary: Vocabulary, story: StoryProfile) -> None:
    full = replace(
        join(story, MORE, features(MORE), related(MORE, vocabulary, story), vocabulary, NOON), uid="u"
    )
    assert StoryProfile.load(full.dump()) == full
    assert full.statements == features(TROOPS).statements + features(MORE).statements


def test_a_profile_without_names_is_readable(story: StoryProfile) -> None:
    """An earlier release remembered no names."""
    assert story.mentions
    before = {key: value for key, value in json.loads(story.dump()).items() if key != "mentions"}
    assert StoryProfile.load(json.dumps(before).encode()) == replace(story, mentions=())


@pytest.mark.parametrize("data", [b"", b"[]", b'{"format": 99}', b"\xff"])
def test_what_is_no_profile_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        StoryProfile.load(data)


def test_a_profile_stays_small(vocabulary: Vocabulary) -> None:
    profile = opened(TROOPS, vocabulary)
    for number in range(60):
        text = " ".join(
            f"Town {w}{number} counted {1000 + 7 * number + i} lost houses."
            for i, w in enumerate("abcdefghijkl")
        )
        article = replace(ELSEWHERE, body=text, id=number + 10, source=f"outlet {number}")
        profile = join(
            profile, article, features(article), Relation(7, Novelty.NOTHING, ""), vocabulary, NOON
        )
    assert max(Counter(map(space, profile.weights)).values()) <= TERMS
    assert len(profile.statements) <= STATEMENTS
    assert len(profile.dump()) < 40_000
    assert StoryProfile.load(profile.dump()) == profile


def test_an_article_without_words_opens_a_story_of_its_own(
    vocabulary: Vocabulary, story: StoryProfile
) -> None:
    empty = Article("", "", published=NOON)
    assert vector(features(empty), vocabulary) == {}
    assert related(empty, vocabulary, story, opened(empty, vocabulary, 8)).story == 0


def test_the_heaviest_terms_are_kept() -> None:
    weights = {f"term{i:03}": 1.0 + i for i in range(TERMS)}
    kept = added(weights, {"light": 0.5, "term000": 500.0})
    assert len(kept) == TERMS
    assert "light" not in kept
    assert next(iter(kept)) == "term000"
