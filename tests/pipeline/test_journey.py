"""From feed to delivery over a real store: what is told, what is not, and why."""

from __future__ import annotations

import threading

import pytest

from monitor.errors import FetchError, WorkerError
from monitor.live_rules import LiveRules
from monitor.match.engine import Engine
from monitor.match.in_force import RulesInForce
from monitor.model import Article, Entry, Match, Outcome, Response, SendResult
from monitor.pipeline import Reading
from monitor.relate.memory import StoryMemory
from tests.fakes import InProcessWorkers
from tests.pipeline.conftest import FEED, RULES, World, rules_of

OLD = ("Officials met in Geneva to talk about the weather of the coming season.",)
REPORT = (
    "North Korea has sent 1,000 sappers to Russia to clear mines in the Kursk region, officials in Seoul said.",
    "The men left the port of Rajin on Monday aboard two ships, according to the intelligence service.",
    "They are to stay until the end of the year, and a second group of builders may follow them in spring.",
)
OTHER = (
    "Pyongyang denied on Friday that soldiers of its special forces would parade through the streets of Moscow.",
    "A spokesman called reports of a parade in Russia a fabrication, and said that relations were warm as ever.",
)


async def test_the_first_poll_is_the_baseline_and_alerts_nobody(world: World) -> None:
    world.publish("1", "Sappers for Kursk", *REPORT)
    await world.go()
    assert world.decisions() == [
        ("Sappers for Kursk", "withheld", "baseline: it was there at the feed's first poll")
    ]
    assert world.alerts() == [] and world.notifier.sent == []


async def test_news_is_told_once_with_its_story(world: World) -> None:
    world.publish("0", "Weather talks", *OLD)
    await world.go()
    world.publish("1", "Sappers for Kursk", *REPORT)
    for _ in range(3):
        await world.go()
    assert world.decisions() == [("Sappers for Kursk", "alert", "new story")]
    (alert,) = world.alerts()
    assert (alert["kind"], alert["rule"]) == ("new", "troops")
    ((delivery),) = alert["deliveries"]
    assert (delivery["state"], delivery["attempts"], delivery["error"]) == ("sent", 1, None)
    ((receiver, channel, message),) = world.notifier.sent
    assert receiver == "desk" and channel == delivery["channel"]
    assert "Sappers for Kursk" in message.text


async def test_since_lets_the_first_poll_tell_the_recent_past(world: World) -> None:
    from dataclasses import replace
    from datetime import timedelta

    world.pipeline.policy = replace(world.pipeline.policy, since=timedelta(days=2))
    world.publish("1", "Sappers for Kursk", *REPORT, days=1)
    world.publish("2", "No parade in Moscow", *OTHER, days=3)
    await world.go()
    assert {(title, decision) for title, decision, _ in world.decisions()} == {
        ("Sappers for Kursk", "alert"),
        ("No parade in Moscow", "withheld"),
    }


async def test_what_was_published_long_ago_is_only_stored(world: World) -> None:
    world.publish("0", "Weather talks", *OLD)
    await world.go()
    world.publish("1", "Sappers for Kursk", *REPORT, days=8)
    await world.go()
    assert [decision for _, decision, _ in world.decisions()] == ["withheld"]
    assert "old" in world.decisions()[0][2]


async def test_a_copy_elsewhere_is_folded(world: World) -> None:
    other = "https://paper.example/rss"
    world.store.add_feed(other, "", (), world.clock.now())
    world.publish("0", "Weather talks", *OLD)
    world.publish("0", "Weather talks, continued", *OLD, feed=other)
    await world.go()
    world.publish("1", "Sappers for Kursk", *REPORT)
    await world.go()
    world.publish("9", "Pyongyang's men clear mines", *REPORT, feed=other)
    await world.go()
    assert [(t, d) for t, d, _ in world.decisions()] == [
        ("Sappers for Kursk", "alert"),
        ("Pyongyang's men clear mines", "withheld"),
    ]
    assert world.decisions()[1][2].startswith("copy of article")
    assert len(world.notifier.sent) == 1


async def test_a_corrected_figure_is_an_update_in_the_same_thread(world: World) -> None:
    world.publish("0", "Weather talks", *OLD)
    await world.go()
    world.publish("1", "Sappers for Kursk", *REPORT)
    await world.go()
    world.publish("1", "Sappers for Kursk", *(text.replace("1,000", "1,500") for text in REPORT))
    for _ in range(2):
        await world.go()
    assert [(a["kind"], a["story"]) for a in world.alerts()] == [("new", 1), ("update", 1)]
    assert "1,500" in world.decisions()[1][2]
    first, second = (message for _, _, message in world.notifier.sent)
    assert first.key != second.key and "1,500" in second.text
    (article, _, _), _ = world.store.articles(limit=9)
    assert article.revision == 2 and "1,500" in article.body
    (before,) = world.store.revisions(article.id)
    assert (before.revision, before.title) == (1, "Sappers for Kursk") and "1,000" in before.body


async def test_a_change_that_says_nothing_new_is_withheld(world: World) -> None:
    world.publish("0", "Weather talks", *OLD)
    await world.go()
    world.publish("1", "Sappers for Kursk", *REPORT)
    await world.go()
    world.publish("1", "Sappers for Kursk region", *REPORT)
    await world.go()
    assert [d for _, d, _ in world.decisions()] == ["alert", "withheld"]
    assert world.decisions()[1][2].startswith("nothing new")


async def test_an_article_of_one_feeds_past_is_news_where_another_feed_brings_it_as_news(
    world: World,
) -> None:
    """A feed added late must not silence what the others were about to bring."""
    world.publish("0", "Weather talks", *OLD)
    await world.go()
    late = "https://wire.example/late/rss"
    world.store.add_feed(late, "", (), world.clock.now())
    world.publish("x", "Sappers for Kursk", *REPORT, feed=late)
    world.fetcher.feed(
        late,
        *(
            item.__class__(**{**item.__dict__, "link": "https://wire.example/1"})
            for item in world._feeds[late]
        ),
    )
    world.fetcher.page("https://wire.example/1", "Sappers for Kursk", *REPORT)
    await world.go()
    assert [d for _, d, _ in world.decisions()] == ["withheld"]
    world.publish("1", "Sappers for Kursk", *REPORT)
    for _ in range(2):
        await world.go()
    assert [d for _, d, _ in world.decisions()] == ["alert"]
    assert len(world.alerts()) == 1
    assert len(world.store.articles(limit=9)) == 2


@pytest.mark.parametrize("attempts", [1, 3])
async def test_a_page_that_cannot_be_had_matches_on_what_the_feed_says(world: World, attempts: int) -> None:
    world.publish("0", "Weather talks", *OLD)
    await world.go()
    text = REPORT[0] if attempts == 1 else "Sappers leave for abroad, officials said."
    world.publish("1", "Sappers for Kursk", text)
    world.break_page("1", FetchError("timeout", "https://wire.example/1 did not answer in 30 s"))
    for attempt in range(attempts):
        await world.go()
        stored = world.store.articles(limit=1)[0][0]
        assert (stored.degraded is not None) == (attempt == attempts - 1)
    assert len(world.decisions()) == (1 if attempts == 1 else 0)


async def test_a_page_that_comes_back_is_read_whole(world: World) -> None:
    world.publish("0", "Weather talks", *OLD)
    await world.go()
    world.publish("1", "Sappers leave", "Officials said.", *REPORT)
    page = world.fetcher.answers["https://wire.example/1"]
    world.break_page("1", FetchError("connect", "refused"))
    await world.go()
    assert len(world.store.articles(limit=9)) == 1
    world.fetcher.answers["https://wire.example/1"] = page
    await world.go()
    assert [d for _, d, _ in world.decisions()] == ["alert"]
    assert world.store.articles(limit=1)[0][0].degraded is None


class _Poison(Engine):
    """An engine that cannot stand one article."""

    def match(self, article: Article) -> tuple[Match, ...]:
        if "poison" in article.title:
            raise ZeroDivisionError("a defect")
        return super().match(article)


async def test_an_article_that_breaks_its_batch_harms_no_other_and_is_set_aside(world: World) -> None:
    rules = rules_of(RULES)
    world.pipeline.rules = LiveRules(RulesInForce(rules.rules, _Poison(rules.rules.values())))
    world.publish("0", "Weather talks", *OLD)
    await world.go()
    world.publish("1", "Sappers for Kursk", *REPORT)
    world.publish("2", "This is poison", *OTHER)
    for _ in range(4):
        await world.go()
    assert [(t, d) for t, d, _ in world.decisions()] == [("Sappers for Kursk", "alert")]
    assert world.store.status(world.clock.now())["entries"] == {"queued": 0, "quarantined": 1}


async def test_results_of_a_lost_lease_are_not_stored(world: World) -> None:
    world.publish("0", "Weather talks", *OLD)
    await world.go()
    world.publish("1", "Sappers for Kursk", *REPORT)
    await world.poll()
    late = await world.read()
    world.clock.move(hours=1)
    current = await world.read()
    assert len(late) == len(current) == 1
    assert world.pipeline.settle(late) == 0
    assert world.pipeline.settle(current) == 1
    assert world.pipeline.settle(current) == 0
    assert len(world.alerts()) == 1


async def test_a_failed_delivery_is_tried_again_under_the_same_key(world: World) -> None:
    world.notifier.script = [SendResult(Outcome.TRANSIENT, "503"), SendResult(Outcome.UNKNOWN, "no answer")]
    world.publish("0", "Weather talks", *OLD)
    await world.go()
    world.publish("1", "Sappers for Kursk", *REPORT)
    for _ in range(4):
        await world.go()
    assert len({message.key for _, _, message in world.notifier.sent}) == 1
    assert len(world.notifier.sent) == 3
    (delivery,) = world.alerts()[0]["deliveries"]
    assert (delivery["state"], delivery["attempts"]) == ("sent", 3)


async def test_a_refusal_for_good_is_kept_with_its_reason(world: World) -> None:
    world.notifier.script = [SendResult(Outcome.PERMANENT, "550 no such user")]
    world.publish("0", "Weather talks", *OLD)
    await world.go()
    world.publish("1", "Sappers for Kursk", *REPORT)
    for _ in range(2):
        await world.go()
    (delivery,) = world.alerts()[0]["deliveries"]
    assert delivery["state"] == "dead" and "550 no such user" in delivery["error"]
    assert len(world.notifier.sent) == 1


async def test_a_digest_gathers_what_was_held_until_morning(world: World) -> None:
    world.pipeline = world.make_pipeline(RULES.replace("    tests:", "    alert: {per: digest}\n    tests:"))
    world.publish("0", "Weather talks", *OLD)
    await world.go()
    world.publish("1", "Sappers for Kursk", *REPORT)
    world.publish("2", "No parade in Moscow", *OTHER)
    await world.go()
    assert {d for _, d, _ in world.decisions()} == {"held"} and world.alerts() == []
    assert world.pipeline.release() == 0
    world.clock.move(hours=24)
    assert world.pipeline.release() == 1
    assert world.pipeline.release() == 0
    await world.send()
    ((_, _, message),) = world.notifier.sent
    assert "Sappers for Kursk" in message.text and "No parade in Moscow" in message.text
    assert [a["kind"] for a in world.alerts()] == ["digest"]


async def test_per_article_tells_every_article_that_is_no_copy(world: World) -> None:
    world.pipeline = world.make_pipeline(RULES.replace("    tests:", "    alert: {per: article}\n    tests:"))
    world.publish("0", "Weather talks", *OLD)
    await world.go()
    world.publish("1", "Sappers for Kursk", *REPORT)
    world.publish("2", "Sappers for Kursk again", *REPORT)
    world.publish("3", "No parade in Moscow", *OTHER)
    await world.go()
    assert sorted(d for _, d, _ in world.decisions()) == ["alert", "alert", "withheld"]


async def test_seeds_are_stored_with_their_matches_and_count_as_not_told(world: World) -> None:
    from monitor.extract.seed import read_seed

    seed = read_seed("sappers.txt", "\n".join(("Sappers for Kursk", "", *REPORT)).encode())
    for _ in range(2):
        world.pipeline.settle([Reading("seed:seeds/sappers.txt", seed)])
    assert world.decisions() == [
        ("Sappers for Kursk", "withheld", "seed: the example the rule was written from")
    ]
    ((article, story, _),) = world.store.articles(limit=9)
    assert article.origin.value == "seed" and story == 1
    world.publish("0", "Weather talks", *OLD)
    await world.go()
    follow_up = (
        *REPORT[:1],
        "A second ship with 400 more arrived on Sunday.",
        "Its men were seen at the station of Kursk.",
    )
    world.publish("1", "More sappers reach Kursk", *follow_up)
    await world.go()
    assert [a["kind"] for a in world.alerts()] == ["new"]


async def test_validators_are_echoed_and_unchanged_bytes_are_not_parsed_again(world: World) -> None:
    world.publish("0", "Weather talks", *OLD)
    world.fetcher.feed(
        FEED, *world._feeds[FEED], headers={"etag": 'W/"odd, one"', "last-modified": "yesterday-ish"}
    )
    for _ in range(2):
        await world.go()
    (_, first), (_, second) = [asked for asked in world.fetcher.asked if asked[0] == FEED]
    assert "If-None-Match" not in first
    assert second["If-None-Match"] == 'W/"odd, one"' and second["If-Modified-Since"] == "yesterday-ish"


class _NoFeedText(InProcessWorkers):
    """Workers that what the feed gives always kills."""

    async def from_feed(self, entry: Entry, degraded: str, page: Response | None = None) -> Article:
        raise WorkerError("timeout", f"{entry.url} took longer than 10 s to be read")


async def test_where_nothing_can_be_read_the_title_still_matches(world: World) -> None:
    world.pipeline.workers = _NoFeedText()
    world.publish("0", "Weather talks", *OLD)
    await world.go()
    world.publish("1", "North Korean troops reach Russia", *REPORT)
    world.break_page("1", FetchError("timeout", "no answer"))
    await world.go()
    assert [d for _, d, _ in world.decisions()] == ["alert"]
    ((article, _, _),) = world.store.articles(limit=1)
    assert article.body == "" and "cannot be read either" in (article.degraded or "")


async def test_a_date_of_next_week_is_not_believed(world: World) -> None:
    world.publish("0", "Weather talks", *OLD)
    await world.go()
    world.publish("1", "Sappers for Kursk", *REPORT, days=-7)
    await world.go()
    ((article, _, _),) = world.store.articles(limit=1)
    assert article.published is None
    assert [d for _, d, _ in world.decisions()] == ["alert"]


async def test_a_copy_of_what_was_only_baseline_is_told_once(world: World) -> None:
    """A feed added late brings a wire report as its past, which an outlet watched for long is about to print."""
    late = "https://late.example/rss"
    world.publish("0", "Weather talks", *OLD)
    await world.go()
    world.store.add_feed(late, "", (), world.clock.now())
    world.publish("x", "Sappers for Kursk", *REPORT, feed=late)
    await world.go()
    world.publish("1", "Pyongyang's men clear mines", *REPORT)
    world.publish("2", "Mines near Kursk are cleared by sappers", *REPORT)
    await world.go()
    assert sorted(d for _, d, _ in world.decisions()) == ["alert", "withheld", "withheld"]
    assert [a["kind"] for a in world.alerts()] == ["new"]


async def test_settlements_share_the_memory_of_stories_one_after_the_other(world: World) -> None:
    """Threads of PostgreSQL's store: a second one would read, or forget, what the first is still learning."""
    world.publish("1", "Sappers for Kursk", *REPORT)
    world.publish("2", "No parade in Moscow", *OTHER)
    await world.poll()
    first, other = await world.read()

    class Memory(StoryMemory):
        second: threading.Thread | None = None
        waited = False

        def learn(self, title: str, body: str, language: str | None) -> None:
            super().learn(title, body, language)
            if self.second is None:
                self.second = threading.Thread(target=world.pipeline.settle, args=([other],))
                self.second.start()
                self.second.join(0.3)
                self.waited = self.second.is_alive()

    world.pipeline.memory = memory = Memory()
    world.pipeline.settle([first])
    assert memory.second is not None and memory.waited
    memory.second.join(10)
    assert sorted(title for title, _, _ in world.decisions()) == ["No parade in Moscow", "Sappers for Kursk"]
