"""The index finds every article that a query could match: whatever was stored, changed, dropped or broken off."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, event, insert, text

from monitor.adapters.store import Database, Store, backup, migrate, search
from monitor.adapters.store.articles import drop_unmatched
from monitor.adapters.store.schema import articles, meta
from monitor.match.index import narrow
from monitor.match.index.narrow import AllOf, AnyOf, Has, required
from monitor.match.language import nodes
from monitor.model import Article, Origin
from monitor.text import clean, one_line
from tests.adapters.store.older import migrate_to
from tests.match import strategies
from tests.match.slow import holds

NOW = datetime.fromisoformat("2026-03-10T09:30:00+00:00")
TEXTS = (
    "North Korea sent troops to Russia's Kursk region.",
    "The U.S. said kpa.org was down; O'Brien's 3.5 million a_b.",
    "북한군이 러시아에 도착했다.",
    "朝鲜军队在俄罗斯",
    'צה"ל and \'quotes\\ and "more", 12,000; re:start 👍🏽',
)


def store_all(database: Database, *items: Article, prefix: str = "a") -> list[int]:
    with Store(database, lambda *_: "").settlement(NOW) as tx:
        return tx.add_articles([(f"{prefix}:{n}", item, None) for n, item in enumerate(items)])


def found(
    database: Database, condition: narrow.Condition, first: int = 1, last: int = 10**9
) -> list[int] | None:
    with database.read() as connection:
        ids = search.candidates(connection, condition, first, last)
    return None if ids is None else ids.tolist()


@pytest.fixture
def stored(database: Database) -> list[int]:
    return store_all(database, *(Article(one_line(body), body) for body in TEXTS))


@pytest.mark.parametrize(
    ("condition", "places"),
    [
        (Has("troops"), [0]),
        (Has("troop"), []),
        (Has("troop", prefix=True), [0]),
        (Has("korea"), [0]),
        (Has("u.s"), [1]),
        (Has("kpa"), []),
        (Has("\u2400kpa"), [1]),
        (Has("o'brien"), [1]),
        (Has("3.5"), [1]),
        (Has("a_b"), [1]),
        (Has("북한", prefix=True), [2]),
        (Has("朝"), [3]),
        (Has('צה"ל'), [4]),
        (Has("12,000"), [4]),
        (Has("re:s", prefix=True), [4]),
        (Has("👍🏽"), [4]),
        (AllOf((Has("north"), Has("russia"))), [0]),
        (AllOf((Has("north"), Has("o'brien"))), []),
        (AnyOf((Has("north"), Has("o'brien"), Has("absent"))), [0, 1]),
        (AllOf((AnyOf((Has("and"), Has("said"))), AnyOf((Has("u.s"), Has("re", prefix=True))))), [1, 4]),
    ],
)
def test_words_are_found_as_they_are_analysed(
    database: Database, stored: list[int], condition: narrow.Condition, places: list[int]
) -> None:
    assert found(database, condition) == [stored[place] for place in places]


def test_a_range_of_ids_is_kept_to(database: Database, stored: list[int]) -> None:
    said = AnyOf((Has("north"), Has("said"), Has("朝")))
    assert found(database, said, stored[1], stored[2]) == [stored[1]]


@given(
    st.lists(strategies.articles, min_size=1, max_size=6),
    st.lists(strategies.queries, min_size=1, max_size=6),
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_matches_is_found(database: Database, items: list[Article], queries: list[nodes.Node]) -> None:
    with database.read() as connection:
        count = connection.scalar(text("SELECT count(*) FROM articles"))
    ids = store_all(database, *items, prefix=f"{count}")
    for query in queries:
        condition = required(query)
        if condition is not None:
            matching = {id for id, item in zip(ids, items, strict=True) if holds(query, item)}
            assert matching <= set(found(database, condition, ids[0], ids[-1]) or ())


anything = st.text(max_size=60).map(clean)


@given(st.lists(anything, min_size=1, max_size=8), st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_word_of_any_text_is_found(database: Database, bodies: list[str], data: st.DataObject) -> None:
    with database.read() as connection:
        count = connection.scalar(text("SELECT count(*) FROM articles"))
    ids = store_all(database, *(Article("", body) for body in bodies), prefix=f"{count}")
    for id, body in zip(ids, bodies, strict=True):
        kept = sorted(narrow.keywords([body]))
        if kept:
            word = data.draw(st.sampled_from(kept))
            beginning = Has(word[: data.draw(st.integers(1, len(word)))], prefix=True)
            for condition in (Has(word), beginning, AllOf((Has(word), beginning))):
                assert id in (found(database, condition, ids[0], ids[-1]) or ())


WORDS = ("ab", "abc", "b", "ob'd", "朝", "kpa.org")
few = st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join)
moves = st.lists(
    st.one_of(
        st.tuples(st.just("add"), few),
        st.tuples(st.just("change"), few, st.integers(0, 9)),
        st.tuples(st.just("drop"), st.integers(1, 3)),
    ),
    max_size=12,
)


@given(moves)
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_happens_the_index_is_of_what_is_stored(
    database: Database, moves: list[tuple[Any, ...]]
) -> None:
    """Exactly that: what was said before and what was dropped is not found any more."""
    store = Store(database, lambda *_: "")
    store.drop_unmatched(NOW + timedelta(days=1))
    kept: dict[int, str] = {}
    for number, (what, *how) in enumerate(moves):
        if what == "add":
            [id] = store_all(database, Article("", how[0]), prefix=f"{number}")
            kept[id] = how[0]
        elif what == "change" and kept:
            id = sorted(kept)[how[1] % len(kept)]
            kept[id] = how[0]
            with store.settlement(NOW) as tx:
                tx.revise_article(Article("", how[0], id=id))
        elif what == "drop":
            with database.write() as connection:
                gone = drop_unmatched(connection, NOW + timedelta(days=1), limit=how[0])
            with database.read() as connection:
                left = set(connection.scalars(text("SELECT id FROM articles")))
            assert gone == len(kept) - len(left)
            kept = {id: said for id, said in kept.items() if id in left}
    for word in WORDS:
        expected = sorted(id for id, said in kept.items() if word in said.split())
        assert found(database, Has(word)) == expected
    if database.is_sqlite:
        with database.write() as connection:
            check = "INSERT INTO article_words (article_words) VALUES ('integrity-check')"
            connection.exec_driver_sql(check)


def test_a_changed_article_is_found_by_its_new_words_only(database: Database, stored: list[int]) -> None:
    with Store(database, lambda *_: "").settlement(NOW) as tx:
        tx.revise_article(replace(Article("Rain", "It rained."), id=stored[0], revision=2))
    assert found(database, Has("troops")) == []
    assert found(database, Has("rained")) == [stored[0]]


def test_dropped_articles_leave_the_index(database: Database, stored: list[int]) -> None:
    assert Store(database, lambda *_: "").drop_unmatched(NOW + timedelta(days=1)) == len(stored)
    for word in ("troops", "kpa.org", "朝"):
        assert found(database, Has(word)) == []


def test_what_is_rolled_back_is_not_indexed(database: Database) -> None:
    with pytest.raises(KeyError), Store(database, lambda *_: "").settlement(NOW) as tx:
        tx.add_articles([("x", Article("Sappers", ""), None)])
        raise KeyError
    assert found(database, Has("sappers")) == []


def test_an_article_of_too_many_words_is_always_read(database: Database, stored: list[int]) -> None:
    [huge] = store_all(database, Article("", " ".join(f"w{n}" for n in range(60_000))), prefix="huge")
    assert found(database, Has("troops")) == [stored[0], huge]


# --- an index that lacks something ------------------------------------------------------------------


def empty_index(database: Database, missing: int | None, analysis: str = search.OURS) -> None:
    """As a database that was just migrated is, or one that another version has indexed."""
    with database.write() as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("INSERT INTO article_words (article_words) VALUES ('delete-all')")
        else:
            connection.exec_driver_sql("DELETE FROM article_words")
        connection.execute(delete(meta).where(meta.c.key.in_([search.ANALYSIS, search.MISSING])))
        if missing is not None:
            connection.execute(meta.insert().values(key=search.ANALYSIS, value=analysis))
            connection.execute(meta.insert().values(key=search.MISSING, value=str(missing)))


def test_articles_that_are_not_indexed_yet_are_read(database: Database, stored: list[int]) -> None:
    empty_index(database, stored[2])
    [newer] = store_all(database, Article("Troops", ""), prefix="newer")
    assert found(database, Has("troops")) == [*stored[:3], newer]
    assert found(database, Has("troops"), stored[1]) == [*stored[1:3], newer]
    with Store(database, lambda *_: "").settlement(NOW) as tx:
        tx.revise_article(replace(Article("Rain", "It rained."), id=stored[0], revision=2))
    search.prepare(database)
    assert found(database, Has("troops")) == [newer]
    assert found(database, Has("rained")) == [stored[0]]


def test_filling_goes_on_where_it_was_broken_off(
    database: Database, stored: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    empty_index(database, stored[-1])
    with database.write() as connection:
        assert search.fill(connection, 2) == 2
    assert found(database, Has("troops")) == stored[:3]  # the newest two are indexed and lack it
    heard: list[tuple[int, int]] = []
    search.prepare(database, lambda done, of: heard.append((done, of)))
    assert found(database, Has("troops")) == [stored[0]]
    assert heard == [(3, 3)]
    with database.write() as connection:
        assert search.fill(connection, 2) == 0


@pytest.mark.parametrize("missing", [None, 0])
def test_an_index_of_another_analysis_is_not_used_and_begun_anew(
    database: Database, stored: list[int], missing: int | None
) -> None:
    empty_index(database, missing, analysis="0/1.0")
    assert found(database, Has("troops")) is None
    [newer] = store_all(database, Article("Troops", ""), prefix="newer")
    assert found(database, Has("troops")) is None
    assert migrate.upgrade(database) == (migrate.HEAD, migrate.HEAD)  # as every start of the daemon does
    assert found(database, Has("troops")) == [stored[0], newer]


def test_migrating_indexes_what_is_stored(database_address: str) -> None:
    """A database of the version before, with articles in it."""
    database = Database(database_address)
    row = {
        "title": "",
        "source": "",
        "origin": "feed",
        "authors": [],
        "feed_tags": [],
        "tags": [],
        "revision": 1,
    }
    with database.write() as connection:
        migrate_to(connection, "0001")
        rows = [{**row, "key": body, "body": body, "collected": NOW} for body in TEXTS]
        ids = connection.scalars(insert(articles).returning(articles.c.id), rows).all()
    assert migrate.upgrade(database) == ("0001", migrate.HEAD)
    assert found(database, Has("troops")) == [ids[0]]
    database.close()


def test_a_backup_holds_the_index(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'monitor.db'}")
    migrate.upgrade(database)
    stored = store_all(database, *(Article("", body) for body in TEXTS))
    backup.back_up(database, tmp_path / "copy.db")
    store_all(database, Article("Troops", ""), prefix="later")
    backup.restore(database, tmp_path / "copy.db")
    assert found(database, Has("troops")) == [stored[0]]
    [later] = store_all(database, Article("Troops", ""), prefix="later")
    assert found(database, Has("troops")) == [stored[0], later]
    database.close()


# --- frequencies -----------------------------------------------------------------------------------


def test_frequencies_are_of_articles(database: Database, stored: list[int]) -> None:
    store_all(database, Article("Troops", "Troops, troops!", origin=Origin.SEED), prefix="more")
    store = Store(database, lambda *_: "")
    assert store.document_frequencies(["troops", "u.s", "kpa", "absent", "朝", "it's"]) == {
        "troops": 2,
        "u.s": 1,
        "kpa": 0,
        "absent": 0,
        "朝": 1,
        "it's": 0,
    }
    assert store.counted_articles() == 6


def test_an_id_that_is_used_again_does_not_inherit_words(database: Database, stored: list[int]) -> None:
    """SQLite gives the highest id again once its article is gone."""
    Store(database, lambda *_: "").drop_unmatched(NOW + timedelta(days=1))
    store_all(database, *(Article("", "rain") for _ in TEXTS), prefix="later")
    assert found(database, Has("troops")) == []
    assert len(found(database, Has("rain")) or ()) == len(TEXTS)


def test_words_are_looked_up_and_articles_are_not_read_for_it(database: Database) -> None:
    """PostgreSQL takes tsvectors for short, and would rather read them all."""
    asked: list[tuple[str, Any]] = []

    def remember(_c: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        if "@@" in statement or "MATCH" in statement:
            asked.append((statement, values))

    event.listen(database.engine, "before_cursor_execute", remember)
    with database.read() as connection:
        search.candidates(connection, Has("troops"), 1, 10**9)
        search.document_frequencies(connection, ["troops"])
        event.remove(database.engine, "before_cursor_execute", remember)
        explain, index = ("EXPLAIN QUERY PLAN", "VIRTUAL TABLE INDEX") if database.is_sqlite else _BY_GIN
        assert len(asked) >= 2
        for statement, values in asked:
            plan = connection.exec_driver_sql(f"{explain} {statement}", values)
            assert index in " ".join(str(row[-1]) for row in plan)


_BY_GIN = ("EXPLAIN", "ix_article_words_words")
