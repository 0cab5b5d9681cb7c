"""Stories that a person split, merged or renamed, from feed to message: nothing is told by it, and nothing lost."""

from __future__ import annotations

import pytest

from monitor.actions.story_bench import Author, Bench
from monitor.actions.story_edits import merge, rename, split
from monitor.adapters.store.story_edits import StoryEdits
from tests.pipeline.conftest import FEED, RULES, World

OLD = "Officials met in Geneva to talk about the weather of the coming season."
PAPER, POST = "https://paper.example/rss", "https://post.example/rss"
# Two events that one machine takes for one story, or for two.
SAPPERS = (
    "North Korea has sent 1,000 sappers to Russia to clear mines in the Kursk region, officials in Seoul said.",
    "The men left the port of Rajin on Monday aboard two ships, according to the intelligence service.",
)
BRIDGE = (
    "Soldiers from North Korea are to build a bridge over the Tumen river into Russia, a newspaper in Tokyo wrote.",
    "Work on the pillars begins in April and is to take eighteen months, the planners of the railway say.",
)
MORE_SAPPERS = (
    "North Korea has sent 1,500 sappers to Russia to clear mines in the Kursk region, officials in Seoul now say.",
    "Another ship left the port of Rajin on Thursday with men, according to the intelligence service.",
)
MORE_BRIDGE = (
    "Soldiers from North Korea pour concrete for towers and a customs house at the Tumen bridge into Russia.",
    "The planners of the railway say that work on the pillars of the bridge takes longer than months.",
)
BAND = (
    "Sappers whom North Korea sent to Russia aboard two ships left for the Kursk region on Monday.",
    "A band played in Vladivostok.",
)
MORE_BAND = (
    "A band played in Vladivostok for the sappers whom North Korea sent to Russia, and played twice.",
)


@pytest.fixture
async def known(world: World) -> World:
    """Three feeds whose past is stored."""
    for number, feed in enumerate((FEED, PAPER, POST)):
        if feed != FEED:
            world.store.add_feed(feed, "", (), world.clock.now())
        world.publish("0", "Weather talks", f"{OLD} Part {number}.", feed=feed)
    await world.go()
    return world


class Desk:
    """A person beside the daemon, with a connection of their own."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.edits = StoryEdits(world.store.database)

    def author(self) -> Author:
        return Author("kim", "", self.world.clock.now())

    def bench(self) -> Bench:
        return Bench(lambda: self.world.store.sample_texts(100))

    def split(self, story: int, *titles: str, title: str | None = None) -> int:
        ids = {article.title: str(article.id) for article, _, _ in self.world.store.articles(limit=99)}
        names = [ids[each] for each in titles]
        done = split(self.edits, self.world.store, story, names, self.bench(), self.author(), title)
        return done.stories[0]

    def merge(self, story: int, *others: int) -> None:
        merge(self.edits, story, others, self.bench(), self.author())

    def rename(self, story: int, title: str) -> None:
        rename(self.edits, story, title, self.author())


@pytest.fixture
def desk(known: World) -> Desk:
    return Desk(known)


def stories(world: World) -> dict[str, int | None]:
    """The story of each article about North Korea, by its title."""
    rows = world.store.articles(limit=99)
    return {article.title: story for article, story, _ in rows if not article.title.startswith("Weather")}


def told(world: World) -> list[tuple[str, int]]:
    """Kind and story of each alert, oldest first."""
    return [(alert["kind"], alert["story"]) for alert in world.alerts()]


def references(world: World) -> list[tuple[str, list[str]]]:
    """Subject and References of each message that was sent."""
    return [(message.subject, message.headers["References"].split()) for _, _, message in world.notifier.sent]


@pytest.fixture
async def two(known: World) -> World:
    """Two stories of one report each, both told."""
    known.publish("1", "Sappers for Kursk", *SAPPERS)
    await known.go()
    known.publish("2", "A bridge for Russia", *BRIDGE, feed=PAPER)
    await known.go()
    assert told(known) == [("new", 1), ("new", 2)]
    return known


@pytest.fixture
async def one(two: World, desk: Desk) -> World:
    """Both in one story."""
    desk.merge(1, 2)
    return two


async def test_what_is_merged_goes_on_as_one_story_with_updates(one: World) -> None:
    await one.go()
    assert told(one) == [("new", 1), ("new", 1)], "nobody is alerted by an edit"
    one.publish("3", "A bridge with two tracks", *MORE_BRIDGE, feed=POST)
    await one.go()
    assert stories(one)["A bridge with two tracks"] == 1
    one.publish("4", "More sappers for Kursk", *MORE_SAPPERS, feed=POST)
    await one.go()
    assert set(stories(one).values()) == {1}
    assert {kind for kind, _ in told(one)[2:]} == {"update"}, one.decisions()


async def test_a_part_that_nobody_was_told_of_is_told_as_a_new_story(known: World, desk: Desk) -> None:
    """A person says that it is another event; until then it was taken for what had been told."""
    known.publish("1", "Sappers for Kursk", *SAPPERS)
    await known.go()
    known.publish("2", "Band plays for sappers", *BAND)
    await known.go()
    assert [decision for _, decision, _ in known.decisions()] == ["alert", "withheld"]
    new = desk.split(1, "Band plays for sappers")
    await known.go()
    assert told(known) == [("new", 1)], "nobody is alerted by an edit"
    known.publish("3", "Vladivostok's band", *MORE_BAND, feed=POST)
    await known.go()
    assert stories(known)["Vladivostok's band"] == new
    assert told(known) == [("new", 1), ("new", new)]


async def test_reports_like_what_was_split_off_join_it(one: World, desk: Desk) -> None:
    new = desk.split(1, "A bridge for Russia")
    await one.go()
    assert told(one) == [("new", 1), ("new", new)], "what was told of a report is told of its story"
    one.publish("3", "A bridge with two tracks", *MORE_BRIDGE, feed=POST)
    one.publish("4", "More sappers for Kursk", *MORE_SAPPERS, feed=POST)
    await one.go()
    assert stories(one)["A bridge with two tracks"] == new
    assert stories(one)["More sappers for Kursk"] == 1
    assert sorted(told(one)[2:]) == [("update", 1), ("update", new)]


async def test_a_story_whose_told_part_was_split_off_is_told_anew(known: World, desk: Desk) -> None:
    """What keeps an alert from being told twice goes with the alert, or the story left could never be told of."""
    known.publish("1", "Sappers for Kursk", *SAPPERS)
    await known.go()
    known.publish("2", "Band plays for sappers", *BAND)
    await known.go()
    new = desk.split(1, "Sappers for Kursk")
    known.publish("3", "Vladivostok's band", *MORE_BAND, feed=POST)
    await known.go()
    assert stories(known)["Vladivostok's band"] == 1
    assert told(known) == [("new", new), ("new", 1)]


async def test_copies_and_revisions_stay_where_a_person_put_their_article(one: World, desk: Desk) -> None:
    new = desk.split(1, "A bridge for Russia")
    one.publish("6", "Russia gets a bridge", *BRIDGE, feed=POST)
    await one.go()
    assert stories(one)["Russia gets a bridge"] == new
    assert one.decisions()[-1][1] == "withheld", "a copy of what was told"
    changed = (BRIDGE[0], BRIDGE[1].replace("eighteen months", "24 months"))
    one.publish("2", "A bridge for Russia", *changed, feed=PAPER)
    one.publish("1", "Sappers for Kursk", SAPPERS[0].replace("1,000", "2,000"), SAPPERS[1])
    await one.go()
    assert (stories(one)["A bridge for Russia"], stories(one)["Sappers for Kursk"]) == (new, 1)


async def test_another_node_goes_by_what_a_person_did_here(one: World, desk: Desk) -> None:
    here, there = one.pipeline, one.make_pipeline(RULES)
    one.pipeline = there
    one.publish("3", "A bridge with two tracks", *MORE_BRIDGE, feed=POST)
    await one.go()
    assert stories(one)["A bridge with two tracks"] == 1
    new = desk.split(1, "A bridge for Russia", "A bridge with two tracks")
    one.pipeline = here
    one.publish("7", "The Tumen bridge", MORE_BRIDGE[0] + " Steel ropes come by train.", feed=FEED)
    await one.go()
    desk.merge(1, new)
    one.pipeline = there
    one.publish("8", "Sappers", MORE_SAPPERS[0], feed=PAPER)
    await one.go()
    assert stories(one)["The Tumen bridge"] == stories(one)["Sappers"] == 1
    assert there.memory.get(new) is None


async def test_an_edit_teaches_a_running_daemon_no_words(one: World, desk: Desk) -> None:
    vocabulary = one.pipeline.memory.vocabulary
    before = vocabulary.documents, len(vocabulary)
    desk.split(1, "A bridge for Russia")
    await one.go()
    assert (vocabulary.documents, len(vocabulary)) == before


async def test_a_name_is_told_and_a_thread_goes_on(known: World, desk: Desk) -> None:
    known.pipeline = known.make_pipeline(RULES, ["mailto://user:pass@mail.example?to=desk@news.example"])
    known.publish("1", "Sappers for Kursk", *SAPPERS)
    await known.go()
    known.publish("2", "A bridge for Russia", *BRIDGE, feed=PAPER)
    await known.go()
    desk.merge(1, 2)
    desk.rename(2, "Kim's men in Russia")
    known.publish("3", "A bridge with two tracks", *MORE_BRIDGE, feed=POST)
    known.publish("4", "More sappers for Kursk", *MORE_SAPPERS, feed=POST)
    await known.go()
    sappers, bridge, update = known.notifier.sent[0][2], known.notifier.sent[1][2], known.notifier.sent[2][2]
    threads = [message.headers["References"].split() for message in (sappers, bridge)]
    assert update.headers["References"].split() == [*threads[1], *threads[0]]
    assert update.headers["In-Reply-To"] == threads[0][0]
    assert update.subject == f"Re: {sappers.subject}"
    assert "Story: Kim's men in Russia" in update.text
    assert "Kim's men" not in sappers.text
    assert "Kim&#39;s men in Russia" in (update.html or "")
