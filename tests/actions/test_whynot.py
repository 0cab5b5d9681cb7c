"""Where an article's journey ended, over a real store: every stage at which it can end, and why it did."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.actions.explain import rules_in_force
from monitor.actions.journey import Journey
from monitor.actions.whynot import names_of, why_not
from monitor.adapters.store import Store
from monitor.errors import FetchError, UsageError
from monitor.extract.address import canonical
from monitor.model import Article, Origin, Outcome, SendResult
from monitor.pipeline import Reading
from tests.pipeline.conftest import FEED, LEASE, RULES, World

OLD = ("Officials met in Geneva to talk about the weather of the coming season.",)
REPORT = (
    "North Korea has sent 1,000 sappers to Russia to clear mines in the Kursk region, officials in Seoul said.",
    "The men left the port of Rajin on Monday aboard two ships, according to the intelligence service.",
    "They are to stay until the end of the year, and a second group of builders may follow them in spring.",
)
URL = "https://wire.example/1"


@pytest.fixture
def world(store: Store, tmp_path: Path) -> World:
    """A feed that is polled, a rule file, and no article yet."""
    world = World(store)
    store.add_feed(FEED, "", ("wire",), world.clock.now())
    (tmp_path / "rules").mkdir()
    write(tmp_path, RULES)
    return world


def write(folder: Path, rules: str) -> None:
    (folder / "rules" / "a.yaml").write_text(rules)


@pytest.fixture
def ask(world: World, tmp_path: Path):
    """why-not, asked about an address or an id."""

    def asked(name: str = URL, *, only: str = "") -> Journey:
        rules = rules_in_force(world.store)
        now = world.clock.now()
        return why_not(world.store.database, tmp_path / "rules", rules, name, now, only=only, keep="90d")

    return asked


def stages(found: Journey) -> list[tuple[str, str]]:
    return [(step.stage, step.state) for step in found.steps if step.state != "note"]


def said(found: Journey, stage: str) -> list[str]:
    return [step.said for step in found.steps if step.stage == stage]


async def told(world: World, rules: str | None = None, **age: float) -> None:
    """Publish the report after the feed's baseline, and let everything flow."""
    if rules is not None:
        world.pipeline = world.make_pipeline(rules)
    world.publish("0", "Weather talks", *OLD)
    await world.go()
    world.publish("1", "Sappers for Kursk", *REPORT, **age)
    await world.go()


# --- feed ------------------------------------------------------------------------------------------


def test_an_address_that_nothing_could_bring(ask) -> None:
    found = ask("https://nowhere.example/a")
    assert (found.stage, found.told, found.article) == ("feed", False, None)
    assert said(found, "feed") == ["nothing is stored under this address, and no feed of its host is polled"]
    assert found.try_next == ("monitor feeds add FEED", "monitor match https://nowhere.example/a")


async def test_a_feed_of_the_host_that_did_not_bring_it(world: World, ask) -> None:
    assert said(ask(), "feed")[1] == f"{FEED} was not polled yet; is a daemon running?"
    world.publish("0", "Weather talks", *OLD)
    await world.go()
    world.clock.move(minutes=10)
    found = ask("https://news.wire.example/unknown")
    assert said(found, "feed")[0] == "nothing is stored under this address; no feed has brought it"
    assert said(found, "feed")[1].startswith(f"{FEED} was read 10 min ago")
    assert found.try_next[0] == f"monitor feeds poll {FEED}"
    world.clock.move(days=2)
    assert "; overdue since 2026-03-10 " in said(ask("https://wire.example/unknown"), "feed")[1]


async def test_a_feed_of_the_host_that_fails_or_is_gone(world: World, ask) -> None:
    world.fetcher.answers[FEED] = FetchError("timeout", f"{FEED} did not answer within 30 s")
    await world.poll()
    lines = said(ask(), "feed")
    assert lines[0].endswith("no feed has brought it, and those of its host cannot be read")
    assert lines[1] == f"{FEED} has failed since 2026-03-10 10:30 UTC: did not answer within 30 s"
    world.store.remove_feed(FEED, world.clock.now())
    assert said(ask(), "feed")[1] == f"{FEED} is not polled any more: removed by command"
    assert ask().try_next[0] == f"monitor feeds add {FEED}"


async def test_near_misses_are_named(world: World, ask) -> None:
    world.publish("0", "Weather talks", *OLD)
    await world.go()
    world.publish("sappers-sent-to-kursk.html", "Sappers sent to Kursk", *REPORT)
    await world.go()
    same_path = ask("https://mirror.example/sappers-sent-to-kursk.html").try_next
    same_title = ask("https://mirror.example/2026/kursk-sappers-sent").try_next
    assert same_path[0] == same_title[0] == "monitor why-not https://wire.example/sappers-sent-to-kursk.html"
    assert ask("https://mirror.example/100%_else").try_next[0] == "monitor feeds add FEED"


# --- extraction ------------------------------------------------------------------------------------


async def test_an_entry_that_waits(world: World, ask) -> None:
    world.publish("1", "Sappers for Kursk", *REPORT)
    await world.poll()
    found = ask()
    assert stages(found) == [("feed", "ok"), ("extraction", "waiting")]
    assert found.ended == "it is on its way: its page waits to be read since 2026-03-10 10:30 UTC"
    world.clock.move(hours=1)
    assert said(ask(), "extraction")[0].endswith(", 60 min ago; is a daemon running?")


async def test_an_entry_whose_page_fails(world: World, ask) -> None:
    world.publish("0", "Weather talks", *OLD)
    world.break_page("0", FetchError("timeout", "it did not answer within 30 s"))
    await world.poll()
    assert await world.read() == []
    found = ask("https://wire.example/0")
    assert stages(found) == [("feed", "ok"), ("extraction", "waiting")]
    assert said(found, "extraction") == [
        "its page could not be read (1 try): it did not answer within 30 s; next try 2026-03-10 10:31 UTC"
    ]


async def test_an_entry_that_was_set_aside(world: World, ask) -> None:
    world.publish("1", "Sappers for Kursk", *REPORT)
    await world.poll()
    (queued,) = world.store.claim_entries(world.clock.now(), 9, LEASE, (), 9)
    world.store.quarantine_entry(queued, "it could not be stored in 3 attempts; see the log")
    assert ask().ended == (
        "it ended at the extraction: set aside: it could not be stored in 3 attempts; see the log"
    )


async def test_a_text_that_is_not_kept_any_more(world: World, ask) -> None:
    world.publish("0", "Weather talks", *OLD)
    await world.go()
    assert world.store.drop_unmatched(world.clock.move(days=91)) == 1
    found = ask("https://wire.example/0")
    assert stages(found) == [("feed", "ok"), ("extraction", "stopped")]
    assert found.ended.endswith("its text is not kept any more: it matched no rule (storage.keep = 90d)")


async def test_a_degraded_text_says_so(world: World, ask) -> None:
    world.publish("0", "Weather talks", *OLD)
    await world.go()
    world.publish("1", "Sappers for Kursk", *REPORT, page=False)
    await world.go()
    assert said(ask(), "extraction")[0].endswith("degraded, only what the feed gave: its page answered 404")


# --- rule ------------------------------------------------------------------------------------------


async def test_what_no_rule_matched_says_what_the_nearest_lacks(world: World, ask) -> None:
    world.publish("0", "Pyongyang weather", "The troop rested in Pyongyang, where it rained.")
    await world.go()
    found = ask("https://wire.example/0")
    assert stages(found)[-1] == ("rule", "stopped")
    assert said(found, "rule") == ["no rule matched", "troops lacks Russia"]
    assert found.try_next == (f"monitor explain troops {found.article}",)
    found = ask("https://wire.example/0", only="troops")
    assert said(found, "rule") == ["troops did not match", "it lacks Russia"]
    assert found.try_next == (f"monitor explain troops {found.article}",)
    with pytest.raises(UsageError, match="did you mean troops"):
        ask("https://wire.example/0", only="trops")


async def test_a_rule_that_was_changed_since(world: World, ask, tmp_path: Path) -> None:
    world.publish("0", "Weather talks", *OLD)
    await world.go()
    write(tmp_path, "rules:\n  - id: weather\n    query: Geneva AND weather\n    tests: {match: [x]}\n")
    (line,) = said(ask("https://wire.example/0"), "rule")[1:]
    assert line.startswith("weather in version ")
    assert line.endswith(" matches it now, and did not then: the daemon has not read it yet")
    assert ask("https://wire.example/0").try_next[0] == "monitor backtest weather"
    ended = "rules:\n  - id: weather\n    query: Geneva\n    enabled_until: 2026-01-31\n"
    write(tmp_path, ended)
    assert "weather is not in force: its enabled_until is past" in said(ask("https://wire.example/0"), "rule")


async def test_a_match_by_an_older_version(world: World, ask, tmp_path: Path) -> None:
    await told(world)
    write(tmp_path, RULES.replace("AND Russia", "AND Mars"))
    (line,) = said(ask(), "rule")
    assert line.startswith("troops matched in version ") and line.endswith(" now, which does not")


async def test_another_rule_matched(world: World, ask, tmp_path: Path) -> None:
    await told(world)
    write(tmp_path, RULES + "  - id: rain\n    query: rain\n    tests: {match: [rain]}\n")
    found = ask(only="rain")
    assert said(found, "rule") == ["rain did not match (troops did)", "it lacks rain"]
    assert (found.stage, found.told) == ("rule", False)


# --- story, alert, delivery ------------------------------------------------------------------------


async def test_a_baseline_article_is_withheld(world: World, ask) -> None:
    world.publish("1", "Sappers for Kursk", *REPORT)
    await world.go()
    found = ask()
    assert said(found, "feed") == [f"{FEED} brought it with its first poll (baseline: stored, not told)"]
    assert found.ended.startswith("it ended at the story: withheld: baseline: it was there at")


async def test_what_was_told_is_told(world: World, ask) -> None:
    await told(world)
    found = ask()
    assert stages(found) == [
        (stage, "ok") for stage in ("feed", "extraction", "rule", "story", "alert", "delivery")
    ]
    assert (found.told, found.ended, found.try_next) == (True, "it was told", ())
    added, decided = said(found, "story")
    assert added == "story 1, “Sappers for Kursk”: the first report: 1,000 troops sent, 2 ships"
    assert decided.startswith("troops: new story; in story ")
    assert found.steps[-1].at == world.clock.now()
    assert ask(str(found.article)).article == found.article
    moments = [step.at for step in found.steps if step.at]
    assert moments == sorted(moments)


@pytest.mark.parametrize(
    "name",
    ["http://wire.example/1", "https://WIRE.example:443/1?utm_source=x#top", "https://www.wire.example/1/"],
)
async def test_other_spellings_of_an_address_find_it(world: World, ask, name: str) -> None:
    await told(world)
    assert ask(name).told


async def test_a_copy_is_withheld_and_names_the_other(world: World, ask) -> None:
    other = "https://paper.example/rss"
    world.store.add_feed(other, "", (), world.clock.now())
    world.publish("0", "Weather talks", *OLD)
    world.publish("0", "Other weather", *OLD, feed=other)
    await world.go()
    world.publish("1", "Sappers for Kursk", *REPORT)
    await world.go()
    world.publish("9", "Sappers bound for Kursk", *REPORT, feed=other)
    await world.go()
    found = ask("https://paper.example/9")
    assert (found.stage, found.told) == ("story", False)
    original = ask().article
    assert found.ended.startswith(f"it ended at the story: withheld: copy of article {original}: ")
    assert "(“Sappers for Kursk”)" in found.ended
    assert found.try_next == (f"monitor why-not {original}",)


async def test_a_digest_waits(world: World, ask) -> None:
    await told(world, RULES.rstrip() + "\n    alert: {per: digest}\n")
    found = ask()
    assert (found.stage, found.told) == ("alert", False)
    assert (
        found.ended == "it is on its way: kept for the digest of desk, 2026-03-10 22:00 UTC"
    )  # 07:00 in Seoul


@pytest.mark.parametrize(
    ("result", "state", "ended"),
    [
        (
            SendResult(Outcome.TRANSIENT, "421 try later"),
            "waiting",
            "it is on its way: desk, {} failed (1 try): 421",
        ),
        (
            SendResult(Outcome.UNKNOWN, "no answer"),
            "waiting",
            "it is on its way: desk, {} may have arrived (1 try)",
        ),
        (
            SendResult(Outcome.PERMANENT, "550 no such user"),
            "stopped",
            "it ended at the delivery: given up after 1 try to desk, {}: refused for good: 550 no such user",
        ),
    ],
)
async def test_a_delivery_that_did_not_arrive(
    world: World, ask, result: SendResult, state: str, ended: str
) -> None:
    world.notifier.script.append(result)
    await told(world)
    found = ask()
    ((delivery),) = world.alerts()[0]["deliveries"]
    assert stages(found)[-1] == ("delivery", state)
    assert found.ended.startswith(ended.format(delivery["channel"]))
    if state == "stopped":
        assert found.try_next == ("monitor notify desk", "monitor doctor")


async def test_an_alert_for_nobody(world: World, ask) -> None:
    policy = world.pipeline.policy
    world.pipeline.policy = replace(policy, channels={}, receivers={}, default=())
    await told(world)
    assert ask().ended == "it ended at the delivery: nobody is told: no receiver is configured for it"


def test_a_seed_came_by_no_feed(world: World, ask) -> None:
    article = Article(
        "Sappers for Kursk", "\n".join(REPORT), origin=Origin.SEED, url=URL, collected=world.clock.now()
    )
    world.pipeline.settle([Reading(canonical(URL), article)])
    found = ask()
    assert said(found, "feed") == ["it is a seed, and came by no feed"]
    assert found.ended.startswith("it ended at the story: withheld: seed")


# --- names, and what it costs others ---------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "no address", "ftp://wire.example/1", "https://", "javascript:x", "-1"])
def test_what_is_no_address_is_wrong_usage(name: str) -> None:
    with pytest.raises(UsageError, match="no web address"):
        names_of(name)


def test_an_id_that_is_none_is_wrong_usage(ask) -> None:
    with pytest.raises(UsageError, match="no stored article has the id 4711"):
        ask("4711")


async def test_it_reads_beside_a_writer(world: World, ask) -> None:
    """The answer does not wait for a transaction that holds the database, as a daemon's may."""
    await told(world)
    answers: list[Journey] = []
    with world.store.settlement(world.clock.now()):
        reader = threading.Thread(target=lambda: answers.append(ask()))
        reader.start()
        reader.join(20)
    assert [answer.told for answer in answers] == [True]


async def test_the_row_holds_what_is_shown(world: World, ask) -> None:
    await told(world)
    row = ask().row()
    assert list(row) == ["id", "article", "stage", "told", "ended", "steps", "try"]
    assert row["steps"][2]["rule"] == "troops"
    assert [step["stage"] for step in row["steps"]] == [step.stage for step in ask().steps]
