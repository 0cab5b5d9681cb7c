"""A rule tried on the past: the same as reading everything, told as the daemon would, compared with what runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from monitor.actions.backtest import BATCH, Found, Report, backtest, calendar
from monitor.actions.near_misses import near_misses
from monitor.actions.rehearsal import Desk
from monitor.adapters.store import Store
from monitor.adapters.store.past import Extent, Stored
from monitor.match.engine import Engine
from monitor.match.index.narrow import Condition
from monitor.match.language import nodes
from monitor.match.language.query import parse, parse_canonical
from monitor.match.rules import Rule, version_of
from monitor.model import Added, AlertPolicy, Article, Novelty, Origin, Per, Relation, Severity, Standing
from monitor.relate.copies.folding import EACH
from monitor.route.telling import ReceiverPolicy
from tests.match import strategies

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
START = NOW - timedelta(days=30)
LOREM = "Officials in the capital said the talks would go on for a week, and that nobody had left the table."


def rule(query: str, per: Per = Per.STORY, id: str = "r") -> Rule:
    canonical = nodes.unparse(parse(query))
    return Rule(id, id, Severity.HIGH, canonical, version_of(canonical), policy=AlertPolicy(per=per))


def put(
    store: Store, *items: Article, standing: Standing | None = Standing.NEW, prefix: str = "a"
) -> list[int]:
    with store.settlement(NOW) as tx:
        return tx.add_articles([(f"{prefix}:{n}", item, standing) for n, item in enumerate(items)])


def article(title: str, body: str = LOREM, *, day: int = 1, **more: object) -> Article:
    return replace(Article(title, body, collected=START + timedelta(days=day)), **more)  # type: ignore[arg-type]


def ids(found: Sequence[Found]) -> list[int]:
    return [each.article.id for each in found]


class Unnarrowed:
    """The store without its index: everything is read."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def candidates(self, condition: Condition, within: Extent) -> list[int] | None:
        return None


def test_only_what_the_index_names_is_read(store: Store) -> None:
    stored = put(store, *(article(f"Rain over town {n}") for n in range(40)), article("Sappers cross"))
    report = backtest(store, rule("sapper*"), START, NOW)
    assert (report.matches, report.read, report.narrowed, report.within.count) == (1, 1, True, 41)
    assert ids(report.newest) == stored[-1:]


@given(st.lists(strategies.articles, min_size=1, max_size=8), strategies.queries, strategies.queries)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_the_result_is_that_of_reading_everything(
    store: Store, items: list[Article], query: nodes.Node, other: nodes.Node
) -> None:
    with store.database.read() as connection:
        before = connection.scalar(text("SELECT coalesce(max(id), 0) FROM articles"))
    # A day of its own for each example: what others stored is not of that time.
    at = START + timedelta(minutes=before)
    put(store, *(replace(item, collected=at) for item in items), prefix=f"{before}")
    new, old = (
        Rule("r", "r", Severity.LOW, nodes.unparse(each), version_of(nodes.unparse(each)))
        for each in (query, other)
    )
    within = at, at + timedelta(minutes=len(items))
    narrowed = backtest(store, new, *within, in_force=old, limit=100)
    whole = backtest(Unnarrowed(store), new, *within, in_force=old, limit=100)  # type: ignore[arg-type]
    assert whole.read == len(items)
    assert ids(narrowed.newest) == ids(whole.newest)
    assert narrowed.change == whole.change
    assert (narrowed.alerts, narrowed.withheld, narrowed.days) == (whole.alerts, whole.withheld, whole.days)
    matched = {item.id for item in (each.article for each in whole.newest)}
    engine = Engine((new,))
    assert len(matched) == sum(bool(engine.match(item)) for item in items)


def test_time_is_when_an_article_was_collected(store: Store) -> None:
    put(store, article("Sappers 0", day=0), article("Sappers 9", day=9), article("Sappers 20", day=20))
    report = backtest(store, rule("sappers"), START + timedelta(days=9), START + timedelta(days=20))
    assert [each.article.title for each in report.newest] == ["Sappers 9"]
    assert report.within.count == 1


def test_many_articles_are_read_in_batches_to_the_last(store: Store) -> None:
    stored = put(store, *(article(f"Sappers {n}", "", day=n % 29) for n in range(2 * BATCH + 1)))
    heard: list[tuple[str, int, int]] = []
    note = lambda *said: heard.append(said)  # noqa: E731
    narrowed = backtest(store, rule("sappers"), START, NOW, limit=1000, progress=note)
    assert ids(narrowed.newest) == stored[::-1]
    assert [done for _, done, _ in heard] == [BATCH, 2 * BATCH, 2 * BATCH + 1]
    everything = backtest(store, rule("/sappers/"), START, NOW, limit=1000)
    assert ids(everything.newest) == stored[::-1]
    assert (everything.narrowed, everything.read) == (False, 2 * BATCH + 1)


# --- what would have been told ---------------------------------------------------------------------

FIRST = (
    "North Korean sappers crossed the river at Kursk on Sunday, the governor of the region told reporters."
)
OTHER = "A parade of army sappers opened the new museum in Minsk while children ate ice cream in the park."


def told(report: Report) -> dict[str, int]:
    return dict(report.alerts)


def test_each_story_is_told_once_and_copies_are_not(store: Store) -> None:
    put(
        store,
        article("Sappers cross the river at Kursk", f"{FIRST} {LOREM}", day=1, source="A"),
        article("Sappers cross the river at Kursk", f"{FIRST} {LOREM}", day=1, source="B"),
        article(
            "Museum opened with sappers in Minsk", f"{OTHER} Nothing else happened there.", day=2, source="A"
        ),
    )
    report = backtest(store, rule("sappers"), START, NOW)
    assert (report.matches, report.stories, report.estimated) == (3, 2, 3)
    assert told(report) == {"new": 2}
    assert report.withheld == {"copy": 1}
    assert report.days == {date(2026, 3, 2): (2, 1), date(2026, 3, 3): (1, 1)}


def test_stored_stories_are_taken_as_they_are(store: Store) -> None:
    """Two articles that nobody would take for one story, and were put into one."""
    stored = put(
        store, article("Sappers cross", FIRST, day=1), article("Museum opened, sappers say", OTHER, day=2)
    )
    with store.settlement(NOW) as tx:
        story = tx.open_story("One story")
        tx.place(stored[0], Relation(story, Novelty.STORY, ""))
        tx.place(stored[1], Relation(story, Novelty.NOTHING, ""))
    report = backtest(store, rule("sappers"), START, NOW)
    assert (report.stories, report.estimated, told(report)) == (1, 0, {"new": 1})
    assert report.withheld == {"nothing new": 1}
    assert [each.story for each in report.newest] == [story, story]


SAID = "Divers brought up a wooden chest with silver spoons from the wreck of a barge."


@pytest.mark.parametrize("stored", [True, False], ids=["as it was placed", "placed now"])
@pytest.mark.parametrize(("query", "heard"), [("sappers", 0), ("sappers OR chest", 1)])
def test_a_statement_is_told_where_it_matched(store: Store, stored: bool, query: str, heard: int) -> None:
    """As the daemon does: what is new in another sentence is no update of this rule."""
    first = article("Sappers cross the river at Kursk", f"{FIRST} {LOREM}", day=1, source="A")
    again = "The governor of the Kursk region told reporters that sappers had crossed the river on Sunday."
    later = article("Kursk river crossed by sappers", f"{again} {SAID}", day=2, source="A")
    ids = put(store, first, later)
    if stored:
        with store.settlement(NOW) as tx:
            story = tx.open_story("Sappers")
            tx.place(ids[0], Relation(story, Novelty.STORY, ""))
            tx.place(ids[1], Relation(story, Novelty.STATEMENT, "new", added=Added(statements=(SAID,))))
    report = backtest(store, rule(query), START, NOW)
    assert (report.matches, report.stories) == (2, 1)
    assert told(report) == {"new": 1} | ({"update": heard} if heard else {})


def test_a_copy_is_found_behind_many_that_share_an_outlets_standing_lines(store: Store) -> None:
    """As the store does: of each key the latest articles are looked at, of these the ones that share most."""
    texts = [f"{LOREM} Sappers {n} " + " ".join(f"word{n}x{k}" for k in range(90)) for n in range(EACH + 8)]
    put(store, *(article(f"Sappers {n}", each, day=1 + n // 4) for n, each in enumerate(texts)))
    put(store, article("Sappers again", texts[0], day=25), prefix="copy")
    report = backtest(store, rule("sappers"), START, NOW)
    assert report.matches == EACH + 9
    assert report.withheld["copy"] == 1


def test_what_a_daemon_would_not_tell_is_counted_apart(store: Store) -> None:
    put(store, article("Sappers one", FIRST, day=1), standing=Standing.BASELINE, prefix="baseline")
    put(store, article("Sappers two", OTHER, day=2), standing=Standing.OLD, prefix="old")
    put(store, article("Sappers three", "Three.", day=3, origin=Origin.SEED), standing=None, prefix="seed")
    put(store, article("Sappers four", "Four and twenty blackbirds.", day=29))
    report = backtest(store, rule("sappers"), START, NOW)
    assert (report.matches, report.news, told(report)) == (4, 1, {"new": 1})
    assert report.withheld == {"baseline": 1, "old": 1, "seed": 1}


def test_an_article_policy_tells_every_article_and_a_digest_gathers_a_day(store: Store) -> None:
    bridge = "Army sappers helped to rebuild a bridge in Peru that the flood of last autumn had carried away."
    put(
        store,
        article("River crossed near Kursk", FIRST, day=1),
        article("Minsk opens its museum", OTHER, day=1),
        article("Bridge in Lima repaired", bridge, day=9),
    )
    assert told(backtest(store, rule("sappers", Per.ARTICLE), START, NOW)) == {"new": 3}
    seoul = Desk(default=("desk",), receivers={"desk": ReceiverPolicy(zone="Asia/Seoul")})
    digest = backtest(store, rule("sappers", Per.DIGEST), START, NOW, desk=seoul)
    assert told(digest) == {"digest": 2}
    assert "digest" in digest.newest[0].decision.reason


def test_a_weeks_rate_is_of_the_time_that_is_stored(store: Store) -> None:
    put(store, *(article(f"Sappers {n}", f"{n} {FIRST}", day=16 + n) for n in range(14)))
    report = backtest(store, rule("sappers", Per.ARTICLE), START - timedelta(days=300), NOW)
    assert report.covered == timedelta(days=14)
    assert report.weekly(report.news) == 7.0
    young = backtest(store, rule("sappers"), NOW - timedelta(hours=3), NOW)
    assert young.weekly(1) is None
    assert len(list(calendar(report))) == 15  # from noon to noon: parts of fifteen days
    assert sum(matches for _, matches, _ in calendar(report)) == 14


def test_nothing_stored_is_no_error(store: Store) -> None:
    report = backtest(store, rule("sappers"), START, NOW)
    assert (report.matches, report.within.count, list(calendar(report))) == (0, 0, [])
    assert report.weekly(0) is None
    assert near_misses(store, rule("a AND b"), parse("a AND b"), "a AND b", report.within)[0].count == 0


# --- against the version in force ------------------------------------------------------------------


def test_gains_and_losses_against_what_runs(store: Store) -> None:
    stored = put(
        store, article("Sappers cross"), article("Troops cross", day=2), article("Sappers and troops", day=3)
    )
    report = backtest(store, rule("sappers"), START, NOW, in_force=rule("troops"))
    change = report.change
    assert change is not None
    assert (change.in_force, change.gained, change.lost) == (rule("troops").version, 1, 1)
    assert [each.id for each in change.newly] == stored[:1]
    assert [each.id for each in change.no_longer] == stored[1:2]
    assert report.matches == 2


# --- near-misses -----------------------------------------------------------------------------------


def missed(store: Store, query: str) -> dict[str, int]:
    within = store.extent(START, NOW)
    return {miss.clause: miss.count for miss in near_misses(store, rule(query), parse(query), query, within)}


def test_articles_that_one_clause_kept_out(store: Store) -> None:
    put(
        store,
        article("Sappers in Kursk"),  # matches
        article("Sappers in Kursk, says museum", day=2),
        article("Sappers in Kursk, says the museum", day=3),
        article("Sappers in Minsk", day=4),
        article("Rain in Kursk", day=5),
        article("Rain in Minsk, says museum", day=6),  # fails by more than one
    )
    assert missed(store, "sappers AND (Kursk OR Belgorod) AND NOT museum") == {
        "NOT museum": 2,
        "Kursk OR Belgorod": 1,
        "sappers": 1,
    }


def test_a_proximity_alone_is_near_missed_where_both_stand_apart(store: Store) -> None:
    put(store, article("Sappers said to be in Kursk"), article("Sappers", "Far away. And then Kursk.", day=2))
    assert missed(store, "sappers NEAR/4 Kursk") == {"NEAR/4": 1}


def test_a_clause_is_not_left_out_where_the_rest_asks_for_no_word(store: Store) -> None:
    put(store, article("Sappers"), article("Rain", language="en"))
    within = store.extent(START, NOW)
    query = "sappers AND lang:en"
    found = {miss.clause: miss for miss in near_misses(store, rule(query), parse(query), query, within)}
    assert found["lang:en"].count == 1
    assert (found["sappers"].count, found["sappers"].of, found["sappers"].is_bounded) == (0, None, True)


def test_of_common_candidates_the_newest_are_read(store: Store) -> None:
    put(store, *(article(f"Sappers {n}", day=n) for n in range(6)))
    within = store.extent(START, NOW)
    query = "sappers AND Kursk"
    found = near_misses(store, rule(query), parse(query), query, within, most=4)
    assert [(m.clause, m.count, m.read, m.of, m.is_bounded) for m in found] == [
        ("Kursk", 4, 4, 6, True),
        ("sappers", 0, 0, 0, False),
    ]
    assert [each.title for each in found[0].articles] == ["Sappers 5", "Sappers 4", "Sappers 3"]


def test_one_word_alone_has_no_near_misses(store: Store) -> None:
    assert near_misses(store, rule("a"), parse_canonical("a"), "a", store.extent(START, NOW)) == ()


def test_reading_holds_no_transaction_for_long(store: Store) -> None:
    """A writer beside a back-test is not held up, and what it deletes meanwhile is no error."""
    stored = put(store, *(article(f"Sappers {n}", "", day=n % 29) for n in range(2 * BATCH)))

    class Beside(Unnarrowed):
        def read_past(self, within: Extent, ids: Sequence[int]) -> list[Stored]:
            read = store.read_past(within, ids)
            store.drop_unmatched(NOW + timedelta(days=1))
            return read

        candidates = store.candidates  # type: ignore[assignment]

    report = backtest(Beside(store), rule("sappers"), START, NOW, limit=1000)  # type: ignore[arg-type]
    assert ids(report.newest) == stored[:BATCH][::-1]
