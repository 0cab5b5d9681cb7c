"""Who is told when, over a real store: routes, groups, quiet hours, silences, spikes, floods, repeats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from monitor.adapters.store import alerts, answers, held, silences
from monitor.adapters.store.schema import alerts as alerts_table
from monitor.adapters.store.schema import deliveries
from monitor.model import Article, Hold, Standing
from monitor.pipeline import Reading
from monitor.route.hours import read_hours
from monitor.route.matchers import read_matcher
from monitor.route.routes import Route, Timing
from monitor.route.telling import ReceiverPolicy
from monitor.route.volume import LEAST_OF_UNKNOWN
from monitor.send.channels import expand_all
from tests.pipeline.conftest import LEASE, RULES, World, rules_of

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
FIRST = (
    "North Korea has sent {men} sappers to Russia to clear mines in the Kursk region, officials in Seoul said.",
    "The men left the port of Rajin on Monday aboard two ships, according to the intelligence service.",
)
SECOND = (
    "Sappers from North Korea were seen in the Kursk region of Russia, residents told our correspondent there.",
    "They arrived aboard two ships from the port of Rajin, said a man who works at the harbour of Vladivostok.",
)
EACH = RULES.replace("    tests:", "    alert: {per: article}\n    tests:")
NIGHT = (read_hours("11:00-18:00"),)


@pytest.fixture
def world(world: World) -> World:
    """It is noon."""
    world.clock.moment = world.clock.moment.replace(hour=12, minute=0)
    return world


def use(world: World, receivers: dict[str, ReceiverPolicy], **more: Any) -> None:
    """Let the pipeline know these receivers, each with one channel; all are told by default."""
    channels = expand_all({name: [f"json://127.0.0.1:9/{name}"] for name in receivers})
    world.pipeline.policy = replace(
        world.pipeline.policy,
        channels={(channel.receiver, channel.name): channel for channel in channels},
        receivers=receivers,
        **({"default": tuple(receivers)} | more),
    )


def report(
    world: World,
    text: Sequence[str] = FIRST,
    men: str = "1,000",
    title: str = "Sappers sent to Kursk",
    **more: Any,
) -> None:
    """An article that the rule matches is read."""
    now = world.clock.now()
    body = "\n".join(line.format(men=men) for line in text)
    article = Article(
        f"{title}, {men}", body, f"https://wire.example/{title}/{men}/{text is FIRST}", source="Wire", language="en",
        published=now, collected=now, **more,
    )  # fmt: skip
    assert article.url is not None
    world.pipeline.settle([Reading(article.url, article, Standing.NEW)])


def another(world: World, number: int) -> None:
    """An article of a story of its own."""
    words = [
        f"{word}{number}" for word in ("quorb", "zindel", "marf", "tolk", "brind", "hesk", "vond", "plim")
    ]
    text = f"North Korea sent troops to Russia: {' '.join(words)}; {' '.join(reversed(words))}."
    report(world, (text,), title=" ".join(words[:3]))


def told(world: World) -> list[tuple[str, str, int]]:
    """Kind and rule of each alert, and how many articles it tells."""
    return [(row["kind"], row["rule"], _items(world, row["id"])) for row in world.alerts()]


def _items(world: World, alert: int) -> int:
    with world.store.database.read() as connection:
        return len(alerts.load(connection, alert).items)


def receivers(world: World) -> list[str]:
    """Who is told by each alert."""
    query = select(deliveries.c.receiver).join(alerts_table).order_by(alerts_table.c.id)
    with world.store.database.read() as connection:
        return list(connection.scalars(query))


def later(world: World, **time: float) -> int:
    world.clock.move(**time)
    return world.pipeline.release()


def test_the_second_report_of_a_figure_waits_for_others_and_is_one_message(world: World) -> None:
    use(world, {"desk": ReceiverPolicy()})
    report(world)
    report(world, men="1,500")
    report(world, men="2,000")
    assert [row[1] for row in world.decisions()] == ["alert", "held", "held"]
    assert told(world) == [("new", "troops", 1)]
    assert later(world, seconds=14) == 0
    assert later(world, seconds=2) == 1
    assert told(world)[1:] == [("update", "troops", 2)]
    assert [row[1] for row in world.decisions()] == ["alert", "alert", "alert"]
    # The next update keeps the interval from the last one.
    report(world, men="3,000")
    assert later(world, seconds=29) == 0
    assert later(world, seconds=2) == 1
    assert told(world)[2:] == [("update", "troops", 1)]


def test_a_single_run_waits_for_nobody(world: World) -> None:
    use(world, {"desk": ReceiverPolicy()})
    report(world)
    report(world, men="1,500")
    assert world.pipeline.release(groups=True) == 1
    assert told(world) == [("new", "troops", 1), ("update", "troops", 1)]


def test_quiet_hours_hold_what_others_are_told_at_once(world: World) -> None:
    use(world, {"desk": ReceiverPolicy(), "night": ReceiverPolicy(quiet=NIGHT)})
    report(world)
    report(world, men="1,500")
    assert later(world, minutes=10) == 1  # for the desk
    assert told(world) == [("new", "troops", 1), ("update", "troops", 1)]
    assert later(world, hours=5) == 0
    assert later(world, hours=1) == 1
    assert told(world)[2:] == [("new", "troops", 2)]
    assert receivers(world) == ["desk", "desk", "night"]


def test_after_quiet_hours_very_much_is_one_message_in_order(world: World) -> None:
    heads = [f"  - id: rule-{number}\n    query: Russia\n    title: Rule {number}\n" for number in range(7)]
    world.pipeline = world.make_pipeline("rules:\n" + "    tests: {match: [Russia]}\n".join([*heads, ""]))
    use(world, {"night": ReceiverPolicy(quiet=NIGHT)})
    report(world)
    assert told(world) == []
    assert later(world, hours=6) == 1
    assert told(world) == [("digest", "digest", 7)]


def test_matching_goes_on_in_quiet_hours_and_a_restart_loses_nothing(world: World) -> None:
    use(world, {"night": ReceiverPolicy(quiet=NIGHT)})
    report(world)
    world.pipeline = world.make_pipeline(RULES)  # as after a restart
    use(world, {"night": ReceiverPolicy(quiet=NIGHT)})
    assert later(world, hours=6) == 1
    assert later(world, hours=6) == 0
    assert told(world) == [("new", "troops", 1)]


def test_what_is_silenced_while_it_waits_is_not_told(world: World) -> None:
    use(world, {"night": ReceiverPolicy(quiet=NIGHT)})
    report(world)
    now = world.clock.now()
    with world.store.database.write() as connection:
        silences.add(
            connection, read_matcher({"rule": "troops"}), "known", "kim", now, now + 9 * HOUR, wakes=False
        )
    assert later(world, hours=6) == 0
    ((_, decision, reason),) = world.decisions()
    assert decision == "silenced" and reason.endswith("(known, kim)")
    assert later(world, hours=6) == 0


def test_quiet_hours_that_are_taken_away_hold_nothing_any_more(world: World) -> None:
    use(world, {"night": ReceiverPolicy(quiet=NIGHT)})
    report(world)
    use(world, {"night": ReceiverPolicy()})
    assert later(world, seconds=1) == 1


def test_what_was_held_for_a_receiver_that_is_gone_goes_to_the_default(world: World) -> None:
    use(world, {"night": ReceiverPolicy(quiet=NIGHT), "desk": ReceiverPolicy()}, default=("night",))
    report(world)
    use(world, {"desk": ReceiverPolicy()})
    assert later(world, hours=6) == 1
    assert receivers(world) == ["desk"]


def test_where_nobody_is_named_the_operator_is_told_rather_than_nobody(world: World) -> None:
    use(world, {"night": ReceiverPolicy(quiet=NIGHT), "ops": ReceiverPolicy()}, default=(), operator=("ops",))
    report(world)
    assert receivers(world) == ["ops"]


def test_who_is_told_of_grave_news_is_not_told_of_feeds(world: World) -> None:
    grave = Route(read_matcher({"severity": ">=high"}), ("desk",), goes_on=True)
    own = Route(read_matcher({"rule": "monitor.feeds"}), ("admin",))
    everybody = {name: ReceiverPolicy() for name in ("desk", "ops", "admin")}
    use(world, everybody, default=(), operator=("ops",), routes=(grave, own))
    policy, now = world.pipeline.policy, world.clock.now()
    assert policy.operators("feeds", now) == ("ops", "admin")
    assert policy.operators("network", now) == ("ops",)
    # Where no operator is named, they are routed like any other.
    assert replace(policy, operator=()).operators("network", now) == ("desk",)


def test_what_is_told_says_only_what_is_new(world: World) -> None:
    use(world, {"night": ReceiverPolicy(quiet=NIGHT)})
    report(world)
    later(world, hours=6)
    with world.store.database.read() as connection:
        (item,) = alerts.load(connection, 1).items
    assert item.reason == "new story"


def test_routes_send_a_story_where_it_belongs(world: World) -> None:
    routes = (
        Route(read_matcher({"language": "ko"}), ("seoul",)),
        Route(read_matcher({"source": "Wire"}), ("desk",)),
    )
    use(world, {"desk": ReceiverPolicy(), "seoul": ReceiverPolicy()}, routes=routes, default=())
    report(world)
    assert receivers(world) == ["desk"]


def test_a_silence_keeps_a_story_silent_until_it_ends(world: World) -> None:
    use(world, {"desk": ReceiverPolicy()})
    report(world)
    now = world.clock.now()
    with world.store.database.write() as connection:
        silences.add(connection, read_matcher({"story": "1"}), "known", "kim", now, now + HOUR, wakes=False)
    report(world, men="1,500")
    _, decision, reason = world.decisions()[-1]
    assert decision == "silenced" and reason.endswith("(known, kim)")
    world.clock.move(hours=2)
    report(world, men="2,500")
    assert world.decisions()[-1][1] == "held"  # an update that waits for others, as without a silence
    assert later(world, minutes=10) == 1


def test_a_silence_that_wakes_lets_a_new_figure_through_and_is_over_for_its_story(world: World) -> None:
    use(world, {"desk": ReceiverPolicy()})
    report(world)
    now = world.clock.now()
    with world.store.database.write() as connection:
        silences.add(connection, read_matcher({"story": "1"}), "known", "kim", now, now + HOUR, wakes=True)
    report(world, SECOND, title="Seen in Kursk")  # a second source, and nothing else
    assert world.decisions()[-1][1] in ("silenced", "withheld")
    report(world, men="1,500")
    _, decision, reason = world.decisions()[-1]
    assert decision == "held" and "woke silence 1" in reason
    with world.store.database.read() as connection:
        assert silences.active(connection, now) == []


def test_what_woke_a_silence_of_a_rule_is_told_after_it_waited_for_others(world: World) -> None:
    """The silence goes on, since it is of all stories; what it let through may not be lost while it waits."""
    use(world, {"desk": ReceiverPolicy()})
    report(world)
    now = world.clock.now()
    with world.store.database.write() as connection:
        silences.add(
            connection, read_matcher({"rule": "troops"}), "known", "kim", now, now + HOUR, wakes=True
        )
    report(world, men="1,500")
    _, decision, reason = world.decisions()[-1]
    assert decision == "held" and "woke silence 1" in reason
    assert later(world, minutes=10) == 1
    assert [kind for kind, _, _ in told(world)] == ["new", "update"]
    another(world, 1)
    assert world.decisions()[-1][1] == "silenced"


def test_what_waits_when_a_silence_that_wakes_is_added_is_silenced_as_by_any_other(world: World) -> None:
    use(world, {"desk": ReceiverPolicy()})
    report(world)
    report(world, men="1,500")
    world.clock.move(seconds=1)
    now = world.clock.now()
    with world.store.database.write() as connection:
        silences.add(
            connection, read_matcher({"rule": "troops"}), "known", "kim", now, now + HOUR, wakes=True
        )
    assert later(world, minutes=10) == 0
    assert world.decisions()[-1][1] == "silenced"


def test_what_is_called_not_relevant_is_told_no_more(world: World) -> None:
    use(world, {"desk": ReceiverPolicy()})
    report(world)
    with world.store.database.write() as connection:
        answers.dismiss(connection, 1, "kim", "another Kursk", world.clock.now())
    report(world, men="1,500")
    _, decision, reason = world.decisions()[-1]
    assert decision == "withheld" and reason.startswith("not relevant: kim")


def test_a_spike_is_said_once_and_told_together_until_it_calms_down(world: World) -> None:
    world.pipeline = world.make_pipeline(EACH)
    use(world, {"desk": ReceiverPolicy(flood=0)})
    for number in range(LEAST_OF_UNKNOWN + 20):
        another(world, number)
    before = told(world)
    assert before.count(("new", "troops", 1)) == LEAST_OF_UNKNOWN - 1
    assert [row for row in before if row[0] == "notice"] == [("notice", "monitor.spike", 0)]
    assert len(before) == LEAST_OF_UNKNOWN
    assert later(world, minutes=59) == 0
    assert later(world, minutes=1) == 1
    assert told(world)[len(before) :] == [("digest", "troops", 21)]
    later(world, hours=1)
    assert told(world)[-1] == ("notice", "monitor.spike", 0)  # it is over
    another(world, 999)
    assert told(world)[-1] == ("new", "troops", 1)


def test_who_wants_no_spikes_is_told_each_by_itself(world: World) -> None:
    world.pipeline = world.make_pipeline(EACH)
    use(world, {"desk": ReceiverPolicy(flood=0)}, spikes=False)
    for number in range(LEAST_OF_UNKNOWN + 1):
        another(world, number)
    assert told(world) == [("new", "troops", 1)] * (LEAST_OF_UNKNOWN + 1)


def test_a_receiver_is_not_flooded_and_loses_nothing(world: World) -> None:
    world.pipeline = world.make_pipeline(EACH)
    few = ReceiverPolicy(flood=3, flood_window=10 * MINUTE)
    use(world, {"desk": few, "archive": ReceiverPolicy(flood=0)})
    for number in range(8):
        another(world, number)
    desk = [row for row in _of(world, "desk") if row != "monitor.flood"]
    assert desk == ["troops"] * 3 and len(_of(world, "archive")) == 8
    assert _of(world, "desk").count("monitor.flood") == 1
    assert later(world, minutes=11) == 1
    assert told(world)[-2:] == [
        ("digest", "monitor.flood", 5),
        ("notice", "monitor.flood", 0),
    ]  # and it is over
    another(world, 99)
    assert _of(world, "desk")[-1] == "troops"


def _of(world: World, receiver: str) -> list[str]:
    """The rules of the alerts that a receiver is sent."""
    query = select(alerts_table.c.rule).join(deliveries).where(deliveries.c.receiver == receiver)
    with world.store.database.read() as connection:
        return list(connection.scalars(query.order_by(alerts_table.c.id)))


def test_what_asks_for_it_is_repeated_until_somebody_is_on_it(world: World) -> None:
    use(world, {"desk": ReceiverPolicy()}, timing=Timing(repeat=4 * HOUR))
    report(world)
    assert later(world, hours=3) == 0
    assert later(world, hours=1) == 1
    assert later(world, hours=9) == 1  # two were due, and one is enough
    assert told(world) == [("new", "troops", 1), ("repeat", "troops", 1), ("repeat", "troops", 1)]
    with world.store.database.write() as connection:
        answers.ack(connection, 1, "kim", world.clock.now())
    assert later(world, hours=9) == 0
    # What follows is told, and is not repeated either: somebody is on it.
    report(world, men="1,500")
    assert later(world, minutes=1) == 1
    assert later(world, hours=9) == 0


def test_what_does_not_ask_for_it_is_not_repeated(world: World) -> None:
    use(world, {"desk": ReceiverPolicy()})
    report(world)
    assert later(world, days=9) == 0


@pytest.mark.parametrize("operator", [(), ("ops",)])
async def test_notices_are_routed_like_alerts_and_kept_over_quiet_hours(
    world: World, operator: tuple[str, ...]
) -> None:
    ops, desk = ReceiverPolicy(quiet=NIGHT), ReceiverPolicy(flood=1)
    routes = () if operator else (Route(read_matcher({"rule": "monitor.*"}), ("ops",)),)
    use(world, {"desk": desk, "ops": ops}, default=("desk",), operator=operator, routes=routes)
    assert world.pipeline.policy.operators("feeds", world.clock.now()) == ("ops",)
    (rule,) = rules_of(RULES).rules.values()
    asking = replace(rule, policy=replace(rule.policy, expect=HOUR))
    world.store.remember_rules([asking.dump()], world.clock.now())
    world.pipeline.rules.use([asking], {})
    world.clock.move(hours=2)
    world.pipeline.report_health()
    (notice,) = world.alerts()
    assert (notice["kind"], notice["rule"]) == ("notice", "monitor.quiet-rules")
    assert world.store.claim_deliveries(world.clock.now(), 9, LEASE, ()) == []
    world.clock.move(hours=4)
    ((delivery, alert),) = world.store.claim_deliveries(world.clock.now(), 9, LEASE, ())
    assert delivery.receiver == "ops" and "has matched nothing for 2 h" in alert.story_title
    report(world)
    world.pipeline.report_health()
    assert [row["rule"] for row in world.alerts()] == ["monitor.quiet-rules", "troops", "monitor.quiet-rules"]


@pytest.mark.parametrize("ever", [False, True])
def test_a_quiet_rule_says_whether_it_ever_matched(world: World, ever: bool) -> None:
    use(world, {"desk": ReceiverPolicy()})
    (rule,) = rules_of(RULES).rules.values()
    asking = replace(rule, policy=replace(rule.policy, expect=HOUR))
    world.store.remember_rules([asking.dump()], world.clock.now())
    world.pipeline.rules.use([asking], {})
    world.clock.move(minutes=30)
    if ever:
        report(world)
    world.clock.move(hours=2)
    world.pipeline.report_health()
    notice = world.alerts()[-1]
    with world.store.database.read() as connection:
        text = alerts.load(connection, notice["id"]).text
    if ever:
        assert "The rule troops matched last at 2026-03-10 12:30 UTC." in text
    else:
        assert "The rule troops runs as it is since 2026-03-10 12:00 UTC, and matched nothing since." in text


def test_what_is_held_says_why(world: World) -> None:
    use(world, {"night": ReceiverPolicy(quiet=NIGHT)})
    report(world)
    with world.store.database.read() as connection:
        (row,) = held.waiting(connection)
    assert (row.receiver, row.why, row.rule) == ("night", Hold.QUIET, "troops")
