"""What a report adds as the database keeps it: whole, small, and readable whatever wrote it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.adapters.store.additions import Addition, additions, revised, to_document
from monitor.model import Added, Counted, Novelty, Relation

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
ADDED = Added(
    figures=(
        Counted(15000, "troops", "sent", "15,000 troops", before=12000),
        Counted(2, "ships", "", "two ships"),
        Counted(1, "tanks", "lost", "a tank", first=True),
    ),
    statements=("They left Rajin on Monday.",),
    names=("Kim Yong Bok",),
    dates=("10 March",),
    source="Wire",
    nearest=("The government met.", 0.5),
    uncompared="the first report in Korean",
    seeds=((4, 0.47),),
)
FIGURE = Relation(7, Novelty.FIGURE, "12,000 → 15,000 troops (sent)", similarity=0.41, added=ADDED)


def test_nothing_is_lost() -> None:
    assert additions(to_document(FIGURE)) == (Addition(Novelty.FIGURE, FIGURE.reason, 0.41, ADDED),)


def test_what_is_empty_takes_no_room() -> None:
    copy = Relation(7, Novelty.COPY, "94 % the same text", copy_of=3, similarity=0.94)
    assert to_document(copy) == {"novelty": "copy", "reason": "94 % the same text", "like": 0.94}


texts = st.text(max_size=20)
counted = st.builds(
    Counted,
    st.floats(-1e12, 1e12),
    st.text("abc", min_size=1),
    st.text("abc"),
    st.text("abc 1"),
    st.none() | st.floats(-1e12, 1e12),
) | st.builds(
    Counted, st.floats(0, 1e6), st.just("troops"), st.just("dead"), st.just("x"), st.none(), st.booleans()
)


@given(st.lists(counted, max_size=4), st.lists(texts, max_size=3))
def test_any_figures_and_words_come_back(figures: list[Counted], statements: list[str]) -> None:
    """Only NUL and lone surrogates do not: one of the databases refuses them."""
    relation = Relation(7, Novelty.FIGURE, "why", added=Added(tuple(figures), tuple(statements)))
    (back,) = additions(to_document(relation))
    assert back.added.figures == tuple(figures)
    assert [text for text in back.added.statements if text.isascii()] == [
        text.replace("\0", "") for text in statements if text.isascii()
    ]


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(None, id="an older release kept nothing"),
        pytest.param([], id="a list"),
        pytest.param("figure", id="a word"),
        pytest.param({"novelty": "unheard of"}, id="a novelty of a newer release"),
        pytest.param({"novelty": "figure", "figures": [["many", "troops", "sent", "x"]]}, id="no number"),
        pytest.param({"novelty": "figure", "figures": [[1]]}, id="half a figure"),
        pytest.param({"novelty": "figure", "figures": 3}, id="no figures"),
        pytest.param({"novelty": "figure", "seeds": [4]}, id="no likeness"),
        pytest.param({"novelty": "figure", "nearest": "x"}, id="no share"),
        pytest.param({"novelty": "figure", "at": "noon"}, id="no time"),
        pytest.param({"novelty": "figure", "like": None}, id="like nothing"),
    ],
)
def test_what_cannot_be_read_is_not_known(document: Any) -> None:
    assert additions(document) == ()


def test_what_a_newer_release_adds_is_passed_over() -> None:
    (found,) = additions(to_document(FIGURE) | {"mood": "grave", "earlier": "none"})
    assert found.added == ADDED


def test_an_article_that_is_changed_keeps_what_it_added_before() -> None:
    first = to_document(Relation(7, Novelty.STORY, "nothing like it was reported"))
    after = revised(revised(first, FIGURE, NOON), FIGURE, NOON + timedelta(hours=1))
    found = additions(after)
    assert [each.novelty for each in found] == [Novelty.STORY, Novelty.FIGURE, Novelty.FIGURE]
    assert [each.at for each in found] == [None, NOON, NOON + timedelta(hours=1)]


def test_of_an_article_that_is_changed_again_and_again_the_first_and_the_newest_are_kept() -> None:
    document: dict[str, Any] | None = to_document(Relation(7, Novelty.STORY, "first"))
    for hour in range(30):
        document = revised(document, FIGURE, NOON + timedelta(hours=hour))
    found = additions(document)
    assert found[0].reason == "first" and len(found) == 9
    assert [each.at for each in found[1:]] == [NOON + timedelta(hours=hour) for hour in range(22, 30)]


def test_where_nothing_was_kept_before_a_change_is_all_there_is() -> None:
    (only,) = additions(revised(None, FIGURE, NOON))
    assert (only.at, only.added) == (NOON, ADDED)
