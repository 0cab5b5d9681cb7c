"""What goes with articles that a person puts into another story: matches, alerts, answers, silences, what waits."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from monitor.adapters.store import Database, Store, answers, held, stories
from monitor.adapters.store.alerts import add, load
from monitor.adapters.store.articles import article_of
from monitor.adapters.store.schema import alerts, articles, matches, story_edits
from monitor.adapters.store.schema import silences as silences_table
from monitor.adapters.store.schema import stories as stories_table
from monitor.adapters.store.silences import add as add_silence
from monitor.adapters.store.story_edits import Editing, StoryEdits
from monitor.adapters.store.thread import MOST_THREADS
from monitor.model import Kind, Severity
from monitor.relate.editing import Report, rebuilt
from monitor.relate.features import features
from monitor.relate.memory import StoryMemory
from monitor.relate.words.vocabulary import Vocabulary
from monitor.route.matchers import read_matcher
from monitor.send.keys import delivery_key, mail_headers
from monitor.send.wording import mail_subject
from tests import told

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Desk:
    """Rows as the daemon leaves them, and a person's hand in them."""

    def __init__(self, c: Connection, now: datetime) -> None:
        self.c, self.now, self.tx = c, now, Editing(c)
        self.count = 0

    def story(self, title: str = "Troops leave") -> int:
        return told.story(self.c, self.now, title)

    def article(self, story: int, **more: Any) -> int:
        self.count += 1
        values = {"story_id": story, "novelty": "story", **more}
        return told.article(self.c, self.now + self.count * HOUR, f"a{self.count}", **values)

    def match(self, article: int, rule: str = "troops", **more: Any) -> int:
        story = self.c.scalar(select(articles.c.story_id).where(articles.c.id == article)) or 0
        return told.match(self.c, self.now, article, story, rule, **more)

    def told(self, story: int, rule: str = "troops", **more: Any) -> tuple[int, int]:
        """An article of a story that a rule told: its id, and the alert's."""
        article = self.article(story)
        kind = str(more.get("kind", "new"))
        match = self.match(article, rule, kind=kind)
        return article, told.alert(self.c, self.now, rule, story, match, **more)

    def reports(self, *ids: int) -> list[Report]:
        query = select(articles).where(articles.c.id.in_(ids)).order_by(articles.c.id)
        return [Report(article_of(row), row.copy_of) for row in self.c.execute(query)]

    def split(self, story: int, *ids: int) -> int:
        new = self.tx.open("New", None, self.now)
        self.tx.move(self.reports(*ids), story, new, "kim")
        for each in (story, new):
            self.tx.settle_waiting(each)
        return new

    def merge(self, story: int, other: int) -> None:
        self.tx.overrule(other, story)
        self.tx.move_all(other, story, "kim")
        self.tx.move_silences(other, story, self.now)
        self.tx.leads_to(other, story)
        self.tx.settle_waiting(story)

    def column(self, table: Any, name: str, *ids: int) -> list[Any]:
        rows = {row.id: row for row in self.c.execute(select(table).where(table.c.id.in_(ids)))}
        return [getattr(rows[id], name) for id in ids]


@pytest.fixture
def c(store: Store) -> Any:
    with store.database.write() as connection:
        yield connection


@pytest.fixture
def desk(c: Connection, now: datetime) -> Desk:
    return Desk(c, now)


# --- what goes with an article ---------------------------------------------------------------------


def test_matches_go_with_their_articles_and_so_does_what_was_told(desk: Desk) -> None:
    one = desk.story()
    stays, goes = desk.told(one)[0], desk.article(one)
    copy = desk.article(one, copy_of=goes, novelty="copy")
    withheld = desk.match(goes, verdict="withheld", kind=None)
    new = desk.split(one, goes, copy)
    assert desk.column(articles, "story_id", stays, goes, copy) == [one, new, new]
    assert desk.column(articles, "placed_by", stays, goes, copy) == [None, "kim", "kim"]
    assert desk.column(articles, "copy_of", stays, goes, copy) == [None, None, goes]
    assert desk.column(matches, "story_id", withheld) == [new]
    assert [stories.told(desk.c, "troops", each)[0] for each in (one, new)] == [True, False]
    assert desk.tx.untold_by(new) == ["troops"]
    desk.merge(one, new)
    assert desk.column(articles, "story_id", stays, goes, copy) == [one, one, one]
    assert stories.told(desk.c, "troops", one)[0]
    assert desk.tx.untold_by(one) == []


def test_an_alert_goes_with_the_report_that_it_is_headed_by(desk: Desk) -> None:
    one = desk.story()
    _, first = desk.told(one)
    goes, second = desk.told(one, kind="update")
    mixed_match, goes_too = desk.match(desk.article(one)), desk.match(goes, rule="ships")
    grouped = told.alert(desk.c, desk.now, "troops", one, mixed_match, goes_too, kind="update")
    again = told.alert(desk.c, desk.now, "troops", one, desk.match(goes, rule_version="v2"), kind="repeat")
    new = desk.split(one, goes)
    assert desk.column(alerts, "story_id", first, second, again) == [one, new, new]
    assert desk.column(alerts, "story_id", grouped) == [new], (
        "by the order of messages: ships is before troops"
    )


def test_what_is_told_once_is_told_of_the_story_that_it_was_told_of(desk: Desk) -> None:
    """Else the story from which it was taken could never be told of again."""
    one = desk.story()
    goes, alert = desk.told(one, once=f"troops:story:{one}")
    _, second = desk.told(one, kind="new", once=f"troops:story:{one}+")
    _, other = desk.told(one, kind="update", once="troops:article:7:1")
    new = desk.split(one, goes)
    assert desk.column(alerts, "once", alert, second, other) == [
        f"troops:story:{new}",
        f"troops:story:{one}+",
        "troops:article:7:1",
    ]
    values = {"kind": Kind.NEW, "rule": "troops", "rule_title": "Troops", "severity": Severity.LOW}
    with_store = {"items": [], "channels": [], "make_key": delivery_key, "now": desk.now}
    assert add(desk.c, **values, story=new, once=f"troops:story:{new}", **with_store) is None
    fresh = add(desk.c, **values, story=one, once=f"troops:story:{one}", **with_store)
    assert fresh is not None, "the story is told of anew"
    desk.merge(new, one)
    assert desk.column(alerts, "once", alert, fresh) == [f"troops:story:{new}", None]


def test_a_copy_that_is_parted_from_its_original_is_one_again_when_they_meet(desk: Desk) -> None:
    one = desk.story()
    original = desk.article(one)
    copy = desk.article(one, copy_of=original, novelty="copy", adds={"reason": "97 % the same text"})
    new = desk.tx.open("New", None, desk.now)
    parted = [Report(report.article) for report in desk.reports(copy)]
    desk.tx.move(parted, one, new, "kim")
    assert desk.column(articles, "copy_of", copy) == [None]
    save(desk, new)
    assert desk.column(articles, "novelty", copy) == ["story"]
    desk.merge(one, new)
    save(desk, one)
    assert desk.column(articles, "copy_of", copy) == [original]
    assert desk.column(articles, "novelty", copy) == ["copy"]
    assert desk.column(articles, "adds", copy) == [{"reason": "97 % the same text"}]


def save(desk: Desk, story: int) -> None:
    made = rebuilt(story, "Title", desk.tx.reports(story), features, Vocabulary(), desk.now)
    desk.tx.save(story, made)


# --- threads ---------------------------------------------------------------------------------------


def roots(desk: Desk, alert: int) -> list[str]:
    references = mail_headers(load(desk.c, alert), "key", "test.monitor")["References"]
    return [root.removeprefix("<story-").removesuffix("@test.monitor>") for root in references.split()]


def uids(desk: Desk, *ids: int) -> list[str]:
    return [
        uid.replace(":", "-").replace("+", "-").replace(" ", "-")[:60]
        for uid in desk.column(stories_table, "uid", *ids)
    ]


def test_a_thread_stays_one_where_stories_are_merged(desk: Desk) -> None:
    one, two = desk.story("One"), desk.story("Two")
    _, elsewhere = desk.told(two)
    _, first = desk.told(one)
    _, of_ships = desk.told(two, "ships")
    desk.merge(one, two)
    own, other = uids(desk, one, two)
    _, later = desk.told(one, kind="update")
    _, ships = desk.told(one, "ships", kind="update")
    assert roots(desk, later) == [other, own], "who was told of either finds it there"
    assert mail_subject(load(desk.c, later)) == f"Re: [Troops] {title_of(desk, first)}"
    assert mail_subject(load(desk.c, ships)) == f"Re: [Troops] {title_of(desk, of_ships)}"
    again = told.alert(desk.c, desk.now, "troops", one, kind="repeat", repeats=elsewhere)
    assert mail_subject(load(desk.c, again)) == f"Re: [Troops] {title_of(desk, elsewhere)}"


def test_a_thread_stays_one_where_a_story_is_split(desk: Desk) -> None:
    one = desk.story("One")
    goes, moved = desk.told(one)
    new = desk.split(one, goes)
    own, other = uids(desk, new, one)
    _, later = desk.told(new, kind="update")
    assert roots(desk, later) == [other, own]
    assert mail_subject(load(desk.c, later)) == f"Re: [Troops] {title_of(desk, moved)}"
    desk.merge(one, new)
    assert roots(desk, moved) == [other], "back in its own thread"
    assert desk.column(alerts, "told_in", moved, later) == [None, new]


def test_who_is_on_it_is_told_where_the_alert_was_told(desk: Desk) -> None:
    one, two = desk.story("One"), desk.story("Two")
    _, first = desk.told(two)
    told.delivery(desk.c, desk.now, first)
    desk.merge(one, two)
    channels = {"desk": ["mailto to desk@news.example"]}
    words = ("anna is on it", "")
    answers.tell_others(desk.c, first, "anna", words, channels, {}, delivery_key, desk.now)
    notice = desk.c.scalars(select(alerts.c.id).where(alerts.c.kind == "notice")).one()
    assert load(desk.c, notice).story_uid == desk.column(stories_table, "uid", two)[0]


def test_a_mail_names_no_more_threads_than_its_headers_bear(desk: Desk) -> None:
    one = desk.story("One")
    for number in range(MOST_THREADS + 5):
        other = desk.story(f"Other {number}")
        desk.told(other)
        desk.merge(one, other)
    _, last = desk.told(one, kind="update")
    assert len(roots(desk, last)) == MOST_THREADS + 1


def title_of(desk: Desk, alert: int) -> str:
    return load(desk.c, alert).items[0].article.title


def test_the_name_that_a_person_gave_a_story_stands_in_later_alerts(desk: Desk) -> None:
    one = desk.story("One")
    _, first = desk.told(one)
    assert load(desk.c, first).story_name == ""
    desk.tx.rename(one, "What it is about", "kim")
    _, later = desk.told(one, kind="update")
    assert load(desk.c, later).story_name == "What it is about"
    assert mail_subject(load(desk.c, later)) == f"Re: [Troops] {title_of(desk, first)}", "the thread goes on"


# --- what people said --------------------------------------------------------------------------------


def test_what_somebody_is_on_is_repeated_no_more(desk: Desk) -> None:
    one, two = desk.story("One"), desk.story("Two")
    acked = {"acked_at": desk.now, "acked_by": "anna"}
    desk.told(one, **acked)
    repeated = {"repeat_at": desk.now + HOUR, "repeat_every": HOUR}
    _, same = desk.told(two, **repeated)
    _, other = desk.told(two, "ships", **repeated)
    desk.merge(one, two)
    assert desk.column(alerts, "repeat_at", same, other) == [None, desk.now + HOUR]
    assert [(answer.said, answer.rule, answer.by) for answer in desk.tx.answers(one)] == [
        ("acked", "troops", "anna")
    ]


DISMISSED = {"dismissed_by": "ben", "dismissed_why": "a film"}


@pytest.mark.parametrize(
    ("here", "there", "dismissed"),
    [
        (
            "relevant",
            "dismissed",
            False,
        ),  # a second alert of one event, called so because the first was known
        ("dismissed", "relevant", True),
        ("dismissed", "dismissed", True),
        ("untold", "dismissed", True),
        ("dismissed", "untold", True),
        ("relevant", "relevant", False),
    ],
)
def test_whether_a_merged_story_is_relevant_is_said_by_the_one_that_stays(
    desk: Desk, here: str, there: str, dismissed: bool
) -> None:
    one, two = desk.story("One"), desk.story("Two")
    for story, is_told in ((one, here), (two, there)):
        if is_told != "untold":
            desk.told(story, **(DISMISSED | {"dismissed_at": desk.now} if is_told == "dismissed" else {}))
    overruled = Editing(desk.c).overrule(two, one)
    assert [(each.rule, each.by, each.why) for each in overruled] == (
        [("troops", "ben", "a film")] if (here, there) == ("relevant", "dismissed") else []
    )
    desk.merge(one, two)
    assert (answers.dismissed(desk.c, "troops", one) is not None) == dismissed


# --- silences ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asks", "after", "holds"),
    [
        ({"story": "2"}, {"story": ["1"]}, True),
        ({"story": ["2", "1"]}, {"story": ["1"]}, False),  # it held already
        ({"story": ["3", "2"], "rule": "troops"}, {"story": ["3", "1"], "rule": ["troops"]}, True),
        ({"story": "!2"}, {"story": ["!1"]}, False),
        ({"story": ["1", "!2"]}, {"story": ["1"]}, False),
        ({"story": "22"}, {"story": ["22"]}, False),
        ({"rule": "2"}, {"rule": ["2"]}, False),
    ],
)
def test_a_silence_of_a_merged_story_holds_for_the_one_that_it_is_part_of(
    desk: Desk, asks: Any, after: Any, holds: bool
) -> None:
    assert [desk.story("One"), desk.story("Two")] == [1, 2]
    silence = add_silence(desk.c, read_matcher(asks), "why", "kim", desk.now, desk.now + HOUR)
    over = add_silence(desk.c, read_matcher(asks), "why", "kim", desk.now - 2 * HOUR, desk.now - HOUR)
    found = desk.tx.move_silences(2, 1, desk.now)
    assert found == ([silence] if holds else [])
    assert desk.column(silences_table, "matcher", silence) == [after]
    assert desk.column(silences_table, "matcher", over) == [read_matcher(asks).dump()]
    assert desk.tx.silences_of(1, desk.now) == ([silence] if "1" in after.get("story", ()) else [])


# --- what waits --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told_kind", "kinds", "after"),
    [
        (None, ["new"], ["new"]),
        (None, ["new", "update"], ["new", "update"]),
        (None, ["update", "update"], ["new", "update"]),  # nobody was told of it: it is a new story
        ("new", ["new", "update"], ["update", "update"]),  # it was told meanwhile
        ("update", ["new"], ["update"]),
    ],
)
def test_what_waits_is_told_as_what_it_is_by_now(
    desk: Desk, told_kind: str | None, kinds: list[str], after: list[str]
) -> None:
    one = desk.story()
    if told_kind:
        desk.match(desk.article(one), kind=told_kind)
    waiting = [desk.match(desk.article(one), kind=kind, verdict="held") for kind in kinds]
    for each in waiting:
        told.hold(desk.c, each, "desk", desk.now + HOUR, "quiet")
    other = desk.match(desk.article(one), "ships", kind="update", verdict="held")
    desk.tx.settle_waiting(one)
    assert desk.column(matches, "kind", *waiting) == after
    assert desk.column(matches, "kind", other) == ["update"], "it does not wait any more"
    assert len(held.waiting(desk.c)) == len(kinds)


def test_what_is_told_article_by_article_is_left_as_it_is(store: Store, now: datetime) -> None:
    store.remember_rules([{"id": "troops", "version": "v", "path": "r.yaml", "per": "article"}], now)
    with store.database.write() as c:
        desk = Desk(c, now)
        one = desk.story()
        desk.match(desk.article(one))
        waits = desk.match(desk.article(one), verdict="held")
        told.hold(c, waits, "desk", now + HOUR, "quiet")
        desk.tx.settle_waiting(one)
        assert desk.column(matches, "kind", waits) == ["new"]


# --- numbers, revisions, locks -----------------------------------------------------------------------


def test_the_numbers_of_merged_stories_lead_to_the_one_that_is_left(desk: Desk) -> None:
    one, two, three = (desk.story(title) for title in ("One", "Two", "Three"))
    desk.merge(two, three)
    desk.merge(one, two)
    assert desk.column(stories_table, "merged_into", one, two, three) == [None, one, one]
    assert desk.column(stories_table, "profile", two, three) == [b"", b""]


def test_every_node_learns_what_a_person_did(desk: Desk, now: datetime) -> None:
    """An emptied story is a candidate no longer, and the others are as they are by now."""
    one, two = desk.story("One"), desk.story("Two")
    desk.article(one, title="Sappers clear mines", body="Sappers clear mines beside the railway at Kursk.")
    desk.article(two, title="A ferry ran aground", body="A ferry ran aground off Busan in thick fog.")
    nodes = [StoryMemory(), StoryMemory()]
    for story in (one, two):
        save(desk, story)
    for node in nodes:
        node.refresh(stories.changed_profiles(desk.c, node.revisions, now - HOUR), now)
        assert {node.get(one) is None, node.get(two) is None} == {False}
    desk.merge(one, two)
    save(desk, one)
    for node in nodes:
        node.refresh(stories.changed_profiles(desk.c, node.revisions, now - HOUR), now)
        assert node.get(two) is None
        profile = node.get(one)
        assert profile is not None and profile.articles == 2
        assert list(stories.changed_profiles(desk.c, node.revisions, now - HOUR)) == []


def test_a_story_whose_late_reports_left_it_is_not_remembered_with_them(desk: Desk, now: datetime) -> None:
    """Nodes ask only for what changed of the stories of late, and this one has become an old one."""
    one = desk.story()
    old, late = desk.article(one, collected=now - 40 * DAY, published=now - 40 * DAY), desk.article(one)
    node = StoryMemory()
    save(desk, one)
    desk.c.execute(update(stories_table).values(last_at=now))
    node.refresh(stories.changed_profiles(desk.c, node.revisions, now - 14 * DAY), now)
    assert node.get(one) is not None
    new = desk.split(one, late)
    for each in (one, new):
        save(desk, each)
    node.refresh(stories.changed_profiles(desk.c, node.revisions, now - 14 * DAY), now)
    assert (node.get(one), desk.column(articles, "story_id", old)) == (None, [one])
    assert node.get(new) is not None


def test_an_edit_waits_for_a_decision_that_is_under_way(database: Database, now: datetime) -> None:
    """On PostgreSQL under the lock of story decisions, on SQLite as writers do."""
    with database.write() as c:
        told.story(c, now)
    edits, order = StoryEdits(database), []
    inside, go_on = threading.Event(), threading.Event()

    def decide() -> None:
        with Store(database, delivery_key).settlement(now):
            inside.set()
            go_on.wait(10)
            order.append("decided")

    deciding = threading.Thread(target=decide)
    deciding.start()
    assert inside.wait(10)
    editing = threading.Thread(target=lambda: _edit(edits, order))
    editing.start()
    editing.join(0.2)
    assert editing.is_alive(), "it waits"
    go_on.set()
    deciding.join(10)
    editing.join(10)
    assert order == ["decided", "edited"]


def _edit(edits: StoryEdits, order: list[str]) -> None:
    with edits.editing() as tx:
        order.append("edited")
        tx.rename(1, "Named", "kim")


def test_an_edit_that_fails_leaves_no_trace(store: Store, now: datetime) -> None:
    with store.database.write() as c:
        desk = Desk(c, now)
        one, two = desk.story("One"), desk.story("Two")
        article, alert = desk.told(two)
    with pytest.raises(ZeroDivisionError), StoryEdits(store.database).editing() as tx:
        tx.move_all(two, one, "kim")
        tx.leads_to(two, one)
        raise ZeroDivisionError
    with store.database.read() as c:
        desk = Desk(c, now)
        assert desk.column(articles, "story_id", article) == [two]
        assert desk.column(alerts, "story_id", alert) == [two]
        assert desk.column(stories_table, "merged_into", two) == [None]


def test_what_was_done_is_kept(desk: Desk) -> None:
    one = desk.story()
    desk.tx.record(one, "rename", "kim", "", {"title": "New"}, desk.now)
    row = desk.c.execute(select(story_edits)).one()
    assert (row.story_id, row.at, row.author, row.action, row.why, row.details) == (
        one,
        desk.now,
        "kim",
        "rename",
        None,
        {"title": "New"},
    )
