"""What a report adds: a table of sentences, some said before in other words, some not said at all."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Article, Novelty, Relation, Span
from monitor.relate.features import features
from monitor.relate.novelty import KNOWN_ENOUGH, News, is_known_source, learnt, news
from monitor.relate.profile import KNOWN, StoryProfile
from monitor.relate.stories import adds, heard, join, origin
from monitor.relate.words.vocabulary import Vocabulary

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FIRST = Article(
    title="Bridge over the Oskil collapses near Kupiansk",
    body="A road bridge over the Oskil river collapsed on Monday night near the town of Kupiansk, the regional "
    "governor Oleh Syniehubov said. Two lorries and a bus fell into the water, and divers are searching the river "
    "bed for passengers. The bridge was the last that carried heavy vehicles to the eastern bank. Engineers had "
    "warned the ministry last autumn that its northern pillar was cracked and asked for repairs before winter.",
    source="Example Wire",
    language="en",
    published=NOON,
    id=1,
)
NEXT = Article(
    title="Oskil bridge: divers go on searching",
    body="Divers went on searching the bed of the Oskil river near Kupiansk for passengers of the bus. ",
    source="Example Wire",
    language="en",
    published=NOON + timedelta(hours=5),
    id=2,
)
NEW = "Prosecutors arrested a contractor, Danylo Hrechko, who allegedly sold counterfeit steel bolts in 2019."


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    learnt = Vocabulary()
    for article in (FIRST, NEXT):
        learnt.observe(features(article).terms, "en")
    return learnt


@pytest.fixture(scope="module")
def story(vocabulary: Vocabulary) -> StoryProfile:
    opened = Relation(7, Novelty.STORY, "")
    return join(None, FIRST, features(FIRST), opened, vocabulary, NOON)


def found(article: Article, story: StoryProfile, vocabulary: Vocabulary) -> News:
    return news(article, features(article), origin(article), story, vocabulary)


def saying(*sentences: str, **changes: object) -> Article:
    return replace(NEXT, body=NEXT.body + " ".join(sentences), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "sentence",
    [
        NEW,
        "A temporary pontoon crossing will open on Thursday for ambulances and fuel trucks from Kharkiv.",
        "Insurers in Kyiv estimate losses at several hundred million hryvnias.",
    ],
)
def test_a_statement_nobody_made_is_new(sentence: str, story: StoryProfile, vocabulary: Vocabulary) -> None:
    article = saying(sentence)
    assert [article.body[s.start : s.end] for s in found(article, story, vocabulary).statements] == [sentence]


@pytest.mark.parametrize(
    "sentence",
    [
        "The regional governor said that divers searched the river for passengers of the bus.",
        "Its northern pillar had been cracked, engineers warned the ministry in autumn.",
        "The Oskil bridge near Kupiansk, the last for heavy vehicles, collapsed suddenly.",
        "Read more about it here.",
        "",
        FIRST.body.partition(". ")[0] + ".",
    ],
)
def test_what_was_said_in_other_words_is_not(
    sentence: str, story: StoryProfile, vocabulary: Vocabulary
) -> None:
    assert found(saying(sentence), story, vocabulary) == News()


def test_an_update_says_what_is_new_and_where(story: StoryProfile, vocabulary: Vocabulary) -> None:
    article = saying(NEW, "Repairs begin on 9 March.")
    added = found(article, story, vocabulary)
    assert (added.names, added.dates) == (("Danylo Hrechko",), ("9 March",))
    relation = adds(article, features(article), story, 0.5, vocabulary)
    assert relation.novelty is Novelty.STATEMENT
    assert relation.reason == f"new: “{NEW}”; names: Danylo Hrechko"
    assert [article.body[s.start : s.end] for s in relation.where] == [NEW]


def test_a_dateline_is_not_quoted(story: StoryProfile, vocabulary: Vocabulary) -> None:
    article = saying(f"KUPIANSK, Ukraine (CPA) - {NEW}")
    assert found(article, story, vocabulary).says(article).startswith(f"new: “{NEW}”")


def test_a_long_quotation_leaves_room_for_what_follows_it() -> None:
    body = "They said " + "and went on saying " * 20 + "it."
    article, span = replace(FIRST, body=body), Span("body", 0, len(body))
    names = (
        "Danylo Hrechko",
        "Kim Yong Bok of Pyongyang",
        "Maximilian-Alexander von und zu Hohenlohe-Waldenburg",
    )
    for known, ends in (
        ((), "” and 2 more"),
        (names[:2], "” and 2 more; names: Danylo Hrechko, Kim Yong Bok of Pyongyang"),
        (names, "” and 2 more; names: Danylo Hrechko, Kim Yong Bok of Pyongyang"),
        (names[2:], "” and 2 more; names: Maximilian-Alexander von und zu Hohenlo…"),
    ):
        said = News(statements=(span, span, span), names=known).says(article)
        assert said.startswith("new: “They said and went") and said.endswith(f"…{ends}")
        assert len(said.removeprefix("new: ")) <= 160


@pytest.mark.parametrize(
    "change",
    [{"language": "de"}, {"language": None}],
    ids=["in a language the story has no report in", "in an unknown one"],
)
def test_what_cannot_be_compared_is_not_called_new(
    change: dict[str, object], story: StoryProfile, vocabulary: Vocabulary
) -> None:
    assert found(saying(NEW, **change), story, vocabulary).statements == ()


def test_a_story_of_one_short_notice_knows_too_little(vocabulary: Vocabulary) -> None:
    notice = replace(FIRST, body="")
    assert len(features(notice).terms) < KNOWN_ENOUGH
    opened = join(None, notice, features(notice), Relation(7, Novelty.STORY, ""), vocabulary, NOON)
    assert found(saying(NEW), opened, vocabulary).statements == ()


def test_it_is_new_once(story: StoryProfile, vocabulary: Vocabulary) -> None:
    article = saying(NEW)
    relation = adds(article, features(article), story, 0.5, vocabulary)
    both = join(story, article, features(article), relation, vocabulary, NOON)
    later = saying(
        "The contractor Danylo Hrechko, arrested by prosecutors, had sold counterfeit bolts of steel."
    )
    assert found(later, both, vocabulary) == News()


def test_a_second_source_comes_first(story: StoryProfile, vocabulary: Vocabulary) -> None:
    """It is told once a story, a statement whenever there is one."""
    article = saying(NEW, source="Other Daily")
    relation = adds(article, features(article), story, 0.5, vocabulary)
    assert (relation.novelty, relation.reason) == (
        Novelty.SOURCE,
        "second source: Other Daily after Example Wire",
    )


@pytest.mark.parametrize(
    ("novelty", "where", "spans", "expected"),
    [
        (Novelty.STATEMENT, [("body", 10, 20)], [("body", 12, 15)], Novelty.STATEMENT),
        (Novelty.STATEMENT, [("body", 10, 20)], [("body", 20, 25)], Novelty.NOTHING),
        (Novelty.STATEMENT, [("body", 10, 20)], [("title", 12, 15)], Novelty.NOTHING),
        (Novelty.STATEMENT, [("body", 10, 20)], [], Novelty.NOTHING),
        (Novelty.STATEMENT, [], [("body", 12, 15)], Novelty.STATEMENT),  # stored before: not known any more
        (Novelty.FIGURE, [("body", 10, 20)], [("body", 20, 25)], Novelty.FIGURE),
    ],
)
def test_a_statement_is_heard_where_the_rule_matched(
    novelty: Novelty, where: list[tuple[str, int, int]], spans: list[tuple[str, int, int]], expected: Novelty
) -> None:
    relation = Relation(7, novelty, "because", where=tuple(Span(*at) for at in where))
    assert heard(relation, [Span(*at) for at in spans]).novelty is expected


@given(st.lists(st.lists(st.text(min_size=1, max_size=4), max_size=30), max_size=6), st.integers(1, 40))
def test_the_latest_words_are_remembered_each_once(reports: list[list[str]], most: int) -> None:
    known, said = b"", set[str]()
    for report in reports:
        known = learnt(known, dict.fromkeys(report), most)
        said.update(report)
        hashes = {known[i : i + 4] for i in range(0, len(known), 4)}
        assert len(known) // 4 == len(hashes) == min(most, len(said))


@pytest.mark.parametrize(
    ("data", "languages", "weights"),
    [
        (
            {"format": 1, "weights": {"the": 0.1, "and": 0.1, "kursk": 1.0}},
            (),
            {"en the", "en and", "en kursk"},
        ),
        ({"format": 1, "weights": {"der": 0.1, "kursk": 1.0}}, (), {"de der", "de kursk"}),
        ({"format": 2, "weights": {"мост": 1.0}, "languages": ["ru"]}, ("ru",), {"ru мост"}),
    ],
)
def test_a_story_of_an_earlier_release_is_read(
    data: dict[str, object], languages: tuple[str, ...], weights: set[str], story: StoryProfile
) -> None:
    """It did not tell languages apart, nor know which words were said."""
    stored = json.loads(story.dump())
    old = {key: value for key, value in stored.items() if key not in ("known", "languages")} | data
    read = StoryProfile.load(json.dumps(old).encode())
    assert (read.title, read.figures, read.languages) == (story.title, story.figures, languages)
    assert read.weights.keys() == weights
    assert read.known == b""


def test_a_story_knows_its_words(story: StoryProfile) -> None:
    assert len(story.known) // 4 == len(features(FIRST).terms) <= KNOWN


def test_an_outlet_whose_page_could_not_be_read_is_no_second_source_to_itself(vocabulary: Vocabulary) -> None:
    opened = Relation(7, Novelty.STORY, "")
    unread = replace(FIRST, url="https://www.wire.example/1", source="wire.example", agency=None)
    story = join(None, unread, features(unread), opened, vocabulary, NOON)
    for url, agency, fresh in (
        ("https://wire.example/2", None, ""),
        ("https://daily.example/2", None, "Example Daily"),
        ("https://wire.example/2", "Meridian", "Meridian"),
    ):
        later = replace(NEXT, url=url, source="Example Daily", agency=agency)
        assert found(later, story, vocabulary).source == fresh
        after = join(story, later, features(later), Relation(7, Novelty.NOTHING, ""), vocabulary, NOON)
        assert after.sources == ("wire.example", *([fresh] if fresh else []))


@pytest.mark.parametrize(
    ("first", "later", "host", "one"),
    [
        ("exampledaily.example", "Example Daily", "exampledaily.example", True),
        ("Example Daily", "exampledaily.example", "exampledaily.example", True),
        ("The Example Daily", "example-daily.co.example", "example-daily.co.example", True),
        ("Example Daily", "theexampledaily.example", "theexampledaily.example", True),
        ("Example Daily", "Example Daily - World", "wire.example", True),
        ("World | Example Daily", "Example Daily", "wire.example", True),
        ("Times", "Times of Example", "wire.example", False),
        ("Example Daily - World", "Example Wire - World", "wire.example", False),
        ("Example Daily", "wire.example", "wire.example", False),
        ("Example", "wire.example", "wire.example", False),  # the last label names no outlet
        ("wire.example", "daily.example", "daily.example", False),
    ],
)
def test_an_outlet_is_one_source_by_whatever_name_and_in_whatever_order(
    first: str, later: str, host: str, one: bool, story: StoryProfile
) -> None:
    article = replace(NEXT, url=f"https://www.{host}/2", source=later, agency=None)
    assert is_known_source(article, later, replace(story, sources=(first,))) is one
    assert not is_known_source(article, later, replace(story, sources=()))
