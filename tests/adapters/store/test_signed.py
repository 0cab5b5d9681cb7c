"""Looking copies up by band keys: who is found, in which order, and that common keys cost no more than rare ones."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import event

from monitor.adapters.store import Store
from monitor.model import Article, Novelty, Relation
from monitor.relate.copies.folding import EACH, MOST, Filed, band_keys, candidates, repeated
from monitor.relate.copies.signatures import KEYS, signature

RARE = tuple(range(1000, 1000 + KEYS))
COMMON = 7


def file(store: Store, now: datetime, *keys: tuple[int, ...], copy_of: int | None = None) -> list[int]:
    """Articles of one story, signed under these keys; their ids."""
    with store.settlement(now) as tx:
        at = [
            (f"{now}{copy_of}{number}", Article("t", "b", collected=now), None) for number in range(len(keys))
        ]
        ids = tx.add_articles(at)
        story = tx.open_story("t")
        for id, own in zip(ids, keys, strict=True):
            tx.place(id, Relation(story, Novelty.COPY if copy_of else Novelty.STORY, "", copy_of))
            tx.sign(id, f"signature {id}".encode(), own)
    return ids


def alike(store: Store, now: datetime, keys: tuple[int, ...], apart_from: int = 0) -> list[int]:
    with store.settlement(now) as tx:
        return [filed.article for filed in tx.signed_alike(keys, apart_from)]


def test_who_shares_most_keys_comes_first(store: Store, now: datetime) -> None:
    few, most, one, none = file(
        store, now, (*RARE[:3], 1), RARE[2:10], (*RARE[:1], 2, 3), tuple(range(50, 50 + KEYS))
    )
    assert alike(store, now, RARE) == [most, few]  # one key in common is a set phrase more often than a copy
    assert alike(store, now, RARE[:3]) == [few, one, most]  # but a headline has no more
    assert alike(store, now, RARE, apart_from=most) == [few]
    assert none not in alike(store, now, RARE)
    assert alike(store, now, ()) == []


def test_the_likest_come_with_their_story_and_signature(store: Store, now: datetime) -> None:
    (id,) = file(store, now, RARE)
    with store.settlement(now) as tx:
        relation = tx.relation_of(id)
        assert relation is not None
        assert tx.signed_alike(RARE, 0) == [Filed(id, relation.story, f"signature {id}".encode(), now, "")]


def test_a_copy_stands_for_the_article_that_it_is_a_copy_of(store: Store, now: datetime) -> None:
    (first,) = file(store, now, RARE[:2] + tuple(range(14)))
    file(store, now, RARE, copy_of=first)
    assert alike(store, now, RARE) == [first, first]


def test_signing_anew_forgets_the_keys_of_an_earlier_revision(store: Store, now: datetime) -> None:
    (id,) = file(store, now, RARE)
    with store.settlement(now) as tx:
        tx.sign(id, b"new", (1, 2, 2))
    assert alike(store, now, RARE) == []
    assert alike(store, now, (1, 2)) == [id]


def test_of_a_key_that_very_many_have_the_latest_are_looked_at(store: Store, now: datetime) -> None:
    old, *_ = file(
        store, now, (*RARE[:8], COMMON), *[(COMMON, 10_000 + n, 20_000 + n) for n in range(5 * EACH)]
    )
    assert alike(store, now, RARE) == [old]
    found = alike(store, now, (COMMON, *RARE[:2]))
    assert len(found) == MOST and found[0] == old
    assert found[1:] == sorted(found[1:], reverse=True)


def test_a_copy_of_a_copy_is_folded_under_the_first(store: Store, now: datetime) -> None:
    text = " ".join(f"word{n} thing{n % 7}" for n in range(90))
    parts = [text, text[: len(text) * 8 // 10], text[: len(text) * 6 // 10]]
    first, second = (signature("", part) for part in parts[:2])
    (of,) = file(store, now, ())
    (copy,) = file(store, now, (), copy_of=of)
    with store.settlement(now) as tx:
        tx.sign(of, b"\xffwritten by a newer monitor", band_keys(first))
        tx.sign(copy, second.dump(), band_keys(second))
        third = signature("", parts[2])
        like = repeated(third, candidates(tx.signed_alike(band_keys(third), 0)))
    assert like is not None
    assert (like.candidate.article, like.corrects) == (of, False)


@pytest.mark.parametrize("keys", [1, 2, KEYS])
def test_one_question_whatever_the_number_of_keys(store: Store, now: datetime, keys: int) -> None:
    file(store, now, RARE)
    asked: list[str] = []

    def remember(_c: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    with store.settlement(now) as tx:
        event.listen(store.database.engine, "before_cursor_execute", remember)
        tx.signed_alike(RARE[:keys], 0)
        event.remove(store.database.engine, "before_cursor_execute", remember)
    assert len(asked) == 1
