"""What people type about stories: what is done, what is said of it, and the one line that a mistake gets."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select, update

from monitor.actions.story_bench import Author, Bench, author_of, title_of
from monitor.actions.story_edits import Edited, merge, rename, split
from monitor.actions.story_said import argument
from monitor.adapters.store import Store, answers
from monitor.adapters.store.schema import alerts, articles, deliveries, held, matches, stories, story_edits
from monitor.adapters.store.silences import add as add_silence
from monitor.adapters.store.stories import save_profile
from monitor.adapters.store.story_edits import StoryEdits
from monitor.errors import UsageError
from monitor.relate.profile import StoryProfile, read
from monitor.route.matchers import read_matcher
from tests import told

HOUR = timedelta(hours=1)
SAPPERS = "Sappers clear mines beside the railway at Kursk, the army said on Monday."
FERRY = "A ferry with many passengers ran aground off Busan in thick fog, divers said."


class Desk:
    """Stories as the daemon leaves them, and a person who edits them."""

    def __init__(self, store: Store, now: datetime) -> None:
        self.store, self.now = store, now
        self.edits = StoryEdits(store.database)
        self.count = 0
        self.texts: Callable[[], Any] = lambda: ((SAPPERS, FERRY, "en") for _ in range(3))

    def story(self, title: str, *bodies: str, tell: bool = True, **more: Any) -> int:
        """A story of these reports, the first of them told by the rule troops."""
        with self.store.database.write() as c:
            story = told.story(c, self.now, f"{title} {self.count + 1}")
            for number, body in enumerate(bodies):
                self.count += 1
                at = self.now + self.count * HOUR
                values = {
                    "title": f"{title} {self.count}",
                    "body": body,
                    "story_id": story,
                    "novelty": "story",
                }
                id = told.article(c, at, f"{self.now:%y%m%d}-{self.count}", **values | more)
                verdict = "withheld" if number or not tell else "alert"
                match = told.match(c, self.now, id, story, "troops", verdict=verdict)
                if verdict == "alert":
                    told.delivery(c, self.now, told.alert(c, self.now, "troops", story, match))
        return story

    def copy(self, of: int) -> int:
        with self.store.database.write() as c:
            self.count += 1
            row = c.execute(select(articles).where(articles.c.id == of)).one()
            values = {"story_id": row.story_id, "novelty": "copy", "copy_of": of, "body": row.body}
            return told.article(c, self.now + self.count * HOUR, f"{self.now:%y%m%d}-{self.count}", **values)

    def articles(self, story: int) -> list[int]:
        query = select(articles.c.id).where(articles.c.story_id == story).order_by(articles.c.id)
        return self.ask(lambda c: list(c.scalars(query)))

    def profile(self, story: int) -> StoryProfile | None:
        return read(self.ask(lambda c: c.scalar(select(stories.c.profile).where(stories.c.id == story))))

    def ask(self, question: Callable[[Connection], Any]) -> Any:
        with self.store.database.read() as c:
            return question(c)

    def author(self, why: str = "") -> Author:
        return Author("kim", why, self.now)

    def rename(self, story: int, title: str) -> Edited:
        return rename(self.edits, story, title, self.author())

    def merge(self, story: int, *others: int, why: str = "") -> Edited:
        return merge(self.edits, story, others, Bench(self.texts), self.author(why))

    def split(self, story: int, *ids: int | str, **more: Any) -> Edited:
        names = [str(id) for id in ids]
        return split(self.edits, self.store, story, names, Bench(self.texts), self.author(), **more)

    def again(self, command: str | None) -> None:
        """Type a command that was said to undo what was done."""
        for typed in (command or "").split(" && "):
            words = shlex.split(typed)
            assert words[:2] == ["monitor", "stories"]
            what, story, *rest = words[2:]
            if what == "merge":
                self.merge(int(story), *map(int, rest))
            elif what == "rename":
                self.rename(int(story), *rest)
            else:
                title = rest.pop(rest.index("--title") + 1) if "--title" in rest else None
                ids = [word for word in rest if not word.startswith("--")]
                self.split(int(story), *ids, title=title, unfold="--unfold" in rest)


@pytest.fixture
def desk(store: Store, now: datetime) -> Desk:
    return Desk(store, now)


# --- what is said ----------------------------------------------------------------------------------


def test_what_is_said_of_a_merge(desk: Desk) -> None:
    one, two = desk.story("Sappers", SAPPERS, SAPPERS), desk.story("Ferry", FERRY)
    desk.copy(desk.articles(one)[0])
    done = desk.merge(one, two, why="the same ship")
    assert done.stories == (one,)
    assert done.lines == (
        f"story {one} “Sappers 1”: 3 reports and 1 copy; story {two} leads to it now",
        "nobody is told of this; what follows is an update where either was told",
    )
    assert done.undo == f"monitor stories split {one} 3"
    row = desk.ask(lambda c: c.execute(select(story_edits)).one())
    assert (row.story_id, row.action, row.author, row.why) == (one, "merge", "kim", "the same ship")
    assert (row.details["merged"], row.details["title"], row.details["articles"]) == (two, "Ferry 3", [3])


def test_what_is_said_of_a_split(desk: Desk) -> None:
    one = desk.story("Sappers", SAPPERS, FERRY, FERRY)
    _, second, third = desk.articles(one)
    desk.copy(second)
    done = desk.split(one, second, third, title="The ferry's fate")
    new = done.stories[0]
    assert done.lines == (
        f"story {new} “The ferry's fate”: 2 reports and 1 copy, taken out of story {one}",
        f"story {one} “Sappers 1”: 1 report left",
        "nobody is told of this",
        f"troops told nothing of story {new} yet: its next report is told as a new story",
    )
    assert done.undo == f"monitor stories merge {one} {new}"
    edits = desk.ask(lambda c: c.execute(select(story_edits).order_by(story_edits.c.id)).all())
    assert [(row.story_id, row.details) for row in edits] == [
        (one, {"into": new, "articles": [second, third, third + 1]}),
        (new, {"of": one, "articles": [second, third, third + 1]}),
    ]


def test_what_people_said_of_either_is_said_of_a_merge(desk: Desk) -> None:
    one, two, three = (desk.story(name, SAPPERS) for name in ("One", "Two", "Three"))
    with desk.store.database.write() as c:
        silence = add_silence(c, read_matcher({"story": str(two)}), "why", "ben", desk.now, desk.now + HOUR)
        answers.dismiss(c, 2, "ben", "a film", desk.now)
        answers.ack(c, 3, "anna", desk.now)
    lines = desk.merge(one, two, three).lines
    assert lines[0].endswith(f"; story {two} and story {three} lead to it now")
    assert lines[2:] == (
        f"silence {silence} of story {two} holds for all of story {one} now; "
        f"`monitor silence end {silence}` ends it",
        f"troops: ben called story {two} not relevant, but not story {one}: updates are told",
        "troops: anna is on it: nothing of it is repeated",
    )
    dismissed = desk.merge(desk.story("Four", SAPPERS), desk.story("Five", FERRY, tell=False))
    assert len(dismissed.lines) == 2
    with desk.store.database.write() as c:
        answers.dismiss(c, 4, "ben", "a film", desk.now)
    assert desk.merge(4, desk.story("Six", FERRY)).lines[2] == (
        "troops: ben called it not relevant: no updates are told; `monitor alerts dismiss --undo 4` takes it back"
    )


def test_a_silence_of_a_story_stays_with_what_is_left_of_it(desk: Desk) -> None:
    one = desk.story("Sappers", SAPPERS, FERRY)
    with desk.store.database.write() as c:
        silence = add_silence(c, read_matcher({"story": str(one)}), "why", "ben", desk.now, desk.now + HOUR)
    assert desk.split(one, 2).lines[-1] == f"silence {silence} stays with story {one}"


def test_a_story_that_nobody_named_has_the_title_of_its_first_report(desk: Desk) -> None:
    one = desk.story("Sappers", SAPPERS, FERRY, FERRY)
    new = desk.split(one, 1).stories[0]
    titles = dict(desk.ask(lambda c: [(row.id, row.title) for row in c.execute(select(stories))]))
    assert titles == {one: "Sappers 2", new: "Sappers 1"}, "its own left it with the report"
    desk.split(one, 3)
    titles = dict(desk.ask(lambda c: [(row.id, row.title) for row in c.execute(select(stories))]))
    assert titles == {one: "Sappers 2", new: "Sappers 1", new + 1: "Sappers 3"}
    desk.merge(one, new)
    desk.rename(one, "The ferry")
    desk.split(one, 2)
    assert desk.ask(lambda c: c.scalar(select(stories.c.title).where(stories.c.id == one))) == "The ferry"


def test_a_story_without_a_headline_has_the_first_words_of_its_report(desk: Desk) -> None:
    one = desk.story("One", SAPPERS, FERRY)
    with desk.store.database.write() as c:
        c.execute(update(articles).where(articles.c.id == 2).values(title=""))
    new = desk.split(one, 2).stories[0]
    assert desk.ask(lambda c: c.scalar(select(stories.c.title).where(stories.c.id == new))) == FERRY


def test_an_old_number_leads_to_the_story_that_it_is_part_of(desk: Desk) -> None:
    one, two, three = (desk.story(name, SAPPERS) for name in ("One", "Two", "Three"))
    desk.merge(one, two)
    assert desk.rename(two, "Both").lines == (
        f"story {two} was merged into story {one}",
        f"story {one} is called “Both” from now on, not “One 1”",
    )
    assert desk.merge(two, three).stories == (one,)
    assert desk.split(three, 3).stories[1] == one


# --- undo --------------------------------------------------------------------------------------------


def test_what_is_said_to_undo_an_edit_does(desk: Desk) -> None:
    one, two, three = (
        desk.story("One", SAPPERS, SAPPERS),
        desk.story("Two", FERRY),
        desk.story("Three", FERRY),
    )
    copy = desk.copy(desk.articles(one)[0])
    desk.rename(two, "Kim's ferry, $5")
    kept = {story: desk.articles(story) for story in (one, two, three)}
    merged = desk.merge(one, two, three)
    desk.again(merged.undo)
    assert desk.articles(one) == kept[one]
    assert [desk.articles(story) for story in (4, 5)] == [kept[two], kept[three]]
    titles = desk.ask(lambda c: [row.title for row in c.execute(select(stories).order_by(stories.c.id))])
    assert titles[3:] == ["Kim's ferry, $5", "Three 4"]
    desk.again(desk.split(one, copy, unfold=True).undo)
    assert desk.articles(one) == kept[one]
    assert desk.ask(lambda c: c.scalar(select(articles.c.copy_of).where(articles.c.id == copy))) == 1
    again = desk.split(one, copy, unfold=True)
    desk.again(desk.merge(one, again.stories[0]).undo)
    assert desk.ask(lambda c: c.scalar(select(articles.c.copy_of).where(articles.c.id == copy))) is None
    desk.again(desk.rename(one, "It's 'named'").undo)
    assert desk.ask(lambda c: c.scalar(select(stories.c.title).where(stories.c.id == one))) == "One 1"


@pytest.mark.parametrize(
    ("title", "typed"),
    [
        ("Sappers", "Sappers"),
        ("Two words", "'Two words'"),
        ("Kim's band", '"Kim\'s band"'),
        ("Kim's $5", "'Kim'\"'\"'s $5'"),
    ],
)
def test_a_title_as_a_shell_takes_it(title: str, typed: str) -> None:
    assert argument(title) == typed


# --- mistakes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("", "the title is empty; write what the story is to be called"),
        ("  ", "the title is empty"),
        ("x" * 201, "the title has 201 characters; shorten it to 200"),
        ("a\nb", "a title is one line without control characters; take them out"),
        ("a\tb", "a title is one line"),
        ("a\x00b", "a title is one line"),
        ("\x1b[31mred", "a title is one line"),
        ("a\u2028b", "a title is one line"),
        ("a\x9bb", "a title is one line without control characters; take them out"),
        ("a\u202ertl", "a title is one line without direction overrides (U+202E); take them out"),
        ("a\u202ab\u202c", "a title is one line without direction overrides (U+202A)"),
        ("\u2066a\u2069", "a title is one line without direction overrides (U+2066)"),
    ],
)
def test_what_is_no_title(desk: Desk, title: str, said: str) -> None:
    one = desk.story("One", SAPPERS, FERRY)
    for typed in (lambda: desk.rename(one, title), lambda: desk.split(one, 1, title=title)):
        with pytest.raises(UsageError) as caught:
            typed()
        assert str(caught.value).startswith(said)
    assert desk.ask(lambda c: c.scalar(select(func.count()).select_from(story_edits))) == 0


def test_a_title_is_kept_as_it_is_typed() -> None:
    assert title_of("  Музей героев:  открытие \u2014 “Kursk” ") == "Музей героев: открытие \u2014 “Kursk”"
    assert title_of("\u200fمصر\u200e 2") == "\u200fمصر\u200e 2"  # marks turn nothing but themselves
    assert title_of("Cafe\u0301") == "Caf\u00e9"
    assert len(title_of("x" * 200)) == 200


def test_who_edits_has_a_name(now: datetime) -> None:
    assert author_of(" kim ", "because\nof it", now) == Author("kim", "because of it", now)
    with pytest.raises(UsageError, match="--by says nothing"):
        author_of(" ", None, now)


def test_mistakes_get_one_line_that_says_what_to_do(desk: Desk) -> None:
    one, two, three = desk.story("One", SAPPERS, FERRY), desk.story("Two", FERRY), desk.story("Three", FERRY)
    copy = desk.copy(1)
    loose = _unmatched(desk)
    desk.merge(one, three)
    mistakes: list[tuple[Callable[[], object], str]] = [
        (lambda: desk.rename(99, "x"), "there is no story 99; `monitor stories list` shows them"),
        (lambda: desk.rename(1 << 63, "x"), f"there is no story {1 << 63}; "),
        (lambda: desk.merge(one, -1), "there is no story -1; "),
        (lambda: desk.merge(99, one), "there is no story 99; `monitor stories list` shows them"),
        (lambda: desk.merge(one, 99), "there is no story 99; `monitor stories list` shows them"),
        (
            lambda: desk.merge(one, two, one),
            f"story {one} cannot be merged with itself; name another: monitor stories merge {one} OTHER",
        ),
        (lambda: desk.merge(one, three), f"story {three} was merged into story {one} already"),
        (
            lambda: desk.merge(two, three),
            f"story {three} was merged into story {one}; merge that: monitor stories merge {two} {one}",
        ),
        (lambda: desk.merge(three, one), f"story {one} cannot be merged with itself"),
        (lambda: desk.split(99, 1), "there is no story 99; `monitor stories list` shows them"),
        (lambda: desk.split(one, 98), "no stored article has the id or address '98'; "),
        (lambda: desk.split(one, "https://wire.example/none"), "no stored article has the id or address"),
        (
            lambda: desk.split(one, 3),
            f"article 3 is in story {two}, not in story {one}; `monitor stories show {one}` lists its articles",
        ),
        (lambda: desk.split(one, loose), f"article {loose} is in no story, not in story {one}; "),
        (
            lambda: desk.split(one, copy),
            f"story {one}: article {copy} is a copy of article 1 and goes where that goes; "
            "name 1, or say --unfold to part them",
        ),
        (
            lambda: desk.split(two, 3),
            f"story {two}: that is all of it, with the copies; a story is split where",
        ),
    ]
    before = desk.ask(_everything)
    for mistake, said in mistakes:
        with pytest.raises(UsageError) as caught:
            mistake()
        assert str(caught.value).startswith(said)
        assert "\n" not in str(caught.value)
    assert desk.ask(_everything) == before, "nothing is done by halves"


def _unmatched(desk: Desk) -> int:
    with desk.store.database.write() as c:
        return told.article(c, desk.now, "loose")


def _everything(c: Connection) -> list[Any]:
    return [c.execute(select(table)).all() for table in (articles, matches, alerts, stories, story_edits)]


# --- beside a daemon ---------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["merge", "split"])
def test_what_the_daemon_adds_meanwhile_is_not_lost(desk: Desk, what: str) -> None:
    """The command learns and reads before it takes the lock; a report comes between."""
    one, two = desk.story("One", SAPPERS, FERRY), desk.story("Two", FERRY)
    came: list[int] = []

    def texts() -> Any:
        if not came:  # as transaction (b) does
            with desk.store.database.write() as c:
                values = {"story_id": one, "novelty": "nothing", "body": SAPPERS}
                came.append(told.article(c, desk.now + 9 * HOUR, "meanwhile", **values))
                told.match(c, desk.now, came[0], one, "troops")
                save_profile(c, one, b"", desk.now)
        yield (SAPPERS, FERRY, "en")

    desk.texts = texts
    done = desk.merge(one, two) if what == "merge" else desk.split(one, 2)
    there = 4 if what == "merge" else 2
    assert len(desk.articles(one)) == there
    assert came[0] in desk.articles(one)
    profile = desk.profile(one)
    assert profile is not None and profile.articles == there
    assert f"{there} reports" in " ".join(done.lines)


STEPS = st.lists(
    st.tuples(st.sampled_from(["merge", "split", "rename"]), st.integers(0, 9), st.integers(0, 9)), max_size=6
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_people_do_nobody_is_told_and_nothing_is_lost(
    store: Store, now: datetime, steps: list[tuple[str, int, int]]
) -> None:
    """Every article stays in one story that is not merged; its matches and what was told of it are there too."""
    desk = Desk(store, now + _ever_later(store))
    ours = [
        desk.story("One", SAPPERS, FERRY),
        desk.story("Two", FERRY),
        desk.story("Three", SAPPERS, SAPPERS),
    ]
    desk.copy(desk.articles(ours[0])[0])
    kept = sorted(id for story in ours for id in desk.articles(story))
    before = desk.ask(_told)
    for what, one, other in steps:
        living = [story for story in ours if desk.articles(story)]
        story, second = living[one % len(living)], living[other % len(living)]
        if what == "rename":
            desk.rename(story, f"Name {other}")
        elif what == "merge" and story != second:
            desk.merge(story, second)
        elif what == "split" and len(reports := _reports(desk, story)) > 1:
            ours.append(desk.split(story, *reports[other % 2 :: 2]).stories[0])
    assert desk.ask(_told) == before
    found = {story: desk.articles(story) for story in ours}
    assert sorted(id for ids in found.values() for id in ids) == kept
    for story, ids in found.items():
        into = desk.ask(lambda c, id=story: c.scalar(select(stories.c.merged_into).where(stories.c.id == id)))
        assert (into is None) == bool(ids)
        assert into is None or found[into]
        if ids and any(each[0] != "rename" for each in steps):
            profile = desk.profile(story)
            assert profile is None or profile.articles == len(ids)
    apart = select(func.count()).where(
        matches.c.article_id == articles.c.id, matches.c.story_id != articles.c.story_id
    )
    assert desk.ask(lambda c: c.scalar(apart)) == 0


def _ever_later(store: Store) -> timedelta:
    """Each example has stories and addresses of its own in the one database."""
    with store.database.read() as c:
        return timedelta(days=c.scalar(select(func.count()).select_from(stories)) or 0)


def _reports(desk: Desk, story: int) -> list[int]:
    query = select(articles.c.id).where(articles.c.story_id == story, articles.c.copy_of.is_(None))
    return desk.ask(lambda c: sorted(c.scalars(query)))


def _told(c: Connection) -> list[Any]:
    """All that anybody was told or is to be told."""
    verdicts = select(matches.c.id, matches.c.verdict).order_by(matches.c.id)
    sent = select(deliveries).order_by(deliveries.c.id)
    return [
        c.execute(verdicts).all(),
        c.execute(sent).all(),
        c.execute(select(held)).all(),
        c.scalar(select(func.count()).select_from(alerts)),
    ]
